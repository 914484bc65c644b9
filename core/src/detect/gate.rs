//! What the whole of a value must look like for a regex to match it: its first byte, its last one, its length, and the
//! kinds of bytes it holds.
//!
//! Derived from the regex, so a value that a gate refuses can never be matched. Never decides that one is.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A set of bytes.
type Bytes = [bool; 256];

/// Conditions that every match of a regex fulfils.
#[derive(Clone, Debug)]
pub struct Gate {
    first: Box<Bytes>,
    last: Box<Bytes>,
    shortest: usize,
    longest: usize,
    kinds: Kinds,
}

/// Which kinds of bytes a match may hold, and of which kinds it holds one in any case; a bit for each kind.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Last,
}

impl Gate {
    /// The gate of a regex (ASCII semantics). One that cannot be parsed gets a gate that refuses nothing.
    pub fn of(regex: &str, ignore_case: bool) -> Gate {
        let mut parser =
            regex_syntax::ParserBuilder::new().unicode(false).utf8(false).case_insensitive(ignore_case).build();
        let Ok(hir) = parser.parse(regex) else {
            let all = Box::new([true; 256]);
            let kinds = Kinds { allowed: !0, required: 0 };
            return Gate { first: all.clone(), last: all, shortest: 0, longest: usize::MAX, kinds };
        };
        let side = |side| {
            let mut bytes = Box::new([false; 256]);
            if edge(&hir, side, &mut bytes) {
                bytes.fill(true);
            }
            bytes
        };
        let properties = hir.properties();
        Gate {
            first: side(Side::First),
            last: side(Side::Last),
            shortest: properties.minimum_len().unwrap_or(0),
            longest: properties.maximum_len().unwrap_or(usize::MAX),
            kinds: Kinds::of(&hir),
        }
    }
}

/// Adds the bytes that can stand at that side of a match; true where it may be empty and its neighbour shows.
fn edge(hir: &Hir, side: Side, bytes: &mut Bytes) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            let byte = if side == Side::First { literal.0.first() } else { literal.0.last() };
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
        HirKind::Repetition(repetition) => edge(&repetition.sub, side, bytes) || repetition.min == 0,
        HirKind::Capture(capture) => edge(&capture.sub, side, bytes),
        HirKind::Concat(parts) if side == Side::First => parts.iter().all(|it| edge(it, side, bytes)),
        HirKind::Concat(parts) => parts.iter().rev().all(|it| edge(it, side, bytes)),
        HirKind::Alternation(parts) => parts.iter().fold(false, |empty, it| edge(it, side, bytes) | empty),
    }
}

impl Kinds {
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
    first: [u16; 256],
    last: [u16; 256],
    /// By length; the last row is for all longer values.
    length: [u16; Self::LENGTHS],
    kinds: [Kinds; Self::MOST],
}

impl Gates {
    /// How many regexes fit.
    pub const MOST: usize = 16;
    const LENGTHS: usize = 64;

    /// Puts gates side by side, at most `MOST` of them.
    pub fn new<'g>(gates: impl Iterator<Item = &'g Gate>) -> Gates {
        let kinds = [Kinds::default(); Self::MOST];
        let mut all = Gates { first: [0; 256], last: [0; 256], length: [0; Self::LENGTHS], kinds };
        for (index, gate) in gates.take(Self::MOST).enumerate() {
            all.kinds[index] = gate.kinds;
            for byte in 0..256 {
                all.first[byte] |= u16::from(gate.first[byte]) << index;
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
        let (Some(&first), Some(&last)) = (value.first(), value.last()) else { return !0 };
        let length = self.length[value.len().min(Self::LENGTHS - 1)];
        let fits = self.first[usize::from(first)] & self.last[usize::from(last)] & length;
        // One that is left alone is tried sooner than looked at.
        if fits & fits.wrapping_sub(1) == 0 { fits } else { self.admit_kinds(value, fits) }
    }

    fn admit_kinds(&self, value: &[u8], fits: u16) -> u16 {
        let held = kinds_in(value);
        let (mut left, mut admitted) = (fits, 0);
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left ^= bit;
            let Kinds { allowed, required } = self.kinds[bit.trailing_zeros() as usize];
            if held & !allowed == 0 && required & !held == 0 {
                admitted |= bit;
            }
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(regex: &str, value: &str) -> bool {
        let gates = Gates::new([Gate::of(regex, false), Gate::of("", false)].iter());
        let fits = gates.admit(value.as_bytes());
        gates.admit_kinds(value.as_bytes(), fits) & 1 == 1
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
        assert!(admits("[^a]+", "\u{e9}1-") && admits("(?:a|1)(?:b|2)", "12"));
    }

    #[test]
    fn no_gate_refuses_what_its_regex_matches() {
        for file in phisift_patterns::identifiers().filter(|it| it.path != "context.toml") {
            let file: crate::detect::ruleset::schema::PatternFile = toml::from_str(file.text).expect("the schema");
            let gates = Gates::new([Gate::of(&file.regex, file.ignore_case)].iter());
            for example in file.examples.iter().flat_map(|it| it.split("[[").skip(1)) {
                let value = example.split("]]").next().and_then(|it| it.split_once(':')).expect("a mark").1;
                let fits = gates.admit(value.as_bytes());
                assert!(gates.admit_kinds(value.as_bytes(), fits) & 1 == 1, "{}: {value}", file.id);
            }
        }
    }
}
