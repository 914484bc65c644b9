//! The data phisift detects with: identifier patterns, field tables and health vocabulary. Data only, no behaviour.
//!
//! Everything below `data/` is embedded as text. The engine in the `phisift` crate parses it; the schema is described
//! in `CONTRIBUTING.md` and enforced there (an unknown key is an error).

/// One embedded data file.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Path below `data/`, with forward slashes, such as `government/us_ssn.toml`.
    pub path: &'static str,
    /// The whole file.
    pub text: &'static str,
}

/// Every data file, ordered by path.
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The trained model of names of people and places; `models/MODEL_CARD.md` says what it was made of and how good it is.
pub const NAMES: &[u8] = include_bytes!("../models/names.bin");

/// The identifier patterns: every TOML file in a folder of identifiers, which are all but `fields/` and `health/`.
pub fn identifiers() -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(|file| {
        let folder = file.path.split_once('/').map(|(folder, _)| folder);
        file.path.ends_with(".toml") && folder.is_some_and(|it| it != "fields" && it != "health")
    })
}

/// The file of that path below `data/`, if there is one.
pub fn file(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Deserialize;

    use super::*;

    /// The keys of a pattern file that are checked here; the engine checks them all.
    #[derive(Deserialize)]
    struct Pattern {
        id: String,
        entity: Option<String>,
        category: Option<String>,
        health: Option<String>,
        source: String,
        regex: String,
        #[serde(default)]
        cues: Vec<String>,
        #[serde(default)]
        after: Vec<String>,
        #[serde(default)]
        labels: Vec<String>,
        #[serde(default)]
        not: Vec<String>,
        examples: Vec<String>,
        counter_examples: Vec<String>,
        score: Score,
    }

    #[derive(Deserialize)]
    struct Score {
        bare: f32,
        cue: f32,
        label: f32,
    }

    #[derive(Deserialize)]
    struct Vocabulary {
        kind: String,
        terms: Vec<String>,
    }

    fn patterns() -> Vec<(&'static str, Pattern)> {
        let parse = |file: &'static File| {
            let pattern = toml::from_str(file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
            (file.path, pattern)
        };
        identifiers().map(parse).collect()
    }

    #[test]
    fn every_file_is_toml() {
        for file in FILES.iter().filter(|file| file.path.ends_with(".toml")) {
            if let Err(error) = toml::from_str::<toml::Table>(file.text) {
                panic!("{}: {error}", file.path);
            }
        }
    }

    #[test]
    fn a_pattern_is_named_after_its_file_and_says_what_it_is() {
        let mut ids = BTreeSet::new();
        for (path, pattern) in patterns() {
            assert!(path.ends_with(&format!("/{}.toml", pattern.id)), "{path}: the id is the file's stem");
            assert!(ids.insert(pattern.id.clone()), "{path}: the id is taken");
            assert_ne!(pattern.category.is_some(), pattern.health.is_some(), "{path}: a category or a health kind");
            assert!(!pattern.source.is_empty() && !pattern.regex.is_empty(), "{path}: source and regex");
            let Score { bare, cue, label } = pattern.score;
            assert!([bare, cue, label].iter().all(|it| (0.0..=1.0).contains(it)), "{path}: scores are probabilities");
            assert!(bare <= cue || cue == 0.0, "{path}: a cue speaks for the value");
            assert!(cue <= label, "{path}: a label says more than a cue");
        }
    }

    #[test]
    fn a_pattern_has_examples_and_counter_examples() {
        for (path, pattern) in patterns() {
            assert!(pattern.examples.len() >= 3 && pattern.counter_examples.len() >= 3, "{path}: three of each");
            let entity = pattern.entity.as_ref().unwrap_or(&pattern.id);
            for text in &pattern.examples {
                let marked = text.contains(&format!("[[{entity}:")) && text.contains("]]");
                assert!(marked, "{path}: an example marks what is found");
            }
            assert!(pattern.counter_examples.iter().all(|text| !text.contains("[[")), "{path}: nothing to find there");
        }
    }

    #[test]
    fn phrases_are_lower_case_words() {
        for (path, pattern) in patterns() {
            for list in [&pattern.cues, &pattern.after, &pattern.labels, &pattern.not] {
                assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len(), "{path}: a phrase stands once");
                for phrase in list {
                    assert!((1..=5).contains(&phrase.split(' ').count()), "{path}: {phrase}: one to five words");
                    let in_word = |it: char| !it.is_uppercase() && (it.is_ascii_alphanumeric() || !it.is_ascii());
                    let plain = |word: &str| !word.is_empty() && word.chars().all(in_word);
                    assert!(phrase.split(' ').all(plain), "{path}: {phrase}: lower-case words and single spaces");
                }
            }
        }
    }

    #[test]
    fn the_vocabulary_has_breadth_and_form() {
        let mut terms = BTreeSet::new();
        for file in FILES.iter().filter(|file| file.path.starts_with("health/")) {
            let vocabulary: Vocabulary =
                toml::from_str(file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
            assert_eq!(file.path, format!("health/{}.toml", vocabulary.kind));
            for term in vocabulary.terms.iter().flat_map(|block| block.lines()).filter(|line| !line.is_empty()) {
                assert_eq!(term, term.trim().to_lowercase(), "{}: lower case", file.path);
                assert!((1..=4).contains(&term.split(' ').count()), "{}: {term}: one to four words", file.path);
                assert!(terms.insert(term.to_owned()), "{}: {term} stands twice", file.path);
            }
        }
        assert!(terms.len() >= 1_700, "{} terms", terms.len());
    }

    #[test]
    fn every_category_has_a_pattern() {
        let found: BTreeSet<String> = patterns().into_iter().filter_map(|(_, pattern)| pattern.category).collect();
        let all: BTreeSet<String> = ('A'..='R').map(String::from).collect();
        assert_eq!(found, all);
    }
}
