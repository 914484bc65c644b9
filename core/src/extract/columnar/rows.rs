//! Record batches as rows of labelled values. Decodes no files.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, UnionArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;

use super::super::compose::{Composer, Value};
use super::super::head::Bytes;
use super::super::is_readable;
use super::super::job::Job;
use super::super::table_name;
use super::siblings::{self, Part};
use crate::model::{FieldKind, Grid, LabelId, Reason, Step, Text};

/// Levels of nested columns.
const MAX_DEPTH: usize = 32;
/// A value that is longer and has spaces is prose.
const PROSE: usize = 64;
/// A binary value that is no longer and is text is a value like others.
const SHORT: usize = 4096;

/// Emits the rows of batches of one schema.
pub(super) struct Rows {
    composer: Composer,
    /// The file's name.
    file: Vec<u8>,
    /// Number of the last row.
    record: u64,
    columns: u32,
}

/// A column of a batch, ready to be read by rows.
pub(super) struct Node<'a> {
    pub(super) array: &'a dyn Array,
    label: LabelId,
    pub(super) kind: Kind<'a>,
    pub(super) part: Part,
}

pub(super) enum Kind<'a> {
    /// Nothing anybody wants to read.
    Nothing,
    Text(Box<dyn Fn(usize) -> &'a [u8] + 'a>),
    Binary(Box<dyn Fn(usize) -> &'a [u8] + 'a>),
    /// Numbers, dates and whatever else can be shown.
    Shown(ArrayFormatter<'a>),
    /// One value of each child.
    Struct(Vec<Node<'a>>),
    /// A range of values of its child.
    List(Box<Node<'a>>, Box<dyn Fn(usize) -> Range<usize> + 'a>),
    /// The value of its child that the key names.
    Keyed(Box<Node<'a>>, Vec<usize>),
    Union(&'a UnionArray, Vec<(i8, Node<'a>)>),
}

impl Rows {
    pub(super) fn new(job: &Job<'_>) -> Self {
        Rows { composer: Composer::new(job).with_grid(Grid::Rows), file: job.name.clone(), record: 0, columns: 0 }
    }

    /// Emits the rows of a batch; false where no more is wanted.
    pub(super) fn emit(&mut self, job: &mut Job<'_>, batch: &RecordBatch) -> bool {
        if let Some(reason) = job.budget.spend_values(batch.get_array_memory_size().max(batch.num_rows())) {
            job.unread(reason, None);
            return false;
        }
        self.columns = 0;
        let schema = batch.schema_ref();
        let mut nodes = Vec::new();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            nodes.push(self.node(job, array, field.name().as_bytes(), 0));
        }
        if nodes.iter().all(|node| matches!(node.kind, Kind::Nothing)) {
            self.record += batch.num_rows() as u64;
            return !job.is_over();
        }
        for row in 0..batch.num_rows() {
            self.record += 1;
            if !nodes.iter().all(|node| self.value(job, node, row)) {
                return false;
            }
        }
        true
    }

    /// Rows that could not be read count all the same.
    pub(super) fn skip(&mut self, rows: u64) {
        self.record += rows;
    }

    pub(super) fn flush(&mut self, job: &mut Job<'_>) -> bool {
        self.composer.flush(job)
    }

    /// Emits text that describes the file.
    pub(super) fn describe(&mut self, job: &mut Job<'_>, key: &str, value: &str) -> bool {
        let label = self.composer.named(key.as_bytes());
        let kind = FieldKind::Markup;
        self.composer.push(job, Value { kind, label, ..Value::prose(value.as_bytes()) })
    }

    fn label(&mut self, path: &[u8]) -> LabelId {
        self.columns += 1;
        self.composer.label(table_name::label(&self.file, path, Some(self.columns - 1)))
    }

    fn node<'a>(&mut self, job: &mut Job<'_>, array: &'a ArrayRef, path: &[u8], depth: usize) -> Node<'a> {
        let array: &'a dyn Array = array.as_ref();
        if depth > MAX_DEPTH {
            job.unread(Reason::LimitDepth, None);
            return Node { array, label: 0, kind: Kind::Nothing, part: Part::Other };
        }
        let child = |rows: &mut Self, job: &mut Job<'_>, values: &'a ArrayRef| {
            Box::new(rows.node(job, values, path, depth + 1))
        };
        let below = |name: &str| [path, b".", name.as_bytes()].concat();
        let kind = match array.data_type() {
            DataType::Null | DataType::Boolean => Kind::Nothing,
            DataType::Struct(fields) => {
                let columns = array.as_struct().columns().iter().zip(fields);
                let node = |(it, field): (&'a ArrayRef, &arrow_schema::FieldRef)| {
                    let node = self.node(job, it, &below(field.name()), depth + 1);
                    Node { part: Part::of(field.name()), ..node }
                };
                Kind::Struct(columns.map(node).collect())
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                let range =
                    move |row: usize| list.value_offsets()[row] as usize..list.value_offsets()[row + 1] as usize;
                Kind::List(child(self, job, list.values()), Box::new(range))
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                let range =
                    move |row: usize| list.value_offsets()[row] as usize..list.value_offsets()[row + 1] as usize;
                Kind::List(child(self, job, list.values()), Box::new(range))
            }
            DataType::ListView(_) => {
                let list = array.as_list_view::<i32>();
                let range = move |row: usize| {
                    let start = list.value_offset(row) as usize;
                    start..start + list.value_size(row) as usize
                };
                Kind::List(child(self, job, list.values()), Box::new(range))
            }
            DataType::LargeListView(_) => {
                let list = array.as_list_view::<i64>();
                let range = move |row: usize| {
                    let start = list.value_offset(row) as usize;
                    start..start + list.value_size(row) as usize
                };
                Kind::List(child(self, job, list.values()), Box::new(range))
            }
            DataType::FixedSizeList(_, size) => {
                let (list, size) = (array.as_fixed_size_list(), *size as usize);
                let range = move |row: usize| {
                    let start = list.value_offset(row) as usize;
                    start..start + size
                };
                Kind::List(child(self, job, list.values()), Box::new(range))
            }
            DataType::Map(_, _) => {
                let map = array.as_map();
                let columns = map.entries().columns().iter().zip(map.entries().fields());
                let node = |(it, field): (&'a ArrayRef, &arrow_schema::FieldRef)| {
                    self.node(job, it, &below(field.name()), depth + 1)
                };
                let kind = Kind::Struct(columns.map(node).collect());
                let entries = Node { array: map.entries(), label: 0, kind, part: Part::Other };
                let range = move |row: usize| map.value_offsets()[row] as usize..map.value_offsets()[row + 1] as usize;
                Kind::List(Box::new(entries), Box::new(range))
            }
            DataType::Union(fields, _) => {
                let union = array.as_any().downcast_ref::<UnionArray>().expect("an array is of its type");
                let node =
                    |(id, _): (i8, &arrow_schema::FieldRef)| (id, self.node(job, union.child(id), path, depth + 1));
                Kind::Union(union, fields.iter().map(node).collect())
            }
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                Kind::Keyed(child(self, job, dictionary.values()), dictionary.normalized_keys())
            }
            _ => leaf(array),
        };
        let is_leaf = matches!(kind, Kind::Text(_) | Kind::Binary(_) | Kind::Shown(_));
        let label = if is_leaf { self.label(path) } else { 0 };
        Node { array, label, kind, part: Part::Other }
    }

    /// Emits the value of a row; false where no more is wanted.
    fn value(&mut self, job: &mut Job<'_>, node: &Node<'_>, row: usize) -> bool {
        if matches!(node.kind, Kind::Nothing) || row >= node.array.len() || node.array.is_null(row) {
            return true;
        }
        match &node.kind {
            Kind::Nothing => true,
            Kind::Text(text) => self.push(job, text(row), node.label),
            Kind::Binary(bytes) => self.look_into(job, bytes(row), node.label),
            Kind::Shown(formatter) => match formatter.value(row).try_to_string() {
                Ok(text) => self.push(job, text.as_bytes(), node.label),
                Err(_) => true,
            },
            Kind::Struct(children) => self.record_of(job, children, row),
            Kind::List(child, range) => range(row).all(|place| self.value(job, child, place)),
            Kind::Keyed(child, keys) => keys.get(row).is_none_or(|key| self.value(job, child, *key)),
            Kind::Union(union, children) => {
                let (kind, place) = (union.type_id(row), union.value_offset(row));
                let child = children.iter().find(|(id, _)| *id == kind);
                child.is_none_or(|(_, child)| self.value(job, child, place))
            }
        }
    }

    /// Emits a nested record, its value labelled by what stands beside it.
    fn record_of(&mut self, job: &mut Job<'_>, children: &[Node<'_>], row: usize) -> bool {
        children.iter().all(|child| match (&child.kind, child.part) {
            (Kind::Text(text), Part::Value) if row < child.array.len() && !child.array.is_null(row) => {
                let hints = siblings::hints(children, row);
                let label = if hints.is_empty() { child.label } else { self.composer.hinted(child.label, hints) };
                self.push(job, text(row), label)
            }
            _ => self.value(job, child, row),
        })
    }

    fn push(&mut self, job: &mut Job<'_>, text: &[u8], label: LabelId) -> bool {
        let is_prose = text.len() > PROSE && memchr::memchr(b' ', text).is_some();
        let kind = if is_prose { FieldKind::Narrative } else { FieldKind::Structured };
        self.composer.push(job, Value { kind, ..Value::structured(text, label, self.record) })
    }

    /// Binary values are read as what they are; short texts among them are values like others.
    fn look_into(&mut self, job: &mut Job<'_>, bytes: &[u8], label: LabelId) -> bool {
        let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|it| !it.contains('\0'));
        if bytes.len() <= SHORT && is_text(bytes) {
            return self.push(job, bytes, label);
        }
        if is_readable(bytes) {
            let name = format!("column {label}, row {}", self.record);
            job.read_inside(Step::Member(Text(name.into_bytes())), b"", Bytes::Stream(Box::new(bytes)));
        }
        !job.is_over()
    }
}

