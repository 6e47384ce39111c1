//! Columns as they are held for runs: as narrow as their values allow, and checked once.
//!
//! INVARIANTS, which the constructors establish and nothing outside of this folder can break, so that machine code need
//! not ask: everything is as long as the column says, a code has a text (or is 0 at a missing row), the ends of lists
//! ascend and stay within the elements.

mod blocks;
mod buffer;
pub(crate) mod bytes;
mod flags;
mod forty;
mod gather;
mod integers;
mod joined;
mod marks;
mod memory;
pub(crate) mod narrow;
mod pack;
pub(crate) mod pieces;
pub(crate) mod saved;
mod square;
#[cfg(test)]
mod tests;
mod tight;
mod unpack;

pub(crate) use blocks::Blocks;
pub use buffer::Buffer;
pub(crate) use buffer::{Room, split};
pub use flags::Flags;
pub use forty::U40;
pub(crate) use gather::Outline;
pub use integers::{Cells, Integers};
pub(crate) use joined::union;
pub use marks::Marks;
pub(crate) use memory::Memory;
pub(crate) use square::turned;

use marks::Round;
pub(crate) use marks::{MarkCells, Settled};

use super::bits::Bits;
use super::dataset::{Column, Dictionary, Values};
use segue_compiler::values::Value;
use std::sync::Arc;

/// Fewer rows than this are read as quickly as they are: no marks, no tighter form, no table of each kind.
pub(super) const FEW_ROWS: usize = 1 << 14;

/// One column of a [`super::Dataset`].
#[derive(Debug, Clone)]
pub struct Stored {
    values: StoredValues,
    known: Option<Bits>,
    rows: usize,
    marks: Option<Arc<Marks>>,
    blocks: Option<Arc<Blocks>>,
}

/// A column's values in their narrow form. What stands at a missing row is some value of the column's form that means
/// nothing.
#[derive(Debug, Clone)]
pub enum StoredValues {
    /// One bit a row, clear at missing rows.
    Boolean(Bits),
    /// Integers.
    Integer(Integers),
    /// Numbers and percentages, 0 at missing rows.
    Number(Buffer<f64>),
    /// Money, in ten-thousandths.
    Money(Integers),
    /// Days since 1970-01-01.
    Date(Integers),
    /// Microseconds since 1970-01-01T00:00Z.
    Instant(Integers),
    /// Microseconds.
    Duration(Integers),
    /// Text, ids, listed values and time zones as codes of a dictionary.
    Text {
        /// A code a row, 0 at missing rows.
        codes: Cells,
        /// What the codes mean.
        dictionary: Arc<Dictionary>,
    },
    /// Lists of plain values: those of row `r` are `offsets[r]..offsets[r + 1]` of the elements.
    List {
        /// One more entry than there are rows.
        offsets: Buffer<u32>,
        /// The elements, all known.
        elements: Arc<Stored>,
    },
    /// Lists that are sets of a few listed values; empty at missing rows.
    Flags(Arc<Flags>),
}

impl Stored {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The values.
    pub fn values(&self) -> &StoredValues {
        &self.values
    }

    /// Which rows are known; `None` where all are.
    pub fn known(&self) -> Option<&Bits> {
        self.known.as_ref()
    }

    /// Marks its values, where that makes reading it quicker.
    pub(crate) fn mark(&mut self) {
        if self.marks.is_some() {
            return;
        }
        let is_known = |row: usize| self.known.as_ref().is_none_or(|known| known.get(row));
        let marks = match &self.values {
            StoredValues::Instant(integers) | StoredValues::Duration(integers) => {
                Marks::of_integers(integers, Round::Clock, is_known)
            }
            StoredValues::Integer(integers) | StoredValues::Money(integers) | StoredValues::Date(integers) => {
                Marks::of_integers(integers, Round::Decimal, is_known)
            }
            StoredValues::Number(numbers) => Marks::of_numbers(numbers, is_known),
            _ => None,
        };
        self.marks = marks.map(Arc::new);
    }

    /// Marks its times, where that makes it quicker to ask which of them lie in windows up to now.
    pub(crate) fn mark_times(&mut self) {
        if let (None, StoredValues::Instant(times)) = (&self.marks, &self.values) {
            self.marks = Marks::coarse(times).map(Arc::new);
        }
    }

    /// The least and the greatest cell of stretches of rows, where they were noted and say something.
    pub(crate) fn blocks(&self) -> Option<&Blocks> {
        self.blocks.as_deref()
    }

    /// Keeps what was noted of stretches of its rows.
    fn set_blocks(&mut self, blocks: Option<Blocks>) {
        self.blocks = blocks.map(Arc::new);
    }

    /// Where its values stand among round ones, once they are marked.
    pub fn marks(&self) -> Option<&Marks> {
        self.marks.as_deref()
    }

    /// Whether the row's value is known.
    pub fn is_known(&self, row: usize) -> bool {
        self.known.as_ref().is_none_or(|known| known.get(row))
    }

    /// The codes and the dictionary, for text, ids, listed values and time zones.
    pub fn text(&self) -> Option<(&Cells, &Arc<Dictionary>)> {
        match &self.values {
            StoredValues::Text { codes, dictionary } => Some((codes, dictionary)),
            _ => None,
        }
    }

    /// By code: how many known rows have it; `None` for columns without codes.
    pub(crate) fn counts_by_code(&self) -> Option<Vec<u64>> {
        let (codes, dictionary) = self.text()?;
        let mut counts = vec![0; dictionary.len()];
        for (_, code) in codes.codes().enumerate().filter(|(row, _)| self.is_known(*row)) {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }
        Some(counts)
    }

    /// The whole numbers of integers, money, dates, instants and durations.
    pub fn integers(&self) -> Option<&Integers> {
        match &self.values {
            StoredValues::Integer(integers)
            | StoredValues::Money(integers)
            | StoredValues::Instant(integers)
            | StoredValues::Duration(integers)
            | StoredValues::Date(integers) => Some(integers),
            _ => None,
        }
    }

    /// The row's value; `None` where it is missing or there is no such row.
    pub fn value(&self, row: usize) -> Option<Value> {
        if row >= self.rows || !self.is_known(row) {
            return None;
        }
        Some(match &self.values {
            StoredValues::Boolean(bits) => Value::Boolean(bits.get(row)),
            StoredValues::Integer(integers) => Value::Integer(integers.get(row)?),
            StoredValues::Money(integers) => Value::Money(integers.get(row)?),
            StoredValues::Instant(integers) => Value::Instant(integers.get(row)?),
            StoredValues::Duration(integers) => Value::Duration(integers.get(row)?),
            StoredValues::Date(integers) => Value::Date(i32::try_from(integers.get(row)?).ok()?),
            StoredValues::Number(numbers) => Value::Number(*numbers.get(row)?),
            StoredValues::Text { codes, dictionary } => dictionary.value(codes.code(row)?),
            StoredValues::List { offsets, elements } => {
                let (from, to) = (*offsets.get(row)?, *offsets.get(row + 1)?);
                Value::List((from..to).filter_map(|at| elements.value(at as usize)).collect())
            }
            StoredValues::Flags(flags) => {
                Value::List(flags.codes(row).map(|code| flags.dictionary().value(code)).collect())
            }
        })
    }
}
