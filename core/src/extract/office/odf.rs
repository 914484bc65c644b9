//! OpenDocument: text documents, presentations, drawings, as packages or one flat file; encrypted parts are named.

use memchr::memmem;

use super::super::compose::Composer;
use super::super::head::{Head, Stream};
use super::super::job::Job;
use super::super::zip::{self, Archive, part_bytes};
use super::flow::Flow;
use super::xml::{Event, Tag, Xml};
use super::{labelled, ods};
use crate::model::{Reason, Step};

/// Spaces that one element may stand for.
const MAX_SPACES: usize = 1024;
/// Encrypted parts that are told apart.
const MAX_ENCRYPTED: usize = 1 << 12;
/// Parts whose XML is a document's, rather than settings.
const PARTS: [&str; 2] = ["content.xml", "styles.xml"];
/// Attributes that people read or follow, and what they are called.
const ATTRIBUTES: [(&str, &str); 7] = [
    ("href", "link"),
    ("label", "label"),
    ("current-value", "value"),
    ("value", "value"),
    ("string-value", "value"),
    ("date-value", "date"),
    ("help-message", "description"),
];

/// True where the archive is a package of this kind.
pub(super) fn is_package(job: &mut Job<'_>, archive: &mut Archive<'_>) -> bool {
    if !archive.has(b"mimetype") {
        return archive.has(b"content.xml") && archive.has(b"META-INF/manifest.xml");
    }
    let Some(index) = archive.position(b"mimetype") else { return false };
    let mut kind = Vec::new();
    if let Some(bytes) = part_bytes(job, archive, index) {
        // What cannot be read says nothing.
        let _ = std::io::Read::read_to_end(&mut std::io::Read::take(bytes, 128), &mut kind);
    }
    kind.starts_with(b"application/vnd.oasis.opendocument.") || kind.starts_with(b"application/vnd.sun.xml.")
}

/// OpenDocument 1.3, part 3, 3.1: one file that begins with the root element.
pub(in super::super) fn is_flat(head: &Head<'_>) -> bool {
    let text = &head.text()[..head.text().len().min(4096)];
    memmem::find(text, b"<office:document").is_some() && memmem::find(text, b"office:mimetype").is_some()
}

/// Reads one flat file.
pub(in super::super) fn read_flat(job: &mut Job<'_>, stream: Stream<'_>) {
    read_content(job, Xml::new(stream.into_bytes()));
}

/// Reads a package to its end.
pub(super) fn read(job: &mut Job<'_>, archive: &mut Archive<'_>) {
    if archive.is_damaged {
        job.unread(Reason::Malformed, None);
    }
    let encrypted = encrypted_parts(job, archive);
    let mut order: Vec<usize> = (0..archive.entries.len()).collect();
    order.sort_by_key(|index| archive.entries[*index].name != b"content.xml");
    for index in order {
        let name = String::from_utf8_lossy(&archive.entries[index].name).into_owned();
        if job.is_over() {
            return;
        }
        if encrypted.contains(&name) {
            job.unread_inside(Step::Member(name.as_str().into()), Reason::Encrypted, None);
        } else if !read_part(job, archive, index, &name) {
            return;
        }
    }
}

fn read_part(job: &mut Job<'_>, archive: &mut Archive<'_>, index: usize, name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    if file.is_empty() || name == "mimetype" || name.starts_with("META-INF/") || name.starts_with("Configurations2/") {
        return true;
    }
    if !name.ends_with(".xml") && !name.ends_with(".rdf") {
        return zip::read_member(job, archive, index);
    }
    let Some(bytes) = part_bytes(job, archive, index) else { return true };
    let xml = Xml::new(bytes);
    match file {
        _ if PARTS.contains(&file) => read_content(job, xml),
        "meta.xml" => labelled::read(job, xml, Composer::inside(job, Step::part("properties"))),
        // How the program showed the document last.
        "settings.xml" => true,
        _ => labelled::read(job, xml, Composer::new(job)),
    }
}

