//! Fields whose label says what they hold: the whole value is tried first.

use super::Finder;
use crate::detect::Candidate;
use crate::detect::plan::Value;
use crate::model::{Detection, FieldKind};

impl Finder<'_> {
    /// Searches the field in hand, its label first. True where the label told what the whole of it is.
    #[inline]
    pub fn search_field(&mut self, kind: FieldKind) -> bool {
        if kind != FieldKind::Narrative && self.whole_value() {
            return true;
        }
        self.search();
        false
    }

    /// Tries the patterns of the label on the whole value; false where none fits.
    #[inline]
    fn whole_value(&mut self) -> bool {
        if self.lo >= self.hi {
            return false;
        }
        let (text, at) = (self.bounded(), self.lo);
        let Some(outcome) = self.plan.whole(self.rules, Value { text, at }) else { return false };
        if outcome.is_health {
            self.emit(Candidate { detection: self.placed(outcome.detection), column: 0 });
        } else if self.keep_weak || outcome.detection.permille >= self.options.min_permille {
            self.out.push(Candidate { detection: self.placed(outcome.detection), column: 0 });
        }
        true
    }

    /// What the whole field in hand is.
    #[inline]
    fn placed(&self, detection: Detection) -> Detection {
        Detection { start: self.lo as u32, end: self.hi as u32, field: self.field, ..detection }
    }
}
