//! The rules that make a verdict, one function each, tried in order. Never sees text.

use std::collections::BTreeMap;

use super::{Coverage, Tally};
use crate::detect::{Entity, Ruleset};
use crate::model::{SafeHarbor, Subject, Verdict};

/// What the rules look at.
pub(super) struct Facts {
    /// Identifiers that may be an individual's, by category.
    pub categories: BTreeMap<SafeHarbor, u64>,
    /// Health evidence in all.
    pub health: u64,
    /// True where the evidence is enough to speak of health context.
    pub health_context: bool,
    /// True where identifiers were found and all of them are providers'.
    pub provider_only: bool,
    /// True where a limited data set may keep every identifier found.
    pub all_permitted: bool,
    /// How much was read.
    pub coverage: Coverage,
}

/// A rule answers or passes on.
pub(super) type Rule = fn(&Facts) -> Option<Verdict>;

/// In order of precedence.
pub(super) const RULES: &[Rule] =
    &[limited_data_set, ephi, identifiers_only, undetermined, health_only, no_listed_identifier];

/// Kinds of health evidence that need company: such words occur outside of medicine too.
const WEAK_KINDS: [&str; 5] = ["anatomy", "device", "other", "section", "specialty"];

impl Facts {
    pub(super) fn gather(tally: &Tally, ruleset: &Ruleset, coverage: Coverage) -> Self {
        let (mut categories, mut providers, mut all_permitted) = (BTreeMap::new(), 0, true);
        for (entity, subject, count) in tally.by_subject(ruleset).filter(|it| it.2 > 0) {
            let Some(category) = entity.category else { continue };
            if is_providers(entity, subject) {
                providers += count;
                continue;
            }
            *categories.entry(category).or_default() += count;
            all_permitted &= entity.limited_data_set;
        }
        let by_kind = tally.health.by_kind();
        let weak: u64 = WEAK_KINDS.iter().filter_map(|kind| by_kind.get(kind)).sum();
        let health = by_kind.values().sum();
        Facts {
            provider_only: categories.is_empty() && providers > 0,
            categories,
            health,
            health_context: health > weak || weak >= 2,
            all_permitted,
            coverage,
        }
    }

    fn nothing_found(&self) -> bool {
        self.categories.is_empty()
    }
}

/// NPI and DEA numbers name providers; so does what a cue gives to one. 45 CFR 164.514(b)(2)(i) speaks of the
/// individual, relatives, employers and household members.
fn is_providers(entity: &Entity, subject: Subject) -> bool {
    match subject {
        Subject::Provider => true,
        Subject::Unknown => matches!(entity.id.as_str(), "us_npi" | "us_dea"),
        Subject::Patient | Subject::Relative => false,
    }
}

/// 45 CFR 164.514(e)(2): nothing but what a limited data set may keep (dates, ages, town, State, ZIP code).
fn limited_data_set(facts: &Facts) -> Option<Verdict> {
    (!facts.nothing_found() && facts.all_permitted).then_some(Verdict::LimitedDataSet)
}

/// 45 CFR 160.103: health information that identifies an individual.
fn ephi(facts: &Facts) -> Option<Verdict> {
    (!facts.nothing_found() && facts.health_context).then_some(Verdict::Ephi)
}

fn identifiers_only(facts: &Facts) -> Option<Verdict> {
    (!facts.nothing_found()).then_some(Verdict::IdentifiersOnly)
}

/// What was not read may hold anything.
fn undetermined(facts: &Facts) -> Option<Verdict> {
    let too_little = facts.coverage.failures || facts.coverage.permille() < 500;
    too_little.then_some(Verdict::Undetermined)
}

fn health_only(facts: &Facts) -> Option<Verdict> {
    facts.health_context.then_some(Verdict::HealthOnly)
}

fn no_listed_identifier(_: &Facts) -> Option<Verdict> {
    Some(Verdict::NoListedIdentifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(categories: &[SafeHarbor], health: u64) -> Facts {
        Facts {
            categories: categories.iter().map(|it| (*it, 1)).collect(),
            health,
            health_context: health > 0,
            provider_only: false,
            all_permitted: false,
            coverage: Coverage { bytes: 100, examined: 100, failures: false },
        }
    }

    fn verdict(facts: &Facts) -> Verdict {
        RULES.iter().find_map(|rule| rule(facts)).unwrap()
    }

    #[test]
    fn identifiers_and_health_make_ephi() {
        assert_eq!(verdict(&facts(&[SafeHarbor::G], 3)), Verdict::Ephi);
        assert_eq!(verdict(&facts(&[SafeHarbor::G], 0)), Verdict::IdentifiersOnly);
        assert_eq!(verdict(&facts(&[], 3)), Verdict::HealthOnly);
        assert_eq!(verdict(&facts(&[], 0)), Verdict::NoListedIdentifier);
    }

    #[test]
    fn dates_and_zip_codes_alone_make_a_limited_data_set() {
        let facts = Facts { all_permitted: true, ..facts(&[SafeHarbor::B, SafeHarbor::C], 5) };
        assert_eq!(verdict(&facts), Verdict::LimitedDataSet);
    }

    #[test]
    fn unread_parts_make_nothing_found_undetermined() {
        let unread = Coverage { bytes: 100, examined: 90, failures: true };
        assert_eq!(verdict(&Facts { coverage: unread, ..facts(&[], 4) }), Verdict::Undetermined);
        assert_eq!(verdict(&Facts { coverage: unread, ..facts(&[SafeHarbor::G], 4) }), Verdict::Ephi);
        let little = Coverage { bytes: 100, examined: 49, failures: false };
        assert_eq!(verdict(&Facts { coverage: little, ..facts(&[], 0) }), Verdict::Undetermined);
    }

    #[test]
    fn coverage_rounds_down() {
        assert_eq!(Coverage { bytes: 10_000, examined: 9_999, failures: false }.permille(), 999);
        assert_eq!(Coverage::default().permille(), 1000);
    }

    #[test]
    fn npi_is_the_providers_unless_said_otherwise() {
        let npi =
            Entity { id: "us_npi".into(), name: String::new(), category: Some(SafeHarbor::K), limited_data_set: false };
        assert!(is_providers(&npi, Subject::Unknown));
        assert!(!is_providers(&npi, Subject::Patient));
        let name = Entity { id: "person_name".into(), ..npi };
        assert!(is_providers(&name, Subject::Provider));
        assert!(!is_providers(&name, Subject::Unknown));
    }
}
