//! The nouns every other module speaks in. Depends on nothing else in the crate.

mod day;
mod detection;
mod finding;
mod key;
mod limits;
mod offset;
mod provenance;
mod safe_harbor;
mod segment;
mod sink;
mod source;
mod text;
mod verdict;

pub use day::civil;
pub use detection::{Band, Detection, EntityId, Evidence, Role, Subject};
pub use finding::{Batch, Finding, Seal};
pub use key::Key;
pub use limits::Limits;
pub use offset::{OffsetMap, Piece};
pub use provenance::{Provenance, Step};
pub use safe_harbor::SafeHarbor;
pub use segment::{
    Field, FieldKind, Frame, Grid, Label, LabelId, LineEnds, NO_LABEL, NO_NODE, Node, NodeStep, Segment, Standard,
    StandardField,
};
pub use sink::Sink;
pub use source::{Outcome, Reason, ReasonClass, Reuse, Reused, Source, SourceState, SourceSummary, Stat, Unread};
pub use text::Text;
pub use verdict::{Verdict, VerdictReason};

/// A half-open range of bytes.
pub type Span = std::ops::Range<u64>;
