//! Marked text: `NPI: [[us_npi:1245319599]]`. The Rust, Python and Node runners read the same notation.

use std::ops::Range;

/// One mark: `[[entity:value]]`, `[[entity.role:value]]`, or `[[entity?:value]]` where finding it is neither asked
/// for nor wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The entity's id.
    pub entity: String,
    /// The role, where one is asked for.
    pub role: Option<String>,
    /// Neither a miss nor a false alarm.
    pub optional: bool,
    /// The value's bytes in the text without marks.
    pub range: Range<usize>,
}

/// The text without its marks, and the marks in order. `None` where a mark is not closed or names nothing.
pub fn read(marked: &str) -> Option<(String, Vec<Mark>)> {
    let mut text = String::new();
    let mut marks = Vec::new();
    let mut rest = marked;
    while let Some((before, behind)) = rest.split_once("[[") {
        let (mark, after) = behind.split_once("]]")?;
        let (name, value) = mark.split_once(':')?;
        text.push_str(before);
        let start = text.len();
        text.push_str(value);
        marks.push(name_to_mark(name, start..text.len())?);
        rest = after;
    }
    text.push_str(rest);
    Some((text, marks))
}

fn name_to_mark(name: &str, range: Range<usize>) -> Option<Mark> {
    let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
    let (entity, role) = name.split_once('.').map_or((name, None), |(entity, role)| (entity, Some(role.to_string())));
    let sound = !entity.is_empty() && !range.is_empty();
    sound.then(|| Mark { entity: entity.into(), role, optional, range })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out() {
        let (text, marks) = read("b [[date.birth:1961-03-04]], n [[us_npi?:1245319599]].").unwrap();
        assert_eq!(text, "b 1961-03-04, n 1245319599.");
        assert_eq!(marks[0].role.as_deref(), Some("birth"));
        assert_eq!((marks[1].entity.as_str(), &text[marks[1].range.clone()]), ("us_npi", "1245319599"));
        assert!(marks[1].optional && !marks[0].optional);
        assert_eq!(read("a [[us_npi:12"), None);
        assert_eq!(read("a [[us_npi]]"), None);
        assert_eq!(read("a [[us_npi:]]"), None);
    }
}
