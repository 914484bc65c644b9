//! Every example and counter-example of the built-in pattern files, through the engine as users have it.

use super::ruleset::schema::PatternFile;
use super::*;

/// Entity and place of a value.
type Mark = (String, usize, usize);

/// `NPI: [[us_npi:1245319599]]` without its marks, and where the values stand.
fn unmarked(example: &str) -> (String, Vec<Mark>) {
    let (mut text, mut marks, mut rest) = (String::new(), Vec::new(), example);
    while let Some((before, marked)) = rest.split_once("[[") {
        let (mark, behind) = marked.split_once("]]").expect("a mark is closed");
        let (entity, value) = mark.split_once(':').expect("a mark is [[entity:value]]");
        text.push_str(before);
        marks.push((entity.to_owned(), text.len(), text.len() + value.len()));
        text.push_str(value);
        rest = behind;
    }
    text.push_str(rest);
    (text, marks)
}

fn found_in(detector: &Detector, text: &str) -> Vec<Mark> {
    let name = |it: &Detection| detector.ruleset().entity(it.entity).id.clone();
    let found = detector.detect(text);
    found.iter().map(|it| (name(it), it.start as usize, it.end as usize)).collect()
}

/// Health context is reported on request only, and what scores low at a low threshold only.
fn options_for(pattern: &PatternFile) -> DetectorOptions {
    let best = pattern.score.bare.max(pattern.score.cue).max(pattern.score.label);
    let options = DetectorOptions { health: pattern.health.is_some(), ..DetectorOptions::default() };
    let shown = f32::from(options.min_permille) / 1000.0 <= best;
    if shown { options } else { DetectorOptions { min_permille: 0, ..options } }
}

fn failures_of(detector: &Detector, pattern: &PatternFile, failures: &mut Vec<String>) {
    let own = pattern.entity.as_ref().unwrap_or(&pattern.id);
    let shown = |text: &str, them: &[Mark]| -> Vec<String> {
        them.iter().map(|(entity, start, end)| format!("{entity} {:?}", &text[*start..*end])).collect()
    };
    for example in &pattern.examples {
        let (text, marks) = unmarked(example);
        if marks.is_empty() {
            failures.push(format!("{}: {text:?}: nothing is marked", pattern.id));
        }
        let found = found_in(detector, &text);
        for mark in marks.iter().filter(|it| !found.contains(it)) {
            let missed = shown(&text, std::slice::from_ref(mark));
            failures.push(format!("{}: {text:?}: missed {missed:?}, found {:?}", pattern.id, shown(&text, &found)));
        }
    }
    for text in &pattern.counter_examples {
        let found: Vec<Mark> = found_in(detector, text).into_iter().filter(|it| it.0 == *own).collect();
        if !found.is_empty() {
            failures.push(format!("{}: {text:?}: found {:?}", pattern.id, shown(text, &found)));
        }
    }
}

#[test]
fn every_example_is_found_and_no_counter_example() {
    let rules = Ruleset::builtin().expect("built-in patterns");
    let (mut cases, mut failures) = (0, Vec::new());
    for pattern in rules.patterns() {
        cases += pattern.file.examples.len() + pattern.file.counter_examples.len();
        let detector = Detector::new(rules.clone(), options_for(&pattern.file)).expect("field tables");
        failures_of(&detector, &pattern.file, &mut failures);
    }
    assert!(cases > 600, "only {cases} examples");
    assert!(failures.is_empty(), "{} of {cases} fail:\n{}", failures.len(), failures.join("\n"));
}
