//! A store of a million files with twenty million findings, or of a tenth of that: how large it is, how long reports of it
//! take, in how much memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::inventory::{Inventory, Recorder, RunOptions};
use phisift::model::{
    Batch, Detection, EntityId, Evidence, Finding, Frame, Key, Label, NO_NODE, Seal, Sink, Source, SourceState,
    SourceSummary, Stat, Subject, Verdict,
};
use phisift::scan::Totals;

use super::Bench;
use crate::files::{self, MB};
use crate::record::Report;
use crate::run::measure;
use crate::setup::Setup;

const SOURCES: f64 = 1e6;
const FINDINGS: usize = 20;
const ENTITIES: [&str; 5] = ["mrn", "us_ssn", "person_name", "date", "phone"];

/// The key of its fingerprints.
const KEY: [u8; 32] = [7; 32];

/// Fills the store, reads all of it, and has reports made of it.
pub(super) fn run(bench: &Bench, report: &mut Report, setup: &Setup) -> Result<()> {
    let (floors, share) = (&setup.floors.inventory, if setup.full { 1.0 } else { 0.1 });
    let store = bench.folder.join("large.db");
    super::remove(&store)?;
    let sources = (SOURCES * share) as u64;
    let begun = Instant::now();
    fill(&store, sources)?;
    let filled = begun.elapsed().as_secs_f64();
    let size = std::fs::metadata(&store).context("look at the store")?.len();
    let begun = Instant::now();
    let findings = read(&store)?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(findings == sources * FINDINGS as u64, "findings are missing from the store");
    report.notes.push(format!(
        "{sources} files, {findings} findings: {} MB, written in {filled:.0} s, all findings and individuals read in \
         {seconds:.1} s",
        size / MB
    ));
    report.at_most("large store, bytes a finding".into(), size as f64 / findings as f64, floors.finding_bytes);
    let key = files::write(&bench.folder, "large.key", &KEY)?;
    for format in ["html", "csv", "jsonl"] {
        let mut command = bench.command("report");
        command.args(["--format", format, "--output", "/dev/null", "--inventory"]).arg(&store);
        let cost = measure(command.arg("--key-file").arg(&key), &[0])?;
        let (seconds, peak) = (cost.wall.as_secs_f64(), cost.peak as f64 / MB as f64);
        report.notes.push(format!("report of it as {format}: {seconds:.1} s, {peak:.0} MB at most"));
        // Time grows with the store; memory must do at any size.
        report.at_most(format!("large store, seconds for {format}"), seconds, floors.report_seconds * share);
        report.at_most(format!("large store, MB for {format}"), peak, floors.report_mb);
    }
    super::remove(&store)
}

fn fill(path: &Path, sources: u64) -> Result<()> {
    let detector = Arc::new(Detector::new(Ruleset::builtin()?, DetectorOptions::default())?);
    let store = Inventory::open_write(path, &Key::new(KEY).id(), 0)?;
    let options = RunOptions {
        roots: vec![PathBuf::from("share")],
        settings: serde_json::json!({}),
        tool: "bench".into(),
        masking: detector.clone(),
        clock: || 0,
    };
    let mut recorder = Recorder::start(store, detector.clone(), &options)?;
    let entities: Vec<EntityId> = ENTITIES.iter().filter_map(|id| detector.ruleset().entity_id(id)).collect();
    let label = |name: &&str| Label { name: (*name).into(), column: Some(0), ..Label::default() };
    let frame = Frame { labels: ENTITIES.iter().map(label).collect(), ..Frame::default() };
    for number in 0..sources {
        let stat = Stat { inode: number, mode: 0o100_640, size: 4096 + number % 1000, ..Stat::default() };
        let path = PathBuf::from(format!("share/d{}/f{number}.csv", number / 500));
        let source = Source { path, size: Some(4096), stat: Some(stat) };
        let findings: Vec<Finding> = (0..FINDINGS as u64).map(|at| finding(&entities, number, at)).collect();
        recorder.begin(&source)?;
        recorder.findings(&source, Batch { frame: &frame, findings: &findings })?;
        recorder.end(&summary(source, &entities))?;
    }
    recorder.finish(&Totals::default())?;
    Ok(())
}

fn finding(entities: &[EntityId], source: u64, at: u64) -> Finding {
    let column = (at % 5) as usize;
    let person = (source * 4 + at / 5) % 2_000_000 + 1;
    let detection = Detection {
        entity: entities[column],
        pattern: 0,
        start: 0,
        end: 10,
        permille: 900 + (at % 5) as u16 * 10,
        validated: Some(true),
        role: None,
        subject: Subject::Patient,
        evidence: Evidence::FORMAT,
        field: 0,
    };
    let print = if column == 3 { 0 } else { (person * 8 + column as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) };
    let words = if column == 2 { [person as u32, person as u32 ^ 77, 0, 0] } else { [0; 4] };
    let start = at * 31;
    Finding {
        detection,
        span: Some(start..start + 10),
        line: Some(at / 5 + 2),
        record: at / 5 + 1,
        label: column as u32,
        node: NO_NODE,
        value: None,
        seal: Seal { print, words },
    }
}

fn summary(source: Source, entities: &[EntityId]) -> SourceSummary {
    let mut content = [0; 32];
    if let Some(stat) = &source.stat {
        content[..8].copy_from_slice(&stat.inode.to_le_bytes());
    }
    SourceSummary {
        source,
        format: "csv",
        state: SourceState::Complete,
        reason: None,
        verdict: Verdict::Ephi,
        reasons: Vec::new(),
        health: BTreeMap::new(),
        bytes: 4096,
        bytes_examined: 4096,
        decoded: None,
        forward_only: false,
        counts: entities.iter().map(|it| (*it, FINDINGS as u64 / 5)).collect(),
        content: Some(content),
        reused: None,
    }
}

/// Every source, every finding, the individuals.
fn read(path: &Path) -> Result<u64> {
    let store = Inventory::open_read(path)?;
    let reader = store.finding_reader()?;
    let mut findings = 0;
    store.each_source(|source| {
        store.each_finding(&source, &reader, |_| {
            findings += 1;
            Ok(())
        })
    })?;
    store.individuals()?;
    Ok(findings)
}
