//! Passport numbers (ICAO Doc 9303 part 4): up to nine characters, ten in a few synthetic and older series.

/// Six to eleven letters and digits, and not one digit over and over.
pub(super) fn passport(value: &[u8]) -> bool {
    let count = super::digits(value).count();
    let first = super::digits(value).next();
    (6..=11).contains(&value.len()) && count >= 6 && super::digits(value).any(|digit| Some(digit) != first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert!(passport(b"X79835501X"));
        assert!(passport(b"561234567"));
        assert!(!passport(b"000000000"));
        assert!(!passport(b"A1234"));
    }
}
