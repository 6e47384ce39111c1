//! Money as whole ten-thousandths: exact where it can be, half to even where it cannot (rules 10 and 12). Durations use
//! the same arithmetic on their microseconds.

use super::MONEY_SCALE;
use super::arithmetic::{Failure, judge};
use super::rounding::{divide_rounded, to_whole};
use crate::syntax::tree::Rounding;

/// Times an integer, exactly.
pub fn times_integer(units: i64, by: i64) -> Result<i64, Failure> {
    units.checked_mul(by).ok_or(Failure::Overflow)
}

/// Times a finite number: the product of the units as floats, rounded half to even.
pub fn times_number(units: i64, by: f64) -> Result<i64, Failure> {
    to_whole(units as f64 * by).ok_or(Failure::Overflow)
}

/// Divided by an integer: the exact quotient, rounded half to even.
pub fn over_integer(units: i64, by: i64) -> Result<i64, Failure> {
    average(units.into(), by)
}

/// Divided by a finite number: the quotient of the units as floats, rounded half to even.
pub fn over_number(units: i64, by: f64) -> Result<i64, Failure> {
    if by == 0.0 {
        return Err(Failure::DivisionByZero);
    }
    to_whole(units as f64 / by).ok_or(Failure::Overflow)
}

/// A sum divided by a count: the exact quotient, rounded half to even.
pub fn average(sum: i128, count: i64) -> Result<i64, Failure> {
    // Dividing 64 bits is many times quicker than 128.
    if let (Ok(sum), 1..) = (i64::try_from(sum), count) {
        let (quotient, rest) = (sum / count, (sum % count).unsigned_abs());
        let whole = count.unsigned_abs();
        let up = rest > whole - rest || rest == whole - rest && quotient % 2 != 0;
        // A quotient that is rounded is less than half of the range.
        return Ok(if up { quotient + sum.signum() } else { quotient });
    }
    judge(divide_rounded(sum, count.into(), Rounding::Nearest).ok_or(Failure::DivisionByZero)?)
}

/// Rounded to so many decimals; from 4 on nothing changes.
pub fn round(units: i64, direction: Rounding, decimals: u32) -> Result<i64, Failure> {
    if decimals >= 4 {
        return Ok(units);
    }
    let step = i128::from(10_i64.pow(4 - decimals));
    judge(divide_rounded(units.into(), step, direction).ok_or(Failure::Overflow)? * step)
}

/// Money from a float, rounded half to even at 4 decimals; `None` where it is not finite or too large.
pub fn from_number(amount: f64) -> Option<i64> {
    // The shortest decimal that reads back as the float is what its writer meant: 1.00005 is 1.0000 by the even digit,
    // although the nearest float lies a little above the half.
    if !amount.is_finite() {
        return None;
    }
    let (negative, digits, exponent) = super::rounding::shortest_decimal(amount);
    let units = super::rounding::scaled(digits.into(), exponent + 4, Rounding::Nearest, negative)?;
    i64::try_from(if negative { -units } else { units }).ok()
}

/// Why a text is no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    /// It is not digits with at most one point and a sign.
    #[error("not a decimal number")]
    Form,
    /// It has digits other than 0 after the fourth decimal.
    #[error("more than four decimals")]
    Decimals,
    /// It does not fit.
    #[error("too large")]
    Size,
}

/// Money from decimal text, exactly: a sign or none, digits, and a point with digits or none. Zeros after the fourth
/// decimal change nothing and are accepted, other digits are not.
pub fn parse(text: &str) -> Result<i64, NotMoney> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + decimals.len() == 0 || !is_digits(whole) || !is_digits(decimals) {
        return Err(NotMoney::Form);
    }
    let kept = decimals.trim_end_matches('0');
    if kept.len() > 4 {
        return Err(NotMoney::Decimals);
    }
    let mut units: i128 = 0;
    for byte in whole.bytes().chain(kept.bytes()) {
        units = units * 10 + i128::from(byte - b'0');
        if units > i128::from(u64::MAX) {
            return Err(NotMoney::Size);
        }
    }
    units *= i128::from(10_i64.pow(4 - kept.len() as u32));
    i64::try_from(if negative { -units } else { units }).map_err(|_| NotMoney::Size)
}

/// The exact decimal, without a currency and without zeros at the end: `1234.5`.
pub fn text(units: i64) -> String {
    let (whole, parts) = (units.unsigned_abs() / MONEY_SCALE as u64, units.unsigned_abs() % MONEY_SCALE as u64);
    let sign = if units < 0 { "-" } else { "" };
    match parts {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{}", format!("{parts:04}").trim_end_matches('0')),
    }
}
