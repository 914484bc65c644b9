//! The engine as a whole, on short texts.

use super::*;

fn detector() -> Detector {
    Detector::new(Ruleset::builtin().expect("built-in patterns"), DetectorOptions::default()).expect("field tables")
}

fn found(text: &str) -> Vec<(String, String)> {
    let detector = detector();
    let name = |it: &Detection| detector.ruleset().entity(it.entity).id.clone();
    detector.detect(text).iter().map(|it| (name(it), text[it.range()].to_string())).collect()
}

#[test]
fn a_dashed_ssn_is_found() {
    assert_eq!(found("SSN: 123-45-6788."), [("us_ssn".into(), "123-45-6788".into())]);
}

/// A block of a table with one column, and the scores of what is found in its cells.
fn column(name: &str, cells: &[String]) -> Vec<(String, u16)> {
    let labels = vec![Label { name: name.into(), column: Some(0), ..Label::default() }];
    let mut segment = Segment::narrative(cells.concat().as_bytes());
    segment.frame = Arc::new(crate::model::Frame { labels, ..Default::default() });
    let mut start = 0;
    for (record, cell) in cells.iter().enumerate() {
        let end = start + cell.len() as u32;
        let (kind, node) = (crate::model::FieldKind::Structured, crate::model::NO_NODE);
        segment.fields.push(Field { start, end, label: 0, record: record as u32, node, kind });
        start = end;
    }
    let detector = detector();
    let candidates = detector.find(&segment);
    let mut memory = SourceMemory::default();
    detector.learn(&mut memory, &candidates);
    let mut found = Vec::new();
    detector.settle(&memory, &candidates, |_, it| {
        found.push((detector.ruleset().entity(it.entity).id.clone(), it.permille));
    });
    found
}

#[test]
fn a_column_of_known_test_values_is_not_doubted() {
    for (name, value) in [("email", "@example.org"), ("ssn", "999-45-6788"), ("phone", "(919) 555-0123")] {
        let cells: Vec<String> = (0..200)
            .map(|row| if value.starts_with('@') { format!("jane{row}{value}") } else { value.to_string() })
            .collect();
        let found = column(name, &cells);
        assert_eq!(found.len(), cells.len(), "{name}");
        assert!(found.iter().all(|it| (500..=600).contains(&it.1)), "{name}: {:?}", found[0]);
    }
}

#[test]
fn a_column_that_contradicts_its_header_is_doubted() {
    let cells: Vec<String> = (0..200).map(|row| format!("000-{:02}-{:04}", row % 90 + 10, row + 1)).collect();
    assert!(column("ssn", &cells).is_empty());
}
#[test]
fn a_label_speaks_of_its_own_value_only() {
    let names =
        |text: &str| found(text).into_iter().filter(|it| it.0 == "person_name").map(|it| it.1).collect::<Vec<_>>();
    assert!(names("vendor.name=\"Rowson, Robel and Marshall\" level=info").is_empty());
    assert_eq!(names("Device name: Foley Pump, seen by Mary Johnson for a cough today."), ["Mary Johnson"]);
}

#[test]
fn what_stands_around_a_name_is_no_part_of_it() {
    let names =
        |text: &str| found(text).into_iter().filter(|it| it.0 == "person_name").map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(names("Fluids were given IV. Nephew Oscar Lindqvist waited outside."), ["Oscar Lindqvist"]);
    assert_eq!(names("From: Oscar Lindqvist@NORTHWIND on Monday"), ["Oscar Lindqvist"]);
    assert_eq!(names("A letter by the cleric Yusuf al-Hadari was read."), ["Yusuf al-Hadari"]);
}

#[test]
fn a_facility_ends_before_the_name_of_somebody() {
    let shown = |text: &str| found(text).into_iter().map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(shown("Hospital name: St Ives, attending Jane Doe"), ["St Ives", "Jane Doe"]);
    assert_eq!(shown("clinic_name: Lakeview General, Dr. Jane Doe"), ["Lakeview General", "Jane Doe"]);
    assert_eq!(shown("Hospital name: Jane Doe Memorial Hospital"), ["Jane Doe Memorial Hospital"]);
    assert_eq!(shown("Hospital name: Dr. Jane Doe"), ["Jane Doe"]);
}

#[test]
fn what_must_be_a_name_is_one() {
    for (name, text) in [
        ("Tobias", "We spoke with her son Tobias (guardian) on the ward."),
        ("Tobias", "Tobias is a 9 year old with a cough."),
        ("Brittany", "Brittany is a 68 year old with a cough."),
    ] {
        assert!(found(text).contains(&("person_name".into(), name.into())), "{text}: {:?}", found(text));
    }
}

