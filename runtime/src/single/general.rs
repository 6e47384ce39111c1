//! The way that always works: the record as data of one customer, and the interpreter.

use super::layout::{Kind, Place};
use super::record::{Cells, TableRows};
use super::{Answer, Inner, SingleError};
use crate::data::{
    Dataset, LoadReport, Loaded, Raw, TableBuilder, UnknownCustomers, assemble, count_lookup_misses, same_name,
};
use crate::interpret;
use crate::outcome::{Outcome, Request};
use segue_compiler::plan::{Plan, Selection};
use segue_compiler::program::{CUSTOMERS, TableId};
use segue_compiler::values::Value;
use segue_compiler::values::places::degrees;
use std::borrow::Cow;
use std::sync::Arc;

fn run(cells: Cells<'_>, as_of: i64, selection: &Selection) -> Result<Outcome, SingleError> {
    let data = dataset(cells)?;
    Ok(interpret::run(&cells.inner.general, &data, &Request::of(selection.clone(), as_of))?)
}

/// All answers.
pub(super) fn everything(cells: Cells<'_>, as_of: i64, answer: &mut Answer) -> Result<(), SingleError> {
    let outcome = run(cells, as_of, &cells.inner.selection)?;
    let every = |count: usize| (0..count).collect::<Vec<usize>>();
    let places = [outcome.segments.len(), outcome.partitions.len(), outcome.traits.len()].map(every);
    answer.problems.clear();
    take(answer, outcome, &places);
    Ok(())
}

/// The answers that nothing quicker gives.
pub(super) fn slow(cells: Cells<'_>, as_of: i64, answer: &mut Answer) -> Result<(), SingleError> {
    let outcome = run(cells, as_of, &cells.inner.slow)?;
    take(answer, outcome, &cells.inner.slow_places);
    Ok(())
}

/// Puts an outcome for one customer at the places of the answer.
fn take(answer: &mut Answer, outcome: Outcome, [segments, partitions, traits]: &[Vec<usize>; 3]) {
    for (place, members) in segments.iter().zip(&outcome.segments) {
        answer.set_bit(*place, members.contains(0));
    }
    for (place, parts) in partitions.iter().zip(&outcome.partitions) {
        let held = parts.first().copied().unwrap_or(crate::outcome::NO_PART);
        let bits = answer.parts.get(*place).cloned().unwrap_or(0..0);
        for (part, bit) in (0..).zip(bits) {
            answer.set_bit(bit, part == held);
        }
    }
    for (place, column) in traits.iter().zip(&outcome.traits) {
        if let Some(slot) = answer.values.get_mut(*place) {
            *slot = column.value(0);
        }
    }
    answer.problems.extend(outcome.problems);
    answer.in_order();
}

/// What loading the record alone would count.
pub(super) fn report(record: Cells<'_>) -> Result<LoadReport, SingleError> {
    let Loaded { dataset, mut report, .. } = loaded(record)?;
    count_lookup_misses(&record.inner.general, &dataset, &mut report);
    Ok(report)
}

/// The record as data.
fn dataset(record: Cells<'_>) -> Result<Dataset, SingleError> {
    Ok(loaded(record)?.dataset)
}

/// The record as data, with what was counted of all but look-ups.
fn loaded(record: Cells<'_>) -> Result<Loaded, SingleError> {
    let inner = record.inner;
    let file: Arc<str> = Arc::from("a record");
    let wanted = |table: TableId, field| inner.layout.find(table, field).is_some();
    let mut tables = Vec::new();
    for (at, layout) in (0..).zip(&inner.layout.tables) {
        let id = TableId(at);
        if !layout.needed || layout.parent.is_some() {
            continue;
        }
        let Some(rows) = record.rows(id) else { continue };
        let mut builder = TableBuilder::new(&inner.general, id, &wanted, 5);
        for row in 0..rows.rows {
            builder.begin_row(row as u64 + 1);
            for slot in 0..builder.fields.len() {
                let Some(column) = builder.fields.get(slot).map(|field| field.column.clone()) else { continue };
                let place = layout.places.iter().position(|place| same_name(&place.column, &column));
                let raw = place.map_or(Raw::Missing, |place| cell(record, id, place, row));
                builder.cell(slot, row, &raw, &file);
            }
        }
        builder.end_batch(&file);
        if let Some(error) = builder.bad_rows_error() {
            return Err(SingleError::Data(error.into()));
        }
        tables.push((builder, Vec::new()));
    }
    let mut loaded = assemble(&inner.general, tables, UnknownCustomers::Report).map_err(SingleError::Data)?;
    for (at, (table, found)) in (0..).zip(loaded.dataset.tables.iter_mut().zip(&inner.lookups.tables)) {
        if Plan::is_looked_up(&inner.general, TableId(at)) {
            *table = found.clone();
        }
    }
    Ok(loaded)
}

