//! JSON documents, one or many, of any size and depth, read in one pass without recursion. Never rejects: what is not
//! JSON is read as prose.

mod levels;
mod lex;
mod long;
mod tree;
mod unescape;

use std::sync::Arc;

use self::levels::Levels;
use self::lex::StringEnd;
use self::tree::Tree;
use self::unescape::Unescaped;
use super::base64;
use super::block::Window;
use super::head::{Head, Stream};
use super::job::Job;
use super::text;
use crate::model::{Field, FieldKind, Frame, LineEnds, NO_LABEL, NO_NODE, Segment, Text};

/// A string that is longer and has spaces is prose.
const PROSE: usize = 64;
/// Fields and escapes behind which a block ends.
const MAX_FIELDS: usize = 1 << 17;
/// Bytes by which a block may be shorter to end with a record.
const RECORD_REACH: usize = 64 << 10;

/// True where the stream begins with objects or arrays and nothing else.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    let text = head.text();
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    if !matches!(text.get(start), Some(b'{' | b'[')) {
        return false;
    }
    let named = [".json", ".ndjson", ".jsonl"].iter().any(|suffix| head.is_named(suffix));
    let second = text[start + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
    (named && matches!(second, Some(b'"' | b'{' | b'['))) || lex::is_json(&text[start..])
}

/// Reads a stream to its end as JSON.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut window = stream.into_window();
    let mut reader = Reader::default();
    while reader.read_block(job, &mut window) {}
}

/// How far the tokens of a block were read.
enum Stop {
    /// To the end of the text, or behind the last token that is whole.
    At(usize),
    /// The string whose quote stands there goes on behind the text.
    InString(usize),
    /// The line that holds this place is no JSON and goes on behind the text.
    InProse(usize),
}

/// The end of a record, to which a block may be cut back.
#[derive(Clone, Copy, Default)]
struct Mark {
    at: usize,
    fields: usize,
    literals: usize,
    record: u64,
    levels: levels::Mark,
    unescaped: unescape::Mark,
}

/// Reads tokens and makes blocks of them.
#[derive(Default)]
struct Reader {
    levels: Levels,
    tree: Tree,
    unescaped: Unescaped,
    fields: Vec<Field>,
    /// Fields that may be base64.
    literals: Vec<u32>,
    /// Number, from 1, of the record being read.
    record: u64,
    first_record: u64,
    mark: Mark,
}

impl Reader {
    /// Emits one block; false at the end.
    fn read_block(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        window.fill();
        if window.text().is_empty() {
            return false;
        }
        self.first_record = self.record.max(1);
        self.mark = Mark::default();
        let last = window.is_last();
        let base = window.map().start(0);
        match self.read_tokens(window.text(), base, last) {
            Stop::InString(0) => self.read_long_string(job, window),
            Stop::InProse(0) => {
                self.levels.clear();
                let first_record = self.first_record;
                text::read_long_line(job, window, |segment| Segment { first_record, ..segment })
            }
            Stop::At(at) | Stop::InString(at) | Stop::InProse(at) => {
                let cut_back = !last && self.mark.at > 0 && self.mark.at + RECORD_REACH >= at;
                let at = if cut_back { self.rewind() } else { at };
                self.flush(job, window, at)
            }
        }
    }

    fn rewind(&mut self) -> usize {
        let mark = self.mark;
        self.fields.truncate(mark.fields);
        self.literals.truncate(mark.literals);
        self.levels.rewind(mark.levels);
        self.unescaped.rewind(mark.unescaped);
        self.record = mark.record;
        mark.at
    }

