//! A linear-chain conditional random field over runs, trained by stochastic gradient steps. One thread and one order,
//! so that the same texts give the same weights.

use std::collections::HashMap;

use phisift::detect::names::features::{FACTS, OF_ITS_WORD};
use phisift::detect::names::model::{JOINTS, LABELS, allowed};

/// A run with its labels.
pub struct Example {
    /// Facts of each token; then, once numbered, indices of weights.
    pub facts: Vec<[u64; FACTS]>,
    /// The right label of each token.
    pub labels: Vec<u8>,
    /// The joint before each token.
    pub joints: Vec<u8>,
    /// How much it counts.
    pub weight: f32,
}

/// Weights by fact and label, and by joint and label pair.
pub struct Weights {
    /// Facts by number.
    pub facts: Vec<u64>,
    /// A row for each.
    pub rows: Vec<[f32; LABELS]>,
    /// Label pairs.
    pub joints: [[[f32; LABELS]; LABELS]; JOINTS],
}

/// How it is trained.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Times that all examples are seen.
    pub epochs: usize,
    /// Length of a step.
    pub rate: f32,
    /// Share of tokens whose own word is hidden, in 256ths.
    pub hidden: u64,
    /// Times a fact must stand to be learnt.
    pub least: u32,
    /// Decay of weights towards nothing.
    pub decay: f32,
}

/// A fact that is not learnt.
const UNKNOWN: u32 = u32::MAX;

struct Numbered {
    facts: Vec<[u32; FACTS]>,
    labels: Vec<u8>,
    joints: Vec<u8>,
    weight: f32,
}

struct Trainer {
    weights: Weights,
    squares: Vec<[f32; LABELS]>,
    joint_squares: [[[f32; LABELS]; LABELS]; JOINTS],
    plan: Plan,
}

/// Trains on the examples.
pub fn train(examples: &[Example], plan: Plan) -> Weights {
    let (numbered, facts) = number(examples, plan.least);
    println!("training: {} runs, {} facts", numbered.len(), facts.len());
    let rows = vec![[0.0; LABELS]; facts.len()];
    let weights = Weights { facts, rows, joints: [[[0.0; LABELS]; LABELS]; JOINTS] };
    let squares = vec![[0.0; LABELS]; weights.rows.len()];
    let mut trainer = Trainer { weights, squares, joint_squares: [[[0.0; LABELS]; LABELS]; JOINTS], plan };
    let mut order: Vec<usize> = (0..numbered.len()).collect();
    let mut dice = Dice(1);
    let mut mean = Mean::default();
    for epoch in 0..plan.epochs {
        shuffle(&mut order, &mut dice);
        let loss: f64 = order.iter().map(|&it| f64::from(trainer.learn(&numbered[it], &mut dice))).sum();
        println!("epoch {}: loss {:.4} a run", epoch + 1, loss / numbered.len().max(1) as f64);
        if epoch >= plan.epochs / 2 {
            mean.add(&trainer.weights.rows);
        }
    }
    trainer.weights.rows = mean.rows();
    trainer.weights
}

/// The mean of the weights at the ends of the later epochs: steadier than the last ones.
#[derive(Default)]
struct Mean {
    sums: Vec<[f32; LABELS]>,
    count: f32,
}

impl Mean {
    fn add(&mut self, rows: &[[f32; LABELS]]) {
        self.sums.resize(rows.len(), [0.0; LABELS]);
        self.count += 1.0;
        for (sums, row) in self.sums.iter_mut().zip(rows) {
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
        }
    }

    fn rows(self) -> Vec<[f32; LABELS]> {
        self.sums.iter().map(|row| row.map(|sum| sum / self.count.max(1.0))).collect()
    }
}

fn number(examples: &[Example], least: u32) -> (Vec<Numbered>, Vec<u64>) {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for fact in examples.iter().flat_map(|it| it.facts.as_flattened()) {
        *counts.entry(*fact).or_default() += 1;
    }
    let mut facts: Vec<u64> = counts.iter().filter(|it| *it.1 >= least).map(|it| *it.0).collect();
    facts.sort_unstable();
    let numbers: HashMap<u64, u32> = facts.iter().enumerate().map(|(number, it)| (*it, number as u32)).collect();
    let numbered = examples.iter().map(|it| Numbered {
        facts: it.facts.iter().map(|row| row.map(|fact| numbers.get(&fact).copied().unwrap_or(UNKNOWN))).collect(),
        labels: it.labels.clone(),
        joints: it.joints.clone(),
        weight: it.weight,
    });
    (numbered.collect(), facts)
}

