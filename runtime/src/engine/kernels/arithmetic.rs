//! Sums, products, signs and rounding.

use super::{Task, Worked, float_by_row, whole_by_row};
use crate::engine::EngineError;
use crate::engine::shape::Shape;
use crate::engine::vector::Input;
use segue_compiler::plan::Op;
use segue_compiler::program::Type;
use segue_compiler::syntax::tree::{Factor, Sign};
use segue_compiler::values::arithmetic::{Failure, clamp, judge, negate, product};
use segue_compiler::values::places::{great_circle, place};
use segue_compiler::values::rounding::round_number;
use segue_compiler::values::{Value, money, number};

pub(super) fn evaluate(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    match task.op()? {
        Op::Negate(_) => {
            let values = Values::new(task, 0)?;
            match task.shape() {
                Shape::Float => float_by_row(task, |row| float_of(negate(&values.at(row))?)),
                _ => whole_by_row(task, |row| whole_of(negate(&values.at(row))?)),
            }
        }
        Op::Sum(terms) => sum(task, terms.iter().map(|(sign, _)| *sign == Sign::Minus).collect()),
        Op::Product(factors) => {
            let divides: Vec<bool> = factors.iter().map(|(side, _)| *side == Factor::Over).collect();
            if let Some(worked) = plain_product(task, &divides)? {
                return Ok(worked);
            }
            let inputs: Vec<Values<'_>> =
                (0..divides.len()).map(|at| Values::new(task, at)).collect::<Result<_, _>>()?;
            let at_row = |row: usize| {
                let values: Vec<(bool, Value)> =
                    divides.iter().zip(&inputs).map(|(divides, input)| (*divides, input.at(row))).collect();
                product(values.iter().map(|(divides, value)| (*divides, value)))
            };
            match task.shape() {
                Shape::Float => float_by_row(task, |row| float_of(at_row(row)?)),
                _ => whole_by_row(task, |row| whole_of(at_row(row)?)),
            }
        }
        Op::Round(_, direction, decimals) => {
            let input = task.input(0)?;
            match &task.prepared.node(task.node)?.ty {
                Type::Integer => whole_by_row(task, |row| Ok(input.whole().at(row))),
                Type::Money(_) => whole_by_row(task, |row| money::round(input.whole().at(row), *direction, *decimals)),
                _ => float_by_row(task, |row| {
                    Ok(number(round_number(input.float().at(row), *direction, *decimals)).unwrap_or(0.0))
                }),
            }
        }
        Op::Point(..) => {
            let (latitude, longitude) = (task.input(0)?, task.input(1)?);
            let (latitude, longitude) = (latitude.float(), longitude.float());
            whole_by_row(task, |row| place(latitude.at(row), longitude.at(row)).ok_or(Failure::Overflow))
        }
        Op::Distance(..) => {
            let (from, to) = (task.input(0)?, task.input(1)?);
            let (from, to) = (from.whole(), to.whole());
            float_by_row(task, |row| Ok(number(great_circle(from.at(row), to.at(row))).unwrap_or(0.0)))
        }
        Op::Clamp { low, high, .. } => {
            let values = Values::new(task, 0)?;
            let (low, high) = (low.as_ref().map(|end| &end.0), high.as_ref().map(|end| &end.0));
            match task.shape() {
                Shape::Float => float_by_row(task, |row| float_of(clamp(values.at(row), low, high)?)),
                _ => whole_by_row(task, |row| whole_of(clamp(values.at(row), low, high)?)),
            }
        }
        _ => Err(task.broken("it is no arithmetic")),
    }
}

