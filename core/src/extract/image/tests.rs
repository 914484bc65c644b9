use std::io::Write;

use crate::extract::testing::run;
use crate::model::{Reason, SourceState};

/// A directory of TIFF with these entries, whose longer values stand behind it; a pointer to `next` follows.
fn tiff(entries: &[(u16, u16, u32, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    directory(&mut out, entries);
    out
}

fn directory(out: &mut Vec<u8>, entries: &[(u16, u16, u32, Vec<u8>)]) {
    let mut behind = out.len() + 2 + entries.len() * 12 + 4;
    let mut values = Vec::new();
    out.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
        if value.len() <= 4 {
            let mut value = value.clone();
            value.resize(4, 0);
            out.extend(value);
            continue;
        }
        out.extend((behind as u32).to_le_bytes());
        behind += value.len();
        values.extend_from_slice(value);
    }
    out.extend([0; 4]);
    out.extend(values);
}

fn ascii(tag: u16, text: &str) -> (u16, u16, u32, Vec<u8>) {
    (tag, 2, text.len() as u32 + 1, [text.as_bytes(), b"\0"].concat())
}

fn degrees(tag: u16, parts: [(u32, u32); 3]) -> (u16, u16, u32, Vec<u8>) {
    (tag, 5, 3, parts.iter().flat_map(|(a, b)| [*a, *b]).flat_map(u32::to_le_bytes).collect())
}

/// EXIF with an author, a comment in UTF-16, and a place.
fn exif() -> Vec<u8> {
    let author: Vec<u8> = "Jane Doe".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let comment: Vec<u8> = b"UNICODE\0".iter().copied().chain(author.clone()).collect();
    let gps_at = 8 + 2 + 4 * 12 + 4 + 9 + author.len() as u32 + comment.len() as u32;
    let mut out = tiff(&[
        ascii(0x013B, "John Roe"),
        (0x9C9D, 1, author.len() as u32, author),
        (0x9286, 7, comment.len() as u32, comment),
        (0x8825, 4, 1, gps_at.to_le_bytes().to_vec()),
    ]);
    assert_eq!(out.len(), gps_at as usize);
    let mut gps = out.clone();
    directory(
        &mut gps,
        &[
            ascii(1, "N"),
            degrees(2, [(42, 1), (21, 1), (3036, 100)]),
            ascii(3, "W"),
            degrees(4, [(71, 1), (3, 1), (3000, 100)]),
        ],
    );
    out.extend_from_slice(&gps[gps_at as usize..]);
    out
}

const EXIF: [&str; 4] = ["Artist=John Roe", "XPAuthor=Jane Doe", "UserComment=Jane Doe", "gps=42.358433, -71.058333"];

fn segment(marker: u8, bytes: &[u8]) -> Vec<u8> {
    [&[0xFF, marker], (bytes.len() as u16 + 2).to_be_bytes().as_slice(), bytes].concat()
}

fn chunk(kind: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    [(bytes.len() as u32).to_be_bytes().as_slice(), kind, bytes, &[0; 4]].concat()
}

const XMP: &[u8] =
    b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>Mary Major</dc:creator></x:xmpmeta>";

const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

#[test]
fn jpeg_tells_exif_xmp_iptc_and_comments() {
    let iptc = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x0D\x1C\x02\x50\0\x08Ann Example\0";
    let iptc = [&iptc[..iptc.len() - 12], b"Ann Moe.\0"].concat();
    let bytes = [
        vec![0xFF, 0xD8],
        segment(0xE1, &[b"Exif\0\0".as_slice(), &exif()].concat()),
        segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", XMP].concat()),
        segment(0xED, &iptc),
        segment(0xFE, b"MRN 12345"),
        segment(0xDA, b"pixels"),
    ]
    .concat();
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.format, extraction.state), ("jpeg", SourceState::Partial));
    assert_eq!((extraction.reason, kept.unread.len()), (Some(Reason::ImageContent), 1));
    let pairs = kept.pairs();
    assert!(EXIF.iter().all(|it| pairs.iter().any(|pair| pair == it)), "{pairs:?}");
    assert!(pairs.iter().any(|it| it.ends_with("creator=Mary Major")), "{pairs:?}");
    assert!(pairs.contains(&"Byline=Ann Moe.".to_owned()) && pairs.contains(&"Comment=MRN 12345".to_owned()));
}

