//! Counting bits of stretches of rows, and finding the rows whose bits are set.

use crate::processor::{Instructions, compiled_for_each};

compiled_for_each! {
    /// How many bits are set before each of some places, which lie within the words or at their end: one rank a place.
    /// `sums` is room to work in.
    pub(crate) fn ranks(words: &[u64], places: &[u32], sums: &mut Vec<u32>, ranks: &mut Vec<u32>) = ranked
}

compiled_for_each! {
    /// The same for the rows that are in two sets.
    pub(crate) fn ranks_of_both(
        words: (&[u64], &[u64]),
        places: &[u32],
        both: &mut Vec<u64>,
        sums: &mut Vec<u32>,
        ranks: &mut Vec<u32>
    ) = ranked_both
}

compiled_for_each! {
    /// The rows whose bits are set, ascending: how many, and they themselves at the start of the list.
    fn listed(words: &[u64], rows: &mut [u32]) -> usize = list
}

/// The rows whose bits are set, ascending, in a list that is used again.
pub(crate) fn rows_of<'r>(path: Instructions, words: &[u64], rows: &'r mut Vec<u32>) -> &'r [u32] {
    // Room for all rows of a word behind those found: what is written there is written over or means nothing.
    if rows.len() < words.len() * 64 {
        rows.resize(words.len() * 64, 0);
    }
    let found = match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the path is only given where the processor has these instructions.
        Instructions::Avx512 => unsafe { compressed(words, rows) },
        _ => listed(path, words, rows),
    };
    rows.get(..found).unwrap_or(&[])
}

/// Sixteen rows at a time, those whose bits are set moved to the front.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
fn compressed(words: &[u64], rows: &mut [u32]) -> usize {
    use std::arch::x86_64::{
        _mm512_add_epi32, _mm512_maskz_compress_epi32, _mm512_set1_epi32, _mm512_setr_epi32, _mm512_storeu_si512,
    };
    if rows.len() < words.len() * 64 {
        return 0;
    }
    let first = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let mut found = 0;
    for (at, word) in words.iter().enumerate() {
        if *word == 0 {
            continue;
        }
        for quarter in 0..4 {
            let bits = (word >> (quarter * 16) & 0xffff) as u16;
            let start = (at * 64 + quarter * 16) as i32;
            let these = _mm512_maskz_compress_epi32(bits, _mm512_add_epi32(first, _mm512_set1_epi32(start)));
            // SAFETY: `found` rows were found before these 16, so at most as many as there are before them, and the list
            // has room for all rows.
            unsafe { _mm512_storeu_si512(rows.as_mut_ptr().add(found).cast(), these) };
            found += bits.count_ones() as usize;
        }
    }
    found
}

#[inline(always)]
fn ranked(words: &[u64], places: &[u32], sums: &mut Vec<u32>, ranks: &mut Vec<u32>) {
    // Sums first and then a look at one word for each place: going along word by word would guess wrong at most places.
    sums.resize(words.len() + 1, 0);
    let mut sum = 0;
    for (before, word) in sums.iter_mut().zip(words) {
        *before = sum;
        sum += word.count_ones();
    }
    if let Some(last) = sums.last_mut() {
        *last = sum;
    }
    ranks.resize(places.len(), 0);
    for (rank, place) in ranks.iter_mut().zip(places) {
        let at = (*place / 64) as usize;
        let below = (1u64 << (*place % 64)) - 1;
        let word = words.get(at).copied().unwrap_or(0);
        *rank = sums.get(at).copied().unwrap_or(sum) + (word & below).count_ones();
    }
}

#[inline(always)]
fn ranked_both(
    (one, other): (&[u64], &[u64]),
    places: &[u32],
    both: &mut Vec<u64>,
    sums: &mut Vec<u32>,
    ranks: &mut Vec<u32>,
) {
    both.resize(one.len(), 0);
    for (both, (one, other)) in both.iter_mut().zip(one.iter().zip(other)) {
        *both = one & other;
    }
    ranked(both, places, sums, ranks);
}

#[inline(always)]
fn list(words: &[u64], rows: &mut [u32]) -> usize {
    let mut found = 0;
    for (at, word) in (0u32..).zip(words) {
        let (mut left, count) = (*word, word.count_ones() as usize);
        for place in rows.get_mut(found..found + count).unwrap_or(&mut []) {
            *place = at * 64 + left.trailing_zeros();
            left &= left.wrapping_sub(1);
        }
        found += count;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Instructions, ranks, ranks_of_both, rows_of};
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        /// Against a count row by row, in every path.
        #[test]
        fn ranks_and_rows_are_those_of_a_count(
            words in vec((any::<u64>(), any::<u64>()), 0..40),
            places in vec(any::<u32>(), 0..30),
        ) {
            let (words, others): (Vec<u64>, Vec<u64>) = words.into_iter().unzip();
            let end = words.len() as u32 * 64;
            let mut places: Vec<u32> = places.into_iter().map(|place| place % (end + 1)).chain([0, end]).collect();
            places.sort_unstable();
            let bit = |words: &[u64], row: u32| words[row as usize / 64] >> (row % 64) & 1 == 1;
            let one = |row: &u32| bit(&words, *row);
            let both = |row: &u32| bit(&words, *row) && bit(&others, *row);
            let count = |test: &dyn Fn(&u32) -> bool| -> Vec<u32> {
                places.iter().map(|place| (0..*place).filter(|row| test(row)).count() as u32).collect()
            };
            let (of_one, of_both) = (count(&one), count(&both));
            for path in Instructions::available() {
                let (mut sums, mut found, mut room, mut rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
                ranks(path, &words, &places, &mut sums, &mut found);
                prop_assert_eq!(&found, &of_one);
                ranks_of_both(path, (&words, &others), &places, &mut room, &mut sums, &mut found);
                prop_assert_eq!(&found, &of_both);
                let expected: Vec<u32> = (0..end).filter(one).collect();
                prop_assert_eq!(rows_of(path, &words, &mut rows), &expected);
                // The list is used again for fewer.
                prop_assert_eq!(rows_of(path, &words[..words.len() / 2], &mut rows).len(), {
                    let half = words.len() as u32 / 2 * 64;
                    expected.iter().filter(|row| **row < half).count()
                });
            }
        }
    }
}
