//! Arrow arrays seen as raw cells, their type told apart once an array instead of once a cell.
#![expect(
    clippy::indexing_slicing,
    reason = "a batch has a value, or two ends, for each of its rows, and windows of two have two"
)]

use crate::data::convert::{self as bulk, Bulk};
use crate::data::raw::Raw;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Decimal256Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, BinaryArray, BinaryViewArray, BooleanArray, FixedSizeBinaryArray, LargeBinaryArray, LargeStringArray,
    PrimitiveArray, StringArray, StringViewArray,
};
use arrow_schema::{DataType, TimeUnit};
use std::borrow::Cow;

/// An array whose type is known.
pub(crate) struct Cells<'a> {
    array: &'a dyn Array,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Null,
    Boolean(&'a BooleanArray),
    Int8(&'a PrimitiveArray<Int8Type>),
    Int16(&'a PrimitiveArray<Int16Type>),
    Int32(&'a PrimitiveArray<Int32Type>),
    Int64(&'a PrimitiveArray<Int64Type>),
    UInt8(&'a PrimitiveArray<UInt8Type>),
    UInt16(&'a PrimitiveArray<UInt16Type>),
    UInt32(&'a PrimitiveArray<UInt32Type>),
    UInt64(&'a PrimitiveArray<UInt64Type>),
    Float16(&'a PrimitiveArray<Float16Type>),
    Float32(&'a PrimitiveArray<Float32Type>),
    Float64(&'a PrimitiveArray<Float64Type>),
    Decimal128(&'a PrimitiveArray<Decimal128Type>, i8),
    Decimal256(&'a PrimitiveArray<Decimal256Type>, i8),
    Date32(&'a PrimitiveArray<Date32Type>),
    Date64(&'a PrimitiveArray<Date64Type>),
    /// With a zone it is an instant, else a clock time.
    Timestamp {
        ticks: &'a [i64],
        unit: TimeUnit,
        zone: bool,
    },
    Duration {
        ticks: &'a [i64],
        unit: TimeUnit,
    },
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Binary(&'a BinaryArray),
    LargeBinary(&'a LargeBinaryArray),
    BinaryView(&'a BinaryViewArray),
    Uuid(&'a FixedSizeBinaryArray),
    Dictionary {
        keys: Vec<usize>,
        values: Box<Cells<'a>>,
    },
    List {
        ends: Vec<(usize, usize)>,
        elements: Box<Cells<'a>>,
    },
    Struct {
        fields: Vec<(&'a str, Cells<'a>)>,
    },
}

impl<'a> Cells<'a> {
    /// The array's cells; `Err` names a type that cannot be read.
    pub(crate) fn new(array: &'a dyn Array) -> Result<Cells<'a>, String> {
        let kind = match array.data_type() {
            DataType::Null => Kind::Null,
            DataType::Boolean => Kind::Boolean(array.as_boolean()),
            DataType::Int8 => Kind::Int8(array.as_primitive()),
            DataType::Int16 => Kind::Int16(array.as_primitive()),
            DataType::Int32 => Kind::Int32(array.as_primitive()),
            DataType::Int64 => Kind::Int64(array.as_primitive()),
            DataType::UInt8 => Kind::UInt8(array.as_primitive()),
            DataType::UInt16 => Kind::UInt16(array.as_primitive()),
            DataType::UInt32 => Kind::UInt32(array.as_primitive()),
            DataType::UInt64 => Kind::UInt64(array.as_primitive()),
            DataType::Float16 => Kind::Float16(array.as_primitive()),
            DataType::Float32 => Kind::Float32(array.as_primitive()),
            DataType::Float64 => Kind::Float64(array.as_primitive()),
            DataType::Decimal128(_, scale) => Kind::Decimal128(array.as_primitive(), *scale),
            DataType::Decimal256(_, scale) => Kind::Decimal256(array.as_primitive(), *scale),
            DataType::Date32 => Kind::Date32(array.as_primitive()),
            DataType::Date64 => Kind::Date64(array.as_primitive()),
            DataType::Timestamp(unit, zone) => {
                let ticks = match unit {
                    TimeUnit::Second => ticks::<TimestampSecondType>(array),
                    TimeUnit::Millisecond => ticks::<TimestampMillisecondType>(array),
                    TimeUnit::Microsecond => ticks::<TimestampMicrosecondType>(array),
                    TimeUnit::Nanosecond => ticks::<TimestampNanosecondType>(array),
                };
                Kind::Timestamp { ticks, unit: *unit, zone: zone.is_some() }
            }
            DataType::Duration(unit) => {
                let ticks = match unit {
                    TimeUnit::Second => ticks::<DurationSecondType>(array),
                    TimeUnit::Millisecond => ticks::<DurationMillisecondType>(array),
                    TimeUnit::Microsecond => ticks::<DurationMicrosecondType>(array),
                    TimeUnit::Nanosecond => ticks::<DurationNanosecondType>(array),
                };
                Kind::Duration { ticks, unit: *unit }
            }
            DataType::Utf8 => Kind::Text(array.as_string()),
            DataType::LargeUtf8 => Kind::LargeText(array.as_string()),
            DataType::Utf8View => Kind::TextView(array.as_string_view()),
            DataType::Binary => Kind::Binary(array.as_binary()),
            DataType::LargeBinary => Kind::LargeBinary(array.as_binary()),
            DataType::BinaryView => Kind::BinaryView(array.as_binary_view()),
            DataType::FixedSizeBinary(16) => Kind::Uuid(array.as_fixed_size_binary()),
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                Kind::Dictionary { keys, values: Box::new(Cells::new(dictionary.values())?) }
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                let ends = list.value_offsets().windows(2).map(|pair| (pair[0] as usize, pair[1] as usize)).collect();
                Kind::List { ends, elements: Box::new(Cells::new(list.values())?) }
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                let ends = list.value_offsets().windows(2).map(|pair| (pair[0] as usize, pair[1] as usize)).collect();
                Kind::List { ends, elements: Box::new(Cells::new(list.values())?) }
            }
            DataType::FixedSizeList(_, length) => {
                let (list, length) = (array.as_fixed_size_list(), usize::try_from(*length).unwrap_or(0));
                let ends = (0..list.len()).map(|at| (at * length, (at + 1) * length)).collect();
                Kind::List { ends, elements: Box::new(Cells::new(list.values())?) }
            }
            DataType::Struct(declared) => {
                let columns = declared.iter().zip(array.as_struct().columns());
                let fields: Result<_, String> =
                    columns.map(|(field, column)| Ok((field.name().as_str(), Cells::new(column)?))).collect();
                Kind::Struct { fields: fields? }
            }
            DataType::Map(_, _) => {
                let map = array.as_map();
                let ends = map.value_offsets().windows(2).map(|pair| (pair[0] as usize, pair[1] as usize)).collect();
                Kind::List { ends, elements: Box::new(Cells::new(map.entries())?) }
            }
            other => return Err(other.to_string()),
        };
        Ok(Cells { array, kind })
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.array.len()
    }

    /// All cells at once, where they are of a common kind.
    pub(crate) fn bulk(&self) -> Option<Bulk<'_>> {
        fn widened<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>) -> bulk::Kind<'static>
        where
            T::Native: Into<i64>,
        {
            bulk::Kind::Integers(values.values().iter().map(|value| (*value).into()).collect())
        }
        let cells = match &self.kind {
            Kind::Boolean(values) => bulk::Kind::Booleans(values.values().iter().collect()),
            Kind::Int8(values) => widened(values),
            Kind::Int16(values) => widened(values),
            Kind::Int32(values) => widened(values),
            Kind::UInt8(values) => widened(values),
            Kind::UInt16(values) => widened(values),
            Kind::UInt32(values) => widened(values),
            Kind::Int64(values) => bulk::Kind::Integers(Cow::Borrowed(values.values())),
            Kind::Float64(values) => bulk::Kind::Floats(values.values()),
            Kind::Date32(values) => bulk::Kind::Days(values.values()),
            Kind::Timestamp { ticks, unit, zone } => {
                let micros = match unit {
                    TimeUnit::Second => 1_000_000,
                    TimeUnit::Millisecond => 1_000,
                    TimeUnit::Microsecond => 1,
                    TimeUnit::Nanosecond => 0,
                };
                bulk::Kind::Times { ticks, micros, zone: *zone }
            }
            Kind::Dictionary { keys, values } => match &values.kind {
                Kind::Text(texts) if texts.null_count() == 0 && !texts.is_empty() => bulk::Kind::Texts { keys, texts },
                _ => return None,
            },
            _ => return None,
        };
        let known = self.array.nulls().filter(|nulls| nulls.null_count() > 0);
        Some(Bulk { cells, known: known.map(|nulls| nulls.iter().collect()) })
    }

    /// The cell of a row.
    pub(crate) fn get(&self, row: usize) -> Raw<'a> {
        if self.array.is_null(row) {
            return Raw::Missing;
        }
        match &self.kind {
            Kind::Null => Raw::Missing,
            Kind::Boolean(values) => Raw::Boolean(values.value(row)),
            Kind::Int8(values) => Raw::Integer(i64::from(values.value(row))),
            Kind::Int16(values) => Raw::Integer(i64::from(values.value(row))),
            Kind::Int32(values) => Raw::Integer(i64::from(values.value(row))),
            Kind::Int64(values) => Raw::Integer(values.value(row)),
            Kind::UInt8(values) => Raw::Integer(i64::from(values.value(row))),
            Kind::UInt16(values) => Raw::Integer(i64::from(values.value(row))),
            Kind::UInt32(values) => Raw::Integer(i64::from(values.value(row))),
            Kind::UInt64(values) => {
                let value = values.value(row);
                i64::try_from(value).map_or(Raw::Unsigned(value), Raw::Integer)
            }
            Kind::Float16(values) => Raw::Float(values.value(row).to_f64()),
            Kind::Float32(values) => Raw::Float(widened(values.value(row))),
            Kind::Float64(values) => Raw::Float(values.value(row)),
            Kind::Decimal128(values, scale) => Raw::Decimal { units: values.value(row), scale: *scale },
            Kind::Decimal256(values, scale) => match values.value(row).to_i128() {
                Some(units) => Raw::Decimal { units, scale: *scale },
                None => Raw::Text(Cow::Owned(values.value_as_string(row))),
            },
            Kind::Date32(values) => Raw::Date(values.value(row)),
            Kind::Date64(values) => Raw::ClockTime(values.value(row).saturating_mul(1_000)),
            Kind::Timestamp { ticks, unit, zone } => {
                let micros = to_micros(ticks[row], *unit);
                if *zone { Raw::Instant(micros) } else { Raw::ClockTime(micros) }
            }
            Kind::Duration { ticks, unit } => Raw::Duration(to_micros(ticks[row], *unit)),
            Kind::Text(values) => Raw::Text(Cow::Borrowed(values.value(row))),
            Kind::LargeText(values) => Raw::Text(Cow::Borrowed(values.value(row))),
            Kind::TextView(values) => Raw::Text(Cow::Borrowed(values.value(row))),
            Kind::Binary(values) => bytes(values.value(row)),
            Kind::LargeBinary(values) => bytes(values.value(row)),
            Kind::BinaryView(values) => bytes(values.value(row)),
            Kind::Uuid(values) => Raw::Text(Cow::Owned(uuid_text(values.value(row)))),
            Kind::Dictionary { keys, values } => keys.get(row).map_or(Raw::Missing, |key| values.get(*key)),
            Kind::List { ends, elements } => {
                let (from, to) = ends[row];
                Raw::List((from..to).map(|at| elements.get(at)).collect())
            }
            Kind::Struct { fields } => {
                Raw::Record(fields.iter().map(|(name, cells)| (Cow::Borrowed(*name), cells.get(row))).collect())
            }
        }
    }
}

fn ticks<T: ArrowPrimitiveType<Native = i64>>(array: &dyn Array) -> &[i64] {
    array.as_primitive::<T>().values()
}

/// Parts of a microsecond are dropped; what leaves 64 bits lies outside the years that are accepted anyway.
fn to_micros(ticks: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => ticks.saturating_mul(1_000_000),
        TimeUnit::Millisecond => ticks.saturating_mul(1_000),
        TimeUnit::Microsecond => ticks,
        TimeUnit::Nanosecond => ticks.div_euclid(1_000),
    }
}

/// A 32-bit float as the 64-bit float of the same shortest decimal: 11.77, not 11.770000457763672.
fn widened(value: f32) -> f64 {
    let exact = f64::from(value);
    if exact.fract() == 0.0 || !exact.is_finite() { exact } else { value.to_string().parse().unwrap_or(exact) }
}

fn bytes(bytes: &[u8]) -> Raw<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Raw::Text(Cow::Borrowed(text)),
        Err(_) => Raw::Bytes(Cow::Borrowed(bytes)),
    }
}

fn uuid_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
