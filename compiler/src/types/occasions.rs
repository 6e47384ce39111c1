//! Occasions: which days they are, and what is asked of them.

use super::scope::Scope;
use super::values::{day_of, inside, made};
use super::{CheckedOccasion, Checker, Node, State, messages};
use crate::names::Global;
use crate::program::{Expr, ExprKind, OccasionWindow, Type, Window};
use crate::source::Span;
use crate::syntax::tree::{self, Amount, Day, DayKind, ExprKind as Tree, Unit, WindowKind, Word};
use crate::values::calendar::{DayRule, Occasion, Reach, Stretch};
use std::sync::Arc;

/// Days that an occasion may be moved by in one step: a year, which no day of it leaves far behind.
const MOST_DAYS: i64 = 366;

/// Days that an occasion may have in all, named one by one.
const MOST_LISTED: usize = 10_000;

/// A day as understood: its spans for everybody, or the days around each customer's anniversaries.
enum Found {
    Days(Vec<Stretch>),
    Anniversary { base: Expr, from: i32, to: i32 },
}

/// Windows as understood: stretches, and those that an occasion chooses.
#[derive(Default)]
pub(crate) struct Windows {
    pub(crate) plain: Vec<Window>,
    pub(crate) occasions: Vec<OccasionWindow>,
}

impl<'tree> Checker<'tree> {
    pub(crate) fn check_occasion(&mut self, at: usize) {
        let Some(written) = self.index.occasions.get(at).map(|named| named.body) else { return };
        let mut days: Vec<Stretch> = Vec::new();
        let mut anniversary = None;
        let mut failed = false;
        for item in &written.days {
            match self.occasion_days(item) {
                Some(Found::Days(found)) => days.extend(found),
                Some(Found::Anniversary { base, from, to }) => anniversary = Some((base, from, to)),
                None => failed = true,
            }
        }
        if failed {
            return;
        }
        let Some(whole) = written.days.iter().map(|item| item.span).reduce(Span::to) else { return };
        let checked = match anniversary {
            Some(_) if written.days.len() > 1 => return self.report(messages::anniversary_among_days(whole)),
            Some((base, from, to)) => {
                CheckedOccasion { occasion: Occasion::Anniversary { from, to }, base: Some(base) }
            }
            None if days.len() > MOST_LISTED => return self.report(messages::too_many_days(whole, MOST_LISTED)),
            None => CheckedOccasion { occasion: Occasion::Days(days.into()), base: None },
        };
        if let Some(slot) = self.occasions.get_mut(at) {
            *slot = State::Done(checked);
        }
    }

    fn occasion_days(&mut self, written: &'tree tree::OccasionDays) -> Option<Found> {
        let from = self.day(&written.from);
        let Some(last) = &written.to else { return from };
        let to = self.day(last);
        match (from?, to?) {
            (Found::Days(from), Found::Days(to)) => {
                let (Ok([from]), Ok([to])) = (<[Stretch; 1]>::try_from(from), <[Stretch; 1]>::try_from(to)) else {
                    return self.refuse(messages::span_of_several_days(written.span));
                };
                let span = Stretch { from: from.from, to: to.to };
                let (first, last) = (span.from.only_day(), span.to.only_day());
                if let (Some(first), Some(last)) = (first, last)
                    && last < first
                {
                    return self.refuse(messages::span_ends_first(written.span));
                }
                if first.is_some() != last.is_some() {
                    return self.refuse(messages::span_of_one_year(written.span));
                }
                Some(Found::Days(vec![span]))
            }
            (Found::Anniversary { base, from, .. }, Found::Anniversary { base: other, to, .. }) => {
                if !same_value(&base, &other) {
                    return self.refuse(messages::span_of_two_anniversaries(written.span));
                }
                if to < from {
                    return self.refuse(messages::span_ends_first(written.span));
                }
                Some(Found::Anniversary { base, from, to })
            }
            _ => self.refuse(messages::span_of_day_and_anniversary(written.span)),
        }
    }

