//! Folders as areas: as large as their findings are many, as dark as their risk is high.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::write::{Shown, count};
use crate::report::overview::{FolderRow, Level};

const WIDTH: f64 = 1100.0;
const HEIGHT: f64 = 400.0;
/// Areas at most.
const MOST: usize = 36;
/// Width of a character, about.
const CHARACTER: f64 = 7.4;

/// A rectangle: x, y, width, height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// Folders that are one area.
struct Group<'f> {
    path: String,
    /// Steps of the path that tell them from others.
    depth: usize,
    folders: Vec<&'f FolderRow>,
}

/// Folders summed up to few enough for a picture, those with the most findings first.
pub fn summed(folders: &[FolderRow]) -> Vec<FolderRow> {
    let met = folders.iter().filter(|it| it.findings > 0).collect();
    let mut groups = vec![Group { path: String::new(), depth: 0, folders: met }];
    while let Some(at) =
        (0..groups.len()).filter(|it| groups[*it].has_several()).max_by_key(|it| groups[*it].findings())
    {
        let parts = groups[at].parts();
        if groups.len() - 1 + parts.len() > MOST {
            break;
        }
        groups.swap_remove(at);
        groups.extend(parts);
    }
    let mut rows: Vec<FolderRow> = groups.iter().filter(|it| !it.folders.is_empty()).map(Group::sum).collect();
    rows.sort_by(|a, b| b.findings.cmp(&a.findings).then_with(|| a.path.cmp(&b.path)));
    rows
}

impl<'f> Group<'f> {
    fn findings(&self) -> u64 {
        self.folders.iter().map(|it| it.findings).sum()
    }

    fn has_several(&self) -> bool {
        self.folders.windows(2).any(|two| two[0].path != two[1].path)
    }

    /// The same folders told apart by one more step of their paths.
    fn parts(&self) -> Vec<Group<'f>> {
        let mut parts: BTreeMap<&str, Vec<&FolderRow>> = BTreeMap::new();
        for folder in &self.folders {
            parts.entry(cut(&folder.path, self.depth + 1)).or_default().push(folder);
        }
        let group = |(path, folders): (&str, _)| Group { path: path.to_owned(), depth: self.depth + 1, folders };
        parts.into_iter().map(group).collect()
    }

    fn sum(&self) -> FolderRow {
        FolderRow {
            path: if self.folders.len() == 1 { self.folders[0].path.clone() } else { self.path.clone() },
            sources: self.folders.iter().map(|it| it.sources).sum(),
            findings: self.findings(),
            risk: self.folders.iter().map(|it| it.risk).max().unwrap_or(0),
        }
    }
}

/// The first steps of a path.
fn cut(path: &str, steps: usize) -> &str {
    let absolute = usize::from(path.starts_with('/'));
    let end = path.match_indices('/').map(|it| it.0).nth(steps - 1 + absolute);
    end.map_or(path, |end| &path[..end])
}

/// The areas of values in falling order, as near to squares as can be (Bruls, Huizing and van Wijk, 2000).
pub fn squarified(values: &[f64], mut room: Area) -> Vec<Area> {
    let total: f64 = values.iter().sum();
    let scale = room.width * room.height / total.max(f64::MIN_POSITIVE);
    let sizes: Vec<f64> = values.iter().map(|it| it * scale).collect();
    let mut areas = Vec::with_capacity(values.len());
    let mut first = 0;
    while first < sizes.len() {
        let side = room.width.min(room.height);
        let mut last = first + 1;
        while last < sizes.len() && worst(&sizes[first..=last], side) <= worst(&sizes[first..last], side) {
            last += 1;
        }
        let row: f64 = sizes[first..last].iter().sum();
        let thickness = if side > 0.0 { row / side } else { 0.0 };
        let mut along = 0.0;
        for size in &sizes[first..last] {
            let length = if thickness > 0.0 { size / thickness } else { 0.0 };
            areas.push(match room.width >= room.height {
                true => Area { x: room.x, y: room.y + along, width: thickness, height: length },
                false => Area { x: room.x + along, y: room.y, width: length, height: thickness },
            });
            along += length;
        }
        if room.width >= room.height {
            (room.x, room.width) = (room.x + thickness, room.width - thickness);
        } else {
            (room.y, room.height) = (room.y + thickness, room.height - thickness);
        }
        first = last;
    }
    areas
}

/// The worst ratio of sides in a row of such areas.
fn worst(sizes: &[f64], side: f64) -> f64 {
    let sum: f64 = sizes.iter().sum();
    let (least, most) = sizes.iter().fold((f64::INFINITY, 0.0f64), |it, size| (it.0.min(*size), it.1.max(*size)));
    let square = side * side;
    (square * most / (sum * sum)).max(sum * sum / (square * least))
}

