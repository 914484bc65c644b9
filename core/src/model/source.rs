//! What is scanned, and how that went.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{EntityId, Provenance, Verdict, VerdictReason};

/// A file (or standard input) to scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its path as given or walked to; `-` for standard input.
    pub path: PathBuf,
    /// Size on disk in bytes, where known.
    pub size: Option<u64>,
}

/// How far a source was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SourceState {
    /// Every byte was examined.
    Complete,
    /// Some parts were not; each has an unread row.
    Partial,
    /// Nothing useful could be read.
    Failed,
    /// It was not opened, by rule.
    Skipped,
}

impl SourceState {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            SourceState::Complete => "complete",
            SourceState::Partial => "partial",
            SourceState::Failed => "failed",
            SourceState::Skipped => "skipped",
        }
    }
}

/// Why something was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Reason {
    ImageContent,
    Audio,
    Video,
    Executable,
    Encrypted,
    LimitBytes,
    LimitRatio,
    LimitDepth,
    LimitMembers,
    LimitSize,
    Malformed,
    Unsupported,
    Io,
    Permission,
    Timeout,
    Worker,
    Changed,
    Special,
    Link,
    Interrupted,
}

/// Whether an unread part is as intended or a failure that the exit code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonClass {
    /// By design: does not change the exit code.
    ByDesign,
    /// A failure: the exit code says so.
    Failure,
}

impl Reason {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Reason::ImageContent => "image_content",
            Reason::Audio => "audio",
            Reason::Video => "video",
            Reason::Executable => "executable",
            Reason::Encrypted => "encrypted",
            Reason::LimitBytes => "limit_bytes",
            Reason::LimitRatio => "limit_ratio",
            Reason::LimitDepth => "limit_depth",
            Reason::LimitMembers => "limit_members",
            Reason::LimitSize => "limit_size",
            Reason::Malformed => "malformed",
            Reason::Unsupported => "unsupported",
            Reason::Io => "io",
            Reason::Permission => "permission",
            Reason::Timeout => "timeout",
            Reason::Worker => "worker",
            Reason::Changed => "changed",
            Reason::Special => "special_file",
            Reason::Link => "link",
            Reason::Interrupted => "interrupted",
        }
    }

    /// Its class.
    pub fn class(self) -> ReasonClass {
        match self {
            Reason::ImageContent
            | Reason::Audio
            | Reason::Video
            | Reason::Executable
            | Reason::Special
            | Reason::Link => ReasonClass::ByDesign,
            _ => ReasonClass::Failure,
        }
    }
}

impl ReasonClass {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            ReasonClass::ByDesign => "by_design",
            ReasonClass::Failure => "failure",
        }
    }
}

/// A part of a source that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Where it stands.
    pub place: Provenance,
    /// Why.
    pub reason: Reason,
    /// How many bytes, where known, on disk.
    pub bytes: Option<u64>,
}

/// What an extractor reports when it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Bytes of the outermost file that were examined.
    pub bytes_examined: u64,
    /// Decoded bytes, where something was decoded or decompressed.
    pub decoded: Option<u64>,
}

/// The row that closes a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSummary {
    /// The source.
    pub source: Source,
    /// Stable id of its format.
    pub format: &'static str,
    /// How far it was read.
    pub state: SourceState,
    /// The main reason where it is not complete.
    pub reason: Option<Reason>,
    /// What it is.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<VerdictReason>,
    /// Health evidence by kind, capped per block.
    pub health: BTreeMap<&'static str, u64>,
    /// On-disk bytes of the file.
    pub bytes: u64,
    /// On-disk bytes examined.
    pub bytes_examined: u64,
    /// Decoded bytes, where they differ.
    pub decoded: Option<u64>,
    /// True where evidence only flowed forward (large sources and pipes).
    pub forward_only: bool,
    /// Findings at or above the threshold, by entity.
    pub counts: BTreeMap<EntityId, u64>,
}
