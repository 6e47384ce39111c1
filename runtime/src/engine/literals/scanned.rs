//! The rows of a block that pass a test of a column.

use super::bind::Test;
use crate::data::{Cells, Flags, MarkCells, Marks, Settled, Stored, StoredValues};
use crate::engine::kernels::scan::{self, Cell, Order};
use crate::engine::vector::bits_of_range;
use crate::for_cells;
use crate::processor::{Instructions, compiled_for_each};
use std::ops::Range;

/// Sets the bits of the rows that pass a test.
pub(super) fn scanned(path: Instructions, test: &Test, stored: &Stored, rows: &Range<usize>, out: &mut [u64]) {
    match (test, stored.values()) {
        (Test::All, _) => out.fill(u64::MAX),
        (Test::Truth, StoredValues::Boolean(bits)) => {
            joined(path, out, &bits_of_range(bits.words(), rows.clone()), With::Copy)
        }
        (Test::Float { order, number }, StoredValues::Number(values)) => {
            scan::ordered(path, values.get(rows.clone()).unwrap_or(&[]), *order, *number, out);
        }
        (Test::Lists { all_of }, StoredValues::Flags(flags)) => lists(path, all_of, flags, rows, out),
        (Test::Marks { settled, test }, _) => match stored.marks().map(Marks::cells) {
            Some(MarkCells::U8(marks)) => in_marks(path, settled, (marks, test), stored, rows, out),
            Some(MarkCells::U16(marks)) => in_marks(path, settled, (marks, test), stored, rows, out),
            None => out.fill(0),
        },
        (Test::Bytes { set }, StoredValues::Text { codes: Cells::U8(cells), .. }) => {
            scan::in_bytes(path, cells.get(rows.clone()).unwrap_or(&[]), set, out);
        }
        (Test::Codes { set }, StoredValues::Text { codes, .. }) => {
            for_cells!(codes, cells => in_set(cells.get(rows.clone()).unwrap_or(&[]), set, out));
        }
        (Test::Ranges { ranges }, _) => in_ranges(path, ranges, cells(stored), rows, out),
        // Tests are made for the column they are with.
        _ => out.fill(0),
    }
}

fn cells(stored: &Stored) -> Option<&Cells> {
    match stored.values() {
        StoredValues::Text { codes, .. } => Some(codes),
        _ => stored.integers().map(|integers| integers.cells()),
    }
}

/// The rows whose code has its bit in a set.
fn in_set<T: Copy + Into<u64>>(cells: &[T], set: &[u64], out: &mut [u64]) {
    for (word, cells) in out.iter_mut().zip(cells.chunks(64)) {
        *word = cells.iter().enumerate().fold(0, |bits, (row, cell)| {
            let cell: u64 = (*cell).into();
            let codes = usize::try_from(cell / 64).ok().and_then(|at| set.get(at)).copied().unwrap_or(0);
            bits | (codes >> (cell % 64) & 1) << row
        });
    }
}

/// Marks that are looked at before the rows they leave open are.
const MARKS: usize = 4096;

/// The rows that marks settle to be in, and those that are left open and pass a test.
fn in_marks<T: Cell + TryFrom<u16>>(
    path: Instructions,
    settled: &[Settled],
    (marks, test): (&[T], &Test),
    stored: &Stored,
    rows: &Range<usize>,
    out: &mut [u64],
) {
    let marks = marks.get(rows.clone()).unwrap_or(&[]);
    let range = |first: u16, last: u16| Some((T::try_from(first).ok()?, T::try_from(last.checked_sub(first)?).ok()?));
    let inner = |settled: &Settled| range(settled.marks.0, settled.marks.1);
    match settled {
        // One is by far the most frequent.
        [one] => scan::in_ranges(path, marks, inner(one).as_slice(), out),
        several => scan::in_ranges(path, marks, &several.iter().filter_map(inner).collect::<Vec<(T, T)>>(), out),
    }
    let mut open: Vec<u16> =
        settled.iter().filter_map(|settled| settled.open).flat_map(|(one, other)| [one, other]).collect();
    open.sort_unstable();
    open.dedup();
    let open: Vec<(T, T)> = open.into_iter().filter_map(|mark| range(mark, mark)).collect();
    if open.is_empty() {
        return;
    }
    let mut bits = [0; MARKS / 64];
    for (number, (marks, out)) in marks.chunks(MARKS).zip(out.chunks_mut(MARKS / 64)).enumerate() {
        scan::in_ranges(path, marks, &open, &mut bits);
        let bits = bits.get(..marks.len().div_ceil(64)).unwrap_or(&[]);
        look_closer(test, stored, rows.start + number * MARKS, bits, out);
    }
}

