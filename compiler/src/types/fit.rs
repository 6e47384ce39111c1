//! Do two values go together? Brings both to one type, or says what is wrong in the writer's terms.

use super::scope::Scope;
use super::values::{bare_word, constant, inside, literal, to_number, to_text};
use super::{Checker, messages};
use crate::builtins::Function;
use crate::program::{Expr, ExprKind, TraitId, Type};
use crate::syntax::tree::{self, ExprKind as Tree, Literal};
use crate::values::Value;
use crate::values::calendar::{MONTHS, WEEKDAYS};
use std::sync::Arc;

/// A value with the text it was written as.
#[derive(Debug, Clone)]
pub(crate) struct Side<'tree> {
    pub(crate) written: &'tree tree::Expr,
    pub(crate) value: Expr,
}

/// Whether the type is text underneath.
fn is_textual(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone)
}

/// Whether values of both types can be held against each other as they are.
pub(crate) fn alike(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::Id(_), Type::Id(_)) => true,
        _ => left == right,
    }
}

impl<'tree> Checker<'tree> {
    /// The right side of a comparison: a listed value or the name of a month may stand there bare.
    pub(crate) fn operand(&mut self, written: &'tree tree::Expr, left: Option<&Type>, scope: Scope) -> Option<Expr> {
        if let (Some(Type::OneOf(listed)), Some(word)) = (left, bare_word(written)) {
            let exact = listed.iter().find(|value| **value == word.text);
            let folded = || listed.iter().find(|value| value.to_lowercase() == word.text.to_lowercase());
            if let Some(value) = exact.or_else(folded) {
                let ty = Type::OneOf(Arc::clone(listed));
                return Some(constant(Value::Text(Arc::clone(value)), ty, written.span));
            }
            if !self.names_something(word, scope) {
                let close = self.closest(&word.text, listed.iter().cloned());
                return self.refuse(messages::value_not_listed(&word.text, word.span, listed, &close));
            }
        }
        if let (Some(Type::Boolean), Some(word)) = (left, bare_word(written))
            && !self.names_something(word, scope)
            && matches!(word.text.to_lowercase().as_str(), "yes" | "no" | "y" | "n" | "on" | "off")
        {
            return self.refuse(messages::yes_no_in_quotes(word.span, &word.text));
        }
        if let (Some(ty), Some(word)) = (left, bare_word(written))
            && (is_textual(ty) || matches!(ty, Type::List(_)))
            && !self.names_something(word, scope)
        {
            return self.refuse(match nearly_a_test(&word.text) {
                Some(meant) => messages::misspelt_test(&word.text, written.span, meant),
                None => messages::text_without_quotes(&word.text, written.span),
            });
        }
        self.value(written, scope)
    }

    /// The right side of `is` where the left is a part of a date: `month of birth_date is june`.
    pub(crate) fn calendar_name(
        &mut self,
        left: &Expr,
        written: &'tree tree::Expr,
        scope: Scope,
    ) -> Option<Option<Expr>> {
        if let ExprKind::Trait(id) = &left.kind {
            return self.calendar_name_of_a_trait(*id, written, scope);
        }
        let ExprKind::Call(function, _) = &left.kind else { return None };
        let names = calendar_names(*function)?;
        let word = match (bare_word(written), literal(written)) {
            (Some(word), _) if names.contains(&word.text.to_lowercase().as_str()) => Arc::clone(&word.text),
            (Some(word), _) if self.names_something(word, scope) => return None,
            (Some(word), _) => Arc::clone(&word.text),
            (None, Some(Literal::Text(text))) => Arc::clone(text),
            (None, Some(Literal::Integer(number))) => {
                let most = names.len() as i64;
                if *number < 1 || *number > most {
                    return Some(self.refuse(messages::no_such_month(written.span, *function, most)));
                }
                return None;
            }
            _ => return None,
        };
        let folded = word.to_lowercase();
        if let Some(at) = names.iter().position(|name| *name == folded) {
            return Some(Some(constant(Value::Integer(at as i64 + 1), Type::Integer, written.span)));
        }
        let short =
            names.iter().filter(|name| folded.len() >= 3 && name.starts_with(&folded)).map(|name| Arc::from(*name));
        let mut close: Vec<Arc<str>> = short.collect();
        if close.is_empty() {
            close = self.closest(&word, names.iter().map(|name| Arc::from(*name)));
        }
        Some(self.refuse(messages::unknown_calendar_name(&word, written.span, *function, &close)))
    }

