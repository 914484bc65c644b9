//! The form in which equal values are equal, whoever wrote them.

use std::ops::Range;

use super::date;

/// How values of a kind are brought into one form before they are fingerprinted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Digits only.
    Digits,
    /// Letters and digits, without the zeros that some programs put before a number and others drop.
    Number,
    /// Letters and digits.
    Letters,
    /// Digits; of North American numbers ten, without the country code.
    Phone,
    /// As it is, in lower case.
    Email,
    /// Words in alphabetical order, without titles and initials.
    Name,
    /// Year, month and day.
    Date,
}

/// Words that stand by names and are none. Sorted.
const TITLES: [&str; 21] = [
    "dr", "esq", "ii", "iii", "iv", "jr", "lpn", "md", "miss", "mr", "mrs", "ms", "mx", "np", "pa", "phd", "prof",
    "rev", "rn", "sir", "sr",
];

/// Longest name looked at, in words.
const MOST_WORDS: usize = 8;

/// Appends the value in its form; nothing where nothing is left of it.
pub(super) fn canonical(form: Form, value: &[u8], out: &mut Vec<u8>) {
    match form {
        Form::Digits => out.extend(value.iter().filter(|byte| byte.is_ascii_digit())),
        Form::Letters => out.extend(letters(value)),
        Form::Number => {
            out.extend(letters(value));
            let zeros = out.iter().take_while(|byte| **byte == b'0').count();
            if out.iter().all(u8::is_ascii_digit) {
                out.drain(..zeros.min(out.len().saturating_sub(1)));
            }
        }
        Form::Phone => phone(value, out),
        Form::Email => out.extend(value.trim_ascii().iter().map(u8::to_ascii_lowercase)),
        Form::Name => name(value, out),
        Form::Date => out.extend(date::canonical(value).iter().flatten()),
    }
}

/// The words of a name in its form.
pub(super) fn words_of(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| *byte == b' ').filter(|word| !word.is_empty())
}

fn letters(value: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let kept = |byte: &&u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    value.iter().filter(kept).map(u8::to_ascii_lowercase)
}

/// Extensions are left out: they say where in a house, not whose number it is.
fn phone(value: &[u8], out: &mut Vec<u8>) {
    let end = value.iter().position(|byte| byte.is_ascii_alphabetic()).filter(|at| *at >= 7).unwrap_or(value.len());
    out.extend(value[..end].iter().filter(|byte| byte.is_ascii_digit()));
    if out.len() == 11 && out[0] == b'1' {
        out.remove(0);
    }
}

fn name(value: &[u8], out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(value);
    let (mut letters, mut words) = (String::with_capacity(value.len()), Vec::with_capacity(MOST_WORDS));
    for word in text.split(|it: char| !(it.is_alphanumeric() || matches!(it, '\'' | '’' | '.'))) {
        let start = letters.len();
        for letter in word.chars().filter(|it| it.is_alphabetic()) {
            if letter.is_ascii() {
                letters.push(letter.to_ascii_lowercase());
            } else {
                letters.extend(letter.to_lowercase().map(without_accent));
            }
        }
        let bare = &letters[start..];
        let kept = bare.chars().nth(1).is_some() && TITLES.binary_search(&bare).is_err();
        if kept && words.len() < MOST_WORDS {
            words.push(start..letters.len());
        }
    }
    let of = |it: &Range<usize>| letters[it.clone()].as_bytes();
    words.sort_unstable_by(|a, b| of(a).cmp(of(b)));
    words.dedup_by(|a, b| of(a) == of(b));
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(of(word));
    }
}

/// Systems drop accents as they please.
fn without_accent(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        'š' | 'ś' => 's',
        'ł' => 'l',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(form: Form, value: &str) -> String {
        let mut out = Vec::new();
        canonical(form, value.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn forms() {
        assert!(TITLES.is_sorted());
        assert_eq!(of(Form::Number, "MRN-0042"), "mrn0042");
        assert_eq!(of(Form::Number, "0042"), "42");
        assert_eq!(of(Form::Number, "000"), "0");
        assert_eq!(of(Form::Phone, "216-555-7342 ext 12"), "2165557342");
        assert_eq!(of(Form::Name, "Mrs. Zoë O'Brien-Katz"), "katz obrien zoe");
        assert_eq!(of(Form::Name, "Kim439 Doe12"), "doe kim");
        assert_eq!(of(Form::Name, "J."), "");
    }
}
