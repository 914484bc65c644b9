//! SARIF 2.1.0 of a store's findings. Shows places and rules, never snippets or hashes of values.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use super::{Seen, Stored, place_in_words};
use crate::Error;
use crate::inventory::FindingRow;
use crate::model::Band;
use crate::report::failed;
use crate::report::sarif::{SCHEMA, level_of, uri_of};
use crate::show::{write_number, write_string};

/// Places of a source remembered for their ordinals.
const REMEMBERED: usize = 100_000;

/// Writes one run.
pub fn write(stored: &Stored<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let reader = stored.findings()?;
    let mut buffer = Vec::new();
    let entities: Vec<&str> = stored.overview.entities.iter().map(|it| it.0.as_str()).collect();
    head(&mut buffer, stored, &entities);
    let mut first = true;
    stored.each_source(|seen| {
        let uri = uri_of(&seen.row.path, seen.path);
        let mut met = HashMap::new();
        stored.each_finding(&seen, &reader, |row| {
            buffer.extend_from_slice(if std::mem::take(&mut first) { b"\n" } else { b",\n" });
            result(&mut buffer, &uri, row, &entities, &mut met);
            if buffer.len() > 64 << 10 {
                out.write_all(&buffer).map_err(failed)?;
                buffer.clear();
            }
            Ok(())
        })
    })?;
    buffer.extend_from_slice(b"\n],\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":[");
    let mut first = true;
    stored.each_source(|seen| {
        notification(&mut buffer, &seen, &mut first);
        Ok(())
    })?;
    buffer.extend_from_slice(b"]}]}]}\n");
    out.write_all(&buffer).map_err(failed)
}

fn head(out: &mut Vec<u8>, stored: &Stored<'_>, entities: &[&str]) {
    out.extend_from_slice(b"{\"$schema\":");
    write_string(out, SCHEMA);
    out.extend_from_slice(b",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"phisift\",\"version\":");
    write_string(out, &stored.overview.tool);
    out.extend_from_slice(b",\"rules\":[");
    for (at, entity) in entities.iter().enumerate() {
        out.extend_from_slice(if at > 0 { b",{\"id\":" } else { b"{\"id\":" });
        write_string(out, entity);
        out.extend_from_slice(b",\"properties\":{\"tags\":[\"security\",\"privacy\"]}}");
    }
    out.extend_from_slice(b"]}},\"results\":[");
}

/// Appends a finding. Its fingerprint is of the place alone: a hash of the value, even a keyed one, has no business in a
/// report that is shared.
fn result(out: &mut Vec<u8>, uri: &str, row: &FindingRow, entities: &[&str], met: &mut HashMap<[u8; 16], u64>) {
    let place = place_in_words(&row.place);
    out.extend_from_slice(b"{\"ruleId\":");
    write_string(out, &row.entity);
    if let Some(index) = entities.iter().position(|it| *it == row.entity) {
        out.extend_from_slice(b",\"ruleIndex\":");
        write_number(out, index as u64);
    }
    out.extend_from_slice(b",\"level\":");
    write_string(out, level_of(Band::of(row.permille)));
    out.extend_from_slice(b",\"message\":{\"text\":");
    let inside = if place.is_empty() { String::new() } else { format!(" in {place}") };
    write_string(out, &format!("{} ({}){inside}", row.entity, Band::of(row.permille).id()));
    out.extend_from_slice(b"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    write_string(out, uri);
    out.push(b'}');
    // A region speaks of the artifact itself; places inside members have none.
    if let (Some(line), false) = (row.line, row.place.contains("\"member\"")) {
        out.extend_from_slice(b",\"region\":{\"startLine\":");
        write_number(out, line);
        out.push(b'}');
    }
    out.push(b'}');
    if !place.is_empty() {
        out.extend_from_slice(b",\"logicalLocations\":[{\"fullyQualifiedName\":");
        write_string(out, &place);
        out.extend_from_slice(b"}]");
    }
    out.extend_from_slice(b"}],\"partialFingerprints\":{\"phisiftPlace/v1\":");
    write_string(out, &fingerprint([uri, &row.entity, &place], met));
    out.extend_from_slice(b"}}");
}

fn fingerprint(parts: [&str; 3], met: &mut HashMap<[u8; 16], u64>) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("phisift sarif place v1");
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let mut short = [0; 16];
    hasher.clone().finalize_xof().fill(&mut short);
    if met.len() >= REMEMBERED {
        met.clear();
    }
    let ordinal = met.entry(short).or_default();
    *ordinal += 1;
    hasher.update(&ordinal.to_le_bytes()).finalize().to_hex()[..32].to_owned()
}

fn notification(out: &mut Vec<u8>, seen: &Seen<'_>, first: &mut bool) {
    let Some(reason) = &seen.row.reason else { return };
    out.extend_from_slice(if std::mem::take(first) { b"\n" } else { b",\n" });
    out.extend_from_slice(b"{\"level\":\"warning\",\"message\":{\"text\":");
    write_string(out, &format!("not fully read: {reason}"));
    out.extend_from_slice(b"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    write_string(out, &uri_of(Path::new(&seen.row.path), seen.path));
    out.extend_from_slice(b"}}}]}");
}
