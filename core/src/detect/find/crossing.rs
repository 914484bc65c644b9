//! Corners of two streets: `corner of 12 Elm Road and Oak Street`.

use super::Finder;
use crate::detect::matcher::Matcher::Crossing;

/// Bytes of the first of two streets that cross, and of what joins them.
const LONGEST_STREET: usize = 64;
/// Bytes of a house number or an abbreviation before a street's name, with the blank before it.
const SHORT_WORD: usize = 6;

impl Finder<'_> {
    /// `corner of 12 Elm Road and …`: two streets of which the first begins with the number or short word before `end`.
    pub(super) fn corner(&mut self, end: usize) {
        let floor = self.lo.max(end.saturating_sub(SHORT_WORD));
        let Some(blank) = self.text[floor..end].iter().rposition(|it| *it == b' ').map(|it| floor + it) else { return };
        if self.text[self.lo..blank].ends_with(b" of")
            && let Some(stop) = self.crossing(blank - 2, blank + 1)
        {
            self.put(Crossing, blank + 1, stop);
        }
    }

    /// Where the names of two streets end that begin at `at`, behind `corner of`: `12 Elm Road and Oak Street`.
    pub(super) fn crossing(&self, of: usize, at: usize) -> Option<usize> {
        let before = &self.text[self.lo.max(of.saturating_sub(13))..of];
        if !before.ends_with(b"corner ") && !before.ends_with(b"intersection ") {
            return None;
        }
        let streets = &self.text[at..self.hi.min(at + LONGEST_STREET)];
        let joint = |it: &[u8]| streets.windows(it.len()).position(|row| row == it).map(|at| at + it.len());
        let second = joint(b" and ").or_else(|| joint(b" & ")).map(|it| at + it)?;
        if !is_one_street(&self.text[at..second]) {
            return None;
        }
        self.numbered_name(second)
    }

    /// Capitalised words, perhaps with a number and a street's suffix behind them.
    fn numbered_name(&self, at: usize) -> Option<usize> {
        let mut end = self.words_of_name(at)?;
        let number = self.word_end((end + 1).min(self.hi));
        if self.byte(end) == b' ' && number > end + 1 && self.text[end + 1..number].iter().all(u8::is_ascii_digit) {
            end = number;
            end = if self.byte(end) == b' ' { self.words_of_name(end + 1).unwrap_or(end) } else { end };
        }
        let full_stop = self.byte(end) == b'.' && self.byte(end + 1) == b' ' && self.byte(end + 2).is_ascii_lowercase();
        Some(end + usize::from(full_stop || self.byte(end) == b'.' && self.bounded()[end..].starts_with(b". and ")))
    }
}

/// True for words with a capital among them and no end of a sentence; `&` or `and` behind them is let pass.
fn is_one_street(text: &[u8]) -> bool {
    let part = |it: &u8| it.is_ascii_alphanumeric() || *it >= 0x80 || matches!(it, b' ' | b'.' | b'-' | b'\'' | b'&');
    let ends = |it: &[u8]| {
        let [a, b, c, b'.', b' ', next] = it else { return false };
        next.is_ascii_uppercase() && [a, b, c].iter().all(|it| it.is_ascii_alphabetic())
    };
    text.iter().all(part) && text.iter().any(|it| it.is_ascii_uppercase() || *it >= 0x80) && !text.windows(6).any(ends)
}
