//! Values in, keyed fingerprints out: what is kept of a value when its text is dropped. Keeps no text.

mod date;
mod form;

use std::sync::Arc;

pub use form::Form;
use form::{canonical, words_of};

use crate::detect::Ruleset;
use crate::model::{Detection, EntityId, Key, Role, Seal};

/// Fingerprints values under a key, each kind of value for itself.
#[derive(Debug)]
pub struct Sealer {
    /// Per entity: how its values are sealed.
    entities: Vec<Option<Rule>>,
    birth: Rule,
    words: Key,
    content: Key,
}

/// How values of one kind are sealed.
#[derive(Clone, Debug)]
struct Rule {
    form: Form,
    key: Key,
}

/// The entities whose values are sealed, with the form in which equal values are equal. What is not listed (places,
/// addresses of machines, dates other than of birth) has too few values or says too little of a person: nothing of it
/// is kept.
const SEALED: [(&str, Form); 19] = [
    ("us_ssn", Form::Digits),
    ("us_itin", Form::Digits),
    ("mrn", Form::Number),
    ("us_mbi", Form::Letters),
    ("us_hicn", Form::Letters),
    ("medicaid_id", Form::Letters),
    ("member_id", Form::Letters),
    ("policy_number", Form::Letters),
    ("account_number", Form::Number),
    ("bank_account", Form::Number),
    ("payment_card", Form::Digits),
    ("drivers_license", Form::Letters),
    ("passport", Form::Letters),
    ("license_plate", Form::Letters),
    ("phone", Form::Phone),
    ("fax", Form::Phone),
    ("email", Form::Email),
    ("person_name", Form::Name),
    ("street_address", Form::Letters),
];

impl Sealer {
    /// A sealer of a ruleset's entities.
    pub fn new(key: &Key, ruleset: &Ruleset) -> Arc<Self> {
        let rule = |kind: &str, form| Rule { form, key: key.derive(&format!("phisift fingerprint 1 {kind}")) };
        let of = |id: &str| SEALED.iter().find(|row| row.0 == id).map(|row| rule(row.0, row.1));
        Arc::new(Sealer {
            entities: ruleset.entities().iter().map(|entity| of(&entity.id)).collect(),
            birth: rule("birth_date", Form::Date),
            words: key.derive("phisift fingerprint 1 person_name word"),
            content: key.derive("phisift content 1"),
        })
    }

    /// The seals of a block's detections.
    pub(super) fn seal(&self, text: &[u8], detections: impl Iterator<Item = Detection>, seals: &mut Vec<Seal>) {
        let mut buffer = Vec::with_capacity(64);
        seals.clear();
        seals.extend(detections.map(|it| {
            let Some(rule) = self.rule(it.entity, it.role) else { return Seal::default() };
            self.apply(rule, text.get(it.range()).unwrap_or_default(), &mut buffer)
        }));
    }

    /// The seal of one value; empty where its kind is not sealed.
    pub fn of(&self, entity: EntityId, role: Option<Role>, value: &[u8]) -> Seal {
        self.rule(entity, role).map_or_else(Seal::default, |rule| self.apply(rule, value, &mut Vec::new()))
    }

    /// What the content of files is hashed with.
    pub fn content_key(&self) -> &Key {
        &self.content
    }

    fn rule(&self, entity: EntityId, role: Option<Role>) -> Option<&Rule> {
        if role == Some(Role::Birth) {
            return Some(&self.birth);
        }
        self.entities.get(usize::from(entity.0))?.as_ref()
    }

    fn apply(&self, rule: &Rule, value: &[u8], buffer: &mut Vec<u8>) -> Seal {
        buffer.clear();
        canonical(rule.form, value, buffer);
        if buffer.is_empty() {
            return Seal::default();
        }
        let mut seal = Seal { print: first_64(rule.key.hash(buffer)), words: [0; 4] };
        if rule.form == Form::Name {
            for (slot, word) in seal.words.iter_mut().zip(words_of(buffer)) {
                *slot = first_64(self.words.hash(word)) as u32 | 1;
            }
        }
        seal
    }
}

/// The first 64 bits, never 0.
fn first_64(hash: [u8; 32]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_le_bytes(first).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(sealer: &Sealer, rules: &Ruleset, entity: &str, role: Option<Role>, value: &str) -> u64 {
        sealer.of(rules.entity_id(entity).unwrap(), role, value.as_bytes()).print
    }

    #[test]
    fn every_sealed_entity_is_one_of_the_rules() {
        let rules = Ruleset::builtin().unwrap();
        for (id, _) in SEALED {
            assert!(rules.entity_id(id).is_some(), "{id}");
        }
    }

    #[test]
    fn equal_values_agree_however_they_are_written() {
        let rules = Ruleset::builtin().unwrap();
        let sealer = Sealer::new(&Key::new([1; 32]), &rules);
        let birth = Some(Role::Birth);
        for (entity, role, a, b) in [
            ("us_ssn", None, "123-45-6789", "123456789"),
            ("mrn", None, "00482913", "482913"),
            ("phone", None, "(216) 555-7342", "+1 216 555 7342"),
            ("email", None, "Ann@Example.org", "ann@example.org"),
            ("date", birth, "03/14/1980", "19800314"),
            ("date", birth, "March 14, 1980", "1980-03-14T00:00:00Z"),
            ("person_name", None, "DOE, JANE Q", "Jane Doe"),
            ("us_mbi", None, "1EG4-TE5-MK73", "1eg4te5mk73"),
        ] {
            let (left, right) = (print(&sealer, &rules, entity, role, a), print(&sealer, &rules, entity, role, b));
            assert!(left != 0 && left == right, "{entity}: {a} and {b}");
        }
        assert_ne!(print(&sealer, &rules, "mrn", None, "7"), print(&sealer, &rules, "account_number", None, "7"));
        assert_eq!(print(&sealer, &rules, "date", None, "1980-03-14"), 0);
    }

    #[test]
    fn two_keys_share_no_fingerprint() {
        let rules = Ruleset::builtin().unwrap();
        let print = |byte| print(&Sealer::new(&Key::new([byte; 32]), &rules), &rules, "us_ssn", None, "123-45-6789");
        assert_ne!(print(1), print(2));
    }

    #[test]
    fn the_words_of_a_name_agree_with_the_words_alone() {
        let rules = Ruleset::builtin().unwrap();
        let sealer = Sealer::new(&Key::new([1; 32]), &rules);
        let name = rules.entity_id("person_name").unwrap();
        let whole = sealer.of(name, None, "Jane Doe".as_bytes()).words;
        let first = sealer.of(name, None, "JANE".as_bytes()).words;
        assert!(whole.contains(&first[0]) && first[1] == 0 && whole[2] == 0);
    }
}
