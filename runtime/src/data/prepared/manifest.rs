//! What is known of a prepared data set: which tables it has, of which files, in which files, and what was counted. One
//! JSON text after a line with its sum; it is replaced as a whole, so it is the old one or the new one, and what it names
//! is on the disk before it is.

use super::file::{Unfit, VERSION, owned, owned_folder, sum};
use super::identity::{Identity, SourceFile};
use super::keep::{MANIFEST, Set, TABLE};
use crate::data::assemble::name_of_field;
use crate::data::report::{BadByColumns, BadRowsOf};
use crate::data::{BadCell, LookupMisses, Misses, Outside, TableReport, Warning};
use segue_compiler::program::{FieldId, Program, TableId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

/// A prepared data set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    version: u32,
    /// The program that made it: another may read files otherwise, or know other changes of clocks.
    program: String,
    /// When it was made, in microseconds UTC.
    pub(super) made: i64,
    /// The tables that have data, customers first.
    pub(super) tables: Vec<Table>,
    /// What looked odd.
    warnings: Vec<Odd>,
}

/// A table of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: String,
    /// What its rows depend on, see [`super::declared::table`].
    pub(super) declared: String,
    /// Its columns by name, see [`super::declared::field`].
    pub(super) columns: Vec<(String, String)>,
    /// What it was read from, in this order; none for customers that only events name.
    pub(super) sources: Vec<SourceFile>,
    /// The file with its data.
    pub(super) file: String,
    /// The sum of its head, in which all its other sums are.
    pub(super) sum: u64,
    /// What the system said of that file after it was written.
    pub(super) written: Identity,
    /// What was counted.
    pub(super) counted: Counted,
}

/// What must be known before the rest is read.
#[derive(Debug, Deserialize)]
struct Known {
    version: u32,
    program: String,
}

/// This program, as far as it decides what is read from files.
fn program_name() -> String {
    format!("segue {}, time zones {}", env!("CARGO_PKG_VERSION"), chrono_tz::IANA_TZDB_VERSION)
}

/// What loading counted, in words that stay when declarations move.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Counted {
    files: Vec<String>,
    rows_read: u64,
    rows: u64,
    bad_rows: u64,
    bad: Vec<Bad>,
    outside: Vec<Outside>,
    clock: BTreeMap<String, (u64, u64)>,
    unknown: Misses,
    unknown_added: bool,
    lookups: Vec<Lookup>,
    newest: Option<i64>,
}

/// Rows with bad cells in the same columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Bad {
    columns: Vec<String>,
    rows: u64,
    first: Vec<Vec<Cell>>,
}

/// Ids of a column that point nowhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Lookup {
    table: String,
    column: String,
    target: String,
    misses: Misses,
}

/// A sentence about a column.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Odd {
    table: String,
    column: String,
    text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Cell {
    file: String,
    row: u64,
    column: String,
    value: String,
    reason: String,
}

impl Manifest {
    pub(super) fn new(made: i64, tables: Vec<Table>, program: &Program, warnings: &[Warning]) -> Manifest {
        let warnings = warnings.iter().filter_map(|warning| {
            let (table, column) = names(program, warning.field)?;
            Some(Odd { table, column, text: warning.text.clone() })
        });
        Manifest { version: VERSION, program: program_name(), made, tables, warnings: warnings.collect() }
    }

    /// The manifest of a set; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be used.
    pub(super) fn read(set: &Set) -> Result<Option<Manifest>, Unfit> {
        let unreadable = |error: io::Error| Unfit::Unreadable(error.to_string());
        let path = set.path(MANIFEST);
        match std::fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => owned(&found.map_err(unreadable)?)?,
        }
        owned_folder(&std::fs::symlink_metadata(set.folder()).map_err(unreadable)?)?;
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(Unfit::Unlike)?;
        let (Some(head), Some(text)) = (bytes.get(..end), bytes.get(end + 1..)) else { return Err(Unfit::Unlike) };
        if head != format!("{:016x}", sum(text)).as_bytes() {
            return Err(Unfit::Changed);
        }
        let known: Known = serde_json::from_slice(text).map_err(|_| Unfit::OtherVersion)?;
        if (known.version, known.program.as_str()) != (VERSION, program_name().as_str()) {
            return Err(Unfit::OtherVersion);
        }
        let manifest: Manifest = serde_json::from_slice(text).map_err(|_| Unfit::OtherVersion)?;
        // A name that leads out of the folder is none of ours.
        let is_name = |file: &str| file.starts_with(TABLE) && !file.contains(['/', '\\']);
        manifest.tables.iter().all(|table| is_name(&table.file)).then_some(Some(manifest)).ok_or(Unfit::Unlike)
    }

    /// Puts it in the place of the one before.
    pub(super) fn write(&self, set: &Set) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        set.replace(MANIFEST, |file| {
            let mut file = file;
            writeln!(file, "{:016x}", sum(&text))?;
            file.write_all(&text)
        })
    }

    /// The names of all files that belong to the set.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        std::iter::once(MANIFEST).chain(self.tables.iter().map(|table| table.file.as_str()))
    }

    /// The table of a name.
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// What looked odd, of fields there are.
    pub(super) fn warnings(&self, program: &Program) -> Vec<Warning> {
        let warning =
            |odd: &Odd| Some(Warning { field: place(program, &odd.table, &odd.column)?, text: odd.text.clone() });
        self.warnings.iter().filter_map(warning).collect()
    }
}

