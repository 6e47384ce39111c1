//! What is read off the rows of owners that stand one after the other, an owner's rows a stretch: sums from running totals,
//! averages, values picked from places, and what is the same from a row up to its owner's last.

use crate::processor::{Instructions, compiled_for_each};
use std::hint::select_unpredictable;

/// An average is worked out with floats below this: with more, they no longer tell neighbouring whole numbers apart.
const MOST_OF_AVERAGE: i64 = 1 << 50;
/// 1.5 times 2^52: a float with this added has its value, rounded half to even, in its lowest bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The numbers at some places of a table, 0 for places past its end.
pub(crate) fn pick(path: Instructions, table: &[u64], places: &[u32], found: &mut Vec<u64>) {
    found.resize(places.len(), 0);
    let done = match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the path is only given where the processor has these instructions.
        Instructions::Avx512 => unsafe { gathered(table, places, found) },
        _ => 0,
    };
    for (found, place) in found.iter_mut().zip(places).skip(done) {
        *found = table.get(*place as usize).copied().unwrap_or(0);
    }
}

/// Eight places at a time; how many were done.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
fn gathered(table: &[u64], places: &[u32], found: &mut [u64]) -> usize {
    use std::arch::x86_64::{
        _mm256_cmplt_epu32_mask, _mm256_loadu_si256, _mm256_set1_epi32, _mm512_mask_i32gather_epi64,
        _mm512_setzero_si512, _mm512_storeu_si512,
    };
    // Places are taken as numbers with a sign.
    let Ok(end) = i32::try_from(table.len()) else { return 0 };
    let end = _mm256_set1_epi32(end);
    let (places, _) = places.as_chunks::<8>();
    let (found, _) = found.as_chunks_mut::<8>();
    for (places, found) in places.iter().zip(found.iter_mut()) {
        // SAFETY: eight numbers are read and written, and of the table only those that lie in it.
        unsafe {
            let places = _mm256_loadu_si256(places.as_ptr().cast());
            let inside = _mm256_cmplt_epu32_mask(places, end);
            let numbers =
                _mm512_mask_i32gather_epi64::<8>(_mm512_setzero_si512(), inside, places, table.as_ptr().cast());
            _mm512_storeu_si512(found.as_mut_ptr().cast(), numbers);
        }
    }
    places.len().min(found.len()) * 8
}

compiled_for_each! {
    /// Each number as one with a sign.
    pub(crate) fn widened(numbers: &[u32]) -> Vec<i64> = widen
}

compiled_for_each! {
    /// Where each stretch begins of which the end and the length are known.
    pub(crate) fn starts(ends: &[u32], counts: &[u32], starts: &mut Vec<u32>) = begun
}

compiled_for_each! {
    /// Some numbers counted from the first of them; whether they ascend.
    pub(crate) fn from_first(numbers: &[u32], counted: &mut Vec<u32>) -> bool = counted_from_first
}

compiled_for_each! {
    /// Whether each number is at most the next.
    pub(crate) fn is_ascending(numbers: &[u32]) -> bool = ascends
}

compiled_for_each! {
    /// The sums of so many values each, which are `base + unit * cell`, from totals of the cells before the first and up to
    /// the last.
    pub(crate) fn sums(
        totals: (&[u64], &[u64]),
        counts: &[u32],
        base: i64,
        unit: i64,
        sums: &mut Vec<i64>
    ) = summed
}

compiled_for_each! {
    /// Sums over how many were added, as floats; 0 over none.
    pub(crate) fn float_averages(sums: &[i64], counts: &[u32]) -> Vec<f64> = over_as_floats
}

compiled_for_each! {
    /// Values from cells, those of owners without any rows 0.
    pub(crate) fn values(cells: &[u64], counts: &[u32], base: i64, unit: i64) -> Vec<i64> = valued
}

compiled_for_each! {
    /// See [`averages`]; whether no sum is too large.
    fn small_averages(sums: &[i64], counts: &[u32], averages: &mut [i64]) -> bool = averaged
}

