//! The figures to reach, read from `floors.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// All floors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// By corpus, then by peer: our rate over the peer's.
    pub speed: BTreeMap<String, BTreeMap<String, Goal>>,
    /// Planted identifiers.
    pub truth: Truth,
    /// Peak memory.
    pub memory: Memory,
    /// Time of twice the input over time of the input, at most.
    pub linear: Most,
    /// Wall time of one thread over that of two, at least.
    pub threads: Least,
    /// Milliseconds, at most.
    pub startup: Most,
    /// The rate of a scan over that of a library that only parses, at least.
    pub readers: Least,
    /// Text of PDF files.
    pub pdf: Pdf,
    /// Rates of kernels over memchr's, by kernel.
    pub kernels: BTreeMap<String, f64>,
    /// The same by format.
    pub formats: BTreeMap<String, Least>,
    /// What an inventory costs.
    pub inventory: Inventory,
    /// CPU time of a peer over ours, by peer.
    pub office: BTreeMap<String, Least>,
}

/// What must be reached and what we would like.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// Must.
    pub floor: f64,
    /// Would like.
    pub stretch: Option<f64>,
}

/// Floors of the truth bench.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// Share of planted identifiers found, of each kind.
    pub recall: f64,
    /// High-band findings per 100 kB of text without identifiers, at most.
    pub high_per_100_kb: f64,
}

/// Floors of the inventory bench.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// CPU time of a scan without an inventory over that of one with, at least.
    pub ratio: f64,
    /// Bytes of the store for each finding, at most.
    pub finding_bytes: f64,
    /// Time of a second scan over the greater of three times `find` and `find` and 150 ms, at most.
    pub again: f64,
    /// Seconds for a report of a store of a million files, at most.
    pub report_seconds: f64,
    /// Megabytes for that, at most.
    pub report_mb: f64,
    /// How far the number of individuals may be from the truth, as a share of it.
    pub individuals: f64,
}

/// Floors of the PDF bench, beside pdftotext.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pdf {
    /// Share of its words found, the mean of all files.
    pub words: f64,
    /// The same of words with digits.
    pub numbers: f64,
    /// CPU time over its own, at most.
    pub time: f64,
}

/// Floors of the memory bench, in MB.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Without any worker.
    pub base_mb: f64,
    /// For each worker.
    pub worker_mb: f64,
}

/// An upper bound.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Most {
    /// At most this.
    pub most: f64,
}

/// A lower bound.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Least {
    /// At least this.
    pub least: f64,
}

impl Floors {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("parse {}", path.display()))
    }
}
