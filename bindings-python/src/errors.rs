//! One exception class for each kind of error.

use phisift::ErrorKind;
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(phisift, Error, PyException, "What phisift could not do. Never holds document text.");
create_exception!(phisift, PatternError, Error, "A pattern file is wrong.");
create_exception!(phisift, UsageError, Error, "An option or argument is wrong.");
create_exception!(phisift, IoError, Error, "Reading or writing failed.");
create_exception!(phisift, ClosedError, Error, "Whoever receives the output went away.");
create_exception!(phisift, CancelledError, Error, "The caller cancelled.");

/// The exception of an error.
pub fn to_python(error: phisift::Error) -> PyErr {
    let message = error.to_string();
    match error.kind() {
        ErrorKind::Pattern => PatternError::new_err(message),
        ErrorKind::Usage => UsageError::new_err(message),
        ErrorKind::Io => IoError::new_err(message),
        ErrorKind::Closed => ClosedError::new_err(message),
        ErrorKind::Cancelled => CancelledError::new_err(message),
        _ => Error::new_err(message),
    }
}

/// Adds the classes to the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("Error", py.get_type::<Error>())?;
    module.add("PatternError", py.get_type::<PatternError>())?;
    module.add("UsageError", py.get_type::<UsageError>())?;
    module.add("IoError", py.get_type::<IoError>())?;
    module.add("ClosedError", py.get_type::<ClosedError>())?;
    module.add("CancelledError", py.get_type::<CancelledError>())
}