    fn day(&mut self, written: &'tree Day) -> Option<Found> {
        let one = |rule: DayRule| Some(Found::Days(vec![Stretch { from: rule.clone(), to: rule }]));
        match &written.kind {
            DayKind::Error => None,
            DayKind::OfYear { day, month } => one(DayRule::Fixed { month: *month, day: *day }),
            DayKind::Weekday { nth, weekday, month } => {
                one(DayRule::Weekday { nth: *nth, weekday: *weekday, month: *month })
            }
            DayKind::Easter { orthodox: false } => one(DayRule::Easter),
            DayKind::Easter { orthodox: true } => one(DayRule::OrthodoxEaster),
            DayKind::Date(day) => one(DayRule::Listed(*day)),
            DayKind::Named(word) => {
                let CheckedOccasion { occasion, base } = self.occasion_named(word)?;
                Some(match (occasion, base) {
                    (Occasion::Anniversary { from, to }, Some(base)) => Found::Anniversary { base, from, to },
                    (Occasion::Days(days), _) => Found::Days(days.to_vec()),
                    (Occasion::Anniversary { .. }, None) => return None,
                })
            }
            DayKind::Anniversary(value) => {
                let base = self.anniversary_base(value)?;
                Some(Found::Anniversary { base, from: 0, to: 0 })
            }
            DayKind::Moved { amount, before, of } => {
                let of = self.day(of);
                let by = self.days_of(*amount, written.span)?;
                Some(match of? {
                    Found::Days(days) => Found::Days(moved(days, |stretch| {
                        let (by, of) = if *before { (-by, stretch.from) } else { (by, stretch.to) };
                        DayRule::Moved { by, of: Arc::new(of) }
                    })),
                    Found::Anniversary { base, from, to } => {
                        let day = if *before { from - by } else { to + by };
                        Found::Anniversary { base, from: day, to: day }
                    }
                })
            }
            DayKind::Nearest { weekday, after, of } => match self.day(of)? {
                Found::Days(days) => Some(Found::Days(moved(days, |stretch| {
                    let of = if *after { stretch.to } else { stretch.from };
                    DayRule::Nearest { weekday: *weekday, after: *after, of: Arc::new(of) }
                }))),
                Found::Anniversary { .. } => self.refuse(messages::weekday_of_an_anniversary(written.span)),
            },
        }
    }

    /// An occasion by its name.
    fn occasion_named(&mut self, word: &Word) -> Option<CheckedOccasion> {
        match self.index.global(&word.text) {
            Some(Global::Occasion(at)) => match self.occasions.get(at)? {
                State::Done(done) => Some(done.clone()),
                State::Broken => None,
                State::Waiting => {
                    self.need(Node::Occasion(at), word.span);
                    None
                }
            },
            Some(Global::Broken) => None,
            Some(Global::OfCustomers) => self.only_of_customers(word, Scope::customer()),
            _ => {
                let names: Vec<Arc<str>> =
                    self.index.occasions.iter().map(|named| Arc::clone(&named.name.text)).collect();
                let close = self.closest(&word.text, names.iter().cloned());
                let is_other = self.names_something(word, Scope::customer());
                self.refuse(messages::no_such_occasion(word, is_other, &names, &close))
            }
        }
    }

    /// Whose anniversary: a field or trait of the customer, as a day.
    fn anniversary_base(&mut self, written: &'tree tree::Expr) -> Option<Expr> {
        if !matches!(inside(written).kind, Tree::Name(_)) {
            return self.refuse(messages::anniversary_of_no_field(written.span));
        }
        let value = self.value(written, Scope::customer())?;
        match value.ty {
            Type::Date | Type::Datetime => {
                let span = value.span;
                Some(day_of(value, span))
            }
            _ => {
                let kind = messages::kind(&value.ty);
                self.refuse(messages::anniversary_of_no_day(written.span, &kind))
            }
        }
    }

