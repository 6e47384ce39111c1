//! Reading CSV: the first line names the columns, every row has as many cells as it.

use super::files::{Format, InputFile};
use super::quotes::{QuoteFault, QuoteWatch};
use super::rounds::{Rounds, convert_in_rounds};
use crate::data::raw::Raw;
use crate::data::table::TableBuilder;
use crate::data::{DataError, Progress};
use std::borrow::Cow;
use std::io::BufRead;

/// Cells of the needed columns, row after row.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<u32>,
    /// Row of the file of each row.
    numbers: Vec<u64>,
    /// Rows that cannot be read: row of the file, the row as it is written, why.
    unreadable: Vec<(u64, String, String)>,
}

const ROWS_A_BATCH: usize = 16_384;

/// After so many bytes a batch takes no further row, so that places in it fit in 32 bits, but for one row of gigabytes.
const BYTES_A_BATCH: usize = 1 << 26;

/// An open CSV file whose line of names was read.
pub(crate) struct CsvFile<'p> {
    reader: csv::Reader<QuoteWatch<Box<dyn BufRead + Send + 'p>>>,
    names: Vec<String>,
    /// The row read last, counted as a spreadsheet does: blank lines are rows, line breaks inside of quotes none.
    number: u64,
    /// How many of the faults of the quotes stand in the rows read so far.
    faults: usize,
}

