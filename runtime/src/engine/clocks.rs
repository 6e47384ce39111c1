//! What a clock shows for many instants of a few years: the zone is asked once a day, not once a row.

use chrono_tz::Tz;
use segue_compiler::values::calendar::{
    LocalTime, MICROS_PER_DAY, MICROS_PER_SECOND, TimeFilter, local_time, weekday_of,
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
        let day = instant.div_euclid(MICROS_PER_DAY);
        let slot = usize::try_from(day.rem_euclid(DAYS as i64)).ok().and_then(|at| self.days.get(at));
        let Some(slot) = slot else { return local_time(instant, self.zone) };
        let offset = match slot.get() {
            Some((known, offset)) if known == day => offset,
            _ => {
                let Some(offset) = self.offset_of_day(day) else { return local_time(instant, self.zone) };
                slot.set(Some((day, offset)));
                offset
            }
        };
        let local = instant + offset;
        LocalTime {
            day: i32::try_from(local.div_euclid(MICROS_PER_DAY)).unwrap_or(0),
            micros: local.rem_euclid(MICROS_PER_DAY),
        }
    }

    /// The offset of a whole day of UTC; `None` where the clock changes in it. No zone ever changed twice in a day.
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
