//! The summary for people: verdicts, identifiers, what was found where, and what was not fully read.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use super::labels::Labels;
use super::{Output, Report, ReportOptions};
use crate::Error;
use crate::detect::Detector;
use crate::model::{
    Batch, EntityId, Reason, ReasonClass, SafeHarbor, Sink, Source, SourceState, SourceSummary, Unread, Verdict,
};
use crate::scan::Totals;

/// Sources and unread parts listed one by one; more are only counted. A person reads no more, memory stays bounded.
const LISTED: usize = 1000;

/// Counts while scanning, prints at the end.
pub struct Table {
    out: Output,
    detector: Arc<Detector>,
    labels: Labels,
    colours: bool,
    entities: BTreeMap<EntityId, (u64, u64)>,
    found: Vec<FoundRow>,
    found_beyond: u64,
    unread: Vec<UnreadRow>,
    unread_beyond: u64,
    parts_of_source: u64,
}

struct FoundRow {
    verdict: Verdict,
    findings: u64,
    counts: Vec<(EntityId, u64)>,
    path: String,
}

struct UnreadRow {
    reason: Reason,
    state: Option<SourceState>,
    place: String,
}

impl Table {
    /// A report over an output.
    pub fn new(out: Box<dyn Write + Send>, options: &ReportOptions) -> Self {
        Table {
            out: Output::new(out),
            detector: options.detector.clone(),
            labels: Labels::new(&options.masking).with_paths_masked(options.mask_paths),
            colours: options.colours,
            entities: BTreeMap::new(),
            found: Vec::new(),
            found_beyond: 0,
            unread: Vec::new(),
            unread_beyond: 0,
            parts_of_source: 0,
        }
    }

    fn note_unread(&mut self, row: UnreadRow) {
        if self.unread.len() < LISTED {
            self.unread.push(row);
        } else {
            self.unread_beyond += 1;
        }
    }

    fn note_found(&mut self, summary: &SourceSummary) {
        if self.found.len() == LISTED {
            self.found_beyond += 1;
            return;
        }
        let mut counts: Vec<_> = summary.counts.iter().map(|(entity, count)| (*entity, *count)).collect();
        counts.sort_by_key(|(entity, count)| (std::cmp::Reverse(*count), *entity));
        let findings = counts.iter().map(|it| it.1).sum();
        self.found.push(FoundRow {
            verdict: summary.verdict,
            findings,
            counts,
            path: self.labels.path(&summary.source.path).0,
        });
    }

    fn line(&mut self, text: &str) {
        self.out.buffer.extend_from_slice(text.as_bytes());
        self.out.buffer.push(b'\n');
    }

    fn heading(&mut self, text: &str) {
        let text = self.painted(text, "1");
        self.line("");
        self.line(&text);
    }

    fn painted(&self, text: &str, code: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn verdicts(&mut self, totals: &Totals) {
        self.heading("Sources by verdict");
        for verdict in Verdict::ALL {
            let Some(count) = totals.verdicts.get(&verdict) else { continue };
            let id = self.painted(&format!("{:<20}", verdict.id()), colour_of(verdict));
            self.line(&format!("  {id} {:>9}  {}", grouped(*count), meaning_of(verdict)));
        }
    }

    fn identifiers(&mut self) {
        if self.entities.is_empty() {
            return;
        }
        self.heading("Identifiers found");
        self.line(&format!("  {:<24} {:>12} {:>9}  Safe Harbor category", "identifier", "findings", "sources"));
        let mut rows: Vec<_> = std::mem::take(&mut self.entities).into_iter().collect();
        rows.sort_by_key(|(entity, (count, _))| (std::cmp::Reverse(*count), *entity));
        let detector = self.detector.clone();
        for (entity, (count, sources)) in rows {
            let entity = detector.ruleset().entity(entity);
            let category = entity.category.map_or("health context".into(), category_title);
            self.line(&format!("  {:<24} {:>12} {:>9}  {category}", entity.id, grouped(count), grouped(sources)));
        }
    }

    fn sources(&mut self) {
        if self.found.is_empty() {
            return;
        }
        self.heading("Sources with findings");
        let mut rows = std::mem::take(&mut self.found);
        rows.sort_by(|a, b| (a.verdict, b.findings).cmp(&(b.verdict, a.findings)).then_with(|| a.path.cmp(&b.path)));
        let width = rows.iter().map(|row| row.path.chars().count()).max().unwrap_or(0).min(60);
        let detector = self.detector.clone();
        for row in rows {
            let verdict = self.painted(&format!("{:<20}", row.verdict.id()), colour_of(row.verdict));
            let name = |(entity, count): &(EntityId, u64)| {
                format!("{} {}", detector.ruleset().entity(*entity).id, grouped(*count))
            };
            let mut counts: Vec<String> = row.counts.iter().take(6).map(name).collect();
            if row.counts.len() > 6 {
                counts.push(format!("+{} more", row.counts.len() - 6));
            }
            let counts = counts.join(", ");
            self.line(&format!("  {verdict} {:>9}  {:<width$}  {counts}", grouped(row.findings), printable(&row.path)));
        }
        if self.found_beyond > 0 {
            let more = grouped(self.found_beyond);
            self.line(&format!("  … and {more} more (--format jsonl lists every one)"));
        }
    }

    fn unread_list(&mut self, totals: &Totals) {
        if totals.unread.is_empty() {
            return;
        }
        self.heading("Not fully read");
        let mut rows = std::mem::take(&mut self.unread);
        let class_of = |reason: Reason| reason.class() == ReasonClass::ByDesign;
        rows.sort_by_key(|row| (class_of(row.reason), row.reason));
        for row in rows {
            let what = row.state.map_or("part", |state| state.id());
            let by_design = if class_of(row.reason) { "  (by design)" } else { "" };
            self.line(&format!("  {:<16} {what:<8} {}{by_design}", row.reason.id(), printable(&row.place)));
        }
        if self.unread_beyond > 0 {
            let more = grouped(self.unread_beyond);
            self.line(&format!("  … and {more} more (--format jsonl lists every one)"));
        }
    }

    fn closing(&mut self, totals: &Totals) {
        let (read, bytes) = (sized(totals.bytes_examined), sized(totals.bytes));
        let sources = if totals.sources == 1 { "source" } else { "sources" };
        self.line(&format!(
            "{} {sources}, {read} of {bytes} examined, {} findings at score {} or above, ruleset {}",
            grouped(totals.sources),
            grouped(totals.findings()),
            f64::from(self.detector.options().min_permille) / 1000.0,
            self.detector.ruleset().hash().get(..12).unwrap_or_default(),
        ));
        if totals.interrupted {
            let text = self.painted("Interrupted: what follows was not scanned.", "33");
            self.line(&text);
        }
    }
}

impl Sink for Table {
    fn wants_findings(&self) -> bool {
        false
    }

