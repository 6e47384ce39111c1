//! What loading counted, and the way progress is told.

use segue_compiler::program::{FieldId, TableId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Everything worth telling about a load. Nothing is dropped or made missing without a count here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadReport {
    /// One entry a table that has data, in the order of the program's tables.
    pub tables: Vec<TableReport>,
    /// What looks odd.
    pub warnings: Vec<Warning>,
}

/// A sentence about a field whose data look odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The field.
    pub field: (TableId, FieldId),
    /// The sentence.
    pub text: String,
}

/// What loading one table counted.
#[derive(Debug, Clone, PartialEq)]
pub struct TableReport {
    /// The table.
    pub table: TableId,
    /// Its name.
    pub name: Arc<str>,
    /// The files read, in the order read.
    pub files: Vec<String>,
    /// Rows the files hold.
    pub rows_read: u64,
    /// Rows in the data set.
    pub rows: u64,
    /// Rows left out because a cell could not be converted.
    pub bad_rows: u64,
    /// The first of their cells, or all of them where they are to be reported.
    pub bad_cells: Vec<BadCell>,
    /// Values that are not among a field's listed ones and so are missing, by field.
    pub outside: Vec<Outside>,
    /// Clock times that a change of the clocks skipped; they moved forward.
    pub gap_times: u64,
    /// Clock times that a change of the clocks made happen twice; the earlier was taken.
    pub overlap_times: u64,
    /// Both by column, with the path into nested records.
    pub clock: BTreeMap<String, (u64, u64)>,
    /// Rows left out, by the columns whose cells could not be converted.
    pub bad_by_columns: BadByColumns,
    /// Rows whose customer is not in the customers' data; none where there are no such data.
    pub unknown_customers: Misses,
    /// Whether these customers were added; otherwise the rows are left out.
    pub unknown_added: bool,
    /// Ids that point at no row of their table, by field.
    pub lookups: Vec<LookupMisses>,
    /// The newest event: microseconds UTC, or the start of its day where events have only a date.
    pub newest: Option<i64>,
}

impl TableReport {
    /// What loading the files of both reports counts, where that can be said.
    pub(crate) fn followed_by(&self, more: TableReport) -> Option<TableReport> {
        let mut all = self.clone();
        // A customer that both do not know would be counted twice.
        match (self.unknown_customers.rows, more.unknown_customers.rows) {
            (_, 0) => {}
            (0, _) => all.unknown_customers = more.unknown_customers,
            _ => return None,
        }
        for more in more.outside {
            match all.outside.iter_mut().find(|outside| outside.column == more.column) {
                // Which values are the most frequent depends on those that are not listed.
                Some(_) => return None,
                None => all.outside.push(more),
            }
        }
        all.outside.sort_by(|one, other| one.column.cmp(&other.column));
        all.files.extend(more.files);
        all.rows_read += more.rows_read;
        all.bad_rows += more.bad_rows;
        all.bad_cells.extend(more.bad_cells);
        all.bad_cells.truncate(BadByColumns::SHOWN);
        all.bad_by_columns.append(more.bad_by_columns);
        for (column, (gap, overlap)) in more.clock {
            let counted = all.clock.entry(column).or_default();
            *counted = (counted.0 + gap, counted.1 + overlap);
        }
        all.gap_times += more.gap_times;
        all.overlap_times += more.overlap_times;
        Some(all)
    }
}

/// A cell that could not be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    /// The file as it was named.
    pub file: Arc<str>,
    /// Row of the file as a spreadsheet counts: the line of column names is row 1. A line number for NDJSON; for Parquet
    /// and rows in memory from 1.
    pub row: u64,
    /// The column's name in the data, with the path into nested records; empty where the whole row cannot be read.
    pub column: String,
    /// The value as the file gave it, cut after 60 characters.
    pub value: String,
    /// What was expected.
    pub reason: String,
}

/// Characters of a value that a message shows; the file of bad rows holds it whole.
const SHOWN_OF_A_VALUE: usize = 120;

