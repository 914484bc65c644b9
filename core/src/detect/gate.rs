//! What the whole of a value must look like for a regex to match it: its first bytes, its last one, its length, and the
//! kinds of bytes it holds.
//!
//! Derived from the regex, so a value that a gate refuses can never be matched. Never decides that one is.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A set of bytes.
type Bytes = [bool; 256];

/// Bytes at the beginning of a value that are looked at one by one.
const NEAR: usize = 6;
/// A bit for each of their places.
const PLACES: u32 = (1 << NEAR) - 1;

/// Conditions that every match of a regex fulfils.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What may stand at each of the first places.
    near: Box<[Bytes; NEAR]>,
    last: Box<Bytes>,
    shortest: usize,
    longest: usize,
    kinds: Kinds,
}

/// Which kinds of bytes a match may hold, and of which kinds it holds one in any case; a bit for each kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kinds {
    allowed: u32,
    required: u32,
}

/// The kind of a byte: digits, letters, all from 0x80, each usual mark for itself, the rest.
const KIND: [u32; 256] = {
    const MARKS: &[u8; 18] = b" -/.:,()@+_'#&|\"=^";
    let mut table = [1 << 31; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => 1,
            b'A'..=b'Z' | b'a'..=b'z' => 2,
            0x80.. => 4,
            _ => 1 << 31,
        };
        byte += 1;
    }
    let mut mark = 0;
    while mark < MARKS.len() {
        table[MARKS[mark] as usize] = 8 << mark;
        mark += 1;
    }
    table
};

impl Gate {
    /// The gate of a regex (ASCII semantics). One that cannot be parsed gets a gate that refuses nothing.
    pub fn of(regex: &str, ignore_case: bool) -> Gate {
        let mut parser =
            regex_syntax::ParserBuilder::new().unicode(false).utf8(false).case_insensitive(ignore_case).build();
        let Ok(hir) = parser.parse(regex) else {
            let (near, last) = (Box::new([[true; 256]; NEAR]), Box::new([true; 256]));
            let kinds = Kinds { allowed: !0, required: 0 };
            return Gate { near, last, shortest: 0, longest: usize::MAX, kinds };
        };
        let mut near = Box::new([[false; 256]; NEAR]);
        begin(&hir, 1, &mut near);
        let mut last = Box::new([false; 256]);
        if edge(&hir, &mut last) {
            last.fill(true);
        }
        let properties = hir.properties();
        Gate {
            near,
            last,
            shortest: properties.minimum_len().unwrap_or(0),
            longest: properties.maximum_len().unwrap_or(usize::MAX),
            kinds: Kinds::of(&hir),
        }
    }

    /// The kinds of bytes that a match holds.
    pub fn kinds(&self) -> Kinds {
        self.kinds
    }
}

/// Adds the bytes that can stand at each of the first places of a match that begins at one of the places `from`; the
/// places at which it can end. Places are bits.
fn begin(hir: &Hir, from: u32, near: &mut [Bytes; NEAR]) -> u32 {
    let mut add = |places: u32, first: u8, last: u8| {
        let sets = near.iter_mut().enumerate().filter(|it| places >> it.0 & 1 == 1);
        sets.for_each(|it| it.1[usize::from(first)..=usize::from(last)].fill(true));
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => from,
        HirKind::Literal(literal) => literal.0.iter().fold(from, |places, &byte| {
            add(places, byte, byte);
            places << 1 & PLACES
        }),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().for_each(|range| add(from, range.start(), range.end()));
            from << 1 & PLACES
        }
        HirKind::Class(Class::Unicode(class)) if class.maximum_len() == Some(1) => {
            class.iter().for_each(|range| add(from, range.start() as u8, range.end() as u8));
            from << 1 & PLACES
        }
        HirKind::Class(Class::Unicode(_)) => {
            // Characters of one to four bytes: anything may follow.
            let places = if from == 0 { 0 } else { PLACES & (!0 << from.trailing_zeros()) };
            add(places, 0, 255);
            places
        }
        HirKind::Repetition(repetition) => {
            let (least, most) = (repetition.min as usize, repetition.max.map_or(NEAR + 1, |it| it as usize));
            let (mut places, mut ends) = (from, if least == 0 { from } else { 0 });
            let rounds = most.min(NEAR + 1);
            for round in 1..=rounds {
                places = begin(&repetition.sub, places, near);
                // What is repeated more often and is still near may be empty.
                ends |= if round >= least || round == rounds { places } else { 0 };
            }
            ends
        }
        HirKind::Capture(capture) => begin(&capture.sub, from, near),
        HirKind::Concat(parts) => parts.iter().fold(from, |places, it| begin(it, places, near)),
        HirKind::Alternation(parts) => parts.iter().fold(0, |ends, it| ends | begin(it, from, near)),
    }
}

