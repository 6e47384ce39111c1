//! Checks of what machine code relies on: it reads columns, groups and codes without asking whether they are in range.
//! What holds within a column, [`crate::data::Stored`] sees to.

use super::EngineError;
use super::kernels::stretches::is_ascending;
use crate::data::{Dataset, TableData};
use crate::processor::Instructions;
use segue_compiler::plan::{Op, Plan};
use segue_compiler::program::{CUSTOMERS, Program, TableId};

/// Whether the tables and the columns that the plan reads keep the invariants of [`Dataset`].
///
/// # Errors
/// [`EngineError::Unsound`] with the first broken promise.
pub(crate) fn check(program: &Program, plan: &Plan, data: &Dataset) -> Result<(), EngineError> {
    for (at, declared) in program.tables.iter().enumerate() {
        let table = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        let owner = declared.parent.map_or(CUSTOMERS, |(parent, _)| parent);
        let owners = data.table(owner).map_or(0, |found| found.rows);
        let Some(rows) = data.table(table) else { continue };
        groups(rows, owners)?;
        if rows.groups.as_deref().is_some_and(|groups| !is_ascending(Instructions::best(), groups)) {
            return Err(EngineError::Unsound("a table's groups are not in order"));
        }
        // No machine code reads rows of one kind, and those that are looked at are looked at block by block.
        for run in rows.runs.iter().flat_map(|runs| &runs.by_code).flatten() {
            groups(run, owners)?;
            if run.columns.iter().flatten().any(|column| column.rows() != run.rows) {
                return Err(EngineError::Unsound("a column of rows of one kind is not as long as they are"));
            }
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

/// Whether rows are grouped by so many owners, where they are grouped; not whether groups ascend.
fn groups(rows: &TableData, owners: usize) -> Result<(), EngineError> {
    let Some(groups) = rows.groups.as_deref() else { return Ok(()) };
    if groups.len() != owners + 1 {
        return Err(EngineError::Unsound("a table's groups are not as many as their owners"));
    }
    if groups.first() != Some(&0) {
        return Err(EngineError::Unsound("a table's groups are not in order"));
    }
    if groups.last().is_some_and(|last| *last as usize != rows.rows) {
        return Err(EngineError::Unsound("a table's groups do not hold its rows"));
    }
    Ok(())
}
