//! Text in, detections out. Pure: no file, network, clock or environment. Knows no file formats.

mod options;
pub mod ruleset;
pub mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Detection, EntityId, Segment};
pub use ruleset::{Entity, Ruleset};

/// What to look for and what to report.
#[derive(Clone, Debug)]
pub struct DetectorOptions {
    /// Detections below this score, in thousandths, are dropped when settled. 0 shows everything with evidence.
    pub min_permille: u16,
    /// Only these entities, where not empty.
    pub only: Vec<EntityId>,
    /// Not these.
    pub skip: Vec<EntityId>,
}

impl Default for DetectorOptions {
    fn default() -> Self {
        DetectorOptions { min_permille: 500, only: Vec::new(), skip: Vec::new() }
    }
}

/// Finds identifiers in segments. Immutable and shared by threads.
#[derive(Debug)]
pub struct Detector {
    ruleset: Arc<Ruleset>,
    options: DetectorOptions,
}

/// What was found in one block before the rest of its source is known: detections with the evidence of their own
/// block, weak ones among them. Holds no text.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// In order of `start`, not overlapping.
    pub items: Vec<Candidate>,
    /// Health evidence by kind, capped.
    pub health: BTreeMap<&'static str, u64>,
}

/// A detection that may still change when its source is known.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// As its own block tells.
    pub detection: Detection,
    /// Keyed hash of the normalised value, 0 where it plays no part.
    pub value: u64,
}

/// What is remembered of a source between its blocks. Bounded.
#[derive(Clone, Debug, Default)]
pub struct SourceMemory {}

impl Detector {
    /// A detector of those rules.
    pub fn new(ruleset: Arc<Ruleset>, options: DetectorOptions) -> Self {
        Detector { ruleset, options }
    }

    /// The rules.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// The options.
    pub fn options(&self) -> &DetectorOptions {
        &self.options
    }

    /// Candidates of one block. Pure; blocks of a source may be searched in parallel.
    pub fn find(&self, _segment: &Segment) -> Candidates {
        Candidates::default()
    }

    /// Adds what a block establishes to the memory of its source, without deciding anything: the first of two passes
    /// over a source that is small enough to be settled twice.
    pub fn learn(&self, _memory: &mut SourceMemory, _candidates: &Candidates) {}

    /// Decides on a block's candidates, in block order: `decide` gets the candidate's index and the detection for each
    /// that reaches the threshold.
    pub fn settle(
        &self,
        _memory: &mut SourceMemory,
        candidates: &Candidates,
        mut decide: impl FnMut(usize, Detection),
    ) {
        for (index, candidate) in candidates.items.iter().enumerate() {
            decide(index, candidate.detection);
        }
    }
}
