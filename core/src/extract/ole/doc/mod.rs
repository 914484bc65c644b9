//! Documents of Word 6 to 2003 (MS-DOC): text by its pieces, notes, headers, remarks, boxes, authors.

mod fib;
mod lists;
mod looks;
mod pieces;
mod story;

use std::borrow::Cow;
use std::ops::Range;

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::bytes::{slice, u16_at, utf16};
use super::{Container, objects, pictures, properties};
use crate::model::{FieldKind, Reason, Step};
use fib::Fib;
use lists::Numbers;

#[cfg(test)]
mod tests;

/// Bytes of a stream that are read.
const MOST: u64 = 128 << 20;
/// Names in one list.
const MAX_NAMES: usize = 1 << 14;

/// Reads the document in that storage of a compound file.
pub(super) fn read(job: &mut Job<'_>, container: &mut Container<'_>, root: &str) {
    let Some(main) = super::read_stream(job, container, &format!("{root}/WordDocument"), MOST) else { return };
    let going = match Fib::read(&main) {
        Some(fib) if fib.is_encrypted => {
            job.unread(Reason::Encrypted, None);
            properties::read(job, container, root);
            return;
        }
        Some(fib) => {
            let path = format!("{root}/{}", fib.table);
            let table = match fib.is_old {
                true => None,
                false => super::read_stream(job, container, &path, MOST),
            };
            pictures::report(job, &main, main.len());
            if let Some(data) = super::read_stream(job, container, &format!("{root}/Data"), MOST) {
                pictures::report(job, &data, data.len());
            }
            read_text(job, &main, table.as_deref().unwrap_or(&main), &fib)
        }
        None => {
            job.unread(Reason::Unsupported, None);
            super::read_printable(job, &main)
        }
    };
    if going && properties::read(job, container, root) {
        objects::read(job, container, root);
    }
}

/// Emits all text; false where the receiver wants no more.
fn read_text(job: &mut Job<'_>, main: &[u8], table: &[u8], fib: &Fib) -> bool {
    let Some(text) = pieces::read(job, main, table, fib) else {
        job.unread(Reason::Malformed, None);
        return super::read_printable(job, main);
    };
    let mut numbers = Numbers::of(main, table, fib);
    let len = text.units.len();
    let mut part = |part: Range<usize>| match &mut numbers {
        Some(numbers) => Cow::Owned(numbers.put(&text, part)),
        None => Cow::Borrowed(&text.units[part]),
    };
    let mut at = 0;
    for (step, count) in fib.stories() {
        let end = (at + count).min(len);
        let out = match step {
            "" => Composer::new(job),
            _ => Composer::inside(job, Step::part(step)),
        };
        if !story::emit(job, out, &part(at..end)) {
            return false;
        }
        at = end;
    }
    // Ends in a mark that no story has.
    if len > at + 2 && !story::emit(job, Composer::new(job), &part(at..len)) {
        return false;
    }
    let left = pieces::left_over(main, table, fib);
    let mut out = Composer::new(job);
    if !out.push(job, Value { kind: FieldKind::Residual, ..Value::prose(left.as_bytes()) }) || !out.flush(job) {
        return false;
    }
    fib.is_old || read_names(job, table, fib)
}

/// Who wrote remarks and changes, who saved the document where.
fn read_names(job: &mut Job<'_>, table: &[u8], fib: &Fib) -> bool {
    let mut out = Composer::inside(job, Step::part("properties"));
    let part = |place: (usize, usize)| slice(table, place.0, place.1);
    let lists = [
        ("author", plain_list(part(fib.remark_authors))),
        ("author", list(part(fib.change_authors))),
        ("saved by", list(part(fib.saved_by))),
    ];
    for (name, names) in lists {
        let label = out.named(name.as_bytes());
        for (index, text) in names.iter().enumerate() {
            if !out.push(job, Value::structured(text.trim().as_bytes(), label, index as u64 + 1)) {
                return false;
            }
        }
    }
    out.flush(job)
}

/// Texts one behind the other.
fn plain_list(bytes: &[u8]) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(count) = u16_at(bytes, at).filter(|_| found.len() < MAX_NAMES) {
        found.push(utf16(slice(bytes, at + 2, usize::from(count) * 2)));
        at += 2 + usize::from(count) * 2;
    }
    found
}

/// A table of texts (2.2.4, STTB), with bytes behind each.
fn list(bytes: &[u8]) -> Vec<String> {
    let (Some(0xFFFF), Some(extra)) = (u16_at(bytes, 0), u16_at(bytes, 4)) else { return Vec::new() };
    let (mut found, mut at) = (Vec::new(), 6);
    while let Some(count) = u16_at(bytes, at).filter(|_| found.len() < MAX_NAMES) {
        found.push(utf16(slice(bytes, at + 2, usize::from(count) * 2)));
        at += 2 + usize::from(count) * 2 + usize::from(extra);
    }
    found
}
