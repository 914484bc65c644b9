//! Mailboxes (RFC 4155, mboxrd): messages one behind the other, each read as a stream of its own. Holds one line.

use std::io::{BufRead, BufReader, Read};

use crate::extract::head::{Bytes, Head, Stream};
use crate::extract::job::Job;
use crate::model::Step;

/// Bytes of a line held at a time.
const CHUNK: usize = 64 << 10;

/// True where the stream begins with the line that parts messages.
pub(in crate::extract) fn sniff(head: &Head<'_>) -> bool {
    let text = head.raw.trim_ascii_start();
    is_separator(&text[..memchr::memchr(b'\n', text).unwrap_or(text.len())])
}

/// `From`, a sender, and a date with a time of day in it.
fn is_separator(line: &[u8]) -> bool {
    let time = |it: &[u8]| it[0].is_ascii_digit() && it[1] == b':' && it[2].is_ascii_digit();
    line.starts_with(b"From ") && line.len() < 1024 && line.windows(3).any(time)
}

/// Reads a stream to its end as a mailbox.
pub(in crate::extract) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut mailbox = Mailbox::new(stream.into_bytes());
    for number in 1.. {
        if !mailbox.begin() || job.is_over() {
            return;
        }
        let message = Box::new(Message { mailbox: &mut mailbox });
        job.read_inside_as(Step::Message(number), b"", Some("eml"), Bytes::Stream(message));
        // What a reader left of its message is none of the next one.
        while mailbox.fill() {
            mailbox.at = mailbox.line.len();
        }
    }
}

struct Mailbox<'a> {
    input: BufReader<Box<dyn Read + 'a>>,
    /// The line at hand or as much of it as is held, read up to `at`.
    line: Vec<u8>,
    at: usize,
    /// The line that was read before was empty.
    after_blank: bool,
    /// The next bytes begin a line.
    at_line: bool,
    /// The line at hand parts messages and was not passed.
    parts: bool,
}

impl<'a> Mailbox<'a> {
    fn new(input: Box<dyn Read + 'a>) -> Self {
        let input = BufReader::with_capacity(CHUNK, input);
        Mailbox { input, line: Vec::new(), at: 0, after_blank: true, at_line: true, parts: false }
    }

    /// Passes the line that parts messages; false at the end.
    fn begin(&mut self) -> bool {
        while self.fill_raw() {
            if std::mem::take(&mut self.parts) {
                self.at = self.line.len();
                return true;
            }
            if !self.line.trim_ascii().is_empty() {
                return true;
            }
            self.at = self.line.len();
        }
        false
    }

    /// Has bytes of the message at hand; false at its end.
    fn fill(&mut self) -> bool {
        if self.parts {
            return false;
        }
        self.fill_raw() && !self.parts
    }

    /// Has bytes of the line at hand or of the next one; false at the end of the mailbox.
    fn fill_raw(&mut self) -> bool {
        if self.at < self.line.len() {
            return true;
        }
        if self.at_line {
            self.after_blank = self.after_blank && self.line.is_empty() || self.line.trim_ascii().is_empty();
        }
        self.line.clear();
        self.at = 0;
        // Readers below end at errors and note why.
        let _ = (&mut self.input).take(CHUNK as u64).read_until(b'\n', &mut self.line);
        let begins = std::mem::replace(&mut self.at_line, self.line.ends_with(b"\n"));
        self.parts = begins && self.after_blank && is_separator(&self.line);
        if begins && !self.parts && is_quoted(&self.line) {
            self.at = 1;
        }
        !self.line.is_empty()
    }
}

/// mboxrd: `>From `, `>>From `, … have lost nothing but one mark.
fn is_quoted(line: &[u8]) -> bool {
    let marks = line.iter().take_while(|it| **it == b'>').count();
    marks > 0 && line[marks..].starts_with(b"From ")
}

/// The message at hand, to its end.
struct Message<'m, 'a> {
    mailbox: &'m mut Mailbox<'a>,
}

impl Read for Message<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() || !self.mailbox.fill() {
            return Ok(0);
        }
        let mailbox = &mut *self.mailbox;
        let count = (&mailbox.line[mailbox.at..]).read(buffer)?;
        mailbox.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::Hint;
    use crate::extract::testing::{run, run_as};
    use crate::model::{Limits, SourceState, Step};

    const TWO: &[u8] =
        b"From a@example.org Mon Jun  1 10:00:00 2009\nSubject: one\n\nHello\n>From here\nFrom 10:30 on\n\n\
        From b Mon Jun  1 11:00:00 2010\n\nFrom then\n";

    #[test]
    fn messages_are_parted_and_unquoted() {
        for step in [1, 3, TWO.len()] {
            let (kept, extraction) = run_as(TWO, step, Hint::default(), &Limits::default());
            assert_eq!((extraction.format, extraction.state), ("mbox", SourceState::Complete));
            assert_eq!(kept.pairs(), ["Subject=one", "=Hello\nFrom here\nFrom 10:30 on", "=From then"]);
            assert_eq!(kept.segments[0].frame.provenance[..], [Step::Message(1)]);
            assert_eq!(kept.segments[1].frame.provenance[..], [Step::Message(2)]);
        }
    }

    #[test]
    fn a_line_longer_than_the_buffer_parts_nothing() {
        let long = "x".repeat(70_000);
        let (kept, _) = run(format!("From a 1:1\nTo: b@example.org\n\n{long}From a 1:1\n").as_bytes());
        assert_eq!(kept.segments.len(), 1);
        assert!(kept.texts().concat().ends_with("xFrom a 1:1"));
    }
}
