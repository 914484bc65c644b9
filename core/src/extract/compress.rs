//! Compressed streams: told by content, decoded under the budget, read as what they hold. Knows no archives.

use std::io::{BufRead, BufReader, ErrorKind, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lz4_flex::frame::FrameDecoder;

use super::budget::DecodedReader;
use super::head::{Bytes, Head, PEEKED, Stream};
use super::job::Job;
use super::lzw;
use crate::model::{Reason, Step, Text};

/// The largest window a zstd frame may ask for, as a power of two.
const ZSTD_WINDOW: u32 = 27;
/// Memory an xz or LZMA stream may ask for, in KiB.
const LZMA_MEMORY: u32 = 256 << 10;

/// RFC 1952: magic and the deflate method, no reserved flags.
pub(super) fn is_gzip(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"\x1F\x8B\x08") && head.raw.get(3).is_some_and(|flags| flags & 0xE0 == 0)
}

/// RFC 8878: a frame, or a skippable frame before one.
pub(super) fn is_zstd(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"\x28\xB5\x2F\xFD")
        || (head.raw.len() > 8 && head.raw[0] & 0xF0 == 0x50 && head.raw[1..4] == *b"\x2A\x4D\x18")
}

/// The block size and the magic of the first block, or of the end of an empty stream.
pub(super) fn is_bzip2(head: &Head<'_>) -> bool {
    let block = head.raw.get(4..10);
    head.raw.starts_with(b"BZh")
        && head.raw.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
        && (block == Some(b"\x31\x41\x59\x26\x53\x59") || block == Some(b"\x17\x72\x45\x38\x50\x90"))
}

/// The .xz file format, section 2.1.1.1.
pub(super) fn is_xz(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"\xFD7zXZ\0")
}

/// LZ4 frames: the current format, and that of the first versions.
pub(super) fn is_lz4(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"\x04\x22\x4D\x18") || head.raw.starts_with(b"\x02\x21\x4C\x18")
}

/// The magic of `compress`, and flags that it writes, or its name.
pub(super) fn is_compress(head: &Head<'_>) -> bool {
    let flags = head.raw.strip_prefix(b"\x1F\x9D").and_then(|it| it.first());
    flags.is_some_and(|flags| head.is_named(".z") || lzw::Decoder::new(&b""[..], *flags).is_some())
}

/// A .lzma file has no magic: the usual properties (others by its name only), a dictionary of whole pages, a size that is
/// unknown or sensible, and the zero with which every range coder begins.
pub(super) fn is_lzma(head: &Head<'_>) -> bool {
    let Some([properties, dictionary @ .., s0, s1, s2, s3, s4, s5, s6, s7, 0]) = head.raw.first_chunk::<14>() else {
        return false;
    };
    let dictionary = u32::from_le_bytes(*dictionary);
    let size = u64::from_le_bytes([*s0, *s1, *s2, *s3, *s4, *s5, *s6, *s7]);
    let known = *properties == 0x5D || *properties < 9 * 5 * 5 && head.is_named(".lzma");
    known && dictionary >= 4096 && dictionary.is_multiple_of(4096) && (size == u64::MAX || size < 1 << 48)
}

pub(super) fn read_gzip(job: &mut Job<'_>, stream: Stream<'_>) {
    let open = |input| Member::Gzip(Box::new(GzDecoder::new(input)));
    read_inside(job, &[".gz", ".gzip", ".tgz"], || Some(Box::new(Members::new(stream, b'\x1F', open))));
}

pub(super) fn read_zstd(job: &mut Job<'_>, stream: Stream<'_>) {
    read_inside(job, &[".zst", ".zstd"], || Some(Box::new(zstd_decoder(stream.into_bytes())?)));
}

fn zstd_decoder<R: Read>(input: R) -> Option<zstd::Decoder<'static, BufReader<R>>> {
    let mut decoder = zstd::Decoder::new(input).ok()?;
    decoder.window_log_max(ZSTD_WINDOW).ok()?;
    Some(decoder)
}