/// How the values of an array without children are read.
fn leaf<'a>(array: &'a dyn Array) -> Kind<'a> {
    const OPTIONS: FormatOptions<'_> = FormatOptions::new();
    match array.data_type() {
        DataType::Utf8 => {
            let array = array.as_string::<i32>();
            Kind::Text(Box::new(move |row| array.value(row).as_bytes()))
        }
        DataType::LargeUtf8 => {
            let array = array.as_string::<i64>();
            Kind::Text(Box::new(move |row| array.value(row).as_bytes()))
        }
        DataType::Utf8View => {
            let array = array.as_string_view();
            Kind::Text(Box::new(move |row| array.value(row).as_bytes()))
        }
        DataType::Binary => {
            let array = array.as_binary::<i32>();
            Kind::Binary(Box::new(move |row| array.value(row)))
        }
        DataType::LargeBinary => {
            let array = array.as_binary::<i64>();
            Kind::Binary(Box::new(move |row| array.value(row)))
        }
        DataType::BinaryView => {
            let array = array.as_binary_view();
            Kind::Binary(Box::new(move |row| array.value(row)))
        }
        DataType::FixedSizeBinary(_) => {
            let array = array.as_fixed_size_binary();
            Kind::Binary(Box::new(move |row| array.value(row)))
        }
        _ => ArrayFormatter::try_new(array, &OPTIONS).map_or(Kind::Nothing, Kind::Shown),
    }
}
