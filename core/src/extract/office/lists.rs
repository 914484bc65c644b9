//! Numbers of lists as readers see them (`2.`, `b)`, `iv.`): documents keep how they are counted, not what they are.

use std::collections::HashMap;

/// Levels of a list.
pub(in super::super) const LEVELS: usize = 9;
/// Lists, and uses of them, that are kept.
pub(in super::super) const MAX_LISTS: usize = 1 << 12;
/// Parts of what is shown at a level that are kept.
pub(in super::super) const MAX_PARTS: usize = 64;
/// Bytes of one number with what stands around it, and of all numbers of a document.
const MAX_TEXT: usize = 256;
const MAX_ALL: usize = 8 << 20;
/// The largest number that is written in letters; programs repeat one letter for every 26.
const MAX_LETTERS: u32 = 26 * 30;

/// How numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) enum Look {
    #[default]
    Decimal,
    /// `01`.
    TwoDigits,
    /// `1st`.
    Ordinal,
    LowerLetter,
    UpperLetter,
    LowerRoman,
    UpperRoman,
    /// Bullets, and what is not shown.
    Nothing,
}

/// A part of what is shown at a level.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Part {
    Char(char),
    /// The number of that level, which is this one or a higher one.
    Number(usize),
}

/// One level of a list.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Level {
    pub(in super::super) start: u32,
    pub(in super::super) look: Look,
    pub(in super::super) parts: Vec<Part>,
    /// All numbers are decimal here, whatever their own levels say.
    pub(in super::super) is_legal: bool,
    /// Counting begins anew behind every number of the first so many levels; of all higher ones where it is not said.
    pub(in super::super) restart: Option<usize>,
}

/// A use of a list by paragraphs: lists of several uses go on counting.
#[derive(Clone, Default)]
pub(in super::super) struct Use {
    pub(in super::super) list: u32,
    pub(in super::super) levels: [Option<Level>; LEVELS],
    /// Where counting begins at this use's first number of a level.
    pub(in super::super) starts: [Option<u32>; LEVELS],
}

/// The lists of a document and how far each was counted.
#[derive(Default)]
pub(in super::super) struct Lists {
    lists: HashMap<u32, [Level; LEVELS]>,
    uses: HashMap<u32, Use>,
    counts: HashMap<u32, [Option<u32>; LEVELS]>,
    /// Bytes of numbers given away.
    given: usize,
}

impl Lists {
    pub(in super::super) fn define(&mut self, list: u32, levels: [Level; LEVELS]) {
        if self.lists.len() < MAX_LISTS {
            self.lists.insert(list, levels);
        }
    }

    pub(in super::super) fn define_use(&mut self, id: u32, list: Use) {
        if self.uses.len() < MAX_LISTS {
            self.uses.insert(id, list);
        }
    }

    /// What stands before the next paragraph of that use and level.
    pub(in super::super) fn next(&mut self, id: u32, level: usize) -> Option<String> {
        let used = self.uses.get_mut(&id).filter(|_| level < LEVELS && self.given < MAX_ALL)?;
        let list = self.lists.get(&used.list)?;
        let counts = self.counts.entry(used.list).or_default();
        let start = used.starts[level].take();
        let Use { levels, .. } = used;
        let at = |index: usize| levels[index].as_ref().unwrap_or(&list[index]);
        let following = counts[level].map_or(at(level).start, |it| it.saturating_add(1));
        counts[level] = Some(start.unwrap_or(following));
        for (index, count) in counts.iter_mut().enumerate() {
            if index < level {
                count.get_or_insert(at(index).start);
            } else if index > level && level < at(index).restart.unwrap_or(index) {
                *count = None;
            }
        }
        let shown = at(level);
        let mut text = String::new();
        for part in &shown.parts {
            match *part {
                Part::Char(char) => text.push(char),
                Part::Number(index) => {
                    let look = if shown.is_legal { Look::Decimal } else { at(index).look };
                    text.push_str(&write(counts[index].unwrap_or(at(index).start), look));
                }
            }
        }
        let text = text.trim();
        self.given += text.len();
        (shown.look != Look::Nothing && !text.is_empty() && text.len() <= MAX_TEXT).then(|| text.to_owned())
    }
}

fn write(number: u32, look: Look) -> String {
    match look {
        Look::TwoDigits => format!("{number:02}"),
        Look::Ordinal => format!("{number}{}", ending(number)),
        Look::LowerLetter => letters(number, b'a'),
        Look::UpperLetter => letters(number, b'A'),
        Look::LowerRoman => roman(number).to_lowercase(),
        Look::UpperRoman => roman(number),
        Look::Nothing => String::new(),
        Look::Decimal => number.to_string(),
    }
}

fn ending(number: u32) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

/// `a` to `z`, then `aa` to `zz`.
fn letters(number: u32, first: u8) -> String {
    if !(1..=MAX_LETTERS).contains(&number) {
        return number.to_string();
    }
    let letter = char::from(first + ((number - 1) % 26) as u8);
    String::from(letter).repeat(1 + (number as usize - 1) / 26)
}

fn roman(number: u32) -> String {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&number) {
        return number.to_string();
    }
    let (mut rest, mut text) = (number, String::new());
    for (value, numeral) in NUMERALS {
        while rest >= value {
            text.push_str(numeral);
            rest -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(look: Look, parts: &[Part]) -> Level {
        Level { start: 1, look, parts: parts.to_vec(), ..Level::default() }
    }

    #[test]
    fn levels_count_below_each_other() {
        let mut levels: [Level; LEVELS] = Default::default();
        levels[0] = level(Look::UpperRoman, &[Part::Number(0), Part::Char('.')]);
        levels[1] = level(Look::LowerLetter, &[Part::Number(0), Part::Char('.'), Part::Number(1), Part::Char(')')]);
        levels[2] =
            Level { is_legal: true, ..level(Look::Ordinal, &[Part::Number(0), Part::Char('-'), Part::Number(2)]) };
        levels[3] = level(Look::Nothing, &[Part::Char('*')]);
        let mut lists = Lists::default();
        lists.define(7, levels);
        lists.define_use(1, Use { list: 7, ..Use::default() });
        let mut starts = [None; LEVELS];
        starts[0] = Some(9);
        lists.define_use(2, Use { list: 7, starts, ..Use::default() });
        let asked = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1), (2, 0), (2, 0), (1, 0), (1, 3), (3, 0), (1, 9)];
        let told: Vec<_> = asked.iter().map(|it| lists.next(it.0, it.1).unwrap_or_default()).collect();
        assert_eq!(told, ["I.", "I.a)", "I.b)", "1-1", "II.", "II.a)", "IX.", "X.", "XI.", "", "", ""]);
    }

    #[test]
    fn numbers_are_written_as_programs_write_them() {
        for (number, look, expected) in [
            (1994, Look::LowerRoman, "mcmxciv"),
            (4000, Look::UpperRoman, "4000"),
            (28, Look::UpperLetter, "BB"),
            (0, Look::LowerLetter, "0"),
            (112, Look::Ordinal, "112th"),
            (23, Look::Ordinal, "23rd"),
            (7, Look::TwoDigits, "07"),
        ] {
            assert_eq!(write(number, look), expected);
        }
    }
}
