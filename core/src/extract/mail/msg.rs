//! Outlook's MSG files (MS-OXMSG): the properties of a message, its recipients and attachments, in a compound file.

use super::mapi::{self, Content, Item, Names, Property};
use crate::extract::compose::{Composer, Value};
use crate::extract::job::Job;
use crate::extract::ole::{self, Container};
use crate::model::{FieldKind, Reason, Step, Text};

/// Bytes of one property that are read.
const LONGEST: u64 = 64 << 20;

/// Reads a compound file that is a message.
pub(in crate::extract) fn read(job: &mut Job<'_>, container: &mut Container<'_>) {
    let names = read_names(job, container);
    read_message(job, container, &names, "");
}

/// Reads the message whose storage has that path.
fn read_message(job: &mut Job<'_>, container: &mut Container<'_>, names: &Names, path: &str) {
    let header = if path.is_empty() { 32 } else { 24 };
    let mut item = Item { properties: properties(job, container, path, header), recipients: Vec::new() };
    for recipient in storages(container, path, "__recip_version1.0_") {
        let found = properties(job, container, &recipient, 8);
        item.recipients.push(found);
    }
    let mut composer = Composer::new(job);
    let going = item.emit(job, &mut composer, &|id| names.get(id))
        && storages(container, path, "__attach_version1.0_").iter().all(|attachment| {
            read_attachment(job, container, names, attachment, &mut composer);
            !job.is_over()
        });
    if going {
        composer.flush(job);
    }
}

fn read_attachment(
    job: &mut Job<'_>,
    container: &mut Container<'_>,
    names: &Names,
    path: &str,
    composer: &mut Composer,
) {
    let item = Item { properties: properties(job, container, path, 8), recipients: Vec::new() };
    let name = [0x3707, 0x3704, 0x3001].iter().find_map(|id| item.text(*id));
    let name = name.unwrap_or_default().trim_matches('\0').to_owned();
    composer.push(job, Value { kind: FieldKind::Path, ..Value::prose(name.as_bytes()) });
    let step = if name.is_empty() { Step::part("attachment") } else { Step::Member(Text::from(name.as_str())) };
    let data = format!("{path}/__substg1.0_37010102");
    if let Some(bytes) = ole::open_stream(job, container, &data) {
        return job.read_inside(step, name.as_bytes(), bytes);
    }
    let object = format!("{path}/__substg1.0_3701000D");
    if container.is_stream(format!("{object}/__properties_version1.0")) {
        return read_embedded(job, container, names, &object, step);
    }
    if container.is_storage(&object) {
        ole::read_runs(job, container, |it| it.starts_with(object.trim_start_matches('/')));
        job.unread_inside(step, Reason::Unsupported, None);
    }
}

fn read_embedded(job: &mut Job<'_>, container: &mut Container<'_>, names: &Names, path: &str, step: Step) {
    if let Err(reason) = job.may_open() {
        return job.unread_inside(step, reason, None);
    }
    let mut inner = job.inner(step, Vec::new());
    read_message(&mut inner, container, names, path);
    if let Some(reason) = inner.reason {
        job.note(reason);
    }
}

/// The storages within one whose names begin so.
fn storages(container: &Container<'_>, path: &str, prefix: &str) -> Vec<String> {
    let Ok(entries) = container.read_storage(if path.is_empty() { "/" } else { path }) else { return Vec::new() };
    let wanted = entries.filter(|it| it.is_storage() && it.name().starts_with(prefix));
    wanted.map(|it| it.path().to_string_lossy().into_owned()).collect()
}

/// The properties of a storage: those of fixed size stand in one stream behind a header, the others have their own.
fn properties(job: &mut Job<'_>, container: &mut Container<'_>, path: &str, header: usize) -> Vec<Property> {
    let fixed = ole::read_stream(job, container, &format!("{path}/__properties_version1.0"), LONGEST);
    let mut found: Vec<Property> = fixed
        .unwrap_or_default()
        .get(header..)
        .unwrap_or_default()
        .chunks_exact(16)
        .filter_map(fixed_property)
        .collect();
    let Ok(entries) = container.read_storage(if path.is_empty() { "/" } else { path }) else { return found };
    let streams: Vec<(String, u32)> = entries
        .filter(|it| it.is_stream())
        .filter_map(|it| Some((it.path().to_string_lossy().into_owned(), tag(it.name())?)))
        .collect();
    for (stream, tag) in streams {
        let (id, kind) = ((tag >> 16) as u16, tag as u16);
        let wanted = matches!(kind, 0x1E | 0x1F | 0x101E | 0x101F) || matches!(id, 0x1009 | 0x1013) && kind == 0x102;
        // The lengths of several values stand in a stream of their own, which has no number behind its name.
        let lengths = kind & 0x1000 != 0 && !stream.contains('-');
        if !wanted || lengths {
            continue;
        }
        let Some(bytes) = ole::read_stream(job, container, &stream, LONGEST) else { continue };
        found.push(Property { id, content: variable(kind & 0xFFF, bytes) });
    }
    found
}

/// `__substg1.0_IIIITTTT`: id and type.
fn tag(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("__substg1.0_")?.get(..8)?;
    u32::from_str_radix(digits, 16).ok()
}

fn variable(kind: u16, bytes: Vec<u8>) -> Content {
    match kind {
        0x1F => Content::Text(mapi::utf16(&bytes)),
        0x1E => Content::Narrow(bytes),
        _ => Content::Bytes(bytes),
    }
}

fn fixed_property(entry: &[u8]) -> Option<Property> {
    let (tag, value) = (entry.first_chunk::<4>()?, entry.get(8..16)?.first_chunk::<8>()?);
    let id = u16::from_le_bytes([tag[2], tag[3]]);
    let value = i64::from_le_bytes(*value);
    let content = match u16::from_le_bytes([tag[0], tag[1]]) {
        0x03 => Content::Number(value as i32),
        0x40 => Content::Time(value),
        _ => return None,
    };
    Some(Property { id, content })
}

/// How the file calls its own properties (2.2.3).
fn read_names(job: &mut Job<'_>, container: &mut Container<'_>) -> Names {
    let mut stream = |tag: &str| {
        let path = format!("/__nameid_version1.0/__substg1.0_{tag}");
        ole::read_stream(job, container, &path, LONGEST).unwrap_or_default()
    };
    let entries = stream("00030102");
    Names::of(&entries, stream("00040102"))
}
