//! Counting bits of stretches of rows, and finding the rows whose bits are set.

use crate::processor::{Instructions, compiled_for_each};

/// The bits of some rows, 32 at a time with how many are set before them: the upper half of an entry counts, the lower half
/// is the bits. So one look tells how many are set before any row. It is room that is used again.
#[derive(Debug, Default)]
pub(crate) struct Ranks {
    entries: Vec<u64>,
}

impl Ranks {
    /// Takes the bits of a set, or of the rows that are in another one too.
    pub(crate) fn take(&mut self, path: Instructions, words: &[u64], others: Option<&[u64]>) {
        // One more for what lies right behind the last row.
        self.entries.resize(words.len() * 2 + 1, 0);
        match others {
            Some(others) => count_both(path, words, others, &mut self.entries),
            None => count_one(path, words, &mut self.entries),
        }
    }

    /// How many bits are set before each of some places, which lie within the words or at their end: one rank a place.
    pub(crate) fn find(&self, path: Instructions, places: &[u32], ranks: &mut Vec<u32>) {
        ranks.resize(places.len(), 0);
        let done = match path {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the path is only given where the processor has these instructions.
            Instructions::Avx512 => unsafe { gathered(&self.entries, places, ranks) },
            _ => 0,
        };
        if let (Some(places), Some(ranks)) = (places.get(done..), ranks.get_mut(done..)) {
            looked_up(path, &self.entries, places, ranks);
        }
    }
}

compiled_for_each! {
    fn count_one(words: &[u64], entries: &mut [u64]) = counted_one
}

compiled_for_each! {
    fn count_both(words: &[u64], others: &[u64], entries: &mut [u64]) = counted_both
}

compiled_for_each! {
    fn looked_up(entries: &[u64], places: &[u32], ranks: &mut [u32]) = look_up
}

compiled_for_each! {
    /// By how much each number is less than the next one, and one less of them.
    pub(crate) fn differences(numbers: &[u32], differences: &mut Vec<u32>) = subtracted
}

#[inline(always)]
fn counted_one(words: &[u64], entries: &mut [u64]) {
    counted(words, entries, |_, word| word);
}

#[inline(always)]
fn counted_both(words: &[u64], others: &[u64], entries: &mut [u64]) {
    counted(words, entries, |at, word| word & others.get(at).copied().unwrap_or(0));
}

#[inline(always)]
fn counted(words: &[u64], entries: &mut [u64], bits: impl Fn(usize, u64) -> u64) {
    let mut sum = 0;
    let (pairs, rest) = entries.as_chunks_mut::<2>();
    for (at, ([lower, upper], word)) in pairs.iter_mut().zip(words).enumerate() {
        let word = bits(at, *word);
        *lower = sum << 32 | word & u64::from(u32::MAX);
        sum += u64::from((word as u32).count_ones());
        *upper = sum << 32 | word >> 32;
        sum += u64::from((word >> 32).count_ones());
    }
    if let Some(last) = rest.last_mut() {
        *last = sum << 32;
    }
}

#[inline(always)]
fn look_up(entries: &[u64], places: &[u32], ranks: &mut [u32]) {
    for (rank, place) in ranks.iter_mut().zip(places) {
        let entry = entries.get((*place / 32) as usize).copied().unwrap_or(0);
        let below = entry & ((1 << (*place % 32)) - 1);
        *rank = (entry >> 32) as u32 + below.count_ones();
    }
}

/// Sixteen places at a time; how many were done.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
fn gathered(entries: &[u64], places: &[u32], ranks: &mut [u32]) -> usize {
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_loadu_si256, _mm256_min_epu32, _mm256_set1_epi32, _mm256_srli_epi32,
        _mm256_storeu_si256, _mm512_add_epi64, _mm512_andnot_si512, _mm512_cvtepi64_epi32, _mm512_cvtepu32_epi64,
        _mm512_i32gather_epi64, _mm512_popcnt_epi64, _mm512_set1_epi64, _mm512_sllv_epi64, _mm512_srli_epi64,
    };
    // Places among the entries are taken as numbers with a sign.
    let Some(last) = entries.len().checked_sub(1).and_then(|last| i32::try_from(last).ok()) else { return 0 };
    let (last, in_entry, all) = (_mm256_set1_epi32(last), _mm256_set1_epi32(31), _mm512_set1_epi64(-1));
    let eight = |places: __m256i| {
        let at = _mm256_min_epu32(_mm256_srli_epi32::<5>(places), last);
        // SAFETY: no place is greater than the last entry's.
        let entry = unsafe { _mm512_i32gather_epi64::<8>(at, entries.as_ptr().cast()) };
        let above = _mm512_sllv_epi64(all, _mm512_cvtepu32_epi64(_mm256_and_si256(places, in_entry)));
        let below = _mm512_popcnt_epi64(_mm512_andnot_si512(above, entry));
        _mm512_cvtepi64_epi32(_mm512_add_epi64(below, _mm512_srli_epi64::<32>(entry)))
    };
    let (places, _) = places.as_chunks::<16>();
    let (ranks, _) = ranks.as_chunks_mut::<16>();
    for (places, ranks) in places.iter().zip(ranks.iter_mut()) {
        // SAFETY: sixteen numbers are twice eight, both of the places and of the ranks.
        unsafe {
            let (places, ranks) = (places.as_ptr().cast::<__m256i>(), ranks.as_mut_ptr().cast::<__m256i>());
            let (one, other) = (eight(_mm256_loadu_si256(places)), eight(_mm256_loadu_si256(places.add(1))));
            _mm256_storeu_si256(ranks, one);
            _mm256_storeu_si256(ranks.add(1), other);
        }
    }
    places.len().min(ranks.len()) * 16
}

#[inline(always)]
fn subtracted(numbers: &[u32], differences: &mut Vec<u32>) {
    let after = numbers.get(1..).unwrap_or(&[]);
    differences.resize(after.len(), 0);
    for (difference, (number, after)) in differences.iter_mut().zip(numbers.iter().zip(after)) {
        *difference = after.wrapping_sub(*number);
    }
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
    use super::{Instructions, Ranks, differences, rows_of};
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        /// Against a count row by row, in every path.
        #[test]
        fn ranks_and_rows_are_those_of_a_count(
            words in vec((any::<u64>(), any::<u64>()), 0..40),
            places in vec(any::<u32>(), 0..70),
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
                let (mut ranks, mut found, mut rows) = (Ranks::default(), Vec::new(), Vec::new());
                ranks.take(path, &words, Some(&others));
                ranks.find(path, &places, &mut found);
                prop_assert_eq!(&found, &of_both);
                ranks.take(path, &words, None);
                ranks.find(path, &places, &mut found);
                prop_assert_eq!(&found, &of_one);
                let mut counts = vec![7; 3];
                differences(path, &found, &mut counts);
                let by_stretch: Vec<u32> = found.windows(2).map(|pair| pair[1] - pair[0]).collect();
                prop_assert_eq!(&counts, &by_stretch);
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
