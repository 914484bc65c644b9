//! Field tables: which field of which standard holds what. Data in, look-ups out; knows no formats and no text.

use std::collections::HashMap;

use serde::Deserialize;

use super::Ruleset;
use crate::detect::health::Tally;
use crate::model::{Role, Standard, StandardField, Subject};
use crate::{Error, ErrorKind};

/// The rows of `fields/*.toml` that a ruleset can name.
#[derive(Debug, Default)]
pub struct StandardFields {
    rows: HashMap<Standard, HashMap<Vec<u8>, Vec<Row>>>,
}

/// What one field holds.
#[derive(Clone, Debug)]
pub struct Row {
    /// The types beside the value for which the row counts, parted by spaces: all of them must be there. Empty for any.
    pub when: Vec<u8>,
    /// The patterns of its entity, the one that trusts a label most first.
    pub patterns: Vec<u16>,
    /// Whose it is.
    pub subject: Option<Subject>,
    /// What it is for.
    pub role: Option<Role>,
    /// The kind of health evidence that any value of the field is, by number.
    pub health: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fields: Vec<TableRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableRow {
    #[serde(default)]
    key: String,
    /// More fields that hold the same.
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    entity: String,
    #[serde(default)]
    when: String,
    subject: Option<String>,
    role: Option<String>,
    health: Option<String>,
}

impl TableRow {
    fn keys(&self) -> impl Iterator<Item = &String> {
        self.keys.iter().chain((!self.key.is_empty()).then_some(&self.key))
    }
}

impl StandardFields {
    /// The built-in tables, as far as the ruleset has their entities.
    ///
    /// # Errors
    /// Kind `Pattern` where a table is malformed.
    pub fn builtin(rules: &Ruleset) -> Result<Self, Error> {
        let mut fields = StandardFields::default();
        for standard in Standard::ALL {
            let Some(file) = phisift_patterns::file(&format!("fields/{}.toml", standard.id())) else { continue };
            let wrong = |what: &str| Error::new(ErrorKind::Pattern, format!("{}: {what}", file.path));
            let table: Table = toml::from_str(file.text).map_err(|error| wrong(error.message()))?;
            let rows = fields.rows.entry(standard).or_default();
            for row in table.fields {
                let patterns = patterns_of(rules, &row.entity);
                let health = match &row.health {
                    None => None,
                    Some(kind) => Some(Tally::number(kind).ok_or_else(|| wrong("no such kind of health evidence"))?),
                };
                if patterns.is_empty() && health.is_none() {
                    continue;
                }
                let subject = match &row.subject {
                    None => None,
                    Some(id) => Some(Subject::from_id(id).ok_or_else(|| wrong("no such subject"))?),
                };
                let role = match &row.role {
                    None => None,
                    Some(id) => Some(Role::from_id(id).ok_or_else(|| wrong("no such role"))?),
                };
                let found = Row { when: row.when.clone().into_bytes(), patterns, subject, role, health };
                for key in row.keys() {
                    rows.entry(key.clone().into_bytes()).or_default().push(found.clone());
                }
            }
        }
        Ok(fields)
    }

    /// What a field holds beside which stand the types `kinds`, parted by spaces: the first row that fits. The first
    /// component of a field is the field where there is no other: `PID-7.1` is `PID-7`, and the other way round. Keys of
    /// documents (`patient.name.family`) are paths: the longest end of one that has a row counts.
    pub fn find(&self, field: &StandardField, kinds: &[u8]) -> Option<&Row> {
        let table = self.rows.get(&field.standard)?;
        let told = |wanted: &[u8]| words(kinds).any(|kind| kind.eq_ignore_ascii_case(wanted));
        let fits = |row: &&Row| words(&row.when).all(told);
        let key = field.key.as_slice();
        if matches!(field.standard, Standard::Cda | Standard::Fhir) {
            let starts = std::iter::once(0).chain(memchr::memchr_iter(b'.', key).map(|dot| dot + 1));
            return starts.filter_map(|start| table.get(&key[start..])).find_map(|rows| rows.iter().find(fits));
        }
        let rows = table.get(key).or_else(|| match key.strip_suffix(b".1") {
            Some(whole) => table.get(whole),
            None => table.get([key, b".1"].concat().as_slice()),
        })?;
        rows.iter().find(fits)
    }

