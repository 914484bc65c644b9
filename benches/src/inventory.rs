//! What an inventory costs: a scan with it beside one without, a second scan beside `find`, bytes for each finding, and
//! a store of a million files.

mod large;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::files::{self, MB};
use crate::record::Report;
use crate::run::{Cost, measure, median};
use crate::setup::Setup;

/// Files of the small tree.
const FILES: usize = 20_000;
/// Bytes of each, about.
const SMALL: usize = 2048;
/// Bytes of each large file.
const LARGE: u64 = 64 * MB;

/// Measures all of it.
pub fn run(setup: &Setup) -> Result<Report> {
    let bench = Bench { phisift: setup.phisift()?, folder: setup.scratch.join("inventory"), runs: setup.runs };
    std::fs::create_dir_all(&bench.folder).context("make the bench's folder")?;
    let head = ["inventory", "CPU without", "CPU with", "without / with", "wall", "bytes a finding"];
    let mut report = Report::new("inventory", &head);
    let floors = &setup.floors.inventory;
    let tree = small_tree(setup, &bench.folder)?;
    bench.compare(&mut report, "20,000 small files", &tree, floors.ratio, floors.finding_bytes)?;
    for name in ["app.log", "notes.txt", "claims.csv"] {
        let head = files::head(&setup.corpus_file(name)?, LARGE)?;
        let file = files::write(&bench.folder, name, &head)?;
        bench.compare(&mut report, name, &file, floors.ratio, floors.finding_bytes)?;
    }
    bench.again(&mut report, &tree, floors.again)?;
    bench.kills(&mut report, &tree)?;
    large::run(&mut report, &bench.folder, setup.scale, floors)?;
    Ok(report)
}

struct Bench {
    phisift: PathBuf,
    folder: PathBuf,
    runs: usize,
}

impl Bench {
    fn scan(&self, path: &Path, store: Option<&Path>) -> Command {
        let mut command = Command::new(&self.phisift);
        command.args(["scan", "--exit-zero", "--quiet", "--format", "jsonl", "--output", "/dev/null"]).arg(path);
        if let Some(store) = store {
            command.arg("--inventory").arg(store);
        }
        command.env("XDG_CONFIG_HOME", self.folder.join("config"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn fresh(&self) -> Result<PathBuf> {
        let store = self.folder.join("bench.db");
        remove(&store)?;
        Ok(store)
    }

    fn compare(&self, report: &mut Report, name: &str, path: &Path, ratio: f64, bytes: f64) -> Result<()> {
        let (mut without, mut with) = (Vec::new(), Vec::new());
        let mut store = self.fresh()?;
        for _ in 0..self.runs {
            without.push(measure(&mut self.scan(path, None), &[0])?);
            store = self.fresh()?;
            with.push(measure(&mut self.scan(path, Some(&store)), &[0])?);
        }
        let cpu = |costs: &[Cost]| median(costs.iter().map(|it| it.cpu.as_secs_f64()).collect());
        let wall = |costs: &[Cost]| median(costs.iter().map(|it| it.wall.as_secs_f64()).collect());
        let cost = cpu(&without) / cpu(&with);
        let size = std::fs::metadata(&store).context("look at the store")?.len() as f64;
        let findings = phisift::inventory::Inventory::open_read(&store)?.last_run()?.map_or(0, |run| run.findings);
        let each = size / findings.max(1) as f64;
        report.rows.push(vec![
            name.into(),
            format!("{:.2} s", cpu(&without)),
            format!("{:.2} s", cpu(&with)),
            format!("{cost:.2}"),
            format!("{:.2}", wall(&without) / wall(&with)),
            format!("{each:.0}"),
        ]);
        report.at_least(format!("{name}: scan without / with inventory"), cost, ratio);
        // Of small files the rows of the files weigh most, which is no cost of a finding.
        if path.is_file() {
            report.at_most(format!("{name}: bytes a finding"), each, bytes);
        }
        Ok(())
    }

    /// The second scan of an unchanged tree, beside `find` that only asks the file system.
    fn again(&self, report: &mut Report, tree: &Path, most: f64) -> Result<()> {
        let store = self.fresh()?;
        std::thread::sleep(Duration::from_secs(3));
        measure(&mut self.scan(tree, Some(&store)), &[0])?;
        let (mut find, mut again) = (Vec::new(), Vec::new());
        for _ in 0..self.runs.max(5) {
            let mut command = Command::new("find");
            command.arg(tree).args(["-type", "f", "-printf", "%p %s %T@ %i %m\\n"]).stdout(Stdio::null());
            find.push(measure(&mut command, &[0])?.wall.as_secs_f64() * 1e3);
            again.push(measure(&mut self.scan(tree, Some(&store)), &[0])?.wall.as_secs_f64() * 1e3);
        }
        let (find, again) = (median(find), median(again));
        report.notes.push(format!("second scan of 20,000 unchanged files: {again:.0} ms; find: {find:.0} ms"));
        report.at_most(
            "second scan, ms over 3 × find or find + 150".into(),
            again / (3.0 * find).max(find + 150.0),
            most,
        );
        Ok(())
    }

    /// Kills scans at a hundred moments and goes on: the sums are those of an undisturbed scan.
    fn kills(&self, report: &mut Report, tree: &Path) -> Result<()> {
        let sums = |store: &Path| -> Result<(u64, u64, u64, u64)> {
            let store = phisift::inventory::Inventory::open_read(store)?;
            store.verify_audit(&[])?;
            let run = store.last_run()?.context("a run ended")?;
            Ok((run.sources, run.findings, run.bytes_examined, run.individuals.count))
        };
        let store = self.fresh()?;
        let whole = measure(&mut self.scan(tree, Some(&store)), &[0])?.wall;
        let expected = sums(&store)?;
        let mut wrong = 0;
        for round in 0..100u32 {
            let store = self.fresh()?;
            let mut child = self.scan(tree, Some(&store)).spawn().context("start a scan")?;
            std::thread::sleep(whole.mul_f64(f64::from(round) / 100.0));
            child.kill().context("kill a scan")?;
            child.wait().context("wait for a scan")?;
            measure(&mut self.scan(tree, Some(&store)), &[0])?;
            wrong += u32::from(sums(&store)? != expected);
        }
        report.at_most("kills of 100 after which the store differs".into(), f64::from(wrong), 0.0);
        Ok(())
    }
}

/// Parts of the corpora as files of some lines, in folders of two hundred.
fn small_tree(setup: &Setup, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("tree");
    if tree.join("d99").is_dir() {
        return Ok(tree);
    }
    let corpora = ["app.log", "notes.txt", "claims.csv", "clean.txt"];
    let part = (FILES / corpora.len() * SMALL) as u64 * 2;
    for (kind, name) in corpora.iter().enumerate() {
        let bytes = files::head(&setup.corpus_file(name)?, part)?;
        let extension = name.rsplit('.').next().unwrap_or("txt");
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').cycle();
        for number in 0..FILES / corpora.len() {
            let mut content = Vec::with_capacity(SMALL * 2);
            while content.len() < SMALL {
                content.extend_from_slice(lines.next().context("a corpus is empty")?);
            }
            let at = number * corpora.len() + kind;
            files::write(&tree.join(format!("d{}", at / 200)), &format!("f{at}.{extension}"), &content)?;
        }
    }
    Ok(tree)
}

/// Removes a store with its side files.
fn remove(store: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-lock"] {
        let path = format!("{}{suffix}", store.display());
        if Path::new(&path).exists() {
            std::fs::remove_file(&path).with_context(|| format!("remove {path}"))?;
        }
    }
    Ok(())
}
