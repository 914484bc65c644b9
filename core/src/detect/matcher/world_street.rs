//! Words of streets' names outside the United States: those a name begins with, ends with, or has glued to its end.

use crate::detect::validate::Words;

/// A name begins with one of them: `Via Roma`, `calle Mayor`.
static LEADS: Words = Words::new(&[
    "al",
    "alameda",
    "allee",
    "allée",
    "av",
    "avda",
    "avenida",
    "boulevard",
    "bulevar",
    "calle",
    "camino",
    "carrer",
    "carretera",
    "chemin",
    "corso",
    "estrada",
    "impasse",
    "jalan",
    "largo",
    "os",
    "paseo",
    "passeig",
    "piazza",
    "place",
    "plaza",
    "praca",
    "praça",
    "quai",
    "rambla",
    "ronda",
    "rua",
    "rue",
    "rúa",
    "strada",
    "travessa",
    "ul",
    "ulica",
    "via",
    "viale",
    "vicolo",
]);

/// A name ends with one of them, as a word of its own: `Lange Straße`, `Piroska utca`.
static WORDS: Words = Words::new(&[
    "allee", "út", "útja", "damm", "gade", "gasse", "gata", "gatan", "gate", "kapu", "krt", "laan", "platz", "põik",
    "ring", "rkp", "str", "straat", "strasse", "straße", "tere", "tér", "u", "ufer", "ulice", "utca", "vei", "vej",
    "väg", "weg",
]);

/// A name ends with one of them, glued to it: `Hauptstraße`, `Koskikatu`.
const ENDINGS: [&str; 41] = [
    "straße",
    "strasse",
    "straat",
    "gasse",
    "gässchen",
    "weg",
    "platz",
    "allee",
    "damm",
    "ufer",
    "graben",
    "markt",
    "katu",
    "polku",
    "kuja",
    "vej",
    "vejen",
    "gade",
    "gaten",
    "gata",
    "gatan",
    "vägen",
    "veien",
    "vegen",
    "stræde",
    "laan",
    "plein",
    "gracht",
    "singel",
    "braut",
    "stígur",
    "straeti",
    "stræti",
    "utca",
    "stien",
    "brücke",
    "vangen",
    "bakken",
    "ulica",
    "väg",
    "ntie",
];

/// True where a street's name may begin with the word.
pub fn street_lead(word: &[u8]) -> bool {
    LEADS.has(word)
}

/// True where a street's name may end with the word.
pub fn street_word(word: &[u8]) -> bool {
    WORDS.has(word)
}

/// True where the word is a street's name in one piece.
pub fn street_ending(word: &[u8]) -> bool {
    /// By the low bits of the last letter, those of the letter before it: most words end otherwise.
    const LAST: [u32; 32] = {
        let (mut table, mut index) = ([0; 32], 0);
        while index < ENDINGS.len() {
            let ending = ENDINGS[index].as_bytes();
            table[(ending[ending.len() - 1] & 31) as usize] |= 1 << (ending[ending.len() - 2] & 31);
            index += 1;
        }
        table
    };
    let &[.., before, last] = word else { return false };
    if word.len() < 6 || LAST[usize::from(last & 31)] >> (before & 31) & 1 == 0 {
        return false;
    }
    let ends = |it: &&str| {
        let ending = it.as_bytes();
        let last = ending[ending.len() - 1] == word[word.len() - 1] | 0x20;
        last && word.len() >= ending.len() + 3 && word[word.len() - ending.len()..].eq_ignore_ascii_case(ending)
    };
    ENDINGS.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_streets() {
        assert!(street_lead(b"Via") && street_lead(b"rue") && !street_lead(b"Viable"));
        assert!(street_word("Straße".as_bytes()) && street_word("tér".as_bytes()));
        assert!(street_ending("Hauptstraße".as_bytes()) && street_ending(b"Koskikatu") && street_ending(b"Ringvej"));
        assert!(!street_ending(b"weg") && !street_ending(b"Katie"));
    }
}
