//! The one error type. Never carries document text.

use std::fmt;
use std::path::Path;

/// What went wrong when the library was used or its environment failed. Bad input is not an error but a result.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of error, one to one with the bindings' exception classes and codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A pattern file is wrong.
    Pattern,
    /// An option or argument is wrong.
    Usage,
    /// Reading or writing failed.
    Io,
    /// Whoever receives the output went away.
    Closed,
    /// The caller cancelled.
    Cancelled,
}

impl ErrorKind {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            ErrorKind::Pattern => "pattern",
            ErrorKind::Usage => "usage",
            ErrorKind::Io => "io",
            ErrorKind::Closed => "closed",
            ErrorKind::Cancelled => "cancelled",
        }
    }
}

impl Error {
    /// An error of that kind; the message says what was attempted on what, in lower case.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), source: None }
    }

    /// An I/O error while doing something to a path.
    pub fn io(attempt: &str, path: &Path, error: std::io::Error) -> Self {
        let kind = if error.kind() == std::io::ErrorKind::BrokenPipe { ErrorKind::Closed } else { ErrorKind::Io };
        Error { kind, message: format!("{attempt} {}", path.display()), source: Some(Box::new(error)) }
    }

    /// Its kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(out, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}
