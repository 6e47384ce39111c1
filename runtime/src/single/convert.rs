//! Values into a record, judged as those of files are.

use super::layout::{Kind, Place, Spot};
use super::record::{Outside, TableRows, begin};
use super::{Inner, SingleError};
use crate::data::convert::{FLAGS, LIST, MISSING_KEY, MISSING_VALUE, RECORD, RECORDS};
use crate::data::scalar::{self, Id};
use crate::data::{Moment, Raw, ZoneClock, find_cell, same_name};
use segue_compiler::program::{CUSTOMERS, TableId};
use segue_compiler::values::Value;
use std::borrow::Cow;

/// What is said about a missing value.
pub(super) fn missing(structural: bool) -> &'static str {
    if structural { MISSING_KEY } else { MISSING_VALUE }
}

/// One value.
enum One<'a> {
    Word(u64),
    Text(Cow<'a, str>),
    Integer(i64),
}

/// Puts a value at a field of the last row of its table, however it is given.
#[cold]
pub(super) fn put(
    inner: &Inner,
    tables: &mut [TableRows],
    clocks: &mut [ZoneClock],
    field: Spot,
    raw: &Raw<'_>,
) -> Result<(), SingleError> {
    let no_row = || SingleError::NoRow { table: String::new() };
    let table = inner.layout.table(field.table).ok_or_else(no_row)?;
    let place = table.places.get(field.place).ok_or_else(no_row)?;
    let refused = |expected: &str| refused(inner, field.table, place, raw, expected);
    let rows = tables.get_mut(field.table.0 as usize).ok_or_else(no_row)?;
    let Some(row) = rows.rows.checked_sub(1) else { return Err(SingleError::NoRow { table: table.name.to_string() }) };
    rows.outside.retain(|outside| (outside.row, outside.place) != (row, field.place));
    let mut outside = Vec::new();
    let found = match &place.kind {
        Kind::Records(elements) => return records(inner, tables, clocks, field.table, place, *elements, raw),
        Kind::List(of) => list(of, clocks, raw, &mut outside).map_err(refused)?.map(|list| {
            rows.lists.push(list);
            (rows.lists.len() as u64 - 1, 0)
        }),
        Kind::Bits(values) => {
            let flags = match raw {
                Raw::Unsigned(flags) => Some(*flags),
                Raw::List(_) => None,
                raw => match scalar::integer(raw).map_err(refused)? {
                    Some(flags) => Some(u64::try_from(flags).map_err(|_| refused(FLAGS))?),
                    None => Some(0),
                },
            };
            let list = match flags {
                Some(flags) => {
                    let set = values.iter().take(64).enumerate().filter(|(bit, _)| flags >> bit & 1 == 1);
                    Some(Value::List(set.map(|(_, value)| Value::Text(value.clone())).collect()))
                }
                None => list(&Kind::Listed(values.clone()), clocks, raw, &mut outside).map_err(refused)?,
            };
            list.map(|list| {
                rows.lists.push(list);
                (rows.lists.len() as u64 - 1, 0)
            })
        }
        kind => one(kind, clocks, place.required, raw, &mut outside).map_err(refused)?.map(|value| match value {
            One::Word(word) => (word, 0),
            One::Text(text) => rows.keep(inner, place.dictionary, &text),
            One::Integer(number) => rows.keep_id(inner, place.dictionary, number),
        }),
    };
    let words = rows.words.get_mut(row * table.stride..).unwrap_or(&mut []);
    if let Some(known) = words.get_mut(place.known.0) {
        *known = if found.is_some() { *known | place.known.1 } else { *known & !place.known.1 };
    }
    match found {
        Some((cell, code)) => {
            if let Some(slot) = words.get_mut(place.at) {
                *slot = cell;
            }
            if let Some(slot) = words.get_mut(place.at + 1) {
                *slot = code;
            }
        }
        // A value that is not among the listed ones is missing, also where one is required (rule 9): noted at the second word,
        // which a missing value does not need.
        None if !outside.is_empty() => {
            if let Some(slot) = words.get_mut(place.at + 1) {
                *slot = OUTSIDE;
            }
        }
        None if place.required => return Err(refused(missing(place.structural))),
        None => {}
    }
    rows.outside.extend(outside.into_iter().map(|text| Outside { row, place: field.place, text }));
    Ok(())
}

