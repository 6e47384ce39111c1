//! Sets of rows.

use super::stored::Memory;
use std::ops::Range;
use std::sync::Arc;

/// A set of row numbers, one bit each.
#[derive(Debug, Clone, Default)]
pub struct Bits {
    words: Words,
    length: usize,
}

/// Where the words are.
#[derive(Debug, Clone, Default)]
struct Words {
    own: Vec<u64>,
    /// Shared with others, and changed by nobody; then none are its own.
    part: Option<(Arc<Memory>, Range<usize>)>,
}

impl Words {
    fn own(&mut self) -> &mut Vec<u64> {
        if let Some((memory, range)) = self.part.take() {
            self.own = memory.words().get(range).unwrap_or(&[]).to_vec();
        }
        &mut self.own
    }
}

impl From<Vec<u64>> for Words {
    fn from(own: Vec<u64>) -> Words {
        Words { own, part: None }
    }
}

impl PartialEq for Bits {
    fn eq(&self, other: &Bits) -> bool {
        self.length == other.length && self.words() == other.words()
    }
}

impl Eq for Bits {}

impl Bits {
    /// All clear.
    pub fn zeros(length: usize) -> Bits {
        Bits { words: vec![0; length.div_ceil(64)].into(), length }
    }

    /// From words, lowest bit first; bits past the end are cleared.
    pub fn from_words(mut words: Vec<u64>, length: usize) -> Bits {
        words.resize(length.div_ceil(64), 0);
        if let (Some(last), tail @ 1..) = (words.last_mut(), length % 64) {
            *last &= (1 << tail) - 1;
        }
        Bits { words: words.into(), length }
    }

    /// From words of shared memory, of which there are enough and whose bits past the end are clear.
    pub(crate) fn part(memory: &Arc<Memory>, words: Range<usize>, length: usize) -> Bits {
        Bits { words: Words { own: Vec::new(), part: Some((Arc::clone(memory), words)) }, length }
    }

    /// From one truth a row.
    pub fn from_bools(bools: impl IntoIterator<Item = bool>) -> Bits {
        let mut bools = bools.into_iter();
        let (mut words, mut length) = (Vec::with_capacity(bools.size_hint().0.div_ceil(64)), 0);
        loop {
            let (mut word, mut count) = (0_u64, 0);
            for bool in bools.by_ref().take(64) {
                word |= u64::from(bool) << count;
                count += 1;
            }
            if count > 0 {
                words.push(word);
            }
            length += count;
            if count < 64 {
                return Bits { words: words.into(), length };
            }
        }
    }

    /// None yet, with room for so many.
    pub(crate) fn with_room(rows: usize) -> Bits {
        Bits { words: Vec::with_capacity(rows.div_ceil(64) + 1).into(), length: 0 }
    }

    /// Appends a row.
    pub fn push(&mut self, bit: bool) {
        let words = self.words.own();
        if self.length.is_multiple_of(64) {
            words.push(0);
        }
        if let (true, Some(word)) = (bit, words.last_mut()) {
            *word |= 1 << (self.length % 64);
        }
        self.length += 1;
    }

    /// The row's bit; false past the end.
    pub fn get(&self, row: usize) -> bool {
        self.words().get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets the row's bit; nothing past the end.
    pub fn set(&mut self, row: usize) {
        if let Some(word) = self.words.own().get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// All set.
    pub(crate) fn ones_of(length: usize) -> Bits {
        Bits::from_words(vec![u64::MAX; length.div_ceil(64)], length)
    }

    /// Appends all rows of another set.
    pub(crate) fn append(&mut self, more: &Bits) {
        let shift = self.length % 64;
        let words = self.words.own();
        if shift == 0 {
            words.extend_from_slice(more.words());
        } else {
            for word in more.words() {
                if let Some(last) = words.last_mut() {
                    *last |= word << shift;
                }
                words.push(word >> (64 - shift));
            }
        }
        self.length += more.length;
        words.truncate(self.length.div_ceil(64));
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many bits are set.
    pub fn count(&self) -> usize {
        self.words().iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The words, lowest bit first; bits past the end are clear.
    #[inline]
    pub fn words(&self) -> &[u64] {
        match &self.words.part {
            None => &self.words.own,
            Some((memory, range)) => memory.words().get(range.clone()).unwrap_or(&[]),
        }
    }

    /// The rows whose bit is set, ascending.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words().iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                (bit < 64).then_some(at * 64 + bit)
            })
        })
    }
}
