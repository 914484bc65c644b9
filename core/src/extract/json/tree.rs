//! Keys, paths and places of one block, each kept once. Knows no text but keys.

use super::super::sibling;
use crate::model::{Label, LabelId, NO_LABEL, NO_NODE, Node, NodeStep, Text};

/// Keys of a path that make its label.
const LABEL_KEYS: usize = 4;
/// Slots tried before something is kept twice: keeps hostile keys from making look-ups slow.
const PROBES: usize = 32;
/// The path of the top level.
pub(super) const NO_PATH: u32 = u32::MAX;

/// What a key says of its member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// Its strings say what a sibling `value` is.
    pub(super) hints: bool,
    /// So do the strings of the objects and arrays below it.
    pub(super) nests: bool,
    /// It is such a `value`.
    pub(super) is_value: bool,
    /// The key could itself be worth looking at.
    pub(super) is_odd: bool,
    /// Elements of the array below it are records.
    pub(super) has_records: bool,
}

/// A sequence of keys, array steps left out.
struct Path {
    parent: u32,
    key: u32,
    label: LabelId,
    traits: Traits,
    order: Order,
}

/// What was read around a node the last time.
#[derive(Clone, Copy)]
struct Order {
    /// Its first member.
    first: u32,
    /// The member behind it.
    next: u32,
}

impl Default for Order {
    fn default() -> Self {
        Order { first: NO_NODE, next: NO_NODE }
    }
}

/// The keys, nodes and labels of a block.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) keys: Vec<Text>,
    pub(super) nodes: Vec<Node>,
    pub(super) labels: Vec<Label>,
    node_paths: Vec<u32>,
    order: Vec<Order>,
    /// The key that the top level began with last.
    first: u32,
    paths: Vec<Path>,
    node_table: Table,
    path_table: Table,
    /// Labels with hints, behind the labels they were made of.
    hinted: Vec<(LabelId, LabelId)>,
    hint_table: Table,
}

impl Tree {
    /// The node of a member that stands behind the member `previous`, or first where that is `parent` itself.
    ///
    /// Objects of a kind have their keys in the same order, which is quicker to check than to look up. Where `is_new`
    /// says that nothing stood in the parent before, there is nothing to look up.
    #[inline]
    pub(super) fn member_behind(&mut self, previous: u32, parent: u32, key: &[u8], is_new: bool) -> u32 {
        let guess = match self.order.get(previous as usize) {
            None => self.first,
            Some(order) if previous == parent => order.first,
            Some(order) => order.next,
        };
        if (guess as usize) < self.nodes.len() && self.is_member(guess, parent, key) {
            return guess;
        }
        let node = if is_new { self.new_member(previous, parent, key) } else { self.member(parent, key) };
        match self.order.get_mut(previous as usize) {
            None => self.first = node,
            Some(order) if previous == parent => order.first = node,
            Some(order) => order.next = node,
        }
        node
    }

    /// A member where nothing stood before; its path is guessed like places are.
    fn new_member(&mut self, previous: u32, parent: u32, key: &[u8]) -> u32 {
        let (before, above) = (self.path_of(previous), self.path_of(parent));
        let guess = match self.paths.get(before as usize) {
            None => NO_PATH,
            Some(path) if previous == parent => path.order.first,
            Some(path) => path.order.next,
        };
        let known = self.paths.get(guess as usize).is_some_and(|path| self.is_path(path, above, key));
        let path = if known { guess } else { self.path(above, key) };
        match self.paths.get_mut(before as usize) {
            Some(it) if previous == parent => it.order.first = path,
            Some(it) => it.order.next = path,
            None => {}
        }
        let step = NodeStep::Key(self.paths[path as usize].key);
        self.push_node(Node { parent, step }, path)
    }

    /// The node of a member.
    pub(super) fn member(&mut self, parent: u32, key: &[u8]) -> u32 {
        let hash = hash_bytes(parent, key);
        if let Some(id) = self.node_table.find(hash, |id| self.is_member(id, parent, key)) {
            return id;
        }
        let path = self.path(self.path_of(parent), key);
        let step = NodeStep::Key(self.paths[path as usize].key);
        self.add_node(hash, Node { parent, step }, path)
    }

    #[inline]
    fn is_member(&self, id: u32, parent: u32, key: &[u8]) -> bool {
        let node = self.nodes[id as usize];
        match node.step {
            NodeStep::Key(known) => node.parent == parent && self.keys[known as usize].as_slice() == key,
            NodeStep::Index(_) => false,
        }
    }

    /// The node of an array element.
    pub(super) fn element(&mut self, parent: u32, index: u32, is_new: bool) -> u32 {
        if is_new {
            return self.push_node(Node { parent, step: NodeStep::Index(index) }, self.path_of(parent));
        }
        let hash = mix(mix(0x51_7c_c1, u64::from(parent)), u64::from(index));
        let node = Node { parent, step: NodeStep::Index(index) };
        let nodes = &self.nodes;
        if let Some(id) = self.node_table.find(hash, |id| nodes[id as usize] == node) {
            return id;
        }
        let path = self.path_of(parent);
        self.add_node(hash, node, path)
    }

    /// True where the node was made last, so that nothing stands below it yet.
    pub(super) fn is_newest(&self, node: u32) -> bool {
        node as usize + 1 == self.nodes.len()
    }

    /// What the last key above the node says.
    pub(super) fn traits(&self, node: u32) -> Traits {
        match self.path_of(node) {
            NO_PATH => Traits::default(),
            path => self.paths[path as usize].traits,
        }
    }

