//! Who is in which segment and in which part, as files for other programs.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

use super::ids::CustomerKeys;
use super::{WholeFiles, refused};
use crate::data::{DataError, same_name};
use crate::outcome::{Members, NO_PART};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The kind of file to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutputFormat {
    /// `.parquet`, packed with zstd.
    #[default]
    Parquet,
    /// `.csv`, UTF-8, with a line of column names.
    Csv,
    /// `.ndjson`: one record a line.
    Ndjson,
}

/// How the rows are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutputShape {
    /// `segments`: a row for each member of each segment (key, segment); `partitions/NAME`: a row for each customer in a
    /// part (key, part); `tables/NAME`: a row for each member of each segment of another table's rows (key, segment).
    #[default]
    Long,
    /// `customers`: a row for each customer, with a yes/no column for each segment and a column with the part's name, or
    /// nothing, for each partition; `tables/NAME`: a row for each row of a table that has segments, with a column for each.
    Wide,
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Memberships<'a> {
    /// The name of the customers' key.
    pub key_name: &'a str,
    /// The customers' keys; ids that are all integers are written as such.
    pub keys: CustomerKeys<'a>,
    /// Names and members.
    pub segments: Vec<(&'a str, &'a Members)>,
    /// Names, the names of the parts, and the part of each customer ([`NO_PART`] for none).
    pub partitions: Vec<(&'a str, Vec<&'a str>, &'a [u32])>,
    /// Segments of other tables' rows, by table.
    pub others: Vec<OtherMemberships<'a>>,
}

/// Which rows of a table are in its segments.
#[derive(Debug, Clone)]
pub struct OtherMemberships<'a> {
    /// The name of the table.
    pub table: &'a str,
    /// The name of its key.
    pub key_name: &'a str,
    /// The rows' keys.
    pub keys: CustomerKeys<'a>,
    /// Names and members.
    pub segments: Vec<(&'a str, &'a Members)>,
}

impl OutputFormat {
    fn extension(self) -> &'static str {
        match self {
            OutputFormat::Parquet => "parquet",
            OutputFormat::Csv => "csv",
            OutputFormat::Ndjson => "ndjson",
        }
    }
}

/// Writes all memberships into a folder, which is made where it is missing. Gives the files, in the order written. None
/// appears before all are whole, and none replaces a file that is `spared` (canonical paths): what the run was read from.
///
/// # Errors
/// The folder or a file cannot be written, or stands for one that is spared.
pub fn write_memberships(
    folder: &Path,
    memberships: &Memberships<'_>,
    format: OutputFormat,
    shape: OutputShape,
    spared: &[PathBuf],
) -> Result<Vec<PathBuf>, DataError> {
    let mut files = WholeFiles::sparing(spared);
    let mut paths = Vec::new();
    let mut table = |name: &str, columns: &[Named<'_>]| -> Result<Rows, DataError> {
        let path = folder.join(format!("{name}.{}", format.extension()));
        let file = files.create(&path)?;
        paths.push(path.clone());
        Rows::start(path, file, format, columns)
    };
    let Memberships { keys: ids, segments, partitions, others, .. } = memberships;
    let of_key = |beside: &str| if same_name(memberships.key_name, beside) { KEY } else { memberships.key_name };
    match shape {
        OutputShape::Long => {
            if !segments.is_empty() {
                let columns = [(of_key("segment"), Kind::Key(ids.are_numeric())), ("segment", Kind::Text)];
                let mut rows = table("segments", &columns)?;
                put_members(&mut rows, *ids, segments)?;
                rows.finish()?;
            }
            for (name, parts, part_of) in partitions {
                let columns = [(of_key("part"), Kind::Key(ids.are_numeric())), ("part", Kind::Text)];
                let mut rows = table(&format!("partitions/{name}"), &columns)?;
                let placed = (0..part_of.len()).filter(|row| part_of[*row] != NO_PART);
                chunks(placed, chunk(*ids), |some| rows.write(&[ids.cells(some), part_cells(part_of, parts, some)]))?;
                rows.finish()?;
            }
            for OtherMemberships { table: name, key_name, keys, segments } in others {
                let key = if same_name(key_name, "segment") { KEY_OF_ROW } else { key_name };
                let columns = [(key, Kind::Key(keys.are_numeric())), ("segment", Kind::Text)];
                let mut rows = table(&format!("tables/{name}"), &columns)?;
                put_members(&mut rows, *keys, segments)?;
                rows.finish()?;
            }
        }
        OutputShape::Wide => {
            let mut columns = wide_columns(memberships.key_name, *ids, segments);
            columns.extend(partitions.iter().map(|(name, ..)| (*name, Kind::Text)));
            let mut rows = table("customers", &columns)?;
            put_wide(&mut rows, *ids, segments, partitions)?;
            rows.finish()?;
            for OtherMemberships { table: name, key_name, keys, segments } in others {
                let mut rows = table(&format!("tables/{name}"), &wide_columns(key_name, *keys, segments))?;
                put_wide(&mut rows, *keys, segments, &[])?;
                rows.finish()?;
            }
        }
    }
    files.commit()?;
    Ok(paths)
}

