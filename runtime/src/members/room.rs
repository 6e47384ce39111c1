//! Memory for members: stretches that are filled one after the other, and used again by the next run.

use crate::data::Memory;
use crate::memory::{Bound, held};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Words of a line of the caches: what is put somewhere begins at one.
pub(super) const LINE: usize = 8;

/// Lines of the largest stretches, which are 32 MiB: many large pages, and few enough stretches to be found at once.
const LARGEST: usize = 1 << 19;
/// Lines of the largest where memory is bounded: before each the bound is looked at.
const LARGEST_BOUNDED: usize = 1 << 15;
/// Lines of the smallest, which have room for whatever is put in at once.
const SMALLEST: usize = 128;
/// Into how many stretches goes what is wanted, so that little of the last one is left.
const STRETCHES: usize = 8;

/// Memory that runs keep members in. What outcomes took is used again once they are dropped: the system need not clear it
/// anew, which takes longer than writing to it. Until then the system may have it back whenever it runs short of memory.
#[derive(Debug, Clone, Default)]
pub struct Room(Arc<Pool>);

#[derive(Debug, Default)]
struct Pool {
    /// All of one size.
    free: Mutex<Vec<Memory>>,
    bound: Option<Bound>,
    /// Bytes of all stretches that are in use.
    used: AtomicU64,
}

impl Pool {
    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Memory>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    /// None taken yet.
    pub fn new() -> Room {
        Room::default()
    }

    /// In a process that may hold so much memory.
    pub(crate) fn bounded(bound: Option<Bound>) -> Room {
        Room(Arc::new(Pool { bound, ..Pool::default() }))
    }

    /// What the process may hold.
    pub(crate) fn bound(&self) -> Option<Bound> {
        self.0.bound
    }

    /// Gives all memory back that no outcome uses.
    pub fn clear(&self) {
        self.0.free().clear();
    }
}

/// There may not be as much memory as members take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full {
    /// What the process holds and would hold next, in bytes.
    pub(crate) needed: u64,
    /// What members take of it.
    pub(crate) members: u64,
}

/// A stretch of memory, which goes back to its room.
#[derive(Debug)]
struct Stretch {
    memory: Memory,
    /// Whether somebody wrote to it before, so the system has made its pages already.
    warm: bool,
    home: Weak<Pool>,
}

impl Stretch {
    fn bytes(&self) -> u64 {
        size_of_val(self.memory.words()) as u64
    }
}

impl Drop for Stretch {
    fn drop(&mut self) {
        let Some(home) = self.home.upgrade() else { return };
        home.used.fetch_sub(self.bytes(), Ordering::Relaxed);
        let mut free = home.free();
        if free.first().is_none_or(|other| other.words().len() == self.memory.words().len()) {
            let mut memory = std::mem::take(&mut self.memory);
            memory.spare();
            free.push(memory);
        }
    }
}

/// Stretches that one thread fills.
#[derive(Debug)]
pub(crate) struct Arena {
    /// Where stretches come from and go, as long as somebody has it.
    room: Weak<Pool>,
    bound: Option<Bound>,
    stretches: Vec<Stretch>,
    /// Lines of each, a power of two.
    lines: usize,
    /// How many lines are taken.
    taken: usize,
    /// How many stretches there were when the bound was looked at.
    looked: usize,
}

impl Arena {
    /// For so many words in all, or fewer.
    pub(crate) fn new(room: &Room, words: usize) -> Arena {
        let largest = if room.0.bound.is_some() { LARGEST_BOUNDED } else { LARGEST };
        let lines = (words / LINE / STRETCHES).min(largest).next_power_of_two().max(SMALLEST);
        Arena { room: Arc::downgrade(&room.0), bound: room.0.bound, stretches: Vec::new(), lines, taken: 0, looked: 0 }
    }

    /// Puts words where there is room, at most 1024 of them, and gives the number of their first line.
    pub(super) fn put(&mut self, words: &[u64]) -> usize {
        let lines = words.len().div_ceil(LINE);
        if self.taken % self.lines + lines > self.lines {
            self.taken = self.taken.next_multiple_of(self.lines);
        }
        let place = self.taken;
        self.taken += lines;
        while self.stretches.len() * self.lines < self.taken {
            self.stretches.push(self.stretch());
        }
        if let Some(stretch) = self.stretches.get_mut(place / self.lines) {
            let start = place % self.lines * LINE;
            if let Some(to) = stretch.memory.words_mut().get_mut(start..start + words.len()) {
                if stretch.warm { stream(words, to) } else { to.copy_from_slice(words) }
            }
        }
        place
    }

    fn stretch(&self) -> Stretch {
        let room = self.room.upgrade();
        let used = room.as_ref().and_then(|room| {
            let mut free = room.free();
            if free.first().is_some_and(|other| other.words().len() != self.lines * LINE) {
                free.clear();
            }
            free.pop()
        });
        let warm = used.is_some();
        let memory = used.unwrap_or_else(|| Memory::zeros(self.lines * LINE));
        let stretch = Stretch { memory, warm, home: Weak::clone(&self.room) };
        if let Some(room) = room {
            room.used.fetch_add(stretch.bytes(), Ordering::Relaxed);
        }
        stretch
    }

