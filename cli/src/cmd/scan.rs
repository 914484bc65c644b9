//! `phisift scan`: files and folders in, a report out.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::inventory::{Inventory, Recorder, RunOptions};
use phisift::model::Limits;
use phisift::report::{Labels, ReportOptions, report};
use phisift::scan::{Both, Cancel, Progress, ScanOptions, Scanner, Sealer};
use phisift::walk::{STDIN, Walk, WalkOptions, path_from_bytes};

use crate::args::{DetectArgs, bytes};
use crate::cmd::inventory::RulesArgs;
use crate::cmd::{self, worker};
use crate::exit::{INTERRUPTED, code_of_scan};
use crate::output;
use crate::progress::Bar;
use crate::store::now;

/// Exit status: 0 nothing found and all read, 1 found, 3 nothing found but something unread, 4 found and something
/// unread, 2 usage or fatal error, 130 interrupted.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Files and folders; `-` is standard input. Hidden and git-ignored files are scanned, links are not followed
    #[arg(required_unless_present = "files_from0", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Form of the report
    #[arg(long, default_value = "table", value_parser = ["table", "jsonl", "csv", "sarif"])]
    format: String,
    /// Write the report to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Worker threads; by default one per processor
    #[arg(long, short = 'j', value_name = "N", default_value = "0", hide_default_value = true)]
    threads: usize,
    #[command(flatten)]
    detect: DetectArgs,
    /// Only files that match one of these globs
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    include: Vec<String>,
    /// No file or folder that matches one of these globs
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    exclude: Vec<String>,
    /// Read NUL-separated paths from a file, or from standard input (`-`)
    #[arg(long, value_name = "FILE", help_heading = "Files", conflicts_with = "paths")]
    files_from0: Option<PathBuf>,
    /// Honour .gitignore and .ignore files
    #[arg(long, help_heading = "Files")]
    respect_ignore: bool,
    /// Do not open files above this size (64k, 10M, 2G); they are reported as unread
    #[arg(long, value_name = "SIZE", value_parser = bytes, help_heading = "Files")]
    max_file_size: Option<u64>,
    /// Seconds one file may take; what is left of it then is reported as unread
    #[arg(long, value_name = "SECONDS", help_heading = "Files")]
    max_time: Option<u64>,
    /// Report health context as findings too
    #[arg(long)]
    health: bool,
    /// Exit with 0 whatever was found or not read
    #[arg(long)]
    exit_zero: bool,
    /// Show the values found (jsonl and csv). The report then is ePHI itself
    #[arg(long)]
    show_values: bool,
    /// Show paths with `[us_ssn]` and the like in place of what is found in them
    #[arg(long)]
    mask_paths: bool,
    /// Keep what is found in an inventory: a file that is made where there is none
    #[arg(long, value_name = "FILE", help_heading = "Inventory")]
    inventory: Option<PathBuf>,
    /// Read every file again, unchanged ones too
    #[arg(long, requires = "inventory", help_heading = "Inventory")]
    full: bool,
    /// Write a report of the inventory when the scan is done; its form is what the file's name ends in, else html
    #[arg(long, value_name = "FILE", requires = "inventory", help_heading = "Inventory")]
    report: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Inventory")]
    rules: RulesArgs,
    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

/// Scans and reports.
pub fn run(args: Args) -> Result<u8> {
    let ruleset = args.detect.ruleset()?;
    let detector = args.detect.detector(&ruleset, args.health)?;
    // Labels are masked at the usual threshold, whatever is to be reported.
    let masking = Arc::new(Detector::new(ruleset.clone(), DetectorOptions::default())?);
    let mut recorder = args.recorder(&detector, &masking)?;
    let scanner = Scanner::new(detector.clone(), args.scan_options(&ruleset, recorder.as_ref())?);
    let walk_options = args.walk_options();
    args.check_paths()?;
    let out = output::open(args.output.as_deref())?;
    let options = ReportOptions {
        detector,
        masking,
        colours: output::colours(args.output.as_deref()),
        mask_paths: args.mask_paths,
    };
    let make = report(&args.format).context("no such format")?;
    let mut report = make(out, &options);

    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::default());
    cancel_on_interrupt(&cancel)?;
    let bar = if args.quiet { None } else { Bar::watch(&progress, args.walk_ahead(&walk_options)?) };
    report.start()?;
    let walk = args.walk(&walk_options)?;
    let totals = match &mut recorder {
        None => scanner.scan(walk, report.as_sink(), &progress, &cancel),
        Some(recorder) => scanner.scan(walk, &mut Both(report.as_sink(), recorder), &progress, &cancel),
    }?;
    drop((bar, scanner));
    report.finish(&totals)?;
    if let Some(recorder) = recorder {
        let (store, head) = recorder.finish(&totals)?;
        if let Some(run) = store.last_run()? {
            let people = run.individuals;
            eprintln!("run {}: {} individuals ({} to {})", run.id, people.count, people.low, people.high);
        }
        eprintln!("audit head {head}");
        if let Some(path) = &args.report {
            args.write_report(store, path, &options.masking)?;
        }
    }
    Ok(code_of_scan(&totals, args.exit_zero))
}

