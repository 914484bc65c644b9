//! One identifier found, as JavaScript sees it.

use napi_derive::napi;
use phisift::scan::Found;

use crate::offsets::to_utf16;

/// Described in `index.d.ts`.
#[napi(object, object_from_js = false)]
pub struct Detection {
    pub start: u32,
    pub end: u32,
    pub entity: String,
    pub category: Option<String>,
    pub score: f64,
    pub band: &'static str,
    pub validated: Option<bool>,
    pub role: Option<&'static str>,
    pub subject: Option<&'static str>,
    pub evidence: Vec<String>,
}

/// With offsets in UTF-16 units.
pub fn to_node(text: &str, found: Vec<Found>) -> Vec<Detection> {
    let mut offsets: Vec<usize> = found.iter().flat_map(|it| [it.start, it.end]).collect();
    to_utf16(text, &mut offsets);
    let pairs = offsets.chunks_exact(2);
    found.into_iter().zip(pairs).map(|(found, pair)| detection(found, pair[0], pair[1])).collect()
}

fn detection(found: Found, start: usize, end: usize) -> Detection {
    Detection {
        // A JavaScript string is shorter than 2^30 units.
        start: start as u32,
        end: end as u32,
        entity: found.entity,
        category: found.category.map(String::from),
        score: found.score,
        band: found.band,
        validated: found.validated,
        role: found.role,
        subject: found.subject,
        evidence: found.evidence,
    }
}
