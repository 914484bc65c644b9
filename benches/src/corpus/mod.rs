//! Makes the corpora: app.log, notes.txt, claims.csv, clean.txt, with tables of what was planted. All of it is invented.

pub mod dice;
mod logs;
mod names;
mod notes;
pub mod person;
mod prose;
mod sheet;
mod tables;
mod values;
mod words;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use dice::Dice;
use sheet::{Lines, Sheet};

use crate::files::MB;
use crate::setup::Setup;

/// Version of Faker that the generator among the inputs asks for.
const FAKER: &str = "Faker==40.54.0";

/// Makes what is missing: with `gen_corpus.py` where that is given and works, else by ourselves.
pub fn make(setup: &Setup) -> Result<()> {
    let there = |name: &str| setup.corpus.join(name).is_file();
    if ["app.log", "notes.txt", "claims.csv", "clean.txt"].into_iter().all(there) {
        println!("the corpora are in {}", setup.corpus.display());
        return Ok(());
    }
    std::fs::create_dir_all(&setup.corpus).with_context(|| format!("make {}", setup.corpus.display()))?;
    let script = setup.inputs.as_ref().map(|folder| folder.join("gen_corpus.py")).filter(|path| path.is_file());
    if let Some(script) = script {
        match with_script(setup, &script) {
            Ok(()) => return Ok(()),
            Err(error) => println!("{} did not work ({error:#}); our own generator takes over", script.display()),
        }
    }
    by_ourselves(&setup.corpus, setup.scale)
}

fn with_script(setup: &Setup, script: &Path) -> Result<()> {
    let dictionaries = ["/usr/share/dict/american-english-large", "/usr/share/dict/american-english"];
    let words = dictionaries.into_iter().find(|path| Path::new(path).is_file()).context("no word list is installed")?;
    let venv = setup.scratch.join("venv");
    if !venv.join("bin/python").is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", FAKER]))?;
    let scale = setup.scale.to_string();
    let mut make = Command::new(venv.join("bin/python"));
    make.arg(script).arg("--out").arg(&setup.corpus).args(["--words", words, "--scale", &scale]);
    run(&mut make)
}

fn run(command: &mut Command) -> Result<()> {
    let name = PathBuf::from(command.get_program());
    let status = command.status().with_context(|| format!("start {}", name.display()))?;
    ensure!(status.success(), "{} ended with {status}", name.display());
    Ok(())
}

fn by_ourselves(folder: &Path, scale: f64) -> Result<()> {
    let size = |megabytes: u64| (megabytes as f64 * MB as f64 * scale) as u64;
    let words = words::derive();
    let mut clock = logs::Clock::new();
    fill(folder, "app.log", size(256), |dice, out| logs::app_line(dice, &mut clock, out))?;
    fill(folder, "notes.txt", size(64), |dice, out| notes::note(dice, &words, out))?;
    let mut number = 0;
    fill(folder, "claims.csv", size(256), |dice, out| {
        if number == 0 {
            out.text(tables::HEADER);
        }
        number += 1;
        tables::claim(dice, number, out);
    })?;
    fill(folder, "clean.txt", size(128), |dice, out| prose::passage(dice, &words, out))
}

/// A log without identifiers, for counting false alarms.
pub fn clean_log(folder: &Path, size: u64) -> Result<PathBuf> {
    let mut clock = logs::Clock::new();
    fill(folder, "clean.log", size, |dice, out| logs::clean_line(dice, &mut clock, out))?;
    Ok(folder.join("clean.log"))
}

fn fill(folder: &Path, name: &str, size: u64, mut add: impl FnMut(&mut Dice, &mut Lines)) -> Result<()> {
    let mut sheet = Sheet::new(folder, name, size)?;
    let (mut dice, mut lines) = (Dice::new(name.len() as u64), Lines::default());
    while !sheet.is_full() {
        add(&mut dice, &mut lines);
        sheet.add(&mut lines)?;
    }
    sheet.close()?;
    println!("made {}", folder.join(name).display());
    Ok(())
}
