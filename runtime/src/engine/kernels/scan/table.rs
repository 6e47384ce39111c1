//! Sets of codes: up to 64 of them looked up at once.
//!
//! A table has for each code a word with a bit for each set that the code is in. 64 rows give 64 such words, a square of
//! bits, which turned over its diagonal is a word of rows for each set: a look-up a row, however many sets there are.

use super::{Cell, Instructions};
use crate::data::turned;
use crate::processor::compiled_for_each;

/// How many sets a table holds.
pub(crate) const SETS: usize = 64;

/// Up to 64 sets of codes.
#[derive(Debug, Clone)]
pub(crate) struct Masks {
    /// By code.
    words: Vec<u64>,
}

impl Masks {
    /// Empty sets of codes below `codes`.
    pub(crate) fn new(codes: usize) -> Masks {
        Masks { words: vec![0; codes.max(1)] }
    }

    /// Puts a code into a set.
    pub(crate) fn insert(&mut self, code: usize, set: usize) {
        if let Some(word) = self.words.get_mut(code) {
            *word |= 1 << (set % SETS);
        }
    }

    /// Gives for 64 rows at a time (fewer at the end) the number of the word and, by set, the rows whose cell is in it.
    pub(crate) fn scan<T: Cell>(&self, path: Instructions, cells: &[T], mut give: impl FnMut(usize, &[u64; SETS])) {
        for (at, cells) in cells.chunks(64).enumerate() {
            let mut square = [0; SETS];
            for (row, cell) in square.iter_mut().zip(cells) {
                let cell: u64 = (*cell).into();
                *row = usize::try_from(cell).ok().and_then(|code| self.words.get(code)).copied().unwrap_or(0);
            }
            turn(path, &mut square);
            give(at, &square);
        }
    }
}

compiled_for_each! {
    /// Turns a square of bits over its diagonal.
    fn turn(square: &mut [u64; SETS]) = turned
}
