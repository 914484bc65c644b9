//! `phisift __worker`: takes files apart for a scan that may outlive it. Started by `scan` itself, never by people.

use anyhow::{Context, Result};

/// The hidden command's name.
pub const NAME: &str = "__worker";

/// Serves the scan at the other end of standard input.
#[cfg(unix)]
pub fn run() -> Result<u8> {
    use std::os::fd::AsFd;
    let socket = std::io::stdin().as_fd().try_clone_to_owned().context("taking over standard input")?;
    phisift::scan::serve(socket).context("serving a scan")?;
    Ok(crate::exit::OK)
}

#[cfg(not(unix))]
pub fn run() -> Result<u8> {
    anyhow::bail!("no worker processes on this system")
}

/// Workers that are this program.
#[cfg(unix)]
pub fn workers() -> Result<Option<phisift::scan::Workers>> {
    let program = std::env::current_exe().context("finding this program")?;
    let command = phisift::scan::WorkerCommand { program, arguments: vec![NAME.to_owned()] };
    Ok(Some(phisift::scan::Workers::new(command)))
}
