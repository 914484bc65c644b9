//! CPU time on office documents beside the libraries that Python programs read them with. The same libraries make the
//! documents; without them there is nothing to measure, and the report says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::record::Report;
use crate::run::{measure, median};
use crate::setup::Setup;

/// A peer: the package, the document, how it is made, how every text in it is read.
struct Peer {
    package: &'static str,
    file: &'static str,
    make: &'static str,
    read: &'static str,
}

const PEERS: [Peer; 2] = [
    Peer {
        package: "openpyxl",
        file: "visits.xlsx",
        make: "import sys, datetime, openpyxl
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet('Visits')
sheet.append(['Patient name', 'Date of birth', 'SSN', 'MRN', 'Phone', 'Note', 'Amount', 'Visit'])
for n in range(50000):
    sheet.append([f'Jane Example{n}', datetime.date(1950 + n % 50, 1 + n % 12, 1 + n % 28), f'{100 + n % 700}-{10 + n % 80}-{1000 + n % 9000}',
                  400000000 + n, f'216-555-{n % 10000:04}', f'seen on ward {n % 9}, no complaints', n / 7, n])
book.save(sys.argv[1])",
        read: "import sys, openpyxl
cells = 0
for sheet in openpyxl.load_workbook(sys.argv[1], read_only=True):
    for row in sheet.iter_rows(values_only=True):
        cells += sum(1 for cell in row if cell is not None)
assert cells > 100000",
    },
    Peer {
        package: "python-docx",
        file: "letters.docx",
        make: "import sys, docx
document = docx.Document()
for n in range(6000):
    document.add_paragraph(f'Jane Example{n} (MRN: {400000000 + n}) was seen on 03/{1 + n % 28}/2024 and called from 216-555-{n % 10000:04}.')
table = document.add_table(rows=300, cols=4)
for n, row in enumerate(table.rows):
    for cell, text in zip(row.cells, (f'Joe Example{n}', '1/2/1970', f'{500000 + n}', 'well')):
        cell.text = text
document.save(sys.argv[1])",
        read: "import sys, docx
document = docx.Document(sys.argv[1])
texts = [paragraph.text for paragraph in document.paragraphs]
for table in document.tables:
    for row in table.rows:
        texts += [cell.text for cell in row.cells]
assert len(texts) > 5000",
    },
];

/// Measures a scan, detection included, beside reading alone.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let mut report = Report::new("office", &["document", "phisift scan", "peer reads", "ratio"]);
    let packages = PEERS.map(|it| it.package);
    let python = match python(setup, "office-peers", &packages, "import openpyxl, docx") {
        Ok(python) => python,
        Err(error) => {
            report.notes.push(format!("openpyxl and python-docx: skipped ({error:#})"));
            return Ok(report);
        }
    };
    for peer in &PEERS {
        let file = setup.scratch.join(peer.file);
        if !file.is_file() {
            measure(&mut script(&python, peer.make, &file), &[0]).context("make a document")?;
        }
        let (mut own, mut other) = (Vec::new(), Vec::new());
        for _ in 0..setup.runs {
            own.push(measure(&mut scan(&phisift, &file), &[0])?.cpu.as_secs_f64());
            other.push(measure(&mut script(&python, peer.read, &file), &[0])?.cpu.as_secs_f64());
        }
        let (own, other) = (median(own), median(other));
        let cells = [format!("{:.0} ms", own * 1e3), format!("{:.0} ms", other * 1e3), format!("{:.1}", other / own)];
        report.rows.push([format!("{}, {}", peer.file, peer.package)].into_iter().chain(cells).collect());
        if let Some(floor) = setup.floors.office.get(peer.package) {
            report.at_least(format!("office: {}", peer.package), other / own, floor.least);
        }
    }
    Ok(report)
}

fn scan(phisift: &Path, file: &Path) -> Command {
    let mut command = Command::new(phisift);
    command.args(["scan", "--exit-zero", "--format", "table", "--threads", "1"]).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn script(python: &Path, text: &str, file: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-c", text]).arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A Python of our own that has the peers, made where it is missing: `import` fails without them.
pub fn python(setup: &Setup, name: &str, packages: &[&str], import: &str) -> Result<PathBuf> {
    let folder = setup.scratch.join(name);
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let ready = || quiet(Command::new(&python).args(["-c", import])).is_ok();
    if !ready() {
        quiet(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context("make a Python environment")?;
        quiet(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))
            .context("install them")?;
    }
    Ok(python)
}

fn quiet(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !status.success() {
        bail!("{} ended with {status}", command.get_program().to_string_lossy());
    }
    Ok(())
}
