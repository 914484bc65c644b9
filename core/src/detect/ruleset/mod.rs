//! Pattern files in, one immutable ruleset out.

pub mod schema;

use std::sync::Arc;

use crate::Error;
use crate::model::{EntityId, SafeHarbor};

/// Everything the detector knows, compiled once and shared.
#[derive(Debug)]
pub struct Ruleset {
    entities: Vec<Entity>,
    hash: String,
}

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Stable id, such as `us_ssn`.
    pub id: String,
    /// For people.
    pub name: String,
    /// Its Safe Harbor category; `None` for health context.
    pub category: Option<SafeHarbor>,
    /// True where a limited data set may keep it.
    pub limited_data_set: bool,
}

impl Ruleset {
    /// The built-in patterns.
    pub fn builtin() -> Result<Arc<Ruleset>, Error> {
        Self::with_files(&[])
    }

    /// The built-in patterns and the given files (name, TOML text); a file with a built-in's id replaces it.
    ///
    /// # Errors
    /// Kind `Pattern` where a file does not follow the schema or no trigger can be derived from its regex.
    pub fn with_files(_files: &[(String, String)]) -> Result<Arc<Ruleset>, Error> {
        Ok(Arc::new(Ruleset { entities: Vec::new(), hash: String::new() }))
    }

    /// The entity of an id.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[usize::from(id.0)]
    }

    /// All entities; the index is the `EntityId`.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The entity of that name.
    pub fn entity_id(&self, id: &str) -> Option<EntityId> {
        self.entities.iter().position(|it| it.id == id).map(|index| EntityId(index as u16))
    }

    /// A hash of all pattern files, in hexadecimal: findings made with the same hash are comparable.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}
