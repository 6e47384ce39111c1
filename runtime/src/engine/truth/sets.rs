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

#[inline(always)]
fn join(operation: &Operation, slots: &mut Slots, steps: usize) {
    let (words, _) = slots.words_mut().as_chunks_mut::<STEP>();
    let Some((before, rest)) = words.split_at_mut_checked(operation.to * steps) else { return };
    let Some((result, after)) = rest.split_at_mut_checked(steps) else { return };
    let others = Others { before, after, to: operation.to, steps };
    match operation.join {
        Join::And => fold(result, &others, &operation.operands, |one, other| one & other),
        Join::Or => fold(result, &others, &operation.operands, |one, other| one | other),
        Join::AtLeast(count) => at_least(result, &others, &operation.operands, count),
        Join::Complement => {
            let from = operation.operands.first().map_or(&[][..], |slot| others.get(*slot));
            for (to, from) in result.iter_mut().zip(from) {
                *to = each(from, from, |word, _| !word);
            }
        }
        Join::All(all) => result.fill([if all { u64::MAX } else { 0 }; STEP]),
    }
}

/// Operands one after the other, up to four at once, so that what they give is written seldom. (Plain loops: what an
/// iterator is given to do would not be compiled for the caller's instructions.)
#[inline(always)]
fn fold(result: &mut [Words], others: &Others<'_>, operands: &[usize], join: impl Fn(u64, u64) -> u64) {
    let rest = match operands {
        [] => return,
        [one] => {
            result.copy_from_slice(others.get(*one));
            return;
        }
        [one, two] => {
            for (to, (one, two)) in result.iter_mut().zip(others.get(*one).iter().zip(others.get(*two))) {
                *to = each(one, two, &join);
            }
            return;
        }
        [one, two, three] => {
            let operands = others.get(*one).iter().zip(others.get(*two)).zip(others.get(*three));
            for (to, ((one, two), three)) in result.iter_mut().zip(operands) {
                *to = each(&each(one, two, &join), three, &join);
            }
            return;
        }
        [one, two, three, four, rest @ ..] => {
            let operands = others.get(*one).iter().zip(others.get(*two));
            let operands = operands.zip(others.get(*three).iter().zip(others.get(*four)));
            for (to, ((one, two), (three, four))) in result.iter_mut().zip(operands) {
                *to = each(&each(one, two, &join), &each(three, four, &join), &join);
            }
            rest
        }
    };
    for pair in rest.chunks(2) {
        match pair {
            [one, two] => {
                for (to, (one, two)) in result.iter_mut().zip(others.get(*one).iter().zip(others.get(*two))) {
                    *to = each(to, &each(one, two, &join), &join);
                }
            }
            [one] => {
                for (to, one) in result.iter_mut().zip(others.get(*one)) {
                    *to = each(to, one, &join);
                }
            }
            _ => {}
        }
    }
}

/// Bits that at least `count` operands have: `reached[k]` after some of them has those that more than `k` had.
#[inline(always)]
fn at_least(result: &mut [Words], others: &Others<'_>, operands: &[usize], count: usize) {
    let mut reached: Vec<Words> = vec![[0; STEP]; count];
    for (step, result) in result.iter_mut().enumerate() {
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
        *result = reached.last().copied().unwrap_or([u64::MAX; STEP]);
    }
}
