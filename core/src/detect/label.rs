//! What a field's name says of its values: `patient.birthDate`, `pt_mrn`, `identifier.value` with its siblings.

use super::ruleset::Ruleset;
use super::ruleset::cues::Cue;
use super::ruleset::standards::Row;
use super::words::{split, word_hash};
use crate::model::{Label, Role, Subject};

/// The meaning of a label. Without patterns it means nothing to the detector.
#[derive(Clone, Debug, Default)]
pub struct Meaning {
    /// Patterns it names, the likeliest first.
    pub patterns: Vec<u16>,
    /// Patterns it speaks against.
    pub against: Vec<u16>,
    /// The role it gives.
    pub role: Option<Role>,
    /// Whose it is.
    pub subject: Option<Subject>,
    /// It is a log's clock.
    pub log_clock: bool,
    /// Sibling members, not the name, told it.
    pub sibling: bool,
}

impl Meaning {
    /// The meaning of a label.
    pub fn of(rules: &Ruleset, label: &Label) -> Meaning {
        let mut meaning = Meaning::default();
        if let Some(cue) = told_by(rules, &label.hints) {
            meaning.sibling = meaning.add(cue, true);
        }
        let places = split(&label.name);
        let words: Vec<u64> = places.iter().rev().map(|&(start, end)| word_hash(&label.name, start, end)).collect();
        let opens: Vec<bool> =
            places.iter().rev().map(|&(start, _)| start == 0 || label.name[start - 1] == b'.').collect();
        meaning.read(rules, &words, &opens);
        meaning
    }

    /// The meaning of a standard's field, by its table.
    pub fn of_standard(row: &Row) -> Meaning {
        let patterns = row.patterns.clone();
        Meaning { patterns, role: row.role, subject: row.subject, ..Meaning::default() }
    }

    /// Reads a label's words, the last first; `opens` tells which of them begin a key of the path.
    fn read(&mut self, rules: &Ruleset, words: &[u64], opens: &[bool]) {
        let mut index = 0;
        let mut named = self.sibling;
        let mut skipped = 0;
        while index < words.len() && index < 8 {
            let Some((cue, len)) = rules.cues.ending_in(&words[index..]) else {
                if !named && skipped == 1 || named && index > 4 {
                    return;
                }
                skipped += 1;
                index += 1;
                continue;
            };
            index += len;
            // `file_name` names a file, `resource.name.family` a person: the phrase is whole keys there.
            let whole_keys = len > 1 && opens[index - 1];
            let compound = !whole_keys && index < words.len() && rules.cues.ending_in(&words[index..]).is_none();
            let direct = !named && skipped == 0;
            if direct && self.add(cue, !compound) {
                named = true;
            } else {
                self.role = self.role.or(cue.role);
                self.subject = self.subject.or(cue.subject);
                self.log_clock |= direct && cue.log_clock;
                if !named && !cue.filler && cue.subject.is_none() && cue.role.is_none() {
                    skipped += 1;
                }
            }
        }
    }

    /// Takes a phrase's patterns; false where it names none.
    fn add(&mut self, cue: &Cue, label_patterns: bool) -> bool {
        self.role = self.role.or(cue.role);
        self.subject = self.subject.or(cue.subject);
        self.log_clock |= cue.log_clock;
        self.against.extend(&cue.against);
        let only: &[u16] = if label_patterns { &cue.label_patterns } else { &[] };
        if self.patterns.is_empty() {
            self.patterns.extend(cue.patterns.iter().chain(only));
        }
        !cue.patterns.is_empty() || !only.is_empty()
    }
}

/// The phrase among sibling values that says most: the longest that names a pattern, then the first. Of a URL only the
/// last part counts.
fn told_by<'r>(rules: &'r Ruleset, hints: &[u8]) -> Option<&'r Cue> {
    let mut best: Option<(&Cue, usize)> = None;
    for hint in phrases(hints) {
        let words = hashes(hint);
        for index in 0..words.len() {
            // Hints are read forward phrase by phrase; the table wants the last word first.
            let reversed: Vec<u64> = words[..=index].iter().rev().copied().collect();
            let Some((cue, len)) = rules.cues.ending_in(&reversed) else { continue };
            let names = !cue.patterns.is_empty() || !cue.label_patterns.is_empty();
            if names && best.is_none_or(|it| len > it.1) {
                best = Some((cue, len));
            }
        }
    }
    best.map(|it| it.0)
}

/// Hints with URLs cut to their last part; words between URLs stay together.
fn phrases(hints: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = hints;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memmem::find(rest, b"://").map_or(rest.len(), |it| it);
        if end == rest.len() {
            return Some(std::mem::take(&mut rest));
        }
        let stop = rest[end..].iter().position(|it| *it == b' ').map_or(rest.len(), |it| end + it);
        let start = rest[..end].iter().rposition(|it| *it == b' ').map_or(0, |it| it + 1);
        if start > 0 {
            let before = &rest[..start];
            rest = &rest[start..];
            return Some(before);
        }
        let url = &rest[..stop];
        rest = &rest[stop..];
        Some(url.rsplit(|it| *it == b'/').next().unwrap_or(url))
    })
}

fn hashes(text: &[u8]) -> Vec<u64> {
    split(text).iter().map(|&(start, end)| word_hash(text, start, end)).collect()
}
