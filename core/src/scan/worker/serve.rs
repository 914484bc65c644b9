//! The worker's side: files in by descriptor, segments out. Reads nothing else, writes nothing, knows no patterns.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::protocol::{Channel, Reply, Request};
use crate::extract::{Emit, Extraction, Hint, Input, extract};
use crate::model::{Outcome, Reason, Segment, SourceState, Unread};

/// Address space of a worker. Beyond it allocation fails and the worker dies, and only the worker.
const MEMORY: u64 = 1 << 30;
/// Bytes read behind which a worker says that it is alive.
const PROGRESS: u64 = 4 << 20;

/// Serves requests on a socket until the other end is gone.
///
/// # Errors
/// Where the socket breaks.
pub fn serve(socket: OwnedFd) -> io::Result<()> {
    confine();
    let channel = Rc::new(std::cell::RefCell::new(Channel::new(socket)));
    loop {
        let Some((file, request)) = channel.borrow_mut().receive_file()? else { return Ok(()) };
        let done = answer(&channel, file, &request);
        channel.borrow_mut().send(&done)?;
    }
}

/// Limits that only ever cost the worker. Where one cannot be set the others still hold.
fn confine() {
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    let _ = setrlimit(Resource::As, limit(MEMORY));
    let _ = setrlimit(Resource::Core, limit(0));
    let _ = setrlimit(Resource::Fsize, limit(0));
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

fn answer(channel: &Shared, file: File, request: &Request) -> Reply {
    let mut emit = Pipe { channel: channel.clone(), broken: false };
    let mut input = Watched { file, channel: channel.clone(), at: 0, furthest: 0, told: 0 };
    let hint = Hint { name: &request.name, format: request.format.as_deref() };
    let extracted =
        catch_unwind(AssertUnwindSafe(|| extract(Input::File(&mut input), hint, &request.limits, &mut emit)));
    let died = |_| Extraction {
        format: "unknown",
        state: SourceState::Failed,
        reason: Some(Reason::Worker),
        outcome: Outcome { bytes_examined: input.furthest, decoded: None },
    };
    let Extraction { format, state, reason, outcome } = extracted.unwrap_or_else(died);
    Reply::Done { format: format.to_owned(), state, reason, outcome }
}

type Shared = Rc<std::cell::RefCell<Channel>>;

/// Sends what is read.
struct Pipe {
    channel: Shared,
    broken: bool,
}

impl Pipe {
    fn send(&mut self, reply: &Reply) -> bool {
        self.broken |= self.channel.borrow_mut().send(reply).is_err();
        !self.broken
    }
}

impl Emit for Pipe {
    fn segment(&mut self, segment: Segment) -> bool {
        self.send(&Reply::Segment(Box::new(segment)))
    }

    fn unread(&mut self, part: Unread) {
        self.send(&Reply::Unread(part));
    }

    fn is_over(&self) -> bool {
        self.broken
    }
}

/// The file, which tells that reading goes on as long as it comes to new places.
struct Watched {
    file: File,
    channel: Shared,
    at: u64,
    furthest: u64,
    told: u64,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.at += count as u64;
        self.furthest = self.furthest.max(self.at);
        if self.furthest >= self.told + PROGRESS {
            self.told = self.furthest;
            self.channel.borrow_mut().send(&Reply::Alive)?;
        }
        Ok(count)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}
