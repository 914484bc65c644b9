//! Where things are: the command under test, corpora, scratch files.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::Arguments;
use crate::floors::Floors;

/// What every bench needs to know.
#[derive(Debug)]
pub struct Setup {
    /// The repository.
    pub root: PathBuf,
    /// Where the corpora are, or will be made.
    pub corpus: PathBuf,
    /// Where files made for one bench live.
    pub scratch: PathBuf,
    /// A folder with `gen_corpus.py` and `patterns.txt`, where there is one.
    pub inputs: Option<PathBuf>,
    /// How many runs the median is taken of.
    pub runs: usize,
    /// Size of corpora that have to be made.
    pub scale: f64,
    /// At full size what is measured at a tenth otherwise.
    pub full: bool,
    /// The figures to reach.
    pub floors: Floors,
    given: Option<PathBuf>,
}

impl Setup {
    /// From the command line, with defaults relative to the repository.
    pub fn new(arguments: &Arguments) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("find the repository")?.to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let scratch = target.join("bench");
        std::fs::create_dir_all(&scratch).with_context(|| format!("make {}", scratch.display()))?;
        let inputs = arguments.inputs.clone().unwrap_or_else(|| root.join("../shared/bench"));
        Ok(Setup {
            corpus: arguments.corpus.clone().unwrap_or_else(|| target.join("corpus")),
            scratch,
            inputs: inputs.is_dir().then_some(inputs),
            runs: arguments.runs.max(1),
            scale: arguments.scale,
            full: arguments.full,
            floors: Floors::read(&root.join("benches/floors.toml"))?,
            given: arguments.phisift.clone(),
            root,
        })
    }

    /// A corpus file, made first where it is missing.
    pub fn corpus_file(&self, name: &str) -> Result<PathBuf> {
        let path = self.corpus.join(name);
        if !path.is_file() {
            crate::corpus::make(self)?;
        }
        if !path.is_file() {
            bail!("{} is not there", path.display());
        }
        Ok(path)
    }

    /// The command under test, built where no other was given.
    pub fn phisift(&self) -> Result<PathBuf> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.current_dir(&self.root).args(["build", "--release", "--quiet", "--package", "phisift-cli"]);
        if !build.status().context("start cargo")?.success() {
            bail!("phisift did not build; --phisift names a command that is already there");
        }
        let target = self.scratch.parent().context("find the target folder")?;
        Ok(target.join("release").join(format!("phisift{}", std::env::consts::EXE_SUFFIX)))
    }
}
