//! Names of people in labelled fields.

use super::Words;

/// Values such fields hold instead of a name, and words that begin prose behind a label.
pub(super) const NOT_NAMES: Words = Words::new(&[
    "admitted",
    "alert",
    "anonymous",
    "any",
    "awake",
    "bool",
    "boolean",
    "declined",
    "default",
    "denied",
    "denies",
    "disabled",
    "empty",
    "enabled",
    "error",
    "false",
    "female",
    "float",
    "from",
    "has",
    "here",
    "http",
    "https",
    "in",
    "info",
    "int",
    "integer",
    "invalid",
    "is",
    "male",
    "missing",
    "n/a",
    "na",
    "nan",
    "new",
    "nil",
    "no",
    "nobody",
    "none",
    "not",
    "null",
    "number",
    "object",
    "ok",
    "on",
    "other",
    "patient",
    "pending",
    "presents",
    "redacted",
    "refused",
    "removed",
    "reports",
    "same",
    "see",
    "self",
    "seen",
    "started",
    "states",
    "string",
    "tba",
    "tbd",
    "test",
    "text",
    "the",
    "this",
    "to",
    "true",
    "unavailable",
    "undefined",
    "unk",
    "unknown",
    "unspecified",
    "value",
    "varchar",
    "was",
    "will",
    "with",
    "xxx",
    "yes",
]);

/// At least two characters, and the first word is not one of those that stand where a name is missing.
pub(super) fn person_name(value: &[u8]) -> bool {
    let end = value.iter().position(|byte| matches!(byte, b' ' | b',' | b'^')).unwrap_or(value.len());
    value.len() >= 2
        && !NOT_NAMES.has(&value[..end])
        && value.iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_placeholders() {
        assert!(person_name(b"DOE, JANE Q"));
        assert!(person_name(b"Okafor-Lind"));
        assert!(!person_name(b"Unknown"));
        assert!(!person_name(b"denies chest pain"));
        assert!(!person_name(b"J"));
    }
}
