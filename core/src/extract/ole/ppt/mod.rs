//! Presentations of PowerPoint 97 to 2003 (MS-PPT): texts by slide, notes, remarks, links, embedded objects.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::super::budget::DecodedReader;
use super::super::compose::{Composer, Value};
use super::super::head::Bytes;
use super::super::job::Job;
use super::bytes::{latin1, slice, u16_at, u32_at, utf16};
use super::{Container, objects, pictures, properties};
use crate::model::{Reason, Step};

#[cfg(test)]
mod tests;

/// Bytes of a stream that are read.
const MOST: u64 = 192 << 20;
/// Containers within containers.
const MAX_DEPTH: usize = 32;
/// Slides that are counted.
const MAX_SLIDES: usize = 1 << 16;

const DOCUMENT: u16 = 0x03E8;
const SLIDE: u16 = 0x03EE;
const SLIDE_LIST: u16 = 0x0FF0;
const SLIDE_PLACE: u16 = 0x03F3;
const NOTES: u16 = 0x03F0;
const PLACES: u16 = 0x1772;
const OBJECT: u16 = 0x1011;
const ENCRYPTION: u16 = 0x2F14;
/// Where containers stand, by what they are.
const STEPS: [(u16, &str); 4] = [(NOTES, "notes"), (0x03F8, "master"), (0x0FC9, "master"), (0x2EE0, "comments")];

/// Reads the presentation in that storage of a compound file.
pub(super) fn read(job: &mut Job<'_>, container: &mut Container<'_>, root: &str) {
    let path = format!("{root}/PowerPoint Document");
    let Some(bytes) = super::read_stream(job, container, &path, MOST) else { return };
    let user = super::read_stream(job, container, &format!("{root}/Current User"), 4096).unwrap_or_default();
    if u32_at(&user, 12) == Some(0xF3D1_C4DF) || records(&bytes).any(|it| it.kind == ENCRYPTION) {
        job.unread(Reason::Encrypted, None);
        properties::read(job, container, root);
        return;
    }
    if let Some(drawn) = super::read_stream(job, container, &format!("{root}/Pictures"), MOST) {
        pictures::report(job, &drawn, drawn.len());
    }
    let mut reader = Reader::new(&bytes);
    let going = reader.read(job) && emit_user(job, &user);
    if going && properties::read(job, container, root) {
        objects::read(job, container, root);
    }
}

/// Who saved it last.
fn emit_user(job: &mut Job<'_>, user: &[u8]) -> bool {
    let mut out = Composer::inside(job, Step::part("properties"));
    let name = latin1(slice(user, 28, usize::from(u16_at(user, 20).unwrap_or(0))));
    let label = out.named(b"lastModifiedBy");
    out.push(job, Value::structured(name.trim().as_bytes(), label, 1)) && out.flush(job)
}

/// One record: what it is, where its content begins and ends.
#[derive(Clone, Copy, Debug)]
struct Record {
    is_container: bool,
    instance: u16,
    kind: u16,
    at: usize,
    start: usize,
    end: usize,
    /// It was to end behind where everything does.
    is_cut: bool,
}

fn record(bytes: &[u8], at: usize) -> Option<Record> {
    let (head, kind, len) = (u16_at(bytes, at)?, u16_at(bytes, at + 2)?, u32_at(bytes, at + 4)? as usize);
    let (start, end) = (at + 8, (at + 8).saturating_add(len));
    let is_cut = end > bytes.len();
    Some(Record {
        is_container: head & 15 == 15,
        instance: head >> 4,
        kind,
        at,
        start,
        end: end.min(bytes.len()),
        is_cut,
    })
}

/// The outermost records.
fn records(bytes: &[u8]) -> impl Iterator<Item = Record> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let record = record(bytes, at)?;
        at = record.end;
        Some(record)
    })
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
struct Place {
    slide: Option<u64>,
    part: Option<&'static str>,
}

