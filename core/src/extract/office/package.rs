//! Office Open XML packages: the document first, then every other part, each as what it is.

use std::io::Read;

use super::super::compose::Composer;
use super::super::job::Job;
use super::super::zip::{self, Archive, part_bytes};
use super::flow::Flow;
use super::numbering::Numbering;
use super::relations;
use super::xml::Xml;
use super::{labelled, markup, sheet, slides, xlsb};
use crate::model::{Reason, Step};

/// Parts that say how things look, by the beginnings of their paths; the text of a diagram stands in its data.
const LOOKS: [&str; 19] = [
    "[content_types].xml",
    "word/styles",
    "word/theme/",
    "word/fonttable",
    "word/numbering",
    "word/websettings",
    "word/stylesWithEffects.xml",
    "xl/theme/",
    "xl/calcchain",
    "xl/styles",
    "xl/metadata",
    "xl/worksheets/binaryindex",
    "xl/printersettings/",
    "ppt/theme/",
    "ppt/tablestyles",
    "ppt/presprops",
    "ppt/viewprops",
    "diagrams/",
    "_xmlsignatures/",
];
/// Where parts are told apart in provenance, by what their file names begin with.
const STEPS: [(&str, &str); 12] = [
    ("header", "header"),
    ("footer", "footer"),
    ("comment", "comments"),
    ("threadedcomment", "comments"),
    ("footnotes", "footnotes"),
    ("endnotes", "endnotes"),
    ("notesslide", "notes"),
    ("chart", "chart"),
    ("drawing", "drawing"),
    ("slidemaster", "master"),
    ("slidelayout", "layout"),
    ("settings", "settings"),
];

/// Parts that hold paragraphs, by the beginnings of their paths.
const FLOWING: [&str; 6] = ["word/", "ppt/", "xl/drawings/", "xl/charts/", "xl/comments", "xl/diagrams/"];

/// A package being read.
pub(super) struct Package<'p, 'a> {
    pub(super) archive: &'p mut Archive<'a>,
    /// The members that were read, or are being read.
    done: Vec<bool>,
    numbering: Numbering,
}

impl<'a> Package<'_, 'a> {
    /// Opens the part of that path, if there is one that was not read before; says so where it cannot be read.
    pub(super) fn open<'r, 'j: 'r>(&'r mut self, job: &mut Job<'j>, path: &str) -> Option<Xml<'r>>
    where
        'a: 'r,
    {
        self.open_bytes(job, path).map(Xml::new)
    }

    /// The same, where it is no XML.
    pub(super) fn open_bytes<'r, 'j: 'r>(&'r mut self, job: &mut Job<'j>, path: &str) -> Option<Box<dyn Read + 'r>>
    where
        'a: 'r,
    {
        let index = self.archive.position(path.as_bytes())?;
        if std::mem::replace(&mut self.done[index], true) {
            return None;
        }
        part_bytes(job, self.archive, index)
    }

    fn has(&self, path: &str) -> bool {
        self.archive.position(path.as_bytes()).is_some()
    }
}

/// Reads the package to its end.
pub(super) fn read(job: &mut Job<'_>, archive: &mut Archive<'_>) {
    if archive.is_damaged {
        job.unread(Reason::Malformed, None);
    }
    let done = vec![false; archive.entries.len()];
    let mut package = Package { archive, done, numbering: Numbering::default() };
    if let Some(main) = main_part(job, &mut package)
        && !read_main(job, &mut package, &main)
    {
        return;
    }
    for index in 0..package.done.len() {
        if job.is_over() || !std::mem::replace(&mut package.done[index], true) && !read_part(job, &mut package, index) {
            return;
        }
    }
}

/// The document itself: what the package's own relationships say, else what stands where it mostly does.
fn main_part(job: &mut Job<'_>, package: &mut Package<'_, '_>) -> Option<String> {
    const USUAL: [&str; 4] = ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "xl/workbook.bin"];
    let relations = relations::of_part(job, package.archive, "");
    let named = relations.into_iter().find(|it| it.kind == "officeDocument").map(|it| it.target);
    named.filter(|it| package.has(it)).or_else(|| USUAL.into_iter().find(|it| package.has(it)).map(str::to_owned))
}

fn read_main(job: &mut Job<'_>, package: &mut Package<'_, '_>, main: &str) -> bool {
    let folder = main.split('/').next().unwrap_or_default().to_ascii_lowercase();
    match folder.as_str() {
        _ if main.ends_with(".bin") => xlsb::read(job, package, main),
        "xl" => sheet::read(job, package, main),
        "ppt" => slides::read(job, package, main),
        _ => {
            package.numbering = Numbering::of(job, package, main);
            let out = Composer::new(job);
            read_flow(job, package, main, out)
        }
    }
}

/// Reads the part of that path as text of a document.
pub(super) fn read_flow(job: &mut Job<'_>, package: &mut Package<'_, '_>, path: &str, out: Composer) -> bool {
    let mut numbering = std::mem::take(&mut package.numbering);
    let more = package.open(job, path).is_none_or(|xml| read_text(job, xml, out, &mut numbering));
    package.numbering = numbering;
    more
}

fn read_text(job: &mut Job<'_>, xml: Xml<'_>, out: Composer, numbering: &mut Numbering) -> bool {
    let mut flow = Flow::new(out);
    markup::read(job, xml, &mut flow, numbering) && flow.finish(job)
}

/// Reads any other part; false where the receiver wants no more, or a limit was passed.
fn read_part(job: &mut Job<'_>, package: &mut Package<'_, '_>, index: usize) -> bool {
    let path = String::from_utf8_lossy(&package.archive.entries[index].name).into_owned();
    let lower = path.to_ascii_lowercase();
    if lower.ends_with('/') || LOOKS.iter().any(|it| lower.starts_with(&it.to_ascii_lowercase())) {
        return true;
    }
    if lower.contains("diagrams/") && !lower.contains("diagrams/data") {
        return true;
    }
    if lower.ends_with(".rels") {
        return read_links(job, package, index);
    }
    if !lower.ends_with(".xml") && !lower.ends_with(".vml") {
        return zip::read_member(job, package.archive, index);
    }
    let Some(bytes) = part_bytes(job, package.archive, index) else { return true };
    let xml = Xml::new(bytes);
    let file = lower.rsplit('/').next().unwrap_or_default();
    let step = STEPS.iter().find(|it| file.starts_with(it.0)).map(|it| it.1);
    if lower.starts_with("docprops/") {
        return labelled::read(job, xml, Composer::inside(job, Step::part("properties")));
    }
    if !FLOWING.iter().any(|it| lower.starts_with(it)) {
        let step = if lower.starts_with("xl/") { "workbook" } else { "custom XML" };
        return labelled::read(job, xml, Composer::inside(job, Step::part(step)));
    }
    let out = step.map_or_else(|| Composer::new(job), |it| Composer::inside(job, Step::part(it)));
    read_text(job, xml, out, &mut package.numbering)
}

/// Addresses outside the package that a part links to.
fn read_links(job: &mut Job<'_>, package: &mut Package<'_, '_>, index: usize) -> bool {
    let Some(bytes) = part_bytes(job, package.archive, index) else { return true };
    let relations = relations::read(Xml::new(bytes), "");
    let mut flow = Flow::new(Composer::new(job));
    for relation in relations.iter().filter(|it| it.external) {
        flow.push_named("link", &relation.target);
    }
    flow.finish(job)
}
