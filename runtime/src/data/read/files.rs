//! Which files a table is read from, what they hold by their names, and opening them.

use super::damage::{Unpacker, wrong_start};
use crate::data::{DataError, Progress};
use rustc_hash::FxHashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a file holds, by the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Values between commas; the delimiter may differ.
    Csv {
        /// `None`: the comma, or what the first line shows.
        delimiter: Option<u8>,
    },
    /// One JSON record a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

/// How a file is packed, by the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

/// A file to read.
#[derive(Debug, Clone)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    /// As messages name it.
    pub(crate) name: Arc<str>,
    pub(crate) format: Format,
    pub(crate) packing: Packing,
    /// In bytes; 0 where unknown.
    pub(crate) size: u64,
}

/// Format and packing by the end of a file's name.
pub(crate) fn format_of(path: &Path) -> Option<(Format, Packing)> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let (stem, packing) = if let Some(stem) = name.strip_suffix(".gz") {
        (stem, Packing::Gzip)
    } else if let Some(stem) = name.strip_suffix(".zst").or_else(|| name.strip_suffix(".zstd")) {
        (stem, Packing::Zstd)
    } else {
        (name.as_str(), Packing::Plain)
    };
    let format = match stem.rsplit_once('.')?.1 {
        "csv" => Format::Csv { delimiter: None },
        "tsv" | "tab" => Format::Csv { delimiter: Some(b'\t') },
        "ndjson" | "jsonl" => Format::Ndjson,
        "parquet" | "pq" if packing == Packing::Plain => Format::Parquet,
        _ => return None,
    };
    Some((format, packing))
}

/// The files that names, folders and patterns stand for: in the order given, those of one folder or pattern by name, each
/// once, however many of them name it. Relative ones start from `base`.
pub(crate) fn resolve(table: &str, base: &Path, patterns: &[String]) -> Result<Vec<InputFile>, Vec<DataError>> {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    let mut met = FxHashSet::default();
    for pattern in patterns {
        let found = match_pattern(base, pattern);
        if found.is_empty() {
            let (table, pattern) = (table.to_owned(), pattern.clone());
            errors.push(match base.join(&pattern).is_dir() {
                true => DataError::EmptyFolder { table, folder: pattern },
                false => DataError::NoFile { table, pattern },
            });
        }
        for path in found {
            if !met.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
                continue;
            }
            let name = path.strip_prefix(base).unwrap_or(&path).to_string_lossy().into_owned();
            match format_of(&path) {
                Some((format, packing)) => {
                    let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
                    files.push(InputFile { path, name: name.into(), format, packing, size });
                }
                None => errors.push(DataError::UnknownFormat { file: name }),
            }
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

/// The paths that names, folders and patterns stand for.
pub(crate) fn paths(base: &Path, patterns: &[String]) -> Vec<PathBuf> {
    patterns.iter().flat_map(|pattern| match_pattern(base, pattern)).collect()
}

fn match_pattern(base: &Path, pattern: &str) -> Vec<PathBuf> {
    let path = base.join(pattern);
    if path.is_dir() {
        return files_in(&path, &mut FxHashSet::default());
    }
    if path.exists() {
        return vec![path];
    }
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    // A pattern is relative to a folder whose own name may hold signs that patterns give a meaning.
    let whole = if base.as_os_str().is_empty() || Path::new(pattern).is_absolute() {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", glob::Pattern::escape(&base.to_string_lossy()))
    };
    let Ok(found) = glob::glob_with(&whole, options) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    paths.sort();
    let mut folders = FxHashSet::default();
    paths.into_iter().flat_map(|path| if path.is_dir() { files_in(&path, &mut folders) } else { vec![path] }).collect()
}

/// The readable files of a folder and the folders in it, by name; hidden ones and those that begin with `_` are skipped,
/// and so are folders met before: links may lead round in a circle.
fn files_in(folder: &Path, met: &mut FxHashSet<PathBuf>) -> Vec<PathBuf> {
    if !met.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_owned())) {
        return Vec::new();
    }
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let shown =
        |path: &Path| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| !name.starts_with(['.', '_']));
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(|path| shown(path)).collect();
    paths.sort();
    let files = paths.into_iter().flat_map(|path| if path.is_dir() { files_in(&path, met) } else { vec![path] });
    files.filter(|path| format_of(path).is_some()).collect()
}

impl InputFile {
    /// An error about this file.
    pub(crate) fn error(&self, reason: impl ToString) -> DataError {
        DataError::File { file: self.name.to_string(), reason: reason.to_string() }
    }

    /// Opens the file itself.
    pub(crate) fn open(&self) -> Result<File, DataError> {
        File::open(&self.path).map_err(|error| self.error(error))
    }

    /// Opens the unpacked text; progress is told in bytes of the file.
    pub(crate) fn unpacked<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn BufRead + Send + 'p>, DataError> {
        const BUFFER: usize = 1 << 18;
        let mut counted = BufReader::with_capacity(BUFFER, Counted { file: self.open()?, progress });
        if let Some(wrong) = wrong_start(&mut counted, self.packing).map_err(|error| self.error(error))? {
            return Err(self.error(wrong));
        }
        Ok(match self.packing {
            Packing::Plain => Box::new(counted),
            Packing::Gzip => {
                let decoder = Unpacker::new(flate2::bufread::MultiGzDecoder::new(counted), self.packing);
                Box::new(BufReader::with_capacity(BUFFER, decoder))
            }
            Packing::Zstd => {
                let decoder = zstd::Decoder::with_buffer(counted).map_err(|error| self.error(error))?;
                Box::new(BufReader::with_capacity(BUFFER, Unpacker::new(decoder, self.packing)))
            }
        })
    }
}

struct Counted<'p> {
    file: File,
    progress: &'p dyn Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.progress.advance(count as u64);
        Ok(count)
    }
}
