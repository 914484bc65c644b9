//! 7z archives: every member is read as a stream of its own, block by block.

use std::io::{Read, Seek, SeekFrom};

use sevenz_rust2::{Archive, ArchiveEntry, Block, BlockDecoder, EncoderMethod, Error, Password};

use super::Random;
use super::budget::DecodedReader;
use super::compose::{Composer, Value};
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use super::runs;
use crate::model::{Reason, Step, Text};

/// Memory that a block's decoders may ask for.
const MAX_DICTIONARY: u64 = 256 << 20;

/// Bytes before the packed ones.
const SIGNATURE: u64 = 32;

/// The signature (7zFormat.txt).
pub(super) fn sniff(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"7z\xBC\xAF\x27\x1C")
}

/// Reads every member, and the names of all.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut input = match stream.into_random() {
        Ok(input) => input,
        Err(reason) => return job.unread(reason, None),
    };
    let archive = match Archive::read(&mut input, &Password::empty()) {
        Ok(archive) => archive,
        Err(_) if is_empty(&mut *input) => return,
        Err(error) => {
            job.unread(reason_of(&error), None);
            // Members that are only stored stand in clear.
            let _ = input.rewind();
            return runs::read_unknown(job, &mut input);
        }
    };
    let mut names = Composer::new(job);
    let wanted = (1..).zip(&archive.files).all(|(record, it)| names.push(job, Value::path(it.name.as_bytes(), record)));
    if !wanted || !names.flush(job) {
        return;
    }
    for index in 0..archive.blocks.len() {
        read_block(job, &archive, index, &mut input);
        if job.is_spent() || job.is_over() {
            return;
        }
    }
}

/// An archive without members has a header of zeros and nothing behind it.
fn is_empty(input: &mut dyn Random) -> bool {
    let mut bytes = Vec::new();
    let whole = input.rewind().and_then(|()| input.take(33).read_to_end(&mut bytes));
    whole.is_ok_and(|count| count == 32) && bytes[12..].iter().all(|byte| *byte == 0)
}

/// Reads the members of a block; says which of them could not be reached.
fn read_block(job: &mut Job<'_>, archive: &Archive, index: usize, input: &mut Box<dyn Random + '_>) {
    let password = Password::empty();
    let decoder = BlockDecoder::new(1, index, archive, &password, input);
    // A copy, because reading uses the decoder up.
    let entries = decoder.entries().to_vec();
    let mut reached = 0;
    let mut each = |entry: &ArchiveEntry, data: &mut dyn Read| {
        reached += 1;
        read_member(job, entry, data);
        Ok(!job.is_spent() && !job.is_over())
    };
    let block = &archive.blocks[index];
    let ended = match refusal(block) {
        Some(reason) => Err(reason),
        None if is_deflate64(block) => read_deflate64(archive, index, input, &entries, &mut each),
        None => decoder.for_each_entries(&mut each).map(drop).map_err(|error| reason_of(&error)),
    };
    let Err(reason) = ended else { return };
    if reached == entries.len() {
        job.unread(reason, None);
    }
    for entry in entries[reached..].iter().filter(|it| it.has_stream) {
        job.unread_inside(Step::Member(Text(entry.name.clone().into_bytes())), reason, Some(entry.size));
    }
}

/// Deflate with a window of 64 KiB, which the library does not know; only a block that has no other coder.
fn is_deflate64(block: &Block) -> bool {
    matches!(block.coders.as_slice(), [coder] if coder.encoder_method_id() == [4, 1, 9])
}

fn read_deflate64(
    archive: &Archive,
    index: usize,
    input: &mut Box<dyn Random + '_>,
    entries: &[ArchiveEntry],
    each: &mut dyn FnMut(&ArchiveEntry, &mut dyn Read) -> Result<bool, Error>,
) -> Result<(), Reason> {
    let packed = archive.stream_map.block_first_pack_stream_index().get(index).and_then(|first| {
        let offset = archive.stream_map.pack_stream_offsets().get(*first)?;
        let at = SIGNATURE.checked_add(archive.pack_pos())?.checked_add(*offset)?;
        Some((at, *archive.pack_sizes().get(*first)?))
    });
    let (at, size) = packed.ok_or(Reason::Malformed)?;
    input.seek(SeekFrom::Start(at)).map_err(|_| Reason::Malformed)?;
    let mut decoder = deflate64::Deflate64Decoder::new(input.take(size));
    for entry in entries {
        let size = if entry.has_stream { entry.size } else { 0 };
        if !each(entry, &mut (&mut decoder).take(size)).map_err(|error| reason_of(&error))? {
            break;
        }
    }
    Ok(())
}

