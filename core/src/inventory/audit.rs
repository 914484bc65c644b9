//! The audit log: a chain of records, each holding the hash of the one before. Knows nothing of what they say.

use std::fmt;
use std::io::BufRead;

use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Inventory;
use crate::{Error, ErrorKind};

/// Version of the records.
const VERSION: u64 = 1;

/// The end of an audit log: whoever keeps it elsewhere can tell later that nothing before it was changed or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Names the log.
    pub log_id: String,
    /// Number of the last record; 0 where there is none.
    pub seq: u64,
    /// SHA-256 of the last record; zeros where there is none.
    pub hash: [u8; 32],
}

impl Head {
    /// The hash as 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.hash)
    }

    /// What the chain of that log begins with.
    pub fn start(log_id: &str) -> Head {
        Head { log_id: log_id.to_owned(), seq: 0, hash: [0; 32] }
    }

    /// The next record, and the head behind it.
    pub(super) fn next(&self, now: i64, kind: &str, body: &Value) -> (String, Head) {
        let seq = self.seq + 1;
        let (log, prev) = (&self.log_id, self.hex());
        let record = format!(
            "{{\"v\":{VERSION},\"log\":\"{log}\",\"seq\":{seq},\"time\":{now},\"prev\":\"{prev}\",\"kind\":\"{kind}\",\"body\":{body}}}"
        );
        let hash = Sha256::digest(record.as_bytes()).into();
        (record, Head { log_id: log.clone(), seq, hash })
    }

    /// The head behind a record that is said to come next.
    ///
    /// # Errors
    /// Kind `Usage`, with the number that was expected, where the record is not the next one or its hash not its own.
    pub fn follow(&self, record: &str, hash: &[u8]) -> Result<Head, Error> {
        let seq = self.seq + 1;
        let broken = |what: &str| Error::new(ErrorKind::Usage, format!("audit record {seq}: {what}"));
        let own: [u8; 32] = Sha256::digest(record.as_bytes()).into();
        if own != hash {
            return Err(broken("its hash is not that of its bytes"));
        }
        let begins = format!("{{\"v\":{VERSION},\"log\":\"{}\",\"seq\":{seq},\"time\":", self.log_id);
        if !record.starts_with(&begins) {
            return Err(broken("another record stands in its place"));
        }
        let time = record[begins.len()..].bytes().take_while(|it| it.is_ascii_digit() || *it == b'-').count();
        if !record[begins.len() + time..].starts_with(&format!(",\"prev\":\"{}\",\"kind\":\"", self.hex())) {
            return Err(broken("it does not follow the record before it"));
        }
        Ok(Head { log_id: self.log_id.clone(), seq, hash: own })
    }
}

impl fmt::Display for Head {
    /// `SEQ:HASH`, as `--anchor` takes it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.seq, self.hex())
    }
}

/// The last record's head.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let log_id: String = connection.query_row("SELECT log_id FROM store", [], |row| row.get(0))?;
    let last = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let last = connection.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let start = Head::start(&log_id);
    Ok(last.map_or(start, |(seq, hash)| Head { log_id, seq, hash }))
}

/// Appends a record within the transaction at hand.
pub(super) fn append(
    connection: &Connection,
    head: &mut Head,
    now: i64,
    kind: &str,
    body: &Value,
) -> rusqlite::Result<()> {
    let (record, next) = head.next(now, kind, body);
    let insert = "INSERT INTO audit (seq, record, hash) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(insert)?.execute((next.seq, record, next.hash))?;
    *head = next;
    Ok(())
}

