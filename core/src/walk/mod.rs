//! Paths in, sources out, in bytewise order. Follows no links and opens no special files; reads no content.
#![allow(clippy::disallowed_methods, reason = "walking looks at files and opens them")]

mod open;
mod stat;

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder};

use crate::model::{Reason, Source, SourceState};
use crate::{Error, ErrorKind};
pub use open::{Opened, open};
pub use stat::stat_of;

/// The path that stands for standard input.
pub const STDIN: &str = "-";

/// What to walk past.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Honour `.gitignore`, `.ignore` and their kin. Off by default: what git ignores may well hold ePHI.
    pub respect_ignore: bool,
    /// Only files that match one of these globs, where there are any.
    pub include: Vec<String>,
    /// No file or folder that matches one of these globs.
    pub exclude: Vec<String>,
    /// Files that are never sources: the report being written, the inventory and what lies beside it.
    pub except: Vec<PathBuf>,
}

/// One step of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Walked {
    /// To be read.
    Source(Source),
    /// Not to be read, and why.
    Unread(Source, SourceState, Reason),
}

/// Walks paths. Folders are listed one at a time, as the walk reaches them.
pub struct Walk {
    roots: Box<dyn Iterator<Item = PathBuf> + Send>,
    folder: Option<ignore::Walk>,
    root: PathBuf,
    filter: Filter,
}

impl Walk {
    /// A walk over files and folders; `-` is standard input.
    ///
    /// # Errors
    /// Kind `Usage` where a glob cannot be understood.
    pub fn new(
        roots: impl IntoIterator<Item = PathBuf, IntoIter: Send + 'static>,
        options: &WalkOptions,
    ) -> Result<Self, Error> {
        Ok(Walk {
            roots: Box::new(roots.into_iter()),
            folder: None,
            root: PathBuf::new(),
            filter: Filter::new(options)?,
        })
    }

    /// Enters a root that the caller named: the one place where a link is followed, as its name was given.
    fn enter(&mut self, root: PathBuf) -> Option<Walked> {
        if root.as_os_str() == STDIN {
            return Some(Walked::Source(Source::new(root, None)));
        }
        let meta = match std::fs::metadata(&root) {
            Ok(meta) => meta,
            Err(error) => return Some(failed(root, &error)),
        };
        if meta.is_dir() {
            self.folder = Some(self.filter.folder(&root));
            self.root = root;
            return None;
        }
        if !meta.is_file() {
            return Some(skipped(root, Reason::Special));
        }
        if self.filter.is_except(&root) || !self.filter.accepts(&root, root.parent().unwrap_or(&root)) {
            return None;
        }
        Some(Walked::Source(source_of(root, &meta)))
    }

    fn entry(&self, entry: Result<DirEntry, ignore::Error>) -> Option<Walked> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(failed_entry(&self.root, &error)),
        };
        let kind = entry.file_type()?;
        let path = entry.path();
        if kind.is_dir() || !self.filter.accepts(path, &self.root) {
            return None;
        }
        if kind.is_symlink() {
            return Some(skipped(entry.into_path(), Reason::Link));
        }
        if !kind.is_file() {
            return Some(skipped(entry.into_path(), Reason::Special));
        }
        if self.filter.is_except(path) {
            return None;
        }
        match entry.metadata() {
            Ok(meta) => Some(Walked::Source(source_of(entry.into_path(), &meta))),
            Err(error) => Some(failed_entry(path, &error)),
        }
    }
}

impl Iterator for Walk {
    type Item = Walked;

    fn next(&mut self) -> Option<Walked> {
        loop {
            if let Some(folder) = &mut self.folder {
                match folder.next() {
                    None => self.folder = None,
                    Some(entry) => {
                        if let Some(walked) = self.entry(entry) {
                            return Some(walked);
                        }
                    }
                }
                continue;
            }
            let root = self.roots.next()?;
            if let Some(walked) = self.enter(root) {
                return Some(walked);
            }
        }
    }
}

