//! Texts and ids as codes of a dictionary.
#![expect(clippy::indexing_slicing, reason = "rows move to places before their own")]

use super::bulk::Found;
use super::scalar::Id;
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::Arc;

/// A row's code for each text, in the order first seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextCodes {
    pub(crate) codes: Vec<u32>,
    pub(super) found: Found<u32>,
    texts: IndexSet<Arc<str>, FxBuildHasher>,
    /// Bytes of all texts.
    letters: usize,
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
            None => {
                self.letters += text.len();
                self.texts.insert_full(Arc::from(text)).0
            }
        };
        narrow(at)
    }

    /// Adds the texts of another; gives what its codes become here, `None` where they stay.
    pub(crate) fn adopt(&mut self, other: TextCodes) -> Option<Vec<u32>> {
        if self.texts.is_empty() {
            self.texts = other.texts;
            self.letters = other.letters;
            self.found = other.found;
            return None;
        }
        let adopted = other.texts.into_iter().map(|text| {
            let length = text.len();
            let (at, is_new) = self.texts.insert_full(text);
            self.letters += if is_new { length } else { 0 };
            narrow(at)
        });
        let map: Vec<u32> = adopted.collect();
        (!map.iter().copied().eq(0..narrow(map.len()))).then_some(map)
    }

    /// About how many bytes the texts take.
    pub(crate) fn bytes(&self) -> usize {
        // A text's counts and what the allocator adds, its entry among all, and what finds it.
        const EACH: usize = 72;
        self.letters + self.texts.len() * EACH
    }

    /// Bytes that one more text may take, when the table that finds them is made anew.
    pub(crate) fn growth(&self) -> usize {
        // A hash and a place, twice as many as there are, and their numbers.
        const EACH: usize = 64;
        self.texts.len() * EACH
    }

    /// Bytes that are set aside for more texts.
    pub(crate) fn reserved(&self) -> usize {
        // A hash, a text's place, and a number that finds them.
        const EACH: usize = 32;
        (self.texts.capacity() - self.texts.len()) * EACH
    }

    /// How many texts there are.
    pub(crate) fn count(&self) -> usize {
        self.texts.len()
    }

    /// The text of a code.
    pub(crate) fn text(&self, code: u32) -> &str {
        self.texts.get_index(code as usize).map_or("", |text| text)
    }

    /// The texts by code.
    pub(crate) fn into_texts(self) -> Vec<Arc<str>> {
        self.texts.into_iter().collect()
    }
}

/// Ids: plain integers as long as all are, texts from the first that is not.
#[derive(Debug, Clone)]
pub(crate) struct IdCodes {
    /// `None` once a row was not an integer; `texts` then holds all rows.
    integers: Option<Vec<i64>>,
    pub(super) found: Found<i64>,
    texts: TextCodes,
}

impl IdCodes {
    pub(crate) fn new() -> IdCodes {
        IdCodes { integers: Some(Vec::new()), found: Found::default(), texts: TextCodes::default() }
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

    /// Adds the texts of another: see [`TextCodes::adopt`]. No rows are left in either.
    pub(crate) fn adopt(&mut self, mut other: IdCodes) -> Option<Vec<u32>> {
        if self.integers.is_some() && other.integers.is_some() {
            return None;
        }
        other.texts();
        self.texts().adopt(other.texts)
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

    /// About how many bytes the texts take.
    pub(crate) fn bytes(&self) -> usize {
        self.texts.bytes()
    }

    /// The texts, once a row was not an integer.
    pub(crate) fn as_texts(&self) -> Option<&TextCodes> {
        self.integers.is_none().then_some(&self.texts)
    }

    /// Whether all rows so far are integers.
    pub(crate) fn are_integers(&self) -> bool {
        self.integers.is_some()
    }
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
