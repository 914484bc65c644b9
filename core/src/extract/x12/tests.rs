//! Tests of the X12 reader.
