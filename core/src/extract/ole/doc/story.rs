//! One story of a document: its paragraphs, its tables, and the fields in them. Marks are told by their codes alone.

use super::super::super::compose::Composer;
use super::super::super::job::Job;
use super::super::super::office::Flow;

/// The mark behind a cell, and behind a row.
const MARK: char = '\u{7}';
/// Fields within fields.
const MAX_DEPTH: usize = 32;
/// Columns of a table, and rows that are looked at to count them.
const MAX_COLUMNS: usize = 64;
const LOOKED_AT: usize = 4096;
/// Cells that fit no table, behind which none is looked for.
const MAX_ASTRAY: usize = 256;

/// Emits the text of a story; false where the receiver wants no more.
pub(super) fn emit(job: &mut Job<'_>, out: Composer, units: &[u16]) -> bool {
    let mut flow = Flow::new(out);
    let text = plain(units, &mut flow);
    let cells: Vec<&str> = text.split(MARK).collect();
    // What stands behind the last mark is no cell.
    let (rest, cells) = cells.split_last().unwrap_or((&"", &[]));
    let (mut at, mut astray) = (0, 0);
    while at < cells.len() && !flow.is_stopped() {
        let (before, first) = cells[at].rsplit_once('\n').unwrap_or(("", cells[at]));
        push_lines(job, &mut flow, before);
        match shape(&cells[at..]).filter(|_| astray < MAX_ASTRAY) {
            Some((columns, rows)) => {
                push_table(job, &mut flow, first, &cells[at..at + columns * rows], columns);
                at += columns * rows;
            }
            None => {
                flow.push(first);
                flow.push("  ");
                (at, astray) = (at + 1, astray + 1);
            }
        }
    }
    push_lines(job, &mut flow, rest);
    flow.finish(job)
}

fn push_lines(job: &mut Job<'_>, flow: &mut Flow, text: &str) {
    for line in text.split('\n') {
        flow.push(line);
        flow.end_line(job);
    }
}

/// Columns, with the mark that ends a row, and rows of the table that begins here. A row ends in a mark of its own,
/// which stands like an empty cell at the end of every row.
fn shape(cells: &[&str]) -> Option<(usize, usize)> {
    (2..=MAX_COLUMNS.min(cells.len())).find_map(|columns| {
        let (mut rows, mut at) = (0, 0);
        while at + columns <= cells.len() && rows < LOOKED_AT {
            if rows > 0 && cells[at].contains('\n') || !cells[at + columns - 1].is_empty() {
                break;
            }
            (rows, at) = (rows + 1, at + columns);
        }
        let ends = at >= cells.len() || cells[at].contains('\n') || rows == LOOKED_AT;
        (rows > 0 && ends).then_some((columns, rows))
    })
}

fn push_table(job: &mut Job<'_>, flow: &mut Flow, first: &str, cells: &[&str], columns: usize) {
    flow.open_table(job);
    for (row, texts) in cells.chunks(columns).enumerate() {
        for (column, text) in texts[..columns - 1].iter().enumerate() {
            flow.open_cell();
            flow.push(if row + column == 0 { first } else { text });
            flow.close_cell(job);
        }
        flow.close_row(job);
    }
    flow.close_table(job);
}

/// A field that is open: its code, and whether its result has begun.
#[derive(Default)]
struct Field {
    code: String,
    shown: bool,
}

/// The text as it is shown, with its marks; what links lead to goes to `flow`.
fn plain(units: &[u16], flow: &mut Flow) -> String {
    let mut text = String::with_capacity(units.len());
    let mut fields: Vec<Field> = Vec::new();
    let mut too_deep = 0;
    for char in char::decode_utf16(units.iter().copied()).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)) {
        let char = match char {
            '\u{13}' if fields.len() >= MAX_DEPTH => {
                too_deep += 1;
                continue;
            }
            '\u{13}' => {
                fields.push(Field::default());
                continue;
            }
            '\u{14}' if too_deep == 0 => {
                if let Some(field) = fields.last_mut() {
                    field.shown = true;
                }
                continue;
            }
            '\u{15}' if too_deep > 0 => {
                too_deep -= 1;
                continue;
            }
            '\u{15}' => {
                let Some(field) = fields.pop() else { continue };
                push_link(&field.code, flow);
                // What has no result may say it in its code: an entry of an index, how a name is spoken.
                if !field.shown && field.code.trim().contains(' ') {
                    target(&mut fields, &mut text).push_str(&field.code);
                }
                continue;
            }
            '\r' | '\u{B}' | '\u{C}' | '\u{E}' => '\n',
            '\u{1E}' => '-',
            MARK | '\t' | '\n' => char,
            it if it < ' ' => continue,
            it => it,
        };
        target(&mut fields, &mut text).push(char);
    }
    // A field that never ends hides nothing.
    for field in fields.iter().filter(|it| !it.shown) {
        text.push_str(&field.code);
    }
    text
}

/// Where text goes: the code of a field whose result has not begun, or the story.
fn target<'t>(fields: &'t mut [Field], text: &'t mut String) -> &'t mut String {
    fields.iter_mut().rev().find(|it| !it.shown).map_or(text, |it| &mut it.code)
}

/// Keeps what a link leads to, and the file that is included.
fn push_link(code: &str, flow: &mut Flow) {
    let code = code.trim();
    let kind = code.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    if !matches!(kind.as_str(), "HYPERLINK" | "INCLUDEPICTURE" | "INCLUDETEXT" | "LINK") {
        return;
    }
    let quoted: Vec<&str> = code.split('"').skip(1).step_by(2).collect();
    if quoted.is_empty() {
        flow.push_named("link", code.split_whitespace().nth(1).unwrap_or_default());
    }
    for target in quoted {
        flow.push_named("link", target);
    }
}
