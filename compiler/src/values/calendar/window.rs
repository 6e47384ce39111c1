//! What written stretches of time mean for an `as of` (rules 2 and 3): a range of instants or days, days of the week and
//! clock times.
//!
//! Decisions that rule 2 leaves open:
//! - Against a day without a clock time, units of a day and longer count from the day of `as of`: `in the last 30 days` is
//!   the 30 days before today, `in the next 30 days` is today and the 29 after, `more than 30 days ago` is every day before
//!   those 30.
//! - Against such a day, whatever names a moment within a day (hours, instants, clock times) takes the day as its 00:00.
//!   The checker refuses such mixtures; the meaning is fixed here so that no engine can differ.
//! - The weekday and the clock time are those of the moment itself: `on fridays from 22:00 to 02:00` holds on Friday
//!   00:30 and 23:00, not on Saturday 00:30.
//! - A stretch written backwards (`from 30 to 60 days ago`) holds nothing.

use super::{
    CivilDate, Clock, MICROS_PER_SECOND, local_time, micros_of_unit, shift_date, shift_instant, start_of_day,
    weekday_of,
};
use crate::program::{Bound, Window};
use crate::syntax::tree::{Amount, Unit};
use chrono_tz::Tz;

/// What a filter is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moments {
    /// Microseconds since 1970-01-01T00:00Z.
    Instants,
    /// Days since 1970-01-01.
    Dates,
}

/// All windows of one aggregate or test together, for one `as of`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TimeFilter {
    /// What the values are.
    pub moments: Moments,
    /// The first value that may hold.
    pub first: i64,
    /// The last value that may hold, itself included; before `first` where nothing does.
    pub last: i64,
    /// Days of the week that may hold; bit 0 is Monday, all bits are [`TimeFilter::EVERY_DAY`].
    pub weekdays: u8,
    /// Clock times that may hold, as seconds of the day, ends excluded, ascending and apart. For
    /// dates the whole day, or empty where the 00:00 does not hold.
    pub hours: Vec<(u32, u32)>,
    /// The zone of weekdays and clock times.
    pub zone: Tz,
}

/// The seconds of a day by the clock.
const DAY_SECONDS: u32 = 86_400;
/// Later than every day and instant; negated, earlier.
const FAR: i128 = 1 << 100;

impl TimeFilter {
    /// Every bit of [`TimeFilter::weekdays`].
    pub const EVERY_DAY: u8 = 0x7f;

    /// Whether the value (microseconds or days, as [`TimeFilter::moments`] says) lies in all the windows.
    pub fn contains(&self, value: i64) -> bool {
        if value < self.first || value > self.last {
            return false;
        }
        if self.is_range() {
            return true;
        }
        match self.moments {
            Moments::Dates => i32::try_from(value).is_ok_and(|day| self.has_weekday(day)),
            Moments::Instants => {
                let local = local_time(value, self.zone);
                let second = (local.micros / MICROS_PER_SECOND) as u32;
                self.has_weekday(local.day) && self.hours.iter().any(|(from, to)| (*from..*to).contains(&second))
            }
        }
    }

    /// Whether nothing can lie in all the windows.
    pub fn is_empty(&self) -> bool {
        self.first > self.last
    }

    /// Whether [`TimeFilter::first`] and [`TimeFilter::last`] say it all.
    pub fn is_range(&self) -> bool {
        self.weekdays == TimeFilter::EVERY_DAY && self.hours == [(0, DAY_SECONDS)]
    }

    fn has_weekday(&self, day: i32) -> bool {
        self.weekdays >> (weekday_of(day) - 1) & 1 == 1
    }
}

/// What the windows together mean for this `as of`.
pub fn resolve(windows: &[Window], clock: &Clock, moments: Moments) -> TimeFilter {
    let (mut first, mut last) = match moments {
        Moments::Instants => (i64::MIN, i64::MAX),
        Moments::Dates => (i64::from(i32::MIN), i64::from(i32::MAX)),
    };
    let (mut weekdays, mut hours) = (TimeFilter::EVERY_DAY, vec![(0, DAY_SECONDS)]);
    for window in windows {
        match window {
            Window::Weekdays(days) => weekdays &= days,
            Window::Hours { from, to } => hours = common_hours(&hours, *from, *to),
            stretch => {
                let (from, to) = edges(stretch, clock, moments);
                let (from, to) = (value_of(from, clock, moments), value_of(to, clock, moments) - 1);
                // What does not fit lies beyond every value: the other end decides.
                match (i64::try_from(from), i64::try_from(to)) {
                    (Ok(from), Ok(to)) => (first, last) = (first.max(from), last.min(to)),
                    (Ok(from), Err(_)) if to > 0 => first = first.max(from),
                    (Err(_), Ok(to)) if from < 0 => last = last.min(to),
                    (Err(_), Err(_)) if from < 0 && to > 0 => {}
                    _ => (first, last) = (0, -1),
                }
            }
        }
    }
    if moments == Moments::Dates {
        let midnight = hours.first().is_some_and(|(from, _)| *from == 0);
        hours = if midnight { vec![(0, DAY_SECONDS)] } else { Vec::new() };
    }
    if first > last || weekdays == 0 || hours.is_empty() {
        (first, last) = (0, -1);
    }
    TimeFilter { moments, first, last, weekdays, hours, zone: clock.zone }
}

