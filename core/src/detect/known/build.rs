//! A table's columns in, a list of known values out. Values are hashed as they come; nothing else is kept of them.

use std::collections::HashMap;

use super::shape::{Kind, LONGEST, Normal, date};
use super::table::Table;
use super::{Column, Header, KnownKey, KnownList, Shape};
use crate::detect::label::Meaning;
use crate::detect::{Detector, Ruleset};
use crate::model::{Field, Label, NO_LABEL, Segment};
use crate::{Error, ErrorKind};

/// Rows at first after which those met before are forgotten.
const FOLDED: usize = 1 << 22;

/// Which columns of a table a list is made of.
#[derive(Clone, Debug)]
pub struct KnownColumns {
    columns: Vec<Column>,
    is_date: Vec<bool>,
    pairs: Vec<(u8, u8)>,
}

/// What became of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// Records that were read.
    pub records: u64,
    /// Values that are in the list: of columns, and pairs.
    pub values: u64,
    /// Values too short or too long to tell anybody by, and dates that are none.
    pub left_out: u64,
    /// By column: whether the table has it.
    pub met: Vec<bool>,
}

impl KnownColumns {
    /// Columns as users write them: `mrn`, `pat_no=mrn` where the name does not tell what it holds, `last_name+dob`.
    ///
    /// # Errors
    /// Kind `Usage` where no identifier can be told for a column, or a date or more than two columns are asked for.
    pub fn parse(specs: &[String], detector: &Detector) -> Result<Self, Error> {
        let mut it = KnownColumns { columns: Vec::new(), is_date: Vec::new(), pairs: Vec::new() };
        for spec in specs {
            match spec.split('+').collect::<Vec<_>>()[..] {
                [column] => {
                    it.add(column, false, detector.ruleset())?;
                    if it.is_date.last() == Some(&true) {
                        return Err(wrong(column, "a date by itself tells nobody; combine it: last_name+dob"));
                    }
                }
                [first, second] => {
                    let pair = (it.add(first, true, detector.ruleset())?, it.add(second, true, detector.ruleset())?);
                    it.pairs.push(pair);
                }
                _ => return Err(wrong(spec, "two columns can be combined, not more")),
            }
        }
        match it.columns.len() + it.pairs.len() {
            0 => Err(Error::new(ErrorKind::Usage, "build a list of known values: of no column")),
            250.. => Err(Error::new(ErrorKind::Usage, "build a list of known values: of more than 250 columns")),
            _ => Ok(it),
        }
    }

    fn add(&mut self, spec: &str, part: bool, rules: &Ruleset) -> Result<u8, Error> {
        let (name, entity) = match spec.split_once('=') {
            Some((name, entity)) => (name.trim(), Some(entity.trim())),
            None => (spec.trim(), None),
        };
        let told = || {
            let label = Label { name: name.into(), ..Label::default() };
            let pattern = Meaning::of(rules, &label).patterns.first().copied()?;
            Some(rules.entity(rules.pattern(pattern).entity).id.clone())
        };
        let entity = match entity {
            Some(entity) => rules.entity_id(entity).map(|it| rules.entity(it).id.clone()),
            None => told(),
        };
        let unknown = "its name does not tell what it holds; write NAME=IDENTIFIER (see `phisift patterns list`)";
        let entity = entity.ok_or_else(|| wrong(name, unknown))?;
        let found = self.columns.iter().position(|it| it.part == part && it.name == name && it.entity == entity);
        if let Some(at) = found {
            return Ok(at as u8);
        }
        self.is_date.push(entity == "date");
        self.columns.push(Column { name: name.into(), entity, part, values: 0, shapes: Vec::new() });
        Ok((self.columns.len() - 1) as u8)
    }
}

fn wrong(column: &str, why: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("build a list of known values of column `{column}`: {why}"))
}

/// A value or pair, hashed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    hash: u64,
    column: u8,
    /// Of a value; a pair has none.
    kind: u8,
    length: u8,
}

/// Takes the segments of tables and hashes what stands in their columns.
pub struct KnownBuilder {
    key: KnownKey,
    columns: KnownColumns,
    rows: Vec<Row>,
    /// Rows after which what was met before is forgotten.
    fold_at: usize,
    built: Built,
    /// By column, the words at most of each kind and length.
    words: Vec<[[u8; LONGEST + 1]; 3]>,
    /// The parts of the record at hand, by column.
    record: Vec<Vec<u64>>,
    /// It has a value in some column.
    is_open: bool,
}

