//! The share's patients.

use anyhow::{Context, Result};

/// One of them.
pub struct Person {
    pub mrn: String,
    pub last: String,
    pub first: String,
    /// `YYYY-MM-DD`.
    pub born: String,
    pub sex: String,
    pub ssn: String,
    pub phone: String,
    pub email: String,
    pub address: String,
    pub city: String,
    pub state: String,
    pub zip: String,
    pub diagnosis: String,
}

impl Person {
    /// The birth date without separators, as HL7 and DICOM write it.
    pub fn born_compact(&self) -> String {
        self.born.replace('-', "")
    }

    /// The birth date as people write it in the United States.
    pub fn born_us(&self) -> String {
        let parts: Vec<&str> = self.born.split('-').collect();
        format!("{}/{}/{}", parts[1], parts[2], parts[0])
    }
}

/// Reads the table of patients, but for the row whose address has two lines.
pub fn read(table: &str) -> Result<Vec<Person>> {
    let person = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let cell = |at: usize| cells.get(at).map(|it| (*it).to_owned()).context("a row of patients.csv is too short");
        Ok(Person {
            mrn: cell(0)?,
            last: cell(1)?,
            first: cell(2)?,
            born: cell(3)?,
            sex: cell(4)?,
            ssn: cell(5)?,
            phone: cell(6)?,
            email: cell(7)?,
            address: cell(8)?,
            city: cell(9)?,
            state: cell(10)?,
            zip: cell(11)?,
            diagnosis: cell(12)?,
        })
    };
    table.lines().skip(1).filter(|it| it.matches(',').count() == 12).map(person).collect()
}
