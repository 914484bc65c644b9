//! Printable runs of bytes that are no text: ASCII and UTF-16 (little endian), like `strings`. Knows no formats.

use std::io::Read;

use super::compose::{Composer, Value};
use super::job::Job;

/// Characters below which a run is chance.
const SHORTEST: usize = 4;
/// Bytes behind which a run is cut.
const LONGEST: usize = 64 << 10;

/// Emits the runs of a stream, a line each; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, composer: &mut Composer, mut input: impl Read) -> bool {
    let mut runs = Runs::default();
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = input.read(&mut buffer) {
        for &byte in &buffer[..count] {
            runs.add(byte);
            if runs.lines.len() > LONGEST && !runs.put(job, composer) {
                return false;
            }
        }
    }
    runs.end();
    runs.put(job, composer)
}

/// The runs of bytes that are in memory, a line each.
#[cfg(feature = "office")]
pub(super) fn printable(bytes: &[u8]) -> String {
    let mut runs = Runs::default();
    bytes.iter().for_each(|byte| runs.add(*byte));
    runs.end();
    String::from_utf8(runs.lines).unwrap_or_default()
}

/// What was gathered; a run is either of bytes or of bytes with a zero behind each.
#[derive(Default)]
struct Runs {
    lines: Vec<u8>,
    run: Vec<u8>,
    /// The run is UTF-16, once its second byte was seen.
    wide: bool,
    /// The zero behind the last character was seen.
    closed: bool,
}

impl Runs {
    fn add(&mut self, byte: u8) {
        let printable = matches!(byte, b' '..=b'~' | b'\t');
        if byte == 0 && self.run.len() == 1 && !self.wide {
            self.wide = true;
            self.closed = true;
            return;
        }
        if self.wide && byte == 0 && !self.closed {
            self.closed = true;
            return;
        }
        let fits = printable && (!self.wide || self.closed);
        if !fits || self.run.len() >= LONGEST {
            self.end();
        }
        if printable {
            self.run.push(byte);
            self.closed = false;
        }
    }

    /// Ends the run at hand.
    fn end(&mut self) {
        if self.run.len() >= SHORTEST {
            self.lines.extend_from_slice(&self.run);
            self.lines.push(b'\n');
        }
        self.run.clear();
        self.wide = false;
        self.closed = false;
    }

    fn put(&mut self, job: &mut Job<'_>, composer: &mut Composer) -> bool {
        let lines = std::mem::take(&mut self.lines);
        lines.is_empty() || composer.push(job, Value::prose(&lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_both_widths_are_lines() {
        let mut runs = Runs::default();
        b"\x01\x02Jane Doe\0\0\x05M\0R\0N\0 \x001\x002\0\0\0ab\0\xFFend.".iter().for_each(|it| runs.add(*it));
        runs.end();
        assert_eq!(String::from_utf8_lossy(&runs.lines), "Jane Doe\nMRN 12\nend.\n");
    }
}
