use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::super::testing::{Kept, run};
use crate::extract::Extraction;
use crate::model::{FieldKind, Grid, Reason, SourceState, Step, Text};

/// A package of parts.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("starts");
        writer.write_all(text.as_bytes()).expect("writes");
    }
    writer.finish().expect("ends").into_inner()
}

/// A part's relationships: id, kind, target; external ones are addresses.
fn relations(rows: &[(&str, &str, &str)]) -> String {
    let row = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if target.contains("://") { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"{mode}/>")
    };
    format!("<Relationships>{}</Relationships>", rows.iter().map(row).collect::<String>())
}

fn document(body: &str, more: &[(&str, &str)]) -> (Kept, Extraction) {
    let root = relations(&[("r1", "officeDocument", "word/document.xml")]);
    let main = format!("<w:document><w:body>{body}</w:body></w:document>");
    let parts = [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", &root), ("word/document.xml", &main)];
    run(&package(&[&parts[..], more].concat()))
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn table(rows: &[&[&str]]) -> String {
    let cell = |text: &&str| format!("<w:tc>{}</w:tc>", paragraph(text));
    let row = |cells: &&[&str]| format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>());
    format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>())
}

#[test]
fn words_of_a_document_are_joined_and_paragraphs_parted() {
    let body = "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Jane </w:t></w:r><w:r><w:t>D&#111;e</w:t></w:r>\
                <w:r><w:tab/><w:t>A&amp;B</w:t></w:r></w:p>";
    let (kept, extraction) = document(&format!("{body}{}", paragraph("next")), &[]);
    assert_eq!((extraction.format, extraction.state), ("docx", SourceState::Complete));
    assert_eq!(kept.texts(), ["Jane Doe\tA&B\nnext\n"]);
}

