//! The kind of an error becomes its `code`.

/// A kind's stable name.
pub struct Kind(&'static str);

impl AsRef<str> for Kind {
    fn as_ref(&self) -> &str {
        self.0
    }
}

/// What calls give: a value, or an error with a `code`.
pub type Result<T> = std::result::Result<T, napi::Error<Kind>>;

/// The JavaScript error of an error.
pub fn to_node(error: phisift::Error) -> napi::Error<Kind> {
    napi::Error::new(Kind(error.kind().id()), error.to_string())
}
