//! The figures for a ticket or a page of notes, in Markdown.

use std::fmt::Write as _;
use std::io::Write;

use super::Stored;
use crate::Error;
use crate::model::Verdict;
use crate::report::failed;
use crate::report::html::{count, percent, visible};
use crate::report::overview::{BREACH_THRESHOLD, Level, Overview};

/// Sources named.
const NAMED: usize = 20;

/// Writes the page.
pub fn write(stored: &Stored<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut text = String::new();
    // Writing to a string cannot fail.
    page(&mut text, &stored.overview).unwrap_or_default();
    out.write_all(text.as_bytes()).map_err(failed)
}

fn page(out: &mut String, it: &Overview) -> std::fmt::Result {
    writeln!(out, "# ePHI inventory\n")?;
    let roots: Vec<String> = it.roots.iter().map(|it| cell(it)).collect();
    writeln!(out, "Scanned: {}\n", roots.join(", "))?;
    writeln!(out, "| | |\n|---|---:|")?;
    writeln!(out, "| sources with ePHI | {} of {} |", count(it.with_verdict(Verdict::Ephi)), count(it.sources))?;
    if let Some(people) = &it.people {
        let (low, high) = (count(people.low), count(people.high));
        writeln!(out, "| individuals | {} ({low} to {high}) |", count(people.count))?;
        let side = if people.count >= BREACH_THRESHOLD { "at or above" } else { "below" };
        writeln!(out, "| threshold of 45 CFR 164.408 | {side} {BREACH_THRESHOLD} |")?;
    }
    for (level, number) in Level::ALL.iter().zip(it.levels()).skip(1).rev() {
        writeln!(out, "| {} risk | {} |", level.id(), count(number))?;
    }
    writeln!(out, "| bytes read | {} |", percent(it.coverage()))?;
    writeln!(out, "| sources not wholly read | {} |\n", count(it.not_wholly_read()))?;
    writeln!(out, "## Verdicts\n\n| verdict | sources |\n|---|---:|")?;
    for (verdict, number) in &it.verdicts {
        writeln!(out, "| {} | {} |", verdict.id(), count(*number))?;
    }
    writeln!(out, "\n## Identifiers (45 CFR 164.514(b)(2)(i))\n\n| category | findings | sources |\n|---|---:|---:|")?;
    for row in &it.categories {
        let (findings, sources) = (count(row.findings), count(row.sources));
        writeln!(out, "| ({}) {} | {findings} | {sources} |", row.category.letter(), row.category.title())?;
    }
    writeln!(
        out,
        "\n## Riskiest sources\n\n| source | verdict | risk | individuals | findings |\n|---|---|---|---:|---:|"
    )?;
    for row in it.listed.iter().filter(|it| it.risk() > 0).take(NAMED) {
        let (risk, level) = (row.risk(), Level::of(row.risk()).id());
        let (people, findings) = (count(row.people), count(row.findings));
        writeln!(out, "| {} | {} | {risk} {level} | {people} | {findings} |", cell(&row.path), row.verdict.id())?;
    }
    if !it.reasons.is_empty() {
        writeln!(out, "\n## Not read\n\n| reason | class | sources | parts |\n|---|---|---:|---:|")?;
        for row in &it.reasons {
            let (sources, parts) = (count(row.sources), count(row.parts));
            writeln!(out, "| {} | {} | {sources} | {parts} |", row.reason.id(), row.reason.class().id())?;
        }
    }
    if let Some(head) = &it.audit {
        writeln!(out, "\nAudit head: `{}:{}` (log `{}`)", head.seq, head.hash, head.log)?;
    }
    Ok(())
}

/// A text that is neither markup nor the end of a cell.
fn cell(text: &str) -> String {
    let mut out = String::from("`");
    out.push_str(&visible(text).replace('`', "'").replace('|', "\\|"));
    out.push('`');
    out
}
