//! Checks of what machine code relies on: it reads columns, groups and codes without asking whether they are in range.
//! What holds within a column, [`crate::data::Stored`] sees to.

use super::EngineError;
use crate::data::Dataset;
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
        let rows = data.table(table).map_or(0, |found| found.rows);
        if data.column(table, field).is_some_and(|column| column.rows() != rows) {
            return Err(EngineError::Unsound("a column is not as long as its table"));
        }
    }
    Ok(())
}