/// Sums over how many were added, rounded half to even, those over none 0; `None` where a sum is too large for this.
pub(crate) fn averages(path: Instructions, sums: &[i64], counts: &[u32]) -> Option<Vec<i64>> {
    let mut averages = vec![0; sums.len()];
    small_averages(path, sums, counts, &mut averages).then_some(averages)
}

#[inline(always)]
fn widen(numbers: &[u32]) -> Vec<i64> {
    let mut wide = vec![0; numbers.len()];
    for (wide, number) in wide.iter_mut().zip(numbers) {
        *wide = i64::from(*number);
    }
    wide
}

#[inline(always)]
fn begun(ends: &[u32], counts: &[u32], starts: &mut Vec<u32>) {
    starts.resize(ends.len().min(counts.len()), 0);
    for (start, (end, count)) in starts.iter_mut().zip(ends.iter().zip(counts)) {
        *start = end.wrapping_sub(*count);
    }
}

#[inline(always)]
fn counted_from_first(numbers: &[u32], counted: &mut Vec<u32>) -> bool {
    let first = numbers.first().copied().unwrap_or(0);
    counted.resize(numbers.len(), 0);
    for (counted, number) in counted.iter_mut().zip(numbers) {
        *counted = number.wrapping_sub(first);
    }
    ascends(numbers)
}

#[inline(always)]
fn ascends(numbers: &[u32]) -> bool {
    // All of them: with a way out at the first that does not, they would be looked at one by one.
    let mut all = true;
    for (number, next) in numbers.iter().zip(numbers.get(1..).unwrap_or(&[])) {
        all &= number <= next;
    }
    all
}

#[inline(always)]
fn summed((before, up_to): (&[u64], &[u64]), counts: &[u32], base: i64, unit: i64, sums: &mut Vec<i64>) {
    sums.resize(before.len().min(up_to.len()).min(counts.len()), 0);
    for (sum, ((before, up_to), count)) in sums.iter_mut().zip(before.iter().zip(up_to).zip(counts)) {
        let of_cells = unit.wrapping_mul(up_to.wrapping_sub(*before).cast_signed());
        *sum = base.wrapping_mul(i64::from(*count)).wrapping_add(of_cells);
    }
}

#[inline(always)]
fn over_as_floats(sums: &[i64], counts: &[u32]) -> Vec<f64> {
    let mut averages = vec![0.0; sums.len().min(counts.len())];
    for (average, (sum, count)) in averages.iter_mut().zip(sums.iter().zip(counts)) {
        let over = *sum as f64 / f64::from(*count);
        *average = if *count == 0 { 0.0 } else { over };
    }
    averages
}

#[inline(always)]
fn valued(cells: &[u64], counts: &[u32], base: i64, unit: i64) -> Vec<i64> {
    let mut values = vec![0; cells.len().min(counts.len())];
    for (value, (cell, count)) in values.iter_mut().zip(cells.iter().zip(counts)) {
        let of_cell = base.wrapping_add(unit.wrapping_mul(cell.cast_signed()));
        *value = if *count == 0 { 0 } else { of_cell };
    }
    values
}

#[inline(always)]
fn averaged(sums: &[i64], counts: &[u32], averages: &mut [i64]) -> bool {
    let (rounder, mut beyond) = (ROUNDER.to_bits().cast_signed(), 0);
    for (average, (sum, count)) in averages.iter_mut().zip(sums.iter().zip(counts)) {
        beyond |= sum.wrapping_add(MOST_OF_AVERAGE).cast_unsigned() & !((2 * MOST_OF_AVERAGE - 1).cast_unsigned());
        // Both ways between floats and whole numbers by way of the bits, which processors without 512 bits can do too.
        let float = f64::from_bits(rounder.wrapping_add(*sum).cast_unsigned()) - ROUNDER;
        let near = (float / f64::from(*count) + ROUNDER).to_bits().cast_signed().wrapping_sub(rounder);
        // The quotient of floats is so near to the true one that at most a half was judged wrongly.
        let whole = i64::from(*count);
        let twice = sum.wrapping_sub(near.wrapping_mul(whole)).wrapping_mul(2);
        let is_odd = near & 1 == 1;
        let up = i64::from(twice > whole) | i64::from(twice == whole) & i64::from(is_odd);
        let down = i64::from(twice < -whole) | i64::from(twice == -whole) & i64::from(is_odd);
        *average = if whole == 0 { 0 } else { near.wrapping_add(up).wrapping_sub(down) };
    }
    beyond == 0
}

