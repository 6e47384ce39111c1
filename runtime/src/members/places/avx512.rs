//! Places with AVX-512: those of a word are pressed together as bytes, then widened.

use super::BEYOND;
use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_castsi512_si256, _mm512_cmpneq_epi64_mask, _mm512_cvtepu8_epi16,
    _mm512_extracti64x4_epi64, _mm512_loadu_si512, _mm512_maskz_compress_epi8, _mm512_set1_epi16, _mm512_set1_epi64,
    _mm512_storeu_si512,
};

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,popcnt")]
pub(super) fn places(words: &[u64], flip: u64, out: &mut [u16]) -> usize {
    let bytes: [u8; 64] = std::array::from_fn(|at| at as u8);
    // SAFETY: these are 64 bytes.
    let bytes = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
    let mut count = 0;
    for (at, words) in words.chunks(64).enumerate() {
        // Only words with any are looked at: to ask each whether it has would be to guess, and often wrong.
        let mut left = with_any(words, flip);
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            let word = words.get(place).map_or(0, |word| word ^ flip);
            let Some(room) = out.get_mut(count..count + BEYOND) else { return count };
            write(room, word, at * 64 + place, bytes);
            count += word.count_ones() as usize;
        }
    }
    count
}

/// A bit for each of up to 64 words.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn with_any(words: &[u64], flip: u64) -> u64 {
    let none = _mm512_set1_epi64(flip.cast_signed());
    let (eights, rest) = words.as_chunks::<8>();
    let mut any = 0;
    for (at, eight) in eights.iter().enumerate() {
        // SAFETY: these are 64 bytes.
        let eight = unsafe { _mm512_loadu_si512(eight.as_ptr().cast()) };
        any |= u64::from(_mm512_cmpneq_epi64_mask(eight, none)) << (at * 8);
    }
    for (at, word) in rest.iter().enumerate() {
        any |= u64::from(*word != flip) << (eights.len() * 8 + at);
    }
    any
}

/// Writes the places of a word's bits, and anything after them.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,popcnt")]
fn write(room: &mut [u16], word: u64, at: usize, bytes: __m512i) {
    let Some(room) = room.first_chunk_mut::<BEYOND>() else { return };
    let (found, first) = (_mm512_maskz_compress_epi8(word, bytes), _mm512_set1_epi16((at * 64) as i16));
    let lower = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(found)), first);
    // SAFETY: there is room for 64 places, of which this writes the first 32.
    unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), lower) };
    if word.count_ones() > 32 {
        let upper = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64::<1>(found));
        // SAFETY: as above, the last 32.
        unsafe { _mm512_storeu_si512(room.as_mut_ptr().add(32).cast(), _mm512_add_epi16(upper, first)) };
    }
}
