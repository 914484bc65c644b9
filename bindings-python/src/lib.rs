//! The Python module `phisift._core`: converts, calls the library, maps errors and offsets. Holds no logic.

mod detection;
mod detector;
mod errors;
mod offsets;
mod packed;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;

use detection::Detection;
use detector::Detector;
use packed::Detections;

/// Finds identifiers in a text.
#[pyfunction]
#[pyo3(signature = (text, *, label=None, min_score=0.5, only=None, skip=None))]
fn detect(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    label: Option<PyBackedStr>,
    min_score: f64,
    only: Option<Vec<String>>,
    skip: Option<Vec<String>>,
) -> PyResult<Vec<Detection>> {
    Detector::new(None, min_score, only, skip)?.detect(py, text, label)
}

/// Finds identifiers in many texts, and answers in packed buffers.
#[pyfunction]
#[pyo3(signature = (texts, *, min_score=0.5, only=None, skip=None))]
fn detect_many(
    py: Python<'_>,
    texts: &Bound<'_, PyAny>,
    min_score: f64,
    only: Option<Vec<String>>,
    skip: Option<Vec<String>>,
) -> PyResult<Detections> {
    Detector::new(None, min_score, only, skip)?.detect_many(py, texts)
}

/// The text with every identifier replaced.
#[pyfunction]
#[pyo3(signature = (text, strategy="label", *, min_score=0.5, only=None, skip=None))]
fn redact(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    strategy: &str,
    min_score: f64,
    only: Option<Vec<String>>,
    skip: Option<Vec<String>>,
) -> PyResult<String> {
    Detector::new(None, min_score, only, skip)?.redact(py, text, strategy)
}

#[pymodule(gil_used = false)]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Detection>()?;
    module.add_class::<Detections>()?;
    module.add_class::<Detector>()?;
    module.add_function(wrap_pyfunction!(detect, module)?)?;
    module.add_function(wrap_pyfunction!(detect_many, module)?)?;
    module.add_function(wrap_pyfunction!(redact, module)?)?;
    errors::add(module)
}
