//! A customer from JSON, as a line of NDJSON is read: straight into the record where the text is as usual, by the loader's
//! own reader where it is not (a name in other capitals, escapes, a name twice, numbers beyond 64 bits, anything that is
//! refused), so that both say the same.

use super::layout::Spot;
use super::record::{Record, TableRows, begin};
use super::scan::{Number, Scanner};
use super::slots::{Form, Slot};
use super::{Inner, SingleError, convert};
use crate::data::{Raw, ZoneClock, find_cell, is_day, parse_line};
use segue_compiler::program::{CUSTOMERS, TableId};
use segue_compiler::values::calendar::MICROS_PER_DAY;
use std::borrow::Cow;

impl Record {
    /// Reads a customer from one JSON object, see [`super::Moment::evaluate_json`]. What was in the record is forgotten.
    ///
    /// # Errors
    /// The text is no such object, or a value does not suit its field.
    pub fn read_json(&mut self, json: &str) -> Result<(), SingleError> {
        self.clear();
        let Record { inner, tables, clocks, .. } = self;
        let mut reader = Reader { inner, tables, clocks, scanner: Scanner::new(json) };
        if reader.row(CUSTOMERS).is_some() && reader.scanner.is_at_end() {
            return Ok(());
        }
        self.clear();
        self.read_as_loader(json)
    }