/// Names and members of segments.
type Segments<'a> = [(&'a str, &'a Members)];

/// A row for each member of each segment.
fn put_members(rows: &mut Rows, ids: CustomerKeys<'_>, segments: &Segments<'_>) -> Result<(), DataError> {
    let names: Vec<&str> = segments.iter().map(|(name, _)| *name).collect();
    for (code, (_, members)) in segments.iter().enumerate() {
        let code = Some(i32::try_from(code).unwrap_or(i32::MAX));
        chunks(members.iter(), chunk(ids), |some| {
            let codes = vec![code; some.len()];
            rows.write(&[ids.cells(some), Cells::Texts { codes, texts: &names }])
        })?;
    }
    Ok(())
}

fn wide_columns<'a>(key: &'a str, ids: CustomerKeys<'_>, segments: &Segments<'a>) -> Vec<Named<'a>> {
    let mut columns = vec![(key, Kind::Key(ids.are_numeric()))];
    columns.extend(segments.iter().map(|(name, _)| (*name, Kind::Boolean)));
    columns
}

/// A row for each key, with a yes or no for each segment and the part of each partition.
fn put_wide(
    rows: &mut Rows,
    ids: CustomerKeys<'_>,
    segments: &Segments<'_>,
    partitions: &[(&str, Vec<&str>, &[u32])],
) -> Result<(), DataError> {
    let columns = 1 + segments.len() + partitions.len();
    let chunk = (CELLS / columns).next_multiple_of(ROUND).clamp(ROUND, chunk(ids));
    chunks(0..ids.count(), chunk, |some| {
        let mut cells = vec![ids.cells(some)];
        let first = some[0];
        cells.extend(segments.iter().map(|(_, members)| {
            let mut yes = vec![false; some.len()];
            members.within(first..first + some.len()).for_each(|row| yes[row - first] = true);
            Cells::Yes(yes)
        }));
        cells.extend(partitions.iter().map(|(_, parts, part_of)| part_cells(part_of, parts, some)));
        rows.write(&cells)
    })
}

/// The key's column where the key has the name of the column beside it: of customers, and of another table's rows.
const KEY: &str = "customer";
const KEY_OF_ROW: &str = "key";

/// Rows a batch.
const CHUNK: usize = 1 << 16;
/// Where keys are texts, each of which is copied.
const CHUNK_OF_TEXTS: usize = 1 << 13;

fn chunk(ids: CustomerKeys<'_>) -> usize {
    if ids.are_numeric() { CHUNK } else { CHUNK_OF_TEXTS }
}

/// About so many cells a batch, where there are many columns, in whole rounds of the writer.
const CELLS: usize = 1 << 22;
const ROUND: usize = 1 << 10;
/// About so many cells a row group: the writer holds one until it is whole.
const CELLS_OF_GROUP: usize = 1 << 25;
const ROWS_OF_GROUP: usize = 1 << 20;
/// A row group ends where the writer holds so many bytes: keys may be long.
const BYTES_OF_GROUP: usize = 4 << 20;

/// Calls `each` with so many rows after the other.
fn chunks(
    mut rows: impl Iterator<Item = usize>,
    chunk: usize,
    mut each: impl FnMut(&[usize]) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let mut some: Vec<usize> = Vec::with_capacity(chunk);
    loop {
        some.clear();
        some.extend(rows.by_ref().take(chunk));
        if some.is_empty() {
            return Ok(());
        }
        each(&some)?;
    }
}

type Named<'a> = (&'a str, Kind);

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Ids: integers or texts.
    Key(bool),
    Text,
    Boolean,
}

/// Cells of one column.
pub(super) enum Cells<'a> {
    Integers(Vec<i64>),
    Keys(Vec<String>),
    Texts { codes: Vec<Option<i32>>, texts: &'a [&'a str] },
    Yes(Vec<bool>),
}

