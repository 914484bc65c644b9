//! Street lines: a number, up to four words, a suffix, perhaps a direction and a unit. Equals the regexes that end in one
//! of two lists of suffixes.

use std::sync::LazyLock;

use super::cell::{class, run};
use super::{Run, any_exactly, byte, digits};
use crate::detect::packed::pack;

/// The regex before its list of suffixes, and behind it.
const HEAD: &str = r"[0-9]{1,6}(?:-[0-9]{1,4})?[A-Za-z]? (?:[A-Z][A-Za-z\x80-\xFF.'-]{0,20}|[0-9]{1,3}(?:st|nd|rd|th|ST|ND|RD|TH))(?: (?:[A-Z][A-Za-z\x80-\xFF.'-]{0,20}|[0-9]{1,3}(?:st|nd|rd|th|ST|ND|RD|TH))){0,3} (?:";
const TAIL: &str = r")\.?(?:(?:,? (?:[Aa]pt|APT|[Aa]partment|APARTMENT|[Uu]nit|UNIT|[Ss]uite|SUITE|[Ss]te|STE|[Rr]oom|[Rr]m|[Ff]loor|[Ff]l|[Bb]ldg|[Ll]ot|#)\.? ?#?[0-9A-Za-z-]{1,6})| (?:North|South|East|West|NORTH|SOUTH|EAST|WEST|NE|NW|SE|SW)(?:,? (?:[Aa]pt|APT|[Aa]partment|APARTMENT|[Uu]nit|UNIT|[Ss]uite|SUITE|[Ss]te|STE|[Rr]oom|[Rr]m|[Ff]loor|[Ff]l|[Bb]ldg|[Ll]ot|#)\.? ?#?[0-9A-Za-z-]{1,6})?)?";

/// Suffixes that are sure (USPS Publication 28, appendix C1), in the order in which they are tried.
const USUAL: &str = "\
    EXPRESSWAY|Expressway|THROUGHWAY|Throughway|BOULEVARD|Boulevard|UNDERPASS|Underpass|CAUSEWAY|CRESCENT|\
    Causeway|Crescent|TURNPIKE|Turnpike|FREEWAY|Freeway|HIGHWAY|Highway|PARKWAY|Parkway|TERRACE|Terrace|VIADUCT|\
    Viaduct|AVENUE|Avenue|CIRCLE|Circle|SQUARE|STREET|Square|Street|ALLEY|Alley|COURT|Court|DRIVE|Drive|PLACE|\
    PLAZA|Place|Plaza|TRAIL|Trail|BLVD|Blvd|CRES|Cres|EXPY|Expy|LANE|Lane|PKWY|Pkwy|ROAD|Road|TPKE|Tpke|AVE|Ave|\
    CIR|Cir|FWY|Fwy|HWY|Hwy|PLZ|Plz|TER|TRL|Ter|Trl|CT|Ct|DR|Dr|LN|Ln|PL|Pl|RD|Rd|SQ|ST|Sq|St";

/// Suffixes that are ordinary words as well.
const WEAK: &str = "\
    TRAFFICWAY|Trafficway|EXTENSION|Extension|STRAVENUE|Stravenue|CROSSING|Crossing|JUNCTION|Junction|MOTORWAY|\
    MOUNTAIN|Motorway|Mountain|OVERPASS|Overpass|COMMONS|CORNERS|Commons|Corners|ESTATES|Estates|GARDENS|\
    GATEWAY|Gardens|Gateway|HEIGHTS|Heights|LANDING|Landing|MEADOWS|MISSION|Meadows|Mission|ORCHARD|Orchard|\
    PASSAGE|PRAIRIE|Passage|Prairie|SPRINGS|STATION|Springs|Station|VILLAGE|Village|BRANCH|BRIDGE|BYPASS|Branch|\
    Bridge|Bypass|COMMON|CORNER|Common|Corner|ESTATE|Estate|FIELDS|FOREST|Fields|Forest|HARBOR|HOLLOW|Harbor|\
    Hollow|ISLAND|Island|KNOLLS|Knolls|LIGHTS|Lights|MEADOW|Meadow|POINTS|Points|RAPIDS|Rapids|SHORES|SPRING|\
    STREAM|SUMMIT|Shores|Spring|Stream|Summit|TUNNEL|Tunnel|VALLEY|Valley|CLOSE|Close|FALLS|FERRY|FIELD|FLATS|\
    FORGE|Falls|Ferry|Field|Flats|Forge|GREEN|GROVE|Green|Grove|HAVEN|HILLS|Haven|Hills|INLET|Inlet|KNOLL|Knoll|\
    LIGHT|LOCKS|LODGE|Light|Locks|Lodge|MANOR|MILLS|MOUNT|Manor|Mills|Mount|PINES|POINT|Pines|Point|RANCH|RAPID|\
    RIDGE|RIVER|ROUTE|Ranch|Rapid|Ridge|River|Route|SHOAL|SHORE|Shoal|Shore|TRACE|TRACK|Trace|Track|UNION|Union|\
    VIEWS|VILLE|VISTA|Views|Ville|Vista|WALKS|WELLS|Walks|Wells|BEND|Bend|COVE|Cove|DALE|Dale|FLAT|FORD|FORK|\
    Flat|Ford|Fork|GATE|GLEN|Gate|Glen|HILL|Hill|ISLE|Isle|LAKE|LOCK|LOOP|Lake|Lock|Loop|MEWS|MILL|Mews|Mill|\
    OVAL|Oval|PARK|PASS|PATH|PIKE|PINE|PORT|Park|Pass|Path|Pike|Pine|Port|RAMP|REST|RISE|Ramp|Rest|Rise|SPUR|\
    Spur|VALE|VIEW|Vale|View|WALK|WALL|WAYS|WELL|Walk|Wall|Ways|Well|XING|Xing|HTS|Hts|ROW|RUN|Row|Run|WAY|Way";

