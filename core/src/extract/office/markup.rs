//! The text of Office Open XML parts: WordprocessingML, DrawingML, PresentationML, charts, comments, VML.

use super::super::job::Job;
use super::flow::Flow;
use super::numbering::{Numbered, Numbering};
use super::xml::{Event, Tag, Xml};

/// Elements whose text is the document's.
const TEXTS: [&str; 4] = ["t", "delText", "text", "v"];
/// Elements whose text says how some of it is made: `HYPERLINK "mailto:…"`.
const FIELDS: [&str; 2] = ["instrText", "delInstrText"];
/// Elements within which nothing is said: how things look.
const LOOKS: [&str; 9] = ["pPr", "tblPr", "trPr", "tblGrid", "rPrChange", "sectPr", "bodyPr", "lstStyle", "spPr"];
/// Bytes of one field's code.
const MAX_FIELD: usize = 4096;
/// Attributes that people read or follow, and what they are called.
const ATTRIBUTES: [(&str, &str); 13] = [
    ("author", "author"),
    ("descr", "description"),
    ("title", "title"),
    ("alt", "description"),
    ("tooltip", "tooltip"),
    ("string", "text"),
    ("displayText", "choice"),
    ("fullDate", "date"),
    ("href", "link"),
    ("instr", "field"),
    ("userId", "author"),
    ("dataSource", "source"),
    ("connectString", "source"),
];

/// Where the reader of a part stands.
#[derive(Default)]
struct State {
    /// Inside an element whose text counts.
    in_text: bool,
    /// Some text was added since an element began.
    wrote: bool,
    /// The code of the field that is being read.
    in_field: bool,
    field: String,
    /// Inside elements whose text was deleted or moved away.
    deleted: u32,
    /// Inside an element of which nothing is read, so many levels deep.
    skipped: u32,
    /// What the properties of the paragraph that begins say of its number, and the number.
    numbered: Option<Numbered>,
    number: Option<String>,
    /// Inside the reading of a word, which stands before the word and is told behind it.
    in_reading: bool,
    reading: String,
    /// The title of the content control that begins.
    title: String,
    /// The alternatives seen in the open choices: whether one was read.
    chosen: Vec<bool>,
}

/// Reads a part into `flow`; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, mut xml: Xml<'_>, flow: &mut Flow, numbering: &mut Numbering) -> bool {
    let mut state = State::default();
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => state.start(job, flow, &tag),
            Event::End(end) => {
                state.end(job, flow, end.name());
                if let Some(numbered) = state.numbered.take_if(|_| state.skipped == 0) {
                    state.number = numbering.next(&numbered);
                }
            }
            Event::Text(text) if state.in_field => state.field.push_str(&text),
            Event::Text(text) if state.in_text && state.skipped == 0 => {
                state.wrote = true;
                state.push(flow, &text);
            }
            _ => {}
        }
        if flow.is_full() {
            flow.end_line(job);
        }
        if flow.is_stopped() {
            return false;
        }
    }
    xml.report(job);
    true
}

impl State {
    /// Text of the document.
    fn push(&mut self, flow: &mut Flow, text: &str) {
        if self.deleted > 0 {
            return flow.push_deleted(text);
        }
        if self.in_reading && self.reading.len() < MAX_FIELD {
            return self.reading.push_str(text);
        }
        if let Some(number) = self.number.take() {
            flow.push(&number);
            flow.push(" ");
        }
        flow.push(text);
    }

    fn start(&mut self, job: &mut Job<'_>, flow: &mut Flow, tag: &Tag<'_>) {
        if self.skipped > 0 {
            // Deeper stand the properties that a paragraph had before it was changed.
            if let Some(numbered) = self.numbered.as_mut().filter(|_| self.skipped <= 2) {
                numbered.take(tag);
            }
            self.skipped += 1;
            return;
        }
        let name = tag.name();
        self.in_text = TEXTS.contains(&name);
        self.in_field = FIELDS.contains(&name);
        self.wrote = false;
        if LOOKS.contains(&name) || name == "Fallback" && self.chosen.last() == Some(&true) {
            self.skipped = 1;
            self.numbered = (name == "pPr").then(Numbered::default);
            return;
        }
        match name {
            "tbl" => flow.open_table(job),
            "tc" => flow.open_cell(),
            "txbxContent" => flow.open_box(),
            "gridSpan" => {
                let span = tag.attribute("val").and_then(|it| it.parse::<u32>().ok());
                flow.widen(span.unwrap_or(1).saturating_sub(1));
            }
            "tab" | "ptab" if !self.in_text => flow.push("\t"),
            "fldChar" => self.end_field(flow),
            "br" | "cr" => flow.push("\n"),
            "noBreakHyphen" => flow.push("-"),
            "del" | "moveFrom" => self.deleted += 1,
            "rt" => self.in_reading = true,
            "AlternateContent" => self.chosen.push(false),
            "Choice" => self.choose(),
            "sdtPr" => self.title.clear(),
            "alias" => self.title = tag.attribute("val").unwrap_or_default().into_owned(),
            "sdtContent" => flow.introduce(&std::mem::take(&mut self.title)),
            "listEntry" | "docVar" | "default" | "helpText" | "statusText" => {
                flow.push_named("field", &tag.attribute("val").unwrap_or_default());
            }
            _ => {}
        }
        self.attributes(flow, tag);
    }

    /// The code of a field is complete. Those without a name or an address in them, such as page numbers, say nothing.
    fn end_field(&mut self, flow: &mut Flow) {
        let code = std::mem::take(&mut self.field);
        if code.contains(['"', '@', '/', '«']) || code.trim_start().starts_with("MERGEFIELD") {
            flow.push_named("field", &code);
        }
    }

    fn choose(&mut self) {
        if let Some(chosen) = self.chosen.last_mut() {
            *chosen = true;
        }
    }

    /// What is said in attributes; how runs look says nothing.
    fn attributes(&mut self, flow: &mut Flow, tag: &Tag<'_>) {
        if tag.is_bare() || tag.name() == "rPr" {
            return;
        }
        for (key, value) in tag.attributes() {
            if let Some((_, called)) = ATTRIBUTES.iter().find(|it| it.0 == key) {
                flow.push_named(called, &value);
            }
        }
        if tag.name() == "cmAuthor" || tag.name() == "author" {
            flow.push_named("author", &tag.attribute("name").unwrap_or_default());
        }
    }

    fn end(&mut self, job: &mut Job<'_>, flow: &mut Flow, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        (self.in_text, self.in_field) = (false, false);
        if self.field.len() > MAX_FIELD {
            self.end_field(flow);
        }
        match name {
            "text" | "v" if !self.wrote => {}
            "p" | "text" | "v" | "cm" => {
                self.number = None;
                flow.end_line(job);
            }
            "rt" => self.in_reading = false,
            "ruby" => {
                let reading = std::mem::take(&mut self.reading);
                if !reading.is_empty() {
                    self.push(flow, &format!(" ({reading})"));
                }
            }
            "tc" => flow.close_cell(job),
            "tr" => flow.close_row(job),
            "tbl" => flow.close_table(job),
            "txbxContent" => flow.close_box(),
            "del" | "moveFrom" => self.deleted = self.deleted.saturating_sub(1),
            "AlternateContent" => drop(self.chosen.pop()),
            _ => {}
        }
    }
}
