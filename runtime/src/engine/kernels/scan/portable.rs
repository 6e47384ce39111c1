//! Scans without any special instruction: what the others are held against, and what processors run that have no path of
//! their own.
//!
//! The comparisons of 64 cells are a byte each first, which compilers make vectors of, and packed into bits then.

use super::{Cell, Order};

pub(super) fn in_ranges<T: Cell>(cells: &[T], ranges: &[(T, T)], out: &mut [u64]) {
    if let [(low, span)] = ranges {
        each_word(cells, out, |cells, bytes| {
            for (byte, cell) in bytes.iter_mut().zip(cells) {
                *byte = u8::from(cell.within(*low, *span));
            }
        });
        return;
    }
    each_word(cells, out, |cells, bytes| {
        bytes.fill(0);
        for (low, span) in ranges {
            for (byte, cell) in bytes.iter_mut().zip(cells) {
                *byte |= u8::from(cell.within(*low, *span));
            }
        }
    });
}

pub(super) fn in_bytes(cells: &[u8], set: &[u8; 32], out: &mut [u64]) {
    let mut table = [0; 256];
    for (cell, place) in table.iter_mut().enumerate() {
        *place = set.get(cell / 8).map_or(0, |byte| byte >> (cell % 8) & 1);
    }
    each_word(cells, out, |cells, bytes| {
        for (byte, cell) in bytes.iter_mut().zip(cells) {
            *byte = table.get(usize::from(*cell)).copied().unwrap_or(0);
        }
    });
}

pub(super) fn ordered(cells: &[f64], order: Order, number: f64, out: &mut [u64]) {
    match order {
        Order::Less => compared(cells, out, |cell| cell < number),
        Order::Equal => compared(cells, out, |cell| cell == number),
        Order::Greater => compared(cells, out, |cell| cell > number),
    }
}

fn compared(cells: &[f64], out: &mut [u64], test: impl Fn(f64) -> bool) {
    each_word(cells, out, |cells, bytes| {
        for (byte, cell) in bytes.iter_mut().zip(cells) {
            *byte = u8::from(test(*cell));
        }
    });
}

/// Packs what `test` puts into a byte for each of 64 cells, 0 or 1; it gets fewer cells for the last, broken word.
#[inline(always)]
fn each_word<T>(cells: &[T], out: &mut [u64], test: impl Fn(&[T], &mut [u8; 64])) {
    let (whole, rest) = cells.as_chunks::<64>();
    let mut bytes = [0; 64];
    for (cells, word) in whole.iter().zip(out.iter_mut()) {
        test(cells, &mut bytes);
        *word = packed(&bytes);
    }
    if let (Some(word), false) = (out.get_mut(whole.len()), rest.is_empty()) {
        bytes.fill(0);
        test(rest, &mut bytes);
        *word = packed(&bytes);
    }
}

/// A bit for each byte, which is 0 or 1: multiplied, eight of them come to stand side by side in the uppermost byte.
#[inline(always)]
fn packed(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    let mut word = 0;
    for (at, eight) in eights.iter().enumerate() {
        word |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (at * 8);
    }
    word
}
