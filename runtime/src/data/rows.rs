//! A data set from rows in memory: for tests, for single records, for anything that has no files.
#![expect(clippy::indexing_slicing, reason = "slots are places of the fields that the builder has")]

use super::assemble::assemble;
use super::convert::find_cell;
use super::error::{DataError, DataErrors};
use super::raw::{Raw, RawField};
use super::table::TableBuilder;
use super::{BadRows, Loaded, UnknownCustomers, closest_names, same_name};
use segue_compiler::program::{FieldSource, Program, TableId};
use std::borrow::Cow;
use std::sync::Arc;

/// Collects rows by table and converts them as a file's would be. All declared fields are loaded; tables without rows
/// are empty.
#[derive(Debug, Clone)]
pub struct DatasetBuilder<'p> {
    program: &'p Program,
    tables: Vec<TableBuilder>,
    errors: Vec<DataError>,
    bad_rows: BadRows,
    unknown_customers: UnknownCustomers,
}

impl<'p> DatasetBuilder<'p> {
    /// Nothing yet. A bad row is an error, and rows of unknown customers are left out.
    pub fn new(program: &'p Program) -> DatasetBuilder<'p> {
        DatasetBuilder {
            program,
            tables: Vec::new(),
            errors: Vec::new(),
            bad_rows: BadRows::Stop,
            unknown_customers: UnknownCustomers::Report,
        }
    }

    /// What becomes of rows that cannot be converted; applies to the rows given after it.
    pub fn bad_rows(mut self, bad_rows: BadRows) -> DatasetBuilder<'p> {
        self.bad_rows = bad_rows;
        self
    }

    /// What becomes of rows whose customer is unknown.
    pub fn unknown_customers(mut self, unknown: UnknownCustomers) -> DatasetBuilder<'p> {
        self.unknown_customers = unknown;
        self
    }

    /// Adds rows of a table; each has a cell for each of the `columns`, named as in data. Columns not given are missing.
    pub fn rows<'a>(
        mut self,
        table: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = Vec<Raw<'a>>>,
    ) -> DatasetBuilder<'p> {
        let names: Vec<Cow<'a, str>> = columns.iter().map(|column| Cow::Owned((*column).to_owned())).collect();
        let records = rows.into_iter().map(|row| names.iter().cloned().zip(row).collect());
        self.add(table, records);
        self
    }

    /// Adds rows of a table from a JSON list of objects; fields not given are missing.
    pub fn json(mut self, table: &str, rows: &serde_json::Value) -> DatasetBuilder<'p> {
        let records = rows.as_array().into_iter().flatten().map(|row| match Raw::from_json(row) {
            Raw::Record(cells) => cells,
            _ => Vec::new(),
        });
        self.add(table, records);
        self
    }

    fn add<'a>(&mut self, table: &str, records: impl Iterator<Item = Vec<RawField<'a>>>) {
        let declared = self.program.tables.iter().zip(0..).filter(|(declared, _)| declared.parent.is_none());
        let Some((_, id)) = declared.clone().find(|(declared, _)| same_name(&declared.name, table)) else {
            let closest = closest_names(table, declared.map(|(declared, _)| &*declared.name));
            self.errors.push(DataError::UnknownTable { name: table.to_owned(), closest });
            return;
        };
        let id = TableId(id);
        let at = self.tables.iter().position(|builder| builder.table == id).unwrap_or_else(|| {
            let keep_cells = self.bad_rows.kept_cells();
            self.tables.push(TableBuilder::new(self.program, id, &|_, _| true, keep_cells));
            self.tables.len() - 1
        });
        let Some(builder) = self.tables.get_mut(at) else { return };
        let file: Arc<str> = Arc::from(format!("rows of {table}"));
        let first = builder.counts.rows_read;
        for (row, cells) in records.enumerate() {
            builder.begin_row(first + row as u64 + 1);
            for slot in 0..builder.fields.len() {
                let name = builder.fields[slot].column.clone();
                builder.cell(slot, row, find_cell(&cells, &name).unwrap_or(&Raw::Missing), &file);
            }
        }
        builder.end_batch(&file);
    }

    /// Converts and groups.
    ///
    /// # Errors
    /// Unknown tables, rows that cannot be converted (unless they are to be skipped), repeated keys.
    pub fn build(mut self) -> Result<Loaded, DataErrors> {
        if matches!(self.bad_rows, BadRows::Stop) {
            self.errors.extend(self.tables.iter().filter_map(TableBuilder::bad_rows_error));
        }
        DataErrors::none_or(self.errors)?;
        assemble(
            self.program,
            self.tables.into_iter().map(|table| (table, Vec::new())).collect(),
            self.unknown_customers,
        )
    }
}

/// The names of a table's stored columns in the data, in the order declared.
pub fn column_names(program: &Program, table: TableId) -> Vec<Arc<str>> {
    let fields = program.tables.get(table.0 as usize).map(|table| table.fields.as_slice()).unwrap_or_default();
    let columns = fields.iter().filter_map(|field| match &field.source {
        FieldSource::Column { column, .. } => Some(column.clone()),
        FieldSource::Computed(_) | FieldSource::Answered(_) => None,
    });
    columns.collect()
}
