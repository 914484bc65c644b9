//! Sources, findings and what was not read as JSON lines, in the shape of a scan's; the figures come last.

use std::io::Write;

use super::{Seen, Stored};
use crate::Error;
use crate::inventory::{FindingRow, UnreadRow};
use crate::report::failed;
use crate::show::{write_number, write_score, write_string};

/// Buffered bytes that are written out.
const FULL: usize = 64 << 10;

/// Writes the lines.
pub fn write(stored: &Stored<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let reader = stored.findings()?;
    let mut buffer = Vec::with_capacity(FULL * 2);
    stored.each_source(|seen| {
        stored.each_finding(&seen, &reader, |row| {
            finding(&mut buffer, seen.path, row);
            drain(&mut buffer, out, FULL)
        })?;
        source(&mut buffer, &seen);
        drain(&mut buffer, out, FULL)
    })?;
    stored.each_unread(|path, row| {
        unread(&mut buffer, path, row);
        drain(&mut buffer, out, FULL)
    })?;
    let it = &stored.overview;
    let (people, head) = (it.people.as_ref().map_or(0, |it| it.count), it.audit.as_ref());
    let head = head.map(|it| format!("{}:{}", it.seq, it.hash)).unwrap_or_default();
    let last = format!(
        "{{\"type\":\"summary\",\"sources\":{},\"findings\":{},\"bytes\":{},\"bytes_examined\":{},\"individuals\":{people},\"audit_head\":\"{head}\"}}\n",
        it.sources, it.findings, it.bytes, it.bytes_examined
    );
    buffer.extend_from_slice(last.as_bytes());
    drain(&mut buffer, out, 0)
}

fn drain(buffer: &mut Vec<u8>, out: &mut dyn Write, from: usize) -> Result<(), Error> {
    if buffer.len() > from {
        out.write_all(buffer).map_err(failed)?;
        buffer.clear();
    }
    Ok(())
}

fn text(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(format!(",\"{name}\":").as_bytes());
    write_string(out, value);
}

fn number(out: &mut Vec<u8>, name: &str, value: u64) {
    out.extend_from_slice(format!(",\"{name}\":").as_bytes());
    write_number(out, value);
}

fn finding(out: &mut Vec<u8>, path: &str, row: &FindingRow) {
    out.extend_from_slice(b"{\"type\":\"finding\"");
    text(out, "source", path);
    out.extend_from_slice(b",\"where\":");
    out.extend_from_slice(if row.place.is_empty() { b"[]" } else { row.place.as_bytes() });
    text(out, "entity", &row.entity);
    if let Some(category) = &row.category {
        text(out, "category", category);
    }
    out.extend_from_slice(b",\"score\":");
    write_score(out, row.permille);
    if let Some(role) = &row.role {
        text(out, "role", role);
    }
    if row.subject != "unknown" {
        text(out, "subject", &row.subject);
    }
    out.extend_from_slice(b",\"evidence\":[");
    for (at, id) in row.evidence.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_string(out, id);
    }
    out.push(b']');
    if let Some((start, end)) = row.span {
        number(out, "start", start);
        number(out, "end", end);
    }
    if let Some(line) = row.line {
        number(out, "line", line);
    }
    out.extend_from_slice(b"}\n");
}

fn source(out: &mut Vec<u8>, seen: &Seen<'_>) {
    let row = seen.row;
    out.extend_from_slice(b"{\"type\":\"source\"");
    text(out, "source", seen.path);
    text(out, "format", &row.format);
    text(out, "state", &row.state);
    if let Some(reason) = &row.reason {
        text(out, "reason", reason);
    }
    text(out, "verdict", row.verdict.id());
    number(out, "findings", row.findings);
    number(out, "individuals", row.individuals.count);
    number(out, "bytes", row.bytes);
    number(out, "bytes_examined", row.bytes_examined);
    text(out, "risk", seen.level().id());
    number(out, "likelihood", seen.risk.likelihood.into());
    number(out, "impact", seen.risk.impact.into());
    out.extend_from_slice(b",\"inputs\":[");
    for (at, input) in seen.risk.inputs.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_string(out, &input.id);
    }
    out.extend_from_slice(b"]}\n");
}

fn unread(out: &mut Vec<u8>, path: &str, row: &UnreadRow) {
    out.extend_from_slice(b"{\"type\":\"unread\"");
    text(out, "source", path);
    out.extend_from_slice(b",\"where\":");
    out.extend_from_slice(if row.place.is_empty() { b"[]" } else { row.place.as_bytes() });
    text(out, "reason", &row.reason);
    text(out, "class", row.class);
    if let Some(bytes) = row.bytes {
        number(out, "bytes", bytes);
    }
    out.extend_from_slice(b"}\n");
}
