//! The report's tables: sources, what was not read, treatments.

use std::collections::HashMap;

use super::grid::{Cell, Column, Grid, Kind};
use super::write::{count, iso_day};
use crate::model::{Reason, Verdict};
use crate::report::overview::{Listed, Overview, Treated, UnreadPart};

/// What verdicts are called in a report for people.
pub const VERDICTS: [(&str, &str); 6] = [
    ("ephi", "ePHI"),
    ("identifiers_only", "identifiers only"),
    ("limited_data_set", "limited data set"),
    ("health_only", "health only"),
    ("no_listed_identifier", "no listed identifier"),
    ("undetermined", "undetermined"),
];

const STATES: [(&str, &str); 4] =
    [("complete", "wholly"), ("partial", "partly"), ("failed", "not"), ("skipped", "left out")];

const STATUSES: [(&str, &str); 5] = [
    ("none", "undecided"),
    ("open", "open"),
    ("mitigating", "mitigating"),
    ("accepted", "accepted"),
    ("closed", "closed"),
];

/// What a verdict means, in a sentence.
pub fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ephi => "an identifier of an individual and health context",
        Verdict::IdentifiersOnly => "identifiers of individuals, no health context",
        Verdict::LimitedDataSet => "only what 45 CFR 164.514(e) permits in a limited data set",
        Verdict::HealthOnly => "health context, no listed identifier",
        Verdict::NoListedIdentifier => "no listed identifier detected in the examined part",
        Verdict::Undetermined => "not enough was read to say",
    }
}

/// What a verdict is called.
pub fn name_of(verdict: Verdict) -> &'static str {
    VERDICTS[verdict as usize].1
}

/// Why something was not read, in words.
pub fn reason_in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::ImageContent => "pictures are not looked into",
        Reason::Audio => "sound is not listened to",
        Reason::Video => "films are not watched",
        Reason::Executable => "programs are not searched",
        Reason::Encrypted => "encrypted, and the key is not known",
        Reason::LimitBytes => "larger than the limit once unpacked",
        Reason::LimitRatio => "packed so tightly that it may be a bomb",
        Reason::LimitDepth => "packed into one another too deeply",
        Reason::LimitMembers => "too many members",
        Reason::LimitSize => "larger than the limit for files",
        Reason::Malformed => "damaged, or not what it seems",
        Reason::Unsupported => "a format that is not read",
        Reason::Io => "the disk or network failed",
        Reason::Permission => "reading is not permitted",
        Reason::Timeout => "took too long",
        Reason::Worker => "its reader ended early",
        Reason::Changed => "changed while it was read",
        Reason::Special => "no ordinary file",
        Reason::Link => "a link; what it leads to is scanned where it lies",
        Reason::Interrupted => "the scan was interrupted",
    }
}

/// The sources, the riskiest first.
pub fn sources(overview: &Overview) -> Grid {
    let left_out = overview.sources.saturating_sub(overview.listed.len() as u64);
    let caption = match left_out {
        0 => format!("All {} sources, the riskiest first", count(overview.sources)),
        _ => format!(
            "The {} riskiest of {} sources; the others are in the store",
            count(overview.listed.len() as u64),
            count(overview.sources)
        ),
    };
    Grid {
        id: "sources",
        caption,
        columns: vec![
            Column::new("Source", Kind::Path),
            Column::choice("Verdict", VERDICTS.to_vec()),
            Column::risk(),
            Column::new("Individuals", Kind::Count),
            Column::new("Findings", Kind::Count),
            Column::new("Categories", Kind::Text),
            Column::new("Exposure", Kind::Text),
            Column::choice("Read", STATES.to_vec()),
            Column::new("Format", Kind::Text),
            Column::new("Size", Kind::Size),
            Column::new("Changed", Kind::Text),
        ],
        rows: overview.listed.iter().map(source).collect(),
    }
}

fn source(it: &Listed) -> Vec<Cell> {
    let words = |ids: &[String]| {
        ids.iter().map(|it| it.replace("location:", "place: ").replace('_', " ")).collect::<Vec<_>>().join(", ")
    };
    vec![
        Cell::Text(it.path.clone()),
        Cell::Text(it.verdict.id().into()),
        Cell::count(it.risk().into()),
        Cell::count(it.people),
        Cell::count(it.findings),
        Cell::Text(it.categories.clone()),
        Cell::Text(words(&it.exposure)),
        Cell::Text(it.state.id().into()),
        Cell::Text(it.format.clone()),
        Cell::count(it.bytes),
        Cell::Text(it.modified.map(iso_day).unwrap_or_default()),
    ]
}

/// The parts that were not read.
pub fn unread(parts: &[UnreadPart]) -> Grid {
    let mut met: Vec<Reason> = parts.iter().map(|it| it.reason).collect();
    met.sort_unstable();
    met.dedup();
    let row = |it: &UnreadPart| {
        vec![
            Cell::Text(it.path.clone()),
            Cell::Text(it.place.clone()),
            Cell::Text(it.reason.id().into()),
            Cell::Number(it.bytes.and_then(|it| i64::try_from(it).ok()).unwrap_or(-1)),
        ]
    };
    Grid {
        id: "unread",
        caption: "Parts that were not read; nothing is said of what they hold".into(),
        columns: vec![
            Column::new("Source", Kind::Path),
            Column::new("Part", Kind::Path),
            Column::choice("Why", met.iter().map(|it| (it.id(), reason_in_words(*it))).collect()),
            Column::new("Size", Kind::Size),
        ],
        rows: parts.iter().map(row).collect(),
    }
}

/// What is advised, and the risk register.
pub fn treatments(overview: &Overview) -> Grid {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let listed: HashMap<&str, &Listed> = overview.listed.iter().map(|it| (it.path.as_str(), it)).collect();
    for it in &overview.register {
        rows.push(register_row(listed.get(it.path.as_str()).copied(), it));
    }
    let is_open = |it: &&Listed| it.status.is_empty() && !it.advice.is_empty();
    for it in overview.listed.iter().filter(is_open) {
        let advice = it.advice.join(", ").replace('_', " ");
        rows.push(treatment(&it.path, it.risk(), advice, ["none", "", "", ""]));
    }
    Grid {
        id: "treatments-table",
        caption: "What is advised and what was decided".into(),
        columns: vec![
            Column::new("Source", Kind::Path),
            Column::risk(),
            Column::new("Advised", Kind::Text),
            Column::choice("Status", STATUSES.to_vec()),
            Column::new("Owner", Kind::Text),
            Column::new("Due", Kind::Text),
            Column::new("Note", Kind::Text),
        ],
        rows,
    }
}

fn register_row(listed: Option<&Listed>, it: &Treated) -> Vec<Cell> {
    let advice = listed.map(|it| it.advice.join(", ").replace('_', " ")).unwrap_or_default();
    treatment(&it.path, listed.map_or(0, Listed::risk), advice, [&it.status, &it.owner, &it.due, &it.note])
}

fn treatment(path: &str, risk: u8, advice: String, texts: [&str; 4]) -> Vec<Cell> {
    let mut row = vec![Cell::Text(path.into()), Cell::count(risk.into()), Cell::Text(advice)];
    row.extend(texts.map(|it| Cell::Text(it.into())));
    row
}
