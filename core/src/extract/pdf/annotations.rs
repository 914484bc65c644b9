//! What lies on a page: notes, links, stamps, and the widgets of form fields with their values.

use std::collections::HashSet;

use lopdf::{Dictionary, Object, Stream};

use super::content::Reader;
use super::document::{PageNode, Pdf, as_dictionary, text};
use super::matrix::Matrix;

/// Fields within each other.
const MAX_PARENTS: usize = 32;
/// Annotations of a page, fields of a form.
const MAX_ITEMS: usize = 1 << 17;

/// Text entries of an annotation, and what they are called.
const NOTES: [(&[u8], &str); 5] =
    [(b"Contents", "comment"), (b"RC", "comment"), (b"T", "author"), (b"Subj", "subject"), (b"NM", "name")];

/// A labelled text.
pub(super) struct Item {
    pub(super) label: String,
    pub(super) text: String,
    /// Prose, not one value.
    pub(super) is_prose: bool,
}

/// The fields of a document's form.
pub(super) struct Fields {
    /// Those that were told on their pages.
    told: HashSet<*const Dictionary>,
}

impl Fields {
    pub(super) fn new() -> Self {
        Fields { told: HashSet::new() }
    }

    /// Draws the annotations of a page and returns what else they say.
    pub(super) fn annotate<'a>(&mut self, reader: &mut Reader<'_, 'a>, node: PageNode<'a>) -> Vec<Item> {
        let mut items = Vec::new();
        for object in reader.pdf.array(node.page, b"Annots").iter().take(MAX_ITEMS) {
            let Some(annotation) = reader.pdf.resolve(object).and_then(as_dictionary) else { continue };
            draw(reader, annotation, node.resources);
            let is_widget = reader.pdf.name(annotation, b"Subtype") == Some(b"Widget");
            if is_widget {
                items.extend(self.field(reader.pdf, annotation));
                continue;
            }
            items.extend(notes(reader.pdf, annotation));
        }
        items
    }

    /// The value of the field that a widget shows, under the field's name.
    fn field<'a>(&mut self, pdf: &Pdf<'a>, widget: &'a Dictionary) -> Option<Item> {
        let mut names = Vec::new();
        let mut spoken = None;
        let mut value = None;
        let mut node = Some(widget);
        for _ in 0..MAX_PARENTS {
            let Some(field) = node else { break };
            names.extend(pdf.text(field, b"T"));
            spoken = spoken.or_else(|| pdf.text(field, b"TU"));
            value = value.or_else(|| Some((std::ptr::from_ref(field), field_value(pdf, field)?)));
            node = pdf.dictionary(field, b"Parent");
        }
        let (holder, value) = value?;
        names.reverse();
        let full = names.join(".");
        let label = match spoken {
            Some(spoken) if spoken != full && !full.is_empty() => format!("{full} {spoken}"),
            Some(spoken) => spoken,
            None => full,
        };
        self.told.insert(holder).then_some(Item { label, text: value, is_prose: false })
    }

    /// The fields of the form that no page showed.
    pub(super) fn rest<'a>(&mut self, pdf: &Pdf<'a>) -> Vec<Item> {
        let Some(form) = pdf.catalog().and_then(|it| pdf.dictionary(it, b"AcroForm")) else { return Vec::new() };
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut stack: Vec<_> = pdf.array(form, b"Fields").iter().rev().collect();
        while let Some(object) = stack.pop() {
            let Some(field) = pdf.resolve(object).and_then(as_dictionary) else { continue };
            if seen.len() > MAX_ITEMS || !seen.insert(std::ptr::from_ref(field)) {
                continue;
            }
            items.extend(self.field(pdf, field));
            stack.extend(pdf.array(field, b"Kids").iter().rev());
        }
        items
    }
}

/// A field's own value, or the one that it would be reset to.
fn field_value<'a>(pdf: &Pdf<'a>, field: &'a Dictionary) -> Option<String> {
    [&b"V"[..], b"DV", b"RV"].iter().find_map(|key| {
        let value = match pdf.get(field, key)? {
            Object::Name(name) if **name == *b"Off" => return None,
            Object::Name(name) => String::from_utf8_lossy(name).into_owned(),
            Object::Array(array) => {
                let parts: Vec<_> = array.iter().filter_map(|it| text(pdf.resolve(it)?)).collect();
                parts.join("\n")
            }
            Object::Stream(stream) => String::from_utf8_lossy(&pdf.bytes(stream)?).into_owned(),
            object => text(object)?,
        };
        (!value.trim().is_empty()).then_some(value)
    })
}

fn notes<'a>(pdf: &Pdf<'a>, annotation: &'a Dictionary) -> Vec<Item> {
    let mut items = Vec::new();
    for (key, label) in NOTES {
        let Some(text) = pdf.text(annotation, key).filter(|it| !it.trim().is_empty()) else { continue };
        items.push(Item { label: label.to_string(), text, is_prose: label == "comment" });
    }
    let action = pdf.dictionary(annotation, b"A");
    if let Some(address) = action.and_then(|it| pdf.text(it, b"URI")) {
        items.push(Item { label: "link".to_string(), text: address, is_prose: false });
    }
    items
}

/// Draws an annotation's normal appearance into its rectangle (ISO 32000-2, 12.5.5).
fn draw<'a>(reader: &mut Reader<'_, 'a>, annotation: &'a Dictionary, resources: Option<&'a Dictionary>) {
    let pdf = reader.pdf;
    let Some(form) = appearance(pdf, annotation) else { return };
    let own = pdf.numbers::<6>(form.dict.get(b"Matrix").ok()).map_or(Matrix::ONE, Matrix);
    let bounds = pdf.numbers::<4>(form.dict.get(b"BBox").ok());
    let place = pdf.numbers::<4>(annotation.get(b"Rect").ok());
    let matrix = match (bounds, place) {
        (Some(bounds), Some(place)) => fit(own, bounds, place),
        _ => Matrix::ONE,
    };
    reader.draw_form(form, resources, matrix);
}

fn appearance<'a>(pdf: &Pdf<'a>, annotation: &'a Dictionary) -> Option<&'a Stream> {
    match pdf.get(pdf.dictionary(annotation, b"AP")?, b"N")? {
        Object::Stream(stream) => Some(stream),
        Object::Dictionary(states) => pdf.stream(states, pdf.name(annotation, b"AS")?),
        _ => None,
    }
}

/// What takes the turned box of a form into a rectangle.
fn fit(own: Matrix, bounds: [f64; 4], place: [f64; 4]) -> Matrix {
    let corners = [(0, 1), (2, 1), (0, 3), (2, 3)].map(|(x, y)| own.point(bounds[x], bounds[y]));
    let least = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(f64::INFINITY, f64::min);
    let most = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
    let (left, bottom) = (least(|it| it.0), least(|it| it.1));
    let scale = |from: f64, to: f64| if from.abs() > 1e-6 { to / from } else { 1.0 };
    let across = scale(most(|it| it.0) - left, (place[2] - place[0]).abs());
    let up = scale(most(|it| it.1) - bottom, (place[3] - place[1]).abs());
    let (x, y) = (place[0].min(place[2]), place[1].min(place[3]));
    Matrix([across, 0.0, 0.0, up, x - left * across, y - bottom * up])
}
