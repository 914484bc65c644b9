//! Sentences and log lines of words picked at random: in them nobody is named, however rare a capitalised word is.

use phisift::detect::names::lexicon::Lexicon;
use phisift::detect::names::token::Shape;

use crate::crf::Dice;
use crate::text::{SALAD, Text};

/// Words of a text.
const LENGTH: usize = 160;

/// So many texts of the lower-case words of others.
pub fn texts(others: &[Text], count: usize) -> Vec<Text> {
    let words = words(others);
    let mut dice = Dice(7);
    (0..count).map(|_| Text::new(SALAD, text(&words, &mut dice), &[], false)).collect()
}

/// Every word in lower case of a letter or more, each once, in order.
fn words(texts: &[Text]) -> Vec<String> {
    let blank = [[0; 4]; 8];
    let Some(lexicon) = Lexicon::new(blank.as_flattened()) else { return Vec::new() };
    let mut words = std::collections::BTreeSet::new();
    for text in texts {
        let tokens = text.page.tokens(lexicon);
        let mut at = 0;
        while let Some(token) = tokens.next(at) {
            at = token.end as usize;
            let word = &tokens.text[token.start as usize..at];
            if token.shape == Shape::Lower && word.len() > 2 && word.iter().all(u8::is_ascii_alphabetic) {
                words.insert(String::from_utf8_lossy(word).into_owned());
            }
        }
    }
    words.into_iter().collect()
}

fn text(words: &[String], dice: &mut Dice) -> String {
    let mut out = String::new();
    let mut begins = true;
    for _ in 0..LENGTH {
        let word = &words[dice.next() as usize % words.len()];
        let roll = dice.next() % 64;
        if begins && roll > 4 {
            out.push_str(&word[..1].to_ascii_uppercase());
            out.push_str(&word[1..]);
        } else {
            out.push_str(word);
        }
        let (mark, ends) = match roll {
            0..=5 => (". ", true),
            6 => (".\n", true),
            7 => (", ", false),
            8 => ("=", false),
            9 => ("\n", false),
            10 => (": ", false),
            _ => (" ", false),
        };
        out.push_str(mark);
        begins = ends;
    }
    out
}
