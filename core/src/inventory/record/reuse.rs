//! What becomes of a source's earlier results: taken over, kept as history, or marked as gone.

use std::path::Path;

use rusqlite::{OptionalExtension, params};

use super::Recorder;
use super::write::split;
use crate::inventory::rows::join;
use crate::model::{Reuse, Reused, SourceSummary, Stat};

/// Columns of `history` that are those of `sources`.
const KEPT: &str = "profile, mode, uid, gid, size, modified, reach, content, format, state, reason, verdict, counts,
    findings, people";
/// Columns of `sources` that a copy takes over.
const COPIED: &str = "profile, content, format, state, reason, verdict, reasons, health, counts, findings, bytes,
    bytes_examined, decoded, forward_only, people, people_low, people_high, blocks, groups";

/// Seconds within which a change may not show in a file's times.
const FRESH: i64 = 2;

impl Recorder {
    /// Takes the results of an earlier scan over.
    pub(super) fn take_over(&mut self, summary: &SourceSummary, reused: Reused) -> rusqlite::Result<()> {
        self.tally.reused += 1;
        if reused.how == Reuse::Unchanged {
            self.see(reused.of);
            return if reused.restat { self.restat(summary, reused.of) } else { Ok(()) };
        }
        self.tally.changed += 1;
        self.copy(summary, reused)
    }

    /// Writes down what the file system says now.
    fn restat(&mut self, summary: &SourceSummary, source: i64) -> rusqlite::Result<()> {
        let Some(stat) = &summary.source.stat else { return Ok(()) };
        self.begin()?;
        let reach = self.reach.of(&summary.source.path, stat);
        let update = "UPDATE sources SET device = ?2, inode = ?3, mode = ?4, uid = ?5, gid = ?6, links = ?7,
            modified = ?8, changed = ?9, accessed = ?10, reach = ?11, fresh = ?12 WHERE id = ?1";
        let fresh = self.is_fresh(Some(stat));
        // A mode that changes is a change worth knowing: what it was stays.
        let old = "SELECT mode, uid, gid FROM sources WHERE id = ?1";
        let old: (Option<u32>, Option<u32>, Option<u32>) = self
            .store
            .connection
            .prepare_cached(old)?
            .query_row([source], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if old != (Some(stat.mode), Some(stat.uid), Some(stat.gid)) {
            self.keep_history(source)?;
            let renew = "UPDATE sources SET run = ?2 WHERE id = ?1";
            self.store.connection.prepare_cached(renew)?.execute((source, self.run))?;
        }
        self.store.connection.prepare_cached(update)?.execute(params![
            source,
            stat.device as i64,
            stat.inode as i64,
            stat.mode,
            stat.uid,
            stat.gid,
            stat.links as i64,
            stat.modified,
            stat.changed,
            stat.accessed,
            reach,
            fresh,
        ])?;
        Ok(())
    }

    /// A new source with the results of another.
    fn copy(&mut self, summary: &SourceSummary, reused: Reused) -> rusqlite::Result<()> {
        self.begin()?;
        let id = self.enter(&summary.source)?;
        (self.at.id, self.at.chunks) = (id, 0);
        let first_run = self.retire()?;
        let (folder, name) = (self.folder.as_ref().map(|it| it.1), split(&summary.source.path).1);
        let stat = summary.source.stat.unwrap_or_default();
        let reach = self.reach.of(&summary.source.path, &stat);
        let insert = format!(
            "INSERT INTO sources (id, folder, name, first_run, run, reused, origin, device, inode, mode, uid, gid, links,
             size, modified, changed, accessed, reach, fresh, first_block, {COPIED})
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, {COPIED}
             FROM sources WHERE id = ?7"
        );
        self.store.connection.prepare_cached(&insert)?.execute(params![
            id,
            folder,
            name,
            first_run,
            self.run,
            reused.how.id(),
            reused.of,
            stat.device as i64,
            stat.inode as i64,
            stat.mode,
            stat.uid,
            stat.gid,
            stat.links as i64,
            stat.size as i64,
            stat.modified,
            stat.changed,
            stat.accessed,
            reach,
            self.is_fresh(Some(&stat)),
            self.next_block,
        ])?;
        let connection = &self.store.connection;
        let blocks = "INSERT INTO blocks (id, source, place, count, data)
            SELECT ?1 + blocks.id - first_block, ?2, place, count, data FROM sources
            JOIN blocks ON blocks.id >= first_block AND blocks.id < first_block + blocks WHERE sources.id = ?3";
        let copied = connection.prepare_cached(blocks)?.execute((self.next_block, id, reused.of))?;
        self.next_block += copied as i64;
        for (table, columns) in [("unread", "seq, place, reason, bytes"), ("more_groups", "seq, groups")] {
            let copy =
                format!("INSERT INTO {table} (source, {columns}) SELECT ?1, {columns} FROM {table} WHERE source = ?2");
            connection.prepare_cached(&copy)?.execute((id, reused.of))?;
        }
        self.see(id);
        Ok(())
    }

