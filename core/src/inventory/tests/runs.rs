use super::*;

/// Everything in the store that a scan finds, without what only tells when and how often it was run.
fn dump(path: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut out = Vec::new();
    for (table, left_out) in [
        ("sources", &["accessed", "fresh"][..]),
        ("blocks", &[]),
        ("more_groups", &[]),
        ("unread", &[]),
        ("history", &[]),
        ("folders", &[]),
        ("entities", &[]),
        ("kinds", &[]),
        ("labels", &[]),
        ("run_counts", &[]),
        ("runs", &["starts", "examined", "reused"]),
    ] {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells = names.iter().enumerate().filter(|(_, name)| !left_out.contains(&name.as_str()));
            let cells: Vec<String> = cells.map(|(at, _)| format!("{:?}", row.get_ref(at).unwrap())).collect();
            out.push(format!("{table} {}", cells.join(" ")));
        }
    }
    out
}

fn grow(lab: &Lab, files: usize) {
    for number in 0..files {
        let (folder, mrn) = (number % 7, 10_000_000 + number);
        lab.file(&format!("d{folder}/t{number}.csv"), &TABLE.replace("00482913", &mrn.to_string()));
        lab.file(&format!("d{folder}/n{number}.txt"), &NOTE.replace("00482913", &mrn.to_string()));
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("t0.csv", lab.share().join("d0/link")).unwrap();
}

/// Lets files look as if they had been there for long.
fn settle(lab: &Lab) {
    let connection = rusqlite::Connection::open(lab.store()).unwrap();
    connection.execute("UPDATE sources SET fresh = 0", []).unwrap();
}

#[test]
fn unchanged_files_are_not_read_again() {
    let lab = Lab::new("again");
    grow(&lab, 12);
    let first = lab.scan(2);
    settle(&lab);
    let before = dump(&lab.store()).into_iter().filter(|row| !row.starts_with("run")).collect::<Vec<_>>();
    let second = lab.scan(2);
    assert_eq!(second, first);
    let after = dump(&lab.store()).into_iter().filter(|row| !row.starts_with("run")).collect::<Vec<_>>();
    assert_eq!(before, after);
    let runs = lab.open().runs().unwrap();
    // The link is looked at each time: there is nothing to read.
    assert_eq!((runs[1].reused, runs[1].sources, runs[1].id), (24, runs[0].sources, 2));
    assert_eq!(runs[0].individuals, runs[1].individuals);
    assert!(lab.open().diff(1, 2).unwrap().is_empty());
}

#[test]
fn changed_touched_moved_copied_and_removed_files_are_told_apart() {
    let lab = Lab::new("changes");
    let names = ["changed.csv", "touched.csv", "moved.csv", "copied.csv", "removed.csv", "better.csv"];
    let path = |name: &str| lab.share().join(name);
    for (number, name) in names.iter().enumerate() {
        lab.file(name, &TABLE.replace("00482913", &(20_000_000 + number).to_string()));
    }
    lab.scan(1);
    settle(&lab);
    lab.file("changed.csv", &format!("{TABLE}00482915,536-22-8712,Bo Poe,1982-05-16\n"));
    fs::write(path("touched.csv"), fs::read(path("touched.csv")).unwrap()).unwrap();
    fs::rename(path("moved.csv"), path("elsewhere.csv")).unwrap();
    fs::copy(path("copied.csv"), path("copy.csv")).unwrap();
    fs::remove_file(path("removed.csv")).unwrap();
    lab.file("better.csv", "a,b\n1,2\n");
    lab.scan(1);
    let changes = lab.open().diff(1, 2).unwrap();
    let told: Vec<(String, &str, &str)> = changes
        .iter()
        .map(|it| (it.path.file_name().unwrap().to_string_lossy().into_owned(), it.kind.id(), it.trend.id()))
        .collect();
    let expected = [
        ("better.csv", "changed", "better"),
        ("changed.csv", "changed", "worse"),
        ("copy.csv", "new", "worse"),
        ("elsewhere.csv", "moved", "same"),
        ("removed.csv", "gone", "better"),
    ];
    let expected = expected.map(|(name, kind, trend)| (name.to_owned(), kind, trend));
    assert_eq!(
        {
            let mut told = told.clone();
            told.sort();
            told
        },
        expected
    );
    let run = lab.open().last_run().unwrap().unwrap();
    // Touched, copied and copy.csv, elsewhere.csv.
    assert_eq!((run.reused, run.examined, run.gone), (4, 2, 2));
    let sources = lab.sources();
    let copy = sources.iter().find(|it| it.path.ends_with("copy.csv")).unwrap();
    assert_eq!(lab.open().duplicates(copy).unwrap(), 1);
    let reader = lab.open().finding_reader().unwrap();
    let mut found = 0;
    let count = |_: &FindingRow| {
        found += 1;
        Ok(())
    };
    lab.open().each_finding(copy, &reader, count).unwrap();
    assert_eq!(found, copy.findings);
}

#[test]
fn a_file_that_comes_back_was_away() {
    let lab = Lab::new("back");
    let path = lab.file("a.csv", TABLE);
    lab.file("b.csv", NOTE);
    lab.scan(1);
    fs::remove_file(&path).unwrap();
    lab.scan(1);
    lab.file("a.csv", TABLE);
    lab.scan(1);
    let kinds = |earlier, later| -> Vec<&'static str> {
        lab.open().diff(earlier, later).unwrap().iter().map(|it| it.kind.id()).collect()
    };
    assert_eq!((kinds(1, 2), kinds(2, 3), kinds(1, 3)), (vec!["gone"], vec!["new"], vec![]));
}

#[test]
fn a_forged_time_does_not_hide_a_change() {
    let lab = Lab::new("forged");
    let path = lab.file("a.csv", TABLE);
    lab.scan(1);
    settle(&lab);
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, TABLE.replace("536-22-8710", "the-same-le")).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    lab.scan(1);
    assert_eq!(lab.open().last_run().unwrap().unwrap().examined, 1);
}

#[cfg(unix)]
#[test]
fn a_mode_that_opens_up_is_a_change_for_the_worse() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::new("chmod");
    let path = lab.file("a.csv", TABLE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    lab.scan(1);
    settle(&lab);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    lab.scan(1);
    let changes = lab.open().diff(1, 2).unwrap();
    assert_eq!((changes.len(), changes[0].kind, changes[0].trend), (1, ChangeKind::Changed, Trend::Worse));
    let run = lab.open().last_run().unwrap().unwrap();
    assert_eq!((run.examined, run.reused), (0, 1));
}

#[test]
fn a_scan_that_was_stopped_goes_on_where_it_was() {
    let lab = Lab::new("resume");
    grow(&lab, 8);
    lab.scan(1);
    let whole = dump(&lab.store());
    for stop in [0, 1, 3, 7, 12, 16] {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{suffix}", lab.store().display()));
        }
        let mut recorder = lab.recorder();
        lab.scan_into(1, &mut recorder, Some(stop));
        recorder.commit().unwrap();
        drop(recorder);
        settle(&lab);
        lab.scan(2);
        assert_eq!(dump(&lab.store()), whole, "stopped after {stop}");
        let store = lab.open();
        store.verify_audit(&[]).unwrap();
        assert_eq!(store.runs().unwrap().len(), 1);
    }
}
