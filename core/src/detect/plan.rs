//! What a label makes of a whole value, worked out before the first value is seen. Knows no text but the label's.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;
use std::rc::Rc;

use super::Detector;
use super::gate::{Gates, Kinds};
use super::health::Tally;
use super::label::Meaning;
use super::matcher::Run;
use super::nameless;
use super::ruleset::{Pattern, Ruleset};
use super::usual::{Look, Usual};
use super::validate::Validator;
use crate::model::{Detection, Evidence, Label, Role, StandardField, Text};

/// What a published test value scores at most.
pub const KNOWN_TEST: u16 = 550;
/// What a log's own timestamp scores.
pub const LOG_TIMESTAMP: u16 = 300;
/// What a value scores at most that only its field's standard explains.
const UNSHAPED: u16 = 860;
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
    /// It is a column's header that says nothing.
    pub is_nameless: bool,
    /// What a value is that has none of these shapes: a standard says what the field holds, whatever it looks like.
    pub unshaped: Option<Detection>,
    /// The kind of health evidence that any value is, where a standard says so.
    pub health: Option<usize>,
    /// What may become of a value, four rows a trial: by whether its validator refuses the value, and by whether the
    /// value is a published one.
    pub outcomes: Vec<Outcome>,
    /// What is done with the values of each outcome by those who only count.
    fates: Vec<Fate>,
    /// How the trials tell usual values.
    looks: Vec<Option<Look>>,
}

/// One pattern of a label, with all that is said of a value before it is seen.
#[derive(Debug)]
struct Trial {
    pattern: u16,
    look: Option<Look>,
    by_hand: Option<Run>,
    validator: Option<Validator>,
    known_test: Option<fn(&[u8]) -> bool>,
    /// Looked at before a regex runs.
    kinds: Option<Kinds>,
    /// Of the plan's outcomes, its first.
    first: usize,
    /// The scores of its outcomes.
    ranks: [u16; 4],
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The score by which it is the label's best; 0 where it is nothing.
    rank: u16,
    /// Says no place.
    pub detection: Detection,
    /// It becomes a candidate: an identifier, or health context that is asked for.
    pub is_reported: bool,
    /// Its kind of health evidence by number, where it is some.
    pub health: Option<usize>,
    /// Nothing inside the value can count more.
    pub is_sure: bool,
    /// The score reaches the threshold.
    pub reaches: bool,
    /// It is a person's name.
    pub is_name: bool,
    /// It is looked for elsewhere in its source.
    pub is_sought: bool,
    /// It is sure, and the value becomes one candidate at most.
    is_single: bool,
}

impl Plan {
    fn new(detector: &Detector, label: &Label) -> Plan {
        let rules = &detector.ruleset;
        let standard = label.standard.as_ref().and_then(|it| detector.fields.find(it, &label.hints));
        let meaning = standard.map_or_else(|| Meaning::of(rules, label), Meaning::of_standard);
        let wanted = meaning.patterns.iter().filter(|it| detector.wanted[usize::from(**it)]);
        let (mut trials, mut outcomes) = (Vec::new(), Vec::new());
        for &index in wanted {
            let mut rows = outcomes_of(rules, index, &meaning);
            for row in &mut rows {
                row.is_reported |= detector.options.health;
                row.reaches = row.detection.permille >= detector.options.min_permille;
                row.is_name = detector.names.as_ref().is_some_and(|it| it.is_person(row.detection.entity));
                row.is_sought = detector.sweep.establishes(&row.detection);
            }
            trials.push(Trial::new(rules.pattern(index), index, outcomes.len(), rows.map(|it| it.rank)));
            outcomes.extend(rows);
        }
        let gate = |trial: &Trial| rules.pattern(trial.pattern).gate();
        let gates = (trials.len() > 1).then(|| Box::new(Gates::new(trials.iter().map(gate))));
        let unshaped = standard.and_then(|_| unshaped(rules, &meaning, trials.first()?.pattern));
        let health = standard.and_then(|row| row.health);
        let fates = outcomes.iter().map(Fate::of).collect();
        // What an outcome of rank 0 is, is nothing.
        let looks = trials.iter().map(|it| it.look.filter(|_| it.ranks[0] > 0)).take(Gates::MOST).collect();
        let is_nameless = nameless::is_nameless(label);
        Plan { meaning, trials, gates, is_nameless, unshaped, health, outcomes, fates, looks }
    }

    /// What is done with the values of an outcome by those who only count.
    #[inline]
    pub fn fate(&self, outcome: usize) -> Fate {
        self.fates[outcome]
    }

