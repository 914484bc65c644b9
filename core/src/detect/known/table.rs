//! The hashes of a list, sorted, at seven bytes each; and a bitmap before them that fits nearer to the processor.

/// Bytes of an entry: 48 bits of the hash behind those that say its bucket, and the column.
const ENTRY: usize = 7;
/// Entries of a bucket on the average, as a power of two.
const BUCKET_BITS: u32 = 3;
/// Bits of the bitmap for each entry, as a power of two.
const FILTER_BITS: u32 = 3;

/// Hashes with their columns.
pub struct Table {
    /// Where each bucket begins, and where the last ends; then the entries.
    bytes: Vec<u8>,
    bits: u32,
    entries: usize,
    filter: Vec<u64>,
    filter_bits: u32,
}

impl Table {
    /// The table of those hashes and columns.
    pub fn build(mut rows: Vec<(u64, u8)>) -> Table {
        rows.sort_unstable();
        rows.dedup();
        let bits = bits_of(rows.len());
        let mut bytes = Vec::with_capacity(size(rows.len(), bits));
        let mut row = 0;
        for bucket in 0..1u64 << bits {
            bytes.extend_from_slice(&(row as u32).to_le_bytes());
            while row < rows.len() && top(rows[row].0, bits) == bucket {
                row += 1;
            }
        }
        bytes.extend_from_slice(&(rows.len() as u32).to_le_bytes());
        for (hash, column) in &rows {
            bytes.extend_from_slice(&rest(*hash, bits).to_le_bytes()[..6]);
            bytes.push(*column);
        }
        Table { bytes, bits, entries: rows.len(), filter: Vec::new(), filter_bits: 0 }.filtered()
    }

    /// The table of those bytes; `None` where they are none.
    pub fn open(bytes: Vec<u8>, entries: usize, bits: u32) -> Option<Table> {
        if entries > u32::MAX as usize || bits != bits_of(entries) || bytes.len() != size(entries, bits) {
            return None;
        }
        let table = Table { bytes, bits, entries, filter: Vec::new(), filter_bits: 0 };
        let starts: Vec<usize> = (0..=1usize << bits).map(|it| table.start(it)).collect();
        let sound = starts.is_sorted() && starts[0] == 0 && starts.last() == Some(&entries);
        sound.then(|| table.filtered())
    }

    /// Its bytes in a file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many hashes it has.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Bits of a hash that say its bucket.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// The columns that hold a value of that hash.
    #[inline]
    pub fn find(&self, hash: u64) -> impl Iterator<Item = u8> + '_ {
        let bit = top(hash, self.filter_bits);
        let admitted = self.filter[(bit / 64) as usize] >> (bit % 64) & 1 == 1;
        let bucket = top(hash, self.bits) as usize;
        let (first, last) = if admitted { (self.start(bucket), self.start(bucket + 1)) } else { (0, 0) };
        let wanted = rest(hash, self.bits);
        let entries = self.bytes[self.entry(first)..self.entry(last)].chunks_exact(ENTRY);
        entries.filter(move |it| stored(it) == wanted).map(|it| it[6])
    }

    #[inline]
    fn start(&self, bucket: usize) -> usize {
        let at = bucket * 4;
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().expect("a slice of four bytes")) as usize
    }

    #[inline]
    fn entry(&self, number: usize) -> usize {
        ((1 << self.bits) + 1) * 4 + number * ENTRY
    }

    fn filtered(mut self) -> Table {
        let slots = (self.entries << FILTER_BITS).next_power_of_two().max(64);
        self.filter_bits = slots.ilog2();
        self.filter = vec![0; slots / 64];
        for bucket in 0..1usize << self.bits {
            for number in self.start(bucket)..self.start(bucket + 1) {
                let at = self.entry(number);
                let low = stored(&self.bytes[at..at + ENTRY]);
                let hash = (bucket as u128) << (128 - self.bits) | u128::from(low) << (80 - self.bits);
                let bit = top((hash >> 64) as u64, self.filter_bits);
                self.filter[(bit / 64) as usize] |= 1 << (bit % 64);
            }
        }
        self
    }
}

/// Bits that say a bucket, for so many entries.
fn bits_of(entries: usize) -> u32 {
    entries.next_power_of_two().ilog2().saturating_sub(BUCKET_BITS).max(1)
}

fn size(entries: usize, bits: u32) -> usize {
    ((1 << bits) + 1) * 4 + entries * ENTRY
}

#[inline]
fn top(hash: u64, bits: u32) -> u64 {
    hash >> (64 - bits)
}

/// 48 bits behind the top ones.
#[inline]
fn rest(hash: u64, bits: u32) -> u64 {
    hash << bits >> 16
}

#[inline]
fn stored(entry: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes[..6].copy_from_slice(&entry[..6]);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes as good as random ones.
    fn hash(number: u64) -> u64 {
        let bytes = blake3::hash(&number.to_le_bytes());
        u64::from_le_bytes(bytes.as_bytes()[..8].try_into().unwrap())
    }

    #[test]
    fn what_is_in_is_found_and_nothing_else() {
        for count in [0, 1, 7, 9, 1000, 40_000] {
            let rows: Vec<(u64, u8)> = (0..count).map(|it| (hash(it), (it % 3) as u8)).collect();
            let table = Table::build(rows);
            let again = Table::open(table.bytes().to_vec(), table.len(), table.bits()).unwrap();
            for number in 0..count {
                assert_eq!(again.find(hash(number)).collect::<Vec<_>>(), [(number % 3) as u8]);
            }
            let strangers = (count..count + 50_000).filter(|it| table.find(hash(*it)).next().is_some());
            assert_eq!(strangers.count(), 0);
        }
    }

    #[test]
    fn a_value_of_two_columns_has_both() {
        let table = Table::build(vec![(hash(1), 4), (hash(1), 2), (hash(1), 2)]);
        assert_eq!(table.find(hash(1)).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn bytes_that_are_no_table_are_refused() {
        let table = Table::build((0..100).map(|it| (hash(it), 0)).collect());
        let bytes = table.bytes().to_vec();
        assert!(Table::open(bytes[1..].to_vec(), 100, table.bits()).is_none());
        assert!(Table::open(bytes.clone(), 101, table.bits()).is_none());
        assert!(Table::open(bytes.clone(), 100, 60).is_none());
        let mut wrong = bytes;
        wrong[..4].copy_from_slice(&9u32.to_le_bytes());
        assert!(Table::open(wrong, 100, table.bits()).is_none());
    }
}