/// For the rows of owners that end at some places: a byte for each row and one more, 0 where an owner's rows end right
/// before it and all bits where not.
pub(crate) fn goes_on(ends: &[u32], rows: usize, goes_on: &mut Vec<u8>) {
    goes_on.clear();
    goes_on.resize(rows + 1, u8::MAX);
    for end in ends {
        if let Some(place) = goes_on.get_mut(*end as usize) {
            *place = 0;
        }
    }
}

/// From each row up to its owner's last: the greatest number, or the least. They are put in place of the numbers.
pub(crate) fn extremes(path: Instructions, numbers: &mut [u64], goes_on: &[u8], is_greatest: bool) {
    // The least number is the greatest with all bits turned round.
    let turn = if is_greatest { 0 } else { u64::MAX };
    let (left, mut best) = match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the path is only given where the processor has these instructions.
        Instructions::Avx512 => unsafe { greatest_of_eights(numbers, goes_on, turn) },
        _ => (numbers.len(), 0),
    };
    // No branch asks where an owner ends: it would be guessed wrong for most owners.
    let (numbers, goes_on) = (numbers.get_mut(..left).unwrap_or(&mut []), goes_on.get(1..=left).unwrap_or(&[]));
    for (number, goes_on) in numbers.iter_mut().rev().zip(goes_on.iter().rev()) {
        let (own, later) = (*number ^ turn, best & going(*goes_on));
        best = select_unpredictable(own > later, own, later);
        *number = best ^ turn;
    }
}

/// All bits, or none.
fn going(goes_on: u8) -> u64 {
    i64::from(goes_on.cast_signed()).cast_unsigned()
}

/// Eight rows at a time, from the last ones on: how many rows are left at the front, and the greatest number from the first
/// of those done up to its owner's last. All numbers are turned round by some bits before and after.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
fn greatest_of_eights(numbers: &mut [u64], goes_on: &[u8], turn: u64) -> (usize, u64) {
    use std::arch::x86_64::{
        _mm_loadl_epi64, _mm512_alignr_epi64, _mm512_and_si512, _mm512_broadcastq_epi64, _mm512_castsi512_si128,
        _mm512_cvtepi8_epi64, _mm512_loadu_si512, _mm512_max_epu64, _mm512_set1_epi64, _mm512_setzero_si512,
        _mm512_storeu_si512, _mm512_xor_si512,
    };
    let mut left = numbers.len();
    if goes_on.len() <= left {
        return (left, 0);
    }
    let (zero, all) = (_mm512_setzero_si512(), _mm512_set1_epi64(-1));
    let turn_all = _mm512_set1_epi64(turn.cast_signed());
    let mut later = zero;
    while let Some(at) = left.checked_sub(8) {
        // SAFETY: eight numbers from `at` on are there, and as many bytes from the one after.
        let (eight, goes_on) = unsafe {
            (_mm512_loadu_si512(numbers.as_ptr().add(at).cast()), _mm_loadl_epi64(goes_on.as_ptr().add(at + 1).cast()))
        };
        // Each row with the one behind it, then with the two behind those, then with four: `same` says whether all rows in
        // between are of one owner.
        let (mut best, mut same) = (_mm512_xor_si512(eight, turn_all), _mm512_cvtepi8_epi64(goes_on));
        best = _mm512_max_epu64(best, _mm512_and_si512(same, _mm512_alignr_epi64::<1>(zero, best)));
        same = _mm512_and_si512(same, _mm512_alignr_epi64::<1>(all, same));
        best = _mm512_max_epu64(best, _mm512_and_si512(same, _mm512_alignr_epi64::<2>(zero, best)));
        same = _mm512_and_si512(same, _mm512_alignr_epi64::<2>(all, same));
        best = _mm512_max_epu64(best, _mm512_and_si512(same, _mm512_alignr_epi64::<4>(zero, best)));
        same = _mm512_and_si512(same, _mm512_alignr_epi64::<4>(all, same));
        best = _mm512_max_epu64(best, _mm512_and_si512(same, later));
        // SAFETY: as above.
        unsafe { _mm512_storeu_si512(numbers.as_mut_ptr().add(at).cast(), _mm512_xor_si512(best, turn_all)) };
        later = _mm512_broadcastq_epi64(_mm512_castsi512_si128(best));
        left = at;
    }
    (left, numbers.get(left).map_or(0, |number| number ^ turn))
}

