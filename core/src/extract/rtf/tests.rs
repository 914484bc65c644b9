use super::super::testing::{run, same_in_any_reads};
use crate::model::{FieldKind, Reason, SourceState, Step};

fn pairs(rtf: &str) -> Vec<String> {
    let (kept, extraction) = run(rtf.as_bytes());
    assert_eq!((extraction.format, extraction.state), ("rtf", SourceState::Complete), "{rtf}");
    kept.pairs()
}

#[test]
fn text_is_decoded_by_code_page_font_and_unicode() {
    let rtf = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Cyr;}}\
               {\\stylesheet{\\s1 Heading;}}\\pard J\\'fcrgen \\f1\\'cc\\'e0\\plain  \\u8364?\\u-10179?\\u-8704?{\\uc0\\u228}x\\par\r\nnext\\line more}";
    assert_eq!(pairs(rtf), ["=Jürgen Ма €😀äx\nnext\nmore"]);
    assert_eq!(pairs("{\\rtf1\\ansi\\ansicpg932 \\'93\\'fa\\'96\\'7b\\~a\\_b\\{c\\}}"), ["=日本 a-b{c}"]);
    assert_eq!(pairs("{\\rtf1\\uc2 a\\u228\\'61\\'62b\\bin3 {{{c}"), ["=aäbc"]);
}

#[test]
fn destinations_are_kept_or_passed_over() {
    let rtf = "{\\rtf1{\\info{\\author Ann}{\\title Plan}{\\*\\userprops{\\propname MRN}\\proptype30{\\staticval 42}}}\
               {\\header on top\\par}{\\*\\generator X;}{\\*\\unknown gone}body{\\footnote small print}\
               {\\field{\\*\\fldinst HYPERLINK \"https://example.org\"}{\\fldrslt a link}}{\\deleted struck}\\par}";
    let all = pairs(rtf);
    assert_eq!(all[0], "=on top\nbodya link\nsmall print\n");
    for pair in ["author=Ann", "title=Plan", "property=MRN", "value=42", "field=HYPERLINK \"https://example.org\""] {
        assert!(all.contains(&pair.to_owned()), "{pair}: {all:?}");
    }
    assert!(!all.concat().contains("gone"));
    let (kept, _) = run(rtf.as_bytes());
    assert!(kept.fields().iter().any(|it| it.kind == FieldKind::Residual && it.text.contains("struck")));
}

#[test]
fn cells_stand_apart_and_in_their_columns() {
    let rtf = "{\\rtf1 before\\par\\trowd\\cellx1\\cellx2\\pard\\intbl Name\\cell Phone\\cell\\row\
               \\trowd\\pard\\intbl Jane Doe\\cell\\pard\\intbl 555-0100\\cell\\row\\pard after\\par}";
    assert_eq!(pairs(rtf), ["=before\n", "=Name", "=Phone", "Name=Jane Doe", "Phone=555-0100", "=after\n"]);
}

#[test]
fn objects_are_read_and_pictures_reported() {
    let object: String = b"name,ssn\nJane,1\n".iter().map(|it| format!("{it:02x}")).collect();
    let rtf = format!("{{\\rtf1 x{{\\object{{\\*\\objdata {object}}}}}{{\\pict 0102ff}}}}");
    let (kept, extraction) = run(rtf.as_bytes());
    assert_eq!(extraction.reason, Some(Reason::ImageContent));
    assert!(kept.pairs().contains(&"ssn=1".to_owned()));
    assert!(kept.segments.iter().any(|it| it.frame.provenance[..] == [Step::part("embedded object")]));
}

#[test]
fn damage_and_depth_are_said() {
    let (kept, extraction) = run(b"{\\rtf1 half {\\b of");
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
    assert_eq!(kept.texts(), ["half of"]);
    let deep = format!("{{\\rtf1 {}core{}}}", "{".repeat(200_000), "}".repeat(200_000));
    assert_eq!(run(deep.as_bytes()).0.texts(), ["core"]);
    same_in_any_reads(b"{\\rtf1 Jane \\'e9 Doe\\par}");
    for junk in
        ["{\\rtf", "{\\rtf1\\", "{\\rtf1\\'", "{\\rtf1\\'4", "{\\rtf1\\bin99999999999 x", "{\\rtf1}}}}x", "{\\rtf1\\u"]
    {
        run(junk.as_bytes());
    }
}
