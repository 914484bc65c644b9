//! Runs of annotated texts become examples.

use phisift::detect::names::features::facts;
use phisift::detect::names::lexicon::{Cue, Entry, Lexicon};
use phisift::detect::names::model::{NAME, ORGANISATION, OUTSIDE, PLACE, joint_of};
use phisift::detect::names::runs::{Run, Settled, each_run};

use crate::crf::{Dice, Example};
use crate::text::{Class, Text, Truth};

/// Share of runs whose names the lexicon forgets, in 256ths.
const FORGOTTEN: u64 = 16;

/// Adds the runs of a text.
pub fn add(text: &Text, lexicon: Lexicon<'_>, weight: f32, dice: &mut Dice, out: &mut Vec<Example>) {
    let tokens = text.page.tokens(lexicon);
    let mut truth = Truth::of(text);
    each_run(tokens, 0, Settled::default(), &mut Run::default(), |run| {
        if let Some(labels) = labels(run, &mut truth).filter(|it| text.is_ours || !is_unmarked(run, it)) {
            let mut run = run.clone();
            forget(&mut run, dice);
            let facts = (run.first..run.last).map(|at| facts(tokens.text, &run.tokens, at, run.register)).collect();
            let joints = run.own().iter().map(|it| joint_of(it) as u8).collect();
            out.push(Example { facts, labels, joints, weight });
        }
    });
}

/// Makes the lexicon forget a run's names now and then: the lists hold nearly all names of the texts we train on, and
/// far from all names there are.
fn forget(run: &mut Run, dice: &mut Dice) {
    if dice.next() & 255 >= FORGOTTEN {
        return;
    }
    for token in &mut run.tokens[run.first..run.last] {
        if token.is_capitalised() && token.entry.common() == 0 && token.entry.cue() == Cue::None {
            token.entry = Entry::default();
        }
    }
}

/// True where a title stands before what is not marked as a name: some sets leave titled people out.
fn is_unmarked(run: &Run, labels: &[u8]) -> bool {
    let titled = run.first > 0 && run.tokens[run.first - 1].entry.cue() == Cue::Title;
    titled && usize::from(labels[0]) == OUTSIDE
}

/// The right label of each of the run's tokens; `None` where no lesson is to be taken.
fn labels(run: &Run, truth: &mut Truth<'_>) -> Option<Vec<u8>> {
    let mut labels: Vec<u8> = Vec::with_capacity(run.own().len());
    for token in run.own() {
        let label = match truth.label(token) {
            None => OUTSIDE,
            Some((Class::Unsure, _)) => return None,
            Some((class, first)) => {
                let kind = match class {
                    Class::Name => NAME,
                    Class::Place => PLACE,
                    _ => ORGANISATION,
                };
                let before = labels.last().map_or(OUTSIDE, |it| usize::from(*it));
                let goes_on = !first && (before == kind || before == kind + 1);
                kind + usize::from(goes_on)
            }
        };
        labels.push(label as u8);
    }
    Some(labels)
}
