//! Lists of given and family names: those of an origin written by us, and those of the census where they are present.
#![allow(clippy::disallowed_methods)] // Training reads its data from the checkout; the package is never published.

use super::rng::Rng;
use super::stock::entries;
use std::fs;
use std::path::Path;

/// The names of one origin, from a file with the sections `[female]`, `[male]` and `[family]`.
#[derive(Default)]
pub struct Names {
    female: Vec<String>,
    male: Vec<String>,
    pub family: Vec<String>,
    patronymic_female: Vec<String>,
    patronymic_male: Vec<String>,
}

impl Names {
    pub fn parse(text: &str) -> Names {
        let mut names = Names::default();
        for section in text.split('[').skip(1) {
            let (title, body) = section.split_once(']').expect("a section title ends with ]");
            let list = match title {
                "female" => &mut names.female,
                "male" => &mut names.male,
                "family" => &mut names.family,
                "patronymic female" => &mut names.patronymic_female,
                "patronymic male" => &mut names.patronymic_male,
                other => panic!("a name file has no section {other}"),
            };
            *list = entries(body);
        }
        names
    }

    pub fn given(&self, female: bool) -> &[String] {
        if female { &self.female } else { &self.male }
    }

    pub fn patronymics(&self, female: bool) -> &[String] {
        if female { &self.patronymic_female } else { &self.patronymic_male }
    }
}

/// Names with how often they are borne.
pub struct Census {
    female: Weighted,
    male: Weighted,
    family: Weighted,
}

impl Census {
    /// The census lists, or nothing where they are not at hand.
    pub fn read(folder: &Path) -> Option<Census> {
        let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
        let births = read("firstnames_us_ssa_1930_2023.tsv")?;
        let surnames = read("surnames_us_census1990.tsv")?;
        let census = Census {
            female: Weighted::parse(&births, 2),
            male: Weighted::parse(&births, 3),
            family: Weighted::parse(&surnames, 1),
        };
        Some(census)
    }

    pub fn given(&self, female: bool, rare: bool, rng: &mut Rng) -> String {
        let list = if female { &self.female } else { &self.male };
        list.pick(rare, rng)
    }

    pub fn family(&self, rare: bool, rng: &mut Rng) -> String {
        let name = capitalise_mc(self.family.pick(rare, rng), rng);
        let twin = if rng.percent(3) { self.family.pick(false, rng) } else { String::new() };
        if twin.is_empty() { name } else { format!("{name}-{twin}") }
    }
}

/// The lists write "Mcgee"; most people of the name do not.
fn capitalise_mc(name: String, rng: &mut Rng) -> String {
    match name.strip_prefix("Mc").and_then(|rest| rest.split_at_checked(1)) {
        Some((letter, rest)) if rng.percent(70) => format!("Mc{}{rest}", letter.to_uppercase()),
        _ => name,
    }
}

/// What the register of births holds where there is no name.
const NO_NAMES: [&str; 6] = ["Unknown", "Baby", "Infant", "Unnamed", "Notnamed", "Female"];

struct Weighted {
    names: Vec<String>,
    /// The sum of the weights up to and with each name.
    sums: Vec<u64>,
}

impl Weighted {
    /// Reads the names whose weight, a whole or decimal number in the given column, is not 0.
    fn parse(table: &str, column: usize) -> Weighted {
        let mut list = Weighted { names: Vec::new(), sums: Vec::new() };
        let mut sum = 0;
        for row in table.lines().skip(1) {
            let mut cells = row.split('\t');
            let name = cells.next().unwrap_or_default();
            let digits = cells.nth(column - 1).unwrap_or_default().replace('.', "");
            // The rarest surnames have the weight 0.000; they are borne too.
            let weight: u64 = digits.parse().unwrap_or(0) + u64::from(column == 1);
            if weight == 0 || NO_NAMES.contains(&name) {
                continue;
            }
            sum += weight;
            list.names.push(name.to_owned());
            list.sums.push(sum);
        }
        list
    }

    /// A name as often as it is borne or, where rare ones are asked for, every name alike.
    fn pick(&self, rare: bool, rng: &mut Rng) -> String {
        if rare {
            return rng.pick(&self.names).clone();
        }
        let at = rng.below(*self.sums.last().expect("a census list has rows"));
        self.names[self.sums.partition_point(|sum| *sum <= at)].clone()
    }
}