    /// Reads whole tokens from the beginning of `text`, which stands `base` bytes into the stream.
    fn read_tokens(&mut self, text: &[u8], base: u64, last: bool) -> Stop {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if self.fields.len() >= MAX_FIELDS || self.unescaped.map.pieces.len() >= MAX_FIELDS {
                return Stop::At(at);
            }
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b':' | 0x1E => at += 1,
                b',' => {
                    self.levels.next_member();
                    at += 1;
                }
                b'{' | b'[' => {
                    self.begin_value(byte == b'[');
                    self.levels.open(&mut self.tree, byte == b'{', base + at as u64);
                    at += 1;
                }
                b'}' | b']' => {
                    self.close(base + at as u64);
                    at += 1;
                    self.mark_record(at);
                }
                b'"' => match lex::string_end(text, at + 1) {
                    StringEnd::At(end, escaped) => {
                        self.read_string(text, at + 1, end, escaped);
                        at = end + 1;
                    }
                    StringEnd::Open if !last => return Stop::InString(at),
                    StringEnd::Open => {
                        self.read_string(text, at + 1, text.len(), true);
                        at = text.len();
                    }
                    StringEnd::Broken => match self.read_prose(text, at, last) {
                        Some(end) => at = end,
                        None => return Stop::InProse(at),
                    },
                },
                _ => {
                    let end = lex::run_end(text, at);
                    if end == text.len() && !last {
                        return if at == 0 { Stop::InProse(at) } else { Stop::At(at) };
                    }
                    if lex::is_word(&text[at..end]) {
                        self.begin_value(false);
                        at = end;
                    } else if lex::is_number(&text[at..end]) {
                        self.read_number(at, end);
                        at = end;
                    } else {
                        match self.read_prose(text, at, last) {
                            Some(end) => at = end,
                            None => return Stop::InProse(at),
                        }
                    }
                }
            }
        }
        Stop::At(at)
    }

    /// A value begins: of the top level, of an array of records, or within a record.
    #[inline]
    fn begin_value(&mut self, is_array: bool) {
        match self.levels.top() {
            None => self.record += u64::from(!is_array),
            Some(level) => self.record += u64::from(level.has_records),
        }
        self.first_record = self.first_record.min(self.record).max(1);
    }

    fn close(&mut self, at: u64) {
        let level = self.levels.close(&mut self.tree, &mut self.fields, at);
        let ended_records = level.is_some_and(|it| it.has_records) && self.levels.depth() > 0;
        self.record += u64::from(ended_records);
    }

    /// Notes that a record ends at `at`, if one does.
    #[inline]
    fn mark_record(&mut self, at: usize) {
        let ends = self.levels.depth() <= 2 && self.levels.top().is_none_or(|level| level.has_records);
        if ends {
            self.mark = Mark {
                at,
                fields: self.fields.len(),
                literals: self.literals.len(),
                record: self.record,
                levels: self.levels.mark(),
                unescaped: self.unescaped.mark(),
            };
        }
    }

    /// A key or a value, its contents at `start..end`.
    fn read_string(&mut self, text: &[u8], start: usize, end: usize, escaped: bool) {
        if self.levels.expects_key() {
            self.read_key(text, start, end, escaped);
            return;
        }
        self.begin_value(false);
        if start == end {
            return;
        }
        let (field_start, field_end) = self.place(text, start, end, escaped);
        let node = self.levels.place(&mut self.tree);
        let contents = match escaped {
            true => &self.unescaped.text[field_start as usize..field_end as usize],
            false => &text[start..end],
        };
        let index = self.fields.len();
        self.levels.note_value(&self.tree, node, index, contents);
        let is_prose = contents.len() > PROSE && memchr::memchr(b' ', contents).is_some();
        if !is_prose && base64::may_be(contents) {
            self.literals.push(index as u32);
        }
        let kind = if is_prose { FieldKind::Narrative } else { FieldKind::Structured };
        self.push(field_start, field_end, node, kind);
    }

    fn read_key(&mut self, text: &[u8], start: usize, end: usize, escaped: bool) {
        let node = if escaped {
            let mut key = Unescaped::default();
            key.decode(&text[start..end], 0, end - start);
            self.levels.begin_member(&mut self.tree, &key.text)
        } else {
            self.levels.begin_member(&mut self.tree, &text[start..end])
        };
        if self.tree.traits(node).is_odd && start < end {
            let (start, end) = self.place(text, start, end, escaped);
            let record = self.ordinal();
            self.fields.push(Field { start, end, label: NO_LABEL, record, node, kind: FieldKind::Markup });
        }
    }

    fn read_number(&mut self, start: usize, end: usize) {
        self.begin_value(false);
        let node = self.levels.place(&mut self.tree);
        let (start, end) = (self.unescaped.place(start), self.unescaped.place(end));
        self.levels.note_number(&self.tree, node, self.fields.len());
        self.push(start, end, node, FieldKind::Structured);
    }

    /// The rest of a line that is no JSON; `None` where it goes on behind the text.
    fn read_prose(&mut self, text: &[u8], start: usize, last: bool) -> Option<usize> {
        let line_end = memchr::memchr(b'\n', &text[start..]).map(|at| start + at);
        if line_end.is_none() && !last {
            return None;
        }
        let end = line_end.unwrap_or(text.len());
        let (field_start, field_end) = (self.unescaped.place(start), self.unescaped.place(end));
        let record = self.ordinal();
        let (label, node, kind) = (NO_LABEL, NO_NODE, FieldKind::Narrative);
        self.fields.push(Field { start: field_start, end: field_end, label, record, node, kind });
        if matches!(text.get(end + 1), Some(b'{' | b'[')) {
            self.levels.clear();
        }
        Some(end)
    }

    /// Where contents stand in the block's text.
    fn place(&mut self, text: &[u8], start: usize, end: usize, escaped: bool) -> (u32, u32) {
        if escaped {
            return self.unescaped.decode(text, start, end);
        }
        (self.unescaped.place(start), self.unescaped.place(end))
    }

    fn push(&mut self, start: u32, end: u32, node: u32, kind: FieldKind) {
        let (label, record) = (self.tree.label(node), self.ordinal());
        self.fields.push(Field { start, end, label, record, node, kind });
    }

    fn ordinal(&self) -> u32 {
        self.record.saturating_sub(self.first_record) as u32
    }

    /// Emits the first `at` bytes as a block, and what base64 stands in them.
    fn flush(&mut self, job: &mut Job<'_>, window: &mut Window<'_>, at: usize) -> bool {
        let mut next = Tree::default();
        self.levels.move_to(&mut self.tree, &mut next, &mut self.fields);
        let tree = std::mem::replace(&mut self.tree, next);
        let mut unescaped = std::mem::take(&mut self.unescaped);
        if unescaped.is_used() {
            unescaped.copy_to(window.text(), at);
        }
        let block = window.cut(at, at, job.buffer());
        let mut segment = block.into_segment(0..at);
        if unescaped.is_used() {
            segment.own = 0..unescaped.text.len() as u32;
            segment.map = unescape::compose(&unescaped.map, &segment.map, unescaped.text.len());
            segment.text = Text(unescaped.text);
            segment.line_ends = LineEnds::At(unescaped.line_ends);
        }
        segment.fields = std::mem::take(&mut self.fields);
        segment.first_record = self.first_record;
        let provenance = Arc::clone(&job.frame.provenance);
        segment.frame =
            Arc::new(Frame { provenance, labels: tree.labels, keys: tree.keys, nodes: tree.nodes, ..Frame::default() });
        let literals = self.literals(&segment);
        job.send(segment) && literals.into_iter().all(|literal| literal.read(job))
    }

    /// Decodes what is base64 in a block.
    fn literals(&mut self, segment: &Segment) -> Vec<base64::Literal> {
        let read = |index: u32| {
            let field = segment.fields[index as usize];
            let contents = &segment.text[field.start as usize..field.end as usize];
            base64::Literal::decode(contents, segment.map.start(field.start)..segment.map.end(field.end))
        };
        std::mem::take(&mut self.literals).into_iter().filter_map(read).collect()
    }
}

#[cfg(test)]
mod tests;
