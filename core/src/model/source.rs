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
    /// What the file system says of it, where that is known.
    pub stat: Option<Stat>,
}

/// What a file system says of a file: whose it is, who may read it, whether it changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Device it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// File type and permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Names it has.
    pub links: u64,
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content, in nanoseconds since 1970.
    pub modified: i64,
    /// Last change of content, owner, permissions or name, in nanoseconds since 1970.
    pub changed: i64,
    /// Last access, in nanoseconds since 1970, as far as the file system keeps it.
    pub accessed: i64,
}

/// Where the results of a source come from that was not read in this scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// An earlier scan read the same file, which has not changed.
    Unchanged,
    /// The same file under an earlier name.
    Moved,
    /// Another file with the same content.
    Copied,
}

/// Results that were taken over from an earlier scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reused {
    /// How the source is related to the one that was read.
    pub how: Reuse,
    /// That source, by the number its keeper gave it.
    pub of: i64,
    /// What the file system says of it has changed.
    pub restat: bool,
}

impl Reuse {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Reuse::Unchanged => "unchanged",
            Reuse::Moved => "moved",
            Reuse::Copied => "copied",
        }
    }
}

impl Source {
    /// A source of that path, of which the file system is not asked.
    pub fn new(path: impl Into<PathBuf>, size: Option<u64>) -> Self {
        Source { path: path.into(), size, stat: None }
    }
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

    /// Every reason.
    pub const ALL: [Reason; 20] = {
        use Reason::*;
        [
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
        ]
    };

    /// The reason of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.id() == id)
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
    /// Keyed hash of the whole content, where the caller asked for seals.
    pub content: Option<[u8; 32]>,
    /// Where the results come from, if the source was not read in this scan.
    pub reused: Option<Reused>,
}
