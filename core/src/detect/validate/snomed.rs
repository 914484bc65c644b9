//! SNOMED CT concept identifiers (SNOMED International, Release File Specification, SCTID).

use super::digits;

/// Verhoeff's dihedral multiplication and permutation tables.
const TIMES: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];
const PERMUTED: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// Six to eighteen digits, the partition of a concept (00, or 10 in an extension) and a Verhoeff check digit.
pub(super) fn snomed(value: &[u8]) -> bool {
    if !(6..=18).contains(&digits(value).count()) {
        return false;
    }
    let mut tail = digits(value).rev().skip(1);
    let concept = tail.next() == Some(0) && matches!(tail.next(), Some(0 | 1));
    let check = digits(value).rev().enumerate().fold(0_u8, |sum, (place, digit)| {
        TIMES[usize::from(sum)][usize::from(PERMUTED[place % 8][usize::from(digit)])]
    });
    concept && check == 0
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit() {
        for code in ["38341003", "73211009", "195662009", "22298006"] {
            assert_single_errors_refused(code, snomed);
        }
        assert!(!snomed(b"123"));
    }
}
