//! Working out a `let` once, so that it is one value wherever it is used.

use crate::program::{Conversion, Expr, ExprKind};
use crate::syntax::tree::{Factor, Sign};
use crate::values::{Value, arithmetic};

/// The value of a constant calculation; `None` where it has none, or is not one of numbers, money and lengths of time.
pub(crate) fn work_out(value: &Expr) -> Option<Value> {
    match &value.kind {
        ExprKind::Constant(known) => Some(known.clone()),
        ExprKind::Convert(Conversion::IntegerToNumber | Conversion::PercentNumber, inner) => match work_out(inner)? {
            Value::Integer(whole) => Some(Value::Number(whole as f64)),
            other => Some(other),
        },
        ExprKind::Negate(inner) => arithmetic::negate(&work_out(inner)?).ok(),
        ExprKind::Sum(terms) => {
            let known: Option<Vec<(bool, Value)>> =
                terms.iter().map(|(sign, term)| Some((*sign == Sign::Minus, work_out(term)?))).collect();
            arithmetic::sum(known?.iter().map(|(minus, term)| (*minus, term))).ok()
        }
        ExprKind::Product(factors) => {
            let known: Option<Vec<(bool, Value)>> =
                factors.iter().map(|(factor, value)| Some((*factor == Factor::Over, work_out(value)?))).collect();
            arithmetic::product(known?.iter().map(|(over, value)| (*over, value))).ok()
        }
        _ => None,
    }
}
