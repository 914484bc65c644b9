//! The lists of a word processor's document: which paragraphs are numbered, and how (ECMA-376, part 1, 17.9).

use std::collections::HashMap;

use super::super::job::Job;
use super::lists::{LEVELS, Level, Lists, Look, MAX_LISTS, MAX_PARTS, Part, Use};
use super::package::Package;
use super::relations;
use super::xml::{Event, Tag, Xml};

/// Styles that are kept, and styles that others are based on.
const MAX_STYLES: usize = 1 << 14;
const MAX_BASES: usize = 16;

/// What a paragraph, or a style of paragraphs, says of its number.
#[derive(Clone, Default)]
pub(super) struct Numbered {
    style: Option<String>,
    list: Option<u32>,
    level: Option<usize>,
}

/// Lists, and the styles whose paragraphs are numbered.
#[derive(Default)]
pub(super) struct Numbering {
    lists: Lists,
    styles: HashMap<String, Numbered>,
    /// The levels of lists that belong to styles.
    linked: HashMap<String, usize>,
}

impl Numbered {
    /// Takes what an element within the properties of a paragraph says.
    pub(super) fn take(&mut self, tag: &Tag<'_>) {
        let value = || tag.attribute("val").unwrap_or_default();
        match tag.name() {
            "pStyle" => self.style = Some(value().into_owned()),
            "numId" => self.list = value().parse().ok(),
            "ilvl" => self.level = value().parse().ok(),
            _ => {}
        }
    }
}

impl Numbering {
    /// What the parts of that document say.
    pub(super) fn of(job: &mut Job<'_>, package: &mut Package<'_, '_>, main: &str) -> Self {
        let relations = relations::of_part(job, package.archive, main);
        let part = |kind: &str| relations.iter().find(|it| it.kind == kind).map(|it| it.target.clone());
        let mut numbering = Numbering::default();
        let Some(lists) = part("numbering").and_then(|it| package.open(job, &it)) else { return numbering };
        numbering.read_lists(lists);
        if let Some(styles) = part("styles").and_then(|it| package.open(job, &it)) {
            numbering.read_styles(styles);
        }
        numbering
    }

    /// What stands before the next paragraph, where that is numbered.
    pub(super) fn next(&mut self, paragraph: &Numbered) -> Option<String> {
        let (mut list, mut level) = (paragraph.list, paragraph.level);
        let mut style = paragraph.style.as_deref();
        for _ in 0..MAX_BASES {
            let Some(id) = style.filter(|_| list.is_none() || level.is_none()) else { break };
            let Some(said) = self.styles.get(id) else { break };
            if list.is_none() && said.list.is_some() {
                level = level.or_else(|| self.linked.get(id).copied());
            }
            (list, level) = (list.or(said.list), level.or(said.level));
            style = said.style.as_deref();
        }
        // The list of number 0 is none.
        self.lists.next(list.filter(|it| *it > 0)?, level.unwrap_or(0))
    }

    fn read_styles(&mut self, mut xml: Xml<'_>) {
        let (mut id, mut style) = (None, Numbered::default());
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => match tag.name() {
                    "style" => id = tag.attribute("styleId").map(|it| it.into_owned()),
                    "basedOn" => style.style = tag.attribute("val").map(|it| it.into_owned()),
                    _ => style.take(&tag),
                },
                Event::End(end) if end.name() == "style" => {
                    let style = std::mem::take(&mut style);
                    if let Some(id) = id.take().filter(|_| self.styles.len() < MAX_STYLES) {
                        self.styles.insert(id, style);
                    }
                }
                _ => {}
            }
        }
    }

    fn read_lists(&mut self, mut xml: Xml<'_>) {
        let mut reader = Reader::default();
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => reader.start(&tag, &mut self.linked),
                Event::End(end) => reader.end(end.name(), &mut self.lists),
                _ => {}
            }
        }
        // Lists that only say whose levels they have.
        for (list, style) in reader.borrowed {
            if let Some(levels) = reader.styled.get(&style) {
                self.lists.define(list, levels.clone());
            }
        }
    }
}

