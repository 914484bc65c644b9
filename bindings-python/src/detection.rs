//! One identifier found, as Python sees it.

use phisift::scan::Found;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::offsets::to_code_points;

/// An identifier found in a text. Holds no text: slice the text with `start` and `end`.
#[pyclass(frozen, eq, module = "phisift")]
#[derive(PartialEq)]
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
    pub score: f64,
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

impl Detection {
    /// What was found in a text, with offsets in code points.
    pub fn of_text(text: &str, found: Vec<Found>) -> Vec<Self> {
        let mut offsets: Vec<usize> = found.iter().flat_map(|it| [it.start, it.end]).collect();
        to_code_points(text, &mut offsets);
        let pairs = offsets.chunks_exact(2);
        found.into_iter().zip(pairs).map(|(found, pair)| Detection::new(found, pair[0], pair[1])).collect()
    }

    fn new(found: Found, start: usize, end: usize) -> Self {
        Detection {
            start,
            end,
            entity: found.entity,
            category: found.category,
            score: found.score,
            band: found.band,
            validated: found.validated,
            role: found.role,
            subject: found.subject,
            evidence: found.evidence,
        }
    }
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
