//! Two threads against one, on the wall: many files, and one large file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::files::{self, MB};
use crate::record::Report;
use crate::run::{measure, median};
use crate::setup::Setup;

const FILES: u64 = 64;
const FILE_SIZE: u64 = 4 * MB;

/// Measures both shapes.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let mut report = Report::new("threads", &["time on the wall", "1 thread", "2 threads", "gain"]);
    if std::thread::available_parallelism().map_or(1, std::num::NonZero::get) < 2 {
        report.notes.push("this machine has one core: skipped".into());
        return Ok(report);
    }
    let large = setup.corpus_file("app.log")?;
    report.notes.push(format!("two processes at once reach {:.2} times one here", offered(&phisift, &large)?));
    for (name, path) in [("64 files of 4 MB", many(setup)?), ("one file", large)] {
        let (one, two) = walls(&phisift, &path, setup.runs)?;
        let cells = [format!("{:.0} ms", one * 1e3), format!("{:.0} ms", two * 1e3), format!("{:.2}", one / two)];
        report.rows.push([name.to_owned()].into_iter().chain(cells).collect());
        report.at_least(format!("threads: {name}"), one / two, setup.floors.threads.least);
    }
    Ok(report)
}

/// A folder of many files of different kinds.
fn many(setup: &Setup) -> Result<PathBuf> {
    let folder = setup.scratch.join("threads");
    for (kind, name) in ["app.log", "notes.txt", "claims.csv", "clean.txt"].iter().enumerate() {
        let bytes = files::head(&setup.corpus_file(name)?, FILE_SIZE)?;
        for index in 0..FILES / 4 {
            files::write(&folder, &format!("{kind}-{index:02}-{name}"), &bytes)?;
        }
    }
    Ok(folder)
}

/// Medians of interleaved runs.
fn walls(phisift: &Path, path: &Path, runs: usize) -> Result<(f64, f64)> {
    let (mut one, mut two) = (Vec::new(), Vec::new());
    wall(phisift, path, "2")?;
    for _ in 0..runs {
        one.push(wall(phisift, path, "1")?);
        two.push(wall(phisift, path, "2")?);
    }
    Ok((median(one), median(two)))
}

fn wall(phisift: &Path, path: &Path, threads: &str) -> Result<f64> {
    Ok(measure(&mut scan(phisift, path, threads), &[0])?.wall.as_secs_f64())
}

/// What the machine gives to two processes that share nothing: on a busy machine, or one whose cores are halves of a
/// core, no number of threads can gain more.
fn offered(phisift: &Path, path: &Path) -> Result<f64> {
    let one = wall(phisift, path, "1")?;
    let begun = Instant::now();
    let mut beside = scan(phisift, path, "1").spawn().context("start phisift")?;
    wall(phisift, path, "1")?;
    beside.wait().context("wait for phisift")?;
    Ok(2.0 * one / begun.elapsed().as_secs_f64())
}

fn scan(phisift: &Path, path: &Path, threads: &str) -> Command {
    let mut command = Command::new(phisift);
    command.args(["scan", "--exit-zero", "--format", "table", "--threads", threads]).arg(path);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
