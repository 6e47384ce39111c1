//! One table while it is read: builders for the needed fields, bad rows taken out at the end of each batch.

use super::convert::{Bulk, FieldBuilder, Note, Refusal, fill_fields, put_fields};
use super::error::DataError;
use super::moments::ClockChange;
use super::raw::Raw;
use super::report::{BadByColumns, BadCell, Misses, TableReport, Tally};
use super::stored::bytes::Bytes;
use segue_compiler::program::{FieldId, Program, TableId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where rows came from: stretches of rows that follow one another in one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    stretches: Vec<Stretch>,
    rows: usize,
}

#[derive(Debug, Clone)]
struct Stretch {
    start: usize,
    file: Arc<str>,
    first: u64,
    length: u64,
}

impl Origins {
    /// Rows of a file that follow one another, by their numbers in it.
    fn push_all(&mut self, file: &Arc<str>, numbers: &[u64]) {
        let Some(first) = numbers.first().copied() else { return };
        let length = numbers.len() as u64;
        match self.stretches.last_mut() {
            Some(last) if last.first + last.length == first && Arc::ptr_eq(&last.file, file) => last.length += length,
            _ => self.stretches.push(Stretch { start: self.rows, file: file.clone(), first, length }),
        }
        self.rows += numbers.len();
    }

    /// File and row of the file.
    pub(crate) fn of(&self, row: usize) -> Option<(&Arc<str>, u64)> {
        let at = self.stretches.partition_point(|stretch| stretch.start <= row).checked_sub(1)?;
        let stretch = self.stretches.get(at)?;
        Some((&stretch.file, stretch.first + (row - stretch.start) as u64))
    }

    /// "file, row 12".
    pub(crate) fn shown(&self, row: usize) -> String {
        self.of(row).map_or_else(String::new, |(file, number)| format!("{file}, row {number}"))
    }

    /// Adds the origins of later rows.
    pub(crate) fn append(&mut self, other: Origins) {
        let rows = self.rows;
        self.stretches
            .extend(other.stretches.into_iter().map(|stretch| Stretch { start: stretch.start + rows, ..stretch }));
        self.rows += other.rows;
    }
}

/// Rows of a table as they are read.
#[derive(Debug, Clone)]
pub(crate) struct TableBuilder {
    pub(crate) table: TableId,
    pub(crate) name: Arc<str>,
    pub(crate) fields: Vec<FieldBuilder>,
    pub(crate) origins: Origins,
    pub(crate) counts: Counts,
    batch: Batch,
}

/// What was counted while reading.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) rows_read: u64,
    pub(crate) bad_rows: u64,
    pub(crate) bad_cells: Vec<BadCell>,
    /// How many bad cells are kept.
    pub(crate) keep_cells: usize,
    pub(crate) outside: BTreeMap<String, Tally>,
    /// By column: times in a gap, times that happened twice.
    pub(crate) clock: BTreeMap<String, (u64, u64)>,
    pub(crate) bad_by_columns: BadByColumns,
}

/// Rows not yet judged.
#[derive(Debug, Clone, Default)]
struct Batch {
    /// Row of the file, by row of the batch.
    numbers: Vec<u64>,
    bad: Vec<(usize, BadCell)>,
    /// Rows that cannot be read at all.
    unreadable: Vec<BadCell>,
    notes: Vec<(usize, String, Note)>,
    scratch: Vec<Note>,
}

impl TableBuilder {
    /// For the fields that `wanted` names, those that must be known whatever was declared among them.
    pub(crate) fn new(
        program: &Program,
        table: TableId,
        wanted: &dyn Fn(TableId, FieldId) -> bool,
        keep_cells: usize,
    ) -> TableBuilder {
        let declared = program.tables.get(table.0 as usize);
        let name = declared.map(|declared| declared.name.clone()).unwrap_or_default();
        let structural =
            |field: FieldId| declared.is_some_and(|table| [table.key, table.by, table.at].contains(&Some(field)));
        let fields = FieldBuilder::of_table(program, table, wanted, &structural);
        let counts = Counts { keep_cells, ..Counts::default() };
        TableBuilder { table, name, fields, origins: Origins::default(), counts, batch: Batch::default() }
    }

    /// The rows that are in.
    pub(crate) fn rows(&self) -> usize {
        self.origins.rows
    }

    /// Another row of the batch begins; every field gets a cell. `number` is its row of the file.
    pub(crate) fn begin_row(&mut self, number: u64) {
        self.batch.numbers.push(number);
    }

