//! ArcSight Common Event Format, one line for each source in which something was found or too little was read.

use std::io::Write;

use super::{Seen, Stored, counts};
use crate::Error;
use crate::report::failed;
use crate::report::html::visible;
use crate::report::overview::Level;

/// Writes the lines.
pub fn write(stored: &Stored<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let end = stored.overview.runs.last().map_or(0, |it| it.ended.unwrap_or(it.started));
    stored.each_source(|seen| match counts(seen.row) {
        true => out.write_all(line(&seen, &stored.overview.tool, end).as_bytes()).map_err(failed),
        false => Ok(()),
    })
}

fn line(seen: &Seen<'_>, tool: &str, end: i64) -> String {
    let row = seen.row;
    let severity = match seen.level() {
        Level::None => 0,
        Level::Low => 3,
        Level::Medium => 5,
        Level::High => 8,
        Level::Critical => 10,
    };
    let inputs: Vec<&str> = seen.risk.inputs.iter().map(|it| it.id.as_str()).collect();
    format!(
        "CEF:0|phisift|phisift|{}|{}|{}|{severity}|end={} filePath={} fsize={} cnt={} cat={} outcome={} cs1Label=risk cs1={} \
         cs2Label=inputs cs2={} cn1Label=individuals cn1={} cn2Label=score cn2={}\n",
        header(tool),
        header(row.verdict.id()),
        header(name(row.verdict)),
        end * 1000,
        extension(seen.path),
        row.bytes,
        row.findings,
        extension(row.verdict.id()),
        extension(&row.state),
        seen.level().id(),
        extension(&inputs.join(" ")),
        row.individuals.count,
        seen.risk.score(),
    )
}

fn name(verdict: crate::model::Verdict) -> &'static str {
    use crate::model::Verdict;
    match verdict {
        Verdict::Ephi => "ePHI found",
        Verdict::IdentifiersOnly => "Identifiers found",
        Verdict::LimitedDataSet => "Limited data set found",
        Verdict::Undetermined => "Not enough was read",
        Verdict::HealthOnly | Verdict::NoListedIdentifier => "No listed identifier detected",
    }
}

/// In the header a bar parts fields.
fn header(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('|', "\\|")
}

/// In the extension an equals sign parts keys from values.
fn extension(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('=', "\\=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parts_fields_is_escaped() {
        assert_eq!(header("a|b\\c"), "a\\|b\\\\c");
        assert_eq!(extension("a=b|c\nCEF:0"), "a\\=b|c\\\\u{a}CEF:0");
    }
}
