//! HTML: visible text in its lines, table cells by their headers, form values and other attributes by their names,
//! scripts and comments as text. Runs nothing, fetches nothing.

use html5gum::{HtmlString, IoReader, StartTag, Token, Tokenizer};
use memchr::memmem;

use super::base64;
use super::block::Utf8;
use super::compose::{Composer, Value};
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use crate::model::{FieldKind, Label, NO_LABEL, Reason, Step, Text};

/// Elements that begin and end lines.
const BLOCKS: [&[u8]; 34] = [
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"body",
    b"br",
    b"center",
    b"dd",
    b"div",
    b"dl",
    b"dt",
    b"fieldset",
    b"figcaption",
    b"footer",
    b"form",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"header",
    b"hr",
    b"li",
    b"main",
    b"nav",
    b"ol",
    b"option",
    b"p",
    b"pre",
    b"section",
    b"title",
    b"tr",
    b"ul",
];

/// Attributes whose values are text or addresses.
const TELLING: [&[u8]; 12] = [
    b"alt",
    b"aria-label",
    b"cite",
    b"content",
    b"data",
    b"datetime",
    b"href",
    b"placeholder",
    b"src",
    b"summary",
    b"title",
    b"value",
];

/// What stands before a file in an address.
const EMBEDDED: &[u8] = b";base64,";
/// Prose is put out when it is this long.
const ENOUGH: usize = 64 << 10;
/// Columns whose headers are remembered.
const MOST_COLUMNS: usize = 512;

/// True where the stream begins as an HTML document does.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    let text = head.text().trim_ascii_start();
    let begins = |what: &[u8]| text.len() >= what.len() && text[..what.len()].eq_ignore_ascii_case(what);
    if begins(b"<!doctype html") || begins(b"<html") {
        return true;
    }
    let window = &text[..text.len().min(2048)];
    let holds = |what: &[u8]| window.windows(what.len()).any(|it| it.eq_ignore_ascii_case(what));
    let opens = matches!(text, [b'<', b'!' | b'?' | b'A'..=b'Z' | b'a'..=b'z', ..]);
    let named = head.is_named(".html") || head.is_named(".htm") || head.is_named(".xhtml");
    opens && (named || holds(b"<html") || holds(b"<body") || holds(b"<head>"))
}

/// Reads a stream to its end as HTML.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut page = Page::new(job);
    for token in Tokenizer::new(IoReader::new(Utf8::new(stream.into_window()))) {
        let Ok(token) = token else {
            job.unread(Reason::Io, None);
            break;
        };
        let going = match token {
            Token::StartTag(tag) => page.start(job, &tag),
            Token::EndTag(tag) => page.end(job, &tag.name),
            Token::String(text) => page.text(job, &text),
            Token::Comment(text) => page.markup(job, &text),
            Token::Doctype(_) | Token::Error(_) => true,
        };
        if !going {
            return;
        }
    }
    page.put_prose(job);
    page.composer.flush(job);
}

struct Page {
    composer: Composer,
    prose: Vec<u8>,
    /// Text of the cell at hand.
    cell: Option<Cell>,
    /// Headers of the table at hand, by column.
    headers: Vec<Vec<u8>>,
    column: usize,
    record: u64,
}

struct Cell {
    is_header: bool,
    text: Vec<u8>,
}

impl Page {
    fn new(job: &Job<'_>) -> Self {
        let composer = Composer::new(job);
        Page { composer, prose: Vec::new(), cell: None, headers: Vec::new(), column: 0, record: 1 }
    }

    fn start(&mut self, job: &mut Job<'_>, tag: &StartTag<()>) -> bool {
        let name: &[u8] = &tag.name;
        let going = match name {
            b"table" => {
                self.headers.clear();
                self.put_cell(job)
            }
            b"tr" => {
                self.record += 1;
                let going = self.put_cell(job);
                self.column = 0;
                going
            }
            b"td" | b"th" => {
                let going = self.put_cell(job);
                self.cell = Some(Cell { is_header: name == b"th", text: Vec::new() });
                going
            }
            _ if BLOCKS.contains(&name) => {
                self.break_line();
                true
            }
            _ => true,
        };
        going && self.attributes(job, tag)
    }

