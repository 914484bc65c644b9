//! Shape, check and context become a score. The only place where candidates are made.

use std::ops::Range;

use super::Finder;
use crate::detect::Candidate;
use crate::detect::context::{self, Before, Hit};
use crate::detect::matcher::Matcher;
use crate::detect::plan::{KNOWN_TEST, LOG_TIMESTAMP};
use crate::detect::ruleset::Pattern;
use crate::detect::ruleset::schema::Boundary;
use crate::model::{Detection, Evidence, Role, Subject};

/// A longer value is no value of a field.
const LONGEST_UNSHAPED: usize = 256;

/// How a pattern is supported.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Support {
    Shape,
    FarCue,
    Cue,
    Label,
}

impl<'a> Finder<'a> {
    /// Where one of the shapes stands at `at`: the best of them and of the patterns the context names becomes a
    /// candidate. Where it ends. The context is looked at only then.
    pub(super) fn consider(&mut self, at: usize, shapes: &[Matcher]) -> Option<usize> {
        let slots = &self.rules.slots;
        let fits = |(first, shape): (usize, &Matcher)| {
            let pattern = slots[*shape as usize]?;
            Some((first, pattern, self.stands(pattern, at)?))
        };
        let (first, pattern, end) = shapes.iter().enumerate().find_map(fits)?;
        let before = self.before_shape(at);
        self.best_of(at, &before, &shapes[first..], Some((pattern, end)))
    }

    /// The same for shapes that speak for themselves: the context is not looked at.
    pub(super) fn recognise(&mut self, at: usize, shape: Matcher, before: &Before<'a>) -> Option<usize> {
        let found = self.attempt(self.rules.slots[shape as usize]?, at, before)?;
        self.emit(found);
        Some(found.detection.end as usize)
    }

    /// The same with the context at hand.
    pub(super) fn consider_in(&mut self, at: usize, before: &Before<'a>, shapes: &[Matcher]) -> Option<usize> {
        self.best_of(at, before, shapes, None)
    }

    /// The same where one pattern's match is `known` already.
    fn best_of(
        &mut self,
        at: usize,
        before: &Before<'a>,
        shapes: &[Matcher],
        known: Option<(u16, usize)>,
    ) -> Option<usize> {
        let mut best: Option<Candidate> = None;
        let mut look = |pattern: u16| {
            if best.as_ref().is_some_and(|it| self.is_beaten(pattern, it)) {
                return;
            }
            let found = match known {
                Some((index, end)) if index == pattern => self.judge(pattern, at, end, before),
                Some(_) if self.is_other_date(pattern, shapes) => None,
                _ => self.attempt(pattern, at, before),
            };
            if let Some(found) = found
                && best.as_ref().is_none_or(|it| rank(&found) > rank(it))
            {
                best = Some(found);
            }
        };
        for hit in [&before.hit, &before.date_hit].into_iter().flatten() {
            let labels: &[u16] = if hit.labelled && !hit.compound { &hit.cue.label_patterns } else { &[] };
            hit.cue.patterns.iter().for_each(|it| look(*it));
            labels.iter().for_each(|it| look(*it));
        }
        self.meaning.patterns.iter().for_each(|it| look(*it));
        shapes.iter().filter_map(|it| self.rules.slots[*it as usize]).for_each(look);
        let best = best?;
        let best = self.renamed_behind(&best, at, before).unwrap_or(best);
        let end = best.detection.end as usize;
        self.emit(best);
        Some(end)
    }

    /// True where the pattern can score no better than what was found.
    fn is_beaten(&self, index: u16, best: &Candidate) -> bool {
        let pattern = self.rules.pattern(index);
        let ceiling = pattern.bare.max(pattern.cue).max(pattern.label);
        let tied = ceiling == best.detection.permille && pattern.entity == best.detection.entity;
        best.detection.validated != Some(false) && (ceiling < best.detection.permille || tied)
    }

    /// True for a date of another shape than those that were seen.
    fn is_other_date(&self, index: u16, shapes: &[Matcher]) -> bool {
        let pattern = self.rules.pattern(index);
        pattern.is_date && pattern.matcher.is_some_and(|it| !shapes.contains(&it))
    }

    /// One pattern at one place.
    pub(super) fn attempt(&self, index: u16, at: usize, before: &Before<'a>) -> Option<Candidate> {
        let end = self.stands(index, at)?;
        self.judge(index, at, end, before)
    }

