//! Bits turned into a list of places.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(test)]
mod tests;

use crate::processor::Instructions;

/// Places beyond the last one that are written over: the widest instructions write so many at once.
pub(super) const BEYOND: usize = 64;

/// Writes the places of the bits that are set, or of those that are not, ascending, and gives how many; at most 65,536 bits.
/// Stops where there may be no room for those of one more word and [`BEYOND`] them; what comes after the last is undefined.
pub(super) fn places(path: Instructions, words: &[u64], set: bool, out: &mut [u16]) -> usize {
    let flip = if set { 0 } else { u64::MAX };
    match path {
        Instructions::Portable => portable(words, flip, out),
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2 => portable(words, flip, out),
        #[cfg(target_arch = "aarch64")]
        Instructions::Neon => portable(words, flip, out),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the path is only given where the processor has these instructions.
        Instructions::Avx512 => unsafe { avx512::places(words, flip, out) },
    }
}

fn portable(words: &[u64], flip: u64, out: &mut [u16]) -> usize {
    let mut count = 0;
    for (at, word) in words.iter().enumerate() {
        let mut rest = word ^ flip;
        if rest == 0 {
            continue;
        }
        let Some(room) = out.get_mut(count..count + BEYOND) else { return count };
        let (first, mut found) = ((at * 64) as u16, 0);
        for place in room {
            if rest == 0 {
                break;
            }
            *place = first + rest.trailing_zeros() as u16;
            rest &= rest - 1;
            found += 1;
        }
        count += found;
    }
    count
}
