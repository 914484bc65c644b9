//! The trained model: integer weights of hashed facts, and the best labels for a run of tokens. Never floats, so that
//! every machine gives the same scores.

use super::features::{FACTS, facts};
use super::lexicon::Lexicon;
use super::runs::{LONGEST, Run};
use super::token::{Gap, Shape, Token};

/// Labels of a token: outside, then first and further tokens of a person's name, a place and an organisation.
pub const LABELS: usize = 7;
/// What a token is part of, by label.
pub const OUTSIDE: usize = 0;
/// First token of a name; the label behind it is that of further ones.
pub const NAME: usize = 1;
/// First token of a place.
pub const PLACE: usize = 3;
/// First token of an organisation.
pub const ORGANISATION: usize = 5;
/// Kinds of joints between two tokens, each with its own weights of label pairs.
pub const JOINTS: usize = 6;
/// Steps of the tables from margins to scores.
pub const STEPS: usize = 128;
/// Margin between two steps.
pub const STEP: i32 = 8;

/// Tables from margins to scores: of names, of places, of names in messages.
pub const TABLES: usize = 3;

const MAGIC: &[u8; 8] = b"phisift1";
const JOINT_BYTES: usize = JOINTS * 8 * 8 * 2;
const TABLE_BYTES: usize = STEPS * 2;
/// Magic, sizes of lexicon and weights, digest of all that follows: joints, score tables, lexicon, weights.
pub const HEADER: usize = 32;

/// A model in its file's bytes, of which nothing is copied.
#[derive(Clone, Copy)]
pub struct Model<'a> {
    /// What is known of single words.
    pub lexicon: Lexicon<'a>,
    weights: &'a [[u8; 8]],
    joints: [[[i16; 8]; 8]; JOINTS],
    scores: [&'a [u8]; TABLES],
}

/// What the parts of a model file are made of.
pub struct Parts {
    /// See [`Lexicon`].
    pub lexicon: Vec<[u8; 4]>,
    /// Rows of a check byte and a weight for each label.
    pub weights: Vec<[u8; 8]>,
    /// Weights of label pairs by joint.
    pub joints: [[[i16; 8]; 8]; JOINTS],
    /// Thousandths by margin: see [`TABLES`].
    pub scores: [[u16; STEPS]; TABLES],
}

impl Parts {
    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((self.lexicon.len() as u32).to_le_bytes());
        out.extend((self.weights.len() as u32).to_le_bytes());
        out.extend([0; 16]);
        let joints = self.joints.as_flattened().as_flattened();
        out.extend(joints.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.scores.as_flattened().iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.lexicon.as_flattened());
        out.extend(self.weights.as_flattened());
        let digest = digest(&out);
        out[HEADER - digest.len()..HEADER].copy_from_slice(&digest);
        out
    }
}

/// What the header says of the bytes behind it: by it a ruleset's hash depends on the model without reading it all.
pub fn digest(file: &[u8]) -> [u8; 16] {
    let hash = blake3::hash(&file[HEADER..]);
    hash.as_bytes().first_chunk().copied().expect("a hash has 32 bytes")
}

impl std::fmt::Debug for Model<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Model({} rows)", self.weights.len())
    }
}

impl<'a> Model<'a> {
    /// Reads a model file; `None` where it is none.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(HEADER)?;
        let number = |at: usize| head[at..at + 4].try_into().map(u32::from_le_bytes).ok().map(|it| it as usize);
        let (slots, rows) = (number(8)?, number(12)?);
        let (joints, rest) = rest.split_at_checked(JOINT_BYTES)?;
        let (tables, rest) = rest.split_at_checked(TABLE_BYTES * TABLES)?;
        let scores = std::array::from_fn(|table| &tables[table * TABLE_BYTES..][..TABLE_BYTES]);
        let (lexicon, weights) = rest.split_at_checked(slots.checked_mul(4)?)?;
        let (weights, beyond) = weights.as_chunks::<8>();
        let whole = head.starts_with(MAGIC) && beyond.is_empty() && weights.len() == rows && rows.is_power_of_two();
        let lexicon = Lexicon::new(lexicon)?;
        let joints = read_joints(joints);
        (whole && rows >= 2).then_some(Model { lexicon, weights, joints, scores })
    }

    /// The place of a fact among `rows` rows, and its check byte, which is never 0.
    #[inline]
    pub fn place(fact: u64, rows: usize) -> (usize, u8) {
        ((fact >> 8) as usize & (rows - 1), fact as u8 | 1)
    }

    /// The sums of the facts' weights. All rows are fetched before the first is looked at: they come from memory that is
    /// seldom at hand, and so they are waited for together.
    #[inline]
    fn sums(&self, facts: &[u64; FACTS]) -> [i16; 8] {
        let rows = self.weights.len();
        let mut pairs = [[0; 2]; FACTS];
        for (pair, fact) in pairs.iter_mut().zip(facts) {
            let (row, _) = Self::place(*fact, rows);
            *pair = [u64::from_le_bytes(self.weights[row]), u64::from_le_bytes(self.weights[row ^ 1])];
        }
        // Four lanes of 16 bits in each, of weights that are raised above zero.
        let (mut even, mut odd) = (0u64, 0u64);
        for (fact, [first, second]) in facts.iter().zip(pairs) {
            let (_, check) = Self::place(*fact, rows);
            // No branch: whether a fact is known cannot be foretold.
            let weights = if first as u8 == check { first } else { second };
            let weights = if weights as u8 == check { weights } else { 0 };
            let raised = weights ^ 0x8080_8080_8080_8080;
            even += raised & 0x00FF_00FF_00FF_00FF;
            odd += raised >> 8 & 0x00FF_00FF_00FF_00FF;
        }
        let lane = |of: u64, at: usize| (of >> (16 * at)) as i16 - 128 * FACTS as i16;
        std::array::from_fn(|at| lane(if at % 2 == 0 { even } else { odd }, at / 2))
    }

    /// How likely a margin makes a name or a place, in thousandths; see [`TABLES`].
    pub fn permille(&self, table: usize, margin: i32) -> u16 {
        let step = (margin.div_euclid(STEP) + STEPS as i32 / 2).clamp(0, STEPS as i32 - 1) as usize;
        u16::from_le_bytes([self.scores[table][step * 2], self.scores[table][step * 2 + 1]])
    }

    /// Labels the run's own tokens.
    pub fn decode(&self, text: &[u8], run: &Run, decoded: &mut Decoded) {
        let count = run.own().len().min(LONGEST);
        decoded.count = count;
        for at in 0..count {
            let mut sums = self.sums(&facts(text, &run.tokens, run.first + at, run.register));
            sums.copy_within(1.., 0);
            decoded.emission[at] = sums.map(i32::from);
        }
        decoded.solve(self, run.own());
    }
}

