//! Aggregates over a customer's events or records: one loop over the rows for all of a table's. Which filters and windows
//! a row is in is found for all of them at once ([`super::sets`]); each that it is in then counts or adds it.

use super::Inner;
use super::fold::Asked;
use super::layout::Kind;
use super::sets::{Joined, Making, Sets, Subject};
use super::work::{At, CUSTOMER, Work};
use crate::interpret::{whole_average, whole_sum};
use rustc_hash::FxHashSet;
use segue_compiler::plan::{self, Aggregate, NodeId, Op, Scope, TruthId};
use segue_compiler::program::{CUSTOMERS, TableId, Type};
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The aggregates of one loop.
#[derive(Debug)]
pub(super) struct Pass {
    table: TableId,
    pub(super) sets: Sets,
    entries: Vec<Entry>,
    /// By set: the entries that its rows count for, but for those that only ask how many there are.
    by_set: Vec<Vec<usize>>,
    /// Values of the rows that can fail: worked out for each row that exists.
    failing: Vec<NodeId>,
    /// The same where they need what this loop or a later one gives: once it is over.
    failing_after: Vec<NodeId>,
}

#[derive(Debug)]
struct Entry {
    node: NodeId,
    operator: AggregateOperator,
    /// The set of the rows that count; for `every` those in the windows and for which it holds.
    set: usize,
    /// For `every`: the rows in the windows.
    within: usize,
    how: How,
}

/// What is done with the value of a row that counts.
#[derive(Debug, Clone, Copy)]
enum How {
    /// Nothing: rows are counted.
    Count,
    /// A whole value in a word of the row.
    Whole(Subject),
    /// A text in words of the row and its place, of which the different ones are counted.
    Texts(Subject, usize),
    /// Kept until the end.
    Keep(NodeId),
}

/// What an entry has come to.
#[derive(Debug, Default)]
struct State {
    count: u64,
    total: i128,
    value: i64,
    row: usize,
    kept: Vec<Asked>,
}

/// Room for passes, used again.
#[derive(Debug, Default)]
pub(super) struct Scratch(Vec<Room>);

#[derive(Debug, Default)]
struct Room {
    joined: Joined,
    found: Vec<u64>,
    counts: Vec<u64>,
    states: Vec<State>,
}

impl Pass {
    /// The pass as one loop, where its rows are the customer's own events or records.
    pub(super) fn new(making: &mut Making<'_>, pass: &plan::Pass, failing: &[NodeId]) -> Option<Pass> {
        let [table] = *pass.rows.chain else { return None };
        let layout = making.layout.table(table)?;
        if pass.rows.owner != Scope::Customer || layout.parent.is_some() || table == CUSTOMERS {
            return None;
        }
        let mut roots: Vec<Vec<TruthId>> = Vec::new();
        let mut root = |sets: Vec<TruthId>| {
            roots.iter().position(|known| *known == sets).unwrap_or_else(|| {
                roots.push(sets);
                roots.len() - 1
            })
        };
        let mut entries = Vec::new();
        for (node, asked) in pass.aggregates.iter().zip(&pass.asked) {
            let Some(Op::Aggregate(aggregate)) = making.plan.nodes.get(node.index()).map(|node| &node.op) else {
                return None;
            };
            let within = root(asked.within.into_iter().collect());
            let set = root(asked.within.into_iter().chain(asked.filter).collect());
            let how = how(making, table, aggregate);
            entries.push(Entry { node: *node, operator: aggregate.operator, set, within, how });
        }
        let mut by_set = vec![Vec::new(); roots.len()];
        for (at, entry) in entries.iter().enumerate() {
            if let (false, Some(set)) = (matches!(entry.how, How::Count), by_set.get_mut(entry.set)) {
                set.push(at);
            }
        }
        let roots: Vec<Option<Vec<TruthId>>> = roots.into_iter().map(Some).collect();
        let sets = Sets::new(making, table, &pass.truths, &roots);
        let node = |id: &NodeId| making.plan.nodes.get(id.index());
        let of_table = |id: &NodeId| node(id).is_some_and(|node| node.scope == Scope::Row(table));
        let before = |id: &NodeId| node(id).is_some_and(|node| node.level < pass.level);
        let of_table = failing.iter().copied().filter(of_table);
        let (failing, failing_after) = of_table.partition(before);
        Some(Pass { table, sets, entries, by_set, failing, failing_after })
    }

