//! From files to a data set.

pub(crate) mod arrow_cells;
mod columns;
pub(crate) mod csv;
pub(crate) mod damage;
pub(crate) mod files;
pub(crate) mod ndjson;
pub(crate) mod parquet;
mod quotes;
mod rounds;
#[cfg(test)]
mod tests;

use super::assemble::assemble_within;
use super::error::check;
use super::needed::NeededFields;
use super::report::{Progress, Warning};
use super::table::TableBuilder;
use super::{
    BadRows, DataError, DataErrors, Loaded, Origin, UnknownCustomers, closest_names, prepared, same_name, write,
};
use crate::memory::Bound;
use columns::{match_columns, no_column};
use files::{Format, InputFile};
use rounds::Rounds;
pub(crate) use rounds::{NEXT_ROWS, Place, Sink};
use segue_compiler::program::{CUSTOMERS, Program, TableId};
use segue_compiler::syntax::tree::TableKind;
use std::path::{Component, Path, PathBuf};

/// Which files hold which table.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    entries: Vec<Source>,
}

#[derive(Debug, Clone)]
struct Source {
    name: String,
    base: PathBuf,
    patterns: Vec<String>,
}

impl Source {
    fn described(&self) -> String {
        let base = self.base.canonicalize().unwrap_or_else(|_| self.base.clone());
        // However they are spelled.
        let whole = |pattern: &String| -> PathBuf {
            base.join(pattern).components().filter(|part| *part != Component::CurDir).collect()
        };
        let patterns: Vec<PathBuf> = self.patterns.iter().map(whole).collect();
        format!("{} {patterns:?}", self.name.to_lowercase())
    }
}

impl Sources {
    /// None.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// A table is read from files, folders and patterns (`*`, `?`, `[...]`, `**`), relative ones starting at `base`. What was
    /// said about the table before is forgotten.
    pub fn set(&mut self, table: &str, base: &Path, patterns: &[String]) {
        self.entries.retain(|source| !same_name(&source.name, table));
        self.entries.push(Source { name: table.to_owned(), base: base.to_owned(), patterns: patterns.to_vec() });
    }

    /// Whether files were named for the table.
    pub fn has(&self, table: &str) -> bool {
        self.entries.iter().any(|source| same_name(&source.name, table))
    }

    /// All files that are named for any table, by their canonical paths; what does not exist is left out.
    pub fn files(&self) -> Vec<PathBuf> {
        let resolved = self.entries.iter().flat_map(|source| files::paths(&source.base, &source.patterns));
        resolved.filter_map(|path| path.canonicalize().ok()).collect()
    }

    /// The sources as text: other ones have another.
    pub(crate) fn described(&self) -> String {
        let mut lines: Vec<String> = self.entries.iter().map(Source::described).collect();
        lines.sort();
        lines.join("\n")
    }

    /// The files of a table, in the order they are read; none for one without.
    pub(crate) fn files_of(&self, table: &str) -> Result<Vec<InputFile>, Vec<DataError>> {
        let source = self.entries.iter().find(|source| same_name(&source.name, table));
        source.map_or(Ok(Vec::new()), |source| files::resolve(table, &source.base, &source.patterns))
    }

    /// The names of the tables that have files, in the order they were set.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|source| source.name.as_str())
    }
}

/// How to load.
pub struct LoadOptions<'a> {
    /// What to load.
    pub needed: NeededFields,
    /// What becomes of bad rows.
    pub bad_rows: BadRows,
    /// What becomes of rows of unknown customers.
    pub unknown_customers: UnknownCustomers,
    /// The folder in which data may have been prepared, see [`crate::data::prepared`]; they are used where they are what
    /// the files hold now.
    pub prepared: Option<&'a Path>,
    /// Told how far it is.
    pub progress: &'a dyn Progress,
}

/// Loads the needed tables. Uses the threads of the rayon pool it is called in.
///
/// # Errors
/// All that is found in one go: names without a declaration, tables without files, files without the columns, rows that
/// cannot be converted (unless they are skipped), repeated keys.
pub fn load(program: &Program, sources: &Sources, options: &LoadOptions<'_>) -> Result<Loaded, DataErrors> {
    load_within(program, sources, options, None)
}

/// Loads the needed tables, as [`load`] does, as long as the process holds no more memory than `bound` says.
///
/// # Errors
/// As [`load`]; [`DataError::OverMemory`] where the bound does not do.
pub fn load_within(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    bound: Option<Bound>,
) -> Result<Loaded, DataErrors> {
    let origin = match of_prepared(program, sources, options, bound) {
        Ok(loaded) => return Ok(loaded),
        Err(origin) => origin,
    };
    match load_files(program, sources, options, bound) {
        Ok(loaded) => Ok(Loaded { origin, ..loaded }),
        Err(errors) => Err(errors.of(origin)),
    }
}

