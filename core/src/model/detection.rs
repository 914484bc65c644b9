//! What the detector says of a piece of text.

use std::fmt;
use std::ops::Range;

/// Index of an entity in the ruleset that made the detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub u16);

/// An identifier found. Holds no text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// What it is; `Ruleset::entity` names it.
    pub entity: EntityId,
    /// Index of the pattern that found it, in the ruleset.
    pub pattern: u16,
    /// First byte in the segment's text.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
    /// Probability that the value is what it is called, in thousandths.
    pub permille: u16,
    /// `Some(true)` where a validator accepted it, `Some(false)` where it refused, `None` where there is none.
    pub validated: Option<bool>,
    /// What a cue says the value is for.
    pub role: Option<Role>,
    /// Whose it is.
    pub subject: Subject,
    /// Why it counts.
    pub evidence: Evidence,
    /// Index of the field in the segment, or `u32::MAX`.
    pub field: u32,
}

impl Detection {
    /// The score, 0 to 1.
    pub fn score(&self) -> f32 {
        f32::from(self.permille) / 1000.0
    }

    /// The score's band.
    pub fn band(&self) -> Band {
        Band::of(self.permille)
    }

    /// The bytes in the segment's text.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// low < 0.5 ≤ medium < 0.85 ≤ high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Below 0.5.
    Low,
    /// From 0.5.
    Medium,
    /// From 0.85.
    High,
}

impl Band {
    /// The band of a score in thousandths.
    pub fn of(permille: u16) -> Self {
        match permille {
            850.. => Band::High,
            500.. => Band::Medium,
            _ => Band::Low,
        }
    }

    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Band::Low => "low",
            Band::Medium => "medium",
            Band::High => "high",
        }
    }
}

/// What a date (or an id) is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Role {
    Birth,
    Death,
    Admission,
    Discharge,
    Service,
    LogTimestamp,
}

impl Role {
    /// Every role with its stable name.
    pub const ALL: [(Role, &'static str); 6] = [
        (Role::Birth, "birth"),
        (Role::Death, "death"),
        (Role::Admission, "admission"),
        (Role::Discharge, "discharge"),
        (Role::Service, "service"),
        (Role::LogTimestamp, "log_timestamp"),
    ];

    /// Its stable name.
    pub fn id(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The role of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == id).map(|row| row.0)
    }
}

/// Whose identifier it is, where that can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Subject {
    #[default]
    Unknown,
    Patient,
    Relative,
    Provider,
}

impl Subject {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            Subject::Unknown => "unknown",
            Subject::Patient => "patient",
            Subject::Relative => "relative",
            Subject::Provider => "provider",
        }
    }

    /// The subject of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        [Subject::Unknown, Subject::Patient, Subject::Relative, Subject::Provider].into_iter().find(|it| it.id() == id)
    }
}

/// A set of reasons from a closed list; never words of the input.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Evidence(pub u16);

impl Evidence {
    /// The shape alone.
    pub const FORMAT: Evidence = Evidence(1);
    /// A check digit or range rule of the identifier holds.
    pub const CHECK: Evidence = Evidence(1 << 1);
    /// A cue word before the value.
    pub const CUE: Evidence = Evidence(1 << 2);
    /// A cue word behind the value.
    pub const CUE_AFTER: Evidence = Evidence(1 << 3);
    /// A label (`key=value`, JSON key, column header) names it.
    pub const LABEL: Evidence = Evidence(1 << 4);
    /// A sibling member (`type`, `system`, …) names it.
    pub const SIBLING: Evidence = Evidence(1 << 5);
    /// Most values of its column are valid.
    pub const COLUMN_VOTE: Evidence = Evidence(1 << 6);
    /// A published test or sample value.
    pub const KNOWN_TEST: Evidence = Evidence(1 << 7);
    /// The same value was established elsewhere in the source.
    pub const KNOWN_VALUE: Evidence = Evidence(1 << 8);
    /// It stands where a log line has its own timestamp.
    pub const LOG_POSITION: Evidence = Evidence(1 << 9);
    /// The validator of the labelled kind refuses it.
    pub const CHECK_FAILED: Evidence = Evidence(1 << 10);
    /// A cue speaks against it.
    pub const VETO: Evidence = Evidence(1 << 11);
    /// The model of names and places says so.
    pub const MODEL: Evidence = Evidence(1 << 12);
    /// A list of known values has it (exact data match).
    pub const EDM: Evidence = Evidence(1 << 13);

    /// True where all of `other` is in the set.
    pub fn has(self, other: Evidence) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    #[must_use]
    pub fn with(self, other: Evidence) -> Evidence {
        Evidence(self.0 | other.0)
    }

    /// The stable ids, `entity` standing in those that name one: `format`, `check:us_npi`, `cue:mrn`, `column:vote`.
    pub fn ids(self, entity: &str) -> Vec<String> {
        const ROWS: [(Evidence, &str, bool); 14] = [
            (Evidence::FORMAT, "format", false),
            (Evidence::CHECK, "check", true),
            (Evidence::CUE, "cue", true),
            (Evidence::CUE_AFTER, "cue_after", true),
            (Evidence::LABEL, "label", true),
            (Evidence::SIBLING, "sibling", true),
            (Evidence::COLUMN_VOTE, "column:vote", false),
            (Evidence::KNOWN_TEST, "known_test", false),
            (Evidence::KNOWN_VALUE, "known_value", false),
            (Evidence::LOG_POSITION, "log_position", false),
            (Evidence::CHECK_FAILED, "check_failed", true),
            (Evidence::VETO, "veto", false),
            (Evidence::MODEL, "model", true),
            (Evidence::EDM, "edm", false),
        ];
        let named = |&(_, id, names): &(Evidence, &str, bool)| if names { format!("{id}:{entity}") } else { id.into() };
        ROWS.iter().filter(|row| self.has(row.0)).map(named).collect()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.ids("*")).finish()
    }
}
