//! The reusable detector, and the task that runs it off the event loop.

use std::collections::HashMap;

use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi::{Env, Task};
use napi_derive::napi;
use phisift::detect::DetectorOptions;
use phisift::scan::{Found, Scanner};

use crate::detection::{Detection, to_node};
use crate::errors::{self, Result};

/// Described in `index.d.ts`.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct Options {
    pub min_score: Option<f64>,
    pub only: Option<Vec<String>>,
    pub skip: Option<Vec<String>>,
    pub patterns: Option<HashMap<String, String>>,
}
