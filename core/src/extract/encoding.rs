//! Original bytes to UTF-8 with an exact map back. Loses nothing: what is not UTF-8 is read as Windows-1252.

use crate::model::{OffsetMap, Piece};

/// How the bytes of a stream stand for characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8 with Windows-1252 wherever a sequence is broken.
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

/// Pieces above which no further character that needs one is decoded into the same buffer.
const MAX_PIECES: usize = 1 << 17;
/// Bytes of a stream that are enough to tell its encoding.
const SNIFFED: usize = 4096;

/// Tells the encoding of a stream from its first bytes, and the length of its byte order mark.
pub(super) fn sniff(head: &[u8]) -> (Encoding, usize) {
    const MARKS: [(&[u8], Encoding); 5] = [
        (b"\xEF\xBB\xBF", Encoding::Utf8),
        (b"\xFF\xFE\0\0", Encoding::Utf32Le),
        (b"\0\0\xFE\xFF", Encoding::Utf32Be),
        (b"\xFF\xFE", Encoding::Utf16Le),
        (b"\xFE\xFF", Encoding::Utf16Be),
    ];
    for (mark, encoding) in MARKS {
        if head.starts_with(mark) {
            return (encoding, mark.len());
        }
    }
    (sniff_unmarked(&head[..head.len().min(SNIFFED)]), 0)
}

/// Wide text of Western scripts shows as NULs that keep their place in every unit.
fn sniff_unmarked(head: &[u8]) -> Encoding {
    let mut nuls = [0usize; 4];
    let mut plain = [0usize; 4];
    for unit in head.chunks_exact(4) {
        for (at, &byte) in unit.iter().enumerate() {
            nuls[at] += usize::from(byte == 0);
            plain[at] += usize::from(matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'));
        }
    }
    let units = head.len() / 4;
    if units < 2 {
        return Encoding::Utf8;
    }
    let most = |count: usize| count * 10 >= units * 7;
    let all = |count: usize| count * 100 >= units * 97;
    if most(plain[0]) && most(nuls[1]) && all(nuls[2]) && all(nuls[3]) {
        return Encoding::Utf32Le;
    }
    if most(plain[3]) && most(nuls[2]) && all(nuls[1]) && all(nuls[0]) {
        return Encoding::Utf32Be;
    }
    if most(plain[0]) && most(plain[2]) && most(nuls[1]) && most(nuls[3]) {
        return Encoding::Utf16Le;
    }
    if most(plain[1]) && most(plain[3]) && most(nuls[0]) && most(nuls[2]) {
        return Encoding::Utf16Be;
    }
    Encoding::Utf8
}

/// A buffer being filled with decoded text, and its map.
pub(super) struct Output<'a> {
    pub(super) text: &'a mut [u8],
    pub(super) filled: usize,
    pub(super) map: &'a mut OffsetMap,
}

/// How far decoding came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// Original bytes used up.
    pub(super) consumed: usize,
    /// True where the next character does not fit any more.
    pub(super) full: bool,
}

impl Output<'_> {
    /// Appends text that stands for original bytes from `orig` on, in steps of (text, original) bytes.
    fn put(&mut self, bytes: &[u8], orig: u64, step: (u32, u32)) {
        note(self.map, self.filled, orig, step);
        self.text[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
    }

    /// True where a character of `len` bytes with that step still fits.
    fn fits(&self, len: usize, step: (u32, u32)) -> bool {
        let same = self.map.pieces.last().is_some_and(|last| (last.text_step, last.orig_step) == step);
        self.filled + len <= self.text.len() && (same || self.map.pieces.len() < MAX_PIECES)
    }
}

/// Notes in `map` that the text from `at` on stands for the original bytes from `orig` on.
pub(super) fn note(map: &mut OffsetMap, at: usize, orig: u64, step: (u32, u32)) {
    if map.is_identity() {
        if step == (1, 1) && (at == 0 || map.base + at as u64 == orig) {
            map.base = orig - at as u64;
            return;
        }
        if at > 0 {
            map.push(Piece { text_start: 0, orig_start: map.base, text_step: 1, orig_step: 1 });
        }
    }
    map.push(Piece { text_start: at as u32, orig_start: orig, text_step: step.0, orig_step: step.1 });
}

/// Decodes as much of `raw` as fits. `raw` begins at `orig` in the stream; `last` says that nothing follows it.
pub(super) fn decode(encoding: Encoding, raw: &[u8], orig: u64, last: bool, out: &mut Output<'_>) -> Progress {
    match encoding {
        Encoding::Utf8 => decode_utf8(raw, orig, last, out),
        Encoding::Utf16Le => decode_wide(raw, orig, last, out, 2, |unit| utf16(unit, u16::from_le_bytes)),
        Encoding::Utf16Be => decode_wide(raw, orig, last, out, 2, |unit| utf16(unit, u16::from_be_bytes)),
        Encoding::Utf32Le => decode_wide(raw, orig, last, out, 4, |unit| utf32(unit, u32::from_le_bytes)),
        Encoding::Utf32Be => decode_wide(raw, orig, last, out, 4, |unit| utf32(unit, u32::from_be_bytes)),
    }
}

