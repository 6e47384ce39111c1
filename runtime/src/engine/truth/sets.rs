//! The truth stage without code of its own: one loop for each set, 512 customers at a time.
//!
//! Each processor's widest instructions do the work, which the code generator does not have, and nothing has to be made
//! first.

use crate::engine::literals::Slots;
use crate::processor::compiled_for_each;

/// Words that are joined at once.
pub(crate) const STEP: usize = 8;

type Words = [u64; STEP];

/// How a set is made from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    And,
    Or,
    AtLeast(usize),
    Complement,
    All(bool),
}

/// Makes one set.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) join: Join,
    /// Slots.
    pub(crate) operands: Vec<usize>,
    /// The slot it is put into, which is none of the operands'.
    pub(crate) to: usize,
}

compiled_for_each! {
    /// Does one operation over all words of the slots; `steps` times [`STEP`] of them.
    pub(crate) fn work(operation: &Operation, slots: &mut Slots, steps: usize) = join
}

compiled_for_each! {
    /// The same, and says how many bits of the result are set.
    pub(super) fn work_and_count(operation: &Operation, slots: &mut Slots, steps: usize) -> u64 = join_and_count
}

compiled_for_each! {
    /// How many bits of the result would be set; nothing is written.
    pub(super) fn count_result(operation: &Operation, slots: &mut Slots, steps: usize) -> u64 = join_to_count
}

compiled_for_each! {
    /// How many bits are set.
    pub(super) fn count(words: &[u64]) -> u64 = ones
}

#[inline(always)]
fn ones(words: &[u64]) -> u64 {
    let mut count = 0;
    for word in words {
        count += u64::from(word.count_ones());
    }
    count
}

#[inline(always)]
fn each(one: &Words, other: &Words, join: impl Fn(u64, u64) -> u64) -> Words {
    let mut all = *one;
    for (word, other) in all.iter_mut().zip(other) {
        *word = join(*word, *other);
    }
    all
}

/// All slots but one.
struct Others<'s> {
    before: &'s [Words],
    after: &'s [Words],
    /// The number of the slot that is left out.
    to: usize,
    steps: usize,
}

impl<'s> Others<'s> {
    #[inline(always)]
    fn get(&self, slot: usize) -> &'s [Words] {
        let (words, slot) =
            if slot < self.to { (self.before, slot) } else { (self.after, slot.saturating_sub(self.to + 1)) };
        words.get(slot * self.steps..(slot + 1) * self.steps).unwrap_or(&[])
    }
}

/// Where the words of a set go, one step after the other.
trait Sink {
    fn take(&mut self, step: usize, words: &Words);
}

/// To a slot.
struct Written<'w>(&'w mut [Words]);

impl Sink for Written<'_> {
    #[inline(always)]
    fn take(&mut self, step: usize, words: &Words) {
        if let Some(to) = self.0.get_mut(step) {
            *to = *words;
        }
    }
}

/// Nowhere; their bits are counted, lane by lane, as vectors are.
#[derive(Default)]
struct Counted(Words);

impl Counted {
    fn all(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl Sink for Counted {
    #[inline(always)]
    fn take(&mut self, _: usize, words: &Words) {
        for (count, word) in self.0.iter_mut().zip(words) {
            *count += u64::from(word.count_ones());
        }
    }
}

struct Both<'w>(Written<'w>, Counted);

impl Sink for Both<'_> {
    #[inline(always)]
    fn take(&mut self, step: usize, words: &Words) {
        self.0.take(step, words);
        self.1.take(step, words);
    }
}

/// The slot that an operation writes, and all others.
#[inline(always)]
fn parted<'s>(operation: &Operation, slots: &'s mut Slots, steps: usize) -> Option<(&'s mut [Words], Others<'s>)> {
    let (words, _) = slots.words_mut().as_chunks_mut::<STEP>();
    let (before, rest) = words.split_at_mut_checked(operation.to * steps)?;
    let (result, after) = rest.split_at_mut_checked(steps)?;
    Some((result, Others { before, after, to: operation.to, steps }))
}

#[inline(always)]
fn join(operation: &Operation, slots: &mut Slots, steps: usize) {
    let Some((result, others)) = parted(operation, slots, steps) else { return };
    make(operation, &others, &mut Written(result));
}

#[inline(always)]
fn join_and_count(operation: &Operation, slots: &mut Slots, steps: usize) -> u64 {
    let Some((result, others)) = parted(operation, slots, steps) else { return 0 };
    let mut both = Both(Written(result), Counted::default());
    make(operation, &others, &mut both);
    both.1.all()
}

#[inline(always)]
fn join_to_count(operation: &Operation, slots: &mut Slots, steps: usize) -> u64 {
    let Some((_, others)) = parted(operation, slots, steps) else { return 0 };
    let mut counted = Counted::default();
    make(operation, &others, &mut counted);
    counted.all()
}

#[inline(always)]
fn make(operation: &Operation, others: &Others<'_>, sink: &mut impl Sink) {
    match operation.join {
        Join::And => fold(others, &operation.operands, |one, other| one & other, sink),
        Join::Or => fold(others, &operation.operands, |one, other| one | other, sink),
        Join::AtLeast(count) => at_least(others, &operation.operands, count, sink),
        Join::Complement => {
            let from = operation.operands.first().map_or(&[][..], |slot| others.get(*slot));
            for (step, from) in from.iter().enumerate() {
                sink.take(step, &each(from, from, |word, _| !word));
            }
        }
        Join::All(all) => {
            for step in 0..others.steps {
                sink.take(step, &[if all { u64::MAX } else { 0 }; STEP]);
            }
        }
    }
}