#[test]
fn paragraphs_of_lists_have_their_numbers_and_words_their_readings() {
    let levels = "<w:lvl w:ilvl=\"0\"><w:start w:val=\"3\"/><w:numFmt w:val=\"upperRoman\"/><w:lvlText w:val=\"%1.\"/></w:lvl>\
                  <w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:pStyle w:val=\"Sub\"/><w:numFmt w:val=\"lowerLetter\"/>\
                  <w:lvlText w:val=\"%1%2)\"/></w:lvl>";
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"5\">{levels}</w:abstractNum>\
         <w:num w:numId=\"1\"><w:abstractNumId w:val=\"5\"/></w:num></w:numbering>"
    );
    let styles = "<w:styles><w:style w:styleId=\"Sub\"><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>\
                  <w:style w:styleId=\"Below\"><w:basedOn w:val=\"Sub\"/></w:style></w:styles>";
    let item = |properties: &str, text: &str| {
        let properties = format!(
            "<w:pPr>{properties}<w:pPrChange><w:pPr><w:numPr><w:numId w:val=\"9\"/></w:numPr></w:pPr>\
                                  </w:pPrChange></w:pPr>"
        );
        format!("<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let own = "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>";
    let none = "<w:pStyle w:val=\"Sub\"/><w:numPr><w:numId w:val=\"0\"/></w:numPr>";
    let style = |id: &str| format!("<w:pStyle w:val=\"{id}\"/>");
    let spoken = "<w:p><w:r><w:ruby><w:rt><w:r><w:t>reading</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>word</w:t></w:r>\
                  </w:rubyBase></w:ruby></w:r></w:p>";
    let body =
        [item(own, "one"), item(&style("Sub"), "two"), item(&style("Below"), "three"), item(none, "four")].concat();
    let links = relations(&[("r1", "numbering", "numbering.xml"), ("r2", "styles", "styles.xml")]);
    let more = [
        ("word/_rels/document.xml.rels", links.as_str()),
        ("word/numbering.xml", &numbering),
        ("word/styles.xml", styles),
    ];
    let (kept, extraction) = document(&format!("{body}{spoken}"), &more);
    assert_eq!(extraction.state, SourceState::Complete);
    assert_eq!(kept.texts(), ["III. one\nIIIa) two\nIIIb) three\nfour\nword (reading)\n"]);
}

#[test]
fn headers_of_tables_name_their_cells_and_forms_name_themselves() {
    let rows = table(&[&["Name", "Date of birth", "MRN"], &["Jane Doe", "1/2/1970", "12345"], &["Joe Roe", "", "67"]]);
    let form = table(&[&["Name:", "Ann Poe"], &["Phone:", "555-0100"]]);
    let (kept, _) = document(&format!("{rows}{form}"), &[]);
    let pairs = kept.pairs();
    assert_eq!(pairs[..3], ["=Name", "=Date of birth", "=MRN"]);
    assert_eq!(pairs[3..8], ["Name=Jane Doe", "Date of birth=1/2/1970", "MRN=12345", "Name=Joe Roe", "MRN=67"]);
    assert_eq!(pairs[8..], ["=Name:", "Name=Ann Poe", "=Phone:", "Phone=555-0100"]);
    let fields = kept.fields();
    assert!(fields[3].record == fields[5].record && fields[5].record != fields[6].record);
    assert!(fields.iter().all(|it| it.kind == FieldKind::Structured));
}

#[test]
fn what_stands_beside_the_text_is_read() {
    let body = "<w:p><w:del w:author=\"Dr. Gone\"><w:r><w:delText>struck out</w:delText></w:r></w:del></w:p>\
        <w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>\
        </mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></mc:Fallback>\
        </mc:AlternateContent></w:r><w:r><w:t>anchor</w:t></w:r></w:p>\
        <w:p><w:r><w:t>Phone: </w:t></w:r><w:r><w:fldChar/><w:instrText> MERGEFIELD Phone </w:instrText><w:fldChar/></w:r>\
        <w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>555-0100</w:t></w:r></w:sdtContent></w:sdt></w:p>\
        <w:sdt><w:sdtPr><w:alias w:val=\"Patient\"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Jane</w:t></w:r></w:p>\
        </w:sdtContent></w:sdt>";
    let core = "<cp:coreProperties><dc:creator>Ann Author</dc:creator></cp:coreProperties>";
    let custom = "<Properties><property fmtid=\"{1}\" pid=\"2\" name=\"MRN\"><vt:lpwstr>4711</vt:lpwstr></property></Properties>";
    let links = relations(&[("r2", "hyperlink", "https://example.org/jane")]);
    let header = format!("<w:hdr>{}</w:hdr>", paragraph("on every page"));
    let (kept, extraction) = document(
        body,
        &[
            ("docProps/core.xml", core),
            ("docProps/custom.xml", custom),
            ("word/_rels/document.xml.rels", &links),
            ("word/header1.xml", &header),
            ("customXml/item1.xml", "<patients><patient><name>Zoe</name></patient></patients>"),
            ("word/embeddings/list.csv", "name,ssn\nJane,1\n"),
        ],
    );
    assert_eq!(extraction.state, SourceState::Complete);
    let pairs = kept.pairs();
    for pair in [
        "=boxed\nanchor\nPhone: 555-0100\nPatient: Jane\n",
        "=struck out\n",
        "author=Dr. Gone",
        "field=MERGEFIELD Phone",
        "creator=Ann Author",
        "MRN=4711",
    ] {
        assert!(pairs.contains(&pair.to_owned()), "{pair}: {pairs:?}");
    }
    for pair in ["link=https://example.org/jane", "=on every page\n", "patient.name=Zoe", "ssn=1"] {
        assert!(pairs.contains(&pair.to_owned()), "{pair}: {pairs:?}");
    }
    let deleted = kept.fields().into_iter().find(|it| it.text == "struck out\n").expect("is there");
    assert_eq!(deleted.kind, FieldKind::Residual);
    let place = |text: &str| {
        let segment = kept.segments.iter().find(|it| it.text.reveal().contains(text)).expect("is there");
        segment.frame.provenance.to_vec()
    };
    assert_eq!(place("on every page"), [Step::part("header")]);
    assert_eq!(place("Jane,1"), [Step::Member(Text::from("word/embeddings/list.csv"))]);
}

#[test]
fn entities_are_never_expanded_and_damage_is_said() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>";
    let main = format!("{bomb}<w:document><w:p><w:r><w:t>x &b; y</w:t></w:r></w:p></w:document>");
    let root = relations(&[("r1", "officeDocument", "word/document.xml")]);
    let (kept, extraction) = run(&package(&[("_rels/.rels", &root), ("word/document.xml", &main)]));
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
    assert_eq!(kept.texts(), ["x &b; y\n"]);
    let cut = format!("<w:document>{}<w:p><w:r><w:t>half", paragraph("whole"));
    let (kept, extraction) = run(&package(&[("_rels/.rels", &root), ("word/document.xml", &cut)]));
    assert_eq!((extraction.state, kept.texts().concat()), (SourceState::Partial, "whole\nhalf".to_owned()));
    let deep = format!("<w:document>{}", "<w:p>".repeat(1_000_000));
    let (_, extraction) = run(&package(&[("_rels/.rels", &root), ("word/document.xml", &deep)]));
    assert_eq!(extraction.reason, Some(Reason::LimitDepth));
}

