//! Reading CSV: the first line names the columns, every row has as many cells as it.

use super::files::{Format, InputFile};
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
    /// Rows with too few or too many cells: row of the file, how many, the first of them.
    uneven: Vec<(u64, usize, String)>,
}

const ROWS_A_BATCH: usize = 16_384;

/// An open CSV file whose line of names was read.
pub(crate) struct CsvFile<'p> {
    reader: csv::Reader<Box<dyn BufRead + Send + 'p>>,
    names: Vec<String>,
}

impl<'p> CsvFile<'p> {
    pub(crate) fn open(file: &InputFile, progress: &'p dyn Progress) -> Result<CsvFile<'p>, DataError> {
        let mut input = file.unpacked(progress)?;
        let delimiter = match file.format {
            Format::Csv { delimiter: Some(delimiter) } => delimiter,
            _ => delimiter_of(input.fill_buf().map_err(|error| file.error(error))?),
        };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
        let header = reader.byte_headers().map_err(|error| file.error(error))?;
        let names: Option<Vec<String>> =
            header.iter().map(|name| std::str::from_utf8(name).ok().map(str::to_owned)).collect();
        let names = names.ok_or_else(|| file.error("the names of the columns are not UTF-8 text"))?;
        if names.is_empty() {
            return Err(file.error("the file is empty: I expected a line with the names of the columns"));
        }
        Ok(CsvFile { reader, names })
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
        rounds: &Rounds,
    ) -> Result<(), DataError> {
        let mut record = csv::ByteRecord::new();
        let (reader, columns) = (&mut self.reader, self.names.len());
        let mut number = 1;
        let next = || {
            let mut batch = Batch::default();
            while batch.numbers.len() < ROWS_A_BATCH
                && reader.read_byte_record(&mut record).map_err(|e| file.error(e))?
            {
                number += 1;
                if record.len() != columns {
                    let start = record.iter().take(3).map(String::from_utf8_lossy).collect::<Vec<_>>().join(",");
                    batch.uneven.push((number, record.len(), start));
                    continue;
                }
                for place in places {
                    batch.bytes.extend_from_slice(record.get(*place).unwrap_or_default());
                    batch.ends.push(u32::try_from(batch.bytes.len()).unwrap_or(u32::MAX));
                }
                batch.numbers.push(number);
            }
            Ok((!batch.numbers.is_empty() || !batch.uneven.is_empty()).then_some(batch))
        };
        convert_in_rounds(rounds, table, next, |batch, table| {
            batch.convert(file, places.len(), columns, table);
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
            if !self.reader.read_byte_record(&mut record).map_err(|error| file.error(error))? {
                return Ok(true);
            }
            if record.len() == self.names.len() {
                record.iter().enumerate().for_each(|(at, cell)| visit(at, &raw_cell(cell)));
            }
        }
        Ok(!self.reader.read_byte_record(&mut record).map_err(|error| file.error(error))?)
    }
}

fn raw_cell(bytes: &[u8]) -> Raw<'_> {
    match std::str::from_utf8(bytes) {
        Ok("") => Raw::Empty,
        Ok(text) => Raw::Text(Cow::Borrowed(text)),
        Err(_) => Raw::Bytes(Cow::Borrowed(bytes)),
    }
}

impl Batch {
    fn convert(&self, file: &InputFile, slots: usize, columns: usize, table: &mut TableBuilder) {
        for (number, cells, start) in &self.uneven {
            let reason = format!("the row has {cells} cells, and the line of names has {columns}");
            table.unreadable_row(*number, start.clone(), reason, &file.name);
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
