//! Windows: which stretch of time is meant, and whether it can be asked of a day.

use super::conditions::joined;
use super::occasions::Windows;
use super::scope::Scope;
use super::values::{bare_word, day_of, inside, made};
use super::{Checker, messages};
use crate::program::{Bound, Expr, ExprKind, Type, Window};
use crate::source::Span;
use crate::syntax::tree::{self, Amount, ExprKind as Tree, Literal, Moment, Unit, WindowKind};
use crate::values::Value;

impl<'tree> Checker<'tree> {
    /// Checks windows of a time; `only_date` where it is a day without a clock time.
    pub(crate) fn windows(&mut self, windows: &'tree [tree::Window], only_date: bool, scope: Scope) -> Option<Windows> {
        let mut checked = Windows::default();
        let mut failed = false;
        for window in windows {
            let found = match window.kind {
                WindowKind::Near { .. } | WindowKind::During { .. } => {
                    self.occasion_window(window, scope).map(|window| checked.occasions.push(window))
                }
                _ => self.window(window, only_date).map(|window| checked.plain.push(window)),
            };
            failed |= found.is_none();
        }
        (!failed).then_some(checked)
    }

    /// `first_purchase is in the last 30 days`
    pub(crate) fn is_in_windows(
        &mut self,
        value: Expr,
        left: &tree::Expr,
        windows: &'tree [tree::Window],
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        if let ([window], false) = (windows, matches!(value.ty, Type::Date | Type::Datetime))
            && let WindowKind::FromTo { .. } = window.kind
        {
            let gap = Span { file: left.span.file, start: left.span.end, end: window.span.start };
            return self.refuse(messages::is_from(left.span, gap, &messages::kind(&value.ty)));
        }
        let only_date = match value.ty {
            Type::Date => true,
            Type::Datetime => false,
            _ => {
                let kind = messages::kind(&value.ty);
                return self.refuse(messages::window_of_no_time(left.span, &kind));
            }
        };
        if let Some(first) = windows.first()
            && !self.says_is(Span { file: left.span.file, start: left.span.end, end: first.span.start })
        {
            // What else is wrong with the window is said first: `is` alone would not mend it.
            self.windows(windows, only_date, scope)?;
            return self.refuse(messages::window_without_is(first.span));
        }
        let windows = self.windows(windows, only_date, scope)?;
        Some(in_windows(value, windows, span))
    }

    /// Whether between a value and a window stands `is`.
    pub(crate) fn says_is(&self, gap: Span) -> bool {
        self.written(gap).split_whitespace().any(|word| word.eq_ignore_ascii_case("is"))
    }

