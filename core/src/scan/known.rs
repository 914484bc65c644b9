//! Lists of known values from files of tables: CSV, Parquet, workbooks, whatever has named columns.

use std::path::Path;

use super::{ScanOptions, extract_path};
use crate::detect::known::KnownBuilder;
use crate::extract::Emit;
use crate::model::{Reason, Segment, SourceState, Unread};

/// Adds the records of a file to a list of known values. The result says whether all of it was read.
///
/// # Errors
/// The state and reason where the file cannot be opened.
pub fn add_known(
    path: &Path,
    options: &ScanOptions,
    builder: &mut KnownBuilder,
) -> Result<(SourceState, Option<Reason>), (SourceState, Reason)> {
    let extraction = extract_path(path, options, &mut Added(builder))?;
    Ok((extraction.state, extraction.reason))
}

struct Added<'b>(&'b mut KnownBuilder);

impl Emit for Added<'_> {
    fn segment(&mut self, segment: Segment) -> bool {
        self.0.add(&segment);
        true
    }

    fn unread(&mut self, _: Unread) {}

    fn is_over(&self) -> bool {
        false
    }
}
