//! Samples and scratch files.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Bytes in a megabyte, as all figures here mean it.
pub const MB: u64 = 1 << 20;

/// The bytes of at most `limit`, cut behind the last line end.
pub fn head(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).with_context(|| format!("read {}", path.display()))?;
    if bytes.len() as u64 == limit {
        let cut = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes.truncate(cut);
    }
    Ok(bytes)
}

/// Writes a scratch file.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let path = folder.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
    Ok(path)
}

/// How `repeat` makes one file of another.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    /// Written first.
    pub prefix: &'static str,
    /// When to stop.
    pub size: u64,
    /// Makes over each line.
    pub each: fn(&mut Vec<u8>),
}

/// Writes the lines of `source`, again and again, until the file is full. Streams, so that this process stays small.
pub fn repeat(source: &Path, target: &Path, fill: &Fill) -> Result<()> {
    let mut out = BufWriter::new(File::create(target).with_context(|| format!("make {}", target.display()))?);
    out.write_all(fill.prefix.as_bytes()).context("write a scratch file")?;
    let (mut written, mut line) = (0u64, Vec::new());
    while written < fill.size {
        let mut input = BufReader::new(File::open(source).with_context(|| format!("open {}", source.display()))?);
        while written < fill.size {
            line.clear();
            if input.read_until(b'\n', &mut line).context("read a corpus")? == 0 {
                break;
            }
            (fill.each)(&mut line);
            out.write_all(&line).context("write a scratch file")?;
            written += line.len() as u64;
        }
    }
    out.flush().context("write a scratch file")
}

/// Reads a file once, so that the first contender does not pay for the disk.
pub fn warm(path: &Path) -> Result<u64> {
    let mut file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    std::io::copy(&mut file, &mut std::io::sink()).with_context(|| format!("read {}", path.display()))
}
