//! Pictures in old documents (MS-ODRAW 2.2.23): they are not looked into, and that is said.

use super::super::job::Job;
use super::bytes::u32_at;
use crate::model::{Reason, Step};

/// Bytes below which a picture shows nothing.
const SMALLEST: usize = 256;

/// Says so where bytes hold a picture, or the beginning of one that is no larger than `most`.
pub(super) fn report(job: &mut Job<'_>, bytes: &[u8], most: usize) {
    let mut sizes = memchr::memchr_iter(0xF0, bytes).filter_map(|at| picture(bytes, at));
    let size = sizes.find(|it| *it <= most);
    if let Some(size) = size {
        job.unread_inside(Step::part("pictures"), Reason::ImageContent, Some(size as u64));
    }
}

/// The size of the picture whose record's type ends there: metafiles, JPEG, PNG, DIB, TIFF.
fn picture(bytes: &[u8], at: usize) -> Option<usize> {
    let (head, kind) = (bytes[at.checked_sub(3)?], bytes[at - 1]);
    let len = u32_at(bytes, at + 1)? as usize;
    let known = matches!(kind, 0x1A..=0x1F | 0x29 | 0x2A) && head & 15 == 0;
    (known && len >= SMALLEST).then_some(len)
}
