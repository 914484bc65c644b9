//! Documents that LibreOffice makes from text planted by us: every planted identifier is found, where it stands.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::extract::{Hint, Input, extract};
use phisift::model::{Field, Finding, Frame, Grid, Limits, ReasonClass, Step};
use phisift::scan::{Analysis, ScanOptions, Scanner};

use crate::files_office::Read;

const START: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
const NAMESPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
    xmlns:presentation=\"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
    xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" \
    xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" \
    xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.3\"";

/// LibreOffice adds no picture of the first page.
const NO_PICTURES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <oor:items xmlns:oor=\"http://openoffice.org/2001/registry\"><item oor:path=\"/org.openoffice.Office.Common/Save/Document\">\
    <prop oor:name=\"GenerateThumbnail\" oor:op=\"fuse\"><value>false</value></prop></item></oor:items>";

/// A text document: body, table, footnote, comment, header, text box.
fn text() -> String {
    let row = |cells: [&str; 3]| {
        let cell = |it: &str| {
            format!("<table:table-cell office:value-type=\"string\"><text:p>{it}</text:p></table:table-cell>")
        };
        format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat())
    };
    let table = [
        row(["Patient name", "SSN", "Phone"]),
        row(["Maria Hartwell", "536-22-8712", "216-555-7342"]),
        row(["Joseph Kellerman", "402-71-9035", "330-555-9921"]),
    ];
    let note = "<text:note text:note-class=\"footnote\"><text:note-citation>1</text:note-citation><text:note-body>\
                <text:p>Fax: 440-555-1177</text:p></text:note-body></text:note>";
    let comment = "<office:annotation><dc:creator>Reviewer</dc:creator><text:p>Mail to m.hartwell@example.org</text:p></office:annotation>";
    let frame = "<draw:frame text:anchor-type=\"paragraph\" svg:width=\"6cm\"><draw:text-box>\
                 <text:p>Health plan ID: XQH884201573</text:p></draw:text-box></draw:frame>";
    format!(
        "{START}<office:document {NAMESPACES} office:mimetype=\"application/vnd.oasis.opendocument.text\">\
         <office:automatic-styles><style:page-layout style:name=\"L\"><style:header-style/></style:page-layout></office:automatic-styles>\
         <office:master-styles><style:master-page style:name=\"Standard\" style:page-layout-name=\"L\"><style:header>\
         <text:p>MRN: 00482913</text:p></style:header></style:master-page></office:master-styles>\
         <office:body><office:text><text:p>Date of birth: 03/14/1961{note}</text:p><text:p>Seen today.{comment}{frame}</text:p>\
         <table:table table:name=\"T\"><table:table-column table:number-columns-repeated=\"3\"/>{}</table:table>\
         <text:p>Call 614-555-3080 to reach her.</text:p></office:text></office:body></office:document>",
        table.concat()
    )
}