    fn end(&mut self, job: &mut Job<'_>, name: &[u8]) -> bool {
        match name {
            b"td" | b"th" | b"tr" | b"table" => self.put_cell(job),
            _ => {
                if BLOCKS.contains(&name) {
                    self.break_line();
                }
                true
            }
        }
    }

    fn text(&mut self, job: &mut Job<'_>, text: &HtmlString) -> bool {
        match &mut self.cell {
            Some(cell) => cell.text.extend_from_slice(text),
            None => self.prose.extend_from_slice(text),
        }
        // Scripts and styles hold files in their addresses as well.
        for at in memmem::find_iter(text, EMBEDDED) {
            let rest = &text[at + EMBEDDED.len()..];
            let end = rest.iter().position(|it| !base64::is_part(*it)).unwrap_or(rest.len());
            read_embedded(job, &rest[..end]);
        }
        let long = self.prose.len() > ENOUGH && text.contains(&b'\n') || self.prose.len() > 4 * ENOUGH;
        !long || self.put_prose(job)
    }

    fn break_line(&mut self) {
        let text = self.cell.as_mut().map_or(&mut self.prose, |cell| &mut cell.text);
        let blanks = text.iter().rev().take_while(|it| matches!(it, b' ' | b'\t')).count();
        text.truncate(text.len() - blanks);
        if !text.is_empty() && text.last() != Some(&b'\n') {
            text.push(b'\n');
        }
    }

    /// Puts out the cell at hand: under its column's header, or as the header of the rows that follow.
    fn put_cell(&mut self, job: &mut Job<'_>) -> bool {
        let Some(cell) = self.cell.take() else { return true };
        let (column, text) = (self.column, cell.text.trim_ascii());
        self.column += 1;
        if cell.is_header && column < MOST_COLUMNS {
            self.headers.resize(self.headers.len().max(column + 1), Vec::new());
            self.headers[column] = text.to_vec();
        }
        let header = if cell.is_header { None } else { self.headers.get(column).filter(|it| !it.is_empty()) };
        let label = match header {
            Some(name) => self.composer.label(Label { name: Text(name.clone()), ..Label::default() }),
            None => NO_LABEL,
        };
        if text.is_empty() {
            return true;
        }
        if label == NO_LABEL {
            // Cells beside each other read like a line: the left one may label the right one.
            self.prose.extend_from_slice(text);
            self.prose.extend_from_slice(b"  ");
            return true;
        }
        let kind = if text.len() <= 200 { FieldKind::Structured } else { FieldKind::Narrative };
        self.put_prose(job) && self.composer.push(job, Value { text, label, record: self.record, kind, at: None })
    }

    fn attributes(&mut self, job: &mut Job<'_>, tag: &StartTag<()>) -> bool {
        let named = |name: &[u8]| tag.attributes.get(name).map(|it| &it.value);
        tag.attributes.iter().all(|(key, value)| {
            let key: &[u8] = key;
            let telling = TELLING.contains(&key) || key.starts_with(b"data-") || key == b"srcdoc";
            let value: &[u8] = value.trim_ascii();
            if !telling || value.is_empty() || value.starts_with(b"#") {
                return true;
            }
            if value.starts_with(b"data:") && read_embedded(job, value) {
                return !job.is_over();
            }
            let value = value.strip_prefix(b"mailto:").or_else(|| value.strip_prefix(b"tel:")).unwrap_or(value);
            let meta = named(b"name").or_else(|| named(b"id")).or_else(|| named(b"property"));
            let name = match (key, meta) {
                (b"value" | b"content", Some(name)) => name.to_vec(),
                (b"href" | b"src" | b"cite" | b"data", _) => Vec::new(),
                _ => key.to_vec(),
            };
            let label = if name.is_empty() { NO_LABEL } else { self.composer.named(&name) };
            let kind = if label == NO_LABEL || value.len() > 200 { FieldKind::Markup } else { FieldKind::Structured };
            self.composer.push(job, Value { text: value, label, record: self.record, kind, at: None })
        })
    }

