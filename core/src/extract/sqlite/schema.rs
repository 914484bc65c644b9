//! The schema table: which trees there are, and what their columns are called. Reads rows, no pages.

use super::super::encoding::Encoding;
use super::super::sql;
use super::record::{Cell, cells};
use super::rows::text;

/// A tree that the schema names.
pub(super) struct Object {
    pub(super) root: u32,
    /// What it says of its rows; nothing for an index, whose entries stand in its table too.
    pub(super) table: Option<Table>,
}

/// A table.
#[derive(Clone, Default)]
pub(super) struct Table {
    pub(super) name: Vec<u8>,
    pub(super) columns: Vec<Vec<u8>>,
    /// The column of each stored value, in their order.
    pub(super) order: Vec<usize>,
    /// The column that stands for the row's number.
    pub(super) rowid: Option<usize>,
}

/// A row of the schema: its SQL, and the tree if it has one. `None` where it is no such row.
pub(super) fn object(payload: &[u8], encoding: Encoding) -> Option<(Vec<u8>, Option<Object>)> {
    let cells = cells(payload)?;
    let string = |index: usize| match cells.get(index) {
        Some(Cell::Text(value)) => text(value, encoding).into_owned(),
        _ => Vec::new(),
    };
    let (kind, name, sql) = (string(0), string(1), string(4));
    let root = match cells.get(3)? {
        Cell::Integer(root) => u32::try_from(*root).ok()?,
        Cell::Null => 0,
        _ => return None,
    };
    if root == 0 {
        return Some((sql, None));
    }
    let table = (kind == b"table").then(|| describe(name, &sql));
    Some((sql, Some(Object { root, table })))
}

fn describe(name: Vec<u8>, sql: &[u8]) -> Table {
    let Some(declared) = sql::table(sql) else { return Table { name, ..Table::default() } };
    let columns: Vec<Vec<u8>> = declared.columns.iter().map(|it| it.name.clone()).collect();
    let stored = (0..columns.len()).filter(|index| !declared.columns[*index].is_virtual);
    let place = |key: &Vec<u8>| columns.iter().position(|it| it.eq_ignore_ascii_case(key));
    let mut keys: Vec<usize> = declared.key.iter().filter_map(place).collect();
    keys.extend((0..columns.len()).filter(|index| declared.columns[*index].is_primary));
    if declared.without_rowid {
        // The key's columns come first.
        let mut order: Vec<usize> = Vec::new();
        for index in keys.into_iter().chain(stored) {
            if !order.contains(&index) {
                order.push(index);
            }
        }
        return Table { name, columns, order, rowid: None };
    }
    let rowid = match keys[..] {
        [key] if declared.columns[key].is_integer => Some(key),
        _ => None,
    };
    Table { order: stored.collect(), name, columns, rowid }
}
