//! Columnar files: Parquet, Arrow, ORC and Avro, read row by row with their columns' paths as labels.

mod arrow;
pub(super) mod avro;
#[cfg(feature = "orc")]
mod orc;
mod parquet;
mod rows;
mod siblings;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::Reason;

pub(super) use self::arrow::{is_file, is_stream, read_file, read_stream};
#[cfg(feature = "orc")]
pub(super) use self::orc::{is_orc, read_orc};
pub(super) use self::parquet::{is_parquet, is_sealed, read_parquet, read_sealed};

/// What a library makes of a file; it may panic where the file is damaged.
fn guard<T>(work: impl FnOnce() -> Result<T, Reason>) -> Result<T, Reason> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Reason::Malformed))
}
