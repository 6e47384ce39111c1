//! Sums and products: units, currencies, dates that are moved, and what cannot be calculated with.

use super::fit::Side;
use super::scope::Scope;
use super::values::{constant, literal, made, to_number};
use super::{Checker, MOST_STEPS, messages};
use crate::program::{Expr, ExprKind, Type};
use crate::source::Span;
use crate::syntax::tree::{self, Factor, Literal, Sign};
use crate::values::Value;

impl<'tree> Checker<'tree> {
    /// `-x`
    pub(crate) fn negated(&mut self, inner: &'tree tree::Expr, span: Span, scope: Scope) -> Option<Expr> {
        let value = self.value(inner, scope)?;
        let value = if value.ty == Type::Percent && literal(inner).is_none() { to_number(value) } else { value };
        let ty = value.ty.clone();
        if let ExprKind::Constant(written) = &value.kind {
            let negative = match written {
                Value::Integer(number) => number.checked_neg().map(Value::Integer),
                Value::Number(number) => crate::values::number(-number).map(Value::Number),
                Value::Money(units) => units.checked_neg().map(Value::Money),
                Value::Duration(micros) => micros.checked_neg().map(Value::Duration),
                _ => None,
            };
            if let Some(negative) = negative {
                return Some(constant(negative, ty, span));
            }
        }
        match ty {
            Type::Integer | Type::Number | Type::Money(_) | Type::Duration => {
                Some(made(ExprKind::Negate(Box::new(value)), ty, true, span))
            }
            _ => self.refuse(messages::cannot_calculate(span, "take the opposite of", &[(inner.span, &ty)])),
        }
    }

