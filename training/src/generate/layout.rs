//! Lays a filled text out anew (wrapped, flattened, in another case) so that no layout gives a name away.

use super::fill::Page;
use super::rng::Rng;
use super::stock::Family;

pub fn lay_out(page: Page, family: &Family, rng: &mut Rng) -> Page {
    let page = if family.prose { set_lines(page, rng) } else { page };
    let page = set_case(page, family, rng);
    let page = if family.lower > 10 && rng.percent(35) { drop_punctuation(page) } else { page };
    if rng.percent(5) {
        return rewrite(page, |_, c, text| match c {
            '\n' => text.push_str("\r\n"),
            other => text.push(other),
        });
    }
    page
}

fn set_lines(page: Page, rng: &mut Rng) -> Page {
    match rng.below(20) {
        0..=5 => wrap(page, rng),
        6 => rewrite(page, |_, c, text| text.push(if c == '\n' { ' ' } else { c })),
        7 => rewrite(page, |_, c, text| text.extend(std::iter::repeat_n(c, if c == '\n' { 2 } else { 1 }))),
        8 => widen_sentences(page),
        _ => page,
    }
}

fn set_case(page: Page, family: &Family, rng: &mut Rng) -> Page {
    if rng.percent(family.upper) {
        return rewrite(page, |_, c, text| text.extend(c.to_uppercase()));
    }
    if rng.percent(family.lower) {
        return rewrite(page, |_, c, text| text.extend(c.to_lowercase()));
    }
    page
}

/// Breaks long lines at a width of the document's own, also in the middle of a name.
fn wrap(page: Page, rng: &mut Rng) -> Page {
    let width = rng.between(34, 92) as usize;
    let indent = " ".repeat(*rng.pick(&[0, 0, 0, 2, 3, 8]));
    let (mut column, mut last_space, mut breaks) = (0, None, Vec::new());
    for (at, c) in page.text.char_indices() {
        column += 1;
        match c {
            '\n' => (column, last_space) = (0, None),
            ' ' => last_space = Some((at, column)),
            _ => {}
        }
        if let Some((space, place)) = last_space.filter(|_| column > width) {
            breaks.push(space);
            (column, last_space) = (column - place, None);
        }
    }
    rewrite(page, |at, c, text| {
        if breaks.binary_search(&at).is_err() {
            return text.push(c);
        }
        text.push('\n');
        text.push_str(&indent);
    })
}

fn widen_sentences(page: Page) -> Page {
    let ends: Vec<usize> = page.text.match_indices(". ").map(|(at, _)| at + 1).collect();
    rewrite(page, |at, c, text| {
        text.push(c);
        if ends.binary_search(&at).is_ok() {
            text.push(' ');
        }
    })
}

/// Leaves out the points, commas and apostrophes that hurried people do not type.
fn drop_punctuation(page: Page) -> Page {
    let bytes = page.text.clone().into_bytes();
    let ends_word = |at: usize| bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
    rewrite(page, |at, c, text| {
        let dropped = matches!(c, '\'' | '’') || matches!(c, '.' | ',') && ends_word(at);
        if !dropped {
            text.push(c);
        }
    })
}

/// Writes the text anew, character by character, and moves the spans along.
fn rewrite(page: Page, mut write: impl FnMut(usize, char, &mut String)) -> Page {
    let mut text = String::with_capacity(page.text.len());
    let mut moved = vec![0; page.text.len() + 1];
    for (at, c) in page.text.char_indices() {
        moved[at] = text.len();
        write(at, c, &mut text);
    }
    moved[page.text.len()] = text.len();
    let mut spans = page.spans;
    for span in &mut spans {
        (span.start, span.end) = (moved[span.start], moved[span.end]);
    }
    Page { text, spans }
}
