//! Peak memory on a 1 GB file and on lines of 256 MB, against a fixed part and a part for each worker.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::files::{self, MB};
use crate::record::Report;
use crate::run::measure;
use crate::setup::Setup;

/// One input: its name, what it begins with, where its lines come from, its size, and what is done to each line.
struct Input {
    name: &'static str,
    prefix: &'static str,
    corpus: &'static str,
    size: u64,
    each: fn(&mut Vec<u8>),
}

const INPUTS: [Input; 4] = [
    Input { name: "1 GB of log lines", prefix: "", corpus: "app.log", size: 1024 * MB, each: |_| {} },
    Input { name: "1 GB of table rows", prefix: "", corpus: "claims.csv", size: 1024 * MB, each: |_| {} },
    Input { name: "one line of 256 MB of prose", prefix: "", corpus: "notes.txt", size: 256 * MB, each: join },
    Input { name: "one JSON value of 256 MB", prefix: "[", corpus: "notes.txt", size: 256 * MB, each: quote },
];

/// Measures every input with one and two workers.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let mut report = Report::new("memory", &["peak memory", "1 worker", "2 workers"]);
    for input in &INPUTS {
        let file = make(setup, input)?;
        let mut row = vec![input.name.to_owned()];
        for workers in [1u32, 2] {
            let peak = peak(&phisift, &file, workers)? as f64 / MB as f64;
            row.push(format!("{peak:.0} MB"));
            let most = setup.floors.memory.base_mb + f64::from(workers) * setup.floors.memory.worker_mb;
            report.at_most(format!("{}, {workers} workers, MB", input.name), peak, most);
        }
        report.rows.push(row);
        std::fs::remove_file(&file).with_context(|| format!("remove {}", file.display()))?;
    }
    Ok(report)
}

fn peak(phisift: &Path, file: &Path, workers: u32) -> Result<u64> {
    let mut command = Command::new(phisift);
    command.args(["scan", "--exit-zero", "--format", "table", "--threads", &workers.to_string()]).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(measure(&mut command, &[0])?.peak)
}

fn make(setup: &Setup, input: &Input) -> Result<PathBuf> {
    let target = setup.scratch.join("memory-input");
    let source = setup.corpus_file(input.corpus)?;
    files::repeat(&source, &target, &files::Fill { prefix: input.prefix, size: input.size, each: input.each })?;
    Ok(target)
}

/// Joins lines to one.
fn join(line: &mut Vec<u8>) {
    if line.last() == Some(&b'\n') {
        line.pop();
        line.push(b' ');
    }
}

/// Makes each line an element of one JSON array that never ends: an export that was cut off.
fn quote(line: &mut Vec<u8>) {
    join(line);
    line.retain(|byte| !matches!(byte, b'"' | b'\\'));
    line.splice(0..0, *b"{\"note\":\"");
    line.extend_from_slice(b"\"},");
}
