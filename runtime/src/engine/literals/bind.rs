//! From atoms to tests of cells.
//!
//! An atom that compares one stored field of a customer or a row with values that are the same for all is a range or a set of
//! the column's cells. What else there is, kernels work out row by row.

use crate::data::{Integers, Settled, Stored, StoredValues};
use crate::engine::EngineError;
use crate::engine::kernels::scan::Order;
use crate::engine::prepare::Aid;
use crate::engine::shape::Shape;
use crate::engine::store::{Frame, Store, shorter};
use crate::engine::vector::{Data, Input};
use segue_compiler::plan::{NodeId, Op, Scope, Work};
use segue_compiler::syntax::tree::Quantifier;

/// A test that rows of a column pass or not, among those where it is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// All do.
    All,
    /// Those whose cell is in one of a few ranges, ends included.
    Ranges { ranges: Vec<(u64, u64)> },
    /// Those of a test of ranges or floats, as far as marks settle it.
    Marks { settled: Vec<Settled>, test: Box<Test> },
    /// Those whose cell, of 8 bits, is in a set, a bit for each cell.
    Bytes { set: [u8; 32] },
    /// Those whose code is in a set, a bit for each code.
    Codes { set: Vec<u64> },
    /// Those in an order to a number.
    Float { order: Order, number: f64 },
    /// Those that are yes.
    Truth,
    /// Those whose list has a value of each of these sets of codes. A missing list is empty.
    Lists { all_of: Vec<Vec<usize>> },
}

impl Test {
    /// What tells it from other tests of its column, in numbers.
    pub(super) fn key(&self) -> Vec<u64> {
        match self {
            Test::All => vec![0],
            Test::Ranges { ranges } => {
                std::iter::once(1).chain(ranges.iter().flat_map(|(low, high)| [*low, *high])).collect()
            }
            // Marks are those of the column.
            Test::Marks { test, .. } => test.key(),
            Test::Bytes { set } => std::iter::once(2).chain(set.iter().map(|byte| u64::from(*byte))).collect(),
            Test::Float { order, number } => vec![3, *order as u64, number.to_bits()],
            Test::Truth => vec![4],
            Test::Codes { set } => std::iter::once(6).chain(set.iter().copied()).collect(),
            Test::Lists { all_of } => {
                let sets = all_of.iter().flat_map(|set| [set.len()].into_iter().chain(set.iter().copied()));
                std::iter::once(5).chain(sets.map(|number| number as u64)).collect()
            }
        }
    }

