//! Much memory at once, for what is written once and shared then.

use memmap2::{Mmap, MmapMut};
use std::fs::File;
use zerocopy::{FromBytes, IntoBytes};

/// Words, all zero at first, or those of a file.
#[derive(Debug)]
pub(crate) struct Memory(Place);

#[derive(Debug)]
enum Place {
    Heap(Vec<u64>),
    /// Straight from the system, in pages as large as it has: making many small ones takes longer than writing them.
    System(MmapMut),
    /// A file, read as it is looked at.
    File(Mmap),
}

/// Less than this comes from the heap, in bytes.
const MUCH: usize = 4 << 20;

impl Default for Memory {
    fn default() -> Memory {
        Memory(Place::Heap(Vec::new()))
    }
}

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

    /// The words of a file, whose length is a multiple of eight bytes. They are in the order of this machine's bytes.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn of_file(file: &File) -> std::io::Result<Memory> {
        // SAFETY: what is mapped must not change while it is. Only files of prepared data are, which are written once
        // under another name, can be written by their owner only, and are never changed but replaced as a whole. Nothing
        // but numbers is read from them. Numbers that are used as places, and texts, are checked (`Stored::restore`) unless
        // the system says that the file is untouched since we wrote it: same owner, number, size and time of change.
        let map = unsafe { Mmap::map(file)? };
        // Only a hint: what has to come from the disk comes in large pieces then, for large pages.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Memory(Place::File(map)))
    }

    /// What is in it is no longer needed: the system may take it when it runs short of memory. Writing to it again keeps it.
    pub(crate) fn spare(&mut self) {
        #[cfg(target_os = "linux")]
        if let Place::System(map) = &mut self.0 {
            // SAFETY: nobody else borrows it; until they are written again its words are what they were or 0, and any number
            // is a word.
            let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::Free) };
        }
    }

    /// All bytes.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.0 {
            Place::Heap(words) => words.as_bytes(),
            Place::System(map) => map,
            Place::File(map) => map,
        }
    }

    /// All words.
    #[inline]
    pub(crate) fn words(&self) -> &[u64] {
        match &self.0 {
            Place::Heap(words) => words,
            // Pages are aligned to far more than a word, and their number of bytes is a multiple of it.
            Place::System(map) => <[u64]>::ref_from_bytes(map).unwrap_or(&[]),
            Place::File(map) => <[u64]>::ref_from_bytes(map).unwrap_or(&[]),
        }
    }

    /// All words; none of a file, which nobody may change.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        match &mut self.0 {
            Place::Heap(words) => words,
            Place::System(map) => <[u64]>::mut_from_bytes(map).unwrap_or(&mut []),
            Place::File(_) => &mut [],
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
            memory.spare();
            memory.words_mut().fill(8);
            assert!(memory.words().len() == words && memory.words().iter().all(|word| *word == 8));
        }
    }
}
