//! Text in, the same text without identifiers out. Keeps nothing of what it took out.

mod named;
mod profile;
mod strategy;
mod stream;

use std::sync::Arc;

pub use profile::{PROFILES, Profile, profile};
pub use strategy::{STRATEGIES, Strategy, strategy};
pub use stream::RedactStream;

use crate::detect::{Detector, SourceMemory};
use crate::model::{Detection, Segment, Text};
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
        let segment = Segment::narrative(text);
        let candidates = self.detector.find(&segment);
        let mut memory = SourceMemory::default();
        self.detector.learn(&mut memory, &candidates);
        let (mut out, mut done) = (Vec::with_capacity(text.len()), 0);
        self.detector.settle(&memory, &candidates, |_, detection| {
            self.replace(&segment.text, &detection, &mut done, &mut out);
        });
        out.extend_from_slice(&text[done..]);
        out
    }

    /// Redacts a stream of any length in bounded memory.
    pub fn stream(&self) -> RedactStream<'_> {
        RedactStream::new(self)
    }

    /// Appends the text between `done` and a detection, and what stands in the detection's place.
    fn replace(&self, text: &Text, detection: &Detection, done: &mut usize, out: &mut Vec<u8>) {
        let range = detection.range();
        if range.start < *done || range.end > text.len() || self.keeps(detection, &text[range.clone()]) {
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

#[cfg(test)]
mod tests;
