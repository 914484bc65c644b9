//! From placed characters to lines in reading order: words by gaps, lines by baselines, columns of prose apart.

use std::collections::BTreeMap;

/// A gap, in ems, from which characters belong to different words.
const WORD_GAP: f64 = 0.15;
/// A gap that is none, whatever space was shown in it.
const TOUCHING: f64 = 0.04;
/// A gap from which a line is continued elsewhere: a cell, a tab stop.
const CELL_GAP: f64 = 1.2;
/// How far a character may stand before the end of the one before it and still follow it.
const OVERLAP: f64 = 0.5;
/// How far baselines of one piece may lie apart.
const SAME_BASE: f64 = 0.1;
/// Height of letters, in ems.
const LETTER: f64 = 0.7;
/// Part of the lower letters' height that must stand beside the others for both to be on one line.
const BESIDE: f64 = 0.5;
/// Places farther out are nonsense.
const FARTHEST: f64 = 1e7;
/// The smallest em: letters of no size stand somewhere all the same.
const LEAST: f64 = 1e-3;

/// A character to place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph<'a> {
    pub(super) text: &'a str,
    /// Where it begins.
    pub(super) x: f64,
    pub(super) y: f64,
    /// From its beginning to its end.
    pub(super) dx: f64,
    pub(super) dy: f64,
    /// Direction of the line where it does not move on.
    pub(super) right: (f64, f64),
    /// The font's size on the page.
    pub(super) em: f64,
}

/// Where something stands, in a frame turned so that lines run to the right.
#[derive(Clone, Copy, Debug)]
struct Spot {
    left: f64,
    right: f64,
    base: f64,
    em: f64,
}

/// Characters that follow each other on one baseline.
#[derive(Clone, Debug)]
struct Piece {
    at: Spot,
    text: String,
}

/// The characters of a page, gathered in the order in which they are shown.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// By direction in degrees.
    pieces: BTreeMap<i32, Vec<Piece>>,
    turn: i32,
    open: Option<Piece>,
    /// A space was shown, whatever its width.
    spaced: bool,
    glyphs: usize,
}

impl Sheet {
    /// Counts a character that says nothing.
    pub(super) fn skip(&mut self) {
        self.glyphs += 1;
    }

    /// Characters placed.
    pub(super) fn glyphs(&self) -> usize {
        self.glyphs
    }

    /// Places a character. One without text widens what it follows: it was said before.
    pub(super) fn place(&mut self, glyph: Glyph<'_>) {
        self.glyphs += 1;
        let Some((turn, at)) = turned(glyph) else { return };
        if glyph.text.chars().all(char::is_whitespace) && !glyph.text.is_empty() {
            self.spaced |= at.right - at.left > TOUCHING * at.em;
            return;
        }
        if let Some(open) = self.open.as_mut().filter(|it| turn == self.turn && it.at.takes(at)) {
            let says = !glyph.text.is_empty();
            let gap = (at.left - open.at.right) / open.at.em;
            if says && (gap > WORD_GAP || self.spaced && gap > TOUCHING) {
                open.text.push(' ');
            }
            self.spaced &= !says;
            open.text.push_str(glyph.text);
            open.at.right = open.at.right.max(at.right);
            return;
        }
        self.close();
        if glyph.text.is_empty() {
            return;
        }
        self.turn = turn;
        self.open = Some(Piece { at, text: glyph.text.to_string() });
    }

    fn close(&mut self) {
        self.spaced = false;
        if let Some(piece) = self.open.take().filter(|it| !it.text.trim().is_empty()) {
            self.pieces.entry(self.turn).or_default().push(piece);
        }
    }

    /// The text of the page.
    pub(super) fn into_text(mut self) -> String {
        self.close();
        let mut turns: Vec<_> = self.pieces.into_iter().collect();
        turns.sort_by_key(|(turn, pieces)| (std::cmp::Reverse(pieces.len()), *turn));
        let mut out = String::new();
        for (_, pieces) in turns {
            for line in super::columns::in_reading_order(lines(pieces)) {
                line.write(&mut out);
            }
        }
        out
    }
}

