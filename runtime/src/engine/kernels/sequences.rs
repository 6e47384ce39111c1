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
    let places = Places { or_same: step.or_same, moment, deadline, later, passes, own, other };
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
}

impl Places<'_> {
    /// Marks the rows that are followed.
    fn mark<K: Key>(&self, customers: impl Iterator<Item = OfCustomer>, bits: &mut [u64]) {
        let (moments, laters) = (self.moment.whole(), self.later.whole());
        let deadlines = self.deadline.map(|deadline| (deadline.whole(), deadline));
        let follows = |row: &usize| {
            self.passes.truth(*row) && self.passes.known(*row) && self.later.known(*row) && self.other.known(*row)
        };
        let mut places: Vec<(K, i64)> = Vec::new();
        for (before, after) in customers {
            if before.is_empty() {
                continue;
            }
            places.clear();
            places.extend(after.filter(follows).map(|row| (K::of(&self.other, row), laters.at(row))));
            if places.is_empty() {
                continue;
            }
            if !places.is_sorted() {
                places.sort_unstable();
            }
            for row in before {
                if !self.moment.known(row) || !self.own.known(row) {
                    continue;
                }
                // The first place that comes after this row.
                let least = (K::of(&self.own, row), moments.at(row).saturating_add(i64::from(!self.or_same)));
                let Some((key, moment)) = places.get(places.partition_point(|place| *place < least)) else { continue };
                let in_time = deadlines
                    .as_ref()
                    .is_none_or(|(deadlines, input)| !input.known(row) || *moment < deadlines.at(row));
                if in_time && *key == least.0 {
                    set_bit(bits, row);
                }
            }
        }
    }
}
