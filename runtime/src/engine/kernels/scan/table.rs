//! Sets of codes: up to 64 of them looked up at once.
//!
//! A table has for each code a word with a bit for each set that the code is in. 64 rows give 64 such words, a square of
//! bits, which turned over its diagonal is a word of rows for each set: a look-up a row, however many sets there are.

use super::{Cell, Instructions};
use crate::data::turned;
use crate::processor::compiled_for_each;

/// How many sets a table holds.
pub(crate) const SETS: usize = 64;
/// Squares of bits that are filled before they are given.
const SQUARES: usize = 8;

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

    /// Gives for each of the first `sets` sets, and some hundred rows at a time, the rows whose cell is in it: the number of
    /// the first word, that of the set, and the words.
    pub(crate) fn scan<T: Cell>(
        &self,
        path: Instructions,
        cells: &[T],
        sets: usize,
        mut give: impl FnMut(usize, usize, &[u64]),
    ) {
        // Words of neighbouring rows are given together: one by one, each set's would go to a line of the cache of its own.
        let mut squares = [[0; SETS]; SQUARES];
        for (at, cells) in cells.chunks(SQUARES * 64).enumerate() {
            for (square, cells) in squares.iter_mut().zip(cells.chunks(64)) {
                if cells.len() < 64 {
                    square.fill(0);
                }
                for (row, cell) in square.iter_mut().zip(cells) {
                    let cell: u64 = (*cell).into();
                    *row = usize::try_from(cell).ok().and_then(|code| self.words.get(code)).copied().unwrap_or(0);
                }
                turn(path, square);
            }
            for set in 0..sets.min(SETS) {
                let words: [u64; SQUARES] = std::array::from_fn(|number| {
                    squares.get(number).and_then(|square| square.get(set)).copied().unwrap_or(0)
                });
                give(at * SQUARES, set, words.get(..cells.len().div_ceil(64)).unwrap_or(&[]));
            }
        }
    }
}

/// Turns a square of bits over its diagonal.
fn turn(path: Instructions, square: &mut [u64; SETS]) {
    match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the path is only given where the processor has these instructions.
        Instructions::Avx512 => unsafe { super::turn::turned(square) },
        _ => turned_plainly(path, square),
    }
}

compiled_for_each! {
    fn turned_plainly(square: &mut [u64; SETS]) = turned
}
