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
use super::kernels::ranks::{Ranks, differences, rows_of};
use super::kernels::{Failed, scan, stretches};
use super::literals::{Literals, Slots, in_ranges};
use super::prepare::Prepared;
use super::store::Store;
use super::truth::{Order, STEP, work};
use super::vector::{Data, Vector, bits_of_range, tail_mask, words_for};
use crate::data::{Bits, Integers};
use crate::processor::Instructions;
pub(crate) use plan::View;
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Scope};
use segue_compiler::syntax::tree::AggregateOperator;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use values::{Asked, Prepared as Arrays, Rows, Stretches};

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
    /// See [`Block::places`].
    places: Vec<u32>,
    /// See [`Counting::ends`]; and, before the first, where the first owner's rows begin.
    ends: Vec<u32>,
    ranks: Ranks,
    found: Vec<u32>,
    counted: Vec<Counted>,
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

    /// How many sets of a block's rows there are at once.
    pub(crate) fn slots(&self) -> usize {
        self.order.slots
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
        // Those of one kind are not looked at before a run.
        if !stretches::from_first(self.path, ends, &mut desk.places) {
            return Err(EngineError::Unsound("a table's groups are not in order"));
        }
        // Many blocks may be like that where few customers have done anything.
        let empty = rows.is_empty().then_some((std::ptr::from_ref(self) as usize, owners.len()));
        if let Some(answers) = empty.and_then(|empty| desk.empty.get(&empty)) {
            for answer in answers {
                store.put(answer.node, Arc::clone(&answer.vector), answer.failed.clone());
            }
            return Ok(());
        }
        let mut places = std::mem::take(&mut desk.places);
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
        desk.places = places;
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
            let vector = if block.rows.is_empty() { vector.looked_over() } else { vector };
            answers.push(Answer { node, vector: Arc::new(vector), failed });
        };
        let Desk { slots, existing, bits, both, ends: room_of_ends, ranks, found, counted, rows: room, values, .. } =
            desk;
        let words = words_for(block.rows.len());
        let known = self.known.map(|known| bits_of_range(known.words(), block.rows.clone()));
        let mut sets: Vec<&[u64]> = self.sets.iter().map(|slot| slots.get(*slot)).collect();
        sets.extend(known.as_deref());
        if !existing.is_empty() {
            sets.push(existing);
        }
        let domain: Option<&[u64]> = match sets.as_slice() {
            [] => None,
            [one] => one.get(..words),
            sets => {
                join(sets, words, bits);
                Some(bits)
            }
        };
        let ends = match domain {
            Some(domain) => {
                ranks.take(path, domain, None);
                ranks.find(path, block.places, room_of_ends);
                room_of_ends.as_slice()
            }
            None => block.places,
        };
        let count = ends.last().map_or(0, |end| *end as usize);
        let has_values = self.questions.iter().any(|question| question.value.is_some());
        let rows = match domain {
            None => Rows::All(count),
            // Bits past the last row mean nothing.
            Some(domain) if has_values => Rows::Listed(rows_of(path, domain, room).get(..count).unwrap_or(&[])),
            Some(_) => Rows::Listed(&[]),
        };
        values.begin();
        let own_ends = ends.get(1..).unwrap_or(&[]);
        let mut counting = Counting {
            path,
            slots,
            domain,
            words,
            places: block.places,
            ends: own_ends,
            counted,
            used: 0,
            both,
            ranks,
            found,
        };
        counting.keep(None, Some(ends));
        for question in &self.questions {
            question.tallies.iter().for_each(|tally| counting.count(tally.window));
            let Some(asked) = &question.value else {
                for tally in &question.tallies {
                    let holding = tally.filter.map(|filter| counting.holding(tally.window, filter));
                    let counts = counting.counted(tally.window).counts;
                    let vector = of_counts(path, tally.operator, counts, holding.as_deref());
                    answer(tally.node, vector, Failed::default());
                }
                continue;
            };
            let mut arrays = Arrays::new(path, asked, block.rows.clone(), (rows, own_ends), values);
            for tally in &question.tallies {
                let counted = counting.counted(tally.window);
                let (vector, failed) = arrays.answer(prepared, tally.node, tally.operator, counted)?;
                answer(tally.node, vector, failed);
            }
        }
        Ok(())
    }
}