impl Args {
    fn recorder(&self, detector: &Arc<Detector>, masking: &Arc<Detector>) -> Result<Option<Recorder>> {
        let Some(path) = &self.inventory else { return Ok(None) };
        let store = self.detect.key.open_write(path)?;
        let options = RunOptions {
            roots: self.paths.clone(),
            settings: self.settings()?,
            tool: env!("CARGO_PKG_VERSION").into(),
            masking: masking.clone(),
            clock: now,
        };
        Ok(Some(Recorder::start(store, detector.clone(), &options)?))
    }

    fn write_report(&self, mut store: Inventory, path: &Path, masking: &Arc<Detector>) -> Result<()> {
        let format = cmd::report::format_of(Some(path));
        cmd::report::note(&mut store, format, self.mask_paths)?;
        let labels = Labels::new(masking).with_paths_masked(self.mask_paths);
        cmd::report::write(&store, &self.rules.rules()?, labels, format, Some(path))
    }

    /// What results depend on besides rules and content.
    fn settings(&self) -> Result<serde_json::Value> {
        let allow = match &self.detect.allow {
            None => None,
            Some(path) => {
                let list = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
                Some(self.detect.key.key()?.derive("phisift allow-list 1").hash(&list)[..8].to_vec())
            }
        };
        // The end of a list is its seal, by which it differs from any other.
        let edm = match &self.detect.edm {
            None => None,
            Some(path) => {
                let end = File::open(path).and_then(|mut it| {
                    let mut end = [0; 8];
                    it.seek(SeekFrom::End(-8))?;
                    it.read_exact(&mut end)?;
                    Ok(end)
                });
                Some(end.with_context(|| format!("reading {}", path.display()))?)
            }
        };
        Ok(serde_json::json!({
            "min_permille": self.detect.min_score, "only": self.detect.only, "skip": self.detect.skip,
            "allow": allow, "edm": edm, "health": self.health, "max_file_size": self.max_file_size, "max_time": self.max_time,
        }))
    }

    fn scan_options(&self, ruleset: &Ruleset, recorder: Option<&Recorder>) -> Result<ScanOptions> {
        let time = self.max_time.map(Duration::from_secs);
        Ok(ScanOptions {
            threads: self.threads,
            limits: Limits { file_size: self.max_file_size, time, ..Limits::default() },
            format: None,
            show_values: self.show_values,
            allow: self.detect.allow_list()?,
            sealer: match recorder {
                None => None,
                Some(_) => Some(Sealer::new(self.detect.key.key()?, ruleset)),
            },
            recall: match recorder {
                Some(recorder) if !self.full => Some(recorder.memory()?),
                _ => None,
            },
            #[cfg(unix)]
            workers: worker::workers()?,
        })
    }

    fn walk_options(&self) -> WalkOptions {
        WalkOptions {
            respect_ignore: self.respect_ignore,
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            except: self.own_files(),
        }
    }

    /// What the scan itself writes.
    fn own_files(&self) -> Vec<PathBuf> {
        let beside = |store: &PathBuf| {
            ["", "-wal", "-shm", "-lock"].map(|suffix| {
                let mut path = store.clone().into_os_string();
                path.push(suffix);
                PathBuf::from(path)
            })
        };
        self.output.iter().chain(&self.report).cloned().chain(self.inventory.iter().flat_map(beside)).collect()
    }

    /// A path that is not there is most likely a slip of the keyboard, and no result at all.
    fn check_paths(&self) -> Result<()> {
        for path in self.paths.iter().filter(|path| path.as_os_str() != STDIN) {
            path.symlink_metadata().with_context(|| format!("cannot scan {}", path.display()))?;
        }
        Ok(())
    }

    fn walk(&self, options: &WalkOptions) -> Result<Walk> {
        let Some(list) = &self.files_from0 else { return Ok(Walk::new(self.paths.clone(), options)?) };
        if list.as_os_str() == STDIN {
            return Ok(Walk::new(Listed(Box::new(BufReader::new(std::io::stdin()))), options)?);
        }
        let file = File::open(list).with_context(|| format!("reading {}", list.display()))?;
        Ok(Walk::new(Listed(Box::new(BufReader::new(file))), options)?)
    }

    /// A second walk that counts what is ahead, where the list of paths can be had twice.
    fn walk_ahead(&self, options: &WalkOptions) -> Result<Option<Walk>> {
        match &self.files_from0 {
            None => Ok(Some(Walk::new(self.paths.clone(), options)?)),
            Some(_) => Ok(None),
        }
    }
}

/// The first Ctrl-C ends the scan with a clean summary, the second at once.
fn cancel_on_interrupt(cancel: &Cancel) -> Result<()> {
    let cancel = cancel.clone();
    let stop = move || {
        if cancel.is_cancelled() {
            std::process::exit(INTERRUPTED.into());
        }
        cancel.cancel();
    };
    if ctrlc::set_handler(stop).is_err() {
        bail!("cannot listen for Ctrl-C");
    }
    Ok(())
}

/// NUL-separated paths, read as they are needed.
struct Listed(Box<dyn BufRead + Send>);

impl Iterator for Listed {
    type Item = PathBuf;

    fn next(&mut self) -> Option<PathBuf> {
        loop {
            let mut bytes = Vec::new();
            // A list that cannot be read to its end ends there; what it named is reported source by source.
            self.0.read_until(0, &mut bytes).ok()?;
            if bytes.is_empty() {
                return None;
            }
            if bytes.last() == Some(&0) {
                bytes.pop();
            }
            if !bytes.is_empty() {
                return Some(path_from_bytes(bytes));
            }
        }
    }
}
