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

/// Which rows of a column are in a literal, among those where it is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// None, or all.
    All(bool),
    /// Those whose cell is in one of a few ranges, ends included, or in none of them.
    Ranges { ranges: Vec<(u64, u64)>, inside: bool },
    /// Those of a test of ranges or floats, as far as marks settle it, or not.
    Marks { settled: Vec<Settled>, test: Box<Test>, inside: bool },
    /// Those whose cell, of 8 bits, is in a set, a bit for each cell, or not.
    Bytes { set: [u8; 32], inside: bool },
    /// Those in an order to a number, or not.
    Float { order: Order, number: f64, inside: bool },
    /// Those that are yes, or no.
    Truth(bool),
    /// Those whose list has a value of each of these sets of codes, or the others. A missing list is empty.
    Lists { all_of: Vec<Vec<usize>>, inside: bool },
}

/// A literal as a test of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bound {
    /// The column's node.
    pub(crate) column: NodeId,
    pub(crate) test: Test,
    /// Whether rows where the column is missing are in.
    pub(crate) missing: bool,
}

impl Bound {
    /// The code that the rows have, where it is one and none of them are missing.
    pub(crate) fn single_code(&self) -> Option<u32> {
        match &self.test {
            Test::Ranges { ranges, inside: true } if !self.missing => match ranges.as_slice() {
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
    let bound = |column: NodeId, test: Test| Some(Bound { column, test, missing: false });
    Ok(match &prepared.node(atom)?.op {
        Op::Column(..) => match prepared.column(atom).map(Stored::values) {
            Some(StoredValues::Boolean(_)) => bound(atom, Test::Truth(true)),
            _ => None,
        },
        Op::IsKnown(column) => match prepared.column(*column).map(Stored::values) {
            Some(StoredValues::List { .. } | StoredValues::Flags(_)) | None => None,
            Some(_) => bound(*column, Test::All(true)),
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
            (Some(_), _) if values.is_empty() => bound(*value, Test::All(false)),
            (Some(column), Aid::Wholes(wanted)) => match column.integers() {
                Some(integers) if wanted.len() <= NUMBERS => {
                    let mut ranges = Vec::new();
                    for wanted in wanted {
                        if let Test::Ranges { ranges: one, .. } = range(integers, *wanted, *wanted) {
                            ranges.extend(one);
                        }
                    }
                    ranges.sort_unstable();
                    bound(*value, Test::Ranges { ranges, inside: true })
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
            bound(*list, Test::Lists { all_of, inside: *quantifier != Quantifier::None })
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
fn compared(run: &Store<'_>, value: NodeId, column: &Stored, order: Order) -> Result<Option<Test>, EngineError> {
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
        (StoredValues::Number(_), Data::Float(_)) => {
            Some(Test::Float { order, number: input.float().at(0), inside: true })
        }
        (_, Data::Whole(_)) => column.integers().map(|integers| {
            let value = input.whole().at(0);
            match order {
                Order::Equal => range(integers, value, value),
                Order::Less => value.checked_sub(1).map_or(Test::All(false), |last| range(integers, i64::MIN, last)),
                Order::Greater => {
                    value.checked_add(1).map_or(Test::All(false), |first| range(integers, first, i64::MAX))
                }
            }
        }),
        _ => None,
    })
}

/// The cells whose values lie from `first` to `last`.
fn range(integers: &Integers, first: i64, last: i64) -> Test {
    let cells = integers.cells();
    let greatest = cells.greatest();
    let above = |value: i64| i128::from(value) - i128::from(integers.base());
    let unit = i128::from(integers.unit());
    // Rounded up and down to cells.
    let low = integers.first_cell(first);
    let high = above(last);
    if high < 0 {
        return Test::All(false);
    }
    let high = (high / unit).min(i128::from(greatest));
    match (low, u64::try_from(high)) {
        (0, Ok(high)) if high == greatest => Test::All(true),
        (low, Ok(high)) if low <= high => Test::Ranges { ranges: vec![(low, high)], inside: true },
        _ => Test::All(false),
    }
}

/// For whom the atom certainly does not hold.
fn opposite(bound: Bound, op: &Op) -> Bound {
    let Bound { column, test, missing } = bound;
    if matches!(op, Op::IsKnown(_)) {
        // Whether a value is known is always known.
        return Bound { column, test: Test::All(false), missing: true };
    }
    let test = match test {
        Test::All(all) => Test::All(!all),
        Test::Ranges { ranges, inside } => Test::Ranges { ranges, inside: !inside },
        Test::Marks { settled, test, inside } => Test::Marks { settled, test, inside: !inside },
        Test::Bytes { set, inside } => Test::Bytes { set, inside: !inside },
        Test::Float { order, number, inside } => Test::Float { order, number, inside: !inside },
        Test::Truth(yes) => Test::Truth(!yes),
        Test::Lists { all_of, inside } => Test::Lists { all_of, inside: !inside },
    };
    Bound { column, test, missing }
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
    let test = if count == 0 || count == texts {
        Test::All(count > 0)
    } else {
        let gaps = gaps(&runs, texts as u64);
        let inside = runs.len() <= gaps.len();
        Test::Ranges { ranges: if inside { runs } else { gaps }, inside }
    };
    Ok(Some(Bound { column: text, test, missing }))
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
