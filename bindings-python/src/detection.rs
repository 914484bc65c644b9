//! One identifier found, as Python sees it.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// An identifier found in a text. Holds no text: slice the text with `start` and `end`.
#[pyclass(frozen, eq, module = "phisift")]
#[derive(Clone, PartialEq)]
pub struct Detection {
    /// First code point.
    #[pyo3(get)]
    pub start: usize,
    /// Behind the last code point.
    #[pyo3(get)]
    pub end: usize,
    /// Stable id of what it is, such as `us_ssn`.
    #[pyo3(get)]
    pub entity: String,
    /// Safe Harbor letter, A to R.
    #[pyo3(get)]
    pub category: Option<char>,
    /// Probability that the value is what it is called.
    #[pyo3(get)]
    pub score: f32,
    /// `low`, `medium` or `high`.
    #[pyo3(get)]
    pub band: &'static str,
    /// What its validator says; `None` where there is none.
    #[pyo3(get)]
    pub validated: Option<bool>,
    /// What the value is for, where a cue tells: `birth`, `admission`, …
    #[pyo3(get)]
    pub role: Option<&'static str>,
    /// Whose it is, where that can be told: `patient`, `relative`, `provider`.
    #[pyo3(get)]
    pub subject: Option<&'static str>,
    /// Why it counts: ids of a closed set.
    pub evidence: Vec<String>,
}

#[pymethods]
impl Detection {
    #[getter]
    fn evidence<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.evidence)
    }

    fn __repr__(&self) -> String {
        let Detection { start, end, entity, score, .. } = self;
        format!("Detection(start={start}, end={end}, entity='{entity}', score={score:.3})")
    }
}