#[test]
fn ships_storms_and_signs_are_nobody() {
    for text in [
        "He served on the USS Larkin for two years.",
        "Hurricane Edna closed the clinic for a week.",
        "Negative Lindqvist's Sign on the left, no rebound.",
    ] {
        assert_eq!(found(text).iter().find(|it| it.0 == "person_name"), None, "{text}");
    }
}

#[test]
fn what_is_remembered_is_not_shown() {
    let detector = detector();
    let candidates = detector.find(&Segment::narrative(b"Patient: Jane Doe, seen by Dr. Mary Hill."));
    let mut memory = SourceMemory::default();
    detector.learn(&mut memory, &candidates);
    let shown = format!("{memory:?} {candidates:?}");
    assert!(!shown.contains(&candidates.words[0][0].to_string()), "{shown}");
}

#[test]
fn operators_of_a_page_are_nobody_and_nowhere() {
    assert!(found("/F1 12 Tf\n1 0 0 1 72 720 Tm\n(Hello) Tj\n0 -14 Td\n(again) Tj").is_empty());
}

#[test]
fn short_prefixes_belong_to_their_number() {
    let values = |text: &str| found(text).into_iter().map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(values("MRN: PT-4471-B, Encounter ID: E-10045877"), ["PT-4471-B", "E-10045877"]);
    assert_eq!(values("Member ID DL-4471882 MRN-00412345"), ["DL-4471882", "00412345"]);
}

#[test]
fn a_name_behind_a_number_tells_it_unless_it_labels_the_next() {
    let kinds = |text: &str| found(text).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(kinds("930.267.3943 fax, 919-555-7821 (fax)"), ["fax", "fax"]);
    assert_eq!(kinds("919-555-7821 Fax: 919-555-7822"), ["phone", "fax"]);
    assert_eq!(kinds("919-555-7821 fax 919-555-7822"), ["phone", "fax"]);
    assert_eq!(kinds("call 082 490 1693-Office, 3660170548-Fax"), ["phone", "fax"]);
}

#[test]
fn what_was_said_of_an_earlier_value_ends_there() {
    let shown = found("member ID: W045546244. The 96-year-old patient");
    assert_eq!(shown[1], ("age".into(), "96-year-old".into()));
    assert!(found("MRN: [mrn] 4029887").is_empty() && found("MRN: ********* 4029887").is_empty());
    let logged =
        r#""msg":"loaded encounter","trace_id":"db83fd078f9e8c0d42421d948dfa3033","span_id":"238483c4976b3062""#;
    assert!(found(logged).is_empty());
}

#[test]
fn a_refused_date_leaves_no_shorter_one() {
    for text in ["31 June 2024", "5 Jan 20245", "Mar 5, 20245", "10 may help", "dec 10 items"] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
    assert_eq!(found("age 67, March 2024"), [("date".into(), "March 2024".into())]);
}

/// A pattern of a user's own that no literal starts.
fn own(regex: &str) -> Detector {
    let file = format!(
        "id = 'badge'\nname = 'Badge'\ncategory = 'R'\nsource = 'own'\nregex = '{regex}'\nexamples = []\n\
         counter_examples = []\n[score]\nbare = 0.9\ncue = 0.9\nlabel = 0.9"
    );
    let rules = Ruleset::with_files(&[("badge.toml".into(), file)]).expect("the schema's keys");
    Detector::new(rules, DetectorOptions::default()).expect("field tables")
}

#[test]
fn own_patterns_without_a_literal_are_found() {
    for (regex, text, value) in [
        ("[A-Z]{2}[0-9]{5}[a-z]", "seen AB12345x, CD1x", "AB12345x"),
        ("[0-9]{3}#[0-9]{3}", "7#1 then 123#456.", "123#456"),
        ("#[0-9]{6}!", "a #123456! b", "#123456!"),
    ] {
        let detector = own(regex);
        let badge = detector.ruleset().entity_id("badge").expect("the pattern's id");
        let found: Vec<&str> =
            detector.detect(text).iter().filter(|it| it.entity == badge).map(|it| &text[it.range()]).collect();
        assert_eq!(found, [value], "{regex}");
    }
}

#[test]
fn hardware_addresses_are_found_whatever_their_first_group() {
    for address in ["ab:cd:ef:12:34:56", "00:1a:2b:3c:4d:5e", "ab-cd-ef-12-34-5f", "aa:bb:cc:dd:ee:0f"] {
        assert_eq!(found(&format!("from device {address} today")), [("mac_address".into(), address.into())]);
    }
    assert_eq!(found("at 12:34:56 and 10:30"), []);
}

