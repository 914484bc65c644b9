use super::*;
use crate::model::{Reason, SafeHarbor, SourceState, Verdict};
use crate::report::overview::{
    AuditHead, CategoryRow, FolderRow, Listed, NotRead, People, RunPoint, Shared, Treated, UnreadPart,
};

const HOSTILE: &str = "share/<script>alert(1)</script>\u{1b}[31m\n\u{202e}gpj.\"exe' onload=x";

fn listed(path: &str, verdict: Verdict, (likelihood, impact): (u8, u8)) -> Listed {
    Listed {
        path: path.into(),
        verdict,
        likelihood,
        impact,
        findings: 120,
        people: 31,
        categories: "ACGH".into(),
        exposure: vec!["world_readable".into()],
        advice: vec!["restrict".into(), "encrypt".into()],
        state: SourceState::Complete,
        reason: None,
        format: "csv".into(),
        bytes: 48_000,
        modified: Some(1_700_000_000),
        status: String::new(),
    }
}

fn overview() -> Overview {
    let mut matrix = [[0; 5]; 5];
    matrix[4][4] = 1;
    matrix[0][1] = 1;
    let run = |id: u64, ephi| RunPoint {
        id,
        state: "complete".into(),
        started: 1_795_751_640,
        ended: Some(1_795_751_700),
        sources: 2,
        ephi,
        findings: 240,
        not_read: 1,
        people: Some(412),
    };
    Overview {
        tool: "0.1.0".into(),
        ruleset: "abc".into(),
        settings: "{}".into(),
        roots: vec![HOSTILE.into()],
        runs: vec![run(1, 0), run(2, 1)],
        sources: 2,
        findings: 240,
        bytes: 96_000,
        bytes_examined: 95_990,
        verdicts: vec![(Verdict::Ephi, 1), (Verdict::IdentifiersOnly, 1)],
        states: vec![(SourceState::Complete, 1), (SourceState::Partial, 1)],
        reasons: vec![NotRead { reason: Reason::Encrypted, sources: 1, parts: 1 }],
        people: Some(People { count: 412, low: 398, high: 431, method: "linked".into() }),
        matrix,
        categories: vec![CategoryRow { category: SafeHarbor::G, findings: 100, sources: 1 }],
        entities: vec![("us_ssn".into(), 100)],
        folders: vec![FolderRow { path: HOSTILE.into(), sources: 2, findings: 240, risk: 25 }],
        listed: vec![listed(HOSTILE, Verdict::Ephi, (5, 5)), listed("a.csv", Verdict::IdentifiersOnly, (1, 2))],
        unread: vec![UnreadPart { path: HOSTILE.into(), place: "x".into(), reason: Reason::Encrypted, bytes: Some(9) }],
        flow: vec![Shared {
            from: HOSTILE.into(),
            to: "a.csv".into(),
            from_class: "production".into(),
            to_class: "test".into(),
            people: 12,
        }],
        register: vec![Treated {
            path: HOSTILE.into(),
            status: "mitigating".into(),
            owner: "<b>".into(),
            due: "2027-01-01".into(),
            note: HOSTILE.into(),
        }],
        audit: Some(AuditHead { log: "log".into(), seq: 9, hash: "ff00".into() }),
        key_id: "k".into(),
    }
}

#[test]
fn figures_are_those_of_the_overview() {
    let page = page(&overview());
    for wanted in [
        "One of 2 files holds ePHI",
        "About 412 individuals",
        "below the 500 of 45 CFR 164.408",
        "id=\"figure-people\">412<",
        "between 398 and 431",
        "id=\"figure-read\">99.9 %<",
        "data-cell=\"5-5\">1<",
        "data-verdict=\"ephi\">1<",
        "encrypted, and the key is not known",
        "9:ff00",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn nothing_hostile_becomes_markup() {
    let page = page(&overview());
    assert_eq!(page.matches("<script").count(), 2);
    assert!(!page.contains("<b>\"") && !page.contains('\u{1b}') && !page.contains('\u{202e}'));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{1b}[31m\\u{a}\\u{202e}gpj."));
}

#[test]
fn the_policy_allows_this_script_and_style_only() {
    let page = page(&overview());
    let hash = |open: &str, close: &str| {
        let text = page.split_once(open).unwrap().1.split_once(close).unwrap().0;
        format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())))
    };
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains(&format!("style-src {};", hash("<style>", "</style>"))));
    assert!(page.contains(&format!("script-src {};", hash("<script>", "</script>"))));
    for outside in ["http://", "https://", "src=", "@import", "url(", " style=", "onclick", "innerHTML"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn an_empty_store_has_a_report() {
    let page = page(&Overview::default());
    for wanted in
        ["In none of 0 files", "No folder holds a finding", "This is the first run", "Nothing was left unread"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn wording_promises_nothing() {
    let page = page(&overview()).to_lowercase();
    for word in ["hipaa compliant", "certified", "de-identified", "anonymised"] {
        assert!(!page.contains(word), "{word}");
    }
}
