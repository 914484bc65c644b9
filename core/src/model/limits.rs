//! The one budget every decoder works under.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Upper bounds for one source, however deeply its parts are nested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Decoded bytes in all.
    pub decoded_bytes: u64,
    /// Decoded bytes per on-disk byte, looked at above 16 MiB decoded.
    pub ratio: u64,
    /// Nesting of compressed and archived streams.
    pub depth: u32,
    /// Members in all.
    pub members: u64,
    /// On-disk size above which a file is not opened.
    pub file_size: Option<u64>,
    /// Time for one source.
    pub time: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { decoded_bytes: 64 << 30, ratio: 1000, depth: 8, members: 1_000_000, file_size: None, time: None }
    }
}
