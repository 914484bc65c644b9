//! `cargo xtask bench`: measures the command `phisift` beside its peers and checks the figures in `floors.toml`.

// A bench reads clocks and writes scratch files; the rule is for the library.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros)]

mod corpus;
mod edm;
mod files;
mod floors;
mod formats;
mod inventory;
mod kernels;
mod linear;
mod memory;
mod office;
mod pdf;
mod peers;
mod rate;
mod readers;
mod record;
mod run;
mod setup;
mod speed;
mod startup;
mod threads;
mod truth;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use record::Report;
use setup::Setup;

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Bench {
    /// Make the corpora.
    Corpus,
    /// CPU time beside ripgrep and Vectorscan.
    Speed,
    /// Share of planted identifiers found, and false alarms.
    Truth,
    /// Peak memory on a large file and on one long line.
    Memory,
    /// Time of 16 MB against 8 MB of hostile input.
    Linear,
    /// Two threads against one.
    Threads,
    /// Time of a command that has nothing to do.
    Startup,
    /// The byte classifier against memchr.
    Kernels,
    /// The library in this process: reading alone, reading and detecting.
    Rate,
    /// Formats beside the libraries people read them with.
    Readers,
    /// DICOM, archives and Parquet beside what they are read with otherwise.
    Formats,
    /// CPU time on office documents beside Python's libraries.
    Office,
    /// Text of PDF files beside pdftotext.
    Pdf,
    /// What an inventory costs.
    Inventory,
    /// Exact data match beside the plain scan.
    Edm,
    /// All of it.
    All,
}

/// Measures phisift. Exit code 1 where a floor is missed.
#[derive(Debug, Parser)]
#[command(name = "phisift-benches")]
struct Arguments {
    /// What to measure.
    #[arg(value_enum, default_value = "all")]
    bench: Bench,
    /// Folder of the corpora; made there where they are missing [default: target/corpus].
    #[arg(long, env = "PHISIFT_CORPUS")]
    corpus: Option<PathBuf>,
    /// The command to measure; built in release mode where not given.
    #[arg(long, env = "PHISIFT_BIN")]
    phisift: Option<PathBuf>,
    /// Folder with `gen_corpus.py` and `patterns.txt` [default: ../shared/bench; our own of the same kind without it].
    #[arg(long, env = "PHISIFT_BENCH_INPUTS")]
    inputs: Option<PathBuf>,
    /// Interleaved runs of which the median counts.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Size of corpora that have to be made: 1.0 is 256 + 64 + 256 + 128 MB.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Measure at full size what is measured at a tenth otherwise: inventories of a million files.
    #[arg(long)]
    full: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// True where every floor is reached.
fn run(arguments: Arguments) -> Result<bool> {
    if arguments.bench == Bench::All {
        return run_all();
    }
    let setup = Setup::new(&arguments)?;
    let report = match arguments.bench {
        Bench::Corpus => corpus::make(&setup).map(|()| Report::default()),
        Bench::Speed => speed::run(&setup),
        Bench::Truth => truth::run(&setup),
        Bench::Memory => memory::run(&setup),
        Bench::Linear => linear::run(&setup),
        Bench::Threads => threads::run(&setup),
        Bench::Startup => startup::run(&setup),
        Bench::Kernels => kernels::run(&setup),
        Bench::Rate => rate::run(&setup),
        Bench::Readers => readers::run(&setup),
        Bench::Formats => formats::run(&setup),
        Bench::Office => office::run(&setup),
        Bench::Pdf => pdf::run(&setup),
        Bench::Inventory => inventory::run(&setup),
        Bench::Edm => edm::run(&setup),
        Bench::All => unreachable!("handled above"),
    }?;
    report.print();
    report.save(&setup)?;
    Ok(report.passed())
}

/// Each bench in a process of its own: a child's peak memory includes what its parent held when it was started.
fn run_all() -> Result<bool> {
    let order = [
        Bench::Corpus,
        Bench::Startup,
        Bench::Truth,
        Bench::Speed,
        Bench::Threads,
        Bench::Linear,
        Bench::Memory,
        Bench::Kernels,
        Bench::Rate,
        Bench::Readers,
        Bench::Formats,
        Bench::Office,
        Bench::Pdf,
        Bench::Inventory,
        Bench::Edm,
    ];
    let own = std::env::current_exe().context("find this program")?;
    let mut rest: Vec<_> = std::env::args_os().skip(1).collect();
    if rest.first().is_some_and(|first| first == "all") {
        rest.remove(0);
    }
    let mut passed = true;
    for bench in order {
        let value = bench.to_possible_value().context("name the bench")?;
        println!("\n## {}\n", value.get_name());
        let status = Command::new(&own).arg(value.get_name()).args(&rest).status().context("start a bench")?;
        passed &= status.success();
    }
    Ok(passed)
}
