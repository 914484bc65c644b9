//! The parts of a message (RFC 2045, 2046): texts are emitted, everything else is read as what it is.

use std::borrow::Cow;
use std::io::Cursor;

use mail_parser::ContentType;

use super::charset;
use super::headers::{Entity, decode_words};
use super::html_text::Words;
use super::uuencode::find_uuencoded;
use crate::extract::compose::{Composer, Value};
use crate::extract::head::Bytes;
use crate::extract::job::Job;
use crate::extract::transfer;
use crate::model::{FieldKind, Reason, Step, Text};

/// Multiparts within each other that are looked into.
const DEEPEST: u32 = 24;
/// OID 1.2.840.113549.1.7.2, signed data: how an S/MIME body begins that can be read (RFC 5652).
const SIGNED: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
const PGP_MESSAGE: &[u8] = b"-----BEGIN PGP MESSAGE-----";

/// Reads a message's parts.
pub(super) struct Reader<'c> {
    composer: &'c mut Composer,
    /// Parts that have no name are numbered.
    count: u32,
    /// What the plain form of the alternatives at hand says.
    words: Option<Words>,
}

/// A part as its fields describe it.
struct Part<'a> {
    kind: String,
    content: Option<ContentType<'static>>,
    /// The file name it is given.
    name: Option<String>,
    entity: &'a Entity<'a>,
}

impl<'a> Part<'a> {
    fn of(entity: &'a Entity<'a>, default: &str) -> Self {
        let content = entity.content("Content-Type");
        let kind = content.as_ref().map_or_else(
            || default.to_owned(),
            |it| format!("{}/{}", it.ctype(), it.subtype().unwrap_or_default()).to_ascii_lowercase(),
        );
        let disposition = entity.content("Content-Disposition");
        let named = |it: &Option<ContentType<'static>>, key| it.as_ref()?.attribute(key).map(str::to_owned);
        let name = named(&disposition, "filename").or_else(|| named(&content, "name"));
        let name = name.map(|it| decode_words(&it).into_owned()).filter(|it| !it.trim().is_empty());
        Part { kind, content, name, entity }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.content.as_ref()?.attribute(name)
    }

    /// The body without its transfer encoding.
    fn decoded(&self) -> Cow<'a, [u8]> {
        let encoding = self.entity.field("Content-Transfer-Encoding").unwrap_or_default().trim_ascii();
        let encoding = encoding.split(|it| matches!(it, b';' | b' ')).next().unwrap_or_default();
        let is = |name: &[u8]| encoding.eq_ignore_ascii_case(name);
        if is(b"base64") {
            return Cow::Owned(transfer::base64(self.entity.body));
        }
        if is(b"quoted-printable") {
            return Cow::Owned(transfer::quoted_printable(self.entity.body));
        }
        Cow::Borrowed(self.entity.body)
    }

    /// The body as UTF-8.
    fn text(&self) -> Cow<'a, [u8]> {
        match self.decoded() {
            Cow::Borrowed(bytes) => charset::decode(bytes, self.attribute("charset")),
            Cow::Owned(bytes) => Cow::Owned(charset::decode(&bytes, self.attribute("charset")).into_owned()),
        }
    }
}

impl<'c> Reader<'c> {
    pub(super) fn new(composer: &'c mut Composer) -> Self {
        Reader { composer, count: 0, words: None }
    }

    /// Reads a message's body; false where the receiver wants no more.
    pub(super) fn read(&mut self, job: &mut Job<'_>, message: &Entity<'_>) -> bool {
        self.read_part(job, &Part::of(message, "text/plain"), 0)
    }

    fn read_part(&mut self, job: &mut Job<'_>, part: &Part<'_>, depth: u32) -> bool {
        if part.kind.starts_with("multipart/")
            && let Some(boundary) = part.attribute("boundary")
            && let Some(pieces) = split(part.entity.body, boundary.as_bytes())
        {
            return self.read_pieces(job, part, &pieces, depth);
        }
        match part.kind.as_str() {
            "text/html" | "application/xhtml+xml" => self.read_html(job, part),
            "message/rfc822" | "message/global" | "message/rfc822-headers" => {
                let step = self.step(part);
                job.read_inside_as(step, b"", Some("eml"), stream(&part.decoded()));
                !job.is_over()
            }
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => self.read_smime(job, part),
            _ if part.name.is_none() && is_text(&part.kind) => self.read_text(job, &part.text()),
            _ => self.read_file(job, part),
        }
    }

    fn read_pieces(&mut self, job: &mut Job<'_>, part: &Part<'_>, pieces: &Pieces<'_>, depth: u32) -> bool {
        if depth >= DEEPEST {
            job.unread(Reason::LimitDepth, None);
            return true;
        }
        if part.kind == "multipart/encrypted" {
            job.unread(Reason::Encrypted, None);
            return true;
        }
        let default = if part.kind == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let outer = (part.kind == "multipart/alternative").then(|| self.words.replace(Words::default()));
        let going = self.prose(job, pieces.before)
            && pieces.parts.iter().all(|bytes| {
                let entity = Entity::parse(bytes);
                let part = Part::of(&entity, default);
                entity.emit(job, self.composer, true) && self.read_part(job, &part, depth + 1)
            })
            && self.prose(job, pieces.after);
        if let Some(outer) = outer {
            self.words = outer;
        }
        going
    }

