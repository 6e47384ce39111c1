//! Rows put into the order every engine relies on: by customer, within a customer by (time, key, input).
//!
//! First rows are dealt out to some hundred buckets of neighbouring customers, in the order in which they come, so that
//! reading and writing go along the memory; then each bucket, which fits a cache, is put in order. Columns follow in the
//! same two steps (a radix partition, after Boncz, Manegold and Kersten, "Database architecture optimized for the new
//! bottleneck: memory access", VLDB 1999).
#![expect(
    clippy::indexing_slicing,
    reason = "groups have one end more than owners, and rows, ranks and codes are those that were counted"
)]

#[cfg(test)]
mod tests;

use super::dataset::{Dictionary, canonical_integer};
use super::stored::{Integers, Stored};
use crate::for_cells;
use rayon::prelude::*;
use std::cmp::Ordering;

/// A row whose owner is none is left out.
pub(crate) const NO_OWNER: u32 = u32::MAX;

/// About so many rows are in a bucket.
const ROWS_OF_BUCKET: usize = 1 << 16;
/// Most buckets: the places that are written to next stay in the first cache.
const MOST_BUCKETS: usize = 512;

/// Rows by owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grouping {
    /// Rows of owner `o` are those from `groups[o]` to before `groups[o + 1]` in the new order.
    pub(crate) groups: Vec<u32>,
    /// `None` where all rows stay where they are.
    pub(crate) order: Option<Order>,
}

/// Rows in another order; some may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// By row of the input: its bucket, or [`LEFT_OUT`].
    buckets: Vec<u16>,
    /// Where each bucket begins among the rows dealt out, and where the last one ends.
    starts: Vec<u32>,
    /// By row of the new order: its place among the rows dealt out.
    places: Vec<u32>,
}

const LEFT_OUT: u16 = u16::MAX;

impl Order {
    /// How many rows there are in the new order.
    pub(crate) fn rows(&self) -> usize {
        self.places.len()
    }

    /// The values of the rows in the new order.
    pub(crate) fn apply<T: Copy + Default>(&self, values: &[T]) -> Vec<T> {
        let dealt = self.deal(values);
        self.places.iter().map(|place| dealt[*place as usize]).collect()
    }

    /// For each row of the new order that of the input.
    pub(crate) fn inputs(&self) -> Vec<u32> {
        let rows: Vec<u32> = (0..).take(self.buckets.len()).collect();
        self.apply(&rows)
    }

    fn deal<T: Copy + Default>(&self, values: &[T]) -> Vec<T> {
        let mut next = self.starts.clone();
        let mut dealt = vec![T::default(); self.places.len()];
        for (bucket, value) in self.buckets.iter().zip(values) {
            if *bucket != LEFT_OUT {
                let next = &mut next[usize::from(*bucket)];
                dealt[*next as usize] = *value;
                *next += 1;
            }
        }
        dealt
    }
}

/// Groups rows by `owners` (one a row, below `count`), within an owner by time, then rank of the key, then input order.
pub(crate) fn group(owners: &[u32], count: usize, times: Option<&Integers>, ranks: Option<&[u32]>) -> Grouping {
    if are_in_order(owners, count, times, ranks) {
        return Grouping { groups: ends(owners, count), order: None };
    }
    dealt_out(owners, count, times, ranks, (owners.len() / ROWS_OF_BUCKET).clamp(1, MOST_BUCKETS))
}

