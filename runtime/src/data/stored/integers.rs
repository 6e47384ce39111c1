//! Whole numbers in as few bytes as their range needs.
//!
//! A column's values are written as `base + unit * cell` with cells from 0 on (frame of reference, after Goldstein,
//! Ramakrishnan and Shaft, "Compressing relations and indexes", ICDE 1998, with a common divisor taken out). Prices in
//! whole cents and times in whole seconds lose the digits that are always 0; the order of cells is the order of values.

use super::buffer::{Buffer, Room, split};
use super::forty::U40;
use crate::data::bits::Bits;
use rayon::prelude::*;
use std::ops::Range;

/// Cells of one width.
#[derive(Debug, Clone)]
pub enum Cells {
    /// 8 bits.
    U8(Buffer<u8>),
    /// 16 bits.
    U16(Buffer<u16>),
    /// 32 bits.
    U32(Buffer<u32>),
    /// 40 bits: only columns with marks, of data that were arranged for several runs.
    U40(Buffer<U40>),
    /// 64 bits.
    U64(Buffer<u64>),
}

/// Does the same for cells of every width.
#[macro_export]
#[doc(hidden)]
macro_rules! for_cells {
    ($cells:expr, $values:ident => $does:expr) => {
        match $cells {
            $crate::data::Cells::U8($values) => $does,
            $crate::data::Cells::U16($values) => $does,
            $crate::data::Cells::U32($values) => $does,
            $crate::data::Cells::U40($values) => $does,
            $crate::data::Cells::U64($values) => $does,
        }
    };
}

/// Does something with the narrowest type that has room for a number, 40 bits not among them, and the form of cells that is
/// made of it.
macro_rules! as_wide_as {
    ($greatest:expr, $ty:ident, $form:ident => $made:expr) => {{
        use $crate::data::stored::Cells;
        let greatest: u64 = $greatest;
        macro_rules! made {
            ($own:ty, $variant:path) => {{
                type $ty = $own;
                use $variant as $form;
                $made
            }};
        }
        if greatest <= u64::from(u8::MAX) {
            made!(u8, Cells::U8)
        } else if greatest <= u64::from(u16::MAX) {
            made!(u16, Cells::U16)
        } else if greatest <= u64::from(u32::MAX) {
            made!(u32, Cells::U32)
        } else {
            made!(u64, Cells::U64)
        }
    }};
}
pub(super) use as_wide_as;

/// Whole numbers.
#[derive(Debug, Clone)]
pub struct Integers {
    base: i64,
    unit: u64,
    greatest: u64,
    cells: Cells,
}

impl Cells {
    /// Cells just wide enough for the greatest of the numbers.
    pub(crate) fn new(greatest: u64, numbers: impl ExactSizeIterator<Item = u64>) -> Cells {
        as_wide_as!(greatest, Wide, form => form(numbers.map(|number| number as Wide).collect()))
    }

