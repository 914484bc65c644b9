//! Tests of the table reader on real bytes.

use proptest::prelude::*;

use crate::extract::Hint;
use crate::extract::testing::{run, run_as, same_in_any_reads};
use crate::model::{FieldKind, Limits};

#[test]
fn cells_carry_their_column_names() {
    let (kept, extraction) = run(b"id,last_name,dob\r\n1,\"Doe, \"\"J\"\"\", 1960-02-03 \r\n2,,\r\n");
    assert_eq!(extraction.format, "csv");
    let expected = ["=id", "=last_name", "=dob", "id=1", "last_name=Doe, \"\"J\"\"", "dob=1960-02-03", "id=2"];
    assert_eq!(kept.pairs(), expected);
    let fields = kept.fields();
    assert_eq!((fields[0].record, fields[3].record, fields[6].record), (0, 1, 2));
}

#[test]
fn blocks_are_the_same_for_reads_of_any_size() {
    let mut text = b"id,first_name,note\n".to_vec();
    for row in 0..40_000 {
        text.extend_from_slice(format!("{row},Ann,\"said \"\"{row}\"\",\nand left\"\n").as_bytes());
    }
    same_in_any_reads(&text);
    let (kept, _) = run(&text);
    assert_eq!(kept.owned(), text);
    assert_eq!(kept.fields().last().map(|field| field.record), Some(40_000));
}

#[test]
fn prose_logs_and_messages_are_not_tables() {
    for text in [
        &b"Dear Ann, I hope you are well, and that all is fine.\nThe visit, on Monday, went well, he said.\nBye, Bo, and Co.\n"[..],
        b"MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\rPID|1||123^^^H^MR||DOE^JANE\r",
        b"2025-01-01 00:00:00,001 ERROR [http-1] c.a.Order - Flushed some events to kafka\n2025-01-01 00:00:01,002 INFO [http-2] c.a.Order - Flushed more events to kafka\n2025-01-01 00:00:02,003 INFO [http-2] c.a.Order - Flushed no events to kafka\n2025-01-01 00:00:03,001 WARN [http-2] c.a.Order - Lost some events in kafka\n2025-01-01 00:00:04,001 WARN [http-2] c.a.Order - Lost some events in kafka\n",
        b"{\"a\":1,\"b\":2}\n",
    ] {
        assert_ne!(run(text).1.format, "csv");
    }
}

#[test]
fn an_unclosed_quote_costs_its_block_only() {
    let mut text = b"id,first_name,zip\n1,\"oops,02134\n".to_vec();
    while text.len() < 8 << 20 {
        text.extend_from_slice(b"2,Ann,02134\n");
    }
    let (kept, _) = run(&text);
    assert_eq!(kept.owned(), text);
    assert!(kept.pairs().iter().filter(|pair| *pair == "zip=02134").count() > 690_000);
}

#[test]
fn delimiters_and_headers_are_told_by_content() {
    for (text, labelled) in [
        ("a_id;last_name\n1;Doe\n2;Roe\n", "last_name=Roe"),
        ("mrn\tdob\n123\t1960-01-01\n456\t1970-01-01\n", "dob=1970-01-01"),
        ("ID|NAME|SSN\n7|Ann Example|123-45-6789\n", "SSN=123-45-6789"),
        (
            "Id,BIRTHDATE,SSN,FIRST\n0f4d,2010-01-01,999-12-1234,Ann\n1f4d,2011-01-01,999-12-1235,Bo\n",
            "SSN=999-12-1234",
        ),
        ("First,Last,City\nJohn,Doe,Boston\nJane,Roe,Austin\n", "City=Austin"),
        ("Exported by Acme\n\nid,dob\n1,1960-01-01\n2,1970-01-01\n3,1980-01-01\n", "dob=1980-01-01"),
    ] {
        let (kept, extraction) = run(text.as_bytes());
        assert_eq!(extraction.format, "csv", "{text}");
        assert!(kept.pairs().iter().any(|pair| pair == labelled), "{text} {:?}", kept.pairs());
        assert_eq!(kept.owned(), text.as_bytes());
    }
}

#[test]
fn a_table_without_a_header_has_column_numbers() {
    let text = b"Doe,Jane,1960-01-01,02134\nRoe,Ann,1970-01-01,02135\nPoe,Bo,1980-01-01,02136\n";
    let (kept, extraction) = run(text);
    assert_eq!(extraction.format, "csv");
    assert_eq!(kept.fields()[0].record, 1);
    let segment = &kept.segments[0];
    let column = |index: usize| segment.frame.labels[segment.fields[index].label as usize].column;
    assert_eq!((column(0), column(3)), (Some(0), Some(3)));
    assert_eq!(kept.fields()[3].label, "");
}

#[test]
fn long_cells_with_spaces_are_prose_and_ragged_rows_are_kept() {
    let note = "seen on Monday and well ".repeat(5);
    let text = format!(
        "id,note_text\n1,{note}\n2,short,extra\n3\n4,x\n5,y\n6,z\n7,a\n8,b\n9,c\n10,d\n11,e\n12,f\n13,g\n14,h\n15,i\n16,j\n17,k\n18,l\n19,m\n"
    );
    let (kept, extraction) = run(text.as_bytes());
    assert_eq!(extraction.format, "csv");
    let fields = kept.fields();
    assert_eq!(fields[3].kind, FieldKind::Narrative);
    let extra = fields.iter().find(|field| field.text == "extra").expect("kept");
    assert_eq!((extra.label.as_str(), extra.record), ("", 2));
}

#[test]
fn the_caller_may_insist() {
    let hint = Hint { name: b"", format: Some("csv") };
    let (kept, extraction) = run_as(b"Jane Doe,1960-01-01", 5, hint, &Limits::default());
    assert_eq!(extraction.format, "csv");
    assert_eq!(kept.fields().len(), 2);
    let hint = Hint { name: b"", format: Some("text") };
    assert_eq!(run_as(b"id,dob\n1,2\n", 5, hint, &Limits::default()).1.format, "text");
}

/// Cells as people write them, quoted by a writer that knows how.
fn any_cell() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 .,;|\"\n\u{e9}-]{0,14}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn cells_are_those_of_a_parser(rows in proptest::collection::vec(proptest::collection::vec(any_cell(), 4), 1..12)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["row_id", "last_name", "note_text", "zip_code"]).expect("writes");
        for row in &rows {
            writer.write_record(row).expect("writes");
        }
        let text = writer.into_inner().expect("ends");
        let hint = Hint { name: b"", format: Some("csv") };
        let (kept, _) = run_as(&text, 64, hint, &Limits::default());
        let names = ["row_id", "last_name", "note_text", "zip_code"];
        let mut expected: Vec<String> = names.iter().map(|name| format!("={name}")).collect();
        for row in &rows {
            for (name, cell) in names.iter().zip(row) {
                let cell = cell.replace('"', "\"\"");
                let cell = cell.trim_matches([' ', '\n']);
                if !cell.is_empty() {
                    expected.push(format!("{name}={cell}"));
                }
            }
        }
        let found: Vec<String> = kept.pairs().iter().map(|pair| pair.replace("\"\"", "\"")).collect();
        let expected: Vec<String> = expected.iter().map(|pair| pair.replace("\"\"", "\"")).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(kept.owned(), text);
    }
}
