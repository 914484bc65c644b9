//! What a source is, and why.

use super::SafeHarbor;

/// The verdict on one source. The wording is deliberate: no verdict says that a source is free of PHI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// An identifier of an individual and health context.
    Ephi,
    /// Identifiers of individuals, no health context.
    IdentifiersOnly,
    /// Only what 45 CFR 164.514(e) permits in a limited data set.
    LimitedDataSet,
    /// Health context, no listed identifier.
    HealthOnly,
    /// No listed identifier detected in the examined part.
    NoListedIdentifier,
    /// Not enough was read to say.
    Undetermined,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Verdict; 6] = [
        Verdict::Ephi,
        Verdict::IdentifiersOnly,
        Verdict::LimitedDataSet,
        Verdict::HealthOnly,
        Verdict::NoListedIdentifier,
        Verdict::Undetermined,
    ];

    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Ephi => "ephi",
            Verdict::IdentifiersOnly => "identifiers_only",
            Verdict::LimitedDataSet => "limited_data_set",
            Verdict::HealthOnly => "health_only",
            Verdict::NoListedIdentifier => "no_listed_identifier",
            Verdict::Undetermined => "undetermined",
        }
    }

    /// True for the verdicts that count as "found" in exit codes.
    pub fn is_found(self) -> bool {
        matches!(self, Verdict::Ephi | Verdict::IdentifiersOnly | Verdict::LimitedDataSet)
    }
}

/// One reason of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerdictReason {
    /// So many identifiers of that category.
    Category(SafeHarbor, u64),
    /// So much health evidence.
    Health(u64),
    /// All identifiers found are providers', not patients'.
    ProviderOnly,
    /// Only so many thousandths of the bytes were read.
    Coverage(u16),
}

impl VerdictReason {
    /// A stable text: `category:G=3`, `health=12`, `provider_only`, `coverage=0.250`.
    pub fn id(&self) -> String {
        match self {
            VerdictReason::Category(category, count) => format!("category:{}={count}", category.letter()),
            VerdictReason::Health(count) => format!("health={count}"),
            VerdictReason::ProviderOnly => "provider_only".into(),
            VerdictReason::Coverage(permille) => format!("coverage={:.3}", f64::from(*permille) / 1000.0),
        }
    }
}
