//! One answer from the values of the rows that count (rules 8, 12 and 13).

use crate::interpret::compare_values;
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::program::Type;
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::arithmetic::{Failure, judge};
use segue_compiler::values::{Value, money, number};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// A known value of a row that counts.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The event or record that it belongs to.
    pub(super) event: usize,
    pub(super) value: Value,
}

/// The answer; `None` where there is none (rule 8). `moments` orders two events.
pub(super) fn fold(
    operator: AggregateOperator,
    asked: Vec<Asked>,
    ty: &Type,
    moments: &dyn Fn(usize, usize) -> Ordering,
) -> Result<Option<Value>, Failure> {
    let by_moment = |one: &Asked, other: &Asked| {
        moments(one.event, other.event).then_with(|| compare_values(&one.value, &other.value, ty))
    };
    Ok(match operator {
        AggregateOperator::First => asked.into_iter().min_by(by_moment).map(|asked| asked.value),
        AggregateOperator::Latest => asked.into_iter().max_by(by_moment).map(|asked| asked.value),
        AggregateOperator::MostFrequent => most_frequent(asked, ty, moments),
        AggregateOperator::Smallest => {
            asked.into_iter().map(|asked| asked.value).min_by(|one, other| compare_values(one, other, ty))
        }
        AggregateOperator::Largest => {
            asked.into_iter().map(|asked| asked.value).max_by(|one, other| compare_values(one, other, ty))
        }
        AggregateOperator::Different => {
            let different: FxHashSet<Same> = asked.into_iter().map(|asked| Same(asked.value)).collect();
            Some(Value::Integer(different.len() as i64))
        }
        AggregateOperator::Sum => Some(sum(&asked, ty)?),
        AggregateOperator::Average if asked.is_empty() => None,
        AggregateOperator::Average => Some(average(&asked, ty)?),
        _ => return Err(Failure::Unsuited),
    })
}

/// Rule 13: highest count, then seen last, then greater value.
fn most_frequent(asked: Vec<Asked>, ty: &Type, moments: &dyn Fn(usize, usize) -> Ordering) -> Option<Value> {
    let mut seen: FxHashMap<Same, (u64, usize)> = FxHashMap::default();
    for asked in asked {
        let (count, last) = seen.entry(Same(asked.value)).or_insert((0, asked.event));
        *count += 1;
        if moments(*last, asked.event).is_lt() {
            *last = asked.event;
        }
    }
    let by_rank = |left: &(Same, (u64, usize)), right: &(Same, (u64, usize))| {
        let counts = left.1.0.cmp(&right.1.0);
        counts.then_with(|| moments(left.1.1, right.1.1)).then_with(|| compare_values(&left.0.0, &right.0.0, ty))
    };
    seen.into_iter().max_by(by_rank).map(|(value, _)| value.0)
}

fn whole(asked: &[Asked]) -> Result<i128, Failure> {
    let units = asked.iter().map(|asked| match asked.value {
        Value::Integer(units) | Value::Money(units) | Value::Duration(units) => Ok(i128::from(units)),
        _ => Err(Failure::Unsuited),
    });
    units.sum()
}

fn float(asked: &[Asked]) -> Result<f64, Failure> {
    asked
        .iter()
        .map(|asked| if let Value::Number(term) = asked.value { Ok(term) } else { Err(Failure::Unsuited) })
        .sum()
}

/// A float as an answer.
pub(super) fn finite(value: f64) -> Result<Value, Failure> {
    number(value).map(Value::Number).ok_or(Failure::Overflow)
}

fn sum(asked: &[Asked], ty: &Type) -> Result<Value, Failure> {
    match ty {
        Type::Number | Type::Percent => finite(float(asked)?),
        ty => whole_sum(whole(asked)?, ty),
    }
}

fn average(asked: &[Asked], ty: &Type) -> Result<Value, Failure> {
    let count = asked.len() as i64;
    match ty {
        Type::Number | Type::Percent => finite(float(asked)? / count as f64),
        ty => whole_average(whole(asked)?, count, ty),
    }
}

/// The sum of whole things as a value.
pub(super) fn whole_sum(total: i128, ty: &Type) -> Result<Value, Failure> {
    let constructor = match ty {
        Type::Integer => Value::Integer,
        Type::Money(_) => Value::Money,
        Type::Duration => Value::Duration,
        _ => return Err(Failure::Unsuited),
    };
    judge(total).map(constructor)
}

/// The average of whole things as a value.
pub(super) fn whole_average(total: i128, count: i64, ty: &Type) -> Result<Value, Failure> {
    match ty {
        Type::Integer => finite(total as f64 / count as f64),
        Type::Money(_) => money::average(total, count).map(Value::Money),
        Type::Duration => money::average(total, count).map(Value::Duration),
        _ => Err(Failure::Unsuited),
    }
}

/// A value as a key: equal values are one.
#[derive(Debug, Clone)]
struct Same(Value);

impl PartialEq for Same {
    fn eq(&self, other: &Same) -> bool {
        self.0 == other.0
    }
}

// Numbers are finite, so equality is total.
impl Eq for Same {}

impl Hash for Same {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::Boolean(value) => value.hash(state),
        Value::Integer(value) | Value::Money(value) | Value::Instant(value) | Value::Duration(value) => {
            value.hash(state);
        }
        Value::Number(value) => value.to_bits().hash(state),
        Value::Text(value) => value.hash(state),
        Value::Date(value) => value.hash(state),
        Value::List(values) => values.iter().for_each(|value| hash(value, state)),
    }
}
