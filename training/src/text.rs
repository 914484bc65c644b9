//! Texts as the model reads them, with what is in them.

use phisift::detect::names::Page;
use phisift::detect::names::token::Token;
use phisift_tests::score::Annotation;

/// What a marked stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A person's name.
    Name,
    /// A place.
    Place,
    /// An organisation or building.
    Organisation,
    /// Nobody agrees: no lesson is taken from it.
    Unsure,
}

/// The set of our own generator.
pub const GENERATED: &str = "generated";

/// The set of words picked at random: of these nothing is counted.
pub const SALAD: &str = "salad";

/// One text of a set.
pub struct Text {
    /// The set.
    pub set: String,
    /// The text as it is read.
    pub page: Page<'static>,

    /// What is in it, in order, in bytes of the text as given.
    pub spans: Vec<(usize, usize, Class)>,
    /// Written by our own generator: everything in it is marked.
    pub is_ours: bool,
    /// Kept for calibration.
    pub held_out: bool,
}

impl Text {
    /// A text of that set.
    pub fn new(set: &str, text: String, spans: &[Annotation], held_out: bool) -> Text {
        let mut spans: Vec<_> =
            spans.iter().filter_map(|it| Some((it.start, it.end, class(&it.label, it.opt)?))).collect();
        spans.sort_by_key(|it| (it.0, it.1));

        // Texts live as long as the training does.
        let page = Page::new(Box::leak(text.into_bytes().into_boxed_slice()));
        Text { set: set.to_owned(), page, spans, is_ours: set == GENERATED || set == SALAD, held_out }
    }
}

fn class(label: &str, opt: bool) -> Option<Class> {
    match label {
        "NAME" if opt => Some(Class::Unsure),
        "NAME" => Some(Class::Name),
        "LOCATION" if opt => Some(Class::Organisation),
        "LOCATION" => Some(Class::Place),
        "ORG" => Some(Class::Organisation),
        _ => None,
    }
}

/// Walks a text's spans along with its tokens.
pub struct Truth<'a> {
    text: &'a Text,
    next: usize,
}

impl<'a> Truth<'a> {
    /// From the text's start.
    pub fn of(text: &'a Text) -> Self {
        Truth { text, next: 0 }
    }

    /// What a token is part of, and whether it is the first of it. Tokens come in order, a few may come again.
    pub fn label(&mut self, token: &Token) -> Option<(Class, bool)> {
        let (start, end) = self.text.page.original(token.start, token.end);
        let spans = &self.text.spans;
        while self.next > 0 && spans[self.next - 1].1 > start {
            self.next -= 1;
        }
        while self.next < spans.len() && spans[self.next].1 <= start {
            self.next += 1;
        }
        let &(from, to, class) = spans.get(self.next)?;
        (from < end && start < to).then_some((class, start <= from))
    }
}
