//! Columns with their rows in another order.

use super::{Buffer, Cells, Flags, Integers, Stored, StoredValues};
use crate::data::bits::Bits;
use crate::data::group::{Dealt, Wide, gather_groups};
use crate::for_cells;
use std::sync::Arc;

impl Stored {
    /// These rows, one after the other; some may be left out, or stand several times. Marks are left behind.
    pub(crate) fn gather(&self, rows: &[u32]) -> Stored {
        let known = self.known.as_ref().map(|known| bits(known, rows)).filter(|known| known.count() < known.len());
        let integers = |integers: &Integers| integers.gather(rows);
        let values = match &self.values {
            StoredValues::Boolean(of_rows) => StoredValues::Boolean(bits(of_rows, rows)),
            StoredValues::Integer(values) => StoredValues::Integer(integers(values)),
            StoredValues::Money(values) => StoredValues::Money(integers(values)),
            StoredValues::Date(values) => StoredValues::Date(integers(values)),
            StoredValues::Instant(values) => StoredValues::Instant(integers(values)),
            StoredValues::Duration(values) => StoredValues::Duration(integers(values)),
            StoredValues::Number(numbers) => StoredValues::Number(values(numbers, rows)),
            StoredValues::Text { codes, dictionary } => {
                StoredValues::Text { codes: codes.gather(rows), dictionary: Arc::clone(dictionary) }
            }
            StoredValues::List { offsets, elements } => {
                let (offsets, inner) = gather_groups(offsets, rows);
                StoredValues::List { offsets: offsets.into(), elements: Arc::new(elements.gather(&inner)) }
            }
            StoredValues::Flags(flags) => {
                let slices = flags.slices().map(|slice| bits(slice, rows)).collect();
                StoredValues::Flags(Arc::new(Flags::of_slices(slices, rows.len(), flags.dictionary())))
            }
        };
        Stored { values, known, rows: rows.len(), marks: None, blocks: None }
    }

    /// What has to be dealt out to put the rows in order; nothing of lists, which follow their rows.
    pub(crate) fn lanes(&self) -> Vec<Wide<'_>> {
        let mut lanes = match &self.values {
            StoredValues::Boolean(bits) => vec![Wide::bits(bits)],
            StoredValues::Integer(values)
            | StoredValues::Money(values)
            | StoredValues::Date(values)
            | StoredValues::Instant(values)
            | StoredValues::Duration(values) => vec![Wide::cells(values.cells(), values.greatest())],
            StoredValues::Number(numbers) => vec![Wide::numbers(numbers)],
            StoredValues::Text { codes, dictionary } => {
                vec![Wide::cells(codes, (dictionary.len() as u64).saturating_sub(1))]
            }
            StoredValues::List { .. } => return Vec::new(),
            StoredValues::Flags(flags) => flags.slices().map(Wide::bits).collect(),
        };
        lanes.extend(self.known.as_ref().map(Wide::bits));
        lanes
    }

    /// Whether it can only be put in order when it is known which row stands where.
    pub(crate) fn follows_rows(&self) -> bool {
        matches!(self.values, StoredValues::List { .. })
    }

    /// What is left of it while its lanes are dealt out.
    pub(crate) fn outline(self) -> Outline {
        let empty = |values: Integers| values.with_cells(Cells::new(0, std::iter::empty()), values.greatest());
        let values = match self.values {
            StoredValues::Boolean(_) => StoredValues::Boolean(Bits::default()),
            StoredValues::Integer(values) => StoredValues::Integer(empty(values)),
            StoredValues::Money(values) => StoredValues::Money(empty(values)),
            StoredValues::Date(values) => StoredValues::Date(empty(values)),
            StoredValues::Instant(values) => StoredValues::Instant(empty(values)),
            StoredValues::Duration(values) => StoredValues::Duration(empty(values)),
            StoredValues::Number(_) => StoredValues::Number(Vec::new().into()),
            StoredValues::Text { dictionary, .. } => {
                StoredValues::Text { codes: Cells::new(0, std::iter::empty()), dictionary }
            }
            // Lists follow their rows.
            lists @ StoredValues::List { .. } => {
                return Outline { column: Stored { values: lists, ..self }, has_known: false };
            }
            StoredValues::Flags(flags) => {
                let slices = flags.slices().map(|_| Bits::default()).collect();
                StoredValues::Flags(Arc::new(Flags::of_slices(slices, 0, flags.dictionary())))
            }
        };
        Outline { has_known: self.known.is_some(), column: Stored { values, known: None, ..self } }
    }
}

