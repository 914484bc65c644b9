//! What changed from run to run: a line for each figure.

use std::fmt::Write;

use super::write::{count, iso_day};
use crate::report::overview::RunPoint;

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 72.0;
/// Runs in a line at most: the last ones.
const MOST: usize = 60;

/// A figure of a run; `None` where it was not counted.
type Figure = fn(&RunPoint) -> Option<u64>;

const FIGURES: [(&str, Figure); 4] = [
    ("sources with ePHI", |it| Some(it.ephi)),
    ("individuals", |it| it.people),
    ("findings", |it| Some(it.findings)),
    ("sources not wholly read", |it| Some(it.not_read)),
];

/// The lines and the same as a table.
pub fn write(out: &mut String, runs: &[RunPoint]) -> std::fmt::Result {
    let runs = &runs[runs.len().saturating_sub(MOST)..];
    if runs.len() < 2 {
        out.push_str("<p class=\"soft\">This is the first run. The next one shows what changed.</p>\n");
        return Ok(());
    }
    out.push_str("<div class=\"trend\">\n");
    for (name, figure) in FIGURES {
        write_figure(out, name, runs, figure)?;
    }
    out.push_str("</div>\n<details><summary class=\"small soft\">As a table</summary><table><caption class=\"unseen\">Figures at the end of each run</caption><thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Day</th><th scope=\"col\" class=\"num\">Sources</th>");
    for (name, _) in FIGURES {
        write!(out, "<th scope=\"col\" class=\"num\">{name}</th>")?;
    }
    out.push_str("</tr></thead><tbody>\n");
    for run in runs.iter().rev() {
        write!(
            out,
            "<tr><td>{}</td><td>{}</td><td class=\"num\">{}</td>",
            run.id,
            iso_day(run.started),
            count(run.sources)
        )?;
        for (_, figure) in FIGURES {
            write!(out, "<td class=\"num\">{}</td>", figure(run).map(count).unwrap_or_default())?;
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></details>\n");
    Ok(())
}

fn write_figure(out: &mut String, name: &str, runs: &[RunPoint], figure: Figure) -> std::fmt::Result {
    let values: Vec<u64> = runs.iter().filter_map(figure).collect();
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return Ok(()) };
    let most = values.iter().copied().max().unwrap_or(0).max(1) as f64;
    let aside = WIDTH / (values.len().max(2) - 1) as f64;
    let point = |(at, value): (usize, &u64)| {
        (6.0 + (aside * at as f64) * (WIDTH - 12.0) / WIDTH, HEIGHT - 6.0 - (HEIGHT - 14.0) * *value as f64 / most)
    };
    let points: Vec<(f64, f64)> = values.iter().enumerate().map(point).collect();
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    let (end_x, end_y) = points[points.len() - 1];
    let change = match last.cmp(first) {
        std::cmp::Ordering::Equal => "as in the first run shown".to_owned(),
        std::cmp::Ordering::Greater => format!("{} more than in the first run shown", count(last - first)),
        std::cmp::Ordering::Less => format!("{} fewer than in the first run shown", count(first - last)),
    };
    writeln!(
        out,
        "<figure><figcaption><b>{}</b>{name}, {change}</figcaption><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\"><line class=\"rule\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{base}\" y2=\"{base}\"/><path class=\"area\" d=\"M{} {base}L{}L{end_x:.1} {base}Z\"/><polyline class=\"line\" points=\"{}\"/><circle class=\"point\" cx=\"{end_x:.1}\" cy=\"{end_y:.1}\" r=\"3.5\"/></svg></figure>",
        count(*last),
        format_args!("{:.1}", points[0].0),
        line.join("L"),
        line.join(" "),
        base = HEIGHT - 6.0,
    )
}
