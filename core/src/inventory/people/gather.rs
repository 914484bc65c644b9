//! Findings in, groups out: what stands in one record, line or document together.

use super::{Group, Groups};
use crate::detect::Ruleset;
use crate::model::{Band, Detection, EntityId, Evidence, Finding, NO_LABEL, NO_NODE, Role, Subject};

/// How much an identifier says about whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// One person's, and a person has one: two different ones of the same kind, told by its bit, are two persons.
    Only(u8),
    /// One person's, who may have several.
    Own,
    /// May be shared, in a family or at work.
    Shared,
    Name,
    Birth,
}

/// What is not listed here links nobody.
const CLAIMS: [(&str, Claim); 14] = [
    ("us_ssn", Claim::Only(1)),
    ("us_itin", Claim::Own),
    ("mrn", Claim::Own),
    ("us_mbi", Claim::Only(2)),
    ("us_hicn", Claim::Own),
    ("medicaid_id", Claim::Own),
    ("drivers_license", Claim::Own),
    ("passport", Claim::Own),
    ("member_id", Claim::Shared),
    ("policy_number", Claim::Shared),
    ("account_number", Claim::Shared),
    ("phone", Claim::Shared),
    ("email", Claim::Shared),
    ("person_name", Claim::Name),
];

/// Names of more words in one record are of more than one person.
const MOST_WORDS: usize = 6;
/// A document with more different identifiers of one kind speaks of several persons.
const MOST_KEPT: usize = 256;

/// Gathers the findings of one source.
pub struct Gather {
    /// Per entity.
    claims: Vec<Option<Claim>>,
    /// The record or line at hand.
    near: Near,
    /// A stream of prose as a whole, while it may be of one person.
    whole: Near,
    place: Option<(bool, u64)>,
    group: Group,
    pub groups: Groups,
}

/// What was seen together.
#[derive(Default)]
struct Near {
    only: Vec<(EntityId, u64)>,
    /// The bits of what is in `only`.
    kinds: u8,
    own: Vec<(EntityId, u64)>,
    shared: Vec<u64>,
    births: Vec<u64>,
    words: Vec<u32>,
    names: Vec<u64>,
    /// A label says that a name is one.
    labelled: bool,
    /// Something is said to be a patient's.
    is_patients: bool,
    too_much: bool,
}

impl Gather {
    pub fn new(rules: &Ruleset) -> Self {
        let claim = |id: &str| CLAIMS.iter().find(|row| row.0 == id).map(|row| row.1);
        Gather {
            claims: rules.entities().iter().map(|entity| claim(&entity.id)).collect(),
            near: Near::default(),
            whole: Near::default(),
            place: None,
            group: Group::default(),
            groups: Groups::default(),
        }
    }

    /// Another source follows.
    pub fn begin(&mut self) {
        self.groups.clear();
        self.near.clear();
        self.whole.clear();
        self.place = None;
    }

    /// Another stream of the source follows: nothing links across.
    pub fn leave_stream(&mut self) {
        self.close();
        self.close_whole();
    }

    /// The next finding, in order of places.
    #[inline]
    pub fn push(&mut self, finding: &Finding) {
        let Some(claim) = self.claim(&finding.detection) else { return };
        if finding.seal.print == 0 {
            return;
        }
        let is_text = finding.label == NO_LABEL && finding.node == NO_NODE;
        let place = (is_text, if is_text { finding.line.unwrap_or(0) } else { finding.record });
        if self.place != Some(place) {
            self.close();
            self.place = Some(place);
        }
        self.near.add(claim, finding);
        if is_text {
            self.whole.add(claim, finding);
        }
    }

    /// Providers' identifiers and relatives' are not the patient's.
    fn claim(&self, it: &Detection) -> Option<Claim> {
        if matches!(it.subject, Subject::Provider | Subject::Relative) || it.permille < 500 {
            return None;
        }
        if it.role == Some(Role::Birth) {
            return Some(Claim::Birth);
        }
        self.claims.get(usize::from(it.entity.0)).copied().flatten()
    }

    /// The record or line at hand is over.
    fn close(&mut self) {
        let is_text = self.place.is_some_and(|it| it.0);
        if is_text && !self.near.is_of_one() {
            self.near.apart(&mut self.group, &mut self.groups);
        } else {
            self.near.together(&mut self.group, &mut self.groups);
        }
        self.near.clear();
    }

