//! Loading what was prepared.

use super::file::{Refused, Unfit};
use super::keep::{MANIFEST, Set};
use super::manifest::{Manifest, Table};
use super::{Unused, declared, file, set_of};
use crate::data::assemble::{Known, complete};
use crate::data::needed::NeededFields;
use crate::data::read::{Sources, files, needed_of};
use crate::data::report::{BadByColumns, BadCell, LoadReport, TableReport};
use crate::data::{BadRows, Dataset, LoadOptions, Loaded, Origin, TableData, same_name};
use crate::memory::{Bound, shown};
use rayon::prelude::*;
use segue_compiler::program::{CUSTOMERS, FieldId, FieldSource, Program, TableId, Type};
use std::path::Path;
use std::sync::Arc;

/// What a load of the sources would give, from prepared data.
///
/// # Errors
/// They are not what it would give, or there are none.
pub(crate) fn open(
    folder: &Path,
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    bound: Option<Bound>,
) -> Result<Loaded, Unused> {
    let set = set_of(folder, sources, options);
    let manifest = || {
        let unfit = |reason: Unfit| Unused::Unfit {
            file: set.path(MANIFEST).display().to_string(),
            reason: reason.to_string(),
        };
        Manifest::read(&set).map_err(unfit)?.ok_or(Unused::Nothing)
    };
    let first = manifest()?;
    let opened = open_as(&set, &first, program, sources, options, bound);
    if let Err(Unused::Unfit { .. }) = opened
        && let Ok(now) = manifest()
        && now.made != first.made
    {
        // Somebody has just prepared the data anew, and removed the files before.
        return open_as(&set, &now, program, sources, options, bound);
    }
    opened
}

fn open_as(
    set: &Set,
    manifest: &Manifest,
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    bound: Option<Bound>,
) -> Result<Loaded, Unused> {
    if let Some((table, column)) = declared::column_read_twice(program) {
        return Err(Unused::Twice { table, column });
    }
    if let BadRows::Report(_) = options.bad_rows {
        return Err(Unused::BadCells);
    }
    let declared = || program.tables.iter().filter(|table| table.parent.is_none());
    if sources.tables().any(|name| !declared().any(|table| same_name(&table.name, name))) {
        // Reading the files says what is wrong.
        return Err(Unused::Nothing);
    }
    let needed = needed_of(program, sources, options);
    let mut wanted = Vec::new();
    for (table, id) in program.tables.iter().zip(0..).filter(|(table, _)| table.parent.is_none()) {
        let id = TableId(id);
        if !needed.table(id) || !sources.has(&table.name) && id != CUSTOMERS {
            if needed.table(id) {
                return Err(Unused::Nothing);
            }
            continue;
        }
        let prepared = manifest.table(&table.name).ok_or_else(|| Unused::NoTable { table: table.name.to_string() })?;
        is_declared_so(program, id, prepared, &needed)?;
        has_same_files(sources, prepared)?;
        wanted.push((id, prepared));
    }
    let changed = wanted.par_iter().flat_map(|(_, prepared)| &prepared.sources).find_map_first(|source| {
        let same = source.is_same().unwrap_or(false);
        (!same).then(|| Unused::Changed { file: source.name.clone() })
    });
    if let Some(changed) = changed {
        return Err(changed);
    }
    let mut report = LoadReport { warnings: manifest.warnings(program), ..LoadReport::default() };
    report.warnings.retain(|warning| needed.field(warning.field.0, warning.field.1));
    let mut tables = Vec::new();
    for (id, prepared) in wanted {
        let known = restore(set, program, (id, prepared), &needed, bound)?;
        let narrowed = narrowed(program, known.report, &needed);
        report.tables.push(narrowed.ok_or_else(|| Unused::OtherRows { table: prepared.name.clone() })?);
        tables.push((id, known.rows));
        tables.extend(known.nested);
    }
    let mut dataset = Dataset::of_tables(program.tables.len(), tables);
    report.tables.sort_by_key(|table| table.table);
    complete(program, &mut dataset);
    Ok(Loaded { dataset, report, files: sources.files(), origin: Origin::Prepared { made: manifest.made } })
}

/// Whether what is needed of a table is declared as it was.
pub(super) fn is_declared_so(
    program: &Program,
    id: TableId,
    prepared: &Table,
    needed: &NeededFields,
) -> Result<(), Unused> {
    let Some(table) = program.tables.get(id.0 as usize) else { return Err(Unused::Nothing) };
    if prepared.declared != declared::table(program, table) {
        return Err(Unused::Declared { what: format!("`{}`", table.name) });
    }
    for (field, _) in table.fields.iter().zip(0..).filter(|(_, at)| needed.field(id, FieldId(*at))) {
        let Some((column, text)) = declared::field(program, field) else { continue };
        let known = prepared.columns.iter().find(|(name, _)| *name == column);
        if known.is_none_or(|(_, known)| *known != text) {
            return Err(Unused::Declared { what: format!("`{}.{}`", table.name, field.name) });
        }
    }
    Ok(())
}

fn has_same_files(sources: &Sources, prepared: &Table) -> Result<(), Unused> {
    let other = || Unused::Files { table: prepared.name.clone() };
    let found = sources.files_of(&prepared.name).map_err(|_| other())?;
    let same = found.len() == prepared.sources.len()
        && found.iter().zip(&prepared.sources).all(|(one, other)| is_file(one, &other.path));
    if same { Ok(()) } else { Err(other()) }
}

