//! SQL dumps and scripts: values by their tables and columns, everything else as prose. Streams; runs nothing.

mod group;
mod lex;
mod long;
mod sniff;
mod statement;
#[cfg(test)]
mod tests;
mod values;

use std::collections::HashMap;
use std::sync::Arc;

use self::group::Group;
use self::lex::{Dialect, Kind, Next, Token};
use self::statement::{Begun, Refused};
use super::block::Window;
use super::head::{Bytes, Stream};
use super::job::Job;
use super::text;
use crate::model::{Frame, Grid, Label, LabelId, NO_LABEL, Step, Text};

pub(super) use self::sniff::sniff;
pub(super) use self::statement::table;

/// Bytes that say what dialect it is.
const HEAD: usize = 64 << 10;
/// Fields behind which a block ends.
const MAX_FIELDS: usize = 1 << 16;
/// Tables whose columns are remembered.
const MAX_TABLES: usize = 4096;
/// Columns of one table that are.
const MAX_COLUMNS: usize = 4096;
/// Bytes that may be looked at in vain for the beginnings of statements.
const MAX_WASTE: usize = 16 << 20;
/// What may begin a statement.
const STARTS: [&str; 6] = ["CREATE", "INSERT", "REPLACE", "COPY", "UPDATE", "DELETE"];

/// Reads a stream to its end as SQL.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut window = stream.into_window();
    window.fill();
    let dialect = Dialect::of(&window.text()[..window.text().len().min(HEAD)]);
    let mut reader = Reader::new(job, dialect);
    while reader.read_block(job, &mut window) {}
}

/// A table that statements name.
struct Known {
    name: Vec<u8>,
    /// With the labels of its columns; shared by the blocks.
    frame: Arc<Frame>,
    /// Labels by the columns' names in lower case.
    by_name: HashMap<Vec<u8>, LabelId>,
    /// Labels in the order of CREATE TABLE.
    columns: Vec<LabelId>,
    /// Number, from 1, of the next row.
    next_record: u64,
}

impl Known {
    /// The label of that column, the `number`th of its statement.
    fn label(&mut self, column: &[u8], number: Option<u32>) -> LabelId {
        let mut key = column.to_ascii_lowercase();
        if key.is_empty() {
            key = number.unwrap_or(0).to_be_bytes().to_vec();
        }
        if let Some(label) = self.by_name.get(&key) {
            return *label;
        }
        if self.by_name.len() >= MAX_COLUMNS {
            return NO_LABEL;
        }
        let frame = Arc::make_mut(&mut self.frame);
        let label = frame.labels.len() as LabelId;
        frame.labels.push(Label::of_column(&self.name, column, number));
        self.by_name.insert(key, label);
        label
    }
}

/// What is being read.
#[derive(Clone, Debug)]
enum State {
    /// Anything that is no value.
    Open,
    /// Rows of values. `depth` counts parentheses.
    Values { labels: Vec<LabelId>, column: usize, depth: usize, selects: bool },
    /// Lines of values.
    Copy { labels: Vec<LabelId> },
    /// `column = value`.
    Set { label: LabelId },
}

/// A binary value to look into.
struct Blob {
    name: Vec<u8>,
    bytes: Vec<u8>,
}

struct Reader {
    dialect: Dialect,
    tables: Vec<Known>,
    /// Tables by their names in lower case.
    by_name: HashMap<Vec<u8>, usize>,
    /// The table of the statement, by number; 0 is none.
    table: usize,
    state: State,
    /// The next token begins a statement.
    fresh: bool,
    group: Group,
    done: Vec<Group>,
    /// From here on nothing is a field yet.
    prose_from: usize,
    /// The last line that begins between tokens.
    line: usize,
    fields: usize,
    blobs: Vec<Blob>,
    waste: usize,
}

impl Reader {
    fn new(job: &Job<'_>, dialect: Dialect) -> Self {
        let none = Known {
            name: Vec::new(),
            frame: Arc::clone(&job.frame),
            by_name: HashMap::new(),
            columns: Vec::new(),
            next_record: 1,
        };
        Reader {
            dialect,
            tables: vec![none],
            by_name: HashMap::new(),
            table: 0,
            state: State::Open,
            fresh: true,
            group: Group::default(),
            done: Vec::new(),
            prose_from: 0,
            line: 0,
            fields: 0,
            blobs: Vec::new(),
            waste: 0,
        }
    }

    /// Emits what the window holds; false at the end.
    fn read_block(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        window.fill();
        let (text, last) = (window.text(), window.is_last());
        if text.is_empty() {
            return false;
        }
        (self.prose_from, self.line, self.fields) = (0, 0, 0);
        self.group = Group::new(self.table, self.tables[self.table].next_record, 0);
        let end = self.read_tokens(text, last);
        if end == 0 {
            return self.read_long(job, window);
        }
        self.end_group(window.text(), end);
        self.emit(job, window, end)
    }