impl<'p> CsvFile<'p> {
    pub(crate) fn open(file: &InputFile, progress: &'p dyn Progress) -> Result<CsvFile<'p>, DataError> {
        let mut input = file.unpacked(progress)?;
        let delimiter = match file.format {
            Format::Csv { delimiter: Some(delimiter) } => delimiter,
            _ => delimiter_of(input.fill_buf().map_err(|error| file.error(error))?),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(QuoteWatch::new(input, delimiter));
        let mut header = csv::ByteRecord::new();
        reader.read_byte_record(&mut header).map_err(|error| file.error(error))?;
        let number = rows_between(0, reader.position().line().saturating_sub(1), &header);
        let names: Option<Vec<String>> =
            header.iter().map(|name| std::str::from_utf8(name).ok().map(str::to_owned)).collect();
        let names = names.ok_or_else(|| file.error("the names of the columns are not UTF-8 text"))?;
        if names.is_empty() {
            return Err(file.error("the file is empty: I expected a line with the names of the columns"));
        }
        let mut open = CsvFile { reader, names, number, faults: 0 };
        if let Some(fault) = open.fault() {
            return Err(file.error(format!("the line of names cannot be read: {fault}")));
        }
        Ok(open)
    }

    /// Reads the next row; `None` at the end. What is wrong with its quotes comes with it.
    fn next(&mut self, record: &mut csv::ByteRecord, file: &InputFile) -> Result<Option<Option<String>>, DataError> {
        let (before, begins) = (self.reader.position().line(), self.reader.position().byte());
        self.reader.get_mut().begin_row(begins);
        if !self.reader.read_byte_record(record).map_err(|error| file.error(error))? {
            return Ok(None);
        }
        self.number += rows_between(before, self.reader.position().line(), record);
        Ok(Some(self.fault()))
    }

    /// What is wrong with the quotes of the row read last.
    fn fault(&mut self) -> Option<String> {
        let read = self.reader.position().byte();
        let faults = self.reader.get_ref().faults();
        let of_row = faults.get(self.faults..).unwrap_or_default();
        // At the end of the input the reader stands where the open quote is missed.
        let count = of_row.iter().take_while(|fault| fault.at() < read || matches!(fault, QuoteFault::Open(_))).count();
        let first = of_row.first().filter(|_| count > 0).copied();
        self.faults += count;
        first.map(|fault| match fault {
            QuoteFault::TextAfter(_) => {
                "text stands after the closing quote of a cell; a quote inside of quotes is written twice".to_owned()
            }
            QuoteFault::Open(_) => {
                "a quote is opened in this row and never closed, so the rest of the file belongs to it".to_owned()
            }
        })
    }

    /// The names of the columns.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads all rows; `places` says which column each of the table's fields is in.
    pub(crate) fn read(
        mut self,
        file: &InputFile,
        places: &[usize],
        table: &mut TableBuilder,
        rounds: &Rounds<'_>,
    ) -> Result<(), DataError> {
        let mut record = csv::ByteRecord::new();
        let columns = self.names.len();
        let next = || {
            let mut batch = Batch::default();
            while batch.numbers.len() < ROWS_A_BATCH
                && batch.bytes.len() < BYTES_A_BATCH
                && let Some(fault) = self.next(&mut record, file)?
            {
                let uneven = || {
                    let cells = record.len();
                    let word = if cells == 1 { "cell" } else { "cells" };
                    (cells != columns)
                        .then(|| format!("the row has {cells} {word}, and the line of names has {columns}"))
                };
                if let Some(reason) = fault.or_else(uneven) {
                    let row = self.reader.get_ref().row(self.reader.position().byte());
                    batch.unreadable.push((self.number, row, reason));
                    continue;
                }
                for place in places {
                    batch.bytes.extend_from_slice(record.get(*place).unwrap_or_default());
                    batch.ends.push(u32::try_from(batch.bytes.len()).unwrap_or(u32::MAX));
                }
                batch.numbers.push(self.number);
            }
            Ok((!batch.numbers.is_empty() || !batch.unreadable.is_empty()).then_some(batch))
        };
        convert_in_rounds(rounds, table, next, |batch, table| {
            batch.convert(file, places.len(), table);
            Ok(())
        })
    }

    /// Calls `visit` with the cells of each of the first rows that have as many as there are columns; gives whether these
    /// were all rows.
    pub(crate) fn visit(
        mut self,
        file: &InputFile,
        rows: u64,
        visit: &mut dyn FnMut(usize, &Raw<'_>),
    ) -> Result<bool, DataError> {
        let mut record = csv::ByteRecord::new();
        for _ in 0..rows {
            let Some(fault) = self.next(&mut record, file)? else { return Ok(true) };
            if fault.is_none() && record.len() == self.names.len() {
                record.iter().enumerate().for_each(|(at, cell)| visit(at, &raw_cell(cell)));
            }
        }
        Ok(!self.reader.read_byte_record(&mut record).map_err(|error| file.error(error))?)
    }
}

/// How many rows end between two lines, blank ones and the one that holds the record's cells among them.
fn rows_between(before: u64, after: u64, record: &csv::ByteRecord) -> u64 {
    let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
    // The last row may end without a line break.
    after.saturating_sub(before).saturating_sub(inside).max(1)
}

fn raw_cell(bytes: &[u8]) -> Raw<'_> {
    match std::str::from_utf8(bytes) {
        Ok("") => Raw::Empty,
        Ok(text) => Raw::Text(Cow::Borrowed(text)),
        Err(_) => Raw::Bytes(Cow::Borrowed(bytes)),
    }
}

impl Batch {
    fn convert(&self, file: &InputFile, slots: usize, table: &mut TableBuilder) {
        for (number, row, reason) in &self.unreadable {
            table.unreadable_row(*number, row.clone(), reason.clone(), &file.name);
        }
        let mut from = 0;
        let mut ends = self.ends.iter();
        for (row, number) in self.numbers.iter().enumerate() {
            table.begin_row(*number);
            for slot in 0..slots {
                let to = ends.next().map_or(from, |end| *end as usize);
                let bytes = self.bytes.get(from..to).unwrap_or_default();
                from = to;
                table.cell(slot, row, &raw_cell(bytes), &file.name);
            }
        }
        table.end_batch(&file.name);
    }
}

/// The comma, unless the first line has none and shows semicolons, tabs or bars instead.
fn delimiter_of(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|byte| **byte == wanted).count();
    if count(b',') > 0 {
        return b',';
    }
    [b';', b'\t', b'|'].into_iter().max_by_key(|other| count(*other)).filter(|other| count(*other) > 0).unwrap_or(b',')
}
