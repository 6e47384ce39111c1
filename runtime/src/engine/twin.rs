//! Customers who are looked up: a table of their own beside the blocks of customers, see
//! [`Program::with_customers_as_a_table`].

use crate::data::{Dataset, TableData};
use segue_compiler::program::{CUSTOMERS, Program};

/// The program and the data with customers as a table too; `None` where no customer is looked up. Tables that the data lack
/// are empty.
pub(crate) fn with_customers_as_a_table(program: &Program, data: &Dataset) -> Option<(Program, Dataset)> {
    let declared = program.tables.len();
    let (program, twins) = program.with_customers_as_a_table()?;
    let mut data = data.clone();
    data.tables.resize(declared, TableData::default());
    for (from, _) in twins {
        let mut table = data.table(from).cloned().unwrap_or_default();
        if from == CUSTOMERS {
            table.groups = None;
        }
        data.tables.push(table);
    }
    Some((program, data))
}
