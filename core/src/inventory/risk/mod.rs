//! Exposure and risk: likelihood × impact of each source, with every input listed. Pure; the rules are data.

mod all;
mod rules;

use std::collections::BTreeMap;

pub use rules::RiskRules;

use super::SourceRow;

/// What the folders above a file let through, and what stands beside its mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach(pub u32);

impl Reach {
    /// Others may pass every folder above.
    pub const OTHERS: Reach = Reach(1);
    /// The group of each folder above may pass it.
    pub const GROUP: Reach = Reach(2);
    /// The file has an access control list.
    pub const ACL: Reach = Reach(4);

    /// True where all of `other` is in it.
    pub fn has(self, other: Reach) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The risk of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// 1 (least) to 5.
    pub likelihood: u8,
    /// 1 (least) to 5.
    pub impact: u8,
    /// Class of the place it lies in, where there is one: `backup`, `log`, `temp` …
    pub location: Option<String>,
    /// Everything that counted, likelihood first.
    pub inputs: Vec<Input>,
    /// What is recommended.
    pub treatments: Vec<Advice>,
}

/// Something that counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// `likelihood` or `impact`.
    pub side: &'static str,
    /// Stable id: `world_readable`, `location:backup`, `ephi` …
    pub id: String,
    /// What it adds.
    pub points: u8,
    /// The fact behind it, for people.
    pub fact: String,
}

/// Something to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advice {
    /// `restrict`, `encrypt`, `delete`, `move` or `redact`.
    pub action: String,
    /// The input it answers.
    pub input: String,
    /// For people.
    pub text: String,
}

impl Risk {
    /// Likelihood × impact, 1 to 25.
    pub fn score(&self) -> u8 {
        self.likelihood * self.impact
    }

    /// `low` to 4, `medium` to 9, `high` to 14, `critical` above.
    pub fn level(&self) -> &'static str {
        match self.score() {
            0..=4 => "low",
            5..=9 => "medium",
            10..=14 => "high",
            _ => "critical",
        }
    }
}

/// What risk depends on besides the source's own row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Other present sources with the same content.
    pub duplicates: u64,
    /// Seconds since 1970 of the day for which age is told: the end of the run, so that the same store gives the same
    /// risk.
    pub now: i64,
}

impl RiskRules {
    /// The risk of a source.
    pub fn assess(&self, source: &SourceRow, around: Surroundings) -> Risk {
        let mut inputs = self.likelihood_of(source, around);
        let location = self.location(&source.path);
        if let Some(place) = location.filter(|it| it.points > 0) {
            let fact = format!("lies where {} files lie", place.id.replace('_', " "));
            let id = format!("location:{}", place.id);
            inputs.push(Input { side: "likelihood", id, points: place.points, fact });
        }
        inputs.extend(self.impact_of(source));
        let sum = |side: &str| 1 + inputs.iter().filter(|it| it.side == side).map(|it| it.points).sum::<u8>();
        let (likelihood, impact) = (sum("likelihood").min(5), sum("impact").min(5));
        let treatments = if source.verdict.is_found() { self.advice(&inputs) } else { Vec::new() };
        Risk { likelihood, impact, location: location.map(|it| it.id.clone()), inputs, treatments }
    }

    fn likelihood_of(&self, source: &SourceRow, around: Surroundings) -> Vec<Input> {
        let mut out = Vec::new();
        let mut add = |id: &str, fact: String| self.add(&mut out, "likelihood", id, fact);
        if let Some(stat) = &source.stat {
            let (mode, reach) = (stat.mode, Reach(source.reach));
            let others = reach.has(Reach::OTHERS);
            let shown = format!("mode {:04o}, owner {}, group {}", mode & 0o7777, stat.uid, stat.gid);
            if mode & 0o004 != 0 && others {
                add("world_readable", format!("{shown}; others may pass the folders above"));
            } else if mode & 0o040 != 0 && (others || reach.has(Reach::GROUP)) {
                add("group_readable", format!("{shown}; the group may pass the folders above"));
            }
            if mode & 0o002 != 0 && others {
                add("world_writable", shown.clone());
            }
            if reach.has(Reach::ACL) {
                add("acl", "has an access control list".into());
            }
            if mode & 0o6000 != 0 {
                add("set_id", shown);
            }
            let days = (around.now - stat.modified / 1_000_000_000) / 86_400;
            if days >= self.limits.stale_days {
                add("stale", format!("last changed {days} days before the run"));
            }
        }
        if source.reason.as_deref() != Some("encrypted") {
            add("unencrypted", format!("read as {} without a password", source.format));
        }
        if around.duplicates > 0 {
            add("duplicated", format!("{} other files have the same content", around.duplicates));
        }
        out
    }

    fn impact_of(&self, source: &SourceRow) -> Vec<Input> {
        let mut out = Vec::new();
        let mut add = |id: &str, fact: String| self.add(&mut out, "impact", id, fact);
        add(source.verdict.id(), source.reasons.join(" "));
        let people = source.individuals;
        let fact = format!("{} individuals ({} to {})", people.count, people.low, people.high);
        if people.count >= self.limits.individuals_many {
            add("individuals_many", fact);
        } else if people.count >= self.limits.individuals_some {
            add("individuals_some", fact);
        }
        let sensitive = |counts: &BTreeMap<String, u64>| -> Vec<String> {
            let held = |it: &&String| counts.contains_key(*it);
            self.sensitive.entities.iter().filter(held).cloned().collect()
        };
        let held = sensitive(&source.counts);
        if !held.is_empty() {
            add("sensitive", held.join(", "));
        }
        out
    }

    fn add(&self, out: &mut Vec<Input>, side: &'static str, id: &str, fact: String) {
        let table = if side == "impact" { &self.impact } else { &self.likelihood };
        let points = table.get(id).copied().unwrap_or(0);
        if points > 0 {
            out.push(Input { side, id: id.to_owned(), points, fact });
        }
    }

    fn advice(&self, inputs: &[Input]) -> Vec<Advice> {
        let answers =
            |input: &Input| self.treatment.iter().filter(|it| it.input == input.id).cloned().collect::<Vec<_>>();
        let found = inputs.iter().flat_map(answers);
        found.map(|it| Advice { action: it.action, input: it.input, text: it.text }).collect()
    }
}

#[cfg(test)]
mod tests;
