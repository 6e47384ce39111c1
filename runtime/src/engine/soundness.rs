//! Checks of what machine code relies on: it reads columns, groups and codes without asking whether they are in range.

use super::EngineError;
use super::shape::length;
use crate::data::{Column, Dataset, Values};
use segue_compiler::plan::{Op, Plan};
use segue_compiler::program::{CUSTOMERS, Program, TableId};

/// Whether the tables and the columns that the plan reads keep the invariants of [`Dataset`].
///
/// # Errors
/// [`EngineError::Unsound`] with the first broken promise.
pub(crate) fn check(program: &Program, plan: &Plan, data: &Dataset) -> Result<(), EngineError> {
    for (at, declared) in program.tables.iter().enumerate() {
        let table = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        let Some(groups) = data.table(table).and_then(|found| found.groups.as_deref()) else { continue };
        let owner = declared.parent.map_or(CUSTOMERS, |(parent, _)| parent);
        let rows = |table: TableId| data.table(table).map_or(0, |found| found.rows);
        if groups.len() != rows(owner) + 1 {
            return Err(EngineError::Unsound("a table's groups are not as many as their owners"));
        }
        if !groups.is_sorted() || groups.first() != Some(&0) {
            return Err(EngineError::Unsound("a table's groups are not in order"));
        }
        if groups.last().is_some_and(|last| *last as usize != rows(table)) {
            return Err(EngineError::Unsound("a table's groups do not hold its rows"));
        }
    }
    for node in &plan.nodes {
        let Op::Column(table, field) = node.op else { continue };
        if let Some(column) = data.column(table, field) {
            check_column(column, data.table(table).map_or(0, |found| found.rows))?;
        }
    }
    Ok(())
}

fn check_column(column: &Column, rows: usize) -> Result<(), EngineError> {
    if length(column) != rows || column.known.as_ref().is_some_and(|known| known.len() != rows) {
        return Err(EngineError::Unsound("a column is not as long as its table"));
    }
    match &column.values {
        Values::Text { codes, dictionary } => {
            // A missing value's code is 0, also where there is no text.
            let texts = dictionary.len().max(usize::from(column.known.is_some()));
            if codes.iter().max().is_some_and(|code| *code as usize >= texts) {
                return Err(EngineError::Unsound("a code has no text"));
            }
        }
        Values::List { offsets, elements } => {
            let all = length(elements);
            if !offsets.is_sorted() || offsets.last().is_some_and(|last| *last as usize > all) {
                return Err(EngineError::Unsound("a list has no elements"));
            }
            check_column(elements, all)?;
        }
        _ => {}
    }
    Ok(())
}