    /// Where a pattern's value at `at` ends, if there is one that stands alone.
    pub(super) fn stands(&self, index: u16, at: usize) -> Option<usize> {
        if !self.wanted[usize::from(index)] {
            return None;
        }
        let pattern = self.rules.pattern(index);
        let end = pattern.match_at(self.text, at, self.hi)?;
        let whole = !pattern.needs_no_year() || !self.is_broken_year(end);
        (whole && self.stands_alone(pattern.boundary(), at, end) && !self.is_a_part(pattern, at, end)).then_some(end)
    }

    /// True for a part of something longer of the same kind: pairs of a fingerprint, groups of a table of numbers, a
    /// version's date behind its plus sign.
    fn is_a_part(&self, pattern: &Pattern, at: usize, end: usize) -> bool {
        let is = |from: usize, to: usize, kind: fn(&u8) -> bool| {
            self.lo <= from && to <= self.hi && self.text[from..to].iter().all(kind)
        };
        match pattern.matcher {
            Some(Matcher::Mac) => {
                let alone = at < self.lo + 4 || !self.text[at - 4].is_ascii_alphanumeric();
                let behind = self.byte(end) == b':' && is(end + 1, end + 3, u8::is_ascii_hexdigit);
                let before =
                    self.previous(at) == b':' && alone && is(at.saturating_sub(3), at - 1, u8::is_ascii_hexdigit);
                behind || before
            }
            Some(Matcher::PhoneUs | Matcher::PhoneInternational) => {
                // `2.4+20151223`, `U+2165`
                let code_point =
                    self.previous(at) == b'U' && (at < self.lo + 2 || !self.text[at - 2].is_ascii_alphanumeric());
                self.text[at] == b'+' && (self.previous(at).is_ascii_digit() || code_point)
            }
            Some(Matcher::Card) => {
                let blank = self.byte(at + 4) == b' ';
                let before = self.previous(at) == b' ' && is(at.saturating_sub(5), at - 1, u8::is_ascii_digit);
                let group = |from: usize| self.byte(from) == b' ' && is(from + 1, from + 5, u8::is_ascii_digit);
                blank && (before || group(end) && group(end + 5))
            }
            _ => false,
        }
    }

    /// True where a year with a digit too many follows a day and month: `5 Jan 20245`.
    fn is_broken_year(&self, end: usize) -> bool {
        let mut start = end;
        while start < end + 2 && matches!(self.byte(start), b' ' | b',' | b'-' | b'/' | b'.') {
            start += 1;
        }
        let century = matches!((self.byte(start), self.byte(start + 1)), (b'1', b'8' | b'9') | (b'2', b'0'));
        century && (2..5).all(|it| self.byte(start + it).is_ascii_digit()) && !self.byte(start + 5).is_ascii_digit()
    }

    fn stands_alone(&self, boundary: Boundary, at: usize, end: usize) -> bool {
        let (previous, next) = (self.previous(at), self.byte(end));
        match boundary {
            Boundary::None => true,
            Boundary::Digits => !previous.is_ascii_digit() && !next.is_ascii_digit(),
            Boundary::Token => {
                let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let joins = |byte: u8| matches!(byte, b'-' | b'.' | b'/');
                let left = word(previous) && word(self.byte(at))
                    || joins(previous) && at > self.lo + 1 && self.text[at - 2].is_ascii_digit();
                let right = word(next) || joins(next) && self.byte(end + 1).is_ascii_digit();
                !left && !right
            }
        }
    }

