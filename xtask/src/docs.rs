//! `cargo xtask docs`: writes `docs/identifiers.md` from the pattern files, or checks that it is current.

use std::collections::{BTreeMap, BTreeSet};
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

const SHOWN_CUES: usize = 8;
const SHOWN_EXAMPLES: usize = 3;

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
    let patterns: Vec<(&str, Table)> = patterns()?.into_iter().filter(|row| !row.1.contains_key("health")).collect();
    let mut families: BTreeMap<&str, BTreeMap<&str, Vec<&Table>>> = BTreeMap::new();
    for (path, table) in &patterns {
        let family = path.split('/').next().unwrap_or_default();
        families.entry(family).or_default().entry(entity(table)).or_default().push(table);
    }
    let mut out = String::from(HEAD);
    let count: usize = families.values().map(BTreeMap::len).sum();
    let _ = writeln!(out, "\n{count} identifiers, found by {} patterns.", patterns.len());
    for (family, entities) in &families {
        let _ = writeln!(out, "\n## {}", family.replace('_', " "));
        entities.iter().for_each(|(id, shapes)| section(&mut out, id, shapes));
    }
    Ok(out)
}

/// One entity with all the shapes it is found in. The pattern that has the entity's id, else the first, speaks for it.
fn section(out: &mut String, id: &str, shapes: &[&Table]) {
    let main = shapes.iter().find(|table| text(table, "id") == id).unwrap_or(&shapes[0]);
    let _ = writeln!(out, "\n### `{id}`: {}\n", text(main, "name"));
    let _ = writeln!(out, "Category {}. {}.", text(main, "category"), text(main, "source").trim_end_matches('.'));
    let cues = list(main, "cues");
    if !cues.is_empty() {
        let more = if cues.len() > SHOWN_CUES { " …" } else { "." };
        let _ = writeln!(out, "Cues: {}{more}", cues[..cues.len().min(SHOWN_CUES)].join(", "));
    }
    let _ = writeln!(out, "\n| pattern | scores | check | examples |\n|---|---|---|---|");
    for shape in shapes {
        let examples: Vec<String> = list(shape, "examples").into_iter().take(SHOWN_EXAMPLES).map(example).collect();
        let [id, check] = ["id", "validator"].map(|key| text(shape, key));
        let _ = writeln!(out, "| {id} | {} | {check} | {} |", scores(shape), examples.join(" · "));
    }
}

fn example(marked: &str) -> String {
    code(&marked::read(marked).map_or(marked.to_string(), |(text, _)| text))
}

fn scores(table: &Table) -> String {
    let Some(scores) = table.get("score").and_then(Value::as_table) else { return String::new() };
    let number = |key: &str| match scores.get(key) {
        Some(Value::Float(value)) => *value,
        Some(Value::Integer(value)) => *value as f64,
        _ => 0.0,
    };
    let shown = ["bare", "cue", "label", "invalid"].into_iter().filter(|key| number(key) > 0.0);
    shown.map(|key| format!("{key} {}", number(key))).collect::<Vec<_>>().join(", ")
}

/// A code span; line breaks and controls are shown as Rust would write them.
fn code(text: &str) -> String {
    let shown: String =
        text.chars().map(|it| if it.is_control() { it.escape_default().to_string() } else { it.to_string() }).collect();
    let shown = shown.replace('|', "\\|");
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
