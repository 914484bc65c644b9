//! What stands in a value's place: one strategy per file, one row each.

mod drop;
mod label;
mod mask;

use std::fmt;

use super::RedactOptions;
use crate::detect::Entity;

/// Appends what stands in the place of a value.
pub(super) type Write = fn(value: &[u8], entity: &Entity, options: &RedactOptions, out: &mut Vec<u8>);

/// A way to take a value out.
pub struct Strategy {
    /// Its name.
    pub id: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    pub(super) write: Write,
}

/// Every strategy; the first is the default.
pub const STRATEGIES: &[Strategy] = &[
    Strategy { id: "label", about: "the identifier's name: [us_ssn]", write: label::write },
    Strategy { id: "mask", about: "asterisks for letters and digits: ***-**-****", write: mask::write },
    Strategy { id: "drop", about: "nothing", write: drop::write },
];

/// The strategy of that name.
pub fn strategy(id: &str) -> Option<&'static Strategy> {
    STRATEGIES.iter().find(|strategy| strategy.id == id)
}

impl fmt::Debug for Strategy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.id)
    }
}
