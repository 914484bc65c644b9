//! What a file's name says of the columns of the table in it. Knows no identifiers.

use crate::model::{Label, Text};

/// Headers that say nothing without the table's name, in lower case.
const GENERIC: [&str; 9] = ["id", "name", "key", "no", "nr", "number", "num", "uuid", "guid"];
/// A shorter word of a file's name is no noun.
const SHORTEST: usize = 3;

/// The label of the `number`th column of the table in the file of that name. `Id` in `patients.csv` is a patient's.
pub(super) fn label(file: &[u8], header: &[u8], number: Option<u32>) -> Label {
    let word = header.trim_ascii().to_ascii_lowercase();
    let table = if GENERIC.iter().any(|it| it.as_bytes() == word) { noun(file) } else { b"" };
    let hints = if table.is_empty() { Text::default() } else { Text([table, b" ", &word].concat()) };
    Label { name: Text(header.to_vec()), hints, column: number, standard: None }
}

/// The last word of a file's name before its endings: `patients` of `export/2024__patients.csv.gz`.
fn noun(file: &[u8]) -> &[u8] {
    let start = file.iter().rposition(|it| matches!(it, b'/' | b'\\')).map_or(0, |at| at + 1);
    let name = &file[start..];
    let stem = &name[..name.iter().position(|it| *it == b'.').unwrap_or(name.len())];
    let letters = stem.iter().rev().take_while(|it| it.is_ascii_alphabetic()).count();
    let word = &stem[stem.len() - letters..];
    if word.len() < SHORTEST { b"" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_headers_take_the_last_word_of_the_name() {
        let hints = |file: &str, header: &str| label(file.as_bytes(), header.as_bytes(), Some(0)).hints;
        assert_eq!(hints("export/2024__patients.csv", "Id"), Text::from("patients id"));
        assert_eq!(hints("c:\\providers.csv.gz", "NAME"), Text::from("providers name"));
        for (file, header) in [("patients.csv", "Identity"), ("2024.csv", "id"), ("a-b.csv", "id"), ("", "id")] {
            assert_eq!(hints(file, header), Text::default(), "{file} {header}");
        }
    }
}
