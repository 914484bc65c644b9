//! Takes one source apart: in this process, or in a worker where its format asks for one and there is one.

use std::fs::File;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::input::{ContentHash, Watch, Watched};
use super::{Cancel, Progress, ScanOptions};
use crate::extract::{Emit, Extraction, Hint, Input, extract};
use crate::model::{Outcome, Reason, SourceState};
use crate::walk;

/// Where a source's bytes come from.
pub(super) enum Origin<'a> {
    Stream(&'a mut dyn Read),
    Memory(&'a [u8]),
    /// With what is to hash it while it is read.
    File(&'a mut File, Option<&'a mut ContentHash>),
}

impl Origin<'_> {
    /// The same, to be used once more.
    pub fn again(&mut self) -> Origin<'_> {
        match self {
            Origin::Stream(stream) => Origin::Stream(&mut **stream),
            Origin::Memory(bytes) => Origin::Memory(bytes),
            Origin::File(file, hash) => Origin::File(file, hash.as_deref_mut()),
        }
    }
}

/// The text of a file, without looking for anything in it.
///
/// # Errors
/// The state and reason where the file cannot be opened.
pub fn extract_path(
    path: &Path,
    options: &ScanOptions,
    emit: &mut dyn Emit,
) -> Result<Extraction, (SourceState, Reason)> {
    let mut opened = walk::open(path)?;
    let (progress, cancel) = (Progress::default(), Cancel::default());
    let watch = Watch { progress: &progress, cancel: &cancel, deadline: None };
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let hint = Hint { name, format: options.format.as_deref() };
    Ok(take_apart(options, hint, Origin::File(&mut opened.file, None), watch, emit))
}

/// Emits what stands in a source. A panic, of a parser or of whoever receives, ends that source alone.
pub(super) fn take_apart(
    options: &ScanOptions,
    hint: Hint<'_>,
    origin: Origin<'_>,
    watch: Watch<'_>,
    emit: &mut dyn Emit,
) -> Extraction {
    let extracted = catch_unwind(AssertUnwindSafe(|| open_up(options, hint, origin, watch, emit)));
    extracted.unwrap_or_else(|_| Extraction {
        format: "unknown",
        state: SourceState::Failed,
        reason: Some(Reason::Worker),
        outcome: Outcome::default(),
    })
}

fn open_up(
    options: &ScanOptions,
    hint: Hint<'_>,
    origin: Origin<'_>,
    watch: Watch<'_>,
    emit: &mut dyn Emit,
) -> Extraction {
    let limits = &options.limits;
    match origin {
        Origin::Stream(stream) => {
            let mut input = Watched { inner: stream, watch, content: None };
            extract(Input::Stream(&mut input), hint, limits, emit)
        }
        Origin::Memory(bytes) => {
            let mut input = Watched { inner: Cursor::new(bytes), watch, content: None };
            extract(Input::File(&mut input), hint, limits, emit)
        }
        Origin::File(file, content) => {
            #[cfg(unix)]
            if let Some(workers) = &options.workers
                && wants_isolation(file, hint)
            {
                return workers.extract(file, hint, limits, watch.progress, emit);
            }
            let mut input = Watched { inner: file, watch, content };
            extract(Input::File(&mut input), hint, limits, emit)
        }
    }
}

/// Whether a file's first bytes are of a format whose parser may die. The file then stands where it stood.
#[cfg(unix)]
fn wants_isolation(file: &mut File, hint: Hint<'_>) -> bool {
    use std::io::Seek;
    let mut begins = Vec::new();
    let read = file.take(crate::extract::PEEKED as u64).read_to_end(&mut begins);
    let wanted = read.is_ok() && crate::extract::wants_isolation(&begins, hint);
    wanted & file.rewind().is_ok()
}