    /// By the loader's rules, one step after the other.
    pub(super) fn read_as_loader(&mut self, json: &str) -> Result<(), SingleError> {
        let cells = parse_line(json.trim().as_bytes()).map_err(|reason| SingleError::Unreadable { reason })?;
        let Record { inner, tables, clocks, .. } = self;
        let customers = inner.layout.table(CUSTOMERS).map(|table| table.places.as_slice()).unwrap_or_default();
        for (place, declared) in customers.iter().enumerate() {
            let cell = find_cell(&cells, &declared.column).unwrap_or(&Raw::Missing);
            convert::put(inner, tables, clocks, Spot { table: CUSTOMERS, place }, cell)?;
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

/// Reads a text that is as usual; every function gives `None` where it is not.
struct Reader<'r, 'j> {
    inner: &'r Inner,
    tables: &'r mut [TableRows],
    clocks: &'r mut [ZoneClock],
    scanner: Scanner<'j>,
}

impl Reader<'_, '_> {
    /// One object as a row of a table.
    fn row(&mut self, table: TableId) -> Option<()> {
        let inner = self.inner;
        let layout = inner.layout.table(table).filter(|layout| !layout.shares)?;
        if table != CUSTOMERS {
            begin(&inner.layout, self.tables, table);
        }
        // Names seen: of declared ones a bit each, and the others.
        let mut seen: u128 = 0;
        let mut others: Vec<&str> = Vec::new();
        if self.scanner.opens(b'{', b'}')? {
            return Some(());
        }
        // Names mostly come in one order, so the one that followed last time is tried first.
        let start = layout.columns.count();
        let mut before = start;
        loop {
            let rows = self.tables.get_mut(table.0 as usize)?;
            let expected = rows.follows.get(before as usize).copied().filter(|name| *name < start);
            let number = match expected.filter(|name| self.scanner.takes(layout.columns.text(*name))) {
                Some(number) => Some(number),
                None => {
                    let name = self.scanner.text()?;
                    let number = layout.columns.find(name);
                    match number {
                        Some(number) => rows.expect(before, number, start),
                        None if convert::is_like(inner, table, name) || others.contains(&name) => return None,
                        None => others.push(name),
                    }
                    number
                }
            };
            self.scanner.skip(b':')?;
            match number {
                Some(number) => {
                    if number >= 128 || seen >> number & 1 == 1 {
                        return None;
                    }
                    seen |= 1 << number;
                    before = number;
                    let number = number as usize;
                    match number.checked_sub(layout.places.len()) {
                        None => self.value(Spot { table, place: number })?,
                        Some(rows) => self.rows(*layout.named_tables.get(rows)?)?,
                    }
                }
                None => self.scanner.pass()?,
            }
            if self.scanner.closes(b'}')? {
                return Some(());
            }
        }
    }

    /// The rows of a table.
    fn rows(&mut self, table: TableId) -> Option<()> {
        if self.scanner.opens(b'[', b']')? {
            return Some(());
        }
        loop {
            self.row(table)?;
            if self.scanner.closes(b']')? {
                return Some(());
            }
        }
    }

    /// The value of a field.
    fn value(&mut self, field: Spot) -> Option<()> {
        let rows = self.tables.get_mut(field.table.0 as usize)?;
        let slot = *rows.slots.get(field.place)?;
        let raw = match self.scanner.peek()? {
            b'"' => {
                let text = self.scanner.text()?;
                let put = match slot.form {
                    Form::Date => day(text.as_bytes()).is_some_and(|day| rows.know(slot, day.cast_unsigned(), 0)),
                    Form::Instant => instant(text).is_some_and(|micros| rows.know(slot, micros.cast_unsigned(), 0)),
                    _ => rows.put_text(self.inner, slot, text),
                };
                if put {
                    return Some(());
                }
                Raw::Text(Cow::Borrowed(text))
            }
            b'-' | b'0'..=b'9' => match self.scanner.number()? {
                Number::Whole(whole) => {
                    if rows.put_integer(self.inner, slot, whole) {
                        return Some(());
                    }
                    Raw::Integer(whole)
                }
                Number::Decimal { digits, places } => {
                    if put_decimal(rows, slot, digits, places) {
                        return Some(());
                    }
                    Raw::Float(digits as f64 / power(places)?)
                }
                Number::Other(text) => general(text)?,
            },
            _ => match self.scanner.any()? {
                "true" => Raw::Boolean(true),
                "false" => Raw::Boolean(false),
                "null" => Raw::Missing,
                text => general(text)?,
            },
        };
        if !rows.put(self.inner, slot, &raw) {
            convert::put(self.inner, self.tables, self.clocks, field, &raw).ok()?;
        }
        Some(())
    }
}

/// A value that is read with more care.
#[cold]
fn general(text: &str) -> Option<Raw<'_>> {
    serde_json::from_str(text).ok().filter(|raw| !is_unusual(raw))
}

/// Amounts up to this are the same by their digits as by way of a float.
const LARGEST: i64 = 100_000_000_000;

/// Powers of ten that are floats exactly, as quotients of two exact floats are the nearest to the quotient.
const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

fn power(places: usize) -> Option<f64> {
    POWERS.get(places).copied()
}

/// Puts a decimal of few digits.
fn put_decimal(rows: &mut TableRows, slot: Slot, digits: i64, places: usize) -> bool {
    let word = match (slot.form, places) {
        (Form::Number, _) => power(places).map(|power| (digits as f64 / power + 0.0).to_bits()),
        (Form::Money, 1..=4) if digits.abs() < LARGEST => {
            let scale = [1, 1000, 100, 10, 1].get(places);
            scale.map(|scale| (digits * scale).cast_unsigned())
        }
        _ => None,
    };
    word.is_some_and(|word| rows.know(slot, word, 0))
}

/// `2026-04-03` as days since 1970-01-01.
fn day(text: &[u8]) -> Option<i64> {
    let [a, b, c, d, b'-', e, f, b'-', g, h] = *text else { return None };
    let (year, month, day) = (two(a, b)? * 100 + two(c, d)?, two(e, f)?, two(g, h)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if year == 0 || day == 0 || day > longest {
        return None;
    }
    // Years that begin in March end with the leap day.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let in_year = (153 * month + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719_468;
    is_day(days).then_some(days)
}

/// `2026-04-03T10:00:00Z` as microseconds since 1970-01-01T00:00Z.
fn instant(text: &str) -> Option<i64> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let (date, clock) = bytes.split_at(10);
    let [b'T' | b' ', a, b, b':', c, d, b':', e, f, b'Z'] = *clock else { return None };
    let (hour, minute, second) = (two(a, b)?, two(c, d)?, two(e, f)?);
    let seconds = (hour * 60 + minute) * 60 + second;
    (hour < 24 && minute < 60 && second < 60).then_some(day(date)? * MICROS_PER_DAY + seconds * 1_000_000)
}

/// A number of two digits.
#[inline]
fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
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
