//! Completed units between two days or two instants (rule 10).
//!
//! `n` units are completed from A to B where A moved by `n` units is not later than B. So somebody born on 29 February
//! is a year older on 28 February of a common year, which is where rule 4 puts the anniversary. The other way round the
//! number is negative: from B to A as many as from A to B.

use super::shift::months_of;
use super::{CivilDate, MICROS_PER_DAY, local_time, micros_of_unit, shift_date, shift_instant};
use crate::syntax::tree::Unit;
use chrono_tz::Tz;

/// Completed units from one day to another; negative where the second is the earlier. Hours and shorter count days as 24
/// hours. `None` where the number leaves 64 bits, which no pair of days does.
pub fn units_between_dates(unit: Unit, from: i32, to: i32) -> Option<i64> {
    if to < from {
        return Some(-units_between_dates(unit, to, from)?);
    }
    let days = i64::from(to) - i64::from(from);
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour => days.checked_mul(MICROS_PER_DAY / micros_of_unit(unit)?),
        Unit::Day => Some(days),
        Unit::Week => Some(days / 7),
        Unit::Month | Unit::Quarter | Unit::Year => {
            Some(largest(months_between(from, to) / months_of(unit), |count| {
                shift_date(from, count, unit).is_some_and(|moved| moved <= to)
            }))
        }
    }
}

/// Completed units from one instant to another, days and longer on the zone's calendar; negative where the second is the
/// earlier. `None` where the number leaves 64 bits.
pub fn units_between_instants(unit: Unit, from: i64, to: i64, zone: Tz) -> Option<i64> {
    if to < from {
        return Some(-units_between_instants(unit, to, from, zone)?);
    }
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour => {
            let micros = i128::from(to) - i128::from(from);
            i64::try_from(micros / i128::from(micros_of_unit(unit)?)).ok()
        }
        Unit::Day | Unit::Week | Unit::Month | Unit::Quarter | Unit::Year => {
            let (first, last) = (local_time(from, zone).day, local_time(to, zone).day);
            let days = i64::from(last) - i64::from(first);
            let guess = match unit {
                Unit::Day => days,
                Unit::Week => days / 7,
                _ => months_between(first, last) / months_of(unit),
            };
            Some(largest(guess, |count| shift_instant(from, count, unit, zone).is_some_and(|moved| moved <= to)))
        }
    }
}

/// Calendar months from one day's month to another's.
fn months_between(from: i32, to: i32) -> i64 {
    let (from, to) = (CivilDate::of(i64::from(from)), CivilDate::of(i64::from(to)));
    (to.year - from.year) * 12 + i64::from(to.month) - i64::from(from.month)
}

/// The largest count for which `completed` holds, which is near the guess and not negative: 0 is always completed.
fn largest(guess: i64, completed: impl Fn(i64) -> bool) -> i64 {
    let mut count = guess + 1;
    while count > 0 && !completed(count) {
        count -= 1;
    }
    count.max(0)
}
