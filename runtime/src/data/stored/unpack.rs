//! From columns as they are held to columns as answers give them.

use super::{Integers, Stored, StoredValues};
use crate::data::dataset::{Column, Values};
use crate::for_cells;
use std::ops::Range;
use std::sync::Arc;

impl Stored {
    /// All values in their wide form.
    pub(crate) fn unpack(&self) -> Column {
        let values = match &self.values {
            StoredValues::Boolean(bits) => Values::Boolean((0..self.rows).map(|row| u8::from(bits.get(row))).collect()),
            StoredValues::Integer(integers) => Values::Integer(integers.values(0..self.rows)),
            StoredValues::Money(integers) => Values::Money(integers.values(0..self.rows)),
            StoredValues::Instant(integers) => Values::Instant(integers.values(0..self.rows)),
            StoredValues::Duration(integers) => Values::Duration(integers.values(0..self.rows)),
            StoredValues::Date(integers) => Values::Date(
                integers.values(0..self.rows).into_iter().map(|day| i32::try_from(day).unwrap_or(0)).collect(),
            ),
            StoredValues::Number(numbers) => Values::Number(numbers.to_vec()),
            StoredValues::Text { codes, dictionary } => {
                Values::Text { codes: codes.codes().collect(), dictionary: Arc::clone(dictionary) }
            }
            StoredValues::List { offsets, elements } => {
                Values::List { offsets: offsets.to_vec(), elements: Box::new(elements.unpack()) }
            }
            StoredValues::Flags(flags) => {
                let offsets = (0..=self.rows).map(|row| u32::try_from(flags.start(row)).unwrap_or(u32::MAX)).collect();
                let codes = (0..self.rows).flat_map(|row| flags.codes(row)).collect();
                let values = Values::Text { codes, dictionary: Arc::clone(flags.dictionary()) };
                Values::List { offsets, elements: Box::new(Column { values, known: None }) }
            }
        };
        Column { values, known: self.known.clone() }
    }
}

impl Integers {
    /// The values of a range of rows.
    pub(crate) fn values(&self, rows: Range<usize>) -> Vec<i64> {
        fn all<T: Copy + Into<u64>>(integers: &Integers, cells: &[T]) -> Vec<i64> {
            cells.iter().map(|cell| integers.value_of((*cell).into())).collect()
        }
        for_cells!(self.cells(), cells => all(self, cells.get(rows).unwrap_or(&[])))
    }
}
