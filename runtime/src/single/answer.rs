//! What is so of a customer.

use super::Inner;
use crate::outcome::{Problem, ProblemKind};
use segue_compiler::plan::NodeId;
use segue_compiler::values::Value;
use std::ops::Range;

/// The answers for one customer, in the order of the selection that was compiled.
#[derive(Debug, Default)]
pub struct Answer {
    /// A bit a segment, then one a part of each partition.
    pub(super) bits: Vec<u64>,
    pub(super) segments: usize,
    /// The bits of the parts of each partition.
    pub(super) parts: Vec<Range<usize>>,
    pub(super) values: Vec<Option<Value>>,
    pub(super) problems: Vec<Problem>,
    /// Whether the interpreter worked everything out.
    pub(super) general: bool,
}

impl Answer {
    pub(super) fn new(inner: &Inner) -> Answer {
        Answer {
            segments: inner.selection.segments.len(),
            parts: inner.parts.clone(),
            values: vec![None; inner.selection.traits.len()],
            ..Answer::default()
        }
    }

    fn bit(&self, bit: usize) -> bool {
        self.bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    pub(super) fn set_bit(&mut self, bit: usize, holds: bool) {
        if let Some(word) = self.bits.get_mut(bit / 64) {
            let mask = 1 << (bit % 64);
            *word = if holds { *word | mask } else { *word & !mask };
        }
    }

    /// Whether the customer is in a segment, by its place in the selection.
    pub fn holds(&self, segment: usize) -> bool {
        segment < self.segments && self.bit(segment)
    }

    /// The segments that the customer is in, by their places in the selection, ascending.
    #[inline]
    pub fn segments(&self) -> impl Iterator<Item = usize> + '_ {
        // The last word may have bits of partitions' parts too.
        let (all, rest) = self.bits.split_at_checked(self.segments / 64).unwrap_or((&self.bits, &[]));
        let last = rest.first().map_or(0, |word| word & ((1 << (self.segments % 64)) - 1));
        Members { words: all.iter(), last, word: 0, from: 0_usize.wrapping_sub(64) }
    }

    /// How many segments the customer is in.
    pub fn held(&self) -> usize {
        let all = self.bits.iter().enumerate().map(|(word, bits)| {
            let left = self.segments.saturating_sub(word * 64);
            let mask = if left >= 64 { u64::MAX } else { (1 << left) - 1 };
            (bits & mask).count_ones() as usize
        });
        all.sum()
    }

    /// The part of a partition, both by their places; `None` where the customer is in none.
    pub fn part(&self, partition: usize) -> Option<usize> {
        let mut parts = self.parts.get(partition)?.clone();
        let first = parts.start;
        parts.find(|part| self.bit(*part)).map(|part| part - first)
    }

    /// The value of a trait, by its place in the selection; `None` where it is missing.
    pub fn value(&self, wanted: usize) -> Option<&Value> {
        self.values.get(wanted)?.as_ref()
    }

    /// What came out missing because arithmetic failed, as for a run over this customer alone.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether the interpreter worked everything out, because something failed that only it counts.
    pub fn is_general(&self) -> bool {
        self.general
    }

    /// Adds what failed for the customer: once for each place.
    pub(super) fn count(&mut self, inner: &Inner, failed: &[(NodeId, ProblemKind)]) {
        for (node, kind) in failed {
            let places = inner.plan.nodes.get(node.index()).map(|node| node.places.as_slice()).unwrap_or_default();
            for place in places {
                self.problems.push(Problem { kind: *kind, span: place.span, count: 1, examples: vec![0] });
            }
        }
        self.in_order();
    }

    /// Problems by place, then kind, each once.
    pub(super) fn in_order(&mut self) {
        self.problems.sort_by_key(|problem| (problem.span, problem.kind, std::cmp::Reverse(problem.count)));
        self.problems.dedup_by_key(|problem| (problem.span, problem.kind));
    }
}

/// The places of bits, ascending.
struct Members<'a> {
    /// Words after the one at hand, all of whose bits count.
    words: std::slice::Iter<'a, u64>,
    /// The last word of all.
    last: u64,
    /// What is left of the word at hand.
    word: u64,
    /// The place of its first bit; before the first word, one word less than none.
    from: usize,
}

impl Members<'_> {
    /// The word after the one at hand.
    #[inline]
    fn word(&mut self) -> u64 {
        self.words.next().copied().unwrap_or_else(|| std::mem::take(&mut self.last))
    }
}

impl Iterator for Members<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            if self.words.len() == 0 && self.last == 0 {
                return None;
            }
            self.word = self.word();
            self.from = self.from.wrapping_add(64);
        }
        let place = self.from + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(place)
    }

    /// Without asking after each place whether there is one more word.
    #[inline]
    fn fold<B, F: FnMut(B, usize) -> B>(mut self, init: B, mut give: F) -> B {
        let mut given = init;
        loop {
            while self.word != 0 {
                given = give(given, self.from + self.word.trailing_zeros() as usize);
                self.word &= self.word - 1;
            }
            if self.words.len() == 0 && self.last == 0 {
                return given;
            }
            self.word = self.word();
            self.from = self.from.wrapping_add(64);
        }
    }
}
