//! Made-up identifiers that pass the checks of their kind.

use super::dice::Dice;
use super::words::MONTHS;

/// The Luhn check digit of a run of digits.
fn luhn(body: &str) -> u64 {
    let sum: u64 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| match (u64::from(byte - b'0'), index % 2) {
            (digit, 0) => digit * 2 / 10 + digit * 2 % 10,
            (digit, _) => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

/// A Social Security number outside the ranges never issued.
pub fn ssn(dice: &mut Dice) -> String {
    let area = match dice.within(1, 899) {
        666 => 667,
        area => area,
    };
    format!("{area:03}-{:02}-{:04}", dice.within(1, 99), dice.within(1, 9999))
}

/// A National Provider Identifier (Luhn over the prefix 80840).
pub fn npi(dice: &mut Dice) -> String {
    let body = format!("{}{:08}", dice.within(1, 2), dice.below(100_000_000));
    format!("{body}{}", luhn(&format!("80840{body}")))
}

/// A DEA number of a prescriber with that family name.
pub fn dea(dice: &mut Dice, family: &str) -> String {
    let digits = format!("{:06}", dice.below(1_000_000));
    let at = |index: usize| u64::from(digits.as_bytes()[index] - b'0');
    let check = (at(0) + at(2) + at(4) + 2 * (at(1) + at(3) + at(5))) % 10;
    format!("{}{}{digits}{check}", dice.letter("ABFGM"), &family[..1])
}

/// A Medicare Beneficiary Identifier.
pub fn mbi(dice: &mut Dice) -> String {
    const LETTERS: &str = "ACDEFGHJKMNPQRTUVWXY";
    const EITHER: &str = "ACDEFGHJKMNPQRTUVWXY0123456789";
    const DIGITS: &str = "0123456789";
    ["123456789", LETTERS, EITHER, DIGITS, LETTERS, EITHER, DIGITS, LETTERS, LETTERS, DIGITS, DIGITS]
        .iter()
        .map(|from| dice.letter(from))
        .collect()
}

/// A card number.
pub fn card(dice: &mut Dice) -> String {
    let start = dice.pick(&["4", "51", "53", "55", "6011"]);
    let body = format!("{start}{:014}", dice.below(100_000_000_000_000));
    let body = &body[..15];
    format!("{body}{}", luhn(body))
}

/// A vehicle identification number with its check digit.
pub fn vin(dice: &mut Dice) -> String {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let mut out: Vec<char> = (0..11).map(|_| dice.letter("ABCDEFGHJKLMNPRSTUVWXYZ0123456789")).collect();
    out.extend((0..6).map(|_| dice.letter("0123456789")));
    let sum: u32 = out.iter().zip(WEIGHTS).map(|(symbol, weight)| vin_value(*symbol) * weight).sum();
    out[8] = char::from_digit(sum % 11, 10).unwrap_or('X');
    out.into_iter().collect()
}

/// Letter values of 49 CFR 565.15.
fn vin_value(symbol: char) -> u32 {
    match symbol {
        '0'..='9' => symbol as u32 - '0' as u32,
        'A'..='H' => symbol as u32 - 'A' as u32 + 1,
        'J'..='N' => symbol as u32 - 'J' as u32 + 1,
        'P' => 7,
        'R' => 9,
        _ => symbol as u32 - 'S' as u32 + 2,
    }
}

/// A telephone number in one of four shapes.
pub fn phone(dice: &mut Dice) -> String {
    let (area, office, line) = (dice.within(201, 989), dice.within(200, 999), dice.below(10_000));
    match dice.below(4) {
        0 => format!("({area}) {office}-{line:04}"),
        1 => format!("{area}-{office}-{line:04}"),
        2 => format!("{area}.{office}.{line:04}"),
        _ => format!("+1-{area}-{office}-{line:04}"),
    }
}

/// A date in one of six shapes.
pub fn date(dice: &mut Dice, low: u64, high: u64) -> String {
    let (year, month, day) = (dice.within(low, high), dice.within(1, 12), dice.within(1, 28));
    let name = MONTHS[month as usize - 1];
    match dice.below(6) {
        0 => format!("{month:02}/{day:02}/{year}"),
        1 => format!("{year}-{month:02}-{day:02}"),
        2 => format!("{name} {day}, {year}"),
        3 => format!("{day:02}-{}-{year}", &name[..3]),
        4 => format!("{month}/{day}/{:02}", year % 100),
        _ => format!("{} {day} {year}", &name[..3]),
    }
}

/// An IPv4 address that is not private.
pub fn ip(dice: &mut Dice) -> String {
    format!("{}.{}.{}.{}", dice.within(11, 126), dice.below(256), dice.below(256), dice.within(1, 254))
}

/// A MAC address.
pub fn mac(dice: &mut Dice) -> String {
    (0..6).map(|_| format!("{:02x}", dice.below(256))).collect::<Vec<_>>().join(":")
}

/// A random UUID.
pub fn uuid(dice: &mut Dice) -> String {
    let (high, low) = (dice.next(), dice.next());
    let (time, mid, last) = (high >> 32, (high >> 16) & 0xffff, high & 0xfff);
    format!("{time:08x}-{mid:04x}-4{last:03x}-a{:03x}-{:012x}", (low >> 48) & 0xfff, low & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_hold() {
        // The example of the CMS specification, and of 49 CFR 565.
        assert_eq!(luhn("80840123456789"), 3);
        let sum = |vin: &str| {
            let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
            vin.chars().zip(weights).map(|(symbol, weight)| vin_value(symbol) * weight).sum::<u32>() % 11
        };
        assert_eq!(sum("1M8GDM9AXKP042788"), 10);
        let mut dice = Dice::new(1);
        for _ in 0..100 {
            let card = card(&mut dice);
            assert_eq!((card.len(), luhn(&card[..15]).to_string()), (16, card[15..].to_owned()));
            let vin = vin(&mut dice);
            let check = if sum(&vin) == 10 { 'X' } else { char::from_digit(sum(&vin), 10).unwrap() };
            assert_eq!(vin.chars().nth(8), Some(check));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_values() {
        let values = |seed| (ssn(&mut Dice::new(seed)), phone(&mut Dice::new(seed)), uuid(&mut Dice::new(seed)));
        assert_eq!(values(5), values(5));
        assert_ne!(values(5), values(6));
    }
}
