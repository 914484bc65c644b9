//! Leaves the shape: asterisks for letters and digits, punctuation as it was, the last few characters where asked.

use super::super::RedactOptions;
use crate::detect::Entity;

pub(super) fn write(value: &[u8], _: &Entity, options: &RedactOptions, out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(value);
    let letters = text.chars().filter(|it| is_masked(*it)).count();
    // At most half stays, however short the value.
    let mut to_mask = letters - options.keep_last.min(letters / 2);
    for letter in text.chars() {
        if is_masked(letter) && to_mask > 0 {
            to_mask -= 1;
            out.push(b'*');
        } else {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// Everything but ASCII punctuation and blanks: what is not known to be punctuation may tell something.
fn is_masked(letter: char) -> bool {
    !letter.is_ascii() || letter.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(value: &str, keep_last: usize) -> String {
        let entity = Entity { id: "x".into(), name: String::new(), category: None, limited_data_set: false };
        let mut out = Vec::new();
        write(value.as_bytes(), &entity, &RedactOptions { keep_last, ..RedactOptions::default() }, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_shape_stays() {
        assert_eq!(masked("123-45-6789", 0), "***-**-****");
        assert_eq!(masked("123-45-6789", 4), "***-**-6789");
        assert_eq!(masked("Zoë", 0), "***");
        assert_eq!(masked("ab", 4), "*b");
    }
}
