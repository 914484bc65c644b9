//! What a bench has to say: a table, checks, and a section of `results/latest.json`.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::setup::Setup;

/// One figure against its floor.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was measured.
    pub name: String,
    /// What came out.
    pub value: f64,
    /// What it must reach.
    pub bound: Bound,
    /// What we would like, where there is such a goal.
    pub stretch: Option<f64>,
}

/// Which way a figure is good.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// At least.
    Least(f64),
    /// At most.
    Most(f64),
}

impl Check {
    /// True where the floor is reached.
    pub fn passed(&self) -> bool {
        match self.bound {
            Bound::Least(floor) => self.value >= floor,
            Bound::Most(ceiling) => self.value <= ceiling,
        }
    }

    fn line(&self) -> String {
        let (sign, bound) = match self.bound {
            Bound::Least(floor) => ("≥", floor),
            Bound::Most(ceiling) => ("≤", ceiling),
        };
        let verdict = if self.passed() { "ok    " } else { "MISSED" };
        let stretch = match self.stretch {
            Some(goal) if self.value >= goal => format!(" (stretch {goal} reached)"),
            Some(goal) => format!(" (stretch {goal})"),
            None => String::new(),
        };
        format!("{verdict} {}: {:.3} {sign} {bound}{stretch}", self.name, self.value)
    }
}

/// The outcome of one bench.
#[derive(Debug, Default)]
pub struct Report {
    /// Its section in the results; empty for benches that have none.
    pub section: &'static str,
    /// Head and rows of its table.
    pub rows: Vec<Vec<String>>,
    /// Figures with floors.
    pub checks: Vec<Check>,
    /// What could not be measured, and other remarks.
    pub notes: Vec<String>,
}

impl Report {
    /// A report with that section and table head.
    pub fn new(section: &'static str, head: &[&str]) -> Self {
        Report { section, rows: vec![head.iter().map(ToString::to_string).collect()], ..Report::default() }
    }

    /// Adds a figure that must be at least `floor`.
    pub fn at_least(&mut self, name: String, value: f64, floor: f64) {
        self.checks.push(Check { name, value, bound: Bound::Least(floor), stretch: None });
    }

    /// Adds a figure that must be at most `ceiling`.
    pub fn at_most(&mut self, name: String, value: f64, ceiling: f64) {
        self.checks.push(Check { name, value, bound: Bound::Most(ceiling), stretch: None });
    }

    /// True where every floor is reached.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }

    /// Prints the table in Markdown, then notes and checks.
    pub fn print(&self) {
        if self.rows.len() > 1 {
            println!("{}", self.markdown());
        }
        self.notes.iter().for_each(|note| println!("note: {note}"));
        self.checks.iter().for_each(|check| println!("{}", check.line()));
    }

    /// The table in Markdown.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let _ = writeln!(out, "| {} |", row.join(" | "));
            if index == 0 {
                let _ = writeln!(out, "|{}", "---|".repeat(row.len()));
            }
        }
        out
    }

    /// Puts the section into `benches/results/latest.json`, leaving the others.
    pub fn save(&self, setup: &Setup) -> Result<()> {
        if self.section.is_empty() {
            return Ok(());
        }
        let path = setup.root.join("benches/results/latest.json");
        let mut all: Map<String, Value> = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).with_context(|| format!("parse {}", path.display()))?,
            Err(_) => Map::new(),
        };
        all.insert("machine".into(), machine());
        all.insert(self.section.into(), self.value());
        let text = serde_json::to_string_pretty(&all).context("write the results")? + "\n";
        std::fs::create_dir_all(path.parent().context("find the results folder")?)
            .context("make the results folder")?;
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))
    }

    fn value(&self) -> Value {
        let checks: Vec<Value> = self.checks.iter().map(check_value).collect();
        json!({ "passed": self.passed(), "checks": checks, "table": self.rows, "notes": self.notes })
    }
}

fn check_value(check: &Check) -> Value {
    let (kind, bound) = match check.bound {
        Bound::Least(floor) => ("least", floor),
        Bound::Most(ceiling) => ("most", ceiling),
    };
    let value = (check.value * 1000.0).round() / 1000.0;
    json!({ "name": check.name, "value": value, kind: bound, "stretch": check.stretch, "passed": check.passed() })
}

/// Rates differ between machines; a result without its machine says little.
fn machine() -> Value {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|pair| pair.1);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    json!({
        "cpu": model.unwrap_or("unknown"),
        "cores": cores,
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
    })
}