/// What was prepared, where it is what the files hold; else where the data come from then.
pub(crate) fn of_prepared(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    bound: Option<Bound>,
) -> Result<Loaded, Origin> {
    let Some(folder) = options.prepared else { return Err(Origin::Sources) };
    prepared::open(folder, program, sources, options, bound).map_err(|unused| match unused {
        prepared::Unused::Nothing => Origin::Sources,
        unused => Origin::SourcesInstead(unused),
    })
}

/// Loads the needed tables from their files.
///
/// # Errors
/// As [`load_within`].
pub(crate) fn load_files(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    bound: Option<Bound>,
) -> Result<Loaded, DataErrors> {
    let Read { tables, warnings, files } = read(program, sources, options, (None, bound))?;
    if let Some(bound) = bound {
        // Put together, tables are there twice for a while, all at once; what puts them in order is looked at then.
        let finishing = tables.iter().map(|(table, _)| table.finishing()).sum();
        let held = || tables.iter().flat_map(|(table, _)| table.held()).collect();
        check(bound, &[("putting columns together", finishing)], held)?;
    }
    options.progress.start("sorting", None);
    let loaded = assemble_within(program, tables, options.unknown_customers, bound);
    options.progress.finish();
    let mut loaded = loaded?;
    loaded.report.warnings.extend(warnings);
    loaded.files = files;
    Ok(loaded)
}

/// Tables as they were read.
pub(crate) struct Read {
    /// With the names of their files, in the order read.
    pub(crate) tables: Vec<(TableBuilder, Vec<String>)>,
    pub(crate) warnings: Vec<Warning>,
    /// See [`Loaded::files`].
    pub(crate) files: Vec<PathBuf>,
}

