//! The files of this repository, as the tests see them.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// A file's path from the root, with forward slashes, and its text.
pub struct TextFile {
    pub path: String,
    pub text: String,
}

/// Every text file of the repository below that folder whose name ends so, in order; what builds make is left out.
pub fn text_files(below: &str, endings: &[&str]) -> Vec<TextFile> {
    let mut out = Vec::new();
    collect(&root().join(below), endings, &mut out);
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out
}

fn collect(folder: &Path, endings: &[&str], out: &mut Vec<TextFile>) {
    const MADE: [&str; 10] = [
        "target",
        "node_modules",
        ".git",
        "corpus",
        "dist",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        "native.cjs",
        "native.d.ts",
    ];
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if MADE.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, endings, out);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let path = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            out.push(TextFile { path, text });
        }
    }
}
