//! From margins to probabilities: how often tokens of a margin are what the model says, on texts it never saw.

use phisift::detect::names::model::{Decoded, Model, NAME, PLACE, STEP, STEPS};
use phisift::detect::names::runs::{Run, each_run};

use crate::text::{Class, Text, Truth};

/// What a step counts before anything is seen: half an observation each way.
const PRIOR: f64 = 0.5;

/// What an observation in generated text counts: there are many, and real text is harder.
const OURS: f64 = 0.3;

/// Right and all observations by margin, for names and places.
type Counts = [[(f64, f64); STEPS]; 2];

/// The tables of thousandths for names and places.
pub fn scores<'t>(model: &Model<'_>, texts: impl Iterator<Item = &'t Text>) -> [[u16; STEPS]; 2] {
    let mut counts: Counts = [[(0.0, 0.0); STEPS]; 2];
    texts.for_each(|text| count(model, text, &mut counts));
    counts.map(|rows| rising(&rows))
}

fn count(model: &Model<'_>, text: &Text, counts: &mut Counts) {
    let tokens = text.page.tokens(model.lexicon);
    let (mut truth, mut decoded) = (Truth::of(text), Decoded::default());
    each_run(tokens, 0, &mut Run::default(), |run| {
        model.decode(tokens.text, run, &mut decoded);
        for (at, token) in run.own().iter().enumerate().filter(|it| it.1.may_name()) {
            let class = truth.label(token).map(|it| it.0);
            if class == Some(Class::Unsure) {
                continue;
            }
            for (table, label, right) in [(0, NAME, Class::Name), (1, PLACE, Class::Place)] {
                let step = decoded.margin(at, label).div_euclid(STEP) + STEPS as i32 / 2;
                let cell = &mut counts[table][step.clamp(0, STEPS as i32 - 1) as usize];
                let weight = if text.is_ours { OURS } else { 1.0 };
                cell.0 += weight * f64::from(u8::from(class == Some(right)));
                cell.1 += weight;
            }
        }
    });
}

/// The best rising curve through the shares (pool adjacent violators).
fn rising(rows: &[(f64, f64); STEPS]) -> [u16; STEPS] {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (step, &(right, all)) in rows.iter().enumerate() {
        // Where nothing is seen, the logistic curve of the model itself.
        let margin = f64::from((step as i32 - STEPS as i32 / 2) * STEP + STEP / 2) / 32.0;
        let believed = 1.0 / (1.0 + (-margin).exp());
        pools.push((right + PRIOR * 2.0 * believed, all + PRIOR * 2.0, 1));
        while let [.., before, last] = &pools[..] {
            if before.0 / before.1 <= last.0 / last.1 {
                break;
            }
            let pooled = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            pools.truncate(pools.len() - 2);
            pools.push(pooled);
        }
    }
    let mut out = [0; STEPS];
    let curve = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.0 / pool.1, pool.2));
    out.iter_mut().zip(curve).for_each(|(slot, share)| *slot = (share * 1000.0).round().min(995.0) as u16);
    out
}
