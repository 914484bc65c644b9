//! Hand matchers of the hottest shapes. Each equals the regex of its pattern file, which a property test proves.
//!
//! A matcher is anchored: it says where the value that begins at a place ends. It knows nothing of context.

mod code;
mod date;
mod net;
mod number;
mod place;
mod words;

pub use net::is_local;
pub use place::{is_state, street_suffix};
pub use words::{person_name, skip_titles};

/// A matcher of `MATCHERS`; the discriminant is its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matcher {
    Ssn,
    Itin,
    PhoneUs,
    PhoneRun,
    PhoneInternational,
    Npi,
    Card,
    Zip,
    AgeOver89,
    DateIso,
    DateSlash,
    DateDash,
    DateDashShort,
    DateDot,
    DateDotShort,
    DateMonthFirst,
    DateDayFirst,
    DateDayMonth,
    DateMonthYear,
    DateMonthYearSlash,
    DateMonthDay,
    DatePartial,
    DateCompact,
    Ipv4,
    Ipv6,
    Mac,
    Uuid,
    Email,
    Url,
    Dea,
    Mbi,
    Vin,
    Hicn,
    IdToken,
    Street,
    PoBox,
    CityStateZip,
    Icd10,
}

type Run = fn(&[u8], usize) -> Option<usize>;

/// Name in pattern files, matcher, function; in the order of the enum.
const MATCHERS: [(&str, Matcher, Run); Matcher::COUNT] = [
    ("ssn", Matcher::Ssn, number::ssn),
    ("itin", Matcher::Itin, number::ssn),
    ("phone_us", Matcher::PhoneUs, number::phone_us),
    ("phone_run", Matcher::PhoneRun, number::phone_run),
    ("phone_international", Matcher::PhoneInternational, number::phone_international),
    ("npi", Matcher::Npi, number::npi),
    ("card", Matcher::Card, number::card),
    ("zip", Matcher::Zip, number::zip),
    ("age_over_89", Matcher::AgeOver89, number::age),
    ("date_iso", Matcher::DateIso, date::iso),
    ("date_slash", Matcher::DateSlash, date::slash),
    ("date_dash", Matcher::DateDash, date::dash),
    ("date_dash_short", Matcher::DateDashShort, date::dash_short),
    ("date_dot", Matcher::DateDot, date::dot),
    ("date_dot_short", Matcher::DateDotShort, date::dot_short),
    ("date_month_first", Matcher::DateMonthFirst, date::month_first),
    ("date_day_first", Matcher::DateDayFirst, date::day_first),
    ("date_day_month", Matcher::DateDayMonth, date::day_month),
    ("date_month_year", Matcher::DateMonthYear, date::month_year),
    ("date_month_year_slash", Matcher::DateMonthYearSlash, date::month_year_slash),
    ("date_month_day", Matcher::DateMonthDay, date::month_day),
    ("date_partial", Matcher::DatePartial, date::partial),
    ("date_compact", Matcher::DateCompact, date::compact),
    ("ipv4", Matcher::Ipv4, net::ipv4),
    ("ipv6", Matcher::Ipv6, net::ipv6),
    ("mac", Matcher::Mac, net::mac),
    ("uuid", Matcher::Uuid, net::uuid),
    ("email", Matcher::Email, net::email),
    ("url", Matcher::Url, net::url),
    ("dea", Matcher::Dea, code::dea),
    ("mbi", Matcher::Mbi, code::mbi),
    ("vin", Matcher::Vin, code::vin),
    ("hicn", Matcher::Hicn, code::hicn),
    ("id_token", Matcher::IdToken, code::id_token),
    ("street", Matcher::Street, place::street),
    ("po_box", Matcher::PoBox, place::po_box),
    ("city_state_zip", Matcher::CityStateZip, place::city_state_zip),
    ("icd10", Matcher::Icd10, code::icd10),
];

impl Matcher {
    /// How many there are.
    pub const COUNT: usize = Matcher::Icd10 as usize + 1;

    /// The end of the value that begins at `at`.
    #[inline]
    pub fn run(self, text: &[u8], at: usize) -> Option<usize> {
        MATCHERS[self as usize].2(text, at)
    }
}

/// The matcher of a name in a pattern file.
pub fn by_name(name: &str) -> Option<Matcher> {
    MATCHERS.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// The byte at `at`, 0 behind the end.
#[inline]
fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The end of the digits at `at`, at most `most` of them.
#[inline]
fn digits(text: &[u8], at: usize, most: usize) -> usize {
    let mut end = at;
    while end < text.len() && end - at < most && text[end].is_ascii_digit() {
        end += 1;
    }
    end
}

/// Behind exactly `count` digits.
#[inline]
fn exactly(text: &[u8], at: usize, count: usize) -> Option<usize> {
    (digits(text, at, count) == at + count).then_some(at + count)
}

/// Behind the literal.
#[inline]
fn literal(text: &[u8], at: usize, literal: &[u8]) -> Option<usize> {
    text.get(at..)?.starts_with(literal).then_some(at + literal.len())
}

/// Behind the first literal that stands there, ASCII case ignored.
fn any_of(text: &[u8], at: usize, literals: &[&[u8]]) -> Option<usize> {
    let rest = text.get(at..)?;
    let found = literals.iter().find(|it| rest.len() >= it.len() && rest[..it.len()].eq_ignore_ascii_case(it))?;
    Some(at + found.len())
}
