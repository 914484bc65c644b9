//! Detector options from what users write: a score and names of entities.

use super::{DetectorOptions, Ruleset};
use crate::model::EntityId;
use crate::{Error, ErrorKind};

impl DetectorOptions {
    /// Options that report scores from `min_score` (0 to 1) and only, or not, the entities of those names.
    ///
    /// # Errors
    /// Kind `Usage` where a name is no entity's or the score is out of range.
    pub fn named(ruleset: &Ruleset, min_score: f64, only: &[String], skip: &[String]) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&min_score) {
            return Err(Error::new(ErrorKind::Usage, format!("read the lowest score {min_score}: not from 0 to 1")));
        }
        Ok(DetectorOptions {
            min_permille: (min_score * 1000.0).round() as u16,
            only: ids(ruleset, only)?,
            skip: ids(ruleset, skip)?,
            ..DetectorOptions::default()
        })
    }
}

fn ids(ruleset: &Ruleset, names: &[String]) -> Result<Vec<EntityId>, Error> {
    let unknown = |name: &str| Error::new(ErrorKind::Usage, format!("find entity `{name}`: no pattern reports it"));
    names.iter().map(|name| ruleset.entity_id(name).ok_or_else(|| unknown(name))).collect()
}