/// What the options let pass.
struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
    except: Vec<PathBuf>,
    respect_ignore: bool,
}

impl Filter {
    fn new(options: &WalkOptions) -> Result<Self, Error> {
        let include = (!options.include.is_empty()).then(|| globs(&options.include)).transpose()?;
        Ok(Filter {
            include,
            exclude: globs(&options.exclude)?,
            except: options.except.iter().filter_map(|path| path.canonicalize().ok()).collect(),
            respect_ignore: options.respect_ignore,
        })
    }

    fn folder(&self, root: &Path) -> ignore::Walk {
        let mut builder = WalkBuilder::new(root);
        builder.standard_filters(self.respect_ignore).hidden(false).require_git(false).follow_links(false);
        // Byte order on Unix: the order of sources must not depend on the file system or the locale.
        builder.sort_by_file_name(|a, b| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
        if !self.exclude.is_empty() {
            let (exclude, root) = (self.exclude.clone(), root.to_owned());
            builder.filter_entry(move |entry| entry.depth() == 0 || !matches(&exclude, entry.path(), &root));
        }
        builder.build()
    }

    fn accepts(&self, path: &Path, root: &Path) -> bool {
        self.include.as_ref().is_none_or(|globs| matches(globs, path, root)) && !matches(&self.exclude, path, root)
    }

    fn is_except(&self, path: &Path) -> bool {
        let name = path.file_name();
        let named = |except: &&PathBuf| except.file_name() == name;
        let mut named = self.except.iter().filter(named).peekable();
        named.peek().is_some() && path.canonicalize().is_ok_and(|it| named.any(|except| *except == it))
    }
}

/// A glob may speak of the path as given or of its part below the root. A set without globs would take paths apart before
/// it says no.
fn matches(globs: &GlobSet, path: &Path, root: &Path) -> bool {
    !globs.is_empty() && (globs.is_match(path.strip_prefix(root).unwrap_or(path)) || globs.is_match(path))
}

/// Globs in the manner of ignore files: one without a slash is about names at any depth.
fn globs(globs: &[String]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    let usage = |glob: &str| Error::new(ErrorKind::Usage, format!("cannot understand the glob {glob:?}"));
    for glob in globs {
        let anywhere = if glob.contains('/') { glob.clone() } else { format!("**/{glob}") };
        let built = GlobBuilder::new(anywhere.trim_end_matches('/')).literal_separator(true).build();
        set.add(built.map_err(|_| usage(glob))?);
    }
    set.build().map_err(|_| Error::new(ErrorKind::Usage, "too many globs"))
}

fn source_of(path: PathBuf, meta: &std::fs::Metadata) -> Source {
    Source { path, size: Some(meta.len()), stat: stat_of(meta) }
}

fn skipped(path: PathBuf, reason: Reason) -> Walked {
    Walked::Unread(Source::new(path, None), SourceState::Skipped, reason)
}

fn failed(path: PathBuf, error: &std::io::Error) -> Walked {
    Walked::Unread(Source::new(path, None), SourceState::Failed, reason_of(error))
}

fn failed_entry(root: &Path, error: &ignore::Error) -> Walked {
    let reason = error.io_error().map_or(Reason::Io, reason_of);
    let path = path_of(error).unwrap_or(root).to_owned();
    Walked::Unread(Source::new(path, None), SourceState::Failed, reason)
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// The reason that an I/O error is.
pub fn reason_of(error: &std::io::Error) -> Reason {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => Reason::Permission,
        std::io::ErrorKind::TimedOut => Reason::Timeout,
        _ => Reason::Io,
    }
}

/// A path of those bytes, as the file system has them; not UTF-8 where the system allows it.
#[cfg(unix)]
pub fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

/// A path of those bytes, which must be UTF-8 here.
#[cfg(not(unix))]
pub fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests;
