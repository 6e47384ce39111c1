//! Finding rows by their key: lookups, and the customer of an event.

use super::dataset::{Dictionary, canonical_integer};
use super::stored::Stored;
use crate::for_cells;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Means "no row" in row numbers.
const NO_ROW: u32 = u32::MAX;

/// The rows of a table by its key.
#[derive(Debug, Clone, Default)]
pub struct KeyIndex {
    integers: IntegerRows,
    texts: FxHashMap<Arc<str>, u32>,
}

/// Rows by whole numbers.
#[derive(Debug, Clone)]
pub(super) enum IntegerRows {
    /// From `least` on, a row or [`NO_ROW`] each.
    Close { least: i64, rows: Vec<u32> },
    /// Far apart.
    Far(FxHashMap<i64, u32>),
}

impl Default for IntegerRows {
    fn default() -> IntegerRows {
        IntegerRows::Far(FxHashMap::default())
    }
}

/// A key that occurs twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeated {
    /// The first two rows that share a key.
    pub(crate) first: u32,
    pub(crate) second: u32,
    /// How many rows repeat an earlier key.
    pub(crate) count: u64,
}

impl KeyIndex {
    /// Of a key column. Where a key occurs twice the first row is found. Missing keys and columns that hold no ids are
    /// not found.
    pub fn of(keys: &Stored) -> KeyIndex {
        let Some((codes, dictionary)) = keys.text() else { return KeyIndex::default() };
        let mut rows = vec![NO_ROW; dictionary.len()];
        for (row, code) in (0..).zip(codes.codes()) {
            match rows.get_mut(code as usize) {
                Some(place) if *place == NO_ROW && keys.is_known(row as usize) => *place = row,
                _ => {}
            }
        }
        KeyIndex::from_dictionary(dictionary, &rows)
    }

    fn from_dictionary(dictionary: &Dictionary, rows: &[u32]) -> KeyIndex {
        let mut index = KeyIndex::default();
        match dictionary {
            Dictionary::Integers(numbers) => {
                let found = numbers.iter().zip(rows).filter(|(_, row)| **row != NO_ROW);
                index.integers = IntegerRows::new(found.map(|(number, row)| (number, *row)));
            }
            Dictionary::Texts(texts) => {
                let mut integers = Vec::new();
                for ((at, text), row) in texts.iter().enumerate().zip(rows).filter(|(_, row)| **row != NO_ROW) {
                    match canonical_integer(text) {
                        Some(number) => integers.push((number, *row)),
                        None => {
                            index.texts.insert(texts.shared(at).unwrap_or_default(), *row);
                        }
                    }
                }
                index.integers = IntegerRows::new(integers.into_iter());
            }
        }
        index
    }

    /// The row with this key.
    pub fn row(&self, key: &str) -> Option<u32> {
        match canonical_integer(key) {
            Some(number) => self.integers.get(number),
            None => self.texts.get(key).copied(),
        }
    }

    /// The row for each code of a dictionary of ids.
    pub fn map(&self, ids: &Dictionary) -> LookupMap {
        let rows = match ids {
            Dictionary::Integers(numbers) => {
                numbers.iter().map(|number| self.integers.get(number).unwrap_or(NO_ROW)).collect()
            }
            Dictionary::Texts(texts) => texts.iter().map(|text| self.row(text).unwrap_or(NO_ROW)).collect(),
        };
        LookupMap { rows }
    }
}

/// What is wrong with a key column: known keys that occur twice.
pub(crate) fn repeated(keys: &Stored) -> Option<Repeated> {
    let (codes, dictionary) = keys.text()?;
    // Keys that ascend, as they mostly do, are all different.
    if keys.known().is_none() && for_cells!(codes, codes => codes.is_sorted_by(|one, next| one < next)) {
        return None;
    }
    let mut rows = vec![NO_ROW; dictionary.len()];
    let mut repeated: Option<Repeated> = None;
    for (row, code) in (0..).zip(codes.codes()) {
        let Some(place) = rows.get_mut(code as usize).filter(|_| keys.is_known(row as usize)) else { continue };
        if *place == NO_ROW {
            *place = row;
            continue;
        }
        match &mut repeated {
            Some(repeated) => repeated.count += 1,
            None => repeated = Some(Repeated { first: *place, second: row, count: 1 }),
        }
    }
    repeated
}

impl IntegerRows {
    fn new(found: impl Iterator<Item = (i64, u32)> + Clone) -> IntegerRows {
        let (least, greatest, count) =
            found.clone().fold((i64::MAX, i64::MIN, 0_usize), |(least, greatest, count), (number, _)| {
                (least.min(number), greatest.max(number), count + 1)
            });
        let span = usize::try_from(i128::from(greatest) - i128::from(least) + 1).unwrap_or(usize::MAX);
        if count == 0 || span > count.saturating_mul(8).max(1 << 12) {
            return IntegerRows::Far(found.collect());
        }
        let mut rows = vec![NO_ROW; span];
        for (number, row) in found {
            if let Some(place) = place(least, number).and_then(|place| rows.get_mut(place)) {
                *place = row;
            }
        }
        IntegerRows::Close { least, rows }
    }

    /// Of numbers between two; where one occurs twice the first row is found.
    pub(super) fn close((least, greatest): (i64, i64), found: impl Iterator<Item = (i64, u32)>) -> IntegerRows {
        let span = usize::try_from(i128::from(greatest) - i128::from(least) + 1).unwrap_or(0);
        let mut rows = vec![NO_ROW; span];
        for (number, row) in found {
            if let Some(place) =
                place(least, number).and_then(|place| rows.get_mut(place)).filter(|row| **row == NO_ROW)
            {
                *place = row;
            }
        }
        IntegerRows::Close { least, rows }
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            IntegerRows::Close { rows, .. } => size_of_val(rows.as_slice()),
            IntegerRows::Far(rows) => rows.capacity() * size_of::<(i64, u32)>(),
        }
    }

    /// The row of a number.
    pub(super) fn get(&self, number: i64) -> Option<u32> {
        match self {
            IntegerRows::Close { least, rows } => {
                rows.get(place(*least, number)?).copied().filter(|row| *row != NO_ROW)
            }
            IntegerRows::Far(rows) => rows.get(&number).copied(),
        }
    }
}

fn place(least: i64, number: i64) -> Option<usize> {
    usize::try_from(i128::from(number) - i128::from(least)).ok()
}

/// The row that each code of an id column points at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookupMap {
    rows: Vec<u32>,
}

impl LookupMap {
    /// The row a code points at.
    pub fn row(&self, code: u32) -> Option<u32> {
        self.rows.get(code as usize).copied().filter(|row| *row != NO_ROW)
    }

    /// By code: the row, `u32::MAX` for none.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }
}
