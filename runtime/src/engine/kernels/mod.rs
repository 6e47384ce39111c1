//! Static code that works one node out for all rows of a frame.
//!
//! A frame is a block of customers, the rows of a table in such a block, the rows of a looked-up table, the texts of a
//! dictionary, or the whole run: the kernels do not care which. All follow the interpreter: a missing operand gives a
//! missing result, a failure is noted by row.

mod arithmetic;
mod base;
mod calendar;
mod compare;
mod elements;
pub(crate) mod gaps;
mod lists;
mod logic;
mod occasions;
pub(crate) mod ranks;
pub(crate) mod scan;
pub(crate) mod sequences;
pub(crate) mod stretches;

pub(crate) use calendar::lengths;

use super::EngineError;
use super::prepare::{Aid, Prepared};
use super::shape::{self, Shape};
use super::vector::{Data, Input, Vector, bit, bits_by_row, bits_by_word, set_bit, words_for};
use segue_compiler::plan::{NodeId, Op};
use segue_compiler::program::Conversion;
use segue_compiler::values::arithmetic::Failure;
use std::borrow::Cow;

/// Rows whose arithmetic failed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failed {
    /// By a division by zero; empty for none.
    pub(crate) division: Vec<u64>,
    /// By leaving the range; empty for none.
    pub(crate) overflow: Vec<u64>,
}

impl Failed {
    /// Whether nothing failed.
    pub(crate) fn is_empty(&self) -> bool {
        self.division.iter().chain(&self.overflow).all(|word| *word == 0)
    }

    pub(crate) fn note(&mut self, failure: Failure, row: usize, rows: usize) {
        let bits = match failure {
            Failure::DivisionByZero => &mut self.division,
            Failure::Overflow | Failure::Unsuited => &mut self.overflow,
        };
        if bits.is_empty() {
            bits.resize(words_for(rows), 0);
        }
        set_bit(bits, row);
    }
}

/// What a kernel gives.
pub(crate) struct Worked<'a> {
    pub(crate) vector: Vector<'a>,
    pub(crate) failed: Failed,
}

impl<'a> From<Vector<'a>> for Worked<'a> {
    fn from(vector: Vector<'a>) -> Worked<'a> {
        Worked { vector, failed: Failed::default() }
    }
}

/// What a kernel works on.
pub(crate) struct Task<'t, 'a> {
    pub(crate) prepared: &'t Prepared<'a>,
    pub(crate) node: NodeId,
    pub(crate) rows: usize,
    /// The operands in the order of [`Op::for_each_operand`].
    pub(crate) inputs: &'t [Input<'t>],
}

impl<'t, 'a> Task<'t, 'a> {
    pub(crate) fn op(&self) -> Result<&'t Op, EngineError> {
        Ok(&self.prepared.node(self.node)?.op)
    }

    pub(crate) fn aid(&self) -> &'t Aid {
        self.prepared.aid(self.node)
    }

    pub(crate) fn shape(&self) -> &'t Shape {
        self.prepared.shape(self.node)
    }

    pub(crate) fn input(&self, at: usize) -> Result<Input<'t>, EngineError> {
        self.inputs.get(at).copied().ok_or(EngineError::Broken(self.node.0, "an operand is missing"))
    }

    pub(crate) fn broken(&self, what: &'static str) -> EngineError {
        EngineError::Broken(self.node.0, what)
    }

    /// Rows where all operands are known; `None` where all are.
    pub(crate) fn all_known(&self) -> Option<Vec<u64>> {
        let optional: Vec<&Input<'_>> = self.inputs.iter().filter(|input| input.vector.known.is_some()).collect();
        (!optional.is_empty()).then(|| {
            bits_by_word(self.rows, |at| optional.iter().fold(u64::MAX, |word, input| word & input.known_word(at)))
        })
    }
}

/// Works a node out; columns and aggregates over rows are not worked out here.
///
/// # Errors
/// The plan breaks its promises.
pub(crate) fn evaluate(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    match task.op()? {
        Op::Constant(constant) => Ok(Shape::of_value(&constant.0).1.into()),
        Op::Now => Ok(Vector::new(Data::Whole(Cow::Owned(vec![task.prepared.clock.as_of])), None).into()),
        Op::Day(days) => {
            let day = task.prepared.clock.today().checked_add(*days);
            let known = day.is_none().then(|| vec![0]);
            let mut worked = Worked::from(Vector::new(Data::Whole(Cow::Owned(vec![day.map_or(0, i64::from)])), known));
            if day.is_none() {
                worked.failed.note(Failure::Overflow, 0, 1);
            }
            Ok(worked)
        }
        Op::Missing => Ok(task.shape().missing(1).into()),
        Op::Group { cuts, .. } => base::group(task, cuts),
        Op::InShare { .. } => base::in_share(task),
        Op::LookupRow { .. } => lookup_row(task),
        Op::Gather { .. } => gather(task),
        Op::Convert(conversion, _) => convert(task, *conversion),
        Op::Negate(_)
        | Op::Sum(_)
        | Op::Product(_)
        | Op::Round(..)
        | Op::Clamp { .. }
        | Op::Distance(..)
        | Op::Point(..) => arithmetic::evaluate(task),
        Op::InBox(..) => compare::in_box(task),
        Op::Shift(..) | Op::Difference(..) | Op::Call(..) | Op::InWindows(..) => calendar::evaluate(task),
        Op::Near { .. } | Op::Occurs { .. } => occasions::evaluate(task),
        Op::Otherwise(_) => logic::otherwise(task),
        Op::Less(..) | Op::Equal { .. } | Op::IsOneOf { .. } | Op::Text { .. } => compare::evaluate(task),
        Op::Includes { .. } | Op::IsEmpty(_) => lists::evaluate(task),
        Op::IsKnown(_) | Op::Not(_) | Op::And(_) | Op::Or(_) | Op::AtLeastOf(..) | Op::Certain(_) => {
            logic::evaluate(task)
        }
        Op::Elements(operator, _) => elements::evaluate(task, *operator),
        Op::Followed(_) | Op::Gap { .. } => Err(task.broken("it is worked out customer by customer")),
        Op::Column(..) | Op::Aggregate(_) => Err(task.broken("it is no kernel's work")),
    }
}

