//! Everything documents are made of, read once: templates, fragments, words and names.
#![allow(clippy::disallowed_methods)] // Training reads its data from the checkout; the package is never published.

use super::names::{Census, Names};
use super::rng::Rng;
use super::template::{self, Node, Template};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Origins whose names are kept from training, so that what is learnt is measured on names of a kind never seen.
pub const HELD_OUT_ORIGINS: [&str; 4] = ["dutch", "persian", "ethiopian", "vietnamese"];

/// Where names come from and how they are put together.
pub struct Origin {
    pub name: &'static str,
    /// How often a document has people of this origin.
    pub weight: u64,
    /// Chance in percent that a person has two family names.
    pub two_families: u64,
    /// Chance in percent that the family name stands first in running text.
    pub family_first: u64,
    /// Words that may join given and family name ("bin").
    pub joiners: &'static [&'static str],
}

const fn plain(name: &'static str, weight: u64) -> Origin {
    Origin { name, weight, two_families: 2, family_first: 0, joiners: &[] }
}

const fn surname_first(name: &'static str, chance: u64) -> Origin {
    Origin { name, weight: 4, two_families: 0, family_first: chance, joiners: &[] }
}

const fn doubled(name: &'static str, chance: u64) -> Origin {
    Origin { name, weight: 5, two_families: chance, family_first: 0, joiners: &[] }
}

pub const ORIGINS: [Origin; 33] = [
    plain(CENSUS_COMMON, 30),
    plain(CENSUS_RARE, 24),
    plain("words", 22),
    plain("anglo", 12),
    plain("irish_scottish", 6),
    plain("african_american", 5),
    doubled("hispanic", 35),
    doubled("brazilian", 45),
    plain("french", 4),
    plain("german", 4),
    plain("dutch", 4),
    plain("scandinavian", 4),
    plain("italian", 4),
    plain("greek", 4),
    plain("polish", 4),
    plain("russian", 4),
    plain("jewish", 4),
    Origin { name: "arabic", weight: 5, two_families: 0, family_first: 0, joiners: &["bin", "ibn", "bint"] },
    plain("persian", 4),
    plain("turkish", 4),
    plain("indian_north", 5),
    plain("indian_south", 4),
    plain("pakistani_bangladeshi", 4),
    surname_first("chinese", 40),
    surname_first("korean", 30),
    surname_first("japanese", 15),
    surname_first("vietnamese", 40),
    doubled("filipino", 20),
    plain("west_african", 5),
    plain("ethiopian", 4),
    plain("polynesian", 4),
    plain("indigenous_american", 3),
    surname_first("hungarian_balkan", 6),
];

const CENSUS_COMMON: &str = "census_common";
const CENSUS_RARE: &str = "census_rare";

/// A kind of text and what may be done to its layout.
pub struct Family {
    pub name: &'static str,
    pub weight: u64,
    /// Whether lines are prose that may be wrapped anew or flattened.
    pub prose: bool,
    /// Chance in percent that the whole text is in upper case, and in lower case.
    pub upper: u64,
    pub lower: u64,
    /// The most copies of the template, each with other people, in one document.
    pub most_copies: u64,
}

impl Family {
    pub fn copies(&self, rng: &mut Rng) -> u64 {
        rng.between(1, self.most_copies)
    }
}

const fn prose(name: &'static str, weight: u64) -> Family {
    Family { name, weight, prose: true, upper: 4, lower: 4, most_copies: 1 }
}

const fn lines(name: &'static str, weight: u64, most_copies: u64) -> Family {
    Family { name, weight, prose: false, upper: 2, lower: 2, most_copies }
}

pub const FAMILIES: [Family; 22] = [
    prose("progress", 10),
    prose("history_physical", 8),
    prose("discharge", 8),
    prose("operative", 6),
    prose("radiology", 6),
    prose("pathology", 5),
    prose("referral", 8),
    prose("nursing", 8),
    Family { name: "chat", weight: 9, prose: false, upper: 1, lower: 45, most_copies: 1 },
    prose("email", 9),
    lines("interface", 5, 3),
    lines("applog", 8, 4),
    lines("applog_people", 8, 4),
    prose("callcentre", 7),
    prose("visit", 10),
    Family { name: "legacy", weight: 6, prose: false, upper: 100, lower: 0, most_copies: 1 },
    lines("table", 6, 1),
    Family { name: "form", weight: 9, prose: false, upper: 6, lower: 3, most_copies: 1 },
    prose("news", 10),
    prose("review", 5),
    Family { name: "social", weight: 9, prose: false, upper: 2, lower: 15, most_copies: 3 },
    prose("nobody", 14),
];