fn cell<'r>(record: Cells<'r>, table: TableId, place: usize, row: usize) -> Raw<'r> {
    let inner = record.inner;
    let found = || -> Option<Raw<'r>> {
        let layout = inner.layout.table(table)?;
        let rows = record.rows(table)?;
        let declared = layout.places.get(place)?;
        if let Kind::Records(elements) = declared.kind {
            return elements_of(record, elements, row);
        }
        let words = rows.row(layout, row);
        if words.get(declared.known.0)? & declared.known.1 == 0 {
            if layout.by == Some(place) {
                let key = inner.layout.table(CUSTOMERS)?.key?;
                return Some(cell(record, CUSTOMERS, key, 0));
            }
            return rows.outside_of(row, place).next().map(Raw::text);
        }
        let raw = raw(inner, rows, declared, words);
        // Elements outside of their list are counted once more.
        match raw {
            Some(Raw::List(mut values)) => {
                values.extend(rows.outside_of(row, place).map(Raw::text));
                Some(Raw::List(values))
            }
            raw => raw,
        }
    };
    found().unwrap_or(Raw::Missing)
}

fn elements_of<'r>(record: Cells<'r>, elements: TableId, owner: usize) -> Option<Raw<'r>> {
    let places = &record.inner.layout.table(elements)?.places;
    let rows = record.rows(elements)?.of_owner(owner);
    let of_row = |row: usize| {
        let fields = places.iter().enumerate();
        let cells = fields.map(|(at, place)| (Cow::Owned(place.column.to_string()), cell(record, elements, at, row)));
        Raw::Record(cells.collect())
    };
    Some(Raw::List(rows.map(of_row).collect()))
}

fn raw<'r>(inner: &'r Inner, rows: &'r TableRows, place: &Place, words: &[u64]) -> Option<Raw<'r>> {
    let cell = *words.get(place.at)?;
    let whole = cell.cast_signed();
    Some(match place.kind {
        Kind::Boolean => Raw::Boolean(cell != 0),
        Kind::Integer => Raw::Integer(whole),
        Kind::Number | Kind::Percent(_) => Raw::Float(f64::from_bits(cell)),
        Kind::Money => Raw::Decimal { units: whole.into(), scale: 4 },
        Kind::Date => Raw::Date(i32::try_from(whole).ok()?),
        Kind::Instant(_) => Raw::Instant(whole),
        Kind::Duration => Raw::Duration(whole),
        Kind::Location => {
            let (latitude, longitude) = degrees(whole);
            Raw::text(format!("{latitude},{longitude}"))
        }
        Kind::Text | Kind::Zone | Kind::Id | Kind::Listed(_) => Raw::Text(rows.text(inner, place, words)),
        Kind::List(_) | Kind::Bits(_) => of_value(rows.lists.get(usize::try_from(cell).ok()?)?),
        Kind::Records(_) => return None,
    })
}

fn of_value(value: &Value) -> Raw<'_> {
    match value {
        Value::Boolean(truth) => Raw::Boolean(*truth),
        Value::Integer(whole) => Raw::Integer(*whole),
        Value::Number(float) => Raw::Float(*float),
        Value::Money(units) => Raw::Decimal { units: i128::from(*units), scale: 4 },
        Value::Text(text) => Raw::text(&**text),
        Value::Date(day) => Raw::Date(*day),
        Value::Instant(instant) => Raw::Instant(*instant),
        Value::Duration(micros) => Raw::Duration(*micros),
        Value::List(values) => Raw::List(values.iter().map(of_value).collect()),
    }
}
