//! What stands in a document beside its pages: properties, metadata, outlines, scripts, form data, embedded files.

use std::collections::{HashMap, HashSet};
use std::io::Cursor;

use lopdf::{Dictionary, Object, Stream};

use super::super::compose::{Composer, Value};
use super::super::head::Bytes;
use super::super::job::Job;
use super::document::{Pdf, as_dictionary, text};
use crate::model::{Step, Text};

/// Outline items that are looked at.
const MAX_OUTLINES: usize = 1 << 18;
/// Nesting within one object.
const MAX_DEPTH: usize = 64;

/// What a look through all objects finds.
#[derive(Default)]
struct Found<'a> {
    /// Embedded files with their names, in the order in which the document's objects tell of them.
    files: Vec<(Vec<u8>, &'a Stream)>,
    /// Where each stands there, by its address. Addresses differ from run to run: nothing is ordered by them.
    numbers: HashMap<*const Stream, usize>,
    scripts: Vec<&'a Object>,
    metadata: Vec<&'a Stream>,
}

impl<'a> Found<'a> {
    /// Notes an embedded file, once; the last name it is given is its own.
    fn file(&mut self, name: Option<&[u8]>, stream: &'a Stream) {
        let number = *self.numbers.entry(std::ptr::from_ref(stream)).or_insert_with(|| {
            self.files.push((Vec::new(), stream));
            self.files.len() - 1
        });
        if let Some(name) = name {
            self.files[number].0 = name.to_vec();
        }
    }
}

pub(super) fn read<'a>(job: &mut Job<'_>, pdf: &Pdf<'a>) {
    if !properties(job, pdf) || !outlines(job, pdf) {
        return;
    }
    let found = look_through(pdf);
    for stream in &found.metadata {
        read_bytes(job, pdf, Step::part("metadata"), b"metadata.xml", stream);
    }
    form_data(job, pdf);
    scripts(job, pdf, &found.scripts);
    for (name, stream) in found.files {
        if job.is_over() {
            return;
        }
        read_bytes(job, pdf, Step::Member(Text(name.clone())), &name, stream);
    }
}

/// The information dictionary: labelled values of one record.
fn properties<'a>(job: &mut Job<'_>, pdf: &Pdf<'a>) -> bool {
    let mut composer = Composer::inside(job, Step::part("properties"));
    let information = pdf.dictionary(&pdf.document.trailer, b"Info");
    for (key, value) in information.into_iter().flatten() {
        let Some(value) = pdf.resolve(value).and_then(text).filter(|it| !it.trim().is_empty()) else { continue };
        let label = composer.named(key);
        if !composer.push(job, Value::structured(value.as_bytes(), label, 1)) {
            return false;
        }
    }
    composer.flush(job)
}

fn outlines<'a>(job: &mut Job<'_>, pdf: &Pdf<'a>) -> bool {
    let mut composer = Composer::inside(job, Step::part("outline"));
    let mut seen = HashSet::new();
    let root = pdf.catalog().and_then(|it| pdf.dictionary(it, b"Outlines"));
    let mut stack: Vec<_> = root.into_iter().collect();
    while let Some(item) = stack.pop() {
        if seen.len() > MAX_OUTLINES || !seen.insert(std::ptr::from_ref(item)) {
            continue;
        }
        if let Some(title) = pdf.text(item, b"Title")
            && !composer.push(job, Value::prose(title.as_bytes()))
        {
            return false;
        }
        stack.extend(pdf.dictionary(item, b"Next"));
        stack.extend(pdf.dictionary(item, b"First"));
    }
    composer.flush(job)
}

/// Looks at every object, also those that nothing leads to any more. References are not followed.
fn look_through<'a>(pdf: &Pdf<'a>) -> Found<'a> {
    let mut found = Found::default();
    for object in pdf.document.objects.values() {
        visit(pdf, object, 0, &mut found);
        let Object::Stream(stream) = object else { continue };
        if stream.dict.has_type(b"EmbeddedFile") {
            found.file(None, stream);
        }
        if stream.dict.has_type(b"Metadata") {
            found.metadata.push(stream);
        }
    }
    found
}

fn visit<'a>(pdf: &Pdf<'a>, object: &'a Object, depth: usize, found: &mut Found<'a>) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Object::Array(array) = object {
        return array.iter().for_each(|it| visit(pdf, it, depth + 1, found));
    }
    let Some(dictionary) = as_dictionary(object) else { return };
    if let Ok(script) = dictionary.get(b"JS") {
        found.scripts.push(script);
    }
    if dictionary.has(b"EF") {
        embedded(pdf, dictionary, found);
    }
    for (_, value) in dictionary {
        if matches!(value, Object::Array(_) | Object::Dictionary(_)) {
            visit(pdf, value, depth + 1, found);
        }
    }
}

/// A file specification that brings its file along.
fn embedded<'a>(pdf: &Pdf<'a>, specification: &'a Dictionary, found: &mut Found<'a>) {
    let name = pdf.text(specification, b"UF").or_else(|| pdf.text(specification, b"F")).unwrap_or_default();
    let Some(files) = pdf.dictionary(specification, b"EF") else { return };
    for key in [&b"UF"[..], b"F", b"Unix", b"Mac", b"DOS"] {
        let Some(stream) = pdf.stream(files, key) else { continue };
        found.file(Some(name.as_bytes()), stream);
    }
}

/// The data of an XFA form: packets of one XML document.
fn form_data<'a>(job: &mut Job<'_>, pdf: &Pdf<'a>) {
    let Some(form) = pdf.catalog().and_then(|it| pdf.dictionary(it, b"AcroForm")) else { return };
    let packets = match pdf.get(form, b"XFA") {
        Some(Object::Array(packets)) => packets.iter().filter_map(|it| pdf.resolve(it)).collect(),
        Some(packet) => vec![packet],
        None => return,
    };
    let mut xml = Vec::new();
    for packet in packets {
        let Object::Stream(stream) = packet else { continue };
        xml.extend(pdf.bytes(stream).unwrap_or_default());
    }
    job.read_inside(Step::part("form data"), b"form.xml", Bytes::Stream(Box::new(Cursor::new(xml))));
}

fn scripts<'a>(job: &mut Job<'_>, pdf: &Pdf<'a>, scripts: &[&'a Object]) {
    let mut composer = Composer::inside(job, Step::part("script"));
    for object in scripts {
        let script = match pdf.resolve(object) {
            Some(Object::Stream(stream)) => pdf.bytes(stream).unwrap_or_default(),
            Some(object) => text(object).unwrap_or_default().into_bytes(),
            None => continue,
        };
        if !composer.push(job, Value::prose(&script)) {
            return;
        }
    }
    composer.flush(job);
}

fn read_bytes<'a>(job: &mut Job<'_>, pdf: &Pdf<'a>, step: Step, name: &[u8], stream: &'a Stream) {
    let Some(bytes) = pdf.bytes(stream) else { return };
    job.read_inside(step, name, Bytes::Stream(Box::new(Cursor::new(bytes))));
}