fn part_cells<'a>(part_of: &[u32], parts: &'a [&'a str], rows: &[usize]) -> Cells<'a> {
    let code =
        |row: &usize| part_of.get(*row).filter(|part| **part != NO_PART).and_then(|part| i32::try_from(*part).ok());
    Cells::Texts { codes: rows.iter().map(code).collect(), texts: parts }
}

/// A file being filled with rows.
struct Rows {
    path: PathBuf,
    names: Vec<String>,
    out: Out,
}

enum Out {
    Parquet(Box<ArrowWriter<File>>),
    Csv(Box<csv::Writer<File>>),
    Ndjson(BufWriter<File>),
}

impl Rows {
    fn start(path: PathBuf, file: File, format: OutputFormat, columns: &[Named<'_>]) -> Result<Rows, DataError> {
        let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let out = match format {
            OutputFormat::Parquet => {
                // The schema follows from cells of each kind.
                let empty: Vec<Cells<'_>> = columns.iter().map(|(_, kind)| no_cells(*kind)).collect();
                let schema = batch(&names, &empty).map_err(|error| refused(&path, error))?.schema();
                let level = ZstdLevel::try_new(3).map_err(|error| refused(&path, error))?;
                let group = (CELLS_OF_GROUP / columns.len().max(1)).clamp(CHUNK, ROWS_OF_GROUP);
                let mut properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .set_max_row_group_row_count(Some(group));
                for (key, _) in columns.iter().filter(|(_, kind)| matches!(kind, Kind::Key(_))) {
                    // Hardly any occurs twice in a row group.
                    properties = properties.set_column_dictionary_enabled(ColumnPath::from(*key), false);
                }
                let writer = ArrowWriter::try_new(file, schema, Some(properties.build()));
                Out::Parquet(Box::new(writer.map_err(|error| refused(&path, error))?))
            }
            OutputFormat::Csv => {
                let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(file);
                writer.write_record(&names).map_err(|error| refused(&path, error))?;
                Out::Csv(Box::new(writer))
            }
            OutputFormat::Ndjson => Out::Ndjson(BufWriter::with_capacity(1 << 16, file)),
        };
        Ok(Rows { path, names, out })
    }

    fn write(&mut self, columns: &[Cells<'_>]) -> Result<(), DataError> {
        let rows = columns.first().map_or(0, Cells::count);
        let path = &self.path;
        match &mut self.out {
            Out::Parquet(writer) => {
                let batch = batch(&self.names, columns).map_err(|error| refused(path, error))?;
                let written = writer.write(&batch).and_then(|()| match writer.memory_size() > BYTES_OF_GROUP {
                    true => writer.flush(),
                    false => Ok(()),
                });
                written.map_err(|error| refused(path, error))
            }
            Out::Csv(writer) => (0..rows)
                .try_for_each(|row| writer.write_record(columns.iter().map(|cells| cells.text(row))))
                .map_err(|error| refused(path, error)),
            Out::Ndjson(out) => {
                let names: Vec<String> =
                    self.names.iter().map(|name| serde_json::Value::from(name.as_str()).to_string()).collect();
                let mut line = String::new();
                for row in 0..rows {
                    line.clear();
                    for (name, cells) in names.iter().zip(columns) {
                        line.push(if line.is_empty() { '{' } else { ',' });
                        line.push_str(name);
                        line.push(':');
                        line.push_str(&cells.json(row).to_string());
                    }
                    line.push_str("}\n");
                    out.write_all(line.as_bytes()).map_err(|error| refused(path, error))?;
                }
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<(), DataError> {
        let Rows { path, out, .. } = self;
        match out {
            Out::Parquet(writer) => writer.close().map(|_| ()).map_err(|error| refused(&path, error)),
            Out::Csv(mut writer) => writer.flush().map_err(|error| refused(&path, error)),
            Out::Ndjson(mut out) => out.flush().map_err(|error| refused(&path, error)),
        }
    }
}

fn no_cells(kind: Kind) -> Cells<'static> {
    match kind {
        Kind::Key(true) => Cells::Integers(Vec::new()),
        Kind::Key(false) => Cells::Keys(Vec::new()),
        Kind::Text => Cells::Texts { codes: Vec::new(), texts: &[] },
        Kind::Boolean => Cells::Yes(Vec::new()),
    }
}

fn batch(names: &[String], columns: &[Cells<'_>]) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let mut arrays: Vec<(&str, ArrayRef, bool)> = Vec::new();
    for (name, cells) in names.iter().zip(columns) {
        let (array, nullable): (ArrayRef, bool) = match cells {
            Cells::Integers(values) => (Arc::new(Int64Array::from(values.clone())), false),
            Cells::Keys(texts) => (Arc::new(StringArray::from_iter_values(texts)), false),
            Cells::Yes(values) => (Arc::new(BooleanArray::from(values.clone())), false),
            Cells::Texts { codes, texts } => {
                let values = Arc::new(StringArray::from_iter_values(*texts));
                let codes = Int32Array::from_iter(codes.iter().copied());
                (Arc::new(DictionaryArray::<Int32Type>::try_new(codes, values)?), true)
            }
        };
        arrays.push((name, array, nullable));
    }
    RecordBatch::try_from_iter_with_nullable(arrays)
}

impl Cells<'_> {
    fn count(&self) -> usize {
        match self {
            Cells::Integers(values) => values.len(),
            Cells::Keys(texts) => texts.len(),
            Cells::Texts { codes, .. } => codes.len(),
            Cells::Yes(values) => values.len(),
        }
    }

    fn json(&self, row: usize) -> serde_json::Value {
        match self {
            Cells::Integers(values) => values.get(row).copied().into(),
            Cells::Keys(texts) => texts.get(row).map(String::as_str).into(),
            Cells::Yes(values) => values.get(row).copied().into(),
            Cells::Texts { codes, texts } => {
                let code = codes.get(row).copied().flatten().and_then(|code| usize::try_from(code).ok());
                code.and_then(|code| texts.get(code)).copied().into()
            }
        }
    }

    fn text(&self, row: usize) -> String {
        match self.json(row) {
            serde_json::Value::String(text) => text,
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}
