//! OCSF 1.5 events of class 2006, Data Security Finding: one for each source in which something was found or too little
//! was read, as JSON lines.

use std::io::Write;

use serde_json::{Value, json};

use super::{Seen, Stored, counts};
use crate::Error;
use crate::model::Verdict;
use crate::report::failed;
use crate::report::overview::{Level, Overview};

/// Writes the events.
pub fn write(stored: &Stored<'_>, out: &mut dyn Write) -> Result<(), Error> {
    stored.each_source(|seen| match counts(seen.row) {
        true => writeln!(out, "{}", event(&seen, &stored.overview)).map_err(failed),
        false => Ok(()),
    })
}

fn event(seen: &Seen<'_>, overview: &Overview) -> Value {
    let row = seen.row;
    let run = overview.runs.last();
    let time = run.map_or(0, |it| it.ended.unwrap_or(it.started)) * 1000;
    let (severity_id, severity) = match seen.level() {
        Level::None => (1, "Informational"),
        Level::Low => (2, "Low"),
        Level::Medium => (3, "Medium"),
        Level::High => (4, "High"),
        Level::Critical => (5, "Critical"),
    };
    let (status_id, status) = match row.state.as_str() {
        "complete" => (1, "Complete"),
        "partial" => (2, "Partial"),
        _ => (3, "Fail"),
    };
    let name = seen.path.rsplit('/').next().unwrap_or(seen.path);
    let uid = blake3::derive_key("phisift ocsf finding v1", seen.path.as_bytes());
    let inputs: Vec<&str> = seen.risk.inputs.iter().map(|it| it.id.as_str()).collect();
    json!({
        "category_uid": 2, "category_name": "Findings", "class_uid": 2006, "class_name": "Data Security Finding",
        "activity_id": 1, "activity_name": "Create", "type_uid": 200_601, "type_name": "Data Security Finding: Create",
        "time": time, "severity_id": severity_id, "severity": severity, "status_id": 1, "status": "New",
        "is_alert": seen.level() >= Level::High,
        "metadata": {
            "version": "1.5.0",
            "product": {"name": "phisift", "vendor_name": "phisift", "version": overview.tool},
            "log_name": overview.audit.as_ref().map(|it| it.log.clone()),
        },
        "finding_info": {
            "uid": blake3::Hash::from_bytes(uid).to_hex()[..32].to_owned(),
            "title": title(row.verdict),
            "types": [row.verdict.id()],
            "data_sources": [row.format],
        },
        "file": {
            "name": name, "path": seen.path, "type_id": 1, "type": "Regular File", "size": row.bytes,
            "modified_time": row.stat.map(|it| it.modified.div_euclid(1_000_000)),
        },
        "data_security": {
            "category_id": 1, "category": "Personal", "data_lifecycle_state_id": 1, "data_lifecycle_state": "Data at-Rest",
            "detection_system_id": 99, "detection_system": "Data discovery",
            "classifier_details": {"name": "phisift", "type": "ruleset", "uid": overview.ruleset},
            "status_id": status_id, "status": status, "total": row.findings, "size": row.bytes_examined,
            "discovery_details": row.counts.iter().map(|(entity, count)| json!({"type": entity, "count": count})).collect::<Vec<_>>(),
        },
        "risk_score": seen.risk.score(), "risk_level": severity, "impact_score": seen.risk.impact,
        "unmapped": {
            "likelihood": seen.risk.likelihood, "inputs": inputs,
            "individuals": {"count": row.individuals.count, "low": row.individuals.low, "high": row.individuals.high},
            "reason": row.reason,
        },
    })
}

fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ephi => "ePHI found",
        Verdict::IdentifiersOnly => "Identifiers of individuals found",
        Verdict::LimitedDataSet => "Limited data set found",
        Verdict::Undetermined => "Not enough was read to say",
        Verdict::HealthOnly | Verdict::NoListedIdentifier => "No listed identifier detected in the examined part",
    }
}
