//! A letter as PDF, a summary as DOCX, a list as XLSX.

use anyhow::Result;

use super::File;
use super::containers::zipped;
use super::people::Person;

/// The files.
pub fn files(people: &[Person]) -> Result<Vec<File>> {
    Ok(vec![
        ("letters/appointment.pdf".into(), pdf(&people[6])),
        ("documents/discharge-instructions.docx".into(), docx(&people[7])?),
        ("exports/quality-review.xlsx".into(), xlsx(&people[10..25])?),
    ])
}

/// One page of Helvetica.
fn pdf(it: &Person) -> Vec<u8> {
    let lines = [
        "Harborview General Hospital, Cardiology".to_owned(),
        format!("{} {}", it.first, it.last),
        it.address.clone(),
        format!("{}, {} {}", it.city, it.state, it.zip),
        format!("MRN: {}   Date of birth: {}", it.mrn, it.born_us()),
        "Your echocardiogram for atrial fibrillation is on 12/03/2024 at 10:15.".into(),
        format!("We will call {} to remind you.", it.phone),
    ];
    let shown: Vec<String> = lines.iter().map(|line| format!("({line}) Tj 0 -18 Td")).collect();
    let content = format!("BT /F1 11 Tf 72 720 Td {} ET", shown.join(" "));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".into(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".into(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
    ];
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let table = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for place in places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let size = objects.len() + 1;
    out.extend_from_slice(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").as_bytes());
    out
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn docx(it: &Person) -> Result<Vec<u8>> {
    let lines = [
        "Discharge instructions".to_owned(),
        format!("Patient: {} {}, born {}, MRN {}", it.first, it.last, it.born_us(), it.mrn),
        "You were treated for pneumonia. Take amoxicillin twice daily for seven days.".into(),
        format!("Your follow-up is on 11/22/2024. If you cannot come, call us; we have {} for you.", it.phone),
    ];
    let body: String = lines.iter().map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>")).collect();
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    package("word/document.xml", "wordprocessingml.document", &[("word/document.xml", document)])
}

fn xlsx(people: &[Person]) -> Result<Vec<u8>> {
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let head = ["MRN", "Patient name", "Date of birth", "Diagnosis", "Reviewed"].map(cell).concat();
    let mut rows = format!("<row>{head}</row>");
    for it in people {
        let name = format!("{}, {}", it.last, it.first);
        let cells = [it.mrn.as_str(), &name, &it.born_us(), &it.diagnosis, "yes"].map(cell).concat();
        rows += &format!("<row>{cells}</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheet = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"
    );
    let book = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook xmlns=\"{main}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Review\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let parts =
        [("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", relations), ("xl/worksheets/sheet1.xml", sheet)];
    package("xl/workbook.xml", "spreadsheetml.sheet", &parts)
}

/// An Office package whose main part has that name and type.
fn package(main: &str, kind: &str, parts: &[(&str, String)]) -> Result<Vec<u8>> {
    let sheet = "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>";
    let more = if kind.starts_with("spreadsheet") { sheet } else { "" };
    let types = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/{main}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/>{more}</Types>"
    );
    let root = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"{main}\"/></Relationships>"
    );
    let mut all =
        vec![("[Content_Types].xml".to_owned(), types.into_bytes()), ("_rels/.rels".into(), root.into_bytes())];
    all.extend(parts.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())));
    zipped(&all)
}
