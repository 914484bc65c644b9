//! The members of an archive: those of its central directory, then those that it does not list.

use std::collections::HashSet;
use std::io::{Cursor, Read, Seek, SeekFrom};
#[cfg(feature = "office")]
use std::{cell::OnceCell, collections::HashMap};

use zip::CompressionMethod;
use zip::unstable::read::ZipIterable;

use super::super::Random;
use super::super::job::Job;
use super::{decode, rare, salvage};
use crate::model::Reason;

/// Members listed at most.
const MAX_ENTRIES: usize = 1 << 20;

/// Times the size of the archive that its members may be packed together: more than once only where they overlap.
const MAX_OVERLAP: u128 = 4;

/// One member, as its header describes it.
#[derive(Clone, Debug)]
pub(in super::super) struct Entry {
    /// Its path within the archive, UTF-8 as far as that can be told.
    pub(in super::super) name: Vec<u8>,
    /// Where its local header stands.
    pub(super) header: u64,
    /// Size of its compressed data.
    pub(super) packed: u64,
    /// Size when decoded, as declared.
    pub(super) size: u64,
    /// APPNOTE 4.4.5.
    pub(super) method: u16,
    pub(super) encrypted: bool,
    /// Checksum of the decoded bytes, where it is known.
    pub(super) crc: Option<u32>,
}

/// An archive that can be read from any place.
pub(in super::super) struct Archive<'a> {
    input: Box<dyn Random + 'a>,
    pub(in super::super) entries: Vec<Entry>,
    /// Its directory is missing, or ends early.
    pub(in super::super) is_damaged: bool,
    /// The members' numbers by their names in lower case, once someone asked.
    #[cfg(feature = "office")]
    numbers: OnceCell<HashMap<Vec<u8>, usize>>,
}

impl<'a> Archive<'a> {
    /// Finds the members.
    pub(super) fn open(job: &mut Job<'_>, mut input: Box<dyn Random + 'a>) -> Self {
        let mut entries = Vec::new();
        let mut is_damaged = list(&mut input, &mut entries).is_none();
        if entries.len() >= MAX_ENTRIES {
            job.unread(Reason::LimitMembers, None);
        }
        let end = input.seek(SeekFrom::End(0)).unwrap_or(0);
        if entries.iter().map(|it| u128::from(it.packed)).sum::<u128>() > u128::from(end) * MAX_OVERLAP {
            drop_overlapping(&mut entries);
            job.unread(Reason::LimitRatio, None);
        }
        let (sound, astray): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|it| salvage::data_start(&mut input, it.header).is_some());
        entries = sound;
        let unlisted = salvage::unlisted(job, &mut input, &entries, end);
        is_damaged |= entries.is_empty() && unlisted.is_empty() && !is_empty(&mut input, end);
        entries.extend(unlisted);
        let known: HashSet<Vec<u8>> = entries.iter().map(|it| it.name.clone()).collect();
        // A directory that points beside its members names them all the same.
        entries.extend(astray.into_iter().filter(|it| !known.contains(&it.name)));
        Archive {
            input,
            entries,
            is_damaged,
            #[cfg(feature = "office")]
            numbers: OnceCell::new(),
        }
    }

    /// True where there is a member of that very name.
    #[cfg(feature = "office")]
    pub(in super::super) fn has(&self, name: &[u8]) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    /// The number of the first member of that name, in any case.
    #[cfg(feature = "office")]
    pub(in super::super) fn position(&self, name: &[u8]) -> Option<usize> {
        let numbers = self.numbers.get_or_init(|| {
            let named = self.entries.iter().enumerate().rev();
            named.map(|(number, entry)| (entry.name.to_ascii_lowercase(), number)).collect()
        });
        numbers.get(&name.to_ascii_lowercase()).copied()
    }

    /// A member's bytes, decoded whatever its flags say.
    pub(super) fn decoded(&mut self, index: usize) -> Result<Box<dyn Read + '_>, Reason> {
        let entry = self.entries[index].clone();
        let start = salvage::data_start(&mut self.input, entry.header).ok_or(Reason::Malformed)?;
        self.input.seek(SeekFrom::Start(start)).map_err(|_| Reason::Io)?;
        if rare::is_rare(entry.method) {
            return Ok(Box::new(Cursor::new(rare::decode(&mut self.input, &entry)?)));
        }
        decode::decoder((&mut self.input).take(entry.packed), &entry)
    }
}

/// Fills in what the central directory lists; `None` where it cannot be found or ends early.
fn list(mut input: &mut Box<dyn Random + '_>, entries: &mut Vec<Entry>) -> Option<()> {
    let mut archive = ZipIterable::try_new(&mut input, zip::read::Config::default()).ok()?;
    // A member listed twice is one member.
    let mut headers = HashSet::new();
    for entry in archive.files().ok()?.take(MAX_ENTRIES) {
        let entry = entry.ok()?;
        if headers.insert(entry.header_start()) {
            entries.push(listed(&entry));
        }
    }
    Some(())
}

fn listed(entry: &zip::read::ZipFileEntry<'_>) -> Entry {
    Entry {
        name: name_of(entry),
        header: entry.header_start(),
        packed: entry.compressed_size(),
        size: entry.size(),
        method: method_of(entry.compression()),
        encrypted: entry.encrypted(),
        crc: Some(entry.crc32()),
    }
}

fn name_of(entry: &zip::read::ZipFileEntry<'_>) -> Vec<u8> {
    let raw = entry.name_raw();
    if std::str::from_utf8(raw).is_ok() {
        return raw.to_vec();
    }
    entry.name().map_or_else(|_| raw.to_vec(), |name| name.into_owned().into_bytes())
}

#[allow(deprecated, reason = "the number is wanted, and there is no other way to it")]
fn method_of(method: CompressionMethod) -> u16 {
    method.to_u16()
}

/// Of members that share bytes, the first stays: sharing is how a small archive becomes an endless one.
fn drop_overlapping(entries: &mut Vec<Entry>) {
    entries.sort_by_key(|it| it.header);
    let mut free_from = 0;
    entries.retain(|it| {
        let free = it.header >= free_from;
        if free {
            free_from = it.header.saturating_add(it.packed);
        }
        free
    });
}

/// An archive without members is nothing but the end of its directory.
fn is_empty(input: &mut Box<dyn Random + '_>, end: u64) -> bool {
    let mut start = [0; 4];
    end == 22 && input.rewind().and_then(|()| input.read_exact(&mut start)).is_ok() && start == *b"PK\x05\x06"
}
