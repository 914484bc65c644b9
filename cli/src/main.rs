//! The command line: arguments in, library calls, exit codes out. The only part that prints or exits.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the command line reads files and the environment, prints and exits"
)]

mod args;
mod cmd;
mod exit;
mod output;
mod progress;
mod store;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    quiet_panics();
    no_core_dumps();
    let args = args::Cli::parse();
    exit::code_of(cmd::run(args.command))
}

/// A core dump would hold what was being read. Where the limit cannot be lowered it stays as the system set it.
fn no_core_dumps() {
    #[cfg(unix)]
    {
        let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
        let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    }
}

/// A panic's message may quote what was being read; only its place is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            eprintln!("phisift: internal error at {}:{}", place.file(), place.line());
        }
    }));
}
