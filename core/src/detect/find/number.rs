//! Decides on digit runs by their shape: how long, what follows, what stands before.

use super::Finder;
use crate::detect::masks::Number;
use crate::detect::matcher::Matcher::*;
use crate::detect::matcher::{Matcher, iso_date};
use crate::detect::plan::LOG_TIMESTAMP;

impl Finder<'_> {
    /// The digit run at `at`; where to go on.
    #[inline(never)]
    pub(super) fn number(&mut self, at: usize) -> usize {
        let Number { start, end, stop } = self.masks.number(at, self.lo, self.hi);
        if start < at || stop > end {
            return self.token(start, at, stop);
        }
        let previous = self.previous(at);
        if is_fraction(previous) && at > self.lo + 1 && self.text[at - 2].is_ascii_digit() {
            return end;
        }
        if previous == b'/' && at > self.lo + 1 && self.text[at - 2].is_ascii_alphabetic() && self.byte(end) == b'.' {
            // `HTTP/1.1`, `Chrome/96.0.4664`: a version.
            return self.dotted_rest(end);
        }
        if previous == b'+'
            && self.text[at] != b'0'
            && let Some(found) = self.consider(at - 1, &[PhoneUs, PhoneInternational])
        {
            return found;
        }
        if self.is_unnamed(at, end, previous) {
            return end;
        }
        if previous == b':'
            && end - at <= 4
            && self.byte(end) != b':'
            && let Some(found) = self.later_group(at)
        {
            return found;
        }
        match (self.byte(end), end - at) {
            (b'-', len) => self.dashed(at, end, len),
            (b'/', len) => self.slashed(at, end, len),
            (b'.', len) => self.dotted(at, end, len),
            (b':', len) => self.clock(at, end, len),
            (b')', len @ 1..=5) if previous == b'(' => self.bracketed(at, end, len),
            (b' ' | b'\n' | b'\r' | b',', len) => self.spaced(at, end, len),
            (_, len) => self.bare(at, end, len),
        }
    }

    /// Tries shapes, then the patterns the context names; goes on behind what was found, else at `fallback`.
    fn settle_on(&mut self, at: usize, shapes: &[Matcher], fallback: usize) -> usize {
        self.consider(at, shapes).unwrap_or_else(|| self.identifier(at, fallback))
    }

    fn dashed(&mut self, at: usize, end: usize, len: usize) -> usize {
        let next = self.masks.digit.run_end(end + 1, self.hi).max(end + 1);
        let second = next - end - 1;
        if second == 0 {
            return match len {
                2 | 3 if matches!(self.byte(end + 1), b'y' | b'Y') => {
                    self.age(at, end).unwrap_or_else(|| self.identifier(at, end))
                }
                1 | 2 => self.day_and_month(at, end),
                8 if self.byte(end + 5) == b'-' => self.identifier(at, end),
                _ => self.identifier(at, end),
            };
        }
        let shapes: &[Matcher] = match (len, second) {
            (3, 2) => &[Ssn, Itin, Hicn],
            (3, 3) => &[PhoneUs, PhoneLoose],
            (4, 1 | 2) => return self.iso_date(at, end),
            (1 | 2, 1 | 2) => &[DateDash, DateDashShort],
            (4, 4 | 6) => &[Card],
            (5, 4) => return self.zip(at, end),
            (1, 3) => &[PhoneUs, PhoneLoose],
            (8, 4) => &[Uuid],
            _ => &[],
        };
        if !shapes.is_empty() {
            let start = self.phone_start(at);
            if let Some(found) = self.consider(start, shapes) {
                return found;
            }
        }
        if len == 2
            && second == 2
            && let Some(found) = self.consider(at, &[Mac])
        {
            return found;
        }
        self.identifier(at, end)
    }

    /// `+1-…`: a telephone number begins at its plus sign.
    fn phone_start(&self, at: usize) -> usize {
        if self.previous(at) == b'+' { at - 1 } else { at }
    }

    fn slashed(&mut self, at: usize, end: usize, len: usize) -> usize {
        let next = self.masks.digit.run_end(end + 1, self.hi).max(end + 1);
        let second = next - end - 1;
        match (len, second, self.byte(next)) {
            (1 | 2, 1 | 2, b'/') => self.consider(at, &[DateSlash]).unwrap_or(next),
            (1 | 2, 4, _) | (1 | 2, 1 | 2, _) => self.consider(at, &[DateMonthYearSlash, DatePartial]).unwrap_or(next),
            (4, 1 | 2, b'/') => self.iso_date(at, end),
            (1 | 2, 0, _) => self.day_and_month(at, end),
            (3, 3, _) => self.consider(at, &[PhoneUs]).unwrap_or_else(|| self.identifier(at, end)),
            (4.., _, _) => self.identifier(at, end),
            _ => end,
        }
    }

    fn dotted(&mut self, at: usize, end: usize, len: usize) -> usize {
        let next = self.masks.digit.run_end(end + 1, self.hi).max(end + 1);
        let second = next - end - 1;
        if second == 0 {
            return self.bare(at, end, len);
        }
        if self.byte(next) != b'.' || !self.byte(next + 1).is_ascii_digit() {
            let found = if len >= 2 || self.previous(at) == b'-' { self.coordinate(at, next) } else { None };
            return found.unwrap_or(next);
        }
        let third = self.masks.digit.run_end(next + 1, self.hi);
        match (len, second, third - next - 1) {
            (3, 3, 4) => self.settle_on(self.phone_start(at), &[PhoneUs, PhoneLoose], third),
            (1 | 2, 1 | 2, 4) => self.settle_on(at, &[DateDot, DateDotShort], third),
            (1 | 2, 1 | 2, 2) if self.byte(third) != b'.' => self.settle_on(at, &[DateDot, DateDotShort], third),
            (1..=3, 1..=3, 1..=3) if self.byte(third) == b'.' => {
                let rest = self.dotted_rest(third);
                self.address(at).or_else(|| self.groups(at, end)).unwrap_or(rest)
            }
            _ => {
                let rest = self.dotted_rest(third);
                self.groups(at, end).unwrap_or(rest)
            }
        }
    }

    /// Skips the rest of a dotted number.
    fn dotted_rest(&self, mut at: usize) -> usize {
        while self.byte(at) == b'.' && self.byte(at + 1).is_ascii_digit() {
            at = self.masks.digit.run_end(at + 1, self.hi);
        }
        at
    }

    /// An IPv4 address, unless a fifth part follows.
    fn address(&mut self, at: usize) -> Option<usize> {
        let prose = matches!(self.previous(at), b' ' | b'(');
        let before = if prose { self.directly_before(at) } else { Default::default() };
        self.recognise(at, Ipv4, &before)
    }

    /// `10:30:15` is passed over; `00:1a:2b…` and `2001:db8::1` are addresses.
    fn clock(&mut self, at: usize, end: usize, len: usize) -> usize {
        let next = self.byte(end + 1);
        if let Some(found) = self.later_group(at) {
            return found;
        }
        if len == 2 && next.is_ascii_digit() {
            let minutes = self.masks.digit.run_end(end + 1, self.hi);
            if self.byte(minutes) != b':' && !self.byte(minutes).is_ascii_alphanumeric() {
                return minutes;
            }
            let seconds = self.masks.digit.run_end((minutes + 1).min(self.hi - 1), self.hi).max(minutes + 1);
            let time = minutes == end + 3 && seconds == minutes + 3;
            if time && self.byte(minutes) == b':' && !matches!(self.byte(seconds), b':' | b'a'..=b'f' | b'A'..=b'F') {
                return seconds;
            }
        }
        if len <= 4 && (next.is_ascii_hexdigit() || next == b':') {
            return self.colons(at).unwrap_or_else(|| self.hex_rest(end));
        }
        self.bare(at, end, len)
    }

    /// An address whose first groups hold no digit, so that this one at `at` is seen first: `ab:cd:12:…`.
    pub(super) fn later_group(&mut self, at: usize) -> Option<usize> {
        let mut start = at;
        for _ in 0..7 {
            let joint = matches!(self.previous(start), b':' | b'-') && start > self.lo + 1;
            let group = if joint { self.word_start(start - 1) } else { start };
            let hex = joint && start - group <= 5 && self.text[group..start - 1].iter().all(u8::is_ascii_hexdigit);
            if !hex || group + 1 == start {
                break;
            }
            start = group;
        }
        if start == at { None } else { self.colons(start) }
    }

    /// A hardware or IPv6 address. The latter has a double colon or at least six.
    pub(super) fn colons(&mut self, at: usize) -> Option<usize> {
        /// No address is longer.
        const LONGEST: usize = 48;
        let window = &self.text[at..self.hi.min(at + LONGEST)];
        let len = window.iter().take_while(|it| it.is_ascii_hexdigit() || **it == b':').count();
        let run = &window[..len];
        let colons = run.iter().filter(|it| **it == b':').count();
        let many = colons >= 6 || run.windows(2).any(|it| it == b"::");
        self.consider(at, if many { &[Mac, Ipv6] } else { &[Mac] })
    }

    /// Skips the rest of a run of hexadecimal digits and colons.
    pub(super) fn hex_rest(&self, mut at: usize) -> usize {
        while self.byte(at).is_ascii_hexdigit() || self.byte(at) == b':' {
            at += 1;
        }
        at
    }

    fn bracketed(&mut self, at: usize, end: usize, len: usize) -> usize {
        if len != 3 {
            return self.groups(at, end).unwrap_or(end);
        }
        let mut start = at - 1;
        for prefix in [b"+1 ".as_slice(), b"+1-", b"+1", b"1-", b"1 "] {
            if self.text[self.lo..start].ends_with(prefix) {
                start -= prefix.len();
                break;
            }
        }
        let found = self.consider(start, &[PhoneUs, PhoneLoose]).or_else(|| self.groups(at, end));
        found.unwrap_or(end)
    }

    fn spaced(&mut self, at: usize, end: usize, len: usize) -> usize {
        let blank = self.byte(end) == b' ';
        let next = self.byte(end + 1);
        if blank && next.is_ascii_lowercase() && self.is_plain(at, end, len) {
            return end;
        }
        if blank && next.is_ascii_digit() {
            let shapes: &[Matcher] = match len {
                3 if self.dashed_behind(end + 1) => &[PhoneUs],
                3 if self.byte(end + 3) == b' ' => &[Ssn, Itin],
                4 if self.byte(end + 5) == b' ' || self.byte(end + 7) == b' ' => &[Card],
                1 if self.dashed_behind(end + 1) => &[PhoneUs],
                _ => &[],
            };
            if !shapes.is_empty()
                && let Some(found) = self.consider(at, shapes)
            {
                return found;
            }
            if let Some(found) = if (2..=5).contains(&len) { self.groups(at, end) } else { None } {
                return found;
            }
        }
        if blank
            && len <= 6
            && next.is_ascii_alphabetic()
            && let Some(found) = self.before_word(at, end, len)
        {
            return found;
        }
        self.bare(at, end, len)
    }

    /// True where three digits and a dash or full stop stand at `at`: the middle of a telephone number.
    fn dashed_behind(&self, at: usize) -> bool {
        self.masks.digit.run_end(at, self.hi) == at + 3 && matches!(self.byte(at + 3), b'-' | b'.')
    }

    /// A number before a word: a day, an age, a house number.
    fn before_word(&mut self, at: usize, end: usize, len: usize) -> Option<usize> {
        if len <= 2
            && is_month_start(self.bounded(), end + 1)
            && let Some(found) = self.consider(at, &[DateDayFirst, DateDayMonth, DateSpanish])
        {
            return Some(found);
        }
        if len <= 2
            && self.byte(end + 1) == b'd'
            && self.byte(end + 2) == b'e'
            && let Some(found) = self.consider(at, &[DateSpanish])
        {
            return Some(found);
        }
        if matches!(len, 2 | 3)
            && matches!(self.byte(end + 1), b'y' | b'Y')
            && let Some(found) = self.age(at, end)
        {
            return Some(found);
        }
        self.street(at, end)
    }

    /// A run that no separator continues.
    pub(super) fn bare(&mut self, at: usize, end: usize, len: usize) -> usize {
        if (len <= 2 || len == 4)
            && let Some(found) = self.behind_month(at, len)
        {
            return found;
        }
        if let Some(found) = self.post_box(at) {
            return found;
        }
        match len {
            0..=3 if self.leads_to_a_street(at, end) => self.consider_in(at, &self.before(at), &[]).unwrap_or(end),
            0..=1 if self.options.min_permille >= 500 => end,
            0..=1 => self.age(at, end).unwrap_or(end),
            2 | 3 => self.age(at, end).unwrap_or_else(|| self.identifier_if_labelled(at, end)),
            5 => self.zip(at, end),
            8 | 12 | 14 => self.settle_bare(at, &[DateCompact], end),
            10 => self.settle_bare(at, &[Npi, PhoneRun], end),
            11 => self.settle_bare(at, &[PhoneRun], end),
            13..=19 => self.settle_bare(at, &[CardRun], end),
            20.. => end,
            _ => self.identifier(at, end),
        }
    }

    /// A run of digits is nothing by itself: its shape is tried only where weak candidates matter.
    fn settle_bare(&mut self, at: usize, shapes: &[Matcher], end: usize) -> usize {
        if is_money(self.previous(at)) {
            return end;
        }
        let slots = &self.rules.slots;
        let bare = |shape: &&Matcher| slots[**shape as usize].map_or(0, |it| self.rules.pattern(it).bare);
        let best = shapes.iter().map(|shape| bare(&shape)).max().unwrap_or(0);
        if best < self.options.min_permille && !self.keep_weak || best == 0 {
            return self.identifier(at, end);
        }
        self.settle_on(at, shapes, end)
    }

    /// A day or year behind a month's name.
    pub(super) fn behind_month(&mut self, at: usize, len: usize) -> Option<usize> {
        if !matches!(self.previous(at), b' ' | b'-' | b'/' | b'.' | b',' | b'\n') {
            return None;
        }
        let mut gap = at - 1;
        while gap > self.lo && at - gap < 3 && matches!(self.text[gap - 1], b' ' | b'-' | b'/' | b'.' | b',' | b'\n') {
            gap -= 1;
        }
        if gap == self.lo {
            return None;
        }
        let mut start = self.word_start(gap);
        if matches!(&self.text[start..gap], b"of" | b"de" | b"del") && start > self.lo + 3 {
            start = self.word_start(start - 1);
        }
        if !is_month_start(self.bounded(), start) || len == 4 && self.day_before(start) {
            return None;
        }
        let shapes: &[Matcher] = match len {
            4 => &[DateMonthYear, DateSpanishMonth],
            _ if self.previous(at) == b'-' => &[DateMonthFirst, DateMonthDay, DateSpanishMonth],
            _ => &[DateMonthFirst, DateMonthDay],
        };
        self.dated(start, shapes)
    }

    /// True where a day stands before the month at `start`: with the year behind it, it is no date of that calendar.
    fn day_before(&self, start: usize) -> bool {
        let joint = self.previous(start);
        let end = start.saturating_sub(1);
        if !matches!(joint, b' ' | b'-' | b'/' | b'.') || end <= self.lo || !self.text[end - 1].is_ascii_digit() {
            return false;
        }
        let day = self.masks.digit.run_start(end, self.lo);
        let number = self.text[day..end].iter().fold(0_u32, |sum, it| sum.saturating_mul(10) + u32::from(it - b'0'));
        end - day <= 2 && number <= 31 && self.previous(day) != b':'
    }

    /// A date in words, which may be a log's own timestamp.
    fn dated(&mut self, start: usize, shapes: &[Matcher]) -> Option<usize> {
        let before = self.before_shape(start);
        for &shape in shapes {
            let Some(index) = self.rules.slots[shape as usize] else { continue };
            let Some(found) = self.attempt(index, start, &before) else { continue };
            let end = found.detection.end as usize;
            let logged = self.at_line_start(start) && self.is_clock(end);
            self.emit(if logged { self.as_log_timestamp(found) } else { found });
            return Some(end);
        }
        None
    }

    /// `04-MAR-2024`, `04/Mar/2024:13:00:01`.
    fn day_and_month(&mut self, at: usize, end: usize) -> usize {
        if !is_month_start(self.bounded(), end + 1) {
            return self.identifier(at, end);
        }
        let Some(index) = self.rules.slots[DateDayFirst as usize] else { return end };
        let bracketed = self.previous(at) == b'[';
        if bracketed && let Some(stop) = self.logged_day(index, at) {
            return stop;
        }
        let before = if bracketed { Default::default() } else { self.before_shape(at) };
        let Some(found) = self.attempt(index, at, &before) else {
            return self.consider_in(at, &before, &[DateSpanish]).unwrap_or(end);
        };
        let stop = found.detection.end as usize;
        let logged = bracketed && self.byte(stop) == b':' || before.log_clock;
        self.emit(if logged { self.as_log_timestamp(found) } else { found });
        stop
    }

    /// `2024-03-04`, with its time; a log's own timestamp where it stands as one.
    fn iso_date(&mut self, at: usize, end: usize) -> usize {
        let Some(index) = self.rules.slots[DateIso as usize] else { return end };
        if self.meaning.patterns.is_empty()
            && self.at_line_start(at)
            && let Some(stop) = self.logged_iso(at)
        {
            return stop;
        }
        let before = self.before_shape(at);
        let clock = before.log_clock || self.meaning.log_clock;
        if clock
            && !self.shows_timestamps()
            && let Some(stop) = iso_date(self.bounded(), at).filter(|stop| *stop >= at + 19)
        {
            return stop;
        }
        let Some(found) = self.attempt(index, at, &before) else {
            return self.identifier(at, end);
        };
        let stop = found.detection.end as usize;
        self.emit(if clock { self.as_log_timestamp(found) } else { found });
        stop
    }

    /// A timestamp with seconds where a log line begins: cheap, because logs are full of them.
    fn logged_iso(&mut self, at: usize) -> Option<usize> {
        let end = iso_date(self.bounded(), at)?;
        if end < at + 19 {
            return None;
        }
        if self.shows_timestamps() {
            let index = self.rules.slots[DateIso as usize]?;
            let found = self.judge(index, at, end, &Default::default())?;
            self.emit(self.as_log_timestamp(found));
        }
        Some(end)
    }

    /// `[04/Mar/2024:13:00:01 `, a web server's timestamp: cheap, because logs are full of them.
    fn logged_day(&self, index: u16, at: usize) -> Option<usize> {
        if self.shows_timestamps() || !self.wanted[usize::from(index)] || at + 21 > self.hi {
            return None;
        }
        let stamp = &self.text[at..at + 21];
        let like = |(byte, mark): (&u8, &u8)| match mark {
            b'0' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'a' => byte.is_ascii_lowercase(),
            _ => byte == mark,
        };
        let shaped = stamp.iter().zip(b"00/Aaa/0000:00:00:00 ").all(like);
        // A day that every month has, and a month that English and Spanish call the same.
        let day = matches!(stamp[0], b'0'..=b'2') && !matches!(&stamp[..2], b"00" | b"29");
        let month = is_month_start(stamp, 3) && !matches!(&stamp[3..6], b"Ene" | b"Abr" | b"Ago" | b"Dic");
        let century = matches!(&stamp[7..9], b"19" | b"20");
        (shaped && day && month && century).then_some(at + 20)
    }

    /// True where a log's own timestamps are not dropped in the end.
    fn shows_timestamps(&self) -> bool {
        self.options.min_permille <= LOG_TIMESTAMP || self.keep_weak
    }

    fn at_line_start(&self, at: usize) -> bool {
        matches!(self.previous(at), 0 | b'\n' | b'[' if self.field == u32::MAX || at > self.lo)
            && (self.previous(at) != b'[' || at < self.lo + 2 || self.text[at - 2] == b'\n')
    }

    /// ` hh:mm:ss` at `at`.
    fn is_clock(&self, at: usize) -> bool {
        let clock = |from: usize| self.byte(from + 2) == b':' && self.byte(from + 5) == b':';
        self.byte(at) == b' ' && clock(at + 1)
    }
}