fn sum(task: &Task<'_, '_>, minus: Vec<bool>) -> Result<Worked<'static>, EngineError> {
    let terms: Vec<(bool, Input<'_>)> = minus.into_iter().zip(task.inputs.iter().copied()).collect();
    match task.shape() {
        Shape::Float => {
            let terms: Vec<_> = terms.iter().map(|(minus, input)| (*minus, input.float())).collect();
            float_by_row(task, |row| {
                let total = terms.iter().fold(
                    0.0,
                    |total, (minus, term)| {
                        if *minus { total - term.at(row) } else { total + term.at(row) }
                    },
                );
                number(total).ok_or(Failure::Overflow)
            })
        }
        _ => {
            let terms: Vec<_> = terms.iter().map(|(minus, input)| (*minus, input.whole())).collect();
            whole_by_row(task, |row| {
                judge(terms.iter().fold(0i128, |total, (minus, term)| {
                    let term = i128::from(term.at(row));
                    if *minus { total - term } else { total + term }
                }))
            })
        }
    }
}

/// The commonest products without a detour: two factors of one kind.
fn plain_product(task: &Task<'_, '_>, divides: &[bool]) -> Result<Option<Worked<'static>>, EngineError> {
    let ([first, second], [false, over]) = (task.inputs, divides) else { return Ok(None) };
    let (left, right) = (kind(task, 0)?, kind(task, 1)?);
    Ok(match (left, over, right) {
        (Kind::Float, over, Kind::Float) => {
            let (left, right) = (first.float(), second.float());
            Some(float_by_row(task, |row| {
                let (left, right) = (left.at(row), right.at(row));
                match over {
                    true if right == 0.0 => Err(Failure::DivisionByZero),
                    true => number(left / right).ok_or(Failure::Overflow),
                    false => number(left * right).ok_or(Failure::Overflow),
                }
            })?)
        }
        (Kind::Integer, false, Kind::Integer | Kind::Money) | (Kind::Money, false, Kind::Integer) => {
            let (left, right) = (first.whole(), second.whole());
            Some(whole_by_row(task, |row| left.at(row).checked_mul(right.at(row)).ok_or(Failure::Overflow))?)
        }
        (Kind::Money, true, Kind::Integer) => {
            let (left, right) = (first.whole(), second.whole());
            Some(whole_by_row(task, |row| money::over_integer(left.at(row), right.at(row)))?)
        }
        (Kind::Integer, true, Kind::Integer) | (Kind::Money, true, Kind::Money) => {
            let (left, right) = (first.whole(), second.whole());
            Some(float_by_row(task, |row| match right.at(row) {
                0 => Err(Failure::DivisionByZero),
                by => number(left.at(row) as f64 / by as f64).ok_or(Failure::Overflow),
            })?)
        }
        _ => None,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Integer,
    Money,
    Duration,
    Float,
}

/// What the operand at a position counts in.
fn kind(task: &Task<'_, '_>, at: usize) -> Result<Kind, EngineError> {
    let mut operands = Vec::new();
    task.op()?.for_each_operand(|operand| operands.push(operand));
    let operand = operands.get(at).ok_or_else(|| task.broken("an operand is missing"))?;
    Ok(match task.prepared.node(*operand)?.ty {
        Type::Integer => Kind::Integer,
        Type::Money(_) => Kind::Money,
        Type::Duration => Kind::Duration,
        Type::Number | Type::Percent => Kind::Float,
        _ => return Err(task.broken("its operand is no amount")),
    })
}

/// An operand's rows as values.
struct Values<'t> {
    input: Input<'t>,
    kind: Kind,
}

impl<'t> Values<'t> {
    fn new(task: &Task<'t, '_>, at: usize) -> Result<Values<'t>, EngineError> {
        Ok(Values { input: task.input(at)?, kind: kind(task, at)? })
    }

    fn at(&self, row: usize) -> Value {
        match self.kind {
            Kind::Integer => Value::Integer(self.input.whole().at(row)),
            Kind::Money => Value::Money(self.input.whole().at(row)),
            Kind::Duration => Value::Duration(self.input.whole().at(row)),
            Kind::Float => Value::Number(self.input.float().at(row)),
        }
    }
}

fn whole_of(value: Value) -> Result<i64, Failure> {
    match value {
        Value::Integer(units) | Value::Money(units) | Value::Duration(units) => Ok(units),
        _ => Err(Failure::Unsuited),
    }
}

fn float_of(value: Value) -> Result<f64, Failure> {
    if let Value::Number(value) = value { Ok(value) } else { Err(Failure::Unsuited) }
}
