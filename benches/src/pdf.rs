//! Text of PDF files beside `pdftotext`: words and numbers that both find, and the time of both.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::record::Report;
use crate::run::measure;
use crate::setup::Setup;

/// Words from which a file is counted.
const ENOUGH: usize = 20;
/// Letters that are written together, and apart.
const LIGATURES: [(&str, &str); 5] = [("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬃ", "ffi"), ("ﬄ", "ffl")];

/// How often each word stands in a text.
type Words = HashMap<String, usize>;

/// Measures the files of `../shared/files` that are valid.
pub fn run(setup: &Setup) -> Result<Report> {
    let mut report = Report::new("pdf", &["files", "words", "numbers", "CPU phisift", "CPU pdftotext"]);
    let folder = setup.root.join("../shared/files");
    let Some(files) = valid_files(&folder) else {
        report.notes.push("../shared/files is absent: nothing measured".into());
        return Ok(report);
    };
    if Command::new("pdftotext").arg("-v").stderr(Stdio::null()).status().is_err() {
        report.notes.push("pdftotext is not installed: nothing measured".into());
        return Ok(report);
    }
    let phisift = setup.phisift()?;
    let (mut words, mut numbers, mut ours, mut theirs) = (Vec::new(), Vec::new(), 0.0, 0.0);
    for file in &files {
        let reference = words_of(&text(&mut peer(file))?);
        let found = words_of(&emitted(&text(&mut own(&phisift, file))?));
        if reference.values().sum::<usize>() >= ENOUGH {
            words.extend(recall(&reference, &found, |_| true));
            numbers.extend(recall(&reference, &found, |it| it.contains(|it: char| it.is_ascii_digit())));
        }
        ours += seconds(&mut own(&phisift, file))?;
        theirs += seconds(&mut peer(file))?;
    }
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
    let (word_recall, number_recall) = (mean(&words), mean(&numbers));
    let cells = [words.len().to_string(), format!("{word_recall:.3}"), format!("{number_recall:.3}")];
    report.rows.push([&cells[..], &[format!("{ours:.2} s"), format!("{theirs:.2} s")]].concat());
    report.at_least("pdf, words of pdftotext found".into(), word_recall, setup.floors.pdf.words);
    report.at_least("pdf, numbers of pdftotext found".into(), number_recall, setup.floors.pdf.numbers);
    report.at_most("pdf, time over pdftotext's".into(), ours / theirs, setup.floors.pdf.time);
    Ok(report)
}

fn valid_files(folder: &Path) -> Option<Vec<PathBuf>> {
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).ok()?;
    let rows = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let valid = rows.filter(|row| row.first() == Some(&"pdf") && row.get(6) == Some(&"valid"));
    Some(valid.map(|row| folder.join(row[1])).collect())
}

fn own(phisift: &Path, file: &Path) -> Command {
    let mut command = Command::new(phisift);
    command.arg("extract").arg(file);
    command
}

fn peer(file: &Path) -> Command {
    let mut command = Command::new("pdftotext");
    command.arg("-q").arg(file).arg("-");
    command
}

fn text(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::null()).output().context("run a reader")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Exit codes differ where a file is only partly read; the time counts all the same.
fn seconds(command: &mut Command) -> Result<f64> {
    let any: Vec<i32> = (0..=255).collect();
    let cost = measure(command.stdout(Stdio::null()).stderr(Stdio::null()), &any)?;
    Ok(cost.cpu.as_secs_f64())
}

/// The texts in the JSON lines of `phisift extract`.
fn emitted(lines: &str) -> String {
    let rows = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    rows.filter_map(|row| Some(row.get("text")?.as_str()?.to_owned() + "\n")).collect()
}

fn words_of(text: &str) -> Words {
    let mut text = text.to_lowercase();
    for (together, apart) in LIGATURES {
        text = text.replace(together, apart);
    }
    let mut words = Words::new();
    for word in text.split(|it: char| !it.is_alphanumeric()).filter(|it| it.chars().nth(1).is_some()) {
        *words.entry(word.to_owned()).or_default() += 1;
    }
    words
}

/// Share of the reference's words of a kind that were found; none where there are none.
fn recall(reference: &Words, found: &Words, counts: impl Fn(&str) -> bool) -> Option<f64> {
    let (mut hit, mut all) = (0, 0);
    for (word, &count) in reference.iter().filter(|it| counts(it.0)) {
        all += count;
        hit += count.min(found.get(word).copied().unwrap_or(0));
    }
    (all > 0).then(|| hit as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_often_as_they_stand() {
        let (reference, found) = (words_of("MRN 12 12, Oﬃce a"), words_of("office 12 mrn"));
        assert_eq!(recall(&reference, &found, |_| true), Some(0.75));
        assert_eq!(recall(&reference, &found, |it| it == "none"), None);
        assert_eq!(emitted("{\"text\":\"a\"}\nnoise\n{\"unread\":\"x\"}\n"), "a\n");
    }
}
