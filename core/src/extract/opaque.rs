//! Formats told by their first bytes whose contents are not read: by design, or not yet. Decodes nothing.

use super::head::{Head, Stream};
use super::job::Job;
use super::{Format, image, text};
use crate::model::Reason;

/// A format of which only what stands in clear is read.
const fn unsupported(id: &'static str, sniff: fn(&Head<'_>) -> bool) -> Format {
    Format { id, sniff, read: text::read, unread: Some(Reason::Unsupported), isolated: false }
}

/// A format whose contents are no text; its first block may hold metadata that is.
const fn by_design(id: &'static str, reason: Reason, sniff: fn(&Head<'_>) -> bool) -> Format {
    Format { id, sniff, read: text::read_start, unread: Some(reason), isolated: false }
}

/// A picture of which only the metadata is read.
const fn image(id: &'static str, sniff: fn(&Head<'_>) -> bool, read: fn(&mut Job<'_>, Stream<'_>)) -> Format {
    Format { read, ..by_design(id, Reason::ImageContent, sniff) }
}

/// A program, which may hold an archive that it unpacks.
const fn program(id: &'static str, sniff: fn(&Head<'_>) -> bool) -> Format {
    #[cfg(feature = "archive")]
    const READ: fn(&mut Job<'_>, Stream<'_>) = super::zip::read_program;
    #[cfg(not(feature = "archive"))]
    const READ: fn(&mut Job<'_>, Stream<'_>) = text::read_start;
    Format { read: READ, ..by_design(id, Reason::Executable, sniff) }
}

/// `RIFF` and ISO base media files name their kind behind a length.
fn riff(head: &Head<'_>, kind: &[u8]) -> bool {
    head.raw.starts_with(b"RIFF") && head.raw.get(8..8 + kind.len()) == Some(kind)
}

fn brand(head: &Head<'_>, kinds: &[&[u8]]) -> bool {
    head.raw.get(4..8) == Some(b"ftyp") && kinds.iter().any(|kind| head.raw.get(8..8 + kind.len()) == Some(kind))
}

/// MPEG audio layer III: an ID3 tag, or a frame header (ISO 11172-3, 2.4.2.3) and the next one where it ends.
fn mp3(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"ID3") && head.raw.get(3).is_some_and(|version| (2..=4).contains(version))
}

pub(super) const FORMATS: &[Format] = &[
    image("png", image::is_png, image::read_png),
    image("jpeg", image::is_jpeg, image::read_jpeg),
    image("gif", image::is_gif, image::read_gif),
    image("tiff", image::is_tiff, image::read_tiff),
    image("webp", image::is_webp, image::read_webp),
    by_design("bmp", Reason::ImageContent, |head| head.raw.starts_with(b"BM") && head.raw.get(6..10) == Some(&[0; 4])),
    by_design("heif", Reason::ImageContent, |head| brand(head, &[b"heic", b"heix", b"mif1", b"avif"])),
    by_design("wav", Reason::Audio, |head| riff(head, b"WAVE")),
    by_design("mp3", Reason::Audio, mp3),
    by_design("flac", Reason::Audio, |head| head.raw.starts_with(b"fLaC")),
    by_design("ogg", Reason::Audio, |head| head.raw.starts_with(b"OggS\0")),
    by_design("m4a", Reason::Audio, |head| brand(head, &[b"M4A "])),
    by_design("avi", Reason::Video, |head| riff(head, b"AVI ")),
    by_design("mp4", Reason::Video, |head| head.raw.get(4..8) == Some(b"ftyp")),
    by_design("matroska", Reason::Video, |head| head.raw.starts_with(b"\x1A\x45\xDF\xA3")),
    program("elf", |head| head.raw.starts_with(b"\x7FELF")),
    program("pe", |head| head.raw.starts_with(b"MZ") && head.raw.get(2..64).is_some_and(|it| it.contains(&0))),
    by_design("macho", Reason::Executable, |head| {
        head.raw.starts_with(b"\xCF\xFA\xED\xFE") || head.raw.starts_with(b"\xCE\xFA\xED\xFE")
    }),
    #[cfg(not(feature = "pdf"))]
    unsupported("pdf", |head| head.raw.starts_with(b"%PDF-")),
    #[cfg(not(feature = "archive"))]
    unsupported("zip", |head| head.raw.starts_with(b"PK\x03\x04") || head.raw.starts_with(b"PK\x05\x06")),
    #[cfg(not(feature = "ole"))]
    unsupported("ole", |head| head.raw.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")),
    #[cfg(not(feature = "archive"))]
    unsupported("7z", |head| head.raw.starts_with(b"7z\xBC\xAF\x27\x1C")),
    // Outlook's rich text attachments, winmail.dat.
    unsupported("tnef", |head| head.raw.starts_with(b"\x78\x9F\x3E\x22")),
    unsupported("feather1", |head| head.raw.starts_with(b"FEA1")),
    #[cfg(not(feature = "columnar"))]
    unsupported("parquet", |head| head.raw.starts_with(b"PAR1")),
];

#[cfg(test)]
mod tests {
    use super::super::testing::run;
    use crate::model::{Reason, SourceState};

    #[test]
    fn what_is_not_read_is_said() {
        for (bytes, id, reason) in [
            (&b"\x78\x9F\x3E\x22abc"[..], "tnef", Reason::Unsupported),
            (b"FEA1abc", "feather1", Reason::Unsupported),
            (b"\x7FELF\x02\x01", "elf", Reason::Executable),
        ] {
            let (kept, extraction) = run(bytes);
            assert_eq!((extraction.format, extraction.reason), (id, Some(reason)));
            assert_eq!(extraction.state, SourceState::Partial);
            assert_eq!((kept.segments.len(), kept.unread.len()), (1, 1));
        }
    }
}
