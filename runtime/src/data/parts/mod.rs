//! Customers part by part: each part of the files is a small data set of its own, handed on and forgotten, so that memory
//! never holds them all.

mod keys;

use super::assemble::complete;
use super::convert::{FieldBuilder, finish_fields};
use super::dataset::{Dataset, TableData};
use super::error::{DataError, DataErrors, check};
use super::needed::NeededFields;
use super::read::{LoadOptions, NEXT_ROWS, Place, Read, Sink, Sources, read};
use super::report::LoadReport;
use super::table::{Counts, Origins, TableBuilder};
use crate::memory::Bound;
pub(crate) use keys::{AllKeys, Key, Keys, Met, SPAN, spanned};
use segue_compiler::program::{CUSTOMERS, FieldId, Program, Table, TableId, Type};
use segue_compiler::syntax::tree::TableKind;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What is known of customers who were read part by part, and of their lists of records.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// By table.
    rows: BTreeMap<u32, usize>,
    /// By table and field: in how many rows it is missing.
    missing: BTreeMap<(u32, u32), usize>,
    keys: Arc<AllKeys>,
    /// By table: events that are not looked at because they lie ahead.
    ahead: BTreeMap<u32, usize>,
}

impl Seen {
    /// How many rows a table has.
    pub fn rows(&self, table: TableId) -> usize {
        self.rows.get(&table.0).copied().unwrap_or(0)
    }

    /// In how many rows a field is missing; `None` where it was not read.
    pub fn missing(&self, table: TableId, field: FieldId) -> Option<usize> {
        self.missing.get(&(table.0, field.0)).copied()
    }

    /// The key of a customer, by row.
    pub fn key(&self, row: usize) -> Option<String> {
        self.keys.text(row)
    }

    /// The keys of all customers.
    pub(crate) fn all_keys(&self) -> &AllKeys {
        &self.keys
    }

    /// Of a table's events, how many lie ahead of the run.
    pub(crate) fn ahead(&self, table: TableId) -> usize {
        self.ahead.get(&table.0).copied().unwrap_or(0)
    }

    /// Adds rows of a table, `ahead` of which lie ahead of the run.
    pub(crate) fn add_table(&mut self, table: TableId, rows: &TableData, ahead: usize) {
        *self.rows.entry(table.0).or_insert(0) += rows.rows;
        *self.ahead.entry(table.0).or_insert(0) += ahead;
        for (column, field) in rows.columns.iter().zip(0..) {
            if let Some(column) = column {
                let missing = rows.rows - column.known().map_or(rows.rows, |known| known.count());
                *self.missing.entry((table.0, field)).or_insert(0) += missing;
            }
        }
    }

    pub(crate) fn set_keys(&mut self, keys: Arc<AllKeys>) {
        self.keys = keys;
    }

    fn add(&mut self, of_part: Seen) {
        for (table, rows) in of_part.rows {
            *self.rows.entry(table).or_insert(0) += rows;
        }
        for (place, missing) in of_part.missing {
            *self.missing.entry(place).or_insert(0) += missing;
        }
        for (table, ahead) in of_part.ahead {
            *self.ahead.entry(table).or_insert(0) += ahead;
        }
    }
}

/// Customers who were read part by part.
#[derive(Debug)]
pub(crate) struct Parts<R> {
    /// What became of each part, in the order of the customers, with the number of customers before it.
    pub(crate) parts: Vec<(usize, R)>,
    pub(crate) seen: Seen,
    pub(crate) report: LoadReport,
    /// See [`super::Loaded::files`].
    pub(crate) files: Vec<PathBuf>,
}

/// How customers are read part by part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HowParted {
    /// Rows of a part, about.
    pub(crate) rows: usize,
    /// Parts that are read at once.
    pub(crate) threads: usize,
    /// The parts' data sets have the column of keys.
    pub(crate) with_keys: bool,
    /// How much memory may be held.
    pub(crate) bound: Option<Bound>,
}

/// How many times the cells of a part are there at once: as they are in the file, and as they were read.
const COPIES: u64 = 2;