/// Adds the bytes that can end a match; true where it may be empty and its neighbour shows.
fn edge(hir: &Hir, bytes: &mut Bytes) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            let byte = literal.0.last();
            byte.iter().for_each(|byte| bytes[usize::from(**byte)] = true);
            byte.is_none()
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().flat_map(|range| range.start()..=range.end()).for_each(|it| bytes[usize::from(it)] = true);
            false
        }
        HirKind::Class(Class::Unicode(class)) => {
            // A character from U+0080 on is several bytes, all of them from 0x80 on.
            for range in class.iter() {
                (range.start()..=range.end()).take_while(char::is_ascii).for_each(|it| bytes[it as usize] = true);
                if !range.end().is_ascii() {
                    bytes[0x80..].fill(true);
                }
            }
            false
        }
        HirKind::Repetition(repetition) => edge(&repetition.sub, bytes) || repetition.min == 0,
        HirKind::Capture(capture) => edge(&capture.sub, bytes),
        HirKind::Concat(parts) => parts.iter().rev().all(|it| edge(it, bytes)),
        HirKind::Alternation(parts) => parts.iter().fold(false, |empty, it| edge(it, bytes) | empty),
    }
}

impl Kinds {
    /// True where a match may be the whole of the value.
    pub fn admit(self, value: &[u8]) -> bool {
        let held = kinds_in(value);
        held & !self.allowed == 0 && self.required & !held == 0
    }

    fn of(hir: &Hir) -> Kinds {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Kinds::default(),
            HirKind::Literal(literal) => {
                let kinds = kinds_in(&literal.0);
                Kinds { allowed: kinds, required: kinds }
            }
            HirKind::Class(class) => {
                let mut allowed = 0;
                let mut add = |from: u32, to: u32| (from..=to.min(255)).for_each(|it| allowed |= KIND[it as usize]);
                match class {
                    Class::Bytes(class) => class.iter().for_each(|it| add(it.start().into(), it.end().into())),
                    Class::Unicode(class) => class.iter().for_each(|it| add(it.start().into(), it.end().into())),
                }
                if class.maximum_len() > Some(1) {
                    allowed |= KIND[0x80];
                }
                Kinds { allowed, required: if allowed.is_power_of_two() { allowed } else { 0 } }
            }
            HirKind::Repetition(repetition) if repetition.min == 0 => {
                Kinds { required: 0, ..Kinds::of(&repetition.sub) }
            }
            HirKind::Repetition(repetition) => Kinds::of(&repetition.sub),
            HirKind::Capture(capture) => Kinds::of(&capture.sub),
            HirKind::Concat(parts) => parts.iter().map(Kinds::of).fold(Kinds::default(), |all, it| Kinds {
                allowed: all.allowed | it.allowed,
                required: all.required | it.required,
            }),
            HirKind::Alternation(parts) => {
                let none = Kinds { allowed: 0, required: !0 };
                parts.iter().map(Kinds::of).fold(none, |all, it| Kinds {
                    allowed: all.allowed | it.allowed,
                    required: all.required & it.required,
                })
            }
        }
    }
}

#[inline]
fn kinds_in(value: &[u8]) -> u32 {
    value.iter().fold(0, |kinds, byte| kinds | KIND[usize::from(*byte)])
}

/// Gates of up to 16 regexes side by side: one look at a value says which may match it.
#[derive(Clone, Debug)]
pub struct Gates {
    near: [[u16; 256]; NEAR],
    last: [u16; 256],
    /// By length; the last row is for all longer values.
    length: [u16; Self::LENGTHS],
}

