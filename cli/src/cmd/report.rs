//! `phisift report`: what an inventory knows, for people, spreadsheets and other systems.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::inventory::{Inventory, RiskRules};
use phisift::report::Labels;
use phisift::report::stored::Stored;
use serde_json::json;

use crate::cmd::inventory::RulesArgs;
use crate::exit::OK;
use crate::output;
use crate::store::{KeyArgs, now};

/// Forms of a report, and what files of them end in.
pub const FORMATS: [&str; 8] = ["html", "json", "jsonl", "csv", "sarif", "ocsf", "cef", "md"];

/// No report holds a value. That it was made is noted in the inventory's audit log.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The inventory
    #[arg(long, value_name = "FILE")]
    inventory: PathBuf,
    /// Form of the report; by default what the output file's name ends in, else html
    #[arg(long, value_parser = FORMATS)]
    format: Option<String>,
    /// Write to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show paths with `[us_ssn]` and the like in place of what is found in them
    #[arg(long)]
    mask_paths: bool,
    #[command(flatten)]
    rules: RulesArgs,
    #[command(flatten)]
    key: KeyArgs,
}

/// Writes the report.
pub fn run(args: Args) -> Result<u8> {
    let format = args.format.as_deref().unwrap_or_else(|| format_of(args.output.as_deref()));
    let mut store = args.key.open_write(&args.inventory)?;
    note(&mut store, format, args.mask_paths)?;
    let rules = args.rules.rules()?;
    let masking = Arc::new(Detector::new(Ruleset::builtin()?, DetectorOptions::default())?);
    let labels = Labels::new(&masking).with_paths_masked(args.mask_paths);
    write(&store, &rules, labels, format, args.output.as_deref())?;
    Ok(OK)
}

/// Notes in the audit log that a report is made.
pub fn note(store: &mut Inventory, format: &str, mask_paths: bool) -> Result<()> {
    store.note(now(), "export", &json!({"what": "report", "format": format, "mask_paths": mask_paths}))?;
    Ok(())
}

/// Writes a report of a store to a file or standard output.
pub fn write(store: &Inventory, rules: &RiskRules, labels: Labels, format: &str, path: Option<&Path>) -> Result<()> {
    let stored = Stored::new(store, rules, labels)?;
    let mut out = BufWriter::with_capacity(1 << 20, output::open(path)?);
    stored.write(format, &mut out)?;
    out.flush().context("writing the report")
}

/// What a file's name asks for.
pub fn format_of(path: Option<&Path>) -> &'static str {
    let extension = path.and_then(Path::extension).and_then(|it| it.to_str()).unwrap_or_default();
    FORMATS.into_iter().find(|it| it.eq_ignore_ascii_case(extension)).unwrap_or("html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_can_be_written() {
        let known: Vec<&str> = phisift::report::stored::STORED.iter().map(|it| it.0).collect();
        assert_eq!(known, FORMATS);
    }

    #[test]
    fn a_name_says_the_format() {
        assert_eq!(format_of(Some(Path::new("a/share.CSV"))), "csv");
        assert_eq!((format_of(Some(Path::new("share"))), format_of(None)), ("html", "html"));
    }
}
