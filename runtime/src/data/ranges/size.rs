//! How much memory data would take if all of them were loaded, as far as their files tell.

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
