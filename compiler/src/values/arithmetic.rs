//! Sums, products and averages of values (rules 9, 10 and 12), one meaning for every engine.
//!
//! What always holds:
//! - A missing operand makes the result missing, and nothing is counted: the caller asks here only with known operands.
//! - Sums of whole things (integers, money, durations) are added in 128 bits and judged at the end.
//! - A product goes left to right, pairwise. Where a divisor is zero it is a division by zero, whatever else went wrong.
//! - Durations count in microseconds and multiply and divide as money does.

use super::{Value, money, number};

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum Failure {
    /// A divisor was zero.
    #[error("a division by zero")]
    DivisionByZero,
    /// The result left its range.
    #[error("a result too large to hold")]
    Overflow,
    /// The types do not go together, which the checker never lets through.
    #[error("values that do not go together")]
    Unsuited,
}

/// A 128-bit total as a 64-bit value.
pub fn judge(total: i128) -> Result<i64, Failure> {
    i64::try_from(total).map_err(|_| Failure::Overflow)
}

/// Terms of one type, each with its sign (true: subtracted), added from the left.
pub fn sum<'a>(terms: impl IntoIterator<Item = (bool, &'a Value)>) -> Result<Value, Failure> {
    let (mut whole, mut float) = (0_i128, 0.0_f64);
    let mut like: Option<fn(i64) -> Value> = None;
    let mut is_float = false;
    for (negative, value) in terms {
        let (units, constructor): (i64, fn(i64) -> Value) = match value {
            Value::Integer(units) => (*units, Value::Integer),
            Value::Money(units) => (*units, Value::Money),
            Value::Duration(units) => (*units, Value::Duration),
            Value::Number(term) => {
                float = if negative { float - term } else { float + term };
                is_float = true;
                continue;
            }
            _ => return Err(Failure::Unsuited),
        };
        whole += if negative { -i128::from(units) } else { i128::from(units) };
        like = Some(constructor);
    }
    match (like, is_float) {
        (Some(constructor), false) => judge(whole).map(constructor),
        (None, true) => number(float).map(Value::Number).ok_or(Failure::Overflow),
        _ => Err(Failure::Unsuited),
    }
}

/// Factors from the left, each multiplied or (true) divided by; the first is multiplied.
pub fn product<'a>(factors: impl IntoIterator<Item = (bool, &'a Value)> + Clone) -> Result<Value, Failure> {
    if factors.clone().into_iter().any(|(divides, value)| divides && is_zero(value)) {
        return Err(Failure::DivisionByZero);
    }
    let mut result: Option<Value> = None;
    for (divides, value) in factors {
        result = Some(match (result, divides) {
            (None, false) => value.clone(),
            (Some(left), false) => multiply(&left, value)?,
            (Some(left), true) => divide(&left, value)?,
            (None, true) => return Err(Failure::Unsuited),
        });
    }
    result.ok_or(Failure::Unsuited)
}

/// An integer or number no smaller than `low` and no larger than `high`, both of its type, where they are given.
pub fn clamp(value: Value, low: Option<&Value>, high: Option<&Value>) -> Result<Value, Failure> {
    match value {
        Value::Integer(value) => {
            let end = |end: Option<&Value>| match end {
                Some(Value::Integer(end)) => Ok(Some(*end)),
                None => Ok(None),
                Some(_) => Err(Failure::Unsuited),
            };
            let value = end(low)?.map_or(value, |low| value.max(low));
            Ok(Value::Integer(end(high)?.map_or(value, |high| value.min(high))))
        }
        Value::Number(value) => {
            let end = |end: Option<&Value>| match end {
                Some(Value::Number(end)) => Ok(Some(*end)),
                None => Ok(None),
                Some(_) => Err(Failure::Unsuited),
            };
            let value = end(low)?.map_or(value, |low| value.max(low));
            Ok(Value::Number(end(high)?.map_or(value, |high| value.min(high))))
        }
        _ => Err(Failure::Unsuited),
    }
}