fn is_fraction(previous: u8) -> bool {
    matches!(previous, b'.' | b',')
}

pub(super) fn is_money(previous: u8) -> bool {
    matches!(previous, b'$' | 0xac | 0xa3)
}

/// True where a month's name may begin: a cheap look at three letters.
pub(super) fn is_month_start(text: &[u8], at: usize) -> bool {
    let Some(three) = text.get(at..at + 3) else { return false };
    /// The letters they begin with.
    const FIRST: u32 = {
        let (letters, mut bits, mut index) = (b"jfmasonde", 0, 0);
        while index < letters.len() {
            bits |= 1 << (letters[index] & 31);
            index += 1;
        }
        bits
    };
    if FIRST >> (three[0] & 31) & 1 == 0 {
        return false;
    }
    let key = u32::from_le_bytes([three[0] | 0x20, three[1] | 0x20, three[2] | 0x20, 0]);
    const MONTHS: [u32; 16] = {
        // English, then the Spanish ones that begin otherwise.
        let names = [
            b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec", b"ene",
            b"abr", b"ago", b"dic",
        ];
        let mut keys = [0; 16];
        let mut index = 0;
        while index < 16 {
            keys[index] = u32::from_le_bytes([names[index][0], names[index][1], names[index][2], 0]);
            index += 1;
        }
        keys
    };
    MONTHS.contains(&key)
}
