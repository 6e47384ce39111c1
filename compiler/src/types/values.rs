//! Values: what is written, named, called, rounded, or chosen with `otherwise`.

use super::fit::Side;
use super::scope::{Found, Scope};
use super::{Checker, messages};
use crate::builtins::{self, Argument, Function, Gives};
use crate::program::{Asked, Conversion, Expr, ExprKind, Type};
use crate::source::Span;
use crate::syntax::tree::{self, Amount, ExprKind as Tree, IsTest, Literal, Moment, Rounding, Unit, WrittenTime};
use crate::values::{MONEY_SCALE, Value};
use chrono::TimeZone;
use std::sync::Arc;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// A node of the checked program.
pub(crate) fn made(kind: ExprKind, ty: Type, may_be_missing: bool, span: Span) -> Expr {
    Expr { kind, ty, may_be_missing, span }
}

/// A written value as a node.
pub(crate) fn constant(value: Value, ty: Type, span: Span) -> Expr {
    made(ExprKind::Constant(value), ty, false, span)
}

/// The expression without the brackets around it.
pub(crate) fn inside(written: &tree::Expr) -> &tree::Expr {
    let mut written = written;
    while let Tree::Bracketed(inner) = &written.kind {
        written = inner;
    }
    written
}

/// The written value, where there is nothing but one (and brackets).
pub(crate) fn literal(written: &tree::Expr) -> Option<&Literal> {
    match &inside(written).kind {
        Tree::Literal(literal) => Some(literal),
        _ => None,
    }
}

/// The single word, where there is nothing but one.
pub(crate) fn bare_word(written: &tree::Expr) -> Option<&tree::Word> {
    match &inside(written).kind {
        Tree::Name(path) => match path.words.as_slice() {
            [word] => Some(word),
            _ => None,
        },
        _ => None,
    }
}

/// Microseconds of an amount of units of fixed length.
pub(crate) fn fixed_length(amount: Amount) -> Option<i64> {
    let unit = match amount.unit {
        Unit::Second => 1_000_000,
        Unit::Minute => 60_000_000,
        Unit::Hour => 3_600_000_000,
        Unit::Day => DAY,
        Unit::Week => 7 * DAY,
        Unit::Month | Unit::Quarter | Unit::Year => return None,
    };
    amount.count.checked_mul(unit)
}

impl<'tree> Checker<'tree> {
    /// Checks a value or a condition.
    pub(crate) fn value(&mut self, written: &'tree tree::Expr, scope: Scope) -> Option<Expr> {
        let span = written.span;
        match &written.kind {
            Tree::Error => None,
            Tree::Literal(literal) => self.written_value(literal, span),
            Tree::Name(path) => match self.resolve(path, scope)? {
                Found::Value(value) => Some(Expr { span, ..value }),
                other => self.no_value(other, path),
            },
            Tree::Moment(moment) => Some(match moment {
                Moment::Now => made(ExprKind::Now, Type::Datetime, false, span),
                Moment::Today => made(ExprKind::Day(0), Type::Date, false, span),
                Moment::Yesterday => made(ExprKind::Day(-1), Type::Date, false, span),
            }),
            Tree::Bracketed(inner) => self.value(inner, scope),
            Tree::Negate(inner) => self.negated(inner, span, scope),
            Tree::Sum(terms) => self.sum(terms, span, scope),
            Tree::Product(factors) => self.product(factors, span, scope),
            Tree::Otherwise(choices) => self.otherwise(choices, span, scope),
            Tree::Call { function, shape, argument } => self.call(function, *shape, argument, span, scope),
            Tree::Rounded { value, direction, decimals } => self.rounded(value, *direction, *decimals, span, scope),
            Tree::Compare { left, operator, operator_span, right, ignoring_case } => {
                self.compare(left, *operator, *operator_span, right, *ignoring_case, span, scope)
            }
            Tree::Range { value, from, to } => self.range(value, from, to, span, scope),
            Tree::Is { left, negated, test, ignoring_case } => {
                self.is(written, left, *negated, test, *ignoring_case, scope)
            }
            Tree::Text { left, test, negated, right, ignoring_case } => {
                self.text_test(written, left, *test, *negated, right, *ignoring_case, scope)
            }
            Tree::Includes { left, quantifier, values, ignoring_case } => {
                self.includes(left, *quantifier, values, *ignoring_case, span, scope)
            }
            Tree::Point(latitude, longitude) => self.point(latitude, longitude, span, scope),
            Tree::InBox { left, corners, .. } => self.in_box(left, corners, span, scope),
            Tree::Within { left, reach, reach_span, of } => self.near_place(left, *reach, *reach_span, of, span, scope),
            Tree::Not(written_inner) => {
                let inner = self.denying(|checker| checker.condition(written_inner, scope))?;
                // `not x is "US"` leaves out the same as `x is not "US"`.
                match &inside(written_inner).kind {
                    Tree::Is { left, negated: false, test: IsTest::Value(_) | IsTest::OneOf(_), .. }
                    | Tree::Text { left, negated: false, .. } => self.leaves_out_missing(written, left, &inner),
                    Tree::Or(_) => self.denied_leaves_out(written_inner, &inner, None),
                    _ => {}
                }
                let missing = inner.may_be_missing;
                Some(made(ExprKind::Not(Box::new(inner)), Type::Boolean, missing, span))
            }
            Tree::And(lines) => self.all_of(lines, span, scope),
            Tree::Or(lines) => self.any_of(lines, span, scope),
            Tree::Block { kind, lines } => self.block(*kind, lines, span, scope),
            Tree::Aggregate(aggregate) => self.aggregate(written, aggregate, scope),
            Tree::Score(score) => self.score(score, span),
            Tree::OverBase(question) => self.over_base(question, span, scope),
            Tree::InShare(share) => self.in_share(share, span, scope),
        }
    }

