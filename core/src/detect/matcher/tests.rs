//! Every hand matcher equals the regex of every pattern file that names it.

use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::string::bytes_regex;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::Matcher;
use crate::detect::Ruleset;
use crate::detect::ruleset::Pattern;

/// One change to a text; places are taken modulo its length.
#[derive(Clone, Debug)]
enum Edit {
    Replace(usize, Vec<u8>),
    Insert(usize, Vec<u8>),
    Remove(usize),
    Double(usize),
    Cut(usize),
    FlipCase(usize),
}

impl Edit {
    fn apply(&self, text: &mut Vec<u8>) {
        let len = text.len().max(1);
        match self {
            Edit::Insert(at, bytes) => {
                let at = at % (len + 1).min(text.len() + 1);
                text.splice(at..at, bytes.iter().copied());
            }
            _ if text.is_empty() => {}
            Edit::Replace(at, bytes) => {
                text.splice(at % len..=at % len, bytes.iter().copied());
            }
            Edit::Remove(at) => {
                text.remove(at % len);
            }
            Edit::Double(at) => text.insert(at % len, text[at % len]),
            Edit::Cut(at) => text.truncate(at % len),
            Edit::FlipCase(at) => text[at % len] ^= if text[at % len].is_ascii_alphabetic() { 0x20 } else { 0 },
        }
    }
}

/// What stands between and around values in real texts.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        " ", "  ", " - ", "-", "--", ".", "..", "/", "//", ":", "::", ",", ", ", "_", "'", "@", "+", "+1", "1", "0",
        "9", "12", "2024", "\n", "\r\n", "\r\n   ", "\t", "(", ")", "T", "Z", "x", "ext", "st", "of ", "old", "years",
        "May", "é", "A", "a", "com", "x 12", "T10:30", ":59", "+02:00", ".5",
    ];
    let any = proptest::collection::vec(any::<u8>(), 1..3);
    Union::new_weighted(vec![
        (8, proptest::sample::select(pieces.to_vec()).prop_map(|it| it.as_bytes().to_vec()).boxed()),
        (1, any.boxed()),
    ])
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || any::<u16>().prop_map(usize::from);
    prop_oneof![
        2 => (at(), piece()).prop_map(|(at, bytes)| Edit::Replace(at, bytes)),
        2 => (at(), piece()).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        2 => at().prop_map(Edit::Remove),
        1 => at().prop_map(Edit::Double),
        1 => at().prop_map(Edit::Cut),
        2 => at().prop_map(Edit::FlipCase),
    ]
}

/// Strings of the regex, most of them spoilt, with something before and behind.
fn texts(pattern: &Pattern) -> impl Strategy<Value = Vec<u8>> + use<> {
    let flags = if pattern.file.ignore_case { "i" } else { "" };
    let regex = format!("(?{flags}-u:{})", pattern.file.regex);
    let valid = bytes_regex(&regex).expect("the regex of a pattern file");
    let around = || proptest::collection::vec(piece(), 0..3).prop_map(|them| them.concat());
    let edits = proptest::collection::vec(edit(), 0..4);
    let more = proptest::option::weighted(0.2, bytes_regex(&regex).expect("the regex of a pattern file"));
    (around(), valid, edits, around(), more).prop_map(|(before, mut value, edits, behind, more)| {
        edits.iter().for_each(|it| it.apply(&mut value));
        [before, value, behind, more.unwrap_or_default()].concat()
    })
}

fn same(pattern: &Pattern, hand: fn(&[u8], usize) -> Option<usize>, text: &[u8]) -> Result<(), TestCaseError> {
    for at in 0..text.len() {
        let expected = pattern.regex_at(text, at, text.len());
        let found = hand(text, at);
        let shown = text.escape_ascii();
        prop_assert_eq!(found, expected, "`{}` at {} (hand left, regex right)", shown, at);
    }
    Ok(())
}

#[test]
fn hand_matchers_equal_their_regexes() {
    let rules = Ruleset::builtin().expect("built-in patterns");
    let mut failures = Vec::new();
    let mut tested = [false; Matcher::COUNT];
    for pattern in rules.patterns() {
        let Some(matcher) = pattern.matcher else { continue };
        let Some(hand) = matcher.by_hand() else { continue };
        tested[matcher as usize] = true;
        let config = Config { failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(&texts(pattern), |text| same(pattern, hand, &text));
        failures.extend(outcome.err().map(|error| format!("{}: {error}", pattern.file.id)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    for (name, matcher, hand) in super::MATCHERS {
        assert!(hand.is_none() || tested[matcher as usize], "no pattern file names the matcher {name}");
    }
}

#[test]
fn rows_stand_in_the_order_of_the_enum() {
    assert!(super::MATCHERS.iter().enumerate().all(|(index, row)| row.1 as usize == index));
}
