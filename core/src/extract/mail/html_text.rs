//! Whether the HTML form of a text says more than the plain one: compares their words.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use html5gum::{Token, Tokenizer};

/// Bytes above which texts are not compared.
const LONGEST: usize = 1 << 20;
/// Attributes whose values are read.
const TELLING: [&[u8]; 7] = [b"alt", b"content", b"data", b"href", b"src", b"title", b"value"];

/// The words of a plain text.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: HashSet<u64>,
    too_long: bool,
}

impl Words {
    /// Adds those of a text.
    pub(super) fn add(&mut self, text: &[u8]) {
        self.too_long |= text.len() > LONGEST;
        if !self.too_long {
            self.known.extend(words(&String::from_utf8_lossy(text)));
        }
    }

    /// True where an HTML text has no word that is not among them.
    pub(super) fn hold(&self, html: &[u8]) -> bool {
        if self.too_long || html.len() > LONGEST || self.known.is_empty() {
            return false;
        }
        let knows = |text: &[u8]| words(&String::from_utf8_lossy(text)).all(|it| self.known.contains(&it));
        let mut hidden = false;
        let Ok(()) = Tokenizer::new(html).try_for_each(|token| {
            let Ok(token) = token;
            let known = match &token {
                Token::StartTag(tag) => {
                    hidden = *tag.name == b"style";
                    let mut telling = tag.attributes.iter().filter(|(key, _)| TELLING.contains(&key.as_slice()));
                    telling.all(|(_, value)| knows(&value.value))
                }
                Token::EndTag(_) => {
                    hidden = false;
                    true
                }
                Token::String(text) => hidden || knows(text),
                Token::Comment(text) => knows(text),
                Token::Doctype(_) | Token::Error(_) => true,
            };
            if known { Ok(()) } else { Err(()) }
        }) else {
            return false;
        };
        true
    }
}

fn words(text: &str) -> impl Iterator<Item = u64> {
    text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).map(|word| {
        let mut hasher = DefaultHasher::new();
        word.to_lowercase().hash(&mut hasher);
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_html_form_says_is_seen() {
        let mut words = Words::default();
        words.add(b"Jane Doe, MRN 12345 see example.org");
        assert!(words.hold(b"<style>p{color:red}</style><p>Jane <b>Doe</b>,<br>MRN&nbsp;12345</p>"));
        assert!(!words.hold(b"<p>Jane Doe, DOB 1/2/1980</p>"));
        assert!(!words.hold(b"<p>Jane <a href='mailto:jane@example.org'>Doe</a>") && !words.hold(b"<!-- hidden -->"));
    }
}
