//! Squares of bits.

/// Turns a square of bits over its diagonal: bit `j` of word `i` becomes bit `i` of word `j`. Halves change places, then
/// quarters within them, and so on (Warren, "Hacker's Delight", 2nd edition, 7-3).
#[inline(always)]
pub(crate) fn turned(square: &mut [u64; 64]) {
    let mut size = 32;
    let mut mask = 0x0000_0000_ffff_ffff_u64;
    while size > 0 {
        for pair in square.chunks_exact_mut(2 * size) {
            let (upper, lower) = pair.split_at_mut(size);
            for (upper, lower) in upper.iter_mut().zip(lower) {
                let swapped = (*upper >> size ^ *lower) & mask;
                *upper ^= swapped << size;
                *lower ^= swapped;
            }
        }
        size /= 2;
        mask ^= mask << size;
    }
}
