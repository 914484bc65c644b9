//! The first bytes of a stream: looked at to choose its format, then read as part of it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::{Cursor, Read};

use super::Random;
use super::block::Window;
use super::budget::DiskReader;
use super::encoding::{self, Encoding, Output};
use crate::model::{OffsetMap, Reason};

/// Bytes looked at.
pub(super) const PEEKED: usize = 64 << 10;

/// Bytes held in memory at most, where a format is read out of order and its stream goes forward only.
pub(super) const MEMORY: u64 = 192 << 20;

/// The bytes of a stream.
pub(super) enum Bytes<'a> {
    /// Go forward only.
    Stream(Box<dyn Read + 'a>),
    /// Can be read from any place.
    File(DiskReader<'a, dyn Random + 'a>),
}

impl<'a> Bytes<'a> {
    fn reader(self) -> Box<dyn Read + 'a> {
        match self {
            Bytes::Stream(input) => input,
            Bytes::File(input) => Box::new(input),
        }
    }
}

/// A stream whose first bytes were looked at.
pub(super) struct Stream<'a> {
    head: Vec<u8>,
    input: Bytes<'a>,
    /// True where the head is all there is.
    ended: bool,
}

/// What sniffing sees of a stream.
pub(super) struct Head<'a> {
    /// The bytes as they are.
    pub(super) raw: &'a [u8],
    /// The name of the file or member.
    pub(super) name: &'a [u8],
    /// True where `raw` is the whole stream.
    pub(super) ended: bool,
    text: OnceCell<Cow<'a, [u8]>>,
}

impl<'a> Stream<'a> {
    /// Reads the first bytes of `input` into `buffer`.
    pub(super) fn open(mut input: Bytes<'a>, mut buffer: Vec<u8>) -> Self {
        let mut filled = 0;
        let mut ended = false;
        while filled < PEEKED && !ended {
            if filled == buffer.len() {
                buffer.resize((filled * 2).clamp(4096, PEEKED), 0);
            }
            let room = buffer.len().min(PEEKED);
            let count = match &mut input {
                Bytes::Stream(input) => input.read(&mut buffer[filled..room]),
                Bytes::File(input) => input.read(&mut buffer[filled..room]),
            };
            let count = count.unwrap_or(0);
            filled += count;
            ended = count == 0;
        }
        buffer.truncate(filled);
        Stream { head: buffer, input, ended }
    }

    /// The stream as blocks of text.
    pub(super) fn into_window(self) -> Window<'a> {
        Window::new(self.head, self.input.reader(), self.ended)
    }

    /// The last bytes of a file, at most so many; nothing of a stream that goes forward only.
    #[cfg(feature = "archive")]
    pub(super) fn peek_end(&mut self, count: u64) -> Vec<u8> {
        use std::io::{Seek, SeekFrom};
        let mut end = Vec::new();
        let Bytes::File(input) = &mut self.input else { return end };
        let size = input.seek(SeekFrom::End(0)).unwrap_or(0);
        let from = SeekFrom::Start(size.saturating_sub(count));
        // What cannot be read is not there.
        let _ = input.seek(from).and_then(|_| input.take(count).read_to_end(&mut end));
        let _ = input.seek(SeekFrom::Start(self.head.len() as u64));
        end
    }

    /// The stream as bytes, from its beginning.
    pub(super) fn into_bytes(self) -> Box<dyn Read + 'a> {
        Box::new(Cursor::new(self.head).chain(self.input.reader()))
    }

    /// The stream as bytes that can be read from any place: the file itself, or the whole stream in memory.
    ///
    /// # Errors
    /// `LimitBytes` where a stream that is no file is longer than [`MEMORY`].
    pub(super) fn into_random(self) -> Result<Box<dyn Random + 'a>, Reason> {
        match self.input {
            Bytes::File(mut input) => {
                if input.rewind() {
                    Ok(Box::new(input))
                } else {
                    Err(Reason::Io)
                }
            }
            Bytes::Stream(_) => self.into_memory().map(|bytes| Box::new(Cursor::new(bytes)) as Box<dyn Random>),
        }
    }

    /// The whole stream in memory.
    ///
    /// # Errors
    /// `LimitBytes` where it is longer than [`MEMORY`].
    pub(super) fn into_memory(self) -> Result<Vec<u8>, Reason> {
        let mut bytes = self.head;
        let room = MEMORY.saturating_sub(bytes.len() as u64) + 1;
        // Readers below end at errors and note why.
        let _ = self.input.reader().take(room).read_to_end(&mut bytes);
        if bytes.len() as u64 > MEMORY { Err(Reason::LimitBytes) } else { Ok(bytes) }
    }
}

impl<'a> Head<'a> {
    pub(super) fn new(stream: &'a Stream<'_>, name: &'a [u8]) -> Self {
        Head { raw: &stream.head, name, ended: stream.ended, text: OnceCell::new() }
    }

    /// The first bytes, decoded.
    pub(super) fn text(&self) -> &[u8] {
        self.text.get_or_init(|| decode(self.raw))
    }

    /// True where the name ends so, in any case.
    pub(super) fn is_named(&self, suffix: &str) -> bool {
        let start = self.name.len().saturating_sub(suffix.len());
        self.name[start..].eq_ignore_ascii_case(suffix.as_bytes())
    }
}

fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    let (encoding, mark) = encoding::sniff(raw);
    let body = &raw[mark..];
    if encoding == Encoding::Utf8 {
        match std::str::from_utf8(body) {
            Ok(_) => return Cow::Borrowed(body),
            Err(error) if error.error_len().is_none() => return Cow::Borrowed(&body[..error.valid_up_to()]),
            Err(_) => {}
        }
    }
    let mut text = vec![0; PEEKED];
    let mut map = OffsetMap::default();
    let mut out = Output { text: &mut text, filled: 0, map: &mut map };
    encoding::decode(encoding, body, 0, false, &mut out);
    let filled = out.filled;
    text.truncate(filled);
    Cow::Owned(text)
}