pub struct Stock {
    templates: BTreeMap<String, Vec<Template>>,
    fragments: BTreeMap<String, Vec<Vec<Node>>>,
    words: BTreeMap<String, Vec<String>>,
    names: BTreeMap<String, Names>,
    census: Option<Census>,
}

impl Stock {
    pub fn read() -> Stock {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let fragment = |text: &str| text.lines().filter(|line| !line.is_empty()).map(template::read).collect();
        Stock {
            templates: FAMILIES
                .iter()
                .map(|family| (family.name.to_owned(), read_family(&data, family.name)))
                .collect(),
            fragments: read_folder(&data.join("fragments")).map(|(name, text)| (name, fragment(&text))).collect(),
            words: read_folder(&data.join("words")).map(|(name, text)| (name, entries(&text))).collect(),
            names: read_folder(&data.join("names")).map(|(name, text)| (name, Names::parse(&text))).collect(),
            census: Census::read(&data.join("../../../shared/data/lists")),
        }
    }

    pub fn pick_template(&self, rng: &mut Rng) -> (&'static Family, &Template) {
        let family = &FAMILIES[rng.weighted(FAMILIES.iter().map(|family| family.weight))];
        (family, rng.pick(&self.templates[family.name]))
    }

    pub fn pick_origin(&self, rng: &mut Rng) -> &'static Origin {
        &ORIGINS[rng.weighted(ORIGINS.iter().map(|origin| origin.weight))]
    }

    /// An origin for the other people of a document: never one that is held out, which a trainer could not tell.
    pub fn pick_common_origin(&self, rng: &mut Rng) -> &'static Origin {
        loop {
            let origin = self.pick_origin(rng);
            if !HELD_OUT_ORIGINS.contains(&origin.name) {
                return origin;
            }
        }
    }

    pub fn fragment(&self, name: &str) -> Option<&[Vec<Node>]> {
        self.fragments.get(name).map(Vec::as_slice)
    }

    pub fn words(&self, name: &str) -> Option<&[String]> {
        self.words.get(name).map(Vec::as_slice)
    }

    pub fn given(&self, origin: &Origin, female: bool, rng: &mut Rng) -> String {
        match self.census_of(origin) {
            Some((census, rare)) => census.given(female, rare, rng),
            None => rng.pick(self.names_of(origin).given(female)).clone(),
        }
    }

    pub fn family(&self, origin: &Origin, rng: &mut Rng) -> String {
        match self.census_of(origin) {
            Some((census, rare)) => census.family(rare, rng),
            None => rng.pick(&self.names_of(origin).family).clone(),
        }
    }

    /// The father's name as Russians carry it; nobody else has one.
    pub fn patronymic(&self, origin: &Origin, female: bool, rng: &mut Rng) -> Option<String> {
        let list = self.names_of(origin).patronymics(female);
        if list.is_empty() { None } else { Some(rng.pick(list).clone()) }
    }

    fn census_of(&self, origin: &Origin) -> Option<(&Census, bool)> {
        let is_census = origin.name == CENSUS_COMMON || origin.name == CENSUS_RARE;
        self.census.as_ref().filter(|_| is_census).map(|census| (census, origin.name == CENSUS_RARE))
    }

    fn names_of(&self, origin: &Origin) -> &Names {
        self.names.get(origin.name).unwrap_or(&self.names["anglo"])
    }

    #[cfg(test)]
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.templates.values().flatten()
    }
}

/// The entries of a word list, which stand between commas or line ends.
pub fn entries(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

fn read_family(data: &Path, family: &str) -> Vec<Template> {
    let files = read_folder(&data.join("templates").join(family));
    files.flat_map(|(file, text)| template::read_file(family, &file, &text)).collect()
}

/// Name and text of every file of a folder, by name, so that the order is the same everywhere.
fn read_folder(folder: &Path) -> impl Iterator<Item = (String, String)> + use<> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = listed.map(|entry| entry.expect("the folder of the checkout is readable").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    })
}
