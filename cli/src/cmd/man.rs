//! `phisift man`: the man page, of the whole or of one command.

use anyhow::{Context, Result};
use clap::CommandFactory;

use crate::args::Cli;
use crate::exit::OK;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The page of this command
    command: Option<String>,
}

/// Prints the page in roff.
pub fn run(args: Args) -> Result<u8> {
    let mut command = Cli::command();
    command.build();
    if let Some(name) = &args.command {
        let sub = command.find_subcommand(name).with_context(|| format!("no command is called {name:?}"))?;
        command = sub.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    crate::output::print(&page)?;
    Ok(OK)
}
