//! Parquet files too long to look at whole: stretches of rows from the first to the last, and what the file says of itself.

use crate::data::DataError;
use crate::data::raw::Raw;
use crate::data::read::arrow_cells::Cells;
use crate::data::read::damage::{damaged_parquet, no_parquet};
use crate::data::read::files::InputFile;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};

/// How many stretches are looked at, the first and the last rows among them.
const STRETCHES: u64 = 32;

/// An open file.
pub(super) struct LongParquet {
    metadata: ArrowReaderMetadata,
}

/// What the row groups of a file say about one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    /// Whether the greatest value of every row group was shown.
    pub(super) greatest: bool,
    /// How many rows are missing, where every row group says so.
    pub(super) missing: Option<u64>,
}

impl LongParquet {
    pub(super) fn open(file: &InputFile) -> Result<LongParquet, DataError> {
        let opened = file.open()?;
        let metadata = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new());
        Ok(LongParquet { metadata: metadata.map_err(|error| file.error(no_parquet(file, &opened, &error)))? })
    }

    fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Calls `visit` with cells of one column, about `rows` of them, from stretches all over the file.
    pub(super) fn visit(
        &self,
        file: &InputFile,
        place: usize,
        rows: u64,
        visit: &mut dyn FnMut(&Raw<'_>),
    ) -> Result<(), DataError> {
        let total = self.rows();
        let length = (rows / STRETCHES).clamp(1, total.max(1));
        let rest = total.saturating_sub(length);
        let start = |stretch: u64| (u128::from(rest) * u128::from(stretch) / u128::from(STRETCHES - 1)) as usize;
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        for stretch in 0..STRETCHES {
            let from = ranges.last().map_or(0, |last| last.end).max(start(stretch));
            ranges.push(from..(start(stretch) + length as usize).max(from));
        }
        ranges.retain(|range| !range.is_empty());
        let selection = RowSelection::from_consecutive_ranges(ranges.into_iter(), total as usize);
        // Opened anew: a cloned handle would share its position with those of other threads.
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file.open()?, self.metadata.clone());
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), [place]);
        let batches = builder.with_projection(mask).with_row_selection(selection).build();
        for batch in batches.map_err(|error| file.error(damaged_parquet(&error)))? {
            let batch = batch.map_err(|error| file.error(damaged_parquet(&error)))?;
            let Ok(cells) = Cells::new(batch.column(0)) else { return Ok(()) };
            (0..cells.len()).for_each(|row| visit(&cells.get(row)));
        }
        Ok(())
    }

    /// What the row groups say about a column; `visit` is called with the greatest value of each that names one.
    pub(super) fn told(&self, name: &str, visit: &mut dyn FnMut(&Raw<'_>)) -> Told {
        let nothing = Told { greatest: false, missing: None };
        let schemas = (self.metadata.schema(), self.metadata.parquet_schema());
        let Ok(converter) = StatisticsConverter::try_new(name, schemas.0, schemas.1) else { return nothing };
        let groups = self.metadata.metadata().row_groups();
        let missing =
            converter.row_group_null_counts(groups).ok().and_then(|counts| counts.iter().sum::<Option<u64>>());
        let Ok(greatest) = converter.row_group_maxes(groups) else { return Told { missing, ..nothing } };
        let Ok(cells) = Cells::new(&greatest) else { return Told { missing, ..nothing } };
        let mut all = cells.len() > 0;
        for group in 0..cells.len() {
            match cells.get(group) {
                Raw::Missing | Raw::Empty => all = false,
                value => visit(&value),
            }
        }
        Told { greatest: all, missing }
    }
}
