//! Pattern files in, one immutable ruleset out.

pub mod schema;