fn decode_utf8(raw: &[u8], orig: u64, last: bool, out: &mut Output<'_>) -> Progress {
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        let (valid, broken) = match std::str::from_utf8(rest) {
            Ok(_) => (rest.len(), Some(0)),
            Err(error) => (error.valid_up_to(), error.error_len()),
        };
        let taken = floor_boundary(&rest[..valid], out.text.len() - out.filled);
        if taken > 0 {
            out.put(&rest[..taken], orig + at as u64, (1, 1));
        }
        at += taken;
        if taken < valid {
            return Progress { consumed: at, full: true };
        }
        let broken = match broken {
            Some(len) => len,
            None if last => rest.len() - valid,
            None => {
                return Progress { consumed: at, full: false };
            }
        };
        for &byte in &rest[valid..valid + broken] {
            if !put_windows_1252(byte, orig + at as u64, out) {
                return Progress { consumed: at, full: true };
            }
            at += 1;
        }
    }
    Progress { consumed: at, full: false }
}

/// The last character boundary of valid UTF-8 that is at or before `at`.
pub(super) fn floor_boundary(text: &[u8], at: usize) -> usize {
    let mut at = at.min(text.len());
    while at > 0 && at < text.len() && text[at] & 0xC0 == 0x80 {
        at -= 1;
    }
    at
}

/// Appends one byte as the character it is in Windows-1252 (WHATWG Encoding Standard, index windows-1252).
fn put_windows_1252(byte: u8, orig: u64, out: &mut Output<'_>) -> bool {
    const HIGH: [u16; 32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ];
    let code = if (0x80..0xA0).contains(&byte) { HIGH[usize::from(byte - 0x80)] } else { u16::from(byte) };
    let character = char::from_u32(u32::from(code)).unwrap_or(char::REPLACEMENT_CHARACTER);
    put_char(character, orig, 1, out)
}

fn put_char(character: char, orig: u64, orig_len: u32, out: &mut Output<'_>) -> bool {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).as_bytes();
    let step = (bytes.len() as u32, orig_len);
    if !out.fits(bytes.len(), step) {
        return false;
    }
    out.put(bytes, orig, step);
    true
}

/// A character read from wide units: itself and its length, or `None` where more bytes are needed to tell.
type Unit = Option<(char, u32)>;

fn decode_wide(
    raw: &[u8],
    orig: u64,
    last: bool,
    out: &mut Output<'_>,
    width: usize,
    unit: impl Fn(&[u8]) -> Unit,
) -> Progress {
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        let read = if rest.len() < width { None } else { unit(rest) };
        let fits = match read {
            Some((character, len)) => {
                let fits = put_char(character, orig + at as u64, len, out);
                at += if fits { len as usize } else { 0 };
                fits
            }
            None if !last => {
                return Progress { consumed: at, full: false };
            }
            None if rest.len() >= width => {
                let fits = put_char(char::REPLACEMENT_CHARACTER, orig + at as u64, width as u32, out);
                at += if fits { width } else { 0 };
                fits
            }
            None => {
                let fits = put_windows_1252(rest[0], orig + at as u64, out);
                at += usize::from(fits);
                fits
            }
        };
        if !fits {
            return Progress { consumed: at, full: true };
        }
    }
    Progress { consumed: at, full: false }
}

/// One character of UTF-16; an unpaired surrogate is U+FFFD.
fn utf16(bytes: &[u8], read: impl Fn([u8; 2]) -> u16) -> Unit {
    let first = u32::from(read([bytes[0], bytes[1]]));
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 2));
    }
    let second = u32::from(read([*bytes.get(2)?, *bytes.get(3)?]));
    if !(0xDC00..0xE000).contains(&second) {
        return Some((char::REPLACEMENT_CHARACTER, 2));
    }
    let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 4))
}

