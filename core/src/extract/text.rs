//! Anything read in lines: notes, logs, source code, and every byte stream nobody knows better.

use super::block::{self, BLOCK, Utf8, Window};
use super::head::Stream;
use super::job::Job;
use crate::model::Segment;

/// Reads a stream to its end as narrative text.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut window = stream.into_window();
    let mut begin = 0;
    while let Some(next) = read_block(job, &mut window, begin) {
        begin = next;
    }
}

/// Reads on as narrative text where another reader gave up.
pub(super) fn read_rest(job: &mut Job<'_>, rest: Utf8<'_>) {
    let mut window = rest.into_window();
    let mut begin = 0;
    while let Some(next) = read_block(job, &mut window, begin) {
        begin = next;
    }
}

/// Reads the first block only: what metadata stands in clear before pixels, sound or code.
pub(super) fn read_start(job: &mut Job<'_>, stream: Stream<'_>) {
    read_block(job, &mut stream.into_window(), 0);
}

/// Emits one block, of which `begin` bytes are context; returns how many bytes are context of the next one.
fn read_block(job: &mut Job<'_>, window: &mut Window<'_>, begin: usize) -> Option<usize> {
    window.fill();
    let len = window.text().len();
    debug_assert!(len <= BLOCK, "a window never holds more than a block");
    if window.is_last() {
        if len > begin {
            let last = window.cut(len, len, Vec::new());
            job.send(last.into_segment(begin..len));
        }
        return None;
    }
    let cut = block::cut_lines(window.text(), begin);
    let block = window.cut(cut.text_end, cut.next_start, job.buffer());
    job.send(block.into_segment(begin..cut.own_end)).then_some(cut.own_end - cut.next_start)
}

/// Emits the line at the beginning of the window to its end, as `dress` makes it; false where the receiver wants no
/// more. For formats in whose streams a line is longer than a block and nothing of theirs.
pub(super) fn read_long_line(job: &mut Job<'_>, window: &mut Window<'_>, dress: impl Fn(Segment) -> Segment) -> bool {
    read_long(job, window, |text| memchr::memchr(b'\n', text).map(|at| at + 1), dress)
}

/// The same of text that ends where `ends` says, if it sees the end.
pub(super) fn read_long(
    job: &mut Job<'_>,
    window: &mut Window<'_>,
    ends: impl Fn(&[u8]) -> Option<usize>,
    dress: impl Fn(Segment) -> Segment,
) -> bool {
    let mut begin = 0;
    loop {
        window.fill();
        let text = window.text();
        let end = ends(&text[begin..]).map(|at| begin + at);
        let own_end = if window.is_last() { end.or(Some(text.len())) } else { end };
        if let Some(own_end) = own_end {
            let block = window.cut(own_end, own_end, job.buffer());
            return own_end == begin || job.send(dress(block.into_segment(begin..own_end)));
        }
        let cut = block::cut_lines(text, begin);
        let block = window.cut(cut.text_end, cut.next_start, job.buffer());
        if !job.send(dress(block.into_segment(begin..cut.own_end))) {
            return false;
        }
        begin = cut.own_end - cut.next_start;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, same_in_any_reads};

    #[test]
    fn a_small_text_is_one_block() {
        let (kept, extraction) = run(b"Patient: Jane Example\nMRN 12345\n");
        assert_eq!(extraction.format, "text");
        assert_eq!(kept.segments.len(), 1);
        assert!(kept.segments[0].fields.is_empty());
        assert_eq!(extraction.outcome.bytes_examined, 32);
    }

    fn lines(bytes: usize) -> Vec<u8> {
        let mut text = Vec::new();
        let mut count = 0u64;
        while text.len() < bytes {
            count += 1;
            text.extend_from_slice(format!("line {count} of {}\n", "x".repeat(count as usize % 150)).as_bytes());
        }
        text
    }

    #[test]
    fn blocks_end_with_lines_and_own_every_byte_once() {
        let text = lines(3_500_000);
        let (kept, _) = run(&text);
        assert!(kept.segments.len() >= 4);
        assert_eq!(kept.owned(), text);
        for segment in &kept.segments {
            let start = segment.map.start(0) as usize;
            assert_eq!(segment.text.0, text[start..start + segment.text.len()]);
            assert_eq!(segment.lines_before as usize, text[..start].iter().filter(|&&byte| byte == b'\n').count());
            assert!(segment.text.len() <= super::BLOCK);
        }
        assert!(kept.segments[1].own.start > 0 && kept.segments[1].own.start <= 256);
    }

    #[test]
    fn reads_of_any_size_give_the_same_blocks() {
        same_in_any_reads(&lines(1_300_000));
        same_in_any_reads("é€𝄞x".repeat(150_000).as_bytes());
        same_in_any_reads(&b"abc\xE9 \xE2\x82 def\n".repeat(90_000));
    }

    #[test]
    fn a_line_longer_than_a_block_is_carried() {
        let text = b"0123456789".repeat(400_000);
        let (kept, _) = run(&text);
        assert_eq!(kept.owned(), text);
        let second = &kept.segments[1];
        assert_eq!(second.own.start, 2048);
        assert_eq!(kept.segments[0].text.len() - kept.segments[0].own.end as usize, 2048);
    }
}
