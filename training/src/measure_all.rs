//! `eval`: how good the whole detector is on every annotated set, with bootstrap intervals, and whether floors hold.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::scan::{ScanOptions, Scanner};
use phisift_tests::score::{self, Document, Hit, Tally};
use serde::Deserialize;

use crate::crf::Dice;
use crate::read;

/// Draws of the bootstrap.
const DRAWS: usize = 200;
/// Sets whose counts are added up into one row.
const POOLED: [&str; 4] = ["aci_notes_dev", "pype_sample_notes", "fhir_r4_dev", "synthea_csv_dev"];

#[derive(Deserialize)]
struct SetRow {
    score_labels: Vec<String>,
}

#[derive(Deserialize)]
struct Floors {
    sets: BTreeMap<String, BTreeMap<String, Floor>>,
    false_alarms: BTreeMap<String, BTreeMap<String, f64>>,
}

#[derive(Deserialize)]
struct Floor {
    recall: f64,
    precision: f64,
    #[serde(default)]
    unmarked: usize,
}

/// One label's counts in each document of a set.
type Rows = Vec<Tally>;

/// Prints the table; true where every floor is met.
pub fn run(root: &Path) -> Result<bool> {
    let detector = Detector::new(Ruleset::builtin()?, DetectorOptions::default())?;
    let scanner = Scanner::new(Arc::new(detector), ScanOptions::default());
    let shared = read::shared(root);
    let text = std::fs::read_to_string(shared.join("sets.json")).context("reading sets.json")?;
    let sets: BTreeMap<String, SetRow> = serde_json::from_str(&text).context("reading sets.json")?;
    let floors = std::fs::read_to_string(root.join("tests/floors.toml")).context("reading tests/floors.toml")?;
    let floors: Floors = toml::from_str(&floors).context("reading tests/floors.toml")?;
    let (mut pooled, mut met) = (Rows::new(), true);
    for set in read::sets(&shared.join("dev"))? {
        let documents = read::documents(&shared.join("dev").join(format!("{set}.jsonl")))?;
        let size: usize = documents.iter().map(|it| it.text.len()).sum();
        let mut labels = sets.get(&format!("dev/{set}")).map_or_else(Vec::new, |it| it.score_labels.clone());
        labels.retain(|it| it != "ORG");
        if !labels.contains(&"LOCATION".to_owned()) && set != "mts_clinical_fp_dev" {
            labels.push("LOCATION".to_owned());
        }
        for (label, rows) in count(&scanner, &documents, &labels) {
            let total = sum(rows.iter());
            let holds = is_met(&floors, &set, &label, &total, size);
            met &= holds;
            println!("{}{}", line(&set, &label, &rows, size), if holds { "" } else { "  BELOW ITS FLOOR" });
            if label == "NAME" && POOLED.contains(&set.as_str()) {
                pooled.extend(rows);
            }
        }
    }
    println!("{}", line("aci+pype+fhir+synthea", "NAME", &pooled, 0));
    Ok(met)
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
    let rate =
        if size == 0 { String::new() } else { format!("  {:.1}/100 kB", total.wrong as f64 * 1e5 / size as f64) };
    let (recall, precision) = (total.recall(), total.precision());
    format!(
        "{set:22} {label:9} {:5} marked  recall {recall:.3} ({})  precision {precision:.3} ({})  {} wrong{rate}",
        total.gold,
        interval(|it| it.0),
        interval(|it| it.1),
        total.wrong
    )
}

fn is_met(floors: &Floors, set: &str, label: &str, total: &Tally, size: usize) -> bool {
    if let Some(most) = floors.false_alarms.get(set).and_then(|it| it.get(label)) {
        return total.wrong as f64 * 1e5 / size as f64 <= *most;
    }
    let Some(floor) = floors.sets.get(set).and_then(|it| it.get(label)) else { return true };
    let unmarked = total.wrong.min(floor.unmarked);
    let total = Tally { right: total.right + unmarked, wrong: total.wrong - unmarked, ..*total };
    if total.gold < 30 {
        return total.gold - total.found <= 1 && total.wrong <= 1;
    }
    total.recall() >= floor.recall && total.precision() >= floor.precision
}
