//! Contact cards (vCard), calendars (iCalendar) and directories (LDIF): lines of names and values. Fetches nothing.

use std::borrow::Cow;
use std::io::{BufRead, Cursor, Read};

use super::block::Utf8;
use super::compose::{Composer, Value};
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use super::transfer;
use crate::model::{FieldKind, Label, LabelId, Reason, Standard, StandardField, Step, Text};

/// Bytes of one line, unfolded, that are read.
const LONGEST: usize = 16 << 20;
/// Bytes behind which a value is prose.
const SHORT: usize = 200;
/// What the components of a value are called that has some (RFC 6350, 6.2.2 and 6.3.1).
const COMPONENTS: [(&str, &[&str]); 2] = [
    ("N", &["family", "given", "middle", "prefix", "suffix"]),
    ("ADR", &["box", "extended", "street", "city", "state", "zip", "country"]),
];
/// Properties whose values are text for people.
const PROSE: [&str; 6] = ["NOTE", "SUMMARY", "DESCRIPTION", "COMMENT", "LOCATION", "X-ALT-DESC"];
/// Marks of structure.
const MARKS: [&str; 5] = ["BEGIN", "END", "VERSION", "PRODID", "CALSCALE"];
/// How addresses are written as such.
const SCHEMES: [&str; 3] = ["mailto:", "tel:", "geo:"];

pub(super) fn is_vcard(head: &Head<'_>) -> bool {
    begins(head.text(), b"BEGIN:VCARD")
}

pub(super) fn is_calendar(head: &Head<'_>) -> bool {
    begins(head.text(), b"BEGIN:VCALENDAR")
}

/// True where the first entry is named and has an attribute.
pub(super) fn is_ldif(head: &Head<'_>) -> bool {
    let lines = head.text().split(|it| *it == b'\n').map(<[u8]>::trim_ascii_end);
    let mut lines = lines.filter(|it| !it.is_empty() && !it.starts_with(b"#") && !begins(it, b"version:"));
    let Some(dn) = lines.next() else { return false };
    let named = dn.contains(&b'=') || begins(dn, b"dn::");
    begins(dn, b"dn:") && named && lines.next().is_some_and(|it| it.contains(&b':') || it.starts_with(b" "))
}

fn begins(text: &[u8], what: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    text.len() >= what.len() && text[..what.len()].eq_ignore_ascii_case(what)
}

pub(super) fn read_vcards(job: &mut Job<'_>, stream: Stream<'_>) {
    read_properties(job, stream, |name, value| name == "BEGIN" && value.eq_ignore_ascii_case(b"VCARD"));
}

pub(super) fn read_calendar(job: &mut Job<'_>, stream: Stream<'_>) {
    // Alarms belong to their events.
    read_properties(job, stream, |name, value| name == "BEGIN" && !value.eq_ignore_ascii_case(b"VALARM"));
}

/// Reads properties to the end; those for which `opens` is true begin another record.
fn read_properties(job: &mut Job<'_>, stream: Stream<'_>, opens: fn(&str, &[u8]) -> bool) {
    let mut lines = Lines::new(Utf8::new(stream.into_window()));
    let mut writer = Writer { composer: Composer::new(job), record: 1, empty: true };
    while let Some(line) = lines.next(job) {
        let Some(property) = Property::parse(&line) else {
            if !writer.put(job, "", &line) {
                return;
            }
            continue;
        };
        let going = if opens(&property.name, property.value.trim_ascii()) {
            writer.next_record();
            true
        } else {
            writer.property(job, &property)
        };
        if !going {
            return;
        }
    }
    writer.composer.flush(job);
}

/// Reads a stream to its end as LDIF (RFC 2849).
pub(super) fn read_ldif(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut lines = Lines::new(Utf8::new(stream.into_window()));
    let mut writer = Writer { composer: Composer::new(job), record: 1, empty: true };
    while let Some(line) = lines.next(job) {
        let going = match memchr::memchr(b':', &line) {
            _ if line.is_empty() || line == b"-" => {
                if line.is_empty() {
                    writer.next_record();
                }
                true
            }
            Some(colon) if line[0] != b'#' => writer.attribute(job, &line[..colon], &line[colon + 1..]),
            _ => writer.put(job, "", &line),
        };
        if !going {
            return;
        }
    }
    writer.composer.flush(job);
}

