//! Rows of tables by key. Columns of codes are followed once for each different code.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::order::Distinct;
use crate::data::{Dataset, Stored};
use rustc_hash::FxHashMap;
use segue_compiler::program::{FieldId, Program, TableId};
use std::cell::RefCell;

/// No row has the key.
const NO_ROW: u32 = u32::MAX;

/// What was looked up so far.
#[derive(Debug, Default)]
pub(super) struct Links {
    keys: RefCell<FxHashMap<TableId, FxHashMap<Distinct, u32>>>,
    codes: RefCell<FxHashMap<(TableId, FieldId, TableId), Vec<u32>>>,
}

impl Links {
    /// The row of `table` whose key is the value.
    pub(super) fn of_value(&self, program: &Program, data: &Dataset, key: &Distinct, table: TableId) -> Option<usize> {
        let mut keys = self.keys.borrow_mut();
        let rows = keys.entry(table).or_insert_with(|| index(program, data, table));
        rows.get(key).map(|row| *row as usize)
    }

    /// The row of `table` whose key a stored column holds at a row.
    pub(super) fn of_column(
        &self,
        program: &Program,
        data: &Dataset,
        (from, field): (TableId, FieldId),
        column: &Stored,
        row: usize,
        table: TableId,
    ) -> Option<usize> {
        let Some((codes, dictionary)) = column.text() else {
            return self.of_value(program, data, &Distinct(column.value(row)?), table);
        };
        if !column.is_known(row) {
            return None;
        }
        let mut followed = self.codes.borrow_mut();
        let rows = followed.entry((from, field, table)).or_insert_with(|| {
            let row_of = |code| self.of_value(program, data, &Distinct(dictionary.value(code)), table);
            (0..dictionary.len() as u32).map(|code| row_of(code).map_or(NO_ROW, |row| row as u32)).collect()
        });
        rows.get(codes.code(row)? as usize).filter(|row| **row != NO_ROW).map(|row| *row as usize)
    }
}

/// The rows of a table by key; keys are unique.
fn index(program: &Program, data: &Dataset, table: TableId) -> FxHashMap<Distinct, u32> {
    let key = program.tables[table.0 as usize].key;
    let column = key.and_then(|key| data.column(table, key));
    let rows = data.table(table).map_or(0, |table| table.rows);
    let keyed = |row: usize| Some((Distinct(column?.value(row)?), row as u32));
    (0..rows).filter_map(keyed).collect()
}