pub(super) fn read_bzip2(job: &mut Job<'_>, stream: Stream<'_>) {
    let open = |input| Member::Bzip2(BzDecoder::new(input));
    read_inside(job, &[".bz2", ".bzip2"], || Some(Box::new(Members::new(stream, b'B', open))));
}

pub(super) fn read_xz(job: &mut Job<'_>, stream: Stream<'_>) {
    read_inside(job, &[".xz"], || {
        let reader = BufReader::new(stream.into_bytes());
        Some(Box::new(lzma_rust2::XzReader::new_mem_limit(reader, true, LZMA_MEMORY)))
    });
}

pub(super) fn read_lz4(job: &mut Job<'_>, stream: Stream<'_>) {
    read_inside(job, &[".lz4"], || Some(Box::new(Frames(FrameDecoder::new(BufReader::new(stream.into_bytes()))))));
}

pub(super) fn read_compress(job: &mut Job<'_>, stream: Stream<'_>) {
    read_inside(job, &[".z"], || compress_decoder(stream.into_bytes()));
}

fn compress_decoder<'a>(mut input: Box<dyn Read + 'a>) -> Option<Box<dyn Read + 'a>> {
    let mut header = [0; 3];
    input.read_exact(&mut header).ok()?;
    Some(Box::new(lzw::Decoder::new(BufReader::new(input), header[2])?))
}

/// Reads a .lzma file, unless its dictionary is too large.
pub(super) fn read_lzma(job: &mut Job<'_>, stream: Stream<'_>) {
    match lzma_rust2::LzmaReader::new_mem_limit(stream.into_bytes(), LZMA_MEMORY, None) {
        Ok(decoder) => read_inside(job, &[".lzma"], || Some(Box::new(decoder))),
        Err(_) => job.unread(Reason::LimitBytes, None),
    }
}

/// What a compressed stream of that format begins with, as far as its own first bytes tell; `None` for other formats.
pub(super) fn peek(format: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoder: Box<dyn Read + '_> = match format {
        "gzip" => Box::new(GzDecoder::new(bytes)),
        "zstd" => Box::new(zstd_decoder(bytes)?),
        "bzip2" => Box::new(BzDecoder::new(bytes)),
        "xz" => Box::new(lzma_rust2::XzReader::new_mem_limit(bytes, true, LZMA_MEMORY)),
        "lz4" => Box::new(FrameDecoder::new(bytes)),
        "compress" => compress_decoder(Box::new(bytes))?,
        "lzma" => Box::new(lzma_rust2::LzmaReader::new_mem_limit(bytes, LZMA_MEMORY, None).ok()?),
        _ => return None,
    };
    let mut begins = vec![0; PEEKED];
    let mut filled = 0;
    // It ends where the bytes at hand do, mostly within a block: what came before counts.
    while let Ok(count @ 1..) = decoder.read(&mut begins[filled..]) {
        filled += count;
    }
    begins.truncate(filled);
    Some(begins)
}

/// Reads what `decoder` gives as a stream of its own.
fn read_inside<'a>(job: &mut Job<'_>, suffixes: &[&str], decoder: impl FnOnce() -> Option<Box<dyn Read + 'a>>) {
    if let Err(reason) = job.may_open() {
        return job.unread(reason, None);
    }
    let Some(decoder) = decoder() else {
        return job.unread(Reason::Malformed, None);
    };
    let name = inner_name(&job.name, suffixes);
    let budget = job.budget;
    let mut inner = job.inner(Step::Member(Text(name.clone())), name);
    super::read_stream(&mut inner, Bytes::Stream(Box::new(DecodedReader::new(decoder, budget))));
    if let Some(reason) = inner.reason {
        job.note(reason);
    }
}

/// The file name without folders and without the suffix of the compression.
fn inner_name(name: &[u8], suffixes: &[&str]) -> Vec<u8> {
    let base = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    let suffix = suffixes
        .iter()
        .map(|suffix| suffix.as_bytes())
        .find(|suffix| base.len() > suffix.len() && base[base.len() - suffix.len()..].eq_ignore_ascii_case(suffix));
    base[..base.len() - suffix.map_or(0, <[u8]>::len)].to_vec()
}

