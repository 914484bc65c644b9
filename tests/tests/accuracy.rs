//! The accuracy gate: recall and precision against the floors of `tests/floors.toml`.
//!
//! The project's own synthetic corpus always; the annotated sets in `../shared/data/dev` where they lie beside this
//! repository or in the folder PHISIFT_SHARED names (they are not redistributed).

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use phisift_tests::floors::{Floors, per_100_kb};
use phisift_tests::marked;
use phisift_tests::score::{self, Annotation, Document, Hit, Tally};
use serde::Deserialize;

use crate::api::detect;
use crate::tree::root;

#[derive(Deserialize)]
struct MarkedDocument {
    id: String,
    marked: String,
}

#[test]
fn own_corpus_meets_its_floors() {
    let documents = own_corpus();
    assert!(documents.len() >= 50, "the corpus is there");
    let labels = documents.iter().flat_map(|it| &it.spans).filter(|it| !it.opt).map(|it| it.label.clone());
    let mut total: BTreeMap<String, Tally> = labels.map(|label| (label, Tally::default())).collect();
    for document in &documents {
        let found = detect(&document.text, None);
        let hits: Vec<Hit<'_>> = found.iter().map(|it| (it.start..it.end, it.entity.as_str())).collect();
        score::add(&mut total, document, &hits);
        let marked = document.spans.iter().map(|it| (it.start..it.end, it.label.as_str(), it.opt));
        show_differences(document, marked.collect(), &hits);
    }
    let floor = floors().corpus;
    let slips: Vec<String> = total.iter().filter(|row| !floor.is_met(row.1)).map(|row| show("corpus", row)).collect();
    total.iter().for_each(|row| println!("{}", show("corpus", row)));
    assert!(slips.is_empty(), "below the floor:\n{}", slips.join("\n"));
}

/// Where a document's marks and findings differ: what to look at when a floor is missed.
fn show_differences(document: &Document, marked: Vec<(Range<usize>, &str, bool)>, hits: &[Hit<'_>]) {
    let Document { id, text, .. } = document;
    for (range, entity, optional) in &marked {
        if !optional && !hits.iter().any(|hit| hit.0 == *range && hit.1 == *entity) {
            println!("{id}: missed {entity}: {}", &text[range.clone()]);
        }
    }
    for (range, entity) in hits {
        if !marked.iter().any(|mark| mark.0 == *range && mark.1 == *entity) {
            println!("{id}: not marked {entity}: {}", &text[range.clone()]);
        }
    }
}

#[test]
fn annotated_sets_meet_their_floors() {
    let mut slips = Vec::new();
    for (set, labels) in &floors().sets {
        let Some(documents) = annotated(set) else {
            println!("skipped: {set} is not beside this repository");
            continue;
        };
        let total = tally(&documents, labels.keys());
        for row in &total {
            println!("{}", show(set, row));
            if !labels[row.0].is_met(row.1) {
                slips.push(show(set, row));
            }
        }
    }
    assert!(slips.is_empty(), "below the floor:\n{}", slips.join("\n"));
}

#[test]
fn texts_without_identifiers_raise_few_alarms() {
    let mut slips = Vec::new();
    for (set, labels) in &floors().false_alarms {
        let Some(documents) = annotated(set) else {
            println!("skipped: {set} is not beside this repository");
            continue;
        };
        let size: usize = documents.iter().map(|it| it.text.len()).sum();
        for row in &tally(&documents, labels.keys()) {
            let rate = per_100_kb(row.1.wrong, size);
            println!("{set} {}: {rate:.2} false alarms per 100 kB", row.0);
            if rate > labels[row.0] {
                slips.push(show(set, row));
            }
        }
    }
    assert!(slips.is_empty(), "too many false alarms:\n{}", slips.join("\n"));
}

fn tally<'a>(documents: &[Document], labels: impl Iterator<Item = &'a String>) -> BTreeMap<String, Tally> {
    let mut total: BTreeMap<String, Tally> = labels.map(|label| (label.clone(), Tally::default())).collect();
    for document in documents {
        let found = detect(&document.text, None);
        let placed = found.iter().filter_map(|it| Some((it.start..it.end, score::label_of(it.category?))));
        let hits: Vec<Hit<'_>> = placed.collect();
        score::add(&mut total, document, &hits);
    }
    total
}

fn show(set: &str, (label, tally): (&String, &Tally)) -> String {
    let Tally { gold, found, right, wrong } = tally;
    format!(
        "{set} {label}: recall {:.3} ({found} of {gold}), precision {:.3} ({right} right, {wrong} wrong)",
        tally.recall(),
        tally.precision()
    )
}

fn floors() -> Floors {
    let text = std::fs::read_to_string(root().join("tests/floors.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("tests/floors.toml: {error}"))
}

fn annotated(set: &str) -> Option<Vec<Document>> {
    // A worktree may lie elsewhere than beside the sets.
    let shared = std::env::var_os("PHISIFT_SHARED").map(PathBuf::from);
    let shared = shared.or_else(|| Some(root().parent()?.join("shared")))?;
    let path = shared.join("data/dev").join(format!("{set}.jsonl"));
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn own_corpus() -> Vec<Document> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join("tests/corpus")).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "jsonl"));
    files.sort();
    let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    texts.iter().flat_map(|text| text.lines()).map(own_document).collect()
}

fn own_document(line: &str) -> Document {
    let MarkedDocument { id, marked } = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let (text, marks) = marked::read(&marked).unwrap_or_else(|| panic!("{id}: the marks cannot be read"));
    let spans = marks.into_iter().map(|mark| Annotation {
        start: mark.range.start,
        end: mark.range.end,
        label: mark.entity,
        opt: mark.optional,
    });
    Document { id, spans: spans.collect(), text }
}
