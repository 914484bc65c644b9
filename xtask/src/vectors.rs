//! `cargo xtask vectors`: checks the shared test vectors' shape and counts them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use phisift_tests::marked;

/// True where every case is well formed, names are unique in their file and every mark names a known entity.
pub fn run(root: &Path) -> Result<bool> {
    let folder = root.join("tests/vectors");
    let known = crate::docs::entities()?;
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut slips = Vec::new();
    let mut cases = 0;
    let mut marks: BTreeMap<String, usize> = BTreeMap::new();
    for file in &files {
        let topic = file.strip_prefix(&folder).unwrap_or(file).display().to_string().replace('\\', "/");
        let text = std::fs::read_to_string(file).with_context(|| format!("read {topic}"))?;
        let rows: Vec<Value> = serde_json::from_str(&text).with_context(|| format!("parse {topic}"))?;
        let mut names = BTreeSet::new();
        for row in &rows {
            match entities_of(row) {
                Ok(entities) => entities.into_iter().for_each(|it| *marks.entry(it).or_default() += 1),
                Err(slip) => slips.push(format!("{topic}: {}: {slip}", row["name"])),
            }
            if !names.insert(row["name"].as_str().unwrap_or_default().to_string()) {
                slips.push(format!("{topic}: {}: the name is used twice", row["name"]));
            }
        }
        println!("{:4} {topic}", rows.len());
        cases += rows.len();
    }
    let unknown = marks.keys().filter(|id| !known.contains(*id));
    slips.extend(unknown.map(|id| format!("no pattern finds `{id}`")));
    let entities: Vec<String> = marks.iter().map(|(id, count)| format!("{id} {count}")).collect();
    println!("{cases} cases; marks: {}", entities.join(", "));
    slips.iter().for_each(|slip| println!("  wrong: {slip}"));
    Ok(slips.is_empty() && cases > 0)
}

fn entities_of(row: &Value) -> Result<Vec<String>, String> {
    let fields = row.as_object().ok_or("a case is an object")?;
    if let Some(key) = fields.keys().find(|key| !["name", "label", "marked"].contains(&key.as_str())) {
        return Err(format!("unknown key `{key}`"));
    }
    let text = |key: &str| fields.get(key).and_then(Value::as_str).filter(|it| !it.is_empty());
    text("name").ok_or("no name")?;
    let marked = text("marked").ok_or("no marked text")?;
    let (_, marks) = marked::read(marked).ok_or("a mark is not `[[entity:value]]`")?;
    Ok(marks.into_iter().map(|mark| mark.entity).collect())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "json") {
            files.push(path);
        }
    }
    Ok(())
}
