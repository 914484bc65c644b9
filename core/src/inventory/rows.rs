//! What the store holds, row by row, for those who show it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row};

use super::Inventory;
use super::pack::{Packed, Unpacker};
use super::people::{Group, Individuals, Links, Method, count, read_groups};
use super::record::{INDEX, RECORD};
use crate::Error;
use crate::model::{ReasonClass, Stat, Verdict};
use crate::walk::path_from_bytes;

/// One scan.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its number, from 1.
    pub id: i64,
    /// How far it came.
    pub state: RunState,
    /// The paths that were named, as they may be shown.
    pub roots: Vec<String>,
    /// Hash of the rules.
    pub ruleset: String,
    /// Version of the program.
    pub tool: String,
    /// What else results depend on, as JSON.
    pub settings: String,
    /// Seconds since 1970.
    pub started_at: i64,
    /// The same; `None` while it runs.
    pub ended_at: Option<i64>,
    /// 1, and one more for each time it was resumed.
    pub starts: u64,
    /// Sources present at its end.
    pub sources: u64,
    /// Of these: read in this run.
    pub examined: u64,
    /// Of these: results taken over.
    pub reused: u64,
    /// Sources no longer there.
    pub gone: u64,
    /// Findings in all sources.
    pub findings: u64,
    /// On-disk bytes of all sources.
    pub bytes: u64,
    /// On-disk bytes examined.
    pub bytes_examined: u64,
    /// Distinct individuals in all sources.
    pub individuals: Individuals,
}

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RunState {
    Running,
    Complete,
    Interrupted,
}

impl RunState {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Complete => "complete",
            RunState::Interrupted => "interrupted",
        }
    }
}

/// A file with the results of the last time it was read.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// Its number in the store.
    pub id: i64,
    /// Its path as walked to. May itself be ePHI.
    pub path: PathBuf,
    /// The run that first saw it.
    pub first_run: i64,
    /// The run whose results these are.
    pub run: i64,
    /// `moved` or `copied`, where the results are those of another source.
    pub reused: Option<String>,
    /// That source.
    pub origin: Option<i64>,
    /// What the file system says, where it says anything.
    pub stat: Option<Stat>,
    /// What the folders above let through: bits of [`super::Reach`].
    pub reach: u32,
    /// Keyed hash of the content.
    pub content: Option<[u8; 32]>,
    /// What it was read as.
    pub format: String,
    /// `complete`, `partial`, `failed`, `skipped`.
    pub state: String,
    /// The main reason where it is not complete.
    pub reason: Option<String>,
    /// What it is.
    pub verdict: Verdict,
    /// Why: ids such as `category:G=3`.
    pub reasons: Vec<String>,
    /// Health evidence by kind.
    pub health: BTreeMap<String, u64>,
    /// Findings by entity.
    pub counts: BTreeMap<String, u64>,
    /// Findings in all.
    pub findings: u64,
    /// On-disk bytes.
    pub bytes: u64,
    /// On-disk bytes examined.
    pub bytes_examined: u64,
    /// Distinct individuals in it.
    pub individuals: Individuals,
    pub(super) blocks: (i64, i64),
}

/// A part of a source that was not read.
#[derive(Clone, Debug)]
pub struct UnreadRow {
    /// The source.
    pub source: i64,
    /// JSON array of steps.
    pub place: String,
    /// Stable name of the reason.
    pub reason: String,
    /// `by_design` or `failure`.
    pub class: &'static str,
    /// On-disk bytes, where known.
    pub bytes: Option<u64>,
}

/// A finding: what, where, how sure, and a fingerprint of the value.
#[derive(Clone, Debug, Default)]
pub struct FindingRow {
    /// JSON array of steps, outermost first.
    pub place: String,
    /// Half-open bytes in the innermost stream.
    pub span: Option<(u64, u64)>,
    /// Line there, from 1.
    pub line: Option<u64>,
    /// Record it stands in.
    pub record: u64,
    /// Stable id of the entity.
    pub entity: String,
    /// Safe Harbor letter.
    pub category: Option<String>,
    /// Id of the pattern that found it.
    pub pattern: String,
    /// Score in thousandths.
    pub permille: u16,
    /// What its validator says, where it has one.
    pub validated: Option<bool>,
    /// What it is for, where a cue tells.
    pub role: Option<String>,
    /// Whose it is.
    pub subject: String,
    /// Ids of the evidence.
    pub evidence: Vec<String>,
    /// Keyed fingerprint of the value; 0 where its kind has none.
    pub print: u64,
}