fn workbook(cells: &str, more: &[(&str, &str)]) -> (Kept, Extraction) {
    let root = relations(&[("r1", "officeDocument", "xl/workbook.xml")]);
    let book = "<workbook><sheets><sheet name=\"Visits\" sheetId=\"1\" r:id=\"rId1\" state=\"hidden\"/></sheets>\
                <definedNames><definedName name=\"Doctor\">\"Dr. Example\"</definedName></definedNames></workbook>";
    let uses = relations(&[
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "sharedStrings", "sharedStrings.xml"),
        ("rId3", "styles", "/xl/styles.xml"),
    ]);
    let sheet = format!(
        "<worksheet><sheetData>{cells}</sheetData><headerFooter><oddHeader>&amp;L&amp;\"Arial,Bold\"&amp;12Jane</oddHeader></headerFooter></worksheet>"
    );
    let parts = [
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", &uses),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    run(&package(&[&parts[..], more].concat()))
}

const STYLES: &str = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"000\\-00\\-0000\"/></numFmts>\
    <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";

#[test]
fn cells_have_names_places_and_meanings() {
    let strings = "<sst count=\"9\" uniqueCount=\"4000000000000\"><si><t>Patient name</t></si><si><t>DOB</t></si>\
                   <si><t>SSN</t></si><si><r><t>Jane</t></r><r><t> Doe</t></r></si><si><t>left over</t></si></sst>";
    let cells = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"D1\" t=\"s\"><v>2</v></c></row>\
        <row r=\"17\"><c r=\"A17\" t=\"s\"><v>3</v></c><c r=\"B17\" s=\"1\"><v>25569</v></c><c r=\"D17\" s=\"2\"><v>1.2345678E7</v></c>\
        <c r=\"E17\"><f>CONCATENATE(\"Ann Poe\",A1)</f><v>9</v></c></row>\
        <row r=\"18\"><c t=\"inlineStr\"><is><t>Joe Roe</t></is></c></row>";
    let uses = relations(&[("r1", "comments", "../comments1.xml")]);
    let comments = "<comments><authors><author>Dr. Note</author></authors><commentList><comment ref=\"B17\" authorId=\"0\">\
                    <text><r><t>call first</t></r></text></comment></commentList></comments>";
    let (kept, extraction) = workbook(
        cells,
        &[
            ("xl/sharedStrings.xml", strings),
            ("xl/styles.xml", STYLES),
            ("xl/worksheets/_rels/sheet1.xml.rels", &uses),
            ("xl/comments1.xml", comments),
        ],
    );
    assert_eq!((extraction.format, extraction.state), ("xlsx", SourceState::Complete));
    let pairs = kept.pairs();
    let expected =
        ["=Patient name", "=DOB", "=SSN", "Patient name=Jane Doe", "DOB=1970-01-01", "SSN=012-34-5678", "=9"];
    assert_eq!(pairs[..7], expected);
    for pair in
        ["Patient name=Joe Roe", "comment=call first", "author=Dr. Note", "Doctor=\"Dr. Example\"", "=left over"]
    {
        assert!(pairs.contains(&pair.to_owned()), "{pair}: {pairs:?}");
    }
    assert!(pairs.iter().any(|it| it.contains("Ann Poe") && it.contains("Jane")), "{pairs:?}");
    let first = &kept.segments[0];
    assert_eq!(first.frame.grid, Grid::Sheet(Text::from("Visits")));
    let ssn = kept.fields().into_iter().find(|it| it.label == "SSN").expect("is there");
    assert_eq!(ssn.record, 17);
    let column = first.frame.labels.iter().find(|it| it.name.as_slice() == b"SSN").expect("is there").column;
    assert_eq!(column, Some(3));
}

