//! Values in words that follow a label: person names.

use super::byte;

/// Words before a name that are not part of it.
const TITLES: [u64; 16] = packed([
    b"mr", b"mrs", b"ms", b"miss", b"dr", b"prof", b"sir", b"rev", b"fr", b"sr", b"hon", b"pt", b"patient", b"doctor",
    b"nurse", b"mx",
]);

/// Credentials and the like behind a name that are not part of it.
const CREDENTIALS: [u64; 22] = packed([
    b"md", b"do", b"rn", b"np", b"pa", b"phd", b"dds", b"dmd", b"dpm", b"lpn", b"aprn", b"fnp", b"crna", b"lcsw",
    b"facs", b"facp", b"mph", b"bsn", b"msn", b"pharmd", b"dpt", b"facc",
]);

/// True where the table has the word, ASCII case ignored. No row is longer than eight bytes.
fn is_one_of<const ROWS: usize>(word: &[u8], table: &[u64; ROWS]) -> bool {
    if word.is_empty() || word.len() > 8 {
        return false;
    }
    let letters = word.iter().fold(0, |letters, byte| letters << 8 | u64::from(byte.to_ascii_lowercase()));
    table.contains(&letters)
}

/// Words of up to eight small letters as numbers.
const fn packed<const ROWS: usize>(words: [&[u8]; ROWS]) -> [u64; ROWS] {
    let mut rows = [0; ROWS];
    let mut row = 0;
    while row < ROWS {
        let mut at = 0;
        while at < words[row].len() {
            rows[row] = rows[row] << 8 | words[row][at] as u64;
            at += 1;
        }
        row += 1;
    }
    rows
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'\'' | b'-' | b'`')
}

fn word(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < text.len() && end - at < 40 && is_name_byte(text[end]) {
        end += 1;
    }
    end
}

fn is_capital(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte >= 0xc3
}

/// Behind titles and blanks.
pub fn skip_titles(text: &[u8], at: usize) -> usize {
    let mut start = at;
    for _ in 0..3 {
        let end = word(text, start);
        let stop = end + usize::from(byte(text, end) == b'.');
        if end == start || byte(text, stop) != b' ' || !is_one_of(&text[start..end], &TITLES) {
            return start;
        }
        start = stop + 1;
    }
    start
}

const PARTICLES: [u64; 16] = packed([
    b"de", b"la", b"del", b"los", b"las", b"van", b"der", b"den", b"von", b"bin", b"al", b"el", b"da", b"dos", b"di",
    b"y",
]);

/// One to five capitalised words (particles in lower case between them), initials, one comma or carets.
///
/// Stops before a word that is itself a label (`DOB:`) or a credential.
pub fn person_name(text: &[u8], at: usize) -> Option<usize> {
    let mut end = None;
    let mut start = at;
    let mut commas = 0;
    for _ in 0..6 {
        let stop = word(text, start);
        let it = &text[start..stop];
        let fits = it.first().is_some_and(|it| is_capital(*it));
        let particle = !fits && is_one_of(it, &PARTICLES);
        let label = byte(text, stop) == b':' || byte(text, stop) == b'=' || byte(text, stop).is_ascii_digit();
        if !fits && !particle || label || is_one_of(it, &CREDENTIALS) {
            return end;
        }
        let initial = it.len() == 1 && byte(text, stop) == b'.';
        let stop = stop + usize::from(initial);
        if fits {
            end = Some(stop);
        }
        match (byte(text, stop), byte(text, stop + 1)) {
            (b' ' | b'^', _) => start = stop + 1,
            (b',', b' ') if commas == 0 && end.is_some() => {
                commas += 1;
                start = stop + 2;
            }
            (b',', _) if commas == 0 && end.is_some() => {
                commas += 1;
                start = stop + 1;
            }
            _ => return end,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_they_should() {
        let name = |text: &str| person_name(text.as_bytes(), 0).map(|it| text[..it].to_string());
        assert_eq!(name("Marcus Hollingsworth        MRN: 4").as_deref(), Some("Marcus Hollingsworth"));
        assert_eq!(name("DOE, JANE Q DOB: 1").as_deref(), Some("DOE, JANE Q"));
        assert_eq!(name("Juan de la Cruz-Vega, MD").as_deref(), Some("Juan de la Cruz-Vega"));
        assert_eq!(name("DOE^JANE^Q||").as_deref(), Some("DOE^JANE^Q"));
        assert_eq!(name("J. Doe").as_deref(), Some("J. Doe"));
        assert_eq!(name("pending"), None);
    }
}
