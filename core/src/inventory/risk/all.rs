//! The risk of every present source, with what lies around it.

use std::collections::{BTreeMap, HashMap};

use super::{Risk, RiskRules, Surroundings};
use crate::Error;
use crate::inventory::{Inventory, SourceRow};

impl Inventory {
    /// Hands out every present source with its risk, as of that time (the end of the last run, for one that can be
    /// told again).
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read; what `each` returns.
    pub fn each_risk(
        &self,
        rules: &RiskRules,
        now: i64,
        mut each: impl FnMut(SourceRow, Risk) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let copies = self.copies().map_err(|error| self.failed("reading", error))?;
        self.each_source(|source| {
            let copies = source.content.and_then(|content| copies.get(&content)).copied().unwrap_or(1);
            let risk = rules.assess(&source, Surroundings { duplicates: copies - 1, now });
            each(source, risk)
        })
    }

    /// How many present sources have a content, of contents that several have.
    fn copies(&self) -> rusqlite::Result<HashMap<[u8; 32], u64>> {
        let select = "SELECT content, count(*) FROM sources WHERE gone_run IS NULL AND content IS NOT NULL AND size > 0
                      GROUP BY size, content HAVING count(*) > 1";
        let mut statement = self.connection.prepare(select)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }

    /// Counts sources by level of risk, for a run's row.
    pub(in crate::inventory) fn count_risks(&self, run: i64, now: i64) -> Result<(), Error> {
        let mut levels: BTreeMap<&'static str, u64> = BTreeMap::new();
        self.each_risk(&RiskRules::builtin()?, now, |_, risk| {
            *levels.entry(risk.level()).or_default() += 1;
            Ok(())
        })?;
        let insert = "INSERT INTO run_counts (run, what, id, n) VALUES (?1, 'risk', ?2, ?3)";
        for (level, count) in levels {
            let inserted = self.connection.execute(insert, (run, level, count));
            inserted.map_err(|error| self.failed("writing", error))?;
        }
        Ok(())
    }
}