#[test]
fn sheets_that_claim_to_be_endless_are_small() {
    let cells = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c>\
                 <c r=\"ZZZZZZ9\"><v>3</v></c><c t=\"s\"><v>77</v></c></row>";
    let (kept, extraction) = workbook(cells, &[]);
    assert_eq!(extraction.state, SourceState::Complete);
    assert_eq!(kept.pairs()[..3], ["=1", "=2", "=3"]);
    assert_eq!(kept.fields()[1].record, 1_048_576);
}

#[test]
fn slides_are_pages_with_notes() {
    let root = relations(&[("r1", "officeDocument", "ppt/presentation.xml")]);
    let main = "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId2\"/><p:sldId id=\"257\" r:id=\"rId1\"/></p:sldIdLst></p:presentation>";
    let uses = relations(&[("rId1", "slide", "slides/slide1.xml"), ("rId2", "slide", "slides/slide2.xml")]);
    let slide = |text: &str| {
        format!("<p:sld show=\"0\"><p:sp><p:nvPr descr=\"alt\"/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>")
    };
    let (one, two) = (slide("one"), slide("two"));
    let notes = relations(&[("r1", "notesSlide", "../notesSlides/notesSlide1.xml")]);
    let parts = [
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", root.as_str()),
        ("ppt/presentation.xml", main),
        ("ppt/_rels/presentation.xml.rels", &uses),
        ("ppt/slides/slide1.xml", &one),
        ("ppt/slides/slide2.xml", &two),
        ("ppt/slides/_rels/slide1.xml.rels", &notes),
        ("ppt/notesSlides/notesSlide1.xml", &slide("said")),
    ];
    let (kept, extraction) = run(&package(&parts));
    assert_eq!((extraction.format, extraction.state), ("pptx", SourceState::Complete));
    let places: Vec<_> = kept.segments.iter().map(|it| it.frame.provenance.to_vec()).collect();
    assert_eq!(places[..3], [vec![Step::Page(1)], vec![Step::Page(2)], vec![Step::Page(2), Step::part("notes")]]);
    assert_eq!(kept.pairs()[..2], ["=two\n", "description=alt"]);
}

fn opendocument(kind: &str, body: &str, more: &[(&str, &str)]) -> (Kept, Extraction) {
    let kind = format!("application/vnd.oasis.opendocument.{kind}");
    let content = format!("<office:document-content><office:body>{body}</office:body></office:document-content>");
    let parts = [("mimetype", kind.as_str()), ("content.xml", &content)];
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [&parts[..], more].concat() {
        let method = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(name, method).expect("starts");
        writer.write_all(text.as_bytes()).expect("writes");
    }
    run(&writer.finish().expect("ends").into_inner())
}

