//! How many persons groups of fingerprints speak of. Works in bounded memory, and says how it counted.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Group;

/// Distinct individuals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Individuals {
    /// The best estimate.
    pub count: u64,
    /// At least so many: those of the same full name taken as one.
    pub low: u64,
    /// At most so many: what can be linked to nobody for certain taken as somebody else.
    pub high: u64,
    /// How they were counted.
    pub method: Method,
}

/// How individuals were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Over all links.
    #[default]
    Linked,
    /// Over a sample of the fingerprints, since the links did not fit into memory.
    Sampled,
}

impl Method {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Method::Linked => "linked",
            Method::Sampled => "sampled",
        }
    }

    /// The method of that name.
    pub fn from_id(id: &str) -> Self {
        if id == "sampled" { Method::Sampled } else { Method::Linked }
    }
}

/// Hands groups to whoever asks.
pub type Each<'a> = &'a mut dyn FnMut(&Group);

/// Fingerprints and who they are.
pub struct Links {
    numbers: HashMap<u64, u32, BuildHasherDefault<Itself>>,
    nodes: Vec<Node>,
    most: usize,
}

/// Fingerprints are hashes already.
#[derive(Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[derive(Clone, Copy)]
struct Node {
    /// Towards the person.
    own: u32,
    /// Towards the person, equal names counted in.
    named: u32,
    /// Of a fingerprint that several may have: whose it is.
    owner: u32,
    marks: u8,
}

const NOBODY: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

/// A person by an identifier, or by a labelled name with something that a person has.
const SURE: u8 = 1;
/// A person by a name alone, or by what an office may have.
const FAINT: u8 = 2;

/// Fingerprints held at most: about 600 MB.
const MOST: usize = 12 << 20;
/// One fingerprint of so many is sampled where they do not fit.
const SAMPLED: u64 = 64;

impl Default for Links {
    fn default() -> Self {
        Links { numbers: HashMap::default(), nodes: Vec::new(), most: MOST }
    }
}

