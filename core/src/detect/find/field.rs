//! Fields whose label says what they hold: the whole value is tried first.

use super::Finder;
use crate::detect::Candidate;
use crate::detect::plan::Value;
use crate::model::FieldKind;

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
        let (text, at) = (self.bounded(), self.lo);
        let Some(mut detection) = self.plan.whole(self.rules, Value { text, at }) else { return false };
        detection.start = self.lo as u32;
        detection.end = self.hi as u32;
        detection.field = self.field;
        self.emit(Candidate { detection, column: 0 });
        true
    }
}
