//! Names of people and places in running text: runs of capitalised words, judged by a small trained model.
//!
//! The modules are public so that training sees texts through the very same code. They are no stable interface.

pub mod features;
pub mod hash;
pub mod lexicon;
pub mod mention;
pub mod model;
pub mod runs;
pub mod token;

use std::ops::Range;

use self::lexicon::{Cue, Lexicon};
use self::mention::{Buffers, Kind, Mention};
use self::model::Model;
use self::token::{Shape, Tokens};
use super::masks::Masks;
use super::normalise::{self, Plain};
use super::sweep::Known;
use super::{Candidate, Candidates, Ruleset};
use crate::model::{Detection, EntityId, Evidence, Subject};
use crate::{Error, ErrorKind};

/// A text by itself, as the model reads it: for training and measuring.
pub struct Page<'a> {
    plain: Plain<'a>,
    masks: Masks,
}

impl<'a> Page<'a> {
    /// Reads a text.
    pub fn new(text: &'a [u8]) -> Self {
        let plain = normalise::normalise(text);
        let mut masks = Masks::default();
        masks.fill(&plain.text);
        Page { plain, masks }
    }

    /// Its tokens, as a lexicon knows them.
    pub fn tokens<'p>(&'p self, lexicon: Lexicon<'p>) -> Tokens<'p> {
        Tokens { text: &self.plain.text, masks: &self.masks, lexicon, hi: self.plain.text.len() }
    }

    /// The place in the text as it was given of a place in the text as it is read.
    pub fn original(&self, start: u32, end: u32) -> (usize, usize) {
        if self.plain.is_original() {
            return (start as usize, end as usize);
        }
        (self.plain.start(start) as usize, self.plain.end(end) as usize)
    }
}

/// What the recogniser reports, and as what.
#[derive(Clone, Debug)]
pub(super) struct Names {
    model: Model<'static>,
    person: Option<Reported>,
    city: Option<Reported>,
}

/// Words after which something is called that one block remembers.
const MOST_REJECTED: usize = 64;
/// Score below which a place that only the model tells of is not believed, and what it scores then at most.
const SURE_CITY: u16 = 750;
const DOUBTED_CITY: u16 = 450;

/// A pattern of the ruleset, under which mentions are reported.
#[derive(Clone, Copy, Debug)]
struct Reported {
    pattern: u16,
    entity: EntityId,
}

impl Names {
    /// The built-in model, for those of the ruleset's patterns that are looked for; `None` where there is nothing to
    /// look for.
    ///
    /// # Errors
    /// Kind `Pattern` where the model file is none.
    pub fn new(rules: &Ruleset, wanted: &[bool]) -> Result<Option<Names>, Error> {
        let model = Model::read(phisift_patterns::NAMES)
            .ok_or_else(|| Error::new(ErrorKind::Pattern, "reading the model of names: the file is none"))?;
        let reported = |id: &str| {
            let index = rules.patterns().iter().position(|it| it.file.id == id).filter(|it| wanted[*it])?;
            Some(Reported { pattern: index as u16, entity: rules.patterns()[index].entity })
        };
        let names = Names { model, person: reported("person_name"), city: reported("city") };
        Ok((names.person.is_some() || names.city.is_some()).then_some(names))
    }

    /// True for the entity of people's names.
    pub fn is_person(&self, entity: EntityId) -> bool {
        self.person.is_some_and(|it| it.entity == entity)
    }

    /// Adds what is mentioned in `lo..hi` as candidates, and their words.
    pub fn search(&self, field: Searched<'_>, buffers: &mut Buffers, found: &mut Candidates) {
        let Searched { text, masks, lo, hi, number: field } = field;
        let tokens = Tokens { text, masks, lexicon: self.model.lexicon, hi };
        mention::search(&self.model, tokens, lo, buffers, &mut |it: Mention| {
            let reported = if it.kind == Kind::Name { self.person } else { self.city };
            let Some(Reported { pattern, entity }) = reported else { return };
            // Shops, schools and firms stand where towns do: what the model is not sure of is none.
            let doubted = it.kind != Kind::Name && it.permille < SURE_CITY;
            let detection = Detection {
                entity,
                pattern,
                start: it.start,
                end: it.end,
                permille: if doubted { it.permille.min(DOUBTED_CITY) } else { it.permille },
                validated: None,
                role: None,
                subject: it.subject,
                evidence: if it.titled { Evidence::MODEL.with(Evidence::CUE) } else { Evidence::MODEL },
                field,
            };
            let mut number = 0;
            if it.kind == Kind::Name {
                found.words.push(it.words);
                number = found.words.len() as u32;
            }
            if it.is_eponym && it.words[0] != 0 && it.words[1] == 0 && found.rejected.len() < MOST_REJECTED {
                found.rejected.push(it.words[0]);
            }
            found.items.push(Candidate { detection, column: 0, words: number, value: 0 });
        });
    }

