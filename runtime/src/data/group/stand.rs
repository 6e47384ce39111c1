//! Rows that stand as they are to be put, as those of files that were written so do.

use super::deal::Rows;
use super::lanes::Lane;
use rayon::prelude::*;

/// Rows that are looked at before it is asked whether all were in order.
const SOME: usize = 1 << 12;
/// Owners whose rows are found at once.
const OWNERS: usize = 1 << 12;

/// Whether all rows belong to somebody and stand by owner, then time, then rank.
pub(super) fn in_order(rows: &Rows<'_>) -> bool {
    let Rows { owners, count, ref lanes, times, ranks, .. } = *rows;
    if owners.last().is_some_and(|last| *last as usize >= count) || !by_owner(owners) {
        return false;
    }
    match (times.and_then(|at| lanes.get(at)).map(|lane| lane.lane), ranks) {
        (None, None) => true,
        (None, Some(ranks)) => within_owners(owners, ranks),
        (Some(times), None) => match times {
            Lane::U8(times) => within_owners(owners, times),
            Lane::U16(times) => within_owners(owners, times),
            Lane::U32(times) => within_owners(owners, times),
            Lane::U40(times) => within_owners(owners, times),
            Lane::U64(times) => within_owners(owners, times),
            Lane::Numbers(_) | Lane::Bits(_) => false,
        },
        (Some(times), Some(ranks)) => match times {
            Lane::U8(times) => within_owners_by_both(owners, times, ranks),
            Lane::U16(times) => within_owners_by_both(owners, times, ranks),
            Lane::U32(times) => within_owners_by_both(owners, times, ranks),
            Lane::U40(times) => within_owners_by_both(owners, times, ranks),
            Lane::U64(times) => within_owners_by_both(owners, times, ranks),
            Lane::Numbers(_) | Lane::Bits(_) => false,
        },
    }
}

/// Each of the chunks with the value before it in front, where there is one.
fn chunk<T>(values: &[T], at: usize) -> &[T] {
    values.get((at * SOME).saturating_sub(1)..values.len().min((at + 1) * SOME)).unwrap_or(&[])
}

fn by_owner(owners: &[u32]) -> bool {
    let ascends = |at: usize| chunk(owners, at).windows(2).fold(true, |all, pair| all & (pair[0] <= pair[1]));
    (0..owners.len().div_ceil(SOME)).into_par_iter().all(ascends)
}

/// Owners ascend; whether what belongs to one does as well.
fn within_owners<T: Copy + Ord + Sync>(owners: &[u32], values: &[T]) -> bool {
    let ascends = |at: usize| {
        let pairs = chunk(owners, at).windows(2).zip(chunk(values, at).windows(2));
        pairs.fold(true, |all, (owners, values)| all & ((owners[0] != owners[1]) | (values[0] <= values[1])))
    };
    (0..owners.len().div_ceil(SOME)).into_par_iter().all(ascends)
}

/// The same for two values, the second of which counts where the first are equal.
fn within_owners_by_both<T: Copy + Ord + Sync>(owners: &[u32], values: &[T], ranks: &[u32]) -> bool {
    let ascends = |at: usize| {
        let pairs = chunk(owners, at).windows(2).zip(chunk(values, at).windows(2)).zip(chunk(ranks, at).windows(2));
        pairs.fold(true, |all, ((owners, values), ranks)| {
            all & ((owners[0] != owners[1]) | ((values[0], ranks[0]) <= (values[1], ranks[1])))
        })
    };
    (0..owners.len().div_ceil(SOME)).into_par_iter().all(ascends)
}

/// Where the rows of each owner begin, and the last one's end, where they stand in the order of owners.
pub(super) fn ends(owners: &[u32], count: usize) -> Vec<u32> {
    let mut groups = vec![owners.len() as u32; count + 1];
    groups.par_chunks_mut(OWNERS).enumerate().for_each(|(at, groups)| {
        let first = (at * OWNERS) as u32;
        let mut row = owners.partition_point(|owner| *owner < first);
        for (group, owner) in groups.iter_mut().zip(first..) {
            while owners.get(row).is_some_and(|of_row| *of_row < owner) {
                row += 1;
            }
            *group = row as u32;
        }
    });
    groups
}
