//! The arguments, and what several commands make of them. No argument ever takes a value to look for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::model::EntityId;
use phisift::scan::{AllowKey, AllowList};

use crate::cmd;
use crate::store::KeyArgs;

/// Finds electronic protected health information (ePHI) in files, logs and tables.
#[derive(Debug, Parser)]
#[command(name = "phisift", version, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Values are never taken from the command line: commands read them from files or standard input."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files and folders: what they hold, how sure that is, and what could not be read
    Scan(cmd::scan::Args),
    /// Show what is found in one text, or in each text of an NDJSON stream
    Detect(cmd::detect::Args),
    /// Print the text of documents and where it stands, as detection sees it
    Extract(cmd::extract::Args),
    /// Copy a text stream with identifiers taken out
    Scrub(cmd::scrub::Args),
    /// List, test or show the patterns of identifiers
    Patterns(cmd::patterns::Args),
    /// Ask an inventory: runs, changes, flow, persons, risk
    Inventory(cmd::inventory::Args),
    /// Report what an inventory knows: as a page for people, for spreadsheets, for other systems
    Report(cmd::report::Args),
    /// Check or copy the audit log of an inventory
    Audit(cmd::audit::Args),
    /// Make or check the key of an inventory's fingerprints
    Key(cmd::key::Args),
    /// Make a list of known values (exact data match)
    Edm(cmd::edm::Args),
    /// Tell how well the records of a table hide among each other
    Risk(cmd::risk::Args),
    /// Make allow-list lines of values read from standard input
    Allow(cmd::allow::Args),
    /// Print completions for a shell
    Completions(cmd::completions::Args),
    /// Print the man page
    Man(cmd::man::Args),
    /// Take files apart for a scan
    #[command(name = cmd::worker::NAME, hide = true)]
    Worker,
}

/// What to look for: shared by every command that detects.
#[derive(Debug, Args)]
#[command(next_help_heading = "Detection")]
pub struct DetectArgs {
    /// Report only these identifiers
    #[arg(long, value_name = "ENTITY", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Do not report these identifiers
    #[arg(long, value_name = "ENTITY", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Report findings from this score on (0 to 1); 0 shows all that have any evidence
    #[arg(long, value_name = "SCORE", default_value = "0.5", value_parser = permille)]
    pub min_score: u16,
    /// Folder with more pattern files (TOML); one with a built-in's id replaces it
    #[arg(long, value_name = "DIR")]
    pub patterns: Option<PathBuf>,
    /// List of known values, made by `phisift edm build`: what it has is found wherever it stands
    #[arg(long, value_name = "FILE")]
    pub edm: Option<PathBuf>,
    #[command(flatten)]
    pub key: KeyArgs,
    /// File of values and places known to be harmless: lines `regex:…`, `path:GLOB`, `hash:HEX`
    #[arg(long, value_name = "FILE")]
    pub allow: Option<PathBuf>,
    /// Key file of the hashes in the allow-list
    #[arg(long, value_name = "FILE", requires = "allow")]
    pub allow_key: Option<PathBuf>,
}

impl DetectArgs {
    /// The rules that these arguments ask for.
    pub fn ruleset(&self) -> Result<Arc<Ruleset>> {
        ruleset(self.patterns.as_deref())
    }

    /// The detector that these arguments ask for.
    pub fn detector(&self, ruleset: &Arc<Ruleset>, health: bool) -> Result<Arc<Detector>> {
        let options = DetectorOptions {
            min_permille: self.min_score,
            only: entities(ruleset, &self.only)?,
            skip: entities(ruleset, &self.skip)?,
            health,
        };
        let detector = Detector::new(ruleset.clone(), options)?;
        let known = self.edm.as_deref().map(|path| cmd::edm::open(path, &self.key)).transpose()?;
        Ok(Arc::new(match known {
            Some(list) => detector.with_known(list)?,
            None => detector,
        }))
    }

    /// The allow-list, if there is one.
    pub fn allow_list(&self) -> Result<Option<Arc<AllowList>>> {
        let Some(path) = &self.allow else { return Ok(None) };
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let key = self.allow_key.as_deref().map(allow_key).transpose()?;
        let list = AllowList::parse(&text, key).with_context(|| path.display().to_string())?;
        Ok(Some(Arc::new(list)))
    }
}

/// The key in a key file.
pub fn allow_key(path: &Path) -> Result<AllowKey> {
    let content = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    AllowKey::from_file(&content).with_context(|| path.display().to_string())
}

/// The built-in rules, with those of a folder.
pub fn ruleset(folder: Option<&Path>) -> Result<Arc<Ruleset>> {
    let files = folder.map(pattern_files).transpose()?.unwrap_or_default();
    Ok(if files.is_empty() { Ruleset::builtin()? } else { Ruleset::with_files(&files)? })
}

/// The pattern files below a folder (name, text), in byte order of their paths.
pub fn pattern_files(folder: &Path) -> Result<Vec<(String, String)>> {
    let reading = |path: &Path| format!("reading {}", path.display());
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| reading(&folder))? {
            let path = entry.with_context(|| reading(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "toml") {
                let text = std::fs::read_to_string(&path).with_context(|| reading(&path))?;
                files.push((path.display().to_string(), text));
            }
        }
    }
    if files.is_empty() {
        bail!("no pattern file (*.toml) in {}", folder.display());
    }
    files.sort();
    Ok(files)
}

fn entities(ruleset: &Ruleset, names: &[String]) -> Result<Vec<EntityId>> {
    let entity = |name: &String| {
        let id = ruleset.entity_id(name.trim());
        id.with_context(|| format!("no identifier is called {name:?} (see `phisift patterns list`)"))
    };
    names.iter().map(entity).collect()
}

fn permille(text: &str) -> Result<u16, String> {
    match text.parse::<f64>() {
        Ok(score) if (0.0..=1.0).contains(&score) => Ok((score * 1000.0).round() as u16),
        _ => Err("expected a score from 0 to 1".into()),
    }
}

/// Bytes, with an optional unit: `100`, `64k`, `10M`, `2GiB`.
pub fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "expected a size such as 100, 64k, 10M or 2G".to_string();
    let digits = text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn scores_and_sizes() {
        assert_eq!(permille("0.85"), Ok(850));
        assert!(permille("1.1").is_err() && permille("x").is_err());
        assert_eq!((bytes("64k"), bytes("2GB"), bytes("7")), (Ok(65536), Ok(2_000_000_000), Ok(7)));
        assert!(bytes("7 parsecs").is_err() && bytes("").is_err());
    }
}
