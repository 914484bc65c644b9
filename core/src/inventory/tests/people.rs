use super::*;

#[test]
fn the_same_person_counts_once_over_formats() {
    let lab = Lab::new("people");
    lab.file("prod/table.csv", TABLE);
    lab.file("prod/object.json", OBJECT);
    lab.file("notes/note.txt", NOTE);
    lab.file(
        "logs/app.log",
        "2026-01-02 10:00:00 INFO lookup mrn=00482914 ok\n2026-01-02 10:00:01 INFO lookup mrn=00482913 ok\n",
    );
    lab.scan(2);
    let store = lab.open();
    assert_eq!(store.individuals().unwrap().count, 3);
    let by_folder = store.individuals_by_folder().unwrap();
    assert_eq!(by_folder.get(&lab.share().join("prod")), Some(&3));
    assert_eq!(by_folder.get(&lab.share().join("logs")), Some(&2));
    assert_eq!(by_folder.get(&lab.share()), Some(&3));
    let sources = lab.sources();
    let log = sources.iter().find(|it| it.path.ends_with("app.log")).unwrap();
    assert_eq!(log.individuals.count, 2);
}

#[test]
fn places_that_share_persons_are_joined() {
    let lab = Lab::new("flow");
    lab.file("exports/table.csv", TABLE);
    lab.file("backup/table.csv", TABLE);
    lab.file("testdata/sample.csv", &TABLE.replace("00482914,536-22-8711", "00482000,536-22-8000"));
    lab.file("other/none.csv", "a,b\n1,2\n");
    lab.scan(1);
    let rules = RiskRules::builtin().unwrap();
    let edges = lab.open().flow(&rules, Between::Folders, 10).unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let pairs: Vec<(Vec<String>, u64)> = edges
        .iter()
        .map(|it| {
            let mut pair = vec![name(&it.from), name(&it.to)];
            pair.sort();
            (pair, it.individuals)
        })
        .collect();
    // The second line of the sample keeps the name and the birth date of a patient, under another SSN.
    let pair = |a: &str, b: &str, individuals| (vec![a.to_owned(), b.to_owned()], individuals);
    for expected in [pair("backup", "exports", 2), pair("backup", "testdata", 1), pair("exports", "testdata", 1)] {
        assert!(pairs.contains(&expected), "{pairs:?}");
    }
    assert_eq!(edges.len(), 3);
    assert_eq!(lab.open().flow(&rules, Between::Sources, 1).unwrap().len(), 1);
}

#[test]
fn a_person_is_found_by_what_is_known_of_them() {
    let lab = Lab::new("who");
    lab.file("table.csv", TABLE);
    lab.file("object.json", OBJECT);
    lab.file("note.txt", NOTE);
    lab.file("other.csv", "mrn,ssn\n00482777,536-22-8777\n");
    lab.scan(1);
    let rules = lab.detector.ruleset();
    let sealer = Sealer::new(&lab.key, rules);
    let seal = sealer.of(rules.entity_id("us_ssn").unwrap(), None, b"536 22 8710");
    let sightings = lab.open().sightings(&[seal]).unwrap();
    let told: Vec<(String, u64, bool)> = sightings
        .iter()
        .map(|it| {
            let name = it.path.file_name().unwrap().to_string_lossy().into_owned();
            (name, it.matches.values().sum(), it.linked)
        })
        .collect();
    let expected = [("note.txt", 0, true), ("object.json", 0, true), ("table.csv", 1, true)];
    assert_eq!(told, expected.map(|(name, matches, linked)| (name.to_owned(), matches, linked)));
    assert!(lab.open().sightings(&[]).unwrap().is_empty());
}

const FIRST: [&str; 20] = [
    "James",
    "Mary",
    "Robert",
    "Patricia",
    "John",
    "Jennifer",
    "Michael",
    "Linda",
    "David",
    "Elizabeth",
    "William",
    "Barbara",
    "Richard",
    "Susan",
    "Joseph",
    "Jessica",
    "Thomas",
    "Karen",
    "Charles",
    "Sarah",
];
const LAST: [&str; 20] = [
    "Walker",
    "Nguyen",
    "Hernandez",
    "Kowalski",
    "Okafor",
    "Schmidt",
    "Petrov",
    "Garcia",
    "Anderson",
    "Thompson",
    "Martinez",
    "Robinson",
    "Clarkson",
    "Rodriguez",
    "Lewandowski",
    "Leeson",
    "Hallberg",
    "Allenby",
    "Youngblood",
    "Kingsley",
];

/// An invented patient.
struct Patient {
    number: usize,
    first: &'static str,
    last: &'static str,
    birth: (usize, usize, usize),
}

