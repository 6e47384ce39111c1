//! What a report asks of the data of a run, whether they are held or were read part by part.

use crate::data::{Dataset, Seen};
use crate::stream::{Known, ahead};
use segue_compiler::program::{CUSTOMERS, FieldId, Program, TableId};
use segue_compiler::values::Value;
use segue_compiler::values::calendar::Clock;
use std::fmt::Debug;

/// Data that a report can be made of.
pub trait Described: Debug {
    /// How many rows a table has.
    fn rows(&self, table: TableId) -> usize;

    /// In how many rows a stored field is missing; `None` where it was not read.
    fn missing(&self, table: TableId, field: FieldId) -> Option<usize>;

    /// How many of a table's events, whose times are in a field, lie at or after the moment of the run.
    fn ahead(&self, table: TableId, field: FieldId, clock: &Clock) -> usize;

    /// The key of a customer, by row.
    fn key(&self, program: &Program, row: usize) -> Option<String>;

    /// The key of a row of another table, where that is held.
    fn key_of(&self, program: &Program, table: TableId, row: usize) -> Option<String>;
}

impl Described for Dataset {
    fn rows(&self, table: TableId) -> usize {
        self.table(table).map_or(0, |table| table.rows)
    }

    fn missing(&self, table: TableId, field: FieldId) -> Option<usize> {
        let column = self.column(table, field)?;
        let rows = self.rows(table);
        Some(rows - column.known().map_or(rows, |known| known.count()))
    }

    fn ahead(&self, table: TableId, field: FieldId, clock: &Clock) -> usize {
        self.column(table, field).map_or(0, |times| ahead(times, clock))
    }

    fn key(&self, program: &Program, row: usize) -> Option<String> {
        self.key_of(program, CUSTOMERS, row)
    }

    fn key_of(&self, program: &Program, table: TableId, row: usize) -> Option<String> {
        let key = program.tables.get(table.0 as usize)?.key?;
        match self.column(table, key)?.value(row)? {
            Value::Text(key) => Some(key.to_string()),
            _ => None,
        }
    }
}

/// What was counted while they were at hand, for the moment of their run.
impl Described for Seen {
    fn rows(&self, table: TableId) -> usize {
        self.rows(table)
    }

    fn missing(&self, table: TableId, field: FieldId) -> Option<usize> {
        self.missing(table, field)
    }

    fn ahead(&self, table: TableId, _field: FieldId, _clock: &Clock) -> usize {
        self.ahead(table)
    }

    fn key(&self, _program: &Program, row: usize) -> Option<String> {
        self.key(row)
    }

    fn key_of(&self, _program: &Program, _table: TableId, _row: usize) -> Option<String> {
        None
    }
}

impl Described for Known {
    fn rows(&self, table: TableId) -> usize {
        self.described().rows(table)
    }

    fn missing(&self, table: TableId, field: FieldId) -> Option<usize> {
        self.described().missing(table, field)
    }

    fn ahead(&self, table: TableId, field: FieldId, clock: &Clock) -> usize {
        self.described().ahead(table, field, clock)
    }

    fn key(&self, program: &Program, row: usize) -> Option<String> {
        self.described().key(program, row)
    }

    fn key_of(&self, program: &Program, table: TableId, row: usize) -> Option<String> {
        self.described().key_of(program, table, row)
    }
}

impl Known {
    fn described(&self) -> &dyn Described {
        match self {
            Known::Held(dataset) => dataset,
            Known::Seen(seen) => seen,
        }
    }
}