impl Gates {
    /// How many regexes fit.
    pub const MOST: usize = 16;
    const LENGTHS: usize = 64;

    /// Puts gates side by side, at most `MOST` of them.
    pub fn new<'g>(gates: impl Iterator<Item = &'g Gate>) -> Gates {
        let mut all = Gates { near: [[0; 256]; NEAR], last: [0; 256], length: [0; Self::LENGTHS] };
        for (index, gate) in gates.take(Self::MOST).enumerate() {
            for byte in 0..256 {
                for (row, bytes) in all.near.iter_mut().zip(gate.near.iter()) {
                    row[byte] |= u16::from(bytes[byte]) << index;
                }
                all.last[byte] |= u16::from(gate.last[byte]) << index;
            }
            for (length, row) in all.length.iter_mut().enumerate() {
                let fits = length >= gate.shortest && length <= gate.longest;
                let longer = length == Self::LENGTHS - 1 && gate.longest >= length;
                *row |= u16::from(fits || longer) << index;
            }
        }
        all
    }

    /// A bit for each regex that may match the whole value.
    #[inline]
    pub fn admit(&self, value: &[u8]) -> u16 {
        let Some(&last) = value.last() else { return !0 };
        let fits = self.last[usize::from(last)] & self.length[value.len().min(Self::LENGTHS - 1)];
        match value.first_chunk::<NEAR>() {
            Some(head) => (0..NEAR).fold(fits, |fits, at| fits & self.near[at][usize::from(head[at])]),
            None => self.near.iter().zip(value).fold(fits, |fits, (row, byte)| fits & row[usize::from(*byte)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(regex: &str, value: &str) -> bool {
        let gate = Gate::of(regex, false);
        Gates::new([&gate].into_iter()).admit(value.as_bytes()) & 1 == 1 && gate.kinds().admit(value.as_bytes())
    }

    #[test]
    fn edges_and_lengths() {
        assert!(admits("[0-9]{1,2}/[0-9]{4}", "4/2024") && !admits("[0-9]{1,2}/[0-9]{4}", "4/24"));
        assert!(!admits("[0-9]{1,2}/[0-9]{4}", "a/2024") && !admits("[0-9]{1,2}/[0-9]{4}", "4/202x"));
        assert!(admits("(?:a|bc)?d?", "a") && admits("x*", "") && admits("(?:a|)[0-9]", "7"));
        assert!(!admits("(?:a|b)[0-9]+z?", "c1") && admits("(?:a|b)[0-9]+z?", "b12"));
        assert!(admits("a{3,}", &"a".repeat(500)) && !admits("a{3,70}", "aa"));
        assert!(admits("a{3,70}", &"a".repeat(69)));
        assert!(admits("[0-9]+-?[0-9]+", "1-2") && !admits("[0-9]+-?[0-9]+", "1.2") && !admits("[0-9]+-[0-9]+", "12"));
        assert!(admits("[0-9]+(?:-x|/y)?", "1/y") && !admits("[0-9]+[A-Z]*[0-9]", "1x1 1"));
        assert!(admits("[0-9]{1,2}/[0-9]{4}", "12/2024") && !admits("[0-9]{1,2}/[0-9]{4}", "120/024"));
        assert!(admits("(?:a?b?){9}c", "bbbc") && admits("(?:ab){2,}x?", "ababab") && !admits("(?:ab){2,}x?", "abax"));
        assert!(admits("[^a]+", "\u{e9}1-") && admits("(?:a|1)(?:b|2)", "12"));
    }

    #[test]
    fn no_gate_refuses_what_its_regex_matches() {
        for file in phisift_patterns::identifiers().filter(|it| it.path != "context.toml") {
            let file: crate::detect::ruleset::schema::PatternFile = toml::from_str(file.text).expect("the schema");
            let gate = Gate::of(&file.regex, file.ignore_case);
            let gates = Gates::new([&gate].into_iter());
            for example in file.examples.iter().flat_map(|it| it.split("[[").skip(1)) {
                let value = example.split("]]").next().and_then(|it| it.split_once(':')).expect("a mark").1;
                let admitted = gates.admit(value.as_bytes()) == 1 && gate.kinds().admit(value.as_bytes());
                assert!(admitted, "{}: {value}", file.id);
            }
        }
    }
}
