//! WebP: the EXIF and XMP chunks of its RIFF container.

use std::io::Read;

use super::super::head::Stream;
use super::{Metadata, skip, take};

pub(super) fn read(metadata: &mut Metadata<'_, '_>, stream: Stream<'_>) -> bool {
    let mut input = stream.into_bytes();
    let mut header = [0; 12];
    if input.read_exact(&mut header).is_err() {
        return false;
    }
    let [_, _, _, _, l0, l1, l2, l3, ..] = header;
    // The kind counts, too.
    let mut left = u64::from(u32::from_le_bytes([l0, l1, l2, l3])).saturating_sub(4);
    let mut sound = true;
    while left >= 8 {
        let mut chunk = [0; 8];
        if metadata.job.is_over() || input.read_exact(&mut chunk).is_err() {
            return false;
        }
        let [kind @ .., l0, l1, l2, l3] = chunk;
        let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        let whole = match &kind {
            b"EXIF" => take(metadata.job, &mut input, length).map(|it| sound &= metadata.exif(&it)).is_some(),
            b"XMP " => take(metadata.job, &mut input, length).map(|it| metadata.xmp(&it)).is_some(),
            _ => skip(&mut input, length),
        };
        let padded = length.next_multiple_of(2);
        if !whole || left < 8 + length || (left > 8 + length && !skip(&mut input, padded - length)) {
            return false;
        }
        left = left.saturating_sub(8 + padded);
    }
    metadata.rest(input);
    sound
}