/// The table's name, with the path to it for a list of records, and the column's.
fn names(program: &Program, (table, field): (TableId, FieldId)) -> Option<(String, String)> {
    let table = program.tables.get(table.0 as usize)?;
    let (column, _) = super::declared::field(program, table.fields.get(field.0 as usize)?)?;
    match table.parent {
        None => Some((table.name.to_string(), column)),
        Some(parent) => {
            let (top, path) = names(program, parent)?;
            Some((format!("{top}\u{1f}{path}"), column))
        }
    }
}

fn place(program: &Program, table: &str, column: &str) -> Option<(TableId, FieldId)> {
    let mut tables = (0..).zip(&program.tables).map(|(id, table)| (TableId(id), table));
    tables.find_map(|(id, declared)| {
        let mut fields = (0..u32::try_from(declared.fields.len()).ok()?).map(FieldId);
        let is_it = |names: (String, String)| names.0 == table && names.1 == column;
        Some((id, fields.find(|field| names(program, (id, *field)).is_some_and(is_it))?))
    })
}

impl Counted {
    /// Rows of the table.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn of(program: &Program, report: &TableReport) -> Counted {
        let cell = |cell: &BadCell| Cell {
            file: cell.file.to_string(),
            row: cell.row,
            column: cell.column.clone(),
            value: cell.value.clone(),
            reason: cell.reason.clone(),
        };
        let bad = report.bad_by_columns.sets.iter().map(|(columns, bad)| Bad {
            columns: columns.clone(),
            rows: bad.rows,
            first: bad.first.iter().map(|row| row.iter().map(cell).collect()).collect(),
        });
        let lookups = report.lookups.iter().filter_map(|lookup| {
            let (table, column) = names(program, lookup.field)?;
            Some(Lookup { table, column, target: lookup.target.to_string(), misses: lookup.misses.clone() })
        });
        Counted {
            files: report.files.clone(),
            rows_read: report.rows_read,
            rows: report.rows,
            bad_rows: report.bad_rows,
            bad: bad.collect(),
            outside: report.outside.clone(),
            clock: report.clock.clone(),
            unknown: report.unknown_customers.clone(),
            unknown_added: report.unknown_added,
            lookups: lookups.collect(),
            newest: report.newest,
        }
    }

    /// The report again.
    pub(super) fn report(&self, program: &Program, id: TableId, name: &Arc<str>) -> TableReport {
        let cell = |cell: &Cell| BadCell {
            file: cell.file.as_str().into(),
            row: cell.row,
            column: cell.column.clone(),
            value: cell.value.clone(),
            reason: cell.reason.clone(),
        };
        let sets = self.bad.iter().map(|bad| {
            let first = bad.first.iter().map(|row| row.iter().map(cell).collect()).collect();
            (bad.columns.clone(), BadRowsOf { rows: bad.rows, first })
        });
        let lookups = self.lookups.iter().filter_map(|lookup| {
            let field = place(program, &lookup.table, &lookup.column)?;
            Some(LookupMisses {
                field,
                name: name_of_field(program, field),
                target: lookup.target.as_str().into(),
                misses: lookup.misses.clone(),
            })
        });
        TableReport {
            table: id,
            name: Arc::clone(name),
            files: self.files.clone(),
            rows_read: self.rows_read,
            rows: self.rows,
            bad_rows: self.bad_rows,
            bad_cells: Vec::new(),
            outside: self.outside.clone(),
            gap_times: self.clock.values().map(|(gap, _)| gap).sum(),
            overlap_times: self.clock.values().map(|(_, overlap)| overlap).sum(),
            clock: self.clock.clone(),
            bad_by_columns: BadByColumns { sets: sets.collect() },
            unknown_customers: self.unknown.clone(),
            unknown_added: self.unknown_added,
            lookups: lookups.collect(),
            newest: self.newest,
        }
    }
}
