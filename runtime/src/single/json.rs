//! A customer from JSON, as a line of NDJSON is read: straight into the record where the text is as usual, by the loader's
//! own reader where it is not (a name in other capitals or with escapes, a name twice, numbers beyond 64 bits, anything
//! that is refused), so that both say the same.

use super::convert;
use super::layout::Field;
use super::record::{Record, TableRows, begin};
use super::{Inner, SingleError};
use crate::data::{Raw, ZoneClock, find_cell, parse_line};
use segue_compiler::program::{CUSTOMERS, TableId};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Of a place or a table under a name: tables come after the customers' places.
const NONE: usize = usize::MAX;

impl Record {
    /// Reads a customer from one JSON object, see [`super::Moment::evaluate_json`]. What was in the record is forgotten.
    ///
    /// # Errors
    /// The text is no such object, or a value does not suit its field.
    pub fn read_json(&mut self, json: &str) -> Result<(), SingleError> {
        self.clear();
        let Record { inner, tables, clocks, order, .. } = self;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let mut reader = Reader { inner, tables, clocks, order };
        let row = Row { reader: &mut reader, table: CUSTOMERS };
        if row.deserialize(&mut deserializer).is_ok() && deserializer.end().is_ok() {
            return Ok(());
        }
        self.clear();
        self.read_as_loader(json)
    }

    /// By the loader's rules, one step after the other.
    fn read_as_loader(&mut self, json: &str) -> Result<(), SingleError> {
        let cells = parse_line(json.trim().as_bytes()).map_err(|reason| SingleError::Unreadable { reason })?;
        let Record { inner, tables, clocks, .. } = self;
        let customers = inner.layout.table(CUSTOMERS).map(|table| table.places.as_slice()).unwrap_or_default();
        for (place, declared) in customers.iter().enumerate() {
            let cell = find_cell(&cells, &declared.column).unwrap_or(&Raw::Missing);
            convert::put(inner, tables, clocks, Field { table: CUSTOMERS, place }, cell)?;
        }
        for (at, table) in (0..).zip(&inner.layout.tables) {
            if inner.layout.by_name.get(&table.name) == Some(&TableId(at))
                && let Some(cell) = find_cell(&cells, &table.name)
            {
                convert::rows_of(inner, tables, clocks, TableId(at), cell)?;
            }
        }
        Ok(())
    }
}

struct Reader<'r> {
    inner: &'r Inner,
    tables: &'r mut [TableRows],
    clocks: &'r mut [ZoneClock],
    order: &'r mut Vec<usize>,
}

/// One object as a row of a table.
struct Row<'s, 'r> {
    reader: &'s mut Reader<'r>,
    table: TableId,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Row { reader, table } = self;
        let unusual = || A::Error::custom("the record is not as usual");
        let inner = reader.inner;
        let layout = inner.layout.table(table).ok_or_else(unusual)?;
        let is_customer = table == CUSTOMERS;
        if !is_customer {
            begin(&inner.layout, reader.tables, table);
        }
        // Names seen: of places a bit each, tables after them, and those that nobody declares.
        let mut seen: u128 = 0;
        let mut others: Vec<&'de str> = Vec::new();
        let mut number = 0;
        while let Some(Name(name)) = map.next_key()? {
            let expected = if is_customer { reader.order.get(number).copied().unwrap_or(NONE) } else { number };
            let place = match layout.places.get(expected) {
                Some(place) if *place.column == *name => Some(expected),
                _ => layout.columns.get(name).copied(),
            };
            if is_customer && place != Some(expected) {
                reader.order.resize(reader.order.len().max(number + 1), NONE);
                if let Some(slot) = reader.order.get_mut(number) {
                    *slot = place.unwrap_or(NONE);
                }
            }
            number += 1;
            let rows = if is_customer && place.is_none() { inner.layout.by_name.get(name) } else { None };
            let bit = match (place, rows) {
                (Some(place), _) => place,
                (None, Some(rows)) => layout.places.len() + rows.0 as usize,
                (None, None) => {
                    if convert::is_like(inner, table, name) || others.contains(&name) {
                        return Err(unusual());
                    }
                    others.push(name);
                    // A record within may have a name twice.
                    if matches!(map.next_value::<Raw<'de>>()?, Raw::List(_) | Raw::Record(_) | Raw::Float(_)) {
                        return Err(unusual());
                    }
                    continue;
                }
            };
            if bit >= 128 || seen >> bit & 1 == 1 {
                return Err(unusual());
            }
            seen |= 1 << bit;
            match (place, rows) {
                (Some(place), _) => {
                    let raw = map.next_value::<Raw<'de>>()?;
                    if is_unusual(&raw) {
                        return Err(unusual());
                    }
                    let field = Field { table, place };
                    if !convert::put_word(inner, reader.tables, field, &raw) {
                        convert::put(inner, reader.tables, reader.clocks, field, &raw).map_err(|_| unusual())?;
                    }
                }
                (None, Some(rows)) => map.next_value_seed(List { reader: &mut *reader, table: *rows })?,
                (None, None) => {}
            }
        }
        Ok(())
    }
}

/// Whether a value has to be read with more care: whole numbers beyond 64 bits come as floats, names may stand twice.
fn is_unusual(raw: &Raw<'_>) -> bool {
    match raw {
        Raw::Float(float) => float.abs() >= 9e18,
        Raw::List(items) => items.iter().any(is_unusual),
        Raw::Record(cells) => {
            let twice = |at: usize| {
                cells.iter().take(at).any(|(name, _)| cells.get(at).is_some_and(|(other, _)| name == other))
            };
            (0..cells.len()).any(twice) || cells.iter().any(|(_, cell)| is_unusual(cell))
        }
        _ => false,
    }
}

/// The rows of a table.
struct List<'s, 'r> {
    reader: &'s mut Reader<'r>,
    table: TableId,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let List { reader, table } = self;
        while items.next_element_seed(Row { reader: &mut *reader, table })?.is_some() {}
        Ok(())
    }
}

/// A name without escapes.
struct Name<'de>(&'de str);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de str>::deserialize(deserializer).map(Name)
    }
}
