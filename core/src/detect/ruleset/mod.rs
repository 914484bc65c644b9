//! Pattern files in, one immutable ruleset out.

pub mod cues;
pub mod schema;
pub mod standards;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use regex_automata::meta::Regex;

use self::cues::{CueBuilder, Cues};
use self::schema::{Boundary, ContextFile, PatternFile};
pub use self::standards::StandardFields;
use super::custom::{self, Custom};
use super::gate::Gate;
use super::gazetteer::Gazetteer;
use super::health::Vocabulary;
use super::matcher::{self, Matcher};
use super::names::model::HEADER;
use super::usual::{self, Look};
use super::validate::{self, Validator};
use crate::model::{EntityId, SafeHarbor, Subject};
use crate::{Error, ErrorKind};

/// Everything the detector knows, compiled once and shared.
#[derive(Debug)]
pub struct Ruleset {
    entities: Vec<Entity>,
    patterns: Vec<Pattern>,
    pub(super) slots: [Option<u16>; Matcher::COUNT],
    pub(super) cues: Cues,
    pub(super) custom: Custom,
    pub(super) vocabulary: Vocabulary,
    pub(super) places: Gazetteer,
    hash: String,
}

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Stable id, such as `us_ssn`.
    pub id: String,
    /// For people.
    pub name: String,
    /// Its Safe Harbor category; `None` for health context.
    pub category: Option<SafeHarbor>,
    /// True where a limited data set may keep it.
    pub limited_data_set: bool,
}

/// One compiled pattern file.
pub struct Pattern {
    /// The file.
    pub file: PatternFile,
    /// What it reports.
    pub entity: EntityId,
    /// The kind of health evidence, where it is no identifier.
    pub health: Option<&'static str>,
    /// Whose it usually is.
    pub subject: Subject,
    pub(super) matcher: Option<Matcher>,
    pub(super) by_hand: Option<matcher::Run>,
    /// Tells values in their usual form.
    pub(super) look: Option<Look>,
    pub(super) validator: Option<Validator>,
    pub(super) bare: u16,
    pub(super) cue: u16,
    pub(super) label: u16,
    pub(super) invalid: u16,
    pub(super) known_test: Option<validate::known_test::Test>,
    pub(super) is_date: bool,
    /// Its values have no form of their own.
    pub(super) is_formless: bool,
    /// The pattern of an identifier that its value begins with.
    pub(super) contains: Option<u16>,
    /// Its value may hold no digit, so that only its label leads to it.
    pub(super) in_words: bool,
    regex: OnceLock<Regex>,
    gate: OnceLock<Gate>,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Pattern({})", self.file.id)
    }
}

impl Pattern {
    /// The end of the value that begins at `at`, as hand matcher or regex say.
    pub(super) fn match_at(&self, text: &[u8], at: usize, end: usize) -> Option<usize> {
        match self.by_hand {
            Some(run) => run(&text[..end], at),
            None => self.regex_at(text, at, end),
        }
    }

    /// The same by the normative regex. Looks at most 1 KiB ahead, so that no text is rescanned without bound.
    pub(super) fn regex_at(&self, text: &[u8], at: usize, end: usize) -> Option<usize> {
        let window = &text[at..end.min(at + 1024)];
        let input = regex_automata::Input::new(window).anchored(regex_automata::Anchored::Yes);
        self.regex().search_half(&input).map(|half| at + half.offset())
    }

    fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| compile(&self.file).expect("the regex was compiled when the ruleset was built"))
    }

    /// What every match of the regex looks like from outside.
    pub(super) fn gate(&self) -> &Gate {
        self.gate.get_or_init(|| Gate::of(&self.file.regex, self.file.ignore_case))
    }

    /// True where the shape says nearly all: words behind the value are not looked at.
    pub(super) fn speaks_for_itself(&self) -> bool {
        self.bare >= 850 && self.file.after.is_empty()
    }

    /// True for a day and month by themselves.
    pub(super) fn needs_no_year(&self) -> bool {
        matches!(self.matcher, Some(Matcher::DateDayMonth | Matcher::DateMonthDay))
    }

    /// What may stand around a value.
    pub(super) fn boundary(&self) -> Boundary {
        self.file.boundary
    }
}

fn compile(file: &PatternFile) -> Result<Regex, Error> {
    let syntax =
        regex_automata::util::syntax::Config::new().unicode(false).utf8(false).case_insensitive(file.ignore_case);
    Regex::builder()
        .syntax(syntax)
        .configure(Regex::config().utf8_empty(false).onepass(false))
        .build(&file.regex)
        .map_err(|error| wrong(&file.id, &format!("regex: {error}")))
}

