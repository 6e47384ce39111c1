//! Order and identity of values.

use crate::data::compare_ids;
use segue_compiler::program::Type;
use segue_compiler::values::Value;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Order of two values of one type: ids as [`compare_ids`] says, text by code point, no before yes.
pub fn compare_values(left: &Value, right: &Value, ty: &Type) -> Ordering {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) if matches!(ty, Type::Id(_)) => compare_ids(left, right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        (Value::Integer(left), Value::Integer(right))
        | (Value::Money(left), Value::Money(right))
        | (Value::Instant(left), Value::Instant(right))
        | (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        // Numbers are finite and never -0.0, so the total order is the usual one.
        (Value::Number(left), Value::Number(right)) => left.total_cmp(right),
        (Value::List(left), Value::List(right)) => {
            let element = if let Type::List(element) = ty { element } else { ty };
            let pairs = left.iter().zip(right.iter());
            pairs
                .map(|(left, right)| compare_values(left, right, element))
                .find(|order| order.is_ne())
                .unwrap_or_else(|| left.len().cmp(&right.len()))
        }
        _ => Ordering::Equal,
    }
}

/// A value as a key: equal values are one.
#[derive(Debug, Clone)]
pub(crate) struct Distinct(pub(crate) Value);

impl PartialEq for Distinct {
    fn eq(&self, other: &Distinct) -> bool {
        self.0 == other.0
    }
}

// Numbers are finite, so equality is total.
impl Eq for Distinct {}

impl Hash for Distinct {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_value(&self.0, state);
    }
}

fn hash_value<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::Boolean(value) => value.hash(state),
        Value::Integer(value) | Value::Money(value) | Value::Instant(value) | Value::Duration(value) => {
            value.hash(state)
        }
        Value::Number(value) => value.to_bits().hash(state),
        Value::Text(value) => value.hash(state),
        Value::Date(value) => value.hash(state),
        Value::List(values) => values.iter().for_each(|value| hash_value(value, state)),
    }
}
