use super::*;

#[test]
fn what_a_scan_finds_can_be_read_again() {
    let lab = Lab::new("read");
    lab.file("a/table.csv", TABLE);
    lab.file("a/object.json", OBJECT);
    lab.file("b/note.txt", NOTE);
    lab.file("b/picture.png", "\u{89}PNG\r\n");
    let totals = lab.scan(2);
    let (store, sources) = (lab.open(), lab.sources());
    assert_eq!(sources.len() as u64, totals.sources);
    let mut entities: BTreeMap<String, u64> = BTreeMap::new();
    let reader = store.finding_reader().unwrap();
    let mut places = Vec::new();
    for source in &sources {
        let mut found = 0;
        let each = |it: &FindingRow| {
            found += 1;
            *entities.entry(it.entity.clone()).or_default() += 1;
            serde_json::from_str::<Vec<serde_json::Value>>(&it.place).unwrap();
            places.push(format!("{} {} {:?}", it.entity, it.place, it.line));
            Ok(())
        };
        store.each_finding(source, &reader, each).unwrap();
        assert_eq!(found, source.findings, "{}", source.path.display());
    }
    assert_eq!(entities, store.run_counts(1, "entity").unwrap());
    assert!(places.contains(&r#"us_ssn [{"row":2,"column":"ssn"}] Some(3)"#.to_owned()), "{places:#?}");
    assert!(places.iter().any(|it| it.starts_with(r#"mrn [{"pointer":"/patients/1/mrn"}]"#)), "{places:#?}");
    let run = store.last_run().unwrap().unwrap();
    assert_eq!((run.sources, run.findings), (totals.sources, totals.findings()));
    assert_eq!((run.individuals.count, run.individuals.low), (3, 3), "{:?}", run.individuals);
    let levels: u64 = store.run_counts(1, "risk").unwrap().values().sum();
    assert_eq!(levels, totals.sources);
    let mut risks = 0;
    let count = |source: SourceRow, risk: Risk| {
        assert!(!risk.inputs.is_empty() && risk.score() >= 1, "{}", source.path.display());
        risks += 1;
        Ok(())
    };
    store.each_risk(&RiskRules::builtin().unwrap(), 1000, count).unwrap();
    assert_eq!(risks, totals.sources);
    assert!(store.audit_head().unwrap().seq >= 3);
    store.verify_audit(&[]).unwrap();
}

#[test]
fn no_value_is_in_the_store() {
    let lab = Lab::new("values");
    lab.file("table.csv", TABLE);
    lab.file("536-22-8710.txt", NOTE);
    lab.file("labels.csv", "536-22-8710,x\n1,2\n536-22-8711,3\n");
    lab.scan(1);
    let mut bytes = fs::read(lab.store()).unwrap();
    if let Ok(log) = fs::read(lab.folder.join("share.db-wal")) {
        bytes.extend(log);
    }
    let holds = |text: &str| memchr::memmem::find(&bytes, text.as_bytes()).is_some();
    // The name of a file is the one place where a value may stand: paths are what an inventory is about.
    assert!(holds("536-22-8710.txt"));
    for value in ["536-22-8711", "Jane", "Doe", "00482913", "1980", "asthma", "Roe"] {
        assert!(!holds(value), "{value}");
    }
}

#[cfg(unix)]
#[test]
fn the_store_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::new("mode");
    lab.file("note.txt", NOTE);
    let recorder = lab.recorder();
    for name in ["share.db", "share.db-wal", "share.db-shm", "share.db-lock"] {
        let mode = fs::metadata(lab.folder.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(recorder);
}

#[test]
fn a_second_writer_is_refused_at_once() {
    let lab = Lab::new("two");
    lab.file("note.txt", NOTE);
    let recorder = lab.recorder();
    let refused = Inventory::open_write(&lab.store(), &lab.key.id(), 1000).unwrap_err();
    assert!(refused.kind() == ErrorKind::Usage && refused.to_string().contains("another phisift"), "{refused}");
    drop(recorder);
    lab.scan(1);
}

#[test]
fn other_files_are_refused_and_left_as_they_are() {
    let lab = Lab::new("foreign");
    lab.file("note.txt", NOTE);
    lab.scan(1);
    let ours = fs::read(lab.store()).unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = ours.clone();
        bytes[at] = byte;
        bytes
    };
    let foreign: [(&str, Vec<u8>); 6] = [
        ("is no inventory", b"mrn,ssn\n1,2\n".to_vec()),
        ("is no inventory", Vec::new()),
        ("is a database but no inventory", with(71, 0)),
        ("newer", with(63, 9)),
        ("damaged", ours[..ours.len() - 100].to_vec()),
        ("damaged", ours[..4096].to_vec()),
    ];
    for (why, bytes) in foreign {
        let path = lab.folder.join("foreign.db");
        fs::write(&path, &bytes).unwrap();
        for error in
            [Inventory::open_read(&path), Inventory::open_write(&path, &lab.key.id(), 1)].map(Result::unwrap_err)
        {
            assert!(error.kind() == ErrorKind::Usage && error.to_string().contains(why), "{why}: {error}");
        }
        assert!(fs::read(&path).unwrap() == bytes, "{why}");
        assert!(!Path::new(&format!("{}-wal", path.display())).exists(), "{why}");
    }
    let other = Inventory::open_write(&lab.store(), &Key::new([8; 32]).id(), 1).unwrap_err();
    assert!(other.to_string().contains("another key"), "{other}");
}
