//! Any bytes, read as compress.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use phisift::extract::{Emit, Hint, Input, extract};
use phisift::model::{Limits, Segment, Unread};

struct Sound;

impl Emit for Sound {
    fn segment(&mut self, segment: Segment) -> bool {
        assert!(segment.is_sound());
        true
    }
    fn unread(&mut self, _: Unread) {}
}

fuzz_target!(|data: &[u8]| {
    let limits = Limits { decoded_bytes: 64 << 20, ..Limits::default() };
    let hint = Hint { name: b"x.Z", format: Some("compress") };
    extract(Input::File(&mut Cursor::new(data)), hint, &limits, &mut Sound);
});
