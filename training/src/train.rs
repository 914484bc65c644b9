//! Texts and lists in, `patterns/models/names.bin` out.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use phisift::detect::names::lexicon::Lexicon;
use phisift::detect::names::model::{Model, Parts, STEPS, TABLES};

use phisift_tests::score::Annotation;
use phisift_training::generate::{self, documents};

use crate::crf::{self, Dice, Plan};
use crate::text::{GENERATED, Text};
use crate::{calibrate, examples, quantise, read, salad, vocabulary};

/// Rows of the table of weights.
const ROWS: usize = 1 << 18;
/// Texts of our own generator, and the seed they grow from.
const WRITTEN: usize = 30_000;
const SEED: u64 = 18;
/// Sets that leave names unmarked so often that no score can be read off them.
const UNEVEN: [&str; 3] = ["btc", "litbank", "gum_train"];
/// Texts of words picked at random.
const SALAD: usize = 1500;
/// Where the model lies.
pub const MODEL: &str = "patterns/models/names.bin";

const PLAN: Plan = Plan { epochs: 8, rate: 0.12, hidden: 64, least: 2, decay: 1e-5 };

/// How much a set's examples count.
fn weight(set: &str) -> f32 {
    match set {
        "btc" => 0.4,
        "litbank" => 0.5,
        "crossner" => 0.5,
        "wikigold" => 1.5,
        "generated" | "salad" => 0.3,
        _ => 1.0,
    }
}

/// Trains and writes the model.
pub fn run(root: &Path) -> Result<()> {
    let texts = texts(root)?;
    let lexicon = vocabulary::build(root, &texts)?;
    let lookup = Lexicon::new(lexicon.as_flattened()).context("the lexicon's size is a power of two")?;
    let (mut found, mut dice) = (Vec::new(), Dice(SEED));
    for text in texts.iter().filter(|it| !it.held_out) {
        examples::add(text, lookup, weight(&text.set), &mut dice, &mut found);
    }
    let weights = crf::train(&found, PLAN);
    let rows = quantise::facts(&weights, ROWS);
    let joints = quantise::joints(&weights);
    let mut parts = Parts { lexicon, weights: rows, joints, scores: [[0; STEPS]; TABLES] };
    let bytes = parts.to_bytes();
    let model = Model::read(&bytes).context("a model was made that cannot be read")?;
    let judged = |it: &&Text| it.held_out && !UNEVEN.contains(&it.set.as_str());
    parts.scores = calibrate::scores(&model, texts.iter().filter(judged));
    let bytes = parts.to_bytes();
    ensure!(Model::read(&bytes).is_some(), "a model was made that cannot be read");
    let path = root.join(MODEL);
    std::fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
    println!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
}

/// Every text that may be learnt from. One in ten is held out for calibration.
fn texts(root: &Path) -> Result<Vec<Text>> {
    let folder = read::shared(root).join("train");
    let mut texts = Vec::new();
    for set in read::sets(&folder)? {
        for document in read::documents(&folder.join(format!("{set}.jsonl")))? {
            let held_out = blake3::hash(document.id.as_bytes()).as_bytes()[0] < 26;
            texts.push(Text::new(&set, document.text, &document.spans, held_out));
        }
    }
    texts.extend(documents(SEED, WRITTEN).filter(|it| !is_held_out(it)).map(|it| generated(it, false)));
    texts.extend(documents(SEED + 1, WRITTEN / 3).filter(is_held_out).map(|it| generated(it, true)));
    let salad = salad::texts(&texts, SALAD);
    texts.extend(salad);
    Ok(texts)
}

/// True for texts of which template or names are kept for calibration.
fn is_held_out(document: &generate::Document) -> bool {
    generate::is_held_out_template(&document.template) || generate::HELD_OUT_ORIGINS.contains(&document.origin)
}

fn generated(document: generate::Document, held_out: bool) -> Text {
    let spans: Vec<Annotation> = document.spans.iter().map(annotation).collect();
    Text::new(GENERATED, document.text, &spans, held_out)
}

fn annotation(span: &generate::Span) -> Annotation {
    Annotation { start: span.start, end: span.end, label: span.label.id().to_owned(), opt: false }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_text_that_measures_is_learnt() {
        let root = crate::root();
        let dev = read::shared(&root).join("dev");
        let Ok(sets) = read::sets(&dev) else {
            println!("skipped: the annotated sets are not beside this repository");
            return;
        };
        let mut measured = HashSet::new();
        for set in sets {
            let documents = read::documents(&dev.join(format!("{set}.jsonl"))).unwrap();
            // Very short texts may well be written twice.
            let texts = documents.iter().map(|it| it.text.trim()).filter(|it| it.len() > 80);
            measured.extend(texts.map(|it| blake3::hash(it.as_bytes())));
        }
        assert!(!measured.is_empty());
        let train = read::shared(&root).join("train");
        for set in read::sets(&train).unwrap() {
            for document in read::documents(&train.join(format!("{set}.jsonl"))).unwrap() {
                let hash = blake3::hash(document.text.trim().as_bytes());
                assert!(!measured.contains(&hash), "{set}: {} is in a measuring set", document.id);
            }
        }
    }

    #[test]
    fn the_model_is_whole() {
        let bytes = std::fs::read(crate::root().join(MODEL)).unwrap();
        assert!(Model::read(&bytes).is_some());
        assert!(bytes.len() <= 6 << 20);
        assert_eq!(phisift::detect::names::model::digest(&bytes), bytes[16..32]);
    }
}
