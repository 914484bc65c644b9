//! PDF: the text of pages by the geometry of their characters, and what else a document carries (ISO 32000-2).

mod annotations;
mod cmap;
mod columns;
mod content;
mod document;
mod encoding;
mod font;
mod layout;
mod lex;
mod matrix;
mod parts;
#[cfg(test)]
mod tests;
mod widths;

use super::compose::{Composer, Value};
use super::head::{Head, Stream};
use super::job::Job;
use crate::model::{FieldKind, Reason, Step};
use annotations::{Fields, Item};
use content::{Drawn, Reader};
use document::{PageNode, Pdf};

/// Where the header may begin, if the name says what the file is.
const HEADER_WITHIN: usize = 1024;
/// Part of a page that images may cover without being what the page shows.
const SMALL_PART: f64 = 0.05;
/// Page size where none is told.
const LETTER: [f64; 4] = [0.0, 0.0, 612.0, 792.0];

pub(super) fn sniff(head: &Head<'_>) -> bool {
    let within = &head.raw[..head.raw.len().min(HEADER_WITHIN)];
    let text = within.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(within).trim_ascii_start();
    text.starts_with(b"%PDF-") || head.is_named(".pdf") && memchr::memmem::find(within, b"%PDF-").is_some()
}

pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let parsed = stream.into_memory().and_then(|bytes| Ok((document::parse(&bytes)?, document::is_whole(&bytes))));
    let (document, is_whole) = match parsed {
        Ok(parsed) => parsed,
        Err(reason) => return job.unread(reason, None),
    };
    let pdf = Pdf::new(&document, job.budget, is_whole);
    read_pages(job, &pdf);
    if !job.is_over() {
        parts::read(job, &pdf);
    }
    if let Some(reason) = pdf.take_failure() {
        job.unread(reason, None);
    }
}

fn read_pages(job: &mut Job<'_>, pdf: &Pdf<'_>) {
    let mut reader = Reader::new(pdf);
    let mut fields = Fields::new();
    for (node, number) in pdf.pages().into_iter().zip(1..) {
        if job.is_over() || !read_page(job, &mut reader, &mut fields, node, number) {
            return;
        }
    }
    let mut composer = Composer::inside(job, Step::part("form"));
    if push_items(job, &mut composer, &fields.rest(pdf)) {
        composer.flush(job);
    }
}

/// Emits a page; false where the receiver wants no more.
fn read_page<'a>(
    job: &mut Job<'_>,
    reader: &mut Reader<'_, 'a>,
    fields: &mut Fields,
    node: PageNode<'a>,
    number: u64,
) -> bool {
    reader.page = Drawn::default();
    reader.draw_page(node);
    let items = fields.annotate(reader, node);
    let page = std::mem::take(&mut reader.page);
    let shows_images = is_picture(reader.pdf, node, &page);
    let text = page.sheet.into_text();
    let step = Step::Page(number);
    let mut composer = Composer::inside(job, step.clone());
    let goes_on = composer.push(job, Value::prose(text.as_bytes()))
        && push_items(job, &mut composer, &items)
        && composer.flush(job);
    if shows_images {
        job.unread_inside(step.clone(), Reason::ImageContent, None);
    }
    if let Some(reason) = reader.pdf.take_failure() {
        job.unread_inside(step, reason, None);
    }
    goes_on
}

/// True where something on the page can be read by eyes alone: images that are more than an ornament, or characters of
/// which the document does not say what they are. A scan over which its text was laid was read by others.
fn is_picture<'a>(pdf: &Pdf<'a>, node: PageNode<'a>, page: &Drawn) -> bool {
    let bounds = pdf.numbers::<4>(node.media_box).unwrap_or(LETTER);
    let area = ((bounds[2] - bounds[0]) * (bounds[3] - bounds[1])).abs().max(1.0);
    let named = page.sheet.glyphs() - page.nameless;
    let only_images = page.has_image && named == 0;
    let large = page.images > SMALL_PART * area && page.invisible == 0;
    only_images || large || page.nameless > named
}

fn push_items(job: &mut Job<'_>, composer: &mut Composer, items: &[Item]) -> bool {
    items.iter().all(|item| {
        let label = composer.named(item.label.as_bytes());
        let kind = if item.is_prose { FieldKind::Narrative } else { FieldKind::Structured };
        composer.push(job, Value { kind, ..Value::structured(item.text.as_bytes(), label, 1) })
    })
}
