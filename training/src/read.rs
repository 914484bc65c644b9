//! Annotated texts and name lists in. Knows their files, not what is made of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use phisift_tests::score::Document;

/// The folder of annotated texts and lists: beside the repository, or where PHISIFT_SHARED says.
pub fn shared(root: &Path) -> PathBuf {
    let beside = root.parent().unwrap_or(root).join("shared");
    std::env::var_os("PHISIFT_SHARED").map_or(beside, PathBuf::from).join("data")
}

/// The documents of one set.
pub fn documents(path: &Path) -> Result<Vec<Document>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let read = |line: &str| serde_json::from_str(line).with_context(|| format!("a line of {}", path.display()));
    text.lines().filter(|line| !line.is_empty()).map(read).collect()
}

/// The names of the sets in a folder, in order.
pub fn sets(folder: &Path) -> Result<Vec<String>> {
    let rows = std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    let names = rows.filter_map(|it| it.ok()?.file_name().to_str()?.strip_suffix(".jsonl").map(str::to_owned));
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

/// The rows of a list, without its header: name and number.
pub fn list(path: &Path, column: usize) -> Result<Vec<(String, f64)>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let name = cells.next()?.to_owned();
        Some((name, cells.nth(column - 1)?.parse().ok()?))
    };
    Ok(text.lines().skip(1).filter_map(row).collect())
}