    /// So many words from the first of a line.
    pub(super) fn words(&self, place: usize, count: usize) -> &[u64] {
        let start = place % self.lines * LINE;
        let stretch = self.stretches.get(place / self.lines);
        stretch.and_then(|stretch| stretch.memory.words().get(start..start + count)).unwrap_or(&[])
    }

    /// Makes what was put visible to other threads as soon as something tells them of it.
    pub(super) fn settle(&self) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every processor of this kind has it.
        unsafe {
            std::arch::x86_64::_mm_sfence();
        }
    }

    /// Bytes that are taken.
    pub(super) fn bytes(&self) -> usize {
        self.taken * LINE * size_of::<u64>()
    }

    /// Looks whether the process holds no more than it may, with what is still to be filled, if more was taken since.
    ///
    /// # Errors
    /// It does.
    pub(super) fn check(&mut self) -> Result<(), Full> {
        let (Some(bound), true) = (self.bound, self.stretches.len() > self.looked) else { return Ok(()) };
        self.looked = self.stretches.len();
        let members = self.room.upgrade().map_or(0, |room| room.used.load(Ordering::Relaxed));
        let left = self.stretches.len() * self.lines - self.taken;
        let needed = || held().map_or(members, |held| held + (left * LINE * size_of::<u64>()) as u64);
        bound.keeps(needed).map_err(|needed| Full { needed, members })
    }
}

/// Copies words past the caches where these have their own places: nobody reads them soon.
fn stream(from: &[u64], to: &mut [u64]) {
    #[cfg(target_arch = "x86_64")]
    if to.as_ptr().addr().is_multiple_of(16) {
        use std::arch::x86_64::{_mm_set_epi64x, _mm_stream_si128};
        let (pairs, _) = from.as_chunks::<2>();
        let (places, rest) = to.as_chunks_mut::<2>();
        for (place, [lower, upper]) in places.iter_mut().zip(pairs) {
            // SAFETY: every processor of this kind has these. It is a place for two words, at a multiple of 16 bytes; whoever
            // reads it on another thread is told of it after `settle`.
            unsafe {
                let pair = _mm_set_epi64x(upper.cast_signed(), lower.cast_signed());
                _mm_stream_si128(place.as_mut_ptr().cast(), pair);
            }
        }
        if let ([last], [.., word]) = (rest, from) {
            *last = *word;
        }
        return;
    }
    to.copy_from_slice(from);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(at: usize) -> u64 {
        (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn words_are_copied_at_every_length_and_place() {
        let from: Vec<u64> = (0..200).map(word).collect();
        let mut to = vec![0; 200];
        for start in 0..4 {
            for length in 0..=130 {
                to.fill(7);
                stream(&from[..length], &mut to[start..start + length]);
                assert_eq!(to[start..start + length], from[..length]);
                assert!(to[..start].iter().chain(&to[start + length..]).all(|word| *word == 7));
            }
        }
    }

    #[test]
    fn what_was_put_is_found_and_the_memory_used_again() {
        let room = Room::new();
        for round in 0..3 {
            for words in [0, 100_000, 1 << 30] {
                let mut arena = Arena::new(&room, words);
                let put: Vec<(usize, Vec<u64>)> = (0..3000)
                    .map(|at| {
                        let words: Vec<u64> = (0..(at * 7) % 1025).map(|word_at| word(at + word_at + round)).collect();
                        (arena.put(&words), words)
                    })
                    .collect();
                arena.settle();
                for (place, words) in &put {
                    assert_eq!(arena.words(*place, words.len()), words);
                }
                assert_eq!(arena.check(), Ok(()));
                assert!(arena.bytes() >= 3000 * 500 * 8);
            }
            let free: Vec<usize> = room.0.free().iter().map(|memory| memory.words().len()).collect();
            assert_eq!((free.as_slice(), room.0.used.load(Ordering::Relaxed)), (&[LARGEST * LINE][..], 0));
        }
        let mut arena = Arena::new(&room, 1 << 30);
        arena.put(&[1]);
        assert_eq!(room.0.free().len(), 0);
        arena.put(&[2]);
        drop(arena);
        assert_eq!(room.0.free().len(), 1);
        let mut arena = Arena::new(&room, 1 << 30);
        arena.put(&[3]);
        room.clear();
        assert_eq!(room.0.free().len(), 0);
        drop(room);
        drop(arena);
    }

    #[test]
    fn bounds_are_kept() {
        for (bound, fits) in [(1 << 20, false), (1 << 40, true)] {
            let room = Room::bounded(Some(Bound(bound)));
            let mut arena = Arena::new(&room, 1 << 30);
            assert_eq!(arena.check(), Ok(()));
            arena.put(&[1; 128]);
            assert_eq!(arena.check().is_ok(), fits, "{bound}");
            assert_eq!(arena.check(), Ok(()), "nothing was taken since");
        }
    }
}
