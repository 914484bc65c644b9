//! Days of the calendar by their number. Knows no text.

/// Year, month and day of a day counted from 1970-01-01 (proleptic Gregorian; Howard Hinnant's `civil_from_days`).
///
/// ```
/// assert_eq!(phisift::model::civil(-1), (1969, 12, 31));
/// ```
pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let month = if part < 10 { part + 3 } else { part - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * part + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!((civil(0), civil(-1)), ((1970, 1, 1), (1969, 12, 31)));
        assert_eq!((civil(11_016), civil(11_017)), ((2000, 2, 29), (2000, 3, 1)));
        assert_eq!((civil(-719_468), civil(20_784)), ((0, 3, 1), (2026, 11, 27)));
    }
}
