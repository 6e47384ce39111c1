//! Aggregates over events and records without a loop over rows for each: rows are sets of bits, as customers are in the
//! truth stage, and what is asked about an owner's rows is read off them.
//!
//! The rows of one owner follow one another in time, so of the rows that a filter lets through, those in a window that
//! reaches up to now are always the last few. How many they are is a count of bits. All else is prepared once for a filter,
//! whatever the windows: running totals from the first row on (a sum is the difference of two of them), the greatest, least
//! and number of different values from each row to the owner's last. So a row is touched once for a filter, and an owner
//! once for an aggregate.
//!
//! Aggregates that do not fit this (values computed from several fields, most frequent ones, lists) are left to passes.

mod plan;
mod values;

use super::EngineError;
use super::kernels::Failed;
use super::kernels::ranks::{ranks, ranks_of_both, rows_of};
use super::literals::{Literals, Slots, in_ranges};
use super::prepare::Prepared;
use super::store::Store;
use super::truth::{Order, STEP, work};
use super::vector::{Data, Vector, bits_by_row, bits_of_range, tail_mask, words_for};
use crate::data::{Bits, Integers};
use crate::processor::Instructions;
pub(crate) use plan::View;
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Scope};
use segue_compiler::syntax::tree::AggregateOperator;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use values::{Asked, Prepared as Arrays};

/// The aggregates of a pass that are read off sets of rows.
#[derive(Debug)]
pub(crate) struct Tallies<'a> {
    view: View<'a>,
    owner: Scope,
    path: Instructions,
    literals: Literals<'a>,
    order: Order,
    /// The times, and the first cell that is not over yet, where there are such rows.
    ahead: Option<(&'a Integers, u64)>,
    domains: Vec<Domain<'a>>,
}

/// The rows that a filter lets through, and what is asked about them.
#[derive(Debug)]
struct Domain<'a> {
    /// Slots of the sets that the rows are in.
    sets: Vec<usize>,
    /// The rows where the value asked about is known; `None` where it always is.
    known: Option<&'a Bits>,
    questions: Vec<Question<'a>>,
}

/// What is asked about one value of the rows, or about the rows alone.
#[derive(Debug)]
struct Question<'a> {
    value: Option<Asked<'a>>,
    tallies: Vec<Tally>,
}

/// One aggregate.
#[derive(Debug, Clone, Copy)]
struct Tally {
    node: NodeId,
    operator: AggregateOperator,
    /// A window that reaches up to now.
    window: Option<Window>,
    /// For `every`: the slot of the rows for which its filter holds.
    filter: Option<usize>,
}

/// A window that reaches up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    /// The slot of the rows in it.
    slot: usize,
    /// Its first moment.
    from: i64,
}

/// What a thread keeps from block to block.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    slots: Slots,
    existing: Vec<u64>,
    bits: Vec<u64>,
    both: Vec<u64>,
    sums: Vec<u32>,
    ranks: Vec<u32>,
    rows: Vec<u32>,
    values: values::Desk,
    /// The answers of tallies, by their address, for so many owners none of whom has any rows.
    empty: FxHashMap<(usize, usize), Vec<Answer>>,
}

/// What came out for an aggregate.
#[derive(Debug)]
struct Answer {
    node: NodeId,
    vector: Arc<Vector<'static>>,
    failed: Failed,
}

