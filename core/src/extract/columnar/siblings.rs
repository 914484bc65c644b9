//! What the other columns of a nested record say of its value: the type of an identifier, the system of a contact.

use super::super::encoding::floor_boundary;
use super::super::sibling;
use super::rows::{Kind, Node};

/// Bytes of hints at most.
const MAX_HINTS: usize = 256;

/// What a column of a nested record is to the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing.
    #[default]
    Other,
    /// Its text says what the value is.
    Hint,
    /// Its texts do, where theirs are such columns.
    Nest,
    /// The others say what it is.
    Value,
}

impl Part {
    /// By the column's name.
    pub(super) fn of(name: &str) -> Part {
        let name = name.as_bytes();
        match (sibling::is_value(name), sibling::nests(name), sibling::hints(name)) {
            (true, _, _) => Part::Value,
            (_, true, _) => Part::Nest,
            (_, _, true) => Part::Hint,
            _ => Part::Other,
        }
    }
}

/// The hints that the columns of a record give its value in a row.
pub(super) fn hints(children: &[Node<'_>], row: usize) -> Vec<u8> {
    let mut out = Vec::new();
    children.iter().for_each(|child| gather(child, row, child.part == Part::Nest, &mut out));
    out
}

fn gather(node: &Node<'_>, row: usize, nested: bool, out: &mut Vec<u8>) {
    if row >= node.array.len() || node.array.is_null(row) || out.len() >= MAX_HINTS {
        return;
    }
    match &node.kind {
        Kind::Text(text) if matches!(node.part, Part::Hint | Part::Nest) => add(out, text(row)),
        Kind::Keyed(child, keys) if matches!(node.part, Part::Hint | Part::Nest) => {
            if let (Kind::Text(text), Some(key)) = (&child.kind, keys.get(row)) {
                add(out, text(*key));
            }
        }
        Kind::Struct(children) if nested => children.iter().for_each(|it| gather(it, row, true, out)),
        Kind::List(child, range) if nested => {
            range(row).take(MAX_HINTS).for_each(|place| gather(child, place, true, out));
        }
        _ => {}
    }
}

fn add(out: &mut Vec<u8>, text: &[u8]) {
    let room = MAX_HINTS.saturating_sub(out.len() + 1);
    let text = &text[..floor_boundary(text, room)];
    if !out.is_empty() && !text.is_empty() {
        out.push(b' ');
    }
    out.extend_from_slice(text);
}
