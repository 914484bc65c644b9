//! Tells tables from prose, logs and messages by their first rows, and a header from data. Never reads on.

use super::rows;

/// Rows looked at.
const ROWS: usize = 100;
/// Lines above the header row that a table may have.
const PREAMBLE: usize = 4;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Cells of a row.
    pub(super) columns: u32,
    /// Where the header row begins and ends; both 0 where there is none.
    pub(super) header_start: usize,
    pub(super) header_end: usize,
    /// Mean length of a cell, delimiter included.
    pub(super) bytes_per_cell: usize,
}

/// The table that `text` begins with, if it does. `whole` says that no text follows; `named`, that its name or the
/// caller calls it a table.
pub(super) fn sniff(text: &[u8], whole: bool, named: bool) -> Option<Dialect> {
    const NOT_TABLES: [&[u8]; 8] = [b"MSH|", b"FHS|", b"BHS|", b"ISA", b"{", b"[", b"<", b"|"];
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if NOT_TABLES.iter().any(|prefix| text[start..].starts_with(prefix)) {
        return None;
    }
    let end = if whole { text.len() } else { memchr::memrchr(b'\n', text)? + 1 };
    let candidates = [b',', b'\t', b';', b'|'].into_iter().filter_map(|it| read_as(&text[..end], it, named));
    candidates.max_by_key(|dialect| dialect.columns)
}

/// The dialect to read a table in whose rows say nothing.
pub(super) fn fallback(text: &[u8]) -> Dialect {
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, line).count();
    let delimiter = [b'|', b';', b'\t', b','].into_iter().max_by_key(|&it| count(it)).unwrap_or(b',');
    let columns = count(delimiter) as u32 + 1;
    Dialect { delimiter, columns, header_start: 0, header_end: 0, bytes_per_cell: 8 }
}

fn read_as(text: &[u8], delimiter: u8, named: bool) -> Option<Dialect> {
    let line_end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    memchr::memchr(delimiter, &text[..line_end.max(text.len().min(4096))])?;
    let rows = split_rows(text, delimiter, ROWS);
    let rows: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
    let columns = most_common(rows.iter().map(Vec::len))?;
    let first = rows.iter().position(|row| row.len() == columns)?;
    let body = &rows[first..];
    let even = body.iter().filter(|row| row.len() == columns).count();
    if columns < 2 || first > PREAMBLE || even * 10 < body.len() * 9 {
        return None;
    }
    let cells: usize = body.iter().map(Vec::len).sum();
    let bytes: usize = body.iter().flatten().map(|cell| cell.len() + 1).sum();
    let header = is_header(body);
    let table = if header { body.len() >= 2 || named } else { first == 0 && is_headless_table(body, named) };
    if !table || (!named && is_spaced(text, delimiter, cells)) {
        return None;
    }
    let (header_start, header_end) = if header { header_range(text, delimiter, first) } else { (0, 0) };
    let bytes_per_cell = (bytes / cells.max(1)).max(1);
    Some(Dialect { delimiter, columns: columns as u32, header_start, header_end, bytes_per_cell })
}

/// Where the row of that number (empty rows not counted) begins and ends.
fn header_range(text: &[u8], delimiter: u8, row: usize) -> (usize, usize) {
    let mut start = 0;
    let mut seen = 0;
    loop {
        let end = row_end(&text[start..], delimiter) + start;
        let blank = text[start..end].iter().all(|&byte| byte.is_ascii_whitespace() || byte == delimiter);
        if !blank && seen == row {
            return (start, end);
        }
        if end == text.len() {
            return (0, 0);
        }
        seen += usize::from(!blank);
        start = end;
    }
}

fn row_end(text: &[u8], delimiter: u8) -> usize {
    let mut end = text.len();
    walk(text, delimiter, |at, row_ends| {
        end = at + 1;
        !row_ends
    });
    end.min(text.len())
}

/// Visits the end of every cell; stops where told to. From a quote on that is never closed, quotes are literal.
fn walk(text: &[u8], delimiter: u8, mut visit: impl FnMut(usize, bool) -> bool) {
    let Some(open) = walk_from(text, 0, delimiter, true, &mut visit) else {
        return;
    };
    walk_from(text, open, delimiter, false, &mut visit);
}

/// Where the quote stands that is open at the end of the text, if there is one.
fn walk_from(
    text: &[u8],
    from: usize,
    delimiter: u8,
    quotes: bool,
    visit: &mut impl FnMut(usize, bool) -> bool,
) -> Option<usize> {
    let mut quoted = false;
    let mut fresh = true;
    let mut opened = from;
    for (at, &byte) in text.iter().enumerate().skip(from) {
        match byte {
            b'"' if quotes && (quoted || fresh || text[at - 1] == b'"') => {
                opened = if fresh { at } else { opened };
                quoted = !quoted;
                fresh = false;
            }
            b'\n' if !quoted => {
                if !visit(at, true) {
                    return None;
                }
                fresh = true;
            }
            _ if byte == delimiter && !quoted => {
                visit(at, false);
                fresh = true;
            }
            b' ' => {}
            _ => fresh = false,
        }
    }
    if quoted {
        return Some(opened);
    }
    if !text.ends_with(b"\n") {
        visit(text.len(), true);
    }
    None
}

