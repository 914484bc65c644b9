//! Workbooks of Excel 2 to 2003 (MS-XLS and its ancestors): sheets as tables, remarks, text boxes, headers, links.

mod book;
mod records;
mod sheet;
mod text;

use super::super::head::{Head, Stream};
use super::super::job::Job;
use super::{Container, objects, properties};

#[cfg(test)]
mod tests;

/// Bytes of a workbook that are read.
const MOST: u64 = 128 << 20;

/// Where a workbook stands in its compound file.
pub(super) const STREAMS: [&str; 2] = ["Workbook", "Book"];

/// Reads the workbook in that storage of a compound file.
pub(super) fn read(job: &mut Job<'_>, container: &mut Container<'_>, root: &str) {
    // A file that both kinds of Excel can read holds both; the later one has more.
    for name in STREAMS {
        let path = format!("{root}/{name}");
        if !container.is_stream(&path) {
            continue;
        }
        let Some(bytes) = super::read_stream(job, container, &path, MOST) else { continue };
        if !book::read(job, &bytes) {
            return;
        }
        break;
    }
    if properties::read(job, container, root) {
        objects::read(job, container, root);
    }
}

/// True where a workbook stands without a compound file around it, as those of Excel 2 to 4 do.
pub(in super::super) fn is_bare(head: &Head<'_>) -> bool {
    let kinds = [0x05, 0x10, 0x20, 0x40];
    let version = [b"\x09\0\x04\0", b"\x09\x02\x06\0", b"\x09\x04\x06\0", b"\x09\x08\x08\0", b"\x09\x08\x10\0"];
    let kind = head.raw.get(6..8).is_some_and(|it| it[1] == 0 && kinds.contains(&it[0]) || it == [0, 1]);
    kind && version.iter().any(|it| head.raw.starts_with(*it))
}

/// Reads one that stands alone.
pub(in super::super) fn read_bare(job: &mut Job<'_>, stream: Stream<'_>) {
    match stream.into_memory() {
        Ok(bytes) => {
            book::read(job, &bytes);
        }
        Err(reason) => job.unread(reason, None),
    }
}
