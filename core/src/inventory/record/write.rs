//! Rows of sources: what a summary says, where the file lies, what was there before.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{OptionalExtension, params};

use super::{GROUPS, Recorder};
use crate::inventory::audit;
use crate::inventory::people::{Individuals, count, read_groups};
use crate::model::{Source, SourceSummary};

impl Recorder {
    /// The number of a source that is being read: its old one, or a new one.
    pub(super) fn enter(&mut self, source: &Source) -> rusqlite::Result<i64> {
        let (folder, name) = split(&source.path);
        let folder = self.enter_folder(folder)?;
        let known = match self.had_sources {
            false => None,
            true => {
                let select = "SELECT id FROM sources WHERE folder = ?1 AND name = ?2";
                let mut select = self.store.connection.prepare_cached(select)?;
                select.query_row((folder, name), |row| row.get(0)).optional()?
            }
        };
        Ok(known.unwrap_or_else(|| {
            self.next_source += 1;
            self.next_source - 1
        }))
    }

    /// The number of a folder.
    pub(super) fn enter_folder(&mut self, path: &[u8]) -> rusqlite::Result<i64> {
        if let Some((_, id)) = self.folder.as_ref().filter(|it| it.0 == path) {
            return Ok(*id);
        }
        let connection = &self.store.connection;
        let mut insert =
            connection.prepare_cached("INSERT INTO folders (path) VALUES (?1) ON CONFLICT (path) DO NOTHING")?;
        insert.execute([path])?;
        let mut select = connection.prepare_cached("SELECT id FROM folders WHERE path = ?1")?;
        let id = select.query_row([path], |row| row.get(0))?;
        self.folder = Some((path.to_vec(), id));
        Ok(id)
    }

    /// Groups that do not fit into the source's own row.
    pub(super) fn spill_groups(&mut self) -> rusqlite::Result<()> {
        let insert = "INSERT OR REPLACE INTO more_groups (source, seq, groups) VALUES (?1, ?2, ?3)";
        let groups = &mut self.at.gather.groups;
        self.store.connection.prepare_cached(insert)?.execute((self.at.id, self.at.chunks, &groups.data))?;
        groups.data.clear();
        self.at.chunks += 1;
        Ok(())
    }

    fn individuals(&mut self) -> rusqlite::Result<Individuals> {
        if self.at.gather.groups.count == 0 {
            return Ok(Individuals::default());
        }
        let (connection, at) = (&self.store.connection, &mut self.at);
        count(&mut self.links, |each| {
            read_groups(&at.gather.groups.data, &mut at.group, &mut *each);
            if at.chunks == 0 {
                return Ok(());
            }
            let mut select =
                connection.prepare_cached("SELECT groups FROM more_groups WHERE source = ?1 ORDER BY seq")?;
            let mut rows = select.query([at.id])?;
            while let Some(row) = rows.next()? {
                read_groups(row.get_ref(0)?.as_blob()?, &mut at.group, &mut *each);
            }
            Ok::<(), rusqlite::Error>(())
        })
    }

    /// Writes the row of the source at hand.
    pub(super) fn finish_source(&mut self, summary: &SourceSummary) -> rusqlite::Result<()> {
        if self.at.gather.groups.data.len() > GROUPS {
            self.spill_groups()?;
        }
        self.tally.examined += 1;
        if self.is_as_before(summary)? {
            self.see(self.at.id);
            return Ok(());
        }
        let individuals = self.individuals()?;
        let first_run = self.retire()?;
        self.insert_source(summary, first_run, individuals)?;
        let insert = "INSERT INTO unread (source, seq, place, reason, bytes) VALUES (?1, ?2, ?3, ?4, ?5)";
        for (seq, (place, reason, bytes)) in self.at.unread.iter().enumerate() {
            let mut insert = self.store.connection.prepare_cached(insert)?;
            insert.execute((self.at.id, seq, place, reason, bytes))?;
        }
        self.read.push(audit::read_entry(self.at.id, summary.verdict.id(), summary.content.as_ref()));
        self.tally.changed += 1;
        self.see(self.at.id);
        Ok(())
    }

    /// Remembers that a source is there.
    pub(super) fn see(&mut self, source: i64) {
        let at = usize::try_from(source).unwrap_or(0);
        if self.seen.len() <= at {
            self.seen.resize(at + 1024, false);
        }
        self.seen[at] = true;
    }

    fn insert_source(&mut self, it: &SourceSummary, first_run: i64, people: Individuals) -> rusqlite::Result<()> {
        let stat = it.source.stat.as_ref();
        let rules = self.detector.ruleset();
        let counts: BTreeMap<&str, u64> =
            it.counts.iter().map(|(entity, count)| (rules.entity(*entity).id.as_str(), *count)).collect();
        let reasons: Vec<String> = it.reasons.iter().map(|reason| reason.id()).collect();
        let (folder, name) = (self.folder.as_ref().map(|it| it.1), split(&it.source.path).1);
        let fresh = self.is_fresh(stat);
        let mut insert = self.store.connection.prepare_cached(
            "INSERT INTO sources (id, folder, name, first_run, run, profile, device, inode, mode, uid, gid, links, size,
             modified, changed, accessed, reach, fresh, content, format, state, reason, verdict, reasons, health, counts,
             findings, bytes, bytes_examined, decoded, forward_only, people, people_low, people_high, first_block,
             blocks, groups) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
             ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37)",
        )?;
        let groups = &self.at.gather.groups.data;
        insert.execute(params![
            self.at.id,
            folder,
            name,
            first_run,
            self.run,
            self.profile,
            stat.map(|it| it.device as i64),
            stat.map(|it| it.inode as i64),
            stat.map(|it| it.mode),
            stat.map(|it| it.uid),
            stat.map(|it| it.gid),
            stat.map(|it| it.links as i64),
            stat.map(|it| it.size as i64),
            stat.map(|it| it.modified),
            stat.map(|it| it.changed),
            stat.map(|it| it.accessed),
            stat.map(|stat| self.reach.of(&it.source.path, stat)),
            fresh,
            it.content,
            it.format,
            it.state.id(),
            it.reason.map(|it| it.id()),
            it.verdict.id(),
            reasons.join(" "),
            json(&it.health),
            json(&counts),
            it.counts.values().sum::<u64>() as i64,
            it.bytes as i64,
            it.bytes_examined as i64,
            it.decoded.map(|it| it as i64),
            it.forward_only,
            people.count as i64,
            people.low as i64,
            people.high as i64,
            self.at.first_block,
            self.at.blocks,
            (!groups.is_empty()).then_some(groups),
        ])?;
        Ok(())
    }
}

fn json(counts: &BTreeMap<&str, u64>) -> String {
    serde_json::to_string(counts).expect("names and numbers are JSON")
}

/// The folder and the name of a path, without a leading `./`.
pub(in crate::inventory) fn split(path: &Path) -> (&[u8], &[u8]) {
    let mut bytes = path.as_os_str().as_encoded_bytes();
    while let Some(rest) = bytes.strip_prefix(b"./") {
        bytes = rest;
    }
    match bytes.iter().rposition(|byte| *byte == b'/') {
        None => (b"", bytes),
        Some(0) => (b"/", &bytes[1..]),
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
    }
}
