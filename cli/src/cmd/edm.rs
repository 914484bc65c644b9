//! `phisift edm`: lists of known values, for exact data match.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use phisift::detect::known::{Header, KnownBuilder, KnownColumns, KnownKey, KnownList};
use phisift::detect::{Detector, DetectorOptions};
use phisift::model::SourceState;
use phisift::report::shown_path;
use phisift::scan::{ScanOptions, add_known};

use crate::args::ruleset;
use crate::cmd::worker;
use crate::exit::OK;
use crate::output;
use crate::store::KeyArgs;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a list of the values in columns of a table. It holds keyed hashes, no plaintext
    Build(Build),
    /// Print what a list is made of
    Info {
        /// The list
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Build {
    /// Tables with named columns: CSV, Parquet, workbooks, JSON lines
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Columns: `mrn`, `pat_no=mrn` where the name does not say what it holds, `last_name+dob` where both must stand in
    /// one record
    #[arg(long, required = true, value_name = "COLUMN", value_delimiter = ',')]
    columns: Vec<String>,
    /// The list to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
}

/// Runs the action.
pub fn run(args: Args) -> Result<u8> {
    match args.action {
        Action::Build(build) => build.run(),
        Action::Info { file } => info(&file),
    }
}

/// The list in a file, with the key that it was made with.
pub fn open(path: &Path, key: &KeyArgs) -> Result<Arc<KnownList>> {
    let content = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    // A file that is no list is told before a key is asked for.
    Header::read(&content).with_context(|| path.display().to_string())?;
    let list = KnownList::open(&content, KnownKey::new(key.key()?));
    Ok(Arc::new(list.with_context(|| path.display().to_string())?))
}

impl Build {
    fn run(self) -> Result<u8> {
        let detector = Detector::new(ruleset(None)?, DetectorOptions::default())?;
        let columns = KnownColumns::parse(&self.columns, &detector)?;
        let mut builder = KnownBuilder::new(columns, KnownKey::new(self.key.key()?));
        let options = ScanOptions {
            #[cfg(unix)]
            workers: worker::workers()?,
            ..ScanOptions::default()
        };
        for path in &self.files {
            let shown = shown_path(path).0;
            match add_known(path, &options, &mut builder) {
                Ok((SourceState::Complete, _)) => {}
                Ok((state, reason)) => {
                    bail!("{shown}: {}: {}", state.id(), reason.map_or("unknown", |it| it.id()))
                }
                Err((state, reason)) => bail!("{shown}: {}: {}", state.id(), reason.id()),
            }
        }
        let (list, built) = builder.finish();
        if built.met.contains(&false) {
            let known: Vec<&str> =
                list.header().columns.iter().zip(&built.met).filter(|it| !it.1).map(|it| &*it.0.name).collect();
            bail!("no column is called {}", known.join(", "));
        }
        let bytes = list.to_bytes();
        let mut out = output::open(Some(&self.output))?;
        out.write_all(&bytes).and_then(|()| out.flush()).context("writing the list")?;
        eprintln!(
            "{} records, {} values, {} too short or no date, {} bytes ({:.1} a value), key {}",
            built.records,
            built.values,
            built.left_out,
            bytes.len(),
            bytes.len() as f64 / built.values.max(1) as f64,
            list.header().key_id,
        );
        Ok(OK)
    }
}

fn info(path: &Path) -> Result<u8> {
    let content = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let (header, _) = Header::read(&content).with_context(|| path.display().to_string())?;
    let mut out = format!("key {}\n{} hashes, {} bytes\n", header.key_id, header.entries, content.len());
    for column in &header.columns {
        let part = if column.part { " (in pairs)" } else { "" };
        out += &format!("{}: {}, {} values{part}\n", column.name, column.entity, column.values);
    }
    let name = |at: u8| &header.columns[usize::from(at)].name;
    for (first, second) in &header.pairs {
        out += &format!("{}+{}: in one record\n", name(*first), name(*second));
    }
    output::print(out.as_bytes())?;
    Ok(OK)
}