    /// The aggregates that it works out.
    pub(super) fn aggregates(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.entries.iter().map(|entry| entry.node)
    }
}

fn how(making: &Making<'_>, table: TableId, aggregate: &Aggregate) -> How {
    use AggregateOperator::{Average, Different, First, Largest, Latest, Smallest, Sum};
    let Some(value) = aggregate.value else { return How::Count };
    let cell = || {
        let Op::Column(of, field) = making.plan.nodes.get(value.index())?.op else { return None };
        let field = making.layout.find(of, field).filter(|_| of == table)?;
        let place = making.layout.place(field)?;
        let own = making.layout.table(table)?.by != Some(field.place);
        let subject = Subject::Cell { at: place.at, word: place.known.0, bit: place.known.1 };
        own.then_some((subject, field.place, &place.kind))
    };
    match (cell(), aggregate.operator) {
        (
            Some((subject, _, Kind::Integer | Kind::Money | Kind::Duration)),
            Sum | Average | Smallest | Largest | First | Latest,
        )
        | (Some((subject, _, Kind::Date | Kind::Instant(_))), Smallest | Largest | First | Latest) => {
            How::Whole(subject)
        }
        (Some((subject, number, Kind::Text | Kind::Id | Kind::Zone | Kind::Listed(_))), Different) => {
            How::Texts(subject, number)
        }
        _ => How::Keep(value),
    }
}

