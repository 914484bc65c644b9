//! From margins to probabilities: how often tokens of a margin are what the model says, on texts it never saw.

use phisift::detect::names::model::{Decoded, Model, NAME, PLACE, STEP, STEPS, TABLES};
use phisift::detect::names::runs::{Run, Settled, each_run};

use crate::text::{Class, Text, Truth};

/// Observations that the model's own curve counts for.
const PRIOR: f64 = 1.0;

/// What an observation in generated text counts: there are many, and real text is harder.
const OURS: f64 = 0.5;

/// What is added to a score's logit: sets of messages leave many unsure names unmarked, which count as wrong here.
const UNMARKED: [f64; TABLES] = [0.17, 0.0, 0.7];

/// Right and all observations by margin.
type Counts = [[(f64, f64); STEPS]; TABLES];

/// The tables of thousandths by margin.
pub fn scores<'t>(model: &Model<'_>, texts: impl Iterator<Item = &'t Text>) -> [[u16; STEPS]; TABLES] {
    let mut counts: Counts = [[(0.0, 0.0); STEPS]; TABLES];
    texts.for_each(|text| count(model, text, &mut counts));
    std::array::from_fn(|table| rising(&counts[table], UNMARKED[table]))
}

fn count(model: &Model<'_>, text: &Text, counts: &mut Counts) {
    let tokens = text.page.tokens(model.lexicon);
    let (mut truth, mut decoded) = (Truth::of(text), Decoded::default());
    each_run(tokens, 0, Settled::default(), &mut Run::default(), |run| {
        model.decode(tokens.text, run, &mut decoded);
        for (at, token) in run.own().iter().enumerate().filter(|it| it.1.may_name()) {
            let class = truth.label(token).map(|it| it.0);
            if class == Some(Class::Unsure) {
                continue;
            }
            for (table, label, right) in [(run.table_of_names(), NAME, Class::Name), (1, PLACE, Class::Place)] {
                let step = decoded.margin(at, label).div_euclid(STEP) + STEPS as i32 / 2;
                let cell = &mut counts[table][step.clamp(0, STEPS as i32 - 1) as usize];
                let weight = if text.is_ours { OURS } else { 1.0 };
                cell.0 += weight * f64::from(u8::from(class == Some(right)));
                cell.1 += weight;
            }
        }
    });
}

/// The logistic curve that fits the shares best: two numbers, so that few observations cannot bend it.
fn rising(rows: &[(f64, f64); STEPS], unmarked: f64) -> [u16; STEPS] {
    let logits = |step: usize| f64::from((step as i32 - STEPS as i32 / 2) * STEP + STEP / 2) / 32.0;
    let (mut slope, mut offset) = (1.0, 0.0);
    for _ in 0..50 {
        // One step of Newton's method on the likelihood, with a little weight on the model's own curve.
        let (mut g, mut h) = ([PRIOR * (1.0 - slope), -PRIOR * offset], [PRIOR, 0.0, PRIOR]);
        for (step, &(right, all)) in rows.iter().enumerate() {
            let x = logits(step);
            let believed = 1.0 / (1.0 + (-(slope * x + offset)).exp());
            let (miss, spread) = (right - all * believed, all * believed * (1.0 - believed));
            g = [g[0] + miss * x, g[1] + miss];
            h = [h[0] + spread * x * x, h[1] + spread * x, h[2] + spread];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        slope += (h[2] * g[0] - h[1] * g[1]) / determinant;
        offset += (h[0] * g[1] - h[1] * g[0]) / determinant;
    }
    println!("scores: slope {slope:.3}, offset {offset:.3}");
    offset += unmarked;
    std::array::from_fn(|step| {
        let share = 1.0 / (1.0 + (-(slope * logits(step) + offset)).exp());
        (share * 1000.0).round().min(995.0) as u16
    })
}
