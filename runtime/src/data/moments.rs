//! Dates and times as data hold them: strict ISO text, and clock times without a zone turned into instants (rule 1).
//!
//! What a clock time means is the calendar's business, which all engines share; here it is made fast for whole columns.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use rustc_hash::FxHashMap;
pub(crate) use segue_compiler::values::calendar::date_text;
use segue_compiler::values::calendar::{Local, instant_of_local};

pub(crate) const MICROS_PER_SECOND: i64 = 1_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
const EPOCH_FROM_COMMON_ERA: i32 = 719_163;

/// First and last day that data may hold: 0001-01-01 and 9999-12-31.
const FIRST_DAY: i32 = 1 - EPOCH_FROM_COMMON_ERA;
const LAST_DAY: i32 = 3_652_059 - EPOCH_FROM_COMMON_ERA;

/// Whether the day lies in the years 1 to 9999.
#[inline]
pub(crate) fn is_day(day: i64) -> bool {
    (i64::from(FIRST_DAY)..=i64::from(LAST_DAY)).contains(&day)
}

/// Whether the instant or clock time lies in the years 1 to 9999.
#[inline]
pub(crate) fn is_moment(micros: i64) -> bool {
    const FIRST: i64 = FIRST_DAY as i64 * MICROS_PER_DAY;
    const END: i64 = (LAST_DAY as i64 + 1) * MICROS_PER_DAY;
    (FIRST..END).contains(&micros)
}

/// `YYYY-MM-DD HH:MM:SS`, with a fraction where there is one.
pub(crate) fn clock_text(micros: i64) -> String {
    let day = i32::try_from(micros.div_euclid(MICROS_PER_DAY)).unwrap_or(i32::MAX);
    let within = micros.rem_euclid(MICROS_PER_DAY);
    let (seconds, fraction) = (within / MICROS_PER_SECOND, within % MICROS_PER_SECOND);
    let clock = format!("{} {:02}:{:02}:{:02}", date_text(day), seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { clock } else { format!("{clock}.{fraction:06}").trim_end_matches('0').to_owned() }
}

/// What a text of date and time says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Only a day.
    Day(i32),
    /// A clock time without a zone, microseconds.
    ClockTime(i64),
    /// With `Z` or an offset: an instant, microseconds UTC.
    Instant(i64),
}