/// Reads one member to its end, so that all that is decoded counts.
fn read_member(job: &mut Job<'_>, entry: &ArchiveEntry, data: &mut dyn Read) {
    if !entry.has_stream {
        return;
    }
    let mut data = DecodedReader::new(Box::new(data), job.budget);
    let name = entry.name.as_bytes();
    job.read_inside(Step::Member(Text(name.to_vec())), name, Bytes::Stream(Box::new(&mut data)));
    job.drain(&mut data);
    if let Some(reason) = job.budget.take_failure() {
        job.unread(reason, None);
    }
}

/// Why a block is not worth trying.
fn refusal(block: &Block) -> Option<Reason> {
    let is = |id: &'static [u8]| block.coders.iter().filter(move |it| it.encoder_method_id() == id);
    if is(EncoderMethod::ID_AES256_SHA256).next().is_some() {
        return Some(Reason::Encrypted);
    }
    let four = |bytes: Option<&[u8; 4]>| bytes.map_or(0, |it| u64::from(u32::from_le_bytes(*it)));
    let lzma = is(EncoderMethod::ID_LZMA).chain(is(EncoderMethod::ID_PPMD));
    let lzma = lzma.map(|it| four(it.properties().get(1..).and_then(|it| it.first_chunk())));
    let lzma2 = is(EncoderMethod::ID_LZMA2).map(|it| lzma2_dictionary(it.properties().first().copied().unwrap_or(0)));
    lzma.chain(lzma2).any(|size| size > MAX_DICTIONARY).then_some(Reason::LimitBytes)
}

/// The size of a dictionary by its code: two or three, shifted.
fn lzma2_dictionary(code: u8) -> u64 {
    let code = u64::from(code & 0x3F);
    (2 | code & 1) << (code / 2 + 11)
}

