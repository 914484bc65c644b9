//! Check digits and range rules, one file per rule, by name. Pure, without allocation: they run on every candidate.

mod aba;
mod address;
mod age;
mod biometric;
mod card;
mod coordinates;
mod date;
mod dea;
mod email;
mod hicn;
mod iban;
mod icd10;
mod id;
mod ip;
pub mod known_test;
mod loinc;
mod luhn;
mod mac;
mod mbi;
mod ndc;
mod npi;
mod passport;
mod person_name;
mod phone;
mod plate;
mod snomed;
mod ssn;
mod udi;
mod url;
mod vin;
mod zip;
pub mod zip3;

/// A check of a matched value, separators included. True where the value may be what it is called.
pub type Validator = fn(&[u8]) -> bool;

/// Every check a pattern file may name, ordered by name.
pub const VALIDATORS: &[(&str, Validator)] = &[
    ("aba", aba::aba),
    ("address_line", address::address_line),
    ("age", age::age),
    ("biometric", biometric::biometric),
    ("city_state_zip", zip::city_state_zip),
    ("coordinate", coordinates::coordinate),
    ("coordinates", coordinates::coordinates),
    ("date_dmy", date::dmy),
    ("date_md", date::md),
    ("date_mdy", date::mdy),
    ("date_mdy_or_dmy", date::mdy_or_dmy),
    ("date_my", date::my),
    ("date_text", date::text),
    ("date_ymd", date::ymd),
    ("dea", dea::dea),
    ("e164", phone::e164),
    ("email", email::email),
    ("epoch", date::epoch),
    ("hicn", hicn::hicn),
    ("iban", iban::iban),
    ("icd10", icd10::icd10),
    ("id_4_40", id::id_4_40),
    ("id_5_20", id::id_5_20),
    ("id_5_40", id::id_5_40),
    ("imei", luhn::imei),
    ("ipv4", ip::ipv4),
    ("ipv6", ip::ipv6),
    ("itin", ssn::itin),
    ("loinc", loinc::loinc),
    ("luhn", luhn::luhn),
    ("mac", mac::mac),
    ("mbi", mbi::mbi),
    ("nanp", phone::nanp),
    ("ndc", ndc::ndc),
    ("npi", npi::npi),
    ("passport", passport::passport),
    ("payment_card", card::payment_card),
    ("person_name", person_name::person_name),
    ("phone_digits", phone::phone_digits),
    ("plate", plate::plate),
    ("snomed", snomed::snomed),
    ("ssn", ssn::ssn),
    ("udi_gs1", udi::udi_gs1),
    ("udi_plain", udi::udi_plain),
    ("url", url::url),
    ("vin", vin::vin),
    ("zip", zip::zip),
];

/// The check of that name.
pub fn validator(name: &str) -> Option<Validator> {
    VALIDATORS.binary_search_by_key(&name, |row| row.0).ok().map(|at| VALIDATORS[at].1)
}

/// True for a word that stands where a name is missing.
#[inline]
pub(super) fn is_no_name(word: &[u8]) -> bool {
    person_name::NOT_NAMES.has(word)
}

/// True for a code within the chapters.
pub(super) fn is_icd10(value: &[u8]) -> bool {
    icd10::icd10(value)
}

/// The digits of a value as numbers, everything else left out.
fn digits(value: &[u8]) -> impl DoubleEndedIterator<Item = u8> + '_ {
    value.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0')
}

/// Words looked up without regard to ASCII case, in alphabetical order. Most others are told apart by their first letter
/// and length.
pub(in crate::detect) struct Words {
    words: &'static [&'static str],
    /// By the low bits of the first byte: a bit for each length.
    lengths: [u32; 32],
    /// By the same: where the words that begin so end.
    ends: [u8; 32],
}

impl Words {
    /// Words of at most 31 bytes that begin with letters.
    pub(in crate::detect) const fn new(words: &'static [&'static str]) -> Words {
        let (mut lengths, mut ends) = ([0; 32], [0; 32]);
        let mut index = 0;
        while index < words.len() {
            let word = words[index].as_bytes();
            let letter = (word[0] & 31) as usize;
            lengths[letter] |= 1 << word.len();
            index += 1;
            ends[letter] = index as u8;
        }
        Words { words, lengths, ends }
    }

    /// True where the word is one of them.
    #[inline]
    pub(in crate::detect) fn has(&self, word: &[u8]) -> bool {
        let Some(first) = word.first() else { return false };
        let lengths = self.lengths[usize::from(first & 31)];
        word.len() < 32 && lengths >> word.len() & 1 == 1 && self.lists(word)
    }

    fn lists(&self, word: &[u8]) -> bool {
        let letter = word[0] & 31;
        let alike = self.words[..usize::from(self.ends[usize::from(letter)])].iter().rev();
        let mut alike = alike.take_while(|it| it.as_bytes()[0] & 31 == letter);
        alike.any(|it| it.len() == word.len() && is_lowered(word, it.as_bytes()))
    }
}

