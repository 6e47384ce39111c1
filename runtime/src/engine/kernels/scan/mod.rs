//! Scans: which rows of a block have a cell in a range or a set, one bit a row, 64 rows a word.
//!
//! Written by hand for each processor, since compilers do not pack comparisons into bits well, and chosen when the program
//! runs. All paths give the same bits; tests hold each against the portable one.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use table::{Masks, SETS};

/// The instructions that columns are read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instructions {
    /// What every processor has.
    Portable,
    /// 256 bits at once.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512 bits at once, with masks.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// How a float is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    Equal,
    Greater,
}

impl Instructions {
    /// All that this processor has, the best last.
    pub fn available() -> Vec<Instructions> {
        let mut paths = vec![Instructions::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
                paths.push(Instructions::Avx2);
            }
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vpopcntdq")
                && is_x86_feature_detected!("popcnt")
            {
                paths.push(Instructions::Avx512);
            }
        }
        paths
    }

    /// The best that this processor has.
    pub fn best() -> Instructions {
        Instructions::available().last().copied().unwrap_or(Instructions::Portable)
    }
}

/// Cells of one width, compared as unsigned numbers.
pub(crate) trait Cell: Copy + Eq + Into<u64> + TryFrom<u64> + 'static {
    /// See [`in_range`].
    fn in_range(path: Instructions, cells: &[Self], low: Self, span: Self, out: &mut [u64]);
    /// `self - low`, wrapping round below 0, is at most `span`.
    fn within(self, low: Self, span: Self) -> bool;
}

/// Sets the bit of each row whose cell is at least `low` and at most `low + span`, which fits the width; clears all others
/// of the words that the cells reach.
pub(crate) fn in_range<T: Cell>(path: Instructions, cells: &[T], low: T, span: T, out: &mut [u64]) {
    T::in_range(path, cells, low, span, out);
}

/// The same for floats in an order to a number.
pub(crate) fn ordered(path: Instructions, cells: &[f64], order: Order, number: f64, out: &mut [u64]) {
    let whole = cells.len() / 64;
    match path {
        Instructions::Portable => portable::ordered(cells, order, number, out),
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2 => {
            // SAFETY: the path is only given where the processor has these instructions.
            unsafe { avx2::ordered(cells, order, number, out) }
            rest(cells, whole, out, |cells, out| portable::ordered(cells, order, number, out));
        }
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx512 => {
            // SAFETY: as above.
            unsafe { avx512::ordered(cells, order, number, out) }
            rest(cells, whole, out, |cells, out| portable::ordered(cells, order, number, out));
        }
    }
}

/// Does the last, broken word.
fn rest<T>(cells: &[T], whole: usize, out: &mut [u64], scan: impl FnOnce(&[T], &mut [u64])) {
    if let (Some(cells @ [_, ..]), Some(out)) = (cells.get(whole * 64..), out.get_mut(whole..)) {
        scan(cells, out);
    }
}

macro_rules! cell {
    ($ty:ty, $name:ident) => {
        impl Cell for $ty {
            fn in_range(path: Instructions, cells: &[$ty], low: $ty, span: $ty, out: &mut [u64]) {
                let whole = cells.len() / 64;
                match path {
                    Instructions::Portable => portable::in_range(cells, low, span, out),
                    #[cfg(target_arch = "x86_64")]
                    Instructions::Avx2 => {
                        // SAFETY: the path is only given where the processor has these instructions.
                        unsafe { avx2::$name(cells, low, span, out) }
                        rest(cells, whole, out, |cells, out| portable::in_range(cells, low, span, out));
                    }
                    #[cfg(target_arch = "x86_64")]
                    Instructions::Avx512 => {
                        // SAFETY: as above.
                        unsafe { avx512::$name(cells, low, span, out) }
                        rest(cells, whole, out, |cells, out| portable::in_range(cells, low, span, out));
                    }
                }
            }

            #[inline]
            fn within(self, low: $ty, span: $ty) -> bool {
                self.wrapping_sub(low) <= span
            }
        }
    };
}

cell!(u8, in_range_u8);
cell!(u16, in_range_u16);
cell!(u32, in_range_u32);
cell!(u64, in_range_u64);
