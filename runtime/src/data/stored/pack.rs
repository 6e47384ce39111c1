//! From columns as they were read to columns as they are held.

use super::{Cells, Column, Flags, Integers, Stored, StoredValues, Values};
use crate::data::bits::Bits;
use crate::data::dataset::Dictionary;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Most texts of a dictionary that is put in order: texts with a common beginning then have neighbouring codes.
const ORDERED: usize = 1 << 16;

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
            Values::Date(values) => StoredValues::Date(integers(values.into_iter().map(i64::from).collect())),
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
                let (places, dictionary) = in_order(dictionary);
                let codes = codes.into_iter().enumerate().map(|(row, code)| match &places {
                    Some(places) if is_known(row) => places.get(code as usize).copied().unwrap_or(0),
                    _ => code,
                });
                StoredValues::Text { codes: Cells::new(greatest, codes.map(u64::from)), dictionary }
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
                match flags(&offsets, &elements) {
                    // Nothing may stand in a missing row's list.
                    Some(flags) if known.is_none() => StoredValues::Flags(Arc::new(flags)),
                    _ => {
                        StoredValues::List { offsets: offsets.into(), elements: Arc::new(Stored::pack(*elements, all)) }
                    }
                }
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
        Stored { values, known, rows, marks: None, blocks: None }
    }
}

/// A dictionary in the order of its texts, and the new code of each old one; `None` where they stay.
pub(super) fn in_order(dictionary: Arc<Dictionary>) -> (Option<Vec<u32>>, Arc<Dictionary>) {
    let Dictionary::Texts(texts) = &*dictionary else { return (None, dictionary) };
    if texts.len() > ORDERED || texts.iter().is_sorted() {
        return (None, dictionary);
    }
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|code| texts.get(*code));
    let mut places = vec![0; texts.len()];
    for (place, code) in (0..).zip(&order) {
        if let Some(slot) = places.get_mut(*code) {
            *slot = place;
        }
    }
    let texts: Vec<Arc<str>> = order.iter().filter_map(|code| texts.shared(*code)).collect();
    (Some(places), Arc::new(Dictionary::Texts(texts.into())))
}

/// The lists as sets, where that is what they are.
fn flags(offsets: &[u32], elements: &Column) -> Option<Flags> {
    match &elements.values {
        Values::Text { codes, dictionary } if elements.known.is_none() => Flags::new(offsets, codes, dictionary),
        _ => None,
    }
}

/// Codes for integers: ascending by value where they lie close together, else in the order first seen.
pub(super) fn encode_integers(values: &[i64], known: Option<&Bits>) -> (Vec<u32>, Vec<i64>) {
    let is_known = |row: usize| known.is_none_or(|known| known.get(row));
    let all = || values.iter().enumerate().filter(|(row, _)| is_known(*row)).map(|(_, value)| *value);
    let (Some(least), Some(greatest)) = (all().min(), all().max()) else {
        return (vec![0; values.len()], Vec::new());
    };
    let span = usize::try_from(i128::from(greatest) - i128::from(least) + 1).unwrap_or(usize::MAX);
    if span > values.len().saturating_mul(4).max(1 << 16) {
        let mut codes_of: FxHashMap<i64, u32> = FxHashMap::default();
        let mut distinct = Vec::new();
        let codes = values.iter().enumerate().map(|(row, value)| {
            if !is_known(row) {
                return 0;
            }
            *codes_of.entry(*value).or_insert_with(|| {
                distinct.push(*value);
                code_of(distinct.len() - 1)
            })
        });
        return (codes.collect(), distinct);
    }
    let place = |value: i64| usize::try_from(i128::from(value) - i128::from(least)).unwrap_or(0);
    let mut table = vec![u32::MAX; span];
    for value in all() {
        if let Some(slot) = table.get_mut(place(value)) {
            *slot = 0;
        }
    }
    let mut distinct = Vec::new();
    for (value, code) in (least..=greatest).zip(table.iter_mut()).filter(|(_, code)| **code == 0) {
        *code = code_of(distinct.len());
        distinct.push(value);
    }
    let code =
        |(row, value): (usize, &i64)| if is_known(row) { table.get(place(*value)).copied().unwrap_or(0) } else { 0 };
    (values.iter().enumerate().map(code).collect(), distinct)
}

/// Codes fit 32 bits: tables beyond 2^32 - 1 rows are refused at load.
fn code_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
