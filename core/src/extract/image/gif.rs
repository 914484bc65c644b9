//! GIF: comments, plain text and XMP between its pictures.

use std::io::Read;

use super::super::head::Stream;
use super::{MAX_TEXT, Metadata, skip};

pub(super) fn read(metadata: &mut Metadata<'_, '_>, stream: Stream<'_>) -> bool {
    let mut input = stream.into_bytes();
    let mut header = [0; 13];
    if input.read_exact(&mut header).is_err() || !skip(&mut input, colours(header[10])) {
        return false;
    }
    loop {
        let mut kind = [0];
        if metadata.job.is_over() || input.read_exact(&mut kind).is_err() {
            return false;
        }
        let whole = match kind[0] {
            b'!' => read_extension(metadata, &mut input),
            b',' => pass_picture(&mut input),
            b';' => {
                metadata.rest(input);
                return true;
            }
            _ => None,
        };
        if whole.is_none() {
            return false;
        }
    }
}

/// Bytes of a table of colours, by the flags that announce it.
fn colours(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn pass_picture(input: &mut dyn Read) -> Option<()> {
    let mut place = [0; 9];
    input.read_exact(&mut place).ok()?;
    // The size of the first code follows the colours.
    let passed = skip(input, colours(place[8]) + 1);
    passed.then(|| blocks(input, 0)).flatten().map(drop)
}

fn read_extension(metadata: &mut Metadata<'_, '_>, input: &mut dyn Read) -> Option<()> {
    let mut label = [0];
    input.read_exact(&mut label).ok()?;
    let found = blocks(input, MAX_TEXT as usize)?;
    match label[0] {
        0xFE => metadata.tag("Comment", &joined(&found)),
        // Its first block says where it stands.
        0x01 => metadata.tag("PlainText", joined(&found).get(12..).unwrap_or_default()),
        0xFF if found.get(1..).is_some_and(|it| it.starts_with(b"XMP DataXMP")) => {
            // The packet stands there as it is, with a trailer that lets readers of blocks find the end.
            let packet = &found[12..];
            let end = memchr::memrchr(b'>', packet).map_or(0, |at| at + 1);
            metadata.xmp(&packet[..end]);
        }
        _ => {}
    }
    Some(())
}

/// Blocks up to the empty one, with their lengths; at most `room` bytes of them are kept.
fn blocks(input: &mut dyn Read, room: usize) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    loop {
        let mut length = [0];
        input.read_exact(&mut length).ok()?;
        let mut block = [0; 255];
        let block = &mut block[..usize::from(length[0])];
        input.read_exact(block).ok()?;
        if block.is_empty() {
            return Some(found);
        }
        if found.len() + block.len() < room {
            found.push(length[0]);
            found.extend_from_slice(block);
        }
    }
}

/// The same without their lengths.
fn joined(mut blocks: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    while let [length, rest @ ..] = blocks {
        let (block, next) = rest.split_at(usize::from(*length).min(rest.len()));
        joined.extend_from_slice(block);
        blocks = next;
    }
    joined
}