    /// `trait day = weekday of born`, `day is sunday`: the trait is a number, and only the words `weekday of` tell of what.
    fn calendar_name_of_a_trait(
        &mut self,
        id: TraitId,
        written: &'tree tree::Expr,
        scope: Scope,
    ) -> Option<Option<Expr>> {
        let word = bare_word(written).filter(|word| !self.names_something(word, scope))?;
        let done = self.traits.get(id.0 as usize).and_then(super::State::done)?;
        let ExprKind::Call(function, _) = done.value.kind else { return None };
        let folded = word.text.to_lowercase();
        let at = calendar_names(function)?.iter().position(|name| *name == folded)?;
        let message = messages::calendar_name_of_a_trait(word, function, at + 1);
        Some(self.refuse(message))
    }

    /// Brings two sides to one type.
    pub(crate) fn fit(&mut self, left: Side<'tree>, right: Side<'tree>) -> Option<(Expr, Expr)> {
        let mut both = self.same_type(vec![left, right])?.into_iter();
        Some((both.next()?, both.next()?))
    }

    /// Brings all sides to the type of the first, or to one that holds them all.
    pub(crate) fn same_type(&mut self, sides: Vec<Side<'tree>>) -> Option<Vec<Expr>> {
        self.joined_type(sides, false)
    }

    /// The same for the choices of `otherwise`, among which any text may stand.
    pub(crate) fn choices_type(&mut self, sides: Vec<Side<'tree>>) -> Option<Vec<Expr>> {
        self.joined_type(sides, true)
    }

    fn joined_type(&mut self, sides: Vec<Side<'tree>>, any_text: bool) -> Option<Vec<Expr>> {
        let first = sides.first()?.clone();
        let mut failed = false;
        let mut settled: Vec<Side<'tree>> = Vec::with_capacity(sides.len());
        for side in sides {
            match self.written_for(&first, side, any_text) {
                Some(side) => settled.push(side),
                None => failed = true,
            }
        }
        // A literal on the left takes the type of a value on the right as well.
        if let Some(other) = settled.iter().find(|side| literal(side.written).is_none()).cloned()
            && literal(first.written).is_some()
            && !failed
        {
            let mut again = Vec::with_capacity(settled.len());
            for side in settled {
                match self.written_for(&other, side, any_text) {
                    Some(side) => again.push(side),
                    None => failed = true,
                }
            }
            settled = again;
        }
        if failed {
            return None;
        }
        let types: Vec<&Type> = settled.iter().map(|side| &side.value.ty).collect();
        let first_type = types.first().copied()?.clone();
        if types.iter().all(|ty| alike(ty, &first_type)) {
            return Some(settled.into_iter().map(|side| side.value).collect());
        }
        if types.iter().all(|ty| matches!(ty, Type::Integer | Type::Number | Type::Percent)) {
            let shares = types.contains(&&Type::Percent);
            if let (true, Some(whole)) = (shares, settled.iter().find(|side| side.value.ty == Type::Integer)) {
                let share = settled.iter().find(|side| side.value.ty == Type::Percent).unwrap_or(whole);
                return self.refuse(messages::share_and_integer(share.written.span, whole.written.span));
            }
            return Some(settled.into_iter().map(|side| to_number(side.value)).collect());
        }
        if types.iter().all(|ty| is_textual(ty)) {
            return Some(settled.into_iter().map(|side| to_text(side.value)).collect());
        }
        let odd = settled.iter().find(|side| !alike(&side.value.ty, &first_type))?.clone();
        let first = settled.into_iter().next()?;
        self.does_not_fit(&first, &odd)
    }