/// The weights of label pairs; those that cannot be are far below all others.
fn read_joints(bytes: &[u8]) -> [[[i16; 8]; 8]; JOINTS] {
    let mut joints = [[[NEVER as i16; 8]; 8]; JOINTS];
    let (pairs, _) = bytes.as_chunks::<2>();
    for (at, pair) in pairs.iter().enumerate() {
        let (joint, from, to) = (at / 64, at / 8 % 8, at % 8);
        if from < LABELS && to < LABELS && allowed(from, to).is_some() {
            joints[joint][from][to] = i16::from_le_bytes(*pair);
        }
    }
    joints
}

/// What the tokens of a run are, with how clearly.
pub struct Decoded {
    count: usize,
    emission: [[i32; 8]; LONGEST],
    ahead: [[i32; 8]; LONGEST],
    behind: [[i32; 8]; LONGEST],
    from: [[i32; 8]; LONGEST],
    /// The best label of each token.
    pub labels: [u8; LONGEST],
}

impl Default for Decoded {
    fn default() -> Self {
        let none = [[0; 8]; LONGEST];
        Decoded { count: 0, emission: none, ahead: none, behind: none, from: none, labels: [0; LONGEST] }
    }
}

/// Far below every sum.
const NEVER: i32 = -20_000;

impl Decoded {
    /// The best path, and for each token and label the best path through them. The lanes beyond the labels are idle.
    fn solve(&mut self, model: &Model<'_>, tokens: &[Token]) {
        let count = self.count;
        let first = model.joints[0][OUTSIDE].map(i32::from);
        self.ahead[0] = std::array::from_fn(|to| self.emission[0][to] + first[to]);
        for (at, token) in tokens.iter().enumerate().take(count).skip(1) {
            let (mut best, mut origin) = ([i32::MIN; 8], [0; 8]);
            for (from, row) in model.joints[joint_of(token)].iter().enumerate().take(LABELS) {
                let reached = self.ahead[at - 1][from];
                for to in 0..8 {
                    let way = reached + i32::from(row[to]);
                    origin[to] = if way > best[to] { from as i32 } else { origin[to] };
                    best[to] = best[to].max(way);
                }
            }
            self.ahead[at] = std::array::from_fn(|to| best[to] + self.emission[at][to]);
            self.from[at] = origin;
        }
        self.behind[count - 1] = [0; 8];
        for at in (1..count).rev() {
            let rest: [i32; 8] = std::array::from_fn(|to| self.emission[at][to] + self.behind[at][to]);
            for (from, row) in model.joints[joint_of(&tokens[at])].iter().enumerate().take(LABELS) {
                let ways: [i32; 8] = std::array::from_fn(|to| rest[to] + i32::from(row[to]));
                self.behind[at - 1][from] = ways[..LABELS].iter().copied().fold(i32::MIN, i32::max);
            }
        }
        let last = &self.ahead[count - 1];
        let mut label = (0..LABELS).fold(0, |best, it| if last[it] > last[best] { it } else { best });
        for at in (0..count).rev() {
            self.labels[at] = label as u8;
            label = self.from[at][label] as usize;
        }
    }

    /// By how much the best path with that kind of label (`NAME`, `PLACE`) at a token beats the best without.
    pub fn margin(&self, at: usize, kind: usize) -> i32 {
        let through = |label: usize| self.ahead[at][label] + self.behind[at][label];
        let with = through(kind).max(through(kind + 1));
        let others = (0..LABELS).filter(|it| *it != kind && *it != kind + 1);
        with - others.map(through).max().unwrap_or(NEVER)
    }
}

/// A further token follows a token of its own kind.
pub fn allowed(from: usize, to: usize) -> Option<()> {
    let inside = to > 0 && to.is_multiple_of(2);
    (!inside || from == to || from + 1 == to).then_some(())
}

/// What joins a token to the one before; 0 is the joint at a run's start.
pub fn joint_of(token: &Token) -> usize {
    match (token.gap, token.shape) {
        (Gap::Line | Gap::Paragraph, _) => 1,
        (Gap::Wide, _) => 2,
        (_, Shape::Comma | Shape::Mark | Shape::Dash) => 3,
        (Gap::None, _) => 4,
        _ => 5,
    }
}

/// Facts told of each token.
pub const FACTS_OF_A_TOKEN: usize = FACTS;