/// The cells of the first rows, trimmed.
pub(super) fn split_rows(text: &[u8], delimiter: u8, most: usize) -> Vec<Vec<&[u8]>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut start = 0;
    walk(text, delimiter, |at, row_ends| {
        let (from, to) = rows::trim(text, start, at.max(start));
        row.push(&text[from..to]);
        start = at + 1;
        if row_ends {
            rows.push(std::mem::take(&mut row));
        }
        rows.len() < most
    });
    rows
}

fn most_common(counts: impl Iterator<Item = usize>) -> Option<usize> {
    let mut tally = std::collections::BTreeMap::new();
    for count in counts {
        *tally.entry(count).or_insert(0usize) += 1;
    }
    tally.into_iter().max_by_key(|&(_, times)| times).map(|(count, _)| count)
}

/// Commas of prose are followed by spaces.
fn is_spaced(text: &[u8], delimiter: u8, cells: usize) -> bool {
    let spaced = memchr::memchr_iter(delimiter, text).filter(|&at| text.get(at + 1) == Some(&b' ')).count();
    spaced * 2 > cells
}

/// Rows without a header must look like data all by themselves: enough of them, of short cells, none of `key=value`.
fn is_headless_table(rows: &[Vec<&[u8]>], named: bool) -> bool {
    let columns = rows[0].len();
    let cells = || rows.iter().flatten().filter(|cell| !cell.is_empty());
    let total = cells().count().max(1);
    let wordy = cells().filter(|cell| memchr::memchr_iter(b' ', cell).count() >= 3).count();
    let pairs = cells().filter(|cell| cell.contains(&b'=')).count();
    let filled = (0..columns).filter(|&column| rows.iter().any(|row| row.get(column).is_some_and(|it| !it.is_empty())));
    let filled = filled.count();
    let tabular = wordy * 10 < total * 4 && pairs * 2 < total && filled >= 2;
    let enough = if named { !rows.is_empty() } else { rows.len() >= 3 && (columns >= 3 || rows.len() >= 5) };
    enough && (tabular || named)
}

/// True where the first row names the columns of the others.
pub(in super::super) fn is_header(rows: &[Vec<&[u8]>]) -> bool {
    let names = &rows[0];
    let filled: Vec<&[u8]> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    let mut folded: Vec<Vec<u8>> = filled.iter().map(|name| name.to_ascii_lowercase()).collect();
    folded.sort_unstable();
    let distinct = folded.windows(2).all(|pair| pair[0] != pair[1]);
    if !distinct || filled.len() * 10 < names.len() * 8 || !filled.iter().all(|name| is_name(name)) {
        return false;
    }
    let typical = filled.iter().filter(|name| is_typical_name(name)).count();
    if typical * 2 >= filled.len() {
        return true;
    }
    (0..names.len()).any(|column| {
        let below = rows[1..].iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        let (mut filled, mut digits) = (0, 0);
        for cell in below {
            filled += 1;
            digits += usize::from(digit_count(cell) * 2 >= cell.len());
        }
        filled > 0 && digits * 2 > filled && digit_count(names[column]) * 2 < names[column].len().max(1)
    })
}

fn digit_count(cell: &[u8]) -> usize {
    cell.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// What a column may be called: short, of letters more than digits, no address, no date, nothing blackened.
pub(in super::super) fn is_name(cell: &[u8]) -> bool {
    let letters = cell.iter().filter(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
    let long_digits = cell.split(|byte| !byte.is_ascii_digit()).any(|run| run.len() >= 4);
    cell.len() <= 64
        && letters > digit_count(cell)
        && !cell.contains(&b'@')
        && !cell.contains(&b'\n')
        && !long_digits
        && !is_redacted(cell)
}

/// `[us_ssn]`, `SSN: [us_ssn]`, `***-**-****`: a value stood there, so its row is data. `Weight [kg]` is a name.
fn is_redacted(cell: &[u8]) -> bool {
    let before = cell.iter().rposition(|byte| *byte == b'[').map(|open| cell[..open].trim_ascii_end());
    let value = before.is_some_and(|it| matches!(it.last(), None | Some(b':' | b'=')));
    value && cell.ends_with(b"]") || cell.iter().filter(|byte| **byte == b'*').count() > 4
}

/// Names people give to columns and not to their children.
pub(in super::super) fn is_typical_name(name: &[u8]) -> bool {
    const WORDS: [&str; 30] = [
        "id",
        "name",
        "first",
        "last",
        "middle",
        "date",
        "time",
        "type",
        "code",
        "value",
        "status",
        "address",
        "street",
        "city",
        "state",
        "zip",
        "country",
        "phone",
        "email",
        "number",
        "no",
        "description",
        "notes",
        "note",
        "gender",
        "sex",
        "age",
        "amount",
        "key",
        "count",
    ];
    let camel = name.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let snake = name.contains(&b'_') && !name.contains(&b' ');
    let mut words = name.split(|byte| !byte.is_ascii_alphabetic());
    camel || snake || words.any(|word| WORDS.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(word)))
}
