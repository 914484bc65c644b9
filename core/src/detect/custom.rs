//! Patterns without a hand matcher: what can start them is derived from their regex, and only there they are tried.

use aho_corasick::{AhoCorasick, MatchKind};
use regex_automata::Anchored;
use regex_automata::hybrid::dfa::DFA;
use regex_automata::util::start::Config;
use regex_automata::util::syntax;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::ruleset::Pattern;
use super::ruleset::schema::PatternFile;
use crate::{Error, ErrorKind};

/// A literal of fewer bytes stands everywhere.
const SHORTEST_LITERAL: usize = 3;
/// More literals than this are a class, not a list.
const MOST_LITERALS: usize = 64;

/// What starts a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// One of these literals.
    Literals(Vec<Vec<u8>>),
    /// A run of digits.
    Digits,
    /// One of these bytes where a token begins.
    Class(Box<[bool; 256]>),
}

/// Where patterns without matchers are tried.
#[derive(Debug)]
pub struct Custom {
    literals: Option<AhoCorasick>,
    /// Pattern of each literal; HL7 segment names and `www.` come first and have none.
    owners: Vec<Option<u16>>,
    /// Patterns without a literal, with the bytes they begin with.
    starts: Vec<Start>,
    /// The first two bytes of every literal, a bit for each pair.
    pairs: Box<[u64; 1 << 10]>,
    /// The length of the shortest.
    shortest: usize,
}

/// A pattern that is tried wherever one of its first bytes begins a token or a run of digits.
#[derive(Debug)]
struct Start {
    pattern: u16,
    bytes: Box<[bool; 256]>,
    /// Looked for only where health context is reported.
    health: bool,
}

/// What a literal leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// An HL7 segment.
    Segment,
    /// A pattern.
    Pattern(u16),
}

/// HL7 segments worth looking at inside other text.
const SEGMENTS: [&str; 5] = ["PID|", "NK1|", "GT1|", "IN1|", "PV1|"];

impl Custom {
    /// The triggers of those patterns that have no matcher and count without a label: by themselves, or behind a cue
    /// where a literal makes them cheap to see.
    pub fn new(patterns: &[Pattern]) -> Result<Self, Error> {
        let mut custom = Custom {
            literals: None,
            owners: vec![None; SEGMENTS.len()],
            starts: Vec::new(),
            pairs: Box::new([0; 1 << 10]),
            shortest: usize::MAX,
        };
        let mut literals: Vec<Vec<u8>> = SEGMENTS.iter().map(|it| it.as_bytes().to_vec()).collect();
        for (index, pattern) in patterns.iter().enumerate() {
            if pattern.matcher.is_some() || pattern.bare.max(pattern.cue) == 0 {
                continue;
            }
            let health = pattern.health.is_some();
            if let Some(found) = literals_of(&pattern.file)? {
                if !health {
                    custom.owners.extend(found.iter().map(|_| Some(index as u16)));
                    literals.extend(found);
                }
            } else if pattern.bare > 0 {
                let bytes = match class_of(&pattern.file)? {
                    Trigger::Class(bytes) => bytes,
                    _ => Box::new(std::array::from_fn(|byte| (byte as u8).is_ascii_digit())),
                };
                custom.starts.push(Start { pattern: index as u16, bytes, health });
            }
        }

        custom.shortest = literals.iter().map(Vec::len).min().unwrap_or(usize::MAX);
        for literal in &literals {
            let (word, bit) = pair(literal[0], literal[1]);
            custom.pairs[word] |= bit;
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&literals);
        let broken = |error| Error::new(ErrorKind::Pattern, format!("building the literal automaton: {error}"));
        custom.literals = Some(automaton.map_err(broken)?);
        Ok(custom)
    }

    /// False where no pattern has to be tried by its first byte.
    pub fn has_starts(&self, health: bool) -> bool {
        self.starts.iter().any(|it| health || !it.health)
    }

    /// The patterns without a literal that may begin with that byte.
    pub fn starting_with(&self, byte: u8, health: bool) -> impl Iterator<Item = u16> + '_ {
        let fits = move |it: &&Start| it.bytes[usize::from(byte)] && (health || !it.health);
        self.starts.iter().filter(fits).map(|it| it.pattern)
    }

    /// False where no literal can stand in the value.
    #[inline]
    pub fn may_lead(&self, value: &[u8]) -> bool {
        /// In a longer value the automaton is faster.
        const SHORT: usize = 32;
        let starts = value.len().saturating_sub(self.shortest - 1);
        starts > SHORT || value.windows(2).take(starts).any(|two| self.may_lead_whole(two))
    }

    /// False where no pattern with a literal can be the whole of the value.
    #[inline]
    pub fn may_lead_whole(&self, value: &[u8]) -> bool {
        let &[first, second, ..] = value else { return false };
        let (word, bit) = pair(first, second);
        self.pairs[word] & bit != 0
    }

    /// Every place in `text` at which a literal stands.
    pub fn leads<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = (usize, Lead)> + 'a {
        let found = self.literals.iter().flat_map(move |it| it.find_iter(text));
        found.map(|hit| {
            let lead = match self.owners[hit.pattern().as_usize()] {
                None => Lead::Segment,
                Some(index) => Lead::Pattern(index),
            };
            (hit.start(), lead)
        })
    }
}

