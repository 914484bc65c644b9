//! HL7 v2 messages and X12 interchanges of third-party test suites, scanned from the outside: `../shared/files`. Says so
//! and passes where those files do not lie beside this repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use phisift::Error;
use phisift::model::{Batch, Sink, Source, SourceState, SourceSummary, Unread, Verdict};
use phisift::walk::WalkOptions;

use crate::api::scanner;
use crate::tree::root;

/// What a scan says of each file.
#[derive(Default)]
struct Kept {
    ends: BTreeMap<PathBuf, SourceSummary>,
    places: BTreeMap<PathBuf, BTreeSet<String>>,
    unread: usize,
}

impl Sink for Kept {
    fn begin(&mut self, _: &Source) -> Result<(), Error> {
        Ok(())
    }
    fn findings(&mut self, source: &Source, batch: Batch<'_>) -> Result<(), Error> {
        let places = self.places.entry(source.path.clone()).or_default();
        for finding in batch.findings {
            let label = batch.frame.labels.get(finding.label as usize);
            places.extend(label.and_then(|it| it.standard.as_ref()).map(|it| it.key.reveal()));
        }
        Ok(())
    }
    fn unread(&mut self, _: &Source, _: &Unread) -> Result<(), Error> {
        self.unread += 1;
        Ok(())
    }
    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        self.ends.insert(summary.source.path.clone(), summary.clone());
        Ok(())
    }
}

fn scan(format: &str) -> Option<Kept> {
    let shared = std::env::var_os("PHISIFT_SHARED").map(PathBuf::from);
    let folder = shared.or_else(|| Some(root().parent()?.join("shared")))?.join("files").join(format);
    if !Path::new(&folder).is_dir() {
        eprintln!("{} is not there: nothing to scan", folder.display());
        return None;
    }
    let mut kept = Kept::default();
    scanner().scan_paths(&[folder], &WalkOptions::default(), &mut kept).unwrap();
    Some(kept)
}

/// All of them are valid: each is read to its end as what it is, and identifies someone.
fn read_whole(format: &str, least: usize, patients: &[&str]) {
    let Some(kept) = scan(format) else { return };
    assert!(kept.ends.len() >= least && kept.unread == 0, "{} files, {} unread", kept.ends.len(), kept.unread);
    for (path, end) in &kept.ends {
        assert_eq!((end.format, end.state), (format, SourceState::Complete), "{}", path.display());
    }
    let ephi = kept.ends.values().filter(|it| it.verdict == Verdict::Ephi).count();
    assert!(ephi * 100 >= kept.ends.len() * 95, "{ephi} of {} are ePHI", kept.ends.len());
    let with = |key: &&str| kept.places.values().filter(|places| places.contains(*key)).count();
    for key in patients {
        assert!(with(key) * 2 >= kept.ends.len(), "{key} of {} files", with(key));
    }
}

#[test]
fn hl7v2_messages_are_read_to_their_ends() {
    read_whole("hl7v2", 72, &["PID-5", "PID-3.1", "PID-7"]);
}

#[test]
fn x12_interchanges_are_read_to_their_ends() {
    read_whole("x12", 63, &["NM1-03", "NM1-09"]);
}
