//! The Medicare Beneficiary Identifier (CMS, Understanding the MBI Format).

/// Eleven characters `C A AN N A AN N A A N N`; C is 1 to 9, A no S, L, O, I, B or Z. It has no check digit.
pub(super) fn mbi(value: &[u8]) -> bool {
    const PLACES: &[u8; 11] = b"CAXNAXNAANN";
    let mut place = 0;
    for &byte in value.iter().filter(|&&byte| byte != b'-') {
        let Some(kind) = PLACES.get(place) else { return false };
        let letter = byte.is_ascii_alphabetic() && !b"SLOIBZ".contains(&byte.to_ascii_uppercase());
        let fits = match kind {
            b'C' => (b'1'..=b'9').contains(&byte),
            b'A' => letter,
            b'N' => byte.is_ascii_digit(),
            _ => letter || byte.is_ascii_digit(),
        };
        if !fits {
            return false;
        }
        place += 1;
    }
    place == PLACES.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        for good in ["1EG4-TE5-MK73", "1EG4TE5MK73", "9an7c47aa00"] {
            assert!(mbi(good.as_bytes()), "{good}");
        }
        for bad in ["0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MK7", "1EG4TE5MK733", "1EGATE5MK73", "1EG4TE5M773"] {
            assert!(!mbi(bad.as_bytes()), "{bad}");
        }
    }
}
