//! Makes numbers, dates and addresses of machines: what a slot holds that is no word and no person.

use super::Label;
use super::rng::Rng;

/// Slots and the shapes of what they hold: `#` is a digit, `*` a digit that is not 0, `?` a capital, `%` a hex digit.
const SHAPES: [(&str, Option<Label>, &[&str]); 26] = [
    (
        "phone",
        Some(Label::Phone),
        &[
            "(*##) 555-01##",
            "*##-555-01##",
            "*##.555.01##",
            "+1 *## 555 01##",
            "(*##)555-01##",
            "1-*##-555-01##",
            "555-01##",
        ],
    ),
    ("ssn", Some(Label::Ssn), &["9##-##-####", "9########"]),
    (
        "mrn",
        Some(Label::Mrn),
        &["*#######", "*######", "MRN*#####", "*###-###-?", "?#######", "00######", "*#########"],
    ),
    ("id", Some(Label::Id), &["??#######", "?##-####-##", "*###########", "????*####", "*####-##"]),
    ("zip", Some(Label::Location), &["*####", "*####", "0####", "*####-####"]),
    ("ip", Some(Label::Ip), &["10.#.*#.1##", "192.168.#.*#", "172.16.*.1##"]),
    ("n1", None, &["*"]),
    ("n2", None, &["*#"]),
    ("n3", None, &["*##"]),
    ("n4", None, &["*###"]),
    ("n5", None, &["*####"]),
    ("n6", None, &["*#####"]),
    ("x8", None, &["%%%%%%%%"]),
    ("x16", None, &["%%%%%%%%%%%%%%%%"]),
    ("uuid", None, &["%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%"]),
    ("dose", None, &["* mg", "*0 mg", "*00 mg", "*.5 mg", "*5 mcg", "*0mg", "*00mg", "*25mg", "*0 units", "* g"]),
    ("bp", None, &["1##/*#", "1##/8#", "9#/6#"]),
    ("pct", None, &["9#%", "*#%"]),
    ("accession", Some(Label::Id), &["S##-####", "?##-*####", "RAD####*###", "SP-##-*####"]),
    ("bed", None, &["*##", "*##-?", "?*", "*#?"]),
    ("account", Some(Label::Id), &["*#########", "A####*###", "ACCT*######"]),
    ("npi", Some(Label::Id), &["1#########"]),
    ("ticket", None, &["INC0######", "HELP-*###", "#*####", "PROJ-*##", "CHG00#####"]),
    ("version", None, &["*.#.#", "v*.#.##", "20##.*", "*.#.#-SNAPSHOT", "R*"]),
    ("ext", None, &["x*###", "ext. *###", "ext *##"]),
    (
        "pobox",
        Some(Label::Location),
        &["PO Box *##", "P.O. Box *###", "P. O. Box *#", "Post Office Box *##", "PO BOX *####"],
    ),
];

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

pub fn value(slot: &str, rng: &mut Rng) -> Option<(String, Option<Label>)> {
    if let Some((_, label, shapes)) = SHAPES.iter().find(|(name, _, _)| *name == slot) {
        let shape = rng.pick(shapes);
        return Some((fill_shape(shape, rng), *label));
    }
    let (text, label) = match slot {
        "date" => (date(rng), Some(Label::Date)),
        "dob" => (birth_date(rng), Some(Label::Date)),
        "hl7date" => (format!("{}{:02}{:02}", rng.between(1935, 2026), month(rng), day(rng)), Some(Label::Date)),
        "hl7time" => (
            format!("20{}{:02}{:02}{:02}{:02}", rng.between(18, 26), month(rng), day(rng), hour(rng), sixty(rng)),
            None,
        ),
        "logtime" => (log_time(rng), None),
        "time" => (time(rng), None),
        "year" => (rng.between(1950, 2026).to_string(), None),
        "age" => (rng.between(1, 99).to_string(), Some(Label::Age)),
        "month" => ((*rng.pick(&MONTHS)).to_owned(), None),
        _ => return None,
    };
    Some((text, label))
}

fn fill_shape(shape: &str, rng: &mut Rng) -> String {
    let mut fill = |c: char| match c {
        '#' => digit(rng.below(10), 10),
        '*' => digit(rng.between(1, 9), 10),
        '%' => digit(rng.below(16), 16),
        '?' => char::from(b'A' + rng.below(26) as u8),
        other => other,
    };
    // A percent sign at the end of a shape is one; nothing else than a hex digit is written so.
    match shape.strip_suffix("#%") {
        Some(start) => format!("{}{}%", start.chars().map(&mut fill).collect::<String>(), fill('#')),
        None => shape.chars().map(fill).collect(),
    }
}

fn digit(number: u64, radix: u32) -> char {
    char::from_digit(number as u32, radix).expect("the number is below the radix")
}

fn date(rng: &mut Rng) -> String {
    let year = rng.between(2012, 2026);
    write_date(year, rng)
}

fn birth_date(rng: &mut Rng) -> String {
    let year = rng.between(1926, 2024);
    write_date(year, rng)
}

fn write_date(year: u64, rng: &mut Rng) -> String {
    let (month, day) = (month(rng), day(rng));
    let name = MONTHS[month as usize - 1];
    let short = &name[..3];
    match rng.below(10) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{name} {day}, {year}"),
        2 => format!("{day} {short} {year}"),
        3 => format!("{day:02}-{short}-{year}"),
        4 => format!("{month}/{day}/{:02}", year % 100),
        5 => format!("{name} {day}"),
        6 => format!("{month}/{day}"),
        7 => format!("{short} {day}, {year}"),
        _ => format!("{month:02}/{day:02}/{year}"),
    }
}

fn log_time(rng: &mut Rng) -> String {
    let (year, month, day, hour) = (rng.between(2019, 2026), month(rng), day(rng), hour(rng));
    let (minute, second, milli) = (sixty(rng), sixty(rng), rng.below(1000));
    let short = &MONTHS[month as usize - 1][..3];
    match rng.below(6) {
        0 => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"),
        1 => format!("{short} {day:2} {hour:02}:{minute:02}:{second:02}"),
        2 => format!("{day:02}/{short}/{year}:{hour:02}:{minute:02}:{second:02} +0000"),
        3 => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00"),
        4 => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
        _ => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02},{milli:03}"),
    }
}

fn time(rng: &mut Rng) -> String {
    let (hour, minute) = (hour(rng), sixty(rng));
    match rng.below(4) {
        0 => format!("{hour:02}{minute:02}"),
        1 => format!("{}:{minute:02} {}", hour % 12 + 1, rng.pick(&["AM", "PM", "am", "pm"])),
        2 => format!("{}:{minute:02}{}", hour % 12 + 1, rng.pick(&["am", "pm", "a", "p"])),
        _ => format!("{hour:02}:{minute:02}"),
    }
}

fn month(rng: &mut Rng) -> u64 {
    rng.between(1, 12)
}

fn day(rng: &mut Rng) -> u64 {
    rng.between(1, 28)
}

fn hour(rng: &mut Rng) -> u64 {
    rng.below(24)
}

fn sixty(rng: &mut Rng) -> u64 {
    rng.below(60)
}
