//! The reader as a whole, over documents written here.

use super::super::testing::{Kept, run};
use super::super::{Extraction, Hint, Input, extract};
use crate::model::{FieldKind, Limits, Reason, SourceState, Step};

/// A file of these objects, numbered from 1; the first is the catalog.
fn file(objects: &[&str]) -> Vec<u8> {
    file_with(objects, "")
}

fn file_with(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for (object, number) in objects.iter().zip(1..) {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let (count, start) = (objects.len() + 1, out.len());
    let end = format!(
        "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<</Size {count} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF"
    );
    out.extend_from_slice(end.as_bytes());
    out
}

fn stream(entries: &str, content: &str) -> String {
    format!("<<{entries} /Length {}>>\nstream\n{content}\nendstream", content.len())
}

const CATALOG: &str = "<</Type /Catalog /Pages 2 0 R>>";
const PAGES: &str = "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792]>>";
const FONT: &str = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>";

/// One page with that content and more entries; object 5 is its font, more objects follow.
fn page(content: &str, entries: &str, more: &[&str]) -> Vec<u8> {
    let page = format!("<</Type /Page /Parent 2 0 R /Contents 4 0 R {entries}>>");
    let content = stream("", content);
    let objects = [&[CATALOG, PAGES, &page, &content, FONT], more].concat();
    file(&objects)
}

const RESOURCES: &str = "/Resources <</Font <</F 5 0 R>> >>";

fn complete(kept: &(Kept, Extraction)) -> &Kept {
    assert_eq!((kept.1.format, kept.1.state, kept.1.reason), ("pdf", SourceState::Complete, None));
    &kept.0
}

#[test]
fn lines_of_a_page_are_read_with_its_number() {
    let content = "BT /F 12 Tf 72 700 Td (Patient: Jane) Tj 0 -14 Td [(MR) -20 (N:) -3000 (12345)] TJ ET";
    let result = run(&page(content, RESOURCES, &[]));
    let kept = complete(&result);
    assert_eq!(kept.texts(), ["Patient: Jane\nMRN:  12345\n"]);
    assert_eq!(kept.segments[0].frame.provenance[..], [Step::Page(1)]);
    assert_eq!(kept.fields()[0].kind, FieldKind::Narrative);
}

#[test]
fn forms_are_drawn_where_they_are_used_and_may_use_themselves() {
    let form = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "BT /F 12 Tf (within) Tj ET /X Do");
    let resources = "/Resources <</Font <</F 5 0 R>> /XObject <</X 6 0 R>> >>";
    let result = run(&page("q 1 0 0 1 72 600 cm /X Do Q", resources, &[&form]));
    assert_eq!(complete(&result).texts(), ["within\n"]);
}

#[test]
fn composite_fonts_are_read_through_their_map() {
    let map = stream(
        "",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange beginbfrange <0001> <0003> <0041> endbfrange",
    );
    let font = "<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R>>";
    let descendant = "<</Type /Font /Subtype /CIDFontType2 /DW 500>>";
    let resources = "/Resources <</Font <</F 6 0 R>> >>";
    let result = run(&page("BT /F 12 Tf 72 700 Td <000100020003> Tj ET", resources, &[font, descendant, &map]));
    assert_eq!(complete(&result).texts(), ["ABC\n"]);
}

#[test]
fn characters_that_nothing_names_are_pictures() {
    let font = "<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [7 0 R]>>";
    let descendant = "<</Type /Font /Subtype /CIDFontType2 /DW 500>>";
    let resources = "/Resources <</Font <</F 6 0 R>> >>";
    let (kept, extraction) = run(&page("BT /F 12 Tf 72 700 Td <000100020003> Tj ET", resources, &[font, descendant]));
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::ImageContent)));
    assert!(kept.segments.is_empty());
}

#[test]
fn a_page_that_is_an_image_is_not_clean() {
    let image = stream("/Type /XObject /Subtype /Image /Width 1 /Height 1", "x");
    let resources = "/Resources <</XObject <</X 6 0 R>> >>";
    let (kept, extraction) = run(&page("612 0 0 792 0 0 cm /X Do", resources, &[&image]));
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::ImageContent)));
    assert_eq!(kept.unread[0].place[..], [Step::Page(1)]);
}

#[test]
fn fields_stand_under_their_names_and_notes_are_read() {
    let entries = format!("{RESOURCES} /Annots [6 0 R 7 0 R]");
    let widget = "<</Subtype /Widget /T (dob) /TU (Date of birth) /V (1970-01-02) /Parent 8 0 R>>";
    let note = "<</Subtype /Text /Contents (call back) /T (Dr. Roe)>>";
    let parent = "<</T (patient) /Kids [6 0 R]>>";
    let result = run(&page("", &entries, &[widget, note, parent]));
    let pairs = complete(&result).pairs();
    assert_eq!(pairs, ["patient.dob Date of birth=1970-01-02", "comment=call back", "author=Dr. Roe"]);
}

