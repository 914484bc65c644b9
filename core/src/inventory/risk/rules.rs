//! The rules of exposure and risk, read from TOML.

use std::collections::BTreeMap;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::{Error, ErrorKind};

/// What counts how much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRules {
    pub(super) likelihood: BTreeMap<String, u8>,
    pub(super) impact: BTreeMap<String, u8>,
    pub(super) limits: Limits,
    pub(super) sensitive: Sensitive,
    #[serde(default)]
    location: Vec<Location>,
    #[serde(default)]
    pub(super) treatment: Vec<Treatment>,
    #[serde(skip)]
    globs: GlobSet,
    /// By glob: the location it is of.
    #[serde(skip)]
    locations: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub stale_days: i64,
    pub individuals_some: u64,
    pub individuals_many: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sensitive {
    pub entities: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Location {
    pub id: String,
    pub points: u8,
    globs: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Treatment {
    #[serde(rename = "for")]
    pub input: String,
    #[serde(rename = "do")]
    pub action: String,
    pub text: String,
}

/// Inputs that rules may give points to.
const INPUTS: [&str; 17] = [
    "acl",
    "duplicated",
    "ephi",
    "group_readable",
    "health_only",
    "identifiers_only",
    "individuals_many",
    "individuals_some",
    "limited_data_set",
    "no_listed_identifier",
    "sensitive",
    "set_id",
    "stale",
    "undetermined",
    "unencrypted",
    "world_readable",
    "world_writable",
];

impl RiskRules {
    /// The rules that come with the program, as TOML.
    pub const BUILTIN: &'static str = include_str!("rules.toml");

    /// The rules that come with the program.
    ///
    /// # Errors
    /// Never, unless the program was built of broken parts.
    pub fn builtin() -> Result<Self, Error> {
        Self::parse(Self::BUILTIN)
    }

    /// Rules of a user's own.
    ///
    /// # Errors
    /// Kind `Usage` where the text is no such TOML, or names an input or a treatment that does not exist.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |what: String| Error::new(ErrorKind::Usage, format!("risk rules: {what}"));
        let mut rules: RiskRules = toml::from_str(text).map_err(|error| wrong(error.message().to_owned()))?;
        for id in rules.likelihood.keys().chain(rules.impact.keys()) {
            if INPUTS.binary_search(&id.as_str()).is_err() {
                return Err(wrong(format!("there is no input {id:?}")));
            }
        }
        const ACTIONS: [&str; 5] = ["delete", "encrypt", "move", "redact", "restrict"];
        if let Some(other) = rules.treatment.iter().find(|it| !ACTIONS.contains(&it.action.as_str())) {
            return Err(wrong(format!("there is no treatment {:?}", other.action)));
        }
        let mut globs = GlobSetBuilder::new();
        for (number, location) in rules.location.iter().enumerate() {
            for glob in &location.globs {
                let built = GlobBuilder::new(glob).case_insensitive(true).build();
                globs.add(built.map_err(|_| wrong(format!("cannot understand the glob {glob:?}")))?);
                rules.locations.push(number);
            }
        }
        rules.globs = globs.build().map_err(|_| wrong("too many globs".into()))?;
        Ok(rules)
    }

    /// What the place of a file says.
    pub(super) fn location(&self, path: &Path) -> Option<&Location> {
        let first = self.globs.matches(path).into_iter().map(|glob| self.locations[glob]).min();
        first.map(|it| &self.location[it])
    }

    /// The class of the place of a file: `backup`, `log`, `temp` …
    pub fn location_of(&self, path: &Path) -> Option<&str> {
        self.location(path).map(|it| it.id.as_str())
    }
}
