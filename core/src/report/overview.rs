//! What a report for people says: figures of a store, gathered once, before any format writes them. Names paths, no
//! value and no text of a document.

use crate::model::{Reason, SafeHarbor, SourceState, Verdict};

/// Rows of sources that a report lists at most; the riskiest come first.
pub const MOST_LISTED: usize = 50_000;
/// Parts not read that a report lists at most.
pub const MOST_UNREAD: usize = 10_000;
/// Persons from which on a breach is told to the Secretary at once and to the media: 45 CFR 164.406 and 164.408.
pub const BREACH_THRESHOLD: u64 = 500;

/// A store at a glance.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Version of the program.
    pub tool: String,
    /// Hash of all patterns.
    pub ruleset: String,
    /// What was asked for, as in the store.
    pub settings: String,
    /// The paths that were named.
    pub roots: Vec<String>,
    /// Runs, the oldest first; the last is the one reported.
    pub runs: Vec<RunPoint>,
    /// Sources that are there.
    pub sources: u64,
    /// Findings in them.
    pub findings: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Bytes examined.
    pub bytes_examined: u64,
    /// Sources by verdict.
    pub verdicts: Vec<(Verdict, u64)>,
    /// Sources by how far they were read.
    pub states: Vec<(SourceState, u64)>,
    /// Why something was not read.
    pub reasons: Vec<NotRead>,
    /// Distinct individuals.
    pub people: Option<People>,
    /// Sources by likelihood and impact, each from 1 to 5.
    pub matrix: [[u64; 5]; 5],
    /// Findings by Safe Harbor category, those that were met.
    pub categories: Vec<CategoryRow>,
    /// Findings by entity, the most frequent first.
    pub entities: Vec<(String, u64)>,
    /// Folders with their own files' figures.
    pub folders: Vec<FolderRow>,
    /// The riskiest sources.
    pub listed: Vec<Listed>,
    /// Parts that were not read.
    pub unread: Vec<UnreadPart>,
    /// Sources that share individuals, the most first.
    pub flow: Vec<Shared>,
    /// The risk register.
    pub register: Vec<Treated>,
    /// The end of the audit log.
    pub audit: Option<AuditHead>,
    /// Tells the key of the fingerprints.
    pub key_id: String,
}

/// The figures at the end of a run.
#[derive(Clone, Debug, Default)]
pub struct RunPoint {
    /// Its number.
    pub id: u64,
    /// `complete` or `interrupted`.
    pub state: String,
    /// Seconds since 1970.
    pub started: i64,
    /// Seconds since 1970.
    pub ended: Option<i64>,
    /// Sources that were there.
    pub sources: u64,
    /// Of them, with verdict `ephi`.
    pub ephi: u64,
    /// Findings.
    pub findings: u64,
    /// Sources that were not wholly read.
    pub not_read: u64,
    /// Distinct individuals.
    pub people: Option<u64>,
}

/// Why something was not read, and how often.
#[derive(Clone, Debug)]
pub struct NotRead {
    /// Why.
    pub reason: Reason,
    /// Sources.
    pub sources: u64,
    /// Parts of them.
    pub parts: u64,
}

/// A number of individuals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// The best estimate.
    pub count: u64,
    /// Not fewer, most likely.
    pub low: u64,
    /// Not more, most likely.
    pub high: u64,
    /// How they were counted.
    pub method: String,
}

/// Findings of one Safe Harbor category.
#[derive(Clone, Debug)]
pub struct CategoryRow {
    /// The category; `None` for health context.
    pub category: SafeHarbor,
    /// Findings.
    pub findings: u64,
    /// Sources that have some.
    pub sources: u64,
}

/// A folder and what stands in its files.
#[derive(Clone, Debug, Default)]
pub struct FolderRow {
    /// Its path.
    pub path: String,
    /// Its files.
    pub sources: u64,
    /// Their findings.
    pub findings: u64,
    /// The highest risk of a file in it, 1 to 25; 0 for none.
    pub risk: u8,
}

