//! An invented person.

use super::dice::Dice;
use super::names::{FAMILY, GIVEN, STREETS, TOWNS};
use super::values;

/// All that a record may say of somebody.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Person {
    pub given: &'static str,
    pub family: &'static str,
    pub mrn: String,
    pub born: String,
    pub ssn: String,
    pub phone: String,
    pub email: String,
    pub street: String,
    pub city: &'static str,
    pub state: &'static str,
    pub zip: &'static str,
}

impl Person {
    /// Somebody new.
    pub fn new(dice: &mut Dice) -> Self {
        let (given, family) = (dice.pick(GIVEN), dice.pick(FAMILY));
        let (city, state, zip) = dice.pick(TOWNS);
        let domain = dice.pick(&["example.org", "example.com", "example.net"]);
        let number = dice.below(100);
        Person {
            given,
            family,
            mrn: dice.within(10_000_000, 99_999_999).to_string(),
            born: values::date(dice, 1930, 2015),
            ssn: values::ssn(dice),
            phone: values::phone(dice),
            email: format!("{}.{}{number}@{domain}", given.to_lowercase(), family.to_lowercase()),
            street: format!("{} {}", dice.within(1, 9999), dice.pick(STREETS)),
            city,
            state,
            zip,
        }
    }

    /// Given name first.
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// Family name first.
    pub fn turned(&self) -> String {
        format!("{}, {}", self.family, self.given)
    }
}
