use std::sync::Arc;

use super::*;
use crate::detect::{DetectorOptions, Ruleset};

fn redactor(options: RedactOptions) -> Redactor {
    Redactor::new(Arc::new(Detector::new(Ruleset::builtin().unwrap(), DetectorOptions::default()).unwrap()), options)
}

fn streamed(redactor: &Redactor, text: &[u8], chunk: usize) -> Vec<u8> {
    let (mut stream, mut out) = (redactor.stream(), Vec::new());
    for chunk in text.chunks(chunk) {
        stream.push(chunk, &mut out);
    }
    stream.finish(&mut out);
    out
}

#[test]
fn strategies() {
    let text = b"SSN: 123-45-6788 is on file\n";
    let by = |id| {
        let options = RedactOptions { strategy: strategy(id).unwrap(), ..RedactOptions::default() };
        String::from_utf8(redactor(options).redact(text)).unwrap()
    };
    assert_eq!(by("label"), "SSN: [us_ssn] is on file\n");
    assert_eq!(by("mask"), "SSN: ***-**-**** is on file\n");
    assert_eq!(by("drop"), "SSN:  is on file\n");
    assert!(strategy("none").is_none());
}

#[test]
fn redacting_twice_changes_nothing() {
    let redactor = redactor(RedactOptions::default());
    let once = redactor.redact(b"SSN: 123-45-6788, mail jane.roe@hospital.org, MRN: 00123456\n");
    assert_eq!(redactor.redact(&once), once);
}

#[test]
fn names_of_columns_and_keys_count() {
    let redactor = redactor(RedactOptions::default());
    let redacted = |text: &str| String::from_utf8(redactor.redact(text.as_bytes())).unwrap();
    let table = redacted("mrn,last_name,visits\n4029887,Okafor,3\n4029888,Lindqvist,4\n");
    assert_eq!(table, "mrn,last_name,visits\n[mrn],[person_name],3\n[mrn],[person_name],4\n");
    let object = redacted("{\"patient\": {\"last_name\": \"O\\u0027Neil\"}}");
    assert_eq!(object, "{\"patient\": {\"last_name\": \"[person_name]\"}}");
}

#[test]
fn reads_do_not_matter() {
    let redactor = redactor(RedactOptions::default());
    let mut text = Vec::new();
    for number in 0..60 {
        text.extend_from_slice(format!("line {number} SSN:\n {:03}-45-6788 \u{e9}\r\n\n", 100 + number).as_bytes());
    }
    text.extend_from_slice(b"no line end, ssn 123-45-6788");
    let whole = streamed(&redactor, &text, text.len());
    let shown = String::from_utf8(whole.clone()).unwrap();
    assert!(!shown.contains("6788"), "{shown}");
    for chunk in [1, 2, 7, 64, 1000] {
        assert_eq!(streamed(&redactor, &text, chunk), whole, "chunks of {chunk}");
    }
}

#[test]
fn long_lines_are_cut_without_missing_a_value() {
    let redactor = redactor(RedactOptions::default());
    let mut text = Vec::new();
    while text.len() < 600 << 10 {
        text.extend_from_slice(b"some filling words between, then ssn: 123-45-6788 ; ");
    }
    let out = streamed(&redactor, &text, 50_000);
    assert!(memchr::memmem::find(&out, b"6788").is_none());
    assert_eq!(out, streamed(&redactor, &text, 300_001));
    let values = memchr::memmem::find_iter(&text, b"6788").count();
    assert_eq!(memchr::memmem::find_iter(&out, b"[us_ssn]").count(), values);
}

#[test]
fn logs_stay_useful() {
    let options = RedactOptions { profile: profile("logs"), ..RedactOptions::default() };
    let line =
        b"2024-05-06T07:08:09Z INFO 10.1.2.3 GET https://app.example.com/health/status ssn=123-45-6788 from 8.8.4.4\n";
    let out = String::from_utf8(redactor(options).redact(line)).unwrap();
    assert!(
        out.starts_with("2024-05-06T07:08:09Z INFO 10.1.2.3 GET https://app.example.com/health/status ssn=["),
        "{out}"
    );
    assert!(!out.contains("8.8.4.4") && !out.contains("6788"), "{out}");
}
