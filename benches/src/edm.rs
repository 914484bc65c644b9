//! Exact data match with a million values: what it costs beside the plain scan, how large the list is, and how often it
//! is wrong.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use phisift::detect::known::{KnownKey, KnownList};
use phisift::model::Key;

use crate::corpus::dice::Dice;
use crate::files::{self, MB};
use crate::record::{Bound, Check, Report};
use crate::run::{measure, median};
use crate::setup::Setup;

const CORPORA: [&str; 4] = ["app.log", "notes.txt", "claims.csv", "clean.txt"];
/// Patients in the list; each has a medical record number, an SSN and a name with a birth date.
const PATIENTS: u64 = 333_334;
/// Values that are not in the list, of the kinds that are.
const STRANGERS: u64 = 10_000_000;
const KEY: [u8; 32] = [7; 32];

/// Measures.
pub fn run(setup: &Setup) -> Result<Report> {
    let folder = std::env::temp_dir().join(format!("phisift-edm-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let report = run_in(setup, &folder);
    std::fs::remove_dir_all(&folder)?;
    report
}

fn run_in(setup: &Setup, folder: &Path) -> Result<Report> {
    let phisift = setup.phisift()?;
    let (list, key) = build(&phisift, folder)?;
    let opened = KnownList::open(&std::fs::read(&list)?, KnownKey::new(&Key::new(KEY)))?;
    let columns = opened.header().columns.iter().filter(|it| !it.part).map(|it| it.values).sum::<u64>();
    let values = columns + PATIENTS;
    let bytes = std::fs::metadata(&list)?.len() as f64 / values as f64;
    let mut report = Report::new("edm", &["corpus", "plain MB/s", "with a million values MB/s", "ratio"]);
    for name in CORPORA {
        let file = setup.corpus_file(name)?;
        let [plain, known] = rates(&phisift, &file, (&list, &key), setup.runs)?;
        report.rows.push(vec![
            name.into(),
            format!("{plain:.0}"),
            format!("{known:.0}"),
            format!("{:.2}", known / plain),
        ]);
        report.checks.push(check(&format!("{name} with edm / plain"), known / plain, Bound::Least(0.6)));
    }
    report.checks.push(check("bytes a value", bytes, Bound::Most(12.0)));
    let wrong = strangers(&opened);
    report.notes.push(format!("{values} values; of {STRANGERS} others of the same kinds, {wrong} are taken for one"));
    report.checks.push(check(
        "others taken for a known value, in a million",
        wrong as f64 / (STRANGERS / 1_000_000) as f64,
        Bound::Most(0.1),
    ));
    Ok(report)
}

fn check(name: &str, value: f64, bound: Bound) -> Check {
    Check { name: name.into(), value, bound, stretch: None }
}

fn build(phisift: &Path, folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (table, key, list) = (folder.join("patients.csv"), folder.join("key"), folder.join("known.edm"));
    std::fs::write(&table, patients())?;
    std::fs::write(&key, KEY)?;
    let mut command = Command::new(phisift);
    command.args(["edm", "build", "--columns", "mrn,ssn,last_name+dob", "--key-file"]).arg(&key);
    let status = command.arg(&table).arg("-o").arg(&list).status().context("build a list")?;
    ensure!(status.success(), "phisift edm build failed");
    Ok((list, key))
}

/// A made-up index: numbers of which nobody's are in the corpora but by chance.
fn patients() -> String {
    let mut dice = Dice::new(5);
    let mut out = String::from("mrn,ssn,last_name,dob\n");
    for _ in 0..PATIENTS {
        let (mrn, ssn) = (dice.below(1_000_000_000), dice.within(100_000_000, 799_999_999));
        let (year, month, day) = (dice.within(1930, 2020), dice.within(1, 12), dice.within(1, 28));
        let _ = write!(out, "M{mrn:09},{ssn},");
        name(&mut out, &mut dice);
        let _ = writeln!(out, ",{year}-{month:02}-{day:02}");
    }
    out
}

/// A made-up family name: some 100,000 of them.
fn name(out: &mut String, dice: &mut Dice) {
    const PARTS: [&str; 24] = [
        "al", "ber", "con", "dal", "er", "fin", "gar", "hol", "in", "jor", "kel", "lin", "mar", "nor", "ol", "pet",
        "quin", "ros", "sto", "tan", "ul", "ver", "wil", "yar",
    ];
    let begin = dice.pick(&PARTS);
    out.push_str(&begin[..1].to_uppercase());
    out.push_str(&begin[1..]);
    for _ in 0..dice.within(1, 3) {
        out.push_str(dice.pick(&PARTS));
    }
}

/// MB/s without and with the list. Runs take turns.
fn rates(phisift: &Path, file: &Path, (list, key): (&Path, &Path), runs: usize) -> Result<[f64; 2]> {
    let megabytes = files::warm(file)? as f64 / MB as f64;
    let mut seconds = [Vec::new(), Vec::new()];
    for _ in 0..runs {
        for (with, seconds) in [false, true].into_iter().zip(&mut seconds) {
            let mut command = Command::new(phisift);
            command.args(["scan", "--threads", "1", "--exit-zero"]);
            if with {
                command.arg("--edm").arg(list).arg("--key-file").arg(key);
            }
            command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            seconds.push(measure(&mut command, &[0])?.cpu.as_secs_f64());
        }
    }
    Ok(seconds.map(|it| megabytes / median(it).max(1e-6)))
}

/// How many values that are not in the list it takes for one of its own.
fn strangers(list: &KnownList) -> u64 {
    let mut dice = Dice::new(6);
    // Nobody in the list has an SSN that begins with 8 or 9, or a record number that begins with X.
    let is_taken = |number: u64| match number % 2 {
        0 => list.has((800_000_000 + number / 2 % 200_000_000).to_string().as_bytes()),
        _ => list.has(format!("X{:09}", number / 2 % 1_000_000_000).as_bytes()),
    };
    (0..STRANGERS).filter(|_| is_taken(dice.next())).count() as u64
}