/// Whether the data that are needed can be read part by part: customers alone, whose rows are judged each by itself.
pub(crate) fn can_be_parted(program: &Program, sources: &Sources, options: &LoadOptions<'_>) -> bool {
    let Some(customers) = program.tables.first() else { return false };
    let declared = || program.tables.iter().zip(0..).map(|(table, id)| (table, TableId(id)));
    let is_events = |kind: TableKind| matches!(kind, TableKind::Events | TableKind::Records);
    let others = declared().any(|(table, id)| {
        let added = options.unknown_customers == super::UnknownCustomers::Add && is_events(table.kind);
        table.parent.is_none() && id != CUSTOMERS && (options.needed.table(id) || added && sources.has(&table.name))
    });
    let pointing = points_at_customers(program, &options.needed);
    sources.has(&customers.name) && is_keyed(customers) && !others && !pointing
}

/// Whether a needed field points at customers: who is pointed at is only known when all of them have been seen.
pub(crate) fn points_at_customers(program: &Program, needed: &NeededFields) -> bool {
    let points = |ty: &Type| match ty {
        Type::Id(target) => *target == Some(CUSTOMERS),
        Type::List(of) => matches!(**of, Type::Id(Some(CUSTOMERS))),
        _ => false,
    };
    program.tables.iter().zip(0..).any(|(table, id)| {
        // Whose a row is is no question of looking up.
        let own = if id == CUSTOMERS.0 { table.key } else { table.by };
        let fields = table.fields.iter().zip(0..).map(|(field, at)| (field, FieldId(at)));
        let mut needed = fields.filter(|(_, field)| needed.field(TableId(id), *field));
        needed.any(|(field, at)| points(&field.ty) && own != Some(at))
    })
}

/// Whether the customers have a key that is an id or a text.
pub(crate) fn is_keyed(customers: &Table) -> bool {
    let key = customers.key.and_then(|key| customers.fields.get(key.0 as usize));
    key.is_some_and(|key| matches!(key.ty, Type::Id(_) | Type::Text))
}

/// Reads customers part by part; each part is a data set, with the column of keys only where it is asked for. Gives what
/// `each` made of the parts, and `weigh` says what takes how many bytes of. `each` is called from several threads, and told
/// whether all of them are free meanwhile.
///
/// # Errors
/// As [`super::load`]; [`DataError::OverMemory`] where the bound does not do.
pub(crate) fn read_parts<R: Send>(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    how: HowParted,
    each: impl Fn(&Dataset, bool) -> R + Sync,
    weigh: impl Fn(&R) -> Vec<(&'static str, usize)> + Sync,
) -> Result<Parts<R>, DataErrors> {
    let key = program.tables.first().and_then(|customers| customers.key);
    let taker = Taker {
        program,
        key,
        how,
        each,
        weigh,
        taken: Mutex::default(),
        weights: Mutex::default(),
        over: OnceLock::new(),
    };
    let read = read(program, sources, options, (Some(&taker), None));
    if let Some(error) = taker.over.get() {
        return Err(error.clone().into());
    }
    let Read { tables, warnings, files } = read?;
    let mut taken = taker.taken.into_inner().unwrap_or_else(PoisonError::into_inner);
    taken.sort_unstable_by_key(|taken| taken.place);
    let (mut parts, mut seen, mut origins) = (Vec::with_capacity(taken.len()), Seen::default(), Origins::default());
    let mut keys = AllKeys::default();
    for part in taken {
        parts.push((seen.rows(CUSTOMERS), part.made));
        seen.add(part.seen);
        keys.push(part.keys);
        origins.append(part.origins);
    }
    seen.set_keys(Arc::new(keys));
    let mut report = LoadReport { tables: Vec::new(), warnings };
    let rows = seen.rows(CUSTOMERS);
    for (table, of_files) in tables {
        if rows >= u32::MAX as usize {
            return Err(DataError::TooManyRows { table: table.name.to_string(), rows: rows as u64 }.into());
        }
        if let Some(repeated) = seen.keys.repeated(how.bound) {
            return Err(DataErrors::from(DataError::DuplicateKey {
                table: table.name.to_string(),
                key: seen.key(repeated.first as usize).unwrap_or_default(),
                first: origins.shown(repeated.first as usize),
                second: origins.shown(repeated.second as usize),
                more: repeated.count - 1,
            }));
        }
        report.tables.push(table.counts.report(table.table, table.name, of_files, rows as u64));
    }
    Ok(Parts { parts, seen, report, files })
}

/// What is left of a part.
struct Taken<R> {
    place: Place,
    made: R,
    seen: Seen,
    keys: Keys,
    origins: Origins,
}

struct Taker<'p, R, F, W> {
    program: &'p Program,
    key: Option<FieldId>,
    how: HowParted,
    each: F,
    weigh: W,
    taken: Mutex<Vec<Taken<R>>>,
    /// What is kept of all parts, in bytes.
    weights: Mutex<BTreeMap<&'static str, usize>>,
    /// Set once the bound on memory does not do.
    over: OnceLock<DataError>,
}

