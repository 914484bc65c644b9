//! The separators of an interchange, from its header (X12.5: ISA is 106 bytes wide).

/// Bytes within which the sixteen elements of an interchange header begin; writers that do not pad make it shorter.
const HEADER: usize = 256;
/// Elements of an interchange header.
const ELEMENTS: usize = 16;
/// The element that names the repetition separator, from version 4020 on.
const REPETITION: usize = 11;

/// Separators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) element: u8,
    pub(super) component: u8,
    /// None before version 4020.
    pub(super) repetition: Option<u8>,
    /// What ends a segment.
    pub(super) segment: u8,
}

impl Default for Marks {
    fn default() -> Self {
        Marks { element: b'*', component: b':', repetition: None, segment: b'~' }
    }
}

impl Marks {
    /// Those of the text that begins with an interchange (ISA), a group (GS) or a transaction set (ST).
    pub(super) fn of(text: &[u8]) -> Option<Marks> {
        if text.starts_with(b"ISA") {
            return Marks::of_interchange(text);
        }
        let element = *text.get(2).filter(|byte| byte.is_ascii_punctuation())?;
        let second = text.get(3..)?.split(|byte| *byte == element).next()?;
        let known = match &text[..2] {
            b"ST" => second.len() == 3 && second.iter().all(u8::is_ascii_digit),
            b"GS" => second.len() == 2 && second.iter().all(u8::is_ascii_uppercase),
            _ => false,
        };
        let usual = Marks::default();
        let near = &text[..text.len().min(4 * HEADER)];
        let segment = if near.contains(&usual.segment) { usual.segment } else { b'\n' };
        (known && near.contains(&segment)).then_some(Marks { element, segment, ..usual })
    }

    /// Those that an interchange's header names.
    pub(super) fn of_interchange(text: &[u8]) -> Option<Marks> {
        if !text.starts_with(b"ISA") {
            return None;
        }
        let element = *text.get(3).filter(|byte| is_mark(**byte))?;
        let header = &text[..text.len().min(HEADER)];
        let ends: Vec<usize> = memchr::memchr_iter(element, header).take(ELEMENTS).collect();
        if ends.len() < ELEMENTS {
            return None;
        }
        let last = ends[ELEMENTS - 1] + 1;
        let component = *text.get(last)?;
        let segment = *text.get(last + 1)?;
        let repetition = match &text[ends[REPETITION - 1] + 1..ends[REPETITION]] {
            [mark] if is_mark(*mark) => Some(*mark),
            _ => None,
        };
        let found = Marks { element, component, repetition, segment };
        if is_mark(component) && !ends_without_component(text, last) {
            let line_end = if segment == b'\r' && text.get(last + 2) == Some(&b'\n') { b'\n' } else { segment };
            return (!segment.is_ascii_alphanumeric()).then_some(Marks { segment: line_end, ..found });
        }
        let usual = Marks::default().component;
        (!component.is_ascii_alphanumeric()).then_some(Marks { component: usual, segment: component, ..found })
    }
}

/// True where the header's last element is empty: the mark at `last` ends the segments, as those that follow do.
fn ends_without_component(text: &[u8], last: usize) -> bool {
    let mark = text[last];
    let lines = text[last + 1..].trim_ascii_start();
    if text[last + 1..].len() == lines.len() {
        return false;
    }
    let line = lines.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    line.last() == Some(&mark)
}

fn is_mark(byte: u8) -> bool {
    byte.is_ascii_punctuation() || matches!(byte, 0x1C..=0x1F | b'\t')
}