    /// Many rows begin, to be filled column by column.
    pub(crate) fn begin_rows(&mut self, numbers: std::ops::Range<u64>) {
        self.batch.numbers.extend(numbers);
    }

    /// The cell of the field at `slot` of [`TableBuilder::fields`], for a row of the batch.
    pub(crate) fn cell(&mut self, slot: usize, row: usize, raw: &Raw<'_>, file: &Arc<str>) {
        let Some(field) = self.fields.get_mut(slot) else { return };
        if let Err(refusal) = field.builder.push(raw, &mut self.batch.scratch) {
            let Refusal { path, value, expected: reason } = refusal;
            let row_number = self.batch.numbers.get(row).copied().unwrap_or(0);
            let column = path_text(&field.column, &path);
            self.batch.bad.push((row, BadCell { file: file.clone(), row: row_number, column, value, reason }));
        }
        for note in self.batch.scratch.drain(..) {
            let (Note::Outside { path, .. } | Note::Clock { path, .. }) = &note;
            let column = path_text(&field.column, path);
            self.batch.notes.push((row, column, note));
        }
    }

    /// The cells of the field at `slot` for all rows of the batch; false where they have to be given one by one.
    pub(crate) fn cells(&mut self, slot: usize, bulk: &Bulk<'_>) -> bool {
        self.fields.get_mut(slot).is_some_and(|field| field.builder.push_bulk(bulk))
    }

    /// A row of the batch cannot be read at all.
    pub(crate) fn unreadable_row(&mut self, number: u64, value: String, reason: String, file: &Arc<str>) {
        self.batch.unreadable.push(BadCell { file: file.clone(), row: number, column: String::new(), value, reason });
    }

    /// Takes the bad rows of the batch out, counts what is to be counted about the others.
    pub(crate) fn end_batch(&mut self, file: &Arc<str>) {
        let batch = std::mem::take(&mut self.batch);
        let start = self.origins.rows;
        let mut keep = vec![true; batch.numbers.len()];
        for (row, _) in &batch.bad {
            if let Some(keep) = keep.get_mut(*row) {
                *keep = false;
            }
        }
        if !batch.bad.is_empty() {
            for field in &mut self.fields {
                field.builder.retain(start, &keep);
            }
        }
        self.fields.iter_mut().for_each(|field| field.builder.pack_many());
        self.counts.rows_read += (keep.len() + batch.unreadable.len()) as u64;
        self.counts.bad_rows += (keep.iter().filter(|keep| !**keep).count() + batch.unreadable.len()) as u64;
        if batch.bad.is_empty() {
            for numbers in batch.numbers.chunk_by(|one, next| one + 1 == *next) {
                self.origins.push_all(file, numbers);
            }
        } else {
            for (number, _) in batch.numbers.iter().zip(&keep).filter(|(_, keep)| **keep) {
                self.origins.push_all(file, std::slice::from_ref(number));
            }
        }
        for (_, column, note) in batch.notes.into_iter().filter(|(row, ..)| keep.get(*row) == Some(&true)) {
            match note {
                Note::Outside { value, .. } => self.counts.outside.entry(column).or_default().add(value, 1),
                Note::Clock { change: ClockChange::Gap, .. } => self.counts.clock.entry(column).or_default().0 += 1,
                Note::Clock { change: ClockChange::Overlap, .. } => self.counts.clock.entry(column).or_default().1 += 1,
            }
        }
        let mut bad = batch.unreadable;
        self.counts.bad_by_columns.add(&bad, &batch.bad);
        bad.extend(batch.bad.into_iter().map(|(_, cell)| cell));
        bad.sort_by_key(|cell| cell.row);
        let room = self.counts.keep_cells.saturating_sub(self.counts.bad_cells.len());
        self.counts.bad_cells.extend(bad.into_iter().take(room));
    }

    /// Makes one piece of the rows of each field, once all of a part of the data are in.
    pub(crate) fn merge(&mut self) {
        self.fields.iter_mut().for_each(|field| field.builder.merge());
    }

    /// Makes one piece of the rows of each field, those of lists included, so that they can be put out.
    pub(crate) fn ready(&mut self) {
        self.fields.iter_mut().for_each(|field| field.builder.ready());
    }

    /// Adds some rows, ascending, of a builder that is [ready](TableBuilder::ready) to bytes;
    /// gives how many texts went with them.
    pub(crate) fn put(&self, rows: &[u32], to: &mut Vec<u8>) -> usize {
        put_fields(&self.fields, rows, to)
    }

