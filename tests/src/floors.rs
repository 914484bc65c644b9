//! What `tests/floors.toml` asks for. The accuracy tests and `cargo xtask eval` read it the same way.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::score::Tally;

/// Below this many spans, one miss and one false alarm are allowed instead of shares.
const FEW: usize = 30;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// The own corpus, every entity.
    pub corpus: Floor,
    /// Annotated set → label → floor.
    pub sets: BTreeMap<String, BTreeMap<String, Floor>>,
    /// Set of texts without identifiers → label → false alarms allowed per 100 kB.
    pub false_alarms: BTreeMap<String, BTreeMap<String, f64>>,
    /// Text without names that `cargo xtask eval` makes or is given → names reported per 100 kB, at most.
    pub alarms: BTreeMap<String, f64>,
}

/// What one label of a set must reach.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Share of the spans that are found.
    pub recall: f64,
    /// Share of the findings that are right.
    pub precision: f64,
    /// Findings that are right though the set does not mark them.
    #[serde(default)]
    pub unmarked: usize,
}

impl Floor {
    /// True where those counts reach it.
    pub fn is_met(self, tally: &Tally) -> bool {
        let unmarked = tally.wrong.min(self.unmarked);
        let tally = &Tally { right: tally.right + unmarked, wrong: tally.wrong - unmarked, ..*tally };
        let (missed, wrong) = (tally.gold - tally.found, tally.wrong);
        if tally.gold < FEW {
            return missed <= 1 && wrong <= 1;
        }
        tally.recall() >= self.recall && tally.precision() >= self.precision
    }
}

impl Floors {
    /// True where a label of a set is at or above its floor, or has none. `size` is the set's size in bytes.
    pub fn are_met(&self, set: &str, label: &str, tally: &Tally, size: usize) -> bool {
        if let Some(most) = self.false_alarms.get(set).and_then(|it| it.get(label)) {
            return per_100_kb(tally.wrong, size) <= *most;
        }
        self.sets.get(set).and_then(|it| it.get(label)).is_none_or(|floor| floor.is_met(tally))
    }
}

/// So many in so many bytes, per 100 kB.
pub fn per_100_kb(count: usize, size: usize) -> f64 {
    count as f64 * 1e5 / size.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_spans_are_counted_and_many_are_shares() {
        let floor = Floor { recall: 0.9, precision: 0.9, unmarked: 0 };
        assert!(floor.is_met(&Tally { gold: 12, found: 11, right: 11, wrong: 1 }));
        assert!(!floor.is_met(&Tally { gold: 12, found: 10, right: 10, wrong: 0 }));
        assert!(!floor.is_met(&Tally { gold: 100, found: 89, right: 89, wrong: 0 }));
        let wrong = Tally { gold: 100, found: 95, right: 90, wrong: 12 };
        assert!(!floor.is_met(&wrong));
        assert!(Floor { unmarked: 3, ..floor }.is_met(&wrong));
    }
}