/// Words for a part of a building, in the order in which they are tried.
const UNITS: [&[u8]; 28] = [
    b"Apt",
    b"apt",
    b"APT",
    b"Apartment",
    b"apartment",
    b"APARTMENT",
    b"Unit",
    b"unit",
    b"UNIT",
    b"Suite",
    b"suite",
    b"SUITE",
    b"Ste",
    b"ste",
    b"STE",
    b"Room",
    b"room",
    b"Rm",
    b"rm",
    b"Floor",
    b"floor",
    b"Fl",
    b"fl",
    b"Bldg",
    b"bldg",
    b"Lot",
    b"lot",
    b"#",
];

const DIRECTIONS: [&[u8]; 12] =
    [b"North", b"South", b"East", b"West", b"NORTH", b"SOUTH", b"EAST", b"WEST", b"NE", b"NW", b"SE", b"SW"];

/// The matcher that equals a regex, if it is a street's.
pub fn of_regex(regex: &str) -> Option<Run> {
    match regex.strip_prefix(HEAD)?.strip_suffix(TAIL)? {
        USUAL => Some(usual),
        WEAK => Some(weak),
        _ => None,
    }
}

/// A list of suffixes, by their first two letters, in order.
struct Suffixes {
    words: Vec<Suffix>,
    /// Where those of two letters end; they begin where those of the letters before end.
    ends: [u8; 32 * 32 + 1],
}

/// A suffix as a number, and the bytes that it takes.
struct Suffix {
    word: [u64; 2],
    mask: [u64; 2],
    len: usize,
}

impl Suffixes {
    fn new(list: &str) -> Suffixes {
        let place = |word: &[u8]| Self::place(word[0], word[1]);
        let mut sorted: Vec<&[u8]> = list.split('|').map(str::as_bytes).collect();
        sorted.sort_by_key(|it| place(it));
        let mut ends = [0; 32 * 32 + 1];
        sorted.iter().for_each(|it| ends[place(it)] += 1);
        (1..ends.len()).for_each(|at| ends[at] += ends[at - 1]);
        let half = |it: &[u8], from: usize| it.len().saturating_sub(from).min(8);
        let mask = |len: usize| if len == 8 { !0 } else { !(!0 << (8 * len)) };
        let packed = |it: &&[u8]| Suffix {
            word: pack(it).unwrap_or_default(),
            mask: [mask(half(it, 0)), mask(half(it, 8))],
            len: it.len(),
        };
        Suffixes { words: sorted.iter().map(packed).collect(), ends }
    }

    /// The place of two letters, whatever their case.
    fn place(first: u8, second: u8) -> usize {
        1 + usize::from(first & 31) * 32 + usize::from(second & 31)
    }

    /// The length of the first suffix that stands at the beginning of a text.
    #[inline]
    fn first_in(&self, text: &[u8]) -> Option<usize> {
        let &[first, second, ..] = text else { return None };
        let place = Self::place(first, second);
        let alike = &self.words[usize::from(self.ends[place - 1])..usize::from(self.ends[place])];
        if alike.is_empty() {
            return None;
        }
        let [low, high] = pack(&text[..text.len().min(16)])?;
        alike.iter().find(|it| [low & it.mask[0], high & it.mask[1]] == it.word).map(|it| it.len)
    }
}

fn usual(text: &[u8], at: usize) -> Option<usize> {
    static SUFFIXES: LazyLock<Suffixes> = LazyLock::new(|| Suffixes::new(USUAL));
    line(text, at, &SUFFIXES)
}

fn weak(text: &[u8], at: usize) -> Option<usize> {
    static SUFFIXES: LazyLock<Suffixes> = LazyLock::new(|| Suffixes::new(WEAK));
    line(text, at, &SUFFIXES)
}

