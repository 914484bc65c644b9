//! What the report says first: in a sentence, in a few figures, and by verdict.

use std::fmt::Write;

use super::section;
use super::tables::{meaning, name_of};
use super::write::{Shown, bytes, count, day, moment, percent};
use crate::model::Verdict;
use crate::report::overview::{BREACH_THRESHOLD, Level, Overview, People};

/// What the page is of.
pub fn write_header(out: &mut String, overview: &Overview) -> std::fmt::Result {
    out.push_str("<header class=\"top wrap\">\n<p class=\"eyebrow\">ePHI inventory</p>\n");
    out.push_str("<h1>Where ePHI is, and how exposed</h1>\n");
    let roots: Vec<String> = overview.roots.iter().map(|it| format!("<code><bdi>{}</bdi></code>", Shown(it))).collect();
    let last = overview.runs.last();
    let when = last.map(|it| format!(", scanned on {}", day(it.started))).unwrap_or_default();
    let run = last.map(|it| format!(", run {}", it.id)).unwrap_or_default();
    writeln!(out, "<p class=\"soft\">{}{when}{run}</p>", roots.join(" · "))?;
    writeln!(out, "<p class=\"lede\">{}</p>\n</header>", sentence(overview))
}

/// The result in words.
fn sentence(overview: &Overview) -> String {
    let (all, ephi) = (overview.sources, overview.with_verdict(Verdict::Ephi));
    let mut said = match ephi {
        0 => format!(
            "In none of {} files were an individual’s identifier and health context found together.",
            count(all)
        ),
        1 => format!("One of {} files holds ePHI: an identifier of an individual and health context.", count(all)),
        _ => {
            format!("{} of {} files hold ePHI: identifiers of individuals and health context.", count(ephi), count(all))
        }
    };
    if let Some(people) = &overview.people {
        let side = if people.count >= BREACH_THRESHOLD { "at or above" } else { "below" };
        let _ = write!(
            said,
            " About {} individuals are concerned, {side} the {BREACH_THRESHOLD} of 45 CFR 164.408.",
            count(people.count)
        );
    }
    match overview.not_wholly_read() {
        0 => said.push_str(" All files were wholly read."),
        1 => said.push_str(" One file was not wholly read, and nothing is said of the rest of it."),
        not => {
            let _ =
                write!(said, " {} files were not wholly read, and nothing is said of the rest of them.", count(not));
        }
    }
    said
}

/// Figures and verdicts.
pub fn write(out: &mut String, overview: &Overview) -> std::fmt::Result {
    out.push_str("<div id=\"summary\" tabindex=\"-1\">\n<ul class=\"tiles\">\n");
    let ephi = overview.with_verdict(Verdict::Ephi);
    tile(out, "ephi", "Sources with ePHI", &count(ephi), &format!("of {}", count(overview.sources)))?;
    if let Some(people) = &overview.people {
        tile(out, "people", "Individuals", &count(people.count), &interval(people))?;
    }
    let levels = overview.levels();
    let grave = levels[Level::High as usize] + levels[Level::Critical as usize];
    let critical = count(levels[Level::Critical as usize]);
    tile(out, "grave", "High or critical risk", &count(grave), &format!("sources; {critical} critical"))?;
    let not = match overview.not_wholly_read() {
        0 => "every source wholly".to_owned(),
        1 => "1 source not wholly".to_owned(),
        not => format!("{} sources not wholly", count(not)),
    };
    tile(out, "read", "Bytes read", &percent(overview.coverage()), &not)?;
    tile(out, "findings", "Findings", &count(overview.findings), &format!("in {}", bytes(overview.bytes)))?;
    out.push_str("</ul>\n</div>\n");
    write_verdicts(out, overview)
}

fn interval(people: &People) -> String {
    match people.low == people.high {
        true => "counted exactly".into(),
        false => format!("between {} and {}", count(people.low), count(people.high)),
    }
}

fn tile(out: &mut String, id: &str, name: &str, figure: &str, note: &str) -> std::fmt::Result {
    writeln!(
        out,
        "<li><span class=\"name\">{name}</span><span class=\"figure\" id=\"figure-{id}\">{figure}</span><span class=\"note\">{note}</span></li>"
    )
}

fn write_verdicts(out: &mut String, overview: &Overview) -> std::fmt::Result {
    let when = overview.runs.last().and_then(|it| it.ended).map(moment).unwrap_or_default();
    let about = match when.is_empty() {
        true => "What each source is, by what was found in it.".to_owned(),
        false => format!("What each source is, by what was found in it. State of the store at {when}."),
    };
    section(out, "verdicts", "Verdicts", &about, "")?;
    let all = overview.sources.max(1) as f64;
    out.push_str("<svg viewBox=\"0 0 1100 26\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    let mut x = 0.0;
    for verdict in Verdict::ALL {
        let number = overview.with_verdict(verdict);
        let width = number as f64 / all * 1100.0;
        if number > 0 {
            write!(
                out,
                "<rect class=\"v-{}\" x=\"{x:.2}\" width=\"{:.2}\" height=\"26\" rx=\"3\"/>",
                verdict.id(),
                (width - 2.0).max(1.5)
            )?;
        }
        x += width;
    }
    out.push_str("</svg>\n<table id=\"verdict-table\"><caption class=\"unseen\">Sources by verdict</caption><thead><tr><th scope=\"col\">Verdict</th><th scope=\"col\">Meaning</th><th scope=\"col\" class=\"num\">Sources</th><th scope=\"col\" class=\"num\">Share</th></tr></thead><tbody>\n");
    for verdict in Verdict::ALL {
        let number = overview.with_verdict(verdict);
        let share = percent((number as f64 / all * 1000.0).round() as u64);
        writeln!(
            out,
            "<tr><th scope=\"row\"><svg class=\"key\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"v-{}\" width=\"1\" height=\"1\" rx=\".2\"/></svg>{}</th><td class=\"soft\">{}</td><td class=\"num\" data-verdict=\"{}\">{}</td><td class=\"num\">{share}</td></tr>",
            verdict.id(),
            name_of(verdict),
            meaning(verdict),
            verdict.id(),
            count(number)
        )?;
    }
    out.push_str("</tbody></table>\n</section>\n");
    Ok(())
}