/// A workbook of two sheets, one hidden; numbers, dates and a comment among the cells.
fn sheets() -> String {
    let cell =
        |it: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{it}</text:p></table:table-cell>");
    let date = |it: &str| {
        format!("<table:table-cell table:style-name=\"d\" office:value-type=\"date\" office:date-value=\"{it}\"/>")
    };
    let number = |style: &str, it: &str| {
        format!("<table:table-cell table:style-name=\"{style}\" office:value-type=\"float\" office:value=\"{it}\"/>")
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let noted = "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>Phone 216-555-7342</text:p>\
                 </office:annotation><text:p>Maria Hartwell</text:p></table:table-cell>";
    let visits = [
        row(&["Patient name", "Date of birth", "SSN", "MRN"].map(cell)),
        row(&[noted.to_owned(), date("1961-03-14"), number("s", "36228712"), number("n", "104829131")]),
        "<table:table-row table:number-rows-repeated=\"5\"><table:table-cell/></table:table-row>".to_owned(),
        row(&[cell("Joseph Kellerman"), date("1948-11-02"), number("s", "402719035"), number("n", "204829132")]),
    ];
    let contacts = [row(&["Contact", "Email"].map(cell)), row(&["Anna", "anna.hartwell@example.org"].map(cell))];
    format!(
        "{START}<office:document {NAMESPACES} office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\">\
         <office:automatic-styles><number:date-style style:name=\"D\"><number:month number:style=\"long\"/><number:text>/</number:text>\
         <number:day number:style=\"long\"/><number:text>/</number:text><number:year/></number:date-style>\
         <number:number-style style:name=\"S\"><number:number number:decimal-places=\"0\" number:min-integer-digits=\"9\">\
         <number:embedded-text number:position=\"4\">-</number:embedded-text><number:embedded-text number:position=\"6\">-</number:embedded-text>\
         </number:number></number:number-style>\
         <style:style style:name=\"d\" style:family=\"table-cell\" style:data-style-name=\"D\"/>\
         <style:style style:name=\"s\" style:family=\"table-cell\" style:data-style-name=\"S\"/>\
         <style:style style:name=\"n\" style:family=\"table-cell\"/>\
         <style:style style:name=\"h\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>\
         <office:body><office:spreadsheet><table:table table:name=\"Visits\">{}</table:table>\
         <table:table table:name=\"Contacts\" table:style-name=\"h\">{}</table:table></office:spreadsheet></office:body></office:document>",
        visits.concat(),
        contacts.concat()
    )
}

/// A presentation of two slides, one with notes.
fn slides() -> String {
    let frame = |text: &str| {
        format!(
            "<draw:frame svg:x=\"1cm\" svg:y=\"1cm\" svg:width=\"20cm\" svg:height=\"5cm\"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
        )
    };
    let notes = format!("<presentation:notes>{}</presentation:notes>", frame("Her phone is 216-555-7342"));
    format!(
        "{START}<office:document {NAMESPACES} office:mimetype=\"application/vnd.oasis.opendocument.presentation\">\
         <office:automatic-styles><style:page-layout style:name=\"L\"/></office:automatic-styles>\
         <office:master-styles><style:master-page style:name=\"M\" style:page-layout-name=\"L\"/></office:master-styles>\
         <office:body><office:presentation><draw:page draw:name=\"one\" draw:master-page-name=\"M\">{}</draw:page>\
         <draw:page draw:name=\"two\" draw:master-page-name=\"M\">{}{notes}</draw:page></office:presentation></office:body></office:document>",
        frame("SSN: 536-22-8712"),
        frame("MRN: 00482913")
    )
}

/// A folder of scratch files, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("phisift-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Makes documents of those kinds from a flat one; `None`, said aloud, where LibreOffice is absent.
fn made(name: &str, flat: &str, source: &str, kinds: &[&str]) -> Option<Vec<(String, Vec<u8>)>> {
    if Command::new("soffice").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "soffice is required here");
        eprintln!("not run: soffice is absent");
        return None;
    }
    let scratch = Scratch::new(name);
    std::fs::write(scratch.0.join(format!("made.{flat}")), source).unwrap();
    std::fs::create_dir_all(scratch.0.join("profile/user")).unwrap();
    std::fs::write(scratch.0.join("profile/user/registrymodifications.xcu"), NO_PICTURES).unwrap();
    let convert = |kind: &&str| {
        convert(&scratch.0, &format!("made.{flat}"), kind);
        (format!("made.{kind}"), std::fs::read(scratch.0.join(format!("made.{kind}"))).unwrap())
    };
    Some(kinds.iter().map(convert).collect())
}

fn convert(folder: &Path, file: &str, kind: &str) {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let output = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", kind, "--outdir"])
        .arg(folder)
        .arg(folder.join(file))
        .output()
        .unwrap();
    assert!(output.status.success(), "soffice --convert-to {kind}: {}", String::from_utf8_lossy(&output.stderr));
}

fn scan(name: &str, bytes: &[u8]) -> Analysis {
    let detector = Detector::new(Ruleset::builtin().unwrap(), DetectorOptions::default()).unwrap();
    let options = ScanOptions { show_values: true, ..ScanOptions::default() };
    let analysis = Scanner::new(Arc::new(detector), options).scan_bytes(name, bytes, None);
    let failed = analysis.unread.iter().filter(|it| it.reason.class() == ReasonClass::Failure).count();
    assert_eq!(failed, 0, "{name}: {:?}", analysis.unread);
    analysis
}

