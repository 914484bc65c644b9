//! Which encoding the bytes of RTF text are in: by code page, by the character set of a font.

use encoding_rs::{Encoding, *};

/// Code pages by number (RTF 1.9.1, `\ansicpg`); those of DOS are near enough to read names by where no table exists.
const PAGES: [(i32, &Encoding); 21] = [
    (437, WINDOWS_1252),
    (850, WINDOWS_1252),
    (866, IBM866),
    (874, WINDOWS_874),
    (932, SHIFT_JIS),
    (936, GBK),
    (949, EUC_KR),
    (950, BIG5),
    (1250, WINDOWS_1250),
    (1251, WINDOWS_1251),
    (1252, WINDOWS_1252),
    (1253, WINDOWS_1253),
    (1254, WINDOWS_1254),
    (1255, WINDOWS_1255),
    (1256, WINDOWS_1256),
    (1257, WINDOWS_1257),
    (1258, WINDOWS_1258),
    (1361, EUC_KR),
    (10000, MACINTOSH),
    (10007, X_MAC_CYRILLIC),
    (65001, UTF_8),
];
/// Character sets of fonts (`\fcharset`); the default (1) and symbols (2) say nothing.
const SETS: [(i32, &Encoding); 16] = [
    (0, WINDOWS_1252),
    (77, MACINTOSH),
    (128, SHIFT_JIS),
    (129, EUC_KR),
    (130, EUC_KR),
    (134, GBK),
    (136, BIG5),
    (161, WINDOWS_1253),
    (162, WINDOWS_1254),
    (163, WINDOWS_1258),
    (177, WINDOWS_1255),
    (178, WINDOWS_1256),
    (186, WINDOWS_1257),
    (204, WINDOWS_1251),
    (222, WINDOWS_874),
    (238, WINDOWS_1250),
];

pub(in super::super) fn of_page(page: i32) -> Option<&'static Encoding> {
    PAGES.iter().find(|it| it.0 == page).map(|it| it.1)
}

pub(super) fn of_font(set: i32) -> Option<&'static Encoding> {
    SETS.iter().find(|it| it.0 == set).map(|it| it.1)
}
