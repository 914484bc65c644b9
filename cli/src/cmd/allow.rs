//! `phisift allow`: keyed hashes of harmless values, for an allow-list that holds none of them.

use std::io::BufRead;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::args::allow_key;
use crate::exit::OK;
use crate::output;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Key file: 32 bytes or 64 hexadecimal digits. Keep it apart from the list
    #[arg(long, value_name = "FILE")]
    allow_key: PathBuf,
}

/// Reads values, one a line, and prints a `hash:` line for each.
pub fn run(args: Args) -> Result<u8> {
    let key = allow_key(&args.allow_key)?;
    let mut lines = Vec::new();
    for value in std::io::stdin().lock().split(b'\n') {
        let value = value.context("reading standard input")?;
        if !value.trim_ascii().is_empty() {
            lines.extend_from_slice(key.line(value.trim_ascii()).as_bytes());
            lines.push(b'\n');
        }
    }
    output::print(&lines)?;
    Ok(OK)
}
