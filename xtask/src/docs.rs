//! `cargo xtask docs`: writes `docs/identifiers.md` from the pattern files, or checks that it is current.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use phisift_tests::marked;

const HEAD: &str = "\
# Identifiers

What phisift finds, by family. Generated from `patterns/data` by `cargo xtask docs`; change the pattern files, not this
page. Scores are probabilities: *bare* without any context, *cue* with a cue word near it, *label* where a field's name
says what it is, *invalid* where a label says so but the check refuses. Letters are the Safe Harbor categories of 45 CFR
164.514(b)(2)(i). Every value is made up.
";

/// Writes the page, or with `--check` tells whether it is current.
pub fn run(root: &Path, args: &[String]) -> Result<bool> {
    let page = page()?;
    let path = root.join("docs/identifiers.md");
    if args.iter().any(|it| it == "--check") {
        let current = std::fs::read_to_string(&path).is_ok_and(|text| text.replace("\r\n", "\n") == page);
        if !current {
            println!("docs/identifiers.md is not current: run `cargo xtask docs`");
        }
        return Ok(current);
    }
    std::fs::create_dir_all(root.join("docs")).context("create docs")?;
    std::fs::write(&path, page).context("write docs/identifiers.md")?;
    Ok(true)
}

/// The ids of all entities that patterns report.
pub fn entities() -> Result<BTreeSet<String>> {
    Ok(patterns()?.iter().map(|(_, table)| entity(table).to_string()).collect())
}

fn patterns() -> Result<Vec<(&'static str, Table)>> {
    let mut out = Vec::new();
    for file in phisift_patterns::identifiers() {
        let table: Table = file.text.parse().with_context(|| format!("parse {}", file.path))?;
        // Other tables lie beside the patterns (context words, known test values); a pattern has an id.
        if table.contains_key("id") {
            out.push((file.path, table));
        }
    }
    Ok(out)
}

fn page() -> Result<String> {
    let patterns = patterns()?;
    let mut out = String::from(HEAD);
    let shown = patterns.iter().filter(|(_, table)| !table.contains_key("health"));
    let _ = writeln!(out, "\n{} patterns report {} entities.", shown.clone().count(), entity_count(&patterns));
    let mut family = "";
    for (path, table) in shown {
        let folder = path.split('/').next().unwrap_or_default();
        if folder != family {
            family = folder;
            let _ = writeln!(out, "\n## {}", folder.replace('_', " "));
        }
        section(&mut out, table);
    }
    Ok(out)
}

fn entity_count(patterns: &[(&str, Table)]) -> usize {
    let shown = patterns.iter().filter(|(_, table)| !table.contains_key("health"));
    shown.map(|(_, table)| entity(table)).collect::<BTreeSet<_>>().len()
}

fn section(out: &mut String, table: &Table) {
    let _ = writeln!(out, "\n### {}: {}\n", text(table, "id"), text(table, "name"));
    if entity(table) != text(table, "id") {
        let _ = writeln!(out, "- Reported as: `{}`", entity(table));
    }
    if !text(table, "category").is_empty() {
        let _ = writeln!(out, "- Category: {}", text(table, "category"));
    }
    let _ = writeln!(out, "- Source: {}", text(table, "source"));
    let _ = writeln!(out, "- Scores: {}", scores(table));
    if !text(table, "validator").is_empty() {
        let _ = writeln!(out, "- Check: `{}`", text(table, "validator"));
    }
    let cues = list(table, "cues");
    if !cues.is_empty() {
        let more = if cues.len() > 6 { ", …" } else { "" };
        let _ = writeln!(out, "- Cues: {}{more}", cues[..cues.len().min(6)].join(", "));
    }
    for example in list(table, "examples") {
        let plain = marked::read(example).map_or(example.to_string(), |(text, _)| text);
        let _ = writeln!(out, "- Example: {}", code(&plain));
    }
}

fn scores(table: &Table) -> String {
    let Some(scores) = table.get("score").and_then(Value::as_table) else { return String::new() };
    let number = |key: &str| match scores.get(key) {
        Some(Value::Float(value)) => *value,
        Some(Value::Integer(value)) => *value as f64,
        _ => 0.0,
    };
    let shown = ["bare", "cue", "label", "invalid"].into_iter().filter(|key| number(key) > 0.0);
    shown.map(|key| format!("{key} {:.2}", number(key))).collect::<Vec<_>>().join(", ")
}

/// A code span; line breaks and controls are shown as Rust would write them.
fn code(text: &str) -> String {
    let shown: String =
        text.chars().map(|it| if it.is_control() { it.escape_default().to_string() } else { it.to_string() }).collect();
    if shown.contains('`') { format!("`` {shown} ``") } else { format!("`{shown}`") }
}

fn entity(table: &Table) -> &str {
    let entity = text(table, "entity");
    if entity.is_empty() { text(table, "id") } else { entity }
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(table: &'a Table, key: &str) -> Vec<&'a str> {
    table.get(key).and_then(Value::as_array).map(|it| it.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}