#[test]
fn fields_without_a_page_properties_outlines_and_files_are_read() {
    let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [4 0 R]>> /Outlines 5 0 R \
                   /Names <</EmbeddedFiles <</Names [(a) 7 0 R]>> >> >>";
    let page = "<</Type /Page /Parent 2 0 R>>";
    let field = "<</FT /Tx /T (mrn) /V (778899)>>";
    let outline = "<</First 6 0 R>>";
    let item = "<</Title (Visit of Jane) /Next 6 0 R>>";
    let specification = "<</Type /Filespec /F (note.txt) /EF <</F 8 0 R>> >>";
    let embedded = stream("/Type /EmbeddedFile", "MRN 4711");
    let objects = [catalog, PAGES, page, field, outline, item, specification, &embedded, "<</Author (Roe)>>"];
    let result = run(&file_with(&objects, "/Info 9 0 R"));
    let kept = complete(&result);
    let places: Vec<_> = kept.segments.iter().map(|it| format!("{:?}", it.frame.provenance.len())).collect();
    assert_eq!(places, ["1"; 4]);
    assert_eq!(kept.pairs(), ["mrn=778899", "Author=Roe", "=Visit of Jane"]);
    assert_eq!(kept.segments[3].text.0, b"MRN 4711");
}

#[test]
fn what_marked_content_says_replaces_what_it_shows() {
    let content = "BT /F 12 Tf 72 700 Td /Span <</ActualText (real)>> BDC (xyz) Tj EMC ( word) Tj ET";
    assert_eq!(complete(&run(&page(content, RESOURCES, &[]))).texts(), ["real word\n"]);
}

#[test]
fn a_lost_table_is_made_anew_and_a_cut_file_is_damaged() {
    let whole = page("BT /F 12 Tf 72 700 Td (kept) Tj ET", RESOURCES, &[]);
    let mut moved = whole.clone();
    moved.splice(9..9, b"% some bytes that were put in between\n".iter().copied());
    assert_eq!(complete(&run(&moved)).texts(), ["kept\n"]);
    let cut = &whole[..whole.windows(4).position(|it| it == b"xref").expect("a table")];
    let (kept, extraction) = run(cut);
    assert_eq!(kept.texts(), ["kept\n"]);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
}

#[test]
fn damage_is_told_and_what_is_left_is_read() {
    let broken = stream("/Filter /FlateDecode", "no deflate at all");
    let page = "<</Type /Page /Parent 2 0 R /Contents [4 0 R 6 0 R] /Resources <</Font <</F 5 0 R>> >> >>";
    let content = stream("", "BT /F 12 Tf 72 700 Td (left) Tj ET");
    let (kept, extraction) = run(&file(&[CATALOG, PAGES, page, &content, FONT, &broken]));
    assert_eq!(kept.texts(), ["left\n"]);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
    let (_, nothing) = run(b"%PDF-1.4\nnothing of the kind");
    assert_eq!((nothing.state, nothing.reason), (SourceState::Failed, Some(Reason::Malformed)));
}

#[test]
fn forms_that_multiply_end_at_a_limit() {
    let names: String = (0..10).map(|it| format!("/X{it} Do ")).collect();
    let forms: Vec<String> = (0..12)
        .map(|level| {
            let next: String = (0..10).map(|it| format!("/X{it} {} 0 R ", 7 + level)).collect();
            stream(&format!("/Subtype /Form /Resources <</XObject <<{next}>> >>"), &names)
        })
        .collect();
    let more: Vec<&str> = forms.iter().map(String::as_str).collect();
    let (_, extraction) = run(&page("/X0 Do", "/Resources <</XObject <</X0 6 0 R>> >>", &more));
    assert_eq!(extraction.reason, Some(Reason::LimitDepth));
}

#[test]
fn pages_that_contain_each_other_end() {
    let objects = [CATALOG, "<</Type /Pages /Kids [2 0 R 3 0 R 3 0 R]>>", "<</Type /Pages /Kids [2 0 R]>>"];
    let (_, extraction) = run(&file(&objects));
    assert_eq!(extraction.reason, Some(Reason::Malformed));
}

#[test]
fn any_change_of_a_byte_ends_in_a_state() {
    let whole = page("BT /F 12 Tf 72 700 Td (Patient: Jane) Tj ET", RESOURCES, &[]);
    for at in (9..whole.len()).step_by(2) {
        for byte in [b'<', b'9'] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            let mut kept = Kept::default();
            let hint = Hint { name: b"x.pdf", format: Some("pdf") };
            let extraction =
                extract(Input::File(&mut std::io::Cursor::new(bytes)), hint, &Limits::default(), &mut kept);
            assert_eq!(extraction.format, "pdf");
            assert!(kept.segments.iter().all(crate::model::Segment::is_sound));
        }
    }
}