impl fmt::Display for BadCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, row {}", self.file, self.row)?;
        if !self.column.is_empty() {
            write!(f, ", column \"{}\"", self.column)?;
        }
        if !self.value.is_empty() {
            let end = self.value.char_indices().nth(SHOWN_OF_A_VALUE).map_or(self.value.len(), |(at, _)| at);
            let more = if end < self.value.len() { "…" } else { "" };
            // A row that an open quote made may hold many lines.
            let shown = self.value.get(..end).unwrap_or_default().replace(['\r', '\n'], "⏎");
            write!(f, ", value \"{shown}{more}\"")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Rows that were left out, by the columns of their bad cells: which of them a load of fewer columns would leave out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadByColumns {
    pub(crate) sets: BTreeMap<Vec<String>, BadRowsOf>,
}

/// Rows whose bad cells are in the same columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BadRowsOf {
    /// How many.
    pub(crate) rows: u64,
    /// The cells of the first of them.
    pub(crate) first: Vec<Vec<BadCell>>,
}

impl BadByColumns {
    /// Rows of which so many are kept for a message.
    pub(crate) const SHOWN: usize = 5;

    /// Adds rows that cannot be read at all, and bad cells by row.
    pub(crate) fn add(&mut self, unreadable: &[BadCell], cells: &[(usize, BadCell)]) {
        for cell in unreadable {
            self.add_row(vec![cell.clone()]);
        }
        let mut cells: Vec<&(usize, BadCell)> = cells.iter().collect();
        cells.sort_by_key(|(row, _)| *row);
        for row in cells.chunk_by(|(one, _), (other, _)| one == other) {
            self.add_row(row.iter().map(|(_, cell)| cell.clone()).collect());
        }
    }

    fn add_row(&mut self, cells: Vec<BadCell>) {
        let mut columns: Vec<String> = cells.iter().map(|cell| cell.column.clone()).collect();
        columns.sort_unstable();
        columns.dedup();
        let rows = self.sets.entry(columns).or_default();
        rows.rows += 1;
        if rows.first.len() < BadByColumns::SHOWN {
            rows.first.push(cells);
        }
    }

    /// Adds those of the rows that come next.
    pub(crate) fn append(&mut self, more: BadByColumns) {
        for (columns, more) in more.sets {
            let rows = self.sets.entry(columns).or_default();
            rows.rows += more.rows;
            let room = BadByColumns::SHOWN.saturating_sub(rows.first.len());
            rows.first.extend(more.first.into_iter().take(room));
        }
    }
}

/// Values that are not among the listed ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// The column, with the path into nested records.
    pub column: String,
    /// How many cells.
    pub count: u64,
    /// The values with their counts, most frequent first, then by text; at most five.
    pub values: Vec<(String, u64)>,
}

/// Ids that were not found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misses {
    /// How many rows have such an id.
    pub rows: u64,
    /// How many different ids.
    pub distinct: u64,
    /// The first three in the order of ids.
    pub examples: Vec<String>,
}

/// Ids of one field that point at no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupMisses {
    /// The field, in the report's table or one of its lists of records.
    pub field: (TableId, FieldId),
    /// Its name, with the path into nested records.
    pub name: String,
    /// The table pointed at.
    pub target: Arc<str>,
    /// What was not found.
    pub misses: Misses,
}

/// Counts values by text, with a bound on memory: after ten thousand different ones further ones are only counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    values: BTreeMap<String, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, value: String, count: u64) {
        self.count += count;
        if self.values.len() < 10_000 || self.values.contains_key(&value) {
            *self.values.entry(value).or_insert(0) += count;
        }
    }

    pub(crate) fn append(&mut self, other: Tally) {
        let listed: u64 = other.values.values().sum();
        self.count += other.count - listed;
        for (value, count) in other.values {
            self.add(value, count);
        }
    }

    pub(crate) fn finish(self, column: String) -> Outside {
        let mut values: Vec<(String, u64)> = self.values.into_iter().collect();
        values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        values.truncate(5);
        Outside { column, count: self.count, values }
    }
}

/// Told how far loading has come. Called from several threads.
pub trait Progress: Sync {
    /// A stage begins, with its size where it is known beforehand.
    fn start(&self, stage: &str, total: Option<u64>);
    /// So much more of it is done.
    fn advance(&self, amount: u64);
    /// The stage is over.
    fn finish(&self);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn start(&self, _stage: &str, _total: Option<u64>) {}
    fn advance(&self, _amount: u64) {}
    fn finish(&self) {}
}
