//! Counts of one source in, HIPAA verdict out. Pure: sees counts and coverage, never text.

mod rules;

use std::collections::BTreeMap;

use crate::detect::{Entity, HealthTally, Ruleset};
use crate::model::{Detection, EntityId, Reason, ReasonClass, Role, SafeHarbor, Subject, Verdict, VerdictReason};

/// Below this score, in thousandths, a detection is shown where asked for but never decides a verdict.
pub const DECIDING_PERMILLE: u16 = 500;

/// What was counted in one source.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    shown: Vec<u64>,
    deciding: Vec<[u64; 4]>,
    /// Health evidence by kind.
    pub health: HealthTally,
}

/// How much of a source was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// On-disk bytes of the source.
    pub bytes: u64,
    /// On-disk bytes examined.
    pub examined: u64,
    /// True where a part was not read for a reason of the failure class.
    pub failures: bool,
}

impl Tally {
    /// An empty tally with room for the entities of a ruleset.
    pub fn new(ruleset: &Ruleset) -> Self {
        let entities = ruleset.entities().len();
        Tally { shown: vec![0; entities], deciding: vec![[0; 4]; entities], health: HealthTally::default() }
    }

    /// Counts so many detections of one kind.
    pub fn add(&mut self, detection: &Detection, count: u64) {
        let entity = usize::from(detection.entity.0);
        self.shown[entity] += count;
        // A log's own clock says nothing of an individual.
        if detection.permille >= DECIDING_PERMILLE && detection.role != Some(Role::LogTimestamp) {
            self.deciding[entity][detection.subject as usize] += count;
        }
    }

    /// Adds the health evidence of a block.
    pub fn add_health(&mut self, health: &HealthTally) {
        for (sum, count) in self.health.0.iter_mut().zip(health.0) {
            *sum += count;
        }
    }

    /// Detections by entity, those that occur.
    pub fn counts(&self) -> BTreeMap<EntityId, u64> {
        let occurring = self.shown.iter().enumerate().filter(|(_, count)| **count > 0);
        occurring.map(|(entity, count)| (EntityId(entity as u16), *count)).collect()
    }

    /// Detections in all.
    pub fn total(&self) -> u64 {
        self.shown.iter().sum()
    }

    fn by_subject<'a>(&'a self, ruleset: &'a Ruleset) -> impl Iterator<Item = (&'a Entity, Subject, u64)> {
        const SUBJECTS: [Subject; 4] = [Subject::Unknown, Subject::Patient, Subject::Relative, Subject::Provider];
        self.deciding.iter().zip(ruleset.entities()).flat_map(|(counts, entity)| {
            SUBJECTS.into_iter().map(move |subject| (entity, subject, counts[subject as usize]))
        })
    }
}

impl Coverage {
    /// Notes a reason for which something was not read.
    pub fn note(&mut self, reason: Reason) {
        self.failures |= reason.class() == ReasonClass::Failure;
    }

    /// Examined share of the bytes, in thousandths. An empty source is wholly read.
    pub fn permille(&self) -> u16 {
        if self.bytes == 0 || self.examined >= self.bytes {
            return 1000;
        }
        // Rounded down: 1000 is said only where everything was read.
        (u128::from(self.examined) * 1000 / u128::from(self.bytes)) as u16
    }
}

/// The verdict on a source, and why.
pub fn classify(tally: &Tally, ruleset: &Ruleset, coverage: Coverage) -> (Verdict, Vec<VerdictReason>) {
    let facts = rules::Facts::gather(tally, ruleset, coverage);
    let verdict = rules::RULES.iter().find_map(|rule| rule(&facts)).unwrap_or(Verdict::NoListedIdentifier);
    (verdict, reasons(&facts))
}

fn reasons(facts: &rules::Facts) -> Vec<VerdictReason> {
    let mut reasons = Vec::new();
    for category in SafeHarbor::ALL {
        if let Some(&count) = facts.categories.get(&category) {
            reasons.push(VerdictReason::Category(category, count));
        }
    }
    if facts.health > 0 {
        reasons.push(VerdictReason::Health(facts.health));
    }
    if facts.provider_only {
        reasons.push(VerdictReason::ProviderOnly);
    }
    if facts.coverage.permille() < 1000 {
        reasons.push(VerdictReason::Coverage(facts.coverage.permille()));
    }
    reasons
}
