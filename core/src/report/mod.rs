//! Findings in, one output format per file. Sees findings and labels, never documents.

mod csv;
mod extracted;
#[cfg(feature = "inventory")]
pub mod html;
mod jsonl;
#[cfg(feature = "inventory")]
pub mod overview;
mod sarif;
#[cfg(feature = "inventory")]
pub mod stored;
mod table;

use std::io::Write;
use std::sync::Arc;

use crate::Error;
use crate::detect::Detector;
use crate::model::Sink;
use crate::scan::Totals;
use crate::show::{json, labels};

pub use crate::show::{Labels, shown_path, write_number, write_score, write_string};
pub use csv::Csv;
pub use extracted::Extracted;
pub use jsonl::JsonLines;
pub use sarif::Sarif;
pub use table::Table;

/// What every report is given.
pub struct ReportOptions {
    /// The detector that made the findings: names what was found.
    pub detector: Arc<Detector>,
    /// A detector at the usual threshold: masks labels that are values themselves.
    pub masking: Arc<Detector>,
    /// ANSI colours, in reports for people.
    pub colours: bool,
    /// Paths are shown with `[us_ssn]` in place of what is found in them.
    pub mask_paths: bool,
}

/// A sink that writes. Call `start`, scan, call `finish`.
pub trait Report: Sink {
    /// Writes what comes first.
    fn start(&mut self) -> Result<(), Error>;
    /// Writes what comes last, and everything that was held back.
    fn finish(&mut self, totals: &Totals) -> Result<(), Error>;
    /// The same report as a sink.
    fn as_sink(&mut self) -> &mut dyn Sink;
}

/// Makes a report over an output.
pub type Make = fn(Box<dyn Write + Send>, &ReportOptions) -> Box<dyn Report>;

/// Every format by its name.
pub const REPORTS: &[(&str, Make)] = &[
    ("table", |out, options| Box::new(Table::new(out, options))),
    ("jsonl", |out, options| Box::new(JsonLines::new(out, options))),
    ("csv", |out, options| Box::new(Csv::new(out, options))),
    ("sarif", |out, options| Box::new(Sarif::new(out, options))),
];

/// The report of that name.
pub fn report(format: &str) -> Option<Make> {
    REPORTS.iter().find(|row| row.0 == format).map(|row| row.1)
}

/// Output behind a buffer that formats write into directly.
struct Output {
    inner: Box<dyn Write + Send>,
    buffer: Vec<u8>,
}

/// Buffered bytes that are written out.
const FLUSH_BYTES: usize = 64 << 10;

impl Output {
    fn new(inner: Box<dyn Write + Send>) -> Self {
        Output { inner, buffer: Vec::with_capacity(FLUSH_BYTES + (FLUSH_BYTES >> 2)) }
    }

    /// Writes the buffer out where it is full.
    fn drain(&mut self) -> Result<(), Error> {
        if self.buffer.len() < FLUSH_BYTES {
            return Ok(());
        }
        self.write_out()
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.write_out()?;
        self.inner.flush().map_err(failed)
    }

    fn write_out(&mut self) -> Result<(), Error> {
        self.inner.write_all(&self.buffer).map_err(failed)?;
        self.buffer.clear();
        Ok(())
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::io("writing", std::path::Path::new("the report"), error)
}

#[cfg(test)]
mod tests;
