//! Fields whose label says what they hold: the whole value is tried first.

use super::Finder;
use crate::detect::Candidate;
use crate::detect::plan::Value;
use crate::model::{Detection, FieldKind};

impl Finder<'_> {
    /// Searches the field in hand, its label first. True where the label told surely what the whole of it is: nothing
    /// inside it can count more.
    #[inline]
    pub fn search_field(&mut self, kind: FieldKind) -> bool {
        if kind != FieldKind::Narrative
            && let Some(told) = self.whole_value()
        {
            return told;
        }
        self.search();
        false
    }

    /// Tries the patterns of the label on the whole value: whether the one that fits is sure of it, if one does.
    #[inline]
    fn whole_value(&mut self) -> Option<bool> {
        if self.lo >= self.hi {
            return None;
        }
        let (text, at) = (self.bounded(), self.lo);
        let outcome = self.plan.whole(self.rules, Value { text, at })?;
        if outcome.is_health {
            self.emit(Candidate { detection: self.placed(outcome.detection), column: 0 });
        } else if self.keep_weak || outcome.detection.permille >= self.options.min_permille {
            self.out.push(Candidate { detection: self.placed(outcome.detection), column: 0 });
        }
        Some(!outcome.is_health && outcome.detection.permille >= 500)
    }

    /// What the whole field in hand is.
    #[inline]
    fn placed(&self, detection: Detection) -> Detection {
        Detection { start: self.lo as u32, end: self.hi as u32, field: self.field, ..detection }
    }
}
