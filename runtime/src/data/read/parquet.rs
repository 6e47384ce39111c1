//! Reading Parquet: only the needed columns, row group by row group.

use super::arrow_cells::Cells;
use super::damage::{damaged_parquet, no_parquet};
use super::files::InputFile;
use super::rounds::{Rounds, Sink, convert_in_rounds};
use crate::data::raw::Raw;
use crate::data::table::TableBuilder;
use crate::data::{DataError, Progress};
use arrow_array::Array;
use arrow_schema::{DataType, Fields, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ROWS_A_BATCH: usize = 16_384;
/// Where all columns are flat: so many wide values still fit the second cache.
const FLAT_ROWS_A_BATCH: usize = 65_536;
/// More wide values than this would leave no room for anything else.
const MOST_ROWS_A_BATCH: usize = 262_144;
/// Writers begin another page after so many bytes.
const MOST_OF_PAGE: u64 = 1 << 20;
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
    rows: u64,
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

    /// Most bytes of the pages that are at hand while so many columns are read side by side, packed and unpacked.
    pub(crate) fn pages(&self, columns: usize) -> u64 {
        let of_group = |group: &RowGroupMetaData| {
            let page = |bytes: i64| u64::try_from(bytes).unwrap_or(0).min(MOST_OF_PAGE);
            let of_column = |column: &ColumnChunkMetaData| {
                // A page as it is and unpacked, and the dictionary.
                page(column.compressed_size()) + 2 * page(column.uncompressed_size())
            };
            let mut sizes: Vec<u64> = group.columns().iter().map(of_column).collect();
            sizes.sort_unstable_by_key(|size| std::cmp::Reverse(*size));
            sizes.into_iter().take(columns).sum::<u64>()
        };
        self.metadata.metadata().row_groups().iter().map(of_group).max().unwrap_or(0)
    }

    /// Reads all rows; `places` says which column each of the table's fields is in.
    pub(crate) fn read(
        &self,
        file: &InputFile,
        places: &[usize],
        table: &mut TableBuilder,
        rounds: &Rounds<'_>,
        progress: &dyn Progress,
    ) -> Result<(), DataError> {
        let mut first = 1;
        let groups = self.metadata.metadata().row_groups().iter().enumerate().map(|(number, group)| {
            let start = first;
            let rows = u64::try_from(group.num_rows()).unwrap_or(0);
            first += rows;
            Group { number, first: start, rows }
        });
        let groups: Vec<Group> = groups.collect();
        if let Some(sink) = rounds.sink {
            return self.hand_on(file, places, table, (rounds, sink), groups, progress);
        }
        let side_by_side = groups.len().clamp(1, rayon::current_num_threads());
        let mut rest = groups.into_iter();
        convert_in_rounds(
            rounds,
            table,
            || Ok(rest.next()),
            |group, table| {
                let first = usize::try_from(group.rows).unwrap_or(usize::MAX).min(FLAT_ROWS_A_BATCH);
                rounds.check(table, first, side_by_side)?;
                let mut after = |part: &mut TableBuilder, next| rounds.check(part, next, side_by_side);
                self.read_group(file, places, (&group, FLAT_ROWS_A_BATCH), table, progress, &mut after)
            },
        )
    }

    /// Hands the rows of all groups on as they come, several groups at once.
    fn hand_on(
        &self,
        file: &InputFile,
        places: &[usize],
        table: &mut TableBuilder,
        (rounds, sink): (&Rounds<'_>, &dyn Sink),
        groups: Vec<Group>,
        progress: &dyn Progress,
    ) -> Result<(), DataError> {
        // Small groups together make a part.
        let mut units: Vec<(u64, Vec<Group>)> = Vec::new();
        for group in groups {
            match units.last_mut() {
                Some((rows, unit)) if *rows < sink.rows() as u64 => {
                    *rows += group.rows;
                    unit.push(group);
                }
                _ => units.push((group.rows, vec![group])),
            }
        }
        // A part that is one batch needs no putting together.
        let batch = sink.rows().clamp(FLAT_ROWS_A_BATCH, MOST_ROWS_A_BATCH);
        let side_by_side = sink.threads().min(units.len()).clamp(1, rayon::current_num_threads());
        let first = rounds.places(units.len());
        let next = AtomicUsize::new(0);
        // One loop a thread: a thread that waits for a column never begins another group meanwhile.
        let done = rayon::broadcast(|thread| {
            let mut done = Vec::new();
            loop {
                if sink.is_over() || thread.index() >= sink.threads() {
                    return done;
                }
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some((_, unit)) = units.get(at) else { return done };
                let mut parts = 0;
                let mut take = |part: &mut TableBuilder| {
                    let part = std::mem::replace(part, rounds.empty.clone());
                    done.push(((at, parts), Ok(sink.take((first + at as u64, parts), part, false))));
                    parts += 1;
                };
                let mut part = rounds.empty.clone();
                let read = unit.iter().try_for_each(|group| {
                    self.read_group(file, places, (group, batch), &mut part, progress, &mut |part, next| {
                        if part.rows() < sink.rows() {
                            return rounds.check(part, next, side_by_side);
                        }
                        take(part);
                        Ok(())
                    })
                });
                match read {
                    Ok(()) => take(&mut part),
                    Err(error) => {
                        // Groups before this one are being read already; those after it are not wanted.
                        next.fetch_max(units.len(), Ordering::Relaxed);
                        done.push(((at, u64::MAX), Err(error)));
                    }
                }
            }
        });
        let mut done: Vec<_> = done.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(place, _)| *place);
        for (_, counts) in done {
            table.counts.append(counts?);
        }
        Ok(())
    }

    /// Adds the rows of a group to a table, about so many at once, and calls `after` whenever some are in, with how many may
    /// come next; it may end it.
    fn read_group(
        &self,
        file: &InputFile,
        places: &[usize],
        (group, at_once): (&Group, usize),
        table: &mut TableBuilder,
        progress: &dyn Progress,
        after: &mut dyn FnMut(&mut TableBuilder, usize) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let is_nested = |place: &usize| {
            self.metadata.schema().fields().get(*place).is_some_and(|field| field.data_type().is_nested())
        };
        let at_once = if places.iter().any(is_nested) { ROWS_A_BATCH } else { at_once };
        let readers = places.iter().map(|place| self.batches(file, &[*place], Some(group.number), at_once));
        let mut readers = readers.collect::<Result<Vec<_>, DataError>>()?;
        let total = self.rows().max(1);
        let mut row = group.first;
        loop {
            // Columns side by side; what can be taken as it is does not wait for the others.
            let fields = table.fields.par_iter_mut().zip(readers.par_iter_mut());
            let columns = fields.map(|(field, reader)| {
                let Some(batch) = reader.next().transpose().map_err(|error| file.error(damaged_parquet(&error)))?
                else {
                    return Ok(None);
                };
                let array = batch.column(0);
                let taken = field.builder.push_array(array);
                Ok(Some((batch.num_rows(), (!taken).then(|| Arc::clone(array)))))
            });
            let columns = columns.collect::<Result<Vec<_>, DataError>>()?;
            let Some(columns) = columns.into_iter().collect::<Option<Vec<_>>>() else { return Ok(()) };
            let rows = columns.iter().map(|(rows, _)| *rows).min().unwrap_or(0);
            if columns.iter().any(|(of_column, _)| *of_column != rows) {
                return Err(file.error("its columns are not equally long"));
            }
            if rows == 0 {
                return Ok(());
            }
            table.begin_rows(row..row + rows as u64);
            for (slot, (_, array)) in columns.iter().enumerate() {
                if let (Some(array), Some(place)) = (array, places.get(slot)) {
                    self.convert(file, array, (slot, *place), table)?;
                }
            }
            table.end_batch(&file.name);
            row += rows as u64;
            progress.advance((u128::from(file.size) * rows as u128 / u128::from(total)) as u64);
            let left = usize::try_from((self.rows() + 1).saturating_sub(row)).unwrap_or(usize::MAX);
            after(table, left.min(at_once))?;
        }
    }

    /// Adds the cells of a column one by one, or all at once.
    fn convert(
        &self,
        file: &InputFile,
        array: &dyn Array,
        (slot, place): (usize, usize),
        table: &mut TableBuilder,
    ) -> Result<(), DataError> {
        let cells = Cells::new(array).map_err(|kind| {
            let name = self.metadata.schema().fields().get(place).map_or("", |field| field.name());
            file.error(format!("column \"{name}\" holds {kind} values, which I cannot read"))
        })?;
        if cells.bulk().is_some_and(|bulk| table.cells(slot, &bulk)) {
            return Ok(());
        }
        for row in 0..cells.len() {
            table.cell(slot, row, &cells.get(row), &file.name);
        }
        Ok(())
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
