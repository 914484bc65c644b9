//! Whether a text is SQL: it begins with a statement, and one that names columns stands at the beginning of a line.

use super::super::head::Head;
use super::lex::{Dialect, Kind, Next};
use super::{STARTS, statement};

/// Bytes looked at.
const LOOKED_AT: usize = 64 << 10;
/// Statements tried at most.
const MAX_TRIALS: usize = 32;
/// What the first statement of a script begins with.
const FIRSTS: [&str; 30] = [
    "ALTER",
    "BEGIN",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DECLARE",
    "DELETE",
    "DELIMITER",
    "DROP",
    "EXEC",
    "GO",
    "GRANT",
    "IF",
    "INSERT",
    "LOCK",
    "MERGE",
    "PRAGMA",
    "PRINT",
    "REPLACE",
    "SELECT",
    "SET",
    "START",
    "TRUNCATE",
    "UPDATE",
    "USE",
    "WITH",
    "PROMPT",
    "REM",
    "DO",
];

/// True where the stream is a dump or script.
pub(in super::super) fn sniff(head: &Head<'_>) -> bool {
    let text = head.text();
    let text = &text[..text.len().min(LOOKED_AT)];
    let dialect = Dialect::of(text);
    begins_so(dialect, text) && (has_columns(dialect, text, head.ended) || head.is_named(".sql"))
}

/// Comments, then a word that begins statements.
fn begins_so(dialect: Dialect, text: &[u8]) -> bool {
    let mut at = 0;
    loop {
        match dialect.next(text, at, true) {
            Next::Token(token) if token.kind == Kind::Comment || token.is_symbol(b'!') => at = token.range.end,
            // `\connect`, `\restrict`
            Next::Token(token) if token.is_symbol(b'\\') && at > 0 => {
                let Some(line_end) = memchr::memchr(b'\n', &text[at..]) else { return false };
                at += line_end + 1;
            }
            Next::Token(token) => return FIRSTS.iter().any(|it| token.is(text, it)),
            Next::Cut(_) | Next::End => return false,
        }
    }
}

/// A statement that names columns stands at the beginning of a line.
fn has_columns(dialect: Dialect, text: &[u8], ended: bool) -> bool {
    let line_starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|at| at + 1));
    let begins = |at: &usize| {
        let line = text[*at..].trim_ascii_start();
        STARTS.iter().any(|it| line.len() > it.len() && line[..it.len()].eq_ignore_ascii_case(it.as_bytes()))
    };
    line_starts.filter(begins).take(MAX_TRIALS).any(|at| statement::begin(dialect, text, at, ended).is_ok())
}
