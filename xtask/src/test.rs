//! `cargo xtask test`: runs the steps, names and times each, and closes with one line of counts.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::steps::{STEPS, Step};

/// How many tests a step ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

/// How a step ended.
pub enum Outcome {
    /// It ran and succeeded, with that many tests (none for a check).
    Passed(Counts),
    /// It ran and failed.
    Failed(Counts),
    /// A tool is not here. Allowed on a user's machine, a failure where CI=true.
    Absent(String),
    /// It cannot run here, and that is no failure anywhere.
    Skipped(String),
}

/// Runs the steps of those names, or all.
pub fn run(root: &Path, names: &[String]) -> Result<bool> {
    if names.iter().any(|it| it == "--list") {
        STEPS.iter().for_each(|step| println!("{:14} {}", step.name, step.what));
        return Ok(true);
    }
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        bail!("unknown step `{unknown}`; `cargo xtask test --list` names them");
    }
    let strict = std::env::var_os("CI").is_some_and(|it| it == "true");
    let mut total = Counts::default();
    let mut summary = Vec::new();
    for step in STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)) {
        let start = Instant::now();
        println!("\n== {}: {}", step.name, step.what);
        let outcome = attempt(step, root);
        let line = add(&mut total, &outcome, strict);
        let line = format!("{:14} {:>6.1} s  {line}", step.name, start.elapsed().as_secs_f64());
        println!("== {line}");
        summary.push(line);
    }
    println!("\nSteps:");
    summary.iter().for_each(|line| println!("  {line}"));
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    Ok(total.failed == 0)
}

fn attempt(step: &Step, root: &Path) -> Outcome {
    (step.run)(root).unwrap_or_else(|error| {
        println!("{error:#}");
        Outcome::Failed(Counts::default())
    })
}

fn add(total: &mut Counts, outcome: &Outcome, strict: bool) -> String {
    match outcome {
        Outcome::Passed(counts) => {
            total.add(*counts);
            format!("ok       {counts}")
        }
        Outcome::Failed(counts) => {
            total.add(*counts);
            // A failed check, or a runner that died before it counted, is one failure.
            total.failed += u64::from(counts.failed == 0);
            format!("FAILED   {counts}")
        }
        Outcome::Absent(what) if strict => {
            total.failed += 1;
            format!("FAILED   {what} (required where CI=true)")
        }
        Outcome::Absent(why) | Outcome::Skipped(why) => format!("skipped  {why}"),
    }
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// What the runners' own closing lines say: cargo test, nextest, pytest and node's.
    pub fn read(lines: &[String]) -> Counts {
        let mut counts = Counts::default();
        // What a failed test printed is shown indented, and may look like a closing line itself.
        let own = lines.iter().filter(|line| !line.starts_with("    test result:"));
        for line in own {
            let line = line.trim_matches([' ', '=']);
            let words: Vec<&str> = line.split([' ', ',', ';']).filter(|it| !it.is_empty()).collect();
            if is_closing_line(line) {
                for pair in words.windows(2) {
                    counts.add_word(pair[1], pair[0]);
                }
            } else if let ["#" | "ℹ", word, number] = words[..] {
                counts.add_word(word, number);
            }
        }
        counts
    }

    fn add_word(&mut self, word: &str, number: &str) {
        let Ok(number) = number.parse::<u64>() else { return };
        match word {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" | "errors" | "error" => self.failed += number,
            "skipped" | "ignored" => self.skipped += number,
            _ => {}
        }
    }
}

fn is_closing_line(line: &str) -> bool {
    let pytest = line.ends_with('s') && line.contains(" in ") && (line.contains(" passed") || line.contains(" failed"));
    let pytest = pytest && !line.contains('[');
    line.starts_with("test result:") || (line.starts_with("Summary [") && line.contains("tests run:")) || pytest
}

impl std::fmt::Display for Counts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == Counts::default() {
            return Ok(());
        }
        write!(out, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> (u64, u64, u64) {
        let lines: Vec<String> = lines.iter().map(|it| it.to_string()).collect();
        let counts = Counts::read(&lines);
        (counts.passed, counts.failed, counts.skipped)
    }

    #[test]
    fn runners_closing_lines_are_counted() {
        assert_eq!(read(&["     Summary [   0.013s] 6 tests run: 4 passed, 2 failed, 1 skipped"]), (4, 2, 1));
        assert_eq!(read(&["test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out"]), (3, 0, 2));
        assert_eq!(read(&["========= 5 passed, 1 skipped in 0.12s ========="]), (5, 0, 1));
        assert_eq!(read(&["1 failed, 5 passed in 0.12s"]), (5, 1, 0));
        assert_eq!(read(&["ℹ tests 9", "ℹ pass 7", "ℹ fail 2", "# skipped 1"]), (7, 2, 1));
        assert_eq!(read(&["note: 12 passed the door"]), (0, 0, 0));
        assert_eq!(read(&["    test result: FAILED. 0 passed; 1 failed; 0 ignored"]), (0, 0, 0));
    }
}
