//! The lexicon: lists of names and cue words and the counts of words in the texts become one table of fingerprints.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Result, ensure};
use phisift::detect::names::Page;
use phisift::detect::names::lexicon::{Cue, Entry, Lexicon};
use phisift::detect::names::token::{Shape, Token};

use crate::read;
use crate::text::{SALAD, Text, Truth};

/// Slots of the table.
const SLOTS: usize = 1 << 18;
/// Births from which on a first name is of rank 7, 6, 5 …
const BIRTHS: [f64; 7] = [400_000.0, 80_000.0, 20_000.0, 5_000.0, 1_500.0, 300.0, 0.0];
/// Ranks up to which a surname is of rank 7, 6, 5 …
const RANKS: [f64; 7] = [150.0, 1_000.0, 4_000.0, 12_000.0, 30_000.0, 60_000.0, f64::MAX];
/// Times a word stands in lower case from which on it is common by 1, 2, 3 …
const COMMON: [u32; 7] = [2, 4, 8, 20, 60, 200, 1000];

/// Rank of names of the other countries' lists.
const WORLD: u16 = 3;

/// Words that cue something, a file each.
const CUES: [(&str, Cue); 16] = [
    ("drug", Cue::Health),
    ("finding", Cue::Health),
    ("calendar", Cue::Calendar),
    ("country", Cue::Country),
    ("machine", Cue::Machine),
    ("letter", Cue::Letter),
    ("place_word", Cue::PlaceWord),
    ("organisation", Cue::Organisation),
    ("provider", Cue::Provider),
    ("relation", Cue::Relation),
    ("patient", Cue::Patient),
    ("title", Cue::Title),
    ("credential", Cue::Credential),
    ("suffix", Cue::Suffix),
    ("particle", Cue::Particle),
    ("eponym", Cue::Eponym),
];

/// What is known of a word while the table is made.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    given: u16,
    surname: u16,
    place: u16,
    cue: Cue,
    lower: u32,
    in_names: u32,
    outside: u32,
    function: bool,
    dictionary: bool,
}

impl Word {
    fn common(&self) -> u16 {
        COMMON.iter().filter(|it| self.lower >= **it).count() as u16
    }

    /// True for ordinary words that are never names: function words, and what stands outside of names alone.
    fn is_never(&self) -> bool {
        if self.function || self.cue == Cue::Machine && self.given < 2 {
            return true;
        }
        if self.dictionary && self.is_unlisted() && self.in_names == 0 {
            return true;
        }
        let known = self.common() >= 2 || self.cue != Cue::None && !matches!(self.cue, Cue::Eponym | Cue::Suffix);
        let share = f64::from(self.in_names) / f64::from(self.in_names + self.outside).max(1.0);
        let needed = if self.given >= 3 { return false } else { 0.02 };
        known && self.outside >= 3 && share < needed
            || self.cue == Cue::Health && self.given < 2 && self.in_names == 0
            || self.common() >= 5 && self.in_names == 0 && self.given < 3
    }

    /// True for words of no list of names and places, and without a cue.
    fn is_unlisted(&self) -> bool {
        self.given == 0 && self.surname == 0 && self.place == 0 && self.cue == Cue::None
    }

    fn entry(&self) -> Entry {
        Entry::new(self.given, self.surname, self.common(), self.place, self.cue, self.is_never())
    }
}

/// The table made of the lists and texts.
pub fn build(root: &Path, texts: &[Text]) -> Result<Vec<[u8; 4]>> {
    let mut words: HashMap<u64, Word> = HashMap::new();
    names(&read::shared(root).join("lists"), &mut words)?;
    world_names(root, &mut words)?;
    cues(root, &mut words)?;
    texts.iter().filter(|it| it.set != SALAD).for_each(|text| count(text, &mut words));
    Ok(table(&words))
}

fn hash_of(word: &str) -> Option<u64> {
    let blank = [[0; 4]; 8];
    let page = Page::new(word.as_bytes());
    let lexicon = Lexicon::new(blank.as_flattened())?;
    let token = page.tokens(lexicon).next(0)?;
    (token.is_word() && token.end as usize >= word.len()).then_some(token.hash)
}

fn names(lists: &Path, words: &mut HashMap<u64, Word>) -> Result<()> {
    let step = |value: f64, steps: &[f64; 7]| 7 - steps.iter().take_while(|it| value < **it).count() as u16;
    for (name, births) in read::list(&lists.join("firstnames_us_ssa_1930_2023.tsv"), 1)? {
        if let Some(hash) = hash_of(&name).filter(|_| births >= 60.0) {
            words.entry(hash).or_default().given = step(births, &BIRTHS).max(1);
        }
    }
    for file in ["firstnames_female_us_census1990.tsv", "firstnames_male_us_census1990.tsv"] {
        for (name, rank) in read::list(&lists.join(file), 2)? {
            let least = if rank <= 500.0 { 5 } else { 3 };
            if let Some(hash) = hash_of(&name) {
                let word = words.entry(hash).or_default();
                word.given = word.given.max(least);
            }
        }
    }
    for (name, rank) in read::list(&lists.join("surnames_us_census1990.tsv"), 2)? {
        if let Some(hash) = hash_of(&name) {
            words.entry(hash).or_default().surname = 7 - RANKS.iter().take_while(|it| rank > **it).count() as u16;
        }
    }
    Ok(())
}