fn wrong(id: &str, what: &str) -> Error {
    Error::new(ErrorKind::Pattern, format!("pattern {id}: {what}"))
}

impl Ruleset {
    /// The built-in patterns.
    ///
    /// Compiled once and shared by the whole process.
    pub fn builtin() -> Result<Arc<Ruleset>, Error> {
        static BUILTIN: OnceLock<Arc<Ruleset>> = OnceLock::new();
        if let Some(ruleset) = BUILTIN.get() {
            return Ok(ruleset.clone());
        }
        let ruleset = Self::with_files(&[])?;
        Ok(BUILTIN.get_or_init(|| ruleset).clone())
    }

    /// The built-in patterns and the given files (name, TOML text); a file with a built-in's id replaces it.
    ///
    /// # Errors
    /// Kind `Pattern` where a file does not follow the schema or no trigger can be derived from its regex.
    pub fn with_files(files: &[(String, String)]) -> Result<Arc<Ruleset>, Error> {
        let mut parsed = BTreeMap::new();
        let mut hasher = blake3::Hasher::new();
        for file in phisift_patterns::FILES {
            hasher.update(file.path.as_bytes()).update(file.text.as_bytes());
        }
        hasher.update(phisift_patterns::NAMES.get(..HEADER).unwrap_or_default());
        for file in phisift_patterns::identifiers().filter(|it| it.path != "context.toml") {
            let pattern = parse(file.path, file.text)?;
            parsed.insert(pattern.id.clone(), pattern);
        }
        for (name, text) in files {
            hasher.update(name.as_bytes()).update(text.as_bytes());
            let pattern = parse(name, text)?;
            compile(&pattern)?;
            if pattern.matcher.is_none() {
                super::custom::check_trigger(&pattern)?;
            }
            parsed.insert(pattern.id.clone(), pattern);
        }
        let mut ruleset = Self::build(parsed.into_values().collect())?;
        ruleset.hash = hasher.finalize().to_hex()[..32].to_string();
        Ok(Arc::new(ruleset))
    }

    fn build(files: Vec<PatternFile>) -> Result<Ruleset, Error> {
        let mut entities: Vec<Entity> = Vec::new();
        let mut patterns: Vec<Pattern> = Vec::new();
        let mut slots = [None; Matcher::COUNT];
        let mut cues = CueBuilder::default();
        let text = phisift_patterns::file("context.toml").map_or("", |file| file.text);
        let context: ContextFile = toml::from_str(text).map_err(|error| wrong("context.toml", &error.to_string()))?;
        cues.context(&context)?;
        for file in files {
            let index = patterns.len() as u16;
            let entity = entity_of(&file, &mut entities)?;
            let pattern = pattern_of(file, entity)?;
            if let Some(slot) = pattern.matcher {
                claim(&mut slots[slot as usize], index, &pattern, &patterns);
            }
            add_cues(&mut cues, &pattern.file, index);
            patterns.push(pattern);
        }
        entities.iter().for_each(|it| cues.placeholder(&it.id));
        link_contained(&mut patterns, &entities)?;
        let date = entities.iter().position(|it: &Entity| it.id == "date");
        let is_date = |index: u16| date == Some(usize::from(patterns[usize::from(index)].entity.0));
        let compact = |it: &Pattern| it.matcher.is_none_or(|matcher| matcher == Matcher::DateCompact);
        let rank = |index: u16| {
            let pattern = &patterns[usize::from(index)];
            (Reverse(pattern.label.max(pattern.cue)), pattern.by_hand.is_none(), index)
        };
        let has_shape = |index: u16| is_date(index) && !compact(&patterns[usize::from(index)]);
        let cues = cues.build(is_date, has_shape, rank, |index| patterns[usize::from(index)].in_words);
        let custom = Custom::new(&patterns)?;
        let vocabulary = Vocabulary::builtin()?;
        let places = Gazetteer::builtin()?;
        Ok(Ruleset { entities, patterns, slots, cues, custom, vocabulary, places, hash: String::new() })
    }

    /// The entity of an id.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[usize::from(id.0)]
    }

    /// All entities; the index is the `EntityId`.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The entity of that name.
    pub fn entity_id(&self, id: &str) -> Option<EntityId> {
        self.entities.iter().position(|it| it.id == id).map(|index| EntityId(index as u16))
    }

    /// All patterns, ordered by id.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// True where some pattern's value begins with another identifier.
    pub(super) fn has_containers(&self) -> bool {
        self.patterns.iter().any(|it| it.contains.is_some())
    }

    #[inline]
    pub(super) fn pattern(&self, index: u16) -> &Pattern {
        &self.patterns[usize::from(index)]
    }

    /// A hash of all pattern files, in hexadecimal: findings made with the same hash are comparable.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// Resolves `contains` to the likeliest pattern of that entity.
