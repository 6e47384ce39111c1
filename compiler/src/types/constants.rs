//! Working out a `let` once, so that it is one value wherever it is used.

use crate::program::{Conversion, Expr, ExprKind, Type};
use crate::syntax::tree::{Factor, Sign};
use crate::values::{Value, number};

/// The value of a constant calculation; `None` where it has none, or is not one of plain numbers and money.
pub(crate) fn work_out(value: &Expr) -> Option<Value> {
    match &value.kind {
        ExprKind::Constant(known) => Some(known.clone()),
        ExprKind::Convert(Conversion::IntegerToNumber | Conversion::PercentNumber, inner) => match work_out(inner)? {
            Value::Integer(whole) => Some(Value::Number(whole as f64)),
            other => Some(other),
        },
        ExprKind::Negate(inner) => negative(work_out(inner)?),
        ExprKind::Sum(terms) => {
            let mut total: Option<Value> = None;
            for (sign, term) in terms {
                let term = work_out(term)?;
                let term = if *sign == Sign::Minus { negative(term)? } else { term };
                total = Some(match total {
                    None => term,
                    Some(before) => add(before, term)?,
                });
            }
            total
        }
        ExprKind::Product(factors) => {
            let mut sofar: Option<(Value, Type)> = None;
            for (factor, value) in factors {
                let known = work_out(value)?;
                sofar = Some(match sofar {
                    None => (known, value.ty.clone()),
                    Some((left, ty)) => {
                        let next = super::arithmetic::step(&ty, *factor, &value.ty)?;
                        (multiply(left, *factor, known)?, next)
                    }
                });
            }
            sofar.map(|(value, _)| value)
        }
        _ => None,
    }
}

fn negative(value: Value) -> Option<Value> {
    Some(match value {
        Value::Integer(whole) => Value::Integer(whole.checked_neg()?),
        Value::Number(value) => Value::Number(number(-value)?),
        Value::Money(units) => Value::Money(units.checked_neg()?),
        Value::Duration(micros) => Value::Duration(micros.checked_neg()?),
        _ => return None,
    })
}

fn add(left: Value, right: Value) -> Option<Value> {
    Some(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Value::Integer(left.checked_add(right)?),
        (Value::Number(left), Value::Number(right)) => Value::Number(number(left + right)?),
        (Value::Money(left), Value::Money(right)) => Value::Money(left.checked_add(right)?),
        (Value::Duration(left), Value::Duration(right)) => Value::Duration(left.checked_add(right)?),
        _ => return None,
    })
}

fn multiply(left: Value, factor: Factor, right: Value) -> Option<Value> {
    let float = |value: &Value| match value {
        Value::Integer(whole) => Some(*whole as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    };
    Some(match (left, factor, right) {
        (Value::Integer(left), Factor::Times, Value::Integer(right)) => Value::Integer(left.checked_mul(right)?),
        (Value::Money(units), Factor::Times, Value::Integer(count))
        | (Value::Integer(count), Factor::Times, Value::Money(units)) => Value::Money(units.checked_mul(count)?),
        (Value::Money(units), Factor::Over, Value::Integer(count)) => Value::Money(divide_to_even(units, count)?),
        (Value::Money(left), Factor::Over, Value::Money(right)) => Value::Number(number(left as f64 / right as f64)?),
        (Value::Money(units), Factor::Times, right @ Value::Number(_)) => money(units as f64 * float(&right)?)?,
        (left @ Value::Number(_), Factor::Times, Value::Money(units)) => money(float(&left)? * units as f64)?,
        (Value::Money(units), Factor::Over, right @ Value::Number(_)) => money(units as f64 / float(&right)?)?,
        (left, Factor::Times, right) => Value::Number(number(float(&left)? * float(&right)?)?),
        (left, Factor::Over, right) => Value::Number(number(float(&left)? / float(&right)?)?),
    })
}

fn money(units: f64) -> Option<Value> {
    let rounded = units.round_ties_even();
    // 2^63 is exact as a float; everything below it in size fits.
    (rounded.abs() < 9_223_372_036_854_775_808.0).then_some(Value::Money(rounded as i64))
}

fn divide_to_even(units: i64, count: i64) -> Option<i64> {
    let (units, count) = (i128::from(units), i128::from(count));
    if count == 0 {
        return None;
    }
    let (whole, rest) = (units.div_euclid(count), units.rem_euclid(count));
    let twice = rest * 2;
    let up = twice > count.abs() || twice == count.abs() && whole % 2 != 0;
    let step = if count > 0 { 1 } else { -1 };
    i64::try_from(if up { whole + step } else { whole }).ok()
}
