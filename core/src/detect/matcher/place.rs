//! Postal places: street lines, post office boxes, city with state and ZIP code.

/// USPS Publication 28, appendix C1: the common street suffixes and their usual short forms, lower case, sorted.
const SUFFIXES: [&[u8]; 88] = [
    b"alley",
    b"aly",
    b"ave",
    b"avenue",
    b"bend",
    b"blvd",
    b"boulevard",
    b"branch",
    b"bridge",
    b"brook",
    b"bypass",
    b"center",
    b"cir",
    b"circle",
    b"close",
    b"corner",
    b"corners",
    b"court",
    b"cove",
    b"creek",
    b"crescent",
    b"crest",
    b"crossing",
    b"ct",
    b"dale",
    b"dr",
    b"drive",
    b"estate",
    b"estates",
    b"expressway",
    b"extension",
    b"ferry",
    b"field",
    b"freeway",
    b"garden",
    b"gardens",
    b"gate",
    b"glen",
    b"green",
    b"grove",
    b"harbor",
    b"heights",
    b"highway",
    b"hill",
    b"hills",
    b"hollow",
    b"hwy",
    b"island",
    b"isle",
    b"junction",
    b"knoll",
    b"knolls",
    b"landing",
    b"lane",
    b"ln",
    b"loop",
    b"manor",
    b"meadow",
    b"meadows",
    b"mews",
    b"park",
    b"parkway",
    b"pass",
    b"passage",
    b"path",
    b"pike",
    b"pines",
    b"pkwy",
    b"pl",
    b"place",
    b"plaza",
    b"point",
    b"rd",
    b"ridge",
    b"road",
    b"route",
    b"row",
    b"run",
    b"sq",
    b"square",
    b"st",
    b"street",
    b"ter",
    b"terrace",
    b"trail",
    b"turnpike",
    b"way",
    b"wy",
];

/// True for a street suffix, ASCII case ignored.
#[inline]
pub fn street_suffix(word: &[u8]) -> bool {
    if !(2..=10).contains(&word.len()) {
        return false;
    }
    let mut lower = [0; 10];
    let lower = &mut lower[..word.len()];
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    SUFFIXES.binary_search_by(|it| (*it).cmp(lower)).is_ok()
}

/// True where a street suffix is among the two to five words at `at`, which single blanks part.
pub fn street_suffix_ahead(text: &[u8], at: usize) -> bool {
    let mut start = at;
    for index in 0..6 {
        let part = |it: &&u8| it.is_ascii_alphanumeric() || **it >= 0x80 || matches!(**it, b'\'' | b'-' | b'.');
        let end = start + text[start..].iter().take(30).take_while(part).count();
        let word = &text[start..end];
        if index > 0 && street_suffix(word.strip_suffix(b".").unwrap_or(word)) {
            return true;
        }
        if word.is_empty() || text.get(end) != Some(&b' ') || index == 0 && word[0].is_ascii_lowercase() {
            return false;
        }
        start = end + 1;
    }
    false
}

/// State and territory abbreviations, sorted.
const STATES: [&[u8; 2]; 56] = [
    b"AK", b"AL", b"AR", b"AS", b"AZ", b"CA", b"CO", b"CT", b"DC", b"DE", b"FL", b"GA", b"GU", b"HI", b"IA", b"ID",
    b"IL", b"IN", b"KS", b"KY", b"LA", b"MA", b"MD", b"ME", b"MI", b"MN", b"MO", b"MP", b"MS", b"MT", b"NC", b"ND",
    b"NE", b"NH", b"NJ", b"NM", b"NV", b"NY", b"OH", b"OK", b"OR", b"PA", b"PR", b"RI", b"SC", b"SD", b"TN", b"TX",
    b"UT", b"VA", b"VI", b"VT", b"WA", b"WI", b"WV", b"WY",
];

/// State names, the longer before those they begin with.
const STATE_NAMES: [&[u8]; 51] = [
    b"Alabama",
    b"Alaska",
    b"Arizona",
    b"Arkansas",
    b"California",
    b"Colorado",
    b"Connecticut",
    b"Delaware",
    b"District of Columbia",
    b"Florida",
    b"Georgia",
    b"Hawaii",
    b"Idaho",
    b"Illinois",
    b"Indiana",
    b"Iowa",
    b"Kansas",
    b"Kentucky",
    b"Louisiana",
    b"Maine",
    b"Maryland",
    b"Massachusetts",
    b"Michigan",
    b"Minnesota",
    b"Mississippi",
    b"Missouri",
    b"Montana",
    b"Nebraska",
    b"Nevada",
    b"New Hampshire",
    b"New Jersey",
    b"New Mexico",
    b"New York",
    b"North Carolina",
    b"North Dakota",
    b"Ohio",
    b"Oklahoma",
    b"Oregon",
    b"Pennsylvania",
    b"Rhode Island",
    b"South Carolina",
    b"South Dakota",
    b"Tennessee",
    b"Texas",
    b"Utah",
    b"Vermont",
    b"Virginia",
    b"Washington",
    b"West Virginia",
    b"Wisconsin",
    b"Wyoming",
];

/// True for a state's abbreviation in capitals.
pub fn is_state_abbreviation(word: &[u8]) -> bool {
    <&[u8; 2]>::try_from(word).is_ok_and(|two| STATES.binary_search(&two).is_ok())
}

/// True for a state's abbreviation in capitals, or its name.
pub fn is_state(word: &[u8]) -> bool {
    match <&[u8; 2]>::try_from(word) {
        Ok(two) => STATES.binary_search(&two).is_ok(),
        Err(_) => STATE_NAMES.iter().any(|it| word.eq_ignore_ascii_case(it)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(SUFFIXES.is_sorted() && STATES.is_sorted());
    }

    #[test]
    fn suffixes_are_seen_ahead() {
        assert!(street_suffix_ahead(b"Erwin Rd, Durham", 0) && street_suffix_ahead(b"St. Mary Street Apt 4", 0));
        assert!(!street_suffix_ahead(b"mg twice daily, then rest", 0));
    }
}
