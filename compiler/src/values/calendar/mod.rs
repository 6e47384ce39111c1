//! The calendar that every engine shares: days, clock times in a zone, shifts by calendar units, completed units, and
//! what a written stretch of time means for an `as of` (rules 1 to 3 and 10).
//!
//! What always holds:
//! - A day is a number of days since 1970-01-01 in the proleptic Gregorian calendar, an instant is microseconds since
//!   1970-01-01T00:00Z. The clock has no leap seconds.
//! - Days and longer units are counted on the local calendar, hours and shorter ones in elapsed time.
//! - Nothing here reads the system clock or panics: what leaves the range of a day or an instant is `None`, and an end of
//!   a window that does so is no end at all.

mod civil;
mod elapsed;
mod occasion;
mod shift;
mod window;
mod zone;

#[cfg(test)]
mod tests;

pub use civil::{CivilDate, day_of_month, days_in_month, month_of, quarter_of, weekday_of, year_of};
pub(crate) use civil::{MONTHS, WEEKDAYS};
pub use elapsed::{units_between_dates, units_between_instants};
pub use occasion::{DayRule, Occasion, Reach, Stretch};
pub use shift::{shift_date, shift_instant};
pub use window::{Moments, TimeFilter, resolve};
pub use zone::{Local, LocalTime, instant_of_local, local_time, start_of_day};

use crate::syntax::tree::Unit;
use chrono::Weekday;
use chrono_tz::Tz;

/// Microseconds of a second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds of a day of 24 hours.
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// The `as of` of a run and the calendar it is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The instant of the run, microseconds UTC.
    pub as_of: i64,
    /// The project's zone.
    pub zone: Tz,
    /// First day of the week.
    pub week_start: Weekday,
}

impl Clock {
    /// The day of `as of`.
    pub fn today(&self) -> i32 {
        local_time(self.as_of, self.zone).day
    }

    /// The day of an instant in the project's zone (`date of`).
    pub fn date_of(&self, instant: i64) -> i32 {
        local_time(instant, self.zone).day
    }

    /// Clock hour of an instant in the project's zone, 0 to 23 (`hour of`).
    pub fn hour_of(&self, instant: i64) -> u32 {
        (local_time(instant, self.zone).micros / (3_600 * MICROS_PER_SECOND)) as u32
    }

    /// Clock minute of an instant in the project's zone, 0 to 59 (`minute of`).
    pub fn minute_of(&self, instant: i64) -> u32 {
        (local_time(instant, self.zone).micros / (60 * MICROS_PER_SECOND) % 60) as u32
    }

    /// Completed units from a day to the day of `as of`; negative, and counted from today, where the day lies ahead.
    /// `None` where the number leaves 64 bits.
    pub fn units_since_date(&self, unit: Unit, date: i32) -> Option<i64> {
        units_between_dates(unit, date, self.today())
    }

    /// Completed units from the day of `as of` to a day: [`Clock::units_since_date`] with the other sign.
    pub fn units_until_date(&self, unit: Unit, date: i32) -> Option<i64> {
        units_between_dates(unit, self.today(), date)
    }

    /// Completed units from an instant to `as of`; negative, and counted from `as of`, where it lies ahead. `None` where
    /// the number leaves 64 bits.
    pub fn units_since_instant(&self, unit: Unit, instant: i64) -> Option<i64> {
        units_between_instants(unit, instant, self.as_of, self.zone)
    }

    /// Completed units from `as of` to an instant: [`Clock::units_since_instant`] with the other sign.
    pub fn units_until_instant(&self, unit: Unit, instant: i64) -> Option<i64> {
        units_between_instants(unit, self.as_of, instant, self.zone)
    }

    /// Elapsed time from an instant to `as of`; `None` where it leaves 64 bits.
    pub fn time_since_instant(&self, instant: i64) -> Option<i64> {
        self.as_of.checked_sub(instant)
    }

    /// Elapsed time from the 00:00 of a day to `as of`; `None` where it leaves 64 bits.
    pub fn time_since_date(&self, date: i32) -> Option<i64> {
        self.as_of.checked_sub(start_of_day(date, self.zone)?)
    }

    /// Whether an event that has only a date exists: its day is over (rule 1).
    pub fn date_is_over(&self, date: i32) -> bool {
        date < self.today()
    }
}

/// Microseconds of a unit of elapsed time; `None` for units whose length the calendar decides. A day is 24 hours and a
/// week seven of them, as in durations.
pub fn micros_of_unit(unit: Unit) -> Option<i64> {
    Some(match unit {
        Unit::Second => MICROS_PER_SECOND,
        Unit::Minute => 60 * MICROS_PER_SECOND,
        Unit::Hour => 3_600 * MICROS_PER_SECOND,
        Unit::Day => MICROS_PER_DAY,
        Unit::Week => 7 * MICROS_PER_DAY,
        Unit::Month | Unit::Quarter | Unit::Year => return None,
    })
}

/// A day as `2026-04-03`; years before 0 and after 9999 carry a sign.
pub fn date_text(date: i32) -> String {
    let CivilDate { year, month, day } = CivilDate::of(i64::from(date));
    match year {
        0..=9_999 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:+05}-{month:02}-{day:02}"),
    }
}

/// An instant as a clock in the zone shows it: `2026-04-03 10:00`, with seconds and their parts where they are not zero.
pub fn instant_text(instant: i64, zone: Tz) -> String {
    let LocalTime { day, micros } = local_time(instant, zone);
    let seconds = micros / MICROS_PER_SECOND;
    let mut text = format!("{} {:02}:{:02}", date_text(day), seconds / 3_600, seconds / 60 % 60);
    let parts = micros % MICROS_PER_SECOND;
    if parts != 0 || seconds % 60 != 0 {
        text.push_str(&format!(":{:02}", seconds % 60));
    }
    if parts != 0 {
        text.push_str(format!(".{parts:06}").trim_end_matches('0'));
    }
    text
}