fn utf32(bytes: &[u8], read: impl Fn([u8; 4]) -> u32) -> Unit {
    let code = read([bytes[0], bytes[1], bytes[2], bytes[3]]);
    Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 4))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{run, same_in_any_reads};

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn utf32(text: &str, big: bool) -> Vec<u8> {
        let bytes = |it: char| if big { u32::from(it).to_be_bytes() } else { u32::from(it).to_le_bytes() };
        text.chars().flat_map(bytes).collect()
    }

    /// Every character of the text, with the original bytes that its place names.
    fn places(bytes: &[u8]) -> Vec<(char, Vec<u8>)> {
        let (kept, _) = run(bytes);
        let mut places = Vec::new();
        for segment in &kept.segments {
            let own = &segment.text[segment.own.start as usize..segment.own.end as usize];
            for (at, character) in std::str::from_utf8(own).expect("UTF-8").char_indices() {
                let start = segment.own.start + at as u32;
                let end = start + character.len_utf8() as u32;
                let (from, to) = (segment.map.start(start) as usize, segment.map.end(end) as usize);
                places.push((character, bytes[from..to].to_vec()));
            }
        }
        places
    }

    const NOTE: &str = "Patient: José Núñez, €5 and \u{1D11E}\nMRN 12345 seen on Monday\n";

    #[test]
    fn wide_text_is_told_with_and_without_a_mark() {
        for (bytes, width) in
            [(utf16(NOTE, false), 2), (utf16(NOTE, true), 2), (utf32(NOTE, false), 4), (utf32(NOTE, true), 4)]
        {
            let (kept, _) = run(&bytes);
            assert_eq!(kept.owned(), NOTE.as_bytes());
            assert!(places(&bytes).iter().all(|(_, at)| at.len() == width || at.len() == 4));
        }
        let marked = [b"\xFF\xFE".to_vec(), utf16("\u{4E2D}\u{6587}", false)].concat();
        assert_eq!(run(&marked).0.owned(), "\u{4E2D}\u{6587}".as_bytes());
        assert_eq!(places(&marked)[1].1, utf16("\u{6587}", false));
        let (kept, _) = run(b"\xEF\xBB\xBFabc");
        assert_eq!((kept.owned(), kept.segments[0].map.start(0)), (b"abc".to_vec(), 3));
    }

    #[test]
    fn broken_sequences_are_windows_1252_and_valid_ones_stay() {
        let bytes = b"Mu\xF1oz \xC3\xB1 \x80 \xE2\x82 \0\x01 end\xE2";
        let text = String::from_utf8(run(bytes).0.owned()).expect("UTF-8");
        assert_eq!(text, "Mu\u{F1}oz \u{F1} \u{20AC} \u{E2}\u{201A} \0\u{1} end\u{E2}");
        let back: Vec<u8> = places(bytes).into_iter().flat_map(|(_, original)| original).collect();
        assert_eq!(back, bytes);
    }

    #[test]
    fn tables_and_documents_may_be_wide() {
        let (kept, extraction) = run(&utf16("{\"name\":\"Jos\\u00e9 \u{e9}\",\"b\":\"zz\"}", false));
        assert_eq!(extraction.format, "json");
        let fields = kept.fields();
        assert_eq!((fields[0].text.as_str(), fields[0].start, fields[0].end), ("Jos\u{e9} \u{e9}", 18, 40));
        assert_eq!((fields[1].start, fields[1].end), (54, 58));
        let (kept, extraction) = run(&utf16("id,last_name\r\n1,N\u{fa}\u{f1}ez\r\n2,Doe\r\n", true));
        assert_eq!(extraction.format, "csv");
        assert_eq!(kept.pairs()[3], "last_name=N\u{fa}\u{f1}ez");
    }

    #[test]
    fn wide_and_broken_text_does_not_depend_on_reads() {
        same_in_any_reads(&utf16(&NOTE.repeat(12_000), false));
        same_in_any_reads(&b"\xE9a\xFC".repeat(150_000));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_text_comes_back_from_any_encoding(text in "[ -~\u{e9}\u{20ac}\u{1F600}\n]{8,80}", big in any::<bool>()) {
            let mark = if big { b"\xFE\xFF" } else { b"\xFF\xFE" };
            let bytes = [mark.to_vec(), utf16(&text, big)].concat();
            prop_assert_eq!(run(&bytes).0.owned(), text.as_bytes());
            for (character, original) in places(&bytes) {
                prop_assert_eq!(original, utf16(&character.to_string(), big));
            }
        }

        #[test]
        fn any_bytes_are_owned_once(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (kept, _) = run(&[b"x ".to_vec(), bytes.clone()].concat());
            if kept.segments.iter().all(|segment| segment.fields.is_empty()) {
                let back: Vec<u8> = places(&[b"x ".to_vec(), bytes.clone()].concat()).into_iter().flat_map(|it| it.1).collect();
                prop_assert_eq!(back, [b"x ".to_vec(), bytes].concat());
            }
        }

        #[test]
        fn windows_1252_is_that_of_the_standard(bytes in proptest::collection::vec(0x80u8.., 1..40)) {
            // Bytes between letters cannot form UTF-8 sequences.
            let spaced: Vec<u8> = bytes.iter().flat_map(|&byte| [byte, b'.']).collect();
            let (expected, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&spaced);
            prop_assert_eq!(run(&spaced).0.owned(), expected.as_bytes());
        }
    }
}
