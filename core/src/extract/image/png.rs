//! PNG: chunks of text (tEXt, zTXt, iTXt) and EXIF (eXIf), plain or packed as ImageMagick does.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::super::budget::DecodedReader;
use super::super::head::Stream;
use super::{MAX_TEXT, Metadata, iptc, skip, take};

pub(super) fn read(metadata: &mut Metadata<'_, '_>, stream: Stream<'_>) -> bool {
    let mut input = stream.into_bytes();
    skip(&mut input, 8);
    let mut sound = true;
    loop {
        let mut header = [0; 8];
        if metadata.job.is_over() || input.read_exact(&mut header).is_err() {
            return false;
        }
        let [l0, l1, l2, l3, kind @ ..] = header;
        let length = u64::from(u32::from_be_bytes([l0, l1, l2, l3]));
        let whole = match &kind {
            b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" => take(metadata.job, &mut input, length)
                .map(|chunk| sound &= read_chunk(metadata, kind, &chunk))
                .is_some(),
            _ => skip(&mut input, length),
        };
        // A checksum follows.
        if !whole || !skip(&mut input, 4) {
            return false;
        }
        if kind == *b"IEND" {
            metadata.rest(input);
            return sound;
        }
    }
}

/// Reads a chunk of metadata; false where it is damaged.
fn read_chunk(metadata: &mut Metadata<'_, '_>, kind: [u8; 4], chunk: &[u8]) -> bool {
    if kind == *b"eXIf" {
        return metadata.exif(chunk);
    }
    let Some((keyword, rest)) = split(chunk) else { return false };
    let text = match &kind {
        b"tEXt" => Some(rest.to_vec()),
        b"zTXt" => rest.strip_prefix(&[0]).map(|packed| inflate(metadata, packed)),
        _ => international(metadata, rest),
    };
    let Some(text) = text else { return false };
    match keyword {
        b"XML:com.adobe.xmp" => metadata.xmp(&text),
        _ if keyword.starts_with(b"Raw profile type ") => return profile(metadata, &text),
        _ => metadata.tag(&String::from_utf8_lossy(keyword), &text),
    }
    true
}

/// iTXt: whether it is compressed and how, language, translated keyword, text.
fn international(metadata: &mut Metadata<'_, '_>, rest: &[u8]) -> Option<Vec<u8>> {
    let [is_packed, _, rest @ ..] = rest else { return None };
    let (_, rest) = split(rest)?;
    let (_, text) = split(rest)?;
    Some(if *is_packed == 0 { text.to_vec() } else { inflate(metadata, text) })
}

fn inflate(metadata: &mut Metadata<'_, '_>, packed: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let decoder = DecodedReader::new(Box::new(ZlibDecoder::new(packed)), metadata.job.budget);
    // The reader ends at errors and notes why.
    let _ = decoder.take(MAX_TEXT).read_to_end(&mut text);
    text
}

/// A block of another format in hexadecimal digits, behind its name and its length.
fn profile(metadata: &mut Metadata<'_, '_>, text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').skip_while(|line| line.trim_ascii().is_empty());
    let (name, _length) = (lines.next().unwrap_or_default(), lines.next());
    let digits: Vec<u8> = lines.flatten().filter_map(|byte| (*byte as char).to_digit(16)).map(|it| it as u8).collect();
    let block: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    match name.trim_ascii() {
        b"exif" | b"APP1" if block.starts_with(b"Exif\0\0") => return metadata.exif(&block),
        b"iptc" | b"8bim" => return iptc::read_resources(metadata, &block),
        b"xmp" => metadata.xmp(&block),
        _ => {}
    }
    true
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(0, bytes)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}
