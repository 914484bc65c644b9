//! Field tables: which field of which standard holds what. Data in, look-ups out; knows no formats and no text.

use std::collections::HashMap;

use serde::Deserialize;

use super::Ruleset;
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
    /// The type beside the value (upper case) for which the row counts; empty for any.
    pub when: Vec<u8>,
    /// The patterns of its entity, the one that trusts a label most first.
    pub patterns: Vec<u16>,
    /// Whose it is.
    pub subject: Option<Subject>,
    /// What it is for.
    pub role: Option<Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fields: Vec<TableRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableRow {
    key: String,
    entity: String,
    #[serde(default)]
    when: String,
    subject: Option<String>,
    role: Option<String>,
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
                if patterns.is_empty() {
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
                let when = row.when.to_ascii_uppercase().into_bytes();
                rows.entry(row.key.into_bytes()).or_default().push(Row { when, patterns, subject, role });
            }
        }
        Ok(fields)
    }

    /// What a field holds whose neighbour says it is of the type `kind`: the first row that fits.
    ///
    /// Keys of documents (`patient.name.family`) are paths: the longest end of one that has a row counts.
    pub fn find(&self, field: &StandardField, kind: &[u8]) -> Option<&Row> {
        let table = self.rows.get(&field.standard)?;
        let fits = |row: &&Row| row.when.is_empty() || row.when.eq_ignore_ascii_case(kind);
        let mut key = field.key.as_slice();
        loop {
            if let Some(row) = table.get(key).and_then(|rows| rows.iter().find(fits)) {
                return Some(row);
            }
            let is_path = matches!(field.standard, Standard::Cda | Standard::Fhir);
            let dot = if is_path { key.iter().position(|it| *it == b'.')? } else { return None };
            key = &key[dot + 1..];
        }
    }

    /// All rows of a standard, by key.
    pub fn of(&self, standard: Standard) -> impl Iterator<Item = (&[u8], &Row)> {
        let keys = self.rows.get(&standard).into_iter().flatten();
        keys.flat_map(|(key, rows)| rows.iter().map(|row| (key.as_slice(), row)))
    }
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
            let Some(file) = phisift_patterns::file(&format!("fields/{}.toml", standard.id())) else { continue };
            let table: Table = toml::from_str(file.text).expect("the schema");
            for row in table.fields {
                assert!(!patterns_of(&rules, &row.entity).is_empty(), "{}: {} {}", file.path, row.key, row.entity);
            }
        }
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
    }
}
