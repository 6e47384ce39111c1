//! Preparing data, and bringing prepared data up to date.

use super::file::{self, Outgoing};
use super::identity::{Identity, SourceFile};
use super::keep::{Set, TABLE};
use super::manifest::{Counted, Manifest, Table};
use super::open::{is_declared_so, is_file, restore};
use super::{declared, set_of};
use crate::data::assemble::{Beside, Fresh, Known, assemble_beside, assemble_within};
use crate::data::error::{Whole, check};
use crate::data::needed::NeededFields;
use crate::data::ranges::reading_size;
use crate::data::read::files::InputFile;
use crate::data::read::{Sources, customers_from_events, plan, read_table};
use crate::data::report::Warning;
use crate::data::table::TableBuilder;
use crate::data::{BadRows, DataErrors, LoadOptions, LoadReport, Loaded, TableData, UnknownCustomers, write};
use crate::memory::{Bound, give_back, keep_little};
use crate::unfinished;
use rayon::prelude::*;
use segue_compiler::program::{CUSTOMERS, Program, TableId};
use segue_compiler::syntax::tree::TableKind;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What was prepared.
#[derive(Debug, Clone)]
pub struct Made {
    /// The folder of the set.
    pub folder: PathBuf,
    /// Bytes of its files.
    pub bytes: u64,
    /// Its tables, customers first.
    pub tables: Vec<MadeTable>,
    /// What loading counted.
    pub report: LoadReport,
}

/// A prepared table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// The files it was read from.
    pub files: usize,
    /// What had to be done.
    pub work: Work,
}

/// What preparing a table took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing: it was up to date.
    Kept,
    /// So many files were read and added to it.
    Added(usize),
    /// All its files were read.
    Read,
}

/// Why data cannot be prepared. What was prepared before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// They cannot be loaded.
    #[error(transparent)]
    Data(#[from] DataErrors),
    /// A file changed while it was read.
    #[error("{file} changed while it was read: prepare again once it is whole")]
    Changing {
        /// The file.
        file: String,
    },
    /// A file of data cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: io::Error,
    },
    /// Two fields are read from one column, and what is counted is kept by column.
    #[error(
        "two fields of `{table}` are read from the column \"{column}\", which prepared data cannot tell apart: declare one of \
         them as computed from the other, as in `other = field`"
    )]
    Twice {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The prepared data cannot be written.
    #[error("prepared data cannot be written to {}: {reason}", folder.display())]
    Unwritable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// Prepares all tables that have data, in a folder below `folder`; what is up to date stays. Of the options everything
/// counts but what is needed. With `again` everything is read, whatever is up to date. All that is read is held until it is
/// written; the process holds no more memory for that than `bound` says. Uses the threads of the rayon pool it is called in.
///
/// # Errors
/// See [`PrepareError`].
pub fn prepare(
    folder: &Path,
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    (again, bound): (bool, Option<Bound>),
) -> Result<Made, PrepareError> {
    if bound.is_some() {
        keep_little();
    }
    // Nothing is made where the files are not even there.
    plan(program, sources, &whole(program, sources, options))?;
    if let Some((table, column)) = declared::column_read_twice(program) {
        return Err(PrepareError::Twice { table, column });
    }
    let set = set_of(folder, sources, options);
    let unwritable = |reason: io::Error| PrepareError::Unwritable { folder: set.folder().to_owned(), reason };
    let waits = || options.progress.start("waiting for another `segue prepare`", None);
    let lock = set.lock(waits).map_err(unwritable)?;
    // An interruption leaves nothing of a set that is not there yet.
    let new = Manifest::read(&set).is_ok_and(|before| before.is_none()).then(|| unfinished::register(set.folder()));
    let made = Making { program, sources, options, set: &set, again, bound }.make();
    drop(new);
    drop(lock);
    give_back();
    made.map_err(|error| match error {
        PrepareError::Data(errors) => PrepareError::Data(errors.because(Whole::Preparing)),
        error => error,
    })
}

/// The same options for all that is declared and has files.
fn whole<'o>(program: &Program, sources: &Sources, options: &LoadOptions<'o>) -> LoadOptions<'o> {
    let has_files = |table: TableId| program.tables.get(table.0 as usize).is_some_and(|table| sources.has(&table.name));
    LoadOptions {
        needed: NeededFields::whole(program, has_files),
        bad_rows: options.bad_rows.clone(),
        unknown_customers: options.unknown_customers,
        progress: options.progress,
        prepared: None,
    }
}

