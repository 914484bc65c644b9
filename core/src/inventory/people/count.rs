//! How many persons groups of fingerprints speak of. Works in bounded memory, and says how it counted.

use std::collections::HashMap;

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

/// Fingerprints and who they are: what stands in one group, and groups that share what one person has, are one person.
pub struct Links {
    /// Every fingerprint of every group, with the group's number and in the low bits what kind it is of. Sorted, equal
    /// ones stand together.
    keys: Vec<(u64, u32)>,
    groups: Forest,
    most: usize,
}

/// Kinds of fingerprints.
const OWN: u32 = 0;
const BORN: u32 = 1;
const SHARED: u32 = 2;
const NAME: u32 = 3;

/// Groups, as trees of which each is one person.
#[derive(Default)]
struct Forest(Vec<Node>);

#[derive(Clone, Copy)]
struct Node {
    /// Towards the person.
    own: u32,
    /// Towards the person, equal names counted in.
    named: u32,
    marks: u8,
}

/// A person by an identifier, or by a labelled name with something that a person has.
const SURE: u8 = 1;
/// A person by a name alone, or by what an office may have.
const FAINT: u8 = 2;
/// Holds something that one person alone has.
const HAS_OWN: u8 = 4;
/// Holds nothing such, but what a known person has.
const IS_KNOWN: u8 = 8;
/// Holds nothing such, but what several known persons have.
const IS_OPEN: u8 = 16;
/// Above these, the kinds of identifiers of which a person has one: `Group::only`.
const ONLY: u32 = 5;

const NOBODY: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

/// Fingerprints held at most, each as often as it occurs: about 600 MB.
const MOST: usize = 24 << 20;
/// One fingerprint of so many is sampled where they do not fit.
const SAMPLED: u64 = 64;

impl Default for Links {
    fn default() -> Self {
        Links { keys: Vec::new(), groups: Forest::default(), most: MOST }
    }
}

/// Counts the persons of groups, which are handed out once, or twice where they do not fit into memory.
pub fn count<E>(links: &mut Links, mut groups: impl FnMut(Each<'_>) -> Result<(), E>) -> Result<Individuals, E> {
    links.clear();
    let mut fits = true;
    groups(&mut |group| fits = fits && links.add(group))?;
    if !fits {
        return sample(groups);
    }
    links.join();
    Ok(links.individuals())
}

/// Links groups, so that persons can be asked for. What does not fit into memory stays unlinked.
pub fn link<E>(links: &mut Links, mut groups: impl FnMut(Each<'_>) -> Result<(), E>) -> Result<(), E> {
    links.clear();
    groups(&mut |group| {
        links.add(group);
    })?;
    links.join();
    links.name_owners();
    Ok(())
}

impl Links {
    /// The person that a linked group speaks of, if it is one that is known.
    pub fn person(&self, group: &Group) -> Option<u32> {
        match group.own.first().or(group.born.first()) {
            Some(own) => self.person_of(*own),
            None => group.weak().find_map(|key| self.person_of(key)),
        }
    }

    /// The person that has a fingerprint, if there is exactly one. Where groups are linked, not only counted.
    pub fn person_of(&self, key: u64) -> Option<u32> {
        let at = self.keys.binary_search_by_key(&key, |it| it.0).ok()?;
        Some(self.keys[at].1).filter(|it| *it < SEVERAL)
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.groups.0.clear();
    }

    /// Takes a group in. False where it does not fit.
    fn add(&mut self, group: &Group) -> bool {
        if self.keys.len() + group.own.len() + group.born.len() + group.shared.len() + 1 > self.most {
            return false;
        }
        let number = self.groups.0.len() as u32;
        let has_own = !(group.own.is_empty() && group.born.is_empty());
        let marks = match (has_own, group.faint) {
            (true, _) => SURE | HAS_OWN | group.only << ONLY,
            (false, true) => FAINT,
            (false, false) => SURE,
        };
        self.groups.0.push(Node { own: number, named: number, marks });
        let all = [(&group.own, OWN), (&group.born, BORN), (&group.shared, SHARED)];
        for (keys, kind) in all {
            self.keys.extend(keys.iter().map(|key| (*key, number << 2 | kind)));
        }
        if group.name != 0 {
            self.keys.push((group.name, number << 2 | NAME));
        }
        true
    }

    /// Joins what is of one person.
    fn join(&mut self) {
        self.keys.sort_unstable();
        let Links { keys, groups, .. } = self;
        let runs =
            |kind: fn(u32) -> bool| keys.chunk_by(|a, b| a.0 == b.0).filter(move |run| kind(run[0].1 & 3)).map(Run);
        runs(|kind| kind == OWN).for_each(|run| groups.join_all(run.groups()));
        groups.gather_marks();
        runs(|kind| kind == BORN).for_each(|run| groups.join_born(run));
        runs(|kind| kind >= SHARED).for_each(|run| groups.attach(run));
        runs(|kind| kind >= SHARED).for_each(|run| groups.join_strangers(run));
    }

    /// Keeps of each fingerprint once whose it is.
    fn name_owners(&mut self) {
        let Links { keys, groups, .. } = self;
        let mut end = 0;
        let mut at = 0;
        while at < keys.len() {
            let length = keys[at..].iter().take_while(|it| it.0 == keys[at].0).count();
            let owner = groups.person_of(Run(&keys[at..at + length]));
            keys[end] = (keys[at].0, owner);
            (end, at) = (end + 1, at + length);
        }
        keys.truncate(end);
    }

    fn individuals(&mut self) -> Individuals {
        let open = |it: &&Node| it.marks & (IS_OPEN | IS_KNOWN) == IS_OPEN;
        let ambiguous = self.groups.0.iter().filter(open).count() as u64;
        let (sure, faint) = self.groups.persons(|it| &mut it.own);
        let (low, _) = self.groups.persons(|it| &mut it.named);
        Individuals { count: sure, low, high: sure + faint + ambiguous, method: Method::Linked }
    }
}

/// Where one fingerprint occurs.
#[derive(Clone, Copy)]
struct Run<'a>(&'a [(u64, u32)]);

impl Run<'_> {
    fn groups(self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|it| it.1 >> 2)
    }

    fn is_name(self) -> bool {
        self.0[0].1 & 3 == NAME
    }
}

