//! What an inventory costs and how right it is: a scan with it beside one without, a second scan beside `find`, bytes
//! for each finding, individuals beside the truth, kills, and reports of a large store.

mod kills;
mod large;
mod people;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use phisift::inventory::{Inventory, Run};

use crate::files::{self, MB};
use crate::record::Report;
use crate::run::{Cost, measure, median};
use crate::setup::Setup;

/// Files of the small tree, and bytes of each, about.
const SMALL: Tree = Tree { name: "tree", files: 20_000, bytes: 300 };
/// Bytes of each large file.
const LARGE: u64 = 64 * MB;

/// Measures all of it.
pub fn run(setup: &Setup) -> Result<Report> {
    let bench = Bench { phisift: setup.phisift()?, folder: setup.scratch.join("inventory"), runs: setup.runs };
    std::fs::create_dir_all(&bench.folder).context("make the bench's folder")?;
    let head = ["inventory", "CPU without", "CPU with", "without / with", "wall", "bytes a finding"];
    let mut report = Report::new("inventory", &head);
    let floors = &setup.floors.inventory;
    let tree = SMALL.grow(setup, &bench.folder)?;
    bench.compare(&mut report, "20,000 small files", &tree, floors.ratio, floors.finding_bytes)?;
    for name in ["app.log", "notes.txt", "claims.csv"] {
        let head = files::head(&setup.corpus_file(name)?, LARGE)?;
        let file = files::write(&bench.folder, name, &head)?;
        bench.compare(&mut report, name, &file, floors.ratio, floors.finding_bytes)?;
    }
    bench.again(&mut report, &tree, floors.again)?;
    people::run(&bench, &mut report, floors.individuals)?;
    kills::run(&bench, &mut report, setup)?;
    large::run(&bench, &mut report, setup)?;
    Ok(report)
}

struct Bench {
    phisift: PathBuf,
    folder: PathBuf,
    runs: usize,
}

impl Bench {
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.phisift);
        command.arg(name).env("XDG_CONFIG_HOME", self.folder.join("config"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn scan(&self, path: &Path, store: Option<&Path>) -> Command {
        let mut command = self.command("scan");
        command.args(["--exit-zero", "--quiet", "--format", "jsonl", "--output", "/dev/null"]).arg(path);
        if let Some(store) = store {
            command.arg("--inventory").arg(store);
        }
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
        let each = size / last_run(&store)?.findings.max(1) as f64;
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
}

/// Parts of the corpora as files of some lines, in folders of two hundred.
struct Tree {
    name: &'static str,
    files: usize,
    bytes: usize,
}

impl Tree {
    /// Makes it below a folder, unless that was done.
    fn grow(&self, setup: &Setup, folder: &Path) -> Result<PathBuf> {
        let tree = folder.join(format!("{}-{}-{}", self.name, self.files, self.bytes));
        let done = tree.with_extension("done");
        if done.is_file() {
            return Ok(tree);
        }
        let corpora = ["app.log", "notes.txt", "claims.csv", "clean.txt"];
        let part = (self.files / corpora.len() * self.bytes) as u64 * 2;
        for (kind, name) in corpora.iter().enumerate() {
            let bytes = files::head(&setup.corpus_file(name)?, part)?;
            let extension = name.rsplit('.').next().unwrap_or("txt");
            let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').cycle();
            for number in 0..self.files / corpora.len() {
                let mut content = Vec::with_capacity(self.bytes * 2);
                while content.len() < self.bytes {
                    content.extend_from_slice(lines.next().context("a corpus is empty")?);
                }
                let at = number * corpora.len() + kind;
                files::write(&tree.join(format!("d{}", at / 200)), &format!("f{at}.{extension}"), &content)?;
            }
        }
        std::fs::write(&done, "").context("finish the tree")?;
        Ok(tree)
    }
}

fn last_run(store: &Path) -> Result<Run> {
    Inventory::open_read(store)?.last_run()?.context("a run ended")
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
