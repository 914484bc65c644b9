//! The reusable detector.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;

use crate::detection::Detection;
use crate::errors::{UsageError, to_python};
use crate::offsets::to_code_points;
use crate::packed::{Detections, Row};
use crate::seam;

/// Options and patterns, made once and used for many texts. Immutable; threads may share it.
#[pyclass(frozen, module = "phisift")]
pub struct Detector {
    inner: seam::Engine,
}

#[pymethods]
impl Detector {
    #[new]
    #[pyo3(signature = (*, patterns=None, min_score=0.5, only=None, skip=None))]
    pub fn new(
        patterns: Option<BTreeMap<String, String>>,
        min_score: f32,
        only: Option<Vec<String>>,
        skip: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let patterns: Vec<(String, String)> = patterns.unwrap_or_default().into_iter().collect();
        let only = only.unwrap_or_default();
        let skip = skip.unwrap_or_default();
        Ok(Detector { inner: seam::Engine::new(&patterns, min_score, &only, &skip).map_err(to_python)? })
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
            let mut found = self.inner.detect(&text, label.as_deref());
            let mut offsets: Vec<usize> = found.iter().flat_map(|it| [it.start, it.end]).collect();
            to_code_points(&text, &mut offsets);
            for (detection, offsets) in found.iter_mut().zip(offsets.chunks_exact(2)) {
                (detection.start, detection.end) = (offsets[0], offsets[1]);
            }
            found
        }))
    }

    /// Finds identifiers in many texts, and answers in packed buffers.
    pub fn detect_many(&self, py: Python<'_>, texts: &Bound<'_, PyAny>) -> PyResult<Detections> {
        let texts = texts.try_iter()?.map(|text| backed(&text?)).collect::<PyResult<Vec<_>>>()?;
        let rows = py.detach(|| {
            let mut rows = Vec::new();
            for (index, text) in texts.iter().enumerate() {
                self.rows_of(index as u32, text, &mut rows);
            }
            rows
        });
        Detections::new(py, &rows, &self.inner.entity_names())
    }

    /// The text with every identifier replaced.
    #[pyo3(signature = (text, strategy="label"))]
    pub fn redact(&self, py: Python<'_>, text: &Bound<'_, PyAny>, strategy: &str) -> PyResult<String> {
        let text = backed(text)?;
        py.detach(|| self.inner.redact(&text, strategy)).map_err(to_python)
    }

    /// A hash of all patterns, in hexadecimal: findings made with the same hash are comparable.
    #[getter]
    fn ruleset_hash(&self) -> &str {
        self.inner.ruleset_hash()
    }
}

impl Detector {
    fn rows_of(&self, index: u32, text: &str, rows: &mut Vec<Row>) {
        let found = self.inner.find(text, None);
        let mut offsets: Vec<usize> = found.iter().flat_map(|it| [it.start, it.end]).collect();
        to_code_points(text, &mut offsets);
        rows.extend(found.iter().zip(offsets.chunks_exact(2)).map(|(it, offsets)| Row {
            text: index,
            start: offsets[0] as u32,
            end: offsets[1] as u32,
            entity: it.entity,
            score: it.score,
        }));
    }
}

/// A text that outlives the release of the GIL. Python's own error for a lone surrogate carries the whole text, so it
/// is replaced by one that does not.
fn backed(text: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
    text.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<pyo3::exceptions::PyUnicodeError>(text.py()) {
            return UsageError::new_err("the text holds a lone surrogate and cannot be encoded as UTF-8");
        }
        error
    })
}
