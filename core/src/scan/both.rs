//! One scan into two sinks.

use crate::Error;
use crate::model::{Batch, Sink, Source, SourceSummary, Unread};

/// Hands everything to both, findings only to those that want them.
pub struct Both<'a>(pub &'a mut dyn Sink, pub &'a mut dyn Sink);

impl Sink for Both<'_> {
    fn wants_findings(&self) -> bool {
        self.0.wants_findings() || self.1.wants_findings()
    }

    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.0.begin(source)?;
        self.1.begin(source)
    }

    fn findings(&mut self, source: &Source, batch: Batch<'_>) -> Result<(), Error> {
        for sink in [&mut *self.0, &mut *self.1] {
            if sink.wants_findings() {
                sink.findings(source, batch)?;
            }
        }
        Ok(())
    }

    fn unread(&mut self, source: &Source, part: &Unread) -> Result<(), Error> {
        self.0.unread(source, part)?;
        self.1.unread(source, part)
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        self.0.end(summary)?;
        self.1.end(summary)
    }
}
