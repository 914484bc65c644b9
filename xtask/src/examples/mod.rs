//! `cargo xtask examples`: the made-up hospital share's files that no editor writes, from its patients.csv. Everybody in
//! it is invented.

mod clinical;
mod containers;
mod documents;
mod people;

use std::path::Path;

use anyhow::{Context, Result};

/// A file by its path below `examples/`, and its content.
type File = (String, Vec<u8>);

/// Writes the files.
pub fn run(root: &Path) -> Result<bool> {
    let folder = root.join("examples");
    let table = folder.join("registration/patients.csv");
    let table = std::fs::read_to_string(&table).with_context(|| format!("reading {}", table.display()))?;
    let people = people::read(&table)?;
    let mut files: Vec<File> = Vec::new();
    files.extend(clinical::files(&people));
    files.extend(documents::files(&people)?);
    files.extend(containers::files(&people)?);
    for (path, content) in &files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        }
        std::fs::write(&path, content).with_context(|| format!("writing {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(true)
}
