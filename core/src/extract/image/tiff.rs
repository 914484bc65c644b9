//! TIFF directories, of TIFF files and of EXIF blocks: the values that are text, and places.

use std::collections::HashSet;
use std::io::{Read, SeekFrom};

use super::super::Random;
use super::super::head::Stream;
use super::{Metadata, iptc};
use crate::model::Reason;

/// Directories read at most: pages, previews, and those within them.
const MAX_IFDS: usize = 1 << 14;
/// Bytes of one value that are looked at.
const MAX_VALUE: u64 = 8 << 20;

const ASCII: u16 = 2;
const UTF8: u16 = 129;

/// Values that are text or bytes of text, by their tags (TIFF 6.0, Exif 3.0, DNG).
const NAMES: &[(u16, &str)] = &[
    (0x010D, "DocumentName"),
    (0x010E, "ImageDescription"),
    (0x010F, "Make"),
    (0x0110, "Model"),
    (0x011D, "PageName"),
    (0x0131, "Software"),
    (0x0132, "DateTime"),
    (0x013B, "Artist"),
    (0x013C, "HostComputer"),
    (0x0151, "TargetPrinter"),
    (0x8298, "Copyright"),
    (0x9003, "DateTimeOriginal"),
    (0x9004, "DateTimeDigitized"),
    (0x9C9B, "XPTitle"),
    (0x9C9C, "XPComment"),
    (0x9C9D, "XPAuthor"),
    (0x9C9E, "XPKeywords"),
    (0x9C9F, "XPSubject"),
    (0x9286, "UserComment"),
    (0xA420, "ImageUniqueID"),
    (0xA430, "OwnerName"),
    (0xA431, "SerialNumber"),
    (0xA433, "LensMake"),
    (0xA434, "LensModel"),
    (0xA435, "LensSerialNumber"),
    (0xA436, "ImageTitle"),
    (0xA437, "Photographer"),
    (0xA438, "ImageEditor"),
    (0xC62F, "CameraSerialNumber"),
    (0xC68B, "OriginalRawFileName"),
];

pub(super) fn read(metadata: &mut Metadata<'_, '_>, stream: Stream<'_>) -> bool {
    match stream.into_random() {
        Ok(mut input) => read_ifds(metadata, &mut *input),
        Err(reason) => {
            metadata.job.unread(reason, None);
            true
        }
    }
}

/// Reads every directory that can be reached; false where one is damaged.
pub(super) fn read_ifds(metadata: &mut Metadata<'_, '_>, input: &mut dyn Random) -> bool {
    let mut header = [0; 8];
    if input.seek(SeekFrom::Start(0)).and_then(|_| input.read_exact(&mut header)).is_err() {
        return false;
    }
    let mut reader = Reader { input, is_little: header[0] == b'I', wanted: Vec::new(), latitude: None, gps: [0; 2] };
    if reader.u16(&header[2..]) != 42 {
        return false;
    }
    let first = reader.u32(&header[4..]);
    reader.wanted.push(first);
    let (mut seen, mut sound) = (HashSet::new(), true);
    while let Some(at) = reader.wanted.pop() {
        if at == 0 || !seen.insert(at) {
            continue;
        }
        if metadata.job.is_over() || metadata.room == 0 {
            break;
        }
        if seen.len() > MAX_IFDS {
            metadata.job.unread(Reason::LimitMembers, None);
            break;
        }
        sound &= reader.read_ifd(metadata, at).is_some();
    }
    sound
}

struct Reader<'a> {
    input: &'a mut dyn Random,
    is_little: bool,
    /// Where directories stand that are still to be read.
    wanted: Vec<u32>,
    /// Of the place: degrees of latitude, and the letters that say on which side of the globe.
    latitude: Option<f64>,
    gps: [u8; 2],
}

/// One entry of a directory.
#[derive(Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    /// The value, or where it stands.
    value: [u8; 4],
}

