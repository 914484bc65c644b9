//! The shape of an ICD-10-CM code within its chapters (CDC/NCHS, ICD-10-CM Official Guidelines, section I.A).

/// Last category of each letter; the chapters use them from 00 on. U runs to U85 (U07.1, U09.9).
const LAST: [u8; 26] =
    [99, 99, 99, 89, 89, 99, 99, 95, 99, 99, 95, 99, 99, 99, 99, 96, 99, 99, 99, 88, 85, 99, 99, 99, 99, 99];

/// A letter, a digit, a digit or A or B, and up to four more behind an optional dot.
pub(super) fn icd10(value: &[u8]) -> bool {
    let [letter @ b'A'..=b'Z', tens @ b'0'..=b'9', ones, rest @ ..] = value else { return false };
    let in_chapter = match ones {
        b'0'..=b'9' => (tens - b'0') * 10 + (ones - b'0') <= LAST[usize::from(letter - b'A')],
        // Categories such as C4A, C7B, D3A, M1A, O9A and Z3A.
        b'A' | b'B' => b"CDMOZ".contains(letter),
        _ => false,
    };
    let rest = rest.strip_prefix(b".").unwrap_or(rest);
    // Letters stand alone only as a placeholder X, a seventh character or a few subcategories (D75.A).
    let subdivided = rest.len() <= 4 && rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let dotted_alone = rest.is_empty() && value.len() > 3;
    in_chapter && subdivided && !dotted_alone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_and_shapes() {
        for good in ["I10", "E11.9", "S52.501A", "T36.0X1A", "U07.1", "C4A.0", "Z3A.01", "D75.A", "E119", "M1A.0110"] {
            assert!(icd10(good.as_bytes()), "{good}");
        }
        for bad in ["U99.9", "e11.9", "EA1.9", "E1", "E11.", "E11.90000", "E95.1", "K99.1", "S5A.1"] {
            assert!(!icd10(bad.as_bytes()), "{bad}");
        }
    }
}
