//! Who is in a segment, held compactly.
//!
//! Customers are held in blocks, as Roaring bitmaps hold numbers (Lemire et al., Roaring Bitmaps: Implementation of an
//! Optimized Software Library, 2018): nothing of a segment where nobody or everybody of a block is in it, a list of places in
//! the block where few are, or few are not, and a bit a customer otherwise. Unlike there, a block holds all segments, in the
//! memory of the thread that worked it out: it is packed while its bits are at hand, and nothing is allocated for each.

mod held;
mod keeper;
mod places;
mod room;
#[cfg(test)]
mod tests;

use crate::data::Bits;
use crate::processor::Instructions;
pub(crate) use held::{Block, Part};
pub(crate) use keeper::Keeper;
pub use room::Room;
pub(crate) use room::{Arena, Full};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Most customers of a block.
pub(crate) const ROWS: usize = 8192;

/// The customers who are in a segment, by their rows in the customers' table.
#[derive(Clone)]
pub struct Members {
    kept: Arc<Kept>,
    segment: usize,
}

/// The members of all segments of a run.
#[derive(Debug)]
struct Kept {
    customers: usize,
    /// Each with the customers before it.
    parts: Vec<(usize, Arc<Part>)>,
}

impl Members {
    /// Each of so many segments, from what was kept of them.
    pub(crate) fn of_part(part: Part, segments: usize) -> Vec<Members> {
        Members::all(Kept { customers: part.customers(), parts: vec![(0, Arc::new(part))] }, segments)
    }

    /// Each of so many segments, from its members in parts of the customers that follow one another.
    pub(crate) fn joined(parts: &[Vec<Members>], segments: usize) -> Vec<Members> {
        let (mut customers, mut all) = (0, Vec::with_capacity(parts.len()));
        for kept in parts.iter().filter_map(|part| part.first()).map(|first| &first.kept) {
            all.extend(kept.parts.iter().map(|(before, part)| (customers + before, Arc::clone(part))));
            customers += kept.customers;
        }
        Members::all(Kept { customers, parts: all }, segments)
    }

    fn all(kept: Kept, segments: usize) -> Vec<Members> {
        let kept = Arc::new(kept);
        (0..segments).map(|segment| Members { kept: Arc::clone(&kept), segment }).collect()
    }

    /// Each of several segments of the same customers.
    pub fn from_bits(segments: &[Bits]) -> Vec<Members> {
        let customers = segments.first().map_or(0, Bits::len);
        let mut keeper = Keeper::new(&Room::new(), segments.len(), customers, Instructions::Portable);
        let blocks = (0..customers).step_by(ROWS).map(|start| {
            let rows = ROWS.min(customers - start);
            for (segment, bits) in segments.iter().enumerate() {
                let words = bits.words().get(start / 64..(start + rows).div_ceil(64)).unwrap_or(&[]);
                keeper.keep(segment, words, rows, words.iter().map(|word| word.count_ones() as usize).sum());
            }
            // Nothing bounds this room.
            keeper.block().unwrap_or_default()
        });
        let blocks = blocks.collect();
        let ends = (0..customers).step_by(ROWS).map(|start| customers.min(start + ROWS)).collect();
        Members::of_part(Part::new(ends, blocks, vec![keeper.finish()]), segments.len())
    }

    /// How many customers there are, members or not.
    pub fn customers(&self) -> usize {
        self.kept.customers
    }

    /// How many customers are in the segment.
    pub fn count(&self) -> usize {
        self.kept.parts.iter().map(|(_, part)| part.count(self.segment)).sum()
    }

    /// Whether the customer of a row is in it; false past the last.
    pub fn contains(&self, row: usize) -> bool {
        let parts = &self.kept.parts;
        let at = parts.partition_point(|(before, _)| *before <= row);
        let part = at.checked_sub(1).and_then(|at| parts.get(at));
        part.is_some_and(|(before, part)| part.contains(self.segment, row - before))
    }

    /// The rows of its customers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.within(0..self.kept.customers)
    }

    /// The rows of its customers among some, ascending.
    pub fn within(&self, rows: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        self.kept.parts.iter().flat_map(move |(before, part)| {
            let own = rows.start.saturating_sub(*before)..rows.end.saturating_sub(*before);
            part.within(self.segment, own).map(move |row| before + row)
        })
    }

    /// A bit for each customer.
    pub fn to_bits(&self) -> Bits {
        let mut bits = Bits::with_room(self.kept.customers);
        for (_, part) in &self.kept.parts {
            part.append_to(self.segment, &mut bits);
        }
        bits
    }

    /// Bytes that all segments take of whose run this is one.
    pub fn bytes_of_run(&self) -> usize {
        self.kept.parts.iter().map(|(_, part)| part.bytes()).sum()
    }
}

impl PartialEq for Members {
    /// Whether the same of as many customers are members.
    fn eq(&self, other: &Members) -> bool {
        self.customers() == other.customers() && self.count() == other.count() && self.iter().eq(other.iter())
    }
}

impl Eq for Members {}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
