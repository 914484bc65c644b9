//! Finds electronic protected health information (ePHI) in text, logs, tables and documents.

pub mod classify;
pub mod detect;
mod error;
pub mod extract;
#[cfg(feature = "inventory")]
pub mod inventory;
pub mod model;
pub mod redact;
pub mod report;
pub mod scan;
pub mod show;
pub mod walk;

pub use error::{Error, ErrorKind};
