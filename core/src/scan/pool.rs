//! Worker threads, the blocks they share, and the order in which sources reach the sink. Looks at no content.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::blocks::{Block, Search};
use super::source::{Context, Deliver, Spare};
use super::{Cancel, Progress, Scanner, Totals};
use crate::Error;
use crate::model::{Batch, Finding, Frame, Segment, Sink, Source, SourceSummary, Unread};
use crate::walk::{Walk, Walked};

/// Finished sources that wait for their turn may hold so much.
const REORDER_BYTES: usize = 64 << 20;

/// Scans on the calling thread, without locks or queues.
pub(super) fn scan_inline(
    scanner: &Scanner,
    walk: Walk,
    sink: &mut dyn Sink,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Totals, Error> {
    let context = Context {
        scanner,
        wants_findings: sink.wants_findings(),
        progress,
        cancel,
        format: scanner.options.format.as_deref(),
        pool: None,
    };
    let (mut totals, mut spare) = (Totals::default(), Spare::default());
    for walked in walk {
        if cancel.is_cancelled() {
            break;
        }
        context.scan(walked, &mut spare, &mut Direct { sink, totals: &mut totals, begun: false })?;
    }
    totals.interrupted = cancel.is_cancelled();
    Ok(totals)
}

/// Delivers straight to the sink.
struct Direct<'a> {
    sink: &'a mut dyn Sink,
    totals: &'a mut Totals,
    begun: bool,
}

impl Direct<'_> {
    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        if !std::mem::replace(&mut self.begun, true) {
            self.sink.begin(source)?;
        }
        Ok(())
    }
}

impl Deliver for Direct<'_> {
    fn findings(&mut self, source: &Source, frame: &Arc<Frame>, findings: &mut Vec<Finding>) -> Result<(), Error> {
        self.begin(source)?;
        self.sink.findings(source, Batch { frame, findings })
    }

    fn end(&mut self, summary: SourceSummary, parts: Vec<Unread>) -> Result<(), Error> {
        self.begin(&summary.source)?;
        for part in &parts {
            self.sink.unread(&summary.source, part)?;
        }
        self.totals.add(&summary, &parts);
        self.sink.end(&summary)
    }
}

/// Scans on several threads.
pub(super) fn scan_threaded(
    scanner: &Scanner,
    threads: usize,
    walk: Walk,
    sink: &mut dyn Sink,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Totals, Error> {
    let wants_findings = sink.wants_findings();
    let pool = Pool {
        threads,
        state: Mutex::default(),
        changed: Condvar::new(),
        walk: Mutex::new((walk, 0)),
        sink: Mutex::new((sink, Totals::default())),
        cancel,
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let format = scanner.options.format.as_deref();
            let context = Context { scanner, wants_findings, progress, cancel, format, pool: Some(&pool) };
            scope.spawn(move || work(context));
        }
    });
    if let Some(error) = lock(&pool.state).error.take() {
        return Err(error);
    }
    let mut totals = std::mem::take(&mut lock(&pool.sink).1);
    totals.interrupted = cancel.is_cancelled();
    Ok(totals)
}

fn work(context: Context<'_>) {
    let Some(pool) = context.pool else { return };
    let mut spare = Spare::default();
    let worked = catch_unwind(AssertUnwindSafe(|| {
        while let Some(task) = pool.next_task() {
            match task {
                Task::Search(job) => pool.run(&job),
                Task::Scan(order, walked) => {
                    let mut turn = Turn { pool, order, waiting: Vec::new(), bytes: 0, begun: false };
                    if let Err(error) = context.scan(walked, &mut spare, &mut turn) {
                        pool.stop(Some(error));
                    }
                    pool.leave();
                }
            }
        }
    }));
    if let Err(panic) = worked {
        // A sink that panics must not leave the others waiting for their turn.
        pool.stop(None);
        resume_unwind(panic);
    }
}

/// What the workers share.
pub(super) struct Pool<'a> {
    threads: usize,
    state: Mutex<State<'a>>,
    changed: Condvar,
    walk: Mutex<(Walk, u64)>,
    sink: Mutex<(&'a mut dyn Sink, Totals)>,
    cancel: &'a Cancel,
}

#[derive(Default)]
struct State<'a> {
    /// Blocks to search, oldest first.
    jobs: VecDeque<Arc<Job<'a>>>,
    /// Blocks queued or being searched: their texts are in memory.
    in_flight: usize,
    /// Workers that have a source, or are getting one.
    active: usize,
    exhausted: bool,
    stopped: bool,
    error: Option<Error>,
    /// The source whose turn it is.
    next: u64,
    finished: BTreeMap<u64, Finished>,
    /// Bytes that wait for their turn.
    buffered: usize,
    /// Workers that wait for a change. Waking costs a system call, whether anybody sleeps or not.
    waiting: usize,
}

enum Task<'a> {
    Search(Arc<Job<'a>>),
    Scan(u64, Walked),
}

