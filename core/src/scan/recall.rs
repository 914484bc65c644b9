//! What an earlier scan said of a source, and when that still holds. Reads only to hash.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::{Scanner, Sealer};
use crate::detect::SourceMemory;
use crate::model::{Segment, Source, SourceSummary, Stat, Unread};
use crate::walk;

/// Keeps results of earlier scans. Its keeper stands above the scan, which is why this is a trait.
pub trait Recall: Send + Sync {
    /// What is known of a source as the file system shows it now.
    fn recall(&self, source: &Source) -> Recalled;

    /// What is known of a source that has that content.
    fn with_content(&self, source: &Source, content: &[u8; 32]) -> Option<Remembered>;
}

/// What is known of a source before it is opened.
#[derive(Debug)]
pub enum Recalled {
    /// Nothing: it must be read.
    Unknown,
    /// Its content may be known: worth a hash.
    Perhaps,
    /// Everything: it has not changed.
    Known(Box<Remembered>),
}

/// The results of an earlier scan, with `reused` set.
#[derive(Debug)]
pub struct Remembered {
    /// The summary.
    pub summary: SourceSummary,
    /// What was not read.
    pub parts: Vec<Unread>,
    /// The results hold only for paths that say nothing by themselves.
    pub for_bare_path: bool,
}

/// Read at a time.
const CHUNK: usize = 128 << 10;

/// The keyed hash of a file's content; `None` where it cannot be read, or changed since it was opened.
pub(super) fn content_of(file: &mut File, source: &Source, sealer: &Sealer) -> Option<[u8; 32]> {
    let mut hasher = sealer.content_key().hasher();
    let mut buffer = vec![0; CHUNK.min(source.size.map_or(CHUNK, |size| size as usize + 1))];
    file.seek(SeekFrom::Start(0)).ok()?;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => drop(hasher.update(&buffer[..count])),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    is_as_opened(file, source).then(|| *hasher.finalize().as_bytes())
}

/// True where nothing says that the file changed since it was opened.
pub(super) fn is_as_opened(file: &File, source: &Source) -> bool {
    let now = file.metadata().ok().and_then(|meta| walk::stat_of(&meta));
    let same =
        |(now, then): (Stat, Stat)| (now.size, now.modified, now.changed) == (then.size, then.modified, then.changed);
    now.zip(source.stat).is_none_or(same)
}

/// True where nothing is found in the source's own path.
pub(super) fn is_bare(scanner: &Scanner, source: &Source) -> bool {
    let candidates = scanner.detector.find(&Segment::path(source.path.as_os_str().as_encoded_bytes()));
    let mut bare = true;
    scanner.detector.settle(&SourceMemory::default(), &candidates, |_, _| bare = false);
    bare
}
