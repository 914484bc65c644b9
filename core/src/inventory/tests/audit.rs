use std::io::Cursor;

use super::*;

/// A log of about so many bytes, as it is copied out.
fn exported(bytes: usize) -> (Vec<u8>, Head) {
    let (mut head, mut out) = (Head::start(&"0123456789abcdef".repeat(2)), Vec::new());
    while out.len() < bytes {
        let body = serde_json::json!({"run": head.seq, "sources": [[1, "ephi", "00ff"], [2, "undetermined", null]]});
        let (record, next) = head.next(1_772_285_820 + head.seq as i64, "read", &body);
        out.extend_from_slice(format!("{} {record}\n", next.hex()).as_bytes());
        head = next;
    }
    (out, head)
}

fn verify(log: &[u8], anchors: &[(u64, [u8; 32])]) -> Result<Head, crate::Error> {
    verify_lines(Cursor::new(log), anchors)
}

#[test]
fn every_flipped_bit_shows() {
    let (log, head) = exported(64 << 10);
    assert_eq!(verify(&log, &[]).unwrap(), head);
    let starts: Vec<usize> = std::iter::once(0).chain(memchr::memchr_iter(b'\n', &log).map(|at| at + 1)).collect();
    let mut line = 0;
    let mut missed = Vec::new();
    let mut before = Head::start(&head.log_id);
    for at in 0..log.len() {
        if at >= starts[line + 1] {
            let text = std::str::from_utf8(&log[starts[line]..starts[line + 1] - 1]).unwrap();
            before = before.follow(&text[65..], &parse_hash(&text[..64]).unwrap()).unwrap();
            line += 1;
        }
        // What stands before a record is intact: it is enough to follow from there to the end of the next line.
        let end = starts.get(line + 2).copied().unwrap_or(log.len());
        for bit in 0..8 {
            let mut flipped = log[starts[line]..end].to_vec();
            flipped[at - starts[line]] ^= 1 << bit;
            if super::super::audit::follow_all(&before, &flipped).is_ok() {
                missed.push((at, bit));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn records_removed_doubled_swapped_or_added_show() {
    let (log, head) = exported(8 << 10);
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let anchor = (head.seq, head.hash);
    let refused = |lines: &[&[u8]], anchors: &[(u64, [u8; 32])], what: &str| {
        assert!(verify(&lines.concat(), anchors).is_err(), "{what}");
    };
    for at in 0..lines.len() {
        let mut removed = lines.clone();
        removed.remove(at);
        refused(&removed, &[anchor], "removed");
        if at + 1 < lines.len() {
            refused(&removed, &[], "removed from within");
        }
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        refused(&doubled, &[], "doubled");
        if at > 0 {
            let mut swapped = lines.clone();
            swapped.swap(at, at - 1);
            refused(&swapped, &[], "swapped");
            refused(&lines[..at], &[anchor], "cut off");
        }
        let mut added = lines.clone();
        added.insert(at, b"x\n");
        refused(&added, &[], "added");
    }
    assert!(verify(&log, &[anchor, (1, parse_hash(std::str::from_utf8(&lines[0][..64]).unwrap()).unwrap())]).is_ok());
    assert!(verify(&log[..log.len() - 1], &[]).is_err() && verify(b"", &[]).is_err());
}

#[test]
fn a_new_chain_is_refused_by_the_anchor() {
    let (log, _) = exported(2 << 10);
    let (_, head) = exported(1 << 10);
    assert!(verify(&log, &[(head.seq, head.hash)]).is_ok());
    assert!(verify(&log, &[(head.seq, [1; 32])]).is_err());
}

#[test]
fn changes_of_the_table_show() {
    let lab = Lab::new("audit");
    lab.file("note.txt", NOTE);
    lab.scan(1);
    let head = lab.open().verify_audit(&[]).unwrap();
    let anchor = [(head.seq, head.hash)];
    let tampered = |sql: &str| {
        let copy = lab.folder.join("copy.db");
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{suffix}", copy.display()));
        }
        fs::copy(lab.store(), &copy).unwrap();
        let connection = rusqlite::Connection::open(&copy).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        Inventory::open_read(&copy).unwrap().verify_audit(&anchor)
    };
    assert_eq!(tampered("").unwrap(), head);
    for sql in [
        "UPDATE audit SET record = replace(record, '\"time\":1000', '\"time\":1001') WHERE seq = 2",
        "UPDATE audit SET hash = zeroblob(32) WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT seq + 100, record, hash FROM audit WHERE seq = 1",
        "UPDATE store SET log_id = replace(log_id, substr(log_id, 1, 1), 'g')",
    ] {
        assert!(tampered(sql).is_err(), "{sql}");
    }
}

#[test]
fn decisions_and_uses_of_the_key_are_noted() {
    let lab = Lab::new("noted");
    let note = lab.file("note.txt", NOTE);
    lab.scan(1);
    let mut store = Inventory::open_write(&lab.store(), &lab.key.id(), 1).unwrap();
    let source = store.source_at(&note).unwrap().unwrap();
    let treatment =
        Treatment { status: "accepted".into(), owner: Some("CISO".into()), set_at: 5, ..Treatment::default() };
    store.treat(&source, &treatment).unwrap();
    store.note(6, "key_use", &serde_json::json!({"what": "who", "values": 1})).unwrap();
    assert_eq!(store.treatments().unwrap(), [(source.id, treatment)]);
    let wrong = Treatment { status: "gone fishing".into(), ..Treatment::default() };
    assert_eq!(store.treat(&source, &wrong).unwrap_err().kind(), ErrorKind::Usage);
    let mut kinds = Vec::new();
    let kind =
        |record: &str| serde_json::from_str::<serde_json::Value>(record).unwrap()["kind"].as_str().unwrap().to_owned();
    store
        .each_audit_record(|_, record, _| {
            kinds.push(kind(record));
            Ok(())
        })
        .unwrap();
    assert_eq!(kinds, ["run_start", "read", "run_end", "treatment", "key_use"]);
    store.verify_audit(&[]).unwrap();
}
