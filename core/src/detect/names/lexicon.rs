//! What is known of single words: how common they are as given names, surnames and ordinary words, and what they cue.
//! Holds fingerprints of words, never words.

/// What kind of cue a word is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Cue {
    #[default]
    None,
    /// `Dr`, `Mrs`, `Señora`
    Title,
    /// `MD`, `RN`, `PhD`
    Credential,
    /// `mother`, `wife`, `hijo`
    Relation,
    /// `patient`, `pt`, `paciente`
    Patient,
    /// `surgeon`, `attending`, `nurse`
    Provider,
    /// `Hospital`, `Inc`, `University`
    Organisation,
    /// `Street`, `County`, `River`
    PlaceWord,
    /// `May`, `Monday`
    Calendar,
    /// Drugs, conditions, anatomy
    Health,
    /// `de`, `van`, `bin`
    Particle,
    /// `dear`, `regards`, `hi`
    Letter,
    /// `Parkinson`, `Foley`: people whose names are things
    Eponym,
    /// `INFO`, `Thread`, `Exception`
    Machine,
    /// States and countries, and words from them: no identifiers alone
    Country,
    /// Suffixes: `Jr`, `III`
    Suffix,
}

impl Cue {
    /// By number.
    pub const ALL: [Cue; 16] = [
        Cue::None,
        Cue::Title,
        Cue::Credential,
        Cue::Relation,
        Cue::Patient,
        Cue::Provider,
        Cue::Organisation,
        Cue::PlaceWord,
        Cue::Calendar,
        Cue::Health,
        Cue::Particle,
        Cue::Letter,
        Cue::Eponym,
        Cue::Machine,
        Cue::Country,
        Cue::Suffix,
    ];

    /// True where a period behind the word belongs to it.
    pub fn takes_a_dot(self) -> bool {
        matches!(self, Cue::Title | Cue::Suffix)
    }
}

/// What the lexicon knows of a word, in 16 bits.
///
/// Bits 0–2: rank as a given name (0 none, 7 most common). 3–5: as a surname. 6–8: how often it stands in lower case.
/// 9–10: as a place (0 none, 1 small, 2 large, 3 capital or metropolis). 11–14: its cue. 15: never part of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry(pub u16);

impl Entry {
    pub fn new(given: u16, surname: u16, common: u16, place: u16, cue: Cue, never: bool) -> Entry {
        Entry(given | surname << 3 | common << 6 | place << 9 | (cue as u16) << 11 | u16::from(never) << 15)
    }

    #[inline]
    pub fn given(self) -> u16 {
        self.0 & 7
    }

    #[inline]
    pub fn surname(self) -> u16 {
        self.0 >> 3 & 7
    }

    #[inline]
    pub fn common(self) -> u16 {
        self.0 >> 6 & 7
    }

    #[inline]
    pub fn place(self) -> u16 {
        self.0 >> 9 & 3
    }

    #[inline]
    pub fn cue(self) -> Cue {
        Cue::ALL[usize::from(self.0 >> 11 & 15)]
    }

    /// True for words that were never seen in a name and often elsewhere: no model is asked.
    #[inline]
    pub fn is_never(self) -> bool {
        self.0 >> 15 == 1
    }

    #[inline]
    pub fn is_unknown(self) -> bool {
        self.0 == 0
    }

    /// The one of two entries that speaks more for a name.
    pub fn likelier_name(self, other: Entry) -> Entry {
        let rank = |it: Entry| (it.given() + it.surname(), it.0);
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Slots of a bucket.
const WAYS: usize = 8;

/// A table of fingerprints: 2^n slots of a 16-bit fingerprint and a 16-bit entry, in buckets of eight.
#[derive(Clone, Copy)]
pub struct Lexicon<'a> {
    slots: &'a [[u8; 4]],
}

impl<'a> Lexicon<'a> {
    /// A table of that many slots: a power of two, eight or more.
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let (slots, rest) = bytes.as_chunks::<4>();
        (rest.is_empty() && slots.len() >= WAYS && slots.len().is_power_of_two()).then_some(Lexicon { slots })
    }

    /// What is known of the word of that hash.
    #[inline]
    pub fn entry(self, hash: u64) -> Entry {
        let (bucket, print) = place(hash, self.slots.len());
        let (found, is_full) = self.look(bucket, print);
        if found != 0 || !is_full {
            return Entry((found >> 16) as u16);
        }
        Entry((self.look((bucket + WAYS) & (self.slots.len() - 1), print).0 >> 16) as u16)
    }

    /// The slot of that fingerprint in a bucket, 0 where it has none, and whether the bucket is full. All slots are
    /// looked at without a branch: which of them holds a word cannot be foretold.
    #[inline]
    fn look(self, bucket: usize, print: u16) -> (u32, bool) {
        let slots: &[[u8; 4]; WAYS] = self.slots[bucket..].first_chunk().expect("buckets are whole");
        let slots = slots.map(u32::from_le_bytes);
        let found = slots.iter().fold(0, |found, slot| found | if *slot as u16 == print { *slot } else { 0 });
        (found, slots[WAYS - 1] != 0)
    }

    /// Stores an entry into a table being built; false where both buckets are full.
    pub fn store(table: &mut [[u8; 4]], hash: u64, entry: Entry) -> bool {
        let (mut bucket, print) = place(hash, table.len());
        for _ in 0..2 {
            for slot in &mut table[bucket..bucket + WAYS] {
                let taken = u16::from_le_bytes([slot[0], slot[1]]);
                if taken == 0 {
                    let ([a, b], [c, d]) = (print.to_le_bytes(), entry.0.to_le_bytes());
                    *slot = [a, b, c, d];
                    return true;
                }
                if taken == print {
                    return false;
                }
            }
            bucket = (bucket + WAYS) & (table.len() - 1);
        }
        false
    }
}

/// A word's bucket and its fingerprint, which is never 0.
#[inline]
fn place(hash: u64, slots: usize) -> (usize, u16) {
    let mixed = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let bucket = (mixed >> 40) as usize & (slots - 1) & !(WAYS - 1);
    (bucket, (mixed >> 20) as u16 | 1)
}