    /// The words of a name that something else found.
    pub fn words(&self, text: &[u8], masks: &Masks, start: usize, end: usize) -> Words {
        let tokens = Tokens { text, masks, lexicon: self.model.lexicon, hi: end };
        let (mut at, mut words, mut count) = (start, Words::default(), 0);
        while let Some(token) = tokens.next(at).filter(|_| count < words.len()) {
            at = token.end as usize;
            if token.is_capitalised() && token.end - token.start > 2 {
                words[count] = token.hash;
                count += 1;
            }
        }
        words
    }
}

impl Names {
    /// What a cell would be that may be a name, one word of it or several, and its hash: its words are names more than
    /// anything else.
    pub fn cell(&self, text: &[u8], masks: &Masks, place: Range<usize>) -> Option<(Known, u64)> {
        /// Rank from which on a word is a name.
        const NAME: u16 = 2;
        /// Words of a name.
        const MOST: usize = 4;
        let Reported { pattern, entity } = self.person?;
        let tokens = Tokens { text, masks, lexicon: self.model.lexicon, hi: place.end };
        let (mut at, mut hash, mut named, mut count) = (place.start, 0u64, 0, 0);
        while let Some(token) = tokens.next(at) {
            at = token.end as usize;
            let entry = token.entry;
            let particle = matches!(entry.cue(), Cue::Particle | Cue::Suffix | Cue::Title);
            let initial = token.shape == Shape::Initial;
            let mark = matches!(token.shape, Shape::Comma | Shape::Period);
            let rank = entry.given().max(entry.surname());
            let other = matches!(entry.cue(), Cue::Country | Cue::Calendar | Cue::PlaceWord | Cue::Organisation);
            let is_name = token.is_capitalised() && rank >= NAME && !other && entry.place() < 2.max(entry.given());
            count += usize::from(!mark);
            named += usize::from(is_name);
            hash = hash.rotate_left(7) ^ token.hash;
            let fits = is_name || particle || initial || mark || token.is_capitalised() && entry.is_unknown();
            if !fits || count > MOST {
                return None;
            }
        }
        (named > 0).then_some((Known { entity, pattern, subject: Subject::Unknown }, hash))
    }

    /// The words of a path that may be parts of names, however they are written: what each would be, where it stands,
    /// its hash.
    pub fn words_of_path(
        &self,
        text: &[u8],
        masks: &Masks,
        place: Range<usize>,
        mut each: impl FnMut((Known, usize, usize), u64),
    ) {
        /// Shorter words are too often something else.
        const SHORTEST: u32 = 4;
        let Some(Reported { pattern, entity }) = self.person else { return };
        let known = Known { entity, pattern, subject: Subject::Unknown };
        let tokens = Tokens { text, masks, lexicon: self.model.lexicon, hi: place.end };
        let mut at = place.start;
        while let Some(token) = tokens.next(at) {
            at = token.end as usize;
            let word = token.is_capitalised() || token.shape == Shape::Lower;
            if word && token.end - token.start >= SHORTEST {
                each((known, token.start as usize, at), token.hash);
            }
        }
    }
}

/// True for a structured value that is running text, and not one value: it has several blanks and lower-case words.
#[inline]
pub(super) fn is_prose(value: &[u8]) -> bool {
    value.len() >= 24 && value.iter().filter(|it| **it == b' ').nth(3).is_some()
}

/// Hashes of a name's first words; 0 where it has fewer.
pub type Words = [u64; 4];

/// A field to be searched.
#[derive(Clone, Copy)]
pub(super) struct Searched<'a> {
    pub text: &'a [u8],
    pub masks: &'a Masks,
    pub lo: usize,
    pub hi: usize,
    /// The field's number, as detections say it.
    pub number: u32,
}
