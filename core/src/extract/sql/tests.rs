use super::super::testing::{Kept, run, run_as, same_in_any_reads};
use super::super::{Extraction, Hint};
use crate::model::{FieldKind, Grid, Limits, Segment, Text};

fn read(text: &str) -> (Kept, Extraction) {
    run(text.as_bytes())
}

/// `label=value` of what is no prose.
fn values(kept: &Kept) -> Vec<String> {
    let is_value = |it: &super::super::testing::Seen| !it.label.is_empty() || it.kind == FieldKind::Structured;
    let shown = |it: super::super::testing::Seen| format!("{}={}", it.label, it.text);
    kept.fields().into_iter().filter(is_value).map(shown).collect()
}

#[test]
fn inserts_are_labelled_by_their_columns() {
    let (kept, extraction) =
        read("INSERT INTO patients (name, ssn) VALUES\n ('Jane Doe', '123-45-6789'),\n ('Roe', NULL);\n");
    assert_eq!(extraction.format, "sql");
    assert_eq!(values(&kept), ["patients.name=Jane Doe", "patients.ssn=123-45-6789", "patients.name=Roe"]);
    let records: Vec<u64> = kept.fields().iter().map(|it| it.record).collect();
    assert_eq!(records, [1, 1, 2]);
    assert_eq!(kept.segments.last().map(|it| it.frame.grid.clone()), Some(Grid::Table(Text(b"patients".to_vec()))));
}

#[test]
fn without_a_list_the_table_says_the_order() {
    let (kept, _) = read(
        "CREATE TABLE IF NOT EXISTS \"p\" (id INTEGER PRIMARY KEY, \"last name\" TEXT, n NUMERIC(10,2), \
         CONSTRAINT pk PRIMARY KEY (id));\nINSERT INTO p VALUES(1,'O''Brien',-2.5);\ninsert into other values (7);\n",
    );
    assert_eq!(values(&kept), ["p.id=1", "p.last name=O'Brien", "p.n=-2.5", "=7"]);
}

#[test]
fn values_keep_their_bytes() {
    let text = "INSERT INTO p (a, b) VALUES ('O''Brien', 'x');";
    let (kept, _) = read(text);
    let fields = kept.fields();
    assert_eq!(&text[fields[0].start as usize..fields[0].end as usize], "O''Brien");
    assert_eq!(&text[fields[1].start as usize..fields[1].end as usize], "x");
}

#[test]
fn dialects_are_told_apart() {
    let (kept, _) = read(
        "CREATE TABLE `p` (`a` int);\nINSERT INTO `p` (`a`,`b`) VALUES ('O\\'Brien\\nx',_binary 'q'),(\"d\",0x4A6F);",
    );
    assert_eq!(values(&kept), ["p.a=O'Brien\nx", "p.b=q", "p.a=d"]);
    assert!(kept.texts().iter().any(|it| it == "Jo") || kept.segments.iter().any(|it| it.text.0 == b"Jo"));
    let (kept, _) = read("SET x = 1;\nINSERT INTO p (path) VALUES ('C:\\dir\\'), (E'it\\'s');");
    assert_eq!(values(&kept), ["p.path=C:\\dir\\", "p.path=it's"]);
    let (kept, _) = read(
        "USE [db]\nGO\nINSERT [dbo].[p] ([First Name], [b]) VALUES (N'Jane', CAST(N'2020-01-02' AS Date))\nINSERT [dbo].[p] ([b]) VALUES (5)\nGO\n",
    );
    assert_eq!(values(&kept), ["p.First Name=Jane", "p.b=2020-01-02", "p.b=5"]);
    let (kept, _) = read("INSERT INTO p (a, b) SELECT 'x', 1 UNION ALL SELECT 'y', 2;");
    assert_eq!(values(&kept), ["p.a=x", "p.b=1", "p.a=y", "p.b=2"]);
}

#[test]
fn copied_lines_are_rows() {
    let (kept, _) =
        read("SET a = b;\nCOPY public.p (name, note) FROM stdin;\nJane\ta\\tb\\\\c\nRoe\t\\N\n\\.\n\nSELECT 1;\n");
    assert_eq!(values(&kept), ["p.name=Jane", "p.note=a\tb\\c", "p.name=Roe"]);
    assert!(kept.texts().iter().any(|it| it == "SELECT 1;"));
}

#[test]
fn assignments_are_labelled() {
    let (kept, _) =
        read("UPDATE p SET ssn = '123-45-6789', n = 4 WHERE mrn IN ('1', '2');\nDELETE FROM p WHERE name = 'Doe';");
    assert_eq!(values(&kept), ["p.ssn=123-45-6789", "p.n=4", "p.mrn=1", "p.mrn=2", "p.name=Doe"]);
}

#[test]
fn comments_and_the_rest_are_prose() {
    let (kept, _) = read(
        "-- Dump for Dr. Roe\nBEGIN;\nINSERT INTO p (a) VALUES ('x' /* Jane */);\nEXEC f 'it''s';\n-- it's over\nINSERT INTO p (a) VALUES ('y');",
    );
    let texts = kept.texts();
    assert_eq!(texts, ["-- Dump for Dr. Roe\nBEGIN;", "x", "Jane", "EXEC f 'it''s';\n-- it's over", "y"]);
}

#[test]
fn notes_about_inserts_are_no_dumps() {
    for note in [
        "Please insert into the chart (values below).\nUpdate the family, set a date.",
        "Insert into the wound (gauze) values of 5.",
        "Update patient set up for Tuesday",
        "Patient's note\nINSERT INTO t (a) VALUES ('x');",
    ] {
        assert_eq!(read(note).1.format, "text", "{note}");
    }
}

#[test]
fn reads_of_any_size_give_the_same_blocks() {
    let row = "INSERT INTO p (a, b) VALUES ('O''Brien', 'some words of text'), (1, 2);\n";
    let other = "-- what is said\nINSERT INTO q VALUES ('é', X'00');\n";
    same_in_any_reads([row.repeat(400), other.to_owned()].concat().repeat(60).as_bytes());
}

#[test]
fn what_is_longer_than_a_block_is_read() {
    let long = "word ".repeat(500_000);
    let text = format!("INSERT INTO p (a, b) VALUES ('{long}', 'tail'), ('x', X'{}');", "4a6f686e20".repeat(300_000));
    let (kept, extraction) = read(&text);
    assert!(extraction.reason.is_none());
    assert!(kept.segments.iter().all(Segment::is_sound));
    let tail: Vec<_> = values(&kept).into_iter().filter(|it| it.len() < 100).collect();
    assert_eq!(tail, ["p.b=tail", "p.a=x"]);
    let owned = String::from_utf8(kept.owned()).expect("UTF-8");
    assert_eq!(owned.matches("word ").count(), 500_000);
    assert_eq!(owned.matches("John ").count(), 300_000);
}

#[test]
fn hostile_scripts_end() {
    for piece in ["INSERT INTO t (a\n", "CREATE TABLE t (\n", "$a$ '", "UPDATE '\n", "COPY t FROM\n", "\"x\n"] {
        let text = ["CREATE TABLE t (a int);\n", &piece.repeat(20_000)].concat();
        let hint = Hint { format: Some("sql"), ..Hint::default() };
        let (kept, _) = run_as(text.as_bytes(), 1 << 16, hint, &Limits::default());
        assert!(kept.owned().len() >= text.len() - 1, "{piece}");
    }
}
