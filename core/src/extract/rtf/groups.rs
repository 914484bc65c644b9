//! What a group of RTF is: the text of which destination, in which font, within which others.

use encoding_rs::Encoding;

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The document, its headers, footers, notes and comments.
    Body,
    /// A text that stands beside the paragraph: notes, comments, shapes.
    Beside,
    /// Nowhere: how things look.
    Nowhere,
    /// One value of the document's information or of a field, called so.
    Named(&'static str),
    /// The table of fonts.
    Fonts,
    /// Hexadecimal digits of an embedded object.
    Object,
    /// Hexadecimal digits of a picture.
    Picture,
}

/// A group that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) target: Target,
    /// Opened its target, rather than being inside it.
    pub(super) opened: bool,
    pub(super) encoding: &'static Encoding,
    /// Characters that follow a `\u` for readers that do not know it.
    pub(super) after_unicode: i32,
    pub(super) deleted: bool,
}

/// Destinations by their control words.
const TARGETS: [(&str, Target); 44] = [
    ("fonttbl", Target::Fonts),
    ("colortbl", Target::Nowhere),
    ("stylesheet", Target::Nowhere),
    ("listtable", Target::Nowhere),
    ("listoverridetable", Target::Nowhere),
    ("rsidtbl", Target::Nowhere),
    ("revtbl", Target::Named("author")),
    ("generator", Target::Nowhere),
    ("themedata", Target::Nowhere),
    ("colorschememapping", Target::Nowhere),
    ("latentstyles", Target::Nowhere),
    ("datastore", Target::Nowhere),
    ("xmlnstbl", Target::Nowhere),
    ("pntext", Target::Body),
    ("pict", Target::Picture),
    ("objdata", Target::Object),
    ("objclass", Target::Nowhere),
    ("bkmkstart", Target::Named("bookmark")),
    ("bkmkend", Target::Nowhere),
    ("title", Target::Named("title")),
    ("subject", Target::Named("subject")),
    ("author", Target::Named("author")),
    ("manager", Target::Named("manager")),
    ("company", Target::Named("company")),
    ("operator", Target::Named("operator")),
    ("category", Target::Named("category")),
    ("keywords", Target::Named("keywords")),
    ("comment", Target::Named("comment")),
    ("doccomm", Target::Named("comment")),
    ("hlinkbase", Target::Named("link")),
    ("propname", Target::Named("property")),
    ("staticval", Target::Named("value")),
    ("linkval", Target::Nowhere),
    ("docvar", Target::Named("variable")),
    ("fldinst", Target::Named("field")),
    ("atnauthor", Target::Named("author")),
    ("atnid", Target::Named("author")),
    ("atrfstart", Target::Nowhere),
    ("atrfend", Target::Nowhere),
    ("atnref", Target::Nowhere),
    ("atndate", Target::Nowhere),
    ("annotation", Target::Beside),
    ("footnote", Target::Beside),
    ("shptxt", Target::Beside),
];
/// Destinations that stand apart from the body's paragraphs, with the text of pages.
const PAGES: [&str; 9] =
    ["header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "ftnsep"];
/// Destinations whose text is the document's, though readers may ignore them.
const TEXTS: [&str; 7] = ["shpinst", "shprslt", "objattph", "result", "nesttableprops", "formfield", "txfieldtext"];
/// Values of form fields and shapes.
const VALUES: [(&str, Target); 10] = [
    ("htmltag", Target::Named("markup")),
    ("mhtmltag", Target::Named("markup")),
    ("ffname", Target::Named("field")),
    ("ffdeftext", Target::Named("field")),
    ("ffhelptext", Target::Named("field")),
    ("ffstattext", Target::Named("field")),
    ("ffl", Target::Named("field")),
    ("sn", Target::Nowhere),
    ("sv", Target::Named("shape")),
    ("userprops", Target::Body),
];

/// The target that a control word opens for its group; `ignorable` where `\*` stands before it.
pub(super) fn target(word: &str, ignorable: bool, current: Target) -> Option<Target> {
    if matches!(current, Target::Nowhere | Target::Fonts) {
        return None;
    }
    let known = TARGETS.iter().chain(&VALUES).find(|it| it.0 == word).map(|it| it.1);
    if let Some(target) = known {
        return Some(target);
    }
    if PAGES.contains(&word) {
        return Some(Target::Beside);
    }
    if TEXTS.contains(&word) || !ignorable {
        return None;
    }
    Some(Target::Nowhere)
}
