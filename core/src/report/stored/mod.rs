//! Reports of a store, one format per file. Sees what the store holds: no value and no document.

mod cef;
mod csv;
mod gather;
mod json;
mod jsonl;
mod markdown;
mod ocsf;
mod sarif;

use std::io::Write;
use std::path::Path;

use super::failed;
use super::html;
use super::overview::{Level, Overview};
use crate::Error;
use crate::inventory::{FindingReader, FindingRow, Inventory, Risk, RiskRules, SourceRow, Surroundings, UnreadRow};
use crate::show::Labels;

/// A store and how it is shown.
pub struct Stored<'a> {
    inventory: &'a Inventory,
    rules: &'a RiskRules,
    labels: Labels,
    overview: Overview,
    around: gather::Around,
}

/// A source with what follows from the store and the rules.
pub struct Seen<'a> {
    /// As in the store.
    pub row: &'a SourceRow,
    /// Its path as it may be shown.
    pub path: &'a str,
    /// Its risk.
    pub risk: &'a Risk,
}

impl Seen<'_> {
    /// How grave its risk is: none where nothing was found and enough was read.
    pub fn level(&self) -> Level {
        if counts(self.row) { Level::of(self.risk.score()) } else { Level::None }
    }
}

/// True for sources that have a risk at all: something was found in them, or too little was read to say.
pub fn counts(row: &SourceRow) -> bool {
    row.verdict.is_found() || row.verdict == crate::model::Verdict::Undetermined
}

/// Writes a format.
type WriteFormat = fn(&Stored<'_>, &mut dyn Write) -> Result<(), Error>;

/// Every format by its name.
pub const STORED: &[(&str, WriteFormat)] = &[
    ("html", |it, out| out.write_all(html::page(&it.overview).as_bytes()).map_err(failed)),
    ("json", json::write),
    ("jsonl", jsonl::write),
    ("csv", csv::write),
    ("sarif", sarif::write),
    ("ocsf", ocsf::write),
    ("cef", cef::write),
    ("md", markdown::write),
];

impl<'a> Stored<'a> {
    /// Gathers a store's figures.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn new(inventory: &'a Inventory, rules: &'a RiskRules, labels: Labels) -> Result<Self, Error> {
        let (overview, around) = gather::gather(inventory, rules, &labels)?;
        Ok(Stored { inventory, rules, labels, overview, around })
    }

    /// The figures.
    pub fn overview(&self) -> &Overview {
        &self.overview
    }

    /// Writes the report of that format.
    ///
    /// # Errors
    /// Kind `Usage` where there is no such format, `Io` or `Closed` where the output fails.
    pub fn write(&self, format: &str, out: &mut dyn Write) -> Result<(), Error> {
        let unknown = || Error::new(crate::ErrorKind::Usage, format!("write a report as `{format}`: no such format"));
        let (_, write) = STORED.iter().find(|it| it.0 == format).ok_or_else(unknown)?;
        write(self, out)
    }

    fn shown(&self, path: &Path) -> String {
        self.labels.path(path).0
    }

    /// Hands out every source.
    fn each_source(&self, mut each: impl FnMut(Seen<'_>) -> Result<(), Error>) -> Result<(), Error> {
        self.inventory.each_source(|row| {
            let risk = self.rules.assess(&row, self.around.of(&row));
            each(Seen { row: &row, path: &self.shown(&row.path), risk: &risk })
        })
    }

    fn findings(&self) -> Result<FindingReader, Error> {
        self.inventory.finding_reader()
    }

    /// Hands out the findings of a source.
    fn each_finding(
        &self,
        seen: &Seen<'_>,
        reader: &FindingReader,
        each: impl FnMut(&FindingRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.inventory.each_finding(seen.row, reader, each)
    }

    /// Hands out every part that was not read, with its source's path as it may be shown.
    fn each_unread(&self, mut each: impl FnMut(&str, &UnreadRow) -> Result<(), Error>) -> Result<(), Error> {
        self.inventory.each_unread(|row| {
            let path = self.inventory.path_of(row.source)?.map(|it| self.shown(&it)).unwrap_or_default();
            each(&path, &row)
        })
    }
}

impl gather::Around {
    fn of(&self, row: &SourceRow) -> Surroundings {
        Surroundings { duplicates: self.duplicates(row), now: self.now }
    }
}

/// A place as the store has it, a JSON array of steps, in words: `mail.zip > message 3 > row 12, ssn`.
fn place_in_words(place: &str) -> String {
    let Ok(serde_json::Value::Array(steps)) = serde_json::from_str(place) else { return String::new() };
    let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let step = |step: &serde_json::Value| {
        let members = step.as_object().into_iter().flatten();
        let named = members.map(|(name, value)| match name.as_str() {
            "message" | "page" | "row" | "table" | "sheet" => format!("{name} {}", word(value)),
            _ => word(value),
        });
        named.collect::<Vec<_>>().join(", ")
    };
    steps.iter().map(step).collect::<Vec<_>>().join(" > ")
}

#[cfg(test)]
mod tests {
    use super::place_in_words;

    #[test]
    fn places_read_well() {
        let place = r#"[{"member":"a.zip"},{"message":3},{"row":12,"column":"ssn"}]"#;
        assert_eq!(place_in_words(place), "a.zip > message 3 > ssn, row 12");
        assert_eq!(place_in_words(r#"[{"pointer":"/a/b"}]"#), "/a/b");
        assert_eq!(place_in_words(""), "");
    }
}
