//! Text in, detections out. Pure: no file, network, clock or environment. Knows no file formats.

pub mod ruleset;
pub mod validate;
