//! Avro's values, decoded by their schema and emitted by their paths.

use super::super::super::compose::{Composer, Value};
use super::super::super::head::Bytes;
use super::super::super::is_readable;
use super::super::super::job::Job;
use super::schema::{Meaning, Schema, Type, TypeId};
use crate::model::{FieldKind, Label, Step, Text, civil};

/// Levels of nested values: a schema may contain itself.
const MAX_DEPTH: usize = 64;
/// A value that is longer and has spaces is prose.
const PROSE: usize = 64;
/// A binary value that is no longer and is text is a value like others.
const SHORT: usize = 4096;

/// Emits the records of blocks.
pub(super) struct Decoder<'s> {
    schema: &'s Schema,
    composer: Composer,
    /// The names that lead to the value being read.
    path: Vec<u8>,
    /// The column at the top, by number.
    column: u32,
    record: u64,
}

/// Why a value was not read.
enum Stop {
    /// It is not what the schema says.
    Malformed,
    /// Nobody wants more.
    Over,
}

type Read<T> = Result<T, Stop>;

impl<'s> Decoder<'s> {
    pub(super) fn new(schema: &'s Schema, composer: Composer) -> Self {
        Decoder { schema, composer, path: Vec::new(), column: 0, record: 0 }
    }

    /// Reads so many records; false where they are not what the schema says.
    pub(super) fn read_block(&mut self, job: &mut Job<'_>, block: &[u8], count: u64) -> bool {
        let mut rest = block;
        for index in 0..count {
            self.path.clear();
            self.record += 1;
            // Records of no bytes say nothing: there may be any number of them.
            if rest.is_empty() && index > 0 {
                self.record += count - index - 1;
                return self.is_empty_type(self.schema.root);
            }
            match self.value(job, self.schema.root, &mut rest, 0) {
                Ok(()) => {}
                Err(Stop::Over) => return true,
                Err(Stop::Malformed) => {
                    self.record += count - index - 1;
                    return false;
                }
            }
        }
        rest.is_empty()
    }

    pub(super) fn flush(&mut self, job: &mut Job<'_>) -> bool {
        self.composer.flush(job)
    }

    fn is_empty_type(&self, id: TypeId) -> bool {
        match &self.schema.types[id] {
            Type::Null => true,
            Type::Fixed(size, _) => *size == 0,
            Type::Record(fields) => fields.iter().all(|(_, id)| matches!(self.schema.types[*id], Type::Null)),
            _ => false,
        }
    }

    fn value(&mut self, job: &mut Job<'_>, id: TypeId, rest: &mut &[u8], depth: usize) -> Read<()> {
        if depth > MAX_DEPTH {
            return Err(Stop::Malformed);
        }
        let schema = self.schema;
        match &schema.types[id] {
            Type::Null => Ok(()),
            Type::Boolean => take(rest, 1).map(|_| ()),
            Type::Integer(meaning) => {
                let number = take_number(rest)?;
                self.push(job, shown(number, *meaning).as_bytes())
            }
            Type::Float => {
                let bytes = take(rest, 4)?.try_into().map_err(|_| Stop::Malformed)?;
                self.push(job, f32::from_le_bytes(bytes).to_string().as_bytes())
            }
            Type::Double => {
                let bytes = take(rest, 8)?.try_into().map_err(|_| Stop::Malformed)?;
                self.push(job, f64::from_le_bytes(bytes).to_string().as_bytes())
            }
            Type::Text => self.push(job, take_bytes(rest)?),
            Type::Bytes(meaning) => self.bytes(job, take_bytes(rest)?, *meaning),
            Type::Fixed(size, meaning) => self.bytes(job, take(rest, *size)?, *meaning),
            Type::Enum(symbols) => {
                let index = usize::try_from(take_number(rest)?).map_err(|_| Stop::Malformed)?;
                self.push(job, symbols.get(index).ok_or(Stop::Malformed)?)
            }
            Type::Union(choices) => {
                let index = usize::try_from(take_number(rest)?).map_err(|_| Stop::Malformed)?;
                self.value(job, *choices.get(index).ok_or(Stop::Malformed)?, rest, depth + 1)
            }
            Type::Array(items) => self.items(job, *items, false, rest, depth),
            Type::Map(values) => self.items(job, *values, true, rest, depth),
            Type::Record(fields) => {
                for (number, (name, id)) in fields.iter().enumerate() {
                    if depth == 0 {
                        self.column = number as u32;
                    }
                    self.below(job, name, *id, rest, depth)?;
                }
                Ok(())
            }
        }
    }

    /// Reads a value one name further down.
    fn below(&mut self, job: &mut Job<'_>, name: &[u8], id: TypeId, rest: &mut &[u8], depth: usize) -> Read<()> {
        let before = self.path.len();
        if before > 0 {
            self.path.push(b'.');
        }
        self.path.extend_from_slice(name);
        let read = self.value(job, id, rest, depth + 1);
        self.path.truncate(before);
        read
    }

