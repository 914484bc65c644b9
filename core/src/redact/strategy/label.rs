//! Leaves the identifier's name in brackets.

use super::super::RedactOptions;
use crate::detect::Entity;

pub(super) fn write(_: &[u8], entity: &Entity, _: &RedactOptions, out: &mut Vec<u8>) {
    out.push(b'[');
    out.extend_from_slice(entity.id.as_bytes());
    out.push(b']');
}