impl Forest {
    fn has(&self, group: u32, mark: u8) -> bool {
        self.0[group as usize].marks & mark != 0
    }

    fn join_all(&mut self, mut groups: impl Iterator<Item = u32>) {
        let Some(first) = groups.next() else { return };
        for group in groups {
            self.join(first, group);
        }
    }

    /// Joins those of one name and birth date with the first of them, but for who has another number of which a person
    /// has one. Had they the same number, they would be joined already.
    fn join_born(&mut self, run: Run<'_>) {
        let mut groups = run.groups();
        let Some(first) = groups.next() else { return };
        for group in groups {
            let (a, b) = (self.root(first, |it| &mut it.own), self.root(group, |it| &mut it.own));
            let (marks, others) = (self.0[a as usize].marks, self.0[b as usize].marks);
            if a != b && marks >> ONLY & others >> ONLY == 0 {
                self.join(a, b);
                self.0[a.min(b) as usize].marks |= marks | others;
            }
        }
    }

    /// Whose a fingerprint is that several may have.
    fn owner(&mut self, run: Run<'_>) -> u32 {
        let mut owner = NOBODY;
        for group in run.groups() {
            if !self.has(group, HAS_OWN) {
                continue;
            }
            let person = self.root(group, |it| &mut it.own);
            if owner != NOBODY && owner != person {
                return SEVERAL;
            }
            owner = person;
        }
        owner
    }

    /// Groups without what only one person has belong to who is known by what they have.
    fn attach(&mut self, run: Run<'_>) {
        let mark = match self.owner(run) {
            NOBODY => return,
            SEVERAL => IS_OPEN,
            _ => IS_KNOWN,
        };
        let mut first = None;
        for group in run.groups() {
            if !self.has(group, HAS_OWN) {
                let marks = &mut self.0[group as usize].marks;
                *marks = (*marks | mark) & !(SURE | FAINT);
            } else if run.is_name() {
                self.join_by(*first.get_or_insert(group), group, |it| &mut it.named);
            }
        }
    }