    fn window(&mut self, written: &'tree tree::Window, only_date: bool) -> Option<Window> {
        let span = written.span;
        let short = |unit: Unit| matches!(unit, Unit::Hour | Unit::Minute | Unit::Second);
        let amounts: &[Amount] = match &written.kind {
            WindowKind::InLast { amount, .. }
            | WindowKind::InNext { amount }
            | WindowKind::MoreThanAgo(amount)
            | WindowKind::LessThanAgo(amount)
            | WindowKind::ExactlyAgo(amount) => &[*amount],
            WindowKind::FromToAgo { from, to } => &[*from, *to],
            _ => &[],
        };
        if only_date && amounts.iter().any(|amount| short(amount.unit)) {
            return self.refuse(messages::hours_of_a_day(span));
        }
        if amounts.iter().any(|amount| amount.count > i64::from(i32::MAX)) {
            return self.refuse(messages::window_too_long(span));
        }
        Some(match &written.kind {
            WindowKind::InLast { amount, whole } => Window::InLast { amount: *amount, whole: *whole },
            WindowKind::InNext { amount } => Window::InNext { amount: *amount },
            WindowKind::MoreThanAgo(amount) => Window::MoreThanAgo(*amount),
            WindowKind::LessThanAgo(amount) => Window::InLast { amount: *amount, whole: false },
            WindowKind::ExactlyAgo(amount) => Window::ExactlyAgo(*amount),
            WindowKind::FromToAgo { from, to } => {
                if let (Some(far), Some(near)) = (days(*from), days(*to))
                    && far <= near
                {
                    self.report(messages::window_backwards(span, *from, *to));
                }
                Window::FromToAgo { from: *from, to: *to }
            }
            WindowKind::Since(bound) => Window::Since(self.bound(bound, only_date)?),
            WindowKind::Before(bound) => Window::Before(self.bound(bound, only_date)?),
            WindowKind::After(bound) => Window::After(self.bound(bound, only_date)?),
            WindowKind::FromTo { from, to } => {
                let (low, high) = (self.bound(from, only_date), self.bound(to, only_date));
                let (low, high) = (low?, high?);
                let empty = match (low, high) {
                    (Bound::Day(low), Bound::Day(high)) | (Bound::RelativeDay(low), Bound::RelativeDay(high)) => {
                        high < low
                    }
                    (Bound::Instant(low), Bound::Instant(high)) => high <= low,
                    _ => false,
                };
                if empty {
                    self.report(messages::window_ends_first(span));
                }
                Window::FromTo(low, high)
            }
            WindowKind::This(unit) | WindowKind::Last(unit) if only_date && short(*unit) => {
                return self.refuse(messages::hours_of_a_day(span));
            }
            WindowKind::Fiscal { unit, .. } if !matches!(unit, Unit::Year | Unit::Quarter) => {
                return self.refuse(messages::fiscal_of_no_year(written.span, messages::unit_name(*unit)));
            }
            WindowKind::Fiscal { unit, last } => match self.settings.fiscal_year_start {
                Some(start) => Window::Fiscal { unit: *unit, last: *last, start },
                None => return self.refuse(messages::fiscal_year_unset(written.span)),
            },
            WindowKind::This(unit) => Window::This(*unit),
            WindowKind::Last(unit) => Window::Last(*unit),
            WindowKind::Today => Window::Day(Bound::RelativeDay(0)),
            WindowKind::Yesterday => Window::Day(Bound::RelativeDay(-1)),
            WindowKind::OnDate(bound) if let Some(name) = self.occasion_bound(bound) => {
                return self.refuse(messages::on_an_occasion(span, &name));
            }
            WindowKind::OnDate(bound) => match self.bound(bound, only_date)? {
                Bound::Instant(_) | Bound::Now => return self.refuse(messages::on_a_time(bound.span)),
                day => Window::Day(day),
            },
            WindowKind::OnDays(days) => Window::Weekdays(*days),
            WindowKind::Hours { .. } if only_date => return self.refuse(messages::hours_of_a_day(span)),
            WindowKind::Hours { from, to } => Window::Hours { from: *from, to: *to },
            // They choose days by an occasion, and were told apart before.
            WindowKind::Near { .. } | WindowKind::During { .. } => return None,
        })
    }

    /// The occasion that stands where a date should.
    fn occasion_bound(&self, written: &tree::Expr) -> Option<String> {
        let word = bare_word(written)?;
        let is_occasion = matches!(self.index.global(&word.text), Some(crate::names::Global::Occasion(_)));
        is_occasion.then(|| word.text.to_string())
    }

