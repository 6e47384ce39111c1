//! From columns as they were read to columns as they are held.

use super::{Cells, Column, Integers, Stored, StoredValues, Values};
use crate::data::dataset::Bits;

impl Stored {
    /// Packs a column of so many rows. Where its parts are of other lengths than it, or a code has no text, rows become
    /// missing: that is never the case for what the loader gives.
    pub fn pack(column: Column, rows: usize) -> Stored {
        let Column { values, known } = column;
        let known = known.map(|known| Bits::from_words(known.words().to_vec(), rows));
        let is_known = |row: usize| known.as_ref().is_none_or(|known| known.get(row));
        let integers = |mut values: Vec<i64>| {
            values.resize(rows, 0);
            Integers::new(&values, is_known)
        };
        let mut lost: Vec<usize> = Vec::new();
        let values = match values {
            Values::Boolean(values) => StoredValues::Boolean(Bits::from_bools(
                (0..rows).map(|row| is_known(row) && values.get(row).is_some_and(|value| *value != 0)),
            )),
            Values::Integer(values) => StoredValues::Integer(integers(values)),
            Values::Money(values) => StoredValues::Money(integers(values)),
            Values::Instant(values) => StoredValues::Instant(integers(values)),
            Values::Duration(values) => StoredValues::Duration(integers(values)),
            Values::Date(values) => {
                StoredValues::Date(integers(values.into_iter().map(i64::from).collect()))
            }
            Values::Number(mut values) => {
                values.resize(rows, 0.0);
                StoredValues::Number(values.into())
            }
            Values::Text { mut codes, dictionary } => {
                codes.resize(rows, 0);
                let texts = u32::try_from(dictionary.len()).unwrap_or(u32::MAX);
                for (row, code) in codes.iter_mut().enumerate() {
                    if !is_known(row) {
                        *code = 0;
                    } else if *code >= texts {
                        *code = 0;
                        lost.push(row);
                    }
                }
                let greatest = u64::from(texts.saturating_sub(1));
                StoredValues::Text { codes: Cells::new(greatest, codes.into_iter().map(u64::from)), dictionary }
            }
            Values::List { mut offsets, elements } => {
                let all = super::super::dataset::length(&elements);
                let last = u32::try_from(all).unwrap_or(u32::MAX);
                offsets.resize(rows + 1, last);
                let mut before = 0;
                for offset in &mut offsets {
                    *offset = (*offset).clamp(before, last);
                    before = *offset;
                }
                StoredValues::List { offsets: offsets.into(), elements: Box::new(Stored::pack(*elements, all)) }
            }
        };
        let known = match lost.as_slice() {
            [] => known,
            lost => {
                let mut words = known.map_or_else(
                    || Bits::from_bools((0..rows).map(|_| true)).words().to_vec(),
                    |known| known.words().to_vec(),
                );
                for row in lost {
                    if let Some(word) = words.get_mut(row / 64) {
                        *word &= !(1 << (row % 64));
                    }
                }
                Some(Bits::from_words(words, rows))
            }
        };
        Stored { values, known, rows }
    }
}
