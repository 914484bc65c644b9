//! Labels of tokens become mentions of people and places, with their scores.

use std::ops::Range;

use super::Words;
use super::hash::word_hash;
use super::lexicon::Cue;
use super::model::{Decoded, Model, NAME, PLACE};
use super::runs::{self, Run, Settled};
use super::token::{Gap, Shape, Token, Tokens};
use crate::model::Subject;

/// What is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's name.
    Name,
    /// A place.
    Place,
}

/// A name or place, or what may be one. Holds no text.
#[derive(Clone, Copy, Debug)]
pub struct Mention {
    /// First byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// Its score in thousandths.
    pub permille: u16,
    /// Whose it is, as far as a cue tells.
    pub subject: Subject,
    /// A title stands before it.
    pub titled: bool,
    /// Something is called so, as the next word says, and hardly anybody by first name: `Homan's sign`.
    pub is_eponym: bool,
    /// Its first words.
    pub words: Words,
}

impl Mention {
    /// Least score at which a single word counts as what may be a name, and the same of an ordinary word.
    pub const WEAK: [u16; 2] = [40, 200];
}

/// What a name scores behind a title that the model does not believe in.
const ADDRESSED: u16 = 700;
/// The same of a given name behind `her son` or before `is a 40-year-old`.
const EXPECTED: u16 = 600;
/// What a name scores at most that stands in a text of an unknown kind.
const UNLIKELY: u16 = 400;

/// Buffers of one thread.
#[derive(Default)]
pub struct Buffers {
    run: Run,
    decoded: Decoded,
    settled: Vec<(u32, u32)>,
}

impl Buffers {
    /// The places of what is known already, to be filled before a search.
    pub fn settled(&mut self) -> &mut Vec<(u32, u32)> {
        &mut self.settled
    }
}

/// Adds the mentions in the field `lo..tokens.hi`.
pub fn search(model: &Model<'_>, tokens: Tokens<'_>, lo: usize, buffers: &mut Buffers, out: &mut impl FnMut(Mention)) {
    let Buffers { run, decoded, settled } = buffers;
    let first = settled.partition_point(|it| it.1 as usize <= lo);
    runs::each_run(tokens, lo, Settled(&settled[first..]), run, |run| {
        model.decode(tokens.text, run, decoded);
        take(model, &tokens.text[..tokens.hi], run, decoded, out);
    });
}

/// The mentions of one decoded run.
fn take(model: &Model<'_>, text: &[u8], run: &Run, decoded: &Decoded, out: &mut impl FnMut(Mention)) {
    let tokens = run.own();
    let mut at = 0;
    while at < tokens.len() {
        let label = usize::from(decoded.labels[at]);
        let mut end = at + 1;
        while label > 0 && end < tokens.len() && usize::from(decoded.labels[end]) == ((label + 1) & !1) {
            end += 1;
        }
        let expected = is_expected(text, run, at, end);
        let found = match label {
            NAME | 2 => mention(model, decoded, run, at..end, Kind::Name),
            PLACE | 4 if expected => mention(model, decoded, run, at..end, Kind::Name),
            PLACE | 4 => mention(model, decoded, run, at..end, Kind::Place),
            _ => weak(model, decoded, run, at),
        };
        if let Some(mut found) = found {
            if expected && found.kind == Kind::Name && !found.is_eponym {
                found.permille = found.permille.max(EXPECTED);
            }
            out(found);
        }
        at = end;
    }
}

fn mention(model: &Model<'_>, decoded: &Decoded, run: &Run, span: Range<usize>, kind: Kind) -> Option<Mention> {
    let tokens = run.own();
    let last = span.clone().rev().find(|it| tokens[*it].is_word())?;
    let leads = |it: &Token| kind == Kind::Name && it.leads_to_name();
    let first = (span.start..=last).find(|it| tokens[*it].is_word() && !leads(&tokens[*it]))?;
    let own = &tokens[first..=last];
    if kind == Kind::Place && (is_no_place(own) || is_named_after(run, last) || is_scrap(own)) {
        return None;
    }
    let (label, table) = if kind == Kind::Name { (NAME, run.table_of_names()) } else { (PLACE, 1) };
    let margins = (first..=last).filter(|it| tokens[*it].may_name()).map(|it| decoded.margin(it, label));
    let (sum, count) = margins.fold((0, 0), |(sum, count), it| (sum + it, count + 1));
    let permille = model.permille(table, i32::checked_div(sum, count)?);
    let (start, end) = (own[0].start, own[own.len() - 1].end);
    let (subject, words) = (Subject::Unknown, words(own));
    let found = Mention { start, end, kind, permille, subject, titled: false, is_eponym: false, words };
    Some(if kind == Kind::Name { in_context(found, run, first..last) } else { found })
}

