//! Which sources share individuals, and where a person known to the asker occurs. Knows persons by fingerprints only.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use super::people::{Group, Links, link};
use super::{Inventory, RiskRules};
use crate::Error;
use crate::model::Seal;

/// Two sources (or folders) that share individuals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where the data seems to come from.
    pub from: PathBuf,
    /// Where it seems to have gone.
    pub to: PathBuf,
    /// Class of the place of `from`, where it has one.
    pub from_location: Option<String>,
    /// Class of the place of `to`.
    pub to_location: Option<String>,
    /// Individuals in both.
    pub individuals: u64,
}

/// What to make edges between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// Files.
    Sources,
    /// The folders they lie in.
    Folders,
}

/// A source in which a person occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The source.
    pub path: PathBuf,
    /// Entities whose fingerprints were asked for, with how many findings carry them.
    pub matches: BTreeMap<String, u64>,
    /// True where the source holds the same person under other identifiers, linked through other sources.
    pub linked: bool,
}

/// A person in more places than these is not followed into more: edges grow with the square.
const MOST_PLACES: usize = 64;

/// The way that copies usually go: a later class is the copy.
const WAY: [&str; 10] = ["export", "mail", "home", "backup", "log", "cache", "temp", "download", "test", "web_root"];

struct Place {
    path: PathBuf,
    modified: i64,
    location: Option<String>,
}

