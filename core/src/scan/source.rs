//! One source from its first byte to its summary: extract, search, settle in block order, deliver.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Seek;
use std::sync::Arc;
use std::time::Instant;

use super::apart::{Origin, take_apart};
use super::blocks::{Block, Search};
use super::input::{ContentHash, Watch};
use super::pool::{Job, Pool};
use super::recall::{Recalled, Remembered, content_of, is_as_opened, is_bare};
use super::{Cancel, Progress, Scanner};
use crate::Error;
use crate::classify::{Coverage, Tally, classify};
use crate::detect::SourceMemory;
use crate::extract::{Emit, Extraction, Hint};
use crate::model::{Finding, Frame, Outcome, Reason, Segment, Source, SourceState, SourceSummary, Unread};
use crate::walk::{self, STDIN, Walked};

/// Sources of at most so much decoded text are settled twice, so that order inside them does not matter.
const SWEPT_BYTES: u64 = 16 << 20;
/// The same with so many candidates at most: what is kept of a source must not outgrow a worker's memory.
const SWEPT_CANDIDATES: usize = 256 << 10;
/// Blocks above this size are shared with other workers.
const SHARED_BYTES: usize = 64 << 10;
/// Findings delivered at a time: few enough to stay near the processor.
const BATCH: usize = 2048;
/// Buffers of each kind kept for the next blocks.
const SPARE_BUFFERS: usize = 4;

/// Buffers of one worker, used again and again.
#[derive(Default)]
pub(super) struct Spare {
    texts: Vec<Vec<u8>>,
    blocks: Vec<Block>,
    findings: Vec<Finding>,
}

impl Spare {
    fn keep_text(&mut self, mut text: Vec<u8>) {
        if self.texts.len() < SPARE_BUFFERS {
            text.clear();
            self.texts.push(text);
        }
    }

    fn keep_block(&mut self, block: Block) {
        if self.blocks.len() < SPARE_BUFFERS {
            self.blocks.push(block);
        }
    }
}

/// Takes a source's results in order.
pub(super) trait Deliver {
    /// Findings of one block; takes them out of the vector or leaves them to be cleared.
    fn findings(&mut self, source: &Source, frame: &Arc<Frame>, findings: &mut Vec<Finding>) -> Result<(), Error>;
    /// The parts not read, and the end.
    fn end(&mut self, summary: SourceSummary, parts: Vec<Unread>) -> Result<(), Error>;
}

/// What scanning any source needs.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub scanner: &'a Scanner,
    pub wants_findings: bool,
    pub progress: &'a Progress,
    pub cancel: &'a Cancel,
    /// What sources are read as, instead of what their first bytes say.
    pub format: Option<&'a str>,
    /// Where other workers take blocks from, if there are any.
    pub pool: Option<&'a Pool<'a>>,
}

impl<'a> Context<'a> {
    /// Scans one step of a walk to its end.
    pub fn scan(&self, walked: Walked, spare: &mut Spare, out: &mut dyn Deliver) -> Result<(), Error> {
        match walked {
            Walked::Unread(source, state, reason) => {
                let mut reading = Reading::new(self, &source, spare, out);
                reading.read_path();
                let extraction =
                    Extraction { format: "unknown", state, reason: Some(reason), outcome: Outcome::default() };
                let (summary, parts) = reading.finish(extraction)?;
                out.end(summary, parts)
            }
            Walked::Source(source) if source.path.as_os_str() == STDIN => {
                self.read(&source, Origin::Stream(&mut std::io::stdin().lock()), None, spare, out)
            }
            Walked::Source(source) => {
                let recalled = self.scanner.options.recall.as_ref().map_or(Recalled::Unknown, |it| it.recall(&source));
                let perhaps = match recalled {
                    Recalled::Known(it) => return self.take_over(*it, out),
                    Recalled::Perhaps => true,
                    Recalled::Unknown => false,
                };
                match self.open(&source) {
                    Ok((mut file, source)) if perhaps => self.compare(&source, &mut file, spare, out),
                    Ok((mut file, source)) => {
                        let hasher = self.scanner.options.sealer.as_ref().map(|it| it.content_key().hasher());
                        let mut hash = hasher.map(ContentHash::new);
                        self.read(&source, Origin::File(&mut file, hash.as_mut()), None, spare, out)
                    }
                    Err((state, reason)) => self.scan(Walked::Unread(source, state, reason), spare, out),
                }
            }
        }
    }