fn line(text: &[u8], at: usize, suffixes: &Suffixes) -> Option<usize> {
    // Where words end; the suffix comes behind as many of them as it can.
    let mut ends = [word(text, blank(text, number(text, at)?)?)?; 4];
    let mut count = 1;
    while let Some(end) = blank(text, ends[count - 1]).and_then(|start| word(text, start)) {
        ends[count] = end;
        count += 1;
        if count == ends.len() {
            break;
        }
    }
    let end = ends[..count].iter().rev().find_map(|end| suffix(text, end + 1, *end, suffixes))?;
    Some(tail(text, end + usize::from(byte(text, end) == b'.')))
}

/// `[0-9]{1,6}(?:-[0-9]{1,4})?[A-Za-z]?`
fn number(text: &[u8], at: usize) -> Option<usize> {
    let mut end = digits(text, at, 6);
    if end == at {
        return None;
    }
    if byte(text, end) == b'-' {
        let second = digits(text, end + 1, 4);
        end = if second > end + 1 { second } else { end };
    }
    Some(end + usize::from(byte(text, end).is_ascii_alphabetic()))
}

fn blank(text: &[u8], at: usize) -> Option<usize> {
    (byte(text, at) == b' ').then_some(at + 1)
}

/// A capitalised word, or an ordinal number.
fn word(text: &[u8], at: usize) -> Option<usize> {
    if byte(text, at).is_ascii_uppercase() {
        return Some(run(text, at + 1, 20, class::NAME));
    }
    let end = digits(text, at, 3);
    let ordinal = any_exactly(text, end, &[b"st", b"nd", b"rd", b"th", b"ST", b"ND", b"RD", b"TH"]);
    ordinal.filter(|_| end > at)
}

fn suffix(text: &[u8], at: usize, blank: usize, suffixes: &Suffixes) -> Option<usize> {
    if byte(text, blank) != b' ' || !byte(text, at).is_ascii_uppercase() {
        return None;
    }
    suffixes.first_in(&text[at..]).map(|len| at + len)
}

/// Behind an optional unit, or an optional direction that may have a unit behind it.
fn tail(text: &[u8], at: usize) -> usize {
    if let Some(end) = unit(text, at) {
        return end;
    }
    let direction = blank(text, at).and_then(|start| any_exactly(text, start, &DIRECTIONS));
    direction.map_or(at, |end| unit(text, end).unwrap_or(end))
}

/// `,? (?:[Aa]pt|…|#)\.? ?#?[0-9A-Za-z-]{1,6}`
pub(super) fn unit(text: &[u8], at: usize) -> Option<usize> {
    let start = blank(text, at + usize::from(byte(text, at) == b','))?;
    let named = |name: &&[u8]| {
        let mut end = any_exactly(text, start, &[name])?;
        end += usize::from(byte(text, end) == b'.');
        end += usize::from(byte(text, end) == b' ');
        end += usize::from(byte(text, end) == b'#');
        let inner = |it: &usize| byte(text, *it).is_ascii_alphanumeric() || byte(text, *it) == b'-';
        let length = (end..end + 6).take_while(inner).count();
        (length > 0).then_some(end + length)
    };
    UNITS.iter().filter(|it| it[0] == byte(text, start)).find_map(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_equal_their_regexes() {
        let words = ["Main", "St", "St.", "Stone", "Avenue", "AVE", "5th", "12th", "42ND", "O'Hara", "Way", "Row", "x"];
        let units =
            ["Apt", "apt.", "APT #", "Unit", "Suite", "Ste", "Fl", "Flat", "Floor", "#", "Lot", "NE", "South", "Roomy"];
        let others = ["1", "12", "385", "1234567", "10-20", "7A", " ", "  ", ", ", ",", "-", "4B", "."];
        let kinds: [&[&str]; 3] = [&words, &units, &others];
        let pick = move |random: &mut dyn FnMut(usize) -> usize| {
            let mut value = format!("{} ", ["1", "385", "12-4", "7B", "123456", "9"][random(6)]);
            for _ in 0..random(9) {
                let kind = kinds[[0, 0, 0, 1, 2][random(5)]];
                value.push_str(kind[random(kind.len())]);
                value.push_str(["", " ", " ", " ", ", "][random(5)]);
            }
            value
        };
        for list in [USUAL, WEAK] {
            let regex = format!("{HEAD}{list}{TAIL}");
            super::super::testing::assert_equal(&regex, of_regex(&regex).expect("a street's"), pick);
        }
    }

    #[test]
    fn both_are_pattern_files() {
        let of_street = |it: &&phisift_patterns::File| {
            let file: crate::detect::ruleset::schema::PatternFile = toml::from_str(it.text).expect("the schema");
            of_regex(&file.regex).is_some()
        };
        let files = phisift_patterns::identifiers().filter(|it| it.path != "context.toml");
        assert_eq!(files.filter(of_street).count(), 2);
    }
}