    /// An end of a window: a written date or time, a constant, today, now.
    fn bound(&mut self, written: &'tree tree::Expr, only_date: bool) -> Option<Bound> {
        let bound = match &inside(written).kind {
            Tree::Error => return None,
            Tree::Moment(Moment::Now) => Bound::Now,
            Tree::Moment(Moment::Today) => Bound::RelativeDay(0),
            Tree::Moment(Moment::Yesterday) => Bound::RelativeDay(-1),
            Tree::Literal(Literal::Date(day)) => Bound::Day(*day),
            Tree::Literal(Literal::Datetime(time)) => Bound::Instant(self.instant(*time, written.span)?),
            Tree::Name(_) => {
                let is_constant = bare_word(written)
                    .is_some_and(|word| matches!(self.index.global(&word.text), Some(crate::names::Global::Let(_))));
                if let Some(name) = self.occasion_bound(written) {
                    return self.refuse(messages::occasion_as_bound(written.span, &name));
                }
                if !is_constant {
                    if let Some(word) = bare_word(written)
                        && !self.names_something(word, Scope::customer())
                        && !self
                            .index
                            .tables
                            .iter()
                            .any(|table| table.by_name.contains_key(&crate::names::fold(&word.text)))
                    {
                        return self.value(written, Scope::customer()).and(None);
                    }
                    let text = self.written(written.span).to_owned();
                    return self.refuse(messages::bound_not_written(written.span, &text));
                }
                let value = self.value(written, Scope::constant())?;
                match self.moved_bound(&value) {
                    Some(bound) => bound,
                    None => {
                        let text = self.written(written.span).to_owned();
                        return self.refuse(messages::bound_moves(written.span, &text, &value.ty));
                    }
                }
            }
            Tree::Sum(terms) if terms.iter().all(|(_, term)| self.is_fixed(term)) => {
                let value = self.value(written, Scope::constant())?;
                match self.moved_bound(&value) {
                    Some(bound) => bound,
                    None => {
                        let text = self.written(written.span).to_owned();
                        return self.refuse(messages::bound_moves(written.span, &text, &value.ty));
                    }
                }
            }
            Tree::Literal(Literal::Text(_)) => {
                let text = self.written(written.span).to_owned();
                return self.refuse(messages::date_in_quotes(written.span, &text));
            }
            Tree::Literal(_) => {
                let kind = self.value(written, Scope::constant()).map(|value| messages::kind(&value.ty))?;
                return self.refuse(messages::bound_no_date(written.span, &kind));
            }
            _ => {
                let text = self.written(written.span).to_owned();
                return self.refuse(messages::bound_not_written(written.span, &text));
            }
        };
        if only_date && matches!(bound, Bound::Instant(_)) {
            return self.refuse(messages::time_bound_of_a_day(written.span));
        }
        Some(bound)
    }
}

impl Checker<'_> {
    /// Whether the same for every customer: a written value, today, now, a constant.
    fn is_fixed(&self, written: &tree::Expr) -> bool {
        match &inside(written).kind {
            Tree::Literal(_) | Tree::Moment(_) => true,
            Tree::Name(_) => bare_word(written)
                .is_some_and(|word| matches!(self.index.global(&word.text), Some(crate::names::Global::Let(_)))),
            Tree::Sum(terms) => terms.iter().all(|(_, term)| self.is_fixed(term)),
            _ => false,
        }
    }

    /// A day or time moved by fixed amounts; `None` where it is none, or where only the run's calendar could say which.
    pub(crate) fn moved_bound(&self, value: &Expr) -> Option<Bound> {
        match &value.kind {
            ExprKind::Constant(Value::Date(day)) => Some(Bound::Day(*day)),
            ExprKind::Constant(Value::Instant(instant)) => Some(Bound::Instant(*instant)),
            ExprKind::Day(days) => Some(Bound::RelativeDay(*days)),
            ExprKind::Now => Some(Bound::Now),
            ExprKind::Shift { moment, sign, amount } => {
                self.moved_bound(moment)?.moved(*sign, *amount, self.settings.zone)
            }
            _ => None,
        }
    }
}

/// The amount in days, about, to see which of two is longer.
fn days(amount: Amount) -> Option<f64> {
    let one = match amount.unit {
        Unit::Second => 1.0 / 86_400.0,
        Unit::Minute => 1.0 / 1_440.0,
        Unit::Hour => 1.0 / 24.0,
        Unit::Day => 1.0,
        Unit::Week => 7.0,
        Unit::Month => 30.4,
        Unit::Quarter => 91.3,
        Unit::Year => 365.25,
    };
    Some(amount.count as f64 * one)
}

/// Whether a day or an instant lies in all of the windows.
fn in_windows(value: Expr, windows: Windows, span: Span) -> Expr {
    let missing = value.may_be_missing;
    let day = day_of(value.clone(), value.span);
    let mut tests = Vec::with_capacity(1 + windows.occasions.len());
    if !windows.plain.is_empty() {
        tests.push(made(ExprKind::InWindows(Box::new(value), windows.plain), Type::Boolean, missing, span));
    }
    let alone = tests.is_empty() && windows.occasions.len() == 1;
    for window in windows.occasions {
        let missing = missing || window.base.as_ref().is_some_and(|base| base.may_be_missing);
        let span = if alone { span } else { window.span };
        tests.push(made(ExprKind::Near(Box::new(day.clone()), Box::new(window)), Type::Boolean, missing, span));
    }
    joined(tests, ExprKind::And, span)
}