impl Trainer {
    /// One step on one run; its loss.
    fn learn(&mut self, run: &Numbered, dice: &mut Dice) -> f32 {
        let count = run.labels.len();
        let facts: Vec<[u32; FACTS]> = run.facts.iter().map(|it| self.hide(*it, dice)).collect();
        let emission: Vec<[f32; LABELS]> = facts.iter().map(|it| self.emission(it)).collect();
        let ahead = self.ahead(run, &emission);
        let behind = self.behind(run, &emission);
        let total = log_sum(&ahead[count - 1]);
        let mut loss = total;
        for at in 0..count {
            let gold = usize::from(run.labels[at]);
            let mut gradient = [0.0; LABELS];
            for label in 0..LABELS {
                gradient[label] = (ahead[at][label] + behind[at][label] - total).exp();
            }
            gradient[gold] -= 1.0;
            loss -= emission[at][gold];
            self.step_facts(&facts[at], gradient.map(|it| it * run.weight));
            loss -= self.step_joint(run, at, (&emission, &ahead, &behind, total));
        }
        loss
    }

    fn hide(&self, mut facts: [u32; FACTS], dice: &mut Dice) -> [u32; FACTS] {
        if dice.next() & 255 < self.plan.hidden {
            OF_ITS_WORD.iter().for_each(|it| facts[*it] = UNKNOWN);
        }
        facts
    }

    fn emission(&self, facts: &[u32; FACTS]) -> [f32; LABELS] {
        let mut sums = [0.0; LABELS];
        for &fact in facts.iter().filter(|it| **it != UNKNOWN) {
            let row = &self.weights.rows[fact as usize];
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
        }
        sums
    }

    fn joint(&self, run: &Numbered, at: usize, from: usize, to: usize) -> f32 {
        match allowed(from, to) {
            Some(()) => self.weights.joints[joint_at(run, at)][from][to],
            None => f32::NEG_INFINITY,
        }
    }

    fn ahead(&self, run: &Numbered, emission: &[[f32; LABELS]]) -> Vec<[f32; LABELS]> {
        let mut rows: Vec<[f32; LABELS]> = Vec::with_capacity(emission.len());
        for (at, sums) in emission.iter().enumerate() {
            let row = std::array::from_fn(|to| match rows.last() {
                None => sums[to] + self.joint(run, 0, 0, to),
                Some(last) => {
                    let ways: [f32; LABELS] = std::array::from_fn(|from| last[from] + self.joint(run, at, from, to));
                    sums[to] + log_sum(&ways)
                }
            });
            rows.push(row);
        }
        rows
    }

    fn behind(&self, run: &Numbered, emission: &[[f32; LABELS]]) -> Vec<[f32; LABELS]> {
        let mut rows = vec![[0.0; LABELS]; emission.len()];
        for at in (1..emission.len()).rev() {
            for from in 0..LABELS {
                let ways: [f32; LABELS] =
                    std::array::from_fn(|to| self.joint(run, at, from, to) + emission[at][to] + rows[at][to]);
                rows[at - 1][from] = log_sum(&ways);
            }
        }
        rows
    }

    fn step_facts(&mut self, facts: &[u32; FACTS], gradient: [f32; LABELS]) {
        let Plan { rate, decay, .. } = self.plan;
        for &fact in facts.iter().filter(|it| **it != UNKNOWN) {
            let (row, squares) = (&mut self.weights.rows[fact as usize], &mut self.squares[fact as usize]);
            for label in 0..LABELS {
                let slope = gradient[label] + decay * row[label];
                squares[label] += slope * slope;
                row[label] -= rate * slope / (squares[label].sqrt() + 0.1);
            }
        }
    }

    /// A step on the pair of labels at a token and before it; the right pair's weight.
    fn step_joint(&mut self, run: &Numbered, at: usize, sums: Sums<'_>) -> f32 {
        let (emission, ahead, behind, total) = sums;
        let gold = (if at == 0 { 0 } else { usize::from(run.labels[at - 1]) }, usize::from(run.labels[at]));
        let joint = joint_at(run, at);
        let right = self.weights.joints[joint][gold.0][gold.1];
        let start = [0.0; LABELS];
        let before = if at == 0 { &start } else { &ahead[at - 1] };
        for (from, before) in before.iter().enumerate().take(if at == 0 { 1 } else { LABELS }) {
            for to in (0..LABELS).filter(|it| allowed(from, *it).is_some()) {
                let weight = self.weights.joints[joint][from][to];
                let share = (before + weight + emission[at][to] + behind[at][to] - total).exp();
                let slope = (share - f32::from(u8::from(gold == (from, to)))) * run.weight;
                let square = &mut self.joint_squares[joint][from][to];
                *square += slope * slope;
                self.weights.joints[joint][from][to] -= self.plan.rate * slope / (square.sqrt() + 0.1);
            }
        }
        right
    }
}

/// Emissions, forward and backward sums, and their total.
type Sums<'a> = (&'a [[f32; LABELS]], &'a [[f32; LABELS]], &'a [[f32; LABELS]], f32);

fn joint_at(run: &Numbered, at: usize) -> usize {
    if at == 0 { 0 } else { usize::from(run.joints[at]) }
}

fn log_sum(values: &[f32; LABELS]) -> f32 {
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    most + values.iter().map(|it| (it - most).exp()).sum::<f32>().ln()
}

/// SplitMix64.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let value = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ value >> 31
    }
}

fn shuffle(order: &mut [usize], dice: &mut Dice) {
    for at in (1..order.len()).rev() {
        order.swap(at, (dice.next() % (at as u64 + 1)) as usize);
    }
}
