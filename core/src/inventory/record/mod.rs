//! The sink that fills an inventory. Sources come in walk order; none is split over transactions.

mod place;
mod reach;
mod reuse;
mod run;
mod write;

pub(super) use place::{INDEX, RECORD};
pub(super) use write::split;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::audit::{self, Head};
use super::intern::Interned;
use super::pack::{Packed, Packer};
use super::people::{Gather, Group, Links};
use super::{Inventory, Memory};
use crate::Error;
use crate::detect::Detector;
use crate::model::{Batch, Finding, Provenance, Sink, Source, SourceSummary, Unread};
use crate::show::Labels;
use place::Places;
pub use run::RunOptions;

/// A transaction takes so many sources at most, or so much time.
const COMMIT_SOURCES: usize = 256;
const COMMIT_AFTER: Duration = Duration::from_millis(250);
/// Findings in a row of `blocks`.
const BLOCK: u32 = 4096;
/// Bytes of groups kept in a source's own row.
const GROUPS: usize = 256 << 10;

/// Writes what a scan finds into an inventory.
pub struct Recorder {
    store: Inventory,
    detector: Arc<Detector>,
    labels: Labels,
    clock: fn() -> i64,
    run: i64,
    profile: i64,
    started_at: i64,
    interned: Interned,
    places: Places,
    head: Head,
    /// Sources read since the last commit, for the audit log.
    read: Vec<Value>,
    begun: Option<Instant>,
    folder: Option<(Vec<u8>, i64)>,
    /// The store held sources before this run.
    had_sources: bool,
    next_source: i64,
    next_block: i64,
    /// By number of source: seen in this run.
    seen: Vec<bool>,
    roots: Vec<PathBuf>,
    reach: reach::Folders,
    tally: RunTally,
    resumed: bool,
    at: Current,
    links: Links,
}

/// Sums of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RunTally {
    pub examined: u64,
    pub reused: u64,
    pub gone: u64,
    /// Sources whose results are not those of the last run.
    pub changed: u64,
}

/// The source at hand.
struct Current {
    entered: bool,
    id: i64,
    provenance: Option<Provenance>,
    place: String,
    first_block: i64,
    blocks: u32,
    packer: Packer,
    packed: Packed,
    gather: Gather,
    group: Group,
    chunks: u32,
    unread: Vec<(String, &'static str, Option<u64>)>,
}

impl Recorder {
    /// The end of the audit log so far.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Number of the run.
    pub fn run(&self) -> i64 {
        self.run
    }

    /// What earlier runs found, for sources that have not changed.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn memory(&self) -> Result<Arc<Memory>, Error> {
        Memory::open(self.store.path(), &self.detector, self.profile).map(Arc::new)
    }

    /// Gives a source that is being read its number.
    fn enter_source(&mut self, source: &Source) -> Result<(), Error> {
        if std::mem::replace(&mut self.at.entered, true) {
            return Ok(());
        }
        self.open_transaction()?;
        self.at.provenance = None;
        self.at.packer.clear();
        self.at.gather.begin();
        (self.at.blocks, self.at.chunks, self.at.first_block) = (0, 0, self.next_block);
        self.at.id = self.enter(source).map_err(|error| self.store.failed("writing", error))?;
        Ok(())
    }

    fn enter_stream(&mut self, provenance: &Provenance) -> Result<(), Error> {
        if self.at.provenance.as_ref().is_some_and(|it| it == provenance) {
            return Ok(());
        }
        self.flush_block()?;
        self.at.gather.leave_stream();
        self.at.provenance = Some(provenance.clone());
        self.at.place = place::steps(&mut self.labels, provenance);
        Ok(())
    }

    fn pack(&mut self, frame: &crate::model::Frame, finding: &Finding) -> rusqlite::Result<()> {
        let rules = self.detector.ruleset();
        let packed = &mut self.at.packed;
        packed.kind = self.interned.kind(&self.store.connection, rules, &finding.detection)?;
        packed.span = finding.span.as_ref().map(|span| (span.start, span.end));
        packed.line = finding.line;
        packed.record = finding.record;
        packed.print = finding.seal.print;
        let mut intern = |text: &str| self.interned.label(&self.store.connection, text);
        packed.label = self.places.place(frame, finding, &mut self.labels, &mut packed.indices, &mut intern)?;
        self.at.packer.push(packed);
        Ok(())
    }

    fn flush_block(&mut self) -> Result<(), Error> {
        if self.at.packer.count == 0 {
            return Ok(());
        }
        let insert = "INSERT INTO blocks (id, source, place, count, data) VALUES (?1, ?2, ?3, ?4, ?5)";
        let at = &mut self.at;
        let values = (self.next_block, at.id, &at.place, at.packer.count, &at.packer.data);
        let inserted = self.store.connection.prepare_cached(insert).and_then(|mut it| it.execute(values));
        inserted.map_err(|error| self.store.failed("writing", error))?;
        self.next_block += 1;
        at.blocks += 1;
        at.packer.clear();
        Ok(())
    }

    /// Begins a transaction where none is open.
    fn open_transaction(&mut self) -> Result<(), Error> {
        if self.begun.is_none() {
            self.execute("BEGIN IMMEDIATE")?;
            self.begun = Some(Instant::now());
        }
        Ok(())
    }

    /// Ends the transaction, with a record of what was read.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        if self.begun.take().is_none() {
            return Ok(());
        }
        if !self.read.is_empty() {
            let sources = std::mem::take(&mut self.read);
            self.audit("read", &serde_json::json!({"run": self.run, "sources": sources}))?;
        }
        self.execute("COMMIT")
    }

    fn audit(&mut self, kind: &str, body: &Value) -> Result<(), Error> {
        let appended = audit::append(&self.store.connection, &mut self.head, (self.clock)(), kind, body);
        appended.map_err(|error| self.store.failed("writing", error))
    }

    fn execute(&self, sql: &str) -> Result<(), Error> {
        self.store.connection.execute_batch(sql).map_err(|error| self.store.failed("writing", error))
    }
}

impl Sink for Recorder {
    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.at.entered = false;
        self.at.unread.clear();
        let _ = source;
        Ok(())
    }

    fn findings(&mut self, source: &Source, batch: Batch<'_>) -> Result<(), Error> {
        self.enter_source(source)?;
        self.enter_stream(&batch.frame.provenance)?;
        self.places.enter(batch.frame, &mut self.labels);
        for finding in batch.findings {
            let packed = self.pack(batch.frame, finding);
            packed.map_err(|error| self.store.failed("writing", error))?;
            self.at.gather.push(finding);
            if self.at.packer.count >= BLOCK {
                self.flush_block()?;
            }
        }
        if self.at.gather.groups.data.len() > GROUPS {
            self.spill_groups().map_err(|error| self.store.failed("writing", error))?;
        }
        Ok(())
    }

    fn unread(&mut self, _: &Source, part: &Unread) -> Result<(), Error> {
        let place = place::steps(&mut self.labels, &part.place);
        self.at.unread.push((place, part.reason.id(), part.bytes));
        Ok(())
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        let ended = match summary.reused {
            Some(reused) => self.take_over(summary, reused),
            None => {
                self.enter_source(&summary.source)?;
                self.flush_block()?;
                self.at.gather.leave_stream();
                self.finish_source(summary)
            }
        };
        ended.map_err(|error| self.store.failed("writing", error))?;
        if self.read.len() >= COMMIT_SOURCES || self.begun.is_some_and(|it| it.elapsed() >= COMMIT_AFTER) {
            self.commit()?;
        }
        Ok(())
    }
}
