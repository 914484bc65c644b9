//! Finds electronic protected health information (ePHI) in text, logs, tables and documents.

pub mod detect;
mod error;
pub mod extract;
pub mod model;

pub use error::{Error, ErrorKind};