/// The finding of that value, and where it stands.
fn find<'a>(name: &str, analysis: &'a Analysis, value: &str) -> (&'a Frame, &'a Finding) {
    let digits = |it: &str| it.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let all = analysis.blocks.iter().flat_map(|(frame, findings)| findings.iter().map(move |it| (&**frame, it)));
    let shown = |it: &Finding| it.value.as_ref().map(|it| it.reveal()).unwrap_or_default();
    let values: Vec<String> = all.clone().map(|(_, it)| shown(it)).collect();
    let found = all.into_iter().find(|(_, it)| digits(&shown(it)) == digits(value));
    found.unwrap_or_else(|| panic!("{name}: {value} is not among {values:?}"))
}

/// What the field of that very text is called, whether its value is told to be one or not.
fn named(bytes: &[u8], text: &str) -> String {
    let mut read = Read::default();
    extract(Input::File(&mut Cursor::new(bytes)), Hint::default(), &Limits::default(), &mut read);
    for segment in &read.segments {
        let is = |it: &&Field| segment.text[it.start as usize..it.end as usize] == *text.as_bytes();
        if let Some(field) = segment.fields.iter().find(is) {
            let label = segment.frame.labels.get(field.label as usize);
            return label.map(|it| it.name.reveal()).unwrap_or_default();
        }
    }
    panic!("{text} is no field");
}

fn label(frame: &Frame, finding: &Finding) -> String {
    frame.labels.get(finding.label as usize).map(|it| it.name.reveal()).unwrap_or_default()
}

#[test]
fn texts_are_read_in_every_part() {
    let Some(made) = made("texts", "fodt", &text(), &["docx", "odt", "rtf"]) else { return };
    for (name, bytes) in made {
        let analysis = scan(&name, &bytes);
        for value in
            ["03/14/1961", "440-555-1177", "m.hartwell@example.org", "XQH884201573", "00482913", "614-555-3080"]
        {
            find(&name, &analysis, value);
        }
        for name_of_patient in ["Maria Hartwell", "Joseph Kellerman"] {
            assert_eq!(named(&bytes, name_of_patient), "Patient name", "{name}");
        }
        for (value, column) in
            [("536-22-8712", "SSN"), ("216-555-7342", "Phone"), ("402-71-9035", "SSN"), ("330-555-9921", "Phone")]
        {
            let (frame, finding) = find(&name, &analysis, value);
            assert_eq!(label(frame, finding), column, "{name}: {value}");
        }
        if name.ends_with("docx") {
            let (frame, _) = find(&name, &analysis, "00482913");
            assert_eq!(frame.provenance[..], [Step::part("header")], "{name}");
        }
    }
}

#[test]
fn sheets_are_read_cell_by_cell() {
    let Some(made) = made("sheets", "fods", &sheets(), &["xlsx", "ods"]) else { return };
    for (name, bytes) in made {
        assert_eq!(named(&bytes, "Joseph Kellerman"), "Patient name", "{name}");
        let analysis = scan(&name, &bytes);
        for (value, sheet, row, column) in [
            ("1961-03-14", "Visits", 2, 1),
            ("036-22-8712", "Visits", 2, 2),
            ("104829131", "Visits", 2, 3),
            ("216-555-7342", "Visits", 2, 0),
            ("402-71-9035", "Visits", 8, 2),
            ("204829132", "Visits", 8, 3),
            ("anna.hartwell@example.org", "Contacts", 2, 1),
        ] {
            let (frame, finding) = find(&name, &analysis, value);
            assert_eq!(frame.grid, Grid::Sheet(sheet.into()), "{name}: {value}");
            let at = frame.labels.get(finding.label as usize).and_then(|it| it.column);
            assert_eq!((finding.record, at), (row, Some(column)), "{name}: {value}");
        }
    }
}

#[test]
fn slides_are_read_with_their_notes() {
    let Some(made) = made("slides", "fodp", &slides(), &["pptx", "odp"]) else { return };
    for (name, bytes) in made {
        let analysis = scan(&name, &bytes);
        for (value, page) in [("536-22-8712", 1), ("00482913", 2), ("216-555-7342", 2)] {
            let (frame, _) = find(&name, &analysis, value);
            assert_eq!(frame.provenance[0], Step::Page(page), "{name}: {value}");
        }
    }
}
