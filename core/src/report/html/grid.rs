//! Tables that people sort, filter and page. The first rows stand in the page as they are, for readers without scripts
//! and for print; all of them stand in it as data.

use std::fmt::Write;

use super::write::{Shown, bytes, count, visible};
use crate::report::overview::Level;

/// Rows that stand in the page without a script; a page of the script's.
const PAGE: usize = 25;

/// A table.
pub struct Grid {
    /// Its name in the page.
    pub id: &'static str,
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, the most telling first.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
pub struct Column {
    /// Its header.
    pub title: &'static str,
    /// How its values are shown: a case of `show` in `script.js`.
    pub kind: Kind,
    /// Of choices: stable ids and what they are called.
    pub names: Vec<(&'static str, &'static str)>,
    /// Rows can be chosen by it.
    pub chosen: bool,
}

/// How values are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Path,
    Text,
    Count,
    Size,
    Risk,
    Choice,
}

/// A value.
pub enum Cell {
    /// A text; of a choice, its id.
    Text(String),
    /// A number; -1 is an unknown size.
    Number(i64),
}

impl Kind {
    fn id(self) -> &'static str {
        match self {
            Kind::Path => "path",
            Kind::Text => "text",
            Kind::Count => "count",
            Kind::Size => "size",
            Kind::Risk => "risk",
            Kind::Choice => "choice",
        }
    }
}

impl Column {
    /// A column of texts or numbers.
    pub fn new(title: &'static str, kind: Kind) -> Self {
        Column { title, kind, names: Vec::new(), chosen: false }
    }

    /// A column of risks from 0 to 25, by whose levels rows can be chosen.
    pub fn risk() -> Self {
        let names = Level::ALL.map(|it| (it.id(), it.id())).to_vec();
        Column { title: "Risk", kind: Kind::Risk, names, chosen: true }
    }

    /// A column of ids, by which rows can be chosen.
    pub fn choice(title: &'static str, names: Vec<(&'static str, &'static str)>) -> Self {
        Column { title, kind: Kind::Choice, names, chosen: true }
    }
}

impl Cell {
    /// A number that fits.
    pub fn count(number: u64) -> Self {
        Cell::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn text(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
        }
    }
}

