//! Values as every engine sees them, and the arithmetic they share: calendar, money, numbers, text.
//!
//! A missing value is `None` wherever an `Option<Value>` stands; a condition that is unknown is a missing boolean.

use std::sync::Arc;

pub mod arithmetic;
pub mod calendar;
pub mod money;
pub mod patterns;
pub mod places;
pub mod rounding;
pub mod text;

#[cfg(test)]
mod tests;

/// A known value. Percentages are numbers (10% is 0.10); ids, listed values and time zones are text in canonical form.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// yes or no
    Boolean(bool),
    /// 64-bit integer
    Integer(i64),
    /// Finite, never -0.0: see [`number`].
    Number(f64),
    /// Ten-thousandths of the currency that the type names.
    Money(i64),
    /// Text, id, listed value or time zone.
    Text(Arc<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00Z.
    Instant(i64),
    /// Microseconds.
    Duration(i64),
    /// Known elements, in the order of the data.
    List(Arc<[Value]>),
}

/// A float as a value: not finite is missing (rule 9), and -0.0 is 0.0, so equal numbers have equal bits.
pub fn number(value: f64) -> Option<f64> {
    value.is_finite().then_some(value + 0.0)
}

/// A currency by its three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(pub [u8; 3]);

impl Currency {
    /// `None` where the text is not three capital letters.
    pub fn new(code: &str) -> Option<Currency> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Currency(bytes))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

/// Parts of one currency unit that money counts: four decimals.
pub const MONEY_SCALE: i64 = 10_000;
