//! Whose data it is: which fingerprints occur together, and how many persons they are. Knows no values and no names.
//!
//! Findings of one record (a table's row, a message, an object) speak of one person; so do those of one line of prose,
//! and those of a whole document as long as it names one person only. What occurs together is a *group*. Groups that
//! share an identifier which only one person has are the same person ([`count`]).

mod count;
mod gather;
mod group;

pub use count::{Individuals, Method};
pub(super) use count::{Links, count, link};
pub(super) use gather::Gather;
pub(super) use group::{Group, Groups, read_groups};
