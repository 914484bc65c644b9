//! From UTF-8 byte offsets to UTF-16 units.

/// Converts each offset in place. Offsets may come in any order and lie on character boundaries.
pub fn to_utf16(text: &str, offsets: &mut [usize]) {
    if text.is_ascii() {
        return;
    }
    let mut order: Vec<usize> = (0..offsets.len()).collect();
    order.sort_unstable_by_key(|&index| offsets[index]);
    let (mut byte, mut units) = (0, 0);
    for index in order {
        let target = offsets[index].min(text.len());
        units += text.as_bytes()[byte..target].iter().map(|&it| units_of_lead(it)).sum::<usize>();
        byte = target;
        offsets[index] = units;
    }
}

/// Units of the character that a byte leads; none for the bytes that continue one.
fn units_of_lead(byte: u8) -> usize {
    match byte {
        0b1000_0000..=0b1011_1111 => 0,
        0b1111_0000.. => 2,
        _ => 1,
    }
}
