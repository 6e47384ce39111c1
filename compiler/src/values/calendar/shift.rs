//! Moving a day or an instant by calendar units.

use super::{CivilDate, MICROS_PER_DAY, instant_of_local, local_time, micros_of_unit};
use crate::syntax::tree::Unit;
use chrono_tz::Tz;

/// A day moved by units, forwards where the count is positive. A month that is too short gives its last day. Hours and
/// shorter are refused by the checker; here they move the day's 00:00 and give the day that it falls on, days of 24 hours.
/// `None` where the result is no day.
pub fn shift_date(date: i32, count: i64, unit: Unit) -> Option<i32> {
    let moved = match unit {
        Unit::Second | Unit::Minute | Unit::Hour => {
            let micros = i128::from(count) * i128::from(micros_of_unit(unit)?);
            i64::try_from(micros.div_euclid(i128::from(MICROS_PER_DAY))).ok()?.checked_add(i64::from(date))?
        }
        Unit::Day => i64::from(date).checked_add(count)?,
        Unit::Week => i64::from(date).checked_add(count.checked_mul(7)?)?,
        Unit::Month | Unit::Quarter | Unit::Year => {
            let months = count.checked_mul(months_of(unit))?;
            CivilDate::of(i64::from(date)).plus_months(months)?.number()
        }
    };
    i32::try_from(moved).ok()
}

/// An instant moved by units, forwards where the count is positive. Days and longer keep the clock time of the zone (in a
/// gap it moves forward, of two the earlier is taken), hours and shorter are elapsed time; nothing moves by nothing.
/// `None` where the result is no instant.
pub fn shift_instant(instant: i64, count: i64, unit: Unit, zone: Tz) -> Option<i64> {
    if count == 0 {
        return Some(instant);
    }
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour => instant.checked_add(count.checked_mul(micros_of_unit(unit)?)?),
        Unit::Day | Unit::Week | Unit::Month | Unit::Quarter | Unit::Year => {
            let local = local_time(instant, zone);
            let day = shift_date(local.day, count, unit)?;
            instant_of_local(day, local.micros, zone).map(|(instant, _)| instant)
        }
    }
}

/// Months of a unit of months.
pub(super) fn months_of(unit: Unit) -> i64 {
    match unit {
        Unit::Year => 12,
        Unit::Quarter => 3,
        _ => 1,
    }
}
