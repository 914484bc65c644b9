//! A store's figures, in one pass over its sources. Memory is bounded by the rows that a report lists.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};

use super::counts;
use crate::Error;
use crate::inventory::{Between, Inventory, Risk, RiskRules, Run, SourceRow, Surroundings};
use crate::model::{Reason, SafeHarbor, SourceState, Verdict};
use crate::report::overview::{
    AuditHead, CategoryRow, FolderRow, Listed, MOST_LISTED, MOST_UNREAD, NotRead, Overview, People, RunPoint, Shared,
    Treated, UnreadPart,
};
use crate::show::Labels;

/// Pairs of sources that share individuals, at most.
const MOST_EDGES: usize = 2000;
/// Folders told apart.
const MOST_FOLDERS: usize = 200_000;

/// What a source's risk depends on besides its own row.
pub struct Around {
    /// End of the last run: the day for which age is told.
    pub now: i64,
    /// By the beginning of a content's hash: sources that have it, where there are several.
    same: HashMap<u64, u64>,
}

impl Around {
    /// Other sources with the same content.
    pub fn duplicates(&self, row: &SourceRow) -> u64 {
        let count = row.content.as_ref().and_then(|it| self.same.get(&key(it)));
        count.map_or(0, |count| count - 1)
    }
}

fn key(content: &[u8; 32]) -> u64 {
    u64::from_le_bytes(content[..8].try_into().expect("the first 8 of 32 bytes"))
}

/// The figures.
pub fn gather(inventory: &Inventory, rules: &RiskRules, labels: &Labels) -> Result<(Overview, Around), Error> {
    let runs = inventory.runs()?;
    let around =
        Around { now: runs.last().map_or(0, |it| it.ended_at.unwrap_or(it.started_at)), same: same(inventory)? };
    let categories = categories(inventory)?;
    let mut sums = Sums::default();
    inventory.each_source(|row| {
        let risk = rules.assess(&row, Surroundings { duplicates: around.duplicates(&row), now: around.now });
        sums.add(&row, &risk, labels, &categories);
        Ok(())
    })?;
    let mut overview = sums.finish(&categories);
    if let Some(run) = runs.last() {
        overview.tool.clone_from(&run.tool);
        overview.ruleset.clone_from(&run.ruleset);
        overview.settings.clone_from(&run.settings);
        overview.roots.clone_from(&run.roots);
    }
    overview.runs = runs.iter().map(|it| point(inventory, it)).collect::<Result<_, _>>()?;
    let people = inventory.individuals()?;
    overview.people =
        Some(People { count: people.count, low: people.low, high: people.high, method: people.method.id().to_owned() });
    unread(inventory, labels, &mut overview)?;
    register(inventory, labels, &mut overview)?;
    overview.flow = inventory
        .flow(rules, Between::Sources, MOST_EDGES)?
        .iter()
        .map(|it| Shared {
            from: labels.path(&it.from).0,
            to: labels.path(&it.to).0,
            from_class: it.from_location.clone().unwrap_or_default(),
            to_class: it.to_location.clone().unwrap_or_default(),
            people: it.individuals,
        })
        .collect();
    let head = inventory.audit_head()?;
    overview.audit = Some(AuditHead { seq: head.seq, hash: head.hex(), log: head.log_id });
    overview.key_id = inventory.key_id()?;
    Ok((overview, around))
}

/// Contents that several sources have.
fn same(inventory: &Inventory) -> Result<HashMap<u64, u64>, Error> {
    let mut same: HashMap<u64, u64> = HashMap::new();
    inventory.each_source(|row| {
        if let Some(content) = &row.content {
            *same.entry(key(content)).or_default() += 1;
        }
        Ok(())
    })?;
    same.retain(|_, count| *count > 1);
    same.shrink_to_fit();
    Ok(same)
}

/// Of which Safe Harbor category entities are.
type Categories = BTreeMap<String, SafeHarbor>;

/// What is summed up over the sources.
#[derive(Default)]
struct Sums {
    overview: Overview,
    verdicts: BTreeMap<Verdict, u64>,
    states: BTreeMap<SourceState, u64>,
    /// By entity: findings and sources.
    entities: BTreeMap<String, (u64, u64)>,
    /// By Safe Harbor letter: sources.
    lettered: BTreeMap<char, u64>,
    /// By reason: sources that have no part of their own to tell it.
    reasons: BTreeMap<Reason, (u64, u64)>,
    folders: BTreeMap<String, FolderRow>,
    riskiest: BinaryHeap<Reverse<Ranked>>,
}