    /// Emits a text, and reads the files that stand in it.
    fn read_text(&mut self, job: &mut Job<'_>, text: &[u8]) -> bool {
        let mut rest = text;
        while let Some(found) = find_uuencoded(rest) {
            if !self.prose(job, found.before) {
                return false;
            }
            let step = Step::Member(Text(found.name.to_vec()));
            job.read_inside(step, found.name, Bytes::Stream(Box::new(Cursor::new(found.bytes))));
            rest = found.after;
        }
        if memchr::memmem::find(rest, PGP_MESSAGE).is_some() {
            job.unread(Reason::Encrypted, None);
        }
        if let Some(words) = &mut self.words {
            words.add(text);
        }
        self.prose(job, rest)
    }

    fn read_html(&mut self, job: &mut Job<'_>, part: &Part<'_>) -> bool {
        let text = part.text();
        if part.name.is_none() && self.words.as_ref().is_some_and(|it| it.hold(&text)) {
            return true;
        }
        let step = if part.name.is_some() { self.step(part) } else { Step::part("html") };
        job.read_inside_as(step, b"", Some("html"), stream(&text));
        !job.is_over()
    }

    fn read_smime(&mut self, job: &mut Job<'_>, part: &Part<'_>) -> bool {
        let bytes = part.decoded();
        let signed = part.attribute("smime-type").is_some_and(|it| it.to_ascii_lowercase().starts_with("signed"));
        let signed = signed || memchr::memmem::find(&bytes[..bytes.len().min(64)], SIGNED).is_some();
        let step = self.step(part);
        if !signed {
            job.unread_inside(step, Reason::Encrypted, None);
            return true;
        }
        job.unread_inside(step.clone(), Reason::Unsupported, None);
        job.read_inside_as(step, b"", Some("text"), stream(&bytes));
        !job.is_over()
    }

    /// Reads an attachment as a stream of its own.
    fn read_file(&mut self, job: &mut Job<'_>, part: &Part<'_>) -> bool {
        let name = part.name.clone().unwrap_or_default();
        let path = Value { kind: FieldKind::Path, ..Value::prose(name.as_bytes()) };
        if !name.is_empty() && !self.composer.push(job, path) {
            return false;
        }
        let bytes = if part.kind.starts_with("text/") { part.text() } else { part.decoded() };
        let step = self.step(part);
        if bytes.starts_with(PGP_MESSAGE) {
            job.unread_inside(step, Reason::Encrypted, None);
            return true;
        }
        if let Some(found) = find_uuencoded(&bytes).filter(|it| it.before.trim_ascii().is_empty()) {
            job.read_inside(step, name.as_bytes(), stream(&found.bytes));
        } else if !bytes.is_empty() {
            job.read_inside(step, name.as_bytes(), stream(&bytes));
        }
        !job.is_over()
    }

    fn step(&mut self, part: &Part<'_>) -> Step {
        self.count += 1;
        match &part.name {
            Some(name) => Step::Member(Text::from(name.as_str())),
            None => Step::Part(Cow::Owned(format!("part {}", self.count))),
        }
    }

    fn prose(&mut self, job: &mut Job<'_>, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        text.is_empty() || self.composer.push(job, Value::prose(text))
    }
}

fn stream(bytes: &[u8]) -> Bytes<'_> {
    Bytes::Stream(Box::new(bytes))
}

/// Texts that are read as lines where they have no file name.
fn is_text(kind: &str) -> bool {
    matches!(kind, "text/plain" | "text/enriched" | "text/" | "/" | "text/rfc822-headers" | "message/delivery-status")
        || kind.starts_with("multipart/")
        || kind.starts_with("message/")
}

/// The parts of a multipart body, and what stands around them.
struct Pieces<'a> {
    before: &'a [u8],
    parts: Vec<&'a [u8]>,
    after: &'a [u8],
}

/// Cuts a body at the lines that are its boundary; `None` where there is no such line.
fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Option<Pieces<'a>> {
    let delimiter = [b"--", boundary.trim_ascii_end()].concat();
    let mut pieces = Pieces { before: &[], parts: Vec::new(), after: &[] };
    let mut start = None;
    for at in memchr::memmem::find_iter(body, &delimiter) {
        let begins = at == 0 || body[at - 1] == b'\n';
        let behind = &body[at + delimiter.len()..];
        let closes = behind.starts_with(b"--");
        let line = memchr::memchr(b'\n', behind).map_or(behind.len(), |it| it + 1);
        let tail = behind[if closes { 2 } else { 0 }..line].trim_ascii();
        if !begins || !tail.is_empty() {
            continue;
        }
        match start {
            Some(start) if start <= at => pieces.parts.push(without_end(&body[start..at])),
            _ if pieces.parts.is_empty() => pieces.before = &body[..at],
            _ => {}
        }
        let next = at + delimiter.len() + line;
        start = Some(next);
        if closes {
            pieces.after = &body[next..];
            return Some(pieces);
        }
    }
    // The last part is open: all there is belongs to it.
    pieces.parts.push(&body[start?..]);
    Some(pieces)
}

/// The line end before a boundary is part of it.
fn without_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