impl Patient {
    fn new(number: usize) -> Self {
        let (first, last) = (FIRST[number % 20], LAST[(number / 20) % 20]);
        // Of the same name, no two have the same birth date.
        let birth = (1930 + (number / 400) * 3 + number % 3, 1 + number % 12, 1 + number % 28);
        Patient { number, first, last, birth }
    }

    fn mrn(&self) -> String {
        format!("{:08}", 30_000_000 + self.number * 7)
    }

    fn ssn(&self) -> String {
        format!("{:03}-{:02}-{:04}", 301 + self.number % 300, 10 + self.number % 80, 1000 + self.number)
    }

    fn born(&self) -> String {
        let (year, month, day) = self.birth;
        format!("{year}-{month:02}-{day:02}")
    }
}

/// The same patients in five systems: each in one at least, few in all.
fn spread(lab: &Lab, patients: usize) {
    let (mut table, mut feed, mut log) =
        (String::from("mrn,ssn,first_name,last_name,dob\n"), String::new(), String::new());
    let mut bundle = Vec::new();
    for it in (0..patients).map(Patient::new) {
        let Patient { number, first, last, .. } = it;
        let (mrn, ssn, born) = (it.mrn(), it.ssn(), it.born());
        if number % 10 != 9 {
            table += &format!("{mrn},{ssn},{first},{last},{born}\n");
        }
        if number % 3 == 0 {
            let born = born.replace('-', "");
            feed += &format!(
                "MSH|^~\\&|ADT|H|R|H|20260101||ADT^A01|{number}|P|2.5\rPID|1||{mrn}^^^H^MR||{}^{}||{born}|F\r",
                last.to_uppercase(),
                first.to_uppercase()
            );
        }
        if number % 3 == 1 || number % 10 == 9 {
            bundle.push(serde_json::json!({"resource": {
                "resourceType": "Patient", "birthDate": born, "name": [{"family": last, "given": [first]}],
                "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": mrn},
                    {"system": "http://hl7.org/fhir/sid/us-ssn", "value": ssn}],
            }}));
        }
        if number % 7 == 0 {
            let (year, month, day) = it.birth;
            let note = format!(
                "Patient: {first} {last}\nDOB: {month:02}/{day:02}/{year}\nMRN: {mrn}\n\nSeen for asthma. Stable on albuterol.\n"
            );
            lab.file(&format!("notes/n{number}.txt"), &note);
        }
        if number % 2 == 0 {
            log += &format!("2026-01-02 10:00:{:02} INFO [ehr] lookup mrn={mrn} status=ok\n", number % 60);
        }
    }
    lab.file("exports/patients.csv", &table);
    lab.file("feeds/adt.hl7", &feed);
    let bundle = serde_json::json!({"resourceType": "Bundle", "type": "collection", "entry": bundle});
    lab.file("fhir/bundle.json", &bundle.to_string());
    lab.file("logs/ehr.log", &log);
}

#[test]
fn individuals_are_counted_within_two_per_cent() {
    const PATIENTS: usize = 500;
    let lab = Lab::new("spread");
    spread(&lab, PATIENTS);
    lab.scan(2);
    let counted = lab.open().individuals().unwrap();
    let by_source: Vec<(PathBuf, u64)> =
        lab.sources().into_iter().filter(|it| it.findings > 40).map(|it| (it.path, it.individuals.count)).collect();
    assert!(counted.count.abs_diff(PATIENTS as u64) * 50 <= PATIENTS as u64, "{counted:?} {by_source:?}");
    assert!(counted.low <= counted.count && counted.count <= counted.high);
}

/// Files of other projects, where they lie beside the repository.
#[test]
#[allow(clippy::disallowed_macros, reason = "a test that is skipped says so")]
fn synthetic_patients_of_other_projects_are_counted_exactly() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/files");
    let table = files.join("csv/dbt-synthea__synthea__patients.csv");
    let Ok(patients) = fs::read_to_string(&table) else {
        eprintln!("skipped: no {}", table.display());
        return;
    };
    let lab = Lab::new("synthea");
    lab.file("patients.csv", &patients);
    let mut expected = patients.lines().count() as u64 - 1;
    for entry in fs::read_dir(files.join("fhir_json")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains("__SYNTHEA__") {
            lab.file(&name, &fs::read_to_string(&path).unwrap());
            expected += 1;
        }
    }
    lab.scan(2);
    let counted = lab.open().individuals().unwrap();
    let by_source: Vec<(PathBuf, Individuals)> =
        lab.sources().into_iter().map(|it| (it.path, it.individuals)).collect();
    assert_eq!(counted.count, expected, "{counted:?} {by_source:#?}");
}
