//! From a member's packed bytes to its own, checked against its checksum.

use std::io::{BufReader, Error, ErrorKind, Read};

use flate2::Crc;

use super::archive::Entry;
use crate::model::Reason;

/// Memory that an LZMA or xz member may ask for, in KiB.
const LZMA_MEMORY: u32 = 256 << 10;
/// The largest window a zstd member may ask for, as a power of two.
const ZSTD_WINDOW: u32 = 27;

/// Reads the bytes of `entry` from its `packed` ones; methods by their numbers in APPNOTE 4.4.5.
pub(super) fn decoder<'r>(packed: impl Read + 'r, entry: &Entry) -> Result<Box<dyn Read + 'r>, Reason> {
    let packed = BufReader::with_capacity(32 << 10, packed);
    let decoder: Box<dyn Read + 'r> = match entry.method {
        0 => Box::new(packed),
        8 => Box::new(flate2::bufread::DeflateDecoder::new(packed)),
        9 => Box::new(deflate64::Deflate64Decoder::with_buffer(packed)),
        12 => Box::new(bzip2::bufread::BzDecoder::new(packed)),
        14 => lzma(packed, entry.size)?,
        93 => zstd(packed)?,
        95 => Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, LZMA_MEMORY)),
        99 => return Err(Reason::Encrypted),
        _ => return Err(Reason::Unsupported),
    };
    Ok(Box::new(Checked { decoder, crc: Crc::new(), expected: entry.crc }))
}

fn zstd<'r>(packed: impl Read + 'r) -> Result<Box<dyn Read + 'r>, Reason> {
    let mut decoder = zstd::Decoder::new(packed).map_err(|_| Reason::Malformed)?;
    decoder.window_log_max(ZSTD_WINDOW).map_err(|_| Reason::Malformed)?;
    Ok(Box::new(decoder))
}

/// APPNOTE 5.8.8: version, length of the properties, properties and dictionary size, then the raw stream.
fn lzma<'r>(mut packed: impl Read + 'r, size: u64) -> Result<Box<dyn Read + 'r>, Reason> {
    let mut header = [0; 9];
    packed.read_exact(&mut header).map_err(|_| Reason::Malformed)?;
    let [_, _, 5, 0, properties, dictionary @ ..] = header else { return Err(Reason::Malformed) };
    let dictionary = u32::from_le_bytes(dictionary);
    if dictionary / 1024 > LZMA_MEMORY {
        return Err(Reason::LimitBytes);
    }
    let reader = lzma_rust2::LzmaReader::new_with_props(packed, size, properties, dictionary, None);
    reader.map(|it| Box::new(it) as Box<dyn Read + 'r>).map_err(|_| Reason::Malformed)
}

/// Fails at the end of bytes that are not the ones that were packed.
struct Checked<'r> {
    decoder: Box<dyn Read + 'r>,
    crc: Crc,
    expected: Option<u32>,
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.decoder.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            let sound = self.expected.is_none_or(|expected| expected == self.crc.sum());
            return if sound { Ok(0) } else { Err(Error::from(ErrorKind::InvalidData)) };
        }
        self.crc.update(&buffer[..count]);
        Ok(count)
    }
}