/// Whether dividing by the value is a division by zero.
pub fn is_zero(value: &Value) -> bool {
    match value {
        Value::Integer(units) | Value::Money(units) | Value::Duration(units) => *units == 0,
        Value::Number(value) => *value == 0.0,
        _ => false,
    }
}

/// `left * right`: integers exactly; money or a duration times an integer exactly, times a number in floats and then half
/// to even; anything else as numbers.
pub fn multiply(left: &Value, right: &Value) -> Result<Value, Failure> {
    Ok(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => {
            Value::Integer(left.checked_mul(*right).ok_or(Failure::Overflow)?)
        }
        (Value::Number(left), Value::Number(right)) => finite(left * right)?,
        (Value::Number(number), Value::Integer(integer)) | (Value::Integer(integer), Value::Number(number)) => {
            finite(number * *integer as f64)?
        }
        (Value::Money(units), Value::Integer(by)) | (Value::Integer(by), Value::Money(units)) => {
            Value::Money(money::times_integer(*units, *by)?)
        }
        (Value::Money(units), Value::Number(by)) | (Value::Number(by), Value::Money(units)) => {
            Value::Money(money::times_number(*units, *by)?)
        }
        (Value::Duration(units), Value::Integer(by)) | (Value::Integer(by), Value::Duration(units)) => {
            Value::Duration(money::times_integer(*units, *by)?)
        }
        (Value::Duration(units), Value::Number(by)) | (Value::Number(by), Value::Duration(units)) => {
            Value::Duration(money::times_number(*units, *by)?)
        }
        _ => return Err(Failure::Unsuited),
    })
}

/// `left / right`: money or a duration by an integer exactly, by a number in floats, both then half to even; by its like
/// and all others a number.
pub fn divide(left: &Value, right: &Value) -> Result<Value, Failure> {
    if is_zero(right) {
        return Err(Failure::DivisionByZero);
    }
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => finite(*left as f64 / *right as f64),
        (Value::Number(left), Value::Integer(right)) => finite(left / *right as f64),
        (Value::Integer(left), Value::Number(right)) => finite(*left as f64 / right),
        (Value::Number(left), Value::Number(right)) => finite(left / right),
        (Value::Money(units), Value::Integer(by)) => money::over_integer(*units, *by).map(Value::Money),
        (Value::Money(units), Value::Number(by)) => money::over_number(*units, *by).map(Value::Money),
        (Value::Duration(units), Value::Integer(by)) => money::over_integer(*units, *by).map(Value::Duration),
        (Value::Duration(units), Value::Number(by)) => money::over_number(*units, *by).map(Value::Duration),
        (Value::Money(left), Value::Money(right)) | (Value::Duration(left), Value::Duration(right)) => {
            finite(*left as f64 / *right as f64)
        }
        _ => Err(Failure::Unsuited),
    }
}

/// `-x`.
pub fn negate(value: &Value) -> Result<Value, Failure> {
    let minus = |units: i64| units.checked_neg().ok_or(Failure::Overflow);
    Ok(match value {
        Value::Integer(units) => Value::Integer(minus(*units)?),
        Value::Money(units) => Value::Money(minus(*units)?),
        Value::Duration(units) => Value::Duration(minus(*units)?),
        Value::Number(value) => finite(-value)?,
        _ => return Err(Failure::Unsuited),
    })
}

/// `absolute of x`.
pub fn absolute(value: &Value) -> Result<Value, Failure> {
    let size = |units: i64| units.checked_abs().ok_or(Failure::Overflow);
    Ok(match value {
        Value::Integer(units) => Value::Integer(size(*units)?),
        Value::Money(units) => Value::Money(size(*units)?),
        Value::Duration(units) => Value::Duration(size(*units)?),
        Value::Number(value) => finite(value.abs())?,
        _ => return Err(Failure::Unsuited),
    })
}

fn finite(value: f64) -> Result<Value, Failure> {
    number(value).map(Value::Number).ok_or(Failure::Overflow)
}
