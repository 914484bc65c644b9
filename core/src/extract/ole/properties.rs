//! The property sets of a document (MS-OLEPS): who wrote it, for whom, what it is called, properties of people's own.

use encoding_rs::{Encoding, UTF_16LE, WINDOWS_1252};

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::super::office::number::{self, Shown};
use super::super::rtf::charset;
use super::Container;
use super::bytes::{f64_at, slice, u16_at, u32_at, u64_at};
use crate::model::{FieldKind, Step};

/// Bytes of a property set that are read.
const MOST: u64 = 4 << 20;
/// Properties of one set, and values of one property.
const MAX_COUNT: usize = 4096;
/// Bytes from which on a text is prose.
const PROSE: usize = 256;

/// Named as Office Open XML names them (docProps).
const SUMMARY: [(u32, &str); 11] = [
    (2, "title"),
    (3, "subject"),
    (4, "creator"),
    (5, "keywords"),
    (6, "description"),
    (7, "Template"),
    (8, "lastModifiedBy"),
    (11, "lastPrinted"),
    (12, "created"),
    (13, "modified"),
    (18, "Application"),
];
const DOCUMENT: [(u32, &str); 5] =
    [(2, "category"), (13, "TitlesOfParts"), (14, "Manager"), (15, "Company"), (26, "contentType")];
/// The set of properties that people named themselves (FMTID_UserDefinedProperties), and the document's own.
const CUSTOM: [u8; 4] = [0x05, 0xD5, 0xCD, 0xD5];

/// Emits the properties of the document in that storage; false where the receiver wants no more.
pub(in super::super) fn read(job: &mut Job<'_>, container: &mut Container<'_>, root: &str) -> bool {
    let mut out = Composer::inside(job, Step::part("properties"));
    for (stream, names) in [("\x05SummaryInformation", &SUMMARY[..]), ("\x05DocumentSummaryInformation", &DOCUMENT)] {
        let path = format!("{root}/{stream}");
        let Some(bytes) = super::read_stream(job, container, &path, MOST) else { continue };
        for (name, text) in parse(&bytes, names) {
            let label = out.named(name.as_bytes());
            let kind = if text.len() > PROSE { FieldKind::Narrative } else { FieldKind::Structured };
            if !out.push(job, Value { kind, ..Value::structured(text.trim().as_bytes(), label, 1) }) {
                return false;
            }
        }
    }
    out.flush(job)
}

/// Names and values of all sets in a stream, as far as they are there.
fn parse(bytes: &[u8], names: &[(u32, &str)]) -> Vec<(String, String)> {
    let sets = u32_at(bytes, 24).unwrap_or(0).min(2) as usize;
    let mut found = Vec::new();
    for index in 0..sets {
        let entry = 28 + index * 20;
        let Some(at) = u32_at(bytes, entry + 16) else { break };
        let set = bytes.get(at as usize..).unwrap_or_default();
        let custom = slice(bytes, entry, 4) == CUSTOM;
        parse_set(set, if custom { &[] } else { names }, custom, &mut found);
    }
    found
}

fn parse_set(set: &[u8], names: &[(u32, &str)], custom: bool, found: &mut Vec<(String, String)>) {
    let count = (u32_at(set, 4).unwrap_or(0) as usize).min(MAX_COUNT);
    let place = |index: usize| Some((u32_at(set, 8 + index * 8)?, u32_at(set, 12 + index * 8)? as usize));
    let places: Vec<(u32, usize)> = (0..count).map_while(place).collect();
    let at = |id: u32| places.iter().find(|it| it.0 == id).map(|it| it.1);
    let page = at(1).and_then(|at| u16_at(set, at + 4)).unwrap_or(1252);
    let encoding = if page == 1200 { UTF_16LE } else { charset::of_page(i32::from(page)).unwrap_or(WINDOWS_1252) };
    let own = if custom { at(0).map(|at| dictionary(set, at, encoding)).unwrap_or_default() } else { Vec::new() };
    let mut size = 0;
    for &(id, at) in places.iter().filter(|it| it.0 > 1) {
        let known = names.iter().find(|it| it.0 == id).map(|it| it.1.to_owned());
        let Some(name) = known.or_else(|| own.iter().find(|it| it.0 == id).map(|it| it.1.clone())) else { continue };
        let kind = u16_at(set, at).unwrap_or(0);
        for text in values(set, kind, at + 4, encoding).into_iter().filter(|it| !it.trim().is_empty()) {
            size += text.len();
            // Properties may all lie at one place.
            if size <= set.len() * 4 {
                found.push((name.clone(), text));
            }
        }
    }
}

