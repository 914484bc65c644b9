//! Reports of an inventory, lists of known values and the view of tables, as users meet them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the command on files of their own")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A temporary folder with a configuration of its own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("phisift-cli-report-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("share")).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, content: &str) {
        fs::write(self.0.join(name), content).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phisift"));
        command.args(args).current_dir(&self.0).env("XDG_CONFIG_HOME", self.0.join("config"));
        command.env("APPDATA", self.0.join("config")).env_remove("PHISIFT_KEY_FILE").stdin(Stdio::null());
        command
    }

    /// Runs to an exit code and gives standard output.
    fn ok(&self, code: i32, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn fails(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// A share of four files, scanned.
    fn scanned(&self) {
        self.file(
            "share/=patients.csv",
            "mrn,ssn,name,dob,diagnosis\n40081723,536-22-8710,Jane Doe,1980-03-14,E11.9\n",
        );
        self.file("share/copy of 536-22-8710.txt", "MRN: 40081723, patient has asthma, takes albuterol\n");
        self.file("share/readme.txt", "Nothing of anybody stands here.\n");
        self.file("share/scan.png", "\u{89}PNG broken");
        self.ok(0, &["scan", "share", "--exit-zero", "--inventory", "share.db", "--report", "share.html"]);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_scan_writes_the_page_and_an_inventory_every_other_form() {
    let folder = Folder::new("forms");
    folder.scanned();
    let page = fs::read_to_string(folder.0.join("share.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("=patients.csv"));
    let report = |format: &str| folder.ok(0, &["report", "--inventory", "share.db", "--format", format]);
    let figures: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(figures["sources"], 4);
    assert_eq!(figures["verdicts"]["ephi"], 2);
    assert_eq!(figures["individuals"]["count"], 1);
    let lines = report("jsonl");
    let lines: Vec<Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|it| it["type"] == kind).count();
    assert_eq!((of("source"), of("summary")), (4, 1));
    assert_eq!(of("finding") as u64, figures["findings"].as_u64().unwrap());
    let csv = report("csv");
    assert_eq!(csv.lines().count(), 5);
    assert!(csv.contains("share/=patients.csv") && !csv.contains("\n="));
    for (format, wanted) in [("cef", "CEF:0|phisift|"), ("md", "# ePHI inventory"), ("html", "<!doctype html>")] {
        assert!(report(format).starts_with(wanted), "{format}");
    }
    folder.ok(0, &["report", "--inventory", "share.db", "--output", "share.md"]);
    assert!(fs::read_to_string(folder.0.join("share.md")).unwrap().starts_with("# ePHI inventory"));
}

#[test]
fn sarif_and_ocsf_have_the_shape_of_their_standards() {
    let folder = Folder::new("shapes");
    folder.scanned();
    let report = |format: &str| folder.ok(0, &["report", "--inventory", "share.db", "--format", format]);
    let sarif: Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    let mut prints = Vec::new();
    for result in results {
        let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        prints.push(result["partialFingerprints"]["phisiftPlace/v1"].as_str().unwrap().to_owned());
    }
    let count = prints.len();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), count, "every place has a fingerprint of its own");
    let events: Vec<Value> = report("ocsf").lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert!(events.len() >= 2);
    for event in events {
        assert_eq!((event["class_uid"].as_u64(), event["category_uid"].as_u64()), (Some(2006), Some(2)));
        assert_eq!(event["type_uid"], 200_601);
        for required in ["time", "severity_id", "metadata", "finding_info", "activity_id"] {
            assert!(!event[required].is_null(), "{required}");
        }
    }
}

#[test]
fn no_form_shows_a_value_and_paths_can_be_masked() {
    let folder = Folder::new("values");
    folder.scanned();
    for format in ["html", "json", "jsonl", "csv", "sarif", "ocsf", "cef", "md"] {
        let masked = folder.ok(0, &["report", "--inventory", "share.db", "--mask-paths", "--format", format]);
        for value in ["536-22-8710", "536%2D22", "40081723", "Jane Doe", "1980-03-14"] {
            assert!(!masked.contains(value), "{format} shows {value}");
        }
        assert!(masked.contains("us_ssn"), "{format}");
    }
}

#[test]
fn a_report_is_noted_in_the_audit_log() {
    let folder = Folder::new("noted");
    folder.scanned();
    folder.ok(0, &["report", "--inventory", "share.db", "--format", "csv", "--output", "x.csv"]);
    let log = folder.ok(0, &["audit", "export", "--inventory", "share.db"]);
    assert_eq!(
        log.matches("\"format\":\"csv\"").count() + log.matches("\\\"format\\\":\\\"csv\\\"").count(),
        1,
        "{log}"
    );
    folder.ok(0, &["audit", "verify", "--inventory", "share.db"]);
}

#[test]
fn a_list_of_known_values_finds_them_anywhere() {
    let folder = Folder::new("edm");
    folder.file("patients.csv", "mrn,last_name,dob\n40081723,Okonkwo,1961-04-09\n55120098,Meyer,1970-01-02\n");
    folder.file("share/note.txt", "moved 40081723 to bay 4\nMrs Okonkwo, 04/09/1961\nMr Meyer, 04/10/1961\n");
    folder.ok(0, &["edm", "build", "--columns", "mrn,last_name+dob", "patients.csv", "-o", "known.edm"]);
    let list = fs::read(folder.0.join("known.edm")).unwrap();
    assert!(!String::from_utf8_lossy(&list).contains("40081723"));
    assert!(folder.ok(0, &["edm", "info", "known.edm"]).contains("mrn: mrn, 2 values"));
    let lines = folder.ok(1, &["scan", "share", "--edm", "known.edm", "--format", "jsonl"]);
    let found: Vec<Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let known = |it: &&Value| it["evidence"].as_array().is_some_and(|it| it.iter().any(|it| it == "edm"));
    let entities: Vec<&str> = found.iter().filter(known).map(|it| it["entity"].as_str().unwrap()).collect();
    assert_eq!(entities, ["mrn", "person_name", "date"]);
    folder.file("other", &"ab".repeat(32));
    let told = folder.fails(&["scan", "share", "--edm", "known.edm", "--key-file", "other"]);
    assert!(told.contains("made with key"), "{told}");
    let told = folder.fails(&["edm", "build", "--columns", "dob", "patients.csv", "-o", "x.edm"]);
    assert!(told.contains("last_name+dob"), "{told}");
    let told = folder.fails(&["edm", "build", "--columns", "ssn", "patients.csv", "-o", "x.edm"]);
    assert!(told.contains("no column is called ssn"), "{told}");
}

#[test]
fn a_tables_classes_are_counted_and_never_shown() {
    let folder = Folder::new("risk");
    let rows = "02139,1961-02-03,F,flu\n02139,1961-05-09,F,flu\n02138,1961-11-30,F,asthma\n73301,1980-01-01,M,gout\n";
    folder.file("t.csv", &format!("zip,birth_date,sex,dx\n{rows}"));
    let args = ["risk", "table", "t.csv", "--quasi", "zip:3,birth_date:year,sex", "--sensitive", "dx"];
    let told = folder.ok(0, &args);
    assert!(told.contains("4 records in 2 classes, k = 1"), "{told}");
    assert!(!told.contains("021") && !told.contains("733") && !told.contains("gout"), "{told}");
    let json: Value =
        serde_json::from_str(&folder.ok(1, &[&args[..], &["--format", "json", "--min-k", "2"]].concat())).unwrap();
    assert_eq!((json["k"].as_u64(), json["diversity"][0]["l_distinct"].as_u64()), (Some(1), Some(1)));
    assert!(folder.fails(&["risk", "table", "t.csv", "--quasi", "postcode"]).contains("no column is called postcode"));
}

/// Files of other projects, where they lie beside the repository: one table in two formats.
#[test]
#[allow(clippy::disallowed_macros, reason = "a test that is skipped says so")]
fn a_parquet_table_has_the_classes_of_the_same_csv() {
    let files = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/files");
    let (parquet, csv) =
        (files.join("parquet/kylo__parquet__userdata2.parquet"), files.join("csv/kylo__csv__userdata2.csv"));
    if !parquet.is_file() {
        eprintln!("skipped: no {}", parquet.display());
        return;
    }
    let folder = Folder::new("parquet");
    let classes = |table: &std::path::Path| {
        let quasi = ["--quasi", "gender,country", "--sensitive", "title", "--format", "json"];
        folder.ok(0, &[&["risk", "table", table.to_str().unwrap()], &quasi[..]].concat())
    };
    let told = classes(&parquet);
    assert!(told.contains("\"records\":1000"), "{told}");
    assert_eq!(told, classes(&csv));
}

#[test]
fn the_report_of_a_scan_goes_by_the_rules_that_are_named() {
    let folder = Folder::new("rules");
    folder.scanned();
    folder.file("rules.toml", "[likelihood]\n[impact]\n[limits]\nstale_days = 1\nindividuals_some = 1\nindividuals_many = 2\n[sensitive]\nentities = []\n");
    let scan = ["scan", "share", "--exit-zero", "--inventory", "share.db", "--report", "share.json"];
    let levels = |args: &[&str]| {
        folder.ok(0, args);
        let report: Value = serde_json::from_slice(&fs::read(folder.0.join("share.json")).unwrap()).unwrap();
        ["low", "critical"].map(|level| report["risk"]["levels"][level].as_u64().unwrap())
    };
    assert!(levels(&scan)[1] > 0);
    assert_eq!(levels(&[&scan[..], &["--risk-rules", "rules.toml"]].concat()), [2, 0]);
}
