//! Lists that are sets of a few listed values: a set of rows for each value.

use super::buffer::Buffer;
use crate::data::bits::Bits;
use crate::data::dataset::Dictionary;
use std::sync::Arc;

/// Most different values that are held so.
pub(super) const MOST: usize = 64;

/// A list of listed values a row, each at most once and in the order of the dictionary.
#[derive(Debug, Clone)]
pub struct Flags {
    /// By code: the rows whose list has the value.
    slices: Vec<Bits>,
    /// By word of 64 rows, and one more: how many entries the lists of all rows before it have together.
    starts: Buffer<u32>,
    rows: usize,
    dictionary: Arc<Dictionary>,
}

impl Flags {
    /// From the codes of each row's list, where each list ascends and all codes have a text among at most [`MOST`].
    pub(super) fn new(offsets: &[u32], codes: &[u32], dictionary: &Arc<Dictionary>) -> Option<Flags> {
        let texts = dictionary.len();
        let rows = offsets.len().checked_sub(1)?;
        if texts > MOST {
            return None;
        }
        let mut slices = vec![Bits::zeros(rows); texts];
        let mut starts = Vec::with_capacity(rows.div_ceil(64) + 1);
        let mut entries = 0u32;
        for (row, ends) in offsets.windows(2).enumerate() {
            if row % 64 == 0 {
                starts.push(entries);
            }
            let [from, to] = *ends else { return None };
            let list = codes.get(from as usize..to as usize)?;
            if !list.is_sorted_by(|one, other| one < other) {
                return None;
            }
            for code in list {
                slices.get_mut(*code as usize)?.set(row);
            }
            entries = entries.checked_add(u32::try_from(list.len()).ok()?)?;
        }
        starts.push(entries);
        Some(Flags { slices, starts: starts.into(), rows, dictionary: Arc::clone(dictionary) })
    }

    /// From the rows that have each value of the dictionary, of which there are at most [`MOST`].
    pub(super) fn of_slices(slices: Vec<Bits>, rows: usize, dictionary: &Arc<Dictionary>) -> Flags {
        let words = rows.div_ceil(64);
        let mut starts = vec![0u32; words + 1];
        for slice in &slices {
            for (start, word) in starts.iter_mut().skip(1).zip(slice.words()) {
                *start += word.count_ones();
            }
        }
        let mut entries = 0;
        for start in &mut starts {
            entries += *start;
            *start = entries;
        }
        Flags { slices, starts: starts.into(), rows, dictionary: Arc::clone(dictionary) }
    }

    /// As they were put together before; `None` where they do not go together. Where the entries of each word begin is
    /// counted again if `thorough`.
    pub(super) fn restore(
        slices: Vec<Bits>,
        starts: Buffer<u32>,
        rows: usize,
        dictionary: Arc<Dictionary>,
        thorough: bool,
    ) -> Option<Flags> {
        let words = rows.div_ceil(64);
        if slices.len() != dictionary.len() || slices.len() > MOST || starts.len() != words + 1 {
            return None;
        }
        if thorough && *starts != *Flags::of_slices(slices.clone(), rows, &dictionary).starts {
            return None;
        }
        Some(Flags { slices, starts, rows, dictionary })
    }

    /// By word of 64 rows, and one more: how many entries the lists of all rows before it have together.
    pub(super) fn starts(&self) -> &Buffer<u32> {
        &self.starts
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows whose list has the value of a code.
    pub fn slice(&self, code: usize) -> Option<&Bits> {
        self.slices.get(code)
    }

    /// By code: the rows whose list has its value.
    pub(super) fn slices(&self) -> impl Iterator<Item = &Bits> {
        self.slices.iter()
    }

    /// What the codes mean.
    pub fn dictionary(&self) -> &Arc<Dictionary> {
        &self.dictionary
    }

    /// The codes of a row's list, ascending.
    pub fn codes(&self, row: usize) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.slices).filter(move |(_, slice)| slice.get(row)).map(|(code, _)| code)
    }

    /// How many entries the lists of all rows before a row have together.
    pub fn start(&self, row: usize) -> usize {
        let before = self.starts.get(row / 64).copied().unwrap_or(0) as usize;
        let below = (1_u64 << (row % 64)) - 1;
        let word = |slice: &Bits| slice.words().get(row / 64).copied().unwrap_or(0);
        before + self.slices.iter().map(|slice| (word(slice) & below).count_ones() as usize).sum::<usize>()
    }
}
