//! The open objects and arrays around a place, and what siblings say of each other. Knows no bytes of the stream.

use super::super::encoding::floor_boundary;
use super::tree::Tree;
use crate::model::{Field, NO_NODE, NodeStep};

/// Levels of nesting that have places of their own; deeper ones share the place of the last. Every finding may be
/// reported with its pointer, so a bound on levels bounds what a hostile document makes of its size.
const MAX_LEVELS: usize = 512;
/// Bytes of hints at most.
const MAX_HINTS: usize = 256;
/// Bytes within which siblings must stand.
const NEAR: u64 = 64 << 10;

/// An open object or array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    is_object: bool,
    /// Its place.
    pub(super) node: u32,
    /// The place of the member that is being read, in objects.
    member: u32,
    /// A key comes next, in objects.
    expects_key: bool,
    /// Number of the next element, in arrays.
    index: u32,
    /// Nothing stood at its place before, in this block.
    is_new: bool,
    /// Its elements are records.
    pub(super) has_records: bool,
    /// Its strings are hints of the object around it.
    is_hint: bool,
    /// Its strings are values that the object around it hints at.
    is_value: bool,
    hints_start: usize,
    values_start: usize,
    opened_at: u64,
}

/// The levels around a place, outermost first.
#[derive(Default)]
pub(super) struct Levels {
    stack: Vec<Level>,
    /// Levels opened beyond those that are kept.
    beyond: u64,
    /// Hints of all open levels, one behind the other.
    hints: Vec<u8>,
    /// Indexes of fields that wait for the hints of their siblings.
    values: Vec<u32>,
}

/// A state to go back to: the end of a record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    depth: usize,
    index: u32,
    hints: usize,
}

impl Levels {
    #[inline]
    pub(super) fn top(&self) -> Option<&Level> {
        self.stack.last()
    }

    /// True where the next string is a key. Below the levels that are kept, keys are values like others.
    #[inline]
    pub(super) fn expects_key(&self) -> bool {
        self.beyond == 0 && self.stack.last().is_some_and(|level| level.expects_key)
    }

    /// A member of that key begins in the innermost object. Returns its place.
    #[inline]
    pub(super) fn begin_member(&mut self, tree: &mut Tree, key: &[u8]) -> u32 {
        let Some(level) = self.stack.last_mut() else { return NO_NODE };
        level.member = tree.member_behind(level.member, level.node, key, level.is_new);
        level.expects_key = false;
        level.member
    }