/// Counts the persons of groups, which are handed out several times.
pub fn count<E>(links: &mut Links, mut groups: impl FnMut(Each<'_>) -> Result<(), E>) -> Result<Individuals, E> {
    links.numbers.clear();
    links.nodes.clear();
    let mut fits = true;
    groups(&mut |group| fits = fits && links.join(group))?;
    if !fits {
        return sample(groups);
    }
    groups(&mut |group| links.own(group))?;
    let mut ambiguous = 0;
    groups(&mut |group| ambiguous += u64::from(links.attach(group)))?;
    Ok(links.individuals(ambiguous))
}

/// Links groups, so that persons can be asked for. What does not fit into memory stays unlinked.
pub fn link<E>(links: &mut Links, mut groups: impl FnMut(Each<'_>) -> Result<(), E>) -> Result<(), E> {
    links.numbers.clear();
    links.nodes.clear();
    groups(&mut |group| {
        links.join(group);
    })?;
    groups(&mut |group| links.own(group))?;
    groups(&mut |group| {
        links.attach(group);
    })
}

impl Links {
    /// The person that a group speaks of, if it is one that is known.
    pub fn person(&mut self, group: &Group) -> Option<u32> {
        if let Some(own) = group.own.first() {
            return self.person_of(*own);
        }
        group.weak().find_map(|key| self.person_of(key))
    }

    /// The person that has a fingerprint, if there is exactly one.
    pub fn person_of(&mut self, key: u64) -> Option<u32> {
        let number = *self.numbers.get(&key)?;
        let node = &self.nodes[number as usize];
        match (node.marks, node.owner) {
            (0, SEVERAL) => None,
            (0, owner) if owner != NOBODY => Some(self.root(owner, |it| &mut it.own)),
            _ => Some(self.root(number, |it| &mut it.own)),
        }
    }

    /// Joins what one person has. False where it does not fit.
    fn join(&mut self, group: &Group) -> bool {
        if self.nodes.len() + group.own.len() + group.shared.len() + 1 > self.most {
            return false;
        }
        let Some((first, rest)) = group.own.split_first() else { return true };
        let first = self.node(*first);
        self.nodes[first as usize].marks |= SURE;
        for key in rest {
            let node = self.node(*key);
            self.join_all(first, node);
        }
        true
    }

    /// Says whose the fingerprints are that several may have.
    fn own(&mut self, group: &Group) {
        let Some(first) = group.own.first() else { return };
        let person = self.node(*first);
        let person = self.root(person, |it| &mut it.own);
        for key in group.weak() {
            let node = self.node(key) as usize;
            let owner = self.nodes[node].owner;
            if owner != person {
                self.nodes[node].owner = if owner == NOBODY { person } else { SEVERAL };
            }
        }
        if group.name != 0 {
            let name = self.node(group.name);
            self.join_by(person, name, |it| &mut it.named);
        }
    }

    /// Groups without what only one person has belong to a known person, or are persons of their own. True where one
    /// belongs to one of several.
    fn attach(&mut self, group: &Group) -> bool {
        if !group.own.is_empty() {
            return false;
        }
        let owner = |links: &Links, key| links.numbers.get(&key).map_or(NOBODY, |it| links.nodes[*it as usize].owner);
        let owners: Vec<u32> = group.weak().map(|key| owner(self, key)).filter(|it| *it != NOBODY).collect();
        if !owners.is_empty() {
            return owners.iter().all(|it| *it == SEVERAL);
        }
        let mut keys = group.weak();
        let Some(first) = keys.next() else { return false };
        let first = self.node(first);
        self.nodes[first as usize].marks |= if group.faint { FAINT } else { SURE };
        for key in group.weak().skip(1) {
            let node = self.node(key);
            self.join_all(first, node);
        }
        false
    }

    fn individuals(&mut self, ambiguous: u64) -> Individuals {
        let (sure, faint) = self.marked(|it| &mut it.own);
        let (low, _) = self.marked(|it| &mut it.named);
        Individuals { count: sure, low, high: sure + faint + ambiguous, method: Method::Linked }
    }

    /// How many trees of the forest have a sure mark, and how many a faint one only.
    fn marked(&mut self, way: fn(&mut Node) -> &mut u32) -> (u64, u64) {
        let mut marks = vec![0; self.nodes.len()];
        for number in 0..self.nodes.len() as u32 {
            let root = self.root(number, way) as usize;
            marks[root] |= self.nodes[number as usize].marks;
        }
        let sure = marks.iter().filter(|it| **it & SURE != 0).count() as u64;
        (sure, marks.iter().filter(|it| **it == FAINT).count() as u64)
    }

    fn node(&mut self, key: u64) -> u32 {
        let next = self.nodes.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.nodes.push(Node { own: next, named: next, owner: NOBODY, marks: 0 });
        }
        number
    }

    fn join_all(&mut self, a: u32, b: u32) {
        self.join_by(a, b, |it| &mut it.own);
        self.join_by(a, b, |it| &mut it.named);
    }

    fn join_by(&mut self, a: u32, b: u32, way: fn(&mut Node) -> &mut u32) {
        let (a, b) = (self.root(a, way), self.root(b, way));
        *way(&mut self.nodes[a.max(b) as usize]) = a.min(b);
    }

    fn root(&mut self, mut at: u32, way: fn(&mut Node) -> &mut u32) -> u32 {
        loop {
            let up = *way(&mut self.nodes[at as usize]);
            if up == at {
                return at;
            }
            let above = *way(&mut self.nodes[up as usize]);
            *way(&mut self.nodes[at as usize]) = above;
            at = above;
        }
    }
}

/// Not by the bits that order fingerprints.
fn is_sampled(key: u64) -> bool {
    let mixed = (key ^ key >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32 & (SAMPLED - 1) == 0
}

/// Each person counts once, by the least of its fingerprints: one that never stands beside a lesser one. A sample of
/// the fingerprints tells how many there are.
fn sample<E>(mut groups: impl FnMut(Each<'_>) -> Result<(), E>) -> Result<Individuals, E> {
    let mut least: HashMap<u64, bool> = HashMap::new();
    groups(&mut |group| {
        let lowest = group.own.iter().min().copied();
        for key in group.own.iter().filter(|key| is_sampled(**key)) {
            *least.entry(*key).or_insert(true) &= Some(*key) == lowest;
        }
    })?;
    let sampled = least.values().filter(|it| **it).count() as u64;
    let count = sampled * SAMPLED;
    // Three standard errors of a binomial sample.
    let error = (3.0 * (sampled as f64).sqrt()).ceil() as u64 * SAMPLED;
    Ok(Individuals { count, low: count.saturating_sub(error), high: count + error, method: Method::Sampled })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(own: &[u64], shared: &[u64], name: u64) -> Group {
        Group { own: own.to_vec(), shared: shared.to_vec(), name, faint: false }
    }

    fn counted(groups: &[Group]) -> (u64, u64, u64) {
        let counted = count(&mut Links::default(), |each| {
            groups.iter().for_each(each);
            Ok::<(), ()>(())
        });
        let it = counted.unwrap();
        (it.count, it.low, it.high)
    }

    #[test]
    fn links_chain_over_groups() {
        assert_eq!(counted(&[group(&[1, 2], &[], 0), group(&[3, 4], &[], 0), group(&[2, 3], &[], 0)]), (1, 1, 1));
        assert_eq!(counted(&[group(&[1, 2], &[], 0), group(&[3, 4], &[], 0)]), (2, 2, 2));
        assert_eq!(counted(&[]), (0, 0, 0));
    }

    #[test]
    fn a_shared_telephone_joins_nobody() {
        let family = [group(&[1], &[100], 0), group(&[2], &[100], 0)];
        assert_eq!(counted(&family), (2, 2, 2));
        let caller = [family.to_vec(), vec![group(&[], &[100], 0)]].concat();
        assert_eq!(counted(&caller), (2, 2, 3));
        assert_eq!(
            counted(&[group(&[], &[100, 101], 0), group(&[], &[101, 102], 0), group(&[1], &[100], 0)]),
            (2, 2, 2)
        );
    }

    #[test]
    fn equal_names_lower_the_least() {
        assert_eq!(counted(&[group(&[1], &[], 50), group(&[2], &[], 50), group(&[3], &[], 51)]), (3, 2, 3));
    }

    #[test]
    fn names_in_prose_raise_the_most() {
        let faint = |name| Group { name, faint: true, ..Group::default() };
        assert_eq!(counted(&[group(&[1], &[], 50), faint(50), faint(51)]), (1, 1, 2));
    }

    #[test]
    fn what_does_not_fit_is_sampled() {
        let groups: Vec<Group> = (0..200_000u64)
            .map(|it| {
                let key = |salt: u64| (it * 2 + salt + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                group(&[key(0), key(1)], &[], 0)
            })
            .collect();
        let mut links = Links { most: 1000, ..Links::default() };
        let counted = count(&mut links, |each| {
            groups.iter().for_each(each);
            Ok::<(), ()>(())
        });
        let it = counted.unwrap();
        assert_eq!(it.method, Method::Sampled);
        assert!(it.low <= 200_000 && 200_000 <= it.high, "{it:?}");
        assert!(it.count.abs_diff(200_000) < 10_000, "{it:?}");
    }
}