const SOURCE: &str = "sources.id, folders.path, name, first_run, run, reused, origin, device, inode, mode, uid, gid,
    links, size, modified, changed, accessed, reach, content, format, state, reason, verdict, reasons, health, counts,
    findings, bytes, bytes_examined, people, people_low, people_high, first_block, blocks";

impl Inventory {
    /// Every run, oldest first.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, Error> {
        let read = || -> rusqlite::Result<Vec<Run>> {
            let mut statement = self.connection.prepare(
                "SELECT runs.id, state, roots, ruleset, tool, settings, started_at, ended_at, starts, sources, examined,
                 reused, gone, findings, bytes, bytes_examined, people, people_low, people_high, people_method
                 FROM runs JOIN profiles ON profiles.id = profile ORDER BY runs.id",
            )?;
            statement.query_map([], run_of)?.collect()
        };
        read().map_err(|error| self.failed("reading", error))
    }

    /// The last run that came to its end.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn last_run(&self) -> Result<Option<Run>, Error> {
        Ok(self.runs()?.into_iter().rfind(|run| run.state == RunState::Complete))
    }

    /// What was counted at a run's end: by `verdict`, `state`, `entity`, `category`, `unread` (reason) and
    /// `risk` (level, by the built-in rules).
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn run_counts(&self, run: i64, what: &str) -> Result<BTreeMap<String, u64>, Error> {
        let read = || -> rusqlite::Result<BTreeMap<String, u64>> {
            let select = "SELECT id, n FROM run_counts WHERE run = ?1 AND what = ?2";
            let mut statement = self.connection.prepare_cached(select)?;
            let rows = statement.query_map((run, what), |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
            rows.collect()
        };
        read().map_err(|error| self.failed("reading", error))
    }

    /// Hands out every present source, by number (the order in which they were first seen).
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read; what `each` returns.
    pub fn each_source(&self, mut each: impl FnMut(SourceRow) -> Result<(), Error>) -> Result<(), Error> {
        let failed = |error| self.failed("reading", error);
        let select = format!(
            "SELECT {SOURCE} FROM sources JOIN folders ON folders.id = folder WHERE gone_run IS NULL ORDER BY sources.id"
        );
        let mut statement = self.connection.prepare(&select).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            each(source_of(row).map_err(failed)?)?;
        }
        Ok(())
    }

    /// The present source at a path.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn source_at(&self, path: &Path) -> Result<Option<SourceRow>, Error> {
        let (folder, name) = super::record::split(path);
        let select = format!(
            "SELECT {SOURCE} FROM sources JOIN folders ON folders.id = folder
             WHERE gone_run IS NULL AND folders.path = ?1 AND name = ?2"
        );
        let found = self.connection.query_row(&select, (folder, name), source_of).optional();
        found.map_err(|error| self.failed("reading", error))
    }

    /// Other present sources with the same content.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn duplicates(&self, source: &SourceRow) -> Result<u64, Error> {
        let Some(content) = source.content.filter(|_| source.bytes > 0) else { return Ok(0) };
        let select = "SELECT count(*) FROM sources WHERE gone_run IS NULL AND size = ?1 AND content = ?2 AND id <> ?3";
        let size = source.stat.map_or(0, |stat| stat.size);
        let count = self.connection.query_row(select, (size, content, source.id), |row| row.get::<_, u64>(0));
        count.map_err(|error| self.failed("reading", error))
    }

    /// Hands out every part of present sources that was not read, by source.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read; what `each` returns.
    pub fn each_unread(&self, mut each: impl FnMut(UnreadRow) -> Result<(), Error>) -> Result<(), Error> {
        let failed = |error| self.failed("reading", error);
        let select = "SELECT source, place, unread.reason, unread.bytes FROM unread JOIN sources ON sources.id = source
                      WHERE gone_run IS NULL ORDER BY source, seq";
        let mut statement = self.connection.prepare(select).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            each(unread_of(row).map_err(failed)?)?;
        }
        Ok(())
    }

    /// Hands out the findings of a source, in order of their places. The row is used again for the next one.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read; what `each` returns.
    pub fn each_finding(
        &self,
        source: &SourceRow,
        reader: &FindingReader,
        mut each: impl FnMut(&FindingRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let failed = |error| self.failed("reading", error);
        let select = "SELECT place, data FROM blocks WHERE id >= ?1 AND id < ?2 ORDER BY id";
        let mut statement = self.connection.prepare_cached(select).map_err(failed)?;
        let mut rows = statement.query((source.blocks.0, source.blocks.0 + source.blocks.1)).map_err(failed)?;
        let (mut packed, mut finding) = (Packed::default(), FindingRow::default());
        while let Some(row) = rows.next().map_err(failed)? {
            let place = row.get_ref(0).and_then(|it| Ok(it.as_str()?)).map_err(failed)?;
            let data = row.get_ref(1).and_then(|it| Ok(it.as_blob()?)).map_err(failed)?;
            let mut unpacker = Unpacker::new(data);
            while unpacker.next(&mut packed, |label| reader.indices(label)).is_some() {
                reader.fill(place, &packed, &mut finding);
                each(&finding)?;
            }
        }
        Ok(())
    }

    /// What is needed to read findings.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn finding_reader(&self) -> Result<FindingReader, Error> {
        FindingReader::load(&self.connection).map_err(|error| self.failed("reading", error))
    }

    /// Distinct individuals in all present sources.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn individuals(&self) -> Result<Individuals, Error> {
        let (mut links, mut group) = (Links::default(), Group::default());
        let counted = count(&mut links, |each| self.each_group(&mut group, |_, group| each(group)));
        counted.map_err(|error| self.failed("reading", error))
    }

    /// Hands out the groups of fingerprints of all present sources, with the source's number.
    pub(super) fn each_group(&self, group: &mut Group, mut each: impl FnMut(i64, &Group)) -> rusqlite::Result<()> {
        for select in [
            "SELECT id, groups FROM sources WHERE gone_run IS NULL AND groups IS NOT NULL",
            "SELECT source, more_groups.groups FROM more_groups JOIN sources ON sources.id = source
             WHERE gone_run IS NULL",
        ] {
            let mut statement = self.connection.prepare_cached(select)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let source = row.get(0)?;
                read_groups(row.get_ref(1)?.as_blob()?, group, |group| each(source, group));
            }
        }
        Ok(())
    }
}

