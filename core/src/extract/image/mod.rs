//! What images say beside their pixels: text chunks, EXIF, XMP, IPTC, comments. Pixels are named as unread.

mod gif;
mod iptc;
mod jpeg;
mod png;
mod tiff;
mod webp;

use std::io::{Cursor, Read};

use super::compose::{Composer, Value};
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use crate::model::{Label, Reason, Standard, StandardField, Step, Text};

/// Bytes of one piece of metadata that are looked at.
const MAX_TEXT: u64 = 8 << 20;
/// Bytes of metadata of one image.
const MAX_ALL: usize = 64 << 20;

/// How a kind of image is read; false where it is damaged.
type Reader = fn(&mut Metadata<'_, '_>, Stream<'_>) -> bool;

pub(super) fn is_png(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"\x89PNG\r\n\x1A\n")
}

pub(super) fn is_jpeg(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"\xFF\xD8\xFF")
}

pub(super) fn is_gif(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"GIF87a") || head.raw.starts_with(b"GIF89a")
}

/// A TIFF header, unless a medical image wears it in its preamble (PS3.10 annex A.5).
pub(super) fn is_tiff(head: &Head<'_>) -> bool {
    let header = head.raw.starts_with(b"II*\0") || head.raw.starts_with(b"MM\0*");
    header && head.raw.get(128..132) != Some(b"DICM")
}

pub(super) fn is_webp(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"RIFF") && head.raw.get(8..12) == Some(b"WEBP")
}

pub(super) fn read_png(job: &mut Job<'_>, stream: Stream<'_>) {
    read(job, stream, png::read);
}

pub(super) fn read_jpeg(job: &mut Job<'_>, stream: Stream<'_>) {
    read(job, stream, jpeg::read);
}

pub(super) fn read_gif(job: &mut Job<'_>, stream: Stream<'_>) {
    read(job, stream, gif::read);
}

pub(super) fn read_tiff(job: &mut Job<'_>, stream: Stream<'_>) {
    read(job, stream, tiff::read);
}

pub(super) fn read_webp(job: &mut Job<'_>, stream: Stream<'_>) {
    read(job, stream, webp::read);
}

fn read(job: &mut Job<'_>, stream: Stream<'_>, reader: Reader) {
    let composer = Composer::new(job);
    let mut metadata = Metadata { job, composer, room: MAX_ALL };
    let sound = reader(&mut metadata, stream);
    let Metadata { job, mut composer, .. } = metadata;
    composer.flush(job);
    if !sound {
        job.unread(Reason::Malformed, None);
    }
}

/// Takes what a reader finds.
struct Metadata<'m, 'j> {
    job: &'m mut Job<'j>,
    composer: Composer,
    /// Bytes that may still be taken.
    room: usize,
}

impl Metadata<'_, '_> {
    /// A text under its name, decoded as UTF-8 or else as Windows-1252.
    fn tag(&mut self, name: &str, text: &[u8]) {
        let text = utf8(trimmed(text));
        if text.is_empty() || !self.has_room(text.len()) {
            return;
        }
        let standard = StandardField { standard: Standard::Image, key: Text::from(name), within: Text::default() };
        let label = Label { name: Text::from(name), standard: Some(standard), ..Label::default() };
        let label = self.composer.label(label);
        self.composer.push(self.job, Value::structured(&text, label, 1));
    }

    /// An XMP packet, read as the XML that it is.
    fn xmp(&mut self, packet: &[u8]) {
        self.inside("XMP", Some("xml"), packet);
    }

    /// The TIFF structure of an EXIF block.
    fn exif(&mut self, block: &[u8]) -> bool {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        !self.has_room(block.len()) || tiff::read_ifds(self, &mut Cursor::new(block))
    }

    /// A stream inside the image.
    fn inside(&mut self, name: &'static str, format: Option<&'static str>, bytes: &[u8]) {
        if !bytes.is_empty() && self.has_room(bytes.len()) {
            self.job.read_inside_as(Step::part(name), b"", format, Bytes::Stream(Box::new(bytes)));
        }
    }

    /// What stands behind the end of the image, where there is more than padding.
    fn rest(&mut self, mut input: Box<dyn Read + '_>) {
        let mut first = vec![0; 4096];
        let count = input.read(&mut first).unwrap_or(0);
        first.truncate(count);
        if first.iter().any(|byte| *byte != 0) {
            let rest = Box::new(Cursor::new(first).chain(input));
            self.job.read_inside(Step::part("data behind the image"), b"", Bytes::Stream(rest));
        }
    }

    /// Accounts for metadata; many entries may point to the same bytes.
    fn has_room(&mut self, count: usize) -> bool {
        if count > self.room {
            if self.room > 0 {
                self.job.unread(Reason::LimitBytes, None);
            }
            self.room = 0;
            return false;
        }
        self.room -= count;
        true
    }
}

/// Reads `count` bytes, at most [`MAX_TEXT`] of them; the rest is passed over. `None` where the stream ends before.
fn take(job: &mut Job<'_>, input: &mut dyn Read, count: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Readers below end at errors and note why.
    let _ = input.take(count.min(MAX_TEXT)).read_to_end(&mut bytes);
    let rest = count.saturating_sub(MAX_TEXT);
    if rest > 0 {
        job.unread(Reason::LimitBytes, Some(rest));
    }
    (bytes.len() as u64 == count.min(MAX_TEXT) && skip(input, rest)).then_some(bytes)
}

/// Passes over `count` bytes; false where the stream ends before.
fn skip(input: &mut dyn Read, count: u64) -> bool {
    std::io::copy(&mut input.take(count), &mut std::io::sink()).is_ok_and(|passed| passed == count)
}

/// Text without the zeros and spaces around it.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let odd = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    let start = bytes.iter().position(|it| !odd(it)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|it| !odd(it)).map_or(start, |at| at + 1);
    &bytes[start..end]
}

fn utf8(bytes: &[u8]) -> Vec<u8> {
    if std::str::from_utf8(bytes).is_ok() {
        return bytes.to_vec();
    }
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned().into_bytes()
}

#[cfg(test)]
mod tests;
