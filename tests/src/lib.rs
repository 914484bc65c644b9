//! What the tests share: marked texts and how detections are scored against them. Knows nothing of phisift's API.

pub mod floors;
pub mod marked;
pub mod score;
