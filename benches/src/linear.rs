//! Hostile inputs must cost time in proportion to their size: 16 MB against 8 MB of each family.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::corpus::dice::Dice;
use crate::files::{self, MB};
use crate::record::Report;
use crate::run::measure;
use crate::setup::Setup;

const SIZE: u64 = 8 * MB;

/// A family of inputs: its file name (which may suggest a format) and what is repeated.
struct Family {
    name: &'static str,
    file: &'static str,
    fill: Fill,
}

enum Fill {
    /// The same text again and again.
    Same(&'static str),
    /// A prefix, then the same text again and again.
    After(&'static str, &'static str),
    /// Made anew each time.
    Made(fn(&mut Dice) -> String),
}

const FAMILIES: [Family; 29] = [
    Family { name: "near-miss SSNs", file: "a.txt", fill: Fill::Made(near_ssn) },
    Family { name: "near-miss dates", file: "a.txt", fill: Fill::Made(near_date) },
    Family { name: "near-miss e-mails", file: "a.txt", fill: Fill::Same("jane.doe@mail. jane@ doe@.org j@x ") },
    Family { name: "near-miss phones", file: "a.txt", fill: Fill::Made(near_phone) },
    Family {
        name: "near-miss streets",
        file: "a.txt",
        fill: Fill::Same("4 Old Mill Pond Way Behind The North Gate 5 "),
    },
    Family { name: "AAAA…", file: "a.txt", fill: Fill::Same("AAAAAAAAAAAAAAAA") },
    Family { name: "digits only", file: "a.txt", fill: Fill::Made(digits) },
    Family { name: "digits and dashes", file: "a.txt", fill: Fill::Same("1-1-1-1-1-1-1-1-") },
    Family { name: "digits and dots", file: "a.txt", fill: Fill::Same("1.1.1.1.1.1.1.1.") },
    Family { name: "@@@@", file: "a.txt", fill: Fill::Same("@@@@@@@@@@@@@@@@") },
    Family { name: "a.a.a.a@", file: "a.txt", fill: Fill::Same("a.a.a.a.a.a.a.a@") },
    Family { name: "one endless local part", file: "a.txt", fill: Fill::Same("a.a_a-a+a.a_a-a+") },
    Family { name: "::::", file: "a.txt", fill: Fill::Same("::::::::::::::::") },
    Family { name: "hex and colons", file: "a.txt", fill: Fill::Same("ab:cd:ef:01:23:45:67:89:") },
    Family { name: "digits and colons", file: "a.txt", fill: Fill::Same("1:2:3:4:5:6:7:8:") },
    Family {
        name: "joined runs in a note",
        file: "a.hl7",
        fill: Fill::After("MSH|^~\\&|A|B|C|D|2024||ORU^R01|1|P|2.5\rOBX|1|TX|N||", "1-2/a3.4-5b/"),
    },
    Family { name: "https://https://", file: "a.txt", fill: Fill::Same("https://www.https://") },
    Family { name: "cue flood", file: "a.txt", fill: Fill::Same("MRN: SSN: DOB: NPI: Patient: Phone: Account #: ") },
    Family { name: "facility flood", file: "a.txt", fill: Fill::Same("Hospital name: St Mary, attending Jane Doe\n") },
    Family { name: "cues and digits", file: "a.txt", fill: Fill::Same("MRN SSN 1234567 DOB 1 ") },
    Family { name: "base64", file: "a.txt", fill: Fill::Made(base64) },
    Family { name: "base64 in JSON", file: "a.json", fill: Fill::Made(|dice| format!("[\"{}\",", base64(dice))) },
    Family { name: "nested brackets", file: "a.json", fill: Fill::Same("[[[[[[[[{\"a\":[") },
    Family { name: "nested quotes", file: "a.json", fill: Fill::After("{\"a\":\"", "\\\"\\\\\\\"{'a':") },
    Family { name: "siblings", file: "a.json", fill: Fill::After("{", "\"type\":\"MR\",\"value\":\"123\",") },
    Family { name: "quote flood", file: "a.csv", fill: Fill::After("id,name,ssn\n", "\"\",\"\"\"\",\"x\"\"\n") },
    Family {
        name: "SQL heads",
        file: "a.sql",
        fill: Fill::After("CREATE TABLE t (a int);\n", "INSERT INTO t (a\nCREATE TABLE u (b\n"),
    },
    Family { name: "SQL quotes", file: "a.sql", fill: Fill::After("CREATE TABLE t (a int);\n", "$a$ ' $b$ \"x\n") },
    Family { name: "a row of commas", file: "a.csv", fill: Fill::After("id,name,ssn\n1,a,b\n", ",,,,,,,,") },
];

/// Measures every family at both sizes.
pub fn run(setup: &Setup) -> Result<Report> {
    let phisift = setup.phisift()?;
    let folder = setup.scratch.join("linear");
    let mut report = Report::new("linear", &["hostile input", "8 MB", "16 MB", "ratio", "MB/s"]);
    for family in &FAMILIES {
        let (small, large) = (family.bytes(SIZE), family.bytes(2 * SIZE));
        let files = [
            files::write(&folder.join("small"), family.file, &small)?,
            files::write(&folder.join("large"), family.file, &large)?,
        ];
        let (small, large) = seconds(&phisift, &files[0], &files[1], setup.runs)?;
        let cells =
            [format!("{:.0} ms", small * 1e3), format!("{:.0} ms", large * 1e3), format!("{:.2}", large / small)];
        let rate = format!("{:.0}", (2 * SIZE / MB) as f64 / large);
        report.rows.push([family.name.to_owned()].into_iter().chain(cells).chain([rate]).collect());
        report.at_most(format!("linear: {}", family.name), large / small, setup.floors.linear.most);
    }
    Ok(report)
}

impl Family {
    fn bytes(&self, size: u64) -> Vec<u8> {
        let size = size as usize;
        let mut dice = Dice::new(7);
        let mut out = Vec::with_capacity(size + 4096);
        if let Fill::After(prefix, _) = self.fill {
            out.extend_from_slice(prefix.as_bytes());
        }
        while out.len() < size {
            match self.fill {
                Fill::Same(text) | Fill::After(_, text) => out.extend_from_slice(text.as_bytes()),
                Fill::Made(make) => out.extend_from_slice(make(&mut dice).as_bytes()),
            }
        }
        out.truncate(size);
        out
    }
}

/// The least CPU time of both: noise only ever adds.
fn seconds(phisift: &Path, small: &Path, large: &Path, runs: usize) -> Result<(f64, f64)> {
    let mut least = (f64::MAX, f64::MAX);
    for _ in 0..runs.max(3) {
        least.0 = least.0.min(cpu(phisift, small)?);
        least.1 = least.1.min(cpu(phisift, large)?);
    }
    Ok(least)
}

fn cpu(phisift: &Path, file: &Path) -> Result<f64> {
    let mut command = Command::new(phisift);
    command.args(["scan", "--exit-zero", "--format", "table", "--threads", "1"]).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(measure(&mut command, &[0])?.cpu.as_secs_f64().max(1e-3))
}

fn near_ssn(dice: &mut Dice) -> String {
    format!(
        "000-{:02}-{:04} {:03}-{:02}-{:05} ",
        dice.below(100),
        dice.below(9999),
        dice.below(999),
        dice.below(99),
        dice.below(99_999)
    )
}

fn near_date(dice: &mut Dice) -> String {
    format!(
        "{}/{}/20 {:04}-{:02}-{:02} ",
        13 + dice.below(80),
        dice.below(99),
        dice.below(9999),
        13 + dice.below(80),
        dice.below(99)
    )
}

fn near_phone(dice: &mut Dice) -> String {
    format!(
        "({:03}) {:03}-{:03} {:03}.{:03}.{:05} ",
        dice.below(200),
        dice.below(999),
        dice.below(999),
        dice.below(999),
        dice.below(999),
        dice.below(99_999)
    )
}

fn digits(dice: &mut Dice) -> String {
    format!("{:016}", dice.next() % 10_000_000_000_000_000)
}

fn base64(dice: &mut Dice) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..4096).map(|_| char::from(ALPHABET[dice.below(64) as usize])).collect()
}
