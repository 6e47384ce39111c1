//! Looking at files.

use super::long_parquet::LongParquet;
use super::profile::{ColumnProfile, add_record, moment_of};
use crate::data::read::csv::CsvFile;
use crate::data::read::files::{Format, InputFile};
use crate::data::read::ndjson;
use crate::data::read::parquet::ParquetFile;
use crate::data::{DataError, Progress};
use rayon::prelude::*;
use std::path::PathBuf;

/// Rows looked at in one file.
pub(crate) const ROWS: u64 = if cfg!(test) { 20_000 } else { 3_000_000 };

/// What is known about a file.
#[derive(Debug, Clone)]
pub(crate) struct FileProfile {
    /// The file, or files alike in names and columns, the first of which was looked at.
    pub(crate) paths: Vec<PathBuf>,
    /// Its name without folder and ending.
    pub(crate) stem: String,
    /// Rows looked at.
    pub(crate) rows: u64,
    /// Whether these are all.
    pub(crate) complete: bool,
    pub(crate) columns: Vec<ColumnProfile>,
    /// Names that the file has more than once: which column they mean cannot be told, so these are left out.
    pub(crate) repeated_names: Vec<String>,
}

pub(crate) fn look(file: &InputFile, progress: &dyn Progress) -> Result<FileProfile, DataError> {
    let (mut columns, complete) = match file.format {
        Format::Csv { .. } => look_at_csv(file, progress)?,
        Format::Ndjson => look_at_ndjson(file, progress)?,
        Format::Parquet => look_at_parquet(file, progress)?,
    };
    let rows = columns.iter().map(|column| column.rows).max().unwrap_or(0);
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let is_repeated = |name: &String| names.iter().filter(|other| *other == name).count() > 1;
    columns.retain(|column| !is_repeated(&column.name));
    let mut repeated_names: Vec<String> = names.iter().filter(|name| is_repeated(name)).cloned().collect();
    repeated_names.sort();
    repeated_names.dedup();
    Ok(FileProfile { repeated_names, paths: vec![file.path.clone()], stem: stem(file), rows, complete, columns })
}

/// A file's name without what says its kind.
pub(crate) fn stem(file: &InputFile) -> String {
    let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_owned()
}

fn look_at_csv(file: &InputFile, progress: &dyn Progress) -> Result<(Vec<ColumnProfile>, bool), DataError> {
    let opened = CsvFile::open(file, progress)?;
    let mut columns: Vec<ColumnProfile> = opened.names().iter().map(|name| ColumnProfile::new(name)).collect();
    let complete = opened.visit(file, ROWS, &mut |at, raw| {
        if let Some(column) = columns.get_mut(at) {
            column.add(raw);
        }
    })?;
    Ok((columns, complete))
}

fn look_at_ndjson(file: &InputFile, progress: &dyn Progress) -> Result<(Vec<ColumnProfile>, bool), DataError> {
    let mut columns = Vec::new();
    let mut rows = 0;
    let complete = ndjson::visit(file, ROWS, progress, &mut |cells| {
        add_record(&mut columns, rows, cells);
        rows += 1;
    })?;
    Ok((columns, complete))
}

fn look_at_parquet(file: &InputFile, progress: &dyn Progress) -> Result<(Vec<ColumnProfile>, bool), DataError> {
    let opened = ParquetFile::open(file)?;
    let names = opened.names();
    let long = if opened.rows() > ROWS { Some(LongParquet::open(file)?) } else { None };
    let looked = names.par_iter().enumerate().map(|(place, name)| {
        let mut column = ColumnProfile::new(name);
        match &long {
            None => opened.visit(file, place, ROWS, &mut |raw| column.add(raw))?,
            Some(long) => {
                long.visit(file, place, ROWS, &mut |raw| column.add(raw))?;
                let mut newest = column.newest;
                let told = long.told(name, &mut |raw| newest = newest.max(moment_of(raw)));
                column.told(newest.filter(|_| told.greatest), told.missing, opened.rows());
            }
        }
        progress.advance(file.size / names.len() as u64);
        Ok(column)
    });
    Ok((looked.collect::<Result<_, DataError>>()?, opened.rows() <= ROWS))
}
