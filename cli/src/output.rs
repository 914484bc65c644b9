//! Where results go: standard output or a file; and whether colours may be used there.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// Opens the output: a file, or standard output.
pub fn open(path: Option<&Path>) -> Result<Box<dyn Write + Send>> {
    match path {
        None => Ok(Box::new(std::io::stdout())),
        Some(path) => {
            let file = private().open(path).with_context(|| format!("writing {}", path.display()))?;
            Ok(Box::new(file))
        }
    }
}

/// A report tells where ePHI is: a new file is for its owner only.
fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Colours only on a terminal, and not where `NO_COLOR` is set (no-color.org).
pub fn colours(path: Option<&Path>) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|it| it == "dumb");
    path.is_none() && !refused && !dumb && std::io::stdout().is_terminal()
}

/// Prints bytes to standard output.
pub fn print(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).context("writing the output")
}