/// The same by way of at most so many buckets.
fn dealt_out(owners: &[u32], count: usize, times: Option<&Integers>, ranks: Option<&[u32]>, wanted: usize) -> Grouping {
    // Owners of a bucket, a power of two.
    let width = count.div_ceil(wanted).max(1).next_power_of_two();
    let shift = width.trailing_zeros();
    let bucket = |owner: &u32| if *owner as usize >= count { LEFT_OUT } else { (*owner >> shift) as u16 };
    let buckets: Vec<u16> = owners.par_iter().map(bucket).collect();
    let mut starts = vec![0_u32; count.div_ceil(width) + 1];
    for bucket in buckets.iter().filter(|bucket| **bucket != LEFT_OUT) {
        starts[usize::from(*bucket) + 1] += 1;
    }
    let total = add_up(&mut starts);
    let mut order = Order { buckets, starts, places: vec![0; total as usize] };
    let mut groups = vec![total; count + 1];
    let dealt = order.deal(owners);
    let ranks = ranks.map(|ranks| order.deal(ranks));
    let times = times.map(|times| for_cells!(times.cells(), cells => wide(order.deal(cells))));
    let all = Rows { dealt: &dealt, times: times.as_deref(), ranks: ranks.as_deref() };
    let mut pieces = Vec::new();
    let mut rest = order.places.as_mut_slice();
    let owners_of_bucket = groups[..count].chunks_mut(width);
    for (at, (ends, groups)) in order.starts.windows(2).zip(owners_of_bucket).enumerate() {
        let (own, others) = std::mem::take(&mut rest).split_at_mut((ends[1] - ends[0]) as usize);
        rest = others;
        pieces.push((ends[0], at * width, groups, own));
    }
    pieces.into_par_iter().for_each(|(start, first, groups, places)| all.sort(start, first, groups, places));
    Grouping { groups, order: Some(order) }
}

/// Times in 64 bits.
fn wide<T: Copy + Into<u64>>(cells: Vec<T>) -> Vec<u64> {
    cells.into_iter().map(Into::into).collect()
}

/// The rows dealt out, and what they are ordered by.
struct Rows<'r> {
    dealt: &'r [u32],
    times: Option<&'r [u64]>,
    ranks: Option<&'r [u32]>,
}

impl Rows<'_> {
    /// Puts the rows of one bucket, from `start` on, in order: `groups` gets where the rows of each of its owners, from
    /// `first` on, begin.
    fn sort(&self, start: u32, first: usize, groups: &mut [u32], places: &mut [u32]) {
        let own = &self.dealt[start as usize..start as usize + places.len()];
        let mut next = vec![0_u32; groups.len() + 1];
        for owner in own {
            next[*owner as usize - first + 1] += 1;
        }
        let mut before = 0;
        for (next, group) in next.iter_mut().zip(groups.iter_mut()) {
            before += *next;
            *next = before;
            *group = start + before;
        }
        for (place, owner) in (start..).zip(own) {
            let next = &mut next[*owner as usize - first];
            places[*next as usize] = place;
            *next += 1;
        }
        if self.times.is_none() && self.ranks.is_none() {
            return;
        }
        let mut keyed: Vec<(u64, u32, u32)> = Vec::new();
        let mut from = 0;
        // What comes next for an owner is now the end of its rows.
        for to in &next[..groups.len()] {
            let own = &mut places[from..*to as usize];
            from = *to as usize;
            if own.len() < 2 {
                continue;
            }
            let time = |place: u32| self.times.map_or(0, |times| times[place as usize]);
            let rank = |place: u32| self.ranks.map_or(0, |ranks| ranks[place as usize]);
            if own.is_sorted_by_key(|place| (time(*place), rank(*place))) {
                continue;
            }
            keyed.clear();
            keyed.extend(own.iter().map(|place| (time(*place), rank(*place), *place)));
            keyed.sort_unstable();
            for (place, (.., from)) in own.iter_mut().zip(&keyed) {
                *place = *from;
            }
        }
    }
}

/// The rows of a table that is grouped, and more rows that come after it, in order. `times` and `ranks` are those of all
/// rows, one after the other; `owners` those of the added rows. Only the added rows are sorted; each owner's two lots are
/// merged. Gives the groups, and for each row of the new order that of the input.
pub(crate) fn merged(
    groups: &[u32],
    owners: &[u32],
    times: (Option<&Integers>, Option<&Integers>),
    ranks: Option<&[u32]>,
) -> (Vec<u32>, Vec<u32>) {
    let count = groups.len().saturating_sub(1);
    let before = groups.last().copied().unwrap_or(0);
    let (all_times, added_times) = times;
    let added = group(owners, count, added_times, ranks.and_then(|ranks| ranks.get(before as usize..)));
    let inputs = added.order.as_ref().map(Order::inputs);
    let input = |place: u32| before + inputs.as_ref().map_or(place, |inputs| inputs[place as usize]);
    let all = before + added.groups.last().copied().unwrap_or(0);
    let (mut ends, mut rows) = (Vec::with_capacity(count + 1), Vec::with_capacity(all as usize));
    ends.push(0);
    let key = |row: u32| {
        let time = all_times.and_then(|times| times.cells().get(row as usize));
        (time, ranks.and_then(|ranks| ranks.get(row as usize)))
    };
    for (old, new) in groups.windows(2).zip(added.groups.windows(2)) {
        let mut at = old[0];
        for row in (new[0]..new[1]).map(input) {
            let key_of_row = key(row);
            while at < old[1] && key(at) <= key_of_row {
                rows.push(at);
                at += 1;
            }
            rows.push(row);
        }
        rows.extend(at..old[1]);
        ends.push(rows.len() as u32);
    }
    (ends, rows)
}