type Input<'a> = BufReader<Box<dyn Read + 'a>>;

/// One of the streams that a compressed file is joined from.
enum Member<'a> {
    Gzip(Box<GzDecoder<Input<'a>>>),
    Bzip2(BzDecoder<Input<'a>>),
}

/// LZ4 frames one behind the other, read as one stream.
struct Frames<'a>(FrameDecoder<Input<'a>>);

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        // At the end of a frame the decoder says so once, and with the next call begins the next frame.
        loop {
            let count = self.0.read(buffer)?;
            if count > 0 || buffer.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(count);
            }
        }
    }
}

/// Joined streams, read as one. Zeros behind the last one are padding; anything else there is damage.
struct Members<'a> {
    member: Option<Member<'a>>,
    /// First byte of a member.
    magic: u8,
    open: fn(Input<'a>) -> Member<'a>,
}

impl<'a> Members<'a> {
    fn new(stream: Stream<'a>, magic: u8, open: fn(Input<'a>) -> Member<'a>) -> Self {
        Members { member: Some(open(BufReader::with_capacity(64 << 10, stream.into_bytes()))), magic, open }
    }

    /// Goes to the next member, if there is one.
    fn advance(&mut self) -> std::io::Result<()> {
        let mut input = match self.member.take() {
            Some(Member::Gzip(decoder)) => decoder.into_inner(),
            Some(Member::Bzip2(decoder)) => decoder.into_inner(),
            None => return Ok(()),
        };
        loop {
            let buffer = input.fill_buf()?;
            let zeros = buffer.iter().take_while(|&&byte| byte == 0).count();
            match buffer.get(zeros) {
                Some(&byte) if byte == self.magic => {
                    input.consume(zeros);
                    self.member = Some((self.open)(input));
                    return Ok(());
                }
                Some(_) => return Err(ErrorKind::InvalidData.into()),
                None if zeros == 0 => return Ok(()),
                None => input.consume(zeros),
            }
        }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let count = match &mut self.member {
                Some(Member::Gzip(decoder)) => decoder.read(buffer)?,
                Some(Member::Bzip2(decoder)) => decoder.read(buffer)?,
                None => return Ok(0),
            };
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.advance()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::Hint;
    use super::super::testing::{run, run_as};
    use crate::model::{Limits, Reason, SourceState, Step, Text};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("writes");
        encoder.finish().expect("ends")
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(bytes).expect("writes");
        encoder.finish().expect("ends")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).expect("encodes")
    }

    fn lz4(bytes: &[u8]) -> Vec<u8> {
        let info = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
        let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(bytes).expect("writes");
        encoder.finish().expect("ends")
    }

    fn compress(bytes: &[u8]) -> Vec<u8> {
        super::lzw::tests::compress(bytes, 16)
    }

    /// `printf 'SSN 123-45-6789\n' | xz --format=lzma`, made once.
    const LZMA: &[u8] = &[
        93, 0, 0, 128, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 41, 225, 52, 64, 49, 25, 119, 85, 130, 66, 205,
        158, 20, 84, 77, 20, 20, 155, 6, 159, 255, 250, 177, 192, 0,
    ];

    /// `printf 'SSN 123-45-6789\n' | xz`, made once.
    const XZ: &[u8] = &[
        253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 22, 0, 0, 0, 116, 47, 229, 163, 1, 0, 15, 83,
        83, 78, 32, 49, 50, 51, 45, 52, 53, 45, 54, 55, 56, 57, 10, 0, 239, 55, 115, 244, 225, 157, 150, 214, 0, 1, 40,
        16, 229, 11, 108, 96, 31, 182, 243, 125, 1, 0, 0, 0, 0, 4, 89, 90,
    ];

    const TEXT: &[u8] = b"patient SSN 123-45-6789\n";

    #[test]
    fn content_decides_and_members_are_joined() {
        let joined = |one: Vec<u8>| [one.clone(), one].concat();
        for (id, bytes) in [("gzip", gzip(TEXT)), ("zstd", zstd(TEXT)), ("bzip2", bzip2(TEXT)), ("lz4", lz4(TEXT))] {
            let bytes = joined(bytes);
            let hint = Hint { name: b"dir/app.log.gz", format: None };
            let (kept, extraction) = run_as(&bytes, 3, hint, &Limits::default());
            assert_eq!((extraction.format, extraction.state), (id, SourceState::Complete));
            assert_eq!(kept.owned(), [TEXT, TEXT].concat());
            assert_eq!(extraction.outcome.bytes_examined, bytes.len() as u64);
            assert_eq!(extraction.outcome.decoded, Some(2 * TEXT.len() as u64));
            assert_eq!(kept.segments[0].frame.provenance.len(), 1);
        }
        let (kept, _) = run_as(&gzip(TEXT), 3, Hint { name: b"dir/app.log.gz", format: None }, &Limits::default());
        assert_eq!(kept.segments[0].frame.provenance[0], Step::Member(Text::from("app.log")));
        for (id, bytes, text) in [
            ("xz", XZ, b"SSN 123-45-6789\n".as_slice()),
            ("lzma", LZMA, b"SSN 123-45-6789\n"),
            ("compress", &compress(TEXT), TEXT),
        ] {
            let (kept, extraction) = run(bytes);
            assert_eq!((extraction.format, extraction.state), (id, SourceState::Complete));
            assert_eq!(kept.owned(), text);
        }
    }

    #[test]
    fn tables_and_documents_inside_are_seen() {
        let (kept, _) = run(&gzip(&zstd(b"{\"ssn\":\"123\"}")));
        assert_eq!(kept.pairs(), ["ssn=123"]);
        assert_eq!(kept.segments[0].frame.provenance.len(), 2);
    }

    #[test]
    fn padding_is_no_damage_but_garbage_is() {
        let padded = [gzip(TEXT), vec![0; 5000]].concat();
        assert_eq!(run(&padded).1.state, SourceState::Complete);
        let (kept, extraction) = run(&[gzip(TEXT), b"tail".to_vec()].concat());
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
        assert_eq!(kept.owned(), TEXT);
    }

    #[test]
    fn what_was_decoded_before_damage_is_kept() {
        let text: Vec<u8> =
            (0..200_000u32).flat_map(|it| format!("row {}\n", it.wrapping_mul(2654435761)).into_bytes()).collect();
        for whole in [gzip(&text), zstd(&text), bzip2(&text), lz4(&text)] {
            let (kept, extraction) = run(&whole[..whole.len() * 3 / 4]);
            assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
            let owned = kept.owned();
            assert!(owned.len() > text.len() / 3 && text.starts_with(&owned));
            assert_eq!(kept.unread.len(), 1);
        }
    }

    #[test]
    fn bombs_stop_at_a_limit() {
        let bomb = zstd(&vec![b'a'; 64 << 20]);
        let (kept, extraction) = run(&bomb);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::LimitRatio)));
        assert!(kept.owned().len() >= 16 << 20);
        let limits = Limits { decoded_bytes: 1000, ..Limits::default() };
        let (_, extraction) = run_as(&bomb, 1 << 20, Hint::default(), &limits);
        assert_eq!(extraction.reason, Some(Reason::LimitBytes));
        let (_, extraction) = run(&compress(&vec![b'a'; 40 << 20]));
        assert_eq!(extraction.reason, Some(Reason::LimitRatio));
        let mut huge = LZMA.to_vec();
        huge[1..5].copy_from_slice(&(3u32 << 30).to_le_bytes());
        assert_eq!(run(&huge).1.reason, Some(Reason::LimitBytes));
        let named = Hint { name: b"x.Z", format: None };
        assert_eq!(run_as(b"\x1F\x9D\x1EB", 4, named, &Limits::default()).1.reason, Some(Reason::Malformed));
        let picture = b"\x01\0\0\0\x80\0\0\0\x2A\0\0\0\0\0\0\0\0\0\0\0";
        assert_ne!(run(picture).1.format, "lzma");
        let nested = (0..9).fold(TEXT.to_vec(), |bytes, _| gzip(&bytes));
        let (_, extraction) = run(&nested);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::LimitDepth)));
    }
}
