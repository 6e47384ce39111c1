//! The truth stage without code of its own: one loop for each set, 512 customers at a time.
//!
//! Each processor's widest instructions do the work, which the code generator does not have, and nothing has to be made
//! first.

use crate::engine::kernels::scan::Instructions;
use crate::engine::literals::Slots;

/// Words that are joined at once.
pub(super) const STEP: usize = 8;

type Words = [u64; STEP];

/// How a set is made from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    And,
    Or,
    AtLeast(usize),
    Complement,
    All(bool),
}

/// Makes one set.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) join: Join,
    /// Slots.
    pub(super) operands: Vec<usize>,
    /// The slot it is put into, which is none of the operands'.
    pub(super) to: usize,
}

/// Does one operation over all words of the slots; `steps` times [`STEP`] of them.
pub(super) fn work(path: Instructions, operation: &Operation, slots: &mut Slots, steps: usize) {
    match path {
        Instructions::Portable => join(operation, slots, steps),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the path is only given where the processor has these instructions.
        Instructions::Avx2 => unsafe { join_avx2(operation, slots, steps) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Instructions::Avx512 => unsafe { join_avx512(operation, slots, steps) },
    }
}

/// How many bits are set.
pub(super) fn count(path: Instructions, words: &[u64]) -> u64 {
    match path {
        Instructions::Portable => ones(words),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Instructions::Avx2 => unsafe { ones_avx2(words) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Instructions::Avx512 => unsafe { ones_avx512(words) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn join_avx2(operation: &Operation, slots: &mut Slots, steps: usize) {
    join(operation, slots, steps);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
fn join_avx512(operation: &Operation, slots: &mut Slots, steps: usize) {
    join(operation, slots, steps);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn ones_avx2(words: &[u64]) -> u64 {
    ones(words)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
fn ones_avx512(words: &[u64]) -> u64 {
    ones(words)
}

#[inline(always)]
fn ones(words: &[u64]) -> u64 {
    words.iter().map(|word| u64::from(word.count_ones())).sum()
}

#[inline(always)]
fn each(one: Words, other: Words, join: impl Fn(u64, u64) -> u64) -> Words {
    std::array::from_fn(|at| {
        let word = |words: &Words| words.get(at).copied().unwrap_or(0);
        join(word(&one), word(&other))
    })
}

#[inline(always)]
fn join(operation: &Operation, slots: &mut Slots, steps: usize) {
    let to = operation.to * steps;
    let (words, _) = slots.words_mut().as_chunks_mut::<STEP>();
    let operands = operation.operands.as_slice();
    match operation.join {
        Join::And => fold(words, operands, to, steps, |one, other| one & other),
        Join::Or => fold(words, operands, to, steps, |one, other| one | other),
        Join::Complement => fold(words, operands, to, steps, |one, _| one),
        Join::All(_) => {}
        Join::AtLeast(count) => at_least(words, operands, to, steps, count),
    }
    let Some(result) = words.get_mut(to..to + steps) else { return };
    match operation.join {
        Join::Complement => result.iter_mut().flatten().for_each(|word| *word = !*word),
        Join::All(all) => result.fill([if all { u64::MAX } else { 0 }; STEP]),
        Join::And | Join::Or | Join::AtLeast(_) => {}
    }
}

#[inline(always)]
fn fold(words: &mut [Words], operands: &[usize], to: usize, steps: usize, join: impl Fn(u64, u64) -> u64) {
    let at = |words: &[Words], slot: usize, step: usize| words.get(slot * steps + step).copied().unwrap_or_default();
    let [first, rest @ ..] = operands else { return };
    for step in 0..steps {
        let mut all = at(words, *first, step);
        for operand in rest {
            all = each(all, at(words, *operand, step), &join);
        }
        if let Some(result) = words.get_mut(to + step) {
            *result = all;
        }
    }
}

/// Bits that at least `count` operands have: `reached[k]` after some of them has those that more than `k` had.
#[inline(always)]
fn at_least(words: &mut [Words], operands: &[usize], to: usize, steps: usize, count: usize) {
    let mut reached: Vec<Words> = vec![[0; STEP]; count];
    for step in 0..steps {
        reached.fill([0; STEP]);
        for operand in operands {
            let operand = words.get(operand * steps + step).copied().unwrap_or_default();
            for at in (0..count).rev() {
                let below = match at.checked_sub(1) {
                    Some(below) => reached.get(below).copied().unwrap_or_default(),
                    None => [u64::MAX; STEP],
                };
                if let Some(here) = reached.get_mut(at) {
                    *here = each(*here, each(below, operand, |one, other| one & other), |one, other| one | other);
                }
            }
        }
        if let Some(result) = words.get_mut(to + step) {
            *result = reached.last().copied().unwrap_or([u64::MAX; STEP]);
        }
    }
}
