//! Amounts as cells show them: with signs of currency, groups of digits, percents, fractions. Nothing is rounded away.

use std::fmt;

/// The most that one letter of a format multiplies or divides by, and digits of a fraction.
const MAX_PLACES: usize = 15;
const MAX_FRACTION: usize = 3;

/// How amounts above, below and of zero are shown.
#[derive(Clone, PartialEq, Eq)]
pub(in super::super) struct Amount {
    sections: Vec<Section>,
}

/// How many sections: what they hold are words of the document.
impl fmt::Debug for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Amount({} sections)", self.sections.len())
    }
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Section {
    parts: Vec<Part>,
    /// Digits before the point that are always shown, and those behind it: always, at most.
    whole: usize,
    least: usize,
    most: usize,
    grouped: bool,
    percent: bool,
    /// Digits of a denominator.
    fraction: usize,
    /// Says more than digits: what money it is, what is counted.
    tells: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Literal(char),
    Whole,
    /// The point and the digits behind it.
    Rest,
    Fraction,
}

impl Amount {
    /// What sections of a format code say; `None` where they do not speak of amounts.
    pub(super) fn parse(sections: &[&str]) -> Option<Self> {
        let sections: Option<Vec<Section>> = sections.iter().take(3).map(|it| Section::parse(it)).collect();
        let sections = sections?;
        let first = sections.first()?;
        (first.most > 0 || first.percent || first.fraction > 0 || first.tells).then_some(Amount { sections })
    }

    /// The amount as it is shown; `None` where that would not tell all of it, or where it may be no amount: a whole
    /// number without a sign beside it may as well identify somebody.
    pub(super) fn show(&self, raw: &str) -> Option<String> {
        let number: f64 = raw.parse().ok().filter(|it: &f64| it.abs() < 1e15)?;
        let index = if number < 0.0 {
            1
        } else if number == 0.0 {
            2
        } else {
            0
        };
        let own = self.sections.get(index);
        let section = own.or(self.sections.first())?;
        if number.fract() == 0.0 && !section.tells && !section.percent {
            return None;
        }
        let shown = section.show(number.abs())?;
        Some(if number < 0.0 && own.is_none() { format!("-{shown}") } else { shown })
    }
}

impl Section {
    fn parse(code: &str) -> Option<Self> {
        let mut section = Section::default();
        let mut chars = code.chars().peekable();
        let mut behind_point = false;
        while let Some(char) = chars.next() {
            match char {
                '0' | '#' | '?' => {
                    let mut digits = String::from(char);
                    while let Some(digit) = chars.next_if(|it| matches!(it, '0' | '#' | '?' | ',')) {
                        digits.push(digit);
                    }
                    if chars.peek() == Some(&'/') {
                        section.take_fraction(&mut chars)?;
                    } else {
                        section.take_digits(&digits, behind_point)?;
                    }
                }
                '.' if !behind_point => {
                    behind_point = true;
                    section.parts.push(Part::Rest);
                }
                '%' => section.percent = true,
                '_' | '*' => drop(chars.next()),
                '[' => {
                    let inside: String = chars.by_ref().take_while(|it| *it != ']').collect();
                    section.take_bracket(&inside)?;
                    continue;
                }
                '"' => {
                    let quoted: Vec<char> = chars.by_ref().take_while(|it| *it != '"').collect();
                    section.push_all(quoted);
                    continue;
                }
                '\\' => section.push_all(chars.next()),
                '-' | '+' | ' ' | '(' | ')' | ':' | '$' | '€' | '£' | '¥' => section.push_all([char]),
                _ => return None,
            }
            if char == '%' {
                section.parts.push(Part::Literal('%'));
            }
        }
        Some(section)
    }

    /// What stands there for itself; brackets and signs alone do not say what an amount is of.
    fn push_all(&mut self, literals: impl IntoIterator<Item = char>) {
        for literal in literals {
            self.tells |= !matches!(literal, ' ' | '(' | ')' | '-' | '+');
            self.parts.push(Part::Literal(literal));
        }
    }

    fn take_bracket(&mut self, inside: &str) -> Option<()> {
        match inside.strip_prefix('$') {
            Some(money) => self.push_all(money.split('-').next().unwrap_or_default().chars()),
            // Conditions choose sections in ways of their own; what is left are colours.
            None if inside.contains(['<', '>', '=']) => return None,
            None => {}
        }
        Some(())
    }