fn reason_of(error: &Error) -> Reason {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Reason::Encrypted,
        Error::UnsupportedCompressionMethod(name) if name.contains("AES") => Reason::Encrypted,
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) | Error::ExternalUnsupported => {
            Reason::Unsupported
        }
        Error::MaxMemLimited { .. } => Reason::LimitBytes,
        _ => Reason::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Hint;
    use super::super::testing::{run, run_as};
    use super::*;
    use crate::model::{Limits, SourceState};

    const TEXT: &[u8] = b"patient SSN 123-45-6789\n";

    fn crc(bytes: &[u8]) -> [u8; 4] {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    }

    /// A number as the format writes small ones.
    fn number(it: usize) -> Vec<u8> {
        if it < 0x80 { vec![it as u8] } else { vec![0x80 | (it >> 8) as u8, it as u8] }
    }

    /// An archive of one block with that coder, whose members are stored one behind the other.
    fn archive(coder: &[u8], members: &[(&str, &[u8])]) -> Vec<u8> {
        let data: Vec<u8> = members.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
        let mut header = vec![1, 4, 6, 0, 1, 9];
        header.extend(number(data.len()));
        header.extend([0, 7, 0x0B, 1, 0, 1]);
        header.extend_from_slice(coder);
        header.push(0x0C);
        header.extend(number(data.len()));
        header.extend([0, 8, 0x0D]);
        header.extend(number(members.len()));
        header.push(9);
        members[1..].iter().zip(members).for_each(|(_, (_, bytes))| header.extend(number(bytes.len())));
        header.extend([0x0A, 1]);
        members.iter().for_each(|(_, bytes)| header.extend(crc(bytes)));
        header.extend([0, 0, 5]);
        header.extend(number(members.len()));
        let names: Vec<u8> =
            members.iter().flat_map(|(name, _)| name.encode_utf16().chain([0])).flat_map(u16::to_le_bytes).collect();
        header.push(0x11);
        header.extend(number(names.len() + 1));
        header.push(0);
        header.extend(names);
        header.extend([0, 0]);
        let start = [(data.len() as u64).to_le_bytes().as_slice(), &(header.len() as u64).to_le_bytes(), &crc(&header)]
            .concat();
        [b"7z\xBC\xAF\x27\x1C\0\x04".as_slice(), &crc(&start), &start, &data, &header].concat()
    }

    /// The coder that changes nothing.
    const COPY: &[u8] = &[1, 0];

    #[test]
    fn members_and_their_names_are_read() {
        let bytes = archive(COPY, &[("Jane Doe.txt", TEXT), ("b.json", b"{\"ssn\":\"1\"}")]);
        let (kept, extraction) = run(&bytes);
        assert_eq!((extraction.format, extraction.state), ("7z", SourceState::Complete));
        assert_eq!(kept.pairs(), ["=Jane Doe.txt", "=b.json", "ssn=1"]);
        assert_eq!(kept.segments[1].text.0, TEXT);
        assert_eq!(kept.segments[1].frame.provenance[..], [Step::Member(Text::from("Jane Doe.txt"))]);
    }

    #[test]
    fn damage_is_said_and_other_members_read() {
        let mut bytes = archive(COPY, &[("a", TEXT), ("b", b"other\n")]);
        bytes[34] ^= 1;
        let (kept, extraction) = run(&bytes);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
        assert_eq!(kept.texts(), ["a", "b"]);
        assert!(!kept.unread.is_empty());
        let (kept, extraction) = run(&bytes[..60]);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
        assert!(kept.segments[0].text.reveal().contains("123-45-6789"), "stored text is salvaged");
        let empty = [b"7z\xBC\xAF\x27\x1C\0\x04".as_slice(), &crc(&[0; 20]), &[0; 20]].concat();
        assert_eq!(run(&empty).1.state, SourceState::Complete);
    }

    #[test]
    fn deflate64_is_decoded_and_members_are_limited() {
        // One stored block of deflate, which has the same form.
        let text = b"stored in deflate\n";
        let packed = [&[1, 18, 0, 0xED, 0xFF], text.as_slice()].concat();
        let mut bytes = archive(&[3, 4, 1, 9], &[("a", &packed)]);
        // The block and its member are as long as the text; the checksum is not looked at.
        let header = 32 + packed.len();
        let places: Vec<_> = (header..bytes.len()).filter(|at| bytes[*at] == packed.len() as u8).collect();
        bytes[places[1]] = text.len() as u8;
        let sum = crc(&bytes[header..]);
        bytes[28..32].copy_from_slice(&sum);
        let sum = crc(&bytes[12..32]);
        bytes[8..12].copy_from_slice(&sum);
        let (kept, extraction) = run(&bytes);
        assert_eq!(extraction.state, SourceState::Complete);
        assert_eq!(kept.segments[1].text.0, text);
        let names: Vec<_> = (0..50).map(|it| format!("{it}.txt")).collect();
        let many: Vec<_> = names.iter().map(|it| (it.as_str(), TEXT)).collect();
        let limits = Limits { members: 10, ..Limits::default() };
        let (kept, extraction) = run_as(&archive(COPY, &many), 4096, Hint::default(), &limits);
        assert_eq!((extraction.reason, kept.unread.len()), (Some(Reason::LimitMembers), 1));
        assert_eq!(kept.texts().len(), 50);
    }

    #[test]
    fn what_is_encrypted_unknown_or_too_large_is_said_of_each_member() {
        let aes: &[u8] = &[0x24, 6, 0xF1, 7, 1, 2, 0, 0];
        let unknown: &[u8] = &[4, 4, 0xF1, 0x12, 9];
        let huge: &[u8] = &[0x21, 0x21, 1, 40];
        for (coder, reason) in [(aes, Reason::Encrypted), (unknown, Reason::Unsupported), (huge, Reason::LimitBytes)] {
            let (kept, extraction) = run(&archive(coder, &[("a", TEXT), ("b", TEXT)]));
            assert_eq!((extraction.reason, kept.unread.len()), (Some(reason), 2));
            assert_eq!(kept.texts(), ["a", "b"]);
        }
    }
}
