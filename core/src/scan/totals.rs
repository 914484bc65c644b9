//! The sums over all sources of a scan, and what they mean for an exit code.

use std::collections::BTreeMap;

use crate::model::{EntityId, Reason, ReasonClass, SourceState, SourceSummary, Unread, Verdict};

/// Sums over all sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sources in all.
    pub sources: u64,
    /// Sources by how far they were read.
    pub states: BTreeMap<SourceState, u64>,
    /// Sources by verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Findings by entity.
    pub counts: BTreeMap<EntityId, u64>,
    /// What was not read, by reason: parts, and sources of which nothing was read.
    pub unread: BTreeMap<Reason, u64>,
    /// On-disk bytes of all sources.
    pub bytes: u64,
    /// On-disk bytes examined.
    pub bytes_examined: u64,
    /// True where the scan was cancelled before its end.
    pub interrupted: bool,
}

impl Totals {
    /// Adds a source and its unread parts.
    pub fn add(&mut self, summary: &SourceSummary, parts: &[Unread]) {
        self.sources += 1;
        *self.states.entry(summary.state).or_default() += 1;
        *self.verdicts.entry(summary.verdict).or_default() += 1;
        for (entity, count) in &summary.counts {
            *self.counts.entry(*entity).or_default() += count;
        }
        for part in parts {
            *self.unread.entry(part.reason).or_default() += 1;
        }
        if let (Some(reason), true) = (summary.reason, parts.is_empty()) {
            *self.unread.entry(reason).or_default() += 1;
        }
        self.bytes += summary.bytes;
        self.bytes_examined += summary.bytes_examined;
    }

    /// Findings in all.
    pub fn findings(&self) -> u64 {
        self.counts.values().sum()
    }

    /// True where the verdict on some source counts as found.
    pub fn found(&self) -> bool {
        self.verdicts.iter().any(|(verdict, sources)| verdict.is_found() && *sources > 0)
    }

    /// True where something was not read for a reason of the failure class.
    pub fn failures(&self) -> bool {
        self.unread.keys().any(|reason| reason.class() == ReasonClass::Failure)
    }
}