/// A column without what is dealt out of it.
pub(crate) struct Outline {
    /// With as many rows as it had.
    column: Stored,
    has_known: bool,
}

impl Outline {
    /// The column with its rows in another order: `dealt` gives its lanes, and `inputs` are the rows. Marks are left behind.
    pub(crate) fn filled(self, dealt: &mut impl Iterator<Item = Dealt>, rows: usize, inputs: &[u32]) -> Stored {
        let all = self.column.rows == rows;
        let mut integers = |values: Integers| {
            let cells = next_cells(dealt);
            // Only where rows were left out may the greatest be another.
            let last = if all { values.greatest() } else { greatest(&cells) };
            values.with_cells(cells, last)
        };
        let values = match self.column.values {
            StoredValues::Integer(values) => StoredValues::Integer(integers(values)),
            StoredValues::Money(values) => StoredValues::Money(integers(values)),
            StoredValues::Date(values) => StoredValues::Date(integers(values)),
            StoredValues::Instant(values) => StoredValues::Instant(integers(values)),
            StoredValues::Duration(values) => StoredValues::Duration(integers(values)),
            StoredValues::Boolean(_) => StoredValues::Boolean(next_bits(dealt)),
            StoredValues::Number(_) => StoredValues::Number(match dealt.next() {
                Some(Dealt::Numbers(numbers)) => numbers,
                _ => Vec::new().into(),
            }),
            StoredValues::Text { dictionary, .. } => StoredValues::Text { codes: next_cells(dealt), dictionary },
            StoredValues::List { .. } => return self.column.gather(inputs),
            StoredValues::Flags(flags) => {
                let slices = flags.slices().map(|_| next_bits(dealt)).collect();
                StoredValues::Flags(Arc::new(Flags::of_slices(slices, rows, flags.dictionary())))
            }
        };
        let known = self.has_known.then(|| next_bits(dealt)).filter(|known| known.count() < known.len());
        Stored { values, known, rows, marks: None, blocks: None }
    }
}

fn next_cells(dealt: &mut impl Iterator<Item = Dealt>) -> Cells {
    match dealt.next() {
        Some(Dealt::Cells(cells)) => cells,
        _ => Cells::new(0, std::iter::empty()),
    }
}

fn next_bits(dealt: &mut impl Iterator<Item = Dealt>) -> Bits {
    match dealt.next() {
        Some(Dealt::Bits(bits)) => bits,
        _ => Bits::default(),
    }
}

fn values<T: Copy + Default>(values: &[T], rows: &[u32]) -> Buffer<T> {
    rows.iter().map(|row| values.get(*row as usize).copied().unwrap_or_default()).collect()
}

fn bits(bits: &Bits, rows: &[u32]) -> Bits {
    Bits::from_bools(rows.iter().map(|row| bits.get(*row as usize)))
}

impl Cells {
    fn gather(&self, rows: &[u32]) -> Cells {
        match self {
            Cells::U8(cells) => Cells::U8(values(cells, rows)),
            Cells::U16(cells) => Cells::U16(values(cells, rows)),
            Cells::U32(cells) => Cells::U32(values(cells, rows)),
            Cells::U40(cells) => Cells::U40(values(cells, rows)),
            Cells::U64(cells) => Cells::U64(values(cells, rows)),
        }
    }
}

impl Integers {
    fn gather(&self, rows: &[u32]) -> Integers {
        let cells = self.cells().gather(rows);
        // Missing rows' cells are 0.
        let greatest = greatest(&cells);
        self.with_cells(cells, greatest)
    }
}

fn greatest(cells: &Cells) -> u64 {
    fn of<T: Copy + Ord + Into<u64>>(cells: &[T]) -> u64 {
        cells.iter().max().map_or(0, |cell| (*cell).into())
    }
    for_cells!(cells, cells => of(cells))
}
