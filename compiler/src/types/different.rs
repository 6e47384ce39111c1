//! `different months of purchases`: stretches of the calendar that rows fall into, each of which counts once.

use super::aggregates::Source;
use super::values::{constant, day_of, made};
use super::{Checker, messages};
use crate::builtins::Function;
use crate::program::{Expr, ExprKind, Row, Rows, Type};
use crate::source::Span;
use crate::syntax::tree::{self, Factor, Rounding, Sign, Unit};
use crate::values::Value;
use crate::values::calendar::MICROS_PER_DAY;

/// 1970-01-05, a Monday.
const A_MONDAY: i32 = 4;

impl Checker<'_> {
    /// The stretch that a row falls into, as a value that is the same for all rows of one stretch and no others.
    pub(crate) fn stretch_of_row(&mut self, written: &tree::Aggregate, source: &Source, unit: Unit) -> Option<Expr> {
        let span = written.source.span;
        let text = self.written(span).to_owned();
        if matches!(unit, Unit::Second | Unit::Minute | Unit::Hour) {
            return self.refuse(messages::stretches_too_short(written.operator_span));
        }
        let moment = match (&source.value, &source.rows) {
            (Some(value), _) if matches!(value.ty, Type::Date | Type::Datetime) => value.clone(),
            (Some(value), _) => {
                let kind = messages::kind(&value.ty);
                return self.refuse(messages::no_day_to_count(span, &text, &kind));
            }
            // The time of its own that a row has: that of an event.
            (None, Rows::Of(table)) if source.time.is_some() => {
                let at = self.index.table(*table).and_then(|entry| entry.at)?;
                self.field_value(Row::Current, *table, at, span)?
            }
            (None, _) => return self.refuse(messages::rows_without_a_day(span, &text)),
        };
        Some(self.stretch(moment, unit, span))
    }

    fn stretch(&self, moment: Expr, unit: Unit, span: Span) -> Expr {
        let integer = |kind: ExprKind| made(kind, Type::Integer, true, span);
        let part = |function: Function, moment: &Expr| integer(ExprKind::Call(function, Box::new(moment.clone())));
        let whole = |value: i64| constant(Value::Integer(value), Type::Integer, span);
        // Years and what is left of them as one number.
        let of_year = |function: Function, each: i64| {
            let years = part(Function::YearOf, &moment);
            let years = integer(ExprKind::Product(vec![(Factor::Times, years), (Factor::Times, whole(each))]));
            integer(ExprKind::Sum(vec![(Sign::Plus, years), (Sign::Plus, part(function, &moment))]))
        };
        match unit {
            Unit::Year => part(Function::YearOf, &moment),
            Unit::Quarter => of_year(Function::QuarterOf, 4),
            Unit::Month => of_year(Function::MonthOf, 12),
            Unit::Week => self.week(day_of(moment, span), span),
            _ => day_of(moment, span),
        }
    }

    /// Whole weeks since one began long ago.
    fn week(&self, day: Expr, span: Span) -> Expr {
        let first = A_MONDAY + self.settings.week_start.num_days_from_monday().cast_signed();
        let first = constant(Value::Date(first), Type::Date, span);
        let since = made(ExprKind::Difference(Box::new(day), Box::new(first)), Type::Duration, true, span);
        let seven = constant(Value::Duration(7 * MICROS_PER_DAY), Type::Duration, span);
        let weeks = ExprKind::Product(vec![(Factor::Times, since), (Factor::Over, seven)]);
        let value = Box::new(made(weeks, Type::Number, true, span));
        made(ExprKind::Round { value, direction: Rounding::Down, decimals: 0 }, Type::Number, true, span)
    }
}
