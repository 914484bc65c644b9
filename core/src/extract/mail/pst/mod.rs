//! Outlook's PST and OST files (MS-PST): the parser works in a thread of its own and asks for bytes; its messages are
//! emitted here. It owns what it reads from, which this stream's reader cannot be given to.

mod parser;

use std::io::{Read, SeekFrom};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::time::Duration;

use self::parser::{Answer, Event, Mail};
use super::mapi::Names;
use crate::extract::Random;
use crate::extract::compose::{Composer, Value};
use crate::extract::head::{Bytes, Head, Stream};
use crate::extract::job::Job;
use crate::model::{FieldKind, Reason, Step, Text};

/// How often a silent parser is checked on.
const PATIENCE: Duration = Duration::from_millis(500);
/// `bCryptMethod` of files that only an enterprise's key opens.
const ENTERPRISE: u8 = 0x10;

/// True where the stream is a PST or OST.
pub(in crate::extract) fn sniff(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"!BDN") && matches!(head.raw.get(8..10), Some(b"SM" | b"SO" | b"AB"))
}

/// Reads a stream to its end as a PST.
pub(in crate::extract) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut bytes = match stream.into_random() {
        Ok(bytes) => bytes,
        Err(reason) => return job.unread(reason, None),
    };
    let mut header = [0; 564];
    let Ok(size) = bytes.seek(SeekFrom::End(0)) else { return job.unread(Reason::Io, None) };
    if bytes.rewind().is_err() || bytes.read_exact(&mut header).is_err() {
        return job.unread(Reason::Malformed, None);
    }
    let version = u16::from_le_bytes([header[10], header[11]]);
    let (wide, crypt) = match version {
        14 | 15 => (false, header[461]),
        20..=35 => (true, header[513]),
        // OST 2013 and later: larger pages, compressed blocks.
        36.. => return job.unread(Reason::Unsupported, None),
        _ => return job.unread(Reason::Malformed, None),
    };
    if crypt == ENTERPRISE {
        return job.unread(Reason::Encrypted, None);
    }
    let (events, arriving) = sync_channel(2);
    let (answers, asking) = channel();
    let parser = std::thread::Builder::new().spawn(move || parser::run(wide, size, &events, asking));
    match parser {
        Ok(_) => serve(job, &mut *bytes, &arriving, &answers),
        Err(_) => job.unread(Reason::Io, None),
    }
}

/// Answers the parser and emits what it finds, until it is done or there is no more point in it.
fn serve(job: &mut Job<'_>, bytes: &mut dyn Random, events: &Receiver<Event>, answers: &Sender<Answer>) {
    let mut names = Names::default();
    let mut number = 0;
    loop {
        match events.recv_timeout(PATIENCE) {
            Ok(Event::Ask { at, len }) => {
                let mut block = vec![0; len];
                let read = bytes.seek(SeekFrom::Start(at)).and_then(|_| bytes.read_exact(&mut block));
                if answers.send(read.map(|()| block)).is_err() {
                    return;
                }
            }
            Ok(Event::Names(found)) => names = found,
            Ok(Event::Mail(mail)) => {
                number += 1;
                read_mail(job, &names, &mail, number);
            }
            Ok(Event::Unread(folder, reason)) => {
                job.unread_inside(Step::Member(Text::from(folder.as_str())), reason, None)
            }
            Ok(Event::Done) => return,
            // It died: whatever it was at is damaged.
            Err(RecvTimeoutError::Disconnected) => return job.unread(Reason::Malformed, None),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if job.is_over() {
            return;
        }
    }
}

/// Emits a message: `Inbox › message 3`.
fn read_mail(job: &mut Job<'_>, names: &Names, mail: &Mail, number: u64) {
    if let Err(reason) = job.may_open() {
        return job.unread_inside(Step::Message(number), reason, None);
    }
    let mut folder = job.inner(Step::Member(Text::from(mail.folder.as_str())), Vec::new());
    let mut inner = folder.inner(Step::Message(number), Vec::new());
    let mut composer = Composer::new(&inner);
    let mut going = mail.item.emit(&mut inner, &mut composer, &|id| names.get(id));
    for attachment in &mail.attachments {
        let name = attachment.name.as_bytes();
        let path = Value { kind: FieldKind::Path, ..Value::prose(name) };
        going = going && composer.push(&mut inner, path);
        let step = if name.is_empty() { Step::part("attachment") } else { Step::Member(Text(name.to_vec())) };
        match &attachment.bytes {
            Ok(bytes) if going => inner.read_inside(step, name, Bytes::Stream(Box::new(&**bytes))),
            Ok(_) => {}
            Err(reason) => inner.unread_inside(step, *reason, None),
        }
    }
    composer.flush(&mut inner);
    if let Some(reason) = mail.damage {
        inner.unread(reason, None);
    }
    if let Some(reason) = inner.reason {
        job.note(reason);
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::run;
    use crate::model::{Reason, SourceState};

    fn header(version: u8, crypt: u8) -> Vec<u8> {
        let mut bytes = vec![0; 1024];
        bytes[..4].copy_from_slice(b"!BDN");
        bytes[8..10].copy_from_slice(b"SM");
        bytes[10] = version;
        bytes[513] = crypt;
        bytes
    }

    #[test]
    fn what_is_not_read_is_said() {
        for (version, crypt, reason) in [
            (23, 1, Reason::Malformed),
            (23, 0x10, Reason::Encrypted),
            (36, 1, Reason::Unsupported),
            (9, 0, Reason::Malformed),
        ] {
            let (kept, extraction) = run(&header(version, crypt));
            assert_eq!((extraction.format, extraction.state), ("pst", SourceState::Failed));
            assert_eq!((extraction.reason, kept.unread.len()), (Some(reason), 1));
        }
    }
}
