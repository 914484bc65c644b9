//! The reader as a whole.
