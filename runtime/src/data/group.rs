//! Rows put into the order every engine relies on: by customer, within a customer by (time, key, input).
//!
//! A counting partition by customer, which keeps the input order, then a sort of each customer's own few rows.
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

/// A row whose owner is none is left out.
pub(crate) const NO_OWNER: u32 = u32::MAX;

/// Rows by owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grouping {
    /// Rows of owner `o` are `order[groups[o]..groups[o + 1]]`.
    pub(crate) groups: Vec<u32>,
    /// Rows of the input; `None` where all rows stay where they are.
    pub(crate) order: Option<Vec<u32>>,
}

/// Groups rows by `owners` (one a row, below `count`), within an owner by time, then rank of the key, then input order.
pub(crate) fn group(owners: &[u32], count: usize, times: Option<&Integers>, ranks: Option<&[u32]>) -> Grouping {
    let mut groups = vec![0_u32; count + 1];
    for owner in owners {
        if let Some(place) = groups.get_mut(*owner as usize + 1) {
            *place += 1;
        }
    }
    let mut total = 0;
    for place in &mut groups {
        total += *place;
        *place = total;
    }
    if total as usize == owners.len() && are_in_order(owners, times, ranks) {
        return Grouping { groups, order: None };
    }
    let mut next = groups.clone();
    let mut order = vec![0_u32; total as usize];
    for (row, owner) in (0..).zip(owners) {
        if *owner != NO_OWNER
            && let Some(place) = next.get_mut(*owner as usize)
        {
            order[*place as usize] = row;
            *place += 1;
        }
    }
    match times {
        // Cells are in the order of times.
        Some(times) => for_cells!(times.cells(), cells => sort_by_cells(&groups, &mut order, ranks, cells)),
        _ if ranks.is_some() => sort_groups(&groups, &mut order, ranks, |_| 0),
        _ => {}
    }
    Grouping { groups, order: Some(order) }
}

/// Whether rows stand as they are to be put, as those of files that were written so do.
fn are_in_order(owners: &[u32], times: Option<&Integers>, ranks: Option<&[u32]>) -> bool {
    let time = |row: usize| times.and_then(|times| times.cells().get(row));
    let rank = |row: usize| ranks.and_then(|ranks| ranks.get(row));
    let pairs = || owners.par_windows(2).enumerate();
    owners.par_windows(2).all(|pair| pair[0] <= pair[1])
        && pairs().all(|(row, pair)| pair[0] != pair[1] || (time(row), rank(row)) <= (time(row + 1), rank(row + 1)))
}

fn sort_by_cells<T: Copy + Into<u64> + Sync>(groups: &[u32], order: &mut [u32], ranks: Option<&[u32]>, cells: &[T]) {
    sort_groups(groups, order, ranks, |row| cells[row as usize].into());
}

fn sort_groups(groups: &[u32], order: &mut [u32], ranks: Option<&[u32]>, time: impl Fn(u32) -> u64 + Sync) {
    // Pieces of about equal numbers of rows, cut between owners.
    let piece = (order.len() / 64).max(1 << 14);
    let mut pieces = Vec::new();
    let (mut rest, mut first, mut done) = (order, 0, 0);
    for owner in 1..groups.len() {
        let rows = groups[owner] as usize - done;
        if rows >= piece || owner + 1 == groups.len() {
            let (head, tail) = std::mem::take(&mut rest).split_at_mut(rows);
            pieces.push((first, owner, head));
            (rest, first, done) = (tail, owner, done + rows);
        }
    }
    pieces.into_par_iter().for_each(|(first, last, rows)| {
        let base = groups[first];
        let mut keyed: Vec<(u64, u32, u32)> = Vec::new();
        for owner in first..last {
            let own = &mut rows[(groups[owner] - base) as usize..(groups[owner + 1] - base) as usize];
            if own.len() < 2 {
                continue;
            }
            keyed.clear();
            keyed.extend(own.iter().map(|row| (time(*row), ranks.map_or(0, |ranks| ranks[*row as usize]), *row)));
            if !keyed.is_sorted() {
                keyed.sort_unstable();
                for (place, (.., row)) in own.iter_mut().zip(&keyed) {
                    *place = *row;
                }
            }
        }
    });
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
                let text: &str = &texts[code as usize];
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
