//! Share of planted identifiers that `phisift scan` finds, and its false alarms where nothing is planted. Prints counts,
//! never values.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::corpus;
use crate::files::{self, MB};
use crate::record::Report;
use crate::setup::Setup;

const SAMPLE: u64 = 16 * MB;

/// A kind of planted identifier: the Safe Harbor categories a finding may be of to count, entities that count whatever
/// their category, and whether the floor applies.
struct Kind {
    name: &'static str,
    categories: &'static str,
    entities: &'static [&'static str],
    gated: bool,
}

const fn kind(name: &'static str, categories: &'static str) -> Kind {
    Kind { name, categories, entities: &[], gated: true }
}

const KINDS: [Kind; 20] = [
    kind("SSN", "G"),
    kind("MRN", "H"),
    kind("DATE", "C"),
    kind("PHONE", "DE"),
    kind("EMAIL", "F"),
    kind("ADDRESS", "B"),
    kind("CITY", "B"),
    kind("ZIP", "B"),
    kind("ACCOUNT", "J"),
    Kind { name: "NPI", categories: "K", entities: &["us_npi"], gated: true },
    kind("MBI", "I"),
    kind("DEA", "K"),
    kind("VIN", "L"),
    kind("CARD", "J"),
    kind("DEVICE", "M"),
    kind("IP", "O"),
    kind("URL", "N"),
    kind("MAC", "MO"),
    // Names in running text come from the name model, which is not part of every build.
    Kind { name: "NAME", categories: "A", entities: &[], gated: false },
    Kind { name: "CLAIM", categories: "JIR", entities: &[], gated: false },
];

/// Columns of claims.csv with the kind of their values. Names stand under a header, so there they count.
const COLUMNS: [(&str, &str, bool); 13] = [
    ("claim_id", "CLAIM", false),
    ("first_name", "NAME", true),
    ("last_name", "NAME", true),
    ("dob", "DATE", true),
    ("ssn", "SSN", true),
    ("mrn", "MRN", true),
    ("street", "ADDRESS", true),
    ("city", "CITY", true),
    ("zip", "ZIP", true),
    ("phone", "PHONE", true),
    ("email", "EMAIL", true),
    ("npi", "NPI", true),
    ("service_date", "DATE", true),
];

/// A line of the scan's output, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    start: Option<u64>,
    end: Option<u64>,
    #[serde(default)]
    entity: String,
    category: Option<String>,
    #[serde(default)]
    band: String,
}

/// A finding with its place.
struct Finding {
    start: u64,
    end: u64,
    entity: String,
    category: String,
    high: bool,
}

/// Something planted.
struct Planted {
    start: u64,
    end: u64,
    group: String,
    kind: &'static Kind,
    gated: bool,
}

/// How one group of planted identifiers fared.
#[derive(Default)]
struct Tally {
    planted: u64,
    found: u64,
    exact: u64,
    gated: bool,
}

/// Measures recall on three corpora and false alarms on two.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let mut report = Report::new("truth", &["planted", "count", "found", "share", "exact span"]);
    for name in ["app.log", "notes.txt"] {
        let sample = sample(setup, name)?;
        let planted = read_truth(&setup.corpus.join(format!("{name}.truth.tsv")), sample.size)?;
        recall(&mut report, name, &planted, &scan(&phisift, &sample.path)?, setup);
    }
    let claims = sample(setup, "claims.csv")?;
    let planted = read_columns(&claims.path)?;
    recall(&mut report, "claims.csv", &planted, &scan(&phisift, &claims.path)?, setup);
    let clean = sample(setup, "clean.txt")?.path;
    let log = corpus::clean_log(&setup.scratch.join("truth"), SAMPLE)?;
    for (name, path) in [("clean.txt", clean), ("log without identifiers", log)] {
        false_alarms(&mut report, name, &phisift, &path, setup)?;
    }
    Ok(report)
}

struct Sample {
    path: PathBuf,
    size: u64,
}

fn sample(setup: &Setup, name: &str) -> Result<Sample> {
    let bytes = files::head(&setup.corpus_file(name)?, SAMPLE)?;
    let path = files::write(&setup.scratch.join("truth"), name, &bytes)?;
    Ok(Sample { path, size: bytes.len() as u64 })
}

/// Findings in order of their places.
fn scan(phisift: &Path, file: &Path) -> Result<Vec<Finding>> {
    let mut command = Command::new(phisift);
    command.args(["scan", "--format", "jsonl", "--exit-zero"]).arg(file).stdin(Stdio::null()).stderr(Stdio::inherit());
    let mut child = command.stdout(Stdio::piped()).spawn().context("start phisift")?;
    let output = child.stdout.take().context("read from phisift")?;
    let mut findings = Vec::new();
    for line in BufReader::new(output).lines() {
        let line: Line =
            serde_json::from_str(&line.context("read from phisift")?).context("parse a line of phisift")?;
        if let (true, Some(start), Some(end)) = (line.kind == "finding", line.start, line.end) {
            let category = line.category.unwrap_or_default();
            findings.push(Finding { start, end, entity: line.entity, category, high: line.band == "high" });
        }
    }
    if !child.wait().context("wait for phisift")?.success() {
        bail!("phisift failed on {}", file.display());
    }
    findings.sort_by_key(|finding| (finding.start, finding.end));
    Ok(findings)
}

