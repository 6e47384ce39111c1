//! From a raw cell to one plain value of the declared type: rules 9 and 10, strictly.
//!
//! Every function gives the value, `None` for a missing one, or says what it expected. Nothing is guessed: a text that is
//! not exactly in the expected form is refused.

use crate::data::moments::{MICROS_PER_DAY, MICROS_PER_SECOND, Moment, is_day, is_moment, parse_moment};
use crate::data::raw::{Raw, decimal_text};
use segue_compiler::values::places::place;
use segue_compiler::values::{MONEY_SCALE, money, number as canonical_number};
use std::borrow::Cow;

/// A value, nothing, or what was expected instead.
pub(crate) type Judged<T> = Result<Option<T>, &'static str>;

const BOOLEAN: &str = "I expected yes or no: true, false, yes, no, 1 or 0";
const INTEGER: &str = "I expected a whole number, such as 42";
const INTEGER_RANGE: &str = "this whole number is too large: the largest is 9223372036854775807";
const NUMBER: &str = "I expected a number, such as 12.5 (a point for the decimals, no spaces or thousands separators)";
const NUMBER_RANGE: &str = "this number is infinite or too large";
const MONEY: &str =
    "I expected an amount, such as 12.50 (a point, at most 4 decimals, no currency sign or thousands separators)";
const MONEY_DECIMALS: &str = "an amount has at most 4 decimals";
const MONEY_RANGE: &str = "this amount is too large: the largest is about 922 trillion";
const DATE: &str = "I expected a date, such as 2026-04-03";
const DATE_CLOCK: &str = "this has a clock time: declare the field as `datetime` to keep it";
const DATE_RANGE: &str = "a date lies in the years 1 to 9999";
const DATETIME: &str = "I expected a date with a clock time, such as 2026-04-03 10:00:00";
const DATETIME_DAY: &str = "this has no clock time: declare the field as `date`";
const DURATION: &str = "I expected a length of time, such as 01:30:00 or P3DT4H";
const LOCATION: &str =
    "I expected a place: latitude and longitude in degrees, as 40.7536, -73.9832, or an object with lat and lon";
const TEXT: &str = "I expected text";
const ID: &str = "I expected an id: text or a whole number";
const LARGE_ID: &str =
    "I expected an id, and a number this large has lost digits on its way: keep ids of more than 15 digits as text";
const ZONE: &str = "I expected the name of a time zone, such as Europe/Berlin";

/// Not a number is a missing value (a bad row where the field is required, as any missing value is).
const MISSING: Judged<f64> = Ok(None);

pub(crate) fn boolean(raw: &Raw<'_>) -> Judged<u8> {
    let bit = |yes: bool, no: bool| {
        if yes {
            Ok(Some(1))
        } else if no {
            Ok(Some(0))
        } else {
            Err(BOOLEAN)
        }
    };
    match raw {
        Raw::Missing | Raw::Empty => Ok(None),
        Raw::Boolean(value) => Ok(Some(u8::from(*value))),
        Raw::Integer(value) => bit(*value == 1, *value == 0),
        Raw::Unsigned(_) => Err(BOOLEAN),
        Raw::Float(value) if value.is_nan() => Ok(None),
        Raw::Float(value) => bit(*value == 1.0, *value == 0.0),
        Raw::Text(text) => {
            let any = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
            bit(any(["true", "yes", "1"]), any(["false", "no", "0"]))
        }
        _ => Err(BOOLEAN),
    }
}

pub(crate) fn integer(raw: &Raw<'_>) -> Judged<i64> {
    match raw {
        Raw::Missing | Raw::Empty => Ok(None),
        Raw::Integer(value) => Ok(Some(*value)),
        Raw::Unsigned(_) => Err(INTEGER_RANGE),
        Raw::Float(value) => match integral(*value) {
            None if value.is_nan() => Ok(None),
            found => found.map(Some).ok_or(INTEGER),
        },
        Raw::Decimal { units, scale } => {
            let whole = scaled(*units, *scale, 0).ok_or(INTEGER)?;
            i64::try_from(whole).map(Some).map_err(|_| INTEGER_RANGE)
        }
        Raw::Text(text) => match written_decimal(text) {
            Some((units, 0)) => i64::try_from(units).map(Some).map_err(|_| INTEGER_RANGE),
            Some(_) => Err(INTEGER),
            None if all_digits(text) => Err(INTEGER_RANGE),
            None => Err(INTEGER),
        },
        _ => Err(INTEGER),
    }
}

