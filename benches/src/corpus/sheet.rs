//! A corpus file in the making, and the table of what was planted in it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// Text with planted identifiers, put together before it is written.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
    planted: Vec<(usize, usize, &'static str)>,
}

impl Lines {
    /// Adds plain text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds an identifier of that kind.
    pub fn plant(&mut self, kind: &'static str, value: &str) -> &mut Self {
        let start = self.text.len();
        self.text.push_str(value);
        self.planted.push((start, self.text.len(), kind));
        self
    }
}

/// A file that is full at some size.
#[derive(Debug)]
pub struct Sheet {
    out: BufWriter<File>,
    truth: BufWriter<File>,
    written: u64,
    limit: u64,
}

impl Sheet {
    /// Makes the file and, beside it, its truth table `NAME.truth.tsv`: start, end, kind.
    pub fn new(folder: &Path, name: &str, limit: u64) -> Result<Self> {
        let make = |name: String| {
            let path = folder.join(name);
            File::create(&path).with_context(|| format!("make {}", path.display())).map(BufWriter::new)
        };
        Ok(Sheet { out: make(name.into())?, truth: make(format!("{name}.truth.tsv"))?, written: 0, limit })
    }

    /// True when nothing more should be added.
    pub fn is_full(&self) -> bool {
        self.written >= self.limit
    }

    /// Writes the lines and empties them.
    pub fn add(&mut self, lines: &mut Lines) -> Result<()> {
        self.out.write_all(lines.text.as_bytes()).context("write a corpus")?;
        for (start, end, kind) in lines.planted.drain(..) {
            let (start, end) = (self.written + start as u64, self.written + end as u64);
            writeln!(self.truth, "{start}\t{end}\t{kind}").context("write a truth table")?;
        }
        self.written += lines.text.len() as u64;
        lines.text.clear();
        Ok(())
    }

    /// Writes what is still buffered.
    pub fn close(mut self) -> Result<()> {
        self.out.flush().and_then(|()| self.truth.flush()).context("write a corpus")
    }
}
