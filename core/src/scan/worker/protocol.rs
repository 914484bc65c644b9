//! What scan and worker say to each other: messages behind their length, over one socket; files go by descriptor.

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::{Limits, Outcome, Reason, Segment, SourceState, Text, Unread};

/// No message is longer: a block and its fields.
const LONGEST: usize = 64 << 20;

/// What a worker is asked to do, together with a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The file's name, a hint only.
    pub(super) name: Text,
    /// A format id that overrides sniffing.
    pub(super) format: Option<String>,
    pub(super) limits: Limits,
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Segment(Box<Segment>),
    Unread(Unread),
    /// Reading goes on, though there is nothing to show for it yet.
    Alive,
    Done {
        format: String,
        state: SourceState,
        reason: Option<Reason>,
        outcome: Outcome,
    },
}

/// One end of the socket.
#[derive(Debug)]
pub(super) struct Channel {
    socket: UnixStream,
    /// Document text as it passes, hence [`Text`].
    buffer: Text,
}

impl Channel {
    pub(super) fn new(socket: OwnedFd) -> Self {
        Channel { socket: socket.into(), buffer: Text::default() }
    }

    /// Waits for something to read; false where nothing came.
    pub(super) fn wait(&self, time: Duration) -> io::Result<bool> {
        let mut ends = [PollFd::new(&self.socket, PollFlags::IN)];
        let time = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: i64::from(time.subsec_nanos()) };
        match poll(&mut ends, Some(&time)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn send(&mut self, message: &impl Serialize) -> io::Result<()> {
        self.buffer.clear();
        self.buffer.extend_from_slice(&[0; 4]);
        let buffer = std::mem::take(&mut self.buffer.0);
        self.buffer.0 = postcard::to_extend(message, buffer).map_err(|_| io::ErrorKind::InvalidData)?;
        let len = u32::try_from(self.buffer.len() - 4).map_err(|_| io::ErrorKind::InvalidData)?;
        self.buffer[..4].copy_from_slice(&len.to_le_bytes());
        self.socket.write_all(&self.buffer)
    }

    pub(super) fn receive<M: DeserializeOwned>(&mut self) -> io::Result<M> {
        let mut len = [0; 4];
        self.socket.read_exact(&mut len)?;
        let len = u32::from_le_bytes(len) as usize;
        if len > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.buffer.resize(len, 0);
        self.socket.read_exact(&mut self.buffer)?;
        postcard::from_bytes(&self.buffer).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// A request with its file, whose descriptor travels beside one byte.
    pub(super) fn send_file(&mut self, file: &File, request: &Request) -> io::Result<()> {
        let files = [file.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut beside = SendAncillaryBuffer::new(&mut space);
        beside.push(SendAncillaryMessage::ScmRights(&files));
        sendmsg(&self.socket, &[IoSlice::new(b"F")], &mut beside, SendFlags::NOSIGNAL)?;
        self.send(request)
    }

    /// The next request and its file; `None` where the other end is gone.
    pub(super) fn receive_file(&mut self) -> io::Result<Option<(File, Request)>> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut beside = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        let got = recvmsg(&self.socket, &mut [IoSliceMut::new(&mut byte)], &mut beside, RecvFlags::CMSG_CLOEXEC)?.bytes;
        if got == 0 {
            return Ok(None);
        }
        let files = beside.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(files) => Some(files),
            _ => None,
        });
        let file = files.flatten().next().ok_or(io::ErrorKind::InvalidData)?;
        Ok(Some((File::from(file), self.receive()?)))
    }
}
