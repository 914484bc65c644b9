//! JPEG: the segments before the pixels that hold EXIF, XMP, IPTC and comments.

use std::io::Read;

use super::super::head::Stream;
use super::{MAX_TEXT, Metadata, iptc, take};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// Before a part of a longer packet: its identity, its length, and where the part stands in it.
const MORE_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const MORE_XMP_HEADER: usize = 32 + 4 + 4;

pub(super) fn read(metadata: &mut Metadata<'_, '_>, stream: Stream<'_>) -> bool {
    let mut input = stream.into_bytes();
    let (mut sound, mut more) = (true, Vec::new());
    while let Some(marker) = marker(&mut input) {
        match marker {
            // Start of image, restarts and the like stand alone.
            0x01 | 0xD0..=0xD8 => continue,
            // The end, or pixels.
            0xD9 | 0xDA => {
                metadata.xmp(&more);
                return sound;
            }
            _ => {}
        }
        let mut length = [0; 2];
        let known = input.read_exact(&mut length).ok().map(|()| u64::from(u16::from_be_bytes(length)).checked_sub(2));
        let Some(segment) = known.flatten().and_then(|length| take(metadata.job, &mut input, length)) else { break };
        sound &= read_segment(metadata, marker, &segment, &mut more);
        if metadata.job.is_over() {
            break;
        }
    }
    metadata.xmp(&more);
    false
}

/// The next marker. Any number of 0xFF may fill the space before it.
fn marker(input: &mut dyn Read) -> Option<u8> {
    let mut byte = [0];
    input.read_exact(&mut byte).ok().filter(|()| byte == [0xFF])?;
    while byte == [0xFF] {
        input.read_exact(&mut byte).ok()?;
    }
    Some(byte[0])
}

/// Reads a segment; false where it is damaged.
fn read_segment(metadata: &mut Metadata<'_, '_>, marker: u8, segment: &[u8], more: &mut Vec<u8>) -> bool {
    match marker {
        0xE1 if segment.starts_with(b"Exif\0") => return metadata.exif(segment),
        0xE1 if segment.starts_with(XMP) => metadata.xmp(&segment[XMP.len()..]),
        0xE1 if segment.starts_with(MORE_XMP) && more.len() as u64 <= MAX_TEXT => {
            more.extend_from_slice(segment.get(MORE_XMP.len() + MORE_XMP_HEADER..).unwrap_or_default());
        }
        0xED => {
            let resources = segment.strip_prefix(b"Photoshop 3.0\0");
            return resources.is_none_or(|it| iptc::read_resources(metadata, it));
        }
        0xFE => metadata.tag("Comment", segment),
        _ => {}
    }
    true
}