impl Grid {
    /// The table and what it is worked with.
    pub fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "<div data-grid=\"{}\">", self.id)?;
        self.write_controls(out)?;
        writeln!(out, "<div class=\"scroll\"><table id=\"{}\"><caption>{}</caption>", self.id, Shown(&self.caption))?;
        out.push_str("<thead><tr>");
        for column in &self.columns {
            let number = matches!(column.kind, Kind::Count | Kind::Size | Kind::Risk);
            let class = if number { " class=\"num\"" } else { "" };
            write!(out, "<th scope=\"col\"{class}>{}</th>", Shown(column.title))?;
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in self.rows.iter().take(PAGE) {
            self.write_row(out, row)?;
        }
        out.push_str("</tbody></table></div>\n");
        out.push_str("<div class=\"pager\" hidden><span></span><button type=\"button\">Previous</button>");
        out.push_str("<button type=\"button\">Next</button></div>\n</div>\n");
        if self.rows.len() > PAGE {
            let all = count(self.rows.len() as u64);
            writeln!(
                out,
                "<noscript><p class=\"soft small\">The first {PAGE} of {all} rows. Scripts show the rest.</p></noscript>"
            )?;
        }
        Ok(())
    }

    fn write_controls(&self, out: &mut String) -> std::fmt::Result {
        out.push_str("<div class=\"controls\" hidden>");
        write!(
            out,
            "<label>Filter<input type=\"search\" autocomplete=\"off\" spellcheck=\"false\" aria-controls=\"{}\"></label>",
            self.id
        )?;
        for (at, column) in self.columns.iter().enumerate().filter(|it| it.1.chosen) {
            write!(out, "<label>{}<select data-column=\"{at}\"><option value=\"\">all</option>", Shown(column.title))?;
            for (id, name) in &column.names {
                write!(out, "<option value=\"{}\">{}</option>", Shown(id), Shown(name))?;
            }
            out.push_str("</select></label>");
        }
        out.push_str("<span class=\"said\" role=\"status\"></span></div>\n");
        Ok(())
    }

    fn write_row(&self, out: &mut String, row: &[Cell]) -> std::fmt::Result {
        out.push_str("<tr>");
        for (column, cell) in self.columns.iter().zip(row) {
            match (column.kind, cell) {
                (Kind::Count, Cell::Number(number)) => {
                    write!(out, "<td class=\"num\">{}</td>", count(u64::try_from(*number).unwrap_or(0)))?;
                }
                (Kind::Size, Cell::Number(number)) => {
                    let size = u64::try_from(*number).map(bytes).unwrap_or_default();
                    write!(out, "<td class=\"num\">{size}</td>")?;
                }
                (Kind::Risk, Cell::Number(number)) => {
                    let level = Level::of(u8::try_from(*number).unwrap_or(0));
                    let chip = format!("<span class=\"chip l{}\">{number} {}</span>", level as u8, level.id());
                    write!(out, "<td class=\"num\">{chip}</td>")?;
                }
                (Kind::Path, cell) => write!(out, "<td class=\"path\"><bdi>{}</bdi></td>", Shown(&cell.text()))?,
                (Kind::Choice, cell) => {
                    let id = cell.text();
                    let name = column.names.iter().find(|it| it.0 == id).map_or(id.as_str(), |it| it.1);
                    write!(out, "<td><span class=\"chip c-{}\">{}</span></td>", Shown(&id), Shown(name))?;
                }
                (_, cell) => write!(out, "<td>{}</td>", Shown(&cell.text()))?,
            }
        }
        out.push_str("</tr>\n");
        Ok(())
    }

    /// The table as data.
    fn write_data(&self, out: &mut String) {
        write_string(out, self.id);
        out.push_str(":{\"columns\":[");
        for (at, column) in self.columns.iter().enumerate() {
            out.push_str(if at > 0 { "," } else { "" });
            out.push_str("{\"kind\":");
            write_string(out, column.kind.id());
            if !column.names.is_empty() {
                out.push_str(",\"names\":{");
                for (at, (id, name)) in column.names.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    write_string(out, id);
                    out.push(':');
                    write_string(out, name);
                }
                out.push('}');
            }
            out.push('}');
        }
        out.push_str("],\"rows\":[");
        for (at, row) in self.rows.iter().enumerate() {
            out.push_str(if at > 0 { ",\n[" } else { "\n[" });
            for (at, cell) in row.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                match cell {
                    Cell::Text(text) => write_string(out, &visible(text)),
                    Cell::Number(number) => out.push_str(&number.to_string()),
                }
            }
            out.push(']');
        }
        out.push_str("]}");
    }
}

/// All tables as one block of data. It is no script: nothing in it can run, or end it.
pub fn write_all(out: &mut String, grids: &[&Grid]) {
    out.push_str("<script type=\"application/json\" id=\"data\">{\"levels\":[");
    for (at, level) in Level::ALL.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write_string(out, level.id());
    }
    out.push_str("],\"tables\":{");
    for (at, grid) in grids.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        grid.write_data(out);
    }
    out.push_str("}}</script>\n");
}

/// A JSON string in which no markup begins.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for it in text.chars() {
        match it {
            '"' | '\\' => out.extend(['\\', it]),
            '<' | '>' | '&' => out.push_str(&format!("\\u{:04x}", u32::from(it))),
            it if it.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(it))),
            it => out.push(it),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_holds_no_markup_and_is_json() {
        let hostile = "</script><script>alert(1)</script>\n\u{202e}\"\\";
        let grid = Grid {
            id: "t",
            caption: String::new(),
            columns: vec![Column::new("Path", Kind::Path), Column::new("n", Kind::Count)],
            rows: vec![vec![Cell::Text(hostile.into()), Cell::count(7)]],
        };
        let mut out = String::new();
        write_all(&mut out, &[&grid]);
        assert_eq!(out.matches('<').count(), 2, "{out}");
        let json = out.split_once('>').unwrap().1.strip_suffix("</script>\n").unwrap();
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let row = &value["tables"]["t"]["rows"][0];
        assert_eq!(row[0], visible(hostile).as_str());
        assert_eq!(row[1], 7);
    }
}
