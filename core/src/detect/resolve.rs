//! Overlapping candidates: of two that share bytes, one stays.

use super::Candidate;
use crate::model::Evidence;

/// Orders candidates by place and keeps the better of any two that overlap. `addresses` tells the patterns of addresses.
pub fn resolve(items: &mut Vec<Candidate>, addresses: &[bool]) {
    if items.is_sorted_by(|a, b| a.detection.end <= b.detection.start) {
        return;
    }
    if !items.is_sorted_by_key(|it| it.detection.start) {
        items.sort_by_key(|it| (it.detection.start, u32::MAX - it.detection.end));
    }
    let mut kept = 0;
    for index in 0..items.len() {
        let item = items[index];
        if kept > 0 && item.detection.start < items[kept - 1].detection.end {
            if better(&item, &items[kept - 1], addresses) {
                kept -= 1;
                // The one taken out may have hidden nothing else: what lies before it ended before it began.
                while kept > 0 && items[kept - 1].detection.end > item.detection.start {
                    if !better(&item, &items[kept - 1], addresses) {
                        break;
                    }
                    kept -= 1;
                }
                if kept > 0 && items[kept - 1].detection.end > item.detection.start {
                    continue;
                }
            } else {
                continue;
            }
        }
        items[kept] = item;
        kept += 1;
    }
    items.truncate(kept);
}

/// Higher band first, then a value that a list knows, then an address before what the model guesses, then the longer value, then what a pattern says
/// before what the model guesses, then the score.
fn better(a: &Candidate, b: &Candidate, addresses: &[bool]) -> bool {
    let guessed = a.detection.evidence.has(Evidence::MODEL) || b.detection.evidence.has(Evidence::MODEL);
    let rank = |it: &Candidate| {
        let detection = &it.detection;
        let by_pattern = !detection.evidence.has(Evidence::MODEL);
        let address = guessed && by_pattern && addresses.get(usize::from(detection.pattern)) == Some(&true);
        let known = detection.evidence.has(Evidence::EDM);
        (detection.permille >= 500, known, address, detection.end - detection.start, by_pattern, detection.permille)
    };
    rank(a) > rank(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Detection, EntityId, Subject};

    fn candidate(start: u32, end: u32, permille: u16) -> Candidate {
        let detection = Detection {
            entity: EntityId(0),
            pattern: 0,
            start,
            end,
            permille,
            validated: None,
            role: None,
            subject: Subject::Unknown,
            evidence: Evidence::default(),
            field: 0,
        };
        Candidate { detection, column: 0, words: 0, value: 0 }
    }

    #[test]
    fn the_longer_of_two_sure_ones_stays() {
        let mut items =
            vec![candidate(0, 5, 900), candidate(3, 20, 600), candidate(10, 12, 990), candidate(21, 22, 500)];
        resolve(&mut items, &[]);
        let places: Vec<(u32, u32)> = items.iter().map(|it| (it.detection.start, it.detection.end)).collect();
        assert_eq!(places, [(3, 20), (21, 22)]);
    }

    #[test]
    fn an_unsure_one_never_hides_a_sure_one() {
        let mut items = vec![candidate(0, 30, 300), candidate(3, 8, 600)];
        resolve(&mut items, &[]);
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].detection.start, 3);
    }
}
