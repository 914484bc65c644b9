//! What follows or surrounds punctuation: mail addresses, URLs, and values in words behind their label.

use super::Finder;
use crate::detect::Candidate;
use crate::detect::context::{self, Before, Hit};
use crate::detect::matcher::Matcher::*;
use crate::detect::matcher::{is_local, person_name, skip_titles};
use crate::detect::ruleset::schema::Capture;
use crate::detect::words::{split, word_hash};

/// Text of an element beyond this is no single value.
const LONGEST_ELEMENT: usize = 200;
/// A longer tag is not looked back over.
const LONGEST_TAG: usize = 160;

impl Finder<'_> {
    /// The `@` at `at`.
    pub(super) fn mail(&mut self, at: usize) -> usize {
        let floor = self.lo.max(at.saturating_sub(64));
        let mut start = at;
        while start > floor && is_local(self.text[start - 1]) {
            start -= 1;
        }
        while start < at && !self.text[start].is_ascii_alphanumeric() {
            start += 1;
        }
        if start == at {
            return at + 1;
        }
        let found = self.recognise(start, Email, &Default::default());
        // Where the address is not wanted it was not put out, and what was found inside it stays.
        let put = |it: &Candidate| it.detection.start == start as u32 && Some(it.detection.end as usize) == found;
        if found.is_some() && self.out.last().is_some_and(put) {
            // A number or label inside the mailbox was seen before the `@` was: it is part of the address.
            let last = self.out.len() - 1;
            let inside = |index: &usize| self.out[*index].detection.start >= start as u32;
            let first = (0..last).rev().take_while(inside).last();
            if let Some(first) = first {
                self.out.drain(first..last);
            }
        }
        found.unwrap_or(at + 1)
    }

    /// The `:`, `=` or `>` at `at`. Most stand behind a label that names nothing of words.
    #[inline]
    pub(super) fn separator(&mut self, at: usize) -> usize {
        let joined = self.text[at] == b'>' || matches!(self.byte(at + 1), b'/' | b':');
        let found = if joined { self.joined_separator(at) } else { self.labelled(at) };
        found.unwrap_or(at + 1)
    }

    /// One that belongs to a tag, a link, an address or a device's number.
    #[inline(never)]
    fn joined_separator(&mut self, at: usize) -> Option<usize> {
        match (self.text[at], self.byte(at + 1)) {
            (b'>', _) => self.element(at),
            (b':', b'/') if self.byte(at + 2) == b'/' => {
                let start = self.word_start(at);
                Some(if start < at { self.link(start, at) } else { at + 3 })
            }
            (b'=', b'/') => self.consider(at, &[UdiIccbba]).or_else(|| self.labelled(at)),
            (_, b':') => Some(self.compressed_address(at)),
            _ => self.labelled(at),
        }
    }

    fn link(&mut self, start: usize, at: usize) -> usize {
        self.recognise(start, Url, &Default::default()).unwrap_or(at + 3)
    }

    /// `fe80::…`: an IPv6 address whose first group holds no digit, or none at all.
    fn compressed_address(&mut self, at: usize) -> usize {
        let mut start = at;
        while start > self.lo
            && at - start < 24
            && (self.text[start - 1].is_ascii_hexdigit() || self.text[start - 1] == b':')
        {
            start -= 1;
        }
        self.consider(start, &[Ipv6]).unwrap_or_else(|| self.hex_rest(at + 2))
    }

    /// A host with a path but no scheme: the `/` at `at`.
    pub(super) fn host(&mut self, at: usize) -> usize {
        if at < self.lo + 5 {
            return at + 1;
        }
        let domain = matches!(&self.text[at - 4..at], b".com" | b".org" | b".net" | b".gov" | b".edu");
        if !domain {
            return at + 1;
        }
        let mut start = at;
        while start > self.lo
            && at - start < 128
            && (self.text[start - 1].is_ascii_alphanumeric() || matches!(self.text[start - 1], b'.' | b'-'))
        {
            start -= 1;
        }
        if matches!(self.previous(start), b'@' | b'/' | b':') {
            return at + 1;
        }
        self.consider(start, &[UrlHost]).unwrap_or(at + 1)
    }

    /// The text of an element whose tag ends at `at` and names something of words: `<lastName>Doe</lastName>`.
    fn element(&mut self, at: usize) -> Option<usize> {
        let end = at + 1 + self.text[at + 1..self.hi.min(at + LONGEST_ELEMENT)].iter().position(|it| *it == b'<')?;
        let floor = self.lo.max(at.saturating_sub(LONGEST_TAG));
        let open = floor + self.text[floor..at].iter().rposition(|it| *it == b'<')? + 1;
        let tag = &self.text[open..at];
        let name = tag.iter().take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b':')).count();
        let named = name > 0 && tag[name - 1].is_ascii_alphanumeric();
        if end == at + 1 || !named || !context::label_captures(&self.rules.cues, self.surroundings(), open + name) {
            return None;
        }
        let words: Vec<u64> = split(&tag[..name]).iter().rev().map(|&(from, to)| word_hash(tag, from, to)).collect();
        let (cue, _) = self.rules.cues.ending_in(&words)?;
        let hit = Hit { cue, distance: 0, adjacent: true, labelled: true, compound: false };
        let before = Before { hit: Some(hit), role: cue.role, subject: cue.subject, ..Before::default() };
        let named = cue.patterns.iter().chain(&cue.label_patterns).copied();
        let mut fitting = named.filter(|it| {
            let pattern = self.rules.pattern(*it);
            let wanted = pattern.in_words && self.wanted[usize::from(*it)];
            wanted && pattern.regex_at(self.text, at + 1, end) == Some(end)
        });
        let found = fitting.find_map(|index| self.judge(index, at + 1, end, &before))?;
        self.emit(found);
        Some(end)
    }

    /// A label before `at` whose value may hold no digit: names, places, plates.
    #[inline]
    fn labelled(&mut self, at: usize) -> Option<usize> {
        let mut end = at;
        while end > self.lo && at - end < 3 && matches!(self.text[end - 1], b'"' | b'\'' | b' ' | b')' | b']') {
            end -= 1;
        }
        let captures = end > self.lo
            && self.text[end - 1].is_ascii_alphabetic()
            && context::label_captures(&self.rules.cues, self.surroundings(), end);
        if captures { self.captured(at) } else { None }
    }

    #[inline(never)]
    fn captured(&mut self, at: usize) -> Option<usize> {
        let start = self.value_start(at + 1)?;
        let before = self.directly_before(start);
        let hit = before.hit.filter(|hit| hit.labelled && hit.distance == 0)?;
        let labels: &[u16] = if hit.compound { &[] } else { &hit.cue.label_patterns };
        for &index in hit.cue.patterns.iter().chain(labels) {
            let named = self.rules.pattern(index).file.capture == Some(Capture::Name);
            let begin = if named { skip_titles(self.bounded(), start) } else { start };
            let Some(end) = self.value_in_words(index, begin) else { continue };
            let Some(found) = self.judge(index, begin, end, &before) else { continue };
            self.emit(found);
            // An address holds its own numbers: they are not looked at again.
            let sure = found.detection.permille >= self.options.min_permille;
            let line = self.rules.pattern(index).file.capture == Some(Capture::Line);
            return Some(if sure && line { end } else { at + 1 });
        }
        None
    }

    /// Behind blanks and one opening quote; nothing where the line ends.
    fn value_start(&self, at: usize) -> Option<usize> {
        let mut start = at;
        while start < at + 24 && matches!(self.byte(start), b' ' | b'\t') {
            start += 1;
        }
        if matches!(self.byte(start), b'"' | b'\'') {
            start += 1;
        }
        (self.byte(start) > b' ').then_some(start)
    }

    /// The end of the value a pattern for words finds at `at`.
    fn value_in_words(&self, index: u16, at: usize) -> Option<usize> {
        if !self.wanted[usize::from(index)] {
            return None;
        }
        let pattern = self.rules.pattern(index);
        if !pattern.in_words {
            return None;
        }
        match (pattern.file.capture, pattern.matcher) {
            (Some(Capture::Name), _) => {
                let end = person_name(self.bounded(), at)?;
                // `Mother: Prostate cancer`: a word in lower case goes on, so it was no name.
                let goes_on = self.byte(end) == b' ' && self.byte(end + 1).is_ascii_lowercase();
                (!goes_on).then_some(end)
            }
            (Some(Capture::Line), _) => self.line_value(at),
            (None, Some(_)) => None,
            (None, None) => {
                let end = pattern.regex_at(self.text, at, self.hi)?;
                (!self.byte(end).is_ascii_alphanumeric()).then_some(end)
            }
        }
    }

    /// A labelled address: to the end of the line, a wide gap, a bar or the closing quote.
    fn line_value(&self, at: usize) -> Option<usize> {
        let mut end = at;
        while end < self.hi && end - at < 160 {
            match self.text[end] {
                b'\n' | b'\r' | b'\t' | b'|' | b'"' | b';' | b'<' | b'{' | b'[' => break,
                b' ' if self.byte(end + 1) == b' ' => break,
                b':' => {
                    // The next label on the same line is not part of the value.
                    end = self.masks.word.run_start(end, at);
                    break;
                }
                _ => end += 1,
            }
        }
        while end > at && matches!(self.text[end - 1], b' ' | b',' | b'.') {
            end -= 1;
        }
        let value = &self.text[at..end];
        let telling = value.iter().any(u8::is_ascii_digit) && value.contains(&b' ');
        // Programs have addresses as well: `address = hex $2`.
        let of_code = |it: &u8| matches!(it, b'@' | b'$' | b'%' | b'=' | b'*' | b'\\' | b'_' | b'~' | b'^');
        (telling && !value.iter().any(of_code)).then_some(end)
    }
}