/// True where two values of one length are equal, ASCII case of the first ignored; the second is in lower case.
#[inline]
fn is_lowered(value: &[u8], lower: &[u8]) -> bool {
    value.iter().zip(lower).all(|(a, b)| a == b || a.is_ascii_uppercase() && a | 0x20 == *b)
}

/// Exactly `N` digits of a value, or `None` where it has more or fewer.
#[inline]
fn exact_digits<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    if let Ok(all) = <&[u8; N]>::try_from(value) {
        return all.iter().all(u8::is_ascii_digit).then(|| all.map(|byte| byte - b'0'));
    }
    some_digits(value)
}

fn some_digits<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    let mut out = [0; N];
    let mut count = 0;
    for digit in digits(value) {
        *out.get_mut(count)? = digit;
        count += 1;
    }
    (count == N).then_some(out)
}

/// The number a short run of digits stands for.
fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, &digit| sum * 10 + u32::from(digit))
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Validator;

    /// Asserts that the value is accepted and that no other digit in any one place is.
    pub fn assert_single_errors_refused(value: &str, check: Validator) {
        assert!(check(value.as_bytes()), "{value} is valid");
        let mut bytes = value.as_bytes().to_vec();
        for at in 0..bytes.len() {
            let right = bytes[at];
            if !right.is_ascii_digit() {
                continue;
            }
            for wrong in (b'0'..=b'9').filter(|&it| it != right) {
                bytes[at] = wrong;
                assert!(!check(&bytes), "{value} with one wrong digit in place {at}");
            }
            bytes[at] = right;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::ruleset::schema::PatternFile;

    #[test]
    fn the_table_is_ordered_and_names_are_unique() {
        assert!(VALIDATORS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(validator("npi").is_some());
        assert!(validator("nope").is_none());
    }

    #[test]
    fn no_check_panics_on_odd_bytes() {
        let odd: [&[u8]; 9] =
            [b"", b"-", b"0", b"\xff\xfe", b"(01)", b"99999999999999999999999999999999", b"....", b"@", b"//"];
        for (_, check) in VALIDATORS {
            for value in odd {
                check(value);
            }
        }
    }

    /// The marked values of a pattern's examples, as (entity, value).
    fn marks(text: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let mut rest = text;
        while let Some((_, tail)) = rest.split_once("[[") {
            let (mark, tail) = tail.split_once("]]").expect("marks are closed");
            let (entity, value) = mark.split_once(':').expect("marks are [[entity:value]]");
            out.push((entity.to_owned(), value.to_owned()));
            rest = tail;
        }
        out
    }

    #[test]
    fn every_pattern_finds_and_accepts_its_own_examples() {
        let files: Vec<PatternFile> = phisift_patterns::identifiers()
            .map(|file| toml::from_str(file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path)))
            .collect();
        let mut wrong = Vec::new();
        for file in &files {
            let entity = file.entity.as_ref().unwrap_or(&file.id);
            let check = file
                .validator
                .as_deref()
                .map(|name| validator(name).unwrap_or_else(|| panic!("{}: there is no validator {name}", file.id)));
            let shape = regex::bytes::RegexBuilder::new(&format!("^(?:{})", file.regex))
                .unicode(false)
                .case_insensitive(file.ignore_case)
                .build()
                .unwrap_or_else(|error| panic!("{}: {error}", file.id));
            for (named, value) in file.examples.iter().flat_map(|text| marks(text)) {
                let found = shape.find(value.as_bytes()).map(|it| it.end());
                let accepted = check.is_none_or(|check| check(value.as_bytes()));
                let tolerated = accepted || file.score.invalid >= 0.5;
                if &named != entity || found != Some(value.len()) || !tolerated {
                    wrong.push(format!("{}: {named}:{value} found {found:?} accepted {accepted}", file.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
