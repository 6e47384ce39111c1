//! Scans with AVX2. There is no unsigned comparison: a number is at most another where it is the smaller of both.

use super::Order;
use std::arch::x86_64::{
    __m256i, _CMP_EQ_OQ, _CMP_GT_OQ, _CMP_LT_OQ, _mm_loadu_si128, _mm256_and_si256, _mm256_blendv_epi8,
    _mm256_broadcastsi128_si256, _mm256_castsi256_pd, _mm256_castsi256_ps, _mm256_cmp_pd, _mm256_cmpeq_epi8,
    _mm256_cmpeq_epi16, _mm256_cmpeq_epi32, _mm256_cmpeq_epi64, _mm256_cmpgt_epi64, _mm256_loadu_pd,
    _mm256_loadu_si256, _mm256_min_epu8, _mm256_min_epu16, _mm256_min_epu32, _mm256_movemask_epi8, _mm256_movemask_pd,
    _mm256_movemask_ps, _mm256_or_si256, _mm256_packs_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_set1_pd, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_sub_epi8, _mm256_sub_epi16, _mm256_sub_epi32, _mm256_sub_epi64,
};

/// 32 bytes of a chunk of 64 cells.
///
/// # Safety
/// The chunk has 32 bytes from cell `at` on.
#[target_feature(enable = "avx2")]
unsafe fn load<T>(cells: &[T], at: usize) -> __m256i {
    // SAFETY: as the caller promises.
    unsafe { _mm256_loadu_si256(cells.as_ptr().add(at).cast()) }
}

macro_rules! scan {
    ($name:ident, $by:ident, $ty:ty, $signed:ty, $set:ident, $sub:ident, $least:ident, $equal:ident) => {
        #[target_feature(enable = "avx2")]
        pub(super) fn $name(cells: &[$ty], ranges: &[($ty, $ty)], out: &mut [u64]) {
            match ranges {
                // What cells are compared with stays in registers; compared as they are they need not be moved.
                [(0, span)] => {
                    let span = $set(*span as $signed);
                    $by(cells, out, |cells| $equal($least(cells, span), cells));
                }
                [(low, 0)] => {
                    let low = $set(*low as $signed);
                    $by(cells, out, |cells| $equal(cells, low));
                }
                [(low, span)] => {
                    let (low, span) = ($set(*low as $signed), $set(*span as $signed));
                    $by(cells, out, |cells| {
                        let above = $sub(cells, low);
                        $equal($least(above, span), above)
                    });
                }
                [(one, 0), (other, 0)] => {
                    let (one, other) = ($set(*one as $signed), $set(*other as $signed));
                    $by(cells, out, |cells| _mm256_or_si256($equal(cells, one), $equal(cells, other)));
                }
                ranges => $by(cells, out, |cells| {
                    let mut within = _mm256_setzero_si256();
                    for (low, span) in ranges {
                        let above = $sub(cells, $set(*low as $signed));
                        within = _mm256_or_si256(within, $equal($least(above, $set(*span as $signed)), above));
                    }
                    within
                }),
            }
        }
    };
}

scan!(in_ranges_u8, by_u8, u8, i8, _mm256_set1_epi8, _mm256_sub_epi8, _mm256_min_epu8, _mm256_cmpeq_epi8);
scan!(in_ranges_u16, by_u16, u16, i16, _mm256_set1_epi16, _mm256_sub_epi16, _mm256_min_epu16, _mm256_cmpeq_epi16);
scan!(in_ranges_u32, by_u32, u32, i32, _mm256_set1_epi32, _mm256_sub_epi32, _mm256_min_epu32, _mm256_cmpeq_epi32);

/// The bits of cells whose lanes a test fills.
#[inline]
#[target_feature(enable = "avx2")]
fn by_u8(cells: &[u8], out: &mut [u64], test: impl Fn(__m256i) -> __m256i) {
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let bits = |at: usize| {
            // SAFETY: 32 bytes are 32 cells, and the chunk has 64.
            let within = test(unsafe { load(cells, at) });
            u64::from(_mm256_movemask_epi8(within).cast_unsigned())
        };
        *word = bits(0) | bits(32) << 32;
    }
}

/// See [`by_u8`].
#[inline]
#[target_feature(enable = "avx2")]
fn by_u16(cells: &[u16], out: &mut [u64], test: impl Fn(__m256i) -> __m256i) {
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let bits = |at: usize| {
            // SAFETY: 32 bytes are 16 cells, and the chunk has 64.
            let (first, second) = unsafe { (test(load(cells, at)), test(load(cells, at + 16))) };
            // Packing goes by halves of 128 bits: their quarters are put back into their order.
            let packed = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(first, second));
            u64::from(_mm256_movemask_epi8(packed).cast_unsigned())
        };
        *word = bits(0) | bits(32) << 32;
    }
}