    /// Keeps what an earlier run said of the source at hand, and takes its row away. The run that first saw it.
    pub(super) fn retire(&mut self) -> rusqlite::Result<i64> {
        if !self.had_sources {
            return Ok(self.run);
        }
        let connection = &self.store.connection;
        let select = "SELECT first_run, first_block, blocks FROM sources WHERE id = ?1";
        let old = connection
            .prepare_cached(select)?
            .query_row([self.at.id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
        let Some((first_run, first_block, blocks)) = old.optional()? else { return Ok(self.run) };
        self.keep_history(self.at.id)?;
        let delete = "DELETE FROM blocks WHERE id >= ?1 AND id < ?2";
        connection.prepare_cached(delete)?.execute((first_block, first_block + blocks))?;
        connection.prepare_cached("DELETE FROM unread WHERE source = ?1")?.execute([self.at.id])?;
        // What was spilled in this run stays: it is numbered from 0, and older rows beyond it go.
        let delete = "DELETE FROM more_groups WHERE source = ?1 AND seq >= ?2";
        connection.prepare_cached(delete)?.execute((self.at.id, self.at.chunks))?;
        connection.prepare_cached("DELETE FROM sources WHERE id = ?1")?.execute([self.at.id])?;
        Ok(first_run)
    }

    /// Keeps the results of a source as history up to this run, and the time in which it was away.
    fn keep_history(&self, source: i64) -> rusqlite::Result<()> {
        let insert = |from: &str, until: &str, gone: u8, where_: &str| {
            format!(
                "INSERT OR REPLACE INTO history (source, run, until, gone, {KEPT})
                 SELECT id, {from}, {until}, {gone}, {KEPT} FROM sources WHERE id = ?1 AND ?2 > {from} AND {where_}"
            )
        };
        let connection = &self.store.connection;
        let present = insert("run", "coalesce(gone_run, ?2)", 0, "1");
        connection.prepare_cached(&present)?.execute((source, self.run))?;
        let away = insert("gone_run", "?2", 1, "gone_run IS NOT NULL");
        connection.prepare_cached(&away)?.execute((source, self.run))?;
        Ok(())
    }

    /// True where the source at hand holds nothing and did not before, for the same reason: links, locked files.
    pub(super) fn is_as_before(&self, summary: &SourceSummary) -> rusqlite::Result<bool> {
        if !self.had_sources || summary.content.is_some() || self.at.blocks > 0 || !self.at.unread.is_empty() {
            return Ok(false);
        }
        let select = "SELECT 1 FROM sources WHERE id = ?1 AND gone_run IS NULL AND content IS NULL AND blocks = 0
            AND state = ?2 AND reason IS ?3 AND verdict = ?4 AND profile = ?5 AND size IS ?6
            AND NOT EXISTS (SELECT 1 FROM unread WHERE source = ?1)";
        let (state, reason, verdict) = (summary.state.id(), summary.reason.map(|it| it.id()), summary.verdict.id());
        let size = summary.source.stat.map(|stat| stat.size);
        let same = self
            .store
            .connection
            .prepare_cached(select)?
            .query_row((self.at.id, state, reason, verdict, self.profile, size), |_| Ok(()));
        Ok(same.optional()?.is_some())
    }

    /// Marks what was not met below the paths that were named, and is no longer there.
    pub(super) fn note_gone(&mut self) -> rusqlite::Result<()> {
        let select = "SELECT sources.id, path, name FROM sources JOIN folders ON folders.id = folder
            WHERE gone_run IS NULL";
        let mut gone = Vec::new();
        {
            let mut statement = self.store.connection.prepare_cached(select)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                if self.seen.get(id as usize) == Some(&true) {
                    continue;
                }
                let path = join(row.get_ref(1)?.as_blob()?, row.get_ref(2)?.as_blob()?);
                let missing = |path: &Path| {
                    path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
                };
                let below = self.roots.iter().any(|root| path.starts_with(root.strip_prefix(".").unwrap_or(root)));
                if below && missing(&path) {
                    gone.push(id);
                }
            }
        }
        for id in &gone {
            let update = "UPDATE sources SET gone_run = ?2 WHERE id = ?1";
            self.store.connection.prepare_cached(update)?.execute((id, self.run))?;
        }
        self.tally.gone = gone.len() as u64;
        self.tally.changed += gone.len() as u64;
        Ok(())
    }

    /// True where a file changed so shortly before the run that another change may have the same time.
    pub(super) fn is_fresh(&self, stat: Option<&Stat>) -> bool {
        let changed = stat.map_or(i64::MAX, |it| it.changed.max(it.modified) / 1_000_000_000);
        changed >= self.started_at - FRESH
    }

    fn begin(&mut self) -> rusqlite::Result<()> {
        if self.begun.is_none() {
            self.store.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.begun = Some(std::time::Instant::now());
        }
        Ok(())
    }
}
