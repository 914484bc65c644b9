//! The one integration binary: everything that is tested from the outside.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read their own files")]
#![allow(clippy::unwrap_used, reason = "all of this is tests")]

mod accuracy;
mod api;
mod files_archives;
mod files_databases;
mod files_mail;
mod files_messages;
mod files_office;
mod files_ole;
mod files_pdf;
mod known_values;
mod made_office;
mod properties;

mod tidy;
mod tree;
mod vectors;
