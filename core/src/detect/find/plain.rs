//! Numbers that are nothing, told by a look at their neighbours: most of those of a log or a report.

use super::Finder;
use super::number::is_month_start;
use crate::detect::context;
use crate::detect::matcher::street_lead;

impl Finder<'_> {
    /// True for a number that is the whole value of a key which names nothing: `status=200,`, `"count":4152}`. Nothing
    /// else is said of it, whatever stands further left.
    #[inline]
    pub(super) fn is_unnamed(&self, at: usize, end: usize, previous: u8) -> bool {
        let keyed = match previous {
            b'=' => true,
            b'"' => at > self.lo + 2 && &self.text[at - 3..at - 1] == b"\":",
            b':' => at > self.lo + 1 && self.text[at - 2] == b'"',
            _ => false,
        };
        let len = end - at;
        // Two or three digits may be an age, which a word behind a mark still tells.
        let may_close = || match self.byte(end) {
            b',' | b';' | b'}' | b']' | b'"' | b'&' | b'\n' => !matches!(len, 2 | 3),
            b' ' => self.byte(end + 1).is_ascii_lowercase() && self.is_before_plain_word(end, len),
            _ => false,
        };
        keyed && matches!(len, 1..=7 | 9) && may_close() && self.is_calm() && !self.is_labelled(at)
    }

    /// True where the word in lower case behind a number of so many digits, which ends at `end`, makes nothing of it.
    fn is_before_plain_word(&self, end: usize, len: usize) -> bool {
        let next = &self.text[end + 1..self.word_end(end + 1)];
        let dated = len <= 2 && (next.starts_with(b"de") || is_month_start(next, 0));
        let aged = matches!(len, 2 | 3) && next[0] == b'y';
        !dated && !aged && !street_lead(next) && context::after(&self.rules.cues, self.surroundings(), end).is_none()
    }

    /// True where only what is sure of itself or named can be reported.
    #[inline]
    pub(super) fn is_calm(&self) -> bool {
        #[cfg(test)]
        if tests::THOROUGH.get() {
            return false;
        }
        self.meaning.patterns.is_empty() && !self.keep_weak && self.options.min_permille >= 500
    }

    /// True for a number between two words of which none says anything of it: `attempt 3879 of`. What else is looked at
    /// would find nothing; most numbers of a log or a report stand so.
    pub(super) fn is_plain(&self, at: usize, end: usize, len: usize) -> bool {
        let behind = if at > self.lo + 1 { self.text[at - 2] } else { 0 };
        let usual = matches!(len, 1..=7 | 9) && self.previous(at) == b' ' && behind.is_ascii_lowercase();
        if !usual || !self.is_calm() {
            return false;
        }
        let (first, last) = (self.word_start(at - 1), self.word_end(end + 1));
        let (before, next) = (&self.text[first..at - 1], &self.text[end + 1..last]);
        // A word with a capital before five digits may be a state.
        let may_be_plain = before[0].is_ascii_lowercase() || before[0].is_ascii_uppercase() && len != 5;
        let in_street = self.may_name_street(first, at - 1) || street_lead(next) || self.leads_to_a_street(at, end);
        if !may_be_plain || in_street || self.is_behind_box(at) {
            return false;
        }
        if matches!(len, 1 | 2 | 4) && self.may_end_month(first, at - 1)
            || len <= 2 && (next.starts_with(b"de") || is_month_start(next, 0))
            || matches!(len, 2 | 3) && next[0] == b'y'
        {
            return false;
        }
        match context::after(&self.rules.cues, self.surroundings(), end) {
            Some(cue) if !cue.veto || !cue.patterns.is_empty() => false,
            Some(_) if len > 3 => true,
            _ => len == 1 || !context::any_telling(&self.rules.cues, &self.surroundings(), at),
        }
    }

    /// True where a month may end with the word `start..end`, as in `March of`.
    #[inline]
    fn may_end_month(&self, start: usize, end: usize) -> bool {
        if matches!(&self.text[start..end], b"of" | b"de" | b"del") && start > self.lo + 3 {
            return is_month_start(self.bounded(), self.word_start(start - 1));
        }
        is_month_start(self.bounded(), start)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use crate::detect::{Detector, DetectorOptions, Ruleset};
    use crate::model::Segment;

    thread_local! {
        /// Nothing is passed over because it looks as if it were nothing.
        pub(super) static THOROUGH: Cell<bool> = const { Cell::new(false) };
    }

    const PIECES: [&str; 79] = [
        "1",
        "7",
        "12",
        "29",
        "45",
        "93",
        "104",
        "212",
        "555",
        "1999",
        "2024",
        "3879",
        "12345",
        "123456",
        "1234567",
        "212555123",
        "attempt ",
        "tick ",
        "of ",
        "de ",
        "in ",
        "room ",
        "rooms ",
        "box ",
        "po box ",
        "apt ",
        "suite ",
        "weg ",
        "rue ",
        "via ",
        "may ",
        "march ",
        "days ",
        "years",
        "yo",
        "age ",
        "aged ",
        "mrn ",
        "MRN ",
        "MRN: ",
        "account ",
        "id ",
        "patient ",
        "zip ",
        "CA ",
        "code ",
        "fax ",
        "phone ",
        "ext ",
        "events ",
        "rows ",
        "ms ",
        "status=",
        "\"count\":",
        "\"mrn\":",
        "\"zip\":\"",
        "count=",
        "age=",
        "total: ",
        "Flushed ",
        "Main ",
        "Street ",
        "street ",
        "Dr ",
        "mrs ",
        "was ",
        "lives at ",
        "mill lane ",
        "years old ",
        " ",
        " ",
        " ",
        " ",
        ", ",
        ". ",
        "\n",
        "}",
        "\"",
        "-",
    ];

    #[test]
    fn what_is_passed_over_is_nothing() {
        let detector = Detector::new(Ruleset::builtin().expect("the built-in rules"), DetectorOptions::default())
            .expect("a detector");
        let mut random = crate::detect::dice::dice();
        let mut found = 0;
        for _ in 0..3000 {
            let mut text = String::new();
            (0..120).for_each(|_| text.push_str(PIECES[random(PIECES.len())]));
            let segment = Segment::narrative(text.as_bytes());
            let quick = format!("{:?}", detector.find(&segment).items);
            THOROUGH.set(true);
            let thorough = detector.find(&segment).items;
            THOROUGH.set(false);
            assert_eq!(quick, format!("{thorough:?}"), "{text}");
            found += thorough.len();
        }
        assert!(found > 4_000, "{found}");
    }
}
