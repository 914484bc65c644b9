//! Kills scans at a hundred moments and goes on: the store is that of an undisturbed scan.

use std::path::Path;

use anyhow::{Context, Result};
use phisift::inventory::Inventory;

use super::{Bench, Tree};
use crate::record::Report;
use crate::run::measure;
use crate::setup::Setup;

const KILLS: u32 = 100;
/// Large enough for several transactions; small enough for a hundred rounds.
const FEW: Tree = Tree { name: "few", files: 2000, bytes: 2048 };

/// What must not differ: sums of the last run, and every source with its results.
type Outcome = (u64, u64, u64, u64, Vec<String>);

/// Kills and goes on.
pub(super) fn run(bench: &Bench, report: &mut Report, setup: &Setup) -> Result<()> {
    let tree = FEW.grow(setup, &bench.folder)?;
    let store = bench.fresh()?;
    let whole = measure(&mut bench.scan(&tree, Some(&store)), &[0])?.wall;
    let expected = outcome(&store)?;
    let (mut wrong, mut resumed) = (0, 0);
    for round in 0..KILLS {
        let store = bench.fresh()?;
        let mut child = bench.scan(&tree, Some(&store)).spawn().context("start a scan")?;
        std::thread::sleep(whole.mul_f64(f64::from(round) / f64::from(KILLS)));
        child.kill().context("kill a scan")?;
        child.wait().context("wait for a scan")?;
        measure(&mut bench.scan(&tree, Some(&store)), &[0])?;
        wrong += u32::from(outcome(&store)? != expected);
        resumed += u32::from(super::last_run(&store)?.starts > 1);
    }
    report
        .notes
        .push(format!("{KILLS} kills over {:.2} s of a scan; {resumed} left a run to go on with", whole.as_secs_f64()));
    report.at_most("kills of 100 after which the store differs".into(), f64::from(wrong), 0.0);
    Ok(())
}

fn outcome(store: &Path) -> Result<Outcome> {
    let run = super::last_run(store)?;
    let store = Inventory::open_read(store)?;
    store.verify_audit(&[])?;
    let (mut sources, reader) = (Vec::new(), store.finding_reader()?);
    store.each_source(|source| {
        let mut findings = 0;
        store.each_finding(&source, &reader, |_| {
            findings += 1;
            Ok(())
        })?;
        let (state, verdict) = (&source.state, source.verdict);
        let (content, individuals) = (source.content, source.individuals);
        sources.push(format!("{:?} {state} {verdict:?} {content:?} {individuals:?} {findings}", source.path));
        Ok(())
    })?;
    sources.sort();
    Ok((run.sources, run.findings, run.bytes_examined, run.individuals.count, sources))
}