impl<'w> Work<'w> {
    /// Works all aggregates of a pass out, where they are not yet.
    pub(super) fn run_pass(&mut self, number: usize) {
        let inner: &'w Inner = self.inner;
        let Some(pass) = inner.passes.get(number) else { return };
        let (Some(record), Some(tables)) = (self.record, self.moment.passes.get(number)) else { return };
        let (Some(layout), Some(rows)) = (inner.layout.table(pass.table), record.rows(pass.table)) else { return };
        let mut room = self.scratch.passes.0.pop().unwrap_or_default();
        room.counts.clear();
        room.counts.resize(pass.by_set.len(), 0);
        room.states.resize_with(pass.entries.len(), State::default);
        for state in &mut room.states {
            (state.count, state.total) = (0, 0);
            state.kept.clear();
        }
        let mut texts: Vec<FxHashSet<Cow<'w, str>>> = Vec::new();
        for row in rows.order.iter().map(|row| *row as usize) {
            if !self.exists(pass.table, row) {
                continue;
            }
            let at: At = (pass.table, row);
            let cells = rows.row(layout, row);
            self.sets(&pass.sets, tables, at, cells, &mut room.joined, &mut room.found);
            for node in &pass.failing {
                self.value(*node, at);
            }
            for (word, bits) in room.found.iter().enumerate() {
                let mut left = *bits;
                while left != 0 {
                    let set = word * 64 + left.trailing_zeros() as usize;
                    left &= left - 1;
                    // Bits beyond the sets asked for are steps on the way to them.
                    let (Some(count), Some(entries)) = (room.counts.get_mut(set), pass.by_set.get(set)) else { break };
                    *count += 1;
                    for number in entries {
                        let (Some(entry), Some(state)) = (pass.entries.get(*number), room.states.get_mut(*number))
                        else {
                            continue;
                        };
                        match entry.how {
                            How::Count => {}
                            How::Whole(subject) => {
                                if let Some(value) = known(subject, cells) {
                                    state.add(entry.operator, value.cast_signed(), row, |one, other| {
                                        rows.compare(inner, layout, one, other)
                                    });
                                }
                            }
                            How::Texts(subject, place) => {
                                if let (Some(_), Some(place)) = (known(subject, cells), layout.places.get(place)) {
                                    if texts.is_empty() {
                                        texts.resize_with(pass.entries.len(), FxHashSet::default);
                                    }
                                    if let Some(texts) = texts.get_mut(*number) {
                                        texts.insert(rows.text(inner, place, cells));
                                    }
                                }
                            }
                            How::Keep(node) => match self.value(node, at) {
                                Some(Value::List(entries)) => {
                                    let entries = entries.iter().cloned();
                                    state.kept.extend(entries.map(|value| Asked { event: row, value }));
                                }
                                Some(value) => state.kept.push(Asked { event: row, value }),
                                None => {}
                            },
                        }
                    }
                }
            }
        }
        for (number, entry) in pass.entries.iter().enumerate() {
            let counted = |set: usize| room.counts.get(set).copied().unwrap_or(0);
            let Some(state) = room.states.get_mut(number) else { continue };
            let Some(node) = inner.plan.nodes.get(entry.node.index()) else { continue };
            let Op::Aggregate(aggregate) = &node.op else { continue };
            let value = match (entry.how, entry.operator) {
                (_, AggregateOperator::Every) => {
                    let within = counted(entry.within);
                    Some(Value::Boolean(within > 0 && within == counted(entry.set)))
                }
                (How::Whole(_), operator) => {
                    let ty = aggregate.value.and_then(|value| inner.plan.nodes.get(value.index())).map(|node| &node.ty);
                    state.answer(operator, ty.unwrap_or(&node.ty)).and_then(|answer| self.judged(entry.node, answer))
                }
                (How::Texts(..), _) => Some(Value::Integer(texts.get(number).map_or(0, |texts| texts.len() as i64))),
                _ => {
                    let kept = std::mem::take(&mut state.kept);
                    self.answer(entry.node, aggregate, kept, usize::try_from(counted(entry.set)).unwrap_or(0))
                }
            };
            self.scratch.memo.insert(entry.node, CUSTOMER, value);
        }
        self.scratch.passes.0.push(room);
        if !pass.failing_after.is_empty() {
            for row in rows.order.iter().map(|row| *row as usize) {
                if self.exists(pass.table, row) {
                    pass.failing_after.iter().for_each(|node| _ = self.value(*node, (pass.table, row)));
                }
            }
        }
    }
}

fn known(subject: Subject, cells: &[u64]) -> Option<u64> {
    match subject {
        Subject::Cell { at, word, bit } if cells.get(word)? & bit != 0 => cells.get(at).copied(),
        _ => None,
    }
}

impl State {
    fn add(&mut self, operator: AggregateOperator, value: i64, row: usize, moments: impl Fn(usize, usize) -> Ordering) {
        let first = self.count == 0;
        self.count += 1;
        self.total += i128::from(value);
        // Of one moment the smaller value is first and the greater latest (rule 13); rows come in the order of moments.
        let same = |state: &State| moments(state.row, row).is_eq();
        self.value = match operator {
            _ if first => value,
            AggregateOperator::Smallest => self.value.min(value),
            AggregateOperator::Largest => self.value.max(value),
            AggregateOperator::First if same(self) => self.value.min(value),
            AggregateOperator::Latest if same(self) => self.value.max(value),
            AggregateOperator::Latest => value,
            _ => self.value,
        };
        if first || operator == AggregateOperator::Latest {
            self.row = row;
        }
    }

    fn answer(
        &self,
        operator: AggregateOperator,
        ty: &Type,
    ) -> Option<Result<Value, segue_compiler::values::arithmetic::Failure>> {
        match operator {
            AggregateOperator::Sum => Some(whole_sum(self.total, ty)),
            _ if self.count == 0 => None,
            AggregateOperator::Average => {
                Some(whole_average(self.total, i64::try_from(self.count).unwrap_or(i64::MAX), ty))
            }
            _ => super::record::of_whole(ty, self.value).map(Ok),
        }
    }
}