/// What findings share, as read from the store.
pub struct FindingReader {
    kinds: BTreeMap<u32, FindingRow>,
    /// Text with open numbers, and how many indices it has.
    labels: BTreeMap<u32, (String, usize)>,
}

impl FindingReader {
    fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare(
            "SELECT kinds.id, name, category, pattern, permille, validated, role, subject, evidence
             FROM kinds JOIN entities ON entities.id = entity",
        )?;
        let kinds = statement.query_map([], |row| {
            let evidence: String = row.get(8)?;
            let kind = FindingRow {
                entity: row.get(1)?,
                category: row.get(2)?,
                pattern: row.get(3)?,
                permille: row.get(4)?,
                validated: row.get(5)?,
                role: row.get(6)?,
                subject: row.get(7)?,
                evidence: evidence.split_ascii_whitespace().map(str::to_owned).collect(),
                ..FindingRow::default()
            };
            Ok((row.get(0)?, kind))
        })?;
        let kinds = kinds.collect::<rusqlite::Result<_>>()?;
        let mut statement = connection.prepare("SELECT id, text FROM labels")?;
        let labels = statement.query_map([], |row| {
            let text: String = row.get(1)?;
            let indices = text.matches(INDEX).count();
            Ok((row.get(0)?, (text, indices)))
        })?;
        Ok(FindingReader { kinds, labels: labels.collect::<rusqlite::Result<_>>()? })
    }

    fn indices(&self, label: u32) -> usize {
        self.labels.get(&label).map_or(0, |it| it.1)
    }

    fn fill(&self, place: &str, packed: &Packed, row: &mut FindingRow) {
        if let Some(kind) = self.kinds.get(&packed.kind) {
            row.clone_from(kind);
        }
        (row.span, row.line, row.record, row.print) = (packed.span, packed.line, packed.record, packed.print);
        row.place.clear();
        row.place.push_str(place);
        if let Some((text, _)) = self.labels.get(&packed.label) {
            row.place.pop();
            if row.place.len() > 1 {
                row.place.push(',');
            }
            let mut indices = packed.indices.iter();
            for it in text.chars() {
                match it {
                    RECORD => row.place.push_str(&packed.record.to_string()),
                    INDEX => row.place.push_str(&indices.next().copied().unwrap_or_default().to_string()),
                    other => row.place.push(other),
                }
            }
            row.place.push(']');
        }
    }
}

/// Takes the counts of an earlier run over, since nothing changed.
pub(super) fn copy_counts(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM run_counts WHERE run = ?1", [to])?;
    let copy = "INSERT INTO run_counts (run, what, id, n) SELECT ?2, what, id, n FROM run_counts WHERE run = ?1";
    connection.execute(copy, [from, to])?;
    Ok(())
}