pub(crate) fn number(raw: &Raw<'_>) -> Judged<f64> {
    let finite = |value: f64| {
        if value.is_nan() { MISSING } else { canonical_number(value).map(Some).ok_or(NUMBER_RANGE) }
    };
    match raw {
        Raw::Missing | Raw::Empty => Ok(None),
        Raw::Integer(value) => finite(*value as f64),
        Raw::Unsigned(value) => finite(*value as f64),
        Raw::Float(value) => finite(*value),
        // The nearest float of the exact decimal, which parsing its digits gives.
        Raw::Decimal { units, scale } => finite(decimal_text(*units, *scale).parse().map_err(|_| NUMBER)?),
        Raw::Text(text) => {
            let lettered = text.bytes().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'));
            if lettered && !text.eq_ignore_ascii_case("nan") {
                let infinite = text.parse::<f64>().is_ok();
                return Err(if infinite { NUMBER_RANGE } else { NUMBER });
            }
            finite(text.parse().map_err(|_| NUMBER)?)
        }
        _ => Err(NUMBER),
    }
}

/// A place, as [`segue_compiler::values::places`] has it.
pub(crate) fn location(raw: &Raw<'_>) -> Judged<i64> {
    let degrees = |latitude: Judged<f64>, longitude: Judged<f64>| match (latitude, longitude) {
        (Ok(Some(latitude)), Ok(Some(longitude))) => place(latitude, longitude).map(Some).ok_or(LOCATION),
        (Ok(None), Ok(None)) => Ok(None),
        _ => Err(LOCATION),
    };
    match raw {
        Raw::Missing | Raw::Empty => Ok(None),
        Raw::Text(text) => {
            let (latitude, longitude) = text.split_once(',').ok_or(LOCATION)?;
            let part = |text: &str| number(&Raw::Text(Cow::Borrowed(text.trim())));
            degrees(part(latitude), part(longitude))
        }
        Raw::Record(fields) => {
            let part = |names: &[&str]| {
                let found = fields.iter().find(|(field, _)| names.iter().any(|name| field.eq_ignore_ascii_case(name)));
                found.map_or(Err(LOCATION), |(_, value)| number(value))
            };
            degrees(part(&["lat", "latitude"]), part(&["lon", "longitude", "lng", "long"]))
        }
        _ => Err(LOCATION),
    }
}

/// As a share: 0.45 for 45%.
pub(crate) fn percent(raw: &Raw<'_>, hundredths: bool) -> Judged<f64> {
    if let Raw::Text(text) = raw
        && let Some(digits) = text.strip_suffix('%')
    {
        return Ok(number(&Raw::Text(Cow::Borrowed(digits)))?.map(|value| value / 100.0));
    }
    Ok(number(raw)?.map(|value| if hundredths { value / 100.0 } else { value }))
}

/// In ten-thousandths. Floats are rounded half to even; decimals must be exact.
pub(crate) fn amount(raw: &Raw<'_>) -> Judged<i64> {
    let narrow = |units: i128| i64::try_from(units).map(Some).map_err(|_| MONEY_RANGE);
    match raw {
        Raw::Missing | Raw::Empty => Ok(None),
        Raw::Integer(value) => narrow(i128::from(*value) * i128::from(MONEY_SCALE)),
        Raw::Unsigned(value) => narrow(i128::from(*value) * i128::from(MONEY_SCALE)),
        Raw::Float(value) if value.is_nan() => Ok(None),
        Raw::Float(value) => money_from_float(*value).map(Some).ok_or(MONEY_RANGE),
        Raw::Decimal { units, scale } => {
            narrow(scaled(*units, *scale, 4).ok_or(if *scale <= 4 { MONEY_RANGE } else { MONEY_DECIMALS })?)
        }
        Raw::Text(text) => match written_decimal(text) {
            Some((units, scale @ 0..=4)) => narrow(scaled(units, scale, 4).ok_or(MONEY_RANGE)?),
            Some(_) => Err(MONEY_DECIMALS),
            None if all_digits(text) => Err(MONEY_RANGE),
            None => Err(MONEY),
        },
        _ => Err(MONEY),
    }
}

