//! Complex formats are taken apart in processes of their own: a parser that dies, hangs or eats memory costs its
//! source's result and nothing else. Starts, feeds, watches and replaces them; parses nothing itself.
#![allow(clippy::disallowed_methods, reason = "only scanning starts processes, and it watches their time")]

mod protocol;
mod serve;

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use self::protocol::{Channel, Reply, Request};
pub use self::serve::serve;
use super::Progress;
use crate::extract::{self, Emit, Extraction, Hint};
use crate::model::{Limits, Outcome, Reason, SourceState};

/// The usual patience.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often a waiting scan looks whether it was cancelled.
const GLANCE: Duration = Duration::from_millis(200);

/// How to start a worker: the program and arguments that end in [`serve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// Workers that wait for work, shared by the threads of a scan.
#[derive(Clone, Debug)]
pub struct Workers {
    command: WorkerCommand,
    /// Silence behind which a worker counts as hung.
    patience: Duration,
    idle: Arc<Mutex<Vec<Worker>>>,
}

impl Workers {
    /// None are started before they are needed.
    pub fn new(command: WorkerCommand) -> Self {
        Workers { command, patience: PATIENCE, idle: Arc::default() }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Workers { patience, ..self }
    }

    /// Takes a file apart in a worker, as [`extract::extract`] does in this process.
    pub(super) fn extract(
        &self,
        file: &File,
        hint: Hint<'_>,
        limits: &Limits,
        progress: &Progress,
        emit: &mut dyn Emit,
    ) -> Extraction {
        let request =
            Request { name: hint.name.to_vec().into(), format: hint.format.map(str::to_owned), limits: limits.clone() };
        // An idle worker may have died since it was last used; a fresh one gets the second try.
        for fresh in [false, true] {
            let Ok(mut worker) = self.take(fresh) else { continue };
            if worker.channel.send_file(file, &request).is_err() {
                continue;
            }
            let mut bytes = 0;
            let ended = worker.relay(emit, self.patience, &mut bytes);
            return match ended {
                Ok(extraction) => {
                    Progress::add(&progress.bytes, extraction.outcome.bytes_examined);
                    self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                    extraction
                }
                Err(reason) => died(reason, bytes),
            };
        }
        died(Reason::Worker, 0)
    }

    fn take(&self, fresh: bool) -> io::Result<Worker> {
        let idle = if fresh { None } else { self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() };
        idle.map_or_else(|| Worker::start(&self.command), Ok)
    }
}

/// What becomes of a source whose worker did not come to its end.
fn died(reason: Reason, bytes_examined: u64) -> Extraction {
    let state = if bytes_examined > 0 { SourceState::Partial } else { SourceState::Failed };
    Extraction { format: "unknown", state, reason: Some(reason), outcome: Outcome { bytes_examined, decoded: None } }
}

/// A running worker. Dropped, it is killed.
#[derive(Debug)]
struct Worker {
    child: Child,
    channel: Channel,
}

impl Worker {
    fn start(command: &WorkerCommand) -> io::Result<Worker> {
        let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        let theirs: OwnedFd = theirs;
        let child = Command::new(&command.program)
            .args(&command.arguments)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Worker { child, channel: Channel::new(ours) })
    }

    /// Passes on what the worker reads until it is done; `bytes` is how much was passed on.
    fn relay(&mut self, emit: &mut dyn Emit, patience: Duration, bytes: &mut u64) -> Result<Extraction, Reason> {
        let mut heard = Instant::now();
        loop {
            if emit.is_over() {
                return Err(Reason::Interrupted);
            }
            match self.channel.wait(GLANCE) {
                Ok(true) => heard = Instant::now(),
                Ok(false) if heard.elapsed() > patience => return Err(Reason::Timeout),
                Ok(false) => continue,
                Err(_) => return Err(Reason::Worker),
            }
            match self.channel.receive().map_err(|_| Reason::Worker)? {
                Reply::Segment(segment) => {
                    *bytes += segment.text.len() as u64;
                    if !segment.is_sound() || !emit.segment(*segment) {
                        return Err(if emit.is_over() { Reason::Interrupted } else { Reason::Worker });
                    }
                }
                Reply::Unread(part) => emit.unread(part),
                Reply::Alive => {}
                Reply::Done { format, state, reason, outcome } => {
                    let format = extract::format_id(&format).ok_or(Reason::Worker)?;
                    return Ok(Extraction { format, state, reason, outcome });
                }
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::model::{Segment, Unread};

    #[derive(Default)]
    struct Nothing;

    impl Emit for Nothing {
        fn segment(&mut self, _: Segment) -> bool {
            true
        }
        fn unread(&mut self, _: Unread) {}
    }

    fn run(script: &str) -> Extraction {
        let command = WorkerCommand { program: "/bin/sh".into(), arguments: vec!["-c".to_owned(), script.to_owned()] };
        let workers = Workers::new(command).with_patience(Duration::from_millis(300));
        let (ours, theirs) = rustix::pipe::pipe().expect("a pipe");
        File::from(theirs).write_all(b"text").expect("room in the pipe");
        workers.extract(&File::from(ours), Hint::default(), &Limits::default(), &Progress::default(), &mut Nothing)
    }

    #[test]
    fn a_worker_that_dies_or_talks_nonsense_costs_its_source() {
        for script in ["exit 1", "kill -9 $$", "head -c 1 <&0 >/dev/null; printf '\\377\\377\\377\\377' >&0; sleep 1"] {
            let extraction = run(script);
            assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::Worker)), "{script}");
        }
    }

    #[test]
    fn a_worker_that_hangs_is_killed() {
        let extraction = run("exec sleep 100");
        assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::Timeout)));
    }

    #[test]
    fn a_program_that_is_not_there_is_no_panic() {
        let workers = Workers::new(WorkerCommand { program: "/nowhere/phisift".into(), arguments: Vec::new() });
        let (ours, _) = rustix::pipe::pipe().expect("a pipe");
        let file = File::from(ours);
        let extraction =
            workers.extract(&file, Hint::default(), &Limits::default(), &Progress::default(), &mut Nothing);
        assert_eq!(extraction.reason, Some(Reason::Worker));
    }
}