fn link_contained(patterns: &mut [Pattern], entities: &[Entity]) -> Result<(), Error> {
    for index in 0..patterns.len() {
        let Some(id) = patterns[index].file.contains.clone() else { continue };
        let of_entity = |it: &Pattern| entities[usize::from(it.entity.0)].id == id;
        let candidates = patterns.iter().enumerate().filter(|(_, it)| of_entity(it));
        let best = candidates.max_by_key(|(_, it)| it.bare).map(|(best, _)| best as u16);
        let wrong = || wrong(&patterns[index].file.id, "contains an entity that no pattern has");
        let best = best.ok_or_else(wrong)?;
        patterns[index].contains = Some(best);
    }
    Ok(())
}

/// Of the patterns with one matcher, the likeliest without context is tried by shape; cues and labels name the others.
fn claim(slot: &mut Option<u16>, index: u16, pattern: &Pattern, patterns: &[Pattern]) {
    if slot.is_none_or(|held| patterns[usize::from(held)].bare < pattern.bare) {
        *slot = Some(index);
    }
}

fn parse(name: &str, text: &str) -> Result<PatternFile, Error> {
    toml::from_str(text).map_err(|error| wrong(name, error.message()))
}

fn entity_of(file: &PatternFile, entities: &mut Vec<Entity>) -> Result<EntityId, Error> {
    let id = file.entity.as_ref().unwrap_or(&file.id);
    if let Some(index) = entities.iter().position(|it| it.id == *id) {
        return Ok(EntityId(index as u16));
    }
    let category = match file.category.as_deref() {
        None => None,
        Some(letter) => {
            Some(SafeHarbor::from_letter(letter).ok_or_else(|| wrong(&file.id, "category is not one of A to R"))?)
        }
    };
    if category.is_none() == file.health.is_none() {
        return Err(wrong(&file.id, "needs either a category or a health kind"));
    }
    let limited_data_set = file.limited_data_set;
    entities.push(Entity { id: id.clone(), name: file.name.clone(), category, limited_data_set });
    Ok(EntityId(entities.len() as u16 - 1))
}

fn pattern_of(file: PatternFile, entity: EntityId) -> Result<Pattern, Error> {
    let matcher = match &file.matcher {
        None => None,
        Some(name) => Some(matcher::by_name(name).ok_or_else(|| wrong(&file.id, "no such matcher"))?),
    };
    let validator = match &file.validator {
        None => None,
        Some(name) => Some(validate::validator(name).ok_or_else(|| wrong(&file.id, "no such validator"))?),
    };
    let subject = match &file.subject {
        None => Subject::Unknown,
        Some(id) => Subject::from_id(id).ok_or_else(|| wrong(&file.id, "no such subject"))?,
    };
    let health = match &file.health {
        None => None,
        Some(id) => Some(super::health::kind(id).ok_or_else(|| wrong(&file.id, "no such health kind"))?),
    };
    let permille = |score: f32| {
        let valid = (0.0..=1.0).contains(&score);
        valid.then_some((score * 1000.0).round() as u16).ok_or_else(|| wrong(&file.id, "score outside 0 to 1"))
    };
    let table = file.score;
    let equal = if file.ignore_case { None } else { matcher::of_regex(&file.regex) };
    let named = matcher.and_then(|it| Some((it.name(), it.by_hand()?)));
    let (shape, by_hand) = named.or(equal).unzip();
    let check = file.validator.as_deref().unwrap_or_default();
    let look = shape.and_then(|shape| usual::look(shape, check, file.entity.as_ref().unwrap_or(&file.id)));
    Ok(Pattern {
        entity,
        health,
        subject,
        matcher,
        by_hand,
        look,
        validator,
        bare: permille(table.bare)?,
        cue: permille(table.cue)?,
        label: permille(table.label)?,
        invalid: permille(table.invalid)?,
        known_test: validate::known_test::of(file.entity.as_ref().unwrap_or(&file.id)),
        in_words: health.is_none()
            && (file.capture.is_some() || matcher.is_none() && custom::may_lack_digits(&file.regex)),
        is_date: file.entity.as_deref() == Some("date"),
        is_formless: check.starts_with("id_"),
        contains: None,
        regex: OnceLock::new(),
        gate: OnceLock::new(),
        file,
    })
}

fn add_cues(cues: &mut CueBuilder, file: &PatternFile, index: u16) {
    file.cues.iter().for_each(|it| cues.before(it).patterns.push(index));
    file.labels.iter().for_each(|it| cues.before(it).label_patterns.push(index));
    file.not.iter().for_each(|it| cues.before(it).against.push(index));
    file.after.iter().for_each(|it| cues.after(it).patterns.push(index));
}