/// A presentation being read.
struct Reader<'a> {
    bytes: &'a [u8],
    slides: Slides,
    place: Place,
    out: Option<(Place, Composer)>,
    is_damaged: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, slides: slides(bytes), place: Place::default(), out: None, is_damaged: false }
    }

    /// Reads all there is, saved over or not; false where the receiver wants no more.
    fn read(&mut self, job: &mut Job<'_>) -> bool {
        // Ends of the containers that are open, with the places around them.
        let mut open: Vec<(usize, Place, bool)> = Vec::new();
        let (mut at, mut listed, mut in_list) = (0, 0, false);
        let mut known = false;
        while at < self.bytes.len() && !job.is_over() {
            while let Some((_, place, list)) = open.pop_if(|it| it.0 <= at) {
                (self.place, in_list) = (place, list);
            }
            let Some(record) = record(self.bytes, at) else { break };
            self.is_damaged |= record.is_cut;
            known |= record.is_container;
            if record.is_container && open.len() < MAX_DEPTH {
                open.push((record.end, self.place, in_list));
                self.enter(record);
                in_list |= record.kind == SLIDE_LIST && record.instance == 0;
                if record.kind == SLIDE_LIST {
                    listed = 0;
                }
                at = record.start;
                continue;
            }
            self.is_damaged |= record.is_container;
            if record.kind == SLIDE_PLACE && in_list {
                listed += 1;
                self.place.slide = Some(listed);
            }
            if !self.read_atom(job, record) {
                return false;
            }
            at = record.end;
        }
        let going = self.out.take().is_none_or(|mut it| it.1.flush(job));
        if self.is_damaged || !known {
            job.unread(Reason::Malformed, None);
        }
        going && (known || super::read_printable(job, self.bytes))
    }

    fn enter(&mut self, record: Record) {
        if record.kind == SLIDE {
            self.place = Place { slide: self.slides.by_place.get(&record.at).copied(), part: None };
        }
        if record.kind == NOTES {
            // What they are notes to is the first thing that they say.
            let slide = u32_at(self.bytes, record.start + 8).filter(|id| *id != 0);
            self.place.slide = slide.and_then(|id| self.slides.by_id.get(&id)).copied();
        }
        if let Some(step) = STEPS.iter().find(|it| it.0 == record.kind) {
            self.place.part = Some(step.1);
        }
    }

    fn read_atom(&mut self, job: &mut Job<'_>, record: Record) -> bool {
        let bytes = &self.bytes[record.start..record.end];
        match record.kind {
            0x0FA0 | 0x0FBA => self.emit(job, &utf16(bytes)),
            0x0FA8 => self.emit(job, &latin1(bytes)),
            OBJECT => {
                let going = self.out.take().is_none_or(|mut it| it.1.flush(job));
                read_object(job, record.instance, bytes);
                going && !job.is_over()
            }
            _ => true,
        }
    }

    fn emit(&mut self, job: &mut Job<'_>, text: &str) -> bool {
        let text = text.replace(['\r', '\u{B}'], "\n");
        let text = text.trim_matches(|it: char| it < ' ');
        // The names of what programs add.
        if text.is_empty() || text.starts_with("___PPT") || text == "*" {
            return true;
        }
        let mut out = match self.out.take() {
            Some((place, out)) if place == self.place => out,
            other => {
                if other.is_some_and(|mut it| !it.1.flush(job)) {
                    return false;
                }
                self.composer(job)
            }
        };
        let going = out.push(job, Value::prose(text.as_bytes()));
        self.out = Some((self.place, out));
        going
    }

    fn composer(&self, job: &Job<'_>) -> Composer {
        match (self.place.slide, self.place.part) {
            (Some(slide), None) => Composer::inside(job, Step::Page(slide)),
            (Some(slide), Some(part)) => Composer::inside(job, Step::Page(slide)).and(Step::part(part)),
            (None, Some(part)) => Composer::inside(job, Step::part(part)),
            (None, None) => Composer::new(job),
        }
    }
}

/// The numbers of slides: by where their containers begin, by the ids that their notes know.
#[derive(Default)]
struct Slides {
    by_place: HashMap<usize, u64>,
    by_id: HashMap<u32, u64>,
}

/// Numbers the slides: later saves add lists of places that go before earlier ones.
fn slides(bytes: &[u8]) -> Slides {
    let (mut places, mut slides) = (HashMap::new(), Slides::default());
    let mut order: Vec<(u32, u32)> = Vec::new();
    for outer in records(bytes) {
        let inside = &bytes[outer.start..outer.end];
        match outer.kind {
            PLACES => read_places(inside, &mut places),
            DOCUMENT => {
                let lists = records(inside).filter(|it| it.kind == SLIDE_LIST && it.instance == 0);
                order = lists.flat_map(|it| listed(&inside[it.start..it.end])).take(MAX_SLIDES).collect();
            }
            _ => {}
        }
    }
    for ((place, id), number) in order.into_iter().zip(1..) {
        slides.by_id.insert(id, number);
        if let Some(place) = places.get(&place) {
            slides.by_place.insert(*place, number);
        }
    }
    slides
}

/// The slides of a list: which place each has, and its id.
fn listed(list: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let slides = records(list).filter(|it| it.kind == SLIDE_PLACE);
    slides.filter_map(|it| Some((u32_at(list, it.start)?, u32_at(list, it.start + 12)?)))
}

/// Runs of places, each behind a number that says of which slides: twenty bits the first, twelve how many.
fn read_places(bytes: &[u8], places: &mut HashMap<u32, usize>) {
    let mut at = 0;
    while let Some(head) = u32_at(bytes, at) {
        let (first, count) = (head & 0xF_FFFF, head >> 20);
        at += 4;
        for id in first..first + count {
            let Some(place) = u32_at(bytes, at) else { return };
            places.insert(id, place as usize);
            at += 4;
        }
    }
}

/// An embedded object is a compound file, mostly packed.
fn read_object(job: &mut Job<'_>, instance: u16, bytes: &[u8]) {
    let step = Step::part("object");
    if instance == 0 {
        return job.read_inside(step, b"", Bytes::Stream(Box::new(bytes)));
    }
    // Many end without a checksum: the size says where.
    let size = u64::from(u32_at(bytes, 0).unwrap_or(0));
    let packed = bytes.get(4..).unwrap_or_default();
    let reader = DecodedReader::new(Box::new(ZlibDecoder::new(packed).take(size)), job.budget);
    job.read_inside(step, b"", Bytes::Stream(Box::new(reader)));
}
