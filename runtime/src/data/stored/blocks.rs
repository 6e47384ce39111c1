//! The least and the greatest cell of each stretch of rows.
//!
//! Rows often stand in an order that has to do with their values: customers by when they came, in the order of a country. A
//! condition that all rows of a stretch meet, or none, is settled by two numbers then, and its cells are not read.

use super::buffer::Buffer;
use super::{Cells, Stored};
use crate::data::bits::Bits;
use crate::for_cells;
use std::ops::Range;

/// Rows of a stretch: as many as the engine takes at once.
const ROWS: usize = 8192;
/// Stretches reach over one in so many of all cells on average, or they are not worth asking about.
const NARROW: u64 = 2;

/// By stretch of rows the least and the greatest cell of those that are known.
#[derive(Debug, Clone)]
pub(crate) struct Blocks(Buffer<u64>);

impl Blocks {
    /// Of a column's cells; `None` where stretches hold nearly all values each, so that nothing is settled by them.
    fn of(cells: &Cells, known: Option<&Bits>) -> Option<Blocks> {
        let ends = for_cells!(cells, cells => ends(cells, known));
        let all = spanned(&ends, 0..ends.len() / 2);
        let span = |(least, greatest): (u64, u64)| greatest.saturating_sub(least);
        let mean =
            ends.as_chunks::<2>().0.iter().map(|[least, greatest]| u128::from(span((*least, *greatest)))).sum::<u128>()
                / (ends.len() as u128 / 2).max(1);
        (ends.len() > 2 && mean * u128::from(NARROW) <= u128::from(span(all))).then(|| Blocks(ends.into()))
    }

    /// The least and the greatest known cell of the stretches that some rows reach into; the first is the greater where
    /// there is none.
    pub(crate) fn ends(&self, rows: &Range<usize>) -> (u64, u64) {
        spanned(&self.0, rows.start / ROWS..rows.end.div_ceil(ROWS))
    }

    /// The numbers, two for each stretch.
    pub(super) fn numbers(&self) -> &Buffer<u64> {
        &self.0
    }

    /// The same put together again; `None` where they are not those of so many rows.
    pub(super) fn restore(numbers: Buffer<u64>, rows: usize) -> Option<Blocks> {
        (numbers.len() == rows.div_ceil(ROWS) * 2).then_some(Blocks(numbers))
    }
}

/// The least and the greatest number of several pairs of them.
fn spanned(ends: &[u64], stretches: Range<usize>) -> (u64, u64) {
    let ends = ends.as_chunks::<2>().0.get(stretches).unwrap_or(&[[0, u64::MAX]]);
    ends.iter().fold((u64::MAX, 0), |(least, greatest), [low, high]| (least.min(*low), greatest.max(*high)))
}

fn ends<T: Copy + Ord + Into<u64>>(cells: &[T], known: Option<&Bits>) -> Vec<u64> {
    let mut ends = Vec::with_capacity(cells.len().div_ceil(ROWS) * 2);
    for (number, cells) in cells.chunks(ROWS).enumerate() {
        let words = known.map(|known| known.words().get(number * (ROWS / 64)..).unwrap_or(&[]));
        let (least, greatest) = match words {
            Some(words) if words.iter().take(ROWS / 64).any(|word| *word != u64::MAX) => {
                let is_known = |row: usize| words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
                let cells = || cells.iter().enumerate().filter(|(row, _)| is_known(*row)).map(|(_, cell)| *cell);
                (cells().min(), cells().max())
            }
            _ => (cells.iter().min().copied(), cells.iter().max().copied()),
        };
        ends.extend([least.map_or(u64::MAX, Into::into), greatest.map_or(0, Into::into)]);
    }
    ends
}

impl Stored {
    /// Notes the least and the greatest cell of each stretch of rows, where that saves reading cells.
    pub(crate) fn note_blocks(&mut self) {
        if self.blocks().is_some() {
            return;
        }
        let cells = self.text().map(|(codes, _)| codes).or_else(|| Some(self.integers()?.cells()));
        let blocks = cells.and_then(|cells| Blocks::of(cells, self.known()));
        self.set_blocks(blocks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_are_narrow_are_noted() {
        let rows = ROWS * 3 + 100;
        let ascending = Cells::new(rows as u64, (0..rows).map(|row| row as u64));
        let blocks = Blocks::of(&ascending, None);
        let ends = |rows: Range<usize>| blocks.as_ref().map(|blocks| blocks.ends(&rows));
        assert_eq!(ends(0..10), Some((0, ROWS as u64 - 1)));
        assert_eq!(ends(ROWS - 1..ROWS + 1), Some((0, 2 * ROWS as u64 - 1)));
        assert_eq!(ends(ROWS * 3 + 99..rows), Some((3 * ROWS as u64, rows as u64 - 1)));
        let restored = |rows: usize| Blocks::restore(blocks.as_ref()?.numbers().clone(), rows);
        assert!(restored(rows).is_some());
        assert!(restored(rows * 2).is_none());

        let mixed = Cells::new(999, (0..rows).map(|row| (row * 7919 % 1000) as u64));
        assert!(Blocks::of(&mixed, None).is_none());
        assert!(Blocks::of(&Cells::new(0, [].into_iter()), None).is_none());
    }

    #[test]
    fn missing_rows_do_not_count() {
        let rows = ROWS * 3;
        let cells = Cells::new(rows as u64, (0..rows).map(|row| if row % 2 == 0 { 0 } else { row as u64 }));
        let known = Bits::from_bools((0..rows).map(|row| row % 2 == 1 && row < 2 * ROWS));
        let blocks = Blocks::of(&cells, Some(&known));
        let ends = |rows: Range<usize>| blocks.as_ref().map(|blocks| blocks.ends(&rows));
        assert_eq!(ends(ROWS..ROWS + 1), Some((ROWS as u64 + 1, 2 * ROWS as u64 - 1)));
        assert_eq!(ends(2 * ROWS..rows), Some((u64::MAX, 0)), "nobody is known");
    }
}
