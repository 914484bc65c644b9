//! Leaves nothing.

use super::super::RedactOptions;
use crate::detect::Entity;

pub(super) fn write(_: &[u8], _: &Entity, _: &RedactOptions, _: &mut Vec<u8>) {}
