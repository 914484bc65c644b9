//! The National Drug Code: 10 digits (21 CFR 207.33), 11 for billing (45 CFR 162.1002), and the uniform 12 digits of
//! 91 FR 10749, effective 2033-03-07.

use super::digits;

/// Labeler, product and package of lengths in use; without dashes 10 to 12 digits. Not all zero.
pub(super) fn ndc(value: &[u8]) -> bool {
    const SHAPES: [[usize; 3]; 5] = [[4, 4, 2], [5, 3, 2], [5, 4, 1], [5, 4, 2], [6, 4, 2]];
    let mut parts = value.split(|&byte| byte == b'-').map(<[u8]>::len);
    let shape = [parts.next(), parts.next(), parts.next(), parts.next()];
    let shaped = match shape {
        [Some(whole), None, None, None] => (10..=12).contains(&whole),
        [Some(labeler), Some(product), Some(package), None] => SHAPES.contains(&[labeler, product, package]),
        _ => false,
    };
    let plain = value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
    shaped && plain && digits(value).any(|digit| digit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for good in ["0002-8215-01", "50242-040-62", "60575-4112-1", "00781-1506-10", "000781-1506-10", "00781150610"] {
            assert!(ndc(good.as_bytes()), "{good}");
        }
        for bad in ["50242-04-62", "0000-0000-00", "123456789", "0002-8215-0A", "1-2-3-4"] {
            assert!(!ndc(bad.as_bytes()), "{bad}");
        }
    }
}