/// Counts the parts of present sources that were not read, for a run's row.
pub(super) fn count_unread(connection: &Connection, run: i64) -> rusqlite::Result<()> {
    let insert = "INSERT INTO run_counts (run, what, id, n) SELECT ?1, 'unread', * FROM (
        SELECT reason, count(*) FROM (SELECT unread.reason FROM unread JOIN sources ON sources.id = source
        WHERE gone_run IS NULL UNION ALL SELECT reason FROM sources WHERE gone_run IS NULL AND reason IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM unread WHERE source = sources.id)) GROUP BY 1)";
    connection.execute(insert, [run])?;
    Ok(())
}

fn run_of(row: &Row<'_>) -> rusqlite::Result<Run> {
    let number = |at| row.get::<_, Option<i64>>(at).map(|it| it.unwrap_or(0) as u64);
    let (state, roots, method): (String, String, Option<String>) = (row.get(1)?, row.get(2)?, row.get(19)?);
    let (count, low, high) = (number(16)?, number(17)?, number(18)?);
    Ok(Run {
        id: row.get(0)?,
        state: match state.as_str() {
            "complete" => RunState::Complete,
            "running" => RunState::Running,
            _ => RunState::Interrupted,
        },
        roots: serde_json::from_str(&roots).unwrap_or_default(),
        ruleset: row.get(3)?,
        tool: row.get(4)?,
        settings: row.get(5)?,
        started_at: row.get(6)?,
        ended_at: row.get(7)?,
        starts: number(8)?,
        sources: number(9)?,
        examined: number(10)?,
        reused: number(11)?,
        gone: number(12)?,
        findings: number(13)?,
        bytes: number(14)?,
        bytes_examined: number(15)?,
        individuals: Individuals { count, low, high, method: Method::from_id(&method.unwrap_or_default()) },
    })
}

fn source_of(row: &Row<'_>) -> rusqlite::Result<SourceRow> {
    let number = |at| row.get::<_, i64>(at).map(|it| it as u64);
    let (verdict, reasons): (String, String) = (row.get(22)?, row.get(23)?);
    let (health, counts): (String, String) = (row.get(24)?, row.get(25)?);
    let path = [row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?];
    Ok(SourceRow {
        id: row.get(0)?,
        path: join(&path[0], &path[1]),
        first_run: row.get(3)?,
        run: row.get(4)?,
        reused: row.get(5)?,
        origin: row.get(6)?,
        stat: stat_of(row)?,
        reach: row.get::<_, Option<u32>>(17)?.unwrap_or(0),
        content: row.get(18)?,
        format: row.get(19)?,
        state: row.get(20)?,
        reason: row.get(21)?,
        verdict: Verdict::ALL.into_iter().find(|it| it.id() == verdict).unwrap_or(Verdict::Undetermined),
        reasons: reasons.split_ascii_whitespace().map(str::to_owned).collect(),
        health: serde_json::from_str(&health).unwrap_or_default(),
        counts: serde_json::from_str(&counts).unwrap_or_default(),
        findings: number(26)?,
        bytes: number(27)?,
        bytes_examined: number(28)?,
        individuals: Individuals { count: number(29)?, low: number(30)?, high: number(31)?, method: Method::Linked },
        blocks: (row.get(32)?, row.get(33)?),
    })
}

fn stat_of(row: &Row<'_>) -> rusqlite::Result<Option<Stat>> {
    let Some(mode) = row.get::<_, Option<u32>>(9)? else { return Ok(None) };
    let number = |at| row.get::<_, i64>(at);
    Ok(Some(Stat {
        device: number(7)? as u64,
        inode: number(8)? as u64,
        mode,
        uid: row.get(10)?,
        gid: row.get(11)?,
        links: number(12)? as u64,
        size: number(13)? as u64,
        modified: number(14)?,
        changed: number(15)?,
        accessed: number(16)?,
    }))
}

fn unread_of(row: &Row<'_>) -> rusqlite::Result<UnreadRow> {
    let reason: String = row.get(2)?;
    let class = crate::model::Reason::from_id(&reason).map_or(ReasonClass::Failure, |it| it.class());
    Ok(UnreadRow {
        source: row.get(0)?,
        place: row.get(1)?,
        reason,
        class: class.id(),
        bytes: row.get::<_, Option<i64>>(3)?.map(|it| it as u64),
    })
}

/// A path of its folder and name.
pub(super) fn join(folder: &[u8], name: &[u8]) -> PathBuf {
    let bytes = match folder {
        b"" => name.to_vec(),
        b"/" => [b"/", name].concat(),
        _ => [folder, b"/", name].concat(),
    };
    path_from_bytes(bytes)
}
