//! How well the records of a table hide among each other: k-anonymity and l-diversity over quasi-identifiers.
//!
//! Records that agree in all quasi-identifiers form a class. k is the size of the smallest (Sweeney, 2002), l the number
//! of different sensitive values in the poorest (Machanavajjhala et al., 2007). Classes are counted, never shown.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::{ScanOptions, extract_path};
use crate::extract::Emit;
use crate::model::{Field, NO_LABEL, Reason, Segment, SourceState, Unread};
use crate::{Error, ErrorKind};

/// A column, and how coarsely it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quasi {
    /// Its name.
    pub column: String,
    /// What of a value counts.
    pub grain: Grain,
}

/// What of a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// All of it.
    Whole,
    /// Its first so many characters: `zip:3`.
    First(usize),
    /// The year in it: `birth_date:year`.
    Year,
}

/// What a table's classes are like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classes {
    /// Records.
    pub records: u64,
    /// Classes of records that agree in all quasi-identifiers.
    pub classes: u64,
    /// The smallest class: the table is k-anonymous for this k. 0 where there is no record.
    pub k: u64,
    /// By row of [`Classes::SIZES`]: classes of that size, and the records in them.
    pub sizes: Vec<(u64, u64)>,
    /// By sensitive column.
    pub diversity: Vec<Diversity>,
}

/// How many different values of a sensitive column the classes have.
#[derive(Clone, Debug, PartialEq)]
pub struct Diversity {
    /// The column.
    pub column: String,
    /// Different values in the poorest class.
    pub distinct: u64,
    /// The same by entropy: 2 to the power of the smallest class's bits, at most `distinct`.
    pub entropy: f64,
    /// Classes in which all records have one value: to know the class is to know the value.
    pub uniform: u64,
    /// Records in those classes.
    pub uniform_records: u64,
}

impl Classes {
    /// Sizes of classes told apart: from, to.
    pub const SIZES: [(u64, u64); 6] = [(1, 1), (2, 2), (3, 4), (5, 10), (11, 19), (20, u64::MAX)];

    /// Records in classes smaller than `k`.
    pub fn records_below(&self, k: u64) -> u64 {
        Self::SIZES.iter().zip(&self.sizes).filter(|it| it.0.1 < k).map(|it| it.1.1).sum()
    }

    /// The chance that somebody who knows of a person in the table picks the right record, for the record that hides
    /// worst. 0 where there is no record.
    pub fn highest_risk(&self) -> f64 {
        if self.k > 0 { 1.0 / self.k as f64 } else { 0.0 }
    }

    /// The same averaged over the records.
    pub fn average_risk(&self) -> f64 {
        if self.records == 0 { 0.0 } else { self.classes as f64 / self.records as f64 }
    }
}

impl Quasi {
    /// A column as users write it: `zip`, `zip:3`, `birth_date:year`.
    ///
    /// # Errors
    /// Kind `Usage` where what stands behind the colon is neither a number nor `year`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (column, grain) = match text.rsplit_once(':') {
            None => (text, Grain::Whole),
            Some((column, "year")) => (column, Grain::Year),
            Some((column, first)) => match first.parse() {
                Ok(first) if first > 0 => (column, Grain::First(first)),
                _ => {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        "read a quasi-identifier: expected NAME, NAME:3 or NAME:year",
                    ));
                }
            },
        };
        Ok(Quasi { column: column.trim().to_owned(), grain })
    }
}

/// The classes of the tables in a file.
///
/// # Errors
/// Kind `Io` where not all of it can be read: half a table's classes say nothing. Kind `Usage` where a column is not
/// there.
pub fn classes_of(path: &Path, quasi: &[Quasi], sensitive: &[String], options: &ScanOptions) -> Result<Classes, Error> {
    let mut counting = Counting::new(quasi, sensitive);
    let not_read = |state: SourceState, reason: Option<Reason>| {
        let reason = reason.map_or("unknown", |it| it.id());
        Error::new(ErrorKind::Io, format!("read the table: {}: {reason}", state.id()))
    };
    let extraction = extract_path(path, options, &mut counting).map_err(|it| not_read(it.0, Some(it.1)))?;
    if extraction.state != SourceState::Complete {
        return Err(not_read(extraction.state, extraction.reason));
    }
    counting.end_record();
    counting.finish()
}

/// A class by the hash of its quasi-identifiers.
type Key = [u8; 16];

