//! Columns with their rows in another order.

use super::{Buffer, Cells, Flags, Integers, Stored, StoredValues};
use crate::data::bits::Bits;
use crate::data::group::{Order, gather_groups};
use crate::for_cells;
use std::sync::Arc;

/// Gives the values of rows in another order.
trait Reorder {
    fn values<T: Copy + Default>(&self, values: &[T]) -> Buffer<T>;
    fn bits(&self, bits: &Bits) -> Bits;
    /// How many rows there are then.
    fn rows(&self) -> usize;
    /// The rows themselves.
    fn inputs(&self) -> Vec<u32>;
}

impl Reorder for [u32] {
    fn values<T: Copy + Default>(&self, values: &[T]) -> Buffer<T> {
        self.iter().map(|row| values.get(*row as usize).copied().unwrap_or_default()).collect()
    }

    fn bits(&self, bits: &Bits) -> Bits {
        Bits::from_bools(self.iter().map(|row| bits.get(*row as usize)))
    }

    fn rows(&self) -> usize {
        self.len()
    }

    fn inputs(&self) -> Vec<u32> {
        self.to_vec()
    }
}

impl Reorder for Order {
    fn values<T: Copy + Default>(&self, values: &[T]) -> Buffer<T> {
        self.apply(values).into()
    }

    fn bits(&self, bits: &Bits) -> Bits {
        let bytes: Vec<u8> = (0..bits.len()).map(|row| u8::from(bits.get(row))).collect();
        Bits::from_bools(self.apply(&bytes).into_iter().map(|byte| byte == 1))
    }

    fn rows(&self) -> usize {
        Order::rows(self)
    }

    fn inputs(&self) -> Vec<u32> {
        Order::inputs(self)
    }
}

impl Stored {
    /// These rows, one after the other; some may be left out, or stand several times. Marks are left behind.
    pub(crate) fn gather(&self, rows: &[u32]) -> Stored {
        self.reordered(rows)
    }

    /// The rows in another order. Marks are left behind.
    pub(crate) fn in_order(&self, order: &Order) -> Stored {
        self.reordered(order)
    }

    fn reordered(&self, to: &(impl Reorder + ?Sized)) -> Stored {
        let known = self.known.as_ref().map(|known| to.bits(known)).filter(|known| known.count() < known.len());
        let integers = |integers: &Integers| integers.reordered(to);
        let values = match &self.values {
            StoredValues::Boolean(bits) => StoredValues::Boolean(to.bits(bits)),
            StoredValues::Integer(values) => StoredValues::Integer(integers(values)),
            StoredValues::Money(values) => StoredValues::Money(integers(values)),
            StoredValues::Date(values) => StoredValues::Date(integers(values)),
            StoredValues::Instant(values) => StoredValues::Instant(integers(values)),
            StoredValues::Duration(values) => StoredValues::Duration(integers(values)),
            StoredValues::Number(values) => StoredValues::Number(to.values(values)),
            StoredValues::Text { codes, dictionary } => {
                StoredValues::Text { codes: codes.reordered(to), dictionary: Arc::clone(dictionary) }
            }
            StoredValues::List { offsets, elements } => {
                let (offsets, inner) = gather_groups(offsets, &to.inputs());
                StoredValues::List { offsets: offsets.into(), elements: Arc::new(elements.gather(&inner)) }
            }
            StoredValues::Flags(flags) => StoredValues::Flags(Arc::new(flags.reordered(to))),
        };
        Stored { values, known, rows: to.rows(), marks: None, blocks: None }
    }
}

impl Cells {
    fn reordered(&self, to: &(impl Reorder + ?Sized)) -> Cells {
        match self {
            Cells::U8(cells) => Cells::U8(to.values(cells)),
            Cells::U16(cells) => Cells::U16(to.values(cells)),
            Cells::U32(cells) => Cells::U32(to.values(cells)),
            Cells::U64(cells) => Cells::U64(to.values(cells)),
        }
    }
}

impl Integers {
    fn reordered(&self, to: &(impl Reorder + ?Sized)) -> Integers {
        let cells = self.cells().reordered(to);
        // Missing rows' cells are 0.
        let greatest = for_cells!(&cells, cells => greatest(cells));
        self.with_cells(cells, greatest)
    }
}

impl Flags {
    fn reordered(&self, to: &(impl Reorder + ?Sized)) -> Flags {
        let slices = (0..self.dictionary().len()).filter_map(|code| self.slice(code)).map(|slice| to.bits(slice));
        Flags::of_slices(slices.collect(), to.rows(), self.dictionary())
    }
}

fn greatest<T: Copy + Ord + Into<u64>>(cells: &[T]) -> u64 {
    cells.iter().max().map_or(0, |cell| (*cell).into())
}