/// Where the reader of the lists stands.
#[derive(Default)]
struct Reader {
    id: u32,
    levels: [Level; LEVELS],
    used: Use,
    at: usize,
    in_use: bool,
    style: Option<String>,
    /// Levels by the style that is called after them, and the lists that have those.
    styled: HashMap<String, [Level; LEVELS]>,
    borrowed: Vec<(u32, String)>,
}

impl Reader {
    fn start(&mut self, tag: &Tag<'_>, linked: &mut HashMap<String, usize>) {
        let text = |name| tag.attribute(name).unwrap_or_default();
        let number = |name| text(name).parse::<u32>().unwrap_or(0);
        match tag.name() {
            "abstractNum" => (self.id, self.in_use) = (number("abstractNumId"), false),
            "num" => (self.id, self.in_use) = (number("numId"), true),
            "abstractNumId" => self.used.list = number("val"),
            "styleLink" => self.style = Some(text("val").into_owned()),
            "numStyleLink" if self.borrowed.len() < MAX_LISTS => {
                self.borrowed.push((self.id, text("val").into_owned()))
            }
            "lvlOverride" => self.at = number("ilvl") as usize,
            "startOverride" if self.at < LEVELS => self.used.starts[self.at] = Some(number("val")),
            "lvl" => {
                self.at = number("ilvl") as usize;
                if self.in_use && self.at < LEVELS {
                    self.used.levels[self.at] = Some(Level::default());
                }
            }
            "pStyle" if linked.len() < MAX_STYLES => drop(linked.insert(text("val").into_owned(), self.at)),
            name => {
                let Some(level) = self.level() else { return };
                match name {
                    "start" => level.start = number("val"),
                    "numFmt" => level.look = look(&text("val")),
                    "lvlText" => level.parts = parts(&text("val")),
                    "isLgl" => level.is_legal = !matches!(&*text("val"), "0" | "false"),
                    "lvlRestart" => level.restart = Some(number("val") as usize),
                    _ => {}
                }
            }
        }
    }

    /// The level that is being read.
    fn level(&mut self) -> Option<&mut Level> {
        if self.in_use { self.used.levels.get_mut(self.at)?.as_mut() } else { self.levels.get_mut(self.at) }
    }

    fn end(&mut self, name: &str, lists: &mut Lists) {
        match name {
            "abstractNum" => {
                let levels = std::mem::take(&mut self.levels);
                if let Some(style) = self.style.take().filter(|_| self.styled.len() < MAX_LISTS) {
                    self.styled.insert(style, levels.clone());
                }
                lists.define(self.id, levels);
            }
            "num" => lists.define_use(self.id, std::mem::take(&mut self.used)),
            _ => {}
        }
    }
}

/// The formats of 17.18.59 that are written as they are counted; all others in decimal.
fn look(format: &str) -> Look {
    match format {
        "bullet" | "none" => Look::Nothing,
        "decimalZero" => Look::TwoDigits,
        "ordinal" => Look::Ordinal,
        "lowerLetter" => Look::LowerLetter,
        "upperLetter" => Look::UpperLetter,
        "lowerRoman" => Look::LowerRoman,
        "upperRoman" => Look::UpperRoman,
        _ => Look::Decimal,
    }
}

/// `%1.%2)`: `%1` stands for the number of the first level.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next().filter(|_| parts.len() < MAX_PARTS) {
        let level = chars.peek().and_then(|it| it.to_digit(10)).filter(|it| char == '%' && *it > 0);
        match level {
            Some(level) => {
                chars.next();
                parts.push(Part::Number(level as usize - 1));
            }
            None => parts.push(Part::Char(char)),
        }
    }
    parts
}
