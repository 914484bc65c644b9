use std::path::PathBuf;

use super::*;
use crate::inventory::{Individuals, SourceRow};
use crate::model::{Stat, Verdict};

const DAY: i64 = 86_400;

fn source(path: &str, mode: u32, verdict: Verdict) -> SourceRow {
    SourceRow {
        id: 1,
        path: PathBuf::from(path),
        first_run: 1,
        run: 1,
        reused: None,
        origin: None,
        stat: Some(Stat { mode, modified: 1000 * DAY * 1_000_000_000, ..Stat::default() }),
        reach: Reach::OTHERS.0,
        content: None,
        format: "csv".into(),
        state: "complete".into(),
        reason: None,
        verdict,
        reasons: vec!["category:G=3".into()],
        health: BTreeMap::new(),
        counts: BTreeMap::from([("us_ssn".to_owned(), 3)]),
        findings: 3,
        bytes: 10,
        bytes_examined: 10,
        individuals: Individuals::default(),
        blocks: (1, 0),
    }
}

fn ids(risk: &Risk) -> Vec<&str> {
    risk.inputs.iter().map(|it| it.id.as_str()).collect()
}

#[test]
fn every_input_is_listed_and_adds_up() {
    let rules = RiskRules::builtin().unwrap();
    let around = Surroundings { duplicates: 2, now: 1400 * DAY };
    let mut open = source("share/backups/a.csv", 0o100644, Verdict::Ephi);
    open.individuals = Individuals { count: 600, low: 590, high: 700, ..Individuals::default() };
    let risk = rules.assess(&open, around);
    let expected = [
        "world_readable",
        "stale",
        "unencrypted",
        "duplicated",
        "location:backup",
        "ephi",
        "individuals_many",
        "sensitive",
    ];
    assert_eq!(ids(&risk), expected);
    assert_eq!((risk.likelihood, risk.impact, risk.level()), (5, 5, "critical"));
    assert!(risk.treatments.iter().any(|it| it.action == "restrict" && it.input == "world_readable"));

    let closed = SourceRow { reach: 0, ..source("share/a.csv", 0o100644, Verdict::NoListedIdentifier) };
    let closed = SourceRow { counts: BTreeMap::new(), ..closed };
    let risk = rules.assess(&closed, Surroundings { duplicates: 0, now: 1001 * DAY });
    assert_eq!(ids(&risk), ["unencrypted"]);
    assert_eq!((risk.likelihood, risk.impact, risk.level()), (2, 1, "low"));
    assert!(risk.treatments.is_empty());
}

#[test]
fn users_rules_replace_ours_and_slips_are_told() {
    let strict = RiskRules::BUILTIN.replace("world_readable = 2", "world_readable = 4");
    let rules = RiskRules::parse(&strict).unwrap();
    let risk = rules.assess(&source("a.csv", 0o100604, Verdict::Ephi), Surroundings::default());
    assert_eq!(risk.likelihood, 5);
    assert!(RiskRules::parse(&RiskRules::BUILTIN.replace("set_id", "sedid")).is_err());
    assert!(RiskRules::parse(&RiskRules::BUILTIN.replace("do = \"move\"", "do = \"pray\"")).is_err());
    assert!(RiskRules::parse("").is_err());
}

#[test]
fn places_are_told_by_paths() {
    let rules = RiskRules::builtin().unwrap();
    for (path, place) in [
        ("share/Backups/a.csv", Some("backup")),
        ("/var/log/app.log.3", Some("log")),
        ("share/x/testdata/y", Some("test")),
        ("/tmp/x", Some("temp")),
        ("share/letters/a.docx", None),
    ] {
        assert_eq!(rules.location_of(std::path::Path::new(path)), place, "{path}");
    }
}