/// The names that people gave.
fn dictionary(set: &[u8], at: usize, encoding: &'static Encoding) -> Vec<(u32, String)> {
    let (mut names, mut at) = (Vec::new(), at + 4);
    let count = (u32_at(set, at - 4).unwrap_or(0) as usize).min(MAX_COUNT);
    for _ in 0..count {
        let (Some(id), Some(len)) = (u32_at(set, at), u32_at(set, at + 4)) else { break };
        let wide = encoding == UTF_16LE;
        let len = (len as usize).min(MAX_COUNT) * if wide { 2 } else { 1 };
        names.push((id, text(slice(set, at + 8, len), encoding)));
        at += 8 + if wide { len.next_multiple_of(4) } else { len };
    }
    names
}

/// The values of a property whose type is `kind`; several where it is a list.
fn values(set: &[u8], kind: u16, at: usize, encoding: &'static Encoding) -> Vec<String> {
    if kind & 0x1000 == 0 {
        return value(set, kind, at, encoding).map(|it| it.0).into_iter().collect();
    }
    let (mut found, mut at) = (Vec::new(), at + 4);
    for _ in 0..(u32_at(set, at - 4).unwrap_or(0) as usize).min(MAX_COUNT) {
        let mut kind = kind & 0xFFF;
        if kind == 0x0C {
            let Some(own) = u16_at(set, at) else { break };
            (kind, at) = (own, at + 4);
        }
        let Some((text, len)) = value(set, kind, at, encoding) else { break };
        // Numbers among the titles of parts count them.
        if kind >= 0x1E {
            found.push(text);
        }
        at += len;
    }
    found
}

/// A value and how long it is in the file.
fn value(set: &[u8], kind: u16, at: usize, encoding: &'static Encoding) -> Option<(String, usize)> {
    let len = || u32_at(set, at).map(|it| it as usize);
    Some(match kind {
        0x02 => ((u16_at(set, at)? as i16).to_string(), 4),
        0x03 => ((u32_at(set, at)? as i32).to_string(), 4),
        0x05 => (f64_at(set, at)?.to_string(), 8),
        0x0B => (String::new(), 4),
        0x1E => (text(slice(set, at + 4, len()?), encoding), 4usize.saturating_add(len()?)),
        0x1F => {
            (text(slice(set, at + 4, len()?.saturating_mul(2)), UTF_16LE), len()?.saturating_mul(2).saturating_add(4))
        }
        0x40 => (time(u64_at(set, at)?), 8),
        _ => return None,
    })
}

fn text(bytes: &[u8], encoding: &'static Encoding) -> String {
    let text = encoding.decode_without_bom_handling(bytes).0;
    text.split('\0').next().unwrap_or_default().to_owned()
}

/// Ticks of 100 ns since 1601; short ones are durations, or nothing.
fn time(ticks: u64) -> String {
    const DAY: f64 = 864_000_000_000.0;
    // 1601-01-01 is day -109,205 of the epoch of sheets.
    let days = ticks as f64 / DAY - 109_205.0;
    if days < 1.0 {
        String::new()
    } else {
        number::show(&days.to_string(), &Shown::Date { day: true, time: true }, false)
    }
}
