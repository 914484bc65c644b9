//! Scores detections against annotated spans: recall, precision and false alarms per label.
//!
//! The rules: overlapping detections of one label are merged. A span counts as found where detections of an agreeing
//! label cover at least half of its bytes (a third for NAME and LOCATION, whose edges are matters of taste). A
//! detection is right where agreeing spans cover at least half (a third) of it, neutral where that holds only with
//! optional spans or where it lies on optional spans alone, and wrong otherwise.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

/// A text with the spans that should be found in it.
#[derive(Clone, Debug, Deserialize)]
pub struct Document {
    /// Its name in its set.
    pub id: String,
    /// The text.
    pub text: String,
    /// What is in it.
    pub spans: Vec<Annotation>,
}

/// One annotated span, in UTF-8 bytes.
#[derive(Clone, Debug, Deserialize)]
pub struct Annotation {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// `SSN`, `PHONE`, `DATE` …
    pub label: String,
    /// Neither a miss nor a false alarm.
    #[serde(default)]
    pub opt: bool,
}

/// A detection: its bytes and its label.
pub type Hit<'a> = (Range<usize>, &'a str);

/// The counts of one label over a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Required spans.
    pub gold: usize,
    /// Of these, found.
    pub found: usize,
    /// Detections that are right.
    pub right: usize,
    /// Detections that are wrong.
    pub wrong: usize,
}

impl Tally {
    /// Share of the required spans that were found; 1 where there are none.
    pub fn recall(&self) -> f64 {
        share(self.found, self.gold)
    }

    /// Share of the decided detections that are right; 1 where there are none.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }
}

/// The label of a Safe Harbor letter.
pub fn label_of(category: char) -> &'static str {
    match category {
        'A' => "NAME",
        'B' => "LOCATION",
        'C' => "DATE",
        'D' | 'E' => "PHONE",
        'F' => "EMAIL",
        'G' => "SSN",
        'H' => "MRN",
        'N' => "URL",
        'O' => "IP",
        'P' | 'Q' => "OTHER",
        _ => "ID",
    }
}

/// Adds a document's counts for each of the labels that `total` holds.
pub fn add(total: &mut BTreeMap<String, Tally>, document: &Document, hits: &[Hit<'_>]) {
    for (label, tally) in total.iter_mut() {
        count_recall(tally, label, document, hits);
        count_precision(tally, label, document, hits);
    }
}

fn count_recall(tally: &mut Tally, label: &str, document: &Document, hits: &[Hit<'_>]) {
    let agreeing = merged(hits.iter().filter(|hit| family(hit.1) == family(label)).map(|hit| hit.0.clone()));
    for span in document.spans.iter().filter(|span| span.label == label && !span.opt) {
        let range = span.start..span.end;
        tally.gold += 1;
        tally.found += usize::from(is_enough(label, covered(&range, &agreeing), range.len()));
    }
}

fn count_precision(tally: &mut Tally, label: &str, document: &Document, hits: &[Hit<'_>]) {
    let spans = |keep: &dyn Fn(&Annotation) -> bool| {
        merged(document.spans.iter().filter(|span| keep(span)).map(|span| span.start..span.end))
    };
    let agrees = |span: &Annotation| family(&span.label) == family(label);
    let required = spans(&|span| agrees(span) && !span.opt);
    let allowed = spans(&agrees);
    let others = spans(&|span| !agrees(span) && !span.opt);
    let optional = spans(&|span| span.opt);
    for hit in merged(hits.iter().filter(|hit| hit.1 == label).map(|hit| hit.0.clone())) {
        let enough = |ranges: &[Range<usize>]| is_enough(label, covered(&hit, ranges), hit.len());
        let on_optional_alone = covered(&hit, &optional) > 0 && covered(&hit, &others) == 0;
        if enough(&required) {
            tally.right += 1;
        } else if !enough(&allowed) && !on_optional_alone {
            tally.wrong += 1;
        }
    }
}

/// Labels that may stand for each other: an MRN found as some other id is still found as an id.
fn family(label: &str) -> &str {
    match label {
        "MRN" => "ID",
        "AGE" => "DATE",
        _ => label,
    }
}

fn is_enough(label: &str, covered: usize, length: usize) -> bool {
    let parts = if matches!(label, "NAME" | "LOCATION") { 3 } else { 2 };
    covered * parts >= length
}

fn merged(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut sorted: Vec<Range<usize>> = ranges.filter(|it| !it.is_empty()).collect();
    sorted.sort_by_key(|it| (it.start, it.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in sorted {
        match out.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

fn covered(range: &Range<usize>, ranges: &[Range<usize>]) -> usize {
    ranges.iter().map(|it| range.end.min(it.end).saturating_sub(range.start.max(it.start))).sum()
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(spans: &[(usize, usize, &str, bool)]) -> Document {
        let spans = spans.iter().map(|&(start, end, label, opt)| Annotation { start, end, label: label.into(), opt });
        Document { id: "d".into(), text: String::new(), spans: spans.collect() }
    }

    fn tally(label: &str, document: &Document, hits: &[Hit<'_>]) -> Tally {
        let mut total = BTreeMap::from([(label.to_string(), Tally::default())]);
        add(&mut total, document, hits);
        total[label]
    }

    #[test]
    fn half_of_a_span_is_enough() {
        let document = document(&[(0, 10, "PHONE", false), (20, 30, "PHONE", false)]);
        let tally = tally("PHONE", &document, &[(0..5, "PHONE"), (26..30, "PHONE")]);
        assert_eq!(tally, Tally { gold: 2, found: 1, right: 2, wrong: 0 });
    }

    #[test]
    fn optional_spans_are_neutral_and_other_labels_wrong() {
        let document = document(&[(0, 10, "DATE", true), (20, 30, "SSN", false)]);
        assert_eq!(tally("DATE", &document, &[(0..10, "DATE")]), Tally::default());
        assert_eq!(tally("PHONE", &document, &[(0..10, "PHONE")]), Tally::default());
        assert_eq!(tally("PHONE", &document, &[(20..30, "PHONE")]), Tally { wrong: 1, ..Tally::default() });
    }

    #[test]
    fn an_mrn_found_as_an_id_is_found() {
        let document = document(&[(0, 10, "MRN", false)]);
        assert_eq!(tally("MRN", &document, &[(0..10, "ID")]), Tally { gold: 1, found: 1, ..Tally::default() });
    }
}
