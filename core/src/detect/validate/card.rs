//! Payment card numbers: issuer range, length and Luhn check (ISO/IEC 7812-1).

use super::{digits, luhn};

/// An issuer's range of leading digits and the lengths (first, last) of its numbers.
struct Range {
    first: u32,
    last: u32,
    lengths: &'static [usize],
}

const fn range(first: u32, last: u32, lengths: &'static [usize]) -> Range {
    Range { first, last, lengths }
}

/// Ranges by their first six digits, as the networks publish them; Maestro and the like are 12 to 19 digits long.
const RANGES: &[Range] = &[
    range(180_000, 180_099, &[15]),                             // JCB
    range(213_100, 213_199, &[15]),                             // JCB
    range(220_000, 220_499, &[16, 17, 18, 19]),                 // Mir
    range(222_100, 272_099, &[16]),                             // Mastercard
    range(300_000, 305_999, &[14, 16, 19]),                     // Diners Club
    range(309_500, 309_599, &[14, 16, 19]),                     // Diners Club
    range(340_000, 349_999, &[15]),                             // American Express
    range(352_800, 358_999, &[16, 17, 18, 19]),                 // JCB
    range(360_000, 369_999, &[14, 15, 16, 17, 18, 19]),         // Diners Club
    range(370_000, 379_999, &[15]),                             // American Express
    range(380_000, 399_999, &[14, 16, 19]),                     // Diners Club
    range(400_000, 499_999, &[13, 16, 19]),                     // Visa
    range(500_000, 509_999, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
    range(510_000, 559_999, &[16]),                             // Mastercard
    range(560_000, 589_999, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
    range(601_100, 601_199, &[16, 17, 18, 19]),                 // Discover
    range(601_200, 619_999, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro, RuPay
    range(620_000, 629_999, &[16, 17, 18, 19]),                 // UnionPay
    range(630_000, 639_999, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
    range(640_000, 659_999, &[16, 17, 18, 19]),                 // Discover
    range(660_000, 699_999, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
];

/// A number of a known issuer, of that issuer's length, with a right check digit.
pub(super) fn payment_card(value: &[u8]) -> bool {
    let count = digits(value).count();
    let head = digits(value).take(6).fold(0, |sum, digit| sum * 10 + u32::from(digit));
    let known = RANGES.iter().any(|row| (row.first..=row.last).contains(&head) && row.lengths.contains(&count));
    known && luhn::remainder(digits(value)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_networks_published_test_numbers() {
        for good in [
            "4111111111111111",
            "4222222222222",
            "5555-5555-5555-4444",
            "2223003122003222",
            "3782 822463 10005",
            "6011111111111117",
            "30569309025904",
            "3530111333300000",
            "6200000000000005",
        ] {
            assert!(payment_card(good.as_bytes()), "{good}");
        }
    }

    #[test]
    fn refuses_wrong_digits_lengths_and_issuers() {
        let good = *b"4111111111111111";
        for at in 1..good.len() {
            for wrong in (b'0'..=b'9').filter(|&it| it != good[at]) {
                let mut bad = good;
                bad[at] = wrong;
                assert!(!payment_card(&bad));
            }
        }
        assert!(!payment_card(b"41111111111111"));
        assert!(!payment_card(b"0000000000000000"));
        assert!(!payment_card(b"7992739871300005"));
    }
}