/// See [`by_u8`].
#[inline]
#[target_feature(enable = "avx2")]
fn by_u32(cells: &[u32], out: &mut [u64], test: impl Fn(__m256i) -> __m256i) {
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let mut bits = 0;
        for at in (0..64).step_by(8) {
            // SAFETY: 32 bytes are 8 cells, and the chunk has 64.
            let within = test(unsafe { load(cells, at) });
            bits |= u64::from(_mm256_movemask_ps(_mm256_castsi256_ps(within)).cast_unsigned()) << at;
        }
        *word = bits;
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn in_ranges_u64(cells: &[u64], ranges: &[(u64, u64)], out: &mut [u64]) {
    // With the highest bit turned round, the order of signed numbers is that of unsigned ones: what is taken away turns it.
    let turned = |low: u64| _mm256_set1_epi64x(low.cast_signed() ^ i64::MIN);
    match ranges {
        [(low, 0)] => {
            let low = _mm256_set1_epi64x(low.cast_signed());
            by_u64(cells, out, |cells| _mm256_cmpeq_epi64(cells, low));
        }
        [(low, span)] => {
            let (low, last) = (turned(*low), turned(*span));
            // Bits are those of cells that are not beyond it.
            by_u64(cells, out, |cells| _mm256_cmpgt_epi64(_mm256_sub_epi64(cells, low), last));
            out.iter_mut().take(cells.len() / 64).for_each(|word| *word = !*word);
        }
        ranges => {
            by_u64(cells, out, |cells| {
                let mut beyond = _mm256_set1_epi64x(-1);
                for (low, span) in ranges {
                    let above = _mm256_sub_epi64(cells, turned(*low));
                    beyond = _mm256_and_si256(beyond, _mm256_cmpgt_epi64(above, turned(*span)));
                }
                beyond
            });
            out.iter_mut().take(cells.len() / 64).for_each(|word| *word = !*word);
        }
    }
}

/// See [`by_u8`].
#[inline]
#[target_feature(enable = "avx2")]
fn by_u64(cells: &[u64], out: &mut [u64], test: impl Fn(__m256i) -> __m256i) {
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let mut bits = 0;
        for at in (0..64).step_by(4) {
            // SAFETY: 32 bytes are 4 cells, and the chunk has 64.
            let within = test(unsafe { load(cells, at) });
            bits |= u64::from(_mm256_movemask_pd(_mm256_castsi256_pd(within)).cast_unsigned()) << at;
        }
        *word = bits;
    }
}

/// A set's byte for each cell is looked up by the upper five bits, 16 bytes at a time; the lower three choose its bit.
#[target_feature(enable = "avx2")]
pub(super) fn in_bytes(cells: &[u8], set: &[u8; 32], out: &mut [u64]) {
    let (halves, _) = set.as_chunks::<16>();
    let [lower, upper] = halves else { return };
    // SAFETY: both are 16 bytes.
    let (lower, upper) = unsafe { (_mm_loadu_si128(lower.as_ptr().cast()), _mm_loadu_si128(upper.as_ptr().cast())) };
    let (lower, upper) = (_mm256_broadcastsi128_si256(lower), _mm256_broadcastsi128_si256(upper));
    let bits = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64.cast_signed());
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let mut found = 0;
        for at in [0, 32] {
            // SAFETY: 32 bytes are 32 cells, and the chunk has 64.
            let cells = unsafe { load(cells, at) };
            let byte = _mm256_and_si256(_mm256_srli_epi16::<3>(cells), _mm256_set1_epi8(0x0f));
            // The uppermost bit of a cell says which half of the set.
            let byte = _mm256_blendv_epi8(_mm256_shuffle_epi8(lower, byte), _mm256_shuffle_epi8(upper, byte), cells);
            let bit = _mm256_shuffle_epi8(bits, _mm256_and_si256(cells, _mm256_set1_epi8(7)));
            let within = _mm256_cmpeq_epi8(_mm256_and_si256(byte, bit), bit);
            found |= u64::from(_mm256_movemask_epi8(within).cast_unsigned()) << at;
        }
        *word = found;
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn ordered(cells: &[f64], order: Order, number: f64, out: &mut [u64]) {
    match order {
        Order::Less => ordered_by::<_CMP_LT_OQ>(cells, number, out),
        Order::Equal => ordered_by::<_CMP_EQ_OQ>(cells, number, out),
        Order::Greater => ordered_by::<_CMP_GT_OQ>(cells, number, out),
    }
}

#[target_feature(enable = "avx2")]
fn ordered_by<const ORDER: i32>(cells: &[f64], number: f64, out: &mut [u64]) {
    let number = _mm256_set1_pd(number);
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let mut bits = 0;
        for at in (0..64).step_by(4) {
            // SAFETY: the chunk has 64 cells, of which this reads 4 from `at` on.
            let cells = unsafe { _mm256_loadu_pd(cells.as_ptr().add(at)) };
            let holds = _mm256_cmp_pd::<ORDER>(cells, number);
            bits |= u64::from(_mm256_movemask_pd(holds).cast_unsigned()) << at;
        }
        *word = bits;
    }
}
