//! Whole arrays of numbers made narrow, with the widest instructions of the processor.
//!
//! What comes out is what [`Integers::new`] gives value by value.

use super::integers::{Integers, Multiple, as_wide_as, clear_missing, common_divisor, fill_missing};
use crate::data::bits::Bits;
use crate::processor::{Instructions, compiled_for_each};
use segue_compiler::values::MONEY_SCALE;

/// Whole numbers that columns of files hold as they are.
pub(crate) trait Native: Copy + Ord + Into<i64> {
    /// The values as cells, 0 at the rows that are not known; with these one of the values that are.
    fn narrowed(path: Instructions, values: &[Self], known: Option<(&Bits, Self)>) -> Integers;
}

macro_rules! natives {
    ($($ty:ty, $name:ident;)*) => {$(
        compiled_for_each! {
            fn $name(values: &[$ty], known: Option<(&Bits, $ty)>) -> Integers = narrowed_values
        }

        impl Native for $ty {
            fn narrowed(path: Instructions, values: &[$ty], known: Option<(&Bits, $ty)>) -> Integers {
                $name(path, values, known)
            }
        }
    )*};
}

natives! {
    i8, narrowed_i8;
    i16, narrowed_i16;
    i32, narrowed_i32;
    i64, narrowed_i64;
}

impl Integers {
    /// From the values of the rows, of which those that are not `known` stand for nothing.
    pub(crate) fn of_array<T: Native>(path: Instructions, values: &[T], known: Option<&Bits>) -> Integers {
        let Some(known) = known else { return T::narrowed(path, values, None) };
        let Some(some) = known.ones().next().and_then(|row| values.get(row)).copied() else {
            return Integers::nothing(values.len());
        };
        T::narrowed(path, values, Some((known, some)))
    }
}

/// The values with another one at the rows that are not known.
#[inline(always)]
fn filled_with<T: Copy>(values: &[T], known: &[u64], other: T) -> Vec<T> {
    let mut filled = values.to_vec();
    fill_missing(&mut filled, known, other);
    filled
}

compiled_for_each! {
    /// Floats with 0 at the rows that are not known.
    pub(crate) fn with_zeros(values: &[f64], known: &[u64]) -> Vec<f64> = zeros_at_missing
}

#[inline(always)]
fn zeros_at_missing(values: &[f64], known: &[u64]) -> Vec<f64> {
    filled_with(values, known, 0.0)
}

/// How many values are looked at for a divisor before all are held against it.
const FIRST: usize = 64;
/// How many are held against it before it is asked whether all are multiples.
const SOME: usize = 1024;

#[inline(always)]
fn narrowed_values<T: Copy + Ord + Into<i64>>(values: &[T], known: Option<(&Bits, T)>) -> Integers {
    let filled;
    let values = match known {
        None => values,
        Some((known, some)) => {
            // What stands at missing rows must not widen the range: there this value stands, and 0 in the end.
            filled = filled_with(values, known.words(), some);
            filled.as_slice()
        }
    };
    let known = known.map(|(known, _)| known);
    let Some(first) = values.first().copied() else { return Integers::nothing(0) };
    let (mut least, mut greatest) = (first, first);
    for value in values {
        least = least.min(*value);
        greatest = greatest.max(*value);
    }
    let base: i64 = least.into();
    // Differences of two 64-bit numbers fit 64 bits without a sign.
    let above = |value: T| Into::<i64>::into(value).wrapping_sub(base).cast_unsigned();
    let unit = unit(values, above).max(1);
    let multiple = Multiple::of(unit);
    let greatest = multiple.over(above(greatest));
    let cells = as_wide_as!(greatest, Wide, form => {
        let mut cells = vec![0 as Wide; values.len()];
        if unit == 1 {
            for (cell, value) in cells.iter_mut().zip(values) {
                *cell = above(*value) as Wide;
            }
        } else {
            for (cell, value) in cells.iter_mut().zip(values) {
                *cell = multiple.over(above(*value)) as Wide;
            }
        }
        clear_missing(&mut cells, 0, known);
        form(cells.into())
    });
    Integers::of_parts(base, unit, greatest, cells)
}