/// The row whose key the text is.
fn lookup_row(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let Aid::Keys(rows) = task.aid() else { return Err(task.broken("a look-up was not prepared")) };
    let key = task.input(0)?;
    let codes = key.codes();
    let found = |row: usize| match rows.get(codes.at(row) as usize) {
        Some(found) if *found != shape::NO_CODE && key.known(row) => Some(*found),
        _ => None,
    };
    let values: Vec<u32> = (0..task.rows).map(|row| found(row).unwrap_or(0)).collect();
    let known = bits_by_row(task.rows, |row| found(row).is_some());
    Ok(Vector::new(Data::Code(Cow::Owned(values)), Some(known)).into())
}

/// The value of the looked-up row: the second operand has a row for each row of that table, or is one for all.
fn gather(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let (row_of, value) = (task.input(0)?, task.input(1)?);
    let rows = row_of.codes();
    let pick = |row: usize| row_of.known(row).then(|| if value.single { 0 } else { rows.at(row) as usize });
    Ok(value.vector.picked(task.rows, pick).into())
}

fn convert(task: &Task<'_, '_>, conversion: Conversion) -> Result<Worked<'static>, EngineError> {
    let input = task.input(0)?;
    let known = task.all_known();
    let data = match conversion {
        Conversion::IntegerToNumber => {
            let whole = input.whole();
            // Whole numbers are finite as floats, and 0 is 0.0.
            Data::Float((0..task.rows).map(|row| whole.at(row) as f64).collect())
        }
        Conversion::ToText => {
            let codes = input.codes();
            Data::Code((0..task.rows).map(|row| codes.at(row)).collect())
        }
        Conversion::PercentNumber => {
            let float = input.float();
            Data::Float((0..task.rows).map(|row| float.at(row)).collect())
        }
        Conversion::BooleanToInteger => Data::Whole((0..task.rows).map(|row| i64::from(input.truth(row))).collect()),
    };
    Ok(Vector::new(data, known).cleared().into())
}

/// Whole results row by row, with what fails noted; rows where an operand is missing are not asked.
fn whole_by_row(
    task: &Task<'_, '_>,
    result: impl FnMut(usize) -> Result<i64, Failure>,
) -> Result<Worked<'static>, EngineError> {
    by_row(task, result, |values| Data::Whole(Cow::Owned(values)))
}

/// The like for floats.
fn float_by_row(
    task: &Task<'_, '_>,
    result: impl FnMut(usize) -> Result<f64, Failure>,
) -> Result<Worked<'static>, EngineError> {
    by_row(task, result, |values| Data::Float(Cow::Owned(values)))
}

fn by_row<T: Default>(
    task: &Task<'_, '_>,
    mut result: impl FnMut(usize) -> Result<T, Failure>,
    data: impl FnOnce(Vec<T>) -> Data<'static>,
) -> Result<Worked<'static>, EngineError> {
    let mut known = task.all_known();
    let mut failed = Failed::default();
    let mut values = Vec::with_capacity(task.rows);
    for row in 0..task.rows {
        if known.as_ref().is_some_and(|known| !bit(known, row)) {
            values.push(T::default());
            continue;
        }
        values.push(match result(row) {
            Ok(value) => value,
            Err(Failure::Unsuited) => return Err(task.broken("values that do not go together")),
            Err(failure) => {
                failed.note(failure, row, task.rows);
                T::default()
            }
        });
    }
    known = without(known, &failed, task.rows);
    Ok(Worked { vector: Vector::new(data(values), known), failed })
}

/// Known rows without those that failed.
fn without(known: Option<Vec<u64>>, failed: &Failed, rows: usize) -> Option<Vec<u64>> {
    if failed.division.is_empty() && failed.overflow.is_empty() {
        return known;
    }
    let word = |words: &[u64], at: usize| words.get(at).copied().unwrap_or(0);
    Some(bits_by_word(rows, |at| {
        let before = known.as_ref().map_or(u64::MAX, |known| word(known, at));
        before & !word(&failed.division, at) & !word(&failed.overflow, at)
    }))
}

/// Yes/no results row by row; false where an operand is missing, which is then missing.
fn truth_by_row(task: &Task<'_, '_>, test: impl FnMut(usize) -> bool) -> Worked<'static> {
    let known = task.all_known();
    let bits = bits_by_row(task.rows, test);
    Vector::new(Data::Bits(Cow::Owned(bits)), known).cleared().into()
}
