//! Members of all segments among customers who follow one another.

use super::room::{Arena, LINE};
use crate::data::Bits;
use std::ops::Range;
use zerocopy::{FromBytes, IntoBytes};

/// In which form a block holds a segment. It follows from how many are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Nobody,
    Everybody,
    /// A list of who is in it.
    Members,
    /// A list of who is not.
    Others,
    Bits,
}

/// The form for `count` of so many customers: a list where it takes half of what bits do, or less. One that takes nearly as
/// much would take longer to make than it saves in writing.
#[inline]
pub(super) fn form(rows: usize, count: usize) -> Form {
    let lines = rows.div_ceil(64 * LINE);
    let short = |count: usize| count.div_ceil(4 * LINE) * 2 <= lines;
    match (count, rows.saturating_sub(count)) {
        (0, _) => Form::Nobody,
        (_, 0) => Form::Everybody,
        (count, _) if short(count) => Form::Members,
        (_, others) if short(others) => Form::Others,
        _ => Form::Bits,
    }
}

/// How many are in a segment, and where they are held: 16 and 48 bits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry(u64);

impl Entry {
    pub(super) fn new(place: usize, count: usize) -> Entry {
        Entry((place as u64) << 16 | count as u64 & 0xffff)
    }

    fn place(self) -> usize {
        (self.0 >> 16) as usize
    }

    fn count(self) -> usize {
        (self.0 & 0xffff) as usize
    }
}

/// A block of customers: an entry for each segment.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(super) entries: Vec<Entry>,
    /// The number of the arena that holds them.
    pub(crate) arena: usize,
}

/// Blocks that follow one another.
#[derive(Debug)]
pub(crate) struct Part {
    /// By block: how many customers are in it and those before.
    ends: Vec<usize>,
    blocks: Vec<Block>,
    arenas: Vec<Arena>,
}

impl Part {
    /// Blocks, and for each how many customers are in it and those before it; a multiple of 64 but for the last.
    pub(crate) fn new(ends: Vec<usize>, blocks: Vec<Block>, arenas: Vec<Arena>) -> Part {
        Part { ends, blocks, arenas }
    }

    /// How many customers there are.
    pub(super) fn customers(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The block that holds a customer; past the last block for one past the last customer.
    fn block_of(&self, row: usize) -> usize {
        self.ends.partition_point(|end| *end <= row)
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        let entries: usize = self.blocks.iter().map(|block| size_of_val(block.entries.as_slice())).sum();
        entries + self.arenas.iter().map(Arena::bytes).sum::<usize>()
    }

    /// How many are in a segment.
    pub(super) fn count(&self, segment: usize) -> usize {
        self.blocks.iter().filter_map(|block| block.entries.get(segment)).map(|entry| entry.count()).sum()
    }

    /// Who of a block's customers is in a segment.
    fn held(&self, block: usize, segment: usize) -> Held<'_> {
        let start = block.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let rows = self.ends.get(block).map_or(0, |end| end - start);
        let block = self.blocks.get(block);
        let entry = block.and_then(|block| block.entries.get(segment)).copied().unwrap_or_default();
        let arena = block.and_then(|block| self.arenas.get(block.arena));
        let words = |count: usize| arena.map_or(&[][..], |arena| arena.words(entry.place(), count));
        let list = |count: usize| {
            let list = <[u16]>::ref_from_bytes(words(count.div_ceil(4)).as_bytes()).unwrap_or(&[]);
            list.get(..count).unwrap_or(&[])
        };
        let who = match form(rows, entry.count()) {
            Form::Nobody => Who::Members(&[]),
            Form::Everybody => Who::Others(&[]),
            Form::Members => Who::Members(list(entry.count())),
            Form::Others => Who::Others(list(rows - entry.count())),
            Form::Bits => Who::Bits(words(rows.div_ceil(64))),
        };
        Held { start, rows, who }
    }

    /// Whether a customer is in a segment.
    pub(super) fn contains(&self, segment: usize, row: usize) -> bool {
        let held = self.held(self.block_of(row), segment);
        row.checked_sub(held.start).is_some_and(|place| held.contains(place))
    }

    /// Who of some customers is in a segment, ascending.
    pub(super) fn within(&self, segment: usize, rows: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let end = rows.end.min(self.customers());
        let blocks = self.block_of(rows.start.min(end))..end.checked_sub(1).map_or(0, |last| self.block_of(last) + 1);
        let members = blocks.flat_map(move |block| {
            let held = self.held(block, segment);
            let start = held.start;
            held.places().map(move |place| start + place)
        });
        members.skip_while(move |row| *row < rows.start).take_while(move |row| *row < end)
    }

    /// Appends a bit for each customer.
    pub(super) fn append_to(&self, segment: usize, bits: &mut Bits) {
        for block in 0..self.blocks.len() {
            let held = self.held(block, segment);
            bits.append(&Bits::from_words(held.words(), held.rows));
        }
    }
}

/// Who of a block's customers is in a segment.
struct Held<'p> {
    start: usize,
    rows: usize,
    who: Who<'p>,
}

/// Places of customers in a block, ascending, or a bit for each.
enum Who<'p> {
    Members(&'p [u16]),
    Others(&'p [u16]),
    Bits(&'p [u64]),
}

impl<'p> Held<'p> {
    fn contains(&self, place: usize) -> bool {
        let listed = |list: &[u16]| list.binary_search_by_key(&place, |listed| usize::from(*listed)).is_ok();
        match self.who {
            Who::Members(members) => listed(members),
            Who::Others(others) => place < self.rows && !listed(others),
            Who::Bits(words) => words.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1),
        }
    }

    fn words(&self) -> Vec<u64> {
        let count = self.rows.div_ceil(64);
        let flip = |mut words: Vec<u64>, list: &[u16]| {
            for place in list {
                if let Some(word) = words.get_mut(usize::from(*place) / 64) {
                    *word ^= 1 << (place % 64);
                }
            }
            words
        };
        match self.who {
            Who::Members(members) => flip(vec![0; count], members),
            Who::Others(others) => flip(vec![u64::MAX; count], others),
            Who::Bits(words) => words.to_vec(),
        }
    }

    fn places(self) -> Places<'p> {
        match self.who {
            Who::Members(members) => Places::Members(members.iter()),
            Who::Others(others) => Places::Others { next: 0, end: self.rows, others },
            Who::Bits(words) => Places::Bits { at: 0, left: words.first().copied().unwrap_or(0), words },
        }
    }
}

/// The places of members in a block, ascending.
enum Places<'p> {
    Members(std::slice::Iter<'p, u16>),
    Others { next: usize, end: usize, others: &'p [u16] },
    Bits { at: usize, left: u64, words: &'p [u64] },
}

impl Iterator for Places<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        match self {
            Places::Members(members) => members.next().copied().map(usize::from),
            Places::Others { next, end, others } => {
                while let [other, rest @ ..] = *others
                    && usize::from(*other) == *next
                {
                    (*next, *others) = (*next + 1, rest);
                }
                let place = *next;
                *next += 1;
                (place < *end).then_some(place)
            }
            Places::Bits { at, left, words } => {
                while *left == 0 {
                    *at += 1;
                    *left = *words.get(*at)?;
                }
                let place = *at * 64 + left.trailing_zeros() as usize;
                *left &= *left - 1;
                Some(place)
            }
        }
    }
}
