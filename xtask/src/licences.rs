//! Checks every dependency's licence expression against the list in `deny.toml`, with cargo alone.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;
use crate::test::{Counts, Outcome};

/// The step: reads `cargo metadata` and `deny.toml`.
pub fn step(root: &Path) -> Result<Outcome> {
    let allowed = allowed(root)?;
    let mut cargo = command::cargo(root);
    cargo.args(["metadata", "--format-version", "1", "--all-features", "--locked"]).stderr(Stdio::inherit());
    let output = cargo.output().context("run cargo metadata")?;
    anyhow::ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).context("read cargo metadata")?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    let refused: Vec<String> = packages.iter().filter_map(|package| refusal(package, &allowed)).collect();
    println!("{} packages, {} refused", packages.len(), refused.len());
    refused.iter().for_each(|line| println!("  {line}"));
    Ok(if refused.is_empty() { Outcome::Passed(Counts::default()) } else { Outcome::Failed(Counts::default()) })
}

fn allowed(root: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root.join("deny.toml")).context("read deny.toml")?;
    let table: toml::Table = text.parse().context("parse deny.toml")?;
    let list = table.get("licenses").and_then(|it| it.get("allow")).and_then(|it| it.as_array());
    let list = list.context("deny.toml has licenses.allow")?;
    Ok(list.iter().filter_map(|it| it.as_str()).map(String::from).collect())
}

fn refusal(package: &Value, allowed: &[String]) -> Option<String> {
    let name = package["name"].as_str().unwrap_or("?");
    let Some(licence) = package["license"].as_str() else { return Some(format!("{name}: no licence expression")) };
    (!accepts(licence, allowed)).then(|| format!("{name}: {licence}"))
}

/// True where the expression can be met with allowed licences alone. `/` is an old way to write OR.
fn accepts(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let holds = any_of(&tokens, &mut at, allowed);
    holds && at == tokens.len()
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut holds = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        holds |= all_of(tokens, at, allowed);
    }
    holds
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut holds = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        holds &= one(tokens, at, allowed);
    }
    holds
}

fn one(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(&token) = tokens.get(*at) else { return false };
    *at += 1;
    if token == "(" {
        let holds = any_of(tokens, at, allowed);
        *at += 1;
        return holds;
    }
    let mut licence = token.to_string();
    if tokens.get(*at) == Some(&"WITH") {
        licence = format!("{token} WITH {}", tokens.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&licence)
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn expressions_are_read_as_spdx() {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"].map(String::from);
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "Unlicense/MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(accepts(good, &allowed), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND LGPL-2.1", "", "MIT MIT"] {
            assert!(!accepts(bad, &allowed), "{bad}");
        }
    }
}
