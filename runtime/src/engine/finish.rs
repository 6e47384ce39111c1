//! From what a loop gathered to the value of an aggregate: totals judged at the end (rules 9 and 12).

use super::kernels::Failed;
use super::shape::Shape;
use super::vector::{Data, Vector, bits_by_row};
use segue_compiler::program::Type;
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::arithmetic::{Failure, judge};
use segue_compiler::values::{money, number};
use std::borrow::Cow;

/// What was added for one owner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Total {
    /// The total of integers, money or durations.
    pub(crate) whole: i128,
    /// The total of floats.
    pub(crate) float: f64,
    /// How many were added.
    pub(crate) count: i64,
}

/// Sums or averages; `ty` is the result's type, `added` the form of what was added. `None` for another operator.
pub(crate) fn totals(
    operator: AggregateOperator,
    ty: &Type,
    added: &Shape,
    totals: &[Total],
    failed: &mut Failed,
) -> Option<Vector<'static>> {
    let rows = totals.len();
    let average = match operator {
        AggregateOperator::Sum => false,
        AggregateOperator::Average => true,
        _ => return None,
    };
    let is_float = matches!(added, Shape::Float);
    let mut float = |row: usize, result: Result<f64, Failure>| match result.map(number) {
        Ok(Some(value)) => Some(value),
        Ok(None) => {
            failed.note(Failure::Overflow, row, rows);
            None
        }
        Err(failure) => {
            failed.note(failure, row, rows);
            None
        }
    };
    let known = |found: &dyn Fn(usize) -> bool| {
        let bits = bits_by_row(rows, found);
        (0..rows).any(|row| !super::vector::bit(&bits, row)).then_some(bits)
    };
    if matches!(ty, Type::Number | Type::Percent) {
        let values: Vec<Option<f64>> = totals
            .iter()
            .enumerate()
            .map(|(row, total)| {
                let sum = if is_float { total.float } else { total.whole as f64 };
                match (average, total.count) {
                    (false, _) => float(row, Ok(sum)),
                    (true, 0) => None,
                    (true, count) => float(row, Ok(sum / count as f64)),
                }
            })
            .collect();
        let bits = known(&|row| values.get(row).copied().flatten().is_some());
        let values = values.into_iter().map(Option::unwrap_or_default).collect();
        return Some(Vector::new(Data::Float(Cow::Owned(values)), bits));
    }
    let values: Vec<Option<i64>> = totals
        .iter()
        .enumerate()
        .map(|(row, total)| {
            let result = match (average, total.count) {
                (false, _) => judge(total.whole),
                (true, 0) => return None,
                (true, count) => money::average(total.whole, count),
            };
            result.map_err(|failure| failed.note(failure, row, rows)).ok()
        })
        .collect();
    let bits = known(&|row| values.get(row).copied().flatten().is_some());
    let values = values.into_iter().map(Option::unwrap_or_default).collect();
    Some(Vector::new(Data::Whole(Cow::Owned(values)), bits))
}
