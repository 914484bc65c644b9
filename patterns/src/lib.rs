//! The data phisift detects with: identifier patterns, field tables and health vocabulary. Data only, no behaviour.
//!
//! Everything below `data/` is embedded as text. The engine in the `phisift` crate parses it; the schema is described
//! in `CONTRIBUTING.md` and enforced there (an unknown key is an error).

/// One embedded data file.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Path below `data/`, with forward slashes, such as `government/us_ssn.toml`.
    pub path: &'static str,
    /// The whole file.
    pub text: &'static str,
}

/// Every data file, ordered by path.
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The identifier patterns: every TOML file in a folder of identifiers, which are all but `fields/` and `health/`.
pub fn identifiers() -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(|file| {
        let folder = file.path.split_once('/').map(|(folder, _)| folder);
        file.path.ends_with(".toml") && folder.is_some_and(|it| it != "fields" && it != "health")
    })
}

/// The file of that path below `data/`, if there is one.
pub fn file(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}
