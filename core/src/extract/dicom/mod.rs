//! DICOM files (PS3.10): every textual attribute at any depth of sequences, by its tag. Pixel data is never loaded.

mod charset;
mod element;

use std::io::{BufReader, Cursor, Read};

use self::charset::Charsets;
use self::element::{Elements, Header, Length, Syntax, Vr};
use super::Random;
use super::budget::DecodedReader;
use super::compose::{Composer, Value};
use super::head::{Head, MEMORY, Stream};
use super::job::Job;
use crate::model::{FieldKind, Label, Reason, Standard, StandardField, Text};

/// Sequences within sequences.
const DEEPEST: usize = 32;
/// A longer value of one attribute is read in part only.
const LONGEST: u64 = 4 << 20;
/// Bytes of an attribute without a known type that are looked at for text.
const UNKNOWN: u64 = 64 << 10;
/// A longer value is prose.
const PROSE: usize = 128;

/// The preamble and its magic, or a data set without either (old files) that begins with group 2 or 8.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    head.raw.get(128..132) == Some(b"DICM") || element::begins_data_set(head.raw)
}

/// Reads a stream to its end as DICOM.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut file = match stream.into_random() {
        Ok(file) => BufReader::new(file),
        Err(reason) => return job.unread(reason, None),
    };
    let mut reader = Reader::new(job);
    if let Err(reason) = reader.read_file(job, &mut file) {
        reader.reason = reader.reason.or(Some(reason));
    }
    reader.composer.flush(job);
    if let Some(reason) = reader.reason {
        job.unread(reason, None);
    }
    if reader.has_pixels {
        job.unread(Reason::ImageContent, None);
    }
}

/// Where the reader stands: tags of the sequences around, with the number of their item.
type Path = Vec<((u16, u16), u32)>;

struct Reader {
    composer: Composer,
    charsets: Charsets,
    path: Path,
    /// The item, or record of a DICOMDIR, that values at hand belong to.
    record: u64,
    has_pixels: bool,
    reason: Option<Reason>,
}

impl Reader {
    fn new(job: &Job<'_>) -> Self {
        Reader {
            composer: Composer::new(job),
            charsets: Charsets::default(),
            path: Vec::new(),
            record: 1,
            has_pixels: false,
            reason: None,
        }
    }

    fn read_file(&mut self, job: &mut Job<'_>, file: &mut BufReader<Box<dyn Random + '_>>) -> Result<(), Reason> {
        let mut start = [0; 132];
        let got = element::fill(file, &mut start);
        let has_preamble = got == 132 && start[128..] == *b"DICM";
        if has_preamble {
            // The 128 bytes before the magic are the application's own: text at times.
            self.composer.push(job, Value { kind: FieldKind::Markup, ..Value::prose(printable(&start[..128])) });
        } else {
            file.seek_relative(-(got as i64)).map_err(|_| Reason::Io)?;
        }
        let meta = self.read_meta(job, file)?;
        let syntax = match meta {
            Some(uid) => Syntax::of_uid(&uid).ok_or(Reason::Unsupported)?,
            None => Syntax::guess(&element::peek(file)),
        };
        if syntax.deflated {
            let budget = job.budget;
            let inflated = flate2::read::DeflateDecoder::new(file);
            let mut bytes = Vec::new();
            let read = DecodedReader::new(Box::new(inflated), budget).take(MEMORY).read_to_end(&mut bytes);
            read.map_err(|_| Reason::Malformed)?;
            let mut inner = BufReader::new(Box::new(Cursor::new(bytes)) as Box<dyn Random>);
            return self.read_data_set(job, &mut inner, syntax);
        }
        self.read_data_set(job, file, syntax)
    }

    /// Group 2, always in explicit little endian. The transfer syntax it names.
    fn read_meta(
        &mut self,
        job: &mut Job<'_>,
        file: &mut BufReader<Box<dyn Random + '_>>,
    ) -> Result<Option<Vec<u8>>, Reason> {
        let mut syntax = None;
        loop {
            let ahead = element::peek(file);
            if ahead.get(..2) != Some(&[2, 0]) {
                return Ok(syntax);
            }
            let mut elements = Elements { file, syntax: Syntax::EXPLICIT_LITTLE };
            let Some(header) = elements.header()? else { return Ok(syntax) };
            let Length::Known(length) = header.length else { return Err(Reason::Malformed) };
            let value = elements.value(length.min(LONGEST), length)?;
            if header.tag == (2, 0x10) {
                syntax = Some(charset::trim(&value).to_vec());
            }
            if !self.put(job, &header, &value) {
                return Err(Reason::Interrupted);
            }
        }
    }