    /// How many.
    pub fn len(&self) -> usize {
        for_cells!(self, values => values.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The greatest cell that the width has room for.
    pub(crate) fn greatest(&self) -> u64 {
        match self {
            Cells::U8(_) => u8::MAX.into(),
            Cells::U16(_) => u16::MAX.into(),
            Cells::U32(_) => u32::MAX.into(),
            Cells::U40(_) => U40::MAX,
            Cells::U64(_) => u64::MAX,
        }
    }

    /// Bytes of one cell.
    pub fn width(&self) -> usize {
        match self {
            Cells::U8(_) => 1,
            Cells::U16(_) => 2,
            Cells::U32(_) => 4,
            Cells::U40(_) => 5,
            Cells::U64(_) => 8,
        }
    }

    /// The cell of a row.
    pub fn get(&self, row: usize) -> Option<u64> {
        match self {
            Cells::U8(values) => values.get(row).map(|cell| u64::from(*cell)),
            Cells::U16(values) => values.get(row).map(|cell| u64::from(*cell)),
            Cells::U32(values) => values.one(row).map(u64::from),
            Cells::U40(values) => values.get(row).map(|cell| u64::from(*cell)),
            Cells::U64(values) => values.get(row).copied(),
        }
    }

    /// The cell of a row as a code.
    pub fn code(&self, row: usize) -> Option<u32> {
        self.get(row).and_then(|cell| u32::try_from(cell).ok())
    }

    /// All cells as codes, in the order of the rows.
    pub fn codes(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|row| self.code(row).unwrap_or(0))
    }
}

impl Integers {
    /// From the values of the rows; those for which `is_known` says no stand for nothing.
    pub(crate) fn new(values: &[i64], is_known: impl Fn(usize) -> bool) -> Integers {
        let known = || values.iter().enumerate().filter(|(row, _)| is_known(*row)).map(|(_, value)| *value);
        let (least, greatest) =
            known().fold((i64::MAX, i64::MIN), |(least, greatest), value| (least.min(value), greatest.max(value)));
        if least > greatest {
            return Integers::nothing(values.len());
        }
        // Differences of two 64-bit numbers fit 64 bits without a sign.
        let above = |value: i64| value.wrapping_sub(least).cast_unsigned();
        let mut unit = 0;
        let mut multiple = Multiple::of(1);
        for value in known() {
            let more = above(value);
            if unit == 0 || !multiple.divides(more) {
                unit = common_divisor(unit, more);
                if unit == 1 {
                    break;
                }
                multiple = Multiple::of(unit.max(1));
            }
        }
        let unit = unit.max(1);
        // Most units are 1.
        let cell = |value: i64| if unit == 1 { above(value) } else { multiple.over(above(value)) };
        let cells = values.iter().enumerate().map(|(row, value)| if is_known(row) { cell(*value) } else { 0 });
        let greatest = cell(greatest);
        Integers { base: least, unit, greatest, cells: Cells::new(greatest, cells) }
    }

    /// So many rows of which none is known.
    pub(super) fn nothing(rows: usize) -> Integers {
        Integers { base: 0, unit: 1, greatest: 0, cells: Cells::U8(vec![0; rows].into()) }
    }

    /// From a least value, the difference of neighbouring cells, at least 1, and the cells, of which this is the greatest.
    pub(super) fn of_parts(base: i64, unit: u64, greatest: u64, cells: Cells) -> Integers {
        Integers { base, unit, greatest, cells }
    }

    /// All values times a number above 0; `None` where one leaves 64 bits.
    pub(crate) fn times(mut self, factor: i64) -> Option<Integers> {
        self.last().unwrap_or(0).checked_mul(factor)?;
        self.base = self.base.checked_mul(factor)?;
        // A single value has any unit.
        if self.greatest > 0 {
            self.unit = self.unit.checked_mul(factor.cast_unsigned())?;
        }
        Some(self)
    }

    /// One column of several, with which rows of each are known. Missing rows' cells are 0.
    pub(crate) fn join<'p>(pieces: impl Iterator<Item = (&'p Integers, Option<&'p Bits>)> + Clone) -> Integers {
        let has_values = |(_, known): &(&Integers, Option<&Bits>)| known.is_none_or(|known| known.count() > 0);
        let known: Vec<(&Integers, Option<&Bits>)> = pieces.clone().filter(has_values).collect();
        let Some(base) = known.iter().map(|(piece, _)| piece.base).min() else {
            return Integers::nothing(pieces.map(|(piece, _)| piece.len()).sum());
        };
        // Differences of two 64-bit numbers fit 64 bits without a sign.
        let above = |piece: &Integers| piece.base.wrapping_sub(base).cast_unsigned();
        // A piece of one value has any unit.
        let unit_of = |piece: &Integers| if piece.greatest == 0 { 0 } else { piece.unit };
        let divisors = known.iter().flat_map(|(piece, _)| [unit_of(piece), above(piece)]);
        let unit = divisors.fold(0, common_divisor).max(1);
        let last = |piece: &Integers| above(piece) / unit + unit_of(piece) / unit * piece.greatest;
        let greatest = known.iter().map(|(piece, _)| last(piece)).max().unwrap_or(0);
        let parts = pieces.map(|(piece, known)| {
            let (factor, more) = match has_values(&(piece, known)) {
                true => (unit_of(piece) / unit, above(piece) / unit),
                false => (0, 0),
            };
            Part { cells: &piece.cells, known, made: Become::Scaled { factor, more } }
        });
        let parts: Vec<Part<'_>> = parts.collect();
        Integers { base, unit, greatest, cells: Cells::joined(greatest, &parts) }
    }