/// Where the rows of each owner begin, and the last one's end, where they stand in the order of owners.
fn ends(owners: &[u32], count: usize) -> Vec<u32> {
    let mut groups = vec![0_u32; count + 1];
    for owner in owners {
        groups[*owner as usize + 1] += 1;
    }
    add_up(&mut groups);
    groups
}

/// Makes of each number the sum up to it; gives the last.
fn add_up(numbers: &mut [u32]) -> u32 {
    let mut total = 0;
    for number in numbers {
        total += *number;
        *number = total;
    }
    total
}

/// Whether rows stand as they are to be put, as those of files that were written so do.
fn are_in_order(owners: &[u32], count: usize, times: Option<&Integers>, ranks: Option<&[u32]>) -> bool {
    let time = |row: usize| times.and_then(|times| times.cells().get(row));
    let rank = |row: usize| ranks.and_then(|ranks| ranks.get(row));
    let in_order = |(row, pair): (usize, &[u32])| match pair[0].cmp(&pair[1]) {
        Ordering::Less => true,
        Ordering::Equal => (time(row), rank(row)) <= (time(row + 1), rank(row + 1)),
        Ordering::Greater => false,
    };
    owners.last().is_none_or(|last| (*last as usize) < count) && owners.par_windows(2).enumerate().all(in_order)
}

/// The place of each row's key in the order of ids (rule 10); missing keys come first.
pub(crate) fn key_ranks(keys: &Stored) -> Option<Vec<u32>> {
    let (codes, dictionary) = keys.text()?;
    let count = u32::try_from(dictionary.len()).ok()?;
    let mut ordered: Vec<u32> = (0..count).collect();
    match &**dictionary {
        Dictionary::Integers(numbers) if numbers.ascend() => {}
        Dictionary::Integers(numbers) => ordered.par_sort_unstable_by_key(|code| numbers.get(*code as usize)),
        Dictionary::Texts(texts) => {
            let place = |code: u32| {
                let text = texts.get(code as usize).unwrap_or_default();
                canonical_integer(text).map_or((true, 0, text), |number| (false, number, ""))
            };
            let mut placed: Vec<(bool, i64, &str, u32)> = ordered
                .iter()
                .map(|code| {
                    let (is_text, number, text) = place(*code);
                    (is_text, number, text, *code)
                })
                .collect();
            placed.par_sort_unstable();
            ordered = placed.into_iter().map(|(.., code)| code).collect();
        }
    }
    let mut ranks = vec![0; ordered.len()];
    for (rank, code) in (1..).zip(ordered) {
        ranks[code as usize] = rank;
    }
    let rank = |(row, code): (usize, u32)| if keys.is_known(row) { ranks[code as usize] } else { 0 };
    Some(codes.codes().enumerate().map(rank).collect())
}

/// Where the members of groups begin, and the last one's end, for some groups and then others.
pub(crate) fn joined_ends(offsets: &[u32], more: &[u32]) -> impl Iterator<Item = u32> {
    let last = offsets.last().copied().unwrap_or(0);
    offsets.iter().copied().chain(more.iter().skip(1).map(move |end| last + end))
}

/// The offsets of groups in another order, and the rows of their members in it.
pub(crate) fn gather_groups(offsets: &[u32], rows: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut gathered, mut inner) = (Vec::with_capacity(rows.len() + 1), Vec::new());
    gathered.push(0);
    let mut end = 0;
    for row in rows {
        let (from, to) = (offsets[*row as usize], offsets[*row as usize + 1]);
        inner.extend(from..to);
        end += to - from;
        gathered.push(end);
    }
    (gathered, inner)
}