    fn markup(&mut self, job: &mut Job<'_>, text: &HtmlString) -> bool {
        let value = Value { kind: FieldKind::Markup, record: self.record, ..Value::prose(text) };
        text.trim_ascii().is_empty() || self.composer.push(job, value)
    }

    fn put_prose(&mut self, job: &mut Job<'_>) -> bool {
        let prose = std::mem::take(&mut self.prose);
        let text = prose.trim_ascii();
        text.is_empty() || self.composer.push(job, Value { record: self.record, ..Value::prose(text) })
    }
}

/// Reads the file that an address holds (RFC 2397); false where it holds none that can be read.
fn read_embedded(job: &mut Job<'_>, value: &[u8]) -> bool {
    let Some(bytes) = base64::decoded(value) else { return false };
    job.read_inside(Step::part("base64"), b"", Bytes::Stream(Box::new(&bytes[..])));
    true
}

#[cfg(test)]
mod tests {
    use super::super::testing::run;
    use crate::model::SourceState;

    #[test]
    fn text_keeps_its_lines_and_entities_are_characters() {
        let (kept, extraction) = run(
            b"<!DOCTYPE html><html><body><p>Patient: <b>Jane</b> Doe</p><div>MRN&#58;&nbsp;12345</div></body></html>",
        );
        assert_eq!((extraction.format, extraction.state), ("html", SourceState::Complete));
        assert_eq!(kept.texts(), ["Patient: Jane Doe\nMRN:\u{a0}12345"]);
    }

    #[test]
    fn cells_are_labelled_by_their_headers() {
        let (kept, _) =
            run(b"<html><table><tr><th>Name<th>SSN</tr><tr><td>Doe<td>123-45-6789</tr><tr><td>Roe<td></tr></table>\
            <table><tr><td>DOB:</td><td>1980-01-02</td></tr></table></html>");
        assert_eq!(kept.pairs(), ["=Name  SSN", "Name=Doe", "SSN=123-45-6789", "Name=Roe", "=DOB:  1980-01-02"]);
        let records: Vec<u64> = kept.fields().iter().map(|it| it.record).collect();
        assert_eq!(records[1], records[2]);
        assert!(records[3] > records[2]);
    }

    #[test]
    fn forms_comments_and_scripts_are_read() {
        let (kept, _) =
            run(b"<html><input type=hidden name=mrn value=12345><a href='mailto:jane@example.org'>write</a>\
            <!-- DOB 1/2/1980 --><script>var ssn='123-45-6789';</script></html>");
        let pairs = kept.pairs();
        for expected in ["mrn=12345", "=jane@example.org", "= DOB 1/2/1980 "] {
            assert!(pairs.iter().any(|it| it == expected), "{expected} in {pairs:?}");
        }
        assert!(pairs.iter().any(|it| it.contains("var ssn='123-45-6789'")));
    }

    #[test]
    fn files_in_addresses_are_read() {
        // `patient SSN 123-45-6789, seen today\n`
        const FILE: &str = "cGF0aWVudCBTU04gMTIzLTQ1LTY3ODksIHNlZW4gdG9kYXkK";
        let (kept, extraction) = run(format!(
            "<html><img src='data:text/plain;base64,{FILE}'><script>x = 'data:text/plain;base64,{FILE}'</script></html>"
        )
        .as_bytes());
        assert_eq!(extraction.state, SourceState::Complete);
        let files = kept.segments.iter().filter(|it| it.text.0.starts_with(b"patient SSN 123-45-6789"));
        assert_eq!(files.count(), 2, "{:?}", kept.texts());
    }
}
