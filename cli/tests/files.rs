//! The command on files that nobody here wrote (`../shared/files`, where it is present): how each of them ends, what is
//! found of the values known to stand in them, and that it costs little.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the command on files")]
#![allow(clippy::disallowed_macros, reason = "a test says what it did not run")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use wait4::Wait4;

/// Seconds that one file may take, of a build that is not optimised.
const SECONDS: &str = "10";
/// Bytes of memory that reading any of them may take.
const MEMORY: u64 = 512 << 20;
/// Formats whose values nobody can be held to: pictures need a reader of pictures, and the labelled texts are made-up
/// sentences in which every number of a house counts.
const APART: [&str; 2] = ["image", "labelled_text"];

/// Literals that other readers' tests assert and that no text of the file is, by why: the end of the file's name and the
/// beginning of the literal. Each is held to be absent, so that none stays here by mistake.
const NOT_TEXT: [(&str, &[(&str, &str)]); 5] = [
    (
        "drawn in pictures",
        &[
            ("testOCR.jpg", "OCR Testing"),
            ("testOCR.png", "file contains"),
            ("testOCR_spacing.png", "The quick"),
            ("testRotated+10.png", "Its had resolving"),
            ("testRotated-10.png", "Its had resolving"),
            ("testTIFF_multipage.tif", "Page 2"),
            ("testOCR.pdf", "Apache"),
            ("testOCR.pdf", "Happy"),
            ("testPDF_JBIG2.pdf", "Norconex"),
            ("testPDF_bookmarks.pdf", "OCR-PAGE-1-TEXT"),
            ("testPDF_jpeg2000.pdf", "loan"),
            ("testOCR.pptx", "Happy New Year 2003"),
        ],
    ),
    (
        "what the other program says: its errors, types, names of test files and fonts",
        &[
            ("testRotated+10.png", "timeout"),
            ("testMicrosoftIRMServices.pdf", "EncryptedDocumentException"),
            ("testZipEncrypted.zip", "EncryptedDocumentException"),
            ("testBinControlWord.rtf", "TikaMemoryLimitException"),
            ("testZip_with_DataDescriptor2.zip", "TikaException"),
            ("testPPT_skipBadCompressedObject.ppt", "incorrect data check"),
            ("testPDF_bad_page_303226.pdf", "Unknown dir"),
            ("testPDFVarious.pdf", "ABCDEE+Calibri"),
            ("example.xml", "text/xml"),
            ("testColonDelimited.txt", "colon"),
            ("testTXT.txt", "test"),
        ],
    ),
    (
        "another form of what is printed: dates are ISO 8601, hyphens plain, phone numbers as they were written",
        &[
            ("testPhoneNumberExtractor.odt", ""),
            ("testRTFControls.rtf", "Thiswordhasan"),
            ("testEXCEL-formats.xls", "1/19/08 4:35"),
            ("testEXCEL-formats.xls", "10/3/09"),
            ("testEXCEL-formats.xls", "17-May-07"),
            ("testEXCEL-formats.xls", "At 4:20 AM"),
            ("testEXCEL-formats.xlsx", "03/10/2009"),
            ("testEXCEL-formats.xlsx", "17-May-07"),
            ("testEXCEL-formats.xlsx", "19/01/2008 04:35"),
            ("testEXCEL-formats.xlsx", "At 4:20 AM"),
        ],
    ),
    (
        "another order or spacing of a page, of which those tests assert several for one file",
        &[
            ("testPDFTwoTextBoxes.pdf", "Left column line 1"),
            ("testOverlappingText.pdf", "Text the first time"),
            ("testContentStreamSpaceGlyphs.pdf", "("),
            ("testPDFVarious.pdf", "Row 1 column 1 Row 2"),
        ],
    ),
    ("behind a password", &[("testEXCEL_protected_passtika.xls", "")]),
];

/// One row of the files' table.
struct Known {
    path: String,
    class: String,
}

/// The scan's rows of one file.
#[derive(Default)]
struct Scanned {
    end: Value,
    unread: Vec<Value>,
    /// Folded values, a line each.
    values: String,
}

fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("PHISIFT_SHARED").map(PathBuf::from);
    let beside = || Some(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?.join("shared"));
    let folder = shared.or_else(beside)?.join("files");
    if !folder.join("MANIFEST.tsv").exists() {
        eprintln!("not run: {} is absent", folder.display());
        return None;
    }
    Some(folder)
}

