//! Rate of `phisift scan` beside its peers: CPU time, one thread, medians of interleaved runs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::files::{self, MB};
use crate::floors::Goal;
use crate::peers::{self, Peer};
use crate::record::{Bound, Check, Report};
use crate::run::{measure, median};
use crate::setup::Setup;

const CORPORA: [&str; 4] = ["app.log", "notes.txt", "claims.csv", "clean.txt"];

/// Below this, compiling regexes is a good part of the time.
const SMALL: u64 = 32 * MB;

/// One row of the table: who ran on what.
struct Contender {
    key: &'static str,
    title: String,
    command: Box<dyn Fn(&Path) -> Command>,
    accepted: &'static [i32],
}

/// Measures every contender on every corpus.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let (peers, notes) = peers::find(setup)?;
    let contenders = contenders(&phisift, peers);
    let mut report =
        Report::new("speed", &["MB/s of CPU time, one thread", "app.log", "notes.txt", "claims.csv", "clean.txt"]);
    report.notes = notes;
    let mut rates = Vec::new();
    for corpus in CORPORA {
        let file = setup.corpus_file(corpus)?;
        if std::fs::metadata(&file)?.len() < SMALL {
            report.notes.push(format!("{corpus} is small: starting up weighs more than it should"));
        }
        rates.push(rates_on(&file, &contenders, setup.runs)?);
    }
    for contender in &contenders {
        let cells = rates.iter().map(|of| format!("{:.0}", of[contender.key]));
        report.rows.push(std::iter::once(contender.title.clone()).chain(cells).collect());
    }
    for contender in contenders.iter().filter(|it| it.key != "table") {
        let cells = rates.iter().map(|of| format!("{:.2}", ratio(of, contender.key)));
        let title = match contender.key {
            "jsonl" => "jsonl / table".to_owned(),
            _ => format!("phisift / {}", contender.title),
        };
        report.rows.push(std::iter::once(title).chain(cells).collect());
    }
    for (corpus, rates) in CORPORA.iter().zip(&rates) {
        check(&mut report, corpus, rates, setup);
    }
    Ok(report)
}

fn contenders(phisift: &Path, peers: Vec<Peer>) -> Vec<Contender> {
    let (table, jsonl, nameless) = (phisift.to_path_buf(), phisift.to_path_buf(), phisift.to_path_buf());
    let mut contenders = vec![
        Contender {
            key: "table",
            title: "phisift, everything on".into(),
            command: Box::new(move |file| scan(&table, file, &["--format", "table"])),
            accepted: &[0],
        },
        Contender {
            key: "jsonl",
            title: "phisift, every finding written".into(),
            command: Box::new(move |file| scan(&jsonl, file, &["--format", "jsonl", "--output", "/dev/null"])),
            accepted: &[0],
        },
        Contender {
            key: "nameless",
            title: "phisift without names and cities".into(),
            command: Box::new(move |file| scan(&nameless, file, &["--skip", "person_name", "--skip", "city"])),
            accepted: &[0],
        },
    ];
    contenders.extend(peers.into_iter().map(|peer| Contender {
        key: peer.key,
        title: peer.title.clone(),
        accepted: peer.accepted,
        command: Box::new(move |file| peer.command(file)),
    }));
    contenders
}

fn scan(phisift: &Path, file: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(phisift);
    command.args(["scan", "--threads", "1", "--exit-zero"]).args(more).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// MB/s by contender. Runs take turns, so that a slow minute of the machine hits all of them.
fn rates_on(file: &Path, contenders: &[Contender], runs: usize) -> Result<BTreeMap<&'static str, f64>> {
    let megabytes = files::warm(file)? as f64 / MB as f64;
    let mut seconds: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for _ in 0..runs {
        for contender in contenders {
            let cost = measure(&mut (contender.command)(file), contender.accepted)
                .with_context(|| format!("run {} on {}", contender.title, file.display()))?;
            seconds.entry(contender.key).or_default().push(cost.cpu.as_secs_f64());
        }
    }
    Ok(seconds.into_iter().map(|(key, seconds)| (key, megabytes / median(seconds).max(1e-6))).collect())
}

/// Our rate over the peer's; for `jsonl` its rate over that of `table`.
fn ratio(rates: &BTreeMap<&'static str, f64>, key: &str) -> f64 {
    match key {
        "jsonl" => rates["jsonl"] / rates["table"],
        _ => rates["table"] / rates[key],
    }
}

fn check(report: &mut Report, corpus: &str, rates: &BTreeMap<&'static str, f64>, setup: &Setup) {
    let Some(goals) = setup.floors.speed.get(corpus) else { return };
    for (key, Goal { floor, stretch }) in goals {
        if !rates.contains_key(key.as_str()) {
            report.notes.push(format!("{corpus}: {key} was not measured, so its floor was not checked"));
            continue;
        }
        report.checks.push(Check {
            name: format!("{corpus} {key}"),
            value: ratio(rates, key),
            bound: Bound::Least(*floor),
            stretch: *stretch,
        });
    }
}
