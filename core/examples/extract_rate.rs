//! Prints at what rate a file is extracted: `extract_rate FILE…`. Detects nothing.

use std::fs::File;
use std::time::Instant;

use phisift::extract::{Emit, Hint, extract};
use phisift::model::{Limits, Segment, Unread};

/// Counts and drops what it gets, giving buffers back.
#[derive(Default)]
struct Count {
    segments: u64,
    fields: u64,
    text: u64,
    buffers: Vec<Vec<u8>>,
}

impl Emit for Count {
    fn segment(&mut self, mut segment: Segment) -> bool {
        self.segments += 1;
        self.fields += segment.fields.len() as u64;
        self.text += segment.text.len() as u64;
        self.buffers.push(std::mem::take(&mut segment.text.0));
        true
    }
    fn unread(&mut self, _part: Unread) {}
    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args_os().skip(1) {
        let mut best = f64::INFINITY;
        let mut line = String::new();
        for _ in 0..5 {
            let mut count = Count::default();
            let mut file = File::open(&path)?;
            let begun = Instant::now();
            let done = extract(&mut file, Hint::default(), &Limits::default(), &mut count);
            let seconds = begun.elapsed().as_secs_f64();
            best = best.min(seconds);
            let rate = done.outcome.bytes_examined as f64 / best / 1e6;
            line = format!(
                "{rate:8.0} MB/s  {} {:?}  {} blocks  {} fields  {} text bytes",
                done.format, done.state, count.segments, count.fields, count.text
            );
        }
        println!("{line}  {}", path.to_string_lossy());
    }
    Ok(())
}