/// The direction of a character in degrees, and where it stands in the frame of that direction.
fn turned(glyph: Glyph<'_>) -> Option<(i32, Spot)> {
    let Glyph { x, y, dx, dy, em, .. } = glyph;
    if [x, y, dx, dy, em].iter().any(|it| !it.is_finite() || it.abs() > FARTHEST) {
        return None;
    }
    if dy == 0.0 && dx > 0.0 {
        return Some((0, Spot { left: x, right: x + dx, base: y, em: em.max(LEAST) }));
    }
    let along = if dx.hypot(dy) > 1e-6 { (dx, dy) } else { glyph.right };
    let turn = (along.1.atan2(along.0).to_degrees().round() as i32).rem_euclid(360);
    let (sin, cos) = f64::from(turn).to_radians().sin_cos();
    let left = x * cos + y * sin;
    Some((turn, Spot { left, right: left + dx.hypot(dy), base: y * cos - x * sin, em: em.max(LEAST) }))
}

impl Spot {
    /// True where `next` follows on the same baseline, in the same word or the next one.
    fn takes(self, next: Spot) -> bool {
        let em = self.em.max(next.em);
        let gap = next.left - self.right;
        (next.base - self.base).abs() <= SAME_BASE * em
            && self.em.min(next.em) > 0.5 * em
            && gap > -OVERLAP * em
            && gap < CELL_GAP * em
    }
}

impl Piece {
    /// True where it shows what `other` shows, at the same place: bold by painting twice, shadows.
    fn repeats(&self, other: &Piece) -> bool {
        self.text == other.text
            && (self.at.left - other.at.left).abs() < 0.2 * self.at.em
            && (self.at.base - other.at.base).abs() < 0.2 * self.at.em
    }
}

/// Pieces on one baseline, from left to right.
#[derive(Debug, Default)]
pub(super) struct Line {
    pieces: Vec<Piece>,
    base: f64,
    em: f64,
}

/// Groups pieces into lines, from top to bottom.
fn lines(mut pieces: Vec<Piece>) -> Vec<Line> {
    pieces.sort_by(|a, b| b.at.base.total_cmp(&a.at.base));
    let mut lines: Vec<Line> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if is_beside((line.base, line.em), (piece.at.base, piece.at.em)) => {
                if piece.at.em > line.em {
                    (line.em, line.base) = (piece.at.em, piece.at.base);
                }
                line.pieces.push(piece);
            }
            _ => lines.push(Line { base: piece.at.base, em: piece.at.em, pieces: vec![piece] }),
        }
    }
    for line in &mut lines {
        line.pieces.sort_by(|a, b| a.at.left.total_cmp(&b.at.left));
        line.pieces.dedup_by(|next, kept| next.repeats(kept));
    }
    lines
}

/// True where letters of that baseline and em stand beside the others: on their line, or raised or lowered a little.
fn is_beside(one: (f64, f64), other: (f64, f64)) -> bool {
    let top = (one.0 + LETTER * one.1).min(other.0 + LETTER * other.1);
    top - one.0.max(other.0) >= BESIDE * LETTER * one.1.min(other.1)
}

impl Line {
    /// Beginnings and ends of what stands together.
    pub(super) fn spans(&self) -> impl Iterator<Item = (f64, f64, usize)> + '_ {
        self.pieces.iter().map(|it| (it.at.left, it.at.right, it.text.len()))
    }

    /// What stands left of `x`, and the rest.
    pub(super) fn split(self, x: f64) -> (Line, Line) {
        let Line { pieces, base, em } = self;
        let (left, right) = pieces.into_iter().partition(|it| it.at.left < x);
        (Line { pieces: left, base, em }, Line { pieces: right, base, em })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Writes the line, two spaces where it is continued elsewhere.
    fn write(&self, out: &mut String) {
        if self.pieces.first().is_some_and(|it| it.text.starts_with(char::is_lowercase)) && is_broken(out) {
            out.truncate(out.len() - 2);
        }
        let mut behind: Option<&Piece> = None;
        for piece in &self.pieces {
            if let Some(before) = behind {
                let gap = (piece.at.left - before.at.right) / before.at.em.max(piece.at.em);
                let apart = !(-OVERLAP..=WORD_GAP).contains(&gap);
                out.push_str(if gap > CELL_GAP {
                    "  "
                } else if apart {
                    " "
                } else {
                    ""
                });
            }
            out.push_str(&piece.text);
            behind = Some(piece);
        }
        out.push('\n');
    }
}