    /// Looks at a source's content, and reads it only where that is not known.
    fn compare(&self, source: &Source, file: &mut File, spare: &mut Spare, out: &mut dyn Deliver) -> Result<(), Error> {
        let options = &self.scanner.options;
        let content = options.sealer.as_ref().and_then(|sealer| content_of(file, source, sealer));
        let known = options.recall.as_ref().zip(content).and_then(|(it, content)| it.with_content(source, &content));
        if let Some(known) = known
            && (!known.for_bare_path || is_bare(self.scanner, source))
        {
            return self.take_over(known, out);
        }
        if file.rewind().is_err() {
            return self.scan(Walked::Unread(source.clone(), SourceState::Failed, Reason::Io), spare, out);
        }
        self.read(source, Origin::File(file, None), content, spare, out)
    }

    /// Delivers the results of an earlier scan.
    fn take_over(&self, known: Remembered, out: &mut dyn Deliver) -> Result<(), Error> {
        Progress::add(&self.progress.sources, 1);
        out.end(known.summary, known.parts)
    }

    fn open(&self, source: &Source) -> Result<(File, Source), (SourceState, Reason)> {
        let opened = walk::open(&source.path)?;
        if self.scanner.options.limits.file_size.is_some_and(|limit| opened.size > limit) {
            return Err((SourceState::Skipped, Reason::LimitSize));
        }
        Ok((opened.file, Source { path: source.path.clone(), size: Some(opened.size), stat: opened.stat }))
    }

    /// Scans a source to its end. Its content's hash may be known.
    pub fn read(
        &self,
        source: &Source,
        mut origin: Origin<'_>,
        content: Option<[u8; 32]>,
        spare: &mut Spare,
        out: &mut dyn Deliver,
    ) -> Result<(), Error> {
        let mut reading = Reading::new(self, source, spare, out);
        let watch = reading.watch;
        reading.read_path();
        let mut extraction = self.extract(source, origin.again(), &mut reading);
        if watch.is_over() && matches!(extraction.reason, Some(Reason::Interrupted | Reason::Io)) {
            reading.tell_why(&mut extraction);
        }
        // It shrank while it was read: what was there before was not examined.
        let examined = extraction.outcome.bytes_examined;
        if extraction.state == SourceState::Complete && source.size.is_some_and(|size| examined < size) {
            (extraction.state, extraction.reason) = (SourceState::Partial, Some(Reason::Changed));
        }
        let (mut summary, parts) = reading.finish(extraction)?;
        summary.content = content.or_else(|| self.content(source, origin));
        out.end(summary, parts)
    }

    /// The hash of a file's content, where it is wanted: of what was read, or of another reading where not all was.
    fn content(&self, source: &Source, origin: Origin<'_>) -> Option<[u8; 32]> {
        let (Origin::File(file, hash), Some(sealer)) = (origin, &self.scanner.options.sealer) else { return None };
        match hash.zip(source.size).and_then(|(hash, size)| hash.of_all(size)) {
            Some(content) => is_as_opened(file, source).then_some(content),
            None => content_of(file, source, sealer),
        }
    }

    /// Takes a source apart.
    fn extract(&self, source: &Source, origin: Origin<'_>, reading: &mut Reading<'_, '_>) -> Extraction {
        let name = source.path.file_name().unwrap_or_default().as_encoded_bytes();
        let (hint, watch) = (Hint { name, format: self.format }, reading.watch);
        take_apart(&self.scanner.options, hint, origin, watch, reading)
    }
}

