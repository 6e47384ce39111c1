//! Texts that rules name, found by their bytes.

use crate::processor::Instructions;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The texts that rules name, of one field.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// What the bytes of texts are read with.
    path: Instructions,
    /// An odd number that spreads texts over the slots.
    spread: u64,
    /// A power of two of slots, at most half of them taken.
    slots: Vec<Slot>,
    texts: Vec<Arc<str>>,
}

/// A text's ends and length, which are all of a text up to 16 bytes.
#[derive(Debug, Clone, Copy)]
struct Slot {
    ends: (u64, u64),
    length: u32,
    code: u32,
}

/// No text is so long, so that an empty slot is none's.
const FREE: Slot = Slot { ends: (0, 0), length: u32::MAX, code: u32::MAX };

impl Default for Named {
    fn default() -> Named {
        Named { path: Instructions::best(), spread: SPREAD, slots: Vec::new(), texts: Vec::new() }
    }
}

/// The first number that spreads texts, and how many others are tried.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
const SPREADS: u64 = 32;

/// Of more texts no better number is looked for.
const FEW: usize = 1024;

impl Named {
    /// The number of a text that is named.
    #[inline(always)]
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        #[cfg(target_arch = "x86_64")]
        if self.path == Instructions::Avx512 {
            // SAFETY: the path is only given where the processor has these instructions.
            return unsafe { self.find_masked(text) };
        }
        self.find_by(plain(text.as_bytes()), text)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn find_masked(&self, text: &str) -> Option<u32> {
        let bytes = text.as_bytes();
        let ends = if bytes.len() <= 16 { masked(bytes) } else { plain(bytes) };
        self.find_by(ends, text)
    }

    /// By the text's ends, which are at hand.
    #[inline(always)]
    fn find_by(&self, ends: (u64, u64), text: &str) -> Option<u32> {
        let bytes = text.as_bytes();
        let mut at = self.start(ends, bytes.len());
        loop {
            let slot = self.slots.get(at)?;
            if slot.ends == ends && slot.length as usize == bytes.len() && (bytes.len() <= 16 || self.is(slot, text)) {
                return Some(slot.code);
            }
            if slot.length == FREE.length {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// How many texts are named; the number of a text that is not.
    #[inline]
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.texts.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }

    /// The text of a number.
    pub(super) fn text(&self, code: u32) -> &str {
        self.texts.get(code as usize).map_or("", |text| text)
    }

    /// Names a text.
    pub(super) fn name(&mut self, text: &Arc<str>) {
        if self.find(text).is_some() || text.len() >= FREE.length as usize {
            return;
        }
        self.texts.push(text.clone());
        if self.texts.len() * 2 > self.slots.len() {
            self.spread_by(self.spread);
        } else {
            self.enter(self.texts.len() - 1);
        }
    }

    /// Once all are named: a number that leaves as many as possible where they are looked for first.
    pub(super) fn settle(&mut self) {
        if self.texts.len() > FEW {
            return;
        }
        let spreads = (0..SPREADS).map(|number| SPREAD.wrapping_mul(2 * number + 1));
        let best = spreads.min_by_key(|spread| {
            self.spread_by(*spread);
            self.slots
                .iter()
                .enumerate()
                .filter(|(at, slot)| slot.length != FREE.length && self.first(slot) != *at)
                .count()
        });
        self.spread_by(best.unwrap_or(SPREAD));
    }

    fn spread_by(&mut self, spread: u64) {
        self.spread = spread;
        self.slots = vec![FREE; (self.texts.len() * 4).next_power_of_two()];
        for code in 0..self.texts.len() {
            self.enter(code);
        }
    }

    fn first(&self, slot: &Slot) -> usize {
        self.start(slot.ends, slot.length as usize)
    }

    fn enter(&mut self, code: usize) {
        let Some(text) = self.texts.get(code) else { return };
        let (ends, length) = (ends(self.path, text.as_bytes()), text.len());
        let mut at = self.start(ends, length);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.length == FREE.length {
                let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
                *slot = Slot { ends, length: narrow(length), code: narrow(code) };
                return;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    #[inline]
    fn is(&self, slot: &Slot, text: &str) -> bool {
        self.texts.get(slot.code as usize).is_some_and(|known| **known == *text)
    }

    /// Where a text is looked for first.
    #[inline]
    fn start(&self, ends: (u64, u64), length: usize) -> usize {
        let mixed = (ends.0 ^ ends.1.rotate_left(25) ^ length as u64).wrapping_mul(self.spread);
        (mixed >> 32) as usize & self.slots.len().wrapping_sub(1)
    }
}

/// All bytes of a text up to 16 bytes, with zeros after them; of longer ones the first and the last eight.
#[inline]
fn ends(path: Instructions, bytes: &[u8]) -> (u64, u64) {
    match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the path is only given where the processor has these instructions.
        Instructions::Avx512 if bytes.len() <= 16 => unsafe { masked(bytes) },
        _ => plain(bytes),
    }
}

/// Without a branch by the length, since which lengths come next cannot be foreseen.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn masked(bytes: &[u8]) -> (u64, u64) {
    use std::arch::x86_64::{_mm_cvtsi128_si64, _mm_extract_epi64, _mm_maskz_loadu_epi8};
    let mask = (1_u32 << bytes.len().min(16)) - 1;
    // SAFETY: bytes beyond the mask are not read, and those within it are the slice's.
    let both = unsafe { _mm_maskz_loadu_epi8(mask as u16, bytes.as_ptr().cast()) };
    (_mm_cvtsi128_si64(both).cast_unsigned(), _mm_extract_epi64::<1>(both).cast_unsigned())
}

fn plain(bytes: &[u8]) -> (u64, u64) {
    let count = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        // What is the same in both is taken out of the last.
        let same = u32::try_from(8 * 16_usize.saturating_sub(count)).unwrap_or(0);
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last).checked_shr(same).unwrap_or(0))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (count - 4));
        (u64::from(u32::from_le_bytes(*first)) | last, 0)
    } else if let (Some(first), Some(middle), Some(last)) = (bytes.first(), bytes.get(count / 2), bytes.last()) {
        let middle = u64::from(*middle) << (8 * (count / 2));
        (u64::from(*first) | middle | u64::from(*last) << (8 * (count - 1)), 0)
    } else {
        (0, 0)
    }
}