    /// Blocks of values; those of a map have keys.
    fn items(&mut self, job: &mut Job<'_>, id: TypeId, keyed: bool, rest: &mut &[u8], depth: usize) -> Read<()> {
        loop {
            let mut count = take_number(rest)?;
            if count == 0 {
                return Ok(());
            }
            if count < 0 {
                count = count.checked_neg().ok_or(Stop::Malformed)?;
                take_number(rest)?;
            }
            for _ in 0..count {
                if !keyed {
                    let before = rest.len();
                    self.value(job, id, rest, depth + 1)?;
                    // Values of no bytes could go on for ever.
                    if rest.len() == before {
                        break;
                    }
                    continue;
                }
                let key = take_bytes(rest)?;
                self.push(job, key)?;
                self.below(job, key, id, rest, depth)?;
            }
        }
    }

    fn bytes(&mut self, job: &mut Job<'_>, bytes: &[u8], meaning: Meaning) -> Read<()> {
        if let Meaning::Decimal(scale) = meaning {
            return match decimal(bytes, scale) {
                Some(number) => self.push(job, number.as_bytes()),
                None => Ok(()),
            };
        }
        let is_text = std::str::from_utf8(bytes).is_ok_and(|it| !it.contains('\0'));
        if bytes.len() <= SHORT && is_text {
            return self.push(job, bytes);
        }
        if is_readable(bytes) {
            let name = [&self.path[..], format!("[{}]", self.record).as_bytes()].concat();
            job.read_inside(Step::Member(Text(name)), b"", Bytes::Stream(Box::new(bytes)));
        }
        if job.is_over() { Err(Stop::Over) } else { Ok(()) }
    }

    fn push(&mut self, job: &mut Job<'_>, text: &[u8]) -> Read<()> {
        let label = Label { name: Text(self.path.clone()), column: Some(self.column), ..Label::default() };
        let label = self.composer.label(label);
        let is_prose = text.len() > PROSE && memchr::memchr(b' ', text).is_some();
        let kind = if is_prose { FieldKind::Narrative } else { FieldKind::Structured };
        let value = Value { kind, ..Value::structured(text, label, self.record) };
        if self.composer.push(job, value) { Ok(()) } else { Err(Stop::Over) }
    }
}

/// A number in zigzag coding, and its bytes.
pub(super) fn number(bytes: &[u8]) -> Option<(i64, usize)> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Some(((value >> 1) as i64 ^ -((value & 1) as i64), index + 1));
        }
    }
    None
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> Read<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(count).ok_or(Stop::Malformed)?;
    *rest = left;
    Ok(taken)
}

fn take_number(rest: &mut &[u8]) -> Read<i64> {
    let (number, used) = number(rest).ok_or(Stop::Malformed)?;
    take(rest, used)?;
    Ok(number)
}

fn take_bytes<'b>(rest: &mut &'b [u8]) -> Read<&'b [u8]> {
    let length = usize::try_from(take_number(rest)?).map_err(|_| Stop::Malformed)?;
    take(rest, length)
}

fn shown(number: i64, meaning: Meaning) -> String {
    match meaning {
        Meaning::Plain | Meaning::Decimal(_) => number.to_string(),
        Meaning::Date => date(number),
        Meaning::Time(unit) => {
            let seconds = number.div_euclid(unit);
            let (day, second) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
            format!("{}T{:02}:{:02}:{:02}", date(day), second / 3600, second / 60 % 60, second % 60)
        }
    }
}

/// The date that many days after 1970 began.
fn date(days: i64) -> String {
    let (year, month, day) = civil(days.clamp(-100_000_000, 100_000_000));
    format!("{year:04}-{month:02}-{day:02}")
}

/// A big-endian number with a point in it.
fn decimal(bytes: &[u8], scale: usize) -> Option<String> {
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1i128 };
    let number = bytes.iter().fold(sign, |all, byte| all << 8 | i128::from(*byte));
    let digits = format!("{:0width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if number < 0 { "-" } else { "" };
    Some(if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_decimals_are_shown() {
        assert_eq!(
            [date(0), date(-1), date(11016), date(-25509)],
            ["1970-01-01", "1969-12-31", "2000-02-29", "1900-02-28"]
        );
        assert_eq!(shown(1_454_486_129_500, Meaning::Time(1000)), "2016-02-03T07:55:29");
        assert_eq!(decimal(&[0xFF, 0x85], 2).as_deref(), Some("-1.23"));
        assert_eq!(decimal(&[5], 2).as_deref(), Some("0.05"));
        assert_eq!(number(&[0x03]), Some((-2, 1)));
    }
}