    /// The same base and unit with other cells, of which this is the greatest.
    pub(super) fn with_cells(&self, cells: Cells, greatest: u64) -> Integers {
        Integers { base: self.base, unit: self.unit, greatest, cells }
    }

    /// The greatest value; `None` without rows.
    pub(crate) fn last(&self) -> Option<i64> {
        (!self.is_empty()).then(|| self.value_of(self.greatest))
    }

    /// The least value a cell can stand for.
    pub fn base(&self) -> i64 {
        self.base
    }

    /// By how much the values of neighbouring cells differ; at least 1.
    pub fn unit(&self) -> u64 {
        self.unit
    }

    /// The greatest cell there is; 0 where nothing is known.
    pub fn greatest(&self) -> u64 {
        self.greatest
    }

    /// The cells.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a cell stands for.
    #[inline]
    pub fn value_of(&self, cell: u64) -> i64 {
        self.base.wrapping_add(self.unit.wrapping_mul(cell).cast_signed())
    }

    /// The first cell whose value is not below a value; the greatest number where there is none.
    pub(crate) fn first_cell(&self, value: i64) -> u64 {
        let above = i128::from(value) - i128::from(self.base);
        let unit = i128::from(self.unit);
        u64::try_from(above.max(0).saturating_add(unit - 1) / unit).unwrap_or(u64::MAX)
    }

    /// The first of a range of rows, ascending in value, whose value is not below a limit; its end where there is none.
    pub(crate) fn first_not_below(&self, limit: i64, rows: Range<usize>) -> usize {
        let (mut from, mut to) = (rows.start, rows.end.min(self.len()));
        while from < to {
            let middle = from + (to - from) / 2;
            if self.get(middle).is_some_and(|value| value < limit) { from = middle + 1 } else { to = middle }
        }
        from
    }

    /// How many rows have a value that is not below a limit, those that stand for nothing among them.
    pub(crate) fn count_not_below(&self, limit: i64) -> usize {
        fn count<T: Copy + Into<u64>>(cells: &[T], first: u64) -> usize {
            cells.iter().filter(|cell| Into::<u64>::into(**cell) >= first).count()
        }
        let first = self.first_cell(limit);
        for_cells!(&self.cells, cells => count(cells, first))
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> Option<i64> {
        self.cells.get(row).map(|cell| self.value_of(cell))
    }
}

/// Some cells of those that are put together, and what becomes of them.
pub(super) struct Part<'c> {
    pub(super) cells: &'c Cells,
    /// Which rows are known; the cells of the others become 0.
    pub(super) known: Option<&'c Bits>,
    pub(super) made: Become<'c>,
}

/// What becomes of cells.
#[derive(Clone, Copy)]
pub(super) enum Become<'c> {
    /// So many times as much, and some more. Worked out in the width of the result, where what flows over does not matter,
    /// so that many fit a vector.
    Scaled { factor: u64, more: u64 },
    /// What they are, but not more than this.
    AtMost(u64),
    /// What stands at their place in a list, and 0 past its end.
    Listed(&'c [u32]),
}