    /// Says that a name is no value, and what can be done with it.
    fn no_value(&mut self, found: Found, path: &tree::Path) -> Option<Expr> {
        let last = path.words.last()?;
        match found {
            Found::Value(value) => Some(value),
            Found::Records { .. } => self.refuse(messages::rows_as_value(last, path.span)),
            Found::Partition(id) => {
                let parts = self.part_names(id);
                self.refuse(messages::partition_alone(path.span, self.written(path.span).to_owned().as_str(), &parts))
            }
            Found::Content => self.refuse(messages::content_as_value(path.span, &last.text)),
            Found::Occasion(_) => self.refuse(messages::occasion_as_value(path.span, &last.text)),
            Found::List => self.refuse(messages::list_as_value(last)),
            Found::Table(id) => self.table_as_value(id, path),
        }
    }

    fn written_value(&mut self, literal: &Literal, span: Span) -> Option<Expr> {
        let (value, ty) = match literal {
            Literal::Integer(value) => (Value::Integer(*value), Type::Integer),
            Literal::Number(value) => (Value::Number(crate::values::number(*value)?), Type::Number),
            Literal::Money { units, currency } => {
                let currency = self.currency(currency)?;
                (Value::Money(*units), Type::Money(currency))
            }
            Literal::Percent(value) => (Value::Number(crate::values::number(*value)?), Type::Percent),
            Literal::Text(text) => (Value::Text(Arc::clone(text)), Type::Text),
            Literal::Boolean(value) => (Value::Boolean(*value), Type::Boolean),
            Literal::Date(day) => (Value::Date(*day), Type::Date),
            Literal::Datetime(time) => (Value::Instant(self.instant(*time, span)?), Type::Datetime),
            Literal::Clock(_) => return self.refuse(messages::clock_alone(span)),
            Literal::Duration(amount) => match fixed_length(*amount) {
                Some(length) => (Value::Duration(length), Type::Duration),
                None => return self.refuse(messages::calendar_units_alone(span)),
            },
        };
        Some(constant(value, ty, span))
    }

    /// A written time as an instant, by rule 1: gaps move forward, of an overlap the earlier is taken.
    pub(crate) fn instant(&mut self, time: WrittenTime, span: Span) -> Option<i64> {
        let local = i64::from(time.day).checked_mul(DAY).and_then(|day| day.checked_add(time.micros));
        let Some(local) = local else { return self.refuse(messages::time_out_of_range(span)) };
        if let Some(offset) = time.offset {
            return Some(local - i64::from(offset) * 1_000_000);
        }
        let Some(naive) = chrono::DateTime::from_timestamp_micros(local).map(|time| time.naive_utc()) else {
            return self.refuse(messages::time_out_of_range(span));
        };
        match self.settings.zone.from_local_datetime(&naive).earliest() {
            Some(instant) => Some(instant.timestamp_micros()),
            None => {
                // In a gap the clock jumps; with the offset from before the jump the time moves forward by the gap.
                let before = naive - chrono::Duration::days(1);
                let offset = self.settings.zone.from_local_datetime(&before).earliest().map(|time| time.fixed_offset());
                offset.map(|time| local - i64::from(time.offset().local_minus_utc()) * 1_000_000)
            }
        }
    }

