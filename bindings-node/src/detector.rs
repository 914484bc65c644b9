//! The reusable detector, and the task that runs it off the event loop.

use std::collections::HashMap;
use std::sync::Arc;

use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi::{Env, Task};
use napi_derive::napi;
use phisift::detect::{DetectorOptions, Ruleset};
use phisift::redact::{RedactOptions, Redactor};
use phisift::scan::{Found, ScanOptions, Scanner};

use crate::detection::{Detection, to_node};
use crate::errors::{self, Result};

/// Described in `index.d.ts`.
#[napi(object, object_to_js = false)]
pub struct Options {
    pub min_score: Option<f64>,
    pub only: Option<Vec<String>>,
    pub skip: Option<Vec<String>>,
    pub patterns: Option<HashMap<String, String>>,
}

/// Described in `index.d.ts` as `Detector`.
#[napi]
pub struct NativeDetector {
    scanner: Scanner,
}

#[napi]
impl NativeDetector {
    #[napi(constructor)]
    pub fn new(options: Options) -> Result<Self> {
        let ruleset = match options.patterns {
            Some(patterns) => {
                let mut files: Vec<(String, String)> = patterns.into_iter().collect();
                files.sort();
                Ruleset::with_files(&files)
            }
            None => Ruleset::builtin(),
        };
        let ruleset = ruleset.map_err(errors::to_node)?;
        let (only, skip) = (options.only.unwrap_or_default(), options.skip.unwrap_or_default());
        let options = DetectorOptions::named(&ruleset, options.min_score.unwrap_or(0.5), &only, &skip);
        let detector = phisift::detect::Detector::new(ruleset, options.map_err(errors::to_node)?);
        let detector = detector.map_err(errors::to_node)?;
        Ok(NativeDetector { scanner: Scanner::new(Arc::new(detector), ScanOptions::default()) })
    }

    #[napi]
    pub fn detect(&self, text: String, label: Option<String>) -> Vec<Detection> {
        to_node(&text, find(&self.scanner, &text, label.as_deref()))
    }

    #[napi(ts_return_type = "Promise<Detection[]>")]
    pub fn detect_async(
        &self,
        text: String,
        label: Option<String>,
        signal: Option<AbortSignal>,
    ) -> AsyncTask<DetectTask> {
        AsyncTask::with_optional_signal(DetectTask { scanner: self.scanner.clone(), text, label }, signal)
    }

    #[napi]
    pub fn redact(&self, text: String, strategy: String) -> Result<String> {
        let options = RedactOptions::named(&strategy).map_err(errors::to_node)?;
        let redacted = Redactor::new(self.scanner.detector().clone(), options).redact(text.as_bytes());
        Ok(String::from_utf8(redacted).expect("values are cut out of text at the edges of characters"))
    }

    #[napi(getter)]
    pub fn ruleset_hash(&self) -> &str {
        self.scanner.detector().ruleset().hash()
    }
}

/// One text, to be searched by a thread of Node's pool.
pub struct DetectTask {
    scanner: Scanner,
    text: String,
    label: Option<String>,
}

impl Task for DetectTask {
    type Output = Vec<Found>;
    type JsValue = Vec<Detection>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(find(&self.scanner, &self.text, self.label.as_deref()))
    }

    fn resolve(&mut self, _: Env, found: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(to_node(&self.text, found))
    }
}

fn find(scanner: &Scanner, text: &str, label: Option<&str>) -> Vec<Found> {
    match label {
        Some(label) => scanner.detect_value(label, text),
        None => scanner.detect_text(text),
    }
}