#[test]
fn elements_are_labelled_by_their_tags() {
    let text = "<p><ssn>123456788</ssn><lastName>Doe</lastName><mrn>00482913</mrn><city>Durham</city><b>Doe</b></p>";
    let names: Vec<(String, String)> = found(text);
    // The second `Doe` has no label; it is known from the first.
    let expected = [
        ("us_ssn", "123456788"),
        ("person_name", "Doe"),
        ("mrn", "00482913"),
        ("city", "Durham"),
        ("person_name", "Doe"),
    ];
    assert_eq!(names, expected.map(|(entity, value)| (entity.into(), value.into())));
}

#[test]
fn a_claim_number_reports_the_ssn_in_it() {
    let expected = [("us_hicn", "123-45-6788A"), ("us_ssn", "123-45-6788")];
    assert_eq!(found("HICN: 123-45-6788A"), expected.map(|(entity, value)| (entity.into(), value.into())));
}

#[test]
fn a_long_row_of_names_is_read_in_runs_that_join() {
    let text = "Maria Garcia Jane Lopez ".repeat(60);
    let names = found(&text);
    let covered: usize = names.iter().filter(|it| it.0 == "person_name").map(|it| it.1.len()).sum();
    assert!(covered * 10 > text.len() * 9, "{covered} of {}", text.len());
}

#[test]
fn a_column_without_a_header_vouches_for_its_names() {
    let names = [
        "Maria", "James", "Robert", "Linda", "Michael", "Susan", "David", "Karen", "Thomas", "Nancy", "Daniel",
        "Betty", "Steven", "Helen", "Joshua", "Sandra", "Kevin", "Carol", "Brian", "Ruth", "George", "Sharon",
        "Edward", "Laura",
    ];
    let cells: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
    assert!(column("_col2", &cells).iter().filter(|it| it.0 == "person_name").count() > 18);
    assert!(column("", &vec!["White".to_owned(); 40]).is_empty(), "one word again and again is no name");
    assert!(column("status", &cells).is_empty(), "a header that says something is believed");
}

/// Names found in the second of two blocks of one source.
fn names_in_second(first: &str, second: &str) -> Vec<String> {
    let detector = detector();
    let mut memory = SourceMemory::default();
    detector.learn(&mut memory, &detector.find(&Segment::narrative(first.as_bytes())));
    let candidates = detector.find(&Segment::narrative(second.as_bytes()));
    let mut found = Vec::new();
    detector.settle(&memory, &candidates, |_, it| {
        if detector.ruleset().entity(it.entity).id == "person_name" {
            found.push(second[it.range()].to_owned());
        }
    });
    found
}

#[test]
fn a_word_after_which_something_is_called_stays_no_name() {
    let second = "Seen today. Kowalski was present and Kowalski agreed.";
    let by_itself = names_in_second("Nothing is called so here.", second);
    let rejected = names_in_second("There is no Kowalski sign today.", second);
    let established =
        names_in_second("There is no Kowalski sign. Patient: Jane Kowalski, seen with Mr. Jim Kowalski.", second);
    assert!(!by_itself.is_empty(), "unknown before, it may be a name");
    assert_eq!(rejected, [""; 0]);
    assert_eq!(established, ["Kowalski", "Kowalski"]);
}

#[test]
fn whoever_is_addressed_with_a_title_has_a_name() {
    for text in
        ["Today I reviewed Dr. Hudyncia's note.", "The physician is Dr. Brown.", "Seen with Mr. Waters said his wife."]
    {
        let names = found(text);
        assert!(names.iter().any(|it| it.0 == "person_name"), "{} characters: {names:?}", text.len());
    }
}

#[test]
fn capitals_of_logs_and_sentences_raise_nothing() {
    for text in [
        "Radiographs confirmed the collapse. Electorally nothing changed. Doorjamb repaired.",
        "MSH|^~\\&|EPIC|HOSP|LAB|HOSP|20250101||ORU^R01|1|P|2.5.1",
        "Jan  1 00:00:00 host kubelet[1]: Synced pod; Query returned rows; POST /api/v2 failed",
        "Windows NT 10.0; Unhandled exception; Mac OS X; Completed request in 12 ms",
    ] {
        assert_eq!(found(text).iter().find(|it| it.0 == "person_name"), None);
    }
}

#[test]
fn what_the_text_tells_is_not_guessed_again() {
    let text =
        "Patient: Jane Doe\nAddress: 12 Birch Lane, Springfield, IL 62704\nMother of Jane Doe came. Karen Holt, RN";
    let names: Vec<String> = found(text).into_iter().filter(|it| it.0 == "person_name").map(|it| it.1).collect();
    assert_eq!(names, ["Jane Doe", "Jane Doe", "Karen Holt"]);
}