    /// All rows of a standard, by key.
    pub fn of(&self, standard: Standard) -> impl Iterator<Item = (&[u8], &Row)> {
        let keys = self.rows.get(&standard).into_iter().flatten();
        keys.flat_map(|(key, rows)| rows.iter().map(|row| (key.as_slice(), row)))
    }
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b' ').filter(|word| !word.is_empty())
}

/// The patterns of an entity, the one that trusts a label most first.
fn patterns_of(rules: &Ruleset, entity: &str) -> Vec<u16> {
    let Some(id) = rules.entity_id(entity) else { return Vec::new() };
    let all = rules.patterns().iter().enumerate().filter(|(_, it)| it.entity == id);
    let mut patterns: Vec<u16> = all.map(|(index, _)| index as u16).collect();
    patterns.sort_by_key(|index| (std::cmp::Reverse(rules.pattern(*index).label), *index));
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    #[test]
    fn every_row_of_every_table_names_an_entity() {
        let rules = Ruleset::builtin().expect("the built-in rules");
        for standard in Standard::ALL {
            let mut seen = std::collections::HashSet::new();
            let Some(file) = phisift_patterns::file(&format!("fields/{}.toml", standard.id())) else { continue };
            let table: Table = toml::from_str(file.text).expect("the schema");
            for row in table.fields {
                let known = row.entity.is_empty() || !patterns_of(&rules, &row.entity).is_empty();
                assert!(known, "{}: {:?} {}", file.path, row.keys, row.entity);
                assert!(!row.entity.is_empty() || row.health.is_some(), "{}: {:?}", file.path, row.keys);
                assert!(row.keys().next().is_some(), "{}: a {} without a key", file.path, row.entity);
                for key in row.keys() {
                    let of_messages = matches!(standard, Standard::Hl7v2 | Standard::X12);
                    assert!(!of_messages || is_segment_key(key), "{}: {key}", file.path);
                    assert!(seen.insert((key.clone(), row.when.clone())), "{}: {key} is there twice", file.path);
                }
            }
        }
    }

    /// `PID-5`, `PID-3.1`, `NM1-03`.
    fn is_segment_key(key: &str) -> bool {
        let Some((segment, place)) = key.split_once('-') else { return false };
        let named = matches!(segment.len(), 2 | 3)
            && segment.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        named
            && place.split('.').count() <= 2
            && place.split('.').all(|number| number.parse::<u8>().is_ok_and(|it| it > 0))
    }

    #[test]
    fn a_key_finds_its_row() {
        let rules = Ruleset::builtin().expect("the built-in rules");
        let fields = StandardFields::builtin(&rules).expect("the tables");
        let field =
            |key: &str| StandardField { standard: Standard::Hl7v2, key: Text::from(key), within: Text::default() };
        let row = fields.find(&field("PID-7"), b"").expect("a row");
        assert_eq!((row.role, row.subject), (Some(Role::Birth), Some(Subject::Patient)));
        assert!(fields.find(&field("PID-8"), b"").is_none());
        assert_eq!(fields.find(&field("PID-7.1"), b"").map(|row| row.role), Some(row.role));
        assert!(fields.find(&field("PID-3"), b"").is_some());
    }

    #[test]
    fn a_row_with_types_wants_all_of_them() {
        let rules = Ruleset::builtin().expect("the built-in rules");
        let fields = StandardFields::builtin(&rules).expect("the tables");
        let entity = |standard, key: &str, kinds: &[u8]| {
            let field = StandardField { standard, key: Text::from(key), within: Text::default() };
            let row = fields.find(&field, kinds).expect("a row");
            rules.entity(rules.pattern(row.patterns[0]).entity).id.clone()
        };
        for (key, kinds, id) in [
            ("PID-3.1", &b"MR"[..], "mrn"),
            ("PID-3.1", b"ss", "us_ssn"),
            ("PID-3.1", b"DL", "drivers_license"),
            ("PID-13.1", b"PRN FX", "fax"),
            ("PID-13.1", b"PRN PH", "phone"),
        ] {
            assert_eq!(entity(Standard::Hl7v2, key, kinds), id, "{key}");
        }
        for (key, kinds, id) in [
            ("NM1-09", &b"provider 82 XX"[..], "us_npi"),
            ("NM1-09", b"subscriber IL MI", "member_id"),
            ("NM1-09", b"subscriber IL 34", "us_ssn"),
            ("REF-02", b"EA", "mrn"),
        ] {
            assert_eq!(entity(Standard::X12, key, kinds), id, "{key}");
        }
    }
}
