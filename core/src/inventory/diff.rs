//! What changed between two runs: which sources came, went, changed, and whether that is worse or better.

use std::path::PathBuf;

use rusqlite::Row;

use super::Inventory;
use super::rows::join;
use crate::model::Verdict;
use crate::{Error, ErrorKind};

/// A source that is not in both runs the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number in the store.
    pub source: i64,
    /// Its path.
    pub path: PathBuf,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Whether that is worse.
    pub trend: Trend,
    /// As the earlier run saw it.
    pub before: Option<Version>,
    /// As the later run saw it.
    pub after: Option<Version>,
    /// Where it was before, if it was moved.
    pub moved_from: Option<PathBuf>,
}

/// What happened to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum ChangeKind {
    New,
    Moved,
    Gone,
    Changed,
}

/// Whether a change is for the worse: a worse verdict, more individuals or findings, or more readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Trend {
    Worse,
    Better,
    Same,
}

/// What one run said of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The verdict.
    pub verdict: Verdict,
    /// How far it was read.
    pub state: String,
    /// Findings in all.
    pub findings: u64,
    /// Distinct individuals.
    pub people: u64,
    /// File type and permission bits.
    pub mode: Option<u32>,
    content: Option<Vec<u8>>,
    counts: String,
}

impl ChangeKind {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            ChangeKind::New => "new",
            ChangeKind::Moved => "moved",
            ChangeKind::Gone => "gone",
            ChangeKind::Changed => "changed",
        }
    }
}

impl Trend {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Trend::Worse => "worse",
            Trend::Better => "better",
            Trend::Same => "same",
        }
    }
}

/// A source's results from one run up to another.
struct Span {
    source: i64,
    path: PathBuf,
    from: i64,
    until: i64,
    moved_from: Option<i64>,
    version: Option<Version>,
}

const VERSION: &str = "verdict, state, findings, people, mode, content, counts";

impl Inventory {
    /// What is different at the end of `later` from the end of `earlier`, in order of numbers.
    ///
    /// # Errors
    /// Kind `Usage` where there is no such run, `Io` where the store cannot be read.
    pub fn diff(&self, earlier: i64, later: i64) -> Result<Vec<Change>, Error> {
        let runs = self.runs()?;
        for run in [earlier, later] {
            if !runs.iter().any(|it| it.id == run) {
                return Err(Error::new(ErrorKind::Usage, format!("there is no run {run}")));
            }
        }
        let spans = self.spans().map_err(|error| self.failed("reading", error))?;
        let mut out = Vec::new();
        for spans in spans.chunk_by(|a, b| a.source == b.source) {
            let at = |run: i64| spans.iter().find(|it| it.from <= run && run < it.until);
            let version = |run: i64| at(run).and_then(|it| it.version.clone());
            if let Some(change) = change(&spans[0], version(earlier), version(later)) {
                let origin = at(later).and_then(|it| it.moved_from);
                out.push((change, origin));
            }
        }
        let paths: std::collections::HashMap<i64, PathBuf> =
            spans.iter().map(|it| (it.source, it.path.clone())).collect();
        let moved: Vec<i64> = out.iter().filter(|it| it.0.kind == ChangeKind::New).filter_map(|it| it.1).collect();
        // The place something was moved from is no loss.
        out.retain(|(change, _)| change.kind != ChangeKind::Gone || !moved.contains(&change.source));
        let named = out.into_iter().map(|(mut change, origin)| {
            if let Some(origin) = origin.filter(|_| change.kind == ChangeKind::New) {
                (change.kind, change.trend) = (ChangeKind::Moved, Trend::Same);
                change.moved_from = paths.get(&origin).cloned();
            }
            change
        });
        Ok(named.collect())
    }

    /// All results of all sources, by source.
    fn spans(&self) -> rusqlite::Result<Vec<Span>> {
        let select = format!(
            "SELECT sources.id, path, name, history.run, until, NULL, gone, {} FROM history
             JOIN sources ON sources.id = source JOIN folders ON folders.id = folder
             UNION ALL SELECT sources.id, path, name, run, coalesce(gone_run, 9223372036854775807),
             iif(reused = 'moved', origin, NULL), 0, {} FROM sources JOIN folders ON folders.id = folder
             ORDER BY 1, 4",
            of("history"),
            of("sources")
        );
        let mut statement = self.connection.prepare(&select)?;
        statement.query_map([], span_of)?.collect()
    }
}

fn of(table: &str) -> String {
    VERSION.split(", ").map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
}

fn span_of(row: &Row<'_>) -> rusqlite::Result<Span> {
    let (folder, name): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
    let verdict: String = row.get(7)?;
    let version = Version {
        verdict: Verdict::ALL.into_iter().find(|it| it.id() == verdict).unwrap_or(Verdict::Undetermined),
        state: row.get(8)?,
        findings: row.get::<_, i64>(9)? as u64,
        people: row.get::<_, i64>(10)? as u64,
        mode: row.get(11)?,
        content: row.get(12)?,
        counts: row.get(13)?,
    };
    let gone: bool = row.get(6)?;
    Ok(Span {
        source: row.get(0)?,
        path: join(&folder, &name),
        from: row.get(3)?,
        until: row.get(4)?,
        moved_from: row.get(5)?,
        version: (!gone).then_some(version),
    })
}

fn change(span: &Span, before: Option<Version>, after: Option<Version>) -> Option<Change> {
    let found = |it: &Version| it.verdict.is_found();
    let (kind, trend) = match (&before, &after) {
        (None, None) => return None,
        (None, Some(after)) => (ChangeKind::New, if found(after) { Trend::Worse } else { Trend::Same }),
        (Some(before), None) => (ChangeKind::Gone, if found(before) { Trend::Better } else { Trend::Same }),
        (Some(before), Some(after)) if before == after => return None,
        (Some(before), Some(after)) => (ChangeKind::Changed, trend(before, after)),
    };
    Some(Change { source: span.source, path: span.path.clone(), kind, trend, before, after, moved_from: None })
}

fn trend(before: &Version, after: &Version) -> Trend {
    // Verdicts are listed worst first.
    let weight = |it: &Version| {
        let readers = it.mode.map_or(0, |mode| (mode & 0o004) * 2 + (mode & 0o040) / 8);
        (std::cmp::Reverse(it.verdict), it.people, it.findings, readers)
    };
    match weight(after).cmp(&weight(before)) {
        std::cmp::Ordering::Greater => Trend::Worse,
        std::cmp::Ordering::Less => Trend::Better,
        std::cmp::Ordering::Equal => Trend::Same,
    }
}
