//! Words of streets' names outside the United States: those a name begins with, ends with, or has glued to its end.

/// A name begins with one of them: `Via Roma`, `calle Mayor`.
const LEADS: [&str; 40] = [
    "via",
    "viale",
    "piazza",
    "corso",
    "vicolo",
    "strada",
    "largo",
    "calle",
    "avda",
    "avenida",
    "av",
    "plaza",
    "paseo",
    "carrer",
    "carretera",
    "camino",
    "ronda",
    "rua",
    "rúa",
    "travessa",
    "praça",
    "praca",
    "estrada",
    "alameda",
    "rue",
    "boulevard",
    "allée",
    "allee",
    "chemin",
    "impasse",
    "quai",
    "place",
    "ul",
    "ulica",
    "al",
    "os",
    "bulevar",
    "rambla",
    "passeig",
    "jalan",
];

/// A name ends with one of them, as a word of its own: `Lange Straße`, `Piroska utca`.
const WORDS: [&str; 30] = [
    "straße", "strasse", "str", "allee", "platz", "weg", "gasse", "ring", "ufer", "damm", "gate", "gata", "gatan",
    "gade", "vej", "vei", "väg", "utca", "u", "út", "útja", "tér", "tere", "krt", "rkp", "ulice", "straat", "laan",
    "kapu", "põik",
];

/// A name ends with one of them, glued to it: `Hauptstraße`, `Koskikatu`.
const ENDINGS: [&str; 42] = [
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
    "ntie",
    "intie",
    "stien",
    "brücke",
    "vangen",
    "bakken",
    "ulica",
    "väg",
];

/// True where a street's name may begin with the word.
pub fn street_lead(word: &[u8]) -> bool {
    has(&LEADS, word)
}

/// True where a street's name may end with the word.
pub fn street_word(word: &[u8]) -> bool {
    has(&WORDS, word)
}

/// True where the word is a street's name in one piece.
pub fn street_ending(word: &[u8]) -> bool {
    let ends = |it: &&str| {
        let ending = it.as_bytes();
        word.len() >= ending.len() + 3 && is_lowered(&word[word.len() - ending.len()..], ending)
    };
    ENDINGS.iter().any(|it| ends(&it))
}

fn has(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|it| it.len() == word.len() && is_lowered(word, it.as_bytes()))
}

/// True where two values of one length are equal, ASCII case of the first ignored.
fn is_lowered(value: &[u8], lower: &[u8]) -> bool {
    value.eq_ignore_ascii_case(lower)
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