    /// Reads a written value in the light of what it is held against: `7` as an id, `"gold"` as a listed value.
    fn written_for(&mut self, other: &Side<'tree>, side: Side<'tree>, any_text: bool) -> Option<Side<'tree>> {
        if alike(&other.value.ty, &side.value.ty) {
            return Some(side);
        }
        let Some(written) = literal(side.written) else { return Some(side) };
        let span = side.written.span;
        let value = match (&other.value.ty, written) {
            (ty @ Type::Id(_), Literal::Integer(number)) => {
                constant(Value::Text(number.to_string().into()), ty.clone(), span)
            }
            (ty @ Type::Id(_), Literal::Text(text)) => constant(Value::Text(Arc::clone(text)), ty.clone(), span),
            (ty @ Type::Timezone, Literal::Text(text)) => {
                if text.parse::<chrono_tz::Tz>().is_err() {
                    return self.refuse(crate::names::messages::unknown_zone(text, span));
                }
                constant(Value::Text(Arc::clone(text)), ty.clone(), span)
            }
            (Type::OneOf(listed), Literal::Text(text)) if any_text && !listed.contains(text) => return Some(side),
            (ty @ Type::OneOf(listed), Literal::Text(text)) => {
                if !listed.contains(text) {
                    let close = self.closest(text, listed.iter().cloned());
                    return self.refuse(messages::value_not_listed(text, span, listed, &close));
                }
                constant(Value::Text(Arc::clone(text)), ty.clone(), span)
            }
            (Type::Percent, Literal::Integer(0)) => constant(Value::Number(0.0), Type::Percent, span),
            // 0.10 can only be a share; 10 or 1.5 may be meant either way.
            (Type::Percent, Literal::Number(share)) if share.abs() < 1.0 => {
                constant(Value::Number(*share), Type::Percent, span)
            }
            (Type::Percent, Literal::Integer(_) | Literal::Number(_)) => {
                let text = self.written(span).to_owned();
                return self.refuse(messages::percent_or_number(span, &text));
            }
            (Type::Integer, Literal::Percent(_)) => {
                return self.refuse(messages::share_and_integer(span, other.written.span));
            }
            _ => return Some(side),
        };
        Some(Side { value, ..side })
    }

    /// Says why two values do not go together.
    fn does_not_fit<T>(&mut self, left: &Side<'tree>, right: &Side<'tree>) -> Option<T> {
        let (left_type, right_type) = (&left.value.ty, &right.value.ty);
        let message = match (left_type, right_type) {
            (Type::Money(ours), Type::Money(theirs)) => {
                messages::currencies_mixed(left.written.span, *ours, right.written.span, *theirs)
            }
            (Type::Money(currency), Type::Integer | Type::Number) => {
                let is_literal = literal(right.written).is_some();
                messages::number_of_what(
                    right.written.span,
                    self.written(right.written.span),
                    currency.code(),
                    is_literal,
                )
            }
            (Type::Integer | Type::Number, Type::Money(currency)) if literal(right.written).is_some() => {
                messages::money_against_number(left.written.span, right.written.span, currency.code())
            }
            (Type::Integer | Type::Number, Type::Money(currency)) => {
                let is_literal = literal(left.written).is_some();
                messages::number_of_what(
                    left.written.span,
                    self.written(left.written.span),
                    currency.code(),
                    is_literal,
                )
            }
            (Type::Duration, Type::Integer | Type::Number) => {
                let is_literal = literal(right.written).is_some();
                messages::how_long(right.written.span, self.written(right.written.span), is_literal)
            }
            (Type::Integer | Type::Number, Type::Duration) => {
                let written = literal(right.written).cloned();
                let call = match &left.value.kind {
                    ExprKind::Call(Function::UnitsSince(unit) | Function::UnitsUntil(unit), _) => Some(*unit),
                    _ => None,
                };
                match written {
                    Some(Literal::Duration(amount)) => {
                        messages::count_against_duration(right.written.span, amount, call, left.written.span)
                    }
                    _ => messages::how_long(
                        left.written.span,
                        self.written(left.written.span),
                        literal(left.written).is_some(),
                    ),
                }
            }
            (Type::Date, Type::Datetime) | (Type::Datetime, Type::Date) => {
                let instant = if *left_type == Type::Datetime { left } else { right };
                if let Tree::Moment(tree::Moment::Now) = inside(instant.written).kind {
                    return self.refuse(messages::now_for_today(instant.written.span));
                }
                if let Some(Literal::Datetime(_)) = literal(instant.written) {
                    let text = self.written(instant.written.span);
                    return self.refuse(messages::time_written_for_date(instant.written.span, text));
                }
                messages::date_with_datetime(
                    left.written.span.to(right.written.span),
                    instant.written.span,
                    self.written(instant.written.span),
                )
            }
            (ty, Type::Integer | Type::Number) if is_textual(ty) && literal(right.written).is_some() => {
                messages::number_as_text(right.written.span, self.written(right.written.span), &messages::kind(ty))
            }
            (ty, Type::Text) if quantity_in_quotes(ty, right.written).is_some() => {
                let quantity = quantity_in_quotes(ty, right.written).unwrap_or_default();
                messages::quantity_in_quotes(right.written.span, &quantity)
            }
            (Type::List(_) | Type::Records(_), _) => messages::list_is_no_value(left.written.span),
            (_, Type::List(_) | Type::Records(_)) => messages::list_is_no_value(right.written.span),
            (Type::Date | Type::Datetime, Type::Text) if literal(right.written).is_some() => {
                messages::date_in_quotes(right.written.span, self.written(right.written.span))
            }
            (Type::Boolean, Type::Text) if literal(right.written).is_some() => {
                messages::yes_no_in_quotes(right.written.span, self.written(right.written.span))
            }
            _ => messages::two_kinds(left.written.span, left_type, right.written.span, right_type),
        };
        self.refuse(message)
    }

    /// Whether the expression is a call such as `time since X`, for messages.
    pub(crate) fn since_call(written: &tree::Expr) -> Option<(&tree::Word, tree::CallShape)> {
        match &inside(written).kind {
            Tree::Call { function, shape, .. } => Some((function, *shape)),
            _ => None,
        }
    }
}

