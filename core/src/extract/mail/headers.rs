//! Header fields of messages and their parts (RFC 5322, 2047, 2231): taken apart and emitted under their names.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address, ContentType, HeaderValue};

use crate::extract::compose::{Composer, Value};
use crate::extract::job::Job;
use crate::model::{FieldKind, Label, LabelId, NO_LABEL, Standard, StandardField, Text};

/// Fields that hold addresses.
const ADDRESSES: [&str; 17] = [
    "From",
    "To",
    "Cc",
    "Bcc",
    "Reply-To",
    "Sender",
    "Resent-From",
    "Resent-To",
    "Resent-Cc",
    "Resent-Bcc",
    "Resent-Sender",
    "Return-Receipt-To",
    "Disposition-Notification-To",
    "Errors-To",
    "Apparently-To",
    "Delivered-To",
    "X-Original-To",
];
/// Fields that one message in two begins with, and whether few other texts do.
const KNOWN: [(&str, bool); 22] = [
    ("From", true),
    ("To", true),
    ("Subject", true),
    ("Received", true),
    ("MIME-Version", true),
    ("Return-Path", true),
    ("Message-ID", true),
    ("Delivered-To", true),
    ("X-Mailer", true),
    ("Cc", false),
    ("Bcc", false),
    ("Date", false),
    ("Sender", false),
    ("Reply-To", false),
    ("In-Reply-To", false),
    ("References", false),
    ("Content-Type", false),
    ("Content-Transfer-Encoding", false),
    ("DKIM-Signature", false),
    ("X-Received", false),
    ("Envelope-To", false),
    ("Authentication-Results", false),
];
/// Fields that say how a part is encoded, which the bytes read say better.
const MECHANICS: [&str; 3] = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
/// Lines looked at to tell a message.
const MOST_SNIFFED: usize = 200;
/// Bytes behind which a field is cut into prose.
const SHORT: usize = 200;

/// One field as it stands there, folded.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
}

/// A message or a part of one, cut in two.
#[derive(Default)]
pub(super) struct Entity<'a> {
    pub(super) fields: Vec<Field<'a>>,
    /// Lines among the fields that are none.
    odd: Vec<&'a [u8]>,
    pub(super) body: &'a [u8],
}

/// True where the stream begins with at least two fields that messages have.
pub(super) fn sniff(raw: &[u8]) -> bool {
    let text = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw).trim_ascii_start();
    let mut seen = [false; KNOWN.len()];
    for (index, line) in text.split_inclusive(|it| *it == b'\n').take(MOST_SNIFFED).enumerate() {
        // Of a mailbox's line, which names a sender, something may be left.
        let passed = if index == 0 { is_from_line(line) } else { is_folded(line) || line.contains(&b':') };
        if line.trim_ascii().is_empty() || line.contains(&0) {
            break;
        }
        let Some(field) = field_of(line) else {
            if passed {
                continue;
            }
            break;
        };
        if let Some(known) = KNOWN.iter().position(|it| field.name.eq_ignore_ascii_case(it.0.as_bytes())) {
            seen[known] = true;
        }
    }
    let told = KNOWN.iter().zip(seen).any(|(it, seen)| it.1 && seen);
    told && seen.iter().filter(|it| **it).count() >= 2
}

fn is_folded(line: &[u8]) -> bool {
    line.starts_with(b" ") || line.starts_with(b"\t")
}

fn is_from_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

/// The field that a line begins; `None` where it begins none.
fn field_of(line: &[u8]) -> Option<Field<'_>> {
    let colon = memchr::memchr(b':', &line[..line.len().min(128)])?;
    let name = line[..colon].trim_ascii_end();
    let sound = !name.is_empty() && name.iter().all(|it| matches!(it, b'!'..=b'~'));
    sound.then(|| Field { name, value: &line[colon + 1..] })
}

impl<'a> Entity<'a> {
    /// Cuts behind the fields: at the first empty line, or before the first one that is no field where none follows.
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let mut entity = Entity::default();
        let mut at = 0;
        while at < bytes.len() {
            let line = line_at(bytes, at);
            if line.trim_ascii().is_empty() && (!entity.fields.is_empty() || !entity.odd.is_empty() || at == 0) {
                entity.body = &bytes[at + line.len()..];
                return entity;
            }
            if let Some(field) = field_of(line) {
                let end = end_of_folded(bytes, at + line.len());
                entity.fields.push(Field { value: &bytes[at + line.len() - field.value.len()..end], ..field });
                at = end;
                continue;
            }
            let next = line_at(bytes, at + line.len());
            if field_of(next).is_none() {
                break;
            }
            entity.odd.push(line);
            at += line.len();
        }
        entity.body = &bytes[at..];
        entity
    }

    /// The first field of that name.
    pub(super) fn field(&self, name: &str) -> Option<&'a [u8]> {
        let found = self.fields.iter().find(|it| it.name.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|it| it.value)
    }

    /// The first field of that name, as kind and attributes.
    pub(super) fn content(&self, name: &str) -> Option<ContentType<'static>> {
        let line = whole_line(self.field(name)?);
        let value = MessageStream::new(&line).parse_content_type().into_owned();
        value.into_content_type()
    }

    /// Emits the fields, of a message all of them, of a part those that say more than how it is encoded; false where the
    /// receiver wants no more.
    pub(super) fn emit(&self, job: &mut Job<'_>, composer: &mut Composer, is_part: bool) -> bool {
        let wanted = |field: &&Field<'_>| {
            let is = |name: &&str| field.name.eq_ignore_ascii_case(name.as_bytes());
            !(MECHANICS.iter().any(is) || is_part && is(&"Content-Disposition"))
        };
        let odd = self.odd.iter().all(|line| put(job, composer, NO_LABEL, line, FieldKind::Narrative));
        odd && self.fields.iter().filter(wanted).all(|it| emit_field(job, composer, it))
    }
}

