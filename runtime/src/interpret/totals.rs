//! Sums and averages of values of one type (rules 8 and 12).

use segue_compiler::program::Type;
use segue_compiler::values::arithmetic::{Failure, judge};
use segue_compiler::values::{Value, money, number};

/// The whole total of integers, money or durations, in 128 bits.
fn whole<'v>(values: impl Iterator<Item = &'v Value>) -> Result<i128, Failure> {
    let units = values.map(|value| match value {
        Value::Integer(units) | Value::Money(units) | Value::Duration(units) => Ok(i128::from(*units)),
        _ => Err(Failure::Unsuited),
    });
    units.sum()
}

/// Floats added in the order given.
fn float<'v>(values: impl Iterator<Item = &'v Value>) -> Result<f64, Failure> {
    values.map(|value| if let Value::Number(term) = value { Ok(*term) } else { Err(Failure::Unsuited) }).sum()
}

/// A float as a value, which is finite.
fn finite(value: f64) -> Result<Value, Failure> {
    number(value).map(Value::Number).ok_or(Failure::Overflow)
}

/// The sum of known values; of none it is 0 (rule 8).
pub(crate) fn sum<'v>(values: impl Iterator<Item = &'v Value>, ty: &Type) -> Result<Value, Failure> {
    match ty {
        Type::Number | Type::Percent => finite(float(values)?),
        ty => whole_sum(whole(values)?, ty),
    }
}

/// The average of known values, at least one.
pub(crate) fn average<'v>(values: impl ExactSizeIterator<Item = &'v Value>, ty: &Type) -> Result<Value, Failure> {
    let count = values.len() as i64;
    match ty {
        Type::Number | Type::Percent => finite(float(values)? / count as f64),
        ty => whole_average(whole(values)?, count, ty),
    }
}

/// A total of integers, money or durations as a value.
pub(crate) fn whole_sum(total: i128, ty: &Type) -> Result<Value, Failure> {
    match ty {
        Type::Integer => judge(total).map(Value::Integer),
        Type::Money(_) => judge(total).map(Value::Money),
        Type::Duration => judge(total).map(Value::Duration),
        _ => Err(Failure::Unsuited),
    }
}

/// The average of so many integers, amounts or durations, by their total.
pub(crate) fn whole_average(total: i128, count: i64, ty: &Type) -> Result<Value, Failure> {
    match ty {
        Type::Integer => finite(total as f64 / count as f64),
        Type::Money(_) => money::average(total, count).map(Value::Money),
        Type::Duration => money::average(total, count).map(Value::Duration),
        _ => Err(Failure::Unsuited),
    }
}
