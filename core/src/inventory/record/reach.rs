//! Who may come to a file: the folders above it, and the lists beside its mode.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::inventory::Reach;
use crate::model::Stat;

/// Folders that were looked at.
#[derive(Default)]
pub(super) struct Folders {
    known: HashMap<PathBuf, Reach>,
    last: Option<(PathBuf, Reach)>,
}

/// Folders remembered.
const REMEMBERED: usize = 1 << 16;

impl Folders {
    /// Who may come to a file, as bits of [`Reach`].
    pub fn of(&mut self, path: &Path, stat: &Stat) -> u32 {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let reach = match self.last.as_ref().filter(|it| it.0 == folder) {
            Some((_, reach)) => *reach,
            None => {
                let reach = self.folder(folder);
                self.last = Some((folder.to_owned(), reach));
                reach
            }
        };
        // Where the mode lets nobody else in, its group bits are the mask of the list too (POSIX 1003.1e draft 17).
        let acl = stat.mode & 0o070 != 0 && has_acl(path);
        reach.0 | if acl { Reach::ACL.0 } else { 0 }
    }

    fn folder(&mut self, folder: &Path) -> Reach {
        if let Some(reach) = self.known.get(folder) {
            return *reach;
        }
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut reach = Reach(Reach::OTHERS.0 | Reach::GROUP.0);
        for above in whole.ancestors() {
            let mode = mode_of(above);
            reach.0 &= !(if mode & 0o001 == 0 { Reach::OTHERS.0 } else { 0 });
            reach.0 &= !(if mode & 0o011 == 0 { Reach::GROUP.0 } else { 0 });
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(folder.to_owned(), reach);
        reach
    }
}

#[cfg(unix)]
fn mode_of(folder: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    folder.metadata().map_or(0, |meta| meta.mode())
}

#[cfg(not(unix))]
fn mode_of(_: &Path) -> u32 {
    0
}

#[cfg(target_os = "linux")]
fn has_acl(path: &Path) -> bool {
    let mut nothing = [0u8; 0];
    rustix::fs::lgetxattr(path, "system.posix_acl_access", &mut nothing).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn has_acl(_: &Path) -> bool {
    false
}