/// A source that waits for its turn.
struct Finished {
    waiting: Vec<(Arc<Frame>, Vec<Finding>)>,
    begun: bool,
    bytes: usize,
    summary: SourceSummary,
    parts: Vec<Unread>,
}

impl<'a> Pool<'a> {
    /// How many blocks of one source may be pending: what the free workers may have, and some that were searched
    /// meanwhile.
    pub fn window(&self) -> usize {
        self.share(&lock(&self.state)) + 2
    }

    /// Blocks that may wait for free workers or be with them: two for each, so that none idles.
    fn share(&self, state: &State<'_>) -> usize {
        2 * self.threads.saturating_sub(state.active)
    }

    /// Queues a block. False where no worker is free for it.
    pub fn offer(&self, job: &Arc<Job<'a>>) -> bool {
        let mut state = lock(&self.state);
        if state.in_flight >= self.share(&state) {
            return false;
        }
        state.in_flight += 1;
        state.jobs.push_back(job.clone());
        self.wake(state);
        true
    }

    /// Searches a block that was queued.
    pub fn run(&self, job: &Job<'a>) {
        job.run();
        let mut state = lock(&self.state);
        state.in_flight -= 1;
        self.wake(state);
    }

    fn wait<'s>(&'s self, mut state: MutexGuard<'s, State<'a>>) -> MutexGuard<'s, State<'a>> {
        state.waiting += 1;
        let mut state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    /// Lets those that wait look at what changed.
    fn wake(&self, state: MutexGuard<'_, State<'a>>) {
        let waiting = state.waiting;
        drop(state);
        if waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// Searches other blocks until that one is done. Searching never waits, so this ends.
    pub fn help_until_done(&self, job: &Job<'a>) {
        let mut state = lock(&self.state);
        while !job.is_done() {
            state = self.help_or_wait(state);
        }
    }

    fn help_or_wait<'s>(&'s self, mut state: MutexGuard<'s, State<'a>>) -> MutexGuard<'s, State<'a>> {
        let Some(other) = state.jobs.pop_front() else {
            return self.wait(state);
        };
        drop(state);
        self.run(&other);
        lock(&self.state)
    }

    /// What a worker without a source does next; `None` at the end.
    fn next_task(&self) -> Option<Task<'a>> {
        let mut state = lock(&self.state);
        loop {
            if state.stopped {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(Task::Search(job));
            }
            if state.exhausted && state.active == 0 {
                return None;
            }
            // The source whose turn it is, is being read: what waits for it will go.
            if state.exhausted || (state.buffered > REORDER_BYTES && state.active > 0) {
                state = self.wait(state);
                continue;
            }
            state.active += 1;
            drop(state);
            if let Some((order, walked)) = self.next_source() {
                return Some(Task::Scan(order, walked));
            }
            state = lock(&self.state);
            state.exhausted = true;
            state.active -= 1;
            self.wake(state);
            state = lock(&self.state);
        }
    }

    fn next_source(&self) -> Option<(u64, Walked)> {
        let mut walk = lock(&self.walk);
        if self.cancel.is_cancelled() {
            return None;
        }
        let walked = walk.0.next()?;
        let order = walk.1;
        walk.1 += 1;
        Some((order, walked))
    }

    /// The worker is done with its source.
    fn leave(&self) {
        let mut state = lock(&self.state);
        state.active -= 1;
        self.wake(state);
    }

    fn stop(&self, error: Option<Error>) {
        let mut state = lock(&self.state);
        state.stopped = true;
        if state.error.is_none() {
            state.error = error;
        }
        self.wake(state);
    }

    fn is_turn(&self, order: u64) -> bool {
        lock(&self.state).next == order
    }

    /// Holds more bytes for a source whose turn has not come, as soon as there is room. Never waits for room where
    /// the source's turn comes meanwhile.
    fn hold(&self, order: u64, bytes: usize) {
        let mut state = lock(&self.state);
        state.buffered += bytes;
        while state.buffered > REORDER_BYTES && state.next != order && !state.stopped {
            state = self.help_or_wait(state);
        }
    }

    fn release(&self, bytes: usize) {
        if bytes > 0 {
            let mut state = lock(&self.state);
            state.buffered -= bytes;
            self.wake(state);
        }
    }

    /// Delivers a finished source and those behind it that waited, or leaves it to wait.
    fn finish(&self, order: u64, finished: Finished) -> Result<(), Error> {
        let mut state = lock(&self.state);
        if state.next != order {
            state.buffered += finished.bytes;
            state.finished.insert(order, finished);
            return Ok(());
        }
        let mut next = Some(finished);
        while let Some(finished) = next {
            drop(state);
            self.deliver(finished)?;
            state = lock(&self.state);
            state.next += 1;
            let turn = state.next;
            next = state.finished.remove(&turn);
            // The one that was at hand never counted itself as waiting.
            state.buffered -= next.as_ref().map_or(0, |it| it.bytes);
        }
        self.wake(state);
        Ok(())
    }

    fn deliver(&self, finished: Finished) -> Result<(), Error> {
        let mut guard = lock(&self.sink);
        let (sink, totals) = &mut *guard;
        let source = &finished.summary.source;
        if !finished.begun {
            sink.begin(source)?;
        }
        for (frame, findings) in &finished.waiting {
            sink.findings(source, Batch { frame, findings })?;
        }
        for part in &finished.parts {
            sink.unread(source, part)?;
        }
        totals.add(&finished.summary, &finished.parts);
        sink.end(&finished.summary)
    }
}

