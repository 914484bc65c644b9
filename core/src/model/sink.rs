//! Where results go.

use super::{Batch, Source, SourceSummary, Unread};
use crate::Error;

/// Receives the results of a scan, source after source in walk order, never interleaved.
///
/// For each source: `begin`, then any number of `findings` and `unread`, then `end`.
pub trait Sink: Send {
    /// False where only counts matter; findings are then neither located nor delivered.
    fn wants_findings(&self) -> bool {
        true
    }

    /// A source's results follow.
    fn begin(&mut self, source: &Source) -> Result<(), Error>;

    /// The findings of a block, in order.
    fn findings(&mut self, source: &Source, batch: Batch<'_>) -> Result<(), Error>;

    /// A part that was not read.
    fn unread(&mut self, source: &Source, part: &Unread) -> Result<(), Error>;

    /// The source is done.
    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error>;
}
