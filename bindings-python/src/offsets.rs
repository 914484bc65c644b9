//! From UTF-8 byte offsets to code points.

/// Converts each offset in place. Offsets may come in any order and lie on character boundaries.
pub fn to_code_points(text: &str, offsets: &mut [usize]) {
    if text.is_ascii() {
        return;
    }
    let mut order: Vec<usize> = (0..offsets.len()).collect();
    order.sort_unstable_by_key(|&index| offsets[index]);
    let (mut byte, mut points) = (0, 0);
    for index in order {
        let target = offsets[index].min(text.len());
        points += text.as_bytes()[byte..target].iter().filter(|&&it| !is_continuation(it)).count();
        byte = target;
        offsets[index] = points;
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}