/// The word of the language after `is` that this one is nearly.
fn nearly_a_test(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let near = ["missing", "known", "empty"].map(|meant| (strsim::damerau_levenshtein(meant, &lower), meant));
    near.into_iter().filter(|(distance, meant)| *distance * 3 <= meant.len()).min().map(|(_, meant)| meant)
}

/// What a number in quotes was meant to be beside a value of the type; `None` where there is no number in them.
fn quantity_in_quotes(ty: &Type, written: &tree::Expr) -> Option<String> {
    let Some(Literal::Text(text)) = literal(written) else { return None };
    let number = text.trim();
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole.strip_prefix('-').unwrap_or(whole)) || !digits(decimals) {
        return None;
    }
    match ty {
        Type::Integer | Type::Number => Some(number.to_owned()),
        Type::Money(currency) => Some(format!("{number} {}", currency.code())),
        Type::Percent => Some(format!("{number}%")),
        Type::Duration => Some(format!("{number} days")),
        _ => None,
    }
}

/// The names that the numbers of a part of a date have.
fn calendar_names(function: Function) -> Option<&'static [&'static str]> {
    match function {
        Function::MonthOf => Some(&MONTHS),
        Function::WeekdayOf => Some(&WEEKDAYS),
        _ => None,
    }
}
