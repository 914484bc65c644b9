//! The inventory by scans of small folders.

pub(super) use std::collections::BTreeMap;
pub(super) use std::fs;
pub(super) use std::path::{Path, PathBuf};
pub(super) use std::sync::Arc;

pub(super) use super::*;
pub(super) use crate::ErrorKind;
pub(super) use crate::detect::{Detector, DetectorOptions, Ruleset};
use crate::model::{Batch, Source, SourceSummary, Unread};
pub(super) use crate::model::{Key, Sink};
pub(super) use crate::scan::{Cancel, Progress, Recall, ScanOptions, Scanner, Sealer, Totals};
pub(super) use crate::walk::{Walk, WalkOptions};

mod audit;
mod people;
mod runs;
mod store;

/// A temporary folder with a store beside it; both go away with the value.
pub(super) struct Lab {
    pub folder: PathBuf,
    pub detector: Arc<Detector>,
    pub key: Key,
}

impl Lab {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("phisift-inventory-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("share")).unwrap();
        let detector = Detector::new(Ruleset::builtin().unwrap(), DetectorOptions::default()).unwrap();
        Lab { folder, detector: Arc::new(detector), key: Key::new([7; 32]) }
    }

    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.share().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub fn share(&self) -> PathBuf {
        self.folder.join("share")
    }

    pub fn store(&self) -> PathBuf {
        self.folder.join("share.db")
    }

    pub fn recorder(&self) -> Recorder {
        let store = Inventory::open_write(&self.store(), &self.key.id(), 1000).unwrap();
        let options = RunOptions {
            roots: vec![self.share()],
            settings: serde_json::json!({}),
            tool: "test".into(),
            masking: self.detector.clone(),
            clock: || 1000,
        };
        Recorder::start(store, self.detector.clone(), &options).unwrap()
    }

    pub fn scan(&self, threads: usize) -> Totals {
        let mut recorder = self.recorder();
        let totals = self.scan_into(threads, &mut recorder, None);
        recorder.finish(&totals).unwrap();
        totals
    }

    /// Scans, and stops with an error after so many sources.
    pub fn scan_into(&self, threads: usize, recorder: &mut Recorder, stop: Option<usize>) -> Totals {
        let sealer = Some(Sealer::new(&self.key, self.detector.ruleset()));
        let recall: Option<Arc<dyn Recall>> = Some(recorder.memory().unwrap());
        let options = ScanOptions { threads, sealer, recall, ..ScanOptions::default() };
        let walk = Walk::new([self.share()], &WalkOptions::default()).unwrap();
        let scanner = Scanner::new(self.detector.clone(), options);
        let mut sink = Stopped { sink: recorder, left: stop.unwrap_or(usize::MAX) };
        let scanned = scanner.scan(walk, &mut sink, &Progress::default(), &Cancel::default());
        if stop.is_some() { scanned.unwrap_or_default() } else { scanned.unwrap() }
    }

    pub fn open(&self) -> Inventory {
        Inventory::open_read(&self.store()).unwrap()
    }

    pub fn sources(&self) -> Vec<SourceRow> {
        let mut out = Vec::new();
        let keep = |it| {
            out.push(it);
            Ok(())
        };
        self.open().each_source(keep).unwrap();
        out
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(super) const TABLE: &str =
    "mrn,ssn,name,dob\n00482913,536-22-8710,Jane Doe,1980-03-14\n00482914,536-22-8711,Ann Roe,1981-04-15\n";
pub(super) const OBJECT: &str =
    r#"{"patients":[{"mrn":"482913","phone":"216-555-7342"},{"mrn":"00482999","ssn":"536-22-8799"}]}"#;
pub(super) const NOTE: &str = "Patient: Jane Doe\nDOB: 03/14/1980\nDiagnosis: asthma. MRN: 00482913\n";

/// A sink that fails after some sources, as a killed process would leave the store.
struct Stopped<'a> {
    sink: &'a mut dyn Sink,
    left: usize,
}

impl Sink for Stopped<'_> {
    fn begin(&mut self, source: &Source) -> Result<(), crate::Error> {
        if self.left == 0 {
            return Err(crate::Error::new(ErrorKind::Cancelled, "stopped"));
        }
        self.sink.begin(source)
    }

    fn findings(&mut self, source: &Source, batch: Batch<'_>) -> Result<(), crate::Error> {
        self.sink.findings(source, batch)
    }

    fn unread(&mut self, source: &Source, part: &Unread) -> Result<(), crate::Error> {
        self.sink.unread(source, part)
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), crate::Error> {
        self.left -= 1;
        self.sink.end(summary)
    }
}