struct Counting<'a> {
    quasi: &'a [Quasi],
    sensitive: &'a [String],
    met: Vec<bool>,
    /// The record at hand: a value for each quasi-identifier, then for each sensitive column.
    record: Vec<Vec<u8>>,
    is_open: bool,
    classes: HashMap<Key, Class>,
}

#[derive(Default)]
struct Class {
    records: u64,
    /// By sensitive column: how often each value, by hash.
    values: Vec<BTreeMap<u64, u64>>,
}

impl<'a> Counting<'a> {
    fn new(quasi: &'a [Quasi], sensitive: &'a [String]) -> Self {
        let columns = quasi.len() + sensitive.len();
        Counting {
            quasi,
            sensitive,
            met: vec![false; columns],
            record: vec![Vec::new(); columns],
            is_open: false,
            classes: HashMap::new(),
        }
    }

    /// The columns that a label names, by its whole name or the last key of a path.
    fn columns_called(&self, name: &[u8]) -> Vec<usize> {
        let last = name.rsplit(|it| *it == b'.').next().unwrap_or(name);
        let is = |column: &str| [name, last].iter().any(|it| it.trim_ascii().eq_ignore_ascii_case(column.as_bytes()));
        let columns = self.quasi.iter().map(|it| it.column.as_str()).chain(self.sensitive.iter().map(String::as_str));
        columns.enumerate().filter(|it| is(it.1)).map(|it| it.0).collect()
    }

    fn value(&mut self, segment: &Segment, field: &Field, columns: &[usize]) {
        let text = segment.text.get(field.start as usize..field.end as usize).unwrap_or_default().trim_ascii();
        for &column in columns {
            self.met[column] = true;
            let grain = self.quasi.get(column).map_or(Grain::Whole, |it| it.grain);
            self.record[column] = seen_as(text, grain).to_ascii_lowercase();
        }
        self.is_open = true;
    }

    fn end_record(&mut self) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        let (quasi, sensitive) = self.record.split_at(self.quasi.len());
        let mut hasher = blake3::Hasher::new();
        for value in quasi {
            hasher.update(&(value.len() as u64).to_le_bytes()).update(value);
        }
        let mut key = Key::default();
        hasher.finalize_xof().fill(&mut key);
        let class = self.classes.entry(key).or_default();
        class.records += 1;
        class.values.resize_with(sensitive.len(), BTreeMap::new);
        for (values, value) in class.values.iter_mut().zip(sensitive) {
            let hash = blake3::hash(value);
            let hash = u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("the first 8 of 32 bytes"));
            *values.entry(hash).or_default() += 1;
        }
        self.record.iter_mut().for_each(Vec::clear);
    }

    fn finish(self) -> Result<Classes, Error> {
        let columns = self.quasi.iter().map(|it| &it.column).chain(self.sensitive);
        let missing: Vec<&str> = columns.zip(&self.met).filter(|it| !it.1).map(|it| it.0.as_str()).collect();
        if !missing.is_empty() {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("read the table: no column is called {}", missing.join(", ")),
            ));
        }
        let mut sizes = vec![(0, 0); Classes::SIZES.len()];
        for class in self.classes.values() {
            let row = Classes::SIZES.iter().position(|it| class.records <= it.1).expect("the last row has no end");
            sizes[row].0 += 1;
            sizes[row].1 += class.records;
        }
        Ok(Classes {
            records: self.classes.values().map(|it| it.records).sum(),
            classes: self.classes.len() as u64,
            k: self.classes.values().map(|it| it.records).min().unwrap_or(0),
            sizes,
            diversity: self.sensitive.iter().enumerate().map(|(at, column)| self.diversity(at, column)).collect(),
        })
    }

    fn diversity(&self, at: usize, column: &str) -> Diversity {
        let classes = || self.classes.values().map(|it| (it.records, &it.values[at]));
        let uniform = || classes().filter(|it| it.1.len() == 1);
        Diversity {
            column: column.to_owned(),
            distinct: classes().map(|it| it.1.len() as u64).min().unwrap_or(0),
            entropy: classes().map(|it| effective(it.0, it.1)).fold(f64::INFINITY, f64::min),
            uniform: uniform().count() as u64,
            uniform_records: uniform().map(|it| it.0).sum(),
        }
    }
}

/// 2 to the power of the entropy of a class's values, summed in the values' order: the same bytes on every run.
fn effective(records: u64, values: &BTreeMap<u64, u64>) -> f64 {
    let bits = values.values().map(|count| {
        let share = *count as f64 / records as f64;
        -share * share.log2()
    });
    bits.sum::<f64>().exp2()
}

