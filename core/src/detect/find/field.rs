//! Fields whose label says what they hold: the whole value is tried first.

use super::Finder;
use crate::detect::Candidate;
use crate::model::FieldKind;

impl Finder<'_> {
    /// Searches the field in hand, its label first.
    pub fn search_field(&mut self, kind: FieldKind) {
        let meant = !self.meaning.patterns.is_empty();
        if meant && kind != FieldKind::Narrative && self.whole_value() {
            return;
        }
        self.search();
    }

    /// Tries the patterns of the label on the whole value; false where none fits.
    fn whole_value(&mut self) -> bool {
        let (lo, hi) = (self.lo, self.hi);
        let before = Default::default();
        let mut best: Option<Candidate> = None;
        self.whole = true;
        let meaning = self.meaning;
        for &index in &meaning.patterns {
            if !self.wanted[usize::from(index)] {
                continue;
            }
            let pattern = self.rules.pattern(index);
            if pattern.match_at(self.text, lo, hi) != Some(hi) {
                continue;
            }
            let Some(found) = self.judge(index, lo, hi, &before) else { continue };
            let better = best.is_none_or(|it| found.detection.permille > it.detection.permille);
            if better {
                best = Some(found);
            }
            if found.detection.validated != Some(false) {
                break;
            }
        }
        self.whole = false;
        let Some(best) = best else { return false };
        let logged = meaning.log_clock && self.rules.entity(best.detection.entity).id == "date";
        self.emit(if logged { self.as_log_timestamp(best) } else { best });
        true
    }
}
