//! Tests on lists of plain values. A missing list is empty.

use super::{Task, Worked};
use crate::engine::EngineError;
use crate::engine::prepare::Aid;
use crate::engine::shape::{Elements, Shape};
use crate::engine::vector::{Data, Input, Vector, bits_by_row};
use segue_compiler::plan::Op;
use segue_compiler::syntax::tree::Quantifier;
use std::borrow::Cow;

pub(super) fn evaluate(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    match task.op()? {
        Op::IsEmpty(_) => {
            let list = task.input(0)?;
            Ok(Vector::bits(bits_by_row(task.rows, |row| list.list(row).is_empty())).into())
        }
        Op::Includes { list, quantifier, .. } => {
            let elements = task.prepared.shape(*list).elements().ok_or_else(|| task.broken("it is no list"))?;
            includes(task, elements, *quantifier)
        }
        _ => Err(task.broken("it is no test on a list")),
    }
}

fn includes(task: &Task<'_, '_>, elements: &Elements, quantifier: Quantifier) -> Result<Worked<'static>, EngineError> {
    let list = task.input(0)?;
    let wanted = task.inputs.get(1..).unwrap_or(&[]);
    let Aid::Wanted(marks) = task.aid() else { return Err(task.broken("its values were not prepared")) };
    let found: Vec<Finder<'_>> = wanted
        .iter()
        .enumerate()
        .map(|(at, value)| Finder::new(elements, *value, marks.get(at)))
        .collect::<Option<_>>()
        .ok_or_else(|| task.broken("its value is not of its elements' form"))?;
    // Each value is a comparison of its own, joined by Kleene's and / or.
    let (mut truths, mut knowns) = (Vec::with_capacity(task.rows), Vec::with_capacity(task.rows));
    for row in 0..task.rows {
        let range = list.list(row);
        let (mut any_true, mut any_false, mut any_unknown) = (false, false, false);
        for finder in &found {
            match finder.holds(range.clone(), row) {
                Some(true) => any_true = true,
                Some(false) => any_false = true,
                None => any_unknown = true,
            }
        }
        let truth = match quantifier {
            Quantifier::Any => {
                if any_true {
                    Some(true)
                } else {
                    (!any_unknown).then_some(false)
                }
            }
            Quantifier::All => {
                if any_false {
                    Some(false)
                } else {
                    (!any_unknown).then_some(true)
                }
            }
            Quantifier::None => {
                if any_true {
                    Some(false)
                } else {
                    (!any_unknown).then_some(true)
                }
            }
        };
        truths.push(truth == Some(true));
        knowns.push(truth.is_some());
    }
    let at = |truths: &[bool], row: usize| truths.get(row).copied().unwrap_or(false);
    let known = knowns.contains(&false).then(|| bits_by_row(task.rows, |row| at(&knowns, row)));
    Ok(Vector::new(Data::Bits(Cow::Owned(bits_by_row(task.rows, |row| at(&truths, row)))), known).into())
}

/// Looks for one value in lists.
struct Finder<'t> {
    elements: &'t Elements,
    value: Input<'t>,
    marks: Option<&'t (Vec<u32>, Vec<u32>)>,
}

impl<'t> Finder<'t> {
    fn new(
        elements: &'t Elements,
        value: Input<'t>,
        marks: Option<&'t Option<(Vec<u32>, Vec<u32>)>>,
    ) -> Option<Finder<'t>> {
        let marks = marks.and_then(|marks| marks.as_ref());
        let fits = marks.is_some() || !matches!(elements.shape, Shape::Text(_));
        fits.then_some(Finder { elements, value, marks })
    }

    /// Whether the row's value is among the elements; `None` where it is missing.
    fn holds(&self, mut range: std::ops::Range<usize>, row: usize) -> Option<bool> {
        if !self.value.known(row) {
            return None;
        }
        let input = self.elements.values().input();
        Some(match &self.elements.shape {
            Shape::Whole => {
                let (values, wanted) = (input.whole(), self.value.whole().at(row));
                range.any(|at| values.at(at) == wanted)
            }
            Shape::Float => {
                let (values, wanted) = (input.float(), self.value.float().at(row));
                range.any(|at| values.at(at) == wanted)
            }
            Shape::Boolean => {
                let wanted = self.value.truth(row);
                range.any(|at| input.truth(at) == wanted)
            }
            Shape::Text(_) | Shape::Row | Shape::List(_) => {
                let (of_elements, of_value) = self.marks?;
                let wanted = of_value.get(self.value.codes().at(row) as usize)?;
                let codes = input.codes();
                range.any(|at| of_elements.get(codes.at(at) as usize) == Some(wanted))
            }
        })
    }
}