/// A source being read.
struct Reading<'a, 'd> {
    search: Search<'a>,
    watch: Watch<'a>,
    pool: Option<&'a Pool<'a>>,
    source: &'d Source,
    out: &'d mut dyn Deliver,
    memory: SourceMemory,
    /// Blocks found and not yet settled, while the source is small.
    kept: Vec<Block>,
    kept_candidates: usize,
    decoded: u64,
    forward_only: bool,
    /// Blocks given to other workers, in order.
    pending: VecDeque<Arc<Job<'a>>>,
    tally: Tally,
    parts: Vec<Unread>,
    spare: &'d mut Spare,
    /// The sink's failure: nothing more can be delivered.
    failed: Option<Error>,
}

impl<'a, 'd> Reading<'a, 'd> {
    fn new(context: &Context<'a>, source: &'d Source, spare: &'d mut Spare, out: &'d mut dyn Deliver) -> Self {
        let options = &context.scanner.options;
        let all_allowed = options.allow.as_ref().is_some_and(|allow| allow.allows_path(&source.path));
        let deadline = options.limits.time.map(|time| Instant::now() + time);
        Reading {
            search: Search { scanner: context.scanner, wants_findings: context.wants_findings, all_allowed },
            watch: Watch { progress: context.progress, cancel: context.cancel, deadline },
            pool: context.pool,
            source,
            out,
            memory: SourceMemory::default(),
            kept: Vec::new(),
            kept_candidates: 0,
            decoded: 0,
            forward_only: false,
            pending: VecDeque::new(),
            tally: Tally::new(context.scanner.detector.ruleset()),
            parts: Vec::new(),
            spare,
            failed: None,
        }
    }

    /// What stands in the source's own path: names of files and folders are read by more people than their contents.
    fn read_path(&mut self) {
        let path = self.source.path.as_os_str().as_encoded_bytes();
        if !path.is_empty() && path != STDIN.as_bytes() {
            self.segment(Segment::path(path));
        }
    }

    /// Gives a block to the pool, or searches it while it is warm where no worker is free.
    fn hand_out(&mut self, pool: &'a Pool<'a>, segment: Segment) {
        let job = Arc::new(Job::new(self.search, segment, self.spare.blocks.pop().unwrap_or_default()));
        if !pool.offer(&job) {
            job.run();
        }
        self.pending.push_back(job);
        self.collect(pool, pool.window());
    }

    /// Takes finished blocks in order until at most so many are pending.
    fn collect(&mut self, pool: &'a Pool<'a>, at_most: usize) {
        while let Some(front) = self.pending.front().cloned() {
            if !front.is_done() {
                if self.pending.len() <= at_most {
                    return;
                }
                pool.help_until_done(&front);
                continue;
            }
            self.pending.pop_front();
            match front.take() {
                Some((block, buffer)) => self.found(block, buffer),
                None => self.parts.push(Unread { place: Arc::from([]), reason: Reason::Worker, bytes: None }),
            }
        }
    }

    /// The next block in order was searched.
    fn found(&mut self, block: Block, buffer: Vec<u8>) {
        self.spare.keep_text(buffer);
        if self.forward_only {
            self.search.scanner.detector.learn(&mut self.memory, &block.candidates);
            return self.settle(block);
        }
        self.decoded += block.own;
        self.kept_candidates += block.candidates.len();
        self.kept.push(block);
        if self.decoded > SWEPT_BYTES || self.kept_candidates > SWEPT_CANDIDATES {
            self.settle_kept();
            self.forward_only = true;
        }
    }

    fn settle_kept(&mut self) {
        let detector = &self.search.scanner.detector;
        for block in &self.kept {
            detector.learn(&mut self.memory, &block.candidates);
        }
        for block in std::mem::take(&mut self.kept) {
            self.settle(block);
        }
    }

