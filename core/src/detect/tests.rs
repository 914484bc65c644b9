//! The engine as a whole, on short texts.

use super::*;

fn detector() -> Detector {
    Detector::new(Ruleset::builtin().expect("built-in patterns"), DetectorOptions::default()).expect("field tables")
}

fn found(text: &str) -> Vec<(String, String)> {
    let detector = detector();
    let name = |it: &Detection| detector.ruleset().entity(it.entity).id.clone();
    detector.detect(text).iter().map(|it| (name(it), text[it.range()].to_string())).collect()
}

#[test]
fn a_dashed_ssn_is_found() {
    assert_eq!(found("SSN: 123-45-6788."), [("us_ssn".into(), "123-45-6788".into())]);
}

/// A pattern of a user's own that no literal starts.
fn own(regex: &str) -> Detector {
    let file = format!(
        "id = 'badge'\nname = 'Badge'\ncategory = 'R'\nsource = 'own'\nregex = '{regex}'\nexamples = []\n\
         counter_examples = []\n[score]\nbare = 0.9\ncue = 0.9\nlabel = 0.9"
    );
    let rules = Ruleset::with_files(&[("badge.toml".into(), file)]).expect("the schema's keys");
    Detector::new(rules, DetectorOptions::default()).expect("field tables")
}

#[test]
fn own_patterns_without_a_literal_are_found() {
    for (regex, text, value) in [
        ("[A-Z]{2}[0-9]{5}[a-z]", "seen AB12345x, CD1x", "AB12345x"),
        ("[0-9]{3}#[0-9]{3}", "7#1 then 123#456.", "123#456"),
        ("#[0-9]{6}!", "a #123456! b", "#123456!"),
    ] {
        let detector = own(regex);
        let badge = detector.ruleset().entity_id("badge").expect("the pattern's id");
        let found: Vec<&str> =
            detector.detect(text).iter().filter(|it| it.entity == badge).map(|it| &text[it.range()]).collect();
        assert_eq!(found, [value], "{regex}");
    }
}
