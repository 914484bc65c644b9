//! Time of `phisift detect` on nothing: what every short-lived use pays before its first byte.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::record::Report;
use crate::run::{measure, median};
use crate::setup::Setup;

const RUNS: usize = 31;

/// Measures the command from start to exit.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let mut report = Report::new("startup", &["empty input", "on the wall", "CPU"]);
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut command = Command::new(&phisift);
        command.args(["detect", "-"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let cost = measure(&mut command, &[0])?;
        wall.push(cost.wall.as_secs_f64() * 1e3);
        cpu.push(cost.cpu.as_secs_f64() * 1e3);
    }
    let (wall, cpu) = (median(wall), median(cpu));
    report.rows.push(vec!["phisift detect".into(), format!("{wall:.1} ms"), format!("{cpu:.1} ms")]);
    report.at_most("startup, ms".into(), wall, setup.floors.startup.most);
    Ok(report)
}
