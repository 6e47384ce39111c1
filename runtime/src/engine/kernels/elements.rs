//! Questions about the elements of a list of plain values. A missing list is empty, its elements are all known.

use super::{Failed, Task, Worked};
use crate::engine::EngineError;
use crate::engine::finish::{self, Total};
use crate::engine::prepare::Aid;
use crate::engine::shape::{Elements, Shape};
use crate::engine::vector::{Data, Vector};
use rustc_hash::FxHashSet;
use segue_compiler::plan::Op;
use segue_compiler::syntax::tree::AggregateOperator;
use std::borrow::Cow;
use std::ops::Range;

pub(super) fn evaluate(task: &Task<'_, '_>, operator: AggregateOperator) -> Result<Worked<'static>, EngineError> {
    let Op::Elements(_, list) = task.op()? else { return Err(task.broken("it is no question about a list")) };
    let elements = task.prepared.shape(*list).elements().ok_or_else(|| task.broken("it is no list"))?;
    let input = task.input(0)?;
    let rows = task.rows;
    match operator {
        AggregateOperator::Number => Ok(counts(rows, |row| input.list(row).len()).into()),
        AggregateOperator::Different => {
            let mut seen = FxHashSet::default();
            Ok(counts(rows, |row| different(elements, input.list(row), &mut seen)).into())
        }
        AggregateOperator::Sum | AggregateOperator::Average => {
            let ty = &task.prepared.node(task.node)?.ty;
            let totals = (0..rows).map(|row| total(elements, input.list(row))).collect::<Vec<Total>>();
            let mut failed = Failed::default();
            let vector = finish::totals(operator, ty, &elements.shape, &totals, &mut failed)
                .ok_or_else(|| task.broken("it cannot be added"))?;
            Ok(Worked { vector, failed })
        }
        AggregateOperator::Smallest | AggregateOperator::Largest => {
            let marks = if let Aid::Order(marks) = task.aid() { Some(marks.as_slice()) } else { None };
            let largest = operator == AggregateOperator::Largest;
            let found: Vec<Option<usize>> =
                (0..rows).map(|row| extreme(elements, marks, input.list(row), largest)).collect();
            Ok(elements.values().picked(rows, |row| found.get(row).copied().flatten()).into())
        }
        _ => Err(task.broken("it cannot be asked about a list")),
    }
}

fn counts(rows: usize, count: impl FnMut(usize) -> usize) -> Vector<'static> {
    let counts: Vec<i64> = (0..rows).map(count).map(|count| i64::try_from(count).unwrap_or(i64::MAX)).collect();
    Vector::new(Data::Whole(Cow::Owned(counts)), None)
}

fn different(elements: &Elements, range: Range<usize>, seen: &mut FxHashSet<u64>) -> usize {
    let input = elements.values().input();
    seen.clear();
    match &elements.shape {
        Shape::Whole => seen.extend(range.map(|at| input.whole().at(at).cast_unsigned())),
        Shape::Float => seen.extend(range.map(|at| input.float().at(at).to_bits())),
        Shape::Boolean => seen.extend(range.map(|at| u64::from(input.truth(at)))),
        Shape::Text(_) | Shape::Row | Shape::List(_) => seen.extend(range.map(|at| u64::from(input.codes().at(at)))),
    }
    seen.len()
}

fn total(elements: &Elements, range: Range<usize>) -> Total {
    let input = elements.values().input();
    let count = i64::try_from(range.len()).unwrap_or(i64::MAX);
    match elements.shape {
        Shape::Float => {
            let float = input.float();
            Total { whole: 0, float: range.fold(0.0, |total, at| total + float.at(at)), count }
        }
        _ => {
            let whole = input.whole();
            Total { whole: range.map(|at| i128::from(whole.at(at))).sum(), float: 0.0, count }
        }
    }
}

/// The element that is smallest or largest.
fn extreme(elements: &Elements, marks: Option<&[u32]>, range: Range<usize>, largest: bool) -> Option<usize> {
    let input = elements.values().input();
    let order = |left: usize, right: usize| match &elements.shape {
        Shape::Whole => input.whole().at(left).cmp(&input.whole().at(right)),
        Shape::Float => input.float().at(left).total_cmp(&input.float().at(right)),
        Shape::Boolean => input.truth(left).cmp(&input.truth(right)),
        Shape::Text(_) | Shape::Row | Shape::List(_) => {
            let mark = |at: usize| marks.and_then(|marks| marks.get(input.codes().at(at) as usize)).copied();
            mark(left).cmp(&mark(right))
        }
    };
    if largest {
        range.max_by(|left, right| order(*left, *right))
    } else {
        range.min_by(|left, right| order(*left, *right))
    }
}
