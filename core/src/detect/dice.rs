//! Numbers for tests: as good as random, and the same in every run.

/// Throws dice of as many sides as asked for.
pub fn dice() -> impl FnMut(usize) -> usize {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move |sides| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % sides
    }
}
