//! Tests of the JSON reader on real bytes.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::extract::testing::{run, same_in_any_reads};
use crate::model::FieldKind;

fn hints_of(text: &str, value: &str) -> String {
    let (kept, extraction) = run(text.as_bytes());
    assert_eq!(extraction.format, "json");
    kept.fields().into_iter().find(|field| field.text == value).map(|field| field.hints).expect("a field")
}

#[test]
fn values_carry_their_paths() {
    let (kept, extraction) = run(br#"{"patient":{"name":[{"family":"Doe","given":["Jane","Q"]}],"age":94,"ok":true}}"#);
    assert_eq!(extraction.format, "json");
    let expected = ["patient.name.family=Doe", "patient.name.given=Jane", "patient.name.given=Q", "patient.age=94"];
    assert_eq!(kept.pairs(), expected);
    assert_eq!(kept.fields()[2].pointer, "/patient/name/0/given/1");
}

#[test]
fn lines_and_elements_are_records() {
    let (kept, _) = run(b"{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n\n{\"a\":3}");
    let records: Vec<_> = kept.fields().iter().map(|field| (field.record, field.text.clone())).collect();
    assert_eq!(records, [(1, "1".into()), (1, "x".into()), (2, "2".into()), (3, "3".into())]);
    let (kept, _) = run(b"[{\"a\":1},{\"a\":2}]");
    assert_eq!(kept.fields().iter().map(|field| field.record).collect::<Vec<_>>(), [1, 2]);
    let (kept, _) = run(b"{\"resourceType\":\"Bundle\",\"entry\":[{\"a\":1},{\"a\":2,\"b\":3}],\"z\":9}");
    assert_eq!(kept.fields().iter().map(|field| field.record).collect::<Vec<_>>(), [1, 2, 3, 3, 4]);
}

#[test]
fn siblings_say_what_a_value_is() {
    let text = r#"{"identifier":[{"use":"usual","type":{"coding":[{"system":"http://x/v2-0203","code":"MR",
        "display":"Medical Record Number"}],"text":"MRN"},"value":"AB-1"},{"value":"AB-2","system":"us-ssn"}],
        "telecom":{"value":"555","note":"n"}}"#;
    assert_eq!(hints_of(text, "AB-1"), "usual http://x/v2-0203 MR Medical Record Number MRN");
    assert_eq!(hints_of(text, "AB-2"), "us-ssn");
    assert_eq!(hints_of(text, "555"), "");
}

