//! Fills a template: each slot by its kind, the same person under the same name all through a document.

use super::person::{Person, Piece};
use super::rng::Rng;
use super::stock::{Origin, Stock};
use super::template::{Node, Template};
use super::values;
use super::{Label, Role, Span};
use std::collections::BTreeMap;

/// A text and its annotations while it is made.
#[derive(Default)]
pub struct Page {
    pub text: String,
    pub spans: Vec<Span>,
}

/// Fragments that name a place or an organisation as a whole.
const LABELLED_FRAGMENTS: [(&str, Label); 10] = [
    ("facility", Label::Org),
    ("practice", Label::Org),
    ("org", Label::Org),
    ("company", Label::Org),
    ("road", Label::Location),
    ("place", Label::Location),
    ("street", Label::Location),
    ("city", Label::Location),
    ("county", Label::Location),
    ("url", Label::Url),
];

/// Fragments that are one sentence, of which one to three may follow each other.
const SENTENCES: [&str; 9] =
    ["hpi", "exam", "plan", "hospital_course", "imaging", "nursing", "story", "scene", "plain"];

const ROLES: [(&str, Option<Role>); 5] = [
    ("patient", Some(Role::Patient)),
    ("relative", Some(Role::Relative)),
    ("provider", Some(Role::Provider)),
    ("staff", Some(Role::Staff)),
    ("person", None),
];

pub fn fill(stock: &Stock, template: &Template, origin: &'static Origin, copies: u64, rng: &mut Rng) -> Page {
    let (curly, folded) = (rng.percent(30), rng.percent(30));
    let mut page = Page::default();
    for copy in 0..copies {
        if copy > 0 {
            page.text.push('\n');
        }
        let (people, kept) = (BTreeMap::new(), BTreeMap::new());
        let mut filler = Filler { stock, template, origin, rng, people, kept, curly, folded, page };
        filler.expand(&template.nodes);
        page = filler.page;
    }
    page
}

struct Filler<'a> {
    stock: &'a Stock,
    template: &'a Template,
    origin: &'static Origin,
    rng: &'a mut Rng,
    /// Who goes by `patient`, `provider2` and so on in this document.
    people: BTreeMap<String, Person>,
    /// Values of slots that end in a digit (`city1`), which stay the same.
    kept: BTreeMap<String, Piece>,
    /// Whether apostrophes are typographic.
    curly: bool,
    /// Whether names are written in plain ASCII.
    folded: bool,
    page: Page,
}

