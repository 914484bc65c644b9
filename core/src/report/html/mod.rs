//! The report for people: one page that needs nothing else. Loads nothing, sends nothing, runs its own script only.
//!
//! The page's policy names the hashes of its style and its script; whatever a path or label may smuggle in, no browser
//! will run it. All pictures are drawn here, as are the first rows of each table: the script only sorts and filters.

mod flow;
mod grid;
mod method;
mod risk;
mod summary;
mod tables;
mod treemap;
mod trend;
mod write;

use std::fmt::Write;

use sha2::{Digest, Sha256};

use self::grid::Grid;
use self::write::Shown;
pub use self::write::{count, percent, visible};
use super::json::base64;
use super::overview::Overview;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page's parts: their ids and what they are called.
const PARTS: [(&str, &str); 10] = [
    ("summary", "Summary"),
    ("coverage", "Coverage"),
    ("risk", "Risk"),
    ("folders", "Folders"),
    ("identifiers", "Identifiers"),
    ("time", "Over time"),
    ("all-sources", "Sources"),
    ("flow", "Flow"),
    ("treatments", "Treatments"),
    ("method", "Method and audit"),
];

/// The page.
pub fn page(overview: &Overview) -> String {
    let mut out = String::with_capacity(256 << 10);
    // Writing to a string cannot fail.
    write_page(&mut out, overview).unwrap_or_default();
    out
}

fn write_page(out: &mut String, overview: &Overview) -> std::fmt::Result {
    let grids = Grids::of(overview);
    write_head(out, overview)?;
    out.push_str("<body>\n<a class=\"skip\" href=\"#summary\">Skip to the summary</a>\n");
    summary::write_header(out, overview)?;
    out.push_str("<nav aria-label=\"Parts of the report\"><div class=\"wrap\"><ul>");
    for (id, name) in PARTS {
        write!(out, "<li><a href=\"#{id}\">{name}</a></li>")?;
    }
    out.push_str("</ul></div></nav>\n<main class=\"wrap\">\n");
    summary::write(out, overview)?;
    risk::write_coverage(out, overview, &grids.unread)?;
    risk::write_heat(out, overview)?;
    section(
        out,
        "folders",
        "Where it is",
        "An area is as large as the folder's findings are many, and as dark as the risk of its worst file is high.",
        "",
    )?;
    treemap::write(out, &overview.folders)?;
    out.push_str("</section>\n");
    risk::write_categories(out, overview)?;
    section(out, "time", "Over time", "The store as it was when each run ended.", "")?;
    trend::write(out, &overview.runs)?;
    out.push_str("</section>\n");
    section(
        out,
        "all-sources",
        "Sources",
        "Every file with its verdict and risk. Filter by words of any column; a header sorts.",
        "long",
    )?;
    grids.sources.write(out)?;
    out.push_str("</section>\n");
    section(
        out,
        "flow",
        "Flow between sources",
        "Sources in which the same individuals were found, by keyed fingerprints of their identifiers. A thick line is many; the picture shows the strongest lines into each source, the table all.",
        "long",
    )?;
    flow::write(out, &overview.flow)?;
    if !overview.flow.is_empty() {
        grids.flow.write(out)?;
    }
    out.push_str("</section>\n");
    section(
        out,
        "treatments",
        "Treatments",
        "What the rules advise, and what was decided: the risk register.",
        "long",
    )?;
    match grids.treatments.rows.is_empty() {
        true => out.push_str("<p class=\"soft\">Nothing is advised and nothing was decided.</p>\n"),
        false => grids.treatments.write(out)?,
    }
    out.push_str("</section>\n");
    method::write(out, overview)?;
    out.push_str("</main>\n");
    grid::write_all(out, &grids.shown(overview));
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// The page's tables.
struct Grids {
    sources: Grid,
    unread: Grid,
    flow: Grid,
    treatments: Grid,
}

impl Grids {
    fn of(overview: &Overview) -> Self {
        Grids {
            sources: tables::sources(overview),
            unread: tables::unread(&overview.unread),
            flow: flow::grid(&overview.flow),
            treatments: tables::treatments(overview),
        }
    }

    /// Those that stand in the page.
    fn shown(&self, overview: &Overview) -> Vec<&Grid> {
        let mut shown = vec![&self.sources];
        shown.extend((!overview.unread.is_empty()).then_some(&self.unread));
        shown.extend((!overview.flow.is_empty()).then_some(&self.flow));
        shown.extend((!self.treatments.rows.is_empty()).then_some(&self.treatments));
        shown
    }
}

fn write_head(out: &mut String, overview: &Overview) -> std::fmt::Result {
    let hash = |text: &str| base64(&Sha256::digest(text.as_bytes()));
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    out.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'\">"
    )?;
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.push_str("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n");
    writeln!(out, "<meta name=\"generator\" content=\"phisift {}\">", Shown(&overview.tool))?;
    writeln!(out, "<title>ePHI inventory</title>\n<style>{STYLE}</style>\n</head>")
}

/// Opens a part of the page.
fn section(out: &mut String, id: &str, title: &str, about: &str, class: &str) -> std::fmt::Result {
    writeln!(
        out,
        "<section id=\"{id}\" class=\"{class}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>"
    )?;
    writeln!(out, "<p class=\"soft\">{about}</p>")
}

#[cfg(test)]
mod tests;