/// An end of a stretch: the start of a day, or a moment within one.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Day(i128),
    Instant(i128),
}

/// Start (included) and end (excluded) of a stretch; weekdays and clock times are none and give everything.
fn edges(window: &Window, clock: &Clock, moments: Moments) -> (Edge, Edge) {
    let now = Edge::Instant(i128::from(clock.as_of));
    let near = |amount: Amount| if by_day(amount.unit, moments) { Edge::Day(i128::from(clock.today())) } else { now };
    match *window {
        Window::InLast { amount, whole: false } => (moved(amount, -1, clock, moments), near(amount)),
        Window::InLast { amount, whole: true } => {
            let (start, _) = unit_at(now_edge(clock, amount.unit), amount.unit, clock);
            (units_on(start, amount, -1), start)
        }
        Window::InNext { amount } => (near(amount), moved(amount, 1, clock, moments)),
        Window::MoreThanAgo(amount) => (Edge::Instant(-FAR), moved(amount, -1, clock, moments)),
        Window::ExactlyAgo(amount) => {
            let dates = if by_clock(amount.unit) { moments } else { Moments::Dates };
            unit_at(moved(amount, -1, clock, dates), amount.unit, clock)
        }
        Window::FromToAgo { from, to } => (moved(from, -1, clock, moments), moved(to, -1, clock, moments)),
        Window::Since(bound) => (bound_start(bound, clock), Edge::Instant(FAR)),
        Window::Before(bound) => (Edge::Instant(-FAR), bound_start(bound, clock)),
        Window::After(bound) => (bound_end(bound, clock, 1), Edge::Instant(FAR)),
        Window::FromTo(from, to) => (bound_start(from, clock), bound_end(to, clock, 0)),
        Window::This(unit) => unit_at(now_edge(clock, unit), unit, clock),
        Window::Last(unit) => {
            let (start, _) = unit_at(now_edge(clock, unit), unit, clock);
            (units_on(start, Amount { count: 1, unit }, -1), start)
        }
        Window::Fiscal { unit, last, start } => {
            let today = i128::from(clock.today());
            let (from, to) = fiscal_unit_at(today, unit, start);
            let amount = Amount { count: 1, unit };
            if last { (units_on(from, amount, -1), from) } else { (from, to) }
        }
        Window::Day(bound) => {
            let day = match bound {
                Bound::Day(day) => i128::from(day),
                Bound::RelativeDay(days) => i128::from(clock.today()) + i128::from(days),
                Bound::Instant(instant) => i128::from(clock.date_of(instant)),
                Bound::Now => i128::from(clock.today()),
            };
            (Edge::Day(day), Edge::Day(day + 1))
        }
        Window::Weekdays(_) | Window::Hours { .. } => (Edge::Instant(-FAR), Edge::Instant(FAR)),
    }
}

/// Whether the unit is a part of a day.
fn by_clock(unit: Unit) -> bool {
    matches!(unit, Unit::Second | Unit::Minute | Unit::Hour)
}

/// Whether the unit counts from the day of `as of`, not from its moment.
fn by_day(unit: Unit, moments: Moments) -> bool {
    moments == Moments::Dates && !by_clock(unit)
}

/// `as of`, as a day for units of a day and longer.
fn now_edge(clock: &Clock, unit: Unit) -> Edge {
    if by_clock(unit) { Edge::Instant(i128::from(clock.as_of)) } else { Edge::Day(i128::from(clock.today())) }
}

/// `as of` moved by an amount, forwards for 1, backwards for -1.
fn moved(amount: Amount, direction: i64, clock: &Clock, moments: Moments) -> Edge {
    let count = amount.count.saturating_mul(direction);
    if by_day(amount.unit, moments) {
        units_on(Edge::Day(i128::from(clock.today())), amount, direction)
    } else {
        let moved = shift_instant(clock.as_of, count, amount.unit, clock.zone);
        Edge::Instant(moved.map_or(FAR * i128::from(direction), i128::from))
    }
}

