//! Squares of 64 bits turned over their diagonal with AVX-512: squares of 8 bits by one instruction, the bytes between them
//! by permutations.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi8, _mm512_gf2p8affine_epi64_epi8, _mm512_loadu_si512, _mm512_permutexvar_epi8,
    _mm512_set_epi64, _mm512_set1_epi64, _mm512_shuffle_i64x2, _mm512_storeu_si512, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi64,
};

/// As [`crate::data::turned`].
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
pub(super) fn turned(square: &mut [u64; 64]) {
    // Byte `j` of word `k` becomes byte `k` of word `j`; or, since the instruction for squares of 8 bits counts rows from
    // above, with each word's bytes from below.
    const ONES: i64 = 0x0101_0101_0101_0101;
    let words = _mm512_set_epi64(7 * ONES, 6 * ONES, 5 * ONES, 4 * ONES, 3 * ONES, 2 * ONES, ONES, 0);
    let across = _mm512_add_epi8(words, _mm512_set1_epi64(0x3830_2820_1810_0800));
    let from_below = _mm512_add_epi8(words, _mm512_set1_epi64(0x0008_1018_2028_3038));
    // Bit `i` of byte `i`: a square of 8 bits times this has its rows and columns exchanged.
    let diagonal = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
    let (eights, _) = square.as_chunks_mut::<8>();
    let mut rows = [diagonal; 8];
    for (row, eight) in rows.iter_mut().zip(&*eights) {
        // SAFETY: eight words are 64 bytes.
        let words = unsafe { _mm512_loadu_si512(eight.as_ptr().cast()) };
        *row = _mm512_gf2p8affine_epi64_epi8::<0>(diagonal, _mm512_permutexvar_epi8(from_below, words));
    }
    for (eight, words) in eights.iter_mut().zip(exchanged(rows)) {
        // SAFETY: eight words are 64 bytes.
        unsafe { _mm512_storeu_si512(eight.as_mut_ptr().cast(), _mm512_permutexvar_epi8(across, words)) };
    }
}

/// Word `j` of vector `i` becomes word `i` of vector `j`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn exchanged([a, b, c, d, e, f, g, h]: [__m512i; 8]) -> [__m512i; 8] {
    const EVEN: i32 = 0b10_00_10_00;
    const ODD: i32 = 0b11_01_11_01;
    // Words 0, 2, 4 and 6 of two vectors side by side, or 1, 3, 5 and 7; then pairs of words as if they were words.
    let of_four = |ab: __m512i, cd: __m512i, ef: __m512i, gh: __m512i| {
        let (one, two) = (_mm512_shuffle_i64x2::<EVEN>(ab, cd), _mm512_shuffle_i64x2::<EVEN>(ef, gh));
        let (three, four) = (_mm512_shuffle_i64x2::<ODD>(ab, cd), _mm512_shuffle_i64x2::<ODD>(ef, gh));
        [
            _mm512_shuffle_i64x2::<EVEN>(one, two),
            _mm512_shuffle_i64x2::<EVEN>(three, four),
            _mm512_shuffle_i64x2::<ODD>(one, two),
            _mm512_shuffle_i64x2::<ODD>(three, four),
        ]
    };
    let [first, third, fifth, seventh] = of_four(
        _mm512_unpacklo_epi64(a, b),
        _mm512_unpacklo_epi64(c, d),
        _mm512_unpacklo_epi64(e, f),
        _mm512_unpacklo_epi64(g, h),
    );
    let [second, fourth, sixth, eighth] = of_four(
        _mm512_unpackhi_epi64(a, b),
        _mm512_unpackhi_epi64(c, d),
        _mm512_unpackhi_epi64(e, f),
        _mm512_unpackhi_epi64(g, h),
    );
    [first, second, third, fourth, fifth, sixth, seventh, eighth]
}

#[cfg(test)]
mod tests {
    use crate::processor::Instructions;

    #[test]
    fn squares_are_turned_as_without() {
        if !Instructions::available().contains(&Instructions::Avx512) {
            return;
        }
        let mut state = 1_u64;
        for shift in [0, 3, 60] {
            let mut square: [u64; 64] = std::array::from_fn(|_| {
                state = state.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23) ^ 0x55;
                state >> shift
            });
            let mut expected = square;
            crate::data::turned(&mut expected);
            // SAFETY: the processor has these instructions.
            unsafe { super::turned(&mut square) };
            assert_eq!(square, expected);
            assert!((0..64).all(|row| (0..64).all(|at| {
                let mut one = [0; 64];
                one[row] = 1 << at;
                // SAFETY: as above.
                unsafe { super::turned(&mut one) };
                let mut other = [0; 64];
                other[at] = 1 << row;
                one == other
            })));
        }
    }
}
