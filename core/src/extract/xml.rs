//! Any XML: values labelled by the elements and attributes around them. Expands no entity of a document's own, follows
//! no reference, never recurses.

use std::borrow::Cow;
use std::collections::HashSet;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, escape};

use super::base64;
use super::block::Utf8;
use super::compose::{Composer, Value};
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use super::text;
use crate::model::{FieldKind, Label, NO_LABEL, Reason, Standard, StandardField, Step, Text};

/// Elements of a path that make the key of a standard's field.
const KEY_ELEMENTS: usize = 6;
/// Elements deeper than this are read without labels of their own.
const DEEPEST: usize = 256;
/// Elements of a path that make its label.
const LABEL_KEYS: usize = 4;
/// Entities of a document's own that are remembered.
const MAX_DECLARED: usize = 1 << 12;
/// A longer text of an element is prose.
const LONGEST_VALUE: usize = 200;

/// True where the stream begins as an XML document does, and not as HTML.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    let text = head.text().trim_ascii_start();
    if text.starts_with(b"<?xml") {
        return true;
    }
    let tag = matches!(text, [b'<', b'A'..=b'Z' | b'a'..=b'z' | b'_', ..] | [b'<', b'!', b'-' | b'D', ..]);
    let named = [".xml", ".xsd", ".xsl", ".svg", ".kml", ".gpx", ".wsdl"].iter().any(|suffix| head.is_named(suffix));
    tag && (named || head.ended && is_closed(text))
}

/// True where the first element is closed at the very end.
fn is_closed(text: &[u8]) -> bool {
    let name = text[1..].iter().take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b':' | b'.'));
    let name = &text[1..1 + name.count()];
    let end = [b"</", name, b">"].concat();
    !name.is_empty() && text.trim_ascii_end().ends_with(&end)
}

/// Reads a stream to its end as XML. What is no XML behind some point is read as text.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut reader = Reader::from_reader(Utf8::new(stream.into_window()));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut document = Document::new(job);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let going = match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(event) => document.take(job, &event),
            Err(_) => {
                document.finish(job);
                job.unread(Reason::Malformed, None);
                return text::read_rest(job, reader.into_inner());
            }
        };
        if !going {
            return;
        }
    }
    document.finish(job);
}

/// An open element.
#[derive(Default)]
struct Element {
    name: String,
    /// Its own text, and that of children that stand in running text.
    text: String,
    /// A child that may be part of running text: it has text and nothing else.
    leaf: Option<Leaf>,
    has_children: bool,
}

struct Leaf {
    label: u32,
    text: String,
}

struct Document {
    composer: Composer,
    open: Vec<Element>,
    /// Elements open beyond the deepest.
    deeper: usize,
    /// Children of the root so far: what joins values of one person.
    record: u64,
    /// Whose schema the document follows, where it says so.
    standard: Option<Standard>,
    /// The assigning authority of the element at hand: what tells an SSN's `id` from an MRN's.
    root: String,
    /// Names of the entities that the document declares for itself.
    declared: HashSet<String>,
    /// An entity was left as it stands, or something lies too deep.
    reason: Option<Reason>,
}

/// The standard that an element of the document gives away: by namespace, root element or template.
fn standard_of(name: &str, key: &str, value: &str) -> Option<Standard> {
    match (key, value) {
        ("xmlns", "urn:hl7-org:v3") => Some(Standard::Cda),
        ("xmlns", "http://hl7.org/fhir") => Some(Standard::Fhir),
        ("root", id) if name == "templateId" && id.starts_with("2.16.840.1.113883.") => Some(Standard::Cda),
        _ => None,
    }
}

/// Names of the entities that a document type declares: what HTML calls so is something else there.
fn declared(text: &str) -> impl Iterator<Item = String> {
    let declarations = text.split("<!ENTITY").skip(1).take(MAX_DECLARED);
    declarations.filter_map(|it| it.split_whitespace().find(|it| *it != "%")).map(str::to_owned)
}

impl Document {
    fn new(job: &Job<'_>) -> Self {
        Document {
            composer: Composer::new(job),
            open: vec![Element::default()],
            deeper: 0,
            record: 1,
            standard: None,
            root: String::new(),
            declared: HashSet::new(),
            reason: None,
        }
    }

