//! One file per command.

pub mod allow;
pub mod audit;
pub mod completions;
pub mod detect;
pub mod edm;
pub mod extract;
pub mod inventory;
pub mod key;
pub mod man;
pub mod patterns;
pub mod report;
pub mod risk;
pub mod scan;
pub mod scrub;
pub mod worker;

use anyhow::Result;

use crate::args::Command;

/// Runs a command; the result is its exit code.
pub fn run(command: Command) -> Result<u8> {
    match command {
        Command::Scan(args) => scan::run(args),
        Command::Detect(args) => detect::run(args),
        Command::Extract(args) => extract::run(args),
        Command::Scrub(args) => scrub::run(args),
        Command::Patterns(args) => patterns::run(args),
        Command::Inventory(args) => inventory::run(args),
        Command::Report(args) => report::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Key(args) => key::run(args),
        Command::Edm(args) => edm::run(args),
        Command::Risk(args) => risk::run(args),
        Command::Allow(args) => allow::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
        Command::Worker => worker::run(),
    }
}
