//! How the figures came about, and by what they can be checked.

use std::fmt::Write;

use super::section;
use super::write::{Shown, count, moment};
use crate::report::overview::{BREACH_THRESHOLD, Overview};

/// Method, ruleset and the head of the audit log.
pub fn write(out: &mut String, overview: &Overview) -> std::fmt::Result {
    section(out, "method", "Method and audit", "How the figures came about, and by what they can be checked.", "")?;
    out.push_str("<dl class=\"facts\">\n");
    fact(out, "Program", &format!("phisift {}", overview.tool))?;
    code(out, "Ruleset", &overview.ruleset)?;
    code(out, "Settings", &overview.settings)?;
    if let Some(run) = overview.runs.last() {
        let ended = run.ended.map_or("not ended".into(), moment);
        fact(out, "Run", &format!("{} ({}), {} to {ended}", run.id, run.state, moment(run.started)))?;
    }
    if let Some(people) = &overview.people {
        fact(
            out,
            "Individuals",
            &format!(
                "{}, between {} and {}; method: {}. Identifiers that stand in one record are linked; providers are left out. {BREACH_THRESHOLD} is the threshold of 45 CFR 164.408.",
                count(people.count),
                count(people.low),
                count(people.high),
                people.method
            ),
        )?;
    }
    fact(
        out,
        "Verdicts",
        "An identifier of an individual together with health context is ePHI. No verdict says that a source is free of it: whether the rest of a file could identify somebody (45 CFR 164.514(b)(2)(ii)) is for people to judge.",
    )?;
    fact(
        out,
        "Risk",
        "Likelihood times impact, each from 1 to 5; the rules and their inputs for a source: phisift inventory explain. Low up to 4, medium up to 9, high up to 14, critical from 15.",
    )?;
    code(out, "Key of the fingerprints", &overview.key_id)?;
    if let Some(head) = &overview.audit {
        code(out, "Audit log", &head.log)?;
        code(out, "Head of the audit log", &format!("{}:{}", head.seq, head.hash))?;
        fact(
            out,
            "Check it",
            "phisift audit verify --anchor with the head above, kept apart from the store, tells whether a record was changed, removed, added or cut off.",
        )?;
    }
    out.push_str("</dl>\n</section>\n<footer>This page names files and counts what is in them. It holds no value and no text of a document.</footer>\n");
    Ok(())
}

fn fact(out: &mut String, name: &str, text: &str) -> std::fmt::Result {
    writeln!(out, "<dt>{name}</dt><dd>{}</dd>", Shown(text))
}

fn code(out: &mut String, name: &str, text: &str) -> std::fmt::Result {
    match text.is_empty() {
        true => Ok(()),
        false => writeln!(out, "<dt>{name}</dt><dd><code>{}</code></dd>", Shown(text)),
    }
}
