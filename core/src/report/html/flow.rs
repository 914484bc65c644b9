//! Which sources share individuals, as a graph from where values are kept to where they ended up, and as a table.

use std::collections::HashMap;
use std::fmt::Write;

use super::grid::{Cell, Column, Grid, Kind};
use super::write::{Shown, count};
use crate::report::overview::Shared;

/// Classes of places by column, from where values are made to where they should not be.
const COLUMNS: [(&[&str], &str); 8] = [
    (&[""], "Kept"),
    (&["export"], "Exports"),
    (&["mail", "home"], "Mail, homes"),
    (&["backup"], "Backups"),
    (&["log"], "Logs"),
    (&["temp", "cache", "download"], "Temporary"),
    (&["test"], "Test data"),
    (&["web_root"], "Web"),
];
/// Sources in the picture at most.
const MOST_NODES: usize = 24;
/// Lines into a source in it at most.
const STRONGEST: usize = 2;
/// Lines in it at most.
const MOST_EDGES: usize = 48;
const WIDTH: f64 = 1100.0;
const STEP: f64 = 46.0;
/// Width of a source's box at most, and room beside it.
const BOX: f64 = 176.0;
const ASIDE: f64 = 34.0;

struct Node<'a> {
    path: &'a str,
    column: usize,
    row: usize,
}

/// The picture.
pub fn write(out: &mut String, flow: &[Shared]) -> std::fmt::Result {
    if flow.is_empty() {
        out.push_str("<p class=\"soft\">No two sources share an individual.</p>\n");
        return Ok(());
    }
    let (nodes, columns) = placed(flow);
    let rows = columns.iter().map(|it| it.1).max().unwrap_or(1);
    let height = 34.0 + STEP * rows as f64;
    let box_width = BOX.min((WIDTH - ASIDE * (columns.len() - 1) as f64) / columns.len() as f64);
    let aside = (WIDTH - box_width) / (columns.len().max(2) - 1) as f64;
    let at = |node: &Node| (aside * node.column as f64, 34.0 + STEP * node.row as f64);
    write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Sources that share individuals; the table below says the same\">"
    )?;
    for (number, (class, _)) in columns.iter().enumerate() {
        let name = COLUMNS[*class].1;
        write!(out, "<text class=\"soft\" x=\"{:.1}\" y=\"16\" font-size=\"13\">{name}</text>", aside * number as f64)?;
    }
    let most = flow.first().map_or(1, |it| it.people).max(1) as f64;
    let find = |path: &str| nodes.iter().find(|it| it.path == path);
    for edge in telling(flow) {
        let (Some(from), Some(to)) = (find(&edge.from), find(&edge.to)) else { continue };
        write_edge(out, edge, [at(from), at(to)], box_width, 1.5 + 9.0 * (edge.people as f64 / most).sqrt())?;
    }
    for node in &nodes {
        write_node(out, node, at(node), box_width)?;
    }
    out.push_str("</svg>\n");
    Ok(())
}

/// The strongest lines into each source: all of them would hide each other.
fn telling(flow: &[Shared]) -> Vec<&Shared> {
    let mut into: HashMap<&str, usize> = HashMap::new();
    let mut told = Vec::new();
    for edge in flow {
        let count = into.entry(&edge.to).or_default();
        *count += 1;
        if *count <= STRONGEST && told.len() < MOST_EDGES {
            told.push(edge);
        }
    }
    told
}

/// Sources in columns by what they are; columns with their class and number of rows.
fn placed(flow: &[Shared]) -> (Vec<Node<'_>>, Vec<(usize, usize)>) {
    let mut met: Vec<(&str, usize)> = Vec::new();
    for edge in telling(flow) {
        let ends = [(edge.from.as_str(), edge.from_class.as_str()), (edge.to.as_str(), edge.to_class.as_str())];
        let new = ends.iter().filter(|end| !met.iter().any(|it| it.0 == end.0)).count();
        if met.len() + new > MOST_NODES {
            continue;
        }
        for (path, class) in ends {
            if !met.iter().any(|it| it.0 == path) {
                met.push((path, COLUMNS.iter().position(|it| it.0.contains(&class)).unwrap_or(0)));
            }
        }
    }
    let mut columns: Vec<(usize, usize)> = Vec::new();
    for class in 0..COLUMNS.len() {
        let rows = met.iter().filter(|it| it.1 == class).count();
        if rows > 0 {
            columns.push((class, rows));
        }
    }
    let mut filled = vec![0; columns.len()];
    let nodes = met.iter().map(|(path, class)| {
        let column = columns.iter().position(|it| it.0 == *class).expect("every class that was met has a column");
        filled[column] += 1;
        Node { path, column, row: filled[column] - 1 }
    });
    (nodes.collect(), columns)
}

fn write_edge(
    out: &mut String,
    edge: &Shared,
    [from, to]: [(f64, f64); 2],
    box_width: f64,
    width: f64,
) -> std::fmt::Result {
    let (y, end) = (from.1 + 16.0, to.1 + 16.0);
    let title = format!("{} and {}: {} individuals", Shown(&edge.from), Shown(&edge.to), count(edge.people));
    let path = if (from.0 - to.0).abs() < 1.0 {
        // Within a column the line leaves and comes back on the same side: the one with room.
        let (x, out) = if from.0 < WIDTH / 2.0 { (from.0 + box_width, 56.0) } else { (from.0, -56.0) };
        format!("M{x:.1} {y:.1}C{:.1} {y:.1} {:.1} {end:.1} {x:.1} {end:.1}", x + out, x + out)
    } else {
        let (x, stop) = if from.0 < to.0 { (from.0 + box_width, to.0) } else { (from.0, to.0 + box_width) };
        let middle = (x + stop) / 2.0;
        format!("M{x:.1} {y:.1}C{middle:.1} {y:.1} {middle:.1} {end:.1} {stop:.1} {end:.1}")
    };
    writeln!(out, "<path class=\"edge\" d=\"{path}\" stroke-width=\"{width:.1}\"><title>{title}</title></path>")
}

fn write_node(out: &mut String, node: &Node, (x, y): (f64, f64), width: f64) -> std::fmt::Result {
    let name = node.path.rsplit('/').next().unwrap_or(node.path);
    let letters = ((width - 16.0) / 7.0) as usize;
    let shown: String = match name.chars().count() > letters {
        true => name.chars().take(letters - 1).chain(['…']).collect(),
        false => name.to_owned(),
    };
    writeln!(
        out,
        "<g><title>{}</title><rect class=\"node\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"32\" rx=\"6\"/><text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12.5\">{}</text></g>",
        Shown(node.path),
        x + 8.0,
        y + 20.5,
        Shown(&shown)
    )
}

/// The table.
pub fn grid(flow: &[Shared]) -> Grid {
    let row = |it: &Shared| vec![Cell::Text(it.from.clone()), Cell::Text(it.to.clone()), Cell::count(it.people)];
    Grid {
        id: "flow-table",
        caption: "Pairs of sources and the individuals found in both".into(),
        columns: vec![
            Column::new("One source", Kind::Path),
            Column::new("Another", Kind::Path),
            Column::new("Individuals in both", Kind::Count),
        ],
        rows: flow.iter().map(row).collect(),
    }
}
