//! Rates of formats beside the libraries that people read them with: CPU time of a whole scan against parsing alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::files::MB;
use crate::record::Report;
use crate::run::{measure, median};
use crate::setup::Setup;

/// One message of a feed; `{n}` differs from message to message.
const MESSAGE: &str = "MSH|^~\\&|REG|NORTH|EHR|NORTH|202401020304||ADT^A01^ADT_A01|M{n}|P|2.5.1\r\
EVN|A01|202401020304|||C08^ROWE^ANN\r\
PID|1||{n}^^^NORTH^MR~9{n}^^^NORTH^PI||EXAMPLE^JANE{n}^Q^^MRS||19600203|F||2106-3|12 ELM ST^APT {n}^SPRINGFIELD^MA^01101^USA||(617)555-0101^PRN^PH~^NET^Internet^jane{n}@example.com|||M|||{n}\r\
NK1|1|EXAMPLE^JOHN|SPO|12 ELM ST^^SPRINGFIELD^MA^01101|(617)555-0102\r\
PV1|1|I|W4^12^B||||1234^ROE^RICHARD^^^DR|||MED||||||||V{n}|||||||||||||||||||||||||202401020304\r\
OBX|1|NM|718-7^Hemoglobin^LN||13.{n}|g/dL|12-16|N|||F|||202401020304\r\
OBX|2|TX|N1^Note||Seen in clinic with her husband, feels well, to return in two weeks; call her at home.||||||F\r\
DG1|1||E11.9^Type 2 diabetes mellitus^I10||202401020304|A\r";

/// A library for Python: what it is called, its size of feed, and the program that parses that feed.
struct Peer {
    title: &'static str,
    import: &'static str,
    size: u64,
    program: &'static str,
}

const PEERS: [Peer; 2] = [
    Peer {
        title: "python-hl7",
        import: "hl7",
        size: 4 * MB,
        program: "import sys, hl7\nfor m in open(sys.argv[1], newline='').read().split('MSH')[1:]: hl7.parse('MSH' + m)",
    },
    Peer {
        title: "hl7apy",
        import: "hl7apy",
        size: MB / 2,
        program: "import sys\nfrom hl7apy.parser import parse_message\n\
                  for m in open(sys.argv[1], newline='').read().split('MSH')[1:]: parse_message('MSH' + m, find_groups=False)",
    },
];

/// Bytes that phisift reads.
const SIZE: u64 = 32 * MB;

/// Measures a feed of HL7 v2 messages.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let mut report = Report::new("readers", &["HL7 v2", "MB/s of CPU time"]);
    let own = rate(setup, SIZE, |file| scan(&phisift, file))?;
    report.rows.push(vec!["phisift scan".into(), format!("{own:.1}")]);
    let python = std::env::var_os("PHISIFT_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    for peer in &PEERS {
        let import = format!("import {}", peer.import);
        let there = Command::new(&python).args(["-c", &import]).stderr(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            report
                .notes
                .push(format!("{} is not there: skipped (PHISIFT_PYTHON names a Python that has it)", peer.title));
            continue;
        }
        let theirs = rate(setup, peer.size, |file| {
            let mut command = Command::new(&python);
            command.args(["-c", peer.program]).arg(file).stdin(Stdio::null()).stdout(Stdio::null());
            command
        })?;
        report.rows.push(vec![format!("{}, parsing only", peer.title), format!("{theirs:.2}")]);
        report.at_least(format!("phisift over {}", peer.title), own / theirs, setup.floors.readers.least);
    }
    Ok(report)
}

/// The one-thread scan of a file.
fn scan(phisift: &Path, file: &Path) -> Command {
    let mut command = Command::new(phisift);
    command.args(["scan", "--exit-zero", "--format", "table", "--threads", "1"]).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn rate(setup: &Setup, size: u64, command: impl Fn(&Path) -> Command) -> Result<f64> {
    let file = setup.scratch.join("feed.hl7");
    std::fs::write(&file, feed(size)).with_context(|| format!("write {}", file.display()))?;
    let mut rates = Vec::new();
    for _ in 0..setup.runs {
        let cost = measure(&mut command(&file), &[0])?;
        rates.push(size as f64 / MB as f64 / cost.cpu.as_secs_f64().max(1e-9));
    }
    std::fs::remove_file(&file).with_context(|| format!("remove {}", file.display()))?;
    Ok(median(rates))
}

fn feed(size: u64) -> String {
    let mut text = String::new();
    let mut number = 100_000;
    while (text.len() as u64) < size {
        text.push_str(&MESSAGE.replace("{n}", &number.to_string()));
        number += 1;
    }
    text
}
