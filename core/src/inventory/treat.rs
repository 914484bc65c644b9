//! The risk register: what was decided about a source, by whom, until when. Every decision stays.

use rusqlite::OptionalExtension;
use serde_json::json;

use super::audit::{self, Head};
use super::{Inventory, SourceRow};
use crate::{Error, ErrorKind};

/// What is done about a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Treatment {
    /// `open`, `mitigating`, `accepted` or `closed`.
    pub status: String,
    /// Who is to do it.
    pub owner: Option<String>,
    /// By when: `YYYY-MM-DD`.
    pub due: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Seconds since 1970.
    pub set_at: i64,
}

/// Every status.
pub const STATUSES: [&str; 4] = ["open", "mitigating", "accepted", "closed"];

impl Inventory {
    /// The last decision about each present source that has one.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn treatments(&self) -> Result<Vec<(i64, Treatment)>, Error> {
        let read = || -> rusqlite::Result<Vec<(i64, Treatment)>> {
            let mut statement = self.connection.prepare(
                "SELECT source, status, owner, due, note, set_at FROM treatments
                 WHERE id IN (SELECT max(id) FROM treatments GROUP BY source)
                 AND source IN (SELECT id FROM sources WHERE gone_run IS NULL) ORDER BY source",
            )?;
            statement.query_map([], |row| Ok((row.get(0)?, treatment_of(row)?)))?.collect()
        };
        read().map_err(|error| self.failed("reading", error))
    }

    /// The last decision about a source.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn treatment(&self, source: i64) -> Result<Option<Treatment>, Error> {
        let select = "SELECT source, status, owner, due, note, set_at FROM treatments WHERE source = ?1
                      ORDER BY id DESC LIMIT 1";
        let read = self.connection.query_row(select, [source], treatment_of).optional();
        read.map_err(|error| self.failed("reading", error))
    }

    /// Sets what is done about a source, and notes it in the audit log.
    ///
    /// # Errors
    /// Kind `Usage` where status or date are none, `Io` where the store cannot be written.
    pub fn treat(&mut self, source: &SourceRow, treatment: &Treatment) -> Result<Head, Error> {
        if !STATUSES.contains(&treatment.status.as_str()) {
            return Err(Error::new(ErrorKind::Usage, format!("a status is one of {}", STATUSES.join(", "))));
        }
        if treatment.due.as_deref().is_some_and(|due| !is_date(due)) {
            return Err(Error::new(ErrorKind::Usage, "a due date is written YYYY-MM-DD"));
        }
        let mut write = || {
            self.connection.execute_batch("PRAGMA synchronous = FULL")?;
            let transaction = self.connection.transaction()?;
            let Treatment { status, owner, due, note, set_at } = treatment;
            let insert = "INSERT INTO treatments (source, set_at, status, owner, due, note)
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            transaction.execute(insert, (source.id, set_at, status, owner, due, note))?;
            let mut head = audit::head(&transaction)?;
            let body = json!({"source": source.id, "status": status, "owner": owner, "due": due, "note": note});
            audit::append(&transaction, &mut head, *set_at, "treatment", &body)?;
            transaction.commit()?;
            self.connection.execute_batch("PRAGMA synchronous = NORMAL")?;
            Ok(head)
        };
        write().map_err(|error| self.failed("writing", error))
    }
}

fn treatment_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Treatment> {
    Ok(Treatment { status: row.get(1)?, owner: row.get(2)?, due: row.get(3)?, note: row.get(4)?, set_at: row.get(5)? })
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |part: &str, digits: usize| {
        let whole = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| whole)
    };
    let (Some(_), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else { return false };
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates() {
        assert!(is_date("2026-02-28"));
        assert!(!is_date("28.02.2026") && !is_date("2026-13-01") && !is_date("2026-1-1") && !is_date("2026-01-01-01"));
    }
}
