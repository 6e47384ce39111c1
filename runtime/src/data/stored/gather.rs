//! Columns with their rows in another order.

use super::{Buffer, Cells, Flags, Integers, Stored, StoredValues};
use crate::data::dataset::Bits;
use crate::data::group::gather_groups;
use crate::for_cells;
use std::sync::Arc;

impl Stored {
    /// The rows in another order; a row may be left out, or stand several times. Marks are left behind.
    pub(crate) fn gather(&self, rows: &[u32]) -> Stored {
        let known = self.known.as_ref().map(|known| known.gather(rows)).filter(|known| known.count() < known.len());
        let integers = |integers: &Integers| integers.gather(rows);
        let values = match &self.values {
            StoredValues::Boolean(bits) => StoredValues::Boolean(bits.gather(rows)),
            StoredValues::Integer(values) => StoredValues::Integer(integers(values)),
            StoredValues::Money(values) => StoredValues::Money(integers(values)),
            StoredValues::Date(values) => StoredValues::Date(integers(values)),
            StoredValues::Instant(values) => StoredValues::Instant(integers(values)),
            StoredValues::Duration(values) => StoredValues::Duration(integers(values)),
            StoredValues::Number(values) => StoredValues::Number(pick(values, rows)),
            StoredValues::Text { codes, dictionary } => {
                StoredValues::Text { codes: codes.gather(rows), dictionary: Arc::clone(dictionary) }
            }
            StoredValues::List { offsets, elements } => {
                let (offsets, inner) = gather_groups(offsets, rows);
                StoredValues::List { offsets: offsets.into(), elements: Arc::new(elements.gather(&inner)) }
            }
            StoredValues::Flags(flags) => StoredValues::Flags(Arc::new(flags.gather(rows))),
        };
        Stored { values, known, rows: rows.len(), marks: None }
    }
}

impl Cells {
    pub(crate) fn gather(&self, rows: &[u32]) -> Cells {
        match self {
            Cells::U8(cells) => Cells::U8(pick(cells, rows)),
            Cells::U16(cells) => Cells::U16(pick(cells, rows)),
            Cells::U32(cells) => Cells::U32(pick(cells, rows)),
            Cells::U64(cells) => Cells::U64(pick(cells, rows)),
        }
    }
}

impl Integers {
    fn gather(&self, rows: &[u32]) -> Integers {
        let cells = self.cells().gather(rows);
        // Missing rows' cells are 0.
        let greatest = for_cells!(&cells, cells => greatest(cells));
        self.with_cells(cells, greatest)
    }
}

impl Flags {
    fn gather(&self, rows: &[u32]) -> Flags {
        let slices = (0..self.dictionary().len()).filter_map(|code| self.slice(code)).map(|slice| slice.gather(rows));
        Flags::of_slices(slices.collect(), rows.len(), self.dictionary())
    }
}

impl Bits {
    fn gather(&self, rows: &[u32]) -> Bits {
        let words = rows.chunks(64).map(|chunk| {
            chunk.iter().zip(0..).fold(0_u64, |word, (row, place)| word | u64::from(self.get(*row as usize)) << place)
        });
        Bits::from_words(words.collect(), rows.len())
    }
}

fn greatest<T: Copy + Ord + Into<u64>>(cells: &[T]) -> u64 {
    cells.iter().max().map_or(0, |cell| (*cell).into())
}

fn pick<T: Copy + Default>(values: &[T], rows: &[u32]) -> Buffer<T> {
    rows.iter().map(|row| values.get(*row as usize).copied().unwrap_or_default()).collect()
}
