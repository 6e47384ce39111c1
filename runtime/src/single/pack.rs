//! Clauses packed into few words, so that the words of all classes stay in a near cache.
//!
//! Each set has the same number of levels, a clause each; what joins them is `and`, level by level. The few sets of more
//! clauses have further slots, as many levels deep, and a table for each four slots says which sets their failing takes
//! out. So a set of twelve clauses among hundreds of two does not make the words of all six times as many.

use super::clauses::Clause;
use crate::processor::{Instructions, compiled_for_each};
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// Four words, which are joined at once.
pub(super) type Chunk = [u64; 4];

/// Where the clauses of sets stand.
#[derive(Debug)]
pub(super) struct Packing {
    /// What rows are joined with.
    pub(super) path: Instructions,
    /// Words of one level of all sets.
    pub(super) width: usize,
    depth: usize,
    /// Words of all levels of all sets, without the further slots.
    base: usize,
    /// Chunks of all.
    pub(super) chunks: usize,
    /// Clauses that hold for everybody, and slots that are nobody's.
    pub(super) filler: Vec<Chunk>,
    /// The tables of each four further slots.
    routes: Vec<Route>,
}

/// By which of four slots fail (a bit each): the sets of one word that this takes out.
#[derive(Debug)]
struct Route {
    word: usize,
    sets: [u64; 16],
}

impl Default for Packing {
    fn default() -> Packing {
        let path = Instructions::best();
        Packing { path, width: 0, depth: 0, base: 0, chunks: 0, filler: Vec::new(), routes: Vec::new() }
    }
}

impl Packing {
    /// Of sets with their clauses, and where each clause stands: by set and clause a bit.
    pub(super) fn new(sets: &[BTreeSet<Clause>], inputs: usize) -> (Packing, Vec<Vec<usize>>) {
        let counts: Vec<usize> = sets.iter().map(BTreeSet::len).collect();
        let deepest = counts.iter().copied().max().unwrap_or(0).max(1);
        let width = sets.len().div_ceil(64).max(1);
        // A table costs about as much as joining some words of an input does.
        let cost = |depth: &usize| {
            let slots: usize = counts.iter().map(|count| count.saturating_sub(*depth).div_ceil(*depth)).sum();
            let words = depth * (width + slots.div_ceil(64));
            words.next_multiple_of(4) * (inputs + 2) + slots.div_ceil(4) * 12
        };
        let depth = (1..=deepest).min_by_key(cost).unwrap_or(1);
        let mut packing = Packing { width, depth, base: depth * width, ..Packing::default() };
        let mut places: Vec<Vec<usize>> = Vec::with_capacity(sets.len());
        let (mut slots, mut word) = (0_usize, 0);
        for (set, count) in counts.iter().enumerate() {
            let mut own: Vec<usize> =
                (0..depth.min(*count)).map(|level| (level * width + set / 64) * 64 + set % 64).collect();
            for further in depth..*count {
                let level = (further - depth) % depth;
                if level == 0 {
                    // The slots of one table are of sets in one word.
                    if set / 64 != word {
                        slots = slots.next_multiple_of(4);
                    }
                    word = set / 64;
                    packing.route(slots, set);
                    slots += 1;
                }
                let slot = slots - 1;
                own.push((packing.base + slot / 64 * depth + level) * 64 + slot % 64);
            }
            places.push(own);
        }
        let words = packing.base + depth * slots.div_ceil(64);
        packing.chunks = words.div_ceil(4);
        let mut filler = vec![u64::MAX; packing.chunks * 4];
        if let Some(last) = filler.get_mut(width - 1)
            && sets.len() < width * 64
        {
            *last = (1 << (sets.len() % 64)) - 1;
        }
        places.iter().flatten().for_each(|place| clear(&mut filler, *place));
        packing.filler = chunked(&filler);
        (packing, places)
    }

    /// Notes that a slot's failing takes a set out.
    fn route(&mut self, slot: usize, set: usize) {
        if slot.is_multiple_of(4) {
            self.routes.push(Route { word: set / 64, sets: [0; 16] });
        }
        let Some(route) = self.routes.last_mut() else { return };
        for (failing, sets) in route.sets.iter_mut().enumerate() {
            if failing >> (slot % 4) & 1 == 1 {
                *sets |= 1 << (set % 64);
            }
        }
    }

    /// Joins the rows that begin at some starts, by `or` with what nobody's value has to make true.
    #[inline]
    pub(super) fn join(&self, starts: &[u32], rows: &[Chunk], joined: &mut [Chunk]) {
        join(self.path, starts, &self.filler, rows, joined);
    }

