//! Where results go: standard output or a file; and whether colours may be used there.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// Opens the output: a file, or standard output.
pub fn open(path: Option<&Path>) -> Result<Box<dyn Write + Send>> {
    match path {
        None => Ok(Box::new(std::io::stdout())),
        Some(path) => {
            let file = std::fs::File::create(path).with_context(|| format!("writing {}", path.display()))?;
            Ok(Box::new(file))
        }
    }
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
