//! What a clock shows for many instants of a few years: the zone is asked once a day, not once a row.

use chrono_tz::Tz;
use segue_compiler::syntax::tree::Unit;
use segue_compiler::values::calendar::{
    LocalTime, MICROS_PER_DAY, MICROS_PER_SECOND, TimeFilter, instant_of_local, local_time, shift_date, shift_instant,
    weekday_of,
};
use std::cell::Cell;

/// Days kept; one that falls on another's place is asked for anew.
const DAYS: usize = 1024;

/// A zone's clock that remembers.
pub(crate) struct Clocks {
    zone: Tz,
    /// By day of UTC modulo [`DAYS`]: the day, and what to add to an instant of it.
    days: Vec<Cell<Option<(i64, i64)>>>,
}

impl Clocks {
    pub(crate) fn new(zone: Tz) -> Clocks {
        Clocks { zone, days: vec![Cell::new(None); DAYS] }
    }

    /// What the clock shows at an instant: [`local_time`].
    pub(crate) fn local(&self, instant: i64) -> LocalTime {
        let Some(offset) = self.offset(instant.div_euclid(MICROS_PER_DAY)) else {
            return local_time(instant, self.zone);
        };
        let local = instant + offset;
        LocalTime {
            day: i32::try_from(local.div_euclid(MICROS_PER_DAY)).unwrap_or(0),
            micros: local.rem_euclid(MICROS_PER_DAY),
        }
    }

    /// An instant moved by units: [`shift_instant`].
    pub(crate) fn shift(&self, instant: i64, count: i64, unit: Unit) -> Option<i64> {
        if count == 0 || matches!(unit, Unit::Second | Unit::Minute | Unit::Hour) {
            return shift_instant(instant, count, unit, self.zone);
        }
        let local = self.local(instant);
        let day = shift_date(local.day, count, unit)?;
        // No clock is a day from UTC: where it never changes from the day before to the day after, it shows this time once.
        let around = i64::from(day);
        if let Some(offset) = self.offset(around)
            && [around - 1, around + 1].iter().all(|day| self.offset(*day) == Some(offset))
        {
            return Some(around * MICROS_PER_DAY + local.micros - offset);
        }
        instant_of_local(day, local.micros, self.zone).map(|(instant, _)| instant)
    }

    /// What to add to the instants of a day of UTC; `None` where the clock changes in it.
    fn offset(&self, day: i64) -> Option<i64> {
        let slot = usize::try_from(day.rem_euclid(DAYS as i64)).ok().and_then(|at| self.days.get(at))?;
        match slot.get() {
            Some((known, offset)) if known == day => Some(offset),
            _ => {
                let offset = self.offset_of_day(day)?;
                slot.set(Some((day, offset)));
                Some(offset)
            }
        }
    }

    /// The offset of a whole day of UTC, worked out; `None` where the clock changes in it. No zone ever changed twice in a day.
    fn offset_of_day(&self, day: i64) -> Option<i64> {
        let offset = |instant: i64| {
            let local = local_time(instant, self.zone);
            i64::from(local.day).checked_mul(MICROS_PER_DAY)?.checked_add(local.micros)?.checked_sub(instant)
        };
        let first = day.checked_mul(MICROS_PER_DAY)?;
        let last = first.checked_add(MICROS_PER_DAY - 1)?;
        // Room on both sides, so that adding the offset never leaves the range.
        last.checked_add(MICROS_PER_DAY)?;
        first.checked_sub(MICROS_PER_DAY)?;
        let (at_first, at_last) = (offset(first)?, offset(last)?);
        (at_first == at_last).then_some(at_first)
    }

    /// Whether an instant lies in all the windows: [`TimeFilter::contains`].
    pub(crate) fn contains(&self, filter: &TimeFilter, instant: i64) -> bool {
        if instant < filter.first || instant > filter.last {
            return false;
        }
        if filter.is_range() {
            return true;
        }
        let local = self.local(instant);
        let second = u32::try_from(local.micros / MICROS_PER_SECOND).unwrap_or(0);
        filter.weekdays >> (weekday_of(local.day) - 1) & 1 == 1
            && filter.hours.iter().any(|(from, to)| (*from..*to).contains(&second))
    }
}