    /// Joins groups of whom nobody is known.
    fn join_strangers(&mut self, run: Run<'_>) {
        if run.groups().any(|it| self.has(it, HAS_OWN)) {
            return;
        }
        let mut first = None;
        for group in run.groups() {
            if !self.has(group, IS_KNOWN | IS_OPEN) {
                self.join(*first.get_or_insert(group), group);
            }
        }
    }

    /// The person behind all places of a fingerprint.
    fn person_of(&mut self, run: Run<'_>) -> u32 {
        match self.owner(run) {
            NOBODY => {
                let stranger = run.groups().find(|it| !self.has(*it, IS_KNOWN | IS_OPEN));
                stranger.map_or(NOBODY, |it| self.root(it, |it| &mut it.own))
            }
            SEVERAL if run.0[0].1 & 3 == BORN => self.root(run.0[0].1 >> 2, |it| &mut it.own),
            owner => owner,
        }
    }

    /// How many trees have a sure mark, and how many a faint one only.
    fn persons(&mut self, way: fn(&mut Node) -> &mut u32) -> (u64, u64) {
        let mut marks = vec![0; self.0.len()];
        for number in 0..self.0.len() as u32 {
            let root = self.root(number, way) as usize;
            marks[root] |= self.0[number as usize].marks & (SURE | FAINT);
        }
        let sure = marks.iter().filter(|it| **it & SURE != 0).count() as u64;
        (sure, marks.iter().filter(|it| **it == FAINT).count() as u64)
    }

    /// Gives the root of each tree the marks of all of it.
    fn gather_marks(&mut self) {
        for number in 0..self.0.len() as u32 {
            let root = self.root(number, |it| &mut it.own) as usize;
            self.0[root].marks |= self.0[number as usize].marks;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        self.join_by(a, b, |it| &mut it.own);
        self.join_by(a, b, |it| &mut it.named);
    }

    fn join_by(&mut self, a: u32, b: u32, way: fn(&mut Node) -> &mut u32) {
        let (a, b) = (self.root(a, way), self.root(b, way));
        *way(&mut self.0[a.max(b) as usize]) = a.min(b);
    }

    fn root(&mut self, mut at: u32, way: fn(&mut Node) -> &mut u32) -> u32 {
        loop {
            let up = *way(&mut self.0[at as usize]);
            if up == at {
                return at;
            }
            let above = *way(&mut self.0[up as usize]);
            *way(&mut self.0[at as usize]) = above;
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
        let own = || group.own.iter().chain(&group.born);
        let lowest = own().min().copied();
        for key in own().filter(|key| is_sampled(**key)) {
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
        Group { own: own.to_vec(), shared: shared.to_vec(), name, ..Group::default() }
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
    fn a_birth_date_joins_nobody_whose_numbers_differ() {
        let born =
            |own: &[u64], born: u64, only| Group { own: own.to_vec(), born: vec![born], only, ..Group::default() };
        assert_eq!(counted(&[born(&[1], 9, 1), born(&[2], 9, 0)]), (1, 1, 1));
        assert_eq!(counted(&[born(&[1], 9, 1), born(&[2], 9, 1)]), (2, 2, 2));
        assert_eq!(counted(&[born(&[1], 9, 1), born(&[2], 9, 2)]), (1, 1, 1));
        // Who has no number is one of both.
        assert_eq!(counted(&[born(&[], 9, 0), born(&[1], 9, 1), born(&[2], 9, 1)]), (2, 2, 2));
        // What joins them otherwise stays.
        assert_eq!(counted(&[born(&[1, 5], 9, 1), born(&[2, 5], 9, 1)]), (1, 1, 1));
        let mut links = Links::default();
        let groups = [born(&[1], 9, 1), born(&[2], 9, 1), born(&[], 9, 0)];
        link(&mut links, |each| {
            groups.iter().for_each(each);
            Ok::<(), ()>(())
        })
        .unwrap();
        assert_ne!(links.person_of(1), links.person_of(2));
        assert_eq!(links.person(&groups[2]), links.person_of(1));
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
