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
fn flow_goes_the_usual_way() {
    let lab = Lab::new("flow");
    lab.file("exports/table.csv", TABLE);
    lab.file("backup/table.csv", TABLE);
    lab.file("testdata/sample.csv", TABLE);
    lab.file("other/none.csv", "a,b\n1,2\n");
    lab.scan(1);
    let rules = RiskRules::builtin().unwrap();
    let edges = lab.open().flow(&rules, Between::Folders, 10).unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let edges: Vec<(String, String, u64)> =
        edges.iter().map(|it| (name(&it.from), name(&it.to), it.individuals)).collect();
    assert!(edges.contains(&("exports".into(), "backup".into(), 2)), "{edges:?}");
    assert!(edges.contains(&("backup".into(), "testdata".into(), 2)), "{edges:?}");
    assert_eq!(edges.len(), 3);
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