/// A source in the report.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its path as it may be shown.
    pub path: String,
    /// What it is.
    pub verdict: Verdict,
    /// 1 to 5.
    pub likelihood: u8,
    /// 1 to 5.
    pub impact: u8,
    /// Findings.
    pub findings: u64,
    /// Distinct individuals.
    pub people: u64,
    /// Safe Harbor letters met.
    pub categories: String,
    /// Why it is exposed, by stable ids.
    pub exposure: Vec<String>,
    /// What is advised, by stable ids.
    pub advice: Vec<String>,
    /// How far it was read.
    pub state: SourceState,
    /// Why not further.
    pub reason: Option<Reason>,
    /// Stable id of its format.
    pub format: String,
    /// On-disk bytes.
    pub bytes: u64,
    /// Last change, in seconds since 1970.
    pub modified: Option<i64>,
    /// Where it stands in the risk register.
    pub status: String,
}

impl Listed {
    /// Likelihood times impact.
    pub fn risk(&self) -> u8 {
        self.likelihood * self.impact
    }
}

/// A part that was not read.
#[derive(Clone, Debug)]
pub struct UnreadPart {
    /// Path of the source.
    pub path: String,
    /// Where in it.
    pub place: String,
    /// Why.
    pub reason: Reason,
    /// How many bytes, where known.
    pub bytes: Option<u64>,
}

/// Two sources that share individuals.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The one from which the other seems to come.
    pub from: String,
    /// The other.
    pub to: String,
    /// What the first is by its place: `production`, `export`, `backup`, `log`, `test` or nothing.
    pub from_class: String,
    /// What the other is.
    pub to_class: String,
    /// Individuals in both.
    pub people: u64,
}

/// A row of the risk register.
#[derive(Clone, Debug)]
pub struct Treated {
    /// Path of the source.
    pub path: String,
    /// `open`, `mitigating`, `accepted` or `closed`.
    pub status: String,
    /// Who sees to it.
    pub owner: String,
    /// By when, `YYYY-MM-DD`.
    pub due: String,
    /// What was noted.
    pub note: String,
}

/// The last record of the audit log.
#[derive(Clone, Debug, Default)]
pub struct AuditHead {
    /// The log's name.
    pub log: String,
    /// The record's number.
    pub seq: u64,
    /// Its hash in hexadecimal.
    pub hash: String,
}

/// How grave a risk is, from likelihood times impact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Level {
    None,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    /// All levels, the least first.
    pub const ALL: [Level; 5] = [Level::None, Level::Low, Level::Medium, Level::High, Level::Critical];

    /// The level of a risk from 0 to 25.
    pub fn of(risk: u8) -> Level {
        match risk {
            0 => Level::None,
            1..=4 => Level::Low,
            5..=9 => Level::Medium,
            10..=14 => Level::High,
            _ => Level::Critical,
        }
    }

    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }
}

impl Overview {
    /// Sources of a verdict.
    pub fn with_verdict(&self, verdict: Verdict) -> u64 {
        self.verdicts.iter().filter(|it| it.0 == verdict).map(|it| it.1).sum()
    }

    /// Sources that were not wholly read.
    pub fn not_wholly_read(&self) -> u64 {
        self.states.iter().filter(|it| it.0 != SourceState::Complete).map(|it| it.1).sum()
    }

    /// Sources by level of risk.
    pub fn levels(&self) -> [u64; 5] {
        let mut levels = [0; 5];
        for (likelihood, row) in (1u8..).zip(&self.matrix) {
            for (impact, count) in (1u8..).zip(row) {
                levels[Level::of(likelihood * impact) as usize] += count;
            }
        }
        levels
    }

    /// Share of the bytes that were examined, in thousandths, rounded down: 1000 only where all were.
    pub fn coverage(&self) -> u64 {
        match self.bytes {
            0 => 1000,
            bytes => (u128::from(self.bytes_examined.min(bytes)) * 1000 / u128::from(bytes)) as u64,
        }
    }
}