impl<R, F, W: Fn(&R) -> Vec<(&'static str, usize)>> Taker<'_, R, F, W> {
    /// Adds what is kept of a part of so many bytes, and looks whether that and another such part are too much.
    fn weigh(&self, keys: &Keys, made: &R, size: u64) {
        let mut weights = self.weights.lock().unwrap_or_else(PoisonError::into_inner);
        for (what, bytes) in [("the customers' keys", keys.bytes())].into_iter().chain((self.weigh)(made)) {
            *weights.entry(what).or_insert(0) += bytes;
        }
        drop(weights);
        if let Err(error) = self.fits(size * COPIES) {
            _ = self.over.set(error);
        }
    }

    /// Whether so many bytes of rows leave room, beside what is kept.
    fn fits(&self, next_rows: u64) -> Result<(), DataError> {
        let Some(bound) = self.how.bound else { return Ok(()) };
        check(bound, &[(NEXT_ROWS, next_rows)], || {
            let weights = self.weights.lock().unwrap_or_else(PoisonError::into_inner);
            weights.iter().map(|(what, bytes)| ((*what).to_owned(), *bytes as u64)).collect()
        })
    }
}

impl<R, F, W> Sink for Taker<'_, R, F, W>
where
    R: Send,
    F: Fn(&Dataset, bool) -> R + Sync,
    W: Fn(&R) -> Vec<(&'static str, usize)> + Sync,
{
    fn takes(&self, table: TableId) -> bool {
        table == CUSTOMERS
    }

    fn rows(&self) -> usize {
        self.how.rows
    }

    fn threads(&self) -> usize {
        self.how.threads
    }

    fn is_over(&self) -> bool {
        self.over.get().is_some()
    }

    fn check(&self, next_rows: u64) -> Result<(), DataError> {
        self.fits(next_rows)
    }

    fn take(&self, place: Place, part: TableBuilder, alone: bool) -> Counts {
        let (rows, size) = (part.rows(), part.bytes());
        let TableBuilder { mut fields, origins, counts, .. } = part;
        if rows == 0 {
            return counts;
        }
        let of_key = |field: &FieldBuilder| Some(field.field) == self.key;
        let keys = fields.iter().position(of_key).and_then(|at| match self.how.with_keys {
            true => fields.get(at).map(|field| field.builder.clone()),
            false => Some(fields.swap_remove(at).builder),
        });
        let keys = keys.and_then(|keys| keys.into_keys()).unwrap_or_else(Keys::texts);
        let (customers, nested) = finish_fields(fields, rows);
        let tables = std::iter::once((CUSTOMERS, customers)).chain(nested);
        let mut dataset = Dataset::of_tables(self.program.tables.len(), tables);
        complete(self.program, &mut dataset);
        let seen = seen(&dataset);
        let made = (self.each)(&dataset, alone);
        self.weigh(&keys, &made, size);
        let taken = Taken { place, made, seen, keys, origins };
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(taken);
        counts
    }
}

/// What is to be known of a data set when it is gone.
fn seen(dataset: &Dataset) -> Seen {
    let mut seen = Seen::default();
    dataset.tables.iter().zip(0..).for_each(|(table, id)| seen.add_table(TableId(id), table, 0));
    seen
}
