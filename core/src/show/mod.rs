//! Places of findings and names from documents in the form in which they may be shown. Never shows a value.

pub(crate) mod json;
pub(crate) mod labels;

pub use json::{write_number, write_score, write_string};
pub use labels::{Labels, shown_path};
