//! The schema of pattern files. Unknown keys are errors.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One file below `patterns/data`, or one of a user's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    /// Stable id, equal to the file's stem.
    pub id: String,
    /// What is reported, where several patterns find shapes of one thing (`date`, `phone`). By default the id.
    pub entity: Option<String>,
    /// For people.
    pub name: String,
    /// The Safe Harbor letter. Absent for health context, which names its `health` kind instead.
    pub category: Option<String>,
    /// The kind of health evidence: `diagnosis`, `procedure`, `drug`, `lab`, `vital`, `section`, `specialty`.
    pub health: Option<String>,
    /// True where 45 CFR 164.514(e)(2) lets a limited data set keep it.
    #[serde(default)]
    pub limited_data_set: bool,
    /// Where the rule comes from.
    pub source: String,
    /// The normative shape of a value, matched from its first byte (ASCII semantics, no look-around, no anchors).
    pub regex: String,
    /// Whether the regex ignores ASCII case.
    #[serde(default)]
    pub ignore_case: bool,
    /// A hand matcher proven equal to the regex.
    pub matcher: Option<String>,
    /// How a value in words ends behind a label in prose; without it the regex says.
    #[serde(default)]
    pub capture: Option<Capture>,
    /// What may stand around a value.
    #[serde(default)]
    pub boundary: Boundary,
    /// A check of the value, by name.
    pub validator: Option<String>,
    /// The entity of an identifier that the value begins with, up to its last digit; it is reported too.
    #[serde(default)]
    pub contains: Option<String>,
    /// Scores, 0 to 1.
    pub score: ScoreTable,
    /// Phrases that speak for it when they stand shortly before it, and as its field's name.
    #[serde(default)]
    pub cues: Vec<String>,
    /// Phrases that speak for it when they stand directly behind it.
    #[serde(default)]
    pub after: Vec<String>,
    /// Phrases that count only as a field's name (a column header, a key before `:` or `=`).
    #[serde(default)]
    pub labels: Vec<String>,
    /// Phrases that speak against it.
    #[serde(default)]
    pub not: Vec<String>,
    /// Whose it usually is: `patient`, `relative`, `provider`.
    pub subject: Option<String>,
    /// Texts with the value marked: `NPI: [[us_npi:1245319599]]`.
    pub examples: Vec<String>,
    /// Texts in which nothing of this entity may be found.
    pub counter_examples: Vec<String>,
}

/// What may stand around a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Boundary {
    /// No letter, digit or underscore on either side, and no digit behind a single `-` or `.`.
    #[default]
    Token,
    /// No digit on either side.
    Digits,
    /// Anything.
    None,
}

/// How a value in words ends behind a label in prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capture {
    /// With the last word of a person's name.
    Name,
    /// With the line, a wide gap or the next label.
    Line,
}

/// Probability that a match is what it is called. 0 = not reported.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreTable {
    /// Without any context (and, where there is a validator, accepted by it).
    pub bare: f32,
    /// With a cue.
    pub cue: f32,
    /// With a label.
    pub label: f32,
    /// With a label although the validator refuses it.
    #[serde(default)]
    pub invalid: f32,
}

/// `context.toml`: words that tell roles, subjects and what a number is not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextFile {
    /// Role id → phrases before a date (or naming its field).
    pub roles: BTreeMap<String, Vec<String>>,
    /// `patient`, `relative`, `provider` → words.
    pub subjects: BTreeMap<String, Vec<String>>,
    /// Words between a cue and its value that do not part them: `is`, `no`, `number`, `of`.
    pub fillers: Vec<String>,
    /// Words directly before a number that say it is no identifier: `version`, `page`, `count`.
    pub before_vetoes: Vec<String>,
    /// Words directly behind a number that say it is a quantity: `mg`, `ml`, `ms`, `bytes`.
    pub after_vetoes: Vec<String>,
    /// Field names of a log's own clock: `ts`, `timestamp`.
    pub log_clocks: Vec<String>,
}