impl Reader<'_> {
    fn u16(&self, bytes: &[u8]) -> u16 {
        let two = bytes.first_chunk().copied().unwrap_or_default();
        if self.is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }
    }

    fn u32(&self, bytes: &[u8]) -> u32 {
        let four = bytes.first_chunk().copied().unwrap_or_default();
        if self.is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }
    }

    /// The bytes from `at` on, at most `count`.
    fn bytes(&mut self, at: u32, count: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let from = self.input.seek(SeekFrom::Start(u64::from(at)));
        // What cannot be read is not there: the caller sees how much came.
        let _ = from.and_then(|_| (&mut self.input).take(count).read_to_end(&mut bytes));
        bytes
    }

    /// Reads the directory at `at`; `None` where it ends early.
    fn read_ifd(&mut self, metadata: &mut Metadata<'_, '_>, at: u32) -> Option<()> {
        let count = self.bytes(at, 2);
        let count = usize::from(self.u16(count.first_chunk::<2>()?));
        let bytes = self.bytes(at.checked_add(2)?, count as u64 * 12 + 4);
        let mut sound = bytes.len() >= count * 12;
        (self.latitude, self.gps) = (None, [0; 2]);
        for row in bytes.chunks_exact(12).take(count) {
            let value = *row[8..].first_chunk()?;
            let entry = Entry { tag: self.u16(row), kind: self.u16(&row[2..]), count: self.u32(&row[4..]), value };
            sound &= self.read_entry(metadata, entry);
        }
        // The next one of the chain. Some writers leave it out at the end.
        self.wanted.push(self.u32(bytes.get(count * 12..).unwrap_or_default()));
        sound.then_some(())
    }

    /// Reads an entry; false where its value cannot be read.
    fn read_entry(&mut self, metadata: &mut Metadata<'_, '_>, entry: Entry) -> bool {
        match entry.tag {
            // The directories of EXIF, of the place, of interoperability.
            0x8769 | 0x8825 | 0xA005 => self.wanted.push(self.u32(&entry.value)),
            0x014A => {
                let places = self.value(metadata, entry);
                let places: Vec<u32> = places.chunks_exact(4).map(|it| self.u32(it)).collect();
                self.wanted.extend(places.into_iter().take(MAX_IFDS));
            }
            0x0001 | 0x0003 if entry.kind == ASCII => self.gps[usize::from(entry.tag / 2)] = entry.value[0],
            0x0002 | 0x0004 if entry.kind == 5 && entry.count == 3 => self.read_place(metadata, entry),
            _ => return self.read_text(metadata, entry),
        }
        true
    }

    fn read_text(&mut self, metadata: &mut Metadata<'_, '_>, entry: Entry) -> bool {
        let known = NAMES.iter().find(|(tag, _)| *tag == entry.tag);
        let is_block = matches!(entry.tag, 0x02BC | 0x83BB | 0x8649);
        if known.is_none() && !is_block && !matches!(entry.kind, ASCII | UTF8) {
            return true;
        }
        let value = self.value(metadata, entry);
        let whole = value.len() as u64 == entry.size().min(MAX_VALUE);
        let name = known.map_or_else(|| unknown(entry.tag), |(_, name)| (*name).to_owned());
        match entry.tag {
            0x02BC => metadata.xmp(&value),
            0x83BB | 0x8649 => return iptc::read_resources(metadata, &value) && whole,
            0x9C9B..=0x9C9F => metadata.tag(&name, &self.wide(&value, true)),
            0x9286 => metadata.tag(&name, &self.comment(&value)),
            _ => value.split(|byte| *byte == 0).for_each(|text| metadata.tag(&name, &dated(text))),
        }
        whole
    }

    /// A value's bytes, as many as there are.
    fn value(&mut self, metadata: &mut Metadata<'_, '_>, entry: Entry) -> Vec<u8> {
        let size = entry.size();
        if size <= 4 {
            return entry.value[..size as usize].to_vec();
        }
        if size > MAX_VALUE {
            metadata.job.unread(Reason::LimitBytes, Some(size - MAX_VALUE));
        }
        let at = self.u32(&entry.value);
        let value = self.bytes(at, size.min(MAX_VALUE));
        if metadata.has_room(value.len()) { value } else { Vec::new() }
    }

    /// The code of its characters in eight bytes, then the text.
    fn comment(&self, value: &[u8]) -> Vec<u8> {
        let Some((code, text)) = value.split_first_chunk::<8>() else { return value.to_vec() };
        if code == b"UNICODE\0" {
            // In the order of the directory, which some writers did not know of.
            let is_little = text.get(1) == Some(&0) || (text.first() != Some(&0) && self.is_little);
            return self.wide(text, is_little);
        }
        if code == b"JIS\0\0\0\0\0" {
            return encoding_rs::ISO_2022_JP.decode_without_bom_handling(text).0.into_owned().into_bytes();
        }
        if code == b"ASCII\0\0\0" || *code == [0; 8] { text.to_vec() } else { value.to_vec() }
    }

    fn wide(&self, bytes: &[u8], is_little: bool) -> Vec<u8> {
        let encoding = if is_little { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
        encoding.decode_with_bom_removal(bytes).0.trim_end_matches('\0').as_bytes().to_vec()
    }

    /// Degrees, minutes and seconds as fractions. Latitude comes first: tags rise.
    fn read_place(&mut self, metadata: &mut Metadata<'_, '_>, entry: Entry) {
        let value = self.value(metadata, entry);
        let part = |it: &[u8]| f64::from(self.u32(it)) / f64::from(self.u32(&it[4..]).max(1));
        let degrees: f64 = value.chunks_exact(8).map(part).zip([1.0, 60.0, 3600.0]).map(|(it, per)| it / per).sum();
        if value.len() < 24 || degrees > 180.0 {
            return;
        }
        let [north, east] = self.gps;
        if entry.tag == 2 {
            self.latitude = Some(if north == b'S' { -degrees } else { degrees });
            return;
        }
        let longitude = if east == b'W' { -degrees } else { degrees };
        if let Some(latitude) = self.latitude.take() {
            metadata.tag("gps", format!("{latitude:.6}, {longitude:.6}").as_bytes());
        }
    }
}

impl Entry {
    /// Bytes of the value.
    fn size(self) -> u64 {
        let each = match self.kind {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        u64::from(self.count) * each
    }
}

/// A date as others write it: EXIF has colons between year, month and day.
fn dated(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    let is_date = text.len() >= 10
        && text[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b':',
            _ => byte.is_ascii_digit(),
        });
    if is_date {
        (text[4], text[7]) = (b'-', b'-');
    }
    text
}

/// The name of a text whose tag is none of ours.
fn unknown(tag: u16) -> String {
    match tag {
        0x001D => "GPSDateStamp".to_owned(),
        _ => format!("Tag 0x{tag:04X}"),
    }
}