/// What stands beside a missing value that was given, but is none of the listed ones.
pub(super) const OUTSIDE: u64 = u64::MAX;

pub(super) fn refused(inner: &Inner, table: TableId, place: &Place, raw: &Raw<'_>, expected: &str) -> SingleError {
    let mut field = place.column.to_string();
    let mut at = table;
    while at != CUSTOMERS {
        let Some(declared) = inner.layout.table(at) else { break };
        match declared.parent {
            Some(parent) => {
                let list = inner.layout.table(parent).and_then(|parent| {
                    parent.places.iter().find(|place| matches!(place.kind, Kind::Records(rows) if rows == at))
                });
                field = format!("{}.{field}", list.map_or("", |list| &list.column));
                at = parent;
            }
            None => {
                field = format!("{}.{field}", declared.name);
                break;
            }
        }
    }
    SingleError::Refused { field, value: raw.shown(), expected: expected.to_owned() }
}

/// A plain value. One that is none of the listed ones is missing, and noted.
fn one<'a>(
    kind: &Kind,
    clocks: &mut [ZoneClock],
    required: bool,
    raw: &'a Raw<'_>,
    outside: &mut Vec<String>,
) -> Result<Option<One<'a>>, &'static str> {
    let whole = |found: Option<i64>| found.map(|whole| One::Word(whole.cast_unsigned()));
    let float = |found: Option<f64>| found.map(|float| One::Word(float.to_bits()));
    Ok(match kind {
        Kind::Boolean => scalar::boolean(raw)?.map(|truth| One::Word(u64::from(truth))),
        Kind::Integer => whole(scalar::integer(raw)?),
        Kind::Number => float(scalar::number(raw)?),
        Kind::Percent(hundredths) => float(scalar::percent(raw, *hundredths)?),
        Kind::Money => whole(scalar::amount(raw)?),
        Kind::Date => whole(scalar::date(raw)?.map(i64::from)),
        Kind::Duration => whole(scalar::duration(raw)?),
        Kind::Location => whole(scalar::location(raw)?),
        Kind::Instant(clock) => whole(match scalar::moment(raw)? {
            Some(Moment::Instant(micros)) => Some(micros),
            Some(Moment::ClockTime(time)) => clocks.get_mut(*clock).map(|clock| clock.instant(time).0),
            Some(Moment::Day(_)) | None => None,
        }),
        Kind::Text => scalar::text(raw, required)?.map(One::Text),
        Kind::Zone => scalar::zone(raw)?.map(One::Text),
        Kind::Id => scalar::id(raw)?.map(|id| match id {
            Id::Integer(number) => One::Integer(number),
            Id::Text(text) => One::Text(text),
        }),
        Kind::Listed(values) => match scalar::text(raw, false)? {
            Some(text) if !values.iter().any(|value| **value == *text) => {
                outside.push(text.into_owned());
                None
            }
            text => text.map(One::Text),
        },
        Kind::List(_) | Kind::Bits(_) | Kind::Records(_) => None,
    })
}

/// A list of plain values; missing elements are left out.
fn list(
    of: &Kind,
    clocks: &mut [ZoneClock],
    raw: &Raw<'_>,
    outside: &mut Vec<String>,
) -> Result<Option<Value>, &'static str> {
    let mut values = Vec::new();
    let mut push = |item: &Raw<'_>| -> Result<(), &'static str> {
        values.extend(one(of, clocks, false, item, outside)?.and_then(|one| element(of, one)));
        Ok(())
    };
    match raw {
        Raw::Missing | Raw::Empty => return Ok(None),
        Raw::List(items) => items.iter().try_for_each(&mut push)?,
        Raw::Text(text) if text.trim_start().starts_with('[') => match serde_json::from_str(text) {
            Ok(serde_json::Value::Array(items)) => {
                items.iter().map(Raw::from_json).try_for_each(|item| push(&item))?;
            }
            _ => return Err(LIST),
        },
        Raw::Text(text) => {
            let items = text.split([';', '|']).map(str::trim).filter(|item| !item.is_empty());
            items.map(|item| Raw::Text(Cow::Borrowed(item))).try_for_each(|item| push(&item))?;
        }
        _ => return Err(LIST),
    }
    Ok(Some(Value::List(values.into())))
}

