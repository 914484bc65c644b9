//! A clinic's SQLite database, and its nightly backup as ZIP.

use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::Connection;
use zip::write::SimpleFileOptions;

use super::File;
use super::people::Person;

/// The files.
pub fn files(people: &[Person]) -> Result<Vec<File>> {
    let database = database(people)?;
    let export = people.iter().take(30).map(|it| format!("{}|{}|{}|{}\n", it.mrn, it.ssn, it.last, it.born));
    let export = format!("mrn|ssn|last_name|birth_date\n{}", export.collect::<String>());
    let members = [
        ("clinic/clinic.db".to_owned(), database.clone()),
        ("clinic/export.txt".to_owned(), export.into_bytes()),
        ("clinic/README.txt".to_owned(), b"Nightly copy of the clinic's database.\n".to_vec()),
    ];
    Ok(vec![("clinic/clinic.db".into(), database), ("backups/clinic-2024-11-04.zip".into(), zipped(&members)?)])
}

/// An archive of those members. All are dated alike, so that the same members give the same bytes.
pub fn zipped(members: &[File]) -> Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, content) in members {
        archive.start_file(name.as_str(), options).context("adding a member")?;
        archive.write_all(content).context("adding a member")?;
    }
    Ok(archive.finish().context("ending the archive")?.into_inner())
}

fn database(people: &[Person]) -> Result<Vec<u8>> {
    let path = std::env::temp_dir().join(format!("phisift-examples-{}.db", std::process::id()));
    let content = fill(&path, people).and_then(|()| std::fs::read(&path).context("reading the database"));
    // What could not be made need not be removed.
    let _ = std::fs::remove_file(&path);
    content
}

fn fill(path: &Path, people: &[Person]) -> Result<()> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "CREATE TABLE patients (id INTEGER PRIMARY KEY, mrn TEXT, last_name TEXT, first_name TEXT, birth_date TEXT,
             ssn TEXT, phone TEXT, email TEXT);
         CREATE TABLE visits (id INTEGER PRIMARY KEY, patient INTEGER REFERENCES patients, visit_date TEXT,
             diagnosis TEXT, note TEXT);",
    )?;
    let transaction = connection.transaction()?;
    for (id, it) in (1..).zip(people) {
        let row = (id, &it.mrn, &it.last, &it.first, &it.born, &it.ssn, &it.phone, &it.email);
        transaction.execute("INSERT INTO patients VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", row)?;
        let day = format!("2024-10-{:02}", 1 + id % 28);
        let note = format!("{} {} seen for follow-up; blood pressure 128/76, continues metformin.", it.first, it.last);
        let visit = (id, id, day, &it.diagnosis, note);
        transaction.execute("INSERT INTO visits VALUES (?1, ?2, ?3, ?4, ?5)", visit)?;
    }
    transaction.commit()?;
    Ok(())
}
