//! Steps of sequences: whether rows are followed.
//!
//! The rows that pass are put in order of their ties and moments, customer by customer; each row then finds the first one
//! after it by halving. Rows of one customer stand near each other, so this stays in the caches.

use super::compare::Marks;
use super::{Task, Worked};
use crate::engine::EngineError;
use crate::engine::prepare::Aid;
use crate::engine::shape::Shape;
use crate::engine::vector::{Input, Items, Vector, set_bit, words_for};
use segue_compiler::plan::Followed;
use segue_compiler::syntax::tree::Compared;
use std::ops::Range;

/// The rows of one customer, counted from the block's first: those before, and those that may follow.
pub(crate) type OfCustomer = (Range<usize>, Range<usize>);

/// A value that must be the same, as a number.
enum Tie<'t> {
    Text(Marks<'t>),
    Whole(Items<'t, i64>),
    Float(Items<'t, f64>),
    Truth(Input<'t>),
}

impl Tie<'_> {
    fn at(&self, row: usize) -> i64 {
        match self {
            Tie::Text(marks) => i64::from(marks.at(row)),
            Tie::Whole(values) => values.at(row),
            Tie::Float(values) => values.at(row).to_bits().cast_signed(),
            Tie::Truth(values) => i64::from(values.truth(row)),
        }
    }

    /// A number that stands to others as the value does; texts have no order here.
    fn ordered(&self, row: usize) -> i64 {
        match self {
            Tie::Float(values) => {
                let bits = values.at(row).to_bits().cast_signed();
                // Below zero the bits go the other way.
                if bits < 0 { bits ^ i64::MAX } else { bits }
            }
            other => other.at(row),
        }
    }
}

/// The least and the greatest of any stretch of values: a tree over them, whose leaves are its second half.
#[derive(Default)]
struct Extremes {
    nodes: Vec<(i64, i64)>,
}

impl Extremes {
    const NONE: (i64, i64) = (i64::MAX, i64::MIN);

    fn joined(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
        (one.0.min(other.0), one.1.max(other.1))
    }

    /// Takes other values.
    fn of(&mut self, values: impl ExactSizeIterator<Item = i64>) {
        let count = values.len();
        self.nodes.clear();
        self.nodes.resize(count, Extremes::NONE);
        self.nodes.extend(values.map(|value| (value, value)));
        for at in (1..count).rev() {
            let joined = Extremes::joined(self.node(2 * at), self.node(2 * at + 1));
            if let Some(node) = self.nodes.get_mut(at) {
                *node = joined;
            }
        }
    }

    fn node(&self, at: usize) -> (i64, i64) {
        self.nodes.get(at).copied().unwrap_or(Extremes::NONE)
    }

    /// Of the values at these places.
    fn among(&self, places: Range<usize>) -> (i64, i64) {
        let leaves = self.nodes.len() / 2;
        let (mut from, mut to) = (places.start + leaves, places.end + leaves);
        let mut found = Extremes::NONE;
        while from < to {
            if from % 2 == 1 {
                found = Extremes::joined(found, self.node(from));
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                found = Extremes::joined(found, self.node(to));
            }
            (from, to) = (from / 2, to / 2);
        }
        found
    }
}

/// One side of the ties.
struct Side<'t> {
    ties: Vec<(Tie<'t>, Input<'t>)>,
}

impl<'t> Side<'t> {
    fn push(
        &mut self,
        task: &Task<'t, '_>,
        input: Input<'t>,
        shape: &Shape,
        marks: &'t [u32],
    ) -> Result<(), EngineError> {
        let tie = match shape {
            Shape::Text(_) => Tie::Text(Marks::new(input, marks)),
            Shape::Whole => Tie::Whole(input.whole()),
            Shape::Float => Tie::Float(input.float()),
            Shape::Boolean => Tie::Truth(input),
            Shape::Row | Shape::List(_) => return Err(task.broken("it has no equality")),
        };
        self.ties.push((tie, input));
        Ok(())
    }

    fn known(&self, row: usize) -> bool {
        self.ties.iter().all(|(_, input)| input.known(row))
    }
}

/// The values of a row's ties, in the order they are written.
trait Key: Ord + Sized {
    fn of(side: &Side<'_>, row: usize) -> Self;
}

impl Key for () {
    fn of(_: &Side<'_>, _: usize) -> Self {}
}

impl Key for i64 {
    fn of(side: &Side<'_>, row: usize) -> i64 {
        side.ties.first().map_or(0, |(tie, _)| tie.at(row))
    }
}

impl Key for Box<[i64]> {
    fn of(side: &Side<'_>, row: usize) -> Box<[i64]> {
        side.ties.iter().map(|(tie, _)| tie.at(row)).collect()
    }
}

/// Works a step out for the rows of a block.
///
/// # Errors
/// The plan breaks its promises.
pub(crate) fn evaluate(
    task: &Task<'_, '_>,
    step: &Followed,
    customers: impl Iterator<Item = OfCustomer>,
) -> Result<Worked<'static>, EngineError> {
    let mut inputs = (0..).map(|at| task.input(at));
    let mut next = || inputs.next().unwrap_or_else(|| Err(task.broken("an operand is missing")));
    let moment = next()?;
    let deadline = step.deadline.map(|_| next()).transpose()?;
    let (later, passes) = (next()?, next()?);
    let (mut own, mut other) = (Side { ties: Vec::new() }, Side { ties: Vec::new() });
    let Aid::Ties(marks) = task.aid() else { return Err(task.broken("its texts were not brought together")) };
    for ((before, after), (of_own, of_later)) in step.ties.iter().zip(marks) {
        own.push(task, next()?, task.prepared.shape(*before), of_own)?;
        other.push(task, next()?, task.prepared.shape(*after), of_later)?;
    }
    let compared = match (step.compared, marks.get(step.ties.len())) {
        (Some((how, before, after)), Some((of_own, of_later))) => {
            let (mut own, mut other) = (Side { ties: Vec::new() }, Side { ties: Vec::new() });
            own.push(task, next()?, task.prepared.shape(before), of_own)?;
            other.push(task, next()?, task.prepared.shape(after), of_later)?;
            Some((how, own, other))
        }
        _ => None,
    };
    let places = Places { or_same: step.or_same, moment, deadline, later, passes, own, other, compared };
    let mut bits = vec![0u64; words_for(task.rows)];
    match step.ties.len() {
        0 => places.mark::<()>(customers, &mut bits),
        1 => places.mark::<i64>(customers, &mut bits),
        _ => places.mark::<Box<[i64]>>(customers, &mut bits),
    }
    Ok(Vector::bits(bits).into())
}

/// What is known of the rows before, and of those that may follow.
struct Places<'t> {
    or_same: bool,
    moment: Input<'t>,
    deadline: Option<Input<'t>>,
    later: Input<'t>,
    passes: Input<'t>,
    own: Side<'t>,
    other: Side<'t>,
    /// How a value that follows must stand to one before.
    compared: Option<(Compared, Side<'t>, Side<'t>)>,
}

impl Places<'_> {
    /// Marks the rows that are followed.
    fn mark<K: Key>(&self, customers: impl Iterator<Item = OfCustomer>, bits: &mut [u64]) {
        let (moments, laters) = (self.moment.whole(), self.later.whole());
        let deadlines = self.deadline.map(|deadline| (deadline.whole(), deadline));
        let follows = |row: &usize| {
            self.passes.truth(*row)
                && self.passes.known(*row)
                && self.later.known(*row)
                && self.other.known(*row)
                && self.compared.as_ref().is_none_or(|(_, _, later)| later.known(*row))
        };
        let value = |side: &Side<'_>, row: usize| side.ties.first().map_or(0, |(tie, _)| tie.ordered(row));
        let mut places: Vec<(K, i64, i64)> = Vec::new();
        let mut extremes = Extremes::default();
        for (before, after) in customers {
            if before.is_empty() {
                continue;
            }
            places.clear();
            let compared = |row: usize| self.compared.as_ref().map_or(0, |(_, _, later)| value(later, row));
            places.extend(after.filter(follows).map(|row| (K::of(&self.other, row), laters.at(row), compared(row))));
            if places.is_empty() {
                continue;
            }
            if !places.is_sorted() {
                places.sort_unstable();
            }
            if self.compared.is_some() {
                extremes.of(places.iter().map(|(.., value)| *value));
            }
            for row in before {
                if !self.moment.known(row) || !self.own.known(row) {
                    continue;
                }
                // The first place that comes after this row.
                let least = (K::of(&self.own, row), moments.at(row).saturating_add(i64::from(!self.or_same)));
                let first = places.partition_point(|(key, moment, _)| (key, *moment) < (&least.0, least.1));
                let deadline =
                    deadlines.as_ref().and_then(|(deadlines, input)| input.known(row).then(|| deadlines.at(row)));
                let in_time = |(key, moment, _): &(K, i64, i64)| {
                    *key == least.0 && deadline.is_none_or(|deadline| *moment < deadline)
                };
                let holds = places.get(first).is_some_and(in_time)
                    && self.compared.as_ref().is_none_or(|(how, own, _)| {
                        own.known(row) && {
                            let own = value(own, row);
                            let count = places.get(first..).map_or(0, |rest| rest.partition_point(in_time));
                            let (smallest, greatest) = extremes.among(first..first + count);
                            match how {
                                Compared::Another => smallest != own || greatest != own,
                                Compared::Greater => greatest > own,
                                Compared::Smaller => smallest < own,
                            }
                        }
                    });
                if holds {
                    set_bit(bits, row);
                }
            }
        }
    }
}
