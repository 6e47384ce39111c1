//! Scans: which rows of a block have a cell in a range or a set, one bit a row, 64 rows a word.
//!
//! Written by hand for each processor, since compilers do not pack comparisons into bits well, and chosen when the program
//! runs. All paths give the same bits; tests hold each against the portable one.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod table;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod turn;

use crate::data::U40;
use crate::processor::Instructions;
use std::cmp::Ordering;
pub(crate) use table::{Masks, SETS};

/// How a float is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    Equal,
    Greater,
}

impl Order {
    /// The same for those who ask in general.
    pub(crate) fn ordering(self) -> Ordering {
        match self {
            Order::Less => Ordering::Less,
            Order::Equal => Ordering::Equal,
            Order::Greater => Ordering::Greater,
        }
    }
}

/// Cells of one width, compared as unsigned numbers.
pub(crate) trait Cell: Copy + Eq + Into<u64> + TryFrom<u64> + 'static {
    /// See [`in_ranges`].
    fn in_ranges(path: Instructions, cells: &[Self], ranges: &[(Self, Self)], out: &mut [u64]);
    /// `self - low`, wrapping round below 0, is at most `span`.
    fn within(self, low: Self, span: Self) -> bool;
}

/// Sets the bit of each row whose cell lies in one of the ranges; clears all others of the words that the cells reach. A
/// range is its least cell and by how much the greatest is more, which fits the width.
pub(crate) fn in_ranges<T: Cell>(path: Instructions, cells: &[T], ranges: &[(T, T)], out: &mut [u64]) {
    T::in_ranges(path, cells, ranges, out);
}

/// The same for signed numbers and one range: from `low` up to `span` more.
pub(crate) fn in_range_of_signed(path: Instructions, values: &[i64], low: i64, span: u64, out: &mut [u64]) {
    // Numbers in a range, taken from its least one round the end of the numbers, are the first ones without a sign.
    // SAFETY: both are 64 bits, and every pattern of them is a number of either.
    let cells = unsafe { std::slice::from_raw_parts(values.as_ptr().cast::<u64>(), values.len()) };
    in_ranges(path, cells, &[(low.cast_unsigned(), span)], out);
}

/// Does whole words with the instructions of a path, and the last, broken word without any.
macro_rules! scan {
    ($path:expr, $name:ident or $portable:ident($cells:expr, $($argument:expr),*; $out:expr)) => {{
        match $path {
            Instructions::Portable => return portable::$portable($cells, $($argument,)* $out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the path is only given where the processor has these instructions.
            Instructions::Avx2 => unsafe { avx2::$name($cells, $($argument,)* $out) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Instructions::Avx512 => unsafe { avx512::$name($cells, $($argument,)* $out) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: as above.
            Instructions::Neon => unsafe { neon::$name($cells, $($argument,)* $out) },
        }
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        rest($cells, $out, |cells, out| portable::$portable(cells, $($argument,)* out));
    }};
}

/// The same for cells of 8 bits and any set of them, a bit for each, eight to a byte.
pub(crate) fn in_bytes(path: Instructions, cells: &[u8], set: &[u8; 32], out: &mut [u64]) {
    scan!(path, in_bytes or in_bytes(cells, set; out));
}

/// The same for floats in an order to a number.
pub(crate) fn ordered(path: Instructions, cells: &[f64], order: Order, number: f64, out: &mut [u64]) {
    scan!(path, ordered or ordered(cells, order, number; out));
}

/// Does the last, broken word.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn rest<T>(cells: &[T], out: &mut [u64], scan: impl FnOnce(&[T], &mut [u64])) {
    let whole = cells.len() / 64;
    if let (Some(cells @ [_, ..]), Some(out)) = (cells.get(whole * 64..), out.get_mut(whole..)) {
        scan(cells, out);
    }
}

macro_rules! cell {
    ($ty:ty, $name:ident) => {
        impl Cell for $ty {
            fn in_ranges(path: Instructions, cells: &[$ty], ranges: &[($ty, $ty)], out: &mut [u64]) {
                scan!(path, $name or in_ranges(cells, ranges; out));
            }

            #[inline]
            fn within(self, low: $ty, span: $ty) -> bool {
                self.wrapping_sub(low) <= span
            }
        }
    };
}

cell!(u8, in_ranges_u8);
cell!(u16, in_ranges_u16);
cell!(u32, in_ranges_u32);
cell!(u64, in_ranges_u64);

/// Cells that are made wide at once.
const WIDENED: usize = 512;

impl Cell for U40 {
    fn in_ranges(path: Instructions, cells: &[U40], ranges: &[(U40, U40)], out: &mut [u64]) {
        let ranges: Vec<(u64, u64)> = ranges.iter().map(|(low, span)| ((*low).into(), (*span).into())).collect();
        let mut wide = [0; WIDENED];
        for (cells, out) in cells.chunks(WIDENED).zip(out.chunks_mut(WIDENED / 64)) {
            wide.iter_mut().zip(cells).for_each(|(wide, cell)| *wide = (*cell).into());
            u64::in_ranges(path, wide.get(..cells.len()).unwrap_or(&[]), &ranges, out);
        }
    }

    fn within(self, low: U40, span: U40) -> bool {
        u64::from(self).within(low.into(), span.into())
    }
}