fn table(file: &Path) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// What the command says of every file, and the most memory that it and its workers took.
fn scan(folder: &Path) -> (HashMap<String, Scanned>, u64) {
    let out = std::env::temp_dir().join(format!("phisift-files-{}.jsonl", std::process::id()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_phisift"))
        .args(["scan", "--format", "jsonl", "--show-values", "--exit-zero", "--quiet", "--max-time", SECONDS, "-o"])
        .arg(&out)
        .arg(folder)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    assert!(used.status.success(), "{:?}", used.status);
    let text = std::fs::read_to_string(&out).unwrap();
    std::fs::remove_file(&out).unwrap();
    let mut files: HashMap<String, Scanned> = HashMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let Some(source) = row["source"].as_str() else { continue };
        let path = Path::new(source).strip_prefix(folder).unwrap().to_str().unwrap();
        let file = files.entry(path.to_owned()).or_default();
        match row["type"].as_str() {
            Some("source") => file.end = row,
            Some("unread") => file.unread.push(row),
            Some("finding") => {
                let value = row["value"].as_str().unwrap_or_default();
                if value.len() <= 200 {
                    file.values.push('\n');
                    file.values.push_str(&folded(value));
                }
            }
            _ => {}
        }
    }
    (files, used.rusage.maxrss)
}

/// A value without what writers choose: case, blanks, dashes, the layout of dates.
fn folded(value: &str) -> String {
    let value = value.trim().to_lowercase().replace(['\u{2212}', '\u{2013}'], "-");
    if let Some(date) = day(&value) {
        return date;
    }
    value.chars().filter(|it| !it.is_whitespace() && !"-().^,".contains(*it)).collect()
}

fn day(value: &str) -> Option<String> {
    let number = |text: &str| text.bytes().all(|it| it.is_ascii_digit()).then(|| text.to_owned());
    let parts: Vec<&str> = value.split(['/', '.']).collect();
    if let [month, day, year] = parts[..]
        && (1..=2).contains(&month.len())
        && (1..=2).contains(&day.len())
        && year.len() == 4
    {
        return number(&[year, month, day].concat()).map(|_| format!("d{year}{month:0>2}{day:0>2}"));
    }
    let digits: String = value.chars().take(10).filter(|it| *it != '-').collect();
    let date = number(digits.get(..8)?)?;
    matches!(&date[..2], "18" | "19" | "20").then(|| format!("d{date}"))
}

fn reasons(file: &Scanned) -> impl Iterator<Item = (&str, &str)> {
    file.unread.iter().filter_map(|it| Some((it["reason"].as_str()?, it["class"].as_str()?)))
}

/// True where all of the file itself was read: what is damaged or of no known kind inside a member is not its own.
fn is_read(file: &Scanned) -> bool {
    let inside = |row: &Value| row["where"].as_array().is_some_and(|it| it.iter().any(|it| it.get("member").is_some()));
    let failed = |row: &&Value| row["class"] == "failure";
    file.end["state"] == "complete" || file.unread.iter().filter(failed).all(inside)
}

#[test]
fn every_file_ends_as_its_class_says_and_what_stands_in_it_is_found() {
    let Some(folder) = folder() else { return };
    let (files, memory) = scan(&folder);
    assert!(memory <= MEMORY, "{} MiB", memory >> 20);
    let row = |row: Vec<String>| Known { path: row[1].clone(), class: row[6].clone() };
    let known: Vec<Known> = table(&folder.join("MANIFEST.tsv")).into_iter().map(row).collect();
    assert!(known.len() > 1500, "{}", known.len());
    let mut unread = Vec::new();
    for it in &known {
        let file = files.get(&it.path).unwrap_or_else(|| panic!("{} has no row", it.path));
        ends_truly(it, file);
        if it.class == "valid" && !is_read(file) {
            unread.push(it.path.as_str());
        }
    }
    let valid = known.iter().filter(|it| it.class == "valid").count();
    assert!(unread.len() * 100 <= valid, "{} of {valid}: {unread:#?}", unread.len());
    is_found(&folder, &known, &files);
    twins_agree(&folder, &files);
}

#[test]
fn what_other_readers_find_is_printed() {
    let Some(folder) = folder() else { return };
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in table(&folder.join("TRUTH.tsv")) {
        if let [path, kind, value, ..] = &row[..]
            && kind == "text_contains"
        {
            wanted.entry(path.clone()).or_default().push(value.clone());
        }
    }
    let (mut missed, mut found, mut apart) = (Vec::new(), 0, BTreeMap::new());
    for (path, values) in &wanted {
        let text = printed(&folder.join(path));
        for value in values {
            // Some were asserted of a page of HTML.
            let plain = spaced(&value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
            let holds = text.contains(&plain);
            let is_it = |it: &(&str, &str)| path.ends_with(it.0) && value.starts_with(it.1) && !holds;
            match NOT_TEXT.iter().find(|it| it.1.iter().any(is_it)) {
                Some((why, _)) => *apart.entry(why).or_insert(0) += 1,
                None if holds => found += 1,
                None => missed.push(format!("{path}: {value}")),
            }
        }
    }
    let all = found + missed.len();
    println!("{found} of {all} printed; apart: {apart:#?}; missed: {missed:#?}");
    assert!(found * 100 >= all * 97, "{found} of {all}: {missed:#?}");
    assert_eq!(apart.values().sum::<usize>(), 50, "{apart:#?}");
}

/// All that is printed of a file: texts, labels, places.
fn printed(file: &Path) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_phisift")).arg("extract").arg(file).output().unwrap();
    let mut text = String::new();
    for line in String::from_utf8_lossy(&out.stdout).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let steps = row["where"].as_array().into_iter().flatten().filter_map(Value::as_object);
        let names = steps.flat_map(|it| it.values()).chain([&row["label"], &row["text"]]).filter_map(Value::as_str);
        for name in names {
            text.push_str(name);
            text.push('\n');
        }
    }
    spaced(&text)
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What must hold of every file, and of those of its class.
fn ends_truly(known: &Known, file: &Scanned) {
    let path = &known.path;
    let state = file.end["state"].as_str().unwrap_or_else(|| panic!("{path} has no end"));
    let complete = state == "complete";
    assert!(["complete", "partial", "failed", "skipped"].contains(&state), "{path}: {state}");
    assert_eq!(file.end.get("reason").is_none_or(Value::is_null), complete, "{path}: {}", file.end);
    assert!(reasons(file).all(|(reason, _)| reason != "timeout"), "{path}: {:?}", file.unread);
    let number = |key: &str| file.end[key].as_u64().unwrap();
    assert!(!complete || number("bytes_examined") >= number("bytes"), "{path}: {}", file.end);
    let readable = path.ends_with("ignore_encryption_flag.zip") || path.ends_with("protect.xlsx");
    if known.class == "encrypted" && !readable {
        assert!(!complete && reasons(file).any(|(reason, _)| reason == "encrypted"), "{path}: {:?}", file.unread);
    }
}

/// Holds every format to the share of its values that is found.
fn is_found(folder: &Path, known: &[Known], files: &HashMap<String, Scanned>) {
    let nobody = [
        "attachment_name",
        "entity_id_46",
        "station_name",
        "organization",
        "institution",
        "member_count",
        "member",
        "messages",
        "base64_notes_with_given_name",
        "no_pii_text",
        "text_contains",
    ];
    let class: HashMap<&str, &str> = known.iter().map(|it| (it.path.as_str(), it.class.as_str())).collect();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for row in table(&folder.join("TRUTH.tsv")) {
        let [path, kind, value, strength, ..] = &row[..] else { continue };
        let counts_at_all = matches!(strength.as_str(), "strong" | "companion") && !nobody.contains(&kind.as_str());
        let read = matches!(class.get(path.as_str()), Some(&"valid" | &"irregular"));
        let file_name =
            kind == "display_name" && value.rsplit_once('.').is_some_and(|it| (2..=4).contains(&it.1.len()));
        let wanted = folded(value);
        if !counts_at_all || !read || file_name || wanted.is_empty() {
            continue;
        }
        let found = files.get(path).is_some_and(|it| it.values.contains(&wanted));
        let count = counts.entry(path.split('/').next().unwrap_or_default().to_owned()).or_default();
        *count = (count.0 + usize::from(found), count.1 + 1);
    }
    let sum = counts.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    assert!(sum.0 * 100 >= sum.1 * 99, "{sum:?} {counts:?}");
    for (format, (found, all)) in counts.iter().filter(|it| !APART.contains(&it.0.as_str())) {
        let enough = if *all >= 50 { found * 100 >= all * 97 } else { found + 1 >= *all };
        assert!(enough, "{format}: {found} of {all}");
    }
}

/// Files that hold the same records give the same values; ORC files without names of columns aside.
fn twins_agree(folder: &Path, files: &HashMap<String, Scanned>) {
    for row in table(&folder.join("TRUTH_SAME.tsv")) {
        let [one, other, ..] = &row[..] else { continue };
        let values = |path: &String| files[path].values.lines().collect::<BTreeSet<_>>();
        let (a, b) = (values(one), values(other));
        let (smaller, larger) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
        let shared = smaller.intersection(larger).count();
        assert!(shared * 100 >= smaller.len() * 90, "{one} and {other}: {shared} of {}", smaller.len());
        let nameless = one.starts_with("orc/");
        assert!(nameless || smaller.len() * 100 >= larger.len() * 90, "{one} and {other}: {} {}", a.len(), b.len());
    }
}