    /// Scores a match.
    pub(super) fn judge(&self, index: u16, at: usize, end: usize, before: &Before<'a>) -> Option<Candidate> {
        let pattern = self.rules.pattern(index);
        let value = &self.text[at..end];
        let valid = pattern.validator.map(|check| check(value));
        let (mut support, mut evidence) = self.support(index, before);
        let look = support < Support::Label && !pattern.speaks_for_itself();
        let behind = if look { context::after(&self.rules.cues, self.surroundings(), end) } else { None };
        if behind.is_some_and(|cue| cue.patterns.contains(&index)) {
            support = Support::Label;
            evidence = evidence.with(Evidence::CUE_AFTER);
        }
        let mut permille = score(pattern, support);
        if valid == Some(false) {
            permille = if support == Support::Label { pattern.invalid } else { 0 };
            evidence = evidence.with(Evidence::CHECK_FAILED);
        } else if valid == Some(true) {
            evidence = evidence.with(Evidence::CHECK);
        }
        if self.speaks_against(index, before) || support == Support::Shape && behind.is_some_and(|cue| cue.veto) {
            permille = permille * 3 / 10;
            evidence = evidence.with(Evidence::VETO);
        }
        if support == Support::Shape && before.date_hit.is_none() && pattern.needs_no_year() && is_common_word(value) {
            return None;
        }
        if permille == 0 || self.is_no_identifier(pattern, support, before, at..end) {
            return None;
        }
        let mut validated = valid;
        if pattern.known_test.is_some_and(|is_known_test| is_known_test(value)) {
            permille = permille.min(KNOWN_TEST);
            evidence = evidence.with(Evidence::KNOWN_TEST);
            validated = Some(false);
        }
        let subject = self.subject(pattern, before);
        let role = if pattern.is_date { before.role.or(self.meaning.role) } else { None };
        let detection = Detection {
            entity: pattern.entity,
            pattern: index,
            start: at as u32,
            end: end as u32,
            permille,
            validated,
            role,
            subject,
            evidence: evidence.with(Evidence::FORMAT),
            field: self.field,
        };
        Some(Candidate { detection, column: 0, words: 0, value: 0 })
    }

    /// A match of which its finder has looked at the context already.
    pub(super) fn told(&self, index: u16, at: usize, end: usize) -> Candidate {
        let pattern = self.rules.pattern(index);
        let detection = Detection {
            entity: pattern.entity,
            pattern: index,
            start: at as u32,
            end: end as u32,
            permille: pattern.bare,
            validated: None,
            role: None,
            subject: pattern.subject,
            evidence: Evidence::FORMAT.with(Evidence::CUE),
            field: self.field,
        };
        Candidate { detection, column: 0, words: 0, value: 0 }
    }

    fn support(&self, index: u16, before: &Before<'a>) -> (Support, Evidence) {
        if self.meaning.patterns.contains(&index) {
            let evidence = if self.meaning.sibling { Evidence::SIBLING } else { Evidence::LABEL };
            return (Support::Cue, evidence);
        }
        let none = (Support::Shape, Evidence::default());
        let first = before.hit.as_ref().map_or(none, |hit| support_of(hit, index));
        let second = before.date_hit.as_ref().map_or(none, |hit| support_of(hit, index));
        if second.0 >= first.0 { second } else { first }
    }

    /// A value without a form of its own needs more than a word nearby: no counts, no short numbers or years behind a
    /// distant cue, nothing that reads as a word, a file or a document of its own. Behind a label only a word that is
    /// itself one is none: `serial: cp210x: add`.
    fn is_no_identifier(&self, pattern: &Pattern, support: Support, before: &Before<'a>, place: Range<usize>) -> bool {
        if !pattern.is_formless {
            return false;
        }
        let value = &self.text[place.clone()];
        if support == Support::Label {
            return self.byte(place.end) == b':' && reads_as_word(value);
        }
        let year = value.len() == 4 && matches!(value, [b'1', b'9', ..] | [b'2', b'0', ..]);
        let far = support == Support::FarCue && value.len() < 6;
        before.veto || year || far || reads_as_word(value) || is_document(value)
    }

    fn speaks_against(&self, index: u16, before: &Before<'a>) -> bool {
        before.against.is_some_and(|cue| cue.against.contains(&index)) || self.meaning.against.contains(&index)
    }

    fn subject(&self, pattern: &Pattern, before: &Before<'a>) -> Subject {
        let told = before.subject.or(self.meaning.subject);
        told.unwrap_or(pattern.subject)
    }

    /// Turns a date into a log's own timestamp.
    pub(super) fn as_log_timestamp(&self, mut candidate: Candidate) -> Candidate {
        let it = &mut candidate.detection;
        it.permille = LOG_TIMESTAMP;
        it.role = Some(Role::LogTimestamp);
        it.evidence = it.evidence.with(Evidence::LOG_POSITION);
        candidate
    }

    /// Dates in a path are mostly those of the file: they count only where a cue says more.
    pub fn calm_dates(&mut self, first: usize) {
        for index in first..self.out.len() {
            let it = &self.out[index].detection;
            let told = it.role.is_some() || it.evidence.has(Evidence::CUE) || it.evidence.has(Evidence::LABEL);
            if self.rules.pattern(it.pattern).is_date && !told {
                self.out[index] = self.as_log_timestamp(self.out[index]);
            }
        }
    }

