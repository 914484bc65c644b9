//! Documents of word processors, spreadsheets and presentations that are ZIP packages of XML.

mod amount;
pub(super) mod cells;
mod flow;
mod labelled;
pub(super) mod lists;
mod markup;
pub(super) mod number;
mod numbering;
mod odf;
mod ods;
mod package;
mod relations;
pub(super) mod sheet;
mod slides;
pub(super) mod strings;
pub(super) mod table;
mod xlsb;
mod xml;

#[cfg(test)]
mod tests;

pub(super) use self::flow::Flow;
pub(super) use self::odf::{is_flat, read_flat};
use super::head::Head;
use super::job::Job;
use super::zip::Archive;
use memchr::memmem;

/// Reads an archive that is a document; false, with nothing read, where it is none.
pub(super) fn read_package(job: &mut Job<'_>, archive: &mut Archive<'_>) -> bool {
    if archive.has(b"[Content_Types].xml") || archive.has(b"_rels/.rels") {
        package::read(job, archive);
        return true;
    }
    if odf::is_package(job, archive) {
        odf::read(job, archive);
        return true;
    }
    false
}

pub(super) fn is_docx(head: &Head<'_>) -> bool {
    has_part(head, b"word/")
}

pub(super) fn is_xlsx(head: &Head<'_>) -> bool {
    has_part(head, b"xl/")
}

pub(super) fn is_xlsb(head: &Head<'_>) -> bool {
    is_xlsx(head) && names(head.raw).any(|name| name.starts_with(b"xl/workbook.bin"))
}

pub(super) fn is_pptx(head: &Head<'_>) -> bool {
    has_part(head, b"ppt/")
}

pub(super) fn is_odt(head: &Head<'_>) -> bool {
    has_mimetype(head, b"text")
}

pub(super) fn is_ods(head: &Head<'_>) -> bool {
    has_mimetype(head, b"spreadsheet")
}

pub(super) fn is_odp(head: &Head<'_>) -> bool {
    has_mimetype(head, b"presentation")
}

/// True where one of the first members is a part of a package in that folder.
fn has_part(head: &Head<'_>, folder: &[u8]) -> bool {
    let package = |name: &[u8]| name.starts_with(b"[Content_Types].xml") || name.starts_with(b"_rels/");
    head.raw.starts_with(b"PK\x03\x04")
        && names(head.raw).any(package)
        && names(head.raw).any(|name| name.starts_with(folder))
}

/// The bytes from the names of the first members on.
fn names(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    memmem::find_iter(raw, b"PK\x03\x04").filter_map(move |at| raw.get(at + 30..))
}

/// OpenDocument 1.3, part 2, 3.3: the first member is stored and says what the package is.
fn has_mimetype(head: &Head<'_>, kind: &[u8]) -> bool {
    const START: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.";
    let rest = head.raw.get(30..).and_then(|it| it.strip_prefix(START));
    head.raw.starts_with(b"PK\x03\x04") && rest.is_some_and(|it| it.starts_with(kind))
}