/// The picture and the same as a table.
pub fn write(out: &mut String, folders: &[FolderRow]) -> std::fmt::Result {
    let rows = summed(folders);
    if rows.is_empty() {
        out.push_str("<p class=\"soft\">No folder holds a finding.</p>\n");
        return Ok(());
    }
    let values: Vec<f64> = rows.iter().map(|it| it.findings as f64).collect();
    let areas = squarified(&values, Area { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT });
    write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Folders by findings; the table below says the same\">"
    )?;
    for (row, area) in rows.iter().zip(&areas) {
        write_area(out, row, *area)?;
    }
    out.push_str("</svg>\n<ul class=\"legend\">");
    for level in Level::ALL {
        let number = level as u8;
        write!(
            out,
            "<li><svg class=\"key\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"area-l{number}\" width=\"1\" height=\"1\" rx=\".2\"/></svg>{} risk</li>",
            if number == 0 { "no" } else { level.id() }
        )?;
    }
    out.push_str("</ul>\n<details><summary class=\"small soft\">As a table</summary><table><caption class=\"unseen\">Folders by findings</caption><thead><tr><th scope=\"col\">Folder</th><th scope=\"col\" class=\"num\">Files</th><th scope=\"col\" class=\"num\">Findings</th><th scope=\"col\" class=\"num\">Highest risk</th></tr></thead><tbody>\n");
    for row in &rows {
        let level = Level::of(row.risk);
        writeln!(
            out,
            "<tr><td class=\"path\"><bdi>{}</bdi></td><td class=\"num\">{}</td><td class=\"num\">{}</td><td class=\"num\"><span class=\"chip l{}\">{} {}</span></td></tr>",
            Shown(&row.path),
            count(row.sources),
            count(row.findings),
            level as u8,
            row.risk,
            level.id()
        )?;
    }
    out.push_str("</tbody></table></details>\n");
    Ok(())
}

fn write_area(out: &mut String, row: &FolderRow, area: Area) -> std::fmt::Result {
    let level = Level::of(row.risk) as u8;
    let name = row.path.rsplit('/').next().filter(|it| !it.is_empty()).unwrap_or(&row.path);
    let Area { x, y, width, height } = area;
    write!(
        out,
        "<g><title>{}: {} findings in {} files</title><rect class=\"tile area-l{level}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"4\"/>",
        Shown(&row.path),
        count(row.findings),
        count(row.sources)
    )?;
    let letters = ((width - 18.0) / CHARACTER).max(0.0) as usize;
    if letters >= 4 && height >= 26.0 {
        let shown: String = match name.chars().count() > letters {
            true => name.chars().take(letters - 1).chain(['…']).collect(),
            false => name.to_owned(),
        };
        write!(
            out,
            "<text class=\"l{level}\" x=\"{:.1}\" y=\"{:.1}\" font-size=\"13.5\" font-weight=\"600\">{}</text>",
            x + 10.0,
            y + 21.0,
            Shown(&shown)
        )?;
        if height >= 44.0 {
            write!(
                out,
                "<text class=\"l{level}\" x=\"{:.1}\" y=\"{:.1}\" font-size=\"12.5\">{}</text>",
                x + 10.0,
                y + 38.0,
                count(row.findings)
            )?;
        }
    }
    out.push_str("</g>\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &str, findings: u64, risk: u8) -> FolderRow {
        FolderRow { path: path.into(), sources: 1, findings, risk }
    }

    #[test]
    fn areas_fill_the_room_and_are_as_large_as_their_values() {
        let values = [600.0, 300.0, 300.0, 200.0, 100.0, 50.0];
        let areas = squarified(&values, Area { x: 0.0, y: 0.0, width: 100.0, height: 60.0 });
        assert_eq!(areas.len(), values.len());
        for (area, value) in areas.iter().zip(values) {
            assert!((area.width * area.height - value / 1550.0 * 6000.0).abs() < 1e-6);
            assert!(
                area.x > -1e-9
                    && area.y > -1e-9
                    && area.x + area.width < 100.0 + 1e-6
                    && area.y + area.height < 60.0 + 1e-6
            );
        }
    }

    #[test]
    fn folders_are_summed_where_they_are_many_and_nothing_is_lost() {
        let few = [folder("share/a", 5, 3), folder("share/a/b", 7, 20), folder("share/c", 0, 0)];
        let rows = summed(&few);
        let paths: Vec<(&str, u64, u8)> = rows.iter().map(|it| (it.path.as_str(), it.findings, it.risk)).collect();
        assert_eq!(paths, [("share/a/b", 7, 20), ("share/a", 5, 3)]);
        let many: Vec<FolderRow> =
            (0..500).map(|it| folder(&format!("/srv/ward{}/day{it}", it % 7), 1 + it % 3, 4)).collect();
        let rows = summed(&many);
        assert!((2..=MOST).contains(&rows.len()), "{}", rows.len());
        assert_eq!(rows.iter().map(|it| it.findings).sum::<u64>(), many.iter().map(|it| it.findings).sum::<u64>());
        assert_eq!(rows.iter().map(|it| it.sources).sum::<u64>(), 500);
    }
}
