//! The source text of macros (MS-OVBA 2.4.1): compressed, in a stream for each module.

use memchr::memmem;

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::Container;
use super::bytes::u16_at;
use crate::model::{Reason, Step, Text};

/// Bytes of a module that are read.
const MOST: u64 = 16 << 20;
/// Bytes that one chunk unpacks to at most.
const CHUNK: usize = 4096;
/// How the source of every module begins: eight characters as they are, behind what says so.
const START: &[u8] = b"\0Attribut";

/// True where a storage holds a project of macros.
pub(super) fn is_project(container: &Container<'_>, path: &str) -> bool {
    container.is_stream(format!("{path}/VBA/dir")) || container.is_stream(format!("{path}/dir"))
}

/// Emits the source of every module of the project.
pub(super) fn read(job: &mut Job<'_>, container: &mut Container<'_>, path: &str) {
    let own = format!("{path}/VBA");
    let folder = if container.is_storage(&own) { own } else { path.to_owned() };
    let Ok(entries) = container.read_storage(&folder) else { return };
    let names: Vec<String> = entries.filter(|it| it.is_stream()).map(|it| it.name().to_owned()).collect();
    let parts = |it: &String| it == "dir" || it == "_VBA_PROJECT" || it.starts_with("__SRP_");
    for name in names.iter().filter(|it| !parts(it)) {
        let step = Step::Member(Text::from(name.as_str()));
        let Some(bytes) = super::read_stream(job, container, &format!("{folder}/{name}"), MOST) else { continue };
        let Some(start) = memmem::find(&bytes, START).and_then(|at| at.checked_sub(3)) else {
            job.unread_inside(step, Reason::Unsupported, None);
            continue;
        };
        let mut source = Vec::new();
        if unpack(job, &bytes[start..], &mut source).is_none() {
            job.unread_inside(step.clone(), Reason::Malformed, None);
        }
        let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&source).0;
        let mut out = Composer::inside(job, step);
        if !out.push(job, Value::prose(text.as_bytes())) || !out.flush(job) {
            return;
        }
    }
}

/// Unpacks what begins with its signature; `None` where it ends early or makes no sense.
fn unpack(job: &Job<'_>, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut at = 1;
    while let Some(header) = u16_at(bytes, at) {
        let end = (at + usize::from(header & 0xFFF) + 3).min(bytes.len());
        let chunk = &bytes[at + 2..end.max(at + 2)];
        at = end;
        if job.budget.spend(CHUNK).is_some() {
            return None;
        }
        if header & 0x7000 != 0x3000 {
            // Anything may stand behind the text.
            return Some(());
        }
        if header & 0x8000 == 0 {
            out.extend_from_slice(chunk);
        } else {
            unpack_chunk(chunk, out)?;
        }
    }
    Some(())
}

fn unpack_chunk(chunk: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (start, mut at) = (out.len(), 0);
    while let Some(flags) = chunk.get(at) {
        at += 1;
        for bit in 0..8 {
            if flags >> bit & 1 == 0 {
                let Some(byte) = chunk.get(at) else { return Some(()) };
                out.push(*byte);
                at += 1;
                continue;
            }
            let Some(token) = u16_at(chunk, at) else { return Some(()) };
            at += 2;
            let here = out.len() - start;
            // Twelve bits say how far back at most; fewer where there is less.
            let back = (usize::BITS - here.saturating_sub(1).leading_zeros()).clamp(4, 12);
            let (distance, len) = (usize::from(token >> (16 - back)) + 1, usize::from(token & (0xFFFF >> back)) + 3);
            let from = out.len().checked_sub(distance).filter(|it| *it >= start)?;
            for index in from..from + len {
                out.push(out[index]);
            }
            if out.len() - start > CHUNK {
                return None;
            }
        }
    }
    Some(())
}
