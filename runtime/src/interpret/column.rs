//! Values as a column, for answers.

use crate::data::{Bits, Column, Dictionary, Values};
use rustc_hash::FxHashMap;
use segue_compiler::program::Type;
use segue_compiler::values::Value;
use std::sync::Arc;

/// A column of values of one type.
pub(crate) fn from_values(ty: &Type, values: Vec<Option<Value>>) -> Column {
    let known = values.iter().any(Option::is_none).then(|| Bits::from_bools(values.iter().map(Option::is_some)));
    let integers = |of: fn(&Value) -> Option<i64>| -> Vec<i64> {
        values.iter().map(|value| value.as_ref().and_then(of).unwrap_or_default()).collect()
    };
    let stored = match ty {
        Type::Boolean => {
            Values::Boolean(values.iter().map(|value| u8::from(*value == Some(Value::Boolean(true)))).collect())
        }
        Type::Integer | Type::Location => Values::Integer(integers(units)),
        Type::Money(_) => Values::Money(integers(units)),
        Type::Datetime => Values::Instant(integers(units)),
        Type::Duration => Values::Duration(integers(units)),
        Type::Date => Values::Date(integers(units).into_iter().map(|day| day as i32).collect()),
        Type::Number | Type::Percent => {
            let number = |value: &Option<Value>| if let Some(Value::Number(number)) = value { *number } else { 0.0 };
            Values::Number(values.iter().map(number).collect())
        }
        Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone => {
            let (mut codes, mut texts, mut seen) = (Vec::new(), Vec::new(), FxHashMap::default());
            for value in &values {
                codes.push(if let Some(Value::Text(text)) = value {
                    *seen.entry(text.clone()).or_insert_with(|| {
                        texts.push(text.clone());
                        texts.len() as u32 - 1
                    })
                } else {
                    0
                });
            }
            Values::Text { codes, dictionary: Arc::new(Dictionary::Texts(texts.into())) }
        }
        Type::List(element) => {
            let (mut offsets, mut elements) = (vec![0], Vec::new());
            for value in &values {
                if let Some(Value::List(list)) = value {
                    elements.extend(list.iter().cloned().map(Some));
                }
                offsets.push(elements.len() as u32);
            }
            Values::List { offsets, elements: Box::new(from_values(element, elements)) }
        }
        // No value is a list of records; the checker refuses such a trait.
        Type::Records(_) => Values::Boolean(vec![0; values.len()]),
    };
    Column { values: stored, known }
}

fn units(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(units) | Value::Money(units) | Value::Instant(units) | Value::Duration(units) => Some(*units),
        Value::Date(day) => Some((*day).into()),
        _ => None,
    }
}
