//! Redaction options from what users write: the name of a strategy.

use super::{RedactOptions, strategy};
use crate::{Error, ErrorKind};

impl RedactOptions {
    /// Options with the strategy of that name.
    ///
    /// # Errors
    /// Kind `Usage` where there is no such strategy.
    pub fn named(name: &str) -> Result<Self, Error> {
        let unknown = || Error::new(ErrorKind::Usage, format!("redact with strategy `{name}`: there is none"));
        Ok(RedactOptions { strategy: strategy(name).ok_or_else(unknown)?, ..RedactOptions::default() })
    }
}