/// The greatest common divisor of all differences from the least; 0 where there are none.
#[inline(always)]
fn unit<T: Copy>(values: &[T], above: impl Fn(T) -> u64) -> u64 {
    let mut unit = 0;
    for value in values.iter().take(FIRST) {
        unit = common_divisor(unit, above(*value));
        if unit == 1 {
            return 1;
        }
    }
    let mut multiple = Multiple::of(unit.max(1));
    for some in values.chunks(SOME) {
        let mut all = unit != 0;
        for value in some {
            all &= multiple.divides(above(*value));
        }
        if all {
            continue;
        }
        for value in some {
            let more = above(*value);
            if unit == 0 || !multiple.divides(more) {
                unit = common_divisor(unit, more);
                if unit == 1 {
                    return 1;
                }
                multiple = Multiple::of(unit.max(1));
            }
        }
    }
    unit
}

compiled_for_each! {
    /// Amounts in ten-thousandths; false where one is so large, or so near a half, that it has to be looked at closely. The
    /// two are equally long.
    pub(crate) fn money(amounts: &[f64], units: &mut [i64]) -> bool = money_units
}

#[inline(always)]
fn money_units(amounts: &[f64], units: &mut [i64]) -> bool {
    // Added to a smaller number it leaves no bit for what is behind the point, so the sum is rounded to whole numbers, and
    // its lowest bits are that number.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let mut clear = true;
    for (unit, amount) in units.iter_mut().zip(amounts) {
        let exact = amount * MONEY_SCALE as f64;
        let sum = exact + WHOLE;
        let nearest = sum - WHOLE;
        clear &= ((exact - nearest).abs() < 0.499) & (exact.abs() < 1e12);
        *unit = sum.to_bits().cast_signed().wrapping_sub(WHOLE.to_bits().cast_signed());
    }
    clear
}

compiled_for_each! {
    /// Floats without -0.0; false where one is not finite. The two are equally long.
    pub(crate) fn finite(values: &[f64], finite: &mut [f64]) -> bool = finite_values
}

#[inline(always)]
fn finite_values(values: &[f64], finite: &mut [f64]) -> bool {
    let mut all = true;
    for (place, value) in finite.iter_mut().zip(values) {
        all &= value.abs() < f64::INFINITY;
        *place = value + 0.0;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(one: &Integers, other: &Integers) -> bool {
        let of = |integers: &Integers| {
            let cells: Vec<Option<u64>> = (0..integers.len()).map(|row| integers.cells().get(row)).collect();
            (integers.base(), integers.unit(), integers.greatest(), integers.cells().width(), cells)
        };
        of(one) == of(other)
    }

    proptest! {
        #[test]
        fn arrays_become_what_their_values_become(
            values in prop_oneof![
                prop::collection::vec(any::<i64>(), 0..300),
                prop::collection::vec(-9_i64..9, 0..3000),
                prop::collection::vec((0_i64..1000).prop_map(|value| value * 3600 - 40), 0..3000),
                prop::collection::vec(Just(7_i64), 0..2100),
            ],
            odd in prop::option::of((0_usize..3000, any::<i64>())),
            missing in prop::option::of(prop::collection::vec(any::<bool>(), 3000)),
        ) {
            let mut values = values;
            if let Some((at, odd)) = odd && at < values.len() {
                values[at] = odd;
            }
            let known = missing.map(|missing| Bits::from_bools(missing.into_iter().take(values.len())));
            let plain = Integers::new(&values, |row| known.as_ref().is_none_or(|known| known.get(row)));
            for path in Instructions::available() {
                prop_assert!(same(&plain, &Integers::of_array(path, &values, known.as_ref())));
                let small: Vec<i16> = values.iter().map(|value| *value as i16).collect();
                let wide: Vec<i64> = small.iter().map(|value| i64::from(*value)).collect();
                let plain = Integers::new(&wide, |row| known.as_ref().is_none_or(|known| known.get(row)));
                prop_assert!(same(&plain, &Integers::of_array(path, &small, known.as_ref())));
            }
        }

        #[test]
        fn money_is_rounded_as_single_amounts_are(
            amounts in prop::collection::vec(
                prop_oneof![-1e6_f64..1e6, (-1_000_000_i64..1_000_000).prop_map(|cents| cents as f64 / 100.0), any::<f64>()],
                0..50,
            ),
        ) {
            for path in Instructions::available() {
                let mut units = vec![0; amounts.len()];
                if money(path, &amounts, &mut units) {
                    let exact: Vec<i64> =
                        amounts.iter().filter_map(|amount| segue_compiler::values::money::from_number(*amount)).collect();
                    prop_assert_eq!(units, exact);
                }
                let mut finite = vec![0.0; amounts.len()];
                prop_assert_eq!(super::finite(path, &amounts, &mut finite), amounts.iter().all(|amount| amount.is_finite()));
            }
        }
    }
}
