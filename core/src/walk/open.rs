//! Opens regular files and nothing else. Never blocks on a pipe or device that took a file's place.

use std::fs::{File, OpenOptions};
use std::path::Path;

use super::{reason_of, stat_of};
use crate::model::{Reason, SourceState, Stat};

/// An opened file and its size.
#[derive(Debug)]
pub struct Opened {
    /// Open for reading, at its start.
    pub file: File,
    /// Bytes, when it was opened.
    pub size: u64,
    /// What the file system said of it then.
    pub stat: Option<Stat>,
}

/// Opens a regular file for reading.
///
/// # Errors
/// The state and reason to report where it is none, or cannot be opened.
pub fn open(path: &Path) -> Result<Opened, (SourceState, Reason)> {
    let failed = |error: std::io::Error| (SourceState::Failed, reason_of(&error));
    let file = read_only().open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if !meta.is_file() {
        return Err((SourceState::Skipped, Reason::Special));
    }
    Ok(Opened { file, size: meta.len(), stat: stat_of(&meta) })
}

/// With `O_NONBLOCK`, opening a FIFO returns at once; for regular files it changes nothing.
#[cfg(unix)]
fn read_only() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_CLOEXEC);
    options
}

#[cfg(not(unix))]
fn read_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}
