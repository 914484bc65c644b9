//! Weights become a table of small integers.

use phisift::detect::names::model::{JOINTS, LABELS, Model};

use crate::crf::Weights;

/// Integer steps of a weight of one.
const SCALE: f32 = 32.0;

/// The heaviest facts that find a place among that many rows, as rows of a check byte and seven weights.
pub fn facts(weights: &Weights, rows: usize) -> Vec<[u8; 8]> {
    let heft = |row: &[f32; LABELS]| row.iter().fold(0.0f32, |most, it| most.max(it.abs()));
    let mut order: Vec<usize> = (0..weights.rows.len()).filter(|it| heft(&weights.rows[*it]) * SCALE >= 0.5).collect();
    order.sort_by(|a, b| heft(&weights.rows[*b]).total_cmp(&heft(&weights.rows[*a])).then(a.cmp(b)));
    let mut table = vec![[0u8; 8]; rows];
    let mut stored = 0;
    for &number in &order {
        let (row, check) = Model::place(weights.facts[number], rows);
        if table[row][0] == check || table[row ^ 1][0] == check {
            continue;
        }
        let Some(free) = [row, row ^ 1].into_iter().find(|it| table[*it][0] == 0) else { continue };
        table[free][0] = check;
        for (slot, weight) in table[free][1..].iter_mut().zip(weights.rows[number]) {
            *slot = (weight * SCALE).round().clamp(-127.0, 127.0) as i8 as u8;
        }
        stored += 1;
    }
    println!("weights: {stored} of {} facts in {rows} rows", order.len());
    table
}

/// The weights of label pairs.
pub fn joints(weights: &Weights) -> [[[i16; 8]; 8]; JOINTS] {
    let mut out = [[[0; 8]; 8]; JOINTS];
    for (joint, rows) in weights.joints.iter().enumerate() {
        for (from, row) in rows.iter().enumerate() {
            for (to, weight) in row.iter().enumerate() {
                out[joint][from][to] = (weight * SCALE).round().clamp(-30_000.0, 30_000.0) as i16;
            }
        }
    }
    out
}