    fn begin(&mut self, _: &Source) -> Result<(), Error> {
        self.parts_of_source = 0;
        Ok(())
    }

    fn findings(&mut self, _: &Source, _: Batch<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn unread(&mut self, source: &Source, part: &Unread) -> Result<(), Error> {
        self.parts_of_source += 1;
        let mut place = self.labels.path(&source.path).0;
        for step in self.labels.steps(&part.place) {
            place.push_str(" › ");
            place.push_str(&step);
        }
        self.note_unread(UnreadRow { reason: part.reason, state: None, place });
        Ok(())
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        for (entity, count) in &summary.counts {
            let sum = self.entities.entry(*entity).or_default();
            *sum = (sum.0 + count, sum.1 + 1);
        }
        if !summary.counts.is_empty() {
            self.note_found(summary);
        }
        if let (Some(reason), 0) = (summary.reason, self.parts_of_source) {
            let place = self.labels.path(&summary.source.path).0;
            self.note_unread(UnreadRow { reason, state: Some(summary.state), place });
        }
        Ok(())
    }
}

impl Report for Table {
    fn start(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn finish(&mut self, totals: &Totals) -> Result<(), Error> {
        self.closing(totals);
        self.verdicts(totals);
        self.identifiers();
        self.sources();
        self.unread_list(totals);
        self.out.flush()
    }

    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }
}

fn category_title(category: SafeHarbor) -> String {
    format!("{} {}", category.letter(), category.title())
}

fn meaning_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ephi => "identifiers of individuals and health context",
        Verdict::IdentifiersOnly => "identifiers of individuals, no health context",
        Verdict::LimitedDataSet => "only what 45 CFR 164.514(e) permits in a limited data set",
        Verdict::HealthOnly => "health context, no listed identifier of a patient detected",
        Verdict::NoListedIdentifier => "no listed identifier detected in the examined part",
        Verdict::Undetermined => "not enough was read to say",
    }
}

fn colour_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ephi => "1;31",
        Verdict::IdentifiersOnly | Verdict::LimitedDataSet => "33",
        Verdict::HealthOnly => "36",
        Verdict::NoListedIdentifier => "32",
        Verdict::Undetermined => "35",
    }
}

/// Names of files may hold control characters; a terminal must not obey them.
fn printable(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { '\u{FFFD}' } else { it }).collect()
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn sized(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut size = bytes as f64;
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{size:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_sized() {
        assert_eq!((grouped(7).as_str(), grouped(1_234_567).as_str()), ("7", "1,234,567"));
        assert_eq!(
            (sized(999), sized(1_500), sized(2_000_000_000)),
            ("999 B".into(), "1.5 kB".into(), "2.0 GB".into())
        );
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\x1b[31mb\n"), "a\u{FFFD}[31mb\u{FFFD}");
    }
}