#[test]
fn png_tells_text_of_all_chunks() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"SSN 123-45-6789").expect("writes");
    let packed = packed.finish().expect("ends");
    let hex: String = [b"Exif\0\0".as_slice(), &exif()].concat().iter().map(|it| format!("{it:02x}")).collect();
    let bytes = [
        PNG.to_vec(),
        chunk(b"IHDR", &[0; 13]),
        chunk(b"tEXt", b"Author\0Ren\xE9 Doe"),
        chunk(b"zTXt", &[b"Comment\0\0".as_slice(), &packed].concat()),
        chunk(b"iTXt", "Title\0\0\0de\0Titel\0Müller".as_bytes()),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", XMP].concat()),
        chunk(b"zTXt", &[b"Comment\0\0".as_slice(), &packed].concat()),
        chunk(b"tEXt", format!("Raw profile type exif\0\nexif\n  99\n{hex}\n").as_bytes()),
        chunk(b"eXIf", &tiff(&[ascii(0xA430, "Owner Example")])),
        chunk(b"IEND", b""),
        b"text behind the end\n".to_vec(),
    ]
    .concat();
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.format, extraction.reason), ("png", Some(Reason::ImageContent)));
    let pairs = kept.pairs();
    for it in ["Author=René Doe", "Comment=SSN 123-45-6789", "Title=Müller", "OwnerName=Owner Example", EXIF[3]] {
        assert!(pairs.iter().any(|pair| pair == it), "{it} of {pairs:?}");
    }
    assert!(pairs.iter().any(|it| it.ends_with("creator=Mary Major")));
    assert!(kept.segments.iter().any(|it| it.text.0 == b"text behind the end\n"));
}

#[test]
fn gif_and_webp_tell_theirs() {
    let gif = [
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF".as_slice(),
        b"!\xFE\x08Patient \x08Jane Doe\0",
        b"!\xFF\x0BXMP DataXMP",
        XMP,
        b"\x01",
        &(0..=255u8).rev().collect::<Vec<_>>(),
        b"\0",
        b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;",
    ]
    .concat();
    let (kept, extraction) = run(&gif);
    assert_eq!((extraction.format, extraction.reason), ("gif", Some(Reason::ImageContent)));
    assert!(kept.pairs().contains(&"Comment=Patient Jane Doe".to_owned()));
    assert!(kept.pairs().iter().any(|it| it.ends_with("creator=Mary Major")), "{:?}", kept.pairs());
    let exif = exif();
    let chunk = [b"EXIF".as_slice(), &(exif.len() as u32).to_le_bytes(), &exif].concat();
    let webp = [b"RIFF".as_slice(), &(chunk.len() as u32 + 4).to_le_bytes(), b"WEBP", &chunk].concat();
    let (kept, extraction) = run(&webp);
    assert_eq!((extraction.format, extraction.reason), ("webp", Some(Reason::ImageContent)));
    assert_eq!(kept.pairs(), EXIF);
}

#[test]
fn tiff_tells_its_directories() {
    let (kept, extraction) = run(&exif());
    assert_eq!((extraction.format, extraction.reason), ("tiff", Some(Reason::ImageContent)));
    assert_eq!(kept.pairs(), EXIF);
    assert_eq!(run(&tiff(&[ascii(0x9003, "2024:01:02 03:04:05")])).0.pairs(), ["DateTimeOriginal=2024-01-02 03:04:05"]);
}

#[test]
fn damage_is_said_and_what_came_before_it_kept() {
    let png = [PNG.to_vec(), chunk(b"tEXt", b"Author\0Jane Doe"), chunk(b"tEXt", &[b'a'; 100])].concat();
    let jpeg = [vec![0xFF, 0xD8], segment(0xFE, b"Jane Doe"), segment(0xFE, &[b'a'; 100])].concat();
    let gif = b"GIF89a\x01\0\x01\0\0\0\0!\xFE\x08Jane Doe\0!\xFE\x50Jane";
    let tiff = tiff(&[ascii(0x013B, "Jane Doe"), (0x8298, 2, 900, vec![0; 4]), ascii(0x8298, "too far away")]);
    for bytes in [&png[..png.len() - 50], &jpeg[..jpeg.len() - 50], gif, &tiff[..tiff.len() - 5]] {
        let (kept, extraction) = run(bytes);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
        assert!(kept.texts().contains(&"Jane Doe".to_owned()));
    }
}

#[test]
fn circles_and_repetitions_end() {
    // A directory that says it is its own next one and its own EXIF.
    let mut circle = tiff(&[(0x8769, 4, 1, 8u32.to_le_bytes().to_vec()), ascii(0x013B, "Jane Doe")]);
    let next = 8 + 2 + 2 * 12;
    circle[next] = 8;
    assert_eq!(run(&circle).0.pairs(), ["Artist=Jane Doe"]);
    // Every entry points to the same megabyte.
    let text = vec![b'a'; 1 << 20];
    let mut entries: Vec<_> = (0..1000).map(|_| ascii(0x013B, "same place")).collect();
    entries.iter_mut().for_each(|it| it.2 = 1 << 20);
    let (kept, extraction) = run(&[tiff(&entries), text].concat());
    assert_eq!(extraction.reason, Some(Reason::LimitBytes));
    assert!(kept.segments.iter().map(|it| it.text.len()).sum::<usize>() <= 70 << 20);
}