/// True for states and countries by themselves, for words such as `Street` or `Bank`, and for parts of a message's field.
fn is_no_place(own: &[Token]) -> bool {
    let no_place =
        |it: &Token| !it.may_name() || matches!(it.entry.cue(), Cue::Country | Cue::PlaceWord | Cue::Organisation);
    let caret = |it: &Token| it.shape == Shape::Mark && it.hash == u64::from(b'^');
    own.iter().all(no_place) || own.iter().any(caret)
}

/// True for two letters that hardly anybody and no place is called: `Tf`, an operator of PostScript.
fn is_scrap(own: &[Token]) -> bool {
    let [token] = own else { return false };
    let (entry, len) = (token.entry, token.end - token.start);
    token.shape == Shape::Title && len == 2 && entry.given() <= 3 && entry.surname() <= 1 && entry.place() == 0
}

/// True where the next word says that something is called so: `Rome criteria`, `Glasgow scale`.
fn is_named_after(run: &Run, last: usize) -> bool {
    const THINGS: [&[u8]; 7] = [b"criteria", b"classification", b"scale", b"score", b"sign", b"syndrome", b"virus"];
    let behind = run.tokens.get(run.first + last + 1).filter(|it| it.shape == Shape::Lower);
    behind.is_some_and(|token| THINGS.iter().any(|it| word_hash(it, 0, it.len()) == token.hash))
}

/// True for words behind which ships and storms are named: `USS Larkin`, `Hurricane Edna`.
fn names_a_thing(token: &Token) -> bool {
    const THINGS: [&[u8]; 10] =
        [b"uss", b"usns", b"uscgc", b"hms", b"hmcs", b"rms", b"hurricane", b"typhoon", b"cyclone", b"storm"];
    // Few names are as short or as common as that.
    let may = token.shape == Shape::Upper && token.end - token.start <= 5 || token.entry.common() > 0;
    may && token.is_capitalised() && THINGS.iter().any(|it| word_hash(it, 0, it.len()) == token.hash)
}

/// A name with what the words around it say.
fn in_context(mut found: Mention, run: &Run, span: Range<usize>) -> Mention {
    let (first, last) = (run.first + span.start, run.first + span.end);
    found.titled = first > 0 && run.tokens[first - 1].entry.cue() == Cue::Title;
    if is_addressed(&run.tokens[..first]) {
        found.permille = found.permille.max(ADDRESSED);
    }
    let token = &run.tokens[first];
    let of_a_thing =
        names_a_thing(&run.tokens[first.saturating_sub(1)]) || token.entry.surname() == 0 && names_a_thing(token);
    if !found.titled && (of_a_thing || is_eponym(&run.tokens[first..], last - first)) {
        found.permille = found.permille * 3 / 10;
        found.is_eponym = of_a_thing || run.tokens[first].entry.given() < 3;
    }
    found.subject = subject(&run.tokens, first, last);
    let among_rare = || found.subject == Subject::Unknown && is_among_rare_words(run, first);
    let scrap = || is_scrap(&run.tokens[first..=last]);
    if first == last && !found.titled && (is_before_rare_word(run, last) || scrap() || among_rare()) {
        found.permille = found.permille.min(UNLIKELY);
    }
    found
}

/// True for a given name that a relation leads to, and for one whose age follows: `her son Tobias`, `Lea is a 9 year old`.
fn is_expected(text: &[u8], run: &Run, at: usize, end: usize) -> bool {
    let (token, before) = (&run.own()[at], run.tokens[..run.first + at].last());
    let related = |it: &Token| it.shape == Shape::Lower && it.entry.cue() == Cue::Relation;
    token.entry.given() >= 4
        && (token.gap < Gap::Paragraph && before.is_some_and(related)
            || is_aged(&text[run.own()[end - 1].end as usize..]))
}

/// True for ` is a 40`, ` was an 8`.
fn is_aged(behind: &[u8]) -> bool {
    let verb = behind.strip_prefix(b" is a").or_else(|| behind.strip_prefix(b" was a"));
    let number = verb.and_then(|it| it.strip_prefix(b"n").unwrap_or(it).strip_prefix(b" "));
    number.is_some_and(|it| it.first().is_some_and(u8::is_ascii_digit))
}

/// True for `Dr`, `Dra` and `Doctor`.
fn is_doctor(token: &Token) -> bool {
    [&b"dr"[..], b"dra", b"doctor", b"doctora", b"nurse"].iter().any(|it| word_hash(it, 0, it.len()) == token.hash)
}

