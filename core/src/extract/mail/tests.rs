//! Messages as they come, and as they should not.

use super::super::testing::{Kept, run, run_as};
use crate::extract::{Extraction, Hint};
use crate::model::{Limits, Reason, SourceState, Step, Text};

fn read(message: &str) -> (Kept, Extraction) {
    run(message.replace('\n', "\r\n").as_bytes())
}

fn places(kept: &Kept) -> Vec<Vec<Step>> {
    kept.segments.iter().map(|it| it.frame.provenance.to_vec()).collect()
}

#[test]
fn fields_are_values_under_their_names() {
    let (kept, extraction) = read(
        "From: =?utf-8?Q?Ren=C3=A9e_Doe?= <renee@example.org>\nTo: \"Roe, Jane\" <jane@example.org>, bob@example.org\n\
         Subject: =?iso-8859-1?B?UvZudGdlbg==?= of\n Monday\nX-Note: a\n\nSeen today.\n",
    );
    assert_eq!((extraction.format, extraction.state), ("eml", SourceState::Complete));
    assert_eq!(
        kept.pairs(),
        [
            "From=Renée Doe",
            "From=renee@example.org",
            "To=Roe, Jane",
            "To=jane@example.org",
            "To=bob@example.org",
            "Subject=Röntgen of Monday",
            "X-Note=a",
            "=Seen today.",
        ]
    );
    let labels = &kept.segments[0].frame.labels;
    let keys: Vec<String> = labels.iter().filter_map(|it| Some(it.standard.as_ref()?.key.reveal())).collect();
    assert_eq!(keys, ["From.name", "From.address", "To.name", "To.address"]);
}

#[test]
fn parts_are_read_as_what_they_are() {
    let (kept, extraction) = read(
        "From: a@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=\"b 1\"\n\nfor old readers\n--b 1\n\
         Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9\n--b 1\n\
         Content-Type: text/csv; name*=utf-8''p%C3%A4t.csv\nContent-Transfer-Encoding: base64\n\nbmFtZSxzc24KRG9lLDEyMy00NS02Nzg5Cg==\n\
         --b 1\nContent-Type: message/rfc822\n\nFrom: b@example.org\nSubject: inner\n\ndeep\n--b 1--\nafterwards\n",
    );
    assert_eq!(extraction.state, SourceState::Complete);
    let pairs = kept.pairs();
    for expected in [
        "=for old readers",
        "=café",
        "=pät.csv",
        "name=Doe",
        "ssn=123-45-6789",
        "Subject=inner",
        "=deep",
        "=afterwards",
    ] {
        assert!(pairs.iter().any(|it| it == expected), "{expected} in {pairs:?}");
    }
    let places = places(&kept);
    assert!(places.contains(&vec![Step::Member(Text::from("pät.csv"))]), "{places:?}");
}

const ALTERNATIVE: &str = "From: a@example.org\nTo: b\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n\
     --x\nContent-Type: text/plain\n\nJane Doe is well\n--x\nContent-Type: text/html\n\n<p>Jane <b>Doe</b> is HOW</p>\n--x--\n";

#[test]
fn the_html_form_is_read_where_it_says_more() {
    let (same, _) = read(&ALTERNATIVE.replace("HOW", "well"));
    assert_eq!(same.texts().iter().filter(|it| it.contains("Doe")).count(), 1);
    let (other, _) = read(&ALTERNATIVE.replace("HOW", "ill"));
    assert!(other.texts().contains(&"Jane Doe is ill".to_owned()));
    assert!(places(&other).contains(&vec![Step::part("html")]));
}

#[test]
fn what_is_encrypted_is_said() {
    for (fields, body) in [
        (
            "Content-Type: multipart/encrypted; boundary=x",
            "--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x--\n",
        ),
        (
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64",
            "MIIBHgYJKoZIhvcNAQcDoIIBDzCC\n",
        ),
        ("X-A: 1", "hello\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n"),
    ] {
        let (kept, extraction) = read(&format!("From: a@example.org\nSubject: x\n{fields}\n\n{body}"));
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Encrypted)), "{fields}");
        assert_eq!(kept.unread.len(), 1);
    }
}

#[test]
fn damage_loses_nothing_that_stands_there() {
    for body in [
        "--x\nContent-Type: text/plain\n\nMRN 12345",
        "MRN 12345\n",
        "--x\n--x--\nMRN 12345\n",
        "--x\nMRN 12345\n--x--",
    ] {
        let (kept, _) =
            read(&format!("From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=x\n\n{body}"));
        assert!(kept.texts().iter().any(|it| it.contains("12345")), "{body}");
    }
    let (kept, _) = read("From: a@b.example\nSubject: x\nhello without a blank line\nMRN 12345\n");
    assert!(kept.texts().concat().contains("MRN 12345"));
}

#[test]
fn deep_nesting_ends_with_a_reason() {
    let mut nested = String::from("innermost");
    for level in 0..200 {
        nested = format!("From: a@b.example\nSubject: {level}\nContent-Type: message/rfc822\n\n{nested}");
    }
    assert_eq!(read(&nested).1.reason, Some(Reason::LimitDepth));
    let mut parts = String::from("From: a@b.example\nSubject: x\n");
    for level in 0..200 {
        parts.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}x\n\n--b{level}x\n"));
    }
    assert_eq!(read(&parts).1.reason, Some(Reason::LimitDepth));
}

#[test]
fn files_in_texts_are_cut_out() {
    let (kept, _) = read("From: a@b.example\nSubject: x\n\nsee:\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n");
    assert_eq!(kept.owned().windows(3).filter(|it| it == b"Cat").count(), 1);
    assert!(places(&kept).contains(&vec![Step::Member(Text::from("cat.txt"))]));
}

#[test]
fn reads_of_any_size_give_the_same_text() {
    let message = ALTERNATIVE.replace("HOW", "ill");
    let whole = read(&message).0.texts();
    for step in [1, 7] {
        let (kept, _) = run_as(message.replace('\n', "\r\n").as_bytes(), step, Hint::default(), &Limits::default());
        assert_eq!(kept.texts(), whole);
    }
}
