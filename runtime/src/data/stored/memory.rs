//! Much memory at once, for what is written once and shared then.

use memmap2::MmapMut;
use zerocopy::FromBytes;

/// Words, all zero at first.
#[derive(Debug)]
pub(crate) struct Memory(Place);

#[derive(Debug)]
enum Place {
    Heap(Vec<u64>),
    /// Straight from the system, in pages as large as it has: making many small ones takes longer than writing them.
    System(MmapMut),
}

/// Less than this comes from the heap, in bytes.
const MUCH: usize = 4 << 20;

impl Memory {
    /// So many words.
    pub(crate) fn zeros(words: usize) -> Memory {
        let bytes = words.saturating_mul(size_of::<u64>());
        if bytes < MUCH {
            return Memory(Place::Heap(vec![0; words]));
        }
        match MmapMut::map_anon(bytes) {
            Ok(map) => {
                // Only a hint; where it is not taken everything is as it was.
                #[cfg(target_os = "linux")]
                let _ = map.advise(memmap2::Advice::HugePage);
                Memory(Place::System(map))
            }
            Err(_) => Memory(Place::Heap(vec![0; words])),
        }
    }

    /// All words.
    #[inline]
    pub(crate) fn words(&self) -> &[u64] {
        match &self.0 {
            Place::Heap(words) => words,
            // Pages are aligned to far more than a word, and their number of bytes is a multiple of it.
            Place::System(map) => <[u64]>::ref_from_bytes(map).unwrap_or(&[]),
        }
    }

    /// All words.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        match &mut self.0 {
            Place::Heap(words) => words,
            Place::System(map) => <[u64]>::mut_from_bytes(map).unwrap_or(&mut []),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_and_much_is_zero_and_can_be_written() {
        for words in [0, 1, 1000, MUCH / 8 - 1, MUCH / 8, MUCH / 8 + 1] {
            let mut memory = Memory::zeros(words);
            assert_eq!(memory.words().len(), words);
            assert!(memory.words().iter().all(|word| *word == 0));
            memory.words_mut().fill(7);
            assert!(memory.words().iter().all(|word| *word == 7));
            assert_eq!(memory.words().len(), words);
        }
    }
}
