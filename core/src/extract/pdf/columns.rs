//! Columns of prose are read one after the other; cells of a table stay on their lines, behind their labels.

use super::layout::Line;

/// Lines of a page that are looked at for columns.
const MAX_LINES: usize = 4000;
/// Columns beside each other, as a number of halvings.
const MAX_DEPTH: u32 = 4;
/// Places at which a gutter is looked for.
const PLACES: usize = 120;
/// Lines that make a column.
const MIN_LINES: usize = 5;
/// Characters that a line of prose has on the average.
const MIN_CHARS: usize = 22;
/// Part of its column's width that a usual line of prose fills.
const MIN_FILL: f64 = 0.7;

/// The lines of a page, from top to bottom, put into the order in which they are read.
pub(super) fn in_reading_order(lines: Vec<Line>) -> Vec<Line> {
    if lines.len() > MAX_LINES {
        return lines;
    }
    let mut out = Vec::with_capacity(lines.len());
    order(lines, 0, &mut out);
    out
}

/// A gutter, and the lines on both sides of it.
#[derive(Clone, Copy)]
struct Gutter {
    x: f64,
    from: usize,
    to: usize,
}

fn order(lines: Vec<Line>, depth: u32, out: &mut Vec<Line>) {
    let gutter = if depth < MAX_DEPTH { find_gutter(&lines) } else { None };
    let Some(Gutter { x, from, to }) = gutter else {
        return out.extend(lines);
    };
    let (mut above, mut left, mut right, mut below) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, line) in lines.into_iter().enumerate() {
        if index < from {
            above.push(line);
        } else if index >= to {
            below.push(line);
        } else {
            let (one, other) = line.split(x);
            left.extend(Some(one).filter(|it| !it.is_empty()));
            right.extend(Some(other).filter(|it| !it.is_empty()));
        }
    }
    for part in [above, left, right, below] {
        order(part, depth + 1, out);
    }
}

/// The gutter between columns of prose that runs past most lines.
fn find_gutter(lines: &[Line]) -> Option<Gutter> {
    if lines.len() < MIN_LINES {
        return None;
    }
    let spans = || lines.iter().flat_map(Line::spans);
    let left = spans().map(|it| it.0).fold(f64::INFINITY, f64::min);
    let right = spans().map(|it| it.1).fold(f64::NEG_INFINITY, f64::max);
    let mut best: Option<Gutter> = None;
    for place in PLACES / 8..PLACES - PLACES / 8 {
        let x = left + (right - left) * place as f64 / PLACES as f64;
        let Some(gutter) = longest_run(lines, x) else { continue };
        let is_longer = best.is_none_or(|it| gutter.to - gutter.from > it.to - it.from);
        if is_longer && is_prose(&lines[gutter.from..gutter.to], x) {
            best = Some(gutter);
        }
    }
    best
}

/// The most lines in a row that leave `x` free.
fn longest_run(lines: &[Line], x: f64) -> Option<Gutter> {
    let mut best: Option<Gutter> = None;
    let mut from = 0;
    for index in 0..=lines.len() {
        let is_free = lines.get(index).is_some_and(|line| line.spans().all(|(left, right, _)| x <= left || x >= right));
        if is_free {
            continue;
        }
        if index - from >= MIN_LINES && best.is_none_or(|it| index - from > it.to - it.from) {
            best = Some(Gutter { x, from, to: index });
        }
        from = index + 1;
    }
    best
}

/// True where both sides of `x` hold lines that fill their width.
fn is_prose(lines: &[Line], x: f64) -> bool {
    [false, true].into_iter().all(|right_side| {
        let mut bounds = (f64::INFINITY, f64::NEG_INFINITY);
        let mut filled = Vec::new();
        let mut chars = 0;
        for line in lines {
            let mut width = 0.0;
            for (left, right, len) in line.spans().filter(|it| (it.0 >= x) == right_side) {
                bounds = (bounds.0.min(left), bounds.1.max(right));
                width += right - left;
                chars += len;
            }
            if width > 0.0 {
                filled.push(width);
            }
        }
        filled.sort_by(f64::total_cmp);
        let usual = filled.get(filled.len() / 2).copied().unwrap_or(0.0);
        filled.len() >= MIN_LINES && chars / filled.len() >= MIN_CHARS && usual >= MIN_FILL * (bounds.1 - bounds.0)
    })
}
