//! Prose and key=value lines without any name, date, number of a person, or address.

use super::dice::Dice;
use super::sheet::Lines;

/// A word, frequent ones more often: rank falls off like Zipf's law.
fn word<'a>(dice: &mut Dice, words: &'a [String]) -> &'a str {
    let ranks = words.len() as f64;
    let share = dice.below(1 << 32) as f64 / (1u64 << 32) as f64;
    let rank = ranks.powf(share) - 1.0;
    &words[(rank as usize).min(words.len() - 1)]
}

/// One line or a few sentences.
pub fn passage(dice: &mut Dice, words: &[String], out: &mut Lines) {
    if dice.once_in(5) {
        let level = dice.pick(&["info", "debug", "warn"]);
        let (component, state) = (word(dice, words), word(dice, words));
        let message = [word(dice, words), word(dice, words), word(dice, words)].join(" ");
        let (count, ratio) = (dice.below(999), dice.below(1000));
        out.text(&format!(
            "level={level} component={component} msg=\"{message}\" count={count} ratio=0.{ratio:03} state={state}\n"
        ));
        return;
    }
    let sentence: Vec<&str> = (0..dice.within(8, 31)).map(|_| word(dice, words)).collect();
    let sentence = sentence.join(" ");
    let (first, rest) = sentence.split_at(1);
    out.text(&first.to_uppercase()).text(rest).text(if dice.once_in(3) { ".\n" } else { ". " });
}