/// As [`money::from_number`], which alone decides near a half.
pub(crate) fn money_from_float(amount: f64) -> Option<i64> {
    let units = amount * MONEY_SCALE as f64;
    let nearest = units.round();
    let clear = (units - nearest).abs() < 0.499 && units.abs() < 1e12;
    if clear { Some(nearest as i64) } else { money::from_number(amount) }
}

/// Days since 1970-01-01. A time of midnight without a zone is that day.
pub(crate) fn date(raw: &Raw<'_>) -> Judged<i32> {
    let at_midnight = |clock: i64| match clock.rem_euclid(MICROS_PER_DAY) {
        0 => i32::try_from(clock.div_euclid(MICROS_PER_DAY)).map_err(|_| DATE_RANGE),
        _ => Err(DATE_CLOCK),
    };
    let day = match raw {
        Raw::Missing | Raw::Empty => return Ok(None),
        Raw::Date(day) => *day,
        Raw::ClockTime(clock) => at_midnight(*clock)?,
        Raw::Instant(_) => return Err(DATE_CLOCK),
        Raw::Text(text) => match parse_moment(text) {
            Some(Moment::Day(day)) => day,
            Some(Moment::ClockTime(clock)) => at_midnight(clock)?,
            Some(Moment::Instant(_)) => return Err(DATE_CLOCK),
            None => return Err(DATE),
        },
        _ => return Err(DATE),
    };
    if is_day(i64::from(day)) { Ok(Some(day)) } else { Err(DATE_RANGE) }
}

/// An instant or a clock time, in microseconds.
pub(crate) fn moment(raw: &Raw<'_>) -> Judged<Moment> {
    let found = match raw {
        Raw::Missing | Raw::Empty => return Ok(None),
        Raw::Instant(micros) => Moment::Instant(*micros),
        Raw::ClockTime(clock) => Moment::ClockTime(*clock),
        Raw::Date(_) => return Err(DATETIME_DAY),
        Raw::Text(text) => match parse_moment(text) {
            Some(Moment::Day(_)) => return Err(DATETIME_DAY),
            Some(found) => found,
            None => return Err(DATETIME),
        },
        _ => return Err(DATETIME),
    };
    match found {
        Moment::Instant(micros) | Moment::ClockTime(micros) if !is_moment(micros) => Err(DATE_RANGE),
        found => Ok(Some(found)),
    }
}

/// Microseconds: `H:MM:SS[.ffffff]` or ISO 8601 with weeks, days, hours, minutes and seconds.
pub(crate) fn duration(raw: &Raw<'_>) -> Judged<i64> {
    match raw {
        Raw::Missing | Raw::Empty => Ok(None),
        Raw::Duration(micros) => Ok(Some(*micros)),
        Raw::Text(text) => {
            let (negative, text) = text.strip_prefix('-').map_or((false, text.as_ref()), |rest| (true, rest));
            let micros = iso_duration(text).or_else(|| clock_duration(text)).ok_or(DURATION)?;
            Ok(Some(if negative { -micros } else { micros }))
        }
        _ => Err(DURATION),
    }
}

fn iso_duration(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix('P')?;
    let (mut micros, mut in_day, mut parts) = (0_i64, false, 0);
    while !rest.is_empty() {
        if let Some(clock) = rest.strip_prefix('T').filter(|_| !in_day) {
            (rest, in_day) = (clock, true);
            continue;
        }
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (count, unit) = (rest.get(..end)?, rest.get(end..end + 1)?);
        let size = match (unit, in_day) {
            ("W", false) => 7 * MICROS_PER_DAY,
            ("D", false) => MICROS_PER_DAY,
            ("H", true) => 3600 * MICROS_PER_SECOND,
            ("M", true) => 60 * MICROS_PER_SECOND,
            ("S", true) => MICROS_PER_SECOND,
            _ => return None,
        };
        micros = micros.checked_add(times(count, size)?)?;
        parts += 1;
        rest = rest.get(end + 1..)?;
    }
    (parts > 0).then_some(micros)
}

fn clock_duration(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() || !all_digits(hours) || !all_digits(minutes) || minutes.len() != 2 {
        return None;
    }
    let (minutes, seconds) = (times(minutes, 60 * MICROS_PER_SECOND)?, times(seconds, MICROS_PER_SECOND)?);
    if minutes >= 3600 * MICROS_PER_SECOND || seconds >= 60 * MICROS_PER_SECOND {
        return None;
    }
    times(hours, 3600 * MICROS_PER_SECOND)?.checked_add(minutes)?.checked_add(seconds)
}

