//! Finds electronic protected health information (ePHI) in text, logs, tables and documents.

pub mod classify;
pub mod detect;
mod error;
pub mod extract;
pub mod model;
pub mod redact;
pub mod report;
pub mod scan;
pub mod walk;

pub use error::{Error, ErrorKind};
