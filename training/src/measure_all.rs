//! `eval`: how good the whole detector is on every annotated set, with bootstrap intervals, and whether floors hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::scan::{ScanOptions, Scanner};
use phisift_tests::floors::{Floors, per_100_kb};
use phisift_tests::score::{self, Annotation, Document, Hit, Tally};
use phisift_training::generate::{Label, documents};
use serde::Deserialize;

use crate::crf::Dice;
use crate::read;

/// Draws of the bootstrap.
const DRAWS: usize = 200;
/// Seed and number of the generated texts among which logs are looked for.
const LOGS_SEED: u64 = 77;
const LOGS: usize = 4_000;
/// Bytes of the benches' text without names that are read.
const CLEAN: usize = 2_000_000;
/// Sets whose counts are added up into one row.
const POOLED: [&str; 4] = ["aci_notes_dev", "pype_sample_notes", "fhir_r4_dev", "synthea_csv_dev"];

#[derive(Deserialize)]
struct SetRow {
    score_labels: Vec<String>,
}

/// One label's counts in each document of a set.
type Rows = Vec<Tally>;

/// Prints the table; true where every floor is met.
pub fn run(root: &Path) -> Result<bool> {
    let detector = Detector::new(Ruleset::builtin()?, DetectorOptions::default())?;
    let scanner = Scanner::new(Arc::new(detector), ScanOptions::default());
    let all = DetectorOptions { min_permille: 100, ..DetectorOptions::default() };
    let all = Scanner::new(Arc::new(Detector::new(Ruleset::builtin()?, all)?), ScanOptions::default());
    let shared = read::shared(root);
    let text = std::fs::read_to_string(shared.join("sets.json")).context("reading sets.json")?;
    let sets: BTreeMap<String, SetRow> = serde_json::from_str(&text).context("reading sets.json")?;
    let floors = std::fs::read_to_string(root.join("tests/floors.toml")).context("reading tests/floors.toml")?;
    let floors: Floors = toml::from_str(&floors).context("reading tests/floors.toml")?;
    let (mut pooled, mut met, mut scores) = (Rows::new(), true, Scores::default());
    for set in read::sets(&shared.join("dev"))? {
        let documents = read::documents(&shared.join("dev").join(format!("{set}.jsonl")))?;
        let size: usize = documents.iter().map(|it| it.text.len()).sum();
        let mut labels = sets.get(&format!("dev/{set}")).map_or_else(Vec::new, |it| it.score_labels.clone());
        labels.retain(|it| it != "ORG");
        if !labels.contains(&"LOCATION".to_owned()) && set != "mts_clinical_fp_dev" {
            labels.push("LOCATION".to_owned());
        }
        scores.add(&all, &documents);
        for (label, rows) in count(&scanner, &documents, &labels) {
            let total = sum(rows.iter());
            let holds = floors.are_met(&set, &label, &total, size);
            met &= holds;
            println!("{}{}", line(&set, &label, &rows, size), if holds { "" } else { "  BELOW ITS FLOOR" });
            if label == "NAME" && POOLED.contains(&set.as_str()) {
                pooled.extend(rows);
            }
        }
    }
    println!("{}", line("aci+pype+fhir+synthea", "NAME", &pooled, 0));
    for (kind, text) in nameless(root)? {
        let rows = count(&scanner, &text, &["NAME".to_owned()]).remove("NAME").unwrap_or_default();
        let (wrong, size) = (sum(rows.iter()).wrong, text.iter().map(|it| it.text.len()).sum());
        let rate = per_100_kb(wrong, size);
        let holds = floors.alarms.get(&kind).is_none_or(|most| rate <= *most);
        met &= holds;
        let slip = if holds { "" } else { "  ABOVE ITS FLOOR" };
        println!("{kind:22} NAME      {size} bytes without names: {wrong} reported = {rate:.2}/100 kB{slip}");
    }
    scores.print();
    Ok(met)
}