/// What of a value counts.
fn seen_as(value: &[u8], grain: Grain) -> &[u8] {
    match grain {
        Grain::Whole => value,
        Grain::First(count) => {
            let mut starts = value.iter().enumerate().filter(|it| it.1 & 0xc0 != 0x80).map(|it| it.0);
            let end = starts.nth(count).unwrap_or(value.len());
            &value[..end]
        }
        Grain::Year => value.split(|it| !it.is_ascii_digit()).find(|it| it.len() == 4).unwrap_or_else(|| {
            let compact = value.len() >= 8 && value[..8].iter().all(u8::is_ascii_digit);
            if compact { &value[..4] } else { value }
        }),
    }
}

impl Emit for Counting<'_> {
    fn segment(&mut self, segment: Segment) -> bool {
        let labels: Vec<Vec<usize>> = segment.frame.labels.iter().map(|it| self.columns_called(&it.name)).collect();
        let mut last = None;
        for field in segment.fields.iter().filter(|it| segment.own.contains(&it.start)) {
            if last.replace(field.record) != Some(field.record) {
                self.end_record();
            }
            let columns = if field.label == NO_LABEL { None } else { labels.get(field.label as usize) };
            if let Some(columns) = columns.filter(|it| !it.is_empty()) {
                self.value(&segment, field, columns);
            }
        }
        self.end_record();
        true
    }

    fn unread(&mut self, _: Unread) {}

    fn is_over(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limits;

    fn classes(csv: &str, quasi: &[&str], sensitive: &[&str]) -> Result<Classes, Error> {
        let quasi: Vec<Quasi> = quasi.iter().map(|it| Quasi::parse(it).unwrap()).collect();
        let sensitive: Vec<String> = sensitive.iter().map(|it| (*it).to_owned()).collect();
        let mut counting = Counting::new(&quasi, &sensitive);
        let hint = crate::extract::Hint { name: b"t.csv", format: Some("csv") };
        let mut input = std::io::Cursor::new(csv.as_bytes());
        crate::extract::extract(crate::extract::Input::File(&mut input), hint, &Limits::default(), &mut counting);
        counting.finish()
    }

    const TABLE: &str = "zip,birth_date,sex,diagnosis\n\
        02139,1961-02-03,F,flu\n02139,1961-05-09,F,flu\n02138,1961-11-30,F,asthma\n\
        02139,1975-02-03,M,flu\n02139,1975-05-09,M,flu\n73301,1980-01-01,F,gout\n";

    #[test]
    fn classes_are_counted() {
        let whole = classes(TABLE, &["zip", "birth_date", "sex"], &["diagnosis"]).unwrap();
        assert_eq!((whole.records, whole.classes, whole.k), (6, 6, 1));
        assert_eq!(whole.records_below(11), 6);
        let coarse = classes(TABLE, &["zip:3", "birth_date:year", "sex"], &["diagnosis"]).unwrap();
        assert_eq!((coarse.classes, coarse.k), (3, 1));
        assert_eq!(coarse.sizes, [(1, 1), (1, 2), (1, 3), (0, 0), (0, 0), (0, 0)]);
        let diversity = &coarse.diversity[0];
        assert_eq!((diversity.distinct, diversity.uniform, diversity.uniform_records), (1, 2, 3));
        assert!((diversity.entropy - 1.0).abs() < 1e-9);
    }

    #[test]
    fn entropy_counts_how_even_values_are() {
        let table = "sex,diagnosis\nF,a\nF,b\nF,c\nF,d\nM,a\nM,a\nM,a\nM,b\n";
        let it = &classes(table, &["sex"], &["diagnosis"]).unwrap().diversity[0];
        assert_eq!(it.distinct, 2);
        assert!((it.entropy - 1.7547).abs() < 1e-3, "{}", it.entropy);
    }

    #[test]
    fn a_column_that_is_not_there_is_told() {
        let error = classes(TABLE, &["zipp", "sex"], &["dx"]).unwrap_err().to_string();
        assert!(error.contains("zipp, dx"), "{error}");
        assert!(Quasi::parse("zip:x").is_err() && Quasi::parse("zip:0").is_err());
    }

    #[test]
    fn an_empty_cell_is_a_value_of_its_own() {
        let table = "zip,sex\n,F\n,F\n02139,F\n";
        let it = classes(table, &["zip", "sex"], &[]).unwrap();
        assert_eq!((it.records, it.classes, it.k), (3, 2, 1));
    }
}
