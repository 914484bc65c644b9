//! What the file system says of a file, in one form for all systems.

use std::fs::Metadata;

use crate::model::Stat;

/// What the metadata says; `None` where the system keeps no such things.
#[cfg(unix)]
pub fn stat_of(meta: &Metadata) -> Option<Stat> {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Some(Stat {
        device: meta.dev(),
        inode: meta.ino(),
        mode: meta.mode(),
        uid: meta.uid(),
        gid: meta.gid(),
        links: meta.nlink(),
        size: meta.size(),
        modified: nanoseconds(meta.mtime(), meta.mtime_nsec()),
        changed: nanoseconds(meta.ctime(), meta.ctime_nsec()),
        accessed: nanoseconds(meta.atime(), meta.atime_nsec()),
    })
}

/// What the metadata says; `None` where the system keeps no such things.
#[cfg(not(unix))]
pub fn stat_of(_: &Metadata) -> Option<Stat> {
    None
}