/// Reads `2026-04-03`, `2026-04-03 10:00[:00[.123456]]`, with `T` for the space and `Z`, `+02:00`, `+0200` or `+02` after
/// it; `None` for anything else. Digits of a fraction after the sixth are dropped.
pub(crate) fn parse_moment(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let day = parse_day(bytes.get(..10)?)?;
    let Some(separator) = bytes.get(10) else { return Some(Moment::Day(day)) };
    if !matches!(separator, b' ' | b'T' | b't') {
        return None;
    }
    let (hour, minute) = (two_digits(bytes, 11)?, two_digits(bytes, 14)?);
    if bytes.get(13) != Some(&b':') || hour > 23 || minute > 59 {
        return None;
    }
    let mut at = 16;
    let mut micros = (hour * 60 + minute) * 60 * MICROS_PER_SECOND;
    if bytes.get(at) == Some(&b':') {
        let second = two_digits(bytes, at + 1)?;
        if second > 59 {
            return None;
        }
        micros += second * MICROS_PER_SECOND;
        at += 3;
        if matches!(bytes.get(at), Some(b'.' | b',')) {
            let digits = bytes.get(at + 1..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 || digits > 9 {
                return None;
            }
            for place in 0..6.min(digits) {
                let digit = i64::from(bytes.get(at + 1 + place)? - b'0');
                micros += digit * 10_i64.pow(5 - u32::try_from(place).ok()?);
            }
            at += 1 + digits;
        }
    }
    let clock = i64::from(day) * MICROS_PER_DAY + micros;
    let rest = text.get(at..)?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    match rest {
        "" if at == text.len() => Some(Moment::ClockTime(clock)),
        "Z" | "z" | "UTC" => Some(Moment::Instant(clock)),
        _ => Some(Moment::Instant(clock - parse_offset(rest)? * MICROS_PER_SECOND)),
    }
}

fn parse_day(bytes: &[u8]) -> Option<i32> {
    let [a, b, c, d, b'-', ..] = bytes else { return None };
    if ![a, b, c, d].into_iter().all(u8::is_ascii_digit) || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let year = two_digits(bytes, 0)? * 100 + two_digits(bytes, 2)?;
    let (month, day) = (two_digits(bytes, 5)?, two_digits(bytes, 8)?);
    let date =
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    (year > 0).then(|| date.num_days_from_ce() - EPOCH_FROM_COMMON_ERA)
}

fn two_digits(bytes: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (bytes.get(at)?, bytes.get(at + 1)?);
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// `+02:00`, `+0200` or `+02` in seconds.
fn parse_offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes() {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (two_digits(digits, 0)?, 0),
        4 => (two_digits(digits, 0)?, two_digits(digits, 2)?),
        5 if digits.get(2) == Some(&b':') => (two_digits(digits, 0)?, two_digits(digits, 3)?),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// What a change of the clocks did to a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockChange {
    /// The clocks never showed it; it moved forward.
    Gap,
    /// The clocks showed it twice; the earlier was taken.
    Overlap,
}

/// Turns clock times of one zone into instants; remembers the days on which the clocks do not change.
#[derive(Debug, Clone)]
pub(crate) struct ZoneClock {
    zone: Tz,
    /// By day: the offset in microseconds where it is the same all day, `None` where it changes.
    days: FxHashMap<i64, Option<i64>>,
    last: (i64, Option<i64>),
}

impl ZoneClock {
    pub(crate) fn new(zone: Tz) -> ZoneClock {
        ZoneClock { zone, days: FxHashMap::default(), last: (i64::MIN, None) }
    }

    /// Whether clock times are instants as they are.
    pub(crate) fn is_utc(&self) -> bool {
        self.zone == Tz::UTC
    }

    /// The instant in microseconds UTC, and whether a change of the clocks touched it.
    pub(crate) fn instant(&mut self, clock: i64) -> (i64, Option<ClockChange>) {
        if self.zone == Tz::UTC {
            return (clock, None);
        }
        let day = clock.div_euclid(MICROS_PER_DAY);
        if self.last.0 != day {
            let zone = self.zone;
            self.last = (day, *self.days.entry(day).or_insert_with(|| whole_day_offset(zone, day)));
        }
        match self.last.1 {
            Some(offset) => (clock - offset, None),
            None => instant(self.zone, clock),
        }
    }
}

/// The offset of a day on which the clocks do not change, in microseconds. Looked at every half hour: no zone ever changed
/// twice within one.
fn whole_day_offset(zone: Tz, day: i64) -> Option<i64> {
    let start = day * MICROS_PER_DAY;
    let offset = |clock: i64| match instant(zone, clock) {
        (instant, None) => Some(clock - instant),
        _ => None,
    };
    let first = offset(start)?;
    (1..=48).all(|half| offset(start + half * (MICROS_PER_DAY / 48)) == Some(first)).then_some(first)
}

fn instant(zone: Tz, clock: i64) -> (i64, Option<ClockChange>) {
    let (day, micros) = (clock.div_euclid(MICROS_PER_DAY), clock.rem_euclid(MICROS_PER_DAY));
    // Moments were checked to lie in the years 1 to 9999, all of which are instants in any zone.
    let found = i32::try_from(day).ok().and_then(|day| instant_of_local(day, micros, zone));
    match found {
        Some((instant, Local::Once)) => (instant, None),
        Some((instant, Local::Gap)) => (instant, Some(ClockChange::Gap)),
        Some((instant, Local::Overlap)) => (instant, Some(ClockChange::Overlap)),
        None => (clock, None),
    }
}