struct Making<'m> {
    program: &'m Program,
    sources: &'m Sources,
    options: &'m LoadOptions<'m>,
    set: &'m Set,
    /// Nothing that was prepared before is kept.
    again: bool,
    bound: Option<Bound>,
}

/// What is to be done for a table.
enum Task {
    Keep(Box<Known>),
    Add(Box<Known>),
    Read,
}

struct Planned {
    table: TableId,
    builder: TableBuilder,
    /// All its files, or those that are to be added.
    files: Vec<InputFile>,
    /// Those that are known.
    known: Vec<SourceFile>,
    task: Task,
}

impl Making<'_> {
    fn make(&self) -> Result<Made, PrepareError> {
        let options = whole(self.program, self.sources, self.options);
        let needed = &options.needed;
        // What cannot be used is made anew.
        let before = Manifest::read(self.set).ok().flatten().filter(|_| !self.again);
        let files = plan(self.program, self.sources, &options)?;
        let named = self.sources.files();
        if let BadRows::Report(path) = &options.bad_rows {
            DataErrors::none_or(write::refuse_bad_rows(path, &named).into_iter().collect())?;
        }
        let mut planned: Vec<Planned> =
            files.into_iter().map(|(builder, files)| self.task(builder, files, before.as_ref(), needed)).collect();
        self.settle(&mut planned);
        let unchanged = before.as_ref().filter(|before| {
            let from_events = planned.iter().all(|table| table.table != CUSTOMERS);
            planned.iter().all(|table| matches!(table.task, Task::Keep(_)))
                && before.tables.len() == planned.len() + usize::from(from_events)
        });
        let result = match unchanged {
            Some(before) => self.keep(before, &planned),
            None => self.renew(planned, before.as_ref(), &options, &named),
        };
        if result.is_err() {
            // What was written for nothing takes room. What is there now decides: the error may be one of the last step.
            match Manifest::read(self.set) {
                Ok(Some(now)) => self.set.tidy(now.files()),
                Ok(None) => self.set.remove(),
                Err(_) => {}
            }
        }
        result
    }

    /// What is to be done for a table: as little as will do.
    fn task(
        &self,
        builder: TableBuilder,
        mut files: Vec<InputFile>,
        before: Option<&Manifest>,
        needed: &NeededFields,
    ) -> Planned {
        let table = builder.table;
        let found = before.and_then(|before| before.table(&builder.name));
        let usable = found.filter(|found| {
            is_declared_so(self.program, table, found, needed).is_ok()
                && found.columns.len() == columns(self.program, table).len()
                && found.sources.len() <= files.len()
                && files.iter().zip(&found.sources).all(|(file, source)| is_file(file, &source.path))
                && found.sources.par_iter().all(|source| source.is_same().unwrap_or(false))
        });
        let restored =
            usable.and_then(|found| Some((found, restore(self.set, self.program, (table, found), needed, None).ok()?)));
        let Some((found, known)) = restored else {
            return Planned { table, builder, files, known: Vec::new(), task: Task::Read };
        };
        let added = files.split_off(found.sources.len());
        let known = Box::new(known);
        let task = if added.is_empty() { Task::Keep(known) } else { Task::Add(known) };
        // Bad cells are only known as far as they were shown.
        let task = match (&self.options.bad_rows, found_bad(&task)) {
            (BadRows::Report(_), true) => Task::Read,
            _ => task,
        };
        match task {
            Task::Read => {
                files.extend(added);
                Planned { table, builder, files, known: Vec::new(), task }
            }
            task => Planned { table, builder, files: added, known: found.sources.clone(), task },
        }
    }

    /// Where customers are others, or may become others, everything that belongs to them is read again.
    fn settle(&self, planned: &mut [Planned]) {
        let keeps = |planned: &Planned| matches!(planned.task, Task::Keep(_));
        let from_events = customers_from_events(self.program, self.sources, self.options);
        let all_kept = planned.iter().all(keeps);
        let customers_kept = planned.iter().find(|planned| planned.table == CUSTOMERS).is_some_and(keeps);
        let again = if from_events { !all_kept } else { !customers_kept };
        if !again {
            return;
        }
        for planned in planned {
            let declared = self.program.tables.get(planned.table.0 as usize);
            let owned = declared.is_some_and(|table| table.kind != TableKind::Table);
            if owned {
                self.read_again(planned);
            }
        }
    }

    fn read_again(&self, planned: &mut Planned) {
        planned.task = Task::Read;
        planned.known = Vec::new();
        if let Ok(files) = self.sources.files_of(&planned.builder.name) {
            planned.files = files;
        }
    }

    /// Everything is up to date. Files that are others by what the system says, such as copies, are known from now on.
    fn keep(&self, before: &Manifest, planned: &[Planned]) -> Result<Made, PrepareError> {
        let unwritable = |reason: io::Error| self.unwritable(reason);
        let mut manifest = before.clone();
        let mut changed = false;
        for table in &mut manifest.tables {
            let metadata = std::fs::metadata(self.set.path(&table.file)).map_err(unwritable)?;
            let written = Identity::of(&metadata);
            changed |= written != table.written;
            table.written = written;
            for source in &mut table.sources {
                let now = std::fs::metadata(&source.path).map(|metadata| Identity::of(&metadata));
                if now.is_ok_and(|now| now != source.identity) {
                    *source = self.seen(&source.path.clone(), &source.name.clone())?;
                    changed = true;
                }
            }
        }
        if changed {
            manifest.write(self.set).map_err(unwritable)?;
        }
        if let BadRows::Report(path) = &self.options.bad_rows {
            // There are none, or the table that has them was read again.
            let named = self.sources.files();
            DataErrors::none_or(write::write_bad_rows(path, &named, std::iter::empty()).err().into_iter().collect())?;
        }
        self.set.tidy(manifest.files());
        self.set.evict_others();
        let reports = planned.iter().filter_map(|planned| match &planned.task {
            Task::Keep(known) => Some(known.report.clone()),
            _ => None,
        });
        let report = LoadReport { tables: reports.collect(), warnings: manifest.warnings(self.program) };
        Ok(self.made(&manifest, report, &|_| Work::Kept))
    }

    fn made(&self, manifest: &Manifest, report: LoadReport, work: &dyn Fn(&Table) -> Work) -> Made {
        let tables = manifest.tables.iter().map(|table| MadeTable {
            name: table.name.clone(),
            rows: table.counted.rows(),
            files: table.sources.len(),
            work: work(table),
        });
        let (folder, bytes) = (self.set.folder().to_owned(), self.set.size(manifest.files()));
        Made { folder, bytes, tables: tables.collect(), report }
    }

    fn seen(&self, path: &Path, name: &str) -> Result<SourceFile, PrepareError> {
        SourceFile::seen(path, name).map_err(|reason| PrepareError::Unreadable { file: name.to_owned(), reason })
    }

    fn unwritable(&self, reason: io::Error) -> PrepareError {
        PrepareError::Unwritable { folder: self.set.folder().to_owned(), reason }
    }

    /// Reads what is to be read, and writes what is new.
    fn renew(
        &self,
        mut planned: Vec<Planned>,
        before: Option<&Manifest>,
        options: &LoadOptions<'_>,
        named: &[PathBuf],
    ) -> Result<Made, PrepareError> {
        let progress = options.progress;
        progress.start("looking at the files", None);
        let mut sources: Vec<Vec<SourceFile>> = Vec::new();
        for table in &planned {
            let seen = table.files.par_iter().filter(|_| !matches!(table.task, Task::Keep(_)));
            let seen: Result<Vec<SourceFile>, PrepareError> =
                seen.map(|file| self.seen(&file.path, &file.name)).collect();
            sources.push(table.known.iter().cloned().chain(seen?).collect());
        }
        progress.finish();
        let mut works: Vec<(TableId, Work)> = planned.iter().map(|planned| (planned.table, work(planned))).collect();
        let mut warnings = kept_warnings(self.program, before, &works);
        let (mut known, mut fresh) = (Vec::new(), Vec::new());
        // Asking the files how much that takes opens all of them.
        if self.bound.is_some() && planned.iter().any(|planned| !matches!(planned.task, Task::Keep(_))) {
            self.check(&[("reading the files", reading_size(self.program, self.sources, options))], Vec::new)?;
        }
        for table in planned.drain(..) {
            let (builder, files) = match table.task {
                Task::Keep(kept) => {
                    known.push(*kept);
                    continue;
                }
                Task::Read | Task::Add(_) => self.read(table.builder, &table.files, options, &mut warnings)?,
            };
            let before = if let Task::Add(before) = table.task { Some(*before) } else { None };
            fresh.push(Fresh { builder, files, before });
        }
        if let BadRows::Report(path) = &options.bad_rows {
            let cells = fresh.iter().flat_map(|table| &table.builder.counts.bad_cells);
            DataErrors::none_or(write::write_bad_rows(path, named, cells).err().into_iter().collect())?;
        }
        let read: u64 = fresh.iter().map(|table| table.builder.bytes()).sum();
        let finishing = fresh.iter().map(|table| table.builder.finishing()).sum();
        let held = || fresh.iter().flat_map(|table| table.builder.held()).collect();
        // What was prepared is read in and there once more, in its new order.
        let added_to = fresh.iter().filter(|table| table.before.is_some()).map(|table| table.builder.table);
        let added_to: u64 = added_to.map(|table| self.size_of(table, before)).sum();
        let coming = [("putting columns together", finishing), ("what they are added to", 2 * added_to)];
        self.check(&coming, held)?;
        progress.start("sorting", None);
        let loaded = self.assemble(known, fresh, &mut works);
        progress.finish();
        let mut loaded = loaded?;
        loaded.report.warnings = warnings;
        // No more than what was read, as it was read.
        self.check(&[("putting events by kind", read)], Vec::new)?;
        progress.start("writing", None);
        loaded.dataset.arrange(self.program);
        let result = self.write(&loaded, before, &works, sources);
        progress.finish();
        result
    }

    fn read(
        &self,
        builder: TableBuilder,
        files: &[InputFile],
        options: &LoadOptions<'_>,
        warnings: &mut Vec<Warning>,
    ) -> Result<(TableBuilder, Vec<String>), PrepareError> {
        let total: u64 = files.iter().map(|file| file.size).sum();
        options.progress.start(&format!("reading {}", builder.name), Some(total));
        let read = read_table(self.program, builder, files, options, warnings, (None, self.bound));
        options.progress.finish();
        let builder = read.map_err(DataErrors::from)?;
        if options.bad_rows == BadRows::Stop {
            DataErrors::none_or(builder.bad_rows_error().into_iter().collect())?;
        }
        Ok((builder, files.iter().map(|file| file.name.to_string()).collect()))
    }

    fn assemble(
        &self,
        known: Vec<Known>,
        fresh: Vec<Fresh>,
        works: &mut [(TableId, Work)],
    ) -> Result<Loaded, PrepareError> {
        let customers_known = known.iter().any(|known| known.table == CUSTOMERS);
        if !customers_known {
            // Nothing that belongs to customers is known; what else is known is read again with them, which is rare.
            let mut tables: Vec<(TableBuilder, Vec<String>)> =
                fresh.into_iter().map(|table| (table.builder, table.files)).collect();
            for known in known {
                tables.push(self.read_whole(known.table)?);
            }
            return Ok(assemble_within(self.program, tables, self.options.unknown_customers, self.bound)?);
        }
        let tables: Vec<TableId> = fresh.iter().map(|table| table.builder.table).collect();
        match assemble_beside(self.program, known.clone(), fresh, self.bound) {
            Ok(loaded) => return Ok(loaded),
            Err(Beside::Data(errors)) => return Err(errors.into()),
            Err(Beside::Whole) => {}
        }
        works.iter_mut().filter(|(table, _)| tables.contains(table)).for_each(|(_, work)| *work = Work::Read);
        let fresh = tables.into_iter().map(|table| {
            let (builder, files) = self.read_whole(table)?;
            Ok(Fresh { builder, files, before: None })
        });
        let fresh = fresh.collect::<Result<Vec<_>, PrepareError>>()?;
        assemble_beside(self.program, known, fresh, self.bound).map_err(|beside| match beside {
            Beside::Data(errors) => errors.into(),
            // Only said of what is added to.
            Beside::Whole => DataErrors::default().into(),
        })
    }

    /// Bytes of what was prepared of a table.
    fn size_of(&self, table: TableId, before: Option<&Manifest>) -> u64 {
        let declared = self.program.tables.get(table.0 as usize);
        let file = before.and_then(|before| before.table(&declared?.name)).map(|known| self.set.path(&known.file));
        file.and_then(|file| std::fs::metadata(file).ok()).map_or(0, |file| file.len())
    }

    /// Whether what is held is within the bound, with what is coming.
    fn check(&self, coming: &[(&str, u64)], held: impl Fn() -> Vec<(String, u64)>) -> Result<(), DataErrors> {
        self.bound.map_or(Ok(()), |bound| check(bound, coming, held))?;
        Ok(())
    }

    fn read_whole(&self, table: TableId) -> Result<(TableBuilder, Vec<String>), PrepareError> {
        let options = LoadOptions {
            needed: NeededFields::whole(self.program, |other| other == table),
            bad_rows: self.options.bad_rows.clone(),
            unknown_customers: UnknownCustomers::Report,
            progress: self.options.progress,
            prepared: None,
        };
        let plan = plan(self.program, self.sources, &options)?;
        let found = plan.into_iter().find(|(builder, _)| builder.table == table);
        let (builder, files) = found.ok_or_else(DataErrors::default)?;
        self.read(builder, &files, &options, &mut Vec::new())
    }

    fn write(
        &self,
        loaded: &Loaded,
        before: Option<&Manifest>,
        works: &[(TableId, Work)],
        sources: Vec<Vec<SourceFile>>,
    ) -> Result<Made, PrepareError> {
        let unwritable = |reason: io::Error| self.unwritable(reason);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let made = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        let mut sources: Vec<(TableId, Vec<SourceFile>)> = works.iter().map(|(table, _)| *table).zip(sources).collect();
        let mut tables = Vec::new();
        // Until the manifest names them, an interruption removes them.
        let mut unfinished = Vec::new();
        for report in &loaded.report.tables {
            let id = report.table;
            let Some(declared) = self.program.tables.get(id.0 as usize) else { continue };
            let own = sources.iter().position(|(table, _)| *table == id).map(|at| sources.swap_remove(at).1);
            let kept = works.contains(&(id, Work::Kept));
            let table = match before.and_then(|before| before.table(&declared.name)).filter(|_| kept) {
                Some(known) => Table { counted: Counted::of(self.program, report), ..known.clone() },
                None => {
                    let file = self.free_name(id, made);
                    let outgoing = outgoing(self.program, loaded, id);
                    unfinished.push(unfinished::register(&self.set.path(&file)));
                    let sum = self.set.replace(&file, |to| file::write(to, &outgoing)).map_err(unwritable)?;
                    let written = std::fs::metadata(self.set.path(&file)).map_err(unwritable)?;
                    Table {
                        name: declared.name.to_string(),
                        declared: declared::table(self.program, declared),
                        columns: columns(self.program, id),
                        sources: own.unwrap_or_default(),
                        file,
                        sum,
                        written: Identity::of(&written),
                        counted: Counted::of(self.program, report),
                    }
                }
            };
            tables.push(table);
        }
        for source in tables.iter().flat_map(|table| &table.sources) {
            let now = std::fs::metadata(&source.path).map(|metadata| Identity::of(&metadata));
            if now.is_ok_and(|now| now != source.identity) && !source.is_same().unwrap_or(false) {
                return Err(PrepareError::Changing { file: source.name.clone() });
            }
        }
        let manifest = Manifest::new(made, tables, self.program, &loaded.report.warnings);
        manifest.write(self.set).map_err(unwritable)?;
        drop(unfinished);
        self.set.tidy(manifest.files());
        self.set.evict_others();
        let work_of = |table: &Table| {
            let id = (0..).zip(&self.program.tables).find(|(_, declared)| *declared.name == *table.name);
            let work = id.and_then(|(id, _)| works.iter().find(|(table, _)| *table == TableId(id)));
            work.map_or(Work::Read, |(_, work)| *work)
        };
        Ok(self.made(&manifest, loaded.report.clone(), &work_of))
    }

    /// A name that no file of the set has: what was prepared before may be in use.
    fn free_name(&self, table: TableId, made: i64) -> String {
        let name = |number: i64| format!("{TABLE}{}-{number:x}", table.0);
        let mut number = made;
        while self.set.path(&name(number)).exists() {
            number += 1;
        }
        name(number)
    }
}