/// The place of a pair of bytes in a set: word and bit.
#[inline]
fn pair(first: u8, second: u8) -> (usize, u64) {
    let index = usize::from(first) << 8 | usize::from(second);
    (index >> 6 & 0x3ff, 1 << (index & 63))
}

/// Derives the trigger of a pattern.
///
/// # Errors
/// Kind `Pattern` where the regex is wrong, can match nothing at all, or can begin with any byte.
pub fn check_trigger(file: &PatternFile) -> Result<Trigger, Error> {
    literals_of(file)?.map_or_else(|| class_of(file), |literals| Ok(Trigger::Literals(literals)))
}

fn wrong(file: &PatternFile, what: &str) -> Error {
    Error::new(ErrorKind::Pattern, format!("pattern {}: {what}", file.id))
}

/// The literals that start a pattern, where they are few and long enough.
fn literals_of(file: &PatternFile) -> Result<Option<Vec<Vec<u8>>>, Error> {
    let hir = regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .case_insensitive(file.ignore_case)
        .build()
        .parse(&file.regex)
        .map_err(|error| wrong(file, &format!("regex: {error}")))?;
    if hir.properties().minimum_len().is_none_or(|it| it == 0) {
        return Err(wrong(file, "no trigger can be derived: the regex can match nothing"));
    }
    let prefixes = Extractor::new().limit_total(MOST_LITERALS).extract(&hir);
    if let Some(common) = prefixes.longest_common_prefix().filter(|it| it.len() >= SHORTEST_LITERAL) {
        return Ok(Some(vec![common.to_vec()]));
    }
    let telling = |it: &regex_syntax::hir::literal::Literal| it.as_bytes().len() >= SHORTEST_LITERAL;
    let literals = prefixes.literals().filter(|it| !it.is_empty() && it.iter().all(telling));
    Ok(literals.map(|it| it.iter().map(|literal| literal.as_bytes().to_vec()).collect()))
}

/// The bytes that start a pattern without a literal.
fn class_of(file: &PatternFile) -> Result<Trigger, Error> {
    let first = first_bytes(file).ok_or_else(|| wrong(file, "the regex cannot be compiled"))?;
    if first.iter().all(|it| *it) {
        return Err(wrong(file, "no trigger can be derived: the regex can begin with any byte"));
    }
    let digits_only = (0..256).all(|byte| !first[byte] || (byte as u8).is_ascii_digit());
    Ok(if digits_only { Trigger::Digits } else { Trigger::Class(first) })
}

/// True where the regex can match text without a digit.
pub fn may_lack_digits(regex: &str) -> bool {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex);
    parsed.is_ok_and(|hir| lacks_digits(&hir))
}

fn lacks_digits(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => !literal.0.iter().any(u8::is_ascii_digit),
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).any(|byte| !byte.is_ascii_digit()))
        }
        HirKind::Class(Class::Unicode(_)) => true,
        HirKind::Repetition(repetition) => repetition.min == 0 || lacks_digits(&repetition.sub),
        HirKind::Capture(capture) => lacks_digits(&capture.sub),
        HirKind::Concat(parts) => parts.iter().all(lacks_digits),
        HirKind::Alternation(parts) => parts.iter().any(lacks_digits),
    }
}

/// The bytes a match can begin with.
fn first_bytes(file: &PatternFile) -> Option<Box<[bool; 256]>> {
    let syntax = syntax::Config::new().unicode(false).utf8(false).case_insensitive(file.ignore_case);
    let dfa = DFA::builder().syntax(syntax).build(&file.regex).ok()?;
    let mut cache = dfa.create_cache();
    let start = dfa.start_state(&mut cache, &Config::new().anchored(Anchored::Yes)).ok()?;
    let mut bytes = Box::new([false; 256]);
    for byte in 0..=255u8 {
        let next = dfa.next_state(&mut cache, start, byte).ok()?;
        bytes[usize::from(byte)] = !next.is_dead();
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(regex: &str) -> Result<Trigger, Error> {
        let text = format!(
            "id = 'x'\nname = 'x'\ncategory = 'R'\nsource = 's'\nregex = '{regex}'\nexamples = []\n\
             counter_examples = []\n[score]\nbare = 0.5\ncue = 0.5\nlabel = 0.5"
        );
        check_trigger(&toml::from_str(&text).expect("the schema's keys"))
    }

    #[test]
    fn triggers_are_derived_or_refused() {
        assert_eq!(trigger("[0-9]{4}x").ok(), Some(Trigger::Digits));
        assert_eq!(trigger("EMP-[0-9]{4}").ok(), Some(Trigger::Literals(vec![b"EMP-".to_vec()])));
        assert!(matches!(trigger("[A-Z]{2}[0-9]{4}"), Ok(Trigger::Class(_))));
        assert!(trigger("[0-9]*").is_err());
        assert!(trigger("(?s:.)x").is_err());
    }
}
