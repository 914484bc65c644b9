//! Where in a source a stream of text stands. Rows, columns and pointers below it are kept per finding.

use std::sync::Arc;

use super::Text;

/// Steps from a source to a place in it, outermost first. Empty for the source itself.
pub type Provenance = Arc<[Step]>;

/// One step. Names are document text; they are shown only after passing through the detector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of an archive, or the one stream inside a compressed file.
    Member(Text),
    /// Some other named part, such as a decoded base64 value.
    Part(&'static str),
}