/// One line of a card or calendar: `group.NAME;PARAMETER=value:VALUE`.
struct Property<'a> {
    name: String,
    parameters: Vec<(String, &'a [u8])>,
    value: &'a [u8],
}

impl<'a> Property<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        let (mut quoted, mut start, mut parts) = (false, 0, Vec::new());
        for (at, byte) in line.iter().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b';' if !quoted => {
                    parts.push(&line[start..at]);
                    start = at + 1;
                }
                b':' if !quoted => {
                    parts.push(&line[start..at]);
                    let (name, parameters) = parts.split_first()?;
                    let name = name.rsplit(|it| *it == b'.').next().unwrap_or(name);
                    let sound = !name.is_empty() && name.iter().all(|it| it.is_ascii_alphanumeric() || *it == b'-');
                    let name = String::from_utf8_lossy(name).to_ascii_uppercase();
                    let parameters = parameters.iter().map(|it| parameter(it)).collect();
                    return sound.then(|| Property { name, parameters, value: &line[at + 1..] });
                }
                _ => {}
            }
        }
        None
    }

    fn parameter(&self, name: &str) -> Option<&'a [u8]> {
        self.parameters.iter().find(|it| it.0 == name).map(|it| it.1)
    }

    /// True where its encoding is that one; vCard 2.1 leaves out what it is the value of.
    fn is_encoded(&self, names: &[&str]) -> bool {
        let value = self.parameter("ENCODING").unwrap_or_default();
        names
            .iter()
            .any(|it| value.eq_ignore_ascii_case(it.as_bytes()) || self.parameters.iter().any(|has| has.0 == *it))
    }
}

/// `NAME=value`, without quotes.
fn parameter(text: &[u8]) -> (String, &[u8]) {
    let equals = memchr::memchr(b'=', text).unwrap_or(text.len());
    let value = text.get(equals + 1..).unwrap_or_default();
    let value = value.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(value);
    (String::from_utf8_lossy(&text[..equals]).trim().to_ascii_uppercase(), value)
}

struct Writer {
    composer: Composer,
    record: u64,
    /// Nothing was put out for the record at hand.
    empty: bool,
}

impl Writer {
    fn next_record(&mut self) {
        self.record += u64::from(!self.empty);
        self.empty = true;
    }

    fn property(&mut self, job: &mut Job<'_>, property: &Property<'_>) -> bool {
        let name = property.name.as_str();
        if MARKS.contains(&name) {
            return true;
        }
        if let Some(cn) = property.parameter("CN")
            && !self.put(job, &format!("{name}.name"), cn)
        {
            return false;
        }
        if property.is_encoded(&["B", "BASE64"]) {
            return self.binary(job, name, transfer::base64(property.value));
        }
        if let Some(at) = memchr::memmem::find(property.value, b";base64,").filter(|_| begins(property.value, b"data:"))
        {
            return self.binary(job, name, transfer::base64(&property.value[at + 8..]));
        }
        let value = if property.is_encoded(&["QUOTED-PRINTABLE"]) {
            let charset = property.parameter("CHARSET").and_then(encoding_rs::Encoding::for_label);
            let bytes = transfer::quoted_printable(property.value);
            let decoded = charset.map(|it| it.decode_without_bom_handling(&bytes).0.into_owned().into_bytes());
            Cow::Owned(decoded.unwrap_or(bytes))
        } else {
            Cow::Borrowed(property.value)
        };
        match COMPONENTS.iter().find(|it| it.0 == name) {
            Some((_, components)) => self.components(job, name, components, &value),
            None => self.put(job, name, without_scheme(&unescaped(&value))),
        }
    }

