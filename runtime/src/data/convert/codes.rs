//! Texts and ids as codes of a dictionary.
#![expect(
    clippy::indexing_slicing,
    reason = "the table spans all values between the least and the greatest, and places are of values read from it"
)]

use super::scalar::Id;
use crate::data::{Bits, Dictionary};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::Arc;

/// A row's code for each text, in the order first seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextCodes {
    pub(crate) codes: Vec<u32>,
    texts: IndexSet<Arc<str>, FxBuildHasher>,
}

impl TextCodes {
    pub(crate) fn push(&mut self, text: &str) {
        let code = self.intern(text);
        self.codes.push(code);
    }

    pub(crate) fn push_missing(&mut self) {
        self.codes.push(0);
    }

    /// The code of a text, new or known.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let at = match self.texts.get_index_of(text) {
            Some(at) => at,
            None => self.texts.insert_full(Arc::from(text)).0,
        };
        narrow(at)
    }

    pub(crate) fn append(&mut self, other: TextCodes) {
        if self.texts.is_empty() {
            self.texts = other.texts;
            self.codes.extend(other.codes);
            return;
        }
        let map: Vec<u32> = other.texts.into_iter().map(|text| narrow(self.texts.insert_full(text).0)).collect();
        self.codes.extend(other.codes.into_iter().map(|code| map.get(code as usize).copied().unwrap_or(0)));
    }

    pub(crate) fn finish(self) -> (Vec<u32>, Dictionary) {
        (self.codes, Dictionary::Texts(self.texts.into_iter().collect()))
    }
}

/// Ids: plain integers as long as all are, texts from the first that is not.
#[derive(Debug, Clone)]
pub(crate) struct IdCodes {
    /// `None` once a row was not an integer; `texts` then holds all rows.
    integers: Option<Vec<i64>>,
    texts: TextCodes,
}

impl IdCodes {
    pub(crate) fn new() -> IdCodes {
        IdCodes { integers: Some(Vec::new()), texts: TextCodes::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.integers.as_ref().map_or(self.texts.codes.len(), Vec::len)
    }

    /// The rows, where all are integers so far.
    pub(crate) fn integers(&mut self) -> Option<&mut Vec<i64>> {
        self.integers.as_mut()
    }

    pub(crate) fn push(&mut self, id: &Id<'_>) {
        match (&mut self.integers, id) {
            (Some(integers), Id::Integer(value)) => integers.push(*value),
            (None, Id::Integer(value)) => self.texts.push(&value.to_string()),
            (_, Id::Text(text)) => self.texts().push(text),
        }
    }

    pub(crate) fn push_missing(&mut self) {
        match &mut self.integers {
            Some(integers) => integers.push(0),
            None => self.texts.push_missing(),
        }
    }

    pub(crate) fn append(&mut self, mut other: IdCodes) {
        if let (Some(integers), Some(more)) = (&mut self.integers, &other.integers) {
            integers.extend(more);
            return;
        }
        other.texts();
        self.texts().append(other.texts);
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut() -> bool, start: usize) {
        match &mut self.integers {
            Some(integers) => retain_from(integers, start, &mut keep),
            None => retain_from(&mut self.texts.codes, start, &mut keep),
        }
    }

    /// All rows as texts, from now on.
    pub(crate) fn texts(&mut self) -> &mut TextCodes {
        if let Some(integers) = self.integers.take() {
            let mut known: FxHashMap<i64, u32> = FxHashMap::default();
            for value in integers {
                let code = *known.entry(value).or_insert_with(|| self.texts.intern(&value.to_string()));
                self.texts.codes.push(code);
            }
        }
        &mut self.texts
    }

    pub(crate) fn finish(self, known: Option<&Bits>) -> (Vec<u32>, Dictionary) {
        match self.integers {
            None => self.texts.finish(),
            Some(values) => encode_integers(&values, known),
        }
    }
}

/// Codes for integers: ascending by value where they lie close together, else in the order first seen.
fn encode_integers(values: &[i64], known: Option<&Bits>) -> (Vec<u32>, Dictionary) {
    let is_known = |row: usize| known.is_none_or(|known| known.get(row));
    let all = || values.iter().enumerate().filter(|(row, _)| is_known(*row)).map(|(_, value)| *value);
    let (Some(least), Some(greatest)) = (all().min(), all().max()) else {
        return (vec![0; values.len()], Dictionary::Integers(Vec::new()));
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
                narrow(distinct.len() - 1)
            })
        });
        return (codes.collect(), Dictionary::Integers(distinct));
    }
    let place = |value: i64| usize::try_from(i128::from(value) - i128::from(least)).unwrap_or(0);
    let mut table = vec![u32::MAX; span];
    for value in all() {
        table[place(value)] = 0;
    }
    let mut distinct = Vec::new();
    for (value, code) in (least..=greatest).zip(table.iter_mut()).filter(|(_, code)| **code == 0) {
        *code = narrow(distinct.len());
        distinct.push(value);
    }
    let code = |(row, value): (usize, &i64)| if is_known(row) { table[place(*value)] } else { 0 };
    (values.iter().enumerate().map(code).collect(), Dictionary::Integers(distinct))
}

/// Drops the rows from `start` on for which `keep`, asked once a row in order, says no.
pub(crate) fn retain_from<T: Copy>(values: &mut Vec<T>, start: usize, keep: &mut impl FnMut() -> bool) {
    let mut to = start;
    for from in start..values.len() {
        if keep() {
            values[to] = values[from];
            to += 1;
        }
    }
    values.truncate(to);
}

/// Row and code numbers fit 32 bits: tables beyond 2^32 - 1 rows are refused at load.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
