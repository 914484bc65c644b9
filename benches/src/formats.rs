//! Rates of formats beside what they are read with otherwise: DICOM headers beside pydicom, members of an archive
//! beside `unzip -p` into `phisift detect`, a column of strings in Parquet beside the same text in a file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::files::{MB, head, write};
use crate::office::python;
use crate::record::Report;
use crate::run::{measure, median};
use crate::setup::Setup;

/// Text in an archive and in a column.
const SIZE: u64 = 32 * MB;

/// Images with the elements that scanners write, and some pixels.
const MAKE_DICOM: &str = "import sys, os, datetime
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import generate_uid, ExplicitVRLittleEndian
os.makedirs(sys.argv[1], exist_ok=True)
for n in range(1500):
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.file_meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.2'
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID = generate_uid()
    d.SOPClassUID = '1.2.840.10008.5.1.4.1.1.2'
    d.PatientName, d.PatientID, d.PatientBirthDate, d.PatientSex = f'Example{n}^Jane', f'P{400000 + n}', '19600203', 'F'
    d.StudyDate, d.StudyTime, d.AccessionNumber, d.Modality = '20240102', '102030', f'A{n}', 'CT'
    d.ReferringPhysicianName, d.InstitutionName, d.StudyDescription = 'Roe^Richard', 'North Clinic', 'CT of the chest'
    d.StudyInstanceUID, d.SeriesInstanceUID = generate_uid(), generate_uid()
    d.SliceThickness, d.KVP, d.ImagePositionPatient = '5.0', '120', ['-158.1', '-179.0', str(n)]
    for element in range(0x10, 0x90):
        d.add_new((0x0019, 0x1000 + element), 'LO', f'private {element}')
    d.private_block(0x0019, 'EXAMPLE', create=True)
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = 'T-D3000', 'SRT', 'Chest'
    d.AnatomicRegionSequence = [item]
    d.Rows = d.Columns = 128
    d.SamplesPerPixel, d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 1, 16, 12, 11, 0
    d.PhotometricInterpretation, d.PixelData = 'MONOCHROME2', bytes(128 * 128 * 2)
    d.save_as(os.path.join(sys.argv[1], f'{n}.dcm'), enforce_file_format=True)";

const READ_DICOM: &str = "import sys, os, pydicom
elements = 0
for name in os.listdir(sys.argv[1]):
    for element in pydicom.dcmread(os.path.join(sys.argv[1], name), stop_before_pixels=True).iterall():
        elements += element.value is not None
assert elements > 100000";

const MAKE_ZIP: &str = "import sys, zipfile
with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as archive: archive.write(sys.argv[1], 'notes.txt')";

const MAKE_PARQUET: &str = "import sys, pyarrow, pyarrow.parquet
lines = open(sys.argv[1], encoding='utf-8', errors='replace').read().split('\\n')
pyarrow.parquet.write_table(pyarrow.table({'note': lines}), sys.argv[2])";

/// Measures all three.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let mut report = Report::new("formats", &["format", "phisift", "otherwise", "ratio"]);
    let python = match python(setup, "format-peers", &["pydicom", "pyarrow"], "import pydicom, pyarrow.parquet") {
        Ok(python) => python,
        Err(error) => {
            report.notes.push(format!("pydicom and pyarrow: skipped ({error:#})"));
            return Ok(report);
        }
    };
    let text = write(&setup.scratch, "notes.txt", &head(&setup.corpus_file("notes.txt")?, SIZE)?)?;
    let peers = Peers { phisift, python, text };
    compare(setup, &mut report, "DICOM headers, pydicom", "dicom", &peers.dicom(setup)?)?;
    compare(setup, &mut report, "zip, unzip -p into detect", "zip", &peers.zip(setup)?)?;
    compare(setup, &mut report, "Parquet strings, the same text in a file", "parquet", &peers.parquet(setup)?)?;
    Ok(report)
}

/// What is measured with.
struct Peers {
    phisift: PathBuf,
    python: PathBuf,
    text: PathBuf,
}

/// A command of ours, and one that does the same otherwise.
struct Pair {
    ours: Box<dyn Fn() -> Command>,
    other: Box<dyn Fn() -> Command>,
}

impl Peers {
    fn dicom(&self, setup: &Setup) -> Result<Pair> {
        let folder = setup.scratch.join("images");
        if !folder.is_dir() {
            self.script(MAKE_DICOM, &[&folder])?;
        }
        let (phisift, python, other) = (self.phisift.clone(), self.python.clone(), folder.clone());
        let ours = Box::new(move || scan(&phisift, &folder));
        Ok(Pair { ours, other: Box::new(move || with(&python, READ_DICOM, &[&other])) })
    }

    fn zip(&self, setup: &Setup) -> Result<Pair> {
        let archive = setup.scratch.join("notes.zip");
        self.script(MAKE_ZIP, &[&self.text, &archive])?;
        let (phisift, other, packed) = (self.phisift.clone(), self.phisift.clone(), archive.clone());
        let piped = move || {
            let mut command = Command::new("sh");
            command.args(["-c", "unzip -p \"$0\" | \"$1\" detect -"]).arg(&packed).arg(&other);
            quiet(command)
        };
        Ok(Pair { ours: Box::new(move || scan(&phisift, &archive)), other: Box::new(piped) })
    }

    fn parquet(&self, setup: &Setup) -> Result<Pair> {
        let file = setup.scratch.join("notes.parquet");
        self.script(MAKE_PARQUET, &[&self.text, &file])?;
        let (phisift, other, text) = (self.phisift.clone(), self.phisift.clone(), self.text.clone());
        Ok(Pair { ours: Box::new(move || scan(&phisift, &file)), other: Box::new(move || scan(&other, &text)) })
    }

    fn script(&self, text: &str, paths: &[&Path]) -> Result<()> {
        measure(&mut with(&self.python, text, paths), &[0]).map(drop).context("make a file")
    }
}

/// CPU times of both, interleaved; their ratio is held to its floor.
fn compare(setup: &Setup, report: &mut Report, title: &str, key: &str, pair: &Pair) -> Result<()> {
    let (mut ours, mut other) = (Vec::new(), Vec::new());
    for _ in 0..setup.runs {
        ours.push(measure(&mut (pair.ours)(), &[0])?.cpu.as_secs_f64());
        other.push(measure(&mut (pair.other)(), &[0, 1])?.cpu.as_secs_f64());
    }
    let (ours, other) = (median(ours), median(other));
    let cells = [format!("{:.0} ms", ours * 1e3), format!("{:.0} ms", other * 1e3), format!("{:.2}", other / ours)];
    report.rows.push([title.to_owned()].into_iter().chain(cells).collect());
    if let Some(floor) = setup.floors.formats.get(key) {
        report.at_least(format!("formats: {title}"), other / ours, floor.least);
    }
    Ok(())
}

fn scan(phisift: &Path, path: &Path) -> Command {
    let mut command = Command::new(phisift);
    command.args(["scan", "--exit-zero", "--format", "table", "--threads", "1"]).arg(path);
    quiet(command)
}

fn with(python: &Path, text: &str, paths: &[&Path]) -> Command {
    let mut command = Command::new(python);
    command.args(["-c", text]).args(paths);
    quiet(command)
}

fn quiet(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
