//! Sources for spreadsheets, one a row. Cells can never run as formulas.

use std::io::Write;

use super::{Seen, Stored};
use crate::Error;
use crate::report::csv::write_cell;
use crate::report::failed;

const HEADER: &str = "source,verdict,risk,likelihood,impact,level,individuals,individuals_low,individuals_high,findings,\
                      categories,inputs,advice,state,reason,format,bytes,bytes_examined\r\n";

/// Writes the rows.
pub fn write(stored: &Stored<'_>, out: &mut dyn Write) -> Result<(), Error> {
    out.write_all(HEADER.as_bytes()).map_err(failed)?;
    let mut row = Vec::new();
    stored.each_source(|seen| {
        row.clear();
        write_row(&mut row, &seen);
        // Every cell was written with a comma before it.
        out.write_all(&row[1..]).and_then(|()| out.write_all(b"\r\n")).map_err(failed)
    })
}

fn write_row(out: &mut Vec<u8>, seen: &Seen<'_>) {
    let (row, risk) = (seen.row, seen.risk);
    let words = |ids: &mut dyn Iterator<Item = &str>| ids.collect::<Vec<_>>().join(" ");
    let mut categories = row.reasons.iter().filter_map(|it| it.strip_prefix("category:")?.get(..1));
    let mut advice: Vec<&str> = risk.treatments.iter().map(|it| it.action.as_str()).collect();
    advice.sort_unstable();
    advice.dedup();
    for text in [
        seen.path,
        row.verdict.id(),
        &risk.score().to_string(),
        &risk.likelihood.to_string(),
        &risk.impact.to_string(),
        seen.level().id(),
        &row.individuals.count.to_string(),
        &row.individuals.low.to_string(),
        &row.individuals.high.to_string(),
        &row.findings.to_string(),
        &words(&mut categories),
        &words(&mut risk.inputs.iter().map(|it| it.id.as_str())),
        &advice.join(" "),
        &row.state,
        row.reason.as_deref().unwrap_or_default(),
        &row.format,
        &row.bytes.to_string(),
        &row.bytes_examined.to_string(),
    ] {
        write_cell(out, text);
    }
}
