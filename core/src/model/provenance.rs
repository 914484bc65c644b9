//! Where in a source a stream of text stands. Rows, columns and pointers below it are kept per finding.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Text;

/// Steps from a source to a place in it, outermost first. Empty for the source itself.
pub type Provenance = Arc<[Step]>;

/// One step. Names are document text; they are shown only after passing through the detector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// A member of an archive, an attachment, or the one stream inside a compressed file.
    Member(Text),
    /// A message of a mailbox or feed, from 1.
    Message(u64),
    /// A page of a document or a slide of a presentation, from 1.
    Page(u64),
    /// Some other part that the program names, such as a decoded base64 value or a document's properties.
    Part(Cow<'static, str>),
}

impl Step {
    /// A part named by the program.
    pub const fn part(name: &'static str) -> Step {
        Step::Part(Cow::Borrowed(name))
    }
}