    /// Whether all known rows pass, or none, where their cells lie between two; `None` where that says nothing.
    pub(super) fn settled(&self, (least, greatest): (u64, u64)) -> Option<bool> {
        match self {
            Test::Marks { test, .. } => test.settled((least, greatest)),
            Test::Ranges { ranges } => {
                if ranges.iter().any(|(low, high)| *low <= least && greatest <= *high) {
                    Some(true)
                } else if ranges.iter().all(|(low, high)| greatest < *low || *high < least) {
                    Some(false)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

/// A literal as a test of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bound {
    /// The column's node.
    pub(crate) column: NodeId,
    pub(crate) test: Test,
    /// Whether those that pass are in, and not the others.
    pub(crate) inside: bool,
    /// Whether rows where the column is missing are in.
    pub(crate) missing: bool,
}

impl Bound {
    /// The code that the rows have, where it is one and none of them are missing.
    pub(crate) fn single_code(&self) -> Option<u32> {
        match &self.test {
            Test::Ranges { ranges } if self.inside && !self.missing => match ranges.as_slice() {
                [(low, high)] if low == high => u32::try_from(*low).ok(),
                _ => None,
            },
            _ => None,
        }
    }
}

/// More whole numbers than this are looked up by kernels.
const NUMBERS: usize = 64;

/// The test of a literal, where it is one of a stored column of the scope. What is worked out once is known already.
///
/// # Errors
/// The plan breaks its promises.
pub(crate) fn bind(run: &Store<'_>, scope: Scope, atom: NodeId, holds: bool) -> Result<Option<Bound>, EngineError> {
    let prepared = run.prepared;
    let node = prepared.node(atom)?;
    // What an atom reads stands in its own scope.
    if node.scope != scope {
        return Ok(None);
    }
    if let Work::PerText(text) = node.work {
        return by_text(run, atom, text, holds);
    }
    let Some(bound) = of_column(run, atom)? else { return Ok(None) };
    Ok(Some(if holds { bound } else { opposite(bound, &node.op) }))
}

fn of_column(run: &Store<'_>, atom: NodeId) -> Result<Option<Bound>, EngineError> {
    let prepared = run.prepared;
    let bound = |column: NodeId, (test, inside): Side| Some(Bound { column, test, inside, missing: false });
    Ok(match &prepared.node(atom)?.op {
        Op::Column(..) => match prepared.column(atom).map(Stored::values) {
            Some(StoredValues::Boolean(_)) => bound(atom, (Test::Truth, true)),
            _ => None,
        },
        Op::IsKnown(column) => match prepared.column(*column).map(Stored::values) {
            Some(StoredValues::List { .. } | StoredValues::Flags(_)) | None => None,
            Some(_) => bound(*column, (Test::All, true)),
        },
        Op::Less(left, right) => match (prepared.column(*left), prepared.column(*right)) {
            (Some(column), None) => compared(run, *right, column, Order::Less)?.and_then(|test| bound(*left, test)),
            (None, Some(column)) => compared(run, *left, column, Order::Greater)?.and_then(|test| bound(*right, test)),
            _ => None,
        },
        Op::Equal { left, right, .. } => match (prepared.column(*left), prepared.column(*right)) {
            (Some(column), None) => compared(run, *right, column, Order::Equal)?.and_then(|test| bound(*left, test)),
            (None, Some(column)) => compared(run, *left, column, Order::Equal)?.and_then(|test| bound(*right, test)),
            _ => None,
        },
        Op::InWindows(moment, _) => match (prepared.column(*moment).and_then(Stored::integers), prepared.aid(atom)) {
            (Some(integers), Aid::Time(filter)) if filter.is_range() => {
                bound(*moment, range(integers, filter.first, filter.last))
            }
            _ => None,
        },
        Op::IsOneOf { value, values, .. } => match (prepared.column(*value), prepared.aid(atom)) {
            (Some(_), _) if values.is_empty() => bound(*value, (Test::All, false)),
            (Some(column), Aid::Wholes(wanted)) => match column.integers() {
                Some(integers) if wanted.len() <= NUMBERS => {
                    let mut ranges: Vec<(u64, u64)> =
                        wanted.iter().filter_map(|wanted| cells_between(integers, *wanted, *wanted)).collect();
                    ranges.sort_unstable();
                    bound(*value, (Test::Ranges { ranges }, true))
                }
                _ => None,
            },
            _ => None,
        },
        Op::Includes { list, quantifier, values, .. } => {
            let Some(StoredValues::Flags(flags)) = prepared.column(*list).map(Stored::values) else { return Ok(None) };
            let Aid::Wanted(wanted) = prepared.aid(atom) else { return Ok(None) };
            let mut sets = Vec::with_capacity(values.len());
            for (value, marks) in values.iter().zip(wanted) {
                let Some((of_elements, of_value)) = marks else { return Ok(None) };
                let Some(code) = single_code(run, *value)? else { return Ok(None) };
                let Some(mark) = of_value.get(code as usize) else { return Ok(None) };
                let same = |code: &usize| of_elements.get(*code) == Some(mark);
                sets.push((0..flags.dictionary().len()).filter(same).collect::<Vec<usize>>());
            }
            let all_of = if *quantifier == Quantifier::All { sets } else { vec![sets.concat()] };
            bound(*list, (Test::Lists { all_of }, *quantifier != Quantifier::None))
        }
        _ => None,
    })
}

/// A comparison of worked-out values with one that is the same for everybody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Compared {
    /// The node whose values are compared.
    pub(crate) value: NodeId,
    pub(crate) to: To,
}

/// What values are compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum To {
    /// Whole numbers: they are in it from `low` up to `span` more.
    Range { low: i64, span: u64 },
    /// Floats.
    Number(Order, f64),
}

/// An atom as a comparison of worked-out values; `None` where it is something else.
///
/// # Errors
/// The plan breaks its promises.
pub(crate) fn compared_values(run: &Store<'_>, scope: Scope, atom: NodeId) -> Result<Option<Compared>, EngineError> {
    let prepared = run.prepared;
    let node = prepared.node(atom)?;
    if node.scope != scope || matches!(node.work, Work::PerText(_)) {
        return Ok(None);
    }
    let is_once = |id: NodeId| Ok::<bool, EngineError>(run.frame(id)? == Frame::Once);
    let (value, other, order) = match &node.op {
        Op::Less(left, right) if is_once(*right)? && !is_once(*left)? => (*left, *right, Order::Less),
        Op::Less(left, right) if is_once(*left)? && !is_once(*right)? => (*right, *left, Order::Greater),
        Op::Equal { left, right, .. } if is_once(*right)? && !is_once(*left)? => (*left, *right, Order::Equal),
        Op::Equal { left, right, .. } if is_once(*left)? && !is_once(*right)? => (*right, *left, Order::Equal),
        Op::InWindows(moment, _) => {
            let Aid::Time(filter) = prepared.aid(atom) else { return Ok(None) };
            let fits = filter.is_range() && filter.first <= filter.last && !is_once(*moment)?;
            let to = To::Range { low: filter.first, span: filter.last.wrapping_sub(filter.first).cast_unsigned() };
            return Ok(fits.then_some(Compared { value: *moment, to }));
        }
        _ => return Ok(None),
    };
    // A value of another scope is one that has to be brought to these rows first, which kernels do.
    if prepared.node(value)?.scope != scope {
        return Ok(None);
    }
    let vector = run.vector(other)?;
    let other = Input { vector: shorter(&vector), single: true };
    if !other.known(0) {
        return Ok(None);
    }
    let to = match (prepared.shape(value), &vector.data) {
        (Shape::Whole, Data::Whole(_)) => {
            let other = other.whole().at(0);
            let range = match order {
                Order::Equal => Some((other, other)),
                Order::Less => other.checked_sub(1).map(|last| (i64::MIN, last)),
                Order::Greater => other.checked_add(1).map(|first| (first, i64::MAX)),
            };
            let Some((low, high)) = range else { return Ok(None) };
            To::Range { low, span: high.wrapping_sub(low).cast_unsigned() }
        }
        (Shape::Float, Data::Float(_)) => To::Number(order, other.float().at(0)),
        _ => return Ok(None),
    };
    Ok(Some(Compared { value, to }))
}

/// A value that is the same for everybody: nothing where it is not, or is missing.
fn single_code(run: &Store<'_>, id: NodeId) -> Result<Option<u32>, EngineError> {
    if run.frame(id)? != Frame::Once {
        return Ok(None);
    }
    let vector = run.vector(id)?;
    let input = Input { vector: shorter(&vector), single: true };
    Ok(input.known(0).then(|| input.codes().at(0)))
}

/// The rows of a column in an order to a value that is the same for everybody.
fn compared(run: &Store<'_>, value: NodeId, column: &Stored, order: Order) -> Result<Option<Side>, EngineError> {
    if run.frame(value)? != Frame::Once {
        return Ok(None);
    }
    let vector = run.vector(value)?;
    let input = Input { vector: shorter(&vector), single: true };
    if !input.known(0) {
        // Nobody knows, so it is neither so nor not so: kernels say that.
        return Ok(None);
    }
    Ok(match (column.values(), &vector.data) {
        (StoredValues::Number(_), Data::Float(_)) => Some((Test::Float { order, number: input.float().at(0) }, true)),
        (_, Data::Whole(_)) => column.integers().map(|integers| {
            let value = input.whole().at(0);
            match order {
                Order::Equal => range(integers, value, value),
                Order::Less => value.checked_sub(1).map_or((Test::All, false), |last| range(integers, i64::MIN, last)),
                Order::Greater => {
                    value.checked_add(1).map_or((Test::All, false), |first| range(integers, first, i64::MAX))
                }
            }
        }),
        _ => None,
    })
}

/// A test, and whether those that pass it are meant, or the others.
type Side = (Test, bool);

/// The cells whose values lie from `first` to `last`. Where it goes up to the greatest cell there is, it is the opposite of what
/// lies below, so that comparisons that are each other's opposite are one test.
fn range(integers: &Integers, first: i64, last: i64) -> Side {
    match cells_between(integers, first, last) {
        None => (Test::All, false),
        Some((low, high)) if high >= integers.greatest() => match low.checked_sub(1) {
            None => (Test::All, true),
            Some(below) => (Test::Ranges { ranges: vec![(0, below)] }, false),
        },
        Some(range) => (Test::Ranges { ranges: vec![range] }, true),
    }
}

/// The first and the last cell whose value lies from `first` to `last`; `None` where there is none.
fn cells_between(integers: &Integers, first: i64, last: i64) -> Option<(u64, u64)> {
    let above = i128::from(last) - i128::from(integers.base());
    // Rounded up and down to cells.
    let low = integers.first_cell(first);
    let high = (above / i128::from(integers.unit())).min(i128::from(integers.cells().greatest()));
    let high = u64::try_from(high).ok().filter(|_| above >= 0)?;
    (low <= high).then_some((low, high))
}

/// For whom the atom certainly does not hold.
fn opposite(bound: Bound, op: &Op) -> Bound {
    if matches!(op, Op::IsKnown(_)) {
        // Whether a value is known is always known.
        return Bound { test: Test::All, inside: false, missing: true, ..bound };
    }
    Bound { inside: !bound.inside, ..bound }
}

/// What was worked out once for each text.
fn by_text(run: &Store<'_>, atom: NodeId, text: NodeId, holds: bool) -> Result<Option<Bound>, EngineError> {
    let prepared = run.prepared;
    let Some((_, dictionary)) = prepared.column(text).and_then(Stored::text) else { return Ok(None) };
    let results = run.vector(atom)?;
    let results = Input { vector: shorter(&results), single: false };
    let passes = |code: usize| results.known(code) && results.truth(code) == holds;
    let texts = dictionary.len();
    let missing = passes(texts);
    let mut runs: Vec<(u64, u64)> = Vec::new();
    let mut count = 0;
    for code in (0..texts).filter(|code| passes(*code)) {
        let code = code as u64;
        count += 1;
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == code => *last = code,
            _ => runs.push((code, code)),
        }
    }
    let (test, inside) = if count == 0 || count == texts {
        (Test::All, count > 0)
    } else {
        let gaps = gaps(&runs, texts as u64);
        let inside = runs.len() <= gaps.len();
        (Test::Ranges { ranges: if inside { runs } else { gaps } }, inside)
    };
    Ok(Some(Bound { column: text, test, inside, missing }))
}

/// What lies between ranges of codes below `end`.
fn gaps(runs: &[(u64, u64)], end: u64) -> Vec<(u64, u64)> {
    let mut gaps = Vec::new();
    let mut next = 0;
    for (first, last) in runs.iter().copied().chain([(end, end)]) {
        if first > next {
            gaps.push((next, first - 1));
        }
        next = last + 1;
    }
    gaps
}
