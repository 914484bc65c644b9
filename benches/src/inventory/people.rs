//! Five thousand patients in five systems, each in one at least: how many individuals an inventory counts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};

use super::Bench;
use crate::corpus::dice::Dice;
use crate::corpus::person::Person;
use crate::files;
use crate::record::Report;
use crate::run::measure;

const PATIENTS: usize = 5000;

/// Counts them.
pub(super) fn run(bench: &Bench, report: &mut Report, most: f64) -> Result<()> {
    let tree = spread(&bench.folder)?;
    let store = bench.fresh()?;
    measure(&mut bench.scan(&tree, Some(&store)), &[0])?;
    let counted = super::last_run(&store)?.individuals;
    report.notes.push(format!(
        "{PATIENTS} patients in a table, HL7 v2, FHIR, notes and a log: {} individuals ({} to {})",
        counted.count, counted.low, counted.high
    ));
    let off = counted.count.abs_diff(PATIENTS as u64) as f64 / PATIENTS as f64;
    report.at_most("individuals, share off the truth".into(), off, most);
    Ok(())
}

/// What the five systems hold.
#[derive(Default)]
struct Systems {
    table: String,
    feed: String,
    bundle: Vec<Value>,
    log: String,
}

fn spread(folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("people");
    let (mut dice, mut systems) = (Dice::new(11), Systems::default());
    systems.table.push_str("mrn,ssn,first_name,last_name,dob,phone,email\n");
    for number in 0..PATIENTS {
        let mut person = Person::new(&mut dice);
        // No two have the same number, and of each name no two the same birth date.
        person.mrn = (30_000_000 + number * 7).to_string();
        person.born = format!("{}-{:02}-{:02}", dice.within(1930, 2015), dice.within(1, 12), dice.within(1, 28));
        if let Some(note) = systems.admit(number, &person) {
            files::write(&tree.join("notes"), &format!("n{number}.txt"), note.as_bytes())?;
        }
    }
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": systems.bundle});
    for (place, name, text) in [
        ("exports", "patients.csv", &systems.table),
        ("feeds", "adt.hl7", &systems.feed),
        ("fhir", "bundle.json", &bundle.to_string()),
        ("logs", "ehr.log", &systems.log),
    ] {
        files::write(&tree.join(place), name, text.as_bytes())?;
    }
    Ok(tree)
}

impl Systems {
    /// Writes a patient into some of the systems. Their note, if they have one.
    fn admit(&mut self, number: usize, it: &Person) -> Option<String> {
        let Person { given, family, mrn, born, ssn, phone, email, .. } = it;
        if number % 10 != 9 {
            let _ = writeln!(self.table, "{mrn},{ssn},{given},{family},{born},{phone},{email}");
        }
        if number.is_multiple_of(3) {
            let (family, given, born) = (family.to_uppercase(), given.to_uppercase(), born.replace('-', ""));
            let _ = write!(
                self.feed,
                "MSH|^~\\&|ADT|H|R|H|20260101||ADT^A01|{number}|P|2.5\rPID|1||{mrn}^^^H^MR||{family}^{given}||{born}|F\r"
            );
        }
        if number % 3 == 1 || number % 10 == 9 {
            self.bundle.push(json!({"resource": {
                "resourceType": "Patient", "birthDate": born, "name": [{"family": family, "given": [given]}],
                "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": mrn},
                    {"system": "http://hl7.org/fhir/sid/us-ssn", "value": ssn}],
            }}));
        }
        if number.is_multiple_of(2) {
            let _ = writeln!(self.log, "2026-01-02 10:00:{:02} INFO [ehr] lookup mrn={mrn} status=ok", number % 60);
        }
        number.is_multiple_of(7).then(|| {
            format!("Patient: {given} {family}\nDOB: {born}\nMRN: {mrn}\n\nSeen for asthma. Stable on albuterol.\n")
        })
    }
}