fn work(planned: &Planned) -> Work {
    match planned.task {
        Task::Keep(_) => Work::Kept,
        Task::Add(_) => Work::Added(planned.files.len()),
        Task::Read => Work::Read,
    }
}

fn found_bad(task: &Task) -> bool {
    match task {
        Task::Keep(known) | Task::Add(known) => known.report.bad_rows > 0,
        Task::Read => false,
    }
}

/// What looked odd about tables that are not read again.
fn kept_warnings(program: &Program, before: Option<&Manifest>, works: &[(TableId, Work)]) -> Vec<Warning> {
    let mut warnings = before.map(|before| before.warnings(program)).unwrap_or_default();
    warnings.retain(|warning| works.iter().any(|(table, work)| *table == warning.field.0 && *work != Work::Read));
    warnings
}

/// The stored columns of a table, see [`declared::field`].
fn columns(program: &Program, table: TableId) -> Vec<(String, String)> {
    let fields = program.tables.get(table.0 as usize).map(|table| table.fields.as_slice()).unwrap_or_default();
    fields.iter().filter_map(|field| declared::field(program, field)).collect()
}

/// A table with those of its lists of records, to be written.
fn outgoing<'t>(program: &Program, loaded: &'t Loaded, table: TableId) -> Vec<Outgoing<'t>> {
    let mut out = Vec::new();
    let mut lists = vec![(table, Vec::new())];
    while let Some((table, path)) = lists.pop() {
        let (Some(declared), Some(rows)) = (program.tables.get(table.0 as usize), loaded.dataset.table(table)) else {
            continue;
        };
        let name = |field| declared::field(program, field).map(|(column, _)| column);
        for (other, id) in program.tables.iter().zip(0..) {
            if let Some((_, field)) = other.parent.filter(|(parent, _)| *parent == table) {
                let column = declared.fields.get(field.0 as usize).and_then(name);
                lists.push((TableId(id), path.iter().cloned().chain(column).collect()));
            }
        }
        let rows: &TableData = rows;
        let names: Vec<Option<String>> = declared.fields.iter().map(name).collect();
        for (code, run) in rows.runs.iter().flat_map(|runs| (0..).zip(&runs.by_code)) {
            let column = rows.runs.as_ref().and_then(|runs| names.get(runs.column.0 as usize).cloned().flatten());
            if let (Some(rows), Some(column)) = (run, column) {
                out.push(Outgoing { path: path.clone(), kind: Some((column, code)), rows, names: names.clone() });
            }
        }
        out.push(Outgoing { path, kind: None, rows, names });
    }
    out
}