    /// The label of fields at that node.
    pub(super) fn label(&mut self, node: u32) -> LabelId {
        let path = self.path_of(node);
        if path == NO_PATH {
            return NO_LABEL;
        }
        if self.paths[path as usize].label == NO_LABEL {
            let name = self.name(path);
            self.paths[path as usize].label = self.labels.len() as LabelId;
            self.labels.push(Label { name, ..Label::default() });
        }
        self.paths[path as usize].label
    }

    /// The same label with what its siblings say.
    pub(super) fn label_with_hints(&mut self, label: LabelId, hints: &[u8]) -> LabelId {
        let hash = hash_bytes(label, hints);
        let (hinted, labels) = (&self.hinted, &self.labels);
        let same = |index: u32| {
            let (base, id) = hinted[index as usize];
            base == label && labels[id as usize].hints.as_slice() == hints
        };
        if let Some(index) = self.hint_table.find(hash, same) {
            return self.hinted[index as usize].1;
        }
        let name = self.labels.get(label as usize).map(|it| it.name.clone()).unwrap_or_default();
        let id = self.labels.len() as LabelId;
        self.labels.push(Label { name, hints: Text(hints.to_vec()), ..Label::default() });
        self.hint_table.insert(hash, self.hinted.len() as u32);
        self.hinted.push((label, id));
        id
    }

    /// The last step to a node, its key given away.
    pub(super) fn step(&self, node: u32) -> Option<(NodeStep, Text)> {
        let node = self.nodes.get(node as usize)?;
        let key = match node.step {
            NodeStep::Key(key) => self.keys[key as usize].clone(),
            NodeStep::Index(_) => Text::default(),
        };
        Some((node.step, key))
    }

    fn path_of(&self, node: u32) -> u32 {
        if node == NO_NODE { NO_PATH } else { self.node_paths[node as usize] }
    }

    fn add_node(&mut self, hash: u64, node: Node, path: u32) -> u32 {
        let id = self.push_node(node, path);
        self.node_table.insert(hash, id);
        id
    }

    fn push_node(&mut self, node: Node, path: u32) -> u32 {
        let id = self.nodes.len() as u32;
        self.nodes.push(node);
        self.node_paths.push(path);
        self.order.push(Order::default());
        id
    }

    fn path(&mut self, parent: u32, key: &[u8]) -> u32 {
        let hash = hash_bytes(parent, key);
        if let Some(id) = self.path_table.find(hash, |id| self.is_path(&self.paths[id as usize], parent, key)) {
            return id;
        }
        let id = self.paths.len() as u32;
        self.paths.push(Path {
            parent,
            key: self.keys.len() as u32,
            label: NO_LABEL,
            traits: traits_of(key),
            order: Order::default(),
        });
        self.keys.push(Text(key.to_vec()));
        self.path_table.insert(hash, id);
        id
    }

    #[inline]
    fn is_path(&self, path: &Path, parent: u32, key: &[u8]) -> bool {
        path.parent == parent && self.keys[path.key as usize].as_slice() == key
    }

    fn name(&self, path: u32) -> Text {
        let mut keys = Vec::with_capacity(LABEL_KEYS);
        let mut at = path;
        while at != NO_PATH && keys.len() < LABEL_KEYS {
            keys.push(self.keys[self.paths[at as usize].key as usize].as_slice());
            at = self.paths[at as usize].parent;
        }
        keys.reverse();
        Text(keys.join(&b'.'))
    }
}

/// Reads a key for what it says.
fn traits_of(key: &[u8]) -> Traits {
    const RECORDS: [&[u8]; 10] =
        [b"entry", b"entries", b"patients", b"records", b"data", b"results", b"items", b"rows", b"members", b"persons"];
    Traits {
        hints: sibling::hints(key),
        nests: sibling::nests(key),
        is_value: sibling::is_value(key),
        is_odd: key.iter().any(|byte| !(byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'$' | b'.'))),
        has_records: RECORDS.contains(&key),
    }
}

/// Ids by hash, open addressing.
#[derive(Default)]
struct Table {
    slots: Vec<(u64, u32)>,
    used: usize,
}

const EMPTY: (u64, u32) = (0, u32::MAX);

impl Table {
    #[inline]
    fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        for probe in 0..PROBES.min(self.slots.len()) {
            let slot = self.slots[place(hash, probe) & mask];
            if slot == EMPTY {
                return None;
            }
            if slot.0 == hash && same(slot.1) {
                return Some(slot.1);
            }
        }
        None
    }

    fn insert(&mut self, hash: u64, id: u32) {
        if (self.used + 1) * 2 > self.slots.len() {
            let longer = (self.slots.len() * 2).max(64);
            let old = std::mem::replace(&mut self.slots, vec![EMPTY; longer]);
            self.used = 0;
            old.into_iter().filter(|slot| *slot != EMPTY).for_each(|slot| self.put(slot));
        }
        self.put((hash, id));
    }

    fn put(&mut self, slot: (u64, u32)) {
        let mask = self.slots.len() - 1;
        let free = (0..PROBES).map(|probe| place(slot.0, probe) & mask).find(|&at| self.slots[at] == EMPTY);
        if let Some(at) = free {
            self.slots[at] = slot;
            self.used += 1;
        }
    }
}

/// The multiplication leaves the best bits on top.
#[inline]
fn place(hash: u64, probe: usize) -> usize {
    ((hash >> 32) as usize).wrapping_add(probe)
}

#[inline]
fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

#[inline]
fn hash_bytes(seed: u32, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let hash =
        words.iter().fold(mix(bytes.len() as u64, u64::from(seed)), |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(hash, u64::from_le_bytes(last))
}