impl<'a> Tallies<'a> {
    /// The aggregates that are worked out here.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        let questions = self.domains.iter().flat_map(|domain| &domain.questions);
        questions.flat_map(|question| &question.tallies).map(|tally| tally.node)
    }

    /// Works the aggregates out for the owners in the store and keeps them there.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn run(&self, store: &mut Store<'a>, desk: &mut Desk) -> Result<(), EngineError> {
        let owners = store.range_of(self.owner);
        let ends = self.view.groups().and_then(|groups| groups.get(owners.start..=owners.end)).unwrap_or(&[]);
        let (first, last) = (ends.first().copied().unwrap_or(0), ends.last().copied().unwrap_or(0));
        let rows = first as usize..last as usize;
        // Many blocks may be like that where few customers have done anything.
        let empty = rows.is_empty().then_some((std::ptr::from_ref(self) as usize, owners.len()));
        if let Some(answers) = empty.and_then(|empty| desk.empty.get(&empty)) {
            for answer in answers {
                store.put(answer.node, Arc::clone(&answer.vector), answer.failed.clone());
            }
            return Ok(());
        }
        let mut places: Vec<u32> = ends.iter().map(|end| end - first).collect();
        places.resize(owners.len() + 1, 0);
        let stride = words_for(rows.len()).next_multiple_of(STEP);
        desk.slots.resize(self.order.slots, stride);
        self.literals.run(store, rows.clone(), &mut desk.slots)?;
        for (operation, _) in &self.order.operations {
            work(self.path, operation, &mut desk.slots, stride / STEP);
        }
        desk.existing.clear();
        if let Some((times, first)) = self.ahead {
            desk.existing.resize(words_for(rows.len()), 0);
            let over: Option<(u64, u64)> = first.checked_sub(1).map(|last| (0, last));
            in_ranges(self.path, over.as_slice(), Some(times.cells()), &rows, &mut desk.existing);
        }
        let block = Block { rows, places: &places };
        let mut answers = Vec::new();
        for domain in &self.domains {
            domain.run(self.path, &block, store.prepared, desk, &mut answers)?;
        }
        for answer in &answers {
            store.put(answer.node, Arc::clone(&answer.vector), answer.failed.clone());
        }
        if let Some(empty) = empty {
            desk.empty.insert(empty, answers);
        }
        Ok(())
    }
}

/// The rows of a block.
#[derive(Debug)]
struct Block<'b> {
    rows: Range<usize>,
    /// Where each owner's rows begin, counted from the block's first, and where the last one's end.
    places: &'b [u32],
}

impl<'a> Domain<'a> {
    fn run(
        &self,
        path: Instructions,
        block: &Block<'_>,
        prepared: &Prepared<'a>,
        desk: &mut Desk,
        answers: &mut Vec<Answer>,
    ) -> Result<(), EngineError> {
        let mut answer = |node: NodeId, vector: Vector<'static>, failed: Failed| {
            answers.push(Answer { node, vector: Arc::new(vector), failed });
        };
        let Desk { slots, existing, bits, both, sums, ranks: found, rows, values, .. } = desk;
        let words = words_for(block.rows.len());
        let known = self.known.map(|known| bits_of_range(known.words(), block.rows.clone()));
        let mut sets: Vec<&[u64]> = self.sets.iter().map(|slot| slots.get(*slot)).collect();
        sets.extend(known.as_deref());
        if !existing.is_empty() {
            sets.push(existing);
        }
        let domain: &[u64] = match sets.as_slice() {
            [one] => one.get(..words).unwrap_or(&[]),
            sets => {
                join(sets, words, bits);
                bits
            }
        };
        ranks(path, domain, block.places, sums, found);
        let ends = found.clone();
        let has_values = self.questions.iter().any(|question| question.value.is_some());
        let rows = if has_values { rows_of(path, domain, rows) } else { &[] };
        // Bits past the last row mean nothing.
        let rows = rows.get(..ends.last().map_or(0, |end| *end as usize)).unwrap_or(&[]);
        let counted = vec![(None, differences(&ends))];
        let mut counting = Counting { path, slots, domain, places: block.places, counted, both, sums, found };
        for question in &self.questions {
            question.tallies.iter().for_each(|tally| counting.count(tally.window));
            let Some(asked) = &question.value else {
                for tally in &question.tallies {
                    let holding = tally.filter.map(|filter| counting.holding(tally.window, filter));
                    let vector = of_counts(tally.operator, counting.counts(tally.window), holding.as_deref());
                    answer(tally.node, vector, Failed::default());
                }
                continue;
            };
            let mut arrays = Arrays::new(asked, block.rows.clone(), rows, &ends, values);
            for tally in &question.tallies {
                let counts = counting.counts(tally.window);
                let (vector, failed) = arrays.answer(prepared, tally.node, tally.operator, counts)?;
                answer(tally.node, vector, failed);
            }
        }
        Ok(())
    }
}

