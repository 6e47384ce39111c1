//! How much memory data would take if all of them were loaded, and reading them at all, as far as their files tell.

use super::{COPIES, OF_CUSTOMER, OF_ROW};
use crate::data::read::files::{Format, InputFile, Packing};
use crate::data::read::parquet::ParquetFile;
use crate::data::read::{LoadOptions, Sources, plan};
use segue_compiler::program::{CUSTOMERS, Program};

/// Bytes of a cell, mostly.
const OF_CELL: u64 = 4;
/// How many times larger text is when it is unpacked.
const UNPACKED: u64 = 5;
/// Least bytes of a row in a text file, besides its cells.
const LEAST_OF_ROW: u64 = 16;

/// About how many bytes loading the needed data takes at most, what puts them in order included; 0 where the files cannot be
/// read, which loading will tell.
pub(crate) fn loaded_size(program: &Program, sources: &Sources, options: &LoadOptions<'_>) -> u64 {
    let Ok(tables) = plan(program, sources, options) else { return 0 };
    let sizes = tables.iter().map(|(table, files)| {
        let columns = table.fields.len() as u64;
        let of_row = if table.table == CUSTOMERS { OF_CUSTOMER } else { OF_ROW };
        files.iter().map(|file| of_file(file, columns, of_row)).sum::<u64>()
    });
    sizes.sum()
}

fn of_file(file: &InputFile, columns: u64, of_row: u64) -> u64 {
    match file.format {
        Format::Parquet => {
            ParquetFile::open(file).map_or(0, |file| file.rows() * (of_row + COPIES * OF_CELL * columns))
        }
        Format::Csv { .. } | Format::Ndjson => {
            let size = if file.packing == Packing::Plain { file.size } else { file.size * UNPACKED };
            let rows = size / (LEAST_OF_ROW + 8 * columns);
            rows * (of_row + COPIES * OF_CELL * columns)
        }
    }
}

/// Rows that are read at once, mostly.
const ROWS: u64 = 1 << 16;
/// Bytes of a cell while it is read: as it comes from the file, as it is kept, and as it is handed on.
pub(super) const OF_CELL_READ: u64 = 24;
/// Bytes of a text file that are read at once, with what becomes of them.
const OF_TEXT_FILE: u64 = 8 << 20;

/// About how many bytes a thread takes while it reads the needed data, whatever becomes of them; 0 where the files cannot be
/// read.
pub(crate) fn reading_size(program: &Program, sources: &Sources, options: &LoadOptions<'_>) -> u64 {
    let Ok(tables) = plan(program, sources, options) else { return 0 };
    let of_file = |file: &InputFile, columns: usize| match file.format {
        Format::Parquet => ParquetFile::open(file).map_or(0, |file| {
            let rows = file.rows().min(ROWS);
            file.pages(columns) + rows * OF_CELL_READ * columns as u64
        }),
        Format::Csv { .. } | Format::Ndjson => OF_TEXT_FILE,
    };
    let files = tables.iter().flat_map(|(table, files)| files.iter().map(|file| of_file(file, table.fields.len())));
    files.max().unwrap_or(0)
}
