//! Strings longer than a block: emitted in parts that overlap, no escape and no character cut in two.

use std::ops::Range;
use std::sync::Arc;

use super::super::base64;
use super::super::block::Window;
use super::super::encoding::floor_boundary;
use super::super::job::Job;
use super::Reader;
use super::levels;
use super::lex::{self, StringEnd};
use super::tree::Tree;
use super::unescape::{self, Unescaped};
use crate::model::{Field, FieldKind, Frame, LineEnds, NO_NODE, Reason, Segment, Text};

/// Raw bytes that neighbouring parts see of each other.
const CONTEXT: usize = 2048;
/// A surrogate pair.
const LONGEST_ESCAPE: usize = 12;

impl Reader {
    /// Emits a string that is longer than a block, from its quote at the beginning of the window to its end.
    pub(super) fn read_long_string(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        if self.levels.expects_key() {
            // A key of that length names nothing, but the value behind it is a value.
            self.levels.begin_member(&mut self.tree, b"");
        } else {
            self.begin_value(false);
        }
        let node = self.levels.place(&mut self.tree);
        let mut literal = base64::Collected::new(window.map().start(1));
        let mut context = 0;
        let mut first = 1;
        loop {
            window.fill();
            let text = window.text();
            let end = match lex::string_end(text, context + first) {
                StringEnd::At(end, _) => Some(end),
                _ if window.is_last() => Some(text.len()),
                _ => None,
            };
            let parts = long_string_parts(text, first, context, end);
            literal.add(&text[parts.own.clone()]);
            if !self.emit_long_part(job, window, node, &parts) {
                return false;
            }
            if end.is_some() {
                break;
            }
            context = parts.own.end - parts.next_start;
            first = 0;
        }
        if literal.is_too_long() {
            job.unread(Reason::LimitBytes, None);
        }
        literal.finish().is_none_or(|literal| literal.read(job))
    }

    fn emit_long_part(&mut self, job: &mut Job<'_>, window: &mut Window<'_>, node: u32, parts: &Parts) -> bool {
        let mut unescaped = Unescaped::default();
        let text = window.text();
        let (start, _) = unescaped.decode(text, parts.start, parts.own.start);
        let (own_start, _) = unescaped.decode(text, parts.own.start, parts.own.end);
        let (own_end, end) = unescaped.decode(text, parts.own.end, parts.end);
        unescaped.copy_to(text, parts.cut.max(parts.end));
        let mut tree = Tree::default();
        let node = copy_place(&self.tree, &mut tree, node);
        let (label, kind) = (tree.label(node), FieldKind::Narrative);
        let field = Field { start, end, label, record: 0, node, kind };
        let segment = window.cut(parts.cut, parts.next_start, job.buffer()).into_segment(0..0);
        let text_len = unescaped.text.len() as u32;
        let provenance = Arc::clone(&job.frame.provenance);
        job.send(Segment {
            own: if parts.is_first { 0 } else { own_start }..if parts.is_last { text_len } else { own_end },
            map: unescape::compose(&unescaped.map, &segment.map, unescaped.text.len()),
            text: Text(unescaped.text),
            line_ends: LineEnds::At(unescaped.line_ends),
            fields: vec![field],
            first_record: self.record,
            frame: Arc::new(Frame {
                provenance,
                labels: tree.labels,
                keys: tree.keys,
                nodes: tree.nodes,
                ..Frame::default()
            }),
            ..segment
        })
    }
}

/// Which bytes of the window a part of a long string is made of.
struct Parts {
    /// First byte of contents in the window, context included.
    start: usize,
    own: Range<usize>,
    /// Behind the last byte of contents.
    end: usize,
    /// Behind the last byte of the block.
    cut: usize,
    next_start: usize,
    is_first: bool,
    is_last: bool,
}

/// Cuts a long string so that no escape and no character is cut in two. Contents begin at `first`, and `context` bytes
/// of them are known already; `end` is where they end, if they do.
fn long_string_parts(text: &[u8], first: usize, context: usize, end: Option<usize>) -> Parts {
    let own_start = first + context;
    let is_first = first > 0;
    if let Some(end) = end {
        let cut = text.len().min(end + 1);
        return Parts { start: first, own: own_start..end, end, cut, next_start: cut, is_first, is_last: true };
    }
    let len = text.len();
    let wanted = [len.saturating_sub(2 * CONTEXT), len.saturating_sub(CONTEXT), len];
    let [next_start, own_end, end] = unit_boundaries(text, own_start, wanted);
    Parts { start: first, own: own_start..own_end, end, cut: end, next_start, is_first, is_last: false }
}

/// The last boundaries between characters and escapes at or before the wanted places, in one walk from `from`.
fn unit_boundaries(text: &[u8], from: usize, wanted: [usize; 3]) -> [usize; 3] {
    let mut at = from;
    wanted.map(|wanted| {
        let wanted = wanted.max(from);
        loop {
            let escape = memchr::memchr(b'\\', &text[at..wanted.max(at)]).map(|run| at + run);
            let Some(escape) = escape else {
                return floor_boundary(text, wanted.max(at));
            };
            let next = escape + unescape::escape_length(&text[escape..]);
            let is_whole = text.len() - escape >= LONGEST_ESCAPE;
            if next > wanted || !is_whole {
                at = escape;
                return escape;
            }
            at = next;
        }
    })
}

/// The place of a node of `old` in `new`.
fn copy_place(old: &Tree, new: &mut Tree, node: u32) -> u32 {
    let mut chain = Vec::new();
    let mut at = node;
    while at != NO_NODE {
        chain.push(at);
        at = old.nodes[at as usize].parent;
    }
    chain.into_iter().rev().fold(NO_NODE, |parent, node| levels::moved(old, new, node, parent))
}
