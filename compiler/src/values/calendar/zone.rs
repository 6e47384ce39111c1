//! Clock times of a zone: what a clock shows at an instant, and the instant at which it shows a time.

use super::{MICROS_PER_DAY, MICROS_PER_SECOND};
use chrono::offset::LocalResult;
use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

/// What a clock in a zone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    /// The day.
    pub day: i32,
    /// Microseconds since the clock showed, or would have shown, 00:00.
    pub micros: i64,
}

/// How a clock time became an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// It occurs once.
    Once,
    /// The clock jumped over it: moved forward by the length of the gap.
    Gap,
    /// It occurs twice: the earlier was taken.
    Overlap,
}

/// Years beyond which chrono's dates end; the offset of a zone no longer changes there.
const FARTHEST_DAY: i64 = 250_000 * 365;

/// What the clock shows at an instant.
pub fn local_time(instant: i64, zone: Tz) -> LocalTime {
    let local = i128::from(instant) + i128::from(offset_at(instant, zone));
    let day = local.div_euclid(i128::from(MICROS_PER_DAY));
    // An i64 of microseconds is at most 107 million days.
    LocalTime { day: day as i32, micros: local.rem_euclid(i128::from(MICROS_PER_DAY)) as i64 }
}

/// The instant at which the clock shows a time; `micros` from 0 to a day, both ends included (24:00 is the next 00:00).
/// `None` where that is no instant. A time in a gap moves forward by the gap's length, of two the earlier is taken.
pub fn instant_of_local(day: i32, micros: i64, zone: Tz) -> Option<(i64, Local)> {
    let local = i128::from(day) * i128::from(MICROS_PER_DAY) + i128::from(micros);
    let local = i64::try_from(local).ok()?;
    if zone == Tz::UTC {
        return Some((local, Local::Once));
    }
    let (offset, kind) = match zone.offset_from_local_datetime(&chrono_time(local)) {
        LocalResult::Single(offset) => (micros_of(&offset), Local::Once),
        LocalResult::Ambiguous(one, other) => (micros_of(&one).max(micros_of(&other)), Local::Overlap),
        // The gap begins at some instant T and the clock jumps from T + before to T + after. No zone is 16 hours from UTC,
        // so 16 hours before this reading of the clock as UTC lies before T, and the offset there is the one before.
        LocalResult::None => (offset_at(local.checked_sub(16 * 3_600 * MICROS_PER_SECOND)?, zone), Local::Gap),
    };
    Some((local.checked_sub(offset)?, kind))
}

/// The 00:00 of a day, or the first instant after it where the clock jumps over 00:00; `None` where that is no instant.
pub fn start_of_day(day: i32, zone: Tz) -> Option<i64> {
    instant_of_local(day, 0, zone).map(|(instant, _)| instant)
}

/// Microseconds to add to an instant for the clock's reading.
fn offset_at(instant: i64, zone: Tz) -> i64 {
    if zone == Tz::UTC {
        return 0;
    }
    micros_of(&zone.offset_from_utc_datetime(&chrono_time(instant)))
}

fn micros_of(offset: &impl Offset) -> i64 {
    i64::from(offset.fix().local_minus_utc()) * MICROS_PER_SECOND
}

/// The nearest time that chrono can name.
fn chrono_time(micros: i64) -> NaiveDateTime {
    let bound = FARTHEST_DAY * MICROS_PER_DAY;
    DateTime::from_timestamp_micros(micros.clamp(-bound, bound)).unwrap_or_default().naive_utc()
}
