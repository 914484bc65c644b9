//! XML whose element names say what their texts are: document properties, custom parts.

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::xml::{Event, Xml};
use crate::model::{FieldKind, NO_LABEL};

/// Bytes from which on a text is prose.
const PROSE: usize = 256;
/// Bytes of one text that are held until it ends.
const MAX_HELD: usize = 1 << 20;
/// Bytes of names that are a label.
const MAX_LABEL: usize = 256;
/// Attributes that only say how XML is to be read.
const PLUMBING: [&str; 11] =
    ["xmlns", "schemaLocation", "fmtid", "pid", "type", "lang", "uid", "itemID", "uri", "ref", "count"];

/// An element that is open.
struct Open {
    name: String,
    /// The name that an attribute gives it: `<property name="Patient">`.
    called: Option<String>,
    text: String,
}

/// Emits every text with the names of its elements; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, mut xml: Xml<'_>, mut out: Composer) -> bool {
    let mut open: Vec<Open> = Vec::new();
    let mut record = 1;
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => {
                let called = tag.attribute("name").filter(|it| !it.is_empty()).map(|it| it.into_owned());
                open.push(Open { name: tag.name().to_owned(), called, text: String::new() });
                let attributes = tag.attributes().filter(|it| !PLUMBING.contains(&it.0) && it.0 != "name");
                for (key, value) in attributes.filter(|it| !is_namespace(&it.1)) {
                    if !emit(job, &mut out, &label(&open, Some(key)), &value, record) {
                        return false;
                    }
                }
            }
            Event::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
                if open.last().is_some_and(|it| it.text.len() > MAX_HELD) {
                    let path = label(&open, None);
                    let held = open.last_mut().map(|it| std::mem::take(&mut it.text)).unwrap_or_default();
                    if !emit(job, &mut out, &path, &held, record) {
                        return false;
                    }
                }
            }
            Event::End(_) => {
                let path = label(&open, None);
                let text = open.pop().map(|it| it.text).unwrap_or_default();
                if !emit(job, &mut out, &path, &text, record) {
                    return false;
                }
                record += u64::from(open.len() == 1);
            }
            Event::Comment(text) => {
                if !out.push(job, Value { kind: FieldKind::Markup, record, ..Value::prose(text.trim().as_bytes()) }) {
                    return false;
                }
            }
            Event::Other => {}
        }
    }
    let more = out.flush(job);
    xml.report(job);
    more
}

fn emit(job: &mut Job<'_>, out: &mut Composer, path: &str, text: &str, record: u64) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    let label = if path.len() <= MAX_LABEL { out.named(path.as_bytes()) } else { NO_LABEL };
    let value = Value::structured(text.as_bytes(), label, record);
    let kind = if text.len() > PROSE { FieldKind::Narrative } else { FieldKind::Structured };
    out.push(job, Value { kind, ..value })
}

/// The names of the innermost elements, outermost first; an element that is called something goes by that.
fn label(open: &[Open], attribute: Option<&str>) -> String {
    let named = open.iter().rposition(|it| it.called.is_some());
    let mut path: Vec<&str> = match named {
        Some(index) if attribute.is_none_or(|it| it == "v") => {
            open[index..=index].iter().filter_map(|it| it.called.as_deref()).collect()
        }
        // The root names the kind of document, not what stands in it.
        _ => open.iter().skip(usize::from(open.len() > 1)).map(|it| it.name.as_str()).collect(),
    };
    if path.len() > 2 {
        path.drain(..path.len() - 2);
    }
    path.extend(attribute.filter(|it| *it != "v"));
    path.join(".")
}

fn is_namespace(value: &str) -> bool {
    const STARTS: [&str; 5] = [
        "http://schemas.",
        "http://www.w3.org/",
        "http://purl.",
        "http://docs.oasis-open.org/",
        "http://openoffice.org/",
    ];
    STARTS.iter().any(|it| value.starts_with(it))
}
