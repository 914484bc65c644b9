//! One pass over a block: from trigger to trigger, each decided on the spot. Never rescans the text for a pattern.

mod address;
mod crossing;
mod groups;
mod hl7;
mod judge;
mod locality;
mod number;
mod place;
mod plain;
mod separator;
mod token;

use super::context::{self, Before, Memo, REACH, Surroundings, TellingWords};
use super::label::Meaning;
use super::masks::Masks;
use super::ruleset::Ruleset;
use super::{Candidate, DetectorOptions, HealthTally};
use crate::model::{Field, Segment};

pub(super) use hl7::Hl7Fields;

/// The state of one pass.
pub(super) struct Finder<'a> {
    pub rules: &'a Ruleset,
    pub options: &'a DetectorOptions,
    pub hl7: &'a Hl7Fields,
    /// Per pattern: whether it is looked for at all.
    pub wanted: &'a [bool],
    pub text: &'a [u8],
    pub masks: &'a Masks,
    pub telling: &'a TellingWords,
    pub memo: Memo<'a>,
    pub out: &'a mut Vec<Candidate>,
    pub health: &'a mut HealthTally,
    /// The field in hand.
    pub lo: usize,
    pub hi: usize,
    pub field: u32,
    pub meaning: &'a Meaning,
    /// Weak candidates matter: the field's column may raise them.
    pub keep_weak: bool,
}

impl<'a> Finder<'a> {
    /// Searches the field `lo..hi` for everything.
    pub fn search(&mut self) {
        let (lo, hi) = (self.lo, self.hi);
        if lo >= hi {
            return;
        }
        let mut resume = lo;
        let (first, last) = (lo / 64, (hi - 1) / 64);
        for index in first..=last {
            let mut bits = self.masks.trigger.chunk(index);
            if index == last {
                bits &= !0 >> (63 - (hi - 1) % 64);
            }
            let base = index * 64;
            if resume > base {
                bits = beyond(bits, resume - base);
            }
            while bits != 0 {
                let at = base + bits.trailing_zeros() as usize;
                resume = self.trigger(at).max(at + 1);
                bits = beyond(bits, resume - base);
            }
        }
        self.localities();
    }

    /// Decides what begins at a trigger; where to go on.
    #[inline]
    fn trigger(&mut self, at: usize) -> usize {
        match self.text[at] {
            b'0'..=b'9' => self.number(at),
            b'@' => self.mail(at),
            b'/' if self.text[at.saturating_sub(4)] != b'.' => at + 1,
            b'/' => self.host(at),
            _ => self.separator(at),
        }
    }

    /// A pattern whose literal stands at `at`.
    pub fn lead(&mut self, pattern: u16, at: usize) {
        let Some(end) = self.stands(pattern, at) else { return };
        let before = self.before_shape(at);
        if let Some(found) = self.judge(pattern, at, end, &before) {
            self.emit(found);
        }
    }

    /// Tries the patterns that have neither matcher nor literal, in the field in hand: at the starts of tokens and of
    /// runs of digits. Only users' patterns and reported health context need this second look.
    pub fn try_starts(&mut self) {
        let (rules, health) = (self.rules, self.options.health);
        let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_alphanumeric() || byte >= 0x80);
        for at in self.lo..self.hi {
            let (digit, word) = kind(self.text[at]);
            let (digit_before, word_before) = kind(self.previous(at));
            let digits_begin = digit && !digit_before;
            if word && word_before && !digits_begin {
                continue;
            }
            for pattern in rules.custom.starting_with(self.text[at], health) {
                if self.stands(pattern, at).is_some() {
                    self.lead(pattern, at);
                }
            }
        }
    }

    /// The byte at `at`, 0 outside the field.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        if at >= self.lo && at < self.hi { self.text[at] } else { 0 }
    }

    /// The byte before `at`, 0 at the field's start.
    #[inline]
    fn previous(&self, at: usize) -> u8 {
        if at > self.lo { self.text[at - 1] } else { 0 }
    }

    /// The field's text, for matchers: nothing behind the field is seen.
    #[inline]
    fn bounded(&self) -> &'a [u8] {
        &self.text[..self.hi]
    }

    #[inline]
    fn word_end(&self, at: usize) -> usize {
        self.masks.word.run_end(at, self.hi)
    }

    #[inline]
    fn word_start(&self, at: usize) -> usize {
        self.masks.word.run_start(at, self.lo)
    }

    #[inline]
    fn surroundings(&self) -> Surroundings<'a> {
        Surroundings { text: self.text, masks: self.masks, telling: self.telling, lo: self.lo, hi: self.hi }
    }

    #[inline]
    fn before(&self, at: usize) -> Before<'a> {
        context::before_value(&self.rules.cues, self.surroundings(), &self.memo, at)
    }

    /// The same for a value of telling shape: common words may be a date's cues, and some speak against it.
    fn before_shape(&self, at: usize) -> Before<'a> {
        context::before(&self.rules.cues, self.surroundings(), &self.memo, at, REACH)
    }

    /// Only the word directly before, and what belongs to its phrase.
    fn directly_before(&self, at: usize) -> Before<'a> {
        context::before(&self.rules.cues, self.surroundings(), &self.memo, at, 0)
    }
}

/// The bits from the one of that number on.
#[inline]
fn beyond(bits: u64, number: usize) -> u64 {
    if number < 64 { bits & (!0 << number) } else { 0 }
}

/// The one field of a segment that has none: the whole text.
pub(super) fn whole_text(segment: &Segment) -> Field {
    Field {
        start: 0,
        end: segment.text.len() as u32,
        label: crate::model::NO_LABEL,
        record: 0,
        node: crate::model::NO_NODE,
        kind: crate::model::FieldKind::Narrative,
    }
}