    /// The amount of calendar units, where the expression is nothing but one.
    pub(crate) fn written_amount(&mut self, written: &'tree tree::Expr, scope: Scope) -> Option<Amount> {
        if let Some(Literal::Duration(amount)) = literal(written) {
            return Some(*amount);
        }
        let word = bare_word(written)?;
        if scope.row.is_some_and(|table| self.index.field(table, &word.text).is_some()) {
            return None;
        }
        let crate::names::Global::Let(at) = self.index.global(&word.text)? else { return None };
        match self.lets.get(at)? {
            super::State::Done(constant) => constant.amount,
            super::State::Broken => None,
            super::State::Waiting => {
                self.need(super::Node::Let(at), written.span);
                None
            }
        }
    }

    pub(crate) fn otherwise(&mut self, choices: &'tree [tree::Expr], span: Span, scope: Scope) -> Option<Expr> {
        let (first, rest) = choices.split_first()?;
        let mut sides: Vec<Side<'tree>> = Vec::new();
        let first_value = self.value(first, scope);
        let mut failed = first_value.is_none();
        if let Some(value) = first_value {
            if !value.may_be_missing {
                self.report(messages::otherwise_needless(first.span, self.written(first.span).to_owned().as_str()));
            }
            sides.push(Side { written: first, value });
        }
        for choice in rest {
            let expected = sides.first().map(|side| side.value.ty.clone());
            match self.operand(choice, expected.as_ref(), scope) {
                Some(value) => sides.push(Side { written: choice, value }),
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        let values = self.choices_type(sides)?;
        let ty = values.first()?.ty.clone();
        let missing = values.iter().all(|value| value.may_be_missing);
        Some(made(ExprKind::Otherwise(values), ty, missing, span))
    }

    fn call(
        &mut self,
        word: &tree::Word,
        shape: tree::CallShape,
        argument: &'tree tree::Expr,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let Some(declaration) = builtins::find(&word.text, shape) else {
            // Its argument is not looked at: what is wrong with it may be so only for want of the function's meaning.
            let close = builtins::closest(&word.text, shape);
            return self.refuse(messages::unknown_function(word, &close));
        };
        // `days since purchases`: which of them, and which time?
        if let Tree::Name(path) = &inside(argument).kind
            && let [only] = path.words.as_slice()
            && let Some(crate::names::Global::Table(table)) = self.index.global(&only.text)
            && scope.row.is_none()
            && let Some(at) = self.index.table(table).and_then(|table| table.at)
        {
            let time = self.index.field_entry(table, at).map(|entry| Arc::clone(&entry.name)).unwrap_or_default();
            return self.refuse(messages::which_of_the_rows(only, &time));
        }
        let argument = self.value(argument, scope)?;
        let mut argument = argument;
        let fits = match (declaration.argument, &argument.ty) {
            (Argument::Moment, Type::Date | Type::Datetime)
            | (Argument::Instant, Type::Datetime)
            | (Argument::Text, Type::Text)
            | (Argument::Place, Type::Location)
            | (Argument::Quantity, Type::Integer | Type::Number | Type::Money(_) | Type::Duration) => true,
            (Argument::Text, Type::OneOf(_) | Type::Id(_) | Type::Timezone) => {
                argument = to_text(argument);
                true
            }
            (Argument::Quantity, Type::Percent) => {
                argument = to_number(argument);
                true
            }
            _ => false,
        };
        if !fits {
            return self.refuse(messages::function_does_not_fit(declaration, word, &argument));
        }
        let ty = match declaration.gives {
            Gives::Integer => Type::Integer,
            Gives::Date => Type::Date,
            Gives::Duration => Type::Duration,
            Gives::Number => Type::Number,
            Gives::Same => argument.ty.clone(),
        };
        // Far ends of the calendar and of integers give missing; a text always has a length, a place its degrees.
        let always = matches!(declaration.function, Function::LengthOf | Function::LatitudeOf | Function::LongitudeOf);
        let missing = argument.may_be_missing || !always;
        Some(made(ExprKind::Call(declaration.function, Box::new(argument)), ty, missing, span))
    }

    fn rounded(
        &mut self,
        value: &'tree tree::Expr,
        direction: Rounding,
        decimals: Option<(u32, Span)>,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let mut value = self.value(value, scope)?;
        let kept = match decimals {
            None => 0,
            Some((count @ 0..=15, _)) => count,
            Some((count, place)) => return self.refuse(messages::too_many_decimals(place, count)),
        };
        match &value.ty {
            Type::Integer | Type::Number | Type::Money(_) => {}
            Type::Percent => value = to_number(value),
            other => return self.refuse(messages::cannot_round(span, &messages::kind(other))),
        }
        let ty = value.ty.clone();
        let missing = value.may_be_missing || ty != Type::Integer;
        Some(made(ExprKind::Round { value: Box::new(value), direction, decimals: kept }, ty, missing, span))
    }

    /// Whether a value is expected to be missing for some customers or rows, apart from overflows.
    pub(crate) fn often_missing(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Field { table, field, .. } => {
                self.field_state(*table, *field).and_then(super::State::done).is_some_and(|field| field.often_missing)
            }
            ExprKind::Lookup { key, table, field } => {
                self.often_missing(key)
                    || self
                        .field_state(*table, *field)
                        .and_then(super::State::done)
                        .is_some_and(|field| field.often_missing)
            }
            ExprKind::Trait(id) => {
                self.traits.get(id.0 as usize).and_then(super::State::done).is_some_and(|done| done.often_missing)
            }
            ExprKind::Convert(_, inner) | ExprKind::Negate(inner) | ExprKind::Call(_, inner) => {
                self.often_missing(inner)
            }
            ExprKind::Round { value, .. } | ExprKind::Shift { moment: value, .. } => self.often_missing(value),
            ExprKind::Sum(terms) => terms.iter().any(|(_, term)| self.often_missing(term)),
            ExprKind::Product(factors) => factors.iter().any(|(_, factor)| self.often_missing(factor)),
            ExprKind::Difference(left, right) => self.often_missing(left) || self.often_missing(right),
            ExprKind::Otherwise(choices) => choices.iter().all(|choice| self.often_missing(choice)),
            ExprKind::Aggregate(aggregate) => {
                use tree::AggregateOperator as Operator;
                matches!(
                    aggregate.operator,
                    Operator::Average
                        | Operator::Smallest
                        | Operator::Largest
                        | Operator::First
                        | Operator::Latest
                        | Operator::MostFrequent
                        | Operator::Gap(_)
                )
            }
            // Not so a figure of all: where nobody has a value, nothing is known at all.
            ExprKind::OverBase(question) => match question.asked {
                Asked::Group(_) => question.among.is_some() || self.often_missing(&question.value),
                Asked::Statistic(_) | Asked::Foremost(..) => false,
            },
            // A score's unknown lines give no points (rule 14).
            _ => false,
        }
    }
}