    /// Days of an amount of days or weeks.
    fn days_of(&mut self, amount: Amount, span: Span) -> Option<i32> {
        let days = match amount.unit {
            Unit::Day => Some(amount.count),
            Unit::Week => amount.count.checked_mul(7),
            _ => return self.refuse(messages::occasion_units(span)),
        };
        match days.filter(|days| (1..=MOST_DAYS).contains(days)).and_then(|days| i32::try_from(days).ok()) {
            Some(days) => Some(days),
            None => self.refuse(messages::occasion_days_range(span, MOST_DAYS)),
        }
    }

    /// `in the 10 days before valentines`, `during easter_week`
    pub(crate) fn occasion_window(&mut self, written: &'tree tree::Window, scope: Scope) -> Option<OccasionWindow> {
        let (word, reach) = match &written.kind {
            WindowKind::Near { amount, before, occasion } => {
                let days = self.days_of(*amount, written.span);
                let reach = if *before { Reach::Before } else { Reach::After };
                (occasion, days.map(reach))
            }
            WindowKind::During { occasion } => (occasion, Some(Reach::During)),
            _ => return None,
        };
        let CheckedOccasion { occasion, base } = self.occasion_named(word)?;
        if base.is_some() && !scope.customer {
            return self.refuse(messages::anniversary_out_of_reach(word.span));
        }
        Some(OccasionWindow { occasion, base, reach: reach?, span: written.span })
    }

    /// `birthday is in the next 7 days`
    pub(crate) fn occurs(
        &mut self,
        (at, left): (usize, Span),
        windows: &'tree [tree::Window],
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let State::Done(CheckedOccasion { occasion, base }) = self.occasions.get(at)? else { return None };
        let (occasion, base) = (occasion.clone(), base.clone());
        if base.is_some() && !scope.customer {
            return self.refuse(messages::anniversary_out_of_reach(left));
        }
        let fits = |window: &tree::Window| {
            matches!(
                window.kind,
                WindowKind::InLast { .. }
                    | WindowKind::InNext { .. }
                    | WindowKind::ExactlyAgo(_)
                    | WindowKind::LessThanAgo(_)
                    | WindowKind::FromToAgo { .. }
                    | WindowKind::FromTo { .. }
                    | WindowKind::This(_)
                    | WindowKind::Last(_)
                    | WindowKind::Fiscal { .. }
                    | WindowKind::Today
                    | WindowKind::Yesterday
                    | WindowKind::OnDate(_)
            )
        };
        if let Some(other) = windows.iter().find(|window| !fits(window)) {
            let name = self.written(left).to_owned();
            return self.refuse(messages::occasion_without_end(other.span, &name));
        }
        let windows = self.windows(windows, true, scope)?.plain;
        let missing = base.as_ref().is_some_and(|base| base.may_be_missing);
        let kind = ExprKind::Occurs { occasion, base: base.map(Box::new), windows };
        Some(made(kind, Type::Boolean, missing, span))
    }
}

/// Days found from others.
fn moved(days: Vec<Stretch>, rule: impl Fn(Stretch) -> DayRule) -> Vec<Stretch> {
    let one = |rule: DayRule| Stretch { from: rule.clone(), to: rule };
    days.into_iter().map(|stretch| one(rule(stretch))).collect()
}

/// Whether two bases are the same field or trait.
fn same_value(left: &Expr, right: &Expr) -> bool {
    match (&left.kind, &right.kind) {
        (ExprKind::Field { table, field, .. }, ExprKind::Field { table: other, field: their, .. }) => {
            table == other && field == their
        }
        (ExprKind::Trait(left), ExprKind::Trait(right)) => left == right,
        (ExprKind::Call(_, left), ExprKind::Call(_, right)) => same_value(left, right),
        (
            ExprKind::Lookup { key, table, field },
            ExprKind::Lookup { key: other, table: their_table, field: their_field },
        ) => table == their_table && field == their_field && same_value(key, other),
        _ => false,
    }
}
