//! Detections of many texts in flat, read-only buffers: no object per detection.

use phisift::scan::{Analysis, Place};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PyTuple};

use crate::offsets::to_code_points;

/// What was found in many texts, one row per detection, in order of the texts.
#[pyclass(frozen, module = "phisift")]
pub struct Detections {
    columns: [Py<PyAny>; 5],
    entities: Py<PyTuple>,
    length: usize,
}

/// One detection.
pub struct Row {
    pub text: u32,
    pub start: u32,
    pub end: u32,
    pub entity: u16,
    pub score: f32,
}

impl Row {
    /// Adds the rows of a text, with offsets in code points.
    pub fn push_text(rows: &mut Vec<Row>, index: u32, text: &str, analysis: &Analysis) {
        let findings: Vec<_> = analysis.blocks.iter().flat_map(|(_, findings)| findings).collect();
        let mut offsets: Vec<usize> =
            findings.iter().map(|it| Place::of(it)).flat_map(|it| [it.start, it.end]).collect();
        to_code_points(text, &mut offsets);
        rows.extend(findings.iter().zip(offsets.chunks_exact(2)).map(|(finding, pair)| Row {
            text: index,
            start: pair[0] as u32,
            end: pair[1] as u32,
            entity: finding.detection.entity.0,
            score: finding.detection.score(),
        }));
    }
}

impl Detections {
    /// Packs the rows; `entities` are the names that `Row::entity` counts in.
    pub fn new<'a>(py: Python<'_>, rows: &[Row], entities: impl Iterator<Item = &'a str>) -> PyResult<Self> {
        let entities: Vec<&str> = entities.collect();
        let columns = [
            column(py, "I", rows.iter().flat_map(|row| row.text.to_ne_bytes()))?,
            column(py, "I", rows.iter().flat_map(|row| row.start.to_ne_bytes()))?,
            column(py, "I", rows.iter().flat_map(|row| row.end.to_ne_bytes()))?,
            column(py, "H", rows.iter().flat_map(|row| row.entity.to_ne_bytes()))?,
            column(py, "f", rows.iter().flat_map(|row| row.score.to_ne_bytes()))?,
        ];
        Ok(Detections { columns, entities: PyTuple::new(py, entities)?.unbind(), length: rows.len() })
    }
}

fn column(py: Python<'_>, format: &str, bytes: impl Iterator<Item = u8>) -> PyResult<Py<PyAny>> {
    let bytes = PyBytes::new(py, &bytes.collect::<Vec<u8>>());
    Ok(PyMemoryView::from(&bytes)?.call_method1("cast", (format,))?.unbind())
}

#[pymethods]
impl Detections {
    /// Index of the text, `uint32`.
    #[getter]
    fn text_index(&self, py: Python<'_>) -> Py<PyAny> {
        self.columns[0].clone_ref(py)
    }

    /// First code point, `uint32`.
    #[getter]
    fn start(&self, py: Python<'_>) -> Py<PyAny> {
        self.columns[1].clone_ref(py)
    }

    /// Behind the last code point, `uint32`.
    #[getter]
    fn end(&self, py: Python<'_>) -> Py<PyAny> {
        self.columns[2].clone_ref(py)
    }

    /// Index in `entities`, `uint16`.
    #[getter]
    fn entity_id(&self, py: Python<'_>) -> Py<PyAny> {
        self.columns[3].clone_ref(py)
    }

    /// Scores, `float32`.
    #[getter]
    fn score(&self, py: Python<'_>) -> Py<PyAny> {
        self.columns[4].clone_ref(py)
    }

    /// Names of the entities, by id.
    #[getter]
    fn entities(&self, py: Python<'_>) -> Py<PyTuple> {
        self.entities.clone_ref(py)
    }

    fn __len__(&self) -> usize {
        self.length
    }

    fn __repr__(&self) -> String {
        format!("Detections({} rows)", self.length)
    }
}
