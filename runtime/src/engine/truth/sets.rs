//! The truth stage without code of its own: one loop for each set.
//!
//! Each processor's widest instructions do the work, which the code generator does not have, and nothing has to be made
//! first.

use crate::engine::literals::Slots;
use crate::processor::compiled_for_each;

/// The words of a slot are a multiple of so many.
pub(crate) const STEP: usize = 8;
/// Words that are joined at once where operands are many.
const MANY: usize = 4 * STEP;

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

/// All slots but one.
struct Others<'s> {
    before: &'s [u64],
    after: &'s [u64],
    /// The number of the slot that is left out.
    to: usize,
    /// Words of a slot.
    words: usize,
}

impl<'s> Others<'s> {
    #[inline(always)]
    fn get(&self, slot: usize) -> &'s [u64] {
        let (words, slot) =
            if slot < self.to { (self.before, slot) } else { (self.after, slot.saturating_sub(self.to + 1)) };
        words.get(slot * self.words..(slot + 1) * self.words).unwrap_or(&[])
    }
}

/// What becomes of the words of a set.
trait Sink {
    /// Takes a word, which has this place in the result's slot.
    fn take(&mut self, place: &mut u64, word: u64);
}

/// They are written.
struct Written;

impl Sink for Written {
    #[inline(always)]
    fn take(&mut self, place: &mut u64, word: u64) {
        *place = word;
    }
}

/// Their bits are counted.
struct Counted(u64);

impl Sink for Counted {
    #[inline(always)]
    fn take(&mut self, _: &mut u64, word: u64) {
        self.0 += u64::from(word.count_ones());
    }
}

struct Both(u64);

impl Sink for Both {
    #[inline(always)]
    fn take(&mut self, place: &mut u64, word: u64) {
        *place = word;
        self.0 += u64::from(word.count_ones());
    }
}

/// The slot that an operation writes, and all others.
#[inline(always)]
fn parted<'s>(operation: &Operation, slots: &'s mut Slots, steps: usize) -> Option<(&'s mut [u64], Others<'s>)> {
    let words = steps * STEP;
    let (before, rest) = slots.words_mut().split_at_mut_checked(operation.to * words)?;
    let (result, after) = rest.split_at_mut_checked(words)?;
    Some((result, Others { before, after, to: operation.to, words }))
}

#[inline(always)]
fn join(operation: &Operation, slots: &mut Slots, steps: usize) {
    let Some((result, others)) = parted(operation, slots, steps) else { return };
    make(operation, &others, result, &mut Written);
}

#[inline(always)]
fn join_and_count(operation: &Operation, slots: &mut Slots, steps: usize) -> u64 {
    let Some((result, others)) = parted(operation, slots, steps) else { return 0 };
    let mut both = Both(0);
    make(operation, &others, result, &mut both);
    both.0
}

#[inline(always)]
fn join_to_count(operation: &Operation, slots: &mut Slots, steps: usize) -> u64 {
    let Some((result, others)) = parted(operation, slots, steps) else { return 0 };
    let mut counted = Counted(0);
    make(operation, &others, result, &mut counted);
    counted.0
}

#[inline(always)]
fn make(operation: &Operation, others: &Others<'_>, result: &mut [u64], sink: &mut impl Sink) {
    match operation.join {
        Join::And => fold(others, &operation.operands, result, |one, other| one & other, sink),
        Join::Or => fold(others, &operation.operands, result, |one, other| one | other, sink),
        Join::AtLeast(count) => at_least(others, &operation.operands, count, result, sink),
        Join::Complement => {
            let from = operation.operands.first().map_or(&[][..], |slot| others.get(*slot));
            for (place, from) in result.iter_mut().zip(from) {
                sink.take(place, !from);
            }
        }
        Join::All(all) => {
            for place in result {
                sink.take(place, if all { u64::MAX } else { 0 });
            }
        }
    }
}

/// All operands at once, so that nothing is written but what comes out. (Plain loops over single words: what an iterator is
/// given to do would not be compiled for the caller's instructions, and where a step of several words is one turn of the
/// loop, the compiler makes vectors of words from different steps, which it has to collect one by one.)
#[inline(always)]
fn fold(
    others: &Others<'_>,
    operands: &[usize],
    result: &mut [u64],
    join: impl Fn(u64, u64) -> u64,
    sink: &mut impl Sink,
) {
    match operands {
        [] => {}
        [one] => {
            for (place, one) in result.iter_mut().zip(others.get(*one)) {
                sink.take(place, *one);
            }
        }
        [one, two] => {
            for ((place, one), two) in result.iter_mut().zip(others.get(*one)).zip(others.get(*two)) {
                sink.take(place, join(*one, *two));
            }
        }
        [one, two, three] => {
            let operands = others.get(*one).iter().zip(others.get(*two)).zip(others.get(*three));
            for (place, ((one, two), three)) in result.iter_mut().zip(operands) {
                sink.take(place, join(join(*one, *two), *three));
            }
        }
        [one, two, three, four] => {
            let operands = others.get(*one).iter().zip(others.get(*two));
            let operands = operands.zip(others.get(*three).iter().zip(others.get(*four)));
            for (place, ((one, two), (three, four))) in result.iter_mut().zip(operands) {
                sink.take(place, join(join(*one, *two), join(*three, *four)));
            }
        }
        operands => {
            // All but the last few steps of small blocks are joined several at a time.
            let (most, rest) = result.split_at_mut(result.len() / MANY * MANY);
            let start = most.len();
            fold_many::<MANY>(others, operands, most, 0, &join, sink);
            fold_many::<STEP>(others, operands, rest, start, &join, sink);
        }
    }
}

/// The same for any number of operands, `N` words at a time; the words of the result start at `start` of its slot.
#[inline(always)]
fn fold_many<const N: usize>(
    others: &Others<'_>,
    operands: &[usize],
    result: &mut [u64],
    start: usize,
    join: impl Fn(u64, u64) -> u64,
    sink: &mut impl Sink,
) {
    let Some((first, rest)) = operands.split_first() else { return };
    for (at, places) in result.as_chunks_mut::<N>().0.iter_mut().enumerate() {
        let from = start + at * N;
        let of = |slot: usize| others.get(slot).get(from..).and_then(|words| words.first_chunk::<N>());
        let Some(mut all) = of(*first).copied() else { return };
        for other in rest {
            let Some(other) = of(*other) else { return };
            for (word, other) in all.iter_mut().zip(other) {
                *word = join(*word, *other);
            }
        }
        for (place, word) in places.iter_mut().zip(all) {
            sink.take(place, word);
        }
    }
}

/// Bits that at least `count` operands have: `reached[k]` after some of them has those that more than `k` had.
#[inline(always)]
fn at_least(others: &Others<'_>, operands: &[usize], count: usize, result: &mut [u64], sink: &mut impl Sink) {
    let mut reached = vec![[0; STEP]; count];
    let (places, _) = result.as_chunks_mut::<STEP>();
    for (step, places) in places.iter_mut().enumerate() {
        reached.fill([0; STEP]);
        for operand in operands {
            let mut below = others.get(*operand).as_chunks::<STEP>().0.get(step).copied().unwrap_or_default();
            for here in &mut reached {
                // Who had more than one fewer before, and is in this operand, has one more now.
                for (below, here) in below.iter_mut().zip(here) {
                    let more = *here & *below;
                    *here |= *below;
                    *below = more;
                }
            }
        }
        let all = reached.last().copied().unwrap_or([u64::MAX; STEP]);
        for (place, word) in places.iter_mut().zip(all) {
            sink.take(place, word);
        }
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
        for steps in [0, 1, 2, 5, 9] {
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
