//! The vectors that every language runs: what is marked is found, in order, and nothing else.

use phisift_tests::marked::{self, Mark};
use serde::Deserialize;

use crate::api::detect;
use crate::tree::text_files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    label: Option<String>,
    marked: String,
}

#[test]
fn what_is_marked_is_found_and_nothing_else() {
    let mut cases = 0;
    let mut slips = Vec::new();
    for file in text_files("tests/vectors", &[".json"]) {
        let rows: Vec<Case> = serde_json::from_str(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        for case in rows {
            cases += 1;
            if let Some(slip) = slip(&case) {
                slips.push(format!("{}: {}: {slip}", file.path, case.name));
            }
        }
    }
    assert!(cases > 0, "no vector was run");
    assert!(slips.is_empty(), "{} of {cases} vectors fail:\n{}", slips.len(), slips.join("\n"));
}

fn slip(case: &Case) -> Option<String> {
    let Some((text, marks)) = marked::read(&case.marked) else { return Some("the marks cannot be read".into()) };
    let found = detect(&text, case.label.as_deref());
    let wanted: Vec<String> = marks.iter().map(|mark| show(&mark.entity, &text[mark.range.clone()])).collect();
    let shown: Vec<String> = found.iter().map(|it| show(&it.entity, &text[it.start..it.end])).collect();
    if wanted != shown {
        return Some(format!("{wanted:?} are marked, {shown:?} are found"));
    }
    let role_is_wrong = |(mark, role): &(&Mark, Option<&str>)| mark.role.is_some() && mark.role.as_deref() != *role;
    let mut pairs = marks.iter().zip(found.iter().map(|it| it.role));
    pairs.find(role_is_wrong).map(|(mark, role)| format!("role {:?} is asked for, {role:?} is found", mark.role))
}

fn show(entity: &str, value: &str) -> String {
    format!("{entity}:{value}")
}
