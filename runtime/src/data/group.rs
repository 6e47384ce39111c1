//! Rows put into the order every engine relies on: by customer, within a customer by (time, key, input).
//!
//! First rows are dealt out to some hundred buckets of neighbouring customers, in the order in which they come, so that
//! reading and writing go along the memory; then each bucket, which mostly fits a cache (the rows of one customer all go to one), is put in order (a radix partition, after
//! Boncz, Manegold and Kersten, "Database architecture optimized for the new bottleneck: memory access", VLDB 1999).
#![expect(
    clippy::indexing_slicing,
    reason = "groups have one end more than owners, and rows, ranks and codes are those that were counted"
)]

mod deal;
mod lanes;
mod ranks;
mod stand;
#[cfg(test)]
mod tests;

use super::stored::Integers;
pub(crate) use deal::{Ordered, Packed, Rows};
pub(crate) use lanes::{Dealt, Wide};
pub(crate) use ranks::{bytes_of_ranks, key_ranks};

/// A row whose owner is none is left out.
pub(crate) const NO_OWNER: u32 = u32::MAX;

/// About so many rows are in a bucket.
const ROWS_OF_BUCKET: usize = 1 << 15;
/// Most buckets: the places that are written to next stay in the second cache.
const MOST_BUCKETS: usize = 1024;

/// Rows by owner.
pub(crate) enum Grouping {
    /// All rows stay where they are; those of owner `o` are from place `o` of these to before the next.
    Stays(Vec<u32>),
    /// They come in another order.
    Moves(Packed),
}

/// How rows come in order: by owner, within an owner by time, then rank of the key, then input order.
///
/// # Errors
/// Those of `fits`, which is told how many bytes it takes to deal out rows before they are.
pub(crate) fn group<E>(rows: &Rows<'_>, fits: impl Fn(u64) -> Result<(), E>) -> Result<Grouping, E> {
    if stand::in_order(rows) {
        return Ok(Grouping::Stays(stand::ends(rows.owners, rows.count)));
    }
    let buckets = rows.buckets((rows.owners.len() / ROWS_OF_BUCKET).clamp(1, MOST_BUCKETS));
    fits(rows.dealt_bytes(&buckets))?;
    Ok(Grouping::Moves(rows.packed(buckets)))
}

/// Rows by owner, within one by time, then rank of the key, then as they stand; those without an owner are left out. Gives the
/// groups, and the rows in their order, `None` where all stay where they are.
fn sorted(
    owners: &[u32],
    count: usize,
    times: Option<&Integers>,
    ranks: Option<&[u32]>,
) -> (Vec<u32>, Option<Vec<u32>>) {
    let lanes = times.map(|times| Wide::cells(times.cells(), times.greatest()));
    let (times, lanes) = (lanes.map(|_| 0), lanes.into_iter().collect());
    let rows = Rows { owners, count, lanes, times, ranks, inputs: true };
    let Ok(grouped) = group(&rows, |_| Ok::<(), std::convert::Infallible>(()));
    match grouped {
        Grouping::Stays(groups) => (groups, None),
        Grouping::Moves(packed) => {
            let Ordered { groups, inputs, .. } = packed.ordered();
            (groups, Some(inputs))
        }
    }
}

/// The same with the rows written out.
pub(crate) fn sorted_by_owner(
    owners: &[u32],
    count: usize,
    times: Option<&Integers>,
    ranks: Option<&[u32]>,
) -> (Vec<u32>, Vec<u32>) {
    let (groups, rows) = sorted(owners, count, times, ranks);
    let all = groups.last().copied().unwrap_or(0);
    (groups, rows.unwrap_or_else(|| (0..all).collect()))
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
    let ranks_of_added = ranks.and_then(|ranks| ranks.get(before as usize..));
    let (added, inputs) = sorted(owners, count, added_times, ranks_of_added);
    let input = |place: u32| before + inputs.as_ref().map_or(place, |inputs| inputs[place as usize]);
    let all = before + added.last().copied().unwrap_or(0);
    let (mut ends, mut rows) = (Vec::with_capacity(count + 1), Vec::with_capacity(all as usize));
    ends.push(0);
    let key = |row: u32| {
        let time = all_times.and_then(|times| times.cells().get(row as usize));
        (time, ranks.and_then(|ranks| ranks.get(row as usize)))
    };
    for (old, new) in groups.windows(2).zip(added.windows(2)) {
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
