//! One block through the detector's first step: candidates, without those that are allowed, and their places.

use std::sync::Arc;

use super::locate::{Place, locate};
use super::{AllowList, Scanner};
use crate::detect::{Candidate, Candidates};
use crate::model::{Frame, Seal, Segment, Text};

/// What is kept of a block once its text is gone.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub candidates: Candidates,
    /// One per candidate, where findings are wanted.
    pub places: Vec<Place>,
    /// One per candidate, where values are shown.
    pub values: Vec<Text>,
    /// One per candidate, where values are sealed.
    pub seals: Vec<Seal>,
    pub frame: Arc<Frame>,
    /// Bytes of text that were this block's own.
    pub own: u64,
}

/// How blocks of one source are searched.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub scanner: &'a Scanner,
    /// Findings are located and delivered, not only counted.
    pub wants_findings: bool,
    /// Every value in this source is allowed.
    pub all_allowed: bool,
}

impl Search<'_> {
    /// Searches a block into used-up buffers and hands its own text buffer back.
    pub fn find(&self, segment: Segment, block: &mut Block) -> Vec<u8> {
        let Block { candidates, places, values, seals, frame, own } = block;
        let options = &self.scanner.options;
        if self.wants_findings || self.all_allowed || options.allow.is_some() {
            self.scanner.detector.find_into(&segment, candidates);
        } else {
            self.scanner.detector.count_into(&segment, candidates);
        }
        if self.all_allowed {
            candidates.items.clear();
        } else if let Some(allow) = &options.allow {
            retain_unallowed(allow, &segment, candidates);
        }
        *own = u64::from(segment.own.end - segment.own.start);
        if self.wants_findings {
            locate(&segment, candidates.items.iter().map(|it| it.detection), places);
            if options.show_values {
                *values = shown_values(&segment, candidates);
            }
            if let Some(sealer) = &options.sealer {
                sealer.seal(&segment.text, candidates.items.iter().map(|it| it.detection), seals);
            }
            *frame = segment.frame;
        }
        segment.text.0
    }
}

fn retain_unallowed(allow: &AllowList, segment: &Segment, candidates: &mut Candidates) {
    candidates.items.retain(|it| !allow.allows_value(segment.text.get(it.detection.range()).unwrap_or_default()));
}

fn shown_values(segment: &Segment, candidates: &Candidates) -> Vec<Text> {
    let value = |it: &Candidate| Text(segment.text.get(it.detection.range()).unwrap_or_default().to_vec());
    candidates.items.iter().map(value).collect()
}