    /// All elements to the end of the file, or to the pixels. Sequences are entered, not recursed into.
    fn read_data_set(
        &mut self,
        job: &mut Job<'_>,
        file: &mut BufReader<Box<dyn Random + '_>>,
        syntax: Syntax,
    ) -> Result<(), Reason> {
        let mut elements = Elements { file, syntax };
        let mut ends: Vec<Option<u64>> = Vec::new();
        loop {
            if job.is_over() {
                return Err(Reason::Interrupted);
            }
            let at = elements.position()?;
            while ends.last().is_some_and(|end| end.is_some_and(|end| at >= end)) {
                ends.pop();
                self.path.pop();
            }
            let Some(header) = elements.header()? else { return Ok(()) };
            match header.tag {
                (0xFFFE, 0xE000) => self.next_item(),
                (0xFFFE, 0xE00D) => {}
                (0xFFFE, 0xE0DD) => {
                    ends.pop();
                    self.path.pop();
                }
                (group, element) if is_pixel_data(group, element) => {
                    self.has_pixels = true;
                    let Length::Known(length) = header.length else { return Ok(()) };
                    elements.skip(length)?;
                }
                _ if header.is_sequence(&elements) => {
                    if self.path.len() >= DEEPEST {
                        return Err(Reason::LimitDepth);
                    }
                    let behind = elements.position()?;
                    ends.push(header.length.known().map(|length| behind.saturating_add(length)));
                    self.path.push((header.tag, 0));
                }
                _ => self.read_value(job, &mut elements, &header)?,
            }
        }
    }

    fn next_item(&mut self) {
        if let Some(last) = self.path.last_mut() {
            last.1 += 1;
        }
        // Items of the outermost sequence are records of their own: patients of a DICOMDIR.
        if self.path.len() == 1 {
            self.record += 1;
        }
    }

    fn read_value(
        &mut self,
        job: &mut Job<'_>,
        elements: &mut Elements<'_, '_>,
        header: &Header,
    ) -> Result<(), Reason> {
        let Length::Known(length) = header.length else { return Err(Reason::Malformed) };
        let wanted = match header.vr {
            Vr::Text | Vr::Multi | Vr::Uid => length.min(LONGEST),
            Vr::Unknown => length.min(UNKNOWN),
            Vr::Binary | Vr::Sequence => 0,
        };
        let value = elements.value(wanted, length)?;
        if header.tag == (0x42, 0x11) && length > 0 {
            self.reason = self.reason.or(Some(Reason::Unsupported));
        }
        if header.tag == (8, 5) {
            self.charsets = Charsets::of(&value);
        }
        if self.put(job, header, &value) { Ok(()) } else { Err(Reason::Interrupted) }
    }

    /// Emits the values of an attribute; false where the receiver wants no more.
    fn put(&mut self, job: &mut Job<'_>, header: &Header, value: &[u8]) -> bool {
        let unknown = header.vr == Vr::Unknown;
        if value.is_empty() || unknown && !charset::is_text(value) {
            return true;
        }
        let decoded = self.charsets.decode(value);
        let label = self.composer.label(self.label(header.tag));
        let parts: Vec<&str> = match header.vr {
            Vr::Multi | Vr::Unknown => decoded.split('\\').collect(),
            _ => vec![&decoded],
        };
        parts.into_iter().all(|part| {
            let text = part.trim_matches(|it: char| it.is_whitespace() || it == '\0').as_bytes();
            let kind = if text.len() > PROSE { FieldKind::Narrative } else { FieldKind::Structured };
            self.composer.push(job, Value { text, label, record: self.record, kind, at: None })
        })
    }

    fn label(&self, tag: (u16, u16)) -> Label {
        let shown = |(group, element): (u16, u16)| format!("({group:04X},{element:04X})");
        let within: String = self.path.iter().map(|(tag, item)| format!("{}[{item}]", shown(*tag))).collect();
        let key = Text(shown(tag).into_bytes());
        let standard = StandardField { standard: Standard::Dicom, key, within: Text(within.into_bytes()) };
        Label { standard: Some(standard), ..Label::default() }
    }
}

/// Pixel data, its float variants, overlays, curves and waveforms: large, and no text.
fn is_pixel_data(group: u16, element: u16) -> bool {
    let overlays = (0x6000..0x6020).contains(&group) && element == 0x3000;
    let curves = (0x5000..0x5020).contains(&group) && element == 0x3000;
    matches!((group, element), (0x7FE0, 0x0008..=0x0010)) || overlays || curves
}

/// The preamble where it is text, else nothing.
fn printable(bytes: &[u8]) -> &[u8] {
    let text = charset::trim(bytes);
    if charset::is_text(text) { text } else { &[] }
}

#[cfg(test)]
mod tests;
