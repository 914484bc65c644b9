//! The inventory: a store of what scans found, kept over time. Holds no value and no text of a document.
//!
//! [`Recorder`] is the sink that fills it; [`Inventory`] reads it. Shape of what is read:
//!
//! - [`Inventory::runs`]: every scan ([`Run`]), with the store's figures at its end and [`Inventory::run_counts`] for
//!   trends. The last complete one is [`Inventory::last_run`].
//! - [`Inventory::each_source`]: every file ([`SourceRow`]) with verdict, coverage, counts by entity, individuals and
//!   what the file system says; [`Inventory::each_risk`] adds exposure and risk.
//! - [`Inventory::each_finding`] of a source: [`FindingRow`] with its place, kind and fingerprint.
//! - [`Inventory::each_unread`]: parts that were not read.
//! - [`Inventory::individuals`] and [`Inventory::flow`]: distinct persons, and which sources share them.
//! - [`Inventory::treatments`]: the risk register. [`Inventory::diff`]: what changed between runs.
//! - [`Inventory::audit_head`]: the end of the audit log. [`Inventory::note`] adds to it.
#![allow(clippy::disallowed_methods, reason = "the inventory is a file, and keeps its key in one")]

mod audit;
mod diff;
mod flow;
mod intern;
pub mod key;
mod lookup;
mod pack;
mod people;
mod recall;
mod record;
mod risk;
mod rows;
mod store;
mod treat;

pub use audit::{Head, parse_hash, verify_lines};
pub use diff::{Change, ChangeKind, Trend, Version};
pub use flow::{Between, Edge, Sighting};
pub use people::{Individuals, Method};
pub use recall::Memory;
pub use record::{Recorder, RunOptions};
pub use risk::{Advice, Input, Reach, Risk, RiskRules, Surroundings};
pub use rows::{FindingReader, FindingRow, Run, RunState, SourceRow, UnreadRow};
pub use store::Inventory;
pub use treat::{STATUSES, Treatment};

#[cfg(test)]
mod tests;