    fn components(&mut self, job: &mut Job<'_>, name: &str, components: &[&str], value: &[u8]) -> bool {
        let parts = split_unescaped(value);
        parts.iter().enumerate().all(|(index, part)| {
            let key = components.get(index).map_or_else(|| name.to_owned(), |it| format!("{name}.{it}"));
            self.put(job, &key, &unescaped(part))
        })
    }

    /// Puts out an LDIF attribute: `: text`, `:: base64`, `:< URL`.
    fn attribute(&mut self, job: &mut Job<'_>, name: &[u8], value: &[u8]) -> bool {
        // `cn;lang-en` is a `cn`.
        let name = String::from_utf8_lossy(name.split(|it| *it == b';').next().unwrap_or(name)).into_owned();
        let Some(encoded) = value.strip_prefix(b":") else {
            return self.put(job, &name, value.strip_prefix(b"<").unwrap_or(value));
        };
        let bytes = transfer::base64(encoded);
        let is_text = std::str::from_utf8(&bytes).is_ok_and(|it| !it.contains('\0'));
        if is_text { self.put(job, &name, &bytes) } else { self.binary(job, &name, bytes) }
    }

    fn binary(&mut self, job: &mut Job<'_>, name: &str, bytes: Vec<u8>) -> bool {
        self.empty = false;
        let step = Step::Part(Cow::Owned(name.to_owned()));
        job.read_inside(step, b"", Bytes::Stream(Box::new(Cursor::new(bytes))));
        !job.is_over()
    }

    fn put(&mut self, job: &mut Job<'_>, key: &str, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        if text.is_empty() {
            return true;
        }
        self.empty = false;
        let kind = if text.len() > SHORT || key.is_empty() || PROSE.contains(&key) {
            FieldKind::Narrative
        } else {
            FieldKind::Structured
        };
        let label = self.label(key);
        self.composer.push(job, Value { text, label, record: self.record, kind, at: None })
    }

    fn label(&mut self, key: &str) -> LabelId {
        if key.is_empty() {
            return crate::model::NO_LABEL;
        }
        let standard = StandardField { standard: Standard::Mail, key: Text::from(key), within: Text::default() };
        self.composer.label(Label { name: Text::from(key), standard: Some(standard), ..Label::default() })
    }
}

fn without_scheme(value: &[u8]) -> &[u8] {
    let found = SCHEMES.iter().find(|it| begins(value, it.as_bytes()));
    found.map_or(value, |it| &value.trim_ascii_start()[it.len()..])
}

/// Cuts a value at the semicolons that have no backslash before them.
fn split_unescaped(value: &[u8]) -> Vec<&[u8]> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, byte) in value.iter().enumerate() {
        if *byte == b';' && !escaped {
            parts.push(&value[start..at]);
            start = at + 1;
        }
        escaped = *byte == b'\\' && !escaped;
    }
    parts.push(&value[start..]);
    parts
}

/// A text without backslashes (RFC 6350, 3.4).
fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.iter().copied();
    while let Some(byte) = bytes.next() {
        match if byte == b'\\' { bytes.next() } else { None } {
            Some(b'n' | b'N') => out.push(b'\n'),
            Some(escaped) => out.push(escaped),
            None => out.push(byte),
        }
    }
    Cow::Owned(out)
}

/// Lines without their folds.
struct Lines<R> {
    input: R,
    /// The physical line behind the one at hand.
    ahead: Option<Vec<u8>>,
}

impl<R: BufRead> Lines<R> {
    fn new(input: R) -> Self {
        Lines { input, ahead: None }
    }

    /// The next line; what of it is too long is reported and left out.
    fn next(&mut self, job: &mut Job<'_>) -> Option<Vec<u8>> {
        let mut line = match self.ahead.take() {
            Some(line) => line,
            None => self.physical()?,
        };
        let mut cut = false;
        let soft = is_quoted_printable(&line);
        while let Some(next) = self.physical() {
            // vCard 2.1 ends a line that goes on with an equals sign instead of folding it.
            let joined = soft && line.ends_with(b"=");
            let folded = !line.is_empty() && matches!(next.first(), Some(b' ' | b'\t'));
            if !joined && !folded {
                self.ahead = Some(next);
                break;
            }
            let rest = if joined { &next[..] } else { &next[1..] };
            if joined {
                line.pop();
            }
            cut |= line.len() + rest.len() > LONGEST;
            if line.len() + rest.len() <= LONGEST {
                line.extend_from_slice(rest);
            }
        }
        if cut {
            job.unread(Reason::LimitBytes, None);
        }
        Some(line)
    }

