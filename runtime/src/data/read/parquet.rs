//! Reading Parquet: only the needed columns, row group by row group.

use super::arrow_cells::Cells;
use super::damage::{damaged_parquet, no_parquet};
use super::files::InputFile;
use super::rounds::{Rounds, convert_in_rounds};
use crate::data::raw::Raw;
use crate::data::table::TableBuilder;
use crate::data::{DataError, Progress};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Fields, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use std::sync::Arc;

const ROWS_A_BATCH: usize = 16_384;
/// A column of texts whose stored values take no more bytes each than this, packing aside, holds places in a dictionary.
const MOST_BYTES_A_KEY: i64 = 4;

/// An open Parquet file whose description was read.
pub(crate) struct ParquetFile {
    metadata: ArrowReaderMetadata,
}

/// A way of packing, among those of the file, that cannot be unpacked.
fn unknown_packing(metadata: &ParquetMetaData) -> Option<String> {
    let columns = metadata.row_groups().iter().flat_map(|group| group.columns());
    columns.map(|column| column.compression()).find_map(|packing| match packing {
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_) => None,
        other => Some(other.to_string().split('(').next().unwrap_or_default().to_ascii_lowercase()),
    })
}

/// Texts of few different values are stored by their places in a list of those, and read so: each is looked at once. Where
/// values hardly repeat that would be more work than reading them one by one.
fn with_dictionaries(metadata: ArrowReaderMetadata) -> ArrowReaderMetadata {
    let parquet = metadata.metadata();
    let repeats = |name: &str| {
        let columns = metadata.parquet_schema().columns();
        let Some(at) = columns.iter().position(|column| column.path().parts() == [name]) else { return false };
        parquet.row_groups().iter().all(|group| {
            let column = group.column(at);
            let a_value = column.uncompressed_size() / column.num_values().max(1);
            column.dictionary_page_offset().is_some() && a_value < MOST_BYTES_A_KEY
        })
    };
    let fields = metadata.schema().fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 if repeats(field.name()) => {
            let ty = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(field.as_ref().clone().with_data_type(ty))
        }
        _ => Arc::clone(field),
    });
    let schema = Schema::new_with_metadata(fields.collect::<Fields>(), metadata.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    // The reader knows best which types it can give; if not these, then those it names itself.
    ArrowReaderMetadata::try_new(Arc::clone(parquet), options).unwrap_or(metadata)
}

/// A row group to read.
struct Group {
    number: usize,
    /// Row of the file of its first row, from 1.
    first: u64,
}

impl ParquetFile {
    pub(crate) fn open(file: &InputFile) -> Result<ParquetFile, DataError> {
        let opened = file.open()?;
        let metadata = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new());
        let metadata = metadata.map_err(|error| file.error(no_parquet(file, &opened, &error)))?;
        if let Some(packing) = unknown_packing(metadata.metadata()) {
            let reason = format!("the columns are packed with {packing}, and I can unpack snappy, gzip and zstd");
            return Err(file.error(reason));
        }
        Ok(ParquetFile { metadata: with_dictionaries(metadata) })
    }

    /// The names of the columns.
    pub(crate) fn names(&self) -> Vec<String> {
        self.metadata.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Reads all rows; `places` says which column each of the table's fields is in.
    pub(crate) fn read(
        &self,
        file: &InputFile,
        places: &[usize],
        table: &mut TableBuilder,
        rounds: &Rounds,
        progress: &dyn Progress,
    ) -> Result<(), DataError> {
        let mut first = 1;
        let groups = self.metadata.metadata().row_groups().iter().enumerate().map(|(number, group)| {
            let start = first;
            first += u64::try_from(group.num_rows()).unwrap_or(0);
            Group { number, first: start }
        });
        let groups: Vec<Group> = groups.collect();
        let total = self.rows().max(1);
        let mut rest = groups.into_iter();
        convert_in_rounds(
            rounds,
            table,
            || Ok(rest.next()),
            |group, table| {
                let mut row = group.first;
                for batch in self.batches(file, places, Some(group.number), ROWS_A_BATCH)? {
                    let batch = batch.map_err(|error| file.error(damaged_parquet(&error)))?;
                    convert(file, &batch, places, row, table)?;
                    row += batch.num_rows() as u64;
                    progress.advance((u128::from(file.size) * batch.num_rows() as u128 / u128::from(total)) as u64);
                }
                Ok(())
            },
        )
    }

    /// Calls `visit` with the first cells of one column.
    pub(crate) fn visit(
        &self,
        file: &InputFile,
        place: usize,
        rows: u64,
        visit: &mut dyn FnMut(&Raw<'_>),
    ) -> Result<(), DataError> {
        let mut rest = rows;
        for batch in self.batches(file, &[place], None, ROWS_A_BATCH)? {
            let batch = batch.map_err(|error| file.error(damaged_parquet(&error)))?;
            let Ok(cells) = Cells::new(batch.column(0)) else { return Ok(()) };
            for row in 0..cells.len().min(usize::try_from(rest).unwrap_or(usize::MAX)) {
                visit(&cells.get(row));
                rest -= 1;
            }
            if rest == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The columns at `places`, in the order of the file.
    fn batches(
        &self,
        file: &InputFile,
        places: &[usize],
        group: Option<usize>,
        rows: usize,
    ) -> Result<parquet::arrow::arrow_reader::ParquetRecordBatchReader, DataError> {
        // Opened anew: a cloned handle would share its position with those of other threads.
        let opened = file.open()?;
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), places.iter().copied());
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(opened, self.metadata.clone());
        builder = builder.with_batch_size(rows).with_projection(mask);
        if let Some(group) = group {
            builder = builder.with_row_groups(vec![group]);
        }
        builder.build().map_err(|error| file.error(damaged_parquet(&error)))
    }
}

fn convert(
    file: &InputFile,
    batch: &RecordBatch,
    places: &[usize],
    first: u64,
    table: &mut TableBuilder,
) -> Result<(), DataError> {
    let mut in_file_order: Vec<usize> = places.to_vec();
    in_file_order.sort_unstable();
    in_file_order.dedup();
    table.begin_rows(first..first + batch.num_rows() as u64);
    for (slot, place) in places.iter().enumerate() {
        let Ok(at) = in_file_order.binary_search(place) else { continue };
        let cells = Cells::new(batch.column(at)).map_err(|kind| {
            let name = batch.schema_ref().field(at).name();
            file.error(format!("column \"{name}\" holds {kind} values, which I cannot read"))
        })?;
        if cells.bulk().is_some_and(|bulk| table.cells(slot, &bulk)) {
            continue;
        }
        for row in 0..cells.len() {
            table.cell(slot, row, &cells.get(row), &file.name);
        }
    }
    table.end_batch(&file.name);
    Ok(())
}
