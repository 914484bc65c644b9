//! Any bytes, read as avro.
#![no_main]

use std::io::Cursor;

use phisift::extract::{Emit, Hint, Input, extract};
use phisift::model::{Limits, Segment, Unread};

struct Sound;

impl Emit for Sound {
    fn segment(&mut self, segment: Segment) -> bool {
        assert!(segment.is_sound());
        true
    }
    fn unread(&mut self, _part: Unread) {}
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let hint = Hint { name: b"x.avro", format: Some("avro") };
    extract(Input::File(&mut Cursor::new(data)), hint, &Limits::default(), &mut Sound);
});