/// What tells how many different codes there are from each row up to its owner's last. It is used again.
#[derive(Debug, Default)]
pub(crate) struct Different {
    /// By code: where it was last met. Places are counted down from block to block, and from row to row.
    met: Vec<u64>,
    /// The place of the first row.
    first: u64,
}

impl Different {
    /// Puts in place of each row's code, which is one of so many texts, how many different ones there are from there on up
    /// to its owner's last row.
    pub(crate) fn count(&mut self, codes: &mut [u64], texts: usize, goes_on: &[u8]) {
        let rows = codes.len();
        if self.met.len() < texts {
            self.met.resize(texts, u64::MAX);
        }
        self.first = match self.first.checked_sub(rows as u64) {
            Some(first) => first,
            None => {
                self.met.fill(u64::MAX);
                u64::MAX - 1 - rows as u64
            }
        };
        // What is reached through a place of its own would be looked up for every row.
        let met = self.met.as_mut_slice();
        let (mut place, mut end, mut count) = (self.first + rows as u64, 0, 0);
        let after = goes_on.get(1..=rows).unwrap_or(&[]);
        for (code, goes_on) in codes.iter_mut().rev().zip(after.iter().rev()) {
            let going = going(*goes_on);
            // The end of the owner's rows, which lie before those of the owners after it.
            end = end & going | place & !going;
            count &= going;
            place -= 1;
            if let Some(met) = met.get_mut(*code as usize) {
                count += u64::from(*met >= end);
                *met = place;
            }
            *code = count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use segue_compiler::values::money;

    proptest! {
        /// Picks, sums, averages and values against the plain way, in every path and with every tail.
        #[test]
        fn owners_are_worked_out_as_one_by_one(
            owners in vec((any::<i32>(), 0u32..9, 0u32..5000, any::<u32>()), 0..70),
            table in vec(any::<u64>(), 0..200),
            base in -5i64..6,
            unit in 1i64..1000,
        ) {
            let counts: Vec<u32> = owners.iter().map(|(_, few, many, which)| if which % 3 == 0 { *many } else { *few }).collect();
            let numbers: Vec<i64> = owners.iter().map(|(number, ..)| i64::from(*number)).collect();
            let places: Vec<u32> = owners.iter().map(|(.., place)| place % 210).collect();
            let cells: Vec<u64> = owners.iter().map(|(.., cell)| u64::from(*cell)).collect();
            for path in Instructions::available() {
                let expected: Vec<u64> =
                    places.iter().map(|place| table.get(*place as usize).copied().unwrap_or(0)).collect();
                let mut found = vec![1; 3];
                pick(path, &table, &places, &mut found);
                prop_assert_eq!(found, expected);
                let expected: Vec<i64> = counts.iter().map(|count| i64::from(*count)).collect();
                prop_assert_eq!(widened(path, &counts), expected);
                let mut begin = vec![1; 3];
                starts(path, &places, &counts, &mut begin);
                let ends: Vec<u32> = begin.iter().zip(&counts).map(|(start, count)| start.wrapping_add(*count)).collect();
                prop_assert_eq!(&ends, &places);
                let before: Vec<u64> = cells.iter().rev().copied().collect();
                let of = |row: usize| base * i64::from(counts[row]) + unit * (cells[row] as i64 - before[row] as i64);
                let expected: Vec<i64> = (0..counts.len()).map(of).collect();
                let mut found = vec![1; 3];
                sums(path, (&before, &cells), &counts, base, unit, &mut found);
                prop_assert_eq!(found, expected);
                let mut sorted = places.clone();
                sorted.sort_unstable();
                let mut counted = vec![1; 3];
                prop_assert!(from_first(path, &sorted, &mut counted));
                let expected: Vec<u32> = sorted.iter().map(|place| place - sorted[0]).collect();
                prop_assert_eq!(counted, expected);
                prop_assert_eq!(is_ascending(path, &places), places.is_sorted());
                let of = |row: usize| if counts[row] == 0 { 0 } else { base + unit * cells[row] as i64 };
                prop_assert_eq!(values(path, &cells, &counts, base, unit), (0..counts.len()).map(of).collect::<Vec<i64>>());
                let of = |row: usize| match counts[row] {
                    0 => 0,
                    count => money::average(numbers[row].into(), count.into()).unwrap_or(i64::MIN),
                };
                let expected: Vec<i64> = (0..counts.len()).map(of).collect();
                prop_assert_eq!(averages(path, &numbers, &counts), Some(expected));
                let of = |row: usize| if counts[row] == 0 { 0.0 } else { numbers[row] as f64 / f64::from(counts[row]) };
                let expected: Vec<f64> = (0..counts.len()).map(of).collect();
                prop_assert_eq!(float_averages(path, &numbers, &counts), expected);
            }
        }

        /// Sums up to the greatest that floats are asked about, next to halves.
        #[test]
        fn averages_are_exact_or_not_given(
            quotient in -(1i64 << 50)..(1i64 << 50),
            count in prop_oneof![1u32..20, any::<u32>()],
            beside in -2i64..3,
        ) {
            let count = count.max(1);
            let whole = (quotient / i64::from(count)).wrapping_mul(i64::from(count));
            let sum = whole + i64::from(count) / 2 + beside;
            for path in Instructions::available() {
                let found = averages(path, &[sum; 9], &[count; 9]);
                if (-MOST_OF_AVERAGE..MOST_OF_AVERAGE).contains(&sum) {
                    let expected = money::average(sum.into(), count.into()).ok();
                    prop_assert_eq!(found, expected.map(|average| vec![average; 9]));
                } else {
                    prop_assert_eq!(found, None);
                }
            }
        }

        /// What is the same from a row up to its owner's last, for several blocks one after the other.
        #[test]
        fn what_owners_end_with_is_found_from_behind(
            blocks in vec(vec(vec((0u64..6, any::<u64>()), 0..6), 0..20), 1..4),
        ) {
            let mut different = Different::default();
            let mut going = Vec::new();
            for (at, owners) in blocks.iter().enumerate() {
                // As after very many rows.
                different.first = if at == 1 { 3 } else { different.first };
                let rows: Vec<(u64, u64)> = owners.concat();
                let mut end = 0;
                let ends: Vec<u32> = owners.iter().map(|owner| { end += owner.len() as u32; end }).collect();
                goes_on(&ends, rows.len(), &mut going);
                let mut counts: Vec<u64> = rows.iter().map(|(code, _)| *code).collect();
                different.count(&mut counts, 6, &going);
                let numbers: Vec<u64> = rows.iter().map(|(_, number)| *number).collect();
                let (mut greatest, mut least) = (numbers.clone(), numbers.clone());
                extremes(Instructions::Portable, &mut greatest, &going, true);
                extremes(Instructions::Portable, &mut least, &going, false);
                for path in Instructions::available() {
                    let (mut one, mut other) = (numbers.clone(), numbers.clone());
                    extremes(path, &mut one, &going, true);
                    extremes(path, &mut other, &going, false);
                    prop_assert_eq!((&one, &other), (&greatest, &least));
                }
                let mut row = 0;
                for owner in owners {
                    for from in 0..owner.len() {
                        let rest = &owner[from..];
                        let codes: std::collections::BTreeSet<u64> = rest.iter().map(|(code, _)| *code).collect();
                        prop_assert_eq!(counts[row] as usize, codes.len());
                        prop_assert_eq!(Some(&greatest[row]), rest.iter().map(|(_, number)| number).max());
                        prop_assert_eq!(Some(&least[row]), rest.iter().map(|(_, number)| number).min());
                        row += 1;
                    }
                }
            }
        }
    }
}
