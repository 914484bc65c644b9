//! `cargo xtask`: the automation of this workspace, in Rust so that it runs wherever the project builds.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a developer's tool: it runs commands")]

mod browser;
mod command;
mod docs;
mod examples;
mod licences;
mod steps;
mod test;
mod tools;
mod vectors;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: cargo xtask COMMAND

Commands:
  test [STEP…]      run every check and test, or the named steps
  test --list       name the steps
  setup             install what the bindings' tests need below target/ and bindings-node/
  docs [--check]    generate docs/identifiers.md from patterns/data, or check that it is current
  examples          make the files of examples/ that no editor writes
  vectors           check tests/vectors and count its cases by topic and identifier
  bench [ARGS…]     build the benches for release and run them
  train             make patterns/models/names.bin from the annotated texts, lists and generated texts
  eval              measure the detector on the annotated sets, against tests/floors.toml
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &[String]) -> Result<bool> {
    let Some((name, rest)) = args.split_first() else { bail!("no command\n{HELP}") };
    let root = root();
    match name.as_str() {
        "test" => test::run(&root, rest),
        "setup" => tools::set_up(&root),
        "docs" => docs::run(&root, rest),
        "examples" => examples::run(&root),
        "vectors" => vectors::run(&root),
        "bench" => run_release(&root, "phisift-benches", rest),
        "train" | "eval" => run_release(&root, "phisift-training", args),
        "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(true)
        }
        _ => bail!("unknown command `{name}`\n{HELP}"),
    }
}

fn run_release(root: &Path, package: &str, args: &[String]) -> Result<bool> {
    let mut cargo = command::cargo(root);
    cargo.args(["run", "--release", "--package", package, "--"]).args(args);
    Ok(cargo.status()?.success())
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies below the workspace's root").to_path_buf()
}