    fn settle(&mut self, mut block: Block) {
        if self.failed.is_some() {
            return;
        }
        let (tally, findings, wanted) = (&mut self.tally, &mut self.spare.findings, self.search.wants_findings);
        let (source, out, failed) = (self.source, &mut *self.out, &mut self.failed);
        let mut deliver = |findings: &mut Vec<Finding>| {
            if failed.is_none() {
                *failed = out.findings(source, &block.frame, findings).err();
            }
            findings.clear();
        };
        let before = tally.total();
        self.search.scanner.detector.settle(&self.memory, &block.candidates, |index, detection| {
            tally.add(&detection, 1);
            if wanted {
                let value = block.values.get_mut(index).map(std::mem::take);
                let seal = block.seals.get(index).copied().unwrap_or_default();
                findings.push(block.places[index].finding(detection, value, seal));
                if findings.len() == BATCH {
                    deliver(findings);
                }
            }
        });
        if !findings.is_empty() {
            deliver(findings);
        }
        let counted = |detection, count| tally.add(&detection, count);
        self.search.scanner.detector.settle_counted(&self.memory, &block.candidates, counted);
        tally.add_health(&block.candidates.health);
        Progress::add(&self.watch.progress.findings, tally.total() - before);
        self.spare.keep_block(block);
    }

    fn finish(mut self, extraction: Extraction) -> Result<(SourceSummary, Vec<Unread>), Error> {
        if let Some(pool) = self.pool {
            self.collect(pool, 0);
        }
        self.settle_kept();
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut summary = self.summary(extraction);
        if summary.state == SourceState::Complete && !self.parts.is_empty() {
            summary.state = SourceState::Partial;
            summary.reason = Some(self.parts[0].reason);
        }
        Ok((summary, self.parts))
    }

    /// Extractors know refused reads and refused blocks, not what they are refused for.
    fn tell_why(&mut self, extraction: &mut Extraction) {
        let why = self.watch.reason();
        let reasons = self.parts.iter_mut().map(|part| &mut part.reason).chain(&mut extraction.reason);
        reasons.filter(|it| matches!(it, Reason::Io | Reason::Interrupted)).for_each(|it| *it = why);
    }

    fn summary(&mut self, extraction: Extraction) -> SourceSummary {
        let Extraction { format, state, reason, outcome } = extraction;
        let bytes = self.source.size.unwrap_or(0).max(outcome.bytes_examined);
        let coverage = self.coverage(state, reason, bytes, outcome.bytes_examined);
        let (verdict, reasons) = classify(&self.tally, self.search.scanner.detector.ruleset(), coverage);
        Progress::add(&self.watch.progress.sources, 1);
        SourceSummary {
            source: self.source.clone(),
            format,
            state,
            reason,
            verdict,
            reasons,
            health: self.tally.health.by_kind(),
            bytes,
            bytes_examined: outcome.bytes_examined,
            decoded: outcome.decoded,
            forward_only: self.forward_only,
            counts: self.tally.counts(),
            content: None,
            reused: None,
        }
    }

    fn coverage(&self, state: SourceState, reason: Option<Reason>, bytes: u64, examined: u64) -> Coverage {
        let unopened = matches!(state, SourceState::Failed | SourceState::Skipped) && examined == 0;
        // A source that was not opened is not wholly read, whatever its size.
        let mut coverage = Coverage { bytes: bytes.max(u64::from(unopened)), examined, failures: false };
        self.parts.iter().map(|part| part.reason).chain(reason).for_each(|reason| coverage.note(reason));
        coverage
    }
}

impl Emit for Reading<'_, '_> {
    fn segment(&mut self, segment: Segment) -> bool {
        if self.is_over() {
            return false;
        }
        match self.pool {
            // A small block with nothing before it is searched sooner than handed out.
            Some(pool) if segment.text.len() > SHARED_BYTES || !self.pending.is_empty() => self.hand_out(pool, segment),
            _ => {
                let mut block = self.spare.blocks.pop().unwrap_or_default();
                let buffer = self.search.find(segment, &mut block);
                self.found(block, buffer);
            }
        }
        true
    }

    fn unread(&mut self, part: Unread) {
        self.parts.push(part);
    }

    fn is_over(&self) -> bool {
        self.failed.is_some() || self.watch.is_over()
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.spare.texts.pop().unwrap_or_default()
    }
}