/// All operands at once, so that nothing is written but what comes out. (Plain loops: what an iterator is given to do would
/// not be compiled for the caller's instructions.)
#[inline(always)]
fn fold(others: &Others<'_>, operands: &[usize], join: impl Fn(u64, u64) -> u64, sink: &mut impl Sink) {
    match operands {
        [] => {}
        [one] => {
            for (step, one) in others.get(*one).iter().enumerate() {
                sink.take(step, one);
            }
        }
        [one, two] => {
            for (step, (one, two)) in others.get(*one).iter().zip(others.get(*two)).enumerate() {
                sink.take(step, &each(one, two, &join));
            }
        }
        [one, two, three] => {
            let operands = others.get(*one).iter().zip(others.get(*two)).zip(others.get(*three));
            for (step, ((one, two), three)) in operands.enumerate() {
                sink.take(step, &each(&each(one, two, &join), three, &join));
            }
        }
        [one, two, three, four] => {
            let operands = others.get(*one).iter().zip(others.get(*two));
            let operands = operands.zip(others.get(*three).iter().zip(others.get(*four)));
            for (step, ((one, two), (three, four))) in operands.enumerate() {
                sink.take(step, &each(&each(one, two, &join), &each(three, four, &join), &join));
            }
        }
        [one, rest @ ..] => {
            for (step, one) in others.get(*one).iter().enumerate() {
                let mut all = *one;
                for other in rest {
                    if let Some(other) = others.get(*other).get(step) {
                        all = each(&all, other, &join);
                    }
                }
                sink.take(step, &all);
            }
        }
    }
}

/// Bits that at least `count` operands have: `reached[k]` after some of them has those that more than `k` had.
#[inline(always)]
fn at_least(others: &Others<'_>, operands: &[usize], count: usize, sink: &mut impl Sink) {
    let mut reached: Vec<Words> = vec![[0; STEP]; count];
    for step in 0..others.steps {
        reached.fill([0; STEP]);
        for operand in operands {
            let operand = others.get(*operand).get(step).copied().unwrap_or_default();
            for at in (0..count).rev() {
                let below = match at.checked_sub(1) {
                    Some(below) => reached.get(below).copied().unwrap_or_default(),
                    None => [u64::MAX; STEP],
                };
                if let Some(here) = reached.get_mut(at) {
                    *here = each(here, &each(&below, &operand, |one, other| one & other), |one, other| one | other);
                }
            }
        }
        sink.take(step, &reached.last().copied().unwrap_or([u64::MAX; STEP]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processor::Instructions;

    /// What an operation gives, bit by bit.
    fn plain(operation: &Operation, slots: &Slots, words: usize) -> Vec<u64> {
        let bit = |slot: usize, row: usize| slots.get(slot)[row / 64] >> (row % 64) & 1 == 1;
        let holds = |row: usize| {
            let of = |slot: &usize| bit(*slot, row);
            match operation.join {
                Join::And => operation.operands.iter().all(of),
                Join::Or => operation.operands.iter().any(of),
                Join::AtLeast(count) => operation.operands.iter().filter(|slot| of(slot)).count() >= count,
                Join::Complement => !of(&operation.operands[0]),
                Join::All(all) => all,
            }
        };
        crate::engine::vector::bits_by_row(words * 64, holds)
    }

    #[test]
    fn joined_counted_or_both_on_every_path() {
        let joins = [Join::And, Join::Or, Join::AtLeast(1), Join::AtLeast(3), Join::AtLeast(0)];
        for steps in [0, 1, 2, 5] {
            let mut before = Slots::default();
            before.resize(9, steps * STEP);
            for (at, word) in (1_u64..).zip(before.words_mut()) {
                // Ones are many, so that many operands still have some in common.
                let mixed =
                    |seed: u64| (at + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(at | 1);
                *word = mixed(0) | mixed(1000) | mixed(77);
            }
            for count in 1..9 {
                for to in [0, 4, 8] {
                    let operands: Vec<usize> = (0..9).filter(|slot| *slot != to).take(count).collect();
                    let single = [Join::Complement, Join::All(true), Join::All(false)];
                    for join in joins.into_iter().chain(single.into_iter().filter(|_| count == 1)) {
                        let operation = Operation { join, operands: operands.clone(), to };
                        let expected = plain(&operation, &before, steps * STEP);
                        let ones: u64 = expected.iter().map(|word| u64::from(word.count_ones())).sum();
                        for path in Instructions::available() {
                            let copy = || {
                                let mut slots = Slots::default();
                                slots.resize(9, steps * STEP);
                                slots.words_mut().copy_from_slice(
                                    &(0..9).flat_map(|slot| before.get(slot).to_vec()).collect::<Vec<u64>>(),
                                );
                                slots
                            };
                            let mut slots = copy();
                            work(path, &operation, &mut slots, steps);
                            assert_eq!(slots.get(to), expected, "{path:?} {operation:?}");
                            let mut slots = copy();
                            assert_eq!(work_and_count(path, &operation, &mut slots, steps), ones);
                            assert_eq!(slots.get(to), expected, "{path:?} {operation:?}");
                            assert_eq!(count_result(path, &operation, &mut copy(), steps), ones);
                        }
                    }
                }
            }
        }
    }
}
