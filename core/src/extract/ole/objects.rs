//! What is embedded in a document of a compound file: documents, packages, files, and the macros beside them.

use super::super::head::Bytes;
use super::super::job::Job;
use super::bytes::{slice, u16_at, u32_at};
use super::{Container, macros};
use crate::model::{Reason, Step, Text};

/// Storages of a document that are looked at.
const MAX_STORAGES: usize = 4096;
/// Bytes of an object that is held in memory.
const MOST: u64 = 96 << 20;
/// Storages that belong to the document itself.
const OWN: [&str; 6] = ["ObjectPool", "MsoDataStore", "_xmlsignatures", "_signatures", "\x06DataSpaces", "XCB"];
/// Streams that hold an object's own file.
const FILES: [&str; 5] = ["Package", "CONTENTS", "EmbeddedOdf", "\x01Ole10Native", "package_stream"];
/// Those that say how an object looks or what made it.
const LOOKS: [&str; 9] = [
    "\x01Ole",
    "\x01CompObj",
    "\x03ObjInfo",
    "\x03EPRINT",
    "\x03META",
    "\x02OlePres000",
    "Equation Native",
    "\x03PIC",
    "\x03LinkInfo",
];

/// Reads what is embedded in the document of that storage.
pub(in super::super) fn read(job: &mut Job<'_>, container: &mut Container<'_>, root: &str) {
    for (name, path) in storages(container, root) {
        if job.is_over() {
            return;
        }
        if macros::is_project(container, &path) {
            macros::read(job, container, &path);
        } else if name == "ObjectPool" {
            for (name, path) in storages(container, &path) {
                read_object(job, container, &name, &path);
            }
        } else if !OWN.contains(&name.as_str()) {
            read_object(job, container, &name, &path);
        }
    }
}

/// The storages in a storage: names and paths.
fn storages(container: &mut Container<'_>, path: &str) -> Vec<(String, String)> {
    let Ok(entries) = container.read_storage(if path.is_empty() { "/" } else { path }) else { return Vec::new() };
    let found = entries.filter(|it| it.is_storage()).take(MAX_STORAGES);
    found.map(|it| (it.name().to_owned(), format!("{path}/{}", it.name()))).collect()
}

/// Reads one object: as the document that it is, else the file that it holds.
fn read_object(job: &mut Job<'_>, container: &mut Container<'_>, name: &str, path: &str) {
    let step = Step::Member(Text::from(name));
    if let Some(kind) = super::kind_in(container, path) {
        if let Err(reason) = job.may_open() {
            return job.unread_inside(step, reason, None);
        }
        let mut inner = job.inner(step, name.as_bytes().to_vec());
        (kind.read)(&mut inner, container, path);
        let failure = inner.budget.take_failure();
        if let Some(reason) = failure {
            inner.unread(reason, None);
        }
        if let Some(reason) = inner.reason {
            job.note(reason);
        }
        return;
    }
    if !read_files(job, container, name, path) {
        super::read_runs_in(job, container, path);
        job.unread_inside(step, Reason::Unsupported, None);
    }
}

/// Reads the files that an object of that path holds; false where it has none, and more than looks.
pub(super) fn read_files(job: &mut Job<'_>, container: &mut Container<'_>, name: &str, path: &str) -> bool {
    let mut known = false;
    for file in FILES {
        let stream = format!("{path}/{file}");
        if container.is_stream(&stream) {
            known = true;
            read_file(job, container, name, &stream, file);
        }
    }
    known || is_picture(container, path)
}

/// True where an object has nothing but its looks.
fn is_picture(container: &mut Container<'_>, path: &str) -> bool {
    let Ok(mut entries) = container.read_storage(if path.is_empty() { "/" } else { path }) else { return true };
    entries.all(|it| it.is_stream() && LOOKS.contains(&it.name()))
}

fn read_file(job: &mut Job<'_>, container: &mut Container<'_>, name: &str, stream: &str, kind: &str) {
    if kind != "\x01Ole10Native" {
        let Some(bytes) = super::open_stream(job, container, stream) else { return };
        return job.read_inside(Step::Member(Text::from(name)), name.as_bytes(), bytes);
    }
    let Some(bytes) = super::read_stream(job, container, stream, MOST) else { return };
    let (name, file) = native(&bytes).unwrap_or_else(|| (name.to_owned(), bytes.get(4..).unwrap_or_default()));
    job.read_inside(Step::Member(Text::from(name.as_str())), name.as_bytes(), Bytes::Stream(Box::new(file)));
}

/// A packaged file: its name and bytes. Behind the size stand a label, a path, and a path for the copy.
fn native(bytes: &[u8]) -> Option<(String, &[u8])> {
    let mut at = 6;
    let mut text = || {
        let rest = bytes.get(at..)?;
        let len = memchr::memchr(0, &rest[..rest.len().min(4096)])?;
        at += len + 1;
        Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&rest[..len]).0.into_owned())
    };
    let label = text()?;
    let _path = text()?;
    if u16_at(bytes, at) != Some(0) || u16_at(bytes, at + 2) != Some(3) {
        return None;
    }
    let len = u32_at(bytes, at + 4)? as usize;
    let size = u32_at(bytes, at.checked_add(8)?.checked_add(len)?)? as usize;
    Some((label, slice(bytes, at + 12 + len, size)))
}