    /// Fills a builder without rows with so many that were put out; where they came from is not known any more.
    pub(crate) fn fill(&mut self, rows: usize, from: &mut Bytes<'_>) -> Option<()> {
        self.origins.rows = rows;
        fill_fields(&mut self.fields, from)
    }

    /// The builder of a field.
    pub(crate) fn field(&self, field: FieldId) -> Option<&FieldBuilder> {
        self.fields.iter().find(|builder| builder.field == field)
    }

    /// What takes how many bytes, the largest first.
    pub(crate) fn held(&self) -> Vec<(String, u64)> {
        let of_field =
            |field: &FieldBuilder| (format!("`{}.{}`", self.name, field.column), field.builder.bytes() as u64);
        let mut held: Vec<(String, u64)> = self.fields.iter().map(of_field).collect();
        held.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        held
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> u64 {
        self.fields.iter().map(|field| field.builder.bytes() as u64).sum()
    }

    /// About how many bytes more it takes to [merge](TableBuilder::merge): its fields become one piece one after the other.
    pub(crate) fn merging(&self) -> u64 {
        self.fields.iter().map(|field| field.builder.bytes() as u64).max().unwrap_or(0)
    }

    /// About how many bytes more it takes while columns are made of it.
    pub(crate) fn finishing(&self) -> u64 {
        self.fields.iter().map(|field| field.builder.finishing() as u64).sum()
    }

    /// Bytes that are set aside for more texts.
    pub(crate) fn reserved(&self) -> u64 {
        self.fields.iter().map(|field| field.builder.reserved() as u64).sum()
    }

    /// Bytes that more rows may take, if they are as those before: what finds texts by their letters is made anew, larger,
    /// while the old one is there.
    pub(crate) fn growth(&self, rows: usize) -> u64 {
        let anew = self.fields.iter().map(|field| field.builder.growth() as u64).max().unwrap_or(0);
        anew + (u128::from(self.bytes()) * rows as u128 / self.rows().max(1) as u128) as u64
    }

    /// The error that stops a load, where there are bad rows.
    pub(crate) fn bad_rows_error(&self) -> Option<DataError> {
        (self.counts.bad_rows > 0).then(|| DataError::BadRows {
            table: self.name.to_string(),
            bad_rows: self.counts.bad_rows,
            rows: self.counts.rows_read,
            cells: self.counts.bad_cells.clone(),
        })
    }

    /// Adds the rows and counts of another builder of the same table.
    pub(crate) fn append(&mut self, other: TableBuilder) {
        for (field, more) in self.fields.iter_mut().zip(other.fields) {
            field.builder.append(more.builder);
        }
        self.origins.append(other.origins);
        self.counts.append(other.counts);
    }
}

impl Counts {
    /// What was counted of a table that has so many rows.
    pub(crate) fn report(self, table: TableId, name: Arc<str>, files: Vec<String>, rows: u64) -> TableReport {
        TableReport {
            table,
            name,
            files,
            rows_read: self.rows_read,
            rows,
            bad_rows: self.bad_rows,
            bad_cells: self.bad_cells,
            outside: self.outside.into_iter().map(|(column, tally)| tally.finish(column)).collect(),
            gap_times: self.clock.values().map(|(gap, _)| gap).sum(),
            overlap_times: self.clock.values().map(|(_, overlap)| overlap).sum(),
            clock: self.clock,
            bad_by_columns: self.bad_by_columns,
            unknown_customers: Misses::default(),
            unknown_added: false,
            lookups: Vec::new(),
            newest: None,
        }
    }

    /// Adds what was counted of later rows.
    pub(crate) fn append(&mut self, more: Counts) {
        self.rows_read += more.rows_read;
        self.bad_rows += more.bad_rows;
        let room = self.keep_cells.saturating_sub(self.bad_cells.len());
        self.bad_cells.extend(more.bad_cells.into_iter().take(room));
        for (column, (gap, overlap)) in more.clock {
            let counted = self.clock.entry(column).or_default();
            *counted = (counted.0 + gap, counted.1 + overlap);
        }
        self.bad_by_columns.append(more.bad_by_columns);
        for (column, tally) in more.outside {
            self.outside.entry(column).or_default().append(tally);
        }
    }
}

fn path_text(column: &str, path: &[Arc<str>]) -> String {
    let mut text = column.to_owned();
    for step in path {
        text.push('.');
        text.push_str(step);
    }
    text
}