    /// A comma: the next member or element follows.
    #[inline]
    pub(super) fn next_member(&mut self) {
        if self.beyond > 0 {
            return;
        }
        if let Some(level) = self.stack.last_mut() {
            level.expects_key = level.is_object;
            level.index += u32::from(!level.is_object);
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.stack.len() + self.beyond as usize
    }

    /// The place of the value that comes next.
    #[inline]
    pub(super) fn place(&mut self, tree: &mut Tree) -> u32 {
        match self.stack.last() {
            None => NO_NODE,
            Some(level) if level.is_object => level.member,
            Some(level) => tree.element(level.node, level.index, level.is_new),
        }
    }

    /// An object or array begins `at` bytes into the stream.
    pub(super) fn open(&mut self, tree: &mut Tree, is_object: bool, at: u64) {
        if self.stack.len() >= MAX_LEVELS {
            self.beyond += 1;
            return;
        }
        let node = self.place(tree);
        let traits = tree.traits(node);
        let parent = self.stack.last();
        let in_object = parent.is_some_and(|it| it.is_object);
        let inherits = parent.is_some_and(|it| it.is_hint);
        let is_hint = inherits || (in_object && traits.nests);
        let hints_start = if is_hint { parent.map_or(0, |it| it.hints_start) } else { self.hints.len() };
        let has_records =
            !is_object && (parent.is_none() || (self.stack.len() == 1 && in_object && traits.has_records));
        self.stack.push(Level {
            is_object,
            node,
            member: node,
            expects_key: is_object,
            index: 0,
            is_new: tree.is_newest(node),
            has_records,
            is_hint,
            is_value: !is_object && in_object && traits.is_value,
            hints_start,
            values_start: self.values.len(),
            opened_at: at,
        });
    }

    /// An object or array ends. Returns what it was.
    pub(super) fn close(&mut self, tree: &mut Tree, fields: &mut [Field], at: u64) -> Option<Level> {
        if self.beyond > 0 {
            self.beyond -= 1;
            return None;
        }
        let level = self.stack.pop()?;
        if level.is_object && !level.is_hint {
            if at - level.opened_at <= NEAR {
                self.settle(&level, self.hints.len(), tree, fields);
            }
            self.values.truncate(level.values_start);
            self.hints.truncate(level.hints_start);
        }
        Some(level)
    }

    /// A string value stands in the innermost level: as field number `field`, at `node`.
    pub(super) fn note_value(&mut self, tree: &Tree, node: u32, field: usize, text: &[u8]) {
        let Some(level) = self.stack.last() else { return };
        let traits = tree.traits(node);
        let is_value = level.is_value || (level.is_object && traits.is_value);
        if is_value && !level.is_hint {
            self.values.push(field as u32);
        } else if is_value || ((level.is_hint || level.is_object) && traits.hints) {
            self.add_hint(level.hints_start, text);
        }
    }

    /// Takes note of a number, which its siblings may say something of; it says nothing of them.
    pub(super) fn note_number(&mut self, tree: &Tree, node: u32, field: usize) {
        let Some(level) = self.stack.last() else { return };
        if !level.is_hint && (level.is_value || level.is_object && tree.traits(node).is_value) {
            self.values.push(field as u32);
        }
    }

    fn add_hint(&mut self, start: usize, text: &[u8]) {
        let room = MAX_HINTS.saturating_sub(self.hints.len() - start + 1);
        let text = &text[..floor_boundary(text, room)];
        if !text.is_empty() {
            if self.hints.len() > start {
                self.hints.push(b' ');
            }
            self.hints.extend_from_slice(text);
        }
    }

    /// Gives the values of an object the hints of their siblings.
    fn settle(&self, level: &Level, hints_end: usize, tree: &mut Tree, fields: &mut [Field]) {
        let hints = &self.hints[level.hints_start..hints_end];
        if hints.is_empty() {
            return;
        }
        for &field in &self.values[level.values_start..] {
            let field = &mut fields[field as usize];
            field.label = tree.label_with_hints(field.label, hints);
        }
    }

    /// The block ends here: its values get the hints known so far, and places move to the next block's tree.
    pub(super) fn move_to(&mut self, old: &mut Tree, new: &mut Tree, fields: &mut [Field]) {
        let mut hints_end = self.hints.len();
        for index in (0..self.stack.len()).rev() {
            let level = self.stack[index];
            if level.is_object && !level.is_hint {
                self.settle(&level, hints_end, old, fields);
                self.values.truncate(level.values_start);
                hints_end = level.hints_start;
            }
        }
        self.values.clear();
        let mut parent = NO_NODE;
        for level in &mut self.stack {
            level.values_start = 0;
            let (node, member) = (level.node, level.member);
            level.is_new = false;
            parent = moved(old, new, node, parent);
            level.node = parent;
            level.member = if member == node { parent } else { moved(old, new, member, parent) };
        }
    }

    /// Everything open is given up.
    pub(super) fn clear(&mut self) {
        *self = Levels::default();
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { depth: self.stack.len(), index: self.stack.last().map_or(0, |it| it.index), hints: self.hints.len() }
    }

    pub(super) fn rewind(&mut self, mark: Mark) {
        self.stack.truncate(mark.depth);
        self.beyond = 0;
        self.hints.truncate(mark.hints);
        self.values.clear();
        if let Some(level) = self.stack.last_mut() {
            level.index = mark.index;
        }
    }
}

pub(super) fn moved(old: &Tree, new: &mut Tree, node: u32, parent: u32) -> u32 {
    match old.step(node) {
        None => parent,
        Some((NodeStep::Index(index), _)) => new.element(parent, index, false),
        Some((NodeStep::Key(_), key)) => new.member(parent, &key),
    }
}