/// Texts in which nobody is named but where marked: logs of our own generator that no training saw, and what lies in
/// the corpora of the benches.
fn nameless(root: &Path) -> Result<Vec<(String, Vec<Document>)>> {
    let logs = documents(LOGS_SEED, LOGS).filter(|it| it.template.starts_with("applog/"));
    let logs = logs.map(|it| {
        let named = it.spans.iter().filter(|span| span.label == Label::Name);
        let spans =
            named.map(|span| Annotation { start: span.start, end: span.end, label: "NAME".to_owned(), opt: false });
        Document { spans: spans.collect(), id: it.id, text: it.text }
    });
    let mut texts = vec![("logs".to_owned(), logs.collect())];
    let corpus = std::env::var_os("PHISIFT_CORPUS").map_or_else(|| root.join("target/corpus"), PathBuf::from);
    if let Ok(text) = std::fs::read_to_string(corpus.join("clean.txt")) {
        let end = text.floor_char_boundary(CLEAN);
        let document = Document { id: "clean".to_owned(), text: text[..end].to_owned(), spans: Vec::new() };
        texts.push(("clean".to_owned(), vec![document]));
    }
    Ok(texts)
}

/// How often names of a score are names, over all sets whose names are marked.
#[derive(Default)]
struct Scores {
    /// Right and wrong by tenth.
    tenths: [(usize, usize); 10],
}

impl Scores {
    fn add(&mut self, scanner: &Scanner, documents: &[Document]) {
        for document in documents {
            let found = scanner.detect_text(&document.text);
            for it in found.iter().filter(|it| it.category == Some('A')) {
                let mut tally = [("NAME".to_owned(), Tally::default())].into();
                score::add(&mut tally, document, &[(it.start..it.end, "NAME")]);
                let tenth = &mut self.tenths[((it.score * 10.0) as usize).min(9)];
                (tenth.0, tenth.1) = (tenth.0 + tally["NAME"].right, tenth.1 + tally["NAME"].wrong);
            }
        }
    }

    fn print(&self) {
        for (tenth, (right, wrong)) in self.tenths.iter().enumerate().filter(|it| it.1.0 + it.1.1 > 0) {
            let share = *right as f64 / (right + wrong) as f64;
            println!("names scored 0.{tenth}…  {:5} found, {:.2} of them right", right + wrong, share);
        }
    }
}

fn count(scanner: &Scanner, documents: &[Document], labels: &[String]) -> BTreeMap<String, Rows> {
    let mut out: BTreeMap<String, Rows> = labels.iter().map(|it| (it.clone(), Rows::new())).collect();
    for document in documents {
        let found = scanner.detect_text(&document.text);
        let placed = found.iter().filter_map(|it| Some((it.start..it.end, score::label_of(it.category?))));
        let hits: Vec<Hit<'_>> = placed.collect();
        let mut total = labels.iter().map(|it| (it.clone(), Tally::default())).collect();
        score::add(&mut total, document, &hits);
        total.into_iter().for_each(|(label, tally)| out.entry(label).or_default().push(tally));
    }
    out
}

fn sum<'a>(rows: impl Iterator<Item = &'a Tally>) -> Tally {
    rows.fold(Tally::default(), |a, b| Tally {
        gold: a.gold + b.gold,
        found: a.found + b.found,
        right: a.right + b.right,
        wrong: a.wrong + b.wrong,
    })
}

fn line(set: &str, label: &str, rows: &Rows, size: usize) -> String {
    let total = sum(rows.iter());
    let mut draws: Vec<(f64, f64)> = Vec::new();
    let mut dice = Dice(5);
    for _ in 0..DRAWS {
        let drawn = (0..rows.len()).map(|_| &rows[dice.next() as usize % rows.len()]);
        let tally = sum(drawn);
        draws.push((tally.recall(), tally.precision()));
    }
    let interval = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = draws.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        format!("{:.3}–{:.3}", values[DRAWS / 40], values[DRAWS - 1 - DRAWS / 40])
    };
    let rate = if size == 0 { String::new() } else { format!("  {:.1}/100 kB", per_100_kb(total.wrong, size)) };
    let (recall, precision) = (total.recall(), total.precision());
    format!(
        "{set:22} {label:9} {:5} marked  recall {recall:.3} ({})  precision {precision:.3} ({})  {} wrong{rate}",
        total.gold,
        interval(|it| it.0),
        interval(|it| it.1),
        total.wrong
    )
}
