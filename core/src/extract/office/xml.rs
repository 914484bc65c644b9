//! XML as a stream of tags and texts, by local names. Entities are never expanded, depth and size of nodes are bounded.

use std::borrow::Cow;
use std::io::{BufRead, Error, ErrorKind, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event as Raw};

use super::super::block::Window;
use super::super::head::{Bytes, Stream};
use super::super::job::Job;
use crate::model::Reason;

/// Elements within elements.
const MAX_DEPTH: u32 = 256;
/// Bytes of one tag or text.
const MAX_NODE: usize = 32 << 20;

/// What comes next in a document.
pub(super) enum Event<'x> {
    Start(Tag<'x>),
    End(End<'x>),
    Text(Cow<'x, str>),
    Comment(Cow<'x, str>),
    /// Declarations, processing instructions.
    Other,
}

/// An end tag.
pub(super) struct End<'x> {
    end: BytesEnd<'x>,
}

impl End<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        local(self.end.name().into_inner())
    }
}

/// A start tag.
pub(super) struct Tag<'x> {
    start: BytesStart<'x>,
}

/// A document being read.
pub(super) struct Xml<'a> {
    reader: Reader<Utf8<'a>>,
    buffer: Vec<u8>,
    depth: u32,
    /// Why not all of it was read, if so.
    pub(super) trouble: Option<Reason>,
    ended: bool,
    /// The number of start tags seen.
    count: u64,
}

impl Tag<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        local(self.start.name().into_inner())
    }

    /// Its name as it is written.
    pub(super) fn full_name(&self) -> &str {
        self.start.name().into_inner()
    }

    /// True where it has no attributes.
    pub(super) fn is_bare(&self) -> bool {
        self.start.attributes_raw().is_empty()
    }

    /// The value of the first attribute of that local name.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Local names and values of all attributes but namespaces, those that are badly written left out.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        let told = attributes.flatten().filter(|it| !it.key.into_inner().starts_with("xmlns"));
        told.map(|it| (local(it.key.into_inner()), unescape(it.value)))
    }
}

impl<'a> Xml<'a> {
    /// Reads `bytes`, in whatever encoding they are.
    pub(super) fn new(bytes: Box<dyn Read + 'a>) -> Self {
        let window = Stream::open(Bytes::Stream(bytes), Vec::new()).into_window();
        let mut reader = Reader::from_reader(Utf8 { window, at: 0, since_event: 0, spare: Vec::new() });
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.expand_empty_elements = true;
        Xml { reader, buffer: Vec::new(), depth: 0, trouble: None, ended: false, count: 0 }
    }

    /// What comes next, if anything does.
    pub(super) fn next(&mut self) -> Option<Event<'_>> {
        if self.ended {
            return None;
        }
        self.buffer.clear();
        self.reader.get_mut().since_event = 0;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(Raw::Start(start)) => {
                self.depth += 1;
                self.count += 1;
                if self.depth > MAX_DEPTH {
                    self.ended = true;
                    self.trouble = self.trouble.or(Some(Reason::LimitDepth));
                }
                Some(Event::Start(Tag { start }))
            }
            Ok(Raw::End(end)) => {
                self.depth = self.depth.saturating_sub(1);
                Some(Event::End(End { end }))
            }
            Ok(Raw::Text(text)) => Some(Event::Text(text.into_inner())),
            Ok(Raw::CData(text)) => Some(Event::Text(text.into_inner())),
            Ok(Raw::Comment(text)) => Some(Event::Comment(text.into_inner())),
            Ok(Raw::GeneralRef(reference)) => {
                let resolved = resolve(&reference);
                if resolved.is_none() {
                    // Expanding what a document defines is how a small one becomes endless.
                    self.trouble = self.trouble.or(Some(Reason::Malformed));
                }
                Some(Event::Text(Cow::Owned(resolved.unwrap_or_else(|| format!("&{};", &*reference)))))
            }
            Ok(Raw::Eof) => {
                self.ended = true;
                // A part without a byte is one without text.
                if self.depth > 0 || self.count == 0 && self.reader.buffer_position() > 0 {
                    self.trouble = self.trouble.or(Some(Reason::Malformed));
                }
                None
            }
            Ok(_) => Some(Event::Other),
            Err(_) => {
                let long = self.reader.get_mut().since_event > MAX_NODE;
                self.ended = true;
                let reason = if long { Reason::LimitBytes } else { Reason::Malformed };
                self.trouble = self.trouble.or(Some(reason));
                None
            }
        }
    }

    /// Says what of the document was not read, if anything.
    pub(super) fn report(&self, job: &mut Job<'_>) {
        if let Some(reason) = self.trouble {
            job.unread(reason, None);
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn unescape(value: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'&', value.as_bytes()).is_none() {
        return value;
    }
    let unescaped = quick_xml::escape::unescape(&value).map(Cow::into_owned);
    unescaped.map_or(value, Cow::Owned)
}

/// A character reference, or one of the five that every document has.
fn resolve(reference: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return Some(char.to_string());
    }
    quick_xml::escape::resolve_xml_entity(reference).map(str::to_owned)
}

/// A window on a stream as UTF-8 bytes.
struct Utf8<'a> {
    window: Window<'a>,
    /// First byte of the window's text that was not given away.
    at: usize,
    /// Bytes given away since the last event.
    since_event: usize,
    spare: Vec<u8>,
}

impl Read for Utf8<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut text = self.fill_buf()?;
        let count = text.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Utf8<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.since_event > MAX_NODE {
            return Err(Error::from(ErrorKind::OutOfMemory));
        }
        if self.at == self.window.text().len() && !(self.at > 0 && self.window.is_last()) {
            let spare = std::mem::take(&mut self.spare);
            self.spare = self.window.cut(self.at, self.at, spare).text;
            self.at = 0;
            self.window.fill();
        }
        Ok(&self.window.text()[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        self.since_event += count;
    }
}
