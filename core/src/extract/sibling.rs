//! Which members of an object say what its others are: the system, type or use of a value. Knows no formats.

/// True for a member whose text says something of its siblings.
pub(super) fn hints(key: &[u8]) -> bool {
    const HINTS: [&[u8]; 10] =
        [b"system", b"type", b"code", b"use", b"name", b"key", b"display", b"text", b"label", b"url"];
    HINTS.contains(&key)
}

/// True for a member in which what hints may lie deeper.
pub(super) fn nests(key: &[u8]) -> bool {
    key == b"type" || key == b"code"
}

/// True for a member of which siblings say what it is: `value`, `valueString`.
pub(super) fn is_value(key: &[u8]) -> bool {
    let typed = key.strip_prefix(b"value").is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_uppercase));
    typed || key == b"val"
}
