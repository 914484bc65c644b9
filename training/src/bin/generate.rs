//! Prints generated documents as JSON lines: `generate <count> [seed]`.
#![allow(clippy::disallowed_methods)] // A tool of the checkout, which reads its arguments.

use phisift_training::generate::{Document, Span, documents};
use serde_json::{Value, json};
use std::io::Write;

fn main() -> std::io::Result<()> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let [count, rest @ ..] = numbers.as_slice() else {
        return Err(std::io::Error::other("usage: generate <count> [seed]"));
    };
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for document in documents(rest.first().copied().unwrap_or(1), *count as usize) {
        writeln!(output, "{}", line(&document))?;
    }
    output.flush()
}

fn line(document: &Document) -> Value {
    json!({
        "id": document.id,
        "text": document.text,
        "spans": document.spans.iter().map(span).collect::<Vec<_>>(),
        "source": "generated",
        "template": document.template,
        "origin": document.origin,
    })
}

fn span(span: &Span) -> Value {
    let mut value = json!({ "start": span.start, "end": span.end, "label": span.label.id() });
    if let Some(role) = span.role {
        value["role"] = role.id().into();
    }
    value
}