fn line_at(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at..];
    &rest[..memchr::memchr(b'\n', rest).map_or(rest.len(), |it| it + 1)]
}

/// Where the lines end that begin with a blank and are not empty.
fn end_of_folded(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t') = bytes.get(at) {
        let line = line_at(bytes, at);
        if line.trim_ascii().is_empty() {
            break;
        }
        at += line.len();
    }
    at
}

/// The value as UTF-8 with a line end, as the parsers want it.
fn whole_line(value: &[u8]) -> Vec<u8> {
    let mut line = super::charset::decode(value, None).into_owned();
    let end = line.trim_ascii_end().len();
    line.truncate(end);
    line.push(b'\n');
    line
}

fn emit_field(job: &mut Job<'_>, composer: &mut Composer, field: &Field<'_>) -> bool {
    let line = whole_line(field.value);
    let known = ADDRESSES.iter().find(|it| field.name.eq_ignore_ascii_case(it.as_bytes()));
    if let Some(name) = known {
        let value = MessageStream::new(&line).parse_address();
        if let HeaderValue::Address(address) = value {
            return emit_addresses(job, composer, name, &address);
        }
    }
    let value = MessageStream::new(&line).parse_unstructured();
    let text = value.as_text().map_or(line.trim_ascii(), str::as_bytes);
    let is_prose = text.len() > SHORT || field.name.eq_ignore_ascii_case(b"Subject");
    let kind = if is_prose { FieldKind::Narrative } else { FieldKind::Structured };
    let label = composer.named(field.name);
    put(job, composer, label, text, kind)
}

fn emit_addresses(job: &mut Job<'_>, composer: &mut Composer, field: &str, address: &Address<'_>) -> bool {
    match address {
        Address::List(list) => list.iter().all(|it| emit_address(job, composer, field, it)),
        Address::Group(groups) => groups.iter().all(|group| {
            let label = composer.named(field.as_bytes());
            let name = group.name.as_deref().unwrap_or_default();
            put(job, composer, label, name.as_bytes(), FieldKind::Structured)
                && group.addresses.iter().all(|it| emit_address(job, composer, field, it))
        }),
    }
}

fn emit_address(job: &mut Job<'_>, composer: &mut Composer, field: &str, address: &Addr<'_>) -> bool {
    let name = address.name.as_deref().unwrap_or_default();
    let address = address.address.as_deref().unwrap_or_default();
    emit_correspondent(job, composer, field, name, address)
}

/// Emits who sent or received a message: the display name and the address, apart.
pub(super) fn emit_correspondent(
    job: &mut Job<'_>,
    composer: &mut Composer,
    field: &str,
    name: &str,
    address: &str,
) -> bool {
    let name = name.trim_matches(|it: char| it.is_whitespace() || matches!(it, '"' | '\''));
    let address = address.trim();
    let is_name = !name.contains('@') || name.contains(' ');
    let part = if is_name { ".name" } else { ".address" };
    let label = label_of(composer, field, part);
    if name != address && !put(job, composer, label, name.as_bytes(), FieldKind::Structured) {
        return false;
    }
    // A name alone in an address field is a name; Exchange has addresses of its own (`/O=…/CN=…`).
    let label = match (address.contains('@'), address.contains('=')) {
        (true, _) => label_of(composer, field, ".address"),
        (false, true) => composer.named(field.as_bytes()),
        (false, false) => label_of(composer, field, ".name"),
    };
    put(job, composer, label, address.as_bytes(), FieldKind::Structured)
}

/// The label of a name or an address in a field: its table says that it is one.
fn label_of(composer: &mut Composer, field: &str, part: &str) -> LabelId {
    let key = Text::from(format!("{field}{part}").as_str());
    let standard = Some(StandardField { standard: Standard::Mail, key, within: Text::default() });
    composer.label(Label { name: Text::from(field), standard, ..Label::default() })
}

fn put(job: &mut Job<'_>, composer: &mut Composer, label: LabelId, text: &[u8], kind: FieldKind) -> bool {
    let text = text.trim_ascii();
    text.is_empty() || composer.push(job, Value { text, label, record: 1, kind, at: None })
}

/// A text that may hold encoded words (RFC 2047), decoded.
pub(super) fn decode_words(text: &str) -> Cow<'_, str> {
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let line = whole_line(text.as_bytes());
    let value = MessageStream::new(&line).parse_unstructured().into_owned();
    value.into_text().unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_by_two_of_its_fields() {
        assert!(sniff(b"From: a@example.org\r\nSubject: x\r\n\r\nbody"));
        assert!(sniff(b"From a@example.org\nTo: b\nSubject: x\n\n"));
        assert!(sniff(b"X-A: 1\nReceived: from x\n\tby y\nDate: z\n\n"));
        assert!(!sniff(b"From: the desk of Dr. Roe\nPatient seen today\nSubject: x\n"));
        assert!(!sniff(b"Date: 1\nContent-Type: x\n\n") && !sniff(b"From: x\n\nTo: y\n") && !sniff(b""));
    }

    #[test]
    fn fields_end_where_none_follow() {
        let entity = Entity::parse(b"A: 1\n 2\n>From odd\nB: 3\nthis is: no field\nC: 4\n\nX");
        assert_eq!(entity.fields.len(), 3);
        assert_eq!((entity.field("a"), entity.odd.len()), (Some(&b" 1\n 2\n"[..]), 2));
        assert_eq!(entity.body, b"X");
        assert_eq!(Entity::parse(b"A: 1\nhello there\nyou\n").body, b"hello there\nyou\n");
        assert_eq!(Entity::parse(b"\nA: 1\n").body, b"A: 1\n");
    }
}