/// The day of a date or an instant.
pub(crate) fn day_of(moment: Expr, span: Span) -> Expr {
    let missing = moment.may_be_missing;
    match moment.ty {
        Type::Date => moment,
        _ => made(ExprKind::Call(Function::DateOf, Box::new(moment)), Type::Date, missing, span),
    }
}

/// The same characters as text.
pub(crate) fn to_text(value: Expr) -> Expr {
    if value.ty == Type::Text {
        return value;
    }
    if let ExprKind::Constant(_) = value.kind {
        return Expr { ty: Type::Text, ..value };
    }
    let (missing, span) = (value.may_be_missing, value.span);
    made(ExprKind::Convert(Conversion::ToText, Box::new(value)), Type::Text, missing, span)
}

/// An integer or a share as a number.
pub(crate) fn to_number(value: Expr) -> Expr {
    let conversion = match (&value.ty, &value.kind) {
        (Type::Number, _) => return value,
        (Type::Percent, ExprKind::Constant(_)) => return Expr { ty: Type::Number, ..value },
        (Type::Integer, ExprKind::Constant(Value::Integer(whole))) => {
            let number = *whole as f64;
            return constant(Value::Number(number), Type::Number, value.span);
        }
        (Type::Percent, _) => Conversion::PercentNumber,
        _ => Conversion::IntegerToNumber,
    };
    let (missing, span) = (value.may_be_missing, value.span);
    made(ExprKind::Convert(conversion, Box::new(value)), Type::Number, missing, span)
}

/// How money is written: `500 USD`, `2.50 USD`.
pub(crate) fn show_money(units: i64, currency: &str) -> String {
    let (whole, part) = (units / MONEY_SCALE, (units % MONEY_SCALE).unsigned_abs());
    if part == 0 {
        return format!("{whole} {currency}");
    }
    let decimals = format!("{part:04}");
    let decimals = decimals.trim_end_matches('0');
    let sign = if units < 0 && whole == 0 { "-" } else { "" };
    format!("{sign}{whole}.{decimals:0<2} {currency}")
}