#[test]
fn open_text_is_read_with_its_changes_and_notes() {
    let body = "<office:text><text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Ed\
        </dc:creator></office:change-info><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>\
        <text:h>Title</text:h><text:p>a<text:s text:c=\"3\"/>b<text:tab/>c<text:line-break/>d<office:annotation>\
        <dc:creator>Ann</dc:creator><text:p>noted</text:p></office:annotation></text:p>\
        <table:table><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell><table:table-cell>\
        <text:p>Phone</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Jane</text:p>\
        </table:table-cell><table:table-cell><text:p>555-0100</text:p></table:table-cell></table:table-row></table:table></office:text>";
    let meta = "<office:document-meta><office:meta><meta:initial-creator>Ian</meta:initial-creator>\
                <meta:user-defined meta:name=\"MRN\">42</meta:user-defined></office:meta></office:document-meta>";
    let (kept, extraction) = opendocument("text", body, &[("meta.xml", meta)]);
    assert_eq!((extraction.format, extraction.state), ("odt", SourceState::Complete));
    let pairs = kept.pairs();
    assert_eq!(pairs[0], "=Title\na   b\tc\nd\nAnn\nnoted\n");
    for pair in ["Name=Jane", "Phone=555-0100", "meta.initial-creator=Ian", "MRN=42"] {
        assert!(pairs.contains(&pair.to_owned()), "{pair}: {pairs:?}");
    }
    let deleted = kept.fields().into_iter().find(|it| it.kind == FieldKind::Residual).expect("is there");
    assert!(deleted.text.contains("gone"));
}

#[test]
fn open_sheets_are_bounded_and_typed() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let body = format!(
        "<office:spreadsheet><table:table table:name=\"Plan\"><table:table-row>{}{}{}</table:table-row>\
         <table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"1000000000\"/>\
         </table:table-row><table:table-row>{}<table:table-cell table:number-columns-repeated=\"1\" office:date-value=\"1970-01-02\">\
         <text:p>2.1.70</text:p></table:table-cell><table:table-cell office:value=\"123456789\"><text:p>1.23E+08</text:p>\
         <office:annotation><text:p>see file</text:p></office:annotation></table:table-cell></table:table-row></table:table></office:spreadsheet>",
        cell("Patient name"),
        cell("DOB"),
        cell("ID"),
        cell("Jane Doe"),
    );
    let (kept, extraction) = opendocument("spreadsheet", &body, &[]);
    assert_eq!((extraction.format, extraction.state), ("ods", SourceState::Complete));
    let expected = ["Patient name=Jane Doe", "DOB=1970-01-02", "ID=123456789", "comment=see file"];
    assert_eq!(kept.pairs()[3..], expected);
    assert_eq!(kept.fields()[3].record, 1_000_002);
    assert_eq!(kept.segments[0].frame.grid, Grid::Sheet(Text::from("Plan")));
}

#[test]
fn encrypted_parts_are_named_and_flat_files_read() {
    let manifest = "<manifest:manifest><manifest:file-entry manifest:full-path=\"content.xml\"><manifest:encryption-data/>\
                    </manifest:file-entry></manifest:manifest>";
    let (kept, extraction) = opendocument("text", "junk", &[("META-INF/manifest.xml", manifest)]);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::Encrypted)));
    assert_eq!(kept.unread[0].place[..], [Step::Member(Text::from("content.xml"))]);
    let flat = "<?xml version=\"1.0\"?><office:document office:mimetype=\"application/vnd.oasis.opendocument.text\">\
                <office:body><office:text><text:p>flat</text:p></office:text></office:body></office:document>";
    let (kept, extraction) = run(flat.as_bytes());
    assert_eq!((extraction.format, extraction.state), ("odf", SourceState::Complete));
    assert_eq!(kept.texts(), ["flat\n"]);
}

#[test]
fn properties_that_end_before_they_begin_are_damaged() {
    let (kept, extraction) = document(&paragraph("Jane Doe"), &[("docProps/core.xml", "</a>Roe</b>")]);
    assert_eq!(extraction.reason, Some(Reason::Malformed));
    assert!(kept.texts().concat().contains("Jane Doe"));
}
