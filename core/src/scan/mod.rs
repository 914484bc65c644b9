//! The pipeline: sources in, verdicts and findings out to a sink, in walk order whatever the number of threads.
//! Knows no formats and no patterns, prints nothing.
#![allow(clippy::disallowed_methods, reason = "scanning may have a deadline, which no finding depends on")]

mod allow;
mod apart;
mod blocks;
mod both;
mod classes;
mod input;
mod known;
mod locate;
mod pool;
mod progress;
mod recall;
mod seal;
mod source;
mod text;
mod totals;
mod value;
#[cfg(unix)]
mod worker;

use std::path::PathBuf;
use std::sync::Arc;

pub use allow::{AllowKey, AllowList};
pub use apart::extract_path;
pub use both::Both;
pub use classes::{Classes, Diversity, Grain, Quasi, classes_of};
pub use known::add_known;
pub use progress::{Cancel, Progress};
pub use recall::{Recall, Recalled, Remembered};
pub use seal::{Form, Sealer};
pub use text::{Analysis, Found, Place};
pub use totals::Totals;
#[cfg(unix)]
pub use worker::{WorkerCommand, Workers, serve};

use crate::Error;
use crate::detect::Detector;
use crate::model::{Limits, Sink};
use crate::walk::{Walk, WalkOptions};

/// How to scan.
#[derive(Clone)]
pub struct ScanOptions {
    /// Worker threads; 0 is as many as the machine offers.
    pub threads: usize,
    /// What one source may cost.
    pub limits: Limits,
    /// The format that every source is read as, instead of what its first bytes say.
    pub format: Option<String>,
    /// Findings carry their values.
    pub show_values: bool,
    /// Values known to be harmless.
    pub allow: Option<Arc<AllowList>>,
    /// Findings carry keyed fingerprints of their values, and sources one of their content.
    pub sealer: Option<Arc<Sealer>>,
    /// Results of earlier scans, which hold as long as a source has not changed. Needs a sealer.
    pub recall: Option<Arc<dyn Recall>>,
    /// Processes in which files of complex formats are taken apart; without them that happens in this process.
    #[cfg(unix)]
    pub workers: Option<Workers>,
}

impl std::fmt::Debug for ScanOptions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = out.debug_struct("ScanOptions");
        out.field("threads", &self.threads).field("limits", &self.limits).field("format", &self.format);
        out.finish_non_exhaustive()
    }
}

impl Default for ScanOptions {
    fn default() -> Self {
        ScanOptions {
            threads: 1,
            limits: Limits::default(),
            format: None,
            show_values: false,
            allow: None,
            sealer: None,
            recall: None,
            #[cfg(unix)]
            workers: None,
        }
    }
}

/// Scans sources with one detector.
#[derive(Clone, Debug)]
pub struct Scanner {
    detector: Arc<Detector>,
    options: ScanOptions,
}

impl Scanner {
    /// A scanner with that detector.
    pub fn new(detector: Arc<Detector>, options: ScanOptions) -> Self {
        Scanner { detector, options }
    }

    /// What it detects with.
    pub fn detector(&self) -> &Arc<Detector> {
        &self.detector
    }

    /// The options.
    pub fn options(&self) -> &ScanOptions {
        &self.options
    }

    /// Scans files and folders; `-` is standard input.
    ///
    /// # Errors
    /// Kind `Usage` where a glob of the walk cannot be understood, `Io` or `Closed` where the sink fails. What cannot
    /// be read is no error but part of the result.
    pub fn scan_paths(&self, paths: &[PathBuf], options: &WalkOptions, sink: &mut dyn Sink) -> Result<Totals, Error> {
        self.scan(Walk::new(paths.to_vec(), options)?, sink, &Progress::default(), &Cancel::default())
    }

    /// Scans what a walk finds. Results reach the sink in walk order, from one thread at a time.
    ///
    /// When cancelled, the sources at hand end early with reason `interrupted` and the totals say so.
    ///
    /// # Errors
    /// Kind `Io` or `Closed` where the sink fails.
    pub fn scan(&self, walk: Walk, sink: &mut dyn Sink, progress: &Progress, cancel: &Cancel) -> Result<Totals, Error> {
        match self.threads() {
            1 => pool::scan_inline(self, walk, sink, progress, cancel),
            threads => pool::scan_threaded(self, threads, walk, sink, progress, cancel),
        }
    }

    fn threads(&self) -> usize {
        match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}

#[cfg(test)]
mod tests;
