//! The reusable detector.

use std::collections::BTreeMap;
use std::sync::Arc;

use phisift::detect::{DetectorOptions, Ruleset};
use phisift::redact::{RedactOptions, Redactor};
use phisift::scan::{ScanOptions, Scanner};
use pyo3::exceptions::PyUnicodeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;

use crate::detection::Detection;
use crate::errors::{UsageError, to_python};
use crate::packed::{Detections, Row};

/// Options and patterns, made once and used for many texts. Immutable; threads may share it.
#[pyclass(frozen, module = "phisift")]
pub struct Detector {
    scanner: Scanner,
}

#[pymethods]
impl Detector {
    #[new]
    #[pyo3(signature = (*, patterns=None, min_score=0.5, only=None, skip=None))]
    pub fn new(
        patterns: Option<BTreeMap<String, String>>,
        min_score: f64,
        only: Option<Vec<String>>,
        skip: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let ruleset = match patterns {
            Some(patterns) => Ruleset::with_files(&patterns.into_iter().collect::<Vec<_>>()),
            None => Ruleset::builtin(),
        };
        let ruleset = ruleset.map_err(to_python)?;
        let options = DetectorOptions::named(&ruleset, min_score, &only.unwrap_or_default(), &skip.unwrap_or_default());
        let detector = phisift::detect::Detector::new(ruleset, options.map_err(to_python)?).map_err(to_python)?;
        Ok(Detector { scanner: Scanner::new(Arc::new(detector), ScanOptions::default()) })
    }

    /// Finds identifiers in a text. `label` says what field or column the text is the value of.
    #[pyo3(signature = (text, *, label=None))]
    pub fn detect(
        &self,
        py: Python<'_>,
        text: &Bound<'_, PyAny>,
        label: Option<PyBackedStr>,
    ) -> PyResult<Vec<Detection>> {
        let text = backed(text)?;
        Ok(py.detach(|| {
            let found = match label {
                Some(label) => self.scanner.detect_value(&label, &text),
                None => self.scanner.detect_text(&text),
            };
            Detection::of_text(&text, found)
        }))
    }

    /// Finds identifiers in many texts, and answers in packed buffers.
    pub fn detect_many(&self, py: Python<'_>, texts: &Bound<'_, PyAny>) -> PyResult<Detections> {
        let texts = texts.try_iter()?.map(|text| backed(&text?)).collect::<PyResult<Vec<_>>>()?;
        let rows = py.detach(|| {
            let mut rows = Vec::new();
            for (index, text) in texts.iter().enumerate() {
                Row::push_text(&mut rows, index as u32, text, &self.scanner.scan_bytes("", text.as_bytes(), None));
            }
            rows
        });
        let entities = self.scanner.detector().ruleset().entities();
        Detections::new(py, &rows, entities.iter().map(|it| it.id.as_str()))
    }

    /// The text with every identifier replaced.
    #[pyo3(signature = (text, strategy="label"))]
    pub fn redact(&self, py: Python<'_>, text: &Bound<'_, PyAny>, strategy: &str) -> PyResult<String> {
        let text = backed(text)?;
        let options = RedactOptions::named(strategy).map_err(to_python)?;
        let redactor = Redactor::new(self.scanner.detector().clone(), options);
        let redacted = py.detach(|| redactor.redact(text.as_bytes()));
        Ok(String::from_utf8(redacted).expect("values are cut out of text at the edges of characters"))
    }

    /// A hash of all patterns, in hexadecimal: findings made with the same hash are comparable.
    #[getter]
    fn ruleset_hash(&self) -> &str {
        self.scanner.detector().ruleset().hash()
    }
}

/// A text that outlives the release of the GIL. Python's own error for a lone surrogate carries the whole text, so it
/// is replaced by one that does not.
fn backed(text: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
    text.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyUnicodeError>(text.py()) {
            return UsageError::new_err("the text holds a lone surrogate and cannot be encoded as UTF-8");
        }
        error
    })
}
