//! Rounding of numbers: half to even, up (towards plus infinity) or down (towards minus infinity).
//!
//! A number is rounded as the decimal that people see: the shortest one that reads back as the same float. So 0.29 rounded
//! down to 2 decimals is 0.29, and 2.675 rounded to 2 is a tie and gives 2.68, although the floats lie a little beside.

use crate::syntax::tree::Rounding;

/// A number rounded to so many decimals; finite in, finite out, never -0.0.
pub fn round_number(value: f64, direction: Rounding, decimals: u32) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value + 0.0;
    }
    let (negative, digits, exponent) = shortest_decimal(value);
    let places = i64::from(decimals);
    if i64::from(exponent) + places >= 0 {
        return value;
    }
    let Some(units) = scaled(digits.into(), exponent.saturating_add(decimals as i32), direction, negative) else {
        return value;
    };
    let sign = if negative { "-" } else { "" };
    // Reading decimal text is exact to the nearest float; the text is digits and an exponent, so it always reads.
    format!("{sign}{units}e-{decimals}").parse::<f64>().map_or(value, |rounded| rounded + 0.0)
}

/// A float rounded half to even as a 64-bit integer; `None` where it does not fit or is not finite.
pub fn to_whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let whole = value.round_ties_even();
    (-LIMIT..LIMIT).contains(&whole).then_some(whole as i64)
}

/// The exact quotient rounded to an integer; `None` for a divisor of 0 and where it does not fit.
pub fn divide_rounded(dividend: i128, divisor: i128, direction: Rounding) -> Option<i128> {
    let quotient = dividend.checked_div(divisor)?;
    let rest = dividend.checked_rem(divisor)?;
    if rest == 0 {
        return Some(quotient);
    }
    // The quotient was cut towards zero; `away` is the neighbour on the other side of the exact value.
    let away = if (rest < 0) == (divisor < 0) { 1 } else { -1 };
    let step = match direction {
        Rounding::Up => away == 1,
        Rounding::Down => away == -1,
        Rounding::Nearest => {
            let (twice, whole) = (rest.unsigned_abs().checked_mul(2)?, divisor.unsigned_abs());
            twice > whole || twice == whole && quotient % 2 != 0
        }
    };
    if step { quotient.checked_add(away) } else { Some(quotient) }
}

/// The shortest decimal that reads back as a finite float: its sign, digits without zeros at the end, and the power of ten.
pub(super) fn shortest_decimal(value: f64) -> (bool, u64, i32) {
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.bytes().chain(decimals.bytes()).fold(0_u64, |digits, byte| digits * 10 + u64::from(byte - b'0'));
    (value.is_sign_negative(), digits, exponent.parse::<i32>().unwrap_or(0) - decimals.len() as i32)
}

/// The size `digits * 10^exponent` rounded to an integer, of a value of this sign; `None` where it does not fit.
pub(super) fn scaled(digits: u128, exponent: i32, direction: Rounding, negative: bool) -> Option<i128> {
    let digits = i128::try_from(digits).ok()?;
    if exponent >= 0 {
        return digits.checked_mul(10_i128.checked_pow(exponent as u32)?);
    }
    // The value is rounded, not its size: below zero, up is towards zero.
    let direction = match (direction, negative) {
        (Rounding::Up, true) => Rounding::Down,
        (Rounding::Down, true) => Rounding::Up,
        (direction, _) => direction,
    };
    match 10_i128.checked_pow(exponent.unsigned_abs()) {
        Some(divisor) => divide_rounded(digits, divisor, direction),
        None => Some(i128::from(direction == Rounding::Up && digits > 0)),
    }
}
