//! The risk of every present source, with what lies around it.

use std::collections::{BTreeMap, HashMap};

use super::{Risk, RiskRules, Surroundings};
use crate::Error;
use crate::inventory::rows::count_unread;
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

    /// Counts present sources and their findings for a run's row, in one pass over them.
    pub(in crate::inventory) fn count_run(&self, run: i64, now: i64) -> Result<(), Error> {
        let mut counts: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
        self.each_risk(&RiskRules::builtin()?, now, |source, risk| {
            let own = [("verdict", source.verdict.id()), ("state", &source.state), ("risk", risk.level())];
            for (what, id) in own {
                add(counts.entry(what).or_default(), id, 1);
            }
            let entities = counts.entry("entity").or_default();
            source.counts.iter().for_each(|(entity, count)| add(entities, entity, *count));
            Ok(())
        })?;
        self.write_counts(run, &counts).map_err(|error| self.failed("writing", error))
    }

    fn write_counts(&self, run: i64, counts: &BTreeMap<&str, BTreeMap<String, u64>>) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM run_counts WHERE run = ?1", [run])?;
        count_unread(&self.connection, run)?;
        let mut insert =
            self.connection.prepare("INSERT INTO run_counts (run, what, id, n) VALUES (?1, ?2, ?3, ?4)")?;
        for (what, ids) in counts {
            for (id, count) in ids {
                insert.execute((run, what, id, *count as i64))?;
            }
        }
        let categories = "INSERT INTO run_counts (run, what, id, n) SELECT ?1, 'category', category, sum(n)
            FROM run_counts JOIN entities ON name = run_counts.id
            WHERE run = ?1 AND what = 'entity' AND category IS NOT NULL GROUP BY category";
        self.connection.execute(categories, [run])?;
        Ok(())
    }
}

fn add(counts: &mut BTreeMap<String, u64>, id: &str, count: u64) {
    match counts.get_mut(id) {
        Some(sum) => *sum += count,
        None => drop(counts.insert(id.to_owned(), count)),
    }
}
