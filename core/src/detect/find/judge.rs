//! Shape, check and context become a score. The only place where candidates are made.

use super::Finder;
use crate::detect::Candidate;
use crate::detect::context::{self, Before};
use crate::detect::matcher::Matcher;
use crate::detect::ruleset::Pattern;
use crate::detect::ruleset::schema::Boundary;
use crate::detect::validate::known_test::is_known_test;
use crate::model::{Detection, Evidence, Role, Subject};

/// What a published test value scores at most.
const KNOWN_TEST: u16 = 550;
/// What a log's own timestamp scores.
const LOG_TIMESTAMP: u16 = 300;

/// How a pattern is supported.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Support {
    Shape,
    FarCue,
    Cue,
    Label,
}

impl<'a> Finder<'a> {
    /// Tries the patterns the context names and those of the given shapes on the value that begins at `at`; the best
    /// becomes a candidate. Where it ends.
    pub(super) fn consider(&mut self, at: usize, shapes: &[Matcher]) -> Option<usize> {
        let before = self.before(at);
        self.consider_in(at, &before, shapes)
    }

    /// The same with the context at hand.
    pub(super) fn consider_in(&mut self, at: usize, before: &Before<'a>, shapes: &[Matcher]) -> Option<usize> {
        let mut best: Option<Candidate> = None;
        let named = before.hit.iter().flat_map(|hit| {
            let labels: &[u16] = if hit.labelled && !hit.compound { &hit.cue.label_patterns } else { &[] };
            hit.cue.patterns.iter().chain(labels)
        });
        let meant = self.meaning.patterns.iter();
        let shaped = shapes.iter().filter_map(|&shape| self.rules.slots[shape as usize]);
        for pattern in named.chain(meant).copied().chain(shaped) {
            let Some(found) = self.attempt(pattern, at, before) else { continue };
            if best.is_none_or(|it| rank(&found) > rank(&it)) {
                best = Some(found);
            }
        }
        let best = best?;
        let end = best.detection.end as usize;
        self.emit(best);
        Some(end)
    }

    /// One pattern at one place.
    pub(super) fn attempt(&self, index: u16, at: usize, before: &Before<'a>) -> Option<Candidate> {
        if !self.wanted[usize::from(index)] {
            return None;
        }
        let pattern = self.rules.pattern(index);
        let end = pattern.match_at(self.text, at, self.hi)?;
        if !self.stands_alone(pattern.boundary(), at, end) {
            return None;
        }
        self.judge(index, at, end, before)
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
        let behind = context::after(&self.rules.cues, self.surroundings(), end);
        if support < Support::Label && behind.is_some_and(|cue| cue.patterns.contains(&index)) {
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
        if permille == 0 {
            return None;
        }
        let mut validated = valid;
        let entity = &self.rules.entity(pattern.entity).id;
        if is_known_test(entity, value) {
            permille = permille.min(KNOWN_TEST);
            evidence = evidence.with(Evidence::KNOWN_TEST);
            validated = Some(false);
        }
        let subject = self.subject(pattern, before);
        let role = if entity == "date" { before.role.or(self.meaning.role) } else { None };
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
        Some(Candidate { detection, column: 0 })
    }

    fn support(&self, index: u16, before: &Before<'a>) -> (Support, Evidence) {
        if self.meaning.patterns.contains(&index) {
            let evidence = if self.meaning.sibling { Evidence::SIBLING } else { Evidence::LABEL };
            return (if self.whole { Support::Label } else { Support::Cue }, evidence);
        }
        let Some(hit) = &before.hit else { return (Support::Shape, Evidence::default()) };
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
fn rank(candidate: &Candidate) -> (u16, u32) {
    (candidate.detection.permille, candidate.detection.end)
}

fn score(pattern: &Pattern, support: Support) -> u16 {
    match support {
        Support::Shape => pattern.bare,
        Support::FarCue => pattern.bare.max(pattern.cue.saturating_sub(250)),
        Support::Cue => pattern.bare.max(pattern.cue),
        Support::Label => pattern.bare.max(pattern.cue).max(pattern.label),
    }
}