impl Inventory {
    /// Pairs of places that share individuals, most first, `most` at most.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn flow(&self, rules: &RiskRules, between: Between, most: usize) -> Result<Vec<Edge>, Error> {
        let (places, of_source) = self.places(rules, between)?;
        let links = self.links()?;
        let mut found: HashMap<u32, Vec<u32>> = HashMap::new();
        self.groups(|source, group| {
            let (Some(person), Some(place)) = (links.person(group), of_source.get(&source)) else { return };
            let places = found.entry(person).or_default();
            if !places.contains(place) && places.len() < MOST_PLACES {
                places.push(*place);
            }
        })?;
        let mut pairs: HashMap<(u32, u32), u64> = HashMap::new();
        for places in found.values() {
            for (index, a) in places.iter().enumerate() {
                for b in &places[index + 1..] {
                    *pairs.entry((*a.min(b), *a.max(b))).or_default() += 1;
                }
            }
        }
        let mut edges: Vec<Edge> = pairs.into_iter().map(|((a, b), count)| edge(&places, a, b, count)).collect();
        edges.sort_by(|a, b| (b.individuals, &a.from, &a.to).cmp(&(a.individuals, &b.from, &b.to)));
        edges.truncate(most);
        Ok(edges)
    }

    /// Where persons occur who have one of those fingerprints, and where else the same persons occur.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn sightings(&self, seals: &[Seal]) -> Result<Vec<Sighting>, Error> {
        let prints: HashSet<u64> = seals.iter().map(|seal| seal.print).filter(|print| *print != 0).collect();
        let links = self.links()?;
        let persons: HashSet<u32> = prints.iter().filter_map(|print| links.person_of(*print)).collect();
        let mut linked: BTreeSet<i64> = BTreeSet::new();
        self.groups(|source, group| {
            if links.person(group).is_some_and(|person| persons.contains(&person)) {
                linked.insert(source);
            }
        })?;
        let reader = self.finding_reader()?;
        let mut out = Vec::new();
        self.each_source(|source| {
            let mut matches: BTreeMap<String, u64> = BTreeMap::new();
            self.each_finding(&source, &reader, |it| {
                if prints.contains(&it.print) {
                    *matches.entry(it.entity.clone()).or_default() += 1;
                }
                Ok(())
            })?;
            let linked = linked.contains(&source.id);
            if linked || !matches.is_empty() {
                out.push(Sighting { path: source.path, matches, linked });
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// Distinct individuals by folder, those below it counted in.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn individuals_by_folder(&self) -> Result<BTreeMap<PathBuf, u64>, Error> {
        let mut folder_of: HashMap<i64, PathBuf> = HashMap::new();
        self.each_source(|source| {
            folder_of.insert(source.id, source.path.parent().unwrap_or(std::path::Path::new("")).to_owned());
            Ok(())
        })?;
        let links = self.links()?;
        let mut persons: BTreeMap<PathBuf, HashSet<u32>> = BTreeMap::new();
        self.groups(|source, group| {
            let (Some(person), Some(folder)) = (links.person(group), folder_of.get(&source)) else { return };
            for folder in folder.ancestors() {
                persons.entry(folder.to_owned()).or_default().insert(person);
            }
        })?;
        Ok(persons.into_iter().map(|(folder, persons)| (folder, persons.len() as u64)).collect())
    }

    fn links(&self) -> Result<Links, Error> {
        let (mut links, mut group) = (Links::default(), Group::default());
        let linked = link(&mut links, |each| self.each_group(&mut group, |_, group| each(group)));
        linked.map_err(|error| self.failed("reading", error))?;
        Ok(links)
    }

    fn groups(&self, each: impl FnMut(i64, &Group)) -> Result<(), Error> {
        self.each_group(&mut Group::default(), each).map_err(|error| self.failed("reading", error))
    }

    fn places(&self, rules: &RiskRules, between: Between) -> Result<(Vec<Place>, HashMap<i64, u32>), Error> {
        let (mut places, mut of_source): (Vec<Place>, _) = (Vec::new(), HashMap::new());
        let mut numbers: HashMap<PathBuf, u32> = HashMap::new();
        self.each_source(|source| {
            if source.individuals.high == 0 {
                return Ok(());
            }
            let path = match between {
                Between::Sources => source.path.clone(),
                Between::Folders => source.path.parent().unwrap_or(std::path::Path::new("")).to_owned(),
            };
            let modified = source.stat.map_or(0, |stat| stat.modified);
            let number = *numbers.entry(path.clone()).or_insert_with(|| {
                let location = rules.location_of(&source.path).map(str::to_owned);
                places.push(Place { path, modified, location });
                places.len() as u32 - 1
            });
            let place = &mut places[number as usize];
            place.modified = place.modified.min(modified);
            of_source.insert(source.id, number);
            Ok(())
        })?;
        Ok((places, of_source))
    }
}

/// From the place that is earlier on the usual way to the other; of one class, from the older one.
fn edge(places: &[Place], a: u32, b: u32, individuals: u64) -> Edge {
    let rank = |place: &Place| {
        let class = place.location.as_deref().and_then(|it| WAY.iter().position(|row| *row == it));
        (class.map_or(0, |it| it + 1), place.modified)
    };
    let (a, b) = (&places[a as usize], &places[b as usize]);
    let (from, to) = if rank(b) < rank(a) { (b, a) } else { (a, b) };
    Edge {
        from: from.path.clone(),
        to: to.path.clone(),
        from_location: from.location.clone(),
        to_location: to.location.clone(),
        individuals,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_go_the_usual_way_and_then_from_the_older_place() {
        let place = |path: &str, modified, location: Option<&str>| Place {
            path: path.into(),
            modified,
            location: location.map(str::to_owned),
        };
        let places = [
            place("logs", 1, Some("log")),
            place("data", 9, None),
            place("exports", 5, Some("export")),
            place("backups", 2, Some("backup")),
            place("more", 10, None),
        ];
        let way = |a, b| {
            let edge = edge(&places, a, b, 3);
            (edge.from.display().to_string(), edge.to.display().to_string())
        };
        assert_eq!(way(0, 1), ("data".into(), "logs".into()));
        assert_eq!(way(0, 3), ("backups".into(), "logs".into()));
        assert_eq!(way(2, 3), ("exports".into(), "backups".into()));
        assert_eq!(way(1, 4), ("data".into(), "more".into()));
        assert_eq!(way(4, 1), ("data".into(), "more".into()));
    }
}
