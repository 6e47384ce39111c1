//! Scans without any special instruction: what the others are held against.

use super::{Cell, Order};

pub(super) fn in_ranges<T: Cell>(cells: &[T], ranges: &[(T, T)], out: &mut [u64]) {
    match ranges {
        [(low, span)] => each_word(cells, out, |cell| cell.within(*low, *span)),
        _ => each_word(cells, out, |cell| ranges.iter().any(|(low, span)| cell.within(*low, *span))),
    }
}

pub(super) fn in_bytes(cells: &[u8], set: &[u8; 32], out: &mut [u64]) {
    each_word(cells, out, |cell| set.get(usize::from(cell / 8)).is_some_and(|byte| byte >> (cell % 8) & 1 == 1));
}

pub(super) fn ordered(cells: &[f64], order: Order, number: f64, out: &mut [u64]) {
    match order {
        Order::Less => each_word(cells, out, |cell| cell < number),
        Order::Equal => each_word(cells, out, |cell| cell == number),
        Order::Greater => each_word(cells, out, |cell| cell > number),
    }
}

#[inline(always)]
fn each_word<T: Copy>(cells: &[T], out: &mut [u64], test: impl Fn(T) -> bool) {
    for (cells, word) in cells.chunks(64).zip(out) {
        *word = cells.iter().enumerate().fold(0, |word, (at, cell)| word | u64::from(test(*cell)) << at);
    }
}