    /// A line as it stands there, or as much of it as may be held.
    fn physical(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        // Readers below end at errors and note why.
        let _ = (&mut self.input).take(LONGEST as u64).read_until(b'\n', &mut line);
        if line.is_empty() {
            return None;
        }
        let end = line.strip_suffix(b"\n").map_or(&line[..], |it| it.strip_suffix(b"\r").unwrap_or(it)).len();
        line.truncate(end);
        Some(line)
    }
}

fn is_quoted_printable(line: &[u8]) -> bool {
    let head = &line[..memchr::memchr(b':', line).unwrap_or(0)];
    head.windows(16).any(|it| it.eq_ignore_ascii_case(b"QUOTED-PRINTABLE"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::run;
    use crate::model::{Reason, SourceState};

    #[test]
    fn cards_are_records_of_named_values() {
        let (kept, extraction) = run(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Q. Doe\r\nN:Doe;Jane;Q.;;\r\n\
            item1.TEL;TYPE=cell:tel:+1-555-010-0199\r\nADR:;;12 Elm\\, East;Spring\r\n field;IL;62701;US\r\n\
            END:VCARD\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:caf=E9 =\r\n\
            open=0Aat 9\r\nPHOTO;ENCODING=b:iVBORw0KGgoAAAAASUVORK5CYII=\r\nEND:VCARD\r\n");
        assert_eq!((extraction.format, extraction.reason), ("vcard", Some(Reason::ImageContent)));
        assert_eq!(
            kept.pairs(),
            [
                "FN=Jane Q. Doe",
                "N.family=Doe",
                "N.given=Jane",
                "N.middle=Q.",
                "TEL=+1-555-010-0199",
                "ADR.street=12 Elm, East",
                "ADR.city=Springfield",
                "ADR.state=IL",
                "ADR.zip=62701",
                "ADR.country=US",
                "NOTE=café open\nat 9",
            ]
        );
        let fields = kept.fields();
        assert_eq!(fields[0].record, fields[9].record);
        assert_eq!(fields[10].record, fields[0].record + 1);
    }

    #[test]
    fn people_of_events_have_names_and_addresses() {
        let (kept, extraction) = run(b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Follow-up\\, J. Doe\n\
            ORGANIZER;CN=\"Roe; Dr\":MAILTO:roe@example.org\nDTSTART:20261101T100000Z\nEND:VEVENT\nEND:VCALENDAR\n");
        assert_eq!((extraction.format, extraction.state), ("icalendar", SourceState::Complete));
        assert_eq!(
            kept.pairs(),
            [
                "SUMMARY=Follow-up, J. Doe",
                "ORGANIZER.name=Roe; Dr",
                "ORGANIZER=roe@example.org",
                "DTSTART=20261101T100000Z",
            ]
        );
    }

    #[test]
    fn entries_of_a_directory_are_records() {
        let (kept, extraction) =
            run(b"version: 1\n# people\ndn: cn=Jane Doe,dc=example,dc=org\ncn: Jane\n  Doe\nsn:: RG/DqQ==\n\n\
            dn: cn=R\nmail: r@example.org\n-\n");
        assert_eq!((extraction.format, extraction.state), ("ldif", SourceState::Complete));
        assert_eq!(
            kept.pairs(),
            [
                "version=1",
                "=# people",
                "dn=cn=Jane Doe,dc=example,dc=org",
                "cn=Jane Doe",
                "sn=Doé",
                "dn=cn=R",
                "mail=r@example.org",
            ]
        );
        assert_eq!(kept.fields().iter().map(|it| it.record).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 2, 2]);
    }
}