/// A source in the order of the list.
struct Ranked {
    rank: (u8, u64, Reverse<String>),
    listed: Listed,
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

impl Sums {
    fn add(&mut self, row: &SourceRow, risk: &Risk, labels: &Labels, categories: &Categories) {
        let it = &mut self.overview;
        it.sources += 1;
        it.findings += row.findings;
        it.bytes += row.bytes;
        it.bytes_examined += row.bytes_examined.min(row.bytes);
        let score = if counts(row) { risk.score() } else { 0 };
        if score > 0 {
            it.matrix[usize::from(risk.likelihood) - 1][usize::from(risk.impact) - 1] += 1;
        }
        *self.verdicts.entry(row.verdict).or_default() += 1;
        let state = state_of(&row.state);
        *self.states.entry(state).or_default() += 1;
        for (entity, count) in &row.counts {
            let sum = self.entities.entry(entity.clone()).or_default();
            *sum = (sum.0 + count, sum.1 + 1);
        }
        let letters = letters(row, categories);
        letters.chars().for_each(|it| *self.lettered.entry(it).or_default() += 1);
        if let Some(reason) = row.reason.as_deref().and_then(Reason::from_id) {
            self.reasons.entry(reason).or_default().0 += 1;
        }
        let path = labels.path(&row.path).0;
        self.add_folder(&path, row.findings, score);
        let listed = listed(row, risk, path, letters);
        self.riskiest.push(Reverse(Ranked { rank: (score, row.findings, Reverse(listed.path.clone())), listed }));
        if self.riskiest.len() > MOST_LISTED {
            self.riskiest.pop();
        }
    }

    fn add_folder(&mut self, path: &str, findings: u64, risk: u8) {
        let folder = path.rsplit_once('/').map_or("", |it| if it.0.is_empty() { "/" } else { it.0 });
        let folder = match self.folders.len() < MOST_FOLDERS || self.folders.contains_key(folder) {
            true => folder,
            false => "(other folders)",
        };
        if !self.folders.contains_key(folder) {
            self.folders.insert(folder.to_owned(), FolderRow { path: folder.to_owned(), ..FolderRow::default() });
        }
        let Some(sum) = self.folders.get_mut(folder) else { return };
        sum.sources += 1;
        sum.findings += findings;
        sum.risk = sum.risk.max(risk);
    }

