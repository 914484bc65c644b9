//! `phisift patterns`: what can be found, by which rules, and whether the rules keep their examples.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use phisift::detect::ruleset::schema::PatternFile;
use phisift::detect::{Detector, DetectorOptions, SourceMemory};
use phisift::model::{EntityId, Segment};

use crate::args::{pattern_files, ruleset};
use crate::exit::{FOUND, OK};
use crate::output;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Args)]
struct Folder {
    /// Folder with more pattern files (TOML)
    #[arg(long, value_name = "DIR")]
    patterns: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List every identifier
    List(Folder),
    /// Run the examples and counter-examples of every pattern
    Test(Folder),
    /// Show a pattern file
    Show {
        /// Id of the pattern
        id: String,
        #[command(flatten)]
        folder: Folder,
    },
}

/// Lists, tests or shows.
pub fn run(args: Args) -> Result<u8> {
    match args.action {
        Action::List(folder) => list(&folder),
        Action::Test(folder) => test(&folder),
        Action::Show { id, folder } => show(&id, &folder),
    }
}

fn list(folder: &Folder) -> Result<u8> {
    let ruleset = ruleset(folder.patterns.as_deref())?;
    let mut text = String::new();
    for entity in ruleset.entities() {
        let category = entity.category.map_or('-', |it| it.letter());
        writeln!(text, "{:<28} {category}  {}", entity.id, entity.name)?;
    }
    output::print(text.as_bytes())?;
    Ok(OK)
}

fn show(id: &str, folder: &Folder) -> Result<u8> {
    let files = all_files(folder)?;
    let stem = |name: &str| std::path::Path::new(name).file_stem().map(|it| it.to_string_lossy().into_owned());
    // A file of the user's own replaces a built-in one, so the last wins.
    let file = files.iter().rev().find(|(name, _)| stem(name).as_deref() == Some(id));
    let (_, text) = file.with_context(|| format!("no pattern is called {id:?} (see `phisift patterns list`)"))?;
    output::print(text.as_bytes())?;
    Ok(OK)
}

fn test(folder: &Folder) -> Result<u8> {
    let ruleset = ruleset(folder.patterns.as_deref())?;
    let (mut report, mut patterns, mut cases, mut failures) = (String::new(), 0, 0, 0);
    for (name, text) in all_files(folder)? {
        let Some(pattern) = parse(&name, &text)? else { continue };
        patterns += 1;
        cases += pattern.examples.len() + pattern.counter_examples.len();
        let detector = Detector::new(ruleset.clone(), options_for(&pattern))?;
        for failure in failures_of(&detector, &pattern)? {
            failures += 1;
            writeln!(report, "{}: {failure}", pattern.id)?;
        }
    }
    if cases == 0 {
        bail!("no pattern has an example");
    }
    writeln!(report, "{patterns} patterns, {cases} examples, {failures} failures")?;
    output::print(report.as_bytes())?;
    Ok(if failures == 0 { OK } else { FOUND })
}

/// Health context is reported on request only, and what scores low at a low threshold only.
fn options_for(pattern: &PatternFile) -> DetectorOptions {
    let best = pattern.score.bare.max(pattern.score.cue).max(pattern.score.label);
    let options = DetectorOptions { health: pattern.health.is_some(), ..DetectorOptions::default() };
    let shown = f32::from(options.min_permille) / 1000.0 <= best;
    if shown { options } else { DetectorOptions { min_permille: 0, ..options } }
}

/// The built-in files, then those of the user's folder.
fn all_files(folder: &Folder) -> Result<Vec<(String, String)>> {
    let builtin = phisift_patterns::identifiers().map(|file| (file.path.to_owned(), file.text.to_owned()));
    let mut files: Vec<_> = builtin.collect();
    if let Some(folder) = &folder.patterns {
        files.extend(pattern_files(folder)?);
    }
    Ok(files)
}

/// A file of patterns; `context.toml` holds none.
fn parse(name: &str, text: &str) -> Result<Option<PatternFile>> {
    if name.ends_with("context.toml") {
        return Ok(None);
    }
    let pattern = toml::from_str(text).with_context(|| format!("reading {name}"))?;
    Ok(Some(pattern))
}

fn failures_of(detector: &Detector, pattern: &PatternFile) -> Result<Vec<String>> {
    let own = pattern.entity.as_ref().unwrap_or(&pattern.id);
    let mut failures = Vec::new();
    for example in &pattern.examples {
        let (text, marks) = unmarked(example).with_context(|| format!("{}: example {example:?}", pattern.id))?;
        let found = found_in(detector, &text);
        for mark in marks {
            if !found.contains(&mark) {
                let (entity, start, end) = mark;
                failures.push(format!("missed {entity} {:?} in {text:?}", &text[start..end]));
            }
        }
    }
    for example in &pattern.counter_examples {
        let found = found_in(detector, example);
        if let Some((_, start, end)) = found.iter().find(|it| it.0 == *own) {
            failures.push(format!("found {:?} in the counter-example {example:?}", example.get(*start..*end)));
        }
    }
    Ok(failures)
}

type Mark = (String, usize, usize);

fn found_in(detector: &Detector, text: &str) -> Vec<Mark> {
    let name = |entity: EntityId| detector.ruleset().entity(entity).id.clone();
    let candidates = detector.find(&Segment::narrative(text.as_bytes()));
    let mut memory = SourceMemory::default();
    detector.learn(&mut memory, &candidates);
    let mut found = Vec::new();
    detector.settle(&memory, &candidates, |_, it| {
        found.push((name(it.entity), it.start as usize, it.end as usize));
    });
    found
}

/// `NPI: [[us_npi:1245319599]]` without its marks, and where the values stand.
fn unmarked(example: &str) -> Result<(String, Vec<Mark>)> {
    let (mut text, mut marks, mut rest) = (String::new(), Vec::new(), example);
    while let Some((before, marked)) = rest.split_once("[[") {
        let (mark, after) = marked.split_once("]]").context("a mark is not closed")?;
        let (entity, value) = mark.split_once(':').context("a mark is [[entity:value]]")?;
        text.push_str(before);
        marks.push((entity.to_owned(), text.len(), text.len() + value.len()));
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    Ok((text, marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_stripped() {
        let (text, marks) = unmarked("a [[x:1:2]] b [[y:ü]]").unwrap();
        assert_eq!(text, "a 1:2 b ü");
        assert_eq!(marks, [("x".into(), 2, 5), ("y".into(), 8, 10)]);
        assert!(unmarked("[[x:1").is_err() && unmarked("[[x]]").is_err());
    }
}
