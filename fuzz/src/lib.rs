//! What every target does: reads bytes as a format, and asserts that what comes out is sound.

use std::io::Cursor;

use phisift::extract::{Emit, Hint, Input, extract};
use phisift::model::{Limits, Segment, Unread};

/// Decoded bytes at most: a target looks for crashes, not for how long much takes.
const DECODED: u64 = 64 << 20;

struct Sound;

impl Emit for Sound {
    fn segment(&mut self, segment: Segment) -> bool {
        assert!(segment.is_sound());
        true
    }
    fn unread(&mut self, _: Unread) {}
}

/// Reads a file's bytes as that format.
pub fn read(format: &str, bytes: &[u8]) {
    assert!(phisift::extract::format_id(format).is_some(), "{format} is no format");
    let limits = Limits { decoded_bytes: DECODED, ..Limits::default() };
    let hint = Hint { name: b"x", format: Some(format) };
    extract(Input::File(&mut Cursor::new(bytes)), hint, &limits, &mut Sound);
}
