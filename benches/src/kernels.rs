//! Inner loops against memchr on the same bytes: a compiler that rewrites mask algebra shows up here first.

use std::hint::black_box;
use std::time::Instant;

use anyhow::Result;

use crate::corpus::dice::Dice;
use crate::record::Report;
use crate::run::median;
use crate::setup::Setup;

/// A loop over bytes that returns something which depends on all of them.
type Kernel = fn(&[u8]) -> u64;

/// Kernels under test; each may have a floor in `floors.toml`, as a share of memchr's rate. The engine's byte classifier
/// goes here as `classify`.
const KERNELS: &[(&str, Kernel)] = &[("classify_portable", classify_portable)];

const SIZE: usize = 1 << 20;
const ROUNDS: usize = 200;

/// Measures every kernel beside memchr.
pub fn run(setup: &Setup) -> Result<Report> {
    let text = text();
    let mut report = Report::new("kernels", &["kernel", "GB/s", "of memchr3"]);
    let guard = rate(|bytes| memchr::memchr3_iter(b'@', b'#', b'$', bytes).count() as u64, &text);
    report.rows.push(vec!["memchr3".into(), format!("{guard:.2}"), "1.00".into()]);
    for (name, kernel) in KERNELS {
        let rate = rate(*kernel, &text);
        report.rows.push(vec![(*name).into(), format!("{rate:.2}"), format!("{:.2}", rate / guard)]);
        if let Some(floor) = setup.floors.kernels.get(*name) {
            report.at_least(format!("kernel {name}"), rate / guard, *floor);
        }
    }
    for name in setup.floors.kernels.keys().filter(|name| KERNELS.iter().all(|row| row.0 != name.as_str())) {
        report.notes.push(format!("{name} has a floor, but no kernel of that name is measured"));
    }
    Ok(report)
}

/// Median GB/s.
fn rate(kernel: Kernel, text: &[u8]) -> f64 {
    let mut rates = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        black_box(kernel(black_box(text)));
        rates.push(text.len() as f64 / begun.elapsed().as_secs_f64() / 1e9);
    }
    median(rates)
}

/// The plain loop any classifier has to beat: counts digits.
fn classify_portable(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(byte.is_ascii_digit())).sum()
}

/// Letters, spaces and few digits, like prose.
fn text() -> Vec<u8> {
    let mut dice = Dice::new(3);
    (0..SIZE)
        .map(|_| match dice.below(64) {
            0 => b'0' + dice.below(10) as u8,
            1..=10 => b' ',
            _ => b'a' + dice.below(26) as u8,
        })
        .collect()
}
