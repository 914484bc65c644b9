//! The Node module: converts, calls the library, maps errors and offsets. Holds no logic.

mod detection;
mod detector;
mod errors;
mod offsets;

use napi_derive::napi;

/// The version of the library.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