    /// Takes what was read; false where the receiver wants no more.
    fn take(&mut self, job: &mut Job<'_>, event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) => self.start(job, tag),
            Event::Empty(tag) => self.start(job, tag) && self.end(job),
            Event::End(_) => self.end(job),
            Event::Text(text) => self.add(job, &text.xml10_content()),
            Event::CData(text) => self.add(job, &text.xml10_content()),
            Event::GeneralRef(entity) => {
                let text = self.resolve(entity);
                self.add(job, &text)
            }
            Event::DocType(text) => {
                self.declared.extend(declared(text));
                self.markup(job, text)
            }
            Event::Comment(text) => self.markup(job, text),
            Event::PI(text) => self.markup(job, text.content()),
            Event::Decl(_) | Event::Eof => true,
        }
    }

    fn start(&mut self, job: &mut Job<'_>, tag: &BytesStart<'_>) -> bool {
        if self.open.len() > DEEPEST {
            self.deeper += 1;
            self.reason = Some(Reason::LimitDepth);
            return self.attributes(job, tag);
        }
        if self.open.len() == 2 {
            self.record += u64::from(self.open[1].has_children);
        }
        let going = self.put_leaf(job);
        let parent = self.innermost();
        parent.has_children = true;
        let name = String::from_utf8_lossy(tag.local_name().as_ref().as_bytes()).into_owned();
        self.open.push(Element { name, ..Element::default() });
        going && self.attributes(job, tag)
    }

    fn attributes(&mut self, job: &mut Job<'_>, tag: &BytesStart<'_>) -> bool {
        self.root.clear();
        for attribute in tag.html_attributes().with_checks(false).flatten() {
            let (key, value) = (attribute.key.as_ref(), &*attribute.value);
            self.standard = self.standard.or_else(|| standard_of(tag.local_name().as_ref(), key, value));
            if key == "root" || key == "system" {
                value.clone_into(&mut self.root);
            }
        }
        tag.html_attributes().with_checks(false).flatten().all(|attribute| {
            let key = attribute.key.as_ref();
            let namespace = key == "xmlns" || key.starts_with("xmlns:") || key.ends_with("schemaLocation");
            let value = self.unescape(&attribute.value);
            if namespace || value.trim().is_empty() {
                return true;
            }
            let own = attribute.key.local_name();
            // An identifier's root says who assigned it, not whose it is.
            let is_value = matches!(own.as_ref(), "value" | "extension");
            if self.standard == Some(Standard::Cda) && own.as_ref() == "root" && !self.is_unique_root(tag) {
                return true;
            }
            let own = if is_value { None } else { Some(own.as_ref()) };
            let label = self.label(own);
            self.put(job, label, &value)
        })
    }

    fn end(&mut self, job: &mut Job<'_>) -> bool {
        if self.deeper > 0 {
            self.deeper -= 1;
            return true;
        }
        if self.open.len() < 2 {
            return true;
        }
        let label = self.label(None);
        let going = self.put_leaf(job);
        let element = self.open.pop().expect("more than one is open");
        if element.text.trim().is_empty() {
            return going;
        }
        let leaf = Leaf { label, text: element.text };
        if element.has_children {
            return going && self.put(job, leaf.label, &leaf.text);
        }
        let parent = self.innermost();
        if parent.text.trim().is_empty() {
            parent.leaf = Some(leaf);
        } else {
            parent.text.push_str(&leaf.text);
        }
        going
    }

    /// Adds running text to the element at hand; a child just before it is part of it.
    fn add(&mut self, job: &mut Job<'_>, text: &str) -> bool {
        if text.trim().is_empty() && self.innermost().text.is_empty() {
            return true;
        }
        let element = self.innermost();
        if !text.trim().is_empty()
            && let Some(leaf) = element.leaf.take()
        {
            element.text.push_str(&leaf.text);
        }
        element.text.push_str(text);
        !job.is_over()
    }

    fn markup(&mut self, job: &mut Job<'_>, text: &str) -> bool {
        let value = Value { kind: FieldKind::Markup, ..Value::prose(text.as_bytes()) };
        text.trim().is_empty() || self.composer.push(job, Value { record: self.record, ..value })
    }

    /// A child that turned out to be a value of its own.
    fn put_leaf(&mut self, job: &mut Job<'_>) -> bool {
        match self.innermost().leaf.take() {
            Some(leaf) => self.put(job, leaf.label, &leaf.text),
            None => true,
        }
    }

    fn put(&mut self, job: &mut Job<'_>, label: u32, text: &str) -> bool {
        let text = text.trim();
        if text.len() > LONGEST_VALUE
            && let Some(bytes) = base64::decoded(text.as_bytes())
        {
            job.read_inside(Step::part("base64"), b"", Bytes::Stream(Box::new(&bytes[..])));
            return !job.is_over();
        }
        // `tel:+1-555-…`, `mailto:…`: the scheme is no part of the value.
        let text = text.strip_prefix("tel:").or_else(|| text.strip_prefix("mailto:")).unwrap_or(text);
        let structured = text.len() <= LONGEST_VALUE && !text.contains('\n') && label != NO_LABEL;
        let kind = if structured { FieldKind::Structured } else { FieldKind::Narrative };
        self.composer.push(job, Value { text: text.as_bytes(), label, record: self.record, kind, at: None })
    }

    /// The label of the element at hand, or of an attribute of it.
    fn label(&mut self, attribute: Option<&str>) -> u32 {
        let elements = &self.open[1..];
        let names = elements.iter().map(|it| it.name.as_str()).chain(attribute);
        let skipped = (elements.len() + usize::from(attribute.is_some())).saturating_sub(LABEL_KEYS);
        let path: Vec<&str> = names.skip(skipped).collect();
        if path.is_empty() {
            return NO_LABEL;
        }
        let (name, hints) = (Text(path.join(".").into_bytes()), Text(self.root.clone().into_bytes()));
        let Some(standard) = self.standard else {
            return self.composer.label(Label { name, ..Label::default() });
        };
        let key = self.key(attribute);
        let standard = Some(StandardField { standard, key: Text(key.into_bytes()), within: Text::default() });
        self.composer.label(Label { name, hints, standard, ..Label::default() })
    }

    /// The elements around a value, and its attribute unless that is where the schema keeps values.
    fn key(&self, attribute: Option<&str>) -> String {
        let elements = &self.open[1..];
        let from = elements.len().saturating_sub(KEY_ELEMENTS);
        let names: Vec<&str> = elements[from..].iter().map(|it| it.name.as_str()).chain(attribute).collect();
        names.join(".")
    }

    /// `<id root="…"/>` without an extension: the root itself, a UUID, is the identifier.
    fn is_unique_root(&self, tag: &BytesStart<'_>) -> bool {
        let extended = tag.attributes_raw().contains("extension");
        tag.local_name().as_ref() == "id" && !extended && self.root.len() == 36
    }

    fn innermost(&mut self) -> &mut Element {
        self.open.last_mut().expect("the document itself is always open")
    }

    /// The text of a reference. One to an entity of the document's own is kept as it stands.
    fn resolve(&mut self, entity: &BytesRef<'_>) -> Cow<'static, str> {
        if let Ok(Some(character)) = entity.resolve_char_ref() {
            return Cow::Owned(character.to_string());
        }
        let own = self.declared.contains(&**entity);
        match escape::resolve_predefined_entity(entity).filter(|_| !own) {
            Some(text) => Cow::Borrowed(text),
            None => {
                self.reason = self.reason.or(Some(Reason::Unsupported));
                Cow::Owned(format!("&{};", &**entity))
            }
        }
    }

    fn unescape<'v>(&mut self, value: &'v str) -> Cow<'v, str> {
        escape::unescape(value).unwrap_or_else(|_| {
            self.reason = self.reason.or(Some(Reason::Unsupported));
            Cow::Borrowed(value)
        })
    }

    /// Emits what is left, and says what was not expanded.
    fn finish(&mut self, job: &mut Job<'_>) {
        while self.open.len() > 1 && self.end(job) {}
        self.put_leaf(job);
        let rest = std::mem::take(&mut self.innermost().text);
        if !rest.trim().is_empty() {
            self.put(job, NO_LABEL, &rest);
        }
        self.composer.flush(job);
        if let Some(reason) = self.reason.take() {
            job.unread(reason, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::run;
    use crate::model::{Reason, SourceState};

    #[test]
    fn elements_and_attributes_label_their_values() {
        let (kept, extraction) =
            run(b"<?xml version='1.0'?><r xmlns='u:x'><p:patient id='77'><name>Jane &amp; Co</name>\
            <birthDate value='1980-02-03'/></p:patient><patient><name>Roe</name></patient><!-- ssn 1 --></r>");
        assert_eq!((extraction.format, extraction.state), ("xml", SourceState::Complete));
        let expected = [
            "r.patient.id=77",
            "r.patient.name=Jane & Co",
            "r.patient.birthDate=1980-02-03",
            "r.patient.name=Roe",
            "= ssn 1 ",
        ];
        assert_eq!(kept.pairs(), expected);
        let records: Vec<u64> = kept.fields().iter().map(|it| it.record).collect();
        assert_eq!(records, [1, 1, 1, 2, 2]);
    }

    #[test]
    fn running_text_stays_together() {
        let (kept, _) = run(
            b"<?xml version='1.0'?><doc><p>Seen: <b>Jane</b> Doe, <i>MRN</i> 12345 today</p><p><b>A</b> B</p></doc>",
        );
        assert_eq!(kept.pairs(), ["doc.p=Seen: Jane Doe, MRN 12345 today", "doc.p=A B"]);
    }

    #[test]
    fn entities_of_the_document_are_not_expanded_and_that_is_said() {
        let bomb = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbb'><!ENTITY c SYSTEM 'file:///etc/passwd'>]><a>&b;&c;x&#65;</a>";
        let (kept, extraction) = run(bomb);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Unsupported)));
        assert!(kept.texts().iter().any(|it| it == "&b;&c;xA"), "{:?}", kept.texts());
        let named_as_in_html = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY ee SYSTEM 'file:///x'>]><a>&ee;&lt;</a>";
        let (kept, extraction) = run(named_as_in_html);
        assert_eq!(extraction.reason, Some(Reason::Unsupported), "{:?}", kept.texts());
    }

    #[test]
    fn damage_is_read_on_as_text() {
        let (kept, extraction) = run(b"<?xml version='1.0'?><a><b>one</b><c");
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
        assert_eq!(kept.pairs()[0], "a.b=one");
        let (kept, _) = run(b"<?xml version='1.0'?><a><b>one</c></a>two");
        assert_eq!(kept.texts(), ["one", "two"]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = ["<?xml version='1.0'?>", &"<a>".repeat(100_000), "x", &"</a>".repeat(100_000)].concat();
        let (kept, extraction) = run(deep.as_bytes());
        assert_eq!(extraction.reason, Some(Reason::LimitDepth));
        assert_eq!(kept.texts(), ["x"]);
    }
}
