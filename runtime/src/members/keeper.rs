//! What a thread keeps of the blocks it works on.

use super::ROWS;
use super::held::{Block, Entry, Form, form};
use super::places::{BEYOND, places};
use super::room::{Arena, Full, Room};
use crate::processor::Instructions;
use zerocopy::{FromBytes, IntoBytes};

/// Words for as many places as a list has at most, and those written beyond them.
const WORDS_OF_LIST: usize = (ROWS / 32 + 2 * BEYOND) / 4;

/// Members of all segments as blocks work them out.
#[derive(Debug)]
pub(crate) struct Keeper {
    arena: Arena,
    entries: Vec<Entry>,
    segments: usize,
    path: Instructions,
    /// A list before it is put.
    list: Box<[u64]>,
}

impl Keeper {
    /// For so many segments of about so many customers.
    pub(crate) fn new(room: &Room, segments: usize, customers: usize, path: Instructions) -> Keeper {
        let arena = Arena::new(room, segments.saturating_mul(customers.div_ceil(64)));
        let list = vec![0; WORDS_OF_LIST].into();
        Keeper { arena, entries: vec![Entry::default(); segments], segments, path, list }
    }

    /// Keeps the members of a segment among so many customers of a block, [`ROWS`] at most. Those are the bits that are set,
    /// `count` of them, none past the last customer.
    pub(crate) fn keep(&mut self, segment: usize, words: &[u64], rows: usize, count: usize) {
        let place = match form(rows, count) {
            Form::Nobody | Form::Everybody => 0,
            Form::Members => self.list(words, true, count),
            Form::Others => self.list(words, false, rows - count),
            Form::Bits => self.arena.put(words),
        };
        if let Some(entry) = self.entries.get_mut(segment) {
            *entry = Entry::new(place, count);
        }
    }

    fn list(&mut self, words: &[u64], members: bool, count: usize) -> usize {
        if let Ok(list) = <[u16]>::mut_from_bytes(self.list.as_mut_bytes()) {
            places(self.path, words, members, list);
        }
        // Others past the last customer come last, and are left out here.
        self.arena.put(self.list.get(..count.div_ceil(4)).unwrap_or(&[]))
    }

    /// Ends a block.
    ///
    /// # Errors
    /// The process holds more memory than it may.
    pub(crate) fn block(&mut self) -> Result<Block, Full> {
        self.arena.settle();
        self.arena.check()?;
        Ok(Block { entries: std::mem::replace(&mut self.entries, vec![Entry::default(); self.segments]), arena: 0 })
    }

    /// Where all is.
    pub(crate) fn finish(self) -> Arena {
        self.arena
    }
}