fn kind_named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Planted identifiers that lie in the first `size` bytes.
fn read_truth(path: &Path, size: u64) -> Result<Vec<Planted>> {
    let file = std::fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut planted = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line.context("read a truth table")?;
        let mut fields = line.split('\t');
        let mut next = || fields.next().context("a truth row has too few fields");
        let (start, end, name) = (next()?.parse()?, next()?.parse()?, next()?);
        if end > size {
            break;
        }
        let kind = kind_named(name).with_context(|| format!("the truth kind {name} is not known"))?;
        planted.push(Planted { start, end, group: name.to_owned(), kind, gated: kind.gated });
    }
    Ok(planted)
}

/// Every cell of the columns that hold identifiers. The generator writes no quotes.
fn read_columns(path: &Path) -> Result<Vec<Planted>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let mut lines = text.split_inclusive('\n');
    let header: Vec<&str> = lines.next().context("the table is empty")?.trim_end().split(',').collect();
    let columns: Vec<_> = header.iter().map(|name| COLUMNS.iter().find(|column| column.0 == *name)).collect();
    let mut at = text.split_inclusive('\n').next().map_or(0, str::len) as u64;
    let mut planted = Vec::new();
    for line in lines {
        let mut start = at;
        for (cell, column) in line.trim_end().split(',').zip(&columns) {
            let end = start + cell.len() as u64;
            if let Some((name, kind, gated)) = column {
                let kind = kind_named(kind).with_context(|| format!("the kind {kind} is not known"))?;
                planted.push(Planted { start, end, group: (*name).to_owned(), kind, gated: *gated });
            }
            start = end + 1;
        }
        at += line.len() as u64;
    }
    Ok(planted)
}

fn recall(report: &mut Report, corpus: &str, planted: &[Planted], findings: &[Finding], setup: &Setup) {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for item in planted {
        let tally = tallies.entry(&item.group).or_default();
        tally.gated = item.gated;
        tally.planted += 1;
        if let Some(finding) = match_of(item, findings) {
            tally.found += 1;
            tally.exact += u64::from((finding.start, finding.end) == (item.start, item.end));
        }
    }
    for (group, tally) in tallies {
        let share = tally.found as f64 / tally.planted as f64;
        let exact = tally.exact as f64 / tally.planted as f64;
        let cells = [format!("{corpus} {group}"), tally.planted.to_string(), tally.found.to_string()];
        report.rows.push(cells.into_iter().chain([format!("{share:.4}"), format!("{exact:.4}")]).collect());
        if tally.gated {
            report.at_least(format!("truth: {corpus} {group}"), share, setup.floors.truth.recall);
        }
    }
}

/// A finding of a fitting category that shares a byte with what was planted; the exact one, if it is among them.
/// Findings hardly nest, so a few before the last candidate are enough to look at.
fn match_of<'a>(item: &Planted, findings: &'a [Finding]) -> Option<&'a Finding> {
    const LOOK_BACK: usize = 12;
    let behind = findings.partition_point(|finding| finding.start < item.end);
    let near = &findings[behind.saturating_sub(LOOK_BACK)..behind];
    let fits = |finding: &&Finding| finding.end > item.start && item.kind.accepts(finding);
    let exact = near.iter().filter(fits).find(|it| (it.start, it.end) == (item.start, item.end));
    exact.or_else(|| near.iter().find(fits))
}

impl Kind {
    fn accepts(&self, finding: &Finding) -> bool {
        let by_category = !finding.category.is_empty() && self.categories.contains(finding.category.as_str());
        by_category || self.entities.contains(&finding.entity.as_str())
    }
}

fn false_alarms(report: &mut Report, name: &str, phisift: &Path, file: &Path, setup: &Setup) -> Result<()> {
    let findings = scan(phisift, file)?;
    let size = std::fs::metadata(file).with_context(|| format!("look at {}", file.display()))?.len();
    let mut by_entity: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.high) {
        *by_entity.entry(&finding.entity).or_default() += 1;
    }
    let high: u64 = by_entity.values().sum();
    let rate = high as f64 / (size as f64 / 100_000.0);
    report.notes.push(format!("{name}: {} findings, {high} of them high {by_entity:?}", findings.len()));
    report.at_most(format!("high-band findings per 100 kB: {name}"), rate, setup.floors.truth.high_per_100_kb);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(start: u64, end: u64, category: &str) -> Finding {
        Finding { start, end, entity: "x".into(), category: category.into(), high: true }
    }

    #[test]
    fn overlap_and_category_decide() {
        let findings = [finding(0, 20, "A"), finding(5, 9, "G"), finding(9, 12, "C")];
        let planted = |start, end, name| {
            let kind = kind_named(name).unwrap();
            Planted { start, end, group: name.into(), kind, gated: true }
        };
        let found = |start, end, name| match_of(&planted(start, end, name), &findings).map(|it| (it.start, it.end));
        assert_eq!(found(5, 9, "SSN"), Some((5, 9)));
        assert_eq!(found(8, 30, "SSN"), Some((5, 9)));
        assert_eq!(found(9, 12, "SSN"), None);
        assert_eq!(found(9, 12, "DATE"), Some((9, 12)));
        assert_eq!(found(15, 16, "NAME"), Some((0, 20)));
    }
}