/// A written decimal times a size; digits below a microsecond are refused.
fn times(count: &str, size: i64) -> Option<i64> {
    let (units, scale) = written_decimal(count).filter(|_| !count.starts_with(['-', '+']))?;
    let product = units.checked_mul(i128::from(size))?;
    i64::try_from(scaled(product, scale, 0)?).ok()
}

/// Text exactly as it is; plain values of other kinds as they are written.
pub(crate) fn text<'a>(raw: &'a Raw<'_>, required: bool) -> Judged<Cow<'a, str>> {
    Ok(Some(match raw {
        Raw::Empty if required => Cow::Borrowed(""),
        Raw::Missing | Raw::Empty => return Ok(None),
        Raw::Text(text) => Cow::Borrowed(text.as_ref()),
        Raw::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        Raw::Float(value) if value.is_nan() => return Ok(None),
        Raw::Integer(_) | Raw::Unsigned(_) | Raw::Float(_) | Raw::Decimal { .. } | Raw::Date(_) => {
            Cow::Owned(raw.written())
        }
        _ => return Err(TEXT),
    }))
}

/// An id in canonical form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Id<'a> {
    /// An integer; its decimal text is the id.
    Integer(i64),
    /// Any other text.
    Text(Cow<'a, str>),
}

pub(crate) fn id<'a>(raw: &'a Raw<'_>) -> Judged<Id<'a>> {
    Ok(Some(match raw {
        Raw::Missing | Raw::Empty => return Ok(None),
        Raw::Integer(value) => Id::Integer(*value),
        Raw::Unsigned(value) => Id::Text(Cow::Owned(value.to_string())),
        Raw::Float(value) if value.is_nan() => return Ok(None),
        Raw::Float(value) => {
            let reason = if value.is_finite() && value.fract() == 0.0 { LARGE_ID } else { ID };
            Id::Integer(integral(*value).ok_or(reason)?)
        }
        Raw::Decimal { units, scale } => {
            let whole = scaled(*units, *scale, 0).ok_or(ID)?;
            i64::try_from(whole).map_or_else(|_| Id::Text(Cow::Owned(whole.to_string())), Id::Integer)
        }
        Raw::Text(text) => match crate::data::canonical_integer(text) {
            Some(integer) => Id::Integer(integer),
            None => Id::Text(Cow::Borrowed(text.as_ref())),
        },
        _ => return Err(ID),
    }))
}

pub(crate) fn zone<'a>(raw: &'a Raw<'_>) -> Judged<Cow<'a, str>> {
    match raw {
        Raw::Missing | Raw::Empty => Ok(None),
        Raw::Text(text) if text.parse::<chrono_tz::Tz>().is_ok() => Ok(Some(Cow::Borrowed(text.as_ref()))),
        _ => Err(ZONE),
    }
}

/// The integer a float is exactly, within 64 bits.
fn integral(value: f64) -> Option<i64> {
    let within = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
    (within && value.fract() == 0.0).then_some(value as i64)
}

/// `units / 10^scale` as a multiple of `10^-decimals`, where it is one and fits.
fn scaled(units: i128, scale: i8, decimals: i8) -> Option<i128> {
    let shift = i32::from(decimals) - i32::from(scale);
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    if shift >= 0 {
        return units.checked_mul(power?);
    }
    match power {
        Some(power) => (units % power == 0).then(|| units / power),
        None => (units == 0).then_some(0),
    }
}

/// `[+-]digits[.digits]` as units and scale, zeros at the end of the decimals dropped; `None` for anything else, or where
/// it has more digits than 38.
fn written_decimal(text: &str) -> Option<(i128, i8)> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..)?),
        [b'+', ..] => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (whole, decimals) = match digits.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals.trim_end_matches('0')),
        Some(_) => return None,
        None => (digits, ""),
    };
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') || decimals.contains('.') {
        return None;
    }
    let mut units = 0_i128;
    for digit in whole.bytes().chain(decimals.bytes()) {
        units = units.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    Some((if negative { -units } else { units }, i8::try_from(decimals.len()).ok()?))
}

fn all_digits(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