    /// What a value in its usual form is by its label, as the index of an outcome: no trial before the one that tells
    /// it can accept the value.
    #[inline]
    pub fn usual(&self, value: &[u8]) -> Option<usize> {
        match self.looks.first().copied().flatten().and_then(|look| look(value)) {
            Some(Usual::Plain) => Some(0),
            first => self.usual_to_another(value, first),
        }
    }

    /// The same of a value of which the first trial says only that.
    #[inline(never)]
    fn usual_to_another(&self, value: &[u8], first: Option<Usual>) -> Option<usize> {
        // One by itself is tried sooner than looked at.
        let admitted = self.gates.as_deref().map_or(1, |gates| gates.admit(value));
        let trial = admitted.trailing_zeros() as usize;
        let told = if trial == 0 { first } else { (*self.looks.get(trial)?)?(value) };
        match told? {
            Usual::Plain => Some(trial * 4),
            Usual::KnownTest if admitted & (admitted - 1) == 0 && self.trials.len() <= Gates::MOST => {
                Some(trial * 4 + 1)
            }
            Usual::KnownTest => None,
        }
    }

    /// What the whole value at a place is by its label, as the index of an outcome: the first pattern that accepts it,
    /// else the likeliest of those that have its shape.
    #[inline]
    pub fn whole(&self, rules: &Ruleset, text: &[u8], place: Range<usize>) -> Option<usize> {
        if self.trials.is_empty() || place.is_empty() {
            return None;
        }
        let value = Value { text: &text[..place.end], at: place.start };
        // One by itself is tried sooner than looked at.
        let mut left = self.gates.as_deref().map_or(1, |gates| gates.admit(value.bytes()));
        let mut best = Best { outcome: 0, rank: 0 };
        while left != 0 {
            let Some(trial) = self.trials.get(left.trailing_zeros() as usize) else { break };
            left &= left - 1;
            if trial.settles(rules, value, &mut best) {
                return Some(best.outcome);
            }
        }
        if self.trials.len() > Gates::MOST {
            self.trials[Gates::MOST..].iter().find(|it| it.settles(rules, value, &mut best));
        }
        (best.rank > 0).then_some(best.outcome)
    }
}

/// What a field of known meaning holds that no pattern recognises.
fn unshaped(rules: &Ruleset, meaning: &Meaning, index: u16) -> Option<Detection> {
    let pattern = rules.pattern(index);
    let permille = pattern.label.min(UNSHAPED);
    pattern.health.is_none().then(|| Detection {
        entity: pattern.entity,
        pattern: index,
        start: 0,
        end: 0,
        permille,
        validated: None,
        role: if pattern.is_date { meaning.role } else { None },
        subject: meaning.subject.unwrap_or(pattern.subject),
        evidence: Evidence::LABEL,
        field: u32::MAX,
    })
}

/// What is done with a value by those who only count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is an identifier for sure: counted, and nothing more.
    Counted,
    /// It is none: health context that is not asked for.
    Unreported,
    /// It becomes a candidate, perhaps.
    Candidate,
}

impl Fate {
    fn of(outcome: &Outcome) -> Fate {
        match outcome {
            Outcome { is_single: true, is_reported: true, reaches: true, .. } => Fate::Counted,
            Outcome { is_sure: false, is_reported: false, .. } => Fate::Unreported,
            _ => Fate::Candidate,
        }
    }
}

/// The best that a value was found to be.
struct Best {
    outcome: usize,
    rank: u16,
}

/// A value that ends where its text does.
#[derive(Clone, Copy)]
struct Value<'a> {
    /// All before its end, so that matchers see nothing behind it.
    text: &'a [u8],
    /// Where it begins.
    at: usize,
}

impl<'a> Value<'a> {
    #[inline]
    fn bytes(self) -> &'a [u8] {
        &self.text[self.at..]
    }
}

impl Trial {
    fn new(pattern: &Pattern, index: u16, first: usize, ranks: [u16; 4]) -> Trial {
        Trial {
            pattern: index,
            look: pattern.look,
            by_hand: pattern.by_hand,
            validator: pattern.validator,
            known_test: pattern.known_test,
            kinds: pattern.by_hand.is_none().then(|| pattern.gate().kinds()),
            first,
            ranks,
        }
    }

    /// Takes the value as `best` where it is better than that; true where nothing else need be tried.
    #[inline]
    fn settles(&self, rules: &Ruleset, value: Value<'_>, best: &mut Best) -> bool {
        let told = match self.look.and_then(|look| look(value.bytes())) {
            Some(usual) => (false, usual == Usual::KnownTest),
            None => match self.examine(rules, value) {
                Some(told) => told,
                None => return false,
            },
        };
        let (refused, known_test) = told;
        if self.ranks[usize::from(refused) * 2] == 0 {
            return false;
        }
        let row = usize::from(refused) * 2 + usize::from(known_test);
        if self.ranks[row] > best.rank {
            *best = Best { outcome: self.first + row, rank: self.ranks[row] };
        }
        !refused && !known_test
    }

