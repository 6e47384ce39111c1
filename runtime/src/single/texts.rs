//! Texts that rules name, found by their bytes.

use std::sync::Arc;

/// The texts that rules name, of one field.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
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

impl Named {
    /// The number of a text that is named.
    #[inline]
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let bytes = text.as_bytes();
        let ends = ends(bytes);
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
            self.slots = vec![FREE; (self.texts.len() * 4).next_power_of_two()];
            for code in 0..self.texts.len() {
                self.enter(code);
            }
        } else {
            self.enter(self.texts.len() - 1);
        }
    }

    fn enter(&mut self, code: usize) {
        let Some(text) = self.texts.get(code) else { return };
        let (ends, length) = (ends(text.as_bytes()), text.len());
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
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (ends.0 ^ ends.1.rotate_left(25) ^ length as u64).wrapping_mul(SPREAD);
        (mixed >> 32) as usize & self.slots.len().wrapping_sub(1)
    }
}

/// The first and the last eight bytes, which may be the same ones; of shorter texts all bytes.
#[inline]
fn ends(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
    } else if let (Some(first), Some(middle), Some(last)) = (bytes.first(), bytes.get(bytes.len() / 2), bytes.last()) {
        (u64::from(*first) | u64::from(*middle) << 8, u64::from(*last))
    } else {
        (0, 0)
    }
}