/// Counts the rows of a domain by owner, those of each window once.
struct Counting<'c> {
    path: Instructions,
    slots: &'c Slots,
    domain: &'c [u64],
    /// See [`Block::places`].
    places: &'c [u32],
    /// By window, `None` for all rows: by owner how many rows.
    counted: Vec<(Option<Window>, Vec<u32>)>,
    both: &'c mut Vec<u64>,
    sums: &'c mut Vec<u32>,
    found: &'c mut Vec<u32>,
}

impl Counting<'_> {
    /// Counts the rows in a window, unless they were counted before.
    fn count(&mut self, window: Option<Window>) {
        let Some(of) = window.filter(|_| self.counted.iter().all(|(counted, _)| *counted != window)) else { return };
        ranks_of_both(self.path, (self.domain, self.slots.get(of.slot)), self.places, self.both, self.sums, self.found);
        self.counted.push((window, differences(self.found)));
    }

    /// By owner: the rows in a window that was counted.
    fn counts(&self, window: Option<Window>) -> &[u32] {
        self.counted.iter().find(|(counted, _)| *counted == window).map_or(&[], |(_, counts)| counts)
    }

    /// By owner: the rows in a window that are in another set too.
    fn holding(&mut self, window: Option<Window>, set: usize) -> Vec<u32> {
        let sets = [Some(self.domain), window.map(|window| self.slots.get(window.slot)), Some(self.slots.get(set))];
        join(&sets.into_iter().flatten().collect::<Vec<_>>(), self.domain.len(), self.both);
        ranks(self.path, self.both, self.places, self.sums, self.found);
        differences(self.found)
    }
}

/// What is asked about rows without looking at their values. `holding` counts those that are as they have to be; `None`
/// where all are.
fn of_counts(operator: AggregateOperator, counts: &[u32], holding: Option<&[u32]>) -> Vector<'static> {
    let any = |owner: usize| counts.get(owner) > Some(&0);
    match operator {
        AggregateOperator::Number => whole(counts.iter().map(|count| i64::from(*count))),
        AggregateOperator::Any => Vector::bits(bits_by_row(counts.len(), any)),
        _ => {
            let all = |owner: usize| holding.is_none_or(|holding| holding.get(owner) == counts.get(owner));
            Vector::bits(bits_by_row(counts.len(), |owner| any(owner) && all(owner)))
        }
    }
}

/// The rows that are in all of the sets, all rows for none.
fn join(sets: &[&[u64]], words: usize, out: &mut Vec<u64>) {
    out.clear();
    match sets {
        [] => out.resize(words, u64::MAX),
        [first, rest @ ..] => {
            out.extend(first.iter().take(words));
            for set in rest {
                out.iter_mut().zip(*set).for_each(|(word, other)| *word &= other);
            }
        }
    }
}

fn differences(places: &[u32]) -> Vec<u32> {
    places.windows(2).map(|pair| if let [from, to] = pair { to - from } else { 0 }).collect()
}

fn whole(values: impl Iterator<Item = i64>) -> Vector<'static> {
    Vector::new(Data::Whole(Cow::Owned(values.collect())), None)
}

/// Bits of the owners that have any such rows; `None` where all have.
fn known(counts: &[u32]) -> Option<Vec<u64>> {
    let bits = bits_by_row(counts.len(), |owner| counts.get(owner) > Some(&0));
    let all = bits.iter().enumerate().all(|(at, word)| *word == tail_mask(counts.len(), at));
    (!all).then_some(bits)
}
