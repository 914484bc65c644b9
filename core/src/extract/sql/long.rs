//! Values and comments longer than a block.

use super::super::block::{self, Window};
use super::super::job::Job;
use super::lex::{Escapes, Kind, Next, string_end};
use super::{Reader, State};
use crate::model::{Field, FieldKind, NO_LABEL, NO_NODE, Reason};

/// Bytes of a binary value that are looked into.
const MAX_BLOB: usize = 32 << 20;

impl Reader {
    /// Reads the token at the beginning of the window to its end; false at the end of the stream.
    pub(super) fn read_long(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        let label = match &self.state {
            State::Values { labels, column, .. } => labels.get(*column).copied().unwrap_or(NO_LABEL),
            State::Set { label } => *label,
            State::Open | State::Copy { .. } => return self.read_long_line(job, window),
        };
        let Next::Cut(token) = self.dialect.next(window.text(), 0, false) else {
            return self.read_long_line(job, window);
        };
        match token.kind {
            Kind::Hex => self.read_long_hex(job, window, token.inner.start, label),
            Kind::Text(Escapes::Doubled) => self.read_long_text(job, window, (token.inner.start, false), label),
            Kind::Text(Escapes::Backslash) => self.read_long_text(job, window, (token.inner.start, true), label),
            _ => self.read_long_line(job, window),
        }
    }

    /// A string whose contents begin at `start`; escapes stay as they are.
    fn read_long_text(
        &mut self,
        job: &mut Job<'_>,
        window: &mut Window<'_>,
        (start, backslash): (usize, bool),
        label: u32,
    ) -> bool {
        let (mut begin, first_record) = (start, self.tables[self.table].next_record);
        loop {
            window.fill();
            let (text, last) = (window.text(), window.is_last());
            let mut looked = begin;
            let end = string_end(text, &mut looked, backslash).filter(|end| last || end + 1 < text.len());
            let cut = block::cut_lines(text, begin);
            let (own_end, text_end, next) = match end {
                Some(end) => (end, end, end + 1),
                None if last => (text.len(), text.len(), text.len()),
                None => {
                    let own_end = before_escape(text, begin, cut.own_end);
                    (own_end, cut.text_end.max(own_end), cut.next_start.min(own_end))
                }
            };
            let field =
                Field { start: 0, end: text_end as u32, label, record: 0, node: NO_NODE, kind: FieldKind::Narrative };
            let block = window.cut(text_end, next, job.buffer());
            let mut segment = block.into_segment(begin..own_end);
            segment.fields = vec![field];
            segment.first_record = first_record;
            segment.frame = std::sync::Arc::clone(&self.tables[self.table].frame);
            if !job.send_framed(segment) {
                return false;
            }
            if end.is_some() || last {
                return true;
            }
            begin = own_end - next;
        }
    }

    fn read_long_hex(&mut self, job: &mut Job<'_>, window: &mut Window<'_>, start: usize, label: u32) -> bool {
        let mut digits = Vec::new();
        let mut at = start;
        let mut dropped = 0;
        loop {
            window.fill();
            let text = &window.text()[at..];
            let run = text.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(text.len());
            let room = (2 * MAX_BLOB).saturating_sub(digits.len()).min(run);
            digits.extend_from_slice(&text[..room]);
            dropped += (run - room) as u64;
            let ended = run < text.len() || window.is_last();
            window.cut(at + run, at + run, job.buffer());
            at = 0;
            if job.is_over() {
                return false;
            }
            if ended {
                break;
            }
        }
        // The quote behind `X'…'`.
        if window.text().first() == Some(&b'\'') {
            window.cut(1, 1, job.buffer());
        }
        if dropped > 0 {
            job.unread(Reason::LimitBytes, Some(dropped));
        }
        digits.truncate(digits.len() & !1);
        if let Some(bytes) = super::values::decode_hex(&digits) {
            self.take_blob(bytes, label);
        }
        self.emit(job, window, 0)
    }
}

/// No escape is cut in two.
fn before_escape(text: &[u8], begin: usize, end: usize) -> usize {
    let run = text[begin..end].iter().rev().take_while(|byte| matches!(byte, b'\'' | b'\\')).count();
    if run < end - begin { end - run } else { end }
}