/// Paths of the parts that the manifest calls encrypted.
fn encrypted_parts(job: &mut Job<'_>, archive: &mut Archive<'_>) -> Vec<String> {
    let (mut encrypted, mut path) = (Vec::new(), String::new());
    let Some(index) = archive.position(b"META-INF/manifest.xml") else { return encrypted };
    let Some(bytes) = part_bytes(job, archive, index) else { return encrypted };
    let mut xml = Xml::new(bytes);
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        match tag.name() {
            "file-entry" => path = tag.attribute("full-path").unwrap_or_default().into_owned(),
            "encryption-data" if encrypted.len() < MAX_ENCRYPTED => encrypted.push(std::mem::take(&mut path)),
            _ => {}
        }
    }
    encrypted
}

/// Reads the content of a document; false where the receiver wants no more.
pub(super) fn read_content(job: &mut Job<'_>, mut xml: Xml<'_>) -> bool {
    let mut content =
        Content { flow: Flow::new(Composer::new(job)), skipped: 0, deleted: 0, page: 0, texts: Vec::new() };
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) if tag.name() == "spreadsheet" => {
                let more = content.flow.finish(job) && ods::read(job, &mut xml);
                if !more {
                    return false;
                }
            }
            Event::Start(tag) => content.start(job, &tag),
            Event::Text(text) => content.text(&text),
            Event::End(end) => content.end(job, end.name()),
            _ => {}
        }
        if content.flow.is_full() {
            content.flow.end_line(job);
        }
        if content.flow.is_stopped() {
            return false;
        }
    }
    let more = content.flow.finish(job);
    xml.report(job);
    more
}

/// A text document or presentation being read.
struct Content {
    flow: Flow,
    /// Inside an element of which nothing is read, so many levels deep.
    skipped: u32,
    deleted: u32,
    page: u64,
    /// For each open element, whether its text counts.
    texts: Vec<bool>,
}

impl Content {
    fn start(&mut self, job: &mut Job<'_>, tag: &Tag<'_>) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        let name = tag.name();
        if matches!(name, "automatic-styles" | "font-face-decls" | "settings" | "scripts" | "note-citation")
            || is_look(tag)
        {
            self.skipped = 1;
            return;
        }
        let within = self.texts.last() == Some(&true);
        self.texts.push(within || matches!(name, "p" | "h" | "title" | "desc" | "creator" | "date" | "user-defined"));
        match name {
            "binary-data" => {
                job.unread(Reason::ImageContent, None);
                self.skipped = 1;
                self.texts.pop();
            }
            "table" => self.flow.open_table(job),
            "table-cell" | "covered-table-cell" => self.flow.open_cell(),
            "text-box" | "annotation" | "note-body" => self.flow.open_box(),
            "deletion" => self.deleted += 1,
            "tab" => self.flow.push("\t"),
            "line-break" => self.flow.push("\n"),
            "s" => {
                let count = tag.attribute("c").and_then(|it| it.parse().ok()).unwrap_or(1);
                self.flow.push(&" ".repeat(MAX_SPACES.min(count)));
            }
            "page" => self.enter_page(job),
            _ => {}
        }
        for (key, value) in tag.attributes() {
            if let Some((_, called)) =
                ATTRIBUTES.iter().find(|it| it.0 == key).filter(|_| !value.starts_with("Pictures/"))
            {
                self.flow.push_named(called, &value);
            }
        }
    }

    /// A slide begins.
    fn enter_page(&mut self, job: &mut Job<'_>) {
        if self.flow.finish(job) {
            self.page += 1;
            self.flow = Flow::new(Composer::inside(job, Step::Page(self.page)));
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 || self.texts.last() != Some(&true) {
            return;
        }
        if self.deleted > 0 {
            self.flow.push_deleted(text);
        } else {
            self.flow.push(text);
        }
    }

    fn end(&mut self, job: &mut Job<'_>, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        self.texts.pop();
        match name {
            "p" | "h" | "title" | "desc" | "creator" | "date" => self.flow.end_line(job),
            "table" => self.flow.close_table(job),
            "table-row" => self.flow.close_row(job),
            "table-cell" | "covered-table-cell" => self.flow.close_cell(job),
            "text-box" | "annotation" | "note-body" => self.flow.close_box(),
            "deletion" => self.deleted = self.deleted.saturating_sub(1),
            "page" => {
                self.flow.finish(job);
            }
            _ => {}
        }
    }
}

/// Elements that say how text looks.
fn is_look(tag: &Tag<'_>) -> bool {
    tag.full_name().starts_with("style:")
        && !matches!(tag.name(), "master-page" | "header" | "footer")
        && !tag.name().starts_with("header-")
        && !tag.name().starts_with("footer-")
}