#[test]
fn escapes_are_decoded_and_mapped() {
    let text = br#"{"note":"a\n\u00e9\ud83d\ude00b\/","x":"y"}"#;
    let (kept, _) = run(text);
    let fields = kept.fields();
    assert_eq!(fields[0].text, "a\n\u{e9}\u{1F600}b/");
    assert_eq!(&text[fields[0].start as usize..fields[0].end as usize], br#"a\n\u00e9\ud83d\ude00b\/"#);
    assert_eq!((fields[1].text.as_str(), &text[fields[1].start as usize..fields[1].end as usize]), ("y", &b"y"[..]));
}

#[test]
fn odd_keys_are_fields_too() {
    let (kept, _) = run(br#"{"jane@example.org":{"123-45-6789":1},"plain_key":2}"#);
    let keys: Vec<_> = kept.fields().into_iter().filter(|it| it.kind == FieldKind::Markup).map(|it| it.text).collect();
    assert_eq!(keys, ["jane@example.org", "123-45-6789"]);
}

#[test]
fn depth_is_no_limit() {
    let text = [vec![b'['; 50_000], br#"{"ssn":"123"}"#.to_vec(), vec![b']'; 50_000]].concat();
    let (kept, extraction) = run(&text);
    assert_eq!((extraction.format, extraction.reason), ("json", None));
    assert_eq!(kept.texts().last().map(String::as_str), Some("123"));
    let mixed = [&br#"{"a":"#.repeat(5000)[..], br#"{"k":"one","l":"two"}"#].concat();
    let texts = run(&mixed).0.texts();
    assert!(["one", "two"].iter().all(|wanted| texts.iter().any(|text| text == wanted)));
    let open = [&br#"{"a":"#.repeat(300_000)[..], b"\"x\""].concat();
    assert_eq!(run(&open).0.texts().last().map(String::as_str), Some("x"));
}

#[test]
fn what_is_not_json_is_prose() {
    let mut text = b"{\"a\":\"one\"}\n".repeat(10_000);
    text.extend_from_slice(b"{\"a\":\"unclosed\n{\"a\":\"two\"}\nplain MRN 77\n{\"a\":\"three\"}\n");
    let (kept, extraction) = run(&text);
    assert_eq!((extraction.format, extraction.reason), ("json", None));
    let texts = kept.texts();
    let tail: Vec<_> = texts[10_000..].iter().map(String::as_str).collect();
    assert_eq!(tail, ["\"unclosed", "two", "plain MRN 77", "three"]);
    assert_eq!(kept.owned(), text);
}

#[test]
fn mixed_logs_and_prose_are_not_json() {
    for text in ["{\"a\":1}\nplain line\n{\"a\":2}\n", "[2025-01-01 00:00:00] INFO x\n", "[1] Smith J. et al.", "{x}"] {
        assert_eq!(run(text.as_bytes()).1.format, "text", "{text}");
    }
}

#[test]
fn long_strings_are_carried() {
    let body = "word \\n\\u00e9 \\\\ ".repeat(300_000);
    let text = format!("{{\"a\":\"x\",\"note\":\"{body}\",\"b\":\"y\"}}");
    let (kept, _) = run(text.as_bytes());
    let mut own = Vec::new();
    for segment in &kept.segments {
        own.extend_from_slice(&segment.text[segment.own.start as usize..segment.own.end as usize]);
        assert!(segment.text.len() <= 1 << 20);
        let field = segment.fields[0];
        assert!(segment.fields.len() == 1 || field.start == 6 || field.label != u32::MAX);
    }
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    let whole = String::from_utf8(own).expect("UTF-8");
    assert!(whole.contains(expected["note"].as_str().expect("a string")));
    assert_eq!(kept.pairs().last().map(String::as_str), Some("b=y"));
}

#[test]
fn a_value_behind_a_key_longer_than_a_block_is_a_value() {
    let text = format!("{{\"a\":1,\"{}\":\"123-45-6789\",\"b\":\"y\"}}", "k".repeat(3 << 20));
    let (kept, _) = run(text.as_bytes());
    let texts = kept.texts();
    assert_eq!(texts[texts.len() - 2..], ["123-45-6789", "y"]);
    assert_eq!(kept.pairs().last().map(String::as_str), Some("b=y"));
}

#[test]
fn base64_text_is_read_as_a_stream_of_its_own() {
    let inner = r#"{"ssn":"123-45-6789","name":"Jane Example"}"#;
    let literal = "eyJzc24iOiIxMjMtNDUtNjc4OSIsIm5hbWUiOiJKYW5lIEV4YW1wbGUifQ==";
    let text = format!("{{\"hash\":\"{}\",\"data\":\"{literal}\"}}", "0123456789abcdef".repeat(4));
    let (kept, _) = run(text.as_bytes());
    assert_eq!(kept.segments.len(), 2);
    let within = &kept.segments[1];
    assert_eq!(within.text.0, inner.as_bytes());
    assert_eq!(within.frame.provenance.len(), 1);
    let at = text.find(literal).expect("there") as u64;
    assert_eq!((within.map.start(5), within.map.end(9)), (at, at + literal.len() as u64));
}

#[test]
fn base64_too_long_to_decode_is_said() {
    let text = format!("{{\"data\":\"{}\"}}", "QUJD".repeat(5 << 20));
    assert_eq!(run(text.as_bytes()).1.reason, Some(crate::model::Reason::LimitBytes));
}

#[test]
fn blocks_are_the_same_for_reads_of_any_size() {
    let mut text = Vec::new();
    for row in 0..30_000 {
        text.extend_from_slice(format!("{{\"id\":{row},\"note\":\"a\\n{row} \\u00e9\",\"v\":[{row},2]}}\n").as_bytes());
    }
    same_in_any_reads(&text);
    let array = format!("[{}]", vec!["{\"a\":\"bcd efg\"}"; 90_000].join(",\n"));
    same_in_any_reads(array.as_bytes());
    let (kept, _) = run(array.as_bytes());
    assert_eq!(kept.fields().last().map(|field| field.record), Some(90_000));
    assert_eq!(kept.owned(), array.as_bytes());
}

fn strings_of(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.is_empty() => out.push(text.clone()),
        Value::Number(number) => out.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| strings_of(item, out)),
        Value::Object(members) => members.values().for_each(|member| strings_of(member, out)),
        _ => {}
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn values_and_pointers_are_those_of_a_parser(value in any_json(), pretty in any::<bool>()) {
        let document = json!({ "k": value });
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        let text = text.expect("serialises");
        let (kept, extraction) = run(text.as_bytes());
        prop_assert_eq!(extraction.format, "json");
        let outer: Vec<_> = kept.fields().into_iter().filter(|field| field.kind != FieldKind::Markup).collect();
        let mut expected = Vec::new();
        strings_of(&document, &mut expected);
        prop_assert_eq!(outer.iter().map(|field| field.text.clone()).collect::<Vec<_>>(), expected);
        for field in &outer {
            let raw = &text[field.start as usize..field.end as usize];
            let found = document.pointer(&field.pointer).expect("the pointer leads somewhere");
            match found {
                Value::String(string) => {
                    let decoded: String = serde_json::from_str(&format!("\"{raw}\"")).expect("a literal");
                    prop_assert_eq!(&decoded, string);
                }
                other => prop_assert_eq!(raw, other.to_string()),
            }
        }
    }
}
