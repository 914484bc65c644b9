//! Text of messages into UTF-8, by the name of its character set or what its bytes say.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// The bytes as UTF-8: by the character set they are said to be in, else as UTF-8, else as Windows Latin 1.
pub(super) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, [u8]> {
    let name = charset.unwrap_or_default().trim().trim_matches('"');
    let plain = ["", "us-ascii", "ascii", "utf-8", "utf8"].iter().any(|it| name.eq_ignore_ascii_case(it));
    if !plain && let Some(decoder) = charset_decoder(name.as_bytes()) {
        return Cow::Owned(decoder(bytes).into_bytes());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if std::str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_counts_before_the_bytes() {
        assert_eq!(&*decode(b"\x1B$B;3\x1B(B", Some("iso-2022-jp")), "山".as_bytes());
        assert_eq!(&*decode(b"caf\xE9", Some("utf-8")), "café".as_bytes());
        assert_eq!(&*decode("café".as_bytes(), Some("x-nobody")), "café".as_bytes());
    }
}
