//! Printable runs of bytes that are no text: UTF-8 and UTF-16, like `strings`, with their places. Knows no formats.

use std::io::Read;

#[cfg(feature = "ole")]
use super::compose::{Composer, Value};
use super::encoding::{self, Encoding};
use super::head::{Head, Stream};
use super::job::Job;
use crate::model::{LineEnds, OffsetMap, Piece, Segment, Text};

/// Characters below which a run in a document is chance, and in bytes of which nothing is known.
const SHORTEST: usize = 4;
const SHORTEST_UNKNOWN: usize = 6;
/// And within a few bytes of a longer one.
const SHORTEST_NEAR: usize = 3;
/// Bytes behind which a run is cut.
const LONGEST: usize = 64 << 10;
/// Bytes of a long run in which a place between words is looked for.
const CUT_WITHIN: usize = 4 << 10;
/// Bytes between two runs of one line: the length of a string, a few flags.
const NEAR: u64 = 8;
/// Bytes and runs behind which a block is emitted.
const ENOUGH: usize = 256 << 10;
const MAX_PIECES: usize = 1 << 14;
/// Bytes of a stream below which it is not told whether it is text.
const SHORTEST_BINARY: usize = 1 << 10;

/// A stream of which every twenty-fifth byte or more is one that no text holds, and every fourth is not printable:
/// texts whose fields are parted by zeros are texts.
pub(super) fn is_binary(head: &Head<'_>) -> bool {
    if head.raw.len() < SHORTEST_BINARY || encoding::sniff(head.raw) != (Encoding::Utf8, 0) {
        return false;
    }
    let (mut odd, mut printable) = (0, 0);
    for byte in head.raw {
        // Separators of messages and records, form feeds and escapes are in texts, too.
        odd += usize::from(matches!(byte, 0..=8 | 0x0E..=0x1A | 0x7F));
        printable += usize::from(matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r'));
    }
    odd * 25 >= head.raw.len() && printable * 4 < head.raw.len() * 3
}

/// Reads the runs of a stream of which nothing else is known, as narrative; those near each other are lines of a text.
pub(super) fn read_binary(job: &mut Job<'_>, stream: Stream<'_>) {
    read_unknown(job, &mut *stream.into_bytes());
}

/// The same of bytes behind which another reader gave up.
pub(super) fn read_unknown(job: &mut Job<'_>, input: &mut dyn Read) {
    let mut runs = Runs { shortest: SHORTEST_UNKNOWN, near: NEAR, ..Runs::default() };
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = input.read(&mut buffer) {
        for &byte in &buffer[..count] {
            runs.add(byte);
            if (runs.lines.len() > ENOUGH || runs.map.pieces.len() > MAX_PIECES) && !runs.send(job) {
                return;
            }
        }
        if job.is_over() {
            return;
        }
    }
    runs.end();
    runs.send(job);
}

/// Emits the runs of a stream, a line each; false where the receiver wants no more.
#[cfg(feature = "ole")]
pub(super) fn read(job: &mut Job<'_>, composer: &mut Composer, mut input: impl Read) -> bool {
    let mut runs = Runs::default();
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = input.read(&mut buffer) {
        for &byte in &buffer[..count] {
            runs.add(byte);
            if runs.lines.len() > LONGEST && !runs.put(job, composer) {
                return false;
            }
        }
    }
    runs.end();
    runs.put(job, composer)
}

/// The runs of bytes that are in memory, a line each.
#[cfg(feature = "office")]
pub(super) fn printable(bytes: &[u8]) -> String {
    let mut runs = Runs::default();
    bytes.iter().for_each(|byte| runs.add(*byte));
    runs.end();
    String::from_utf8(runs.lines).unwrap_or_default()
}

/// A run that ended.
struct Run {
    text: Vec<u8>,
    start: u64,
    /// Bytes of a character.
    step: u32,
}

impl Run {
    /// Where it ended.
    fn behind(&self) -> u64 {
        self.start + self.text.len() as u64 * u64::from(self.step)
    }
}

/// What was gathered; a run is either of bytes or of bytes with a zero behind each.
struct Runs {
    lines: Vec<u8>,
    /// From `lines` to the stream.
    map: OffsetMap,
    /// Characters below which a run is dropped.
    shortest: usize,
    /// Bytes between runs that are put on one line.
    near: u64,
    /// The last run, where it was too short by itself.
    short: Option<Run>,
    run: Vec<u8>,
    /// Where the run begins; where the last one ended; where the next byte stands.
    start: u64,
    behind: u64,
    at: u64,
    /// The run is UTF-16, once its second byte was seen.
    wide: bool,
    /// The zero behind the last character was seen.
    closed: bool,
    /// A zero stands before the run: its characters may be the second bytes of UTF-16.
    opened: bool,
    last: u8,
    /// The bytes of a character of more than one byte, as far as they came, and how many it has.
    partial: Vec<u8>,
    partial_len: usize,
}

impl Default for Runs {
    fn default() -> Self {
        Runs {
            lines: Vec::new(),
            map: OffsetMap::default(),
            shortest: SHORTEST,
            near: 0,
            short: None,
            run: Vec::new(),
            start: 0,
            behind: 0,
            at: 0,
            wide: false,
            closed: false,
            opened: false,
            last: 1,
            partial: Vec::new(),
            partial_len: 0,
        }
    }
}

impl Runs {
    fn add(&mut self, byte: u8) {
        match byte {
            b' '..=b'~' | b'\t' | b'\n' | b'\r' => self.add_plain(byte),
            0 if self.run.len() == 1 && !self.wide && self.partial.is_empty() => {
                (self.wide, self.closed) = (true, true)
            }
            0 if self.wide && !self.closed => self.closed = true,
            0x80.. if !self.wide => self.add_partial(byte),
            _ => self.end(),
        }
        self.last = byte;
        self.at += 1;
    }

    fn add_plain(&mut self, byte: u8) {
        if !self.partial.is_empty() {
            self.end();
        }
        if self.wide && !self.closed {
            self.end_wide();
        }
        if self.run.len() >= LONGEST {
            self.cut();
        }
        self.begin();
        self.run.push(byte);
        self.closed = false;
    }

    fn begin(&mut self) {
        if self.run.is_empty() && self.partial.is_empty() {
            (self.start, self.opened) = (self.at, self.last == 0);
        }
    }

    /// A byte of a longer character of UTF-8; what is none ends the run.
    fn add_partial(&mut self, byte: u8) {
        let len = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => 1,
        };
        if self.partial.is_empty() && len > 1 {
            self.begin();
            self.partial_len = len;
        } else if len > 1 || self.partial.is_empty() {
            return self.end();
        }
        self.partial.push(byte);
        if self.partial.len() == self.partial_len {
            let whole = std::mem::take(&mut self.partial);
            if std::str::from_utf8(&whole).is_err() {
                return self.end();
            }
            self.run.extend(whole);
        }
    }

    /// The bytes that follow are not wide: the last one belongs to them, unless it ended a run of second bytes.
    fn end_wide(&mut self) {
        if self.opened && self.run.len() >= self.shortest {
            return self.end();
        }
        let first = self.run.pop();
        self.end();
        if let Some(first) = first {
            self.run.push(first);
            (self.start, self.opened) = (self.at - 1, true);
        }
    }

    /// Ends a run that is long enough for a block, between lines or else words if there are any.
    fn cut(&mut self) {
        let from = self.run.len() - CUT_WITHIN;
        let last = &self.run[from..];
        let blank = memchr::memrchr(b'\n', last).or_else(|| last.iter().rposition(u8::is_ascii_whitespace));
        let tail = self.run.split_off(blank.map_or(self.run.len(), |at| from + at + 1));
        let next = self.start + self.run.len() as u64 * if self.wide { 2 } else { 1 };
        let (wide, closed) = (self.wide, self.closed);
        self.end();
        (self.run, self.start, self.wide, self.closed, self.opened) = (tail, next, wide, closed, false);
    }

    /// Ends the run at hand. A short one counts near a longer one: it may be the label of a value.
    fn end(&mut self) {
        let count = self.run.iter().filter(|it| it.is_ascii_graphic() || **it >= 0xC2).count();
        if count >= SHORTEST_NEAR.min(self.shortest) {
            let run = self.take_run();
            let follows = !self.lines.is_empty() && run.start.saturating_sub(self.behind) <= self.near;
            if count >= self.shortest {
                let label = self.short.take().filter(|it| run.start.saturating_sub(it.behind()) <= self.near);
                label.into_iter().for_each(|it| self.keep(&it));
                self.keep(&run);
            } else if self.near > 0 && follows {
                self.keep(&run);
            } else {
                self.short = Some(run);
            }
        }
        self.run.clear();
        self.partial.clear();
        self.wide = false;
        self.closed = false;
    }

    fn take_run(&mut self) -> Run {
        let step = if self.wide { 2 } else { 1 };
        // Without a zero behind the last character, but with one before the first, the zeros come first.
        let start = if self.wide && !self.closed && self.opened { self.start - 1 } else { self.start };
        Run { text: std::mem::take(&mut self.run), start, step }
    }

    fn keep(&mut self, run: &Run) {
        if self.near > 0 && !self.lines.is_empty() && run.start.saturating_sub(self.behind) <= self.near {
            self.lines.pop();
            self.lines.push(b' ');
        }
        let text_start = self.lines.len() as u32;
        self.map.push(Piece { text_start, orig_start: run.start, text_step: 1, orig_step: run.step });
        self.lines.extend_from_slice(&run.text);
        self.lines.push(b'\n');
        self.behind = run.behind();
    }

    #[cfg(feature = "ole")]
    fn put(&mut self, job: &mut Job<'_>, composer: &mut Composer) -> bool {
        let lines = std::mem::take(&mut self.lines);
        self.map = OffsetMap::default();
        lines.is_empty() || composer.push(job, Value::prose(&lines))
    }

    fn send(&mut self, job: &mut Job<'_>) -> bool {
        let text = std::mem::take(&mut self.lines);
        let map = std::mem::take(&mut self.map);
        text.is_empty()
            || job.send(Segment {
                own: 0..text.len() as u32,
                text: Text(text),
                map,
                line_ends: LineEnds::Uncounted,
                first_record: 1,
                ..Segment::default()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, same_in_any_reads};
    use super::*;

    fn lines(bytes: &[u8]) -> String {
        let mut runs = Runs::default();
        bytes.iter().for_each(|it| runs.add(*it));
        runs.end();
        String::from_utf8_lossy(&runs.lines).into_owned()
    }

    #[test]
    fn runs_of_both_widths_are_lines() {
        let bytes = b"\x01\x02Jane Doe\0\0\x05M\0R\0N\0 \x001\x002\0\0\0ab\0\xFFend.";
        assert_eq!(lines(bytes), "Jane Doe\nMRN 12\nend.\n");
        assert_eq!(lines(b"\0A\0Jane Doe\0\x02Ren\xC3\xA9 \xC3Moore"), "Jane Doe\nRené \nMoore\n");
    }

    /// Bytes as a compressed stream has them, the same each time.
    fn noise(count: usize) -> Vec<u8> {
        (0..count as u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 13) as u8 & 0x9F).collect()
    }

    #[test]
    fn text_in_noise_is_found_at_its_place() {
        let be: Vec<u8> = "MRN 12345678".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let le: Vec<u8> = "Example, Mary".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let near = b"\x03SSN\x0C234-56-7899\x08Jane Doe\x03end\x01";
        let bytes = [noise(3000), near.to_vec(), noise(2000), be, b"\x01\x02".to_vec(), le, noise(5000)].concat();
        let (kept, extraction) = run(&bytes);
        assert_eq!(extraction.format, "binary");
        let segment = &kept.segments[0];
        let text = String::from_utf8_lossy(&segment.text).into_owned();
        for (found, at) in [("SSN 234-56-7899 Jane Doe end\n", 3001), ("MRN 12345678", 5030), ("Example, Mary", 5056)] {
            let start = text.find(found).expect(found);
            assert_eq!(segment.map.start(start as u32), at, "{found}");
            assert!(segment.is_sound());
        }
        same_in_any_reads(&bytes);
    }

    #[test]
    fn long_texts_behind_noise_are_cut_between_lines() {
        let text = "the quick brown fox\n".repeat(50_000);
        let (kept, extraction) = run(&[noise(70_000), text.clone().into_bytes()].concat());
        assert_eq!(extraction.format, "binary");
        assert!(kept.segments.len() > 2);
        assert_eq!(String::from_utf8_lossy(&kept.owned()).matches("quick brown").count(), 50_000);
    }

    #[test]
    fn texts_with_a_few_odd_bytes_stay_texts() {
        let text = b"2024-01-02 \x1B[31mwarn\x1B[0m of record\x1C\0\n".repeat(100);
        assert_eq!(run(&text).1.format, "text");
        let listed = b"/data/Jane Doe.txt\0/x\0".repeat(100);
        assert_eq!(run(&listed).1.format, "text");
        let wide: Vec<u8> = "plain text\n".repeat(200).encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(run(&wide).1.format, "text");
        assert_eq!(run(&vec![0; 100_000]).0.segments.len(), 0);
    }
}
