//! Scans with AVX-512: a comparison gives its bits at once.

use super::Order;
use std::arch::x86_64::{
    __m512i, _CMP_EQ_OQ, _CMP_GT_OQ, _CMP_LT_OQ, _mm_loadu_si128, _mm512_and_si512, _mm512_broadcast_i32x4,
    _mm512_cmp_pd_mask, _mm512_cmpeq_epi8_mask, _mm512_cmpeq_epi16_mask, _mm512_cmpeq_epi32_mask,
    _mm512_cmpeq_epi64_mask, _mm512_cmple_epu8_mask, _mm512_cmple_epu16_mask, _mm512_cmple_epu32_mask,
    _mm512_cmple_epu64_mask, _mm512_loadu_pd, _mm512_loadu_si512, _mm512_mask_shuffle_epi8, _mm512_movepi8_mask,
    _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_set1_pd, _mm512_shuffle_epi8,
    _mm512_srli_epi16, _mm512_sub_epi8, _mm512_sub_epi16, _mm512_sub_epi32, _mm512_sub_epi64, _mm512_test_epi8_mask,
};

macro_rules! scan {
    ($name:ident, $by:ident, $ty:ty, $signed:ty, $mask:ty, $lanes:literal, $set:ident, $sub:ident, $at_most:ident, $equal:ident) => {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        pub(super) fn $name(cells: &[$ty], ranges: &[($ty, $ty)], out: &mut [u64]) {
            match ranges {
                // What is compared as it is saves a subtraction, a third of the work.
                [(0, span)] => {
                    let span = $set(*span as $signed);
                    $by(cells, out, |cells| $at_most(cells, span));
                }
                [(low, 0)] => {
                    let low = $set(*low as $signed);
                    $by(cells, out, |cells| $equal(cells, low));
                }
                [(low, span)] => {
                    let (low, span) = ($set(*low as $signed), $set(*span as $signed));
                    $by(cells, out, |cells| $at_most($sub(cells, low), span));
                }
                ranges => $by(cells, out, |cells| {
                    let mut within = 0;
                    for (low, span) in ranges {
                        within |= $at_most($sub(cells, $set(*low as $signed)), $set(*span as $signed));
                    }
                    within
                }),
            }
        }

        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn $by(cells: &[$ty], out: &mut [u64], test: impl Fn(__m512i) -> $mask) {
            for (cells, word) in cells.chunks_exact(64).zip(out) {
                let parts = std::ptr::from_mut(word).cast::<$mask>();
                for at in 0..64 / $lanes {
                    // SAFETY: the chunk has 64 cells, of which this reads `$lanes` from `at * $lanes` on; the word has as many
                    // parts as there are reads, of a bit a lane, the lowest first. Written one by one they need not be joined.
                    unsafe {
                        let cells = _mm512_loadu_si512(cells.as_ptr().add(at * $lanes).cast());
                        parts.add(at).write(test(cells));
                    }
                }
            }
        }
    };
}

scan!(
    in_ranges_u8,
    by_u8,
    u8,
    i8,
    u64,
    64,
    _mm512_set1_epi8,
    _mm512_sub_epi8,
    _mm512_cmple_epu8_mask,
    _mm512_cmpeq_epi8_mask
);
scan!(
    in_ranges_u16,
    by_u16,
    u16,
    i16,
    u32,
    32,
    _mm512_set1_epi16,
    _mm512_sub_epi16,
    _mm512_cmple_epu16_mask,
    _mm512_cmpeq_epi16_mask
);
scan!(
    in_ranges_u32,
    by_u32,
    u32,
    i32,
    u16,
    16,
    _mm512_set1_epi32,
    _mm512_sub_epi32,
    _mm512_cmple_epu32_mask,
    _mm512_cmpeq_epi32_mask
);
scan!(
    in_ranges_u64,
    by_u64,
    u64,
    i64,
    u8,
    8,
    _mm512_set1_epi64,
    _mm512_sub_epi64,
    _mm512_cmple_epu64_mask,
    _mm512_cmpeq_epi64_mask
);

/// A set's byte for each cell is looked up by the upper five bits, 16 bytes at a time; the lower three choose its bit.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub(super) fn in_bytes(cells: &[u8], set: &[u8; 32], out: &mut [u64]) {
    let (halves, _) = set.as_chunks::<16>();
    let [lower, upper] = halves else { return };
    // SAFETY: both are 16 bytes.
    let (lower, upper) = unsafe { (_mm_loadu_si128(lower.as_ptr().cast()), _mm_loadu_si128(upper.as_ptr().cast())) };
    let (lower, upper) = (_mm512_broadcast_i32x4(lower), _mm512_broadcast_i32x4(upper));
    let bits = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        // SAFETY: 64 bytes are 64 cells.
        let cells = unsafe { _mm512_loadu_si512(cells.as_ptr().cast()) };
        let byte = _mm512_and_si512(_mm512_srli_epi16::<3>(cells), _mm512_set1_epi8(0x0f));
        let of_lower = _mm512_shuffle_epi8(lower, byte);
        // The uppermost bit of a cell says which half of the set.
        let byte = _mm512_mask_shuffle_epi8(of_lower, _mm512_movepi8_mask(cells), upper, byte);
        let bit = _mm512_shuffle_epi8(bits, _mm512_and_si512(cells, _mm512_set1_epi8(7)));
        *word = _mm512_test_epi8_mask(byte, bit);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub(super) fn ordered(cells: &[f64], order: Order, number: f64, out: &mut [u64]) {
    match order {
        Order::Less => ordered_by::<_CMP_LT_OQ>(cells, number, out),
        Order::Equal => ordered_by::<_CMP_EQ_OQ>(cells, number, out),
        Order::Greater => ordered_by::<_CMP_GT_OQ>(cells, number, out),
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn ordered_by<const ORDER: i32>(cells: &[f64], number: f64, out: &mut [u64]) {
    let number = _mm512_set1_pd(number);
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let mut bits = 0;
        for at in 0..8 {
            // SAFETY: the chunk has 64 cells, of which this reads 8 from `at * 8` on.
            let cells = unsafe { _mm512_loadu_pd(cells.as_ptr().add(at * 8)) };
            bits |= u64::from(_mm512_cmp_pd_mask::<ORDER>(cells, number)) << (at * 8);
        }
        *word = bits;
    }
}