    fn take_digits(&mut self, digits: &str, behind_point: bool) -> Option<()> {
        // Commas at the end divide by thousands.
        let zeros = digits.bytes().filter(|it| *it == b'0').count();
        let places = digits.bytes().filter(|it| *it != b',').count();
        if digits.ends_with(',') || places > MAX_PLACES {
            return None;
        }
        if behind_point {
            (self.least, self.most) = (self.least + zeros, self.most + places);
            return (self.parts.last() == Some(&Part::Rest)).then_some(());
        }
        if self.parts.contains(&Part::Whole) {
            return None;
        }
        (self.whole, self.grouped) = (zeros, digits.contains(','));
        self.parts.push(Part::Whole);
        Some(())
    }

    fn take_fraction(&mut self, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<()> {
        chars.next();
        while chars.next_if(|it| matches!(it, '#' | '?')).is_some() {
            self.fraction += 1;
        }
        self.parts.push(Part::Fraction);
        (1..=MAX_FRACTION).contains(&self.fraction).then_some(())
    }

    fn show(&self, number: f64) -> Option<String> {
        let scaled = if self.percent { number * 100.0 } else { number };
        let digits = if self.fraction > 0 { format!("{}", scaled.trunc()) } else { format!("{scaled:.*}", self.most) };
        let (whole, rest) = digits.split_once('.').unwrap_or((&digits, ""));
        let fraction = fraction(scaled.fract(), self.fraction);
        let told = digits.parse::<f64>().ok()? + fraction.map_or(0.0, |it| f64::from(it.0) / f64::from(it.1));
        if (told - scaled).abs() > scaled.abs() * 1e-12 {
            return None;
        }
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(char) => out.push(*char),
                Part::Whole if whole == "0" && self.whole == 0 => {}
                Part::Whole if self.grouped => out.push_str(&grouped(whole, self.whole)),
                Part::Whole => out.push_str(&format!("{whole:0>width$}", width = self.whole)),
                Part::Rest => {
                    let optional = rest.get(self.least..)?.trim_end_matches('0').len();
                    out.push('.');
                    out.push_str(&rest[..self.least + optional]);
                }
                Part::Fraction => {
                    if let Some((over, under)) = fraction.filter(|it| it.0 > 0) {
                        out.push_str(&format!("{over}/{under}"));
                    }
                }
            }
        }
        Some(out.trim().to_owned())
    }
}

/// The fraction of so many digits that a part of one is.
fn fraction(part: f64, digits: usize) -> Option<(u32, u32)> {
    let under = (1..10_u32.pow(digits as u32)).find(|under| {
        let over = part * f64::from(*under);
        (over - over.round()).abs() < 1e-9
    })?;
    Some(((part * f64::from(under)).round() as u32, under))
}

/// Digits in threes.
fn grouped(digits: &str, least: usize) -> String {
    let digits = format!("{digits:0>least$}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::number::{parse, show};
    use super::*;

    #[test]
    fn an_amount_says_how_long_it_is_and_no_word_of_it() {
        let amount = Amount::parse(&["\"for Lindqvist \"#,##0.00"]);
        assert_eq!(format!("{amount:?}"), "Some(Amount(1 sections))");
    }

    #[test]
    fn amounts_are_shown_where_that_tells_all_of_them() {
        let money = "\"$\"#,##0.00_);[Red]\\(\"$\"#,##0.00\\)";
        let ledger = "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)";
        for (code, raw, expected) in [
            ("#,##0.00", "1599.99", "1,599.99"),
            ("#,##0.00", "-1599.99", "-1,599.99"),
            (money, "-1599.9900000000001", "($1,599.99)"),
            (money, "1600", "$1,600.00"),
            (ledger, "12.5", "$12.50"),
            (ledger, "0", "$-"),
            ("[$€-407] 0.00", "7.5", "€ 7.50"),
            ("0.00%", "0.025", "2.50%"),
            ("0%", "1", "100%"),
            ("# ?/?", "2.5", "2 1/2"),
            ("# ??/??", "0.0625", "1/16"),
            ("0.0##", "1.25", "1.25"),
            ("0\\ \"dollars and\"\\ .00\\ \"cents\"", "19.99", "19 dollars and .99 cents"),
            // Rounded, or perhaps no amount at all.
            ("0.00", "41.123456", "41.123456"),
            ("# ?/?", "3.14159", "3.14159"),
            ("0%", "0.025", "0.025"),
            ("0.00", "12345678", "12345678"),
            ("#,##0", "12345678", "12345678"),
            ("#,##0,", "1234567.5", "1234567.5"),
            ("[>100]0.0;0.00", "1.5", "1.5"),
            ("0.00E+00", "1.5", "1.5"),
        ] {
            assert_eq!(show(raw, &parse(code), false), expected, "{code} {raw}");
        }
    }
}
