//! Compressed RTF (MS-OXRTFCP): what Outlook keeps of a body that is no plain text.

/// Bytes that an RTF body may have.
const LONGEST: usize = 64 << 20;
const COMPRESSED: u32 = 0x7546_5A4C;
const UNCOMPRESSED: u32 = 0x414C_454D;
/// What the dictionary holds before the first byte (2.1.3.1.3).
const PRELOAD: &[u8] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW: usize = 4096;

/// The RTF text; `None` where the bytes are no compressed RTF. What is damaged ends early.
pub(super) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (size, kind) = (word(4)? as usize, word(8)?);
    let body = bytes.get(16..)?;
    match kind {
        UNCOMPRESSED => Some(body[..body.len().min(size)].to_vec()),
        COMPRESSED => Some(expand(body, size.min(LONGEST))),
        _ => None,
    }
}

fn expand(body: &[u8], size: usize) -> Vec<u8> {
    let mut window = [b' '; WINDOW];
    window[..PRELOAD.len()].copy_from_slice(PRELOAD);
    let mut end = PRELOAD.len();
    let mut out = Vec::new();
    let mut input = body.iter().copied();
    while let Some(flags) = input.next() {
        for bit in 0..8 {
            let Some(first) = input.next() else { return out };
            if flags >> bit & 1 == 0 {
                window[end] = first;
                end = (end + 1) % WINDOW;
                out.push(first);
            } else {
                let Some(second) = input.next() else { return out };
                let offset = usize::from(first) << 4 | usize::from(second >> 4);
                if offset == end {
                    return out;
                }
                for step in 0..usize::from(second & 15) + 2 {
                    let byte = window[(offset + step) % WINDOW];
                    window[end] = byte;
                    end = (end + 1) % WINDOW;
                    out.push(byte);
                }
            }
            if out.len() >= size {
                return out;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_are_expanded() {
        // MS-OXRTFCP 3.1.1 and 3.2.1.
        let simple = b"\x2D\0\0\0\x2B\0\0\0LZFu\xF1\xC5\xC7\xA7\x03\x00\x0A\x00rcpg125\x42\x32\x0A\xF3\x20hel\x09\
            \x00\x20bw\x05\xB0ld}\x0A\x80\x0F\xA0";
        assert_eq!(decompress(simple).as_deref(), Some(&b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"[..]));
        let crossing = b"\x1A\0\0\0\x1C\0\0\0LZFu\xE2\xD4\x4B\x51\x41\x00\x04\x20WXYZ\x0D\x6E\x7D\x01\x0E\xB0";
        assert_eq!(decompress(crossing).as_deref(), Some(&b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"[..]));
        assert_eq!(decompress(b"\0\0\0\0\x02\0\0\0MELA\0\0\0\0abc").as_deref(), Some(&b"ab"[..]));
        assert!(decompress(b"nothing of that kind").is_none() && decompress(b"").is_none());
    }
}
