//! Text in, the same text without identifiers out. Keeps nothing of what it took out.

mod named;
mod profile;
mod strategy;
mod stream;

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

pub use profile::{PROFILES, Profile, profile};
pub use strategy::{STRATEGIES, Strategy, strategy};
pub use stream::RedactStream;

use crate::detect::{Candidates, Detector, SourceMemory};
use crate::extract::{Emit, Hint, Input, extract};
use crate::model::{Detection, Limits, Segment, Unread};
use crate::scan::AllowList;

/// How to redact.
#[derive(Clone, Debug)]
pub struct RedactOptions {
    /// What stands in a value's place.
    pub strategy: &'static Strategy,
    /// What stays.
    pub profile: Option<&'static Profile>,
    /// Letters and digits at the end of a value that `mask` keeps.
    pub keep_last: usize,
    /// Values known to be harmless.
    pub allow: Option<Arc<AllowList>>,
}

impl Default for RedactOptions {
    fn default() -> Self {
        RedactOptions { strategy: &STRATEGIES[0], profile: None, keep_last: 0, allow: None }
    }
}

/// Where something was found in the text as given, and what.
type Hit = (Range<usize>, Detection);

/// How often a text is looked at again at most. Each round takes out what the last one uncovered.
const ROUNDS: usize = 8;

/// Takes identifiers out of text.
#[derive(Clone, Debug)]
pub struct Redactor {
    detector: Arc<Detector>,
    options: RedactOptions,
}

impl Redactor {
    /// A redactor of what that detector reports.
    pub fn new(detector: Arc<Detector>, options: RedactOptions) -> Self {
        Redactor { detector, options }
    }

    /// The text without identifiers. The whole text is looked at before any of it is decided, and again when it is done.
    pub fn redact(&self, text: &[u8]) -> Vec<u8> {
        let mut out = self.replace_all(text);
        // What was taken out may have hidden a value: a label comes to stand before the next one, or glued values part.
        for _ in 0..ROUNDS {
            let again = self.replace_all(&out);
            if again == out {
                break;
            }
            out = again;
        }
        out
    }

    fn replace_all(&self, text: &[u8]) -> Vec<u8> {
        let segments = segments_of(text);
        let candidates: Vec<Candidates> = segments.iter().map(|it| self.detector.find(it)).collect();
        let mut memory = SourceMemory::default();
        candidates.iter().for_each(|it| self.detector.learn(&mut memory, it));
        let mut places = Vec::new();
        for (segment, candidates) in segments.iter().zip(&candidates) {
            self.detector.settle(&memory, candidates, |_, it| {
                let range = segment.map.start(it.start) as usize..segment.map.end(it.end) as usize;
                places.push((range, it));
            });
        }
        places.sort_by_key(|(range, _)| (range.start, Reverse(range.end)));
        let (mut out, mut done) = (Vec::with_capacity(text.len()), 0);
        places.into_iter().for_each(|hit| self.replace(text, hit, &mut done, &mut out));
        out.extend_from_slice(&text[done..]);
        out
    }

    /// Redacts a stream of any length in bounded memory.
    pub fn stream(&self) -> RedactStream<'_> {
        RedactStream::new(self)
    }

    /// Appends the text between `done` and a detection, and what stands in the detection's place.
    fn replace(&self, text: &[u8], (range, detection): Hit, done: &mut usize, out: &mut Vec<u8>) {
        if range.start < *done || range.end > text.len() || self.keeps(&detection, &text[range.clone()]) {
            return;
        }
        out.extend_from_slice(&text[*done..range.start]);
        let entity = self.detector.ruleset().entity(detection.entity);
        (self.options.strategy.write)(&text[range.clone()], entity, &self.options, out);
        *done = range.end;
    }

    fn keeps(&self, detection: &Detection, value: &[u8]) -> bool {
        let entity = self.detector.ruleset().entity(detection.entity);
        // Health context is evidence about a source, not an identifier in it.
        entity.category.is_none()
            || self.options.profile.is_some_and(|profile| profile.keeps(self, entity, detection, value))
            || self.options.allow.as_ref().is_some_and(|allow| allow.allows_value(value))
    }
}

/// A table or JSON as `scan` reads it, so that names of columns and keys count; anything else as one text.
fn segments_of(text: &[u8]) -> Vec<Segment> {
    let mut parts = Parts::default();
    // UTF-16 is full of NULs; what stands in a value's place would have to be written in it.
    let plain = std::str::from_utf8(text).is_ok() && memchr::memchr_iter(0, text).count() * 8 <= text.len();
    if plain
        && is_structured(extract(Input::Stream(&mut &*text), Hint::default(), &Limits::default(), &mut parts).format)
    {
        return parts.0;
    }
    vec![Segment::narrative(text)]
}

fn is_structured(format: &str) -> bool {
    matches!(format, "csv" | "json")
}

/// Keeps what is extracted.
#[derive(Default)]
struct Parts(Vec<Segment>);

impl Emit for Parts {
    fn segment(&mut self, segment: Segment) -> bool {
        self.0.push(segment);
        true
    }

    fn unread(&mut self, _: Unread) {}
}

#[cfg(test)]
mod tests;