    fn emit(&mut self, job: &mut Job<'_>, window: &mut Window<'_>, end: usize) -> bool {
        let block = window.cut(end, end, job.buffer());
        for group in std::mem::take(&mut self.done) {
            let frame = Arc::clone(&self.tables[group.table].frame);
            if !group.is_empty() && !job.send_framed(group.into_segment(&block, frame)) {
                return false;
            }
        }
        for blob in std::mem::take(&mut self.blobs) {
            let bytes = Bytes::Stream(Box::new(&*blob.bytes));
            job.read_inside(Step::Member(Text(blob.name)), b"", bytes);
        }
        !job.is_over()
    }

    /// Reads whole tokens; returns where it stopped.
    fn read_tokens(&mut self, text: &[u8], last: bool) -> usize {
        let mut at = 0;
        while self.fields < MAX_FIELDS {
            if let State::Copy { .. } = self.state {
                match self.read_line(text, at, last) {
                    Some(next) => at = next,
                    None => return at,
                }
                if at == text.len() {
                    return at;
                }
                continue;
            }
            let token = match self.dialect.next(text, at, last) {
                Next::End => {
                    self.prose_to(text, text.len());
                    return text.len();
                }
                Next::Token(token) => token,
                Next::Cut(token) => match self.stray(text, &token, last) {
                    Some(token) => token,
                    None => return self.stop(text, token.range.start),
                },
            };
            let begins_line = self.begins_line(text, at, &token);
            match self.step(text, token, begins_line, last) {
                Some(next) => at = next,
                None => return self.stop(text, self.group.stop),
            }
        }
        self.stop(text, at)
    }

    /// Ends the block at that place, or at the line before where that is prose.
    fn stop(&mut self, text: &[u8], at: usize) -> usize {
        let is_prose = matches!(self.state, State::Open) && self.line > self.prose_from;
        let end = if is_prose && self.line < at { self.line } else { at };
        self.prose_to(text, end);
        end
    }

    /// A quote in prose that has no partner is no quote.
    fn stray(&mut self, text: &[u8], token: &Token, last: bool) -> Option<Token> {
        let is_quote = matches!(token.kind, Kind::Text(_) | Kind::Quoted) && token.range.end == text.len();
        if !is_quote || last || !matches!(self.state, State::Open) || token.range.len() < HEAD {
            return None;
        }
        self.note_waste(token.range.len());
        Some(symbol(text, token))
    }

    fn note_waste(&mut self, bytes: usize) {
        self.waste += bytes;
        self.dialect.is_plain = self.waste > MAX_WASTE;
    }

    fn begins_line(&mut self, text: &[u8], at: usize, token: &Token) -> bool {
        let start = token.range.start;
        let begins = memchr::memchr(b'\n', &text[at..start]).is_some()
            || start.checked_sub(1).is_none_or(|before| text[before] == b'\n');
        if begins {
            self.line = start;
        }
        begins
    }

    /// Takes a token in; returns where to go on, or nothing where the block must end first.
    fn step(&mut self, text: &[u8], token: Token, begins_line: bool, last: bool) -> Option<usize> {
        let may_begin = (self.fresh || begins_line) && token.kind == Kind::Word;
        if may_begin && self.is_between_rows() && STARTS.iter().any(|it| token.is(text, it)) {
            match self.begin(text, &token, last) {
                Ok(Some(next)) => return Some(next),
                Ok(None) => {}
                Err(Refused::Cut) => {
                    self.group.stop = token.range.start;
                    return None;
                }
                Err(Refused::Other) => {}
            }
        }
        self.fresh = token.is_symbol(b';') || token.is(text, "GO") && begins_line;
        match self.state {
            State::Open | State::Copy { .. } => Some(self.pass(text, token, last)),
            State::Values { .. } => Some(self.take_in_values(text, token, begins_line)),
            State::Set { .. } => Some(self.take_in_set(text, token)),
        }
    }

    /// A statement may begin here.
    fn is_between_rows(&self) -> bool {
        !matches!(self.state, State::Values { depth: 1.., selects: false, .. })
    }

    /// Goes past a token that is prose.
    fn pass(&mut self, text: &[u8], token: Token, last: bool) -> usize {
        let is_string = matches!(token.kind, Kind::Text(_));
        let inner = &text[token.inner.clone()];
        let unclosed = last && token.range.end == text.len() && token.inner.end == text.len();
        let swallows = |start: &str| find_ignoring_case(inner, start.as_bytes());
        if is_string && (unclosed || inner.len() > 64 && (swallows("\ninsert ") || swallows("\ncopy "))) {
            return symbol(text, &token).range.end;
        }
        token.range.end
    }