/// Reads the needed tables; where there is a sink that takes them their rows go there, and else they stay within the bound.
pub(crate) fn read(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    to: (Option<&dyn Sink>, Option<Bound>),
) -> Result<Read, DataErrors> {
    let plan = plan(program, sources, options)?;
    let named = sources.files();
    if let BadRows::Report(path) = &options.bad_rows {
        // Told before hours of reading, and not after them.
        DataErrors::none_or(write::refuse_bad_rows(path, &named).into_iter().collect())?;
    }
    let (mut tables, mut errors, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for (table, files) in plan {
        let total: u64 = files.iter().map(|file| file.size).sum();
        options.progress.start(&format!("reading {}", table.name), Some(total));
        let to = match to.0.filter(|sink| sink.takes(table.table)) {
            Some(sink) => (Some(sink), None),
            None => (None, to.1),
        };
        match read_table(program, table, &files, options, &mut warnings, to) {
            Ok(table) => {
                if options.bad_rows == BadRows::Stop {
                    errors.extend(table.bad_rows_error());
                }
                tables.push((table, files.iter().map(|file| file.name.to_string()).collect()));
            }
            Err(found) => errors.extend(found),
        }
        options.progress.finish();
        if errors.iter().any(DataError::is_of_memory) {
            // What is read next has no more room.
            break;
        }
    }
    if let BadRows::Report(path) = &options.bad_rows {
        let cells = tables.iter().flat_map(|(table, _)| &table.counts.bad_cells);
        errors.extend(write::write_bad_rows(path, &named, cells).err());
    }
    DataErrors::none_or(errors)?;
    Ok(Read { tables, warnings, files: named })
}

/// The tables that are needed for these sources: who is a customer does not depend on what is asked.
pub(crate) fn needed_of(program: &Program, sources: &Sources, options: &LoadOptions<'_>) -> NeededFields {
    let customers_from_events = customers_from_events(program, sources, options);
    let mut needed = options.needed.clone();
    for (table, id) in program.tables.iter().zip(0..).filter(|(table, _)| table.parent.is_none()) {
        let names_customers = matches!(table.kind, TableKind::Events | TableKind::Records);
        if customers_from_events && names_customers && sources.has(&table.name) {
            needed.add_table(program, TableId(id));
        }
    }
    needed
}

/// Whether events and records add customers.
pub(crate) fn customers_from_events(program: &Program, sources: &Sources, options: &LoadOptions<'_>) -> bool {
    options.unknown_customers == UnknownCustomers::Add
        || program.tables.first().is_some_and(|customers| !sources.has(&customers.name))
}

/// The tables to read with their files.
pub(crate) fn plan(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
) -> Result<Vec<(TableBuilder, Vec<InputFile>)>, DataErrors> {
    let mut errors = Vec::new();
    let declared = || program.tables.iter().zip(0..).filter(|(table, _)| table.parent.is_none());
    for name in sources.tables() {
        if !declared().any(|(table, _)| same_name(&table.name, name)) {
            let closest = closest_names(name, declared().map(|(table, _)| &*table.name));
            errors.push(DataError::UnknownTable { name: name.to_owned(), closest });
        }
    }
    let (needed, mut planned) = (needed_of(program, sources, options), Vec::new());
    for (table, id) in declared() {
        let id = TableId(id);
        let source = sources.entries.iter().find(|source| same_name(&source.name, &table.name));
        match source {
            Some(source) if needed.table(id) => match files::resolve(&table.name, &source.base, &source.patterns) {
                Ok(files) => planned.push((id, files)),
                Err(found) => errors.extend(found),
            },
            None if needed.table(id) && id != CUSTOMERS => {
                errors.push(DataError::NoData { table: table.name.to_string() });
            }
            _ => {}
        }
    }
    if planned.is_empty() && errors.is_empty() {
        let name = program.tables.first().map_or(String::new(), |customers| customers.name.to_string());
        errors.push(DataError::NoData { table: name });
    }
    DataErrors::none_or(errors)?;
    let wanted = |table: TableId, field| needed.field(table, field);
    let kept = options.bad_rows.kept_cells();
    Ok(planned.into_iter().map(|(id, files)| (TableBuilder::new(program, id, &wanted, kept), files)).collect())
}

/// Reads the files of a table.
pub(crate) fn read_table(
    program: &Program,
    mut table: TableBuilder,
    files: &[InputFile],
    options: &LoadOptions<'_>,
    warnings: &mut Vec<Warning>,
    (sink, bound): (Option<&dyn Sink>, Option<Bound>),
) -> Result<TableBuilder, Vec<DataError>> {
    let rounds = Rounds::new(table.clone(), sink, bound);
    let progress = options.progress;
    let mut errors = Vec::new();
    for file in files {
        let result = match file.format {
            Format::Csv { .. } => read_csv(program, &mut table, file, &rounds, progress),
            Format::Parquet => read_parquet(program, &mut table, file, &rounds, progress),
            Format::Ndjson => read_ndjson(program, &mut table, file, &rounds, progress, warnings),
        };
        errors.extend(result.err().into_iter().flatten());
        if errors.iter().any(DataError::is_of_memory) {
            break;
        }
    }
    if errors.is_empty() { Ok(table) } else { Err(errors) }
}

fn read_csv(
    program: &Program,
    table: &mut TableBuilder,
    file: &InputFile,
    rounds: &Rounds<'_>,
    progress: &dyn Progress,
) -> Result<(), Vec<DataError>> {
    let opened = csv::CsvFile::open(file, progress).map_err(|error| vec![error])?;
    let places = match_columns(program, table, opened.names(), &file.name)?;
    opened.read(file, &places, table, rounds).map_err(|error| vec![error])
}

fn read_parquet(
    program: &Program,
    table: &mut TableBuilder,
    file: &InputFile,
    rounds: &Rounds<'_>,
    progress: &dyn Progress,
) -> Result<(), Vec<DataError>> {
    let opened = parquet::ParquetFile::open(file).map_err(|error| vec![error])?;
    let places = match_columns(program, table, &opened.names(), &file.name)?;
    opened.read(file, &places, table, rounds, progress).map_err(|error| vec![error])
}

fn read_ndjson(
    program: &Program,
    table: &mut TableBuilder,
    file: &InputFile,
    rounds: &Rounds<'_>,
    progress: &dyn Progress,
    warnings: &mut Vec<Warning>,
) -> Result<(), Vec<DataError>> {
    let before = table.counts.rows_read;
    let seen = ndjson::read(file, table, rounds, progress).map_err(|error| vec![error])?;
    if table.counts.rows_read == before || seen.names.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = seen.names.into_iter().collect();
    let unseen = table.fields.iter().zip(&seen.fields).filter(|(_, seen)| !**seen).map(|(field, _)| field);
    let mut errors = Vec::new();
    for field in unseen {
        let error = no_column(program, table, &field.column, &names, &file.name);
        if field.builder.is_required() {
            errors.push(error);
        } else {
            warnings.push(Warning { field: (table.table, field.field), text: error.to_string() });
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