/// An edge that lies on a unit's border, so many units later (1) or earlier (-1).
fn units_on(edge: Edge, amount: Amount, direction: i64) -> Edge {
    let count = amount.count.saturating_mul(direction);
    match edge {
        Edge::Day(day) => {
            let moved = i32::try_from(day).ok().and_then(|day| shift_date(day, count, amount.unit));
            Edge::Day(moved.map_or(FAR * i128::from(direction), i128::from))
        }
        Edge::Instant(instant) => {
            Edge::Instant(instant + i128::from(count) * i128::from(micros_of_unit(amount.unit).unwrap_or(0)))
        }
    }
}

/// The calendar unit that holds the edge, which is a day for units of a day and longer, and an instant for shorter ones.
fn unit_at(edge: Edge, unit: Unit, clock: &Clock) -> (Edge, Edge) {
    let start = match edge {
        Edge::Day(day) if day.abs() < FAR => {
            let date = CivilDate::of(day as i64);
            let first_of = |month| CivilDate { year: date.year, month, day: 1 }.number().into();
            Edge::Day(match unit {
                Unit::Week => {
                    let weekday = i128::from(weekday_of(day as i32)) - 1;
                    day - (weekday - i128::from(clock.week_start.num_days_from_monday())).rem_euclid(7)
                }
                Unit::Month => first_of(date.month),
                Unit::Quarter => first_of((date.month - 1) / 3 * 3 + 1),
                Unit::Year => first_of(1),
                Unit::Day | Unit::Second | Unit::Minute | Unit::Hour => day,
            })
        }
        Edge::Instant(instant) if instant.abs() < FAR => {
            let local = local_time(instant as i64, clock.zone);
            let length = micros_of_unit(unit).unwrap_or(super::MICROS_PER_DAY);
            Edge::Instant(instant - i128::from(local.micros % length))
        }
        beyond => return (beyond, beyond),
    };
    (start, units_on(start, Amount { count: 1, unit }, 1))
}

/// The year or quarter that holds a day, of years that start with a month from 1 to 12.
fn fiscal_unit_at(day: i128, unit: Unit, start: u32) -> (Edge, Edge) {
    let date = CivilDate::of(day as i64);
    // Months since the fiscal year began, and of those the whole quarters.
    let since = (date.month + 12 - start) % 12;
    let into = if unit == Unit::Quarter { since % 3 } else { since };
    let months = date.year * 12 + i64::from(date.month) - 1 - i64::from(into);
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let first = CivilDate { year, month: month as u32, day: 1 }.number();
    let from = Edge::Day(first.into());
    (from, units_on(from, Amount { count: 1, unit }, 1))
}

/// Where a bound begins.
fn bound_start(bound: Bound, clock: &Clock) -> Edge {
    match bound {
        Bound::Day(day) => Edge::Day(day.into()),
        Bound::RelativeDay(days) => Edge::Day(i128::from(clock.today()) + i128::from(days)),
        Bound::Instant(instant) => Edge::Instant(instant.into()),
        Bound::Now => Edge::Instant(clock.as_of.into()),
    }
}

/// Where a bound ends: a day once it is over, an instant at itself plus so many microseconds.
fn bound_end(bound: Bound, clock: &Clock, micros: i128) -> Edge {
    match bound_start(bound, clock) {
        Edge::Day(day) => Edge::Day(day + 1),
        Edge::Instant(instant) => Edge::Instant(instant + micros),
    }
}

/// The first value at or after the edge.
fn value_of(edge: Edge, clock: &Clock, moments: Moments) -> i128 {
    match (edge, moments) {
        (Edge::Day(day), Moments::Dates) => day,
        (Edge::Instant(instant), Moments::Instants) => instant,
        (Edge::Day(day), Moments::Instants) => {
            let start = i32::try_from(day).ok().and_then(|day| start_of_day(day, clock.zone));
            start.map_or(FAR * day.signum(), i128::from)
        }
        (Edge::Instant(instant), Moments::Dates) => match i64::try_from(instant) {
            Ok(instant) => {
                let day = clock.date_of(instant);
                let begins = start_of_day(day, clock.zone).is_some_and(|start| start >= instant);
                i128::from(day) + i128::from(!begins)
            }
            Err(_) => FAR * instant.signum(),
        },
    }
}

/// What of the clock times lies from `from` to before `to`, across midnight where `to` is not later.
fn common_hours(hours: &[(u32, u32)], from: u32, to: u32) -> Vec<(u32, u32)> {
    let wanted = if from < to { vec![(from, to)] } else { vec![(0, to), (from, DAY_SECONDS)] };
    let mut common = Vec::new();
    for (from, to) in hours {
        for (first, last) in &wanted {
            let (start, end) = ((*from).max(*first), (*to).min(*last));
            if start < end {
                common.push((start, end));
            }
        }
    }
    common.sort_unstable();
    // Neighbours become one, so that the whole day is always written as the whole day.
    common.dedup_by(|next, before| {
        before.1 == next.0 && {
            before.1 = next.1;
            true
        }
    });
    common
}