    /// Begins a statement that names columns. Nothing where it is no such statement.
    fn begin(&mut self, text: &[u8], token: &Token, last: bool) -> Result<Option<usize>, Refused> {
        if self.dialect.is_plain {
            return Ok(None);
        }
        let start = token.range.start;
        let (begun, end) = match statement::begin(self.dialect, text, start, last) {
            Ok(begun) => begun,
            Err((Refused::Cut, _)) if start > 0 && !last => return Err(Refused::Cut),
            Err((_, bytes)) => {
                self.note_waste(bytes);
                return Ok(None);
            }
        };
        self.end_statement();
        self.prose_to(text, start);
        self.fresh = false;
        self.enter(text, begun, start);
        if self.prose_from == start && !matches!(self.state, State::Open) {
            self.prose_from = end;
        }
        Ok(Some(end))
    }

    fn enter(&mut self, text: &[u8], begun: Begun, start: usize) {
        match begun {
            Begun::Create(table) => {
                self.switch(text, &table.name, start);
                let known = &mut self.tables[self.table];
                let label = |(number, it): (usize, &statement::Column)| known.label(&it.name, Some(number as u32));
                known.columns = table.columns.iter().enumerate().map(label).collect();
                self.state = State::Open;
            }
            Begun::Insert { table, columns, selects } => {
                self.switch(text, &table, start);
                let labels = self.labels(&columns);
                self.state = State::Values { labels, column: 0, depth: usize::from(selects), selects };
            }
            Begun::Copy { table, columns } => {
                self.switch(text, &table, start);
                self.state = State::Copy { labels: self.labels(&columns) };
            }
            Begun::Set { table } => {
                self.switch(text, &table, start);
                self.state = State::Set { label: NO_LABEL };
            }
        }
    }

    /// The labels of a statement's columns; without such, those of its table.
    fn labels(&mut self, columns: &[Vec<u8>]) -> Vec<LabelId> {
        let known = &mut self.tables[self.table];
        if columns.is_empty() {
            return known.columns.clone();
        }
        columns.iter().take(MAX_COLUMNS).enumerate().map(|(number, it)| known.label(it, Some(number as u32))).collect()
    }

    /// What follows belongs to that table.
    fn switch(&mut self, text: &[u8], name: &[u8], at: usize) {
        let key = name.to_ascii_lowercase();
        let table = match self.by_name.get(&key) {
            Some(table) => *table,
            None if self.tables.len() > MAX_TABLES => 0,
            None => self.add_table(name, key),
        };
        if table == self.table {
            return;
        }
        self.end_group(text, at);
        self.table = table;
        self.group = Group::new(table, self.tables[table].next_record, at);
    }

    fn add_table(&mut self, name: &[u8], key: Vec<u8>) -> usize {
        let provenance = Arc::clone(&self.tables[0].frame.provenance);
        let frame = Frame { provenance, grid: Grid::Table(Text(name.to_vec())), ..Frame::default() };
        let (by_name, columns) = (HashMap::new(), Vec::new());
        self.tables.push(Known { name: name.to_vec(), frame: Arc::new(frame), by_name, columns, next_record: 1 });
        self.by_name.insert(key, self.tables.len() - 1);
        self.tables.len() - 1
    }

    fn end_statement(&mut self) {
        if matches!(self.state, State::Set { .. } | State::Values { depth: 1.., .. }) {
            self.tables[self.table].next_record += 1;
        }
        self.state = State::Open;
    }

    fn end_group(&mut self, text: &[u8], end: usize) {
        let mut group = std::mem::take(&mut self.group);
        group.unescaped.copy_to(text, end);
        self.done.push(group);
    }

    /// What stands between the last field and `end` is prose.
    fn prose_to(&mut self, text: &[u8], end: usize) {
        let start = self.prose_from;
        if start < end {
            let record = self.tables[self.table].next_record;
            self.fields += usize::from(self.group.push_prose(text, start..end, record));
            self.prose_from = end;
        }
    }

    /// Goes on as prose in a line too long for a block.
    fn read_long_line(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        let frame = Arc::clone(&self.tables[0].frame);
        text::read_long_line(job, window, |segment| crate::model::Segment { frame: Arc::clone(&frame), ..segment })
    }
}

/// Only the first character of a token.
fn symbol(text: &[u8], token: &Token) -> Token {
    let start = token.range.start;
    Token { kind: Kind::Symbol(text[start]), range: start..start + 1, inner: start..start + 1 }
}

fn find_ignoring_case(text: &[u8], wanted: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = memchr::memchr(wanted[0], &text[at..]) {
        let place = at + found;
        if text.get(place..place + wanted.len()).is_some_and(|it| it.eq_ignore_ascii_case(wanted)) {
            return true;
        }
        at = place + 1;
    }
    false
}