    /// Whether the validator refuses a value of the shape, and whether it is a published one.
    fn examine(&self, rules: &Ruleset, value: Value<'_>) -> Option<(bool, bool)> {
        let Value { text, at } = value;
        let end = match self.by_hand {
            Some(run) => run(text, at),
            None => self.regex_end(rules, value),
        };
        if end != Some(text.len()) {
            return None;
        }
        let refused = self.validator.is_some_and(|check| !check(value.bytes()));
        let known_test = self.known_test.is_some_and(|is_known_test| is_known_test(value.bytes()));
        Some((refused, known_test))
    }

    #[inline(never)]
    fn regex_end(&self, rules: &Ruleset, value: Value<'_>) -> Option<usize> {
        let Value { text, at } = value;
        if self.kinds.is_some_and(|kinds| !kinds.admit(value.bytes())) {
            return None;
        }
        rules.pattern(self.pattern).regex_at(text, at, text.len())
    }
}

/// The outcomes of a label's pattern.
fn outcomes_of(rules: &Ruleset, index: u16, meaning: &Meaning) -> [Outcome; 4] {
    let pattern = rules.pattern(index);
    let check = pattern.validator.map(|_| true);
    let checked = if check.is_some() { Evidence::CHECK } else { Evidence::default() };
    let passed = pattern.bare.max(pattern.cue).max(pattern.label);
    let clock = meaning.log_clock && rules.entity(pattern.entity).id == "date";
    let rows = [(passed, check, checked), (pattern.invalid, Some(false), Evidence::CHECK_FAILED)];
    [(rows[0], false), (rows[0], true), (rows[1], false), (rows[1], true)].map(|(row, known_test)| {
        let (permille, validated, evidence) = row;
        let outcome = Outcome::new(pattern, index, meaning, Told { permille, validated, evidence, known_test });
        if clock { outcome.of_a_clock() } else { outcome }
    })
}

/// What pattern, validator and lists of published values say of a value.
struct Told {
    permille: u16,
    validated: Option<bool>,
    evidence: Evidence,
    known_test: bool,
}

impl Outcome {
    fn new(pattern: &Pattern, index: u16, meaning: &Meaning, told: Told) -> Outcome {
        let against = meaning.against.contains(&index);
        let label = if meaning.sibling { Evidence::SIBLING } else { Evidence::LABEL };
        let mut evidence = told.evidence.with(label).with(Evidence::FORMAT);
        let mut permille = told.permille;
        if against {
            permille = permille * 3 / 10;
            evidence = evidence.with(Evidence::VETO);
        }
        if told.known_test {
            permille = permille.min(KNOWN_TEST);
            evidence = evidence.with(Evidence::KNOWN_TEST);
        }
        let detection = Detection {
            entity: pattern.entity,
            pattern: index,
            start: 0,
            end: 0,
            permille,
            validated: if told.known_test { Some(false) } else { told.validated },
            role: if pattern.is_date { meaning.role } else { None },
            subject: meaning.subject.unwrap_or(pattern.subject),
            evidence,
            field: u32::MAX,
        };
        Outcome {
            rank: permille,
            detection,
            is_reported: pattern.health.is_none(),
            health: pattern.health.filter(|_| permille >= 500).and_then(Tally::number),
            is_sure: pattern.health.is_none() && permille >= 500,
            reaches: false,
            is_name: false,
            is_sought: false,
            is_single: pattern.health.is_none() && permille >= 500 && pattern.contains.is_none(),
        }
    }

    /// The same of a log's own timestamp.
    fn of_a_clock(mut self) -> Outcome {
        let it = &mut self.detection;
        it.permille = LOG_TIMESTAMP;
        it.role = Some(Role::LogTimestamp);
        it.evidence = it.evidence.with(Evidence::LOG_POSITION);
        (self.is_sure, self.is_single) = (false, false);
        self
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
    standard: Option<StandardField>,
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
        hasher.write_u8(0xff);
        label.standard.as_ref().inspect(|it| hasher.write(&it.key));
        let key = hasher.finish();
        match self.by_label.get(&key) {
            Some(it) if it.name == label.name && it.hints == label.hints && it.standard == label.standard => {
                it.plan.clone()
            }
            _ => {
                let plan = Rc::new(Plan::new(detector, label));
                let (name, hints, standard) = (label.name.clone(), label.hints.clone(), label.standard.clone());
                self.by_label.insert(key, Remembered { name, hints, standard, plan: plan.clone() });
                plan
            }
        }
    }
}
