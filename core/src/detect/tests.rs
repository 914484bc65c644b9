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
