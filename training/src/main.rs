//! `phisift-training`: makes and measures the name model. A developer's tool; `cargo xtask train` and `eval` run it.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a developer's tool: it reads and writes files"
)]

mod calibrate;
mod crf;
mod examples;
mod measure;
mod measure_all;
mod quantise;
mod read;
mod salad;
mod text;
mod train;
mod vocabulary;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: phisift-training COMMAND

Commands:
  train           make patterns/models/names.bin
  eval            measure the whole detector on the annotated sets, against tests/floors.toml
  quick [SET…]    measure the model file by itself on the annotated sets; print the errors in those named
  alarms FILE…    count what the model finds in files without names
  trace TEXT      print how the model sees a text
";

fn main() -> Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let root = root();
    let done = match args.first().map(String::as_str) {
        Some("train") => train::run(&root).map(|()| true),
        Some("eval") => measure_all::run(&root),
        Some("alarms") => measure::alarms(&root, &args[1..]).map(|()| true),
        Some("trace") => measure::trace(&root, &args[1..]).map(|()| true),
        Some("quick") => measure::quick(&root, &args[1..]).map(|()| true),
        _ => bail!("no such command\n{HELP}"),
    };
    Ok(if done? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("training lies below the workspace's root").to_path_buf()
}