    fn close_whole(&mut self) {
        if self.whole.is_of_one() && !self.whole.too_much {
            self.whole.together(&mut self.group, &mut self.groups);
        }
        self.whole.clear();
    }
}

impl Near {
    fn clear(&mut self) {
        self.only.clear();
        self.own.clear();
        self.shared.clear();
        self.births.clear();
        self.words.clear();
        self.names.clear();
        (self.kinds, self.labelled, self.is_patients, self.too_much) = (0, false, false, false);
    }

    fn add(&mut self, claim: Claim, finding: &Finding) {
        let (entity, print) = (finding.detection.entity, finding.seal.print);
        self.is_patients |= finding.detection.subject == Subject::Patient && finding.label != NO_LABEL;
        match claim {
            Claim::Only(kind) => {
                self.kinds |= kind;
                keep(&mut self.only, (entity, print), &mut self.too_much);
            }
            Claim::Own => keep(&mut self.own, (entity, print), &mut self.too_much),
            Claim::Shared => keep(&mut self.shared, print, &mut self.too_much),
            Claim::Birth => keep(&mut self.births, print, &mut self.too_much),
            Claim::Name => {
                let sure = finding.detection.band() == Band::High;
                let named = finding.detection.evidence.has(Evidence::LABEL) || finding.label != NO_LABEL;
                self.labelled |= named && sure;
                keep(&mut self.names, print, &mut self.too_much);
                for word in finding.seal.words.iter().filter(|word| **word != 0) {
                    keep(&mut self.words, *word, &mut self.too_much);
                }
            }
        }
    }

    /// True where nothing says that two persons are meant.
    fn is_of_one(&self) -> bool {
        let differs = |ids: &[(EntityId, u64)]| ids.iter().any(|a| ids.iter().any(|b| a.0 == b.0 && a.1 != b.1));
        !differs(&self.only) && !differs(&self.own) && self.births.len() <= 1
    }

    /// One group of all.
    fn together(&mut self, group: &mut Group, groups: &mut Groups) {
        group.clear();
        group.own.extend(self.only.iter().chain(&self.own).map(|it| it.1));
        group.only = self.kinds;
        self.names_with_birth(group);
        group.shared.extend(&self.shared);
        match self.names.as_slice() {
            _ if self.words.len() < 2 || self.words.len() > MOST_WORDS => {}
            // A first and a last name in cells of their own are one name.
            _ => group.name = name_of(&mut self.words),
        }
        // A name alone may be anybody's, a telephone alone an office's.
        let sure = self.is_patients || (self.labelled && !self.shared.is_empty());
        group.faint = group.own.is_empty() && group.born.is_empty() && !sure;
        groups.push(group);
    }

    /// Each identifier by itself.
    fn apart(&mut self, group: &mut Group, groups: &mut Groups) {
        for (_, print) in self.only.iter().chain(&self.own) {
            group.clear();
            group.own.push(*print);
            groups.push(group);
        }
        for print in &self.shared {
            group.clear();
            group.shared.push(*print);
            group.faint = true;
            groups.push(group);
        }
    }

    /// Any two words of the name with the birth date: middle names come and go.
    fn names_with_birth(&self, group: &mut Group) {
        let [birth] = self.births[..] else { return };
        if self.words.len() > MOST_WORDS {
            return;
        }
        for (index, a) in self.words.iter().enumerate() {
            for b in &self.words[index + 1..] {
                let (low, high) = (u64::from(*a.min(b)), u64::from(*a.max(b)));
                group.born.push(mix(birth ^ mix(low << 32 | high)));
            }
        }
    }
}

fn keep<T: PartialEq>(seen: &mut Vec<T>, it: T, too_much: &mut bool) {
    if seen.contains(&it) {
        return;
    }
    if seen.len() >= MOST_KEPT {
        *too_much = true;
        return;
    }
    seen.push(it);
}

/// One number for the words of a name, in whatever order.
fn name_of(words: &mut [u32]) -> u64 {
    words.sort_unstable();
    words.iter().fold(0x6e61_6d65, |sum, word| mix(sum ^ u64::from(*word)))
}

/// Spreads the bits of what is made of fingerprints (the finaliser of SplitMix64). Never 0.
fn mix(mut it: u64) -> u64 {
    it ^= it >> 30;
    it = it.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    it ^= it >> 27;
    it = it.wrapping_mul(0x94D0_49BB_1331_11EB);
    (it ^ (it >> 31)).max(1)
}
