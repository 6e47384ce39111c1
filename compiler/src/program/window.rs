//! Stretches of time in the checked program; [`crate::values::calendar`] turns them into instants and days for an `as of`.

use crate::syntax::tree::{Amount, Sign, Unit};
use crate::values::calendar::{shift_date, shift_instant};
use chrono_tz::Tz;

/// An end of a written stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A day, as days since 1970-01-01; as an instant, its 00:00 in the project's zone.
    Day(i32),
    /// An instant in microseconds UTC.
    Instant(i64),
    /// The day of `as of` plus this many days.
    RelativeDay(i32),
    /// `as of`.
    Now,
}

impl Bound {
    /// Moved by an amount; `None` where that is out of range, or where only the calendar of a run could say it.
    pub fn moved(self, sign: Sign, amount: Amount, zone: Tz) -> Option<Bound> {
        let count = if sign == Sign::Minus { amount.count.checked_neg()? } else { amount.count };
        match self {
            Bound::Day(day) => shift_date(day, count, amount.unit).map(Bound::Day),
            Bound::Instant(instant) => shift_instant(instant, count, amount.unit, zone).map(Bound::Instant),
            Bound::RelativeDay(days) => {
                let length = match amount.unit {
                    Unit::Day => 1,
                    Unit::Week => 7,
                    _ => return None,
                };
                let moved = i64::from(days).checked_add(count.checked_mul(length)?)?;
                i32::try_from(moved).ok().map(Bound::RelativeDay)
            }
            Bound::Now => None,
        }
    }
}

/// A stretch of time (rules 2 and 3). All are half-open, in the project's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum Window {
    /// From `as of` minus the amount to `as of`; `whole`: that many units that are over, from midnight to midnight.
    InLast { amount: Amount, whole: bool },
    /// From `as of` to `as of` plus the amount.
    InNext { amount: Amount },
    /// Before `as of` minus the amount.
    MoreThanAgo(Amount),
    /// The calendar unit (day, week, month ...; for hours and shorter the clock hour, minute, second) that holds `as of`
    /// minus the amount.
    ExactlyAgo(Amount),
    /// From `as of` minus `from` to `as of` minus `to`.
    FromToAgo { from: Amount, to: Amount },
    /// From the bound on.
    Since(Bound),
    /// Before the bound (for a day: before it began).
    Before(Bound),
    /// After the bound (for a day: once it is over; for an instant: strictly later).
    After(Bound),
    /// From the first bound to the second: a day as the second bound is included, an instant is not.
    FromTo(Bound, Bound),
    /// The calendar unit that holds `as of`.
    This(Unit),
    /// The calendar unit before that.
    Last(Unit),
    /// The year or quarter that holds `as of`, or with `last` the one before it, of years that start with a month from 1 to 12.
    Fiscal { unit: Unit, last: bool, start: u32 },
    /// One day.
    Day(Bound),
    /// Days of the week; bit 0 is Monday.
    Weekdays(u8),
    /// Clock times from `from` to before `to`, seconds of the day; where `to <= from` it crosses midnight.
    Hours { from: u32, to: u32 },
}
