//! One answer from the values of the rows that count (rules 8, 12 and 13).

use crate::interpret::{Distinct, average, compare_values, sum};
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::program::Type;
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::Value;
use segue_compiler::values::arithmetic::Failure;
use std::cmp::Ordering;

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
            let different: FxHashSet<Distinct> = asked.into_iter().map(|asked| Distinct(asked.value)).collect();
            Some(Value::Integer(different.len() as i64))
        }
        AggregateOperator::Sum => Some(sum(asked.iter().map(|asked| &asked.value), ty)?),
        AggregateOperator::Average if asked.is_empty() => None,
        AggregateOperator::Average => Some(average(asked.iter().map(|asked| &asked.value), ty)?),
        _ => return Err(Failure::Unsuited),
    })
}

/// Rule 13: highest count, then seen last, then greater value.
fn most_frequent(asked: Vec<Asked>, ty: &Type, moments: &dyn Fn(usize, usize) -> Ordering) -> Option<Value> {
    let mut seen: FxHashMap<Distinct, (u64, usize)> = FxHashMap::default();
    for asked in asked {
        let (count, last) = seen.entry(Distinct(asked.value)).or_insert((0, asked.event));
        *count += 1;
        if moments(*last, asked.event).is_lt() {
            *last = asked.event;
        }
    }
    let by_rank = |left: &(Distinct, (u64, usize)), right: &(Distinct, (u64, usize))| {
        let counts = left.1.0.cmp(&right.1.0);
        counts.then_with(|| moments(left.1.1, right.1.1)).then_with(|| compare_values(&left.0.0, &right.0.0, ty))
    };
    seen.into_iter().max_by(by_rank).map(|(value, _)| value.0)
}
