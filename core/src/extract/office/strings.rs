//! The strings that the cells of a workbook share, and which of them no cell shows.

use std::cell::Cell;

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use crate::model::FieldKind;

/// Bytes of shared strings kept.
const MAX_BYTES: usize = 192 << 20;
/// Shared strings kept; no program writes as many.
const MAX_COUNT: usize = 1 << 24;

/// Texts one behind the other.
#[derive(Default)]
pub(in super::super) struct Strings {
    pub(in super::super) text: String,
    ends: Vec<u32>,
    /// Those that a cell shows.
    used: Vec<Cell<bool>>,
}

impl Strings {
    /// The string of that number, which is shown from now on.
    pub(in super::super) fn get(&self, index: usize) -> Option<&str> {
        self.used.get(index)?.set(true);
        self.at(index)
    }

    fn at(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(&self.text[start..end])
    }

    /// What was added to the text is a string.
    pub(in super::super) fn end(&mut self) {
        self.ends.push(self.text.len() as u32);
        self.used.push(Cell::new(false));
    }

    /// True where no more are kept.
    pub(in super::super) fn is_full(&self) -> bool {
        self.text.len() > MAX_BYTES || self.ends.len() > MAX_COUNT
    }

    /// Strings that no cell shows any more are still in the file.
    pub(in super::super) fn emit_unused(&self, job: &mut Job<'_>) -> bool {
        let mut out = Composer::new(job);
        for index in (0..self.used.len()).filter(|it| !self.used[*it].get()) {
            let text = self.at(index).unwrap_or_default().trim();
            let value = Value { kind: FieldKind::Residual, ..Value::prose(text.as_bytes()) };
            if !text.is_empty() && !out.push(job, value) {
                return false;
            }
        }
        out.flush(job)
    }
}