fn element(of: &Kind, one: One<'_>) -> Option<Value> {
    Some(match (of, one) {
        (_, One::Text(text)) => Value::Text(text.as_ref().into()),
        (_, One::Integer(number)) => Value::Text(number.to_string().into()),
        (Kind::Boolean, One::Word(word)) => Value::Boolean(word != 0),
        (Kind::Integer | Kind::Location, One::Word(word)) => Value::Integer(word.cast_signed()),
        (Kind::Number | Kind::Percent(_), One::Word(word)) => Value::Number(f64::from_bits(word)),
        (Kind::Money, One::Word(word)) => Value::Money(word.cast_signed()),
        (Kind::Date, One::Word(word)) => Value::Date(i32::try_from(word.cast_signed()).ok()?),
        (Kind::Instant(_), One::Word(word)) => Value::Instant(word.cast_signed()),
        (Kind::Duration, One::Word(word)) => Value::Duration(word.cast_signed()),
        _ => return None,
    })
}

/// The elements of a list of records as rows of their own table.
fn records(
    inner: &Inner,
    tables: &mut [TableRows],
    clocks: &mut [ZoneClock],
    table: TableId,
    place: &Place,
    elements: TableId,
    raw: &Raw<'_>,
) -> Result<(), SingleError> {
    let refused = |raw: &Raw<'_>, expected: &str| refused(inner, table, place, raw, expected);
    match raw {
        Raw::Missing | Raw::Empty => Ok(()),
        Raw::List(items) => items.iter().try_for_each(|item| match item {
            Raw::Record(cells) => row(inner, tables, clocks, elements, cells),
            other => Err(refused(other, RECORD)),
        }),
        Raw::Text(text) => match serde_json::from_str(text) {
            Ok(serde_json::Value::Array(items)) => items.iter().map(Raw::from_json).try_for_each(|item| match &item {
                Raw::Record(cells) => row(inner, tables, clocks, elements, cells),
                other => Err(refused(other, RECORD)),
            }),
            _ => Err(refused(raw, RECORDS)),
        },
        other => Err(refused(other, RECORDS)),
    }
}

/// A row of a table from the cells of a record, as a file's would be.
pub(super) fn row(
    inner: &Inner,
    tables: &mut [TableRows],
    clocks: &mut [ZoneClock],
    table: TableId,
    cells: &[(Cow<'_, str>, Raw<'_>)],
) -> Result<(), SingleError> {
    begin(&inner.layout, tables, table);
    let Some(declared) = inner.layout.table(table) else { return Ok(()) };
    for (at, place) in declared.places.iter().enumerate() {
        let cell = find_cell(cells, &place.column).unwrap_or(&Raw::Missing);
        let slot = declared.slots.get(at).zip(tables.get_mut(table.0 as usize));
        if !slot.is_some_and(|(slot, rows)| rows.put(inner, *slot, cell)) {
            put(inner, tables, clocks, Spot { table, place: at }, cell)?;
        }
    }
    Ok(())
}

/// The rows of a table that stand under its name in a customer's record.
pub(super) fn rows_of(
    inner: &Inner,
    tables: &mut [TableRows],
    clocks: &mut [ZoneClock],
    table: TableId,
    raw: &Raw<'_>,
) -> Result<(), SingleError> {
    let name = inner.layout.table(table).map(|table| table.name.to_string()).unwrap_or_default();
    let refused = |raw: &Raw<'_>, expected: &str| SingleError::Refused {
        field: name.clone(),
        value: raw.shown(),
        expected: expected.to_owned(),
    };
    match raw {
        Raw::Missing => Ok(()),
        Raw::List(items) => items.iter().try_for_each(|item| match item {
            Raw::Record(cells) => row(inner, tables, clocks, table, cells),
            other => Err(refused(other, RECORD)),
        }),
        other => Err(refused(other, RECORDS)),
    }
}

/// Whether a name of the data may mean a place or a table, though it is not spelled the same.
pub(super) fn is_like(inner: &Inner, table: TableId, name: &str) -> bool {
    let places = inner.layout.table(table).map(|table| table.places.as_slice()).unwrap_or_default();
    places.iter().any(|place| same_name(&place.column, name))
        || table == CUSTOMERS && inner.layout.by_name.keys().any(|known| same_name(known, name))
}