    /// The sets whose clauses all hold.
    #[inline]
    pub(super) fn held(&self, joined: &[Chunk], found: &mut Vec<u64>) {
        let words = joined.as_flattened();
        let (base, further) = words.split_at_checked(self.base).unwrap_or((words, &[]));
        found.resize(self.width, 0);
        match self.width {
            1 => levels::<1>(base, found),
            2 => levels::<2>(base, found),
            3 => levels::<3>(base, found),
            4 => levels::<4>(base, found),
            width => {
                found.fill(u64::MAX);
                let mut rest = base;
                while let Some((level, further)) = rest.split_at_checked(width).filter(|_| width > 0) {
                    found.iter_mut().zip(level).for_each(|(all, level)| *all &= level);
                    rest = further;
                }
            }
        }
        if !self.routes.is_empty() {
            self.take_out(further, found);
        }
    }

    /// Takes out the sets whose further clauses do not all hold.
    fn take_out(&self, further: &[u64], found: &mut [u64]) {
        // What one word loses is gathered before it is taken out: a word that waits for itself would hold all tables up.
        let (mut at, mut out) = (0, 0);
        let mut take = |at: usize, out: u64| {
            if let Some(word) = found.get_mut(at) {
                *word &= !out;
            }
        };
        let mut rest = further;
        for routes in self.routes.chunks(16) {
            let Some((slots, left)) = rest.split_at_checked(self.depth) else { break };
            rest = left;
            let mut failing = !slots.iter().fold(u64::MAX, |all, level| all & level);
            for route in routes {
                if route.word != at {
                    take(at, out);
                    (at, out) = (route.word, 0);
                }
                out |= route.sets.get((failing & 15) as usize).copied().unwrap_or(0);
                failing >>= 4;
            }
        }
        take(at, out);
    }
}

/// What all levels of few words have in common.
#[inline(always)]
fn levels<const WIDTH: usize>(base: &[u64], found: &mut [u64]) {
    let mut all = [u64::MAX; WIDTH];
    for level in base.as_chunks::<WIDTH>().0 {
        all.iter_mut().zip(level).for_each(|(all, level)| *all &= level);
    }
    if let Some(found) = found.first_chunk_mut() {
        *found = all;
    }
}

compiled_for_each! {
    fn join(starts: &[u32], filler: &[Chunk], rows: &[Chunk], joined: &mut [Chunk]) = plain
}

#[inline(always)]
fn plain(starts: &[u32], filler: &[Chunk], rows: &[Chunk], joined: &mut [Chunk]) {
    let mut at = 0;
    while at < filler.len() {
        // As many at once as stay in registers.
        at += match filler.len() - at {
            1 => block::<1>(starts, at, filler, rows, joined),
            2 => block::<2>(starts, at, filler, rows, joined),
            3 => block::<3>(starts, at, filler, rows, joined),
            4 => block::<4>(starts, at, filler, rows, joined),
            5 => block::<5>(starts, at, filler, rows, joined),
            _ => block::<6>(starts, at, filler, rows, joined),
        };
    }
}

/// Joins a stretch of the rows; gives how long it is.
#[inline(always)]
fn block<const N: usize>(starts: &[u32], at: usize, filler: &[Chunk], rows: &[Chunk], joined: &mut [Chunk]) -> usize {
    let mut all = [[0; 4]; N];
    add(&mut all, filler, at);
    for start in starts {
        add(&mut all, rows, *start as usize + at);
    }
    if let Some(joined) = joined.get_mut(at..)
        && let Some(joined) = joined.first_chunk_mut()
    {
        *joined = all;
    }
    N
}

/// Joins what begins at a chunk of the rows.
#[inline(always)]
pub(super) fn add<const N: usize>(all: &mut [Chunk; N], rows: &[Chunk], start: usize) {
    if let Some(row) = rows.get(start..)
        && let Some(row) = row.first_chunk::<N>()
    {
        for (all, more) in all.as_flattened_mut().iter_mut().zip(row.as_flattened()) {
            *all |= more;
        }
    }
}

fn clear(words: &mut [u64], bit: usize) {
    if let Some(word) = words.get_mut(bit / 64) {
        *word &= !(1 << (bit % 64));
    }
}

/// Words as chunks, the last one filled up.
pub(super) fn chunked(words: &[u64]) -> Vec<Chunk> {
    let (chunks, rest) = words.as_chunks();
    let mut chunks = chunks.to_vec();
    if !rest.is_empty() {
        let mut last = [0; 4];
        last.iter_mut().zip(rest).for_each(|(slot, word)| *slot = *word);
        chunks.push(last);
    }
    chunks
}
