//! Hand matchers of the hottest shapes. Each equals the regex of its pattern file, which a property test proves.
//!
//! A matcher is anchored: it says where the value that begins at a place ends. It knows nothing of context.

mod cell;
mod code;
mod date;
mod net;
mod number;
mod place;
mod postcode;
mod route;
mod street;
mod words;
mod world_street;

pub use cell::of_regex;
pub use code::id_token;
pub use date::iso as iso_date;
pub use net::is_local;
pub use place::{is_state, is_state_abbreviation, street_suffix, street_suffix_ahead};
pub use postcode::postcode;
pub use words::{person_name, skip_titles};
pub use world_street::{street_ending, street_lead, street_word};

/// The shape a pattern is tried for, as `matcher` names it in its file. Most have a hand matcher in `MATCHERS`; the rarer
/// ones run their regex once the shape is recognised. The discriminant is the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matcher {
    Ssn,
    Itin,
    PhoneUs,
    PhoneLoose,
    PhoneRun,
    PhoneInternational,
    Npi,
    Card,
    CardRun,
    Zip,
    ZipPlus4,
    Age,
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
    DateSpanish,
    DateSpanishMonth,
    Ipv4,
    Ipv6,
    Mac,
    Uuid,
    Email,
    Url,
    UrlHost,
    Dea,
    Mbi,
    Vin,
    Hicn,
    Iban,
    IdToken,
    Street,
    StreetRoute,
    PoBox,
    CityStateZip,
    StateZip,
    Icd10,
    UdiIccbba,
    StreetBehind,
    AddressUnit,
    AddressTail,
    PlaceName,
    PlaceWithState,
    CountyName,
    Crossing,
    Postcode,
}

/// Where the value that begins at a place ends.
pub type Run = fn(&[u8], usize) -> Option<usize>;

/// Name in pattern files, shape, hand matcher; in the order of the enum.
const MATCHERS: [(&str, Matcher, Option<Run>); Matcher::COUNT] = [
    ("ssn", Matcher::Ssn, Some(number::ssn)),
    ("itin", Matcher::Itin, Some(number::itin)),
    ("phone_us", Matcher::PhoneUs, Some(number::phone_us)),
    ("phone_loose", Matcher::PhoneLoose, Some(number::phone_loose)),
    ("phone_run", Matcher::PhoneRun, Some(number::phone_run)),
    ("phone_international", Matcher::PhoneInternational, None),
    ("npi", Matcher::Npi, Some(number::npi)),
    ("card", Matcher::Card, None),
    ("card_run", Matcher::CardRun, None),
    ("zip", Matcher::Zip, Some(number::zip)),
    ("zip_plus4", Matcher::ZipPlus4, None),
    ("age", Matcher::Age, Some(number::age)),
    ("date_iso", Matcher::DateIso, Some(date::iso)),
    ("date_slash", Matcher::DateSlash, Some(date::slash)),
    ("date_dash", Matcher::DateDash, Some(date::dash)),
    ("date_dash_short", Matcher::DateDashShort, Some(date::dash_short)),
    ("date_dot", Matcher::DateDot, Some(date::dot)),
    ("date_dot_short", Matcher::DateDotShort, Some(date::dot_short)),
    ("date_month_first", Matcher::DateMonthFirst, Some(date::month_first)),
    ("date_day_first", Matcher::DateDayFirst, Some(date::day_first)),
    ("date_day_month", Matcher::DateDayMonth, Some(date::day_month)),
    ("date_month_year", Matcher::DateMonthYear, Some(date::month_year)),
    ("date_month_year_slash", Matcher::DateMonthYearSlash, Some(date::month_year_slash)),
    ("date_month_day", Matcher::DateMonthDay, Some(date::month_day)),
    ("date_partial", Matcher::DatePartial, Some(date::partial)),
    ("date_compact", Matcher::DateCompact, Some(date::compact)),
    ("date_spanish", Matcher::DateSpanish, None),
    ("date_spanish_month", Matcher::DateSpanishMonth, None),
    ("ipv4", Matcher::Ipv4, Some(net::ipv4)),
    ("ipv6", Matcher::Ipv6, None),
    ("mac", Matcher::Mac, Some(net::mac)),
    ("uuid", Matcher::Uuid, Some(net::uuid)),
    ("email", Matcher::Email, Some(net::email)),
    ("url", Matcher::Url, Some(net::url)),
    ("url_host", Matcher::UrlHost, None),
    ("dea", Matcher::Dea, Some(code::dea)),
    ("mbi", Matcher::Mbi, Some(code::mbi)),
    ("vin", Matcher::Vin, Some(code::vin)),
    ("hicn", Matcher::Hicn, None),
    ("iban", Matcher::Iban, None),
    ("id_token", Matcher::IdToken, Some(code::id_token)),
    ("street", Matcher::Street, None),
    ("street_route", Matcher::StreetRoute, Some(route::route)),
    ("po_box", Matcher::PoBox, None),
    ("city_state_zip", Matcher::CityStateZip, None),
    ("state_zip", Matcher::StateZip, None),
    ("icd10", Matcher::Icd10, Some(code::icd10)),
    ("udi_iccbba", Matcher::UdiIccbba, None),
    ("street_behind", Matcher::StreetBehind, None),
    ("address_unit", Matcher::AddressUnit, None),
    ("address_tail", Matcher::AddressTail, None),
    ("place_name", Matcher::PlaceName, None),
    ("place_with_state", Matcher::PlaceWithState, None),
    ("county_name", Matcher::CountyName, None),
    ("crossing", Matcher::Crossing, None),
    ("postcode", Matcher::Postcode, None),
];

impl Matcher {
    /// How many there are.
    pub const COUNT: usize = Matcher::Postcode as usize + 1;

    /// Its name in pattern files.
    pub fn name(self) -> &'static str {
        MATCHERS[self as usize].0
    }

    /// The hand matcher, if the shape has one.
    #[inline]
    pub fn by_hand(self) -> Option<Run> {
        MATCHERS[self as usize].2
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

/// Behind the first literal that stands there as it is written.
fn any_exactly(text: &[u8], at: usize, literals: &[&[u8]]) -> Option<usize> {
    let rest = text.get(at..)?;
    literals.iter().find(|it| rest.starts_with(it)).map(|it| at + it.len())
}

/// Behind the first literal that stands there, ASCII case ignored.
fn any_of(text: &[u8], at: usize, literals: &[&[u8]]) -> Option<usize> {
    let rest = text.get(at..)?;
    let found = literals.iter().find(|it| rest.len() >= it.len() && rest[..it.len()].eq_ignore_ascii_case(it))?;
    Some(at + found.len())
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod testing {
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax;
    use regex_automata::{Anchored, Input};

    use super::Run;

    /// Asserts that a matcher ends where its regex does, on many made values of which some match.
    pub fn assert_equal(text: &str, run: Run, make: impl Fn(&mut dyn FnMut(usize) -> usize) -> String) {
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let regex = Regex::builder().syntax(syntax).configure(Regex::config().utf8_empty(false)).build(text);
        let regex = regex.expect("a normative regex");
        let mut random = crate::detect::dice::dice();
        let mut matches = 0;
        for _ in 0..150_000 {
            let value = make(&mut random);
            let input = Input::new(value.as_bytes()).anchored(Anchored::Yes);
            let expected = regex.search_half(&input).map(|it| it.offset());
            assert_eq!(run(value.as_bytes(), 0), expected, "{text} on {value:?}");
            matches += usize::from(expected.is_some());
        }
        assert!(matches > 300, "{text}: {matches}");
    }
}