/// Whether an input is a file that was read.
pub(super) fn is_file(input: &files::InputFile, path: &Path) -> bool {
    input.path.canonicalize().is_ok_and(|canonical| canonical == path)
}

/// A table as it was prepared, with what is needed of it; where memory is bounded, all of that in memory.
pub(super) fn restore(
    set: &Set,
    program: &Program,
    (id, prepared): (TableId, &Table),
    needed: &NeededFields,
    bound: Option<Bound>,
) -> Result<Known, Unused> {
    let path = set.path(&prepared.file);
    let unfit = |reason: file::Unfit| Unused::Unfit { file: path.display().to_string(), reason: reason.to_string() };
    let over = |needed| Unused::TooLarge {
        needed: shown(needed),
        bound: bound.map_or_else(String::new, |bound| bound.to_string()),
    };
    let refused = |refused| match refused {
        Refused::Unfit(reason) => unfit(reason),
        Refused::OverMemory(needed) => over(needed),
    };
    let opened = file::open(&path, (prepared.sum, &prepared.written), bound).map_err(refused)?;
    let name = program.tables.get(id.0 as usize).map(|table| table.name.clone()).unwrap_or_default();
    let mut known = Known {
        table: id,
        rows: TableData::default(),
        nested: Vec::new(),
        report: prepared.counted.report(program, id, &name),
    };
    let mut lists = vec![(id, Vec::new())];
    while let Some((table, path)) = lists.pop() {
        let Some(declared) = program.tables.get(table.0 as usize) else { continue };
        let mut wanted = Vec::new();
        for (field, at) in declared.fields.iter().zip(0..).filter(|(_, at)| needed.field(table, FieldId(*at))) {
            let FieldSource::Column { column, .. } = &field.source else { continue };
            match field.ty {
                Type::Records(elements) if needed.table(elements) => {
                    let mut path: Vec<String> = path.clone();
                    path.push(column.to_string());
                    lists.push((elements, path));
                }
                Type::Records(_) => {}
                _ => wanted.push((at as usize, column.to_string())),
            }
        }
        if let Some(bound) = bound {
            opened.read_in(&path, &wanted, bound).map_err(over)?;
        }
        let mut rows = opened.table(&path, &wanted, declared.fields.len()).map_err(unfit)?;
        if table == id {
            rows.runs = opened.runs(&wanted, declared.fields.len()).map_err(unfit)?.map(Arc::new);
            known.rows = rows;
        } else {
            known.nested.push((table, rows));
        }
    }
    Ok(known)
}

/// The report as a load of what is needed would have given it; `None` where it would have left out other rows.
fn narrowed(program: &Program, report: TableReport, needed: &NeededFields) -> Option<TableReport> {
    let is_needed = |path: &str| path.is_empty() || is_needed_path(program, report.table, path, needed);
    let mut narrowed = report.clone();
    let mut first: Vec<&Vec<BadCell>> = Vec::new();
    for (columns, bad) in &report.bad_by_columns.sets {
        columns.iter().any(|column| is_needed(column)).then_some(())?;
        first.extend(&bad.first);
    }
    // In the order in which they were read.
    let file = |cell: &BadCell| report.files.iter().position(|file| **file == *cell.file);
    first.sort_by_key(|row| row.first().map(|cell| (file(cell), cell.row)));
    let cells = first.into_iter().flatten().filter(|cell| is_needed(&cell.column));
    narrowed.bad_cells = cells.take(BadByColumns::SHOWN).cloned().collect();
    narrowed.outside.retain(|outside| is_needed(&outside.column));
    narrowed.clock.retain(|column, _| is_needed(column));
    narrowed.gap_times = narrowed.clock.values().map(|(gap, _)| gap).sum();
    narrowed.overlap_times = narrowed.clock.values().map(|(_, overlap)| overlap).sum();
    let table_named = |name: &str| {
        let mut tables = (0..).zip(&program.tables);
        tables.find(|(_, table)| *table.name == *name && table.parent.is_none()).map(|(id, _)| TableId(id))
    };
    narrowed.lookups.retain(|lookup| {
        needed.field(lookup.field.0, lookup.field.1)
            && table_named(&lookup.target).is_some_and(|target| needed.table(target))
    });
    Some(narrowed)
}

/// Whether a column, with the path into lists of records, is one of those needed.
fn is_needed_path(program: &Program, table: TableId, path: &str, needed: &NeededFields) -> bool {
    let fields = program.tables.get(table.0 as usize).map(|table| table.fields.as_slice()).unwrap_or_default();
    fields.iter().zip(0..).any(|(field, at)| {
        let FieldSource::Column { column, .. } = &field.source else { return false };
        let Some(rest) = path.strip_prefix(&**column) else { return false };
        let inner = rest.strip_prefix('.');
        let is_it = match (&field.ty, inner) {
            (_, None) => rest.is_empty(),
            (Type::Records(elements), Some(inner)) => is_needed_path(program, *elements, inner, needed),
            // A path into one cell: the place in a list.
            (_, Some(_)) => true,
        };
        is_it && needed.field(table, FieldId(at))
    })
}
