//! Text and figures as HTML shows them. What comes from outside is never markup, and never a control character.

use std::fmt;

use crate::model::civil;

/// A text in HTML or an attribute: markup escaped, control and direction characters shown by their number.
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in self.0.chars() {
            match it {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                it if misleads(it) => write!(out, "\\u{{{:x}}}", u32::from(it))?,
                it => write!(out, "{it}")?,
            }
        }
        Ok(())
    }
}

/// The same without escaping markup: what a script puts into the page as text.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        if misleads(it) {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(it)));
        } else {
            out.push(it);
        }
    }
    out
}

/// True for what changes how text around it is shown: control characters, direction marks, line separators.
fn misleads(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A whole number with its thousands parted: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, it) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(it);
    }
    out
}

/// Bytes in a unit that people read: `1.5 MB`.
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let mut value = number as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{number} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// Thousandths as a percentage: `98.7 %`.
pub fn percent(permille: u64) -> String {
    if permille.is_multiple_of(10) {
        format!("{} %", permille / 10)
    } else {
        format!("{}.{} %", permille / 10, permille % 10)
    }
}

/// The day of a time, `27 November 2026`.
pub fn day(seconds: i64) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    format!("{day} {} {year}", MONTHS[month as usize - 1])
}

/// A time as `2026-11-27 03:40 UTC`.
pub fn moment(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", of_day / 3600, of_day / 60 % 60)
}

/// A day as `2026-11-27`.
pub fn iso_day(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup_or_moves_text() {
        let hostile = "<script>alert('1')</script>\n\u{1b}[31m\u{202e}gpj.exe&\"";
        let shown = Shown(hostile).to_string();
        assert!(!shown.contains(['<', '>', '"', '\'', '\n', '\u{1b}', '\u{202e}']), "{shown}");
        assert!(shown.contains("&lt;script&gt;") && shown.contains("\\u{202e}") && shown.contains("\\u{1b}[31m"));
        assert_eq!(visible("a\nb\u{202e}"), "a\\u{a}b\\u{202e}");
    }

    #[test]
    fn figures_read_well() {
        assert_eq!((count(0), count(999), count(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
        assert_eq!(
            (bytes(12), bytes(1500), bytes(2_340_000_000)),
            ("12 bytes".into(), "1.5 kB".into(), "2.3 GB".into())
        );
        assert_eq!((percent(1000), percent(987), percent(5)), ("100 %".into(), "98.7 %".into(), "0.5 %".into()));
    }

    #[test]
    fn times_are_civil() {
        assert_eq!((day(0), moment(951_782_399)), ("1 January 1970".into(), "2000-02-28 23:59 UTC".into()));
        assert_eq!((iso_day(951_782_400), iso_day(-1)), ("2000-02-29".into(), "1969-12-31".into()));
        assert_eq!(day(1_795_751_640), "27 November 2026");
    }
}