    /// `a + b - c`
    pub(crate) fn sum(&mut self, terms: &'tree [(Sign, tree::Expr)], span: Span, scope: Scope) -> Option<Expr> {
        let ((_, first), rest) = terms.split_first()?;
        let start = self.value(first, scope);
        if let Some(start) = &start
            && matches!(start.ty, Type::Date | Type::Datetime)
        {
            return self.moved(first, start.clone(), rest, scope);
        }
        let mut failed = start.is_none();
        let mut signs = vec![Sign::Plus];
        let mut sides = Vec::with_capacity(terms.len());
        sides.extend(start.map(|value| Side { written: first, value }));
        for (sign, term) in rest {
            match self.value(term, scope) {
                Some(value) => {
                    signs.push(*sign);
                    sides.push(Side { written: term, value });
                }
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        for side in &sides {
            let fine =
                matches!(side.value.ty, Type::Integer | Type::Number | Type::Percent | Type::Money(_) | Type::Duration);
            if !fine {
                let what = [(side.written.span, &side.value.ty)];
                return self.refuse(messages::cannot_calculate(span, "add or subtract", &what));
            }
        }
        // Shares are plain numbers in arithmetic: `1 - discount`.
        let with_share = sides.iter().any(|side| side.value.ty == Type::Percent);
        if with_share && sides.iter().all(|side| matches!(side.value.ty, Type::Integer | Type::Number | Type::Percent))
        {
            for side in &mut sides {
                side.value = to_number(side.value.clone());
            }
        } else {
            for side in &mut sides {
                if side.value.ty == Type::Percent {
                    side.value = to_number(side.value.clone());
                }
            }
        }
        let values = self.same_type(sides)?;
        let ty = values.first()?.ty.clone();
        let terms = signs.into_iter().zip(values).collect();
        Some(made(ExprKind::Sum(terms), ty, true, span))
    }

    /// A date or instant plus or minus calendar units, or the time between two of them.
    fn moved(
        &mut self,
        first: &'tree tree::Expr,
        start: Expr,
        rest: &'tree [(Sign, tree::Expr)],
        scope: Scope,
    ) -> Option<Expr> {
        if let Some((_, last)) = rest.get(MOST_STEPS) {
            return self.refuse(messages::too_many_steps(last.span, MOST_STEPS));
        }
        let mut moment = start;
        let mut before = first;
        for (at, (sign, term)) in rest.iter().enumerate() {
            let span = first.span.to(term.span);
            if let Some(amount) = self.written_amount(term, scope) {
                let shorter = matches!(amount.unit, tree::Unit::Hour | tree::Unit::Minute | tree::Unit::Second);
                if shorter && moment.ty == Type::Date {
                    return self.refuse(messages::hours_on_a_date(term.span, first.span));
                }
                let ty = moment.ty.clone();
                moment = made(ExprKind::Shift { moment: Box::new(moment), sign: *sign, amount }, ty, true, span);
                before = term;
                continue;
            }
            let value = self.value(term, scope)?;
            match (&value.ty, sign) {
                (Type::Date | Type::Datetime, Sign::Minus) if at == 0 && rest.len() == 1 => {
                    let left = Side { written: first, value: moment };
                    let (later, earlier) = self.fit(left, Side { written: term, value })?;
                    let difference = ExprKind::Difference(Box::new(later), Box::new(earlier));
                    return Some(made(difference, Type::Duration, true, span));
                }
                (Type::Date | Type::Datetime, Sign::Minus) => {
                    return self.refuse(messages::difference_in_brackets(span));
                }
                (Type::Date | Type::Datetime, Sign::Plus) => {
                    return self.refuse(messages::dates_added(before.span, term.span));
                }
                (Type::Integer | Type::Number, _) => {
                    let text = self.written(term.span).to_owned();
                    return self.refuse(messages::how_long(term.span, &text, literal(term).is_some()));
                }
                (Type::Duration, _) => return self.refuse(messages::moved_by_a_value(term.span)),
                _ => return self.refuse(messages::two_kinds(first.span, &moment.ty, term.span, &value.ty)),
            }
        }
        Some(moment)
    }

    /// `a * b / c`
    pub(crate) fn product(&mut self, factors: &'tree [(Factor, tree::Expr)], span: Span, scope: Scope) -> Option<Expr> {
        let mut values: Vec<(Factor, Expr)> = Vec::with_capacity(factors.len());
        let mut failed = false;
        for (factor, written) in factors {
            match self.value(written, scope) {
                Some(value) => {
                    let value = if value.ty == Type::Percent { to_number(value) } else { value };
                    if *factor == Factor::Over && is_zero(written) {
                        self.report(messages::divided_by_zero(written.span));
                        failed = true;
                    }
                    values.push((*factor, value));
                }
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        let mut sofar: Option<Type> = None;
        let mut sofar_span = span;
        for ((factor, value), (_, written)) in values.iter().zip(factors) {
            let next = match sofar {
                None => match &value.ty {
                    Type::Integer | Type::Number | Type::Money(_) | Type::Duration => Some(value.ty.clone()),
                    _ => None,
                },
                Some(ref left) => step(left, *factor, &value.ty),
            };
            let Some(next) = next else {
                let message = match (&sofar, &value.ty, factor) {
                    (Some(Type::Money(ours)), Type::Money(theirs), Factor::Over) => {
                        messages::currencies_mixed(sofar_span, *ours, written.span, *theirs)
                    }
                    (Some(left), right, Factor::Times) => {
                        messages::cannot_calculate(span, "multiply", &[(sofar_span, left), (written.span, right)])
                    }
                    (Some(left), right, Factor::Over) => {
                        messages::cannot_calculate(span, "divide", &[(sofar_span, left), (written.span, right)])
                    }
                    (None, right, _) => {
                        messages::cannot_calculate(span, "multiply or divide", &[(written.span, right)])
                    }
                };
                return self.refuse(message);
            };
            sofar_span = if sofar.is_none() { written.span } else { sofar_span.to(written.span) };
            sofar = Some(next);
        }
        Some(made(ExprKind::Product(values), sofar?, true, span))
    }
}

fn is_zero(written: &tree::Expr) -> bool {
    match literal(written) {
        Some(Literal::Integer(number)) => *number == 0,
        Some(Literal::Number(number) | Literal::Percent(number)) => *number == 0.0,
        Some(Literal::Money { units, .. }) => *units == 0,
        _ => false,
    }
}

/// What a product so far becomes with one factor more; `None` where that has no meaning.
pub(crate) fn step(left: &Type, factor: Factor, right: &Type) -> Option<Type> {
    let scalar = |ty: &Type| matches!(ty, Type::Integer | Type::Number);
    let quantity = |ty: &Type| matches!(ty, Type::Money(_) | Type::Duration);
    match (left, factor, right) {
        (Type::Integer, Factor::Times, Type::Integer) => Some(Type::Integer),
        (left, _, right) if scalar(left) && scalar(right) => Some(Type::Number),
        (left, Factor::Times, right) if scalar(left) && quantity(right) => Some(right.clone()),
        (left, _, right) if quantity(left) && scalar(right) => Some(left.clone()),
        (left, Factor::Over, right) if quantity(left) && left == right => Some(Type::Number),
        _ => None,
    }
}