/// Takes out those of some rows, the first of them row `first` of the column, that do not pass a test.
fn look_closer(test: &Test, stored: &Stored, first: usize, open: &[u64], out: &mut [u64]) {
    match (test, stored.values()) {
        (Test::Float { order, number }, StoredValues::Number(values)) => {
            let values = values.get(first..).unwrap_or(&[]);
            match order {
                Order::Less => each_open(open, out, |row| values.get(row).is_some_and(|value| value < number)),
                Order::Equal => each_open(open, out, |row| values.get(row).is_some_and(|value| value == number)),
                Order::Greater => each_open(open, out, |row| values.get(row).is_some_and(|value| value > number)),
            }
        }
        (Test::Ranges { ranges }, _) => {
            let Some(cells) = cells(stored) else { return };
            for_cells!(cells, cells => {
                let cell = |row: usize| value(cells, first + row);
                match ranges.as_slice() {
                    [(low, high)] => each_open(open, out, |row| {
                        cell(row).is_some_and(|cell| cell.wrapping_sub(*low) <= high.wrapping_sub(*low))
                    }),
                    ranges => each_open(open, out, |row| {
                        cell(row).is_some_and(|cell| ranges.iter().any(|(low, high)| (*low..=*high).contains(&cell)))
                    }),
                }
            });
        }
        _ => {}
    }
}

fn value<T: Copy + Into<u64>>(cells: &[T], row: usize) -> Option<u64> {
    cells.get(row).map(|cell| (*cell).into())
}

/// Their cells are mostly not at hand: nothing but them is waited for, so that several are fetched at once.
#[inline(always)]
fn each_open(open: &[u64], out: &mut [u64], passes: impl Fn(usize) -> bool) {
    for (at, (word, open)) in out.iter_mut().zip(open).enumerate() {
        let (mut left, mut failed) = (*open, 0);
        while left != 0 {
            let row = left.trailing_zeros();
            failed |= u64::from(!passes(at * 64 + row as usize)) << row;
            left &= left - 1;
        }
        *word &= !failed;
    }
}

/// The rows whose cell is in one of the ranges, ends included.
pub(crate) fn in_ranges(
    path: Instructions,
    ranges: &[(u64, u64)],
    cells: Option<&Cells>,
    rows: &Range<usize>,
    out: &mut [u64],
) {
    fn all<T: Cell>(path: Instructions, ranges: &[(u64, u64)], cells: &[T], out: &mut [u64]) {
        let narrow = |cell: u64| T::try_from(cell).ok();
        let range = |(low, high): &(u64, u64)| Some((narrow(*low)?, narrow(high - low)?));
        match ranges {
            // One is by far the most frequent.
            [one] => scan::in_ranges(path, cells, range(one).as_slice(), out),
            several => scan::in_ranges(path, cells, &several.iter().filter_map(range).collect::<Vec<(T, T)>>(), out),
        }
    }
    match cells {
        Some(cells) => for_cells!(cells, cells => all(path, ranges, cells.get(rows.clone()).unwrap_or(&[]), out)),
        None => out.fill(0),
    }
}

/// The rows whose list has a value of each of the sets.
fn lists(path: Instructions, all_of: &[Vec<usize>], flags: &Flags, rows: &Range<usize>, out: &mut [u64]) {
    let slice = |code: &usize| flags.slice(*code).map(|slice| bits_of_range(slice.words(), rows.clone()));
    out.fill(u64::MAX);
    for any_of in all_of {
        match any_of.as_slice() {
            [one] => match slice(one) {
                Some(slice) => joined(path, out, &slice, With::And),
                None => out.fill(0),
            },
            several => {
                let mut any = vec![0; out.len()];
                several.iter().filter_map(slice).for_each(|slice| joined(path, &mut any, &slice, With::Or));
                joined(path, out, &any, With::And);
            }
        }
    }
}

/// How words are joined with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    Copy,
    And,
    Or,
}

compiled_for_each! {
    /// Joins words with others; those that have none stay.
    fn joined(to: &mut [u64], from: &[u64], with: With) = join
}

#[inline(always)]
fn join(to: &mut [u64], from: &[u64], with: With) {
    match with {
        With::Copy => {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from;
            }
        }
        With::And => {
            for (to, from) in to.iter_mut().zip(from) {
                *to &= from;
            }
        }
        With::Or => {
            for (to, from) in to.iter_mut().zip(from) {
                *to |= from;
            }
        }
    }
}