/// Delivers a source's results when its turn comes, and keeps them until then.
struct Turn<'a> {
    pool: &'a Pool<'a>,
    order: u64,
    waiting: Vec<(Arc<Frame>, Vec<Finding>)>,
    /// What is waiting, in bytes.
    bytes: usize,
    begun: bool,
}

impl Turn<'_> {
    /// Hands what waited to the sink.
    fn catch_up(&mut self, source: &Source) -> Result<(), Error> {
        let mut guard = lock(&self.pool.sink);
        let sink = &mut guard.0;
        if !std::mem::replace(&mut self.begun, true) {
            sink.begin(source)?;
        }
        for (frame, findings) in self.waiting.drain(..) {
            sink.findings(source, Batch { frame: &frame, findings: &findings })?;
        }
        drop(guard);
        self.pool.release(std::mem::take(&mut self.bytes));
        Ok(())
    }
}

impl Deliver for Turn<'_> {
    fn findings(&mut self, source: &Source, frame: &Arc<Frame>, findings: &mut Vec<Finding>) -> Result<(), Error> {
        if self.pool.is_turn(self.order) {
            if !self.begun || !self.waiting.is_empty() {
                self.catch_up(source)?;
            }
            return lock(&self.pool.sink).0.findings(source, Batch { frame, findings });
        }
        let bytes = size_of_findings(findings) + size_of_frame(frame);
        self.waiting.push((frame.clone(), std::mem::take(findings)));
        self.bytes += bytes;
        self.pool.hold(self.order, bytes);
        Ok(())
    }

    fn end(&mut self, summary: SourceSummary, parts: Vec<Unread>) -> Result<(), Error> {
        // What waited is counted already; the summary and the parts are counted where they are left to wait.
        self.pool.release(std::mem::take(&mut self.bytes));
        let waiting = std::mem::take(&mut self.waiting);
        let held: usize = waiting.iter().map(|(frame, it)| size_of_findings(it) + size_of_frame(frame)).sum();
        let bytes = held + size_of::<Finished>() + 512 + parts.len() * 64;
        self.pool.finish(self.order, Finished { waiting, begun: self.begun, bytes, summary, parts })
    }
}

fn size_of_findings(findings: &[Finding]) -> usize {
    let values: usize = findings.iter().filter_map(|it| it.value.as_ref()).map(|it| it.len()).sum();
    size_of_val(findings) + values
}

fn size_of_frame(frame: &Frame) -> usize {
    size_of_val(&*frame.nodes) + frame.keys.len() * 40 + frame.labels.len() * 100
}

/// A block to be searched by whichever worker comes first.
pub(super) struct Job<'a> {
    search: Search<'a>,
    step: Mutex<JobStep>,
}

enum JobStep {
    Waiting(Box<(Segment, Block)>),
    Running,
    /// `None` where searching it panicked.
    Done(Option<Box<(Block, Vec<u8>)>>),
}

impl<'a> Job<'a> {
    /// A block to search, into used-up buffers.
    pub fn new(search: Search<'a>, segment: Segment, spare: Block) -> Self {
        Job { search, step: Mutex::new(JobStep::Waiting(Box::new((segment, spare)))) }
    }

    /// Searches the block, unless somebody did.
    pub fn run(&self) {
        let step = std::mem::replace(&mut *lock(&self.step), JobStep::Running);
        if let JobStep::Waiting(waiting) = step {
            let (segment, mut block) = *waiting;
            let found = catch_unwind(AssertUnwindSafe(|| {
                let buffer = self.search.find(segment, &mut block);
                Box::new((block, buffer))
            }));
            let found = found.ok();
            *lock(&self.step) = JobStep::Done(found);
        }
    }

    pub fn is_done(&self) -> bool {
        matches!(*lock(&self.step), JobStep::Done(_))
    }

    /// The result of a block that is done; `None` where it was lost.
    pub fn take(&self) -> Option<(Block, Vec<u8>)> {
        match std::mem::replace(&mut *lock(&self.step), JobStep::Running) {
            JobStep::Done(found) => found.map(|it| *it),
            JobStep::Waiting(_) | JobStep::Running => None,
        }
    }
}

/// A lock that outlives panics: every panic is caught where the state is whole.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