    fn finish(self, categories: &Categories) -> Overview {
        let mut it = self.overview;
        it.verdicts = self.verdicts.into_iter().collect();
        it.states = self.states.into_iter().collect();
        let mut found: BTreeMap<SafeHarbor, u64> = BTreeMap::new();
        for (entity, (count, _)) in &self.entities {
            if let Some(category) = categories.get(entity) {
                *found.entry(*category).or_default() += count;
            }
        }
        let sources = |category: SafeHarbor| self.lettered.get(&category.letter()).copied().unwrap_or(0);
        let row = |(category, findings)| CategoryRow { category, findings, sources: sources(category) };
        it.categories = found.into_iter().map(row).collect();
        it.entities = self.entities.into_iter().map(|(entity, (count, _))| (entity, count)).collect();
        it.entities.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        it.reasons =
            self.reasons.into_iter().map(|(reason, sum)| NotRead { reason, sources: sum.0, parts: sum.1 }).collect();
        it.folders = self.folders.into_values().collect();
        let mut riskiest: Vec<Ranked> = self.riskiest.into_iter().map(|it| it.0).collect();
        riskiest.sort_by(|a, b| b.cmp(a));
        it.listed = riskiest.into_iter().map(|it| it.listed).collect();
        it
    }
}

fn listed(row: &SourceRow, risk: &Risk, path: String, categories: String) -> Listed {
    let counted = counts(row);
    let exposure = risk.inputs.iter().filter(|it| it.side == "likelihood" && counted);
    let mut advice: Vec<String> = risk.treatments.iter().map(|it| it.action.clone()).collect();
    advice.sort();
    advice.dedup();
    Listed {
        path,
        verdict: row.verdict,
        likelihood: if counted { risk.likelihood } else { 0 },
        impact: if counted { risk.impact } else { 0 },
        findings: row.findings,
        people: row.individuals.count,
        categories,
        exposure: exposure.map(|it| it.id.clone()).collect(),
        advice,
        state: state_of(&row.state),
        reason: row.reason.as_deref().and_then(Reason::from_id),
        format: row.format.clone(),
        bytes: row.bytes,
        modified: row.stat.map(|it| it.modified.div_euclid(1_000_000_000)),
        status: String::new(),
    }
}

/// Safe Harbor letters of what was found in a source.
fn letters(row: &SourceRow, categories: &Categories) -> String {
    let met: BTreeSet<char> = row.counts.keys().filter_map(|it| categories.get(it)).map(|it| it.letter()).collect();
    met.into_iter().collect()
}

fn state_of(id: &str) -> SourceState {
    let states = [SourceState::Complete, SourceState::Partial, SourceState::Failed, SourceState::Skipped];
    states.into_iter().find(|it| it.id() == id).unwrap_or(SourceState::Failed)
}

/// Of which Safe Harbor category each entity is.
fn categories(inventory: &Inventory) -> Result<Categories, Error> {
    let rows = inventory.categories()?;
    Ok(rows.into_iter().filter_map(|(entity, letter)| Some((entity, SafeHarbor::from_letter(&letter)?))).collect())
}

fn point(inventory: &Inventory, run: &Run) -> Result<RunPoint, Error> {
    let verdicts = inventory.run_counts(run.id, "verdict")?;
    let states = inventory.run_counts(run.id, "state")?;
    Ok(RunPoint {
        id: u64::try_from(run.id).unwrap_or(0),
        state: run.state.id().to_owned(),
        started: run.started_at,
        ended: run.ended_at,
        sources: run.sources,
        ephi: verdicts.get(Verdict::Ephi.id()).copied().unwrap_or(0),
        findings: run.findings,
        not_read: states.iter().filter(|it| it.0 != SourceState::Complete.id()).map(|it| it.1).sum(),
        people: run.ended_at.map(|_| run.individuals.count),
    })
}

fn unread(inventory: &Inventory, labels: &Labels, overview: &mut Overview) -> Result<(), Error> {
    let mut last = (0, String::new());
    let mut reasons: BTreeMap<Reason, (u64, u64)> = BTreeMap::new();
    let mut met = (0, Vec::new());
    inventory.each_unread(|row| {
        let Some(reason) = Reason::from_id(&row.reason) else { return Ok(()) };
        if met.0 != row.source {
            met = (row.source, Vec::new());
        }
        let sum = reasons.entry(reason).or_default();
        sum.1 += 1;
        if !met.1.contains(&reason) {
            met.1.push(reason);
            sum.0 += 1;
        }
        if overview.unread.len() < MOST_UNREAD {
            if last.0 != row.source {
                last = (row.source, inventory.path_of(row.source)?.map(|it| labels.path(&it).0).unwrap_or_default());
            }
            let place = super::place_in_words(&row.place);
            overview.unread.push(UnreadPart { path: last.1.clone(), place, reason, bytes: row.bytes });
        }
        Ok(())
    })?;
    // A source that was not opened has no part to tell why.
    for (reason, (sources, parts)) in reasons {
        match overview.reasons.iter_mut().find(|it| it.reason == reason) {
            Some(row) => (row.sources, row.parts) = (row.sources.max(sources), parts),
            None => overview.reasons.push(NotRead { reason, sources, parts }),
        }
    }
    overview.reasons.sort_by_key(|it| it.reason);
    let told: HashSet<String> = overview.unread.iter().map(|it| it.path.clone()).collect();
    for it in &overview.listed {
        if let (Some(reason), false) = (it.reason, told.contains(&it.path) || overview.unread.len() >= MOST_UNREAD) {
            let part = UnreadPart { path: it.path.clone(), place: String::new(), reason, bytes: Some(it.bytes) };
            overview.unread.push(part);
        }
    }
    Ok(())
}

fn register(inventory: &Inventory, labels: &Labels, overview: &mut Overview) -> Result<(), Error> {
    let mut statuses: HashMap<String, String> = HashMap::new();
    for (source, it) in inventory.treatments()? {
        let path = inventory.path_of(source)?.map(|it| labels.path(&it).0).unwrap_or_default();
        statuses.insert(path.clone(), it.status.clone());
        overview.register.push(Treated {
            path,
            status: it.status,
            owner: it.owner.unwrap_or_default(),
            due: it.due.unwrap_or_default(),
            note: it.note.unwrap_or_default(),
        });
    }
    for it in &mut overview.listed {
        if let Some(status) = statuses.get(&it.path) {
            it.status.clone_from(status);
        }
    }
    Ok(())
}
