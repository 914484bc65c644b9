//! The figures as one JSON object.

use std::io::Write;

use serde_json::{Value, json};

use super::Stored;
use crate::Error;
use crate::report::failed;
use crate::report::overview::{BREACH_THRESHOLD, Level, Listed, Overview};

/// Writes the object.
pub fn write(stored: &Stored<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(&value(&stored.overview)).expect("strings and numbers are JSON");
    out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(failed)
}

fn value(it: &Overview) -> Value {
    let counted = |rows: Vec<(&str, u64)>| {
        rows.into_iter().map(|(id, n)| (id.to_owned(), json!(n))).collect::<serde_json::Map<_, _>>()
    };
    json!({
        "type": "inventory",
        "tool": it.tool,
        "ruleset": it.ruleset,
        "roots": it.roots,
        "runs": it.runs.iter().map(|run| json!({
            "run": run.id, "state": run.state, "started_at": run.started, "ended_at": run.ended, "sources": run.sources,
            "ephi": run.ephi, "findings": run.findings, "not_wholly_read": run.not_read, "individuals": run.people,
        })).collect::<Vec<_>>(),
        "sources": it.sources,
        "findings": it.findings,
        "bytes": it.bytes,
        "bytes_examined": it.bytes_examined,
        "verdicts": counted(it.verdicts.iter().map(|(verdict, n)| (verdict.id(), *n)).collect()),
        "states": counted(it.states.iter().map(|(state, n)| (state.id(), *n)).collect()),
        "individuals": it.people.as_ref().map(|people| json!({
            "count": people.count, "low": people.low, "high": people.high, "method": people.method,
            "threshold": BREACH_THRESHOLD, "reaches_threshold": people.count >= BREACH_THRESHOLD,
        })),
        "risk": {
            "levels": counted(Level::ALL.iter().zip(it.levels()).skip(1).map(|(level, n)| (level.id(), n)).collect()),
            "matrix": it.matrix,
        },
        "categories": it.categories.iter().map(|row| json!({
            "category": row.category.letter().to_string(), "title": row.category.title(), "findings": row.findings,
            "sources": row.sources,
        })).collect::<Vec<_>>(),
        "entities": counted(it.entities.iter().map(|(entity, n)| (entity.as_str(), *n)).collect()),
        "unread": it.reasons.iter().map(|row| json!({
            "reason": row.reason.id(), "class": row.reason.class().id(), "sources": row.sources, "parts": row.parts,
        })).collect::<Vec<_>>(),
        "riskiest": it.listed.iter().map(listed).collect::<Vec<_>>(),
        "flow": it.flow.iter().map(|edge| json!({
            "from": edge.from, "to": edge.to, "individuals": edge.people,
        })).collect::<Vec<_>>(),
        "treatments": it.register.iter().map(|row| json!({
            "source": row.path, "status": row.status, "owner": row.owner, "due": row.due, "note": row.note,
        })).collect::<Vec<_>>(),
        "audit": it.audit.as_ref().map(|head| json!({"log": head.log, "seq": head.seq, "hash": head.hash})),
        "key": it.key_id,
    })
}

fn listed(it: &Listed) -> Value {
    json!({
        "source": it.path, "verdict": it.verdict.id(), "likelihood": it.likelihood, "impact": it.impact,
        "level": Level::of(it.risk()).id(), "findings": it.findings, "individuals": it.people,
        "categories": it.categories, "exposure": it.exposure, "advice": it.advice, "state": it.state.id(),
        "reason": it.reason.map(|it| it.id()), "format": it.format, "bytes": it.bytes, "status": it.status,
    })
}