/// True where a line ends within a word of small letters.
fn is_broken(text: &str) -> bool {
    text.strip_suffix("-\n").is_some_and(|it| it.ends_with(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text at a place, each letter half as wide as the font is high.
    fn write(sheet: &mut Sheet, x: f64, y: f64, em: f64, text: &str) {
        for (letter, index) in text.chars().zip(0..) {
            let (text, dx) = (letter.to_string(), em / 2.0);
            let x = x + f64::from(index) * dx;
            sheet.place(Glyph { text: &text, x, y, dx, dy: 0.0, right: (1.0, 0.0), em });
        }
    }

    #[test]
    fn lines_are_read_from_top_to_bottom_whatever_was_shown_first() {
        let mut sheet = Sheet::default();
        write(&mut sheet, 200.0, 80.0, 10.0, "12345");
        write(&mut sheet, 200.0, 100.0, 10.0, "Jane Doe");
        write(&mut sheet, 20.0, 80.0, 10.0, "MRN:");
        write(&mut sheet, 20.0, 100.0, 10.0, "Patient:");
        assert_eq!(sheet.into_text(), "Patient:  Jane Doe\nMRN:  12345\n");
    }

    #[test]
    fn gaps_make_words_and_raised_letters_stay_on_their_line() {
        let mut sheet = Sheet::default();
        write(&mut sheet, 0.0, 0.0, 10.0, "ab");
        write(&mut sheet, 13.0, 0.0, 10.0, "cd");
        write(&mut sheet, 23.0, 4.0, 6.0, "1");
        assert_eq!(sheet.into_text(), "ab cd1\n");
    }

    #[test]
    fn what_is_painted_twice_is_read_once() {
        let mut sheet = Sheet::default();
        write(&mut sheet, 0.0, 0.0, 10.0, "bold");
        write(&mut sheet, 0.3, 0.0, 10.0, "bold");
        assert_eq!(sheet.into_text(), "bold\n");
    }

    #[test]
    fn turned_text_is_read_along_its_own_lines() {
        let mut sheet = Sheet::default();
        for (text, y) in [("u", 0.0), ("p", 5.0)] {
            sheet.place(Glyph { text, x: 9.0, y, dx: 0.0, dy: 5.0, right: (0.0, 1.0), em: 10.0 });
        }
        assert_eq!(sheet.into_text(), "up\n");
    }

    #[test]
    fn places_that_are_none_are_passed_over() {
        let mut sheet = Sheet::default();
        sheet.place(Glyph { text: "x", x: f64::NAN, y: 0.0, dx: 1.0, dy: 0.0, right: (1.0, 0.0), em: 1.0 });
        assert_eq!(sheet.into_text(), "");
    }

    #[test]
    fn columns_of_prose_are_read_apart_and_broken_words_joined() {
        let mut sheet = Sheet::default();
        for row in 0..8 {
            let y = 200.0 - 12.0 * f64::from(row);
            write(&mut sheet, 0.0, y, 10.0, "the left column goes on in-");
            write(&mut sheet, 150.0, y, 10.0, "and this is the right one.");
        }
        let text = sheet.into_text();
        assert!(text.starts_with("the left column goes on inthe left"), "{text}");
        assert!(text.ends_with("and this is the right one.\nand this is the right one.\n"));
    }

    #[test]
    fn cells_stay_beside_their_labels() {
        let mut sheet = Sheet::default();
        for (row, label) in ["Name", "Born", "Phone", "Street", "City", "Plan"].iter().enumerate() {
            let y = 200.0 - 12.0 * row as f64;
            write(&mut sheet, 0.0, y, 10.0, label);
            write(&mut sheet, 150.0, y, 10.0, "a value that is rather long");
        }
        assert!(sheet.into_text().starts_with("Name  a value that is rather long\nBorn  a value"));
    }
}