/// True where what may be a name names a finding: `Homan's sign`, `Babin's Sign`, `Smith-Magenis syndrome`.
fn is_eponym(tokens: &[Token], last: usize) -> bool {
    let possessive = |it: &&Token| it.shape == Shape::Mark && it.hash > 255;
    let owner = tokens.get(last + 1).is_some_and(|it| possessive(&it));
    let behind = tokens[last + 1..].iter().find(|it| !possessive(it));
    let of_a_person =
        tokens[..=last].iter().any(|it| it.entry.given() >= 5 && (last > 0 || it.entry.cue() != Cue::Eponym));
    let finding =
        |it: &Token| (it.shape == Shape::Lower || owner && it.shape == Shape::Title) && it.entry.cue() == Cue::Health;
    !of_a_person && behind.is_some_and(finding)
}

/// True where an ordinary text would hardly go on like that: lists of words and texts of another kind than any the
/// model knows. There a capital says little.
fn is_before_rare_word(run: &Run, last: usize) -> bool {
    run.tokens.get(last + 1).is_some_and(|it| it.shape == Shape::Lower && it.entry.is_unknown())
}

/// True for a word that hardly anybody is called and that begins a sentence or a line, where every word has a capital,
/// among words that no list holds; among several of those for any word.
fn is_among_rare_words(run: &Run, at: usize) -> bool {
    let token = &run.tokens[at];
    let begins = at == 0 || token.gap >= Gap::Line || matches!(run.tokens[at - 1].shape, Shape::Period | Shape::Comma);
    if !begins || token.shape != Shape::Title {
        return false;
    }
    let rare = |it: &&Token| it.shape == Shape::Lower && it.entry.common() <= 1 && it.end - it.start > 3;
    let enough = if token.entry.given() <= 3 && token.entry.surname() <= 3 { 1 } else { 2 };
    run.tokens.iter().filter(rare).nth(enough - 1).is_some()
}

/// Whose name it is, by the words directly before and behind it.
fn subject(tokens: &[Token], first: usize, last: usize) -> Subject {
    let behind = tokens[last + 1..].iter().find(|it| it.shape != Shape::Comma);
    if behind.is_some_and(|it| it.entry.cue() == Cue::Credential) {
        return Subject::Provider;
    }
    let before = tokens[..first].iter().rev().take(3);
    for token in before.take_while(|it| !matches!(it.shape, Shape::Period | Shape::Close)) {
        match token.entry.cue() {
            Cue::Patient => return Subject::Patient,
            Cue::Relation => return Subject::Relative,
            Cue::Provider => return Subject::Provider,
            Cue::Title if is_doctor(token) => return Subject::Provider,
            _ => {}
        }
    }
    Subject::Unknown
}

fn words(tokens: &[Token]) -> Words {
    let mut out = Words::default();
    let hashes = tokens.iter().filter(|it| it.may_name() && it.end - it.start > 2).map(|it| it.hash);
    out.iter_mut().zip(hashes).for_each(|(slot, hash)| *slot = hash);
    out
}

/// A single word that the model took for no name, but not clearly.
fn weak(model: &Model<'_>, decoded: &Decoded, run: &Run, at: usize) -> Option<Mention> {
    let tokens = run.own();
    let token = &tokens[at];
    let most = if run.register == 0 && is_uncontradicted(run, run.first + at) { 999 } else { 499 };
    let permille = model.permille(run.table_of_names(), decoded.margin(at, NAME)).min(most);
    let titled =
        at == 0 && is_addressed(&run.tokens[..run.first]) && (token.entry.surname() > 0 || token.entry.is_unknown());
    let permille = if titled { ADDRESSED } else { permille };
    let counts = token.may_name()
        && token.end - token.start > 2
        && permille >= Mention::WEAK[usize::from(token.entry.common() >= 3)];
    counts.then(|| Mention {
        start: token.start,
        end: token.end,
        kind: Kind::Name,
        permille,
        subject: if titled { subject(&run.tokens, run.first, run.first) } else { Subject::Unknown },
        titled,
        is_eponym: false,
        words: words(&tokens[at..=at]),
    })
}

/// True where no word beside the one at `at` speaks against its being a name: in messages the model's doubt is no more
/// than a doubt.
fn is_uncontradicted(run: &Run, at: usize) -> bool {
    let no_name_behind = |it: &Token| it.shape == Shape::Digits || names_a_thing(it);
    let contradicted = run.tokens[..at].last().is_some_and(no_name_behind);
    !contradicted && !run.tokens[at].leads_to_name() && !is_eponym(&run.tokens[at..], 0)
}

/// True directly behind `Dr.`, `Mr.`, `Mrs.` or `Ms.`: whoever is addressed so has a name.
fn is_addressed(before: &[Token]) -> bool {
    const ADDRESSES: [&[u8]; 5] = [b"dr", b"mr", b"mrs", b"ms", b"dra"];
    let title = before.last().filter(|it| it.entry.cue() == Cue::Title);
    title.is_some_and(|token| ADDRESSES.iter().any(|it| word_hash(it, 0, it.len()) == token.hash))
}
