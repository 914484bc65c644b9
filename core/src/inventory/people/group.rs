//! Groups of fingerprints that occur together, as bytes.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use crate::inventory::pack::{read, write};

/// Fingerprints that speak of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Of identifiers that one person has: SSN, MRN, MBI.
    pub own: Vec<u64>,
    /// Bits: kinds of identifiers among them of which a person has one only, so that another is another person's.
    pub only: u8,
    /// Of a name with a birth date, which one person has unless such an identifier says otherwise.
    pub born: Vec<u64>,
    /// Of what several persons may share: telephone, e-mail, a family's member number.
    pub shared: Vec<u64>,
    /// Of the whole name, 0 where there is none.
    pub name: u64,
    /// True where nothing but a name alone or what an office may have speaks for a person.
    pub faint: bool,
}

impl Group {
    pub(super) fn clear(&mut self) {
        self.own.clear();
        self.born.clear();
        self.shared.clear();
        (self.only, self.name, self.faint) = (0, 0, false);
    }

    /// Fingerprints that several persons may have, the name last.
    pub fn weak(&self) -> impl Iterator<Item = u64> + '_ {
        self.shared.iter().copied().chain(Some(self.name).filter(|it| *it != 0))
    }

    /// All fingerprints.
    pub fn keys(&self) -> impl Iterator<Item = u64> + '_ {
        self.own.iter().chain(&self.born).copied().chain(self.weak())
    }

    fn digest(&self) -> u64 {
        let mut sum = u64::from(self.faint) + 1;
        for key in self.keys() {
            sum = (sum.rotate_left(5) ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        sum
    }
}

/// Groups of one source, each once.
#[derive(Default)]
pub struct Groups {
    /// As bytes: for each group the number of its own fingerprints, fourfold, plus the bits of `only`; that of names with
    /// a birth date; that of shared ones, fourfold, plus 1 where it is faint and 2 where it has a name; then eight bytes
    /// for each, the name last.
    pub data: Vec<u8>,
    /// How many.
    pub count: u64,
    seen: HashSet<u64, BuildHasherDefault<Itself>>,
}

/// Digests are hashes already.
#[derive(Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
}

/// Digests remembered: a group that comes again later than that is stored again, which changes no count.
const REMEMBERED: usize = 1 << 20;

impl Groups {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.data.clear();
        self.seen.clear();
        self.count = 0;
    }

    /// Takes a group's fingerprints, sorted and each once.
    pub fn push(&mut self, group: &mut Group) {
        for keys in [&mut group.own, &mut group.born, &mut group.shared] {
            keys.sort_unstable();
            keys.dedup();
        }
        if group.keys().next().is_none() {
            return;
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        if !self.seen.insert(group.digest()) {
            return;
        }
        self.count += 1;
        write(&mut self.data, (group.own.len() as u64) << 2 | u64::from(group.only));
        write(&mut self.data, group.born.len() as u64);
        let named = u64::from(group.name != 0);
        write(&mut self.data, (group.shared.len() as u64) << 2 | named << 1 | u64::from(group.faint));
        for key in group.keys() {
            self.data.extend_from_slice(&key.to_le_bytes());
        }
    }
}

/// Hands out the groups in bytes that [`Groups`] wrote; stops where they are none of ours.
pub fn read_groups(mut data: &[u8], group: &mut Group, mut each: impl FnMut(&Group)) {
    while !data.is_empty() {
        let (Some(own), Some(born), Some(rest)) = (read(&mut data), read(&mut data), read(&mut data)) else { return };
        group.clear();
        (group.only, group.faint) = ((own & 3) as u8, rest & 1 == 1);
        let (own, named, shared) = (own >> 2, rest >> 1 & 1, rest >> 2);
        let all = own.saturating_add(born).saturating_add(shared).saturating_add(named);
        if all > data.len() as u64 / 8 {
            return;
        }
        for index in 0..all {
            let Some((key, behind)) = data.split_first_chunk() else { return };
            data = behind;
            let key = u64::from_le_bytes(*key);
            match index {
                _ if index < own => group.own.push(key),
                _ if index < own + born => group.born.push(key),
                _ if index < own + born + shared => group.shared.push(key),
                _ => group.name = key,
            }
        }
        each(group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_come_out_once_and_sorted() {
        let mut groups = Groups::default();
        for _ in 0..2 {
            groups.push(&mut Group {
                own: vec![9, 3, 9],
                only: 2,
                born: vec![8],
                shared: vec![7],
                name: 5,
                faint: false,
            });
        }
        groups.push(&mut Group { shared: vec![1], faint: true, ..Group::default() });
        groups.push(&mut Group::default());
        let mut out = Vec::new();
        read_groups(&groups.data, &mut Group::default(), |it| out.push(it.clone()));
        let first = Group { own: vec![3, 9], only: 2, born: vec![8], shared: vec![7], name: 5, faint: false };
        assert_eq!(out[0], first);
        assert_eq!(out[1], Group { shared: vec![1], faint: true, ..Group::default() });
        assert_eq!((out.len(), groups.count), (2, 2));
        read_groups(&groups.data[..5], &mut Group::default(), |_| panic!("cut short"));
    }
}