impl Cells {
    /// The cells of all parts, one after the other, as wide as the greatest there can be needs.
    pub(super) fn joined(greatest: u64, parts: &[Part<'_>]) -> Cells {
        let lengths = || parts.iter().map(|part| part.cells.len());
        as_wide_as!(greatest, Wide, form => {
            let mut room = Room::<Wide>::new(lengths().sum());
            let places: Vec<(&mut [Wide], &Part<'_>)> = split(room.values_mut(), lengths()).zip(parts).collect();
            places.into_par_iter().for_each(|(own, Part { cells, known, made })| {
                for_cells!(cells, cells => match *made {
                    Become::Scaled { factor: 1, more: 0 } => put(own, cells, |cell| cell as Wide),
                    Become::Scaled { factor, more } => {
                        let (factor, more) = (factor as Wide, more as Wide);
                        put(own, cells, |cell| (cell as Wide).wrapping_mul(factor).wrapping_add(more));
                    }
                    Become::AtMost(last) => put(own, cells, |cell| cell.min(last) as Wide),
                    Become::Listed(list) => {
                        put(own, cells, |cell| list.get(cell as usize).copied().unwrap_or(0) as Wide);
                    }
                });
                clear_missing(own, 0, *known);
            });
            form(room.into())
        })
    }
}

fn put<T: Copy + Into<u64>, U>(all: &mut [U], cells: &[T], made: impl Fn(u64) -> U) {
    all.iter_mut().zip(cells).for_each(|(to, cell)| *to = made((*cell).into()));
}

/// Puts 0 at missing rows, which are those of the cells from `start` on.
#[inline(always)]
pub(super) fn clear_missing<U: Copy + Default>(all: &mut [U], start: usize, known: Option<&Bits>) {
    if let Some((known, added)) = known.zip(all.get_mut(start..)) {
        fill_missing(added, known.words(), U::default());
    }
}

/// Puts a value at the rows that are not known.
#[inline(always)]
pub(super) fn fill_missing<T: Copy>(values: &mut [T], known: &[u64], other: T) {
    for (values, word) in values.chunks_mut(64).zip(known) {
        if *word != u64::MAX {
            for (value, row) in values.iter_mut().zip(0..64_u64) {
                *value = if word >> row & 1 == 1 { *value } else { other };
            }
        }
    }
}

/// Exact division by a number, many times quicker than division: a multiplication by its odd part's inverse modulo 2^64
/// gives the quotient of what is divisible, and something greater than any quotient of what is not (Granlund and
/// Montgomery, "Division by invariant integers using multiplication", PLDI 1994, section 9).
#[derive(Debug, Clone, Copy)]
pub(super) struct Multiple {
    inverse: u64,
    zeros: u32,
    greatest: u64,
}

impl Multiple {
    /// For a number that is not 0.
    pub(super) fn of(number: u64) -> Multiple {
        let zeros = number.trailing_zeros();
        let odd = number >> zeros;
        // Newton's iteration doubles the bits that are right; at first they are three.
        let inverse =
            (0..5).fold(odd, |inverse, _| inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse))));
        Multiple { inverse, zeros, greatest: u64::MAX / number }
    }

    #[inline(always)]
    pub(super) fn over(self, dividend: u64) -> u64 {
        dividend.wrapping_mul(self.inverse).rotate_right(self.zeros)
    }

    #[inline(always)]
    pub(super) fn divides(self, dividend: u64) -> bool {
        self.over(dividend) <= self.greatest
    }
}

/// Euclid's algorithm; 0 has every divisor.
pub(super) fn common_divisor(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::Multiple;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exact_division_is_division(number in prop_oneof![1u64..2000, 1..=u64::MAX], dividend: u64, times: u64) {
            let multiple = Multiple::of(number);
            prop_assert_eq!(multiple.divides(dividend), dividend % number == 0);
            let quotient = times % (u64::MAX / number);
            prop_assert!(multiple.divides(quotient * number));
            prop_assert_eq!(multiple.over(quotient * number), quotient);
        }
    }
}
