//! A cell as a file gave it, before the declared type decides what it means.

use std::borrow::Cow;

/// A field of a record: its name and value.
pub type RawField<'a> = (Cow<'a, str>, Raw<'a>);

/// One value of a file. Readers make these without knowing the declared type; `convert` judges them.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw<'a> {
    /// Nothing: a null, or a field an NDJSON record does not have.
    Missing,
    /// An empty cell of a CSV file: missing, but the empty text where a required text is declared.
    Empty,
    /// yes or no
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number above what 64 bits with a sign hold.
    Unsigned(u64),
    /// A binary floating point number; may be NaN or infinite.
    Float(f64),
    /// `units / 10^scale`, exactly.
    Decimal {
        /// All digits as a whole number.
        units: i128,
        /// How many of them stand after the point; negative for trailing zeros before it.
        scale: i8,
    },
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes that are not UTF-8 text.
    Bytes(Cow<'a, [u8]>),
    /// Days since 1970-01-01.
    Date(i32),
    /// An instant: microseconds since 1970-01-01T00:00Z.
    Instant(i64),
    /// A date with a clock time but no zone: microseconds since 1970-01-01T00:00 on that clock.
    ClockTime(i64),
    /// Microseconds.
    Duration(i64),
    /// A list.
    List(Vec<Raw<'a>>),
    /// A record: names and values.
    Record(Vec<RawField<'a>>),
}

impl<'a> Raw<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Raw<'a> {
        Raw::Text(text.into())
    }

    /// A JSON value. Decimals become binary floats, as JSON readers do.
    pub fn from_json(value: &'a serde_json::Value) -> Raw<'a> {
        use serde_json::Value;
        match value {
            Value::Null => Raw::Missing,
            Value::Bool(value) => Raw::Boolean(*value),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(integer), _) => Raw::Integer(integer),
                (None, Some(unsigned)) => Raw::Unsigned(unsigned),
                (None, None) => Raw::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Raw::Text(Cow::Borrowed(text)),
            Value::Array(items) => Raw::List(items.iter().map(Raw::from_json).collect()),
            Value::Object(fields) => Raw::Record(
                fields.iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), Raw::from_json(value))).collect(),
            ),
        }
    }

    /// The value without borrows.
    pub fn into_owned(self) -> Raw<'static> {
        match self {
            Raw::Missing => Raw::Missing,
            Raw::Empty => Raw::Empty,
            Raw::Boolean(value) => Raw::Boolean(value),
            Raw::Integer(value) => Raw::Integer(value),
            Raw::Unsigned(value) => Raw::Unsigned(value),
            Raw::Float(value) => Raw::Float(value),
            Raw::Decimal { units, scale } => Raw::Decimal { units, scale },
            Raw::Text(text) => Raw::Text(Cow::Owned(text.into_owned())),
            Raw::Bytes(bytes) => Raw::Bytes(Cow::Owned(bytes.into_owned())),
            Raw::Date(day) => Raw::Date(day),
            Raw::Instant(micros) => Raw::Instant(micros),
            Raw::ClockTime(micros) => Raw::ClockTime(micros),
            Raw::Duration(micros) => Raw::Duration(micros),
            Raw::List(items) => Raw::List(items.into_iter().map(Raw::into_owned).collect()),
            Raw::Record(fields) => Raw::Record(
                fields.into_iter().map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect(),
            ),
        }
    }

    /// The value as a message shows it: as written, cut after 60 characters.
    pub fn shown(&self) -> String {
        cut(&self.written())
    }

    /// The value as written, whole.
    pub(crate) fn written(&self) -> String {
        match self {
            Raw::Missing | Raw::Empty => String::new(),
            Raw::Boolean(value) => value.to_string(),
            Raw::Integer(value) => value.to_string(),
            Raw::Unsigned(value) => value.to_string(),
            Raw::Float(value) => value.to_string(),
            Raw::Decimal { units, scale } => decimal_text(*units, *scale),
            Raw::Text(text) => text.to_string(),
            Raw::Bytes(bytes) => format!("{} (not UTF-8 text)", String::from_utf8_lossy(bytes)),
            Raw::Date(day) => super::moments::date_text(*day),
            Raw::Instant(micros) => format!("{}Z", super::moments::clock_text(*micros)),
            Raw::ClockTime(micros) => super::moments::clock_text(*micros),
            Raw::Duration(micros) => format!("{} seconds", *micros as f64 / 1e6),
            Raw::List(items) => {
                let shown: Vec<String> = items.iter().take(10).map(Raw::written).collect();
                format!("[{}]", shown.join(", "))
            }
            Raw::Record(fields) => {
                let shown: Vec<String> =
                    fields.iter().take(10).map(|(name, value)| format!("{name}: {}", value.written())).collect();
                format!("{{{}}}", shown.join(", "))
            }
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// A decimal number's digits with its point.
pub(crate) fn decimal_text(units: i128, scale: i8) -> String {
    if scale <= 0 {
        return format!("{units}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    }
    let scale = usize::from(scale.unsigned_abs());
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{rest}", if units < 0 { "-" } else { "" })
}

/// Reads JSON without a detour; texts without escapes are borrowed.
impl<'de: 'a, 'a> serde::Deserialize<'de> for Raw<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> serde::de::Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Missing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw<'de>, E> {
        Ok(Raw::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw<'de>, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw<'de>, E> {
        Ok(i64::try_from(value).map_or(Raw::Unsigned(value), Raw::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw<'de>, E> {
        Ok(Raw::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Raw<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut fields: A) -> Result<Raw<'de>, A::Error> {
        let mut record = Vec::new();
        while let Some((Name(name), value)) = fields.next_entry()? {
            record.push((name, value));
        }
        Ok(Raw::Record(record))
    }
}

/// A field's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Name<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Raw::deserialize(deserializer)? {
            Raw::Text(name) => Ok(Name(name)),
            _ => Err(serde::de::Error::custom("a name is text")),
        }
    }
}

impl From<i64> for Raw<'_> {
    #[inline]
    fn from(value: i64) -> Self {
        Raw::Integer(value)
    }
}

impl From<f64> for Raw<'_> {
    #[inline]
    fn from(value: f64) -> Self {
        Raw::Float(value)
    }
}

impl From<bool> for Raw<'_> {
    #[inline]
    fn from(value: bool) -> Self {
        Raw::Boolean(value)
    }
}

impl<'a> From<&'a str> for Raw<'a> {
    #[inline]
    fn from(value: &'a str) -> Self {
        Raw::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Raw<'_> {
    #[inline]
    fn from(value: String) -> Self {
        Raw::Text(Cow::Owned(value))
    }
}

impl<'a, T: Into<Raw<'a>>> From<Option<T>> for Raw<'a> {
    #[inline]
    fn from(value: Option<T>) -> Self {
        value.map_or(Raw::Missing, Into::into)
    }
}