/// The rows of a domain that are in a window, by owner.
#[derive(Debug, Default)]
struct Counted {
    /// `None` for all rows.
    window: Option<Window>,
    counts: Vec<u32>,
    starts: Vec<u32>,
}

/// Counts the rows of a domain by owner, those of each window once.
struct Counting<'c> {
    path: Instructions,
    slots: &'c Slots,
    /// `None` for all rows.
    domain: Option<&'c [u64]>,
    /// How many words the block's rows have.
    words: usize,
    /// See [`Block::places`].
    places: &'c [u32],
    /// By owner: where its rows end among those of the domain.
    ends: &'c [u32],
    /// What was counted, the first so many of them.
    counted: &'c mut Vec<Counted>,
    used: usize,
    both: &'c mut Vec<u64>,
    ranks: &'c mut Ranks,
    found: &'c mut Vec<u32>,
}

impl Counting<'_> {
    /// Counts the rows in a window, unless they were counted before.
    fn count(&mut self, window: Option<Window>) {
        let known = |counted: &Counted| counted.window == window;
        let Some(of) = window.filter(|_| !self.counted.iter().take(self.used).any(known)) else { return };
        self.ranks.take(self.path, self.slots.get(of.slot).get(..self.words).unwrap_or(&[]), self.domain);
        self.ranks.find(self.path, self.places, self.found);
        self.keep(window, None);
    }

    /// Keeps how many rows of a window each owner has, from the ranks of the places or from those just found.
    fn keep(&mut self, window: Option<Window>, ranks: Option<&[u32]>) {
        if self.counted.len() == self.used {
            self.counted.push(Counted::default());
        }
        if let Some(counted) = self.counted.get_mut(self.used) {
            counted.window = window;
            differences(self.path, ranks.unwrap_or(self.found), &mut counted.counts);
            stretches::starts(self.path, self.ends, &counted.counts, &mut counted.starts);
            self.used += 1;
        }
    }

    /// By owner: the rows in a window that was counted.
    fn counted(&self, window: Option<Window>) -> Stretches<'_> {
        let found = self.counted.iter().take(self.used).find(|counted| counted.window == window);
        found.map_or(Stretches { counts: &[], starts: &[] }, |Counted { counts, starts, .. }| Stretches {
            counts,
            starts,
        })
    }

    /// By owner: the rows in a window that are in another set too.
    fn holding(&mut self, window: Option<Window>, set: usize) -> Vec<u32> {
        let sets = [self.domain, window.map(|window| self.slots.get(window.slot)), Some(self.slots.get(set))];
        join(&sets.into_iter().flatten().collect::<Vec<_>>(), self.words, self.both);
        self.ranks.take(self.path, self.both, None);
        self.ranks.find(self.path, self.places, self.found);
        let mut holding = Vec::new();
        differences(self.path, self.found, &mut holding);
        holding
    }
}

/// What is asked about rows without looking at their values. `holding` counts those that are as they have to be; `None`
/// where all are.
fn of_counts(
    path: Instructions,
    operator: AggregateOperator,
    counts: &[u32],
    holding: Option<&[u32]>,
) -> Vector<'static> {
    if operator == AggregateOperator::Number {
        return whole(stretches::widened(path, counts));
    }
    let mut found = any(path, counts);
    if let (AggregateOperator::Every, Some(holding)) = (operator, holding) {
        let others: Vec<u32> = counts.iter().zip(holding).map(|(count, holding)| count ^ holding).collect();
        found.iter_mut().zip(any(path, &others)).for_each(|(any, others)| *any &= !others);
    }
    Vector::bits(found)
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

fn whole(values: Vec<i64>) -> Vector<'static> {
    Vector::new(Data::Whole(Cow::Owned(values)), None)
}

/// Bits of the counts that are not 0.
fn any(path: Instructions, counts: &[u32]) -> Vec<u64> {
    let mut bits = vec![0; words_for(counts.len())];
    scan::in_ranges(path, counts, &[(1, u32::MAX - 1)], &mut bits);
    bits
}

/// Bits of the owners that have any such rows; `None` where all have.
fn known(path: Instructions, counts: &[u32]) -> Option<Vec<u64>> {
    let bits = any(path, counts);
    let all = bits.iter().enumerate().all(|(at, word)| *word == tail_mask(counts.len(), at));
    (!all).then_some(bits)
}
