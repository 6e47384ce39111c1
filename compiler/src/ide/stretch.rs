//! Which days and times a window chooses, for the moment of a run.

use super::describe::Describer;
use super::target::{Scope, Target};
use crate::program::{Bound, Expr, ExprKind as Checked, Window};
use crate::syntax::tree::{self, Amount, ExprKind, Literal, Moment, Sign, Unit, WindowKind, WrittenTime};
use crate::values::Value;
use crate::values::calendar::{
    Clock, MICROS_PER_SECOND, Moments, Occasion, Reach, date_text, instant_of_local, instant_text, resolve,
};

/// Days before and behind the moment of a run in which an occasion is looked for: a little more than a year.
const NEAR: i64 = 400;

impl Describer<'_> {
    fn clock(&self) -> Option<Clock> {
        let settings = &self.checked.config.settings;
        Some(Clock { as_of: self.as_of?, zone: settings.zone, week_start: settings.week_start })
    }

    /// What a window chooses, in a sentence or two; none where that depends on the customer, or on a moment that is not known.
    pub(super) fn stretch(&self, window: &WindowKind, only_days: bool) -> Option<String> {
        match window {
            WindowKind::OnDays(days) => Some(format!("Chooses {}.", weekdays(*days))),
            WindowKind::Hours { from, to } => Some(self.hours(*from, *to)),
            WindowKind::Near { amount, before, occasion } => {
                let days = i32::try_from(days_of(*amount)?).ok()?;
                let reach = if *before { Reach::Before(days) } else { Reach::After(days) };
                self.around(&occasion.text, reach)
            }
            WindowKind::During { occasion } => self.around(&occasion.text, Reach::During),
            stretch => self.range(stretch, only_days),
        }
    }

    fn hours(&self, from: u32, to: u32) -> String {
        let clock = |seconds: u32| format!("{:02}:{:02}", seconds / 3_600, seconds / 60 % 60);
        let across = if to <= from { ", across midnight" } else { "" };
        let zone = self.checked.config.settings.zone;
        format!("Chooses from {} to {}{across}, by the clock in {zone}.", clock(from), clock(to))
    }

    /// From when to when: `From 2026-10-25 00:00 to 2026-11-24 10:00`.
    fn range(&self, window: &WindowKind, only_days: bool) -> Option<String> {
        let clock = self.clock()?;
        let moments = if only_days { Moments::Dates } else { Moments::Instants };
        let chosen = resolve(&[self.window(window)?], &clock, moments);
        let as_of = format!("as of {} in {}", instant_text(clock.as_of, clock.zone), clock.zone);
        if chosen.is_empty() {
            return Some(format!("Chooses nothing, {as_of}."));
        }
        let (least, most) = match moments {
            Moments::Dates => (i64::from(i32::MIN), i64::from(i32::MAX)),
            Moments::Instants => (i64::MIN, i64::MAX),
        };
        // Ends of days are said as days, ends of times as the first moment that is out.
        let (first, last) = match moments {
            Moments::Dates => {
                let day = |day: i64| i32::try_from(day).map(date_text).unwrap_or_default();
                (day(chosen.first), day(chosen.last))
            }
            Moments::Instants => {
                let end = chosen.last.saturating_add(1);
                (instant_text(chosen.first, clock.zone), instant_text(end, clock.zone))
            }
        };
        let said = match (chosen.first > least, chosen.last < most, moments) {
            (true, true, Moments::Dates) if first == last => format!("Chooses the day {first}"),
            (true, true, Moments::Dates) => format!("Chooses the days from {first} to {last}, both included"),
            (true, true, Moments::Instants) => format!("Chooses from {first} (included) to {last} (not included)"),
            (true, false, _) => format!("Chooses from {first} on"),
            (false, true, Moments::Dates) => format!("Chooses up to {last}, that day included"),
            (false, true, Moments::Instants) => format!("Chooses what is before {last}"),
            (false, false, _) => return None,
        };
        Some(format!("{said}, {as_of}."))
    }

    /// The days around an occasion next to the moment of a run.
    fn around(&self, occasion: &str, reach: Reach) -> Option<String> {
        let Some(Target::Occasion(at)) = self.names.global(occasion) else { return None };
        let days = self.names.known.occasion(at)?;
        let today = i64::from(self.clock()?.today());
        let mut chosen = days.chosen(reach, today - NEAR, today + NEAR)?;
        chosen.sort_unstable();
        let past = chosen.iter().rev().find(|(from, _)| *from <= today);
        let ahead = chosen.iter().find(|(from, _)| *from > today);
        let said = [past.map(|span| ("last", span)), ahead.map(|span| ("next", span))];
        let said: Vec<String> = said
            .into_iter()
            .flatten()
            .filter_map(|(word, (from, to))| Some(format!("{word} {}", days_text(*from, *to)?)))
            .collect();
        let today = date_text(i32::try_from(today).ok()?);
        (!said.is_empty()).then(|| format!("Chooses these days in every year: {}, seen from {today}.", said.join(", ")))
    }

    /// The days of an occasion that are next.
    pub(super) fn next_days(&self, occasion: &Occasion) -> Option<String> {
        let (from, to) = occasion.next(None, self.clock()?.today())?;
        days_text(from.into(), to.into())
    }

    /// A written window as the calendar reads it; none for those of occasions, days of the week and clock times.
    fn window(&self, window: &WindowKind) -> Option<Window> {
        Some(match window {
            WindowKind::InLast { amount, whole } => Window::InLast { amount: *amount, whole: *whole },
            WindowKind::InNext { amount } => Window::InNext { amount: *amount },
            WindowKind::MoreThanAgo(amount) => Window::MoreThanAgo(*amount),
            WindowKind::LessThanAgo(amount) => Window::InLast { amount: *amount, whole: false },
            WindowKind::ExactlyAgo(amount) => Window::ExactlyAgo(*amount),
            WindowKind::FromToAgo { from, to } => Window::FromToAgo { from: *from, to: *to },
            WindowKind::Since(bound) => Window::Since(self.bound(bound)?),
            WindowKind::Before(bound) => Window::Before(self.bound(bound)?),
            WindowKind::After(bound) => Window::After(self.bound(bound)?),
            WindowKind::FromTo { from, to } => Window::FromTo(self.bound(from)?, self.bound(to)?),
            WindowKind::This(unit) => Window::This(*unit),
            WindowKind::Last(unit) => Window::Last(*unit),
            WindowKind::Fiscal { unit, last } => {
                let start = self.checked.config.settings.fiscal_year_start?;
                Window::Fiscal { unit: *unit, last: *last, start }
            }
            WindowKind::Today => Window::Day(Bound::RelativeDay(0)),
            WindowKind::Yesterday => Window::Day(Bound::RelativeDay(-1)),
            WindowKind::OnDate(day) => Window::Day(self.bound(day)?),
            WindowKind::OnDays(_) | WindowKind::Hours { .. } | WindowKind::Near { .. } | WindowKind::During { .. } => {
                return None;
            }
        })
    }

    /// An end of a window: a written day or time, a constant, or one of these moved.
    fn bound(&self, written: &tree::Expr) -> Option<Bound> {
        match &written.kind {
            ExprKind::Bracketed(inner) => self.bound(inner),
            ExprKind::Moment(Moment::Now) => Some(Bound::Now),
            ExprKind::Moment(Moment::Today) => Some(Bound::RelativeDay(0)),
            ExprKind::Moment(Moment::Yesterday) => Some(Bound::RelativeDay(-1)),
            ExprKind::Literal(Literal::Date(day)) => Some(Bound::Day(*day)),
            ExprKind::Literal(Literal::Datetime(time)) => self.instant(*time).map(Bound::Instant),
            ExprKind::Name(path) => match self.names.path(path, Scope::Constant).as_slice() {
                [Target::Let(at)] => self.value_bound(self.names.known.constant(*at)?),
                _ => None,
            },
            ExprKind::Sum(terms) => {
                let ((_, first), moves) = terms.split_first()?;
                moves.iter().try_fold(self.bound(first)?, |bound, (sign, by)| match &by.kind {
                    ExprKind::Literal(Literal::Duration(amount)) => self.moved(bound, *sign, *amount),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// A constant that is an end of a window.
    fn value_bound(&self, value: &Expr) -> Option<Bound> {
        match &value.kind {
            Checked::Constant(Value::Date(day)) => Some(Bound::Day(*day)),
            Checked::Constant(Value::Instant(instant)) => Some(Bound::Instant(*instant)),
            Checked::Day(days) => Some(Bound::RelativeDay(*days)),
            Checked::Now => Some(Bound::Now),
            Checked::Shift { moment, sign, amount } => self.moved(self.value_bound(moment)?, *sign, *amount),
            _ => None,
        }
    }

    fn moved(&self, bound: Bound, sign: Sign, amount: Amount) -> Option<Bound> {
        bound.moved(sign, amount, self.checked.config.settings.zone)
    }

    fn instant(&self, time: WrittenTime) -> Option<i64> {
        match time.offset {
            Some(offset) => {
                let (utc, _) = instant_of_local(time.day, time.micros, chrono_tz::UTC)?;
                utc.checked_sub(i64::from(offset) * MICROS_PER_SECOND)
            }
            None => instant_of_local(time.day, time.micros, self.checked.config.settings.zone).map(|(at, _)| at),
        }
    }
}

/// `from 2026-04-01 to 2026-04-05`, or a day alone.
fn days_text(from: i64, to: i64) -> Option<String> {
    let text = |day: i64| i32::try_from(day).ok().map(date_text);
    Some(if from == to { format!("on {}", text(from)?) } else { format!("from {} to {}", text(from)?, text(to)?) })
}

fn days_of(amount: Amount) -> Option<i64> {
    match amount.unit {
        Unit::Day => Some(amount.count),
        Unit::Week => amount.count.checked_mul(7),
        _ => None,
    }
}

/// `Monday, Friday`
fn weekdays(days: u8) -> String {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let chosen = DAYS.iter().enumerate().filter(|(at, _)| days >> at & 1 == 1).map(|(_, day)| *day);
    let chosen: Vec<&str> = chosen.collect();
    match chosen.as_slice() {
        ["Monday", .., "Friday"] if chosen.len() == 5 => "Monday to Friday".to_owned(),
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => chosen.join(", "),
    }
}