impl<'a> Filler<'a> {
    fn expand(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.push(text, None, None),
                Node::Choice(options) => {
                    let option = self.rng.pick(options);
                    self.expand(option);
                }
                Node::Slot(name) => self.fill_slot(name),
            }
        }
    }

    fn fill_slot(&mut self, name: &str) {
        if let Some(fragment) = name.strip_prefix('@') {
            return self.expand_fragment(fragment);
        }
        if let Some((who, form)) = name.split_once('.').filter(|(who, _)| role(who).is_some()) {
            return self.write_person(who, form);
        }
        let (kind, case) = name.split_once('.').unwrap_or((name, ""));
        let (text, label) = match self.kept.get(kind) {
            Some(piece) => piece.clone(),
            None => self.make_piece(kind),
        };
        let text = set_case(text, case).unwrap_or_else(|| self.unknown(name));
        self.push(&text, label, None);
    }

    fn expand_fragment(&mut self, name: &str) {
        let most = if SENTENCES.contains(&name) { self.rng.between(1, 3) } else { 1 };
        for number in 0..most {
            if number > 0 {
                self.push(" ", None, None);
            }
            let nodes = self.pick_fragment(name);
            self.expand(nodes);
        }
    }

    fn write_person(&mut self, who: &str, form: &str) {
        if !self.people.contains_key(who) {
            let person = self.invent(who);
            self.people.insert(who.to_owned(), person);
        }
        let person = &self.people[who];
        let role = person.role;
        let pieces = person.write(form, self.rng);
        for (text, label) in pieces.unwrap_or_else(|| self.unknown(form)) {
            self.push(&text, label, role.filter(|_| label == Some(Label::Name)));
        }
    }

    fn invent(&mut self, who: &str) -> Person {
        let role = role(who).expect("only a known role asks for a person");
        let at_home = role == Some(Role::Patient) || self.rng.percent(50);
        let is_kin = role == Some(Role::Relative);
        let origin = if at_home || is_kin { self.origin } else { self.stock.pick_common_origin(self.rng) };
        let mut person = Person::new(self.stock, origin, role, self.rng);
        if let Some(patient) = self.people.get("patient").filter(|_| is_kin && self.rng.percent(65)) {
            person.marry(patient);
        }
        if self.folded {
            person.fold();
        }
        person
    }

    /// What a slot that is no person holds; one that ends in a digit keeps it.
    fn make_piece(&mut self, name: &str) -> Piece {
        if let Some(piece) = values::value(name, self.rng) {
            return piece;
        }
        let kind = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let piece = self.make_labelled(kind).or_else(|| values::value(kind, self.rng)).or_else(|| self.make_word(kind));
        let piece = piece.unwrap_or_else(|| self.unknown(name));
        if kind.len() < name.len() {
            self.kept.insert(name.to_owned(), piece.clone());
        }
        piece
    }

    fn make_labelled(&mut self, kind: &str) -> Option<Piece> {
        let (_, label) = LABELLED_FRAGMENTS.iter().find(|(name, _)| *name == kind)?;
        let nodes = self.pick_fragment(kind);
        let outer = std::mem::take(&mut self.page);
        self.expand(nodes);
        let inner = std::mem::replace(&mut self.page, outer);
        Some((inner.text, Some(*label)))
    }

    /// A word of a list, or a name that stands for no person.
    fn make_word(&mut self, kind: &str) -> Option<Piece> {
        let word = match kind {
            "surname" => self.stock.family(self.stock.pick_common_origin(self.rng), self.rng),
            "given" => self.stock.given(self.stock.pick_common_origin(self.rng), true, self.rng),
            _ => self.rng.pick(self.stock.words(kind)?).clone(),
        };
        Some((word, None))
    }

    fn pick_fragment(&mut self, name: &str) -> &'a [Node] {
        let lines = self.stock.fragment(name).unwrap_or_else(|| self.unknown(name));
        self.rng.pick::<Vec<Node>>(lines)
    }

    fn push(&mut self, text: &str, label: Option<Label>, role: Option<Role>) {
        let start = self.page.text.len();
        if self.curly {
            self.page.text.push_str(&text.replace('\'', "’"));
        } else {
            self.page.text.push_str(text);
        }
        let end = self.page.text.len();
        if let Some(label) = label.filter(|_| end > start) {
            self.page.spans.push(Span { start, end, label, role });
        }
    }

    fn unknown<T>(&self, slot: &str) -> T {
        panic!("{}: nothing fills the slot {slot}", self.template.name)
    }
}

fn role(who: &str) -> Option<Option<Role>> {
    let kind = who.trim_end_matches(|c: char| c.is_ascii_digit());
    ROLES.iter().find(|(name, _)| *name == kind).map(|(_, role)| *role)
}

/// The text in the case a slot asks for (`drug.upper`).
fn set_case(text: String, case: &str) -> Option<String> {
    let text = match case {
        "" => text,
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "title" => title_case(&text),
        "slug" => text.to_lowercase().replace([' ', '\'', '.'], "-"),
        _ => return None,
    };
    Some(text)
}

fn title_case(text: &str) -> String {
    let mut after_letter = false;
    let case = |c: char| {
        let cased = if after_letter { c.to_string() } else { c.to_uppercase().to_string() };
        after_letter = c.is_alphanumeric() || matches!(c, '\'' | '’');
        cased
    };
    text.chars().map(case).collect()
}
