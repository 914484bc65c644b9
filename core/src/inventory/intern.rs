//! What findings share, each once in the store: entities, kinds of finding, places. Labels are masked before.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use rusqlite::Connection;

use crate::detect::Ruleset;
use crate::model::{Detection, EntityId, Evidence, Role, Subject};

/// What tells one kind of finding from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    entity: EntityId,
    pattern: u16,
    permille: u16,
    validated: Option<bool>,
    role: Option<Role>,
    subject: Subject,
    evidence: Evidence,
}

/// Every finding is looked up: what differs most is enough.
impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let parts = [self.pattern, self.permille, self.evidence.0];
        state.write_u64(parts.into_iter().fold(0, |all, part| all << 16 | u64::from(part)));
    }
}

/// Numbers in the store of what this process met so far.
#[derive(Default)]
pub(super) struct Interned {
    entities: HashMap<EntityId, i64>,
    kinds: HashMap<Kind, u32>,
    last_kind: Option<(Kind, u32)>,
    labels: HashMap<String, u32>,
    known_kinds: HashMap<KindRow, u32>,
    known_labels: HashMap<String, u32>,
    next_kind: u32,
    next_label: u32,
}

/// A row of `kinds` without its number.
type KindRow = (i64, String, u16, Option<bool>, Option<String>, String, String);

impl Interned {
    /// With what the store holds already.
    pub fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut it = Interned::default();
        let columns = "id, entity, pattern, permille, validated, role, subject, evidence";
        let mut statement = connection.prepare(&format!("SELECT {columns} FROM kinds"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?);
            it.known_kinds.insert(kind, row.get(0)?);
        }
        let mut statement = connection.prepare("SELECT id, text FROM labels")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            it.known_labels.insert(row.get(1)?, row.get(0)?);
        }
        it.next_kind = it.known_kinds.values().max().map_or(1, |last| last + 1);
        it.next_label = it.known_labels.values().max().map_or(1, |last| last + 1);
        Ok(it)
    }

    /// Forgets what was interned in a transaction that did not come to its end.
    pub fn entity(&mut self, connection: &Connection, rules: &Ruleset, id: EntityId) -> rusqlite::Result<i64> {
        if let Some(number) = self.entities.get(&id) {
            return Ok(*number);
        }
        let entity = rules.entity(id);
        let category = entity.category.map(|it| it.letter().to_string());
        let insert = "INSERT INTO entities (name, category) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
        connection.execute(insert, (&entity.id, category))?;
        let number = "SELECT id FROM entities WHERE name = ?1";
        let number = connection.query_row(number, [&entity.id], |row| row.get(0))?;
        self.entities.insert(id, number);
        Ok(number)
    }

    /// The number of a detection's kind.
    #[inline]
    pub fn kind(&mut self, connection: &Connection, rules: &Ruleset, it: &Detection) -> rusqlite::Result<u32> {
        let kind = Kind {
            entity: it.entity,
            pattern: it.pattern,
            permille: it.permille,
            validated: it.validated,
            role: it.role,
            subject: it.subject,
            evidence: it.evidence,
        };
        if let Some((last, number)) = self.last_kind.filter(|(last, _)| *last == kind) {
            debug_assert_eq!(last, kind);
            return Ok(number);
        }
        let number = match self.kinds.get(&kind) {
            Some(number) => *number,
            None => self.new_kind(connection, rules, kind)?,
        };
        self.last_kind = Some((kind, number));
        Ok(number)
    }

    fn new_kind(&mut self, connection: &Connection, rules: &Ruleset, kind: Kind) -> rusqlite::Result<u32> {
        let entity = self.entity(connection, rules, kind.entity)?;
        let name = &rules.entity(kind.entity).id;
        let row: KindRow = (
            entity,
            rules.patterns()[usize::from(kind.pattern)].file.id.clone(),
            kind.permille,
            kind.validated,
            kind.role.map(|it| it.id().to_owned()),
            kind.subject.id().to_owned(),
            kind.evidence.ids(name).join(" "),
        );
        let number = match self.known_kinds.get(&row) {
            Some(number) => *number,
            None => {
                let number = self.next_kind;
                self.next_kind += 1;
                let columns = "id, entity, pattern, permille, validated, role, subject, evidence";
                let insert = format!("INSERT INTO kinds ({columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
                let (entity, pattern, permille, validated, role, subject, evidence) = &row;
                let values = (number, entity, pattern, permille, validated, role, subject, evidence);
                connection.prepare_cached(&insert)?.execute(values)?;
                self.known_kinds.insert(row, number);
                number
            }
        };
        self.kinds.insert(kind, number);
        Ok(number)
    }

    /// The number of a place below a stream.
    pub fn label(&mut self, connection: &Connection, text: &str) -> rusqlite::Result<u32> {
        if let Some(number) = self.labels.get(text).or_else(|| self.known_labels.get(text)) {
            return Ok(*number);
        }
        let number = self.next_label;
        self.next_label += 1;
        let insert = "INSERT INTO labels (id, text) VALUES (?1, ?2)";
        connection.prepare_cached(insert)?.execute((number, text))?;
        self.labels.insert(text.to_owned(), number);
        Ok(number)
    }
}
