//! Coverage, the heat map of risk, and identifiers by Safe Harbor category.

use std::fmt::Write;

use super::grid::Grid;
use super::section;
use super::tables::reason_in_words;
use super::write::{Shown, bytes, count, percent};
use crate::model::{ReasonClass, SourceState};
use crate::report::overview::{Level, NotRead, Overview};

/// Likelihood and impact in words, from 1 to 5.
const LIKELIHOOD: [&str; 5] = ["rare", "unlikely", "possible", "likely", "almost certain"];
const IMPACT: [&str; 5] = ["negligible", "minor", "moderate", "major", "severe"];

/// What was read, and what was not and why.
pub fn write_coverage(out: &mut String, overview: &Overview, parts: &Grid) -> std::fmt::Result {
    section(
        out,
        "coverage",
        "Coverage",
        "A report is worth as much as was read. What was not read is not said to be free of ePHI.",
        "long",
    )?;
    let share = overview.coverage() as f64 / 1000.0 * 1100.0;
    writeln!(
        out,
        "<svg viewBox=\"0 0 1100 14\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{} of the bytes were read\"><rect class=\"gap\" width=\"1100\" height=\"14\" rx=\"3\"/><rect class=\"bar\" width=\"{share:.1}\" height=\"14\" rx=\"3\"/></svg>",
        percent(overview.coverage())
    )?;
    writeln!(
        out,
        "<p>{} of {} were read ({}). {}</p>",
        bytes(overview.bytes_examined),
        bytes(overview.bytes),
        percent(overview.coverage()),
        states(overview)
    )?;
    for (class, title, about) in [
        (ReasonClass::Failure, "Could not be read", "notice"),
        (ReasonClass::ByDesign, "Not looked into, by design", "notice quiet"),
    ] {
        let rows: Vec<&NotRead> = overview.reasons.iter().filter(|it| it.reason.class() == class).collect();
        if !rows.is_empty() {
            write_reasons(out, title, about, &rows)?;
        }
    }
    if overview.unread.is_empty() {
        out.push_str("<p class=\"notice quiet\">Nothing was left unread.</p>\n");
    } else {
        out.push_str("<h3>Every part that was not read</h3>\n");
        parts.write(out)?;
    }
    out.push_str("</section>\n");
    Ok(())
}

fn states(overview: &Overview) -> String {
    let number = |state: SourceState| overview.states.iter().filter(|it| it.0 == state).map(|it| it.1).sum::<u64>();
    format!(
        "Sources: {} wholly read, {} partly, {} not, {} left out by rule.",
        count(number(SourceState::Complete)),
        count(number(SourceState::Partial)),
        count(number(SourceState::Failed)),
        count(number(SourceState::Skipped))
    )
}

fn write_reasons(out: &mut String, title: &str, class: &str, rows: &[&NotRead]) -> std::fmt::Result {
    writeln!(
        out,
        "<div class=\"{class}\"><h3>{title}</h3><table><caption class=\"unseen\">{title}</caption><thead><tr><th scope=\"col\">Why</th><th scope=\"col\"><span class=\"unseen\">Id</span></th><th scope=\"col\" class=\"num\">Sources</th><th scope=\"col\" class=\"num\">Parts</th></tr></thead><tbody>"
    )?;
    for row in rows {
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>",
            reason_in_words(row.reason),
            row.reason.id(),
            count(row.sources),
            count(row.parts)
        )?;
    }
    out.push_str("</tbody></table></div>\n");
    Ok(())
}

/// Sources by likelihood and impact.
pub fn write_heat(out: &mut String, overview: &Overview) -> std::fmt::Result {
    section(
        out,
        "risk",
        "Risk",
        "Sources by how likely ePHI gets into wrong hands (exposure) and how grave that would be (verdict, volume, individuals, sensitivity).",
        "",
    )?;
    out.push_str("<table class=\"heat\" id=\"heat\"><caption class=\"unseen\">Number of sources by likelihood and impact</caption>\n<thead><tr><th scope=\"col\">Likelihood</th>");
    for name in IMPACT {
        write!(out, "<th scope=\"col\">{name}</th>")?;
    }
    out.push_str("</tr></thead><tbody>\n");
    for likelihood in (1..=5u8).rev() {
        write!(out, "<tr><th scope=\"row\">{}</th>", LIKELIHOOD[usize::from(likelihood) - 1])?;
        for impact in 1..=5u8 {
            let number = overview.matrix[usize::from(likelihood) - 1][usize::from(impact) - 1];
            let level = Level::of(likelihood * impact) as u8;
            let zero = if number == 0 { " zero" } else { "" };
            write!(out, "<td class=\"l{level}{zero}\" data-cell=\"{likelihood}-{impact}\">{}</td>", count(number))?;
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody><tfoot><tr><td></td><th colspan=\"5\" scope=\"colgroup\">Impact</th></tr></tfoot></table>\n<ul class=\"legend\">");
    for (level, number) in Level::ALL.iter().zip(overview.levels()).skip(1) {
        write!(out, "<li><span class=\"chip l{}\">{}</span> {} sources</li>", *level as u8, level.id(), count(number))?;
    }
    out.push_str("</ul>\n</section>\n");
    Ok(())
}

/// Findings by Safe Harbor category.
pub fn write_categories(out: &mut String, overview: &Overview) -> std::fmt::Result {
    section(
        out,
        "identifiers",
        "Identifiers",
        "By the categories of 45 CFR 164.514(b)(2)(i). A category without a row was not found in what was read.",
        "",
    )?;
    if overview.categories.is_empty() {
        out.push_str("<p>No listed identifier was found in the examined part.</p>\n</section>\n");
        return Ok(());
    }
    let most = overview.categories.iter().map(|it| it.findings).max().unwrap_or(1).max(1) as f64;
    out.push_str("<table id=\"categories\"><caption class=\"unseen\">Findings by Safe Harbor category</caption><thead><tr><th scope=\"col\">Category</th><th scope=\"col\">What</th><th scope=\"col\"><span class=\"unseen\">Share</span></th><th scope=\"col\" class=\"num\">Findings</th><th scope=\"col\" class=\"num\">Sources</th></tr></thead><tbody>\n");
    for row in &overview.categories {
        let width = (row.findings as f64 / most).max(0.004) * 144.0;
        writeln!(
            out,
            "<tr><th scope=\"row\">({})</th><td>{}</td><td><svg class=\"meter\" viewBox=\"0 0 144 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" width=\"144\" height=\"8\" rx=\"3\"/><rect class=\"bar\" width=\"{width:.1}\" height=\"8\" rx=\"3\"/></svg></td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>",
            row.category.letter(),
            row.category.title(),
            count(row.findings),
            count(row.sources)
        )?;
    }
    out.push_str("</tbody></table>\n<details><summary class=\"small soft\">By kind of identifier</summary><table><caption class=\"unseen\">Findings by kind of identifier</caption><thead><tr><th scope=\"col\">Identifier</th><th scope=\"col\" class=\"num\">Findings</th></tr></thead><tbody>\n");
    for (entity, number) in &overview.entities {
        writeln!(
            out,
            "<tr><th scope=\"row\"><code>{}</code></th><td class=\"num\">{}</td></tr>",
            Shown(entity),
            count(*number)
        )?;
    }
    out.push_str("</tbody></table></details>\n</section>\n");
    Ok(())
}
