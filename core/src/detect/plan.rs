//! What a label makes of a whole value, worked out before the first value is seen. Knows no text but the label's.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

use super::Detector;
use super::gate::Gates;
use super::label::Meaning;
use super::matcher::Run;
use super::ruleset::{Pattern, Ruleset};
use super::validate::Validator;
use crate::model::{Detection, EntityId, Evidence, Label, Role, Text};

/// What a published test value scores at most.
pub const KNOWN_TEST: u16 = 550;
/// What a log's own timestamp scores.
pub const LOG_TIMESTAMP: u16 = 300;
/// Labels remembered at most, by thread.
const MOST_PLANS: usize = 512;

/// A label's meaning and what follows from it for a whole value.
#[derive(Debug, Default)]
pub struct Plan {
    /// What the label says.
    pub meaning: Meaning,
    /// The label's patterns that are looked for, in its order.
    trials: Vec<Trial>,
    gates: Option<Box<Gates>>,
    /// What is the log's own clock here: dates, where the label says so.
    clock: Option<EntityId>,
}

/// One pattern of a label, with all that is said of a value before it is seen.
#[derive(Debug)]
struct Trial {
    pattern: u16,
    by_hand: Option<Run>,
    validator: Option<Validator>,
    known_test: Option<fn(&[u8]) -> bool>,
    /// A value that the validator accepts, or that there is none for.
    passed: Detection,
    /// One that it refuses. Without a score it is nothing.
    failed: Detection,
}

impl Plan {
    fn new(detector: &Detector, label: &Label) -> Plan {
        let rules = &detector.ruleset;
        let meaning = Meaning::of(rules, label);
        let wanted = meaning.patterns.iter().filter(|it| detector.wanted[usize::from(**it)]);
        let trials: Vec<Trial> = wanted.map(|it| Trial::new(rules.pattern(*it), *it, &meaning)).collect();
        let gate = |trial: &Trial| rules.pattern(trial.pattern).gate();
        let gates = (!trials.is_empty()).then(|| Box::new(Gates::new(trials.iter().map(gate))));
        let clock = if meaning.log_clock { rules.entity_id("date") } else { None };
        Plan { meaning, trials, gates, clock }
    }

    /// What a whole value is by its label: the first pattern that accepts it, else the likeliest of those that have its
    /// shape. Start and end are the caller's to say.
    #[inline]
    pub fn whole(&self, rules: &Ruleset, value: Value<'_>) -> Option<Detection> {
        let mut best = self.likeliest(rules, value)?;
        if self.clock == Some(best.entity) {
            best.permille = LOG_TIMESTAMP;
            best.role = Some(Role::LogTimestamp);
            best.evidence = best.evidence.with(Evidence::LOG_POSITION);
        }
        Some(best)
    }

    #[inline]
    fn likeliest(&self, rules: &Ruleset, value: Value<'_>) -> Option<Detection> {
        let mut left = self.gates.as_deref()?.admit(value.bytes());
        let mut best: Option<Detection> = None;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            let Some(trial) = self.trials.get(index) else { break };
            if trial.settles(rules, value, &mut best) {
                return best;
            }
        }
        for trial in self.trials.iter().skip(Gates::MOST) {
            if trial.settles(rules, value, &mut best) {
                break;
            }
        }
        best
    }
}

/// A value that ends where its text does.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    /// All before its end, so that matchers see nothing behind it.
    pub text: &'a [u8],
    /// Where it begins.
    pub at: usize,
}

impl<'a> Value<'a> {
    #[inline]
    fn bytes(self) -> &'a [u8] {
        &self.text[self.at..]
    }
}

impl Trial {
    fn new(pattern: &Pattern, index: u16, meaning: &Meaning) -> Trial {
        let against = meaning.against.contains(&index);
        let told = if meaning.sibling { Evidence::SIBLING } else { Evidence::LABEL };
        let veto = if against { Evidence::VETO } else { Evidence::default() };
        let outcome = |permille: u16, validated: Option<bool>, evidence: Evidence| Detection {
            entity: pattern.entity,
            pattern: index,
            start: 0,
            end: 0,
            permille: if against { permille * 3 / 10 } else { permille },
            validated,
            role: if pattern.is_date { meaning.role } else { None },
            subject: meaning.subject.unwrap_or(pattern.subject),
            evidence: told.with(evidence).with(veto).with(Evidence::FORMAT),
            field: u32::MAX,
        };
        let check = pattern.validator.map(|_| true);
        let checked = if check.is_some() { Evidence::CHECK } else { Evidence::default() };
        Trial {
            pattern: index,
            by_hand: pattern.by_hand,
            validator: pattern.validator,
            known_test: pattern.known_test,
            passed: outcome(pattern.bare.max(pattern.cue).max(pattern.label), check, checked),
            failed: outcome(pattern.invalid, Some(false), Evidence::CHECK_FAILED),
        }
    }

    /// Takes the value as `best` where it is better than that; true where nothing else need be tried.
    #[inline]
    fn settles(&self, rules: &Ruleset, value: Value<'_>, best: &mut Option<Detection>) -> bool {
        let Value { text, at } = value;
        let end = match self.by_hand {
            Some(run) => run(text, at),
            None => rules.pattern(self.pattern).regex_at(text, at, text.len()),
        };
        if end != Some(text.len()) {
            return false;
        }
        let valid = self.validator.is_none_or(|check| check(value.bytes()));
        let mut found = if valid { self.passed } else { self.failed };
        if found.permille == 0 {
            return false;
        }
        if self.known_test.is_some_and(|is_known_test| is_known_test(value.bytes())) {
            found.permille = found.permille.min(KNOWN_TEST);
            found.evidence = found.evidence.with(Evidence::KNOWN_TEST);
            found.validated = Some(false);
        }
        if best.is_none_or(|it| found.permille > it.permille) {
            *best = Some(found);
        }
        found.validated != Some(false)
    }
}

/// The plans of one thread, by label: the blocks of a table and the records of a stream share theirs.
#[derive(Default)]
pub struct Plans {
    detector: u64,
    by_label: HashMap<u64, Remembered>,
}

struct Remembered {
    name: Text,
    hints: Text,
    plan: Rc<Plan>,
}

impl Plans {
    /// The plan of a label.
    pub fn of(&mut self, detector: &Detector, label: &Label) -> Rc<Plan> {
        if self.detector != detector.number || self.by_label.len() >= MOST_PLANS {
            self.by_label.clear();
            self.detector = detector.number;
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(&label.name);
        hasher.write_u8(0xff);
        hasher.write(&label.hints);
        let key = hasher.finish();
        match self.by_label.get(&key) {
            Some(it) if it.name == label.name && it.hints == label.hints => it.plan.clone(),
            _ => {
                let plan = Rc::new(Plan::new(detector, label));
                let (name, hints) = (label.name.clone(), label.hints.clone());
                self.by_label.insert(key, Remembered { name, hints, plan: plan.clone() });
                plan
            }
        }
    }
}
