use super::super::testing::run;
use crate::model::{Reason, SourceState};

/// A container of two records `{name, born, notes: [..]}` without compression.
fn avro() -> Vec<u8> {
    let schema = br#"{"type":"record","name":"p","fields":[{"name":"name","type":"string"},
        {"name":"born","type":{"type":"int","logicalType":"date"}},
        {"name":"home","type":["null",{"type":"record","name":"a","fields":[{"name":"zip","type":"string"}]}]}]}"#;
    let number = |value: usize| {
        let mut bytes = Vec::new();
        let mut rest = value * 2;
        while rest > 127 {
            bytes.push((rest & 127 | 128) as u8);
            rest >>= 7;
        }
        bytes.push(rest as u8);
        bytes
    };
    let string = |text: &[u8]| [number(text.len()), text.to_vec()].concat();
    let first = [string(b"Jane"), number(11016), number(1), string(b"02139")].concat();
    let second = [string(b"Roe"), number(0), number(0)].concat();
    let marker = [7u8; 16].to_vec();
    let header =
        [b"Obj\x01".to_vec(), number(1), string(b"avro.schema"), string(schema), number(0), marker.clone()].concat();
    let block = |record: &[u8]| [number(1), number(record.len()), record.to_vec(), marker.clone()].concat();
    [header, block(&first), block(&second)].concat()
}

#[test]
fn avro_is_read_by_its_schema() {
    let (kept, extraction) = run(&avro());
    assert_eq!((extraction.format, extraction.state), ("avro", SourceState::Complete));
    assert_eq!(kept.pairs(), ["name=Jane", "born=2000-02-29", "home.zip=02139", "name=Roe", "born=1970-01-01"]);
    assert_eq!(kept.fields().iter().map(|it| it.record).collect::<Vec<_>>(), [1, 1, 1, 2, 2]);
}

#[test]
fn a_damaged_block_costs_that_block_only() {
    let mut bytes = avro();
    let at = bytes.windows(4).position(|it| it == b"Jane").expect("a name");
    bytes[at - 1] = 0xFF;
    let (kept, extraction) = run(&bytes);
    assert_eq!(extraction.reason, Some(Reason::Malformed));
    assert!(kept.pairs().contains(&"name=Roe".to_owned()));
}

#[test]
fn what_is_no_file_of_its_kind_is_malformed() {
    for bytes in [&b"PAR1abcdefgh"[..], b"ARROW1\0\0abc", b"ORC\0\x01abc", b"Obj\x01abc"] {
        assert_eq!(run(bytes).1.reason, Some(Reason::Malformed), "{bytes:?}");
    }
    assert_eq!(run(b"PAREabcdefgh").1.reason, Some(Reason::Encrypted));
}