impl Inventory {
    /// The end of the audit log.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn audit_head(&self) -> Result<Head, Error> {
        head(&self.connection).map_err(|error| self.failed("reading", error))
    }

    /// Notes an event by itself, safe on disk when this returns.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be written.
    pub fn note(&mut self, now: i64, kind: &str, body: &Value) -> Result<Head, Error> {
        let note = |connection: &mut Connection| {
            connection.execute_batch("PRAGMA synchronous = FULL")?;
            let transaction = connection.transaction()?;
            let mut head = head(&transaction)?;
            append(&transaction, &mut head, now, kind, body)?;
            transaction.commit()?;
            connection.execute_batch("PRAGMA synchronous = NORMAL")?;
            Ok(head)
        };
        let noted = note(&mut self.connection);
        noted.map_err(|error| self.failed("writing", error))
    }

    /// Hands out every record with its hash, in order.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read; what `each` returns.
    pub fn each_audit_record(&self, mut each: impl FnMut(u64, &str, &[u8]) -> Result<(), Error>) -> Result<(), Error> {
        let failed = |error| self.failed("reading", error);
        let mut statement =
            self.connection.prepare("SELECT seq, record, hash FROM audit ORDER BY seq").map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let seq = row.get(0).map_err(failed)?;
            let record = row.get_ref(1).and_then(|it| Ok(it.as_str()?)).map_err(failed)?;
            let hash = row.get_ref(2).and_then(|it| Ok(it.as_blob()?)).map_err(failed)?;
            each(seq, record, hash)?;
        }
        Ok(())
    }

    /// Follows the chain from its beginning to its end, and through the anchors on its way.
    ///
    /// # Errors
    /// Kind `Usage` where a record was changed, removed, added or swapped, or where an anchor is not met; `Io` where
    /// the store cannot be read.
    pub fn verify_audit(&self, anchors: &[(u64, [u8; 32])]) -> Result<Head, Error> {
        let mut head = Head::start(&self.audit_head()?.log_id);
        let mut met = vec![false; anchors.len()];
        self.each_audit_record(|seq, record, hash| {
            if seq != head.seq + 1 {
                return Err(Error::new(ErrorKind::Usage, format!("audit record {}: it is missing", head.seq + 1)));
            }
            head = head.follow(record, hash)?;
            for (met, anchor) in met.iter_mut().zip(anchors) {
                *met |= (head.seq, head.hash) == *anchor;
            }
            Ok(())
        })?;
        match anchors.iter().zip(met).find(|(_, met)| !met) {
            Some(((seq, _), _)) => {
                Err(Error::new(ErrorKind::Usage, format!("the log does not meet the anchor at {seq}")))
            }
            None => Ok(head),
        }
    }
}

/// Follows the chain of a log that was copied out, and through the anchors on its way.
///
/// # Errors
/// Kind `Usage` where a line is none of such a log or does not follow, or an anchor is not met; `Io` where the log
/// cannot be read.
pub fn verify_lines(mut log: impl BufRead, anchors: &[(u64, [u8; 32])]) -> Result<Head, Error> {
    let mut head: Option<Head> = None;
    let (mut line, mut met) = (Vec::new(), vec![false; anchors.len()]);
    loop {
        line.clear();
        let read = log.read_until(b'\n', &mut line);
        if read.map_err(|error| Error::io("reading", std::path::Path::new("the log"), error))? == 0 {
            break;
        }
        let before = match head.take() {
            Some(head) => head,
            None => Head::start(&log_of(&line).unwrap_or_default()),
        };
        let after = follow_line(&before, &line)?;
        for (met, anchor) in met.iter_mut().zip(anchors) {
            *met |= (after.seq, after.hash) == *anchor;
        }
        head = Some(after);
    }
    let head = head.ok_or_else(|| Error::new(ErrorKind::Usage, "the log is empty"))?;
    match anchors.iter().zip(met).find(|(_, met)| !met) {
        Some(((seq, _), _)) => Err(Error::new(ErrorKind::Usage, format!("the log does not meet the anchor at {seq}"))),
        None => Ok(head),
    }
}

/// The head behind a line: hash, space, record, line feed.
fn follow_line(head: &Head, line: &[u8]) -> Result<Head, Error> {
    let split = || {
        let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
        let (hash, record) = text.split_at_checked(64)?;
        Some((parse_hash(hash)?, record.strip_prefix(' ')?))
    };
    let Some((hash, record)) = split() else {
        return Err(Error::new(ErrorKind::Usage, format!("audit record {}: its line is none of a log", head.seq + 1)));
    };
    head.follow(record, &hash)
}

/// The head behind some lines that are said to come next.
#[cfg(test)]
pub(super) fn follow_all(head: &Head, lines: &[u8]) -> Result<Head, Error> {
    lines.split_inclusive(|byte| *byte == b'\n').try_fold(head.clone(), |head, line| follow_line(&head, line))
}

/// The log that a line says it is of.
fn log_of(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let id = text.split_once("\"log\":\"")?.1.get(..32)?;
    id.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it)).then(|| id.to_owned())
}

/// A hash from 64 lower-case hexadecimal digits.
pub fn parse_hash(hex: &str) -> Option<[u8; 32]> {
    let hash = blake3::Hash::from_hex(hex).ok().map(|it| *it.as_bytes())?;
    (self::hex(&hash) == hex).then_some(hash)
}

/// What a record of sources read says: number in the store, verdict, and the beginning of the content's hash.
pub(super) fn read_entry(source: i64, verdict: &str, content: Option<&[u8; 32]>) -> Value {
    json!([source, verdict, content.map(|hash| hex(&hash[..8]))])
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pair = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    bytes.iter().flat_map(pair).map(char::from).collect()
}
