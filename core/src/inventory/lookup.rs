//! Single facts of a store: what those who show rows need beside them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::OptionalExtension;

use super::Inventory;
use super::rows::join;
use crate::Error;

impl Inventory {
    /// The path of a source by its number.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn path_of(&self, source: i64) -> Result<Option<PathBuf>, Error> {
        let read = || {
            let select =
                "SELECT folders.path, name FROM sources JOIN folders ON folders.id = folder WHERE sources.id = ?1";
            let mut statement = self.connection.prepare_cached(select)?;
            let row = |row: &rusqlite::Row<'_>| Ok(join(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?));
            statement.query_row([source], row).optional()
        };
        read().map_err(|error| self.failed("reading", error))
    }

    /// The Safe Harbor letter of each entity that was found and has one.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn categories(&self) -> Result<BTreeMap<String, String>, Error> {
        let read = || -> rusqlite::Result<BTreeMap<String, String>> {
            let mut statement =
                self.connection.prepare("SELECT name, category FROM entities WHERE category IS NOT NULL")?;
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(|error| self.failed("reading", error))
    }
}