    /// Takes the field in hand for what its standard says it holds, unless something sure was found in it since `first`.
    pub fn take_unshaped(&mut self, unshaped: &Detection, first: usize) {
        let behind_blanks = self.text[self.lo..self.hi].trim_ascii_start();
        let value = behind_blanks.trim_ascii_end();
        let told = self.out[first..].iter().any(|it| it.detection.permille >= 500);
        let telling = value.iter().any(|it| it.is_ascii_alphanumeric() || *it >= 0x80);
        if told || !telling || value.len() > LONGEST_UNSHAPED || !self.wanted[usize::from(unshaped.pattern)] {
            return;
        }
        let start = self.hi - behind_blanks.len();
        let (start, end) = (start as u32, (start + value.len()) as u32);
        let detection = Detection { start, end, field: self.field, ..*unshaped };
        self.emit(Candidate { detection, column: 0, words: 0, value: 0 });
    }

    /// Keeps a candidate, unless it can never reach the threshold.
    pub(super) fn emit(&mut self, candidate: Candidate) {
        if let Some(kind) = self.rules.pattern(candidate.detection.pattern).health {
            if candidate.detection.permille >= 500 {
                self.health.add(kind);
            }
            if !self.options.health {
                return;
            }
        }
        if candidate.detection.permille >= self.options.min_permille || self.keep_weak {
            self.out.push(candidate);
        }
    }
}

/// The better of two candidates that begin at one place: the score, then the length.
pub(super) fn rank(candidate: &Candidate) -> (u16, u32) {
    (candidate.detection.permille, candidate.detection.end)
}

/// True for what holds a piece of a word, two small letters side by side, unless all of it is hexadecimal or it has as
/// many digits in a row as only numbers have: `arm64`, `libssh2`, not `kp1234567`.
fn reads_as_word(value: &[u8]) -> bool {
    let small = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_lowercase();
    let numbered = || value.windows(6).any(|it| it.iter().all(u8::is_ascii_digit));
    let hexadecimal = || value.iter().all(|it| it.is_ascii_hexdigit() || *it == b'-');
    value.windows(2).any(small) && !hexadecimal() && !numbered()
}

/// True for numbers of what everyone may read, `CVE-2023-0464` and `RFC7517`, for `SHA256`, and for the hash of a commit.
fn is_document(value: &[u8]) -> bool {
    match value {
        [b'C', b'V', b'E', b'-', ..] => true,
        [b'R', b'F', b'C', rest @ ..] | [b'I', b'S', b'O', rest @ ..] => {
            rest.len() <= 5 && rest.iter().all(u8::is_ascii_digit)
        }
        [b'S', b'H', b'A', rest @ ..] => matches!(rest, b"1" | b"224" | b"256" | b"384" | b"512"),
        _ => matches!(value.len(), 40 | 64) && value.iter().all(u8::is_ascii_hexdigit),
    }
}

/// `10 may`, `dec 10`: three small letters are as often a word as a month.
fn is_common_word(value: &[u8]) -> bool {
    let letters = || value.iter().filter(|it| it.is_ascii_alphabetic());
    value.contains(&b' ') && letters().count() == 3 && letters().all(u8::is_ascii_lowercase)
}

fn score(pattern: &Pattern, support: Support) -> u16 {
    match support {
        Support::Shape => pattern.bare,
        Support::FarCue => pattern.bare.max(pattern.cue.saturating_sub(250)),
        Support::Cue => pattern.bare.max(pattern.cue),
        Support::Label => pattern.bare.max(pattern.cue).max(pattern.label),
    }
}

/// How a phrase near a value supports a pattern.
fn support_of(hit: &Hit<'_>, index: u16) -> (Support, Evidence) {
    let in_prose = hit.cue.patterns.contains(&index);
    let as_label = hit.labelled && !hit.compound && hit.cue.label_patterns.contains(&index);
    if hit.labelled && in_prose || as_label {
        return (Support::Label, Evidence::LABEL);
    }
    if !in_prose {
        return (Support::Shape, Evidence::default());
    }
    (if hit.adjacent || hit.distance <= 1 { Support::Cue } else { Support::FarCue }, Evidence::CUE)
}