/// Names from outside the United States, which the census hardly knows: of a middling rank.
fn world_names(root: &Path, words: &mut HashMap<u64, Word>) -> Result<()> {
    for (file, is_given) in [("given_world.txt", true), ("family_world.txt", false)] {
        let text = std::fs::read_to_string(root.join("training/lexicon").join(file))?;
        for hash in text.split_whitespace().filter_map(hash_of) {
            let word = words.entry(hash).or_default();
            let rank = if is_given { &mut word.given } else { &mut word.surname };
            *rank = (*rank).max(WORLD);
        }
    }
    Ok(())
}

fn cues(root: &Path, words: &mut HashMap<u64, Word>) -> Result<()> {
    let lines = |name: &str| -> Result<Vec<String>> {
        let path = root.join("training/lexicon").join(format!("{name}.txt"));
        Ok(std::fs::read_to_string(path)?.lines().map(str::to_owned).collect())
    };
    for word in health_terms() {
        if let Some(hash) = hash_of(&word) {
            words.entry(hash).or_default().cue = Cue::Health;
        }
    }
    for (name, cue) in CUES {
        for word in lines(name)? {
            let hash = hash_of(&word);
            ensure!(hash.is_some(), "{name}.txt: `{word}` is no single word");
            words.entry(hash.unwrap_or_default()).or_default().cue = cue;
        }
    }
    for word in lines("ordinary")? {
        let word = words.entry(hash_of(&word).unwrap_or_default()).or_default();
        word.lower = word.lower.max(200);
    }
    for word in lines("dictionary")?.iter().flat_map(|it| it.split(' ')) {
        let word = words.entry(hash_of(word).unwrap_or_default()).or_default();
        (word.dictionary, word.lower) = (true, word.lower.max(COMMON[0]));
    }
    for hash in lines("city")?.iter().chain(&cities()).filter_map(|it| hash_of(it)) {
        words.entry(hash).or_default().place = 2;
    }
    for hash in companies(root)?.iter().filter_map(|it| hash_of(it)) {
        let word = words.entry(hash).or_default();
        if word.cue == Cue::None && word.given < 2 && word.surname < 3 {
            word.cue = Cue::Organisation;
        }
    }
    for word in lines("function")? {
        words.entry(hash_of(&word).unwrap_or_default()).or_default().function = true;
    }
    Ok(())
}

/// The companies of the generator's list.
fn companies(root: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root.join("training/data/words/companyname.txt"))?;
    Ok(listed(&text))
}

/// What stands between commas and line ends.
fn listed(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// The cities of the gazetteer whose names are hardly anything else, those of one word.
fn cities() -> Vec<String> {
    let text = phisift_patterns::file("place/places.txt").map_or("", |file| file.text);
    listed(text.split('[').find_map(|it| it.strip_prefix("city]")).unwrap_or_default())
}

/// The words of the health vocabulary.
fn health_terms() -> Vec<String> {
    let files = phisift_patterns::FILES.iter().filter(|it| it.path.starts_with("health/"));
    let lines = files.flat_map(|it| it.text.lines()).filter(|it| !it.contains(['=', '"', '#']));
    let words = lines.flat_map(|it| it.split(' ')).filter(|it| it.len() > 3 && it.chars().all(char::is_alphabetic));
    words.map(str::to_owned).collect()
}

/// Counts a text's words: in lower case, capitalised in names, capitalised elsewhere.
fn count(text: &Text, words: &mut HashMap<u64, Word>) {
    let blank = [[0; 4]; 8];
    let Some(lexicon) = Lexicon::new(blank.as_flattened()) else { return };
    let tokens = text.page.tokens(lexicon);
    let (mut at, mut truth) = (0, Truth::of(text));
    while let Some(token) = tokens.next(at) {
        at = token.end as usize;
        if !token.is_word() || matches!(token.shape, Shape::Alphanumeric | Shape::Code) {
            continue;
        }
        tally(&token, truth.label(&token).is_some(), words);
    }
}

fn tally(token: &Token, in_name: bool, words: &mut HashMap<u64, Word>) {
    let word = words.entry(token.hash).or_default();
    if in_name {
        word.in_names += 1;
    } else if token.shape == Shape::Lower {
        word.lower += 1;
    } else {
        word.outside += 1;
    }
}

/// Words that matter more are stored first, so that what does not fit is what matters least.
fn table(words: &HashMap<u64, Word>) -> Vec<[u8; 4]> {
    let rank = |it: &Word| {
        let listed = it.given + it.surname + it.place;
        (it.cue != Cue::None || it.function, it.is_never(), listed + it.common())
    };
    let known = words.iter().filter(|it| it.1.entry() != Entry::default());
    let ordered: BTreeMap<_, _> = known.map(|(hash, it)| ((std::cmp::Reverse(rank(it)), *hash), it)).collect();
    let mut slots = vec![[0; 4]; SLOTS];
    let stored = ordered.iter().filter(|it| Lexicon::store(&mut slots, it.0.1, it.1.entry())).count();
    println!("lexicon: {stored} of {} words in {SLOTS} slots", ordered.len());
    slots
}
