//! Every path, width, border and length against the plainest way to say it.

use super::*;
use proptest::prelude::*;

fn bits(rows: usize, test: impl Fn(usize) -> bool) -> Vec<u64> {
    crate::engine::vector::bits_by_row(rows, test)
}

fn check_ranges<T: Cell + std::fmt::Debug>(cells: &[T], low: T, span: T) {
    let zero = T::try_from(0).unwrap_or(low);
    let (one, two) = ([(low, span)], [(low, span), (span, zero)]);
    // From the least cell on, of one cell, and of two have loops of their own.
    let special = [&[(zero, span)][..], &[(low, zero)], &[(span, zero), (low, zero)]];
    let several = [&one[..], &[], &two, &[(span, zero), (low, zero), (low, span)]];
    for ranges in special.into_iter().chain(several) {
        let expected = bits(cells.len(), |row| ranges.iter().any(|(low, span)| cells[row].within(*low, *span)));
        for path in Instructions::available() {
            let mut found = vec![u64::MAX; cells.len().div_ceil(64)];
            in_ranges(path, cells, ranges, &mut found);
            assert_eq!(found, expected, "{path:?} {ranges:?}");
        }
    }
}

/// Lengths round the sizes of words, and starts that no vector is aligned to.
const LENGTHS: [usize; 11] = [0, 1, 7, 63, 64, 65, 127, 128, 129, 192, 1000];
const STARTS: [usize; 4] = [0, 1, 3, 31];

macro_rules! every_border {
    ($name:ident, $ty:ty) => {
        #[test]
        fn $name() {
            let values = [0, 1, 2, <$ty>::MAX / 2, <$ty>::MAX / 2 + 1, <$ty>::MAX - 1, <$ty>::MAX];
            let cells: Vec<$ty> = (0..1100usize).map(|at| values[(at * 5 + at / 7) % 7]).collect();
            for start in STARTS {
                for length in LENGTHS {
                    for low in values {
                        for high in values.into_iter().filter(|high| *high >= low) {
                            check_ranges(&cells[start..start + length], low, high - low);
                        }
                    }
                }
            }
        }
    };
}

every_border!(every_border_of_8_bits, u8);
every_border!(every_border_of_16_bits, u16);
every_border!(every_border_of_32_bits, u32);
every_border!(every_border_of_64_bits, u64);

#[test]
fn every_border_of_40_bits() {
    let forty = |number: u64| U40::lower_bits_of(number);
    let values = [0, 1, 2, (1 << 39) - 1, 1 << 39, U40::MAX - 1, U40::MAX];
    let cells: Vec<U40> = (0..1100usize).map(|at| forty(values[(at * 5 + at / 7) % 7])).collect();
    for start in STARTS {
        for length in LENGTHS {
            for low in values {
                for high in values.into_iter().filter(|high| *high >= low) {
                    check_ranges(&cells[start..start + length], forty(low), forty(high - low));
                }
            }
        }
    }
}

#[test]
fn floats_in_every_order() {
    let values = [-1e300, -1.5, 0.0, f64::MIN_POSITIVE, 0.1, 1.5, f64::MAX];
    let cells: Vec<f64> = (0..1100usize).map(|at| values[(at * 5 + at / 7) % 7]).collect();
    for start in STARTS {
        for length in LENGTHS {
            let cells = &cells[start..start + length];
            for number in values.into_iter().chain([-0.0, f64::INFINITY, f64::NEG_INFINITY]) {
                for order in [Order::Less, Order::Equal, Order::Greater] {
                    let expected = bits(length, |row| match order {
                        Order::Less => cells[row] < number,
                        Order::Equal => cells[row] == number,
                        Order::Greater => cells[row] > number,
                    });
                    for path in Instructions::available() {
                        let mut found = vec![u64::MAX; length.div_ceil(64)];
                        ordered(path, cells, order, number, &mut found);
                        assert_eq!(found, expected, "{path:?} {order:?} {number}");
                    }
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_range(cells in prop::collection::vec(any::<u64>(), 0..300), low in any::<u64>(), high in any::<u64>()) {
        let (low, high) = (low.min(high), low.max(high));
        check_ranges(&cells, low, high - low);
        let forty = |number: &u64| U40::lower_bits_of(*number);
        let narrow: Vec<U40> = cells.iter().map(forty).collect();
        let (least, greatest) = (forty(&low).min(forty(&high)), forty(&low).max(forty(&high)));
        check_ranges(&narrow, least, forty(&(u64::from(greatest) - u64::from(least))));
        let narrow: Vec<u32> = cells.iter().map(|cell| *cell as u32).collect();
        let (low, high) = ((low as u32).min(high as u32), (low as u32).max(high as u32));
        check_ranges(&narrow, low, high - low);
        let narrow: Vec<u16> = cells.iter().map(|cell| *cell as u16).collect();
        let (low, high) = ((low as u16).min(high as u16), (low as u16).max(high as u16));
        check_ranges(&narrow, low, high - low);
        let narrow: Vec<u8> = cells.iter().map(|cell| *cell as u8).collect();
        let (low, high) = ((low as u8).min(high as u8), (low as u8).max(high as u8));
        check_ranges(&narrow, low, high - low);
    }

    #[test]
    fn sets_are_looked_up(cells in prop::collection::vec(0u16..300, 0..1100), members in prop::collection::vec((0usize..300, 0usize..64), 0..500)) {
        let mut masks = Masks::new(300);
        members.iter().for_each(|(code, set)| masks.insert(*code, *set));
        let members: std::collections::HashSet<(usize, usize)> = members.into_iter().collect();
        let expected: Vec<Vec<u64>> = (0..64)
            .map(|set| bits(cells.len(), |row| members.contains(&(usize::from(cells[row]), set))))
            .collect();
        for path in Instructions::available() {
            let mut found = vec![vec![0; cells.len().div_ceil(64)]; 64];
            masks.scan(path, &cells, 64, |at, set, words| found[set][at..at + words.len()].copy_from_slice(words));
            prop_assert_eq!(&found, &expected);
        }
    }
}

#[test]
fn sets_of_bytes_are_looked_up() {
    let cells: Vec<u8> = (0..1100u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for seed in [0u32, 1, 77, 9_999] {
        let set: [u8; 32] =
            std::array::from_fn(|at| (seed.wrapping_mul(at as u32 + 3).wrapping_mul(40_503) >> 7) as u8);
        for start in STARTS {
            for length in LENGTHS {
                let cells = &cells[start..start + length];
                let expected = bits(length, |row| set[usize::from(cells[row]) / 8] >> (cells[row] % 8) & 1 == 1);
                for path in Instructions::available() {
                    let mut found = vec![u64::MAX; length.div_ceil(64)];
                    in_bytes(path, cells, &set, &mut found);
                    assert_eq!(found, expected, "{path:?}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn ranges_of_signed_numbers(values in prop::collection::vec(any::<i64>(), 0..200), low: i64, high: i64) {
        prop_assume!(low <= high);
        let expected = bits(values.len(), |row| (low..=high).contains(&values[row]));
        for path in Instructions::available() {
            let mut found = vec![u64::MAX; values.len().div_ceil(64)];
            in_range_of_signed(path, &values, low, high.wrapping_sub(low).cast_unsigned(), &mut found);
            prop_assert_eq!(&found, &expected);
        }
    }
}
