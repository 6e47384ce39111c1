//! Writing results: whole or not at all.

mod ids;
mod memberships;
#[cfg(test)]
mod tests;
mod whole;

pub use ids::CustomerKeys;
pub use memberships::{Memberships, OtherMemberships, OutputFormat, OutputShape, write_memberships};
pub use whole::WholeFiles;

use super::report::BadCell;
use super::{DataError, same_name};
use std::io::Write;
use std::path::{Path, PathBuf};

fn refused(path: &Path, error: impl ToString) -> DataError {
    DataError::NotWritten { file: path.display().to_string(), reason: error.to_string() }
}

/// What stands against writing bad rows to a path, as far as that can be told before the data are read.
pub(crate) fn refuse_bad_rows(path: &Path, spared: &[PathBuf]) -> Option<DataError> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !["csv", "ndjson", "jsonl"].iter().any(|known| same_name(extension, known)) {
        return Some(refused(path, "bad rows are written as CSV or NDJSON: let the name end in .csv or .ndjson"));
    }
    let read = path.canonicalize().is_ok_and(|path| spared.contains(&path));
    read.then(|| refused(path, whole::IS_READ))
}

/// Writes bad cells as CSV or NDJSON, by the file's name, to none of the files that are `spared`; [`refuse_bad_rows`] comes
/// first.
pub(crate) fn write_bad_rows<'c>(
    path: &Path,
    spared: &[PathBuf],
    cells: impl Iterator<Item = &'c BadCell>,
) -> Result<(), DataError> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let lines = !same_name(extension, "csv");
    let mut files = WholeFiles::sparing(spared);
    let file = files.create(path)?;
    let write = || -> Result<(), std::io::Error> {
        if lines {
            let mut out = std::io::BufWriter::new(file);
            for cell in cells {
                let BadCell { file, row, column, value, reason } = cell;
                let line = serde_json::json!({
                    "file": &**file, "row": row, "column": column, "value": value, "reason": reason,
                });
                writeln!(out, "{line}")?;
            }
            return out.flush();
        }
        let mut out = csv::Writer::from_writer(file);
        out.write_record(["file", "row", "column", "value", "reason"])?;
        for cell in cells {
            let row = cell.row.to_string();
            out.write_record([&*cell.file, &row, &cell.column, &cell.value, &cell.reason])?;
        }
        out.flush()
    };
    write().map_err(|error| refused(path, error))?;
    files.commit()
}