impl KnownBuilder {
    /// A builder of an empty list.
    pub fn new(columns: KnownColumns, key: KnownKey) -> Self {
        let count = columns.columns.len();
        KnownBuilder {
            key,
            rows: Vec::new(),
            fold_at: FOLDED,
            built: Built { met: vec![false; count], ..Built::default() },
            words: vec![[[0; LONGEST + 1]; 3]; count],
            record: vec![Vec::new(); count],
            is_open: false,
            columns,
        }
    }

    /// Adds the records of a segment.
    pub fn add(&mut self, segment: &Segment) {
        let labels: Vec<Vec<u8>> = segment.frame.labels.iter().map(|it| self.columns_called(it)).collect();
        let mut last = None;
        for field in segment.fields.iter().filter(|it| segment.own.contains(&it.start)) {
            if last.replace(field.record) != Some(field.record) {
                self.end_record();
            }
            let columns = if field.label == NO_LABEL { None } else { labels.get(field.label as usize) };
            for column in columns.into_iter().flatten() {
                self.add_value(*column, segment, field);
            }
        }
        self.end_record();
    }

    /// The columns of the list that a label names: by its whole name, or by the last key of a path.
    fn columns_called(&self, label: &Label) -> Vec<u8> {
        let name = &label.name[..];
        let last = name.rsplit(|it| *it == b'.').next().unwrap_or(name);
        let is = |column: &Column| {
            [name, last].iter().any(|it| it.trim_ascii().eq_ignore_ascii_case(column.name.as_bytes()))
        };
        (0..).zip(&self.columns.columns).filter(|it| is(it.1)).map(|it| it.0).collect()
    }

    fn add_value(&mut self, column: u8, segment: &Segment, field: &Field) {
        let at = usize::from(column);
        self.built.met[at] = true;
        self.is_open = true;
        let value = segment.text.get(field.start as usize..field.end as usize).unwrap_or_default().trim_ascii();
        if value.is_empty() {
            return;
        }
        let normal = match self.columns.is_date[at] {
            true => date(value).and_then(|it| Normal::of(&it)),
            false => Normal::of(value).filter(|it| !it.is_too_short()),
        };
        let Some(normal) = normal else {
            self.built.left_out += 1;
            return;
        };
        let (hash, kind, length) = (self.key.hash(normal.bytes()), normal.kind(), normal.bytes().len());
        let words = &mut self.words[at][kind as usize][length];
        *words = (*words).max(normal.words.min(16) as u8);
        self.rows.push(Row { hash, column, kind: kind as u8, length: length as u8 });
        if self.columns.columns[at].part {
            self.record[at].push(hash);
        }
        if self.rows.len() >= self.fold_at {
            self.fold();
            self.fold_at = FOLDED.max(self.rows.len() * 2);
        }
    }

    /// Pairs what stands together.
    fn end_record(&mut self) {
        self.built.records += u64::from(std::mem::take(&mut self.is_open));
        for (number, &(first, second)) in (0u8..).zip(&self.columns.pairs) {
            for a in &self.record[usize::from(first)] {
                for b in &self.record[usize::from(second)] {
                    let column = self.columns.columns.len() as u8 + number;
                    self.rows.push(Row { hash: self.key.pair(number, *a, *b), column, kind: u8::MAX, length: 0 });
                }
            }
        }
        self.record.iter_mut().for_each(Vec::clear);
    }

    /// Forgets what was met before.
    fn fold(&mut self) {
        self.rows.sort_unstable();
        self.rows.dedup();
    }

    /// The list.
    pub fn finish(mut self) -> (KnownList, Built) {
        self.fold();
        let mut counts: HashMap<(u8, u8, u8), u64> = HashMap::new();
        for row in self.rows.iter().filter(|it| it.kind != u8::MAX) {
            *counts.entry((row.column, row.kind, row.length)).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable();
        for ((column, kind, length), count) in counts {
            let words = self.words[usize::from(column)][usize::from(kind)][usize::from(length)];
            let it = &mut self.columns.columns[usize::from(column)];
            it.values += count;
            it.shapes.push(Shape { kind: Kind::ALL[usize::from(kind)].1, length, words, count });
        }
        let columns = self.columns.columns;
        let is_value = |column: u8| columns.get(usize::from(column)).is_none_or(|it| !it.part);
        self.built.values = self.rows.iter().filter(|it| is_value(it.column)).count() as u64;
        let table = Table::build(self.rows.iter().map(|it| (it.hash, it.column)).collect());
        let header = Header {
            key_id: self.key.id().to_owned(),
            entries: table.len(),
            bucket_bits: table.bits(),
            columns,
            pairs: self.columns.pairs,
        };
        (KnownList::new(self.key, header, table), self.built)
    }
}
