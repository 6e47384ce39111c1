//! From tables as they were read to the data set: keys unique, customers known or added, rows grouped, ids that point
//! nowhere counted.
#![expect(
    clippy::indexing_slicing,
    reason = "places are counted over the nested lists, and the data set has a table for each declared one"
)]

use super::bits::Bits;
use super::convert::finish_fields;
use super::dataset::{Column, Dataset, Dictionary, TableData, Values, canonical_integer};
use super::error::{DataError, DataErrors, check};
use super::group::{
    Grouping, NO_OWNER, Ordered, Rows, bytes_of_ranks, gather_groups, group, joined_ends, key_ranks, merged,
};
use super::keys::{KeyIndex, LookupMap, repeated};
use super::moments::MICROS_PER_DAY;
use super::report::{LoadReport, LookupMisses, Misses, TableReport};
use super::stored::{Buffer, Cells, Outline, Room, Stored, StoredValues};
use super::table::{Origins, TableBuilder};
use super::{Loaded, UnknownCustomers};
use crate::for_cells;
use crate::memory::Bound;
use rayon::prelude::*;
use segue_compiler::program::{CUSTOMERS, FieldId, FieldSource, Program, TableId, Type};
use segue_compiler::syntax::tree::TableKind;
use std::sync::Arc;

/// A table that was read, with the tables of its lists of records.
struct Read {
    table: TableId,
    rows: TableData,
    nested: Vec<(TableId, TableData)>,
    origins: Origins,
    report: TableReport,
    /// `None` for tables that belong to no customer.
    owners: Option<Owners>,
}

/// The customers of rows.
struct Owners {
    /// By row its customer, or [`NO_OWNER`].
    of_rows: Buffer<u32>,
    /// Whether a row has none.
    some_unknown: bool,
}

impl Read {
    /// The table when it is in order, its report complete but for ids that point nowhere.
    fn known(self, program: &Program) -> Known {
        let Read { table, rows, nested, mut report, .. } = self;
        report.rows = rows.rows as u64;
        report.newest = newest(program, table, &rows);
        Known { table, rows, nested, report }
    }

    fn has_unknown_owners(&self) -> bool {
        self.owners.as_ref().is_some_and(|owners| owners.some_unknown)
    }
}

/// Puts the tables together; those that were not read are empty.
pub(crate) fn assemble(
    program: &Program,
    tables: Vec<(TableBuilder, Vec<String>)>,
    unknown: UnknownCustomers,
) -> Result<Loaded, DataErrors> {
    assemble_within(program, tables, unknown, None)
}

/// The same, as long as the process holds no more memory than `bound` says.
pub(crate) fn assemble_within(
    program: &Program,
    tables: Vec<(TableBuilder, Vec<String>)>,
    unknown: UnknownCustomers,
    bound: Option<Bound>,
) -> Result<Loaded, DataErrors> {
    let mut errors = Vec::new();
    let too_many = |builder: &TableBuilder| builder.rows() >= u32::MAX as usize;
    errors.extend(
        tables.iter().filter(|(builder, _)| too_many(builder)).map(|(builder, _)| DataError::TooManyRows {
            table: builder.name.to_string(),
            rows: builder.rows() as u64,
        }),
    );
    DataErrors::none_or(std::mem::take(&mut errors))?;

    let mut read: Vec<Read> = tables.into_par_iter().map(|(builder, files)| finish(builder, files)).collect();
    for table in &read {
        errors.extend(check_key(program, table));
    }
    let has_customers = read.iter().any(|table| table.table == CUSTOMERS);
    let add = unknown == UnknownCustomers::Add || !has_customers;
    if add {
        errors.extend(fields_in_the_way(program));
    }
    DataErrors::none_or(errors)?;

    let mut customers = match read.iter().position(|table| table.table == CUSTOMERS) {
        Some(at) => read.remove(at),
        None => no_customers(program),
    };
    let index_of = |rows: &TableData| customer_keys(program, rows).map(KeyIndex::of).unwrap_or_default();
    // Nobody asks for it where there are only customers.
    let mut index = if read.is_empty() { KeyIndex::default() } else { index_of(&customers.rows) };
    read.iter_mut().for_each(|table| table.owners = owners(program, table, &index));
    for table in read.iter_mut().filter(|_| has_customers) {
        table.report.unknown_customers = unknown_customers(program, table, &index);
        table.report.unknown_added = add;
    }
    if add {
        let added = added_ids(program, &read, &index);
        add_customers(program, &mut customers, added);
        index = index_of(&customers.rows);
        for table in read.iter_mut().filter(|table| table.has_unknown_owners()) {
            table.owners = owners(program, table, &index);
        }
    }
    let count = customers.rows.rows;
    match bound {
        // One after the other, so that it is known what each takes.
        Some(_) => read.iter_mut().try_for_each(|table| group_by_customer(program, table, count, bound))?,
        None => read.par_iter_mut().try_for_each(|table| group_by_customer(program, table, count, None))?,
    }
    if has_customers {
        read.insert(0, customers);
    } else {
        customers.report.rows = count as u64;
        read.insert(0, customers);
    }

    Ok(put_together(program, read.into_iter().map(|read| read.known(program)).collect()))
}

/// The data set of all tables, and what was counted about them: what points nowhere is counted here.
fn put_together(program: &Program, tables: Vec<Known>) -> Loaded {
    let mut report = LoadReport::default();
    let mut all = Vec::new();
    for Known { table, rows, nested, report: counted } in tables {
        report.tables.push(TableReport { lookups: Vec::new(), ..counted });
        all.push((table, rows));
        all.extend(nested);
    }
    report.tables.sort_by_key(|table| table.table);
    let mut dataset = Dataset::of_tables(program.tables.len(), all);
    complete(program, &mut dataset);
    count_lookup_misses(program, &dataset, &mut report);
    Loaded { dataset, report, ..Loaded::default() }
}

/// A table that was put together before, with those of its lists of records.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) table: TableId,
    pub(crate) rows: TableData,
    pub(crate) nested: Vec<(TableId, TableData)>,
    pub(crate) report: TableReport,
}

/// A table that was read to stand beside known ones.
pub(crate) struct Fresh {
    pub(crate) builder: TableBuilder,
    pub(crate) files: Vec<String>,
    /// The rows it adds to; what was read are more of them then.
    pub(crate) before: Option<Known>,
}

/// Why tables cannot be put together with known ones.
#[derive(Debug)]
pub(crate) enum Beside {
    /// The data are at fault.
    Data(DataErrors),
    /// A table's rows cannot be added to those before without reading all of them.
    Whole,
}

/// Puts tables together with others that are known, the customers among them, none of whom is added.
pub(crate) fn assemble_beside(
    program: &Program,
    known: Vec<Known>,
    fresh: Vec<Fresh>,
    bound: Option<Bound>,
) -> Result<Loaded, Beside> {
    let customers = known.iter().find(|table| table.table == CUSTOMERS);
    let index = customers.and_then(|customers| customer_keys(program, &customers.rows)).map(KeyIndex::of);
    let index = index.unwrap_or_default();
    let count = customers.map_or(0, |customers| customers.rows.rows);
    let mut all = known;
    for Fresh { builder, files, before } in fresh {
        let mut read = finish(builder, files);
        read.owners = owners(program, &read, &index);
        read.report.unknown_customers = unknown_customers(program, &read, &index);
        match before {
            None => {
                let repeated = check_key(program, &read);
                DataErrors::none_or(repeated.into_iter().collect()).map_err(Beside::Data)?;
                group_by_customer(program, &mut read, count, bound).map_err(|error| Beside::Data(error.into()))?;
            }
            Some(before) => add_to(program, &mut read, before).ok_or(Beside::Whole)?,
        }
        all.push(read.known(program));
    }
    Ok(put_together(program, all))
}

/// Tables that belong to no customer, each by itself.
pub(crate) fn assemble_others(
    program: &Program,
    tables: Vec<(TableBuilder, Vec<String>)>,
) -> Vec<Result<Known, DataError>> {
    let others = tables.into_iter().map(|(builder, files)| {
        let read = finish(builder, files);
        check_key(program, &read).map_or_else(|| Ok(read.known(program)), Err)
    });
    others.collect()
}

/// Some customers, those of the data and then added ones, with their events and records in order; all of these are of one
/// of the customers.
///
/// # Errors
/// The bound does not do.
pub(crate) fn assemble_range(
    program: &Program,
    (customers, added): (TableBuilder, Vec<Id>),
    events: Vec<TableBuilder>,
    bound: Option<Bound>,
) -> Result<Vec<Known>, DataError> {
    let mut customers = finish(customers, Vec::new());
    if !added.is_empty() {
        add_customers(program, &mut customers, added);
    }
    let index = customer_keys(program, &customers.rows).map(KeyIndex::of).unwrap_or_default();
    let count = customers.rows.rows;
    let mut all = vec![customers.known(program)];
    for builder in events {
        let mut read = finish(builder, Vec::new());
        read.owners = owners(program, &read, &index);
        group_by_customer(program, &mut read, count, bound)?;
        all.push(read.known(program));
    }
    Ok(all)
}

/// Makes of added rows all rows, in their order; `None` where that takes more than the rows before and the added ones.
fn add_to(program: &Program, read: &mut Read, before: Known) -> Option<()> {
    let declared = program.tables.get(read.table.0 as usize)?;
    let groups = before.rows.groups.clone();
    let added_at = declared.at.and_then(|at| read.rows.columns.get(at.0 as usize)?.as_ref().cloned());
    read.report = before.report.followed_by(std::mem::replace(&mut read.report, before.report.clone()))?;
    read.rows = followed_by(&before.rows, &read.rows)?;
    read.nested = before
        .nested
        .iter()
        .map(|(table, rows)| {
            let (_, more) = read.nested.iter().find(|(other, _)| other == table)?;
            Some((*table, followed_by(rows, more)?))
        })
        .collect::<Option<_>>()?;
    // Where the key was met before is known to a load of all files only.
    if check_key(program, read).is_some() {
        return None;
    }
    let (Some(groups), Some(owners)) = (groups, read.owners.take()) else { return Some(()) };
    let column = |field: Option<FieldId>| read.rows.columns.get(field?.0 as usize)?.as_ref();
    let times = (column(declared.at).and_then(Stored::integers), added_at.as_ref().and_then(Stored::integers));
    let ranks = column(declared.key).and_then(key_ranks);
    let (groups, order) = merged(&groups, &owners.of_rows, times, ranks.as_deref());
    read.rows.columns.par_iter_mut().flatten().for_each(|column| *column = column.gather(&order));
    read.rows.rows = order.len();
    read.rows.groups = Some(groups.into());
    reorder_nested(program, read.table, &order, &mut read.nested);
    Some(())
}

/// The rows of a table and then those of another; groups are those of the lists of both, where there are any.
fn followed_by(rows: &TableData, more: &TableData) -> Option<TableData> {
    u32::try_from(rows.rows.checked_add(more.rows)?).ok().filter(|all| *all < u32::MAX)?;
    let columns = rows.columns.iter().enumerate().map(|(at, column)| match (column, more.columns.get(at)) {
        (Some(column), Some(Some(more))) => column.followed_by(more).map(Some),
        (None, None | Some(None)) => Some(None),
        _ => None,
    });
    let columns = columns.collect::<Option<Vec<_>>>()?;
    let groups = match (&rows.groups, &more.groups) {
        (Some(groups), Some(more)) => Some(joined_ends(groups, more).collect()),
        _ => None,
    };
    Some(TableData { rows: rows.rows + more.rows, columns, groups, runs: None })
}

fn finish(builder: TableBuilder, files: Vec<String>) -> Read {
    let rows = builder.rows();
    let (rows, nested) = finish_fields(builder.fields, rows);
    let report = builder.counts.report(builder.table, builder.name, files, rows.rows as u64);
    Read { table: builder.table, rows, nested, origins: builder.origins, report, owners: None }
}

fn check_key(program: &Program, read: &Read) -> Option<DataError> {
    let key = program.tables.get(read.table.0 as usize)?.key?;
    let column = read.rows.columns.get(key.0 as usize)?.as_ref()?;
    let repeated = repeated(column)?;
    let (codes, dictionary) = column.text()?;
    let key = dictionary.text(codes.code(repeated.first as usize)?).into_owned();
    Some(DataError::DuplicateKey {
        table: read.report.name.to_string(),
        key,
        first: read.origins.shown(repeated.first as usize),
        second: read.origins.shown(repeated.second as usize),
        more: repeated.count - 1,
    })
}

/// Added customers have nothing but their key, so all else must be declared as possibly missing; a missing list is empty.
pub(crate) fn fields_in_the_way(program: &Program) -> Option<DataError> {
    let customers = program.tables.first()?;
    let stored =
        customers.fields.iter().zip(0..).filter(|(field, _)| matches!(field.source, FieldSource::Column { .. }));
    let required = stored.filter(|(field, id)| {
        !field.optional && customers.key != Some(FieldId(*id)) && !matches!(field.ty, Type::List(_) | Type::Records(_))
    });
    let fields: Vec<String> = required.map(|(field, _)| field.name.to_string()).collect();
    (!fields.is_empty()).then_some(DataError::AddedCustomersLackFields { fields })
}

/// A table of customers without rows, with a key and all other columns missing.
fn no_customers(program: &Program) -> Read {
    let wanted = |table: TableId, _: FieldId| table == CUSTOMERS;
    finish(TableBuilder::new(program, CUSTOMERS, &wanted, 0), Vec::new())
}

fn customer_keys<'a>(program: &Program, customers: &'a TableData) -> Option<&'a Stored> {
    let key = program.tables.first()?.key?;
    customers.columns.get(key.0 as usize)?.as_ref()
}

/// Codes and dictionary of the column that names the customer, for events and records.
fn owner_ids<'a>(program: &Program, read: &'a Read) -> Option<(&'a Cells, &'a Arc<Dictionary>)> {
    let by = program.tables.get(read.table.0 as usize)?.by?;
    read.rows.columns.get(by.0 as usize)?.as_ref()?.text()
}

/// The codes that occur and are not in the index, with their numbers of rows, in the order of the dictionary.
fn codes_not_found(codes: impl Iterator<Item = u32>, dictionary: &Dictionary, index: &KeyIndex) -> Vec<(u32, u64)> {
    let map = index.map(dictionary);
    let mut counts = vec![0_u64; dictionary.len()];
    for code in codes {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    }
    (0..).zip(counts).filter(|(code, count)| *count > 0 && map.row(*code).is_none()).collect()
}

/// Ids that were not found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Missed {
    /// How many rows have one.
    pub(crate) rows: u64,
    /// Each once.
    pub(crate) ids: Vec<Id>,
}

impl Missed {
    fn of(found: &[(u32, u64)], dictionary: &Dictionary) -> Missed {
        Missed {
            rows: found.iter().map(|(_, count)| count).sum(),
            ids: found.iter().map(|(code, _)| Id::of(dictionary, *code)).collect(),
        }
    }

    /// Bytes that the ids take.
    pub(crate) fn bytes(&self) -> u64 {
        bytes_of_ids(self.ids.iter())
    }

    /// Adds those of other rows.
    pub(crate) fn add(&mut self, more: Missed) {
        self.rows += more.rows;
        self.ids.extend(more.ids);
        self.ids.sort_unstable();
        self.ids.dedup();
    }

    pub(crate) fn told(mut self) -> Misses {
        let (distinct, examples) = (self.ids.len(), 3.min(self.ids.len()));
        if examples < distinct {
            self.ids.select_nth_unstable(examples);
        }
        self.ids.truncate(examples);
        self.ids.sort();
        Misses {
            rows: self.rows,
            distinct: distinct as u64,
            examples: self.ids.into_iter().map(|id| id.text()).collect(),
        }
    }
}

/// About how many bytes ids take.
pub(crate) fn bytes_of_ids<'i>(ids: impl Iterator<Item = &'i Id>) -> u64 {
    let letters = |id: &Id| if let Id::Text(text) = id { text.len() } else { 0 };
    ids.map(|id| (size_of::<Id>() + letters(id)) as u64).sum()
}

/// An id in the order of ids (rule 10).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Id {
    Integer(i64),
    Text(Arc<str>),
}

impl Id {
    fn of(dictionary: &Dictionary, code: u32) -> Id {
        match dictionary {
            Dictionary::Integers(numbers) => Id::Integer(numbers.get(code as usize).unwrap_or(0)),
            Dictionary::Texts(texts) => {
                let text = texts.shared(code as usize).unwrap_or_default();
                canonical_integer(&text).map_or(Id::Text(text), Id::Integer)
            }
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Id::Integer(number) => number.to_string(),
            Id::Text(text) => text.to_string(),
        }
    }
}

fn unknown_customers(program: &Program, read: &Read, index: &KeyIndex) -> Misses {
    // Mostly all are known, which is quicker to see than to count.
    let ids = owner_ids(program, read).filter(|_| read.has_unknown_owners());
    ids.map_or_else(Misses::default, |(codes, dictionary)| {
        Missed::of(&codes_not_found(codes.codes(), dictionary, index), dictionary).told()
    })
}

/// Ids of customers that only events and records name, in the order of ids.
fn added_ids(program: &Program, read: &[Read], index: &KeyIndex) -> Vec<Id> {
    let mut ids: Vec<Id> = Vec::new();
    let unknown = read.iter().filter(|table| table.has_unknown_owners());
    for (codes, dictionary) in unknown.filter_map(|table| owner_ids(program, table)) {
        let found = codes_not_found(codes.codes(), dictionary, index);
        ids.extend(found.into_iter().map(|(code, _)| Id::of(dictionary, code)));
    }
    ids.par_sort_unstable();
    ids.dedup();
    ids
}

/// Adds customers after those of the data; all their other fields are missing.
fn add_customers(program: &Program, customers: &mut Read, added: Vec<Id>) {
    let Some(key) = program.tables.first().and_then(|table| table.key) else { return };
    let more = added.len();
    for (at, column) in customers.rows.columns.iter_mut().enumerate() {
        let Some(stored) = column else { continue };
        let mut wide = stored.unpack();
        if at == key.0 as usize {
            add_ids(&mut wide, &added);
        } else {
            add_missing(&mut wide, customers.rows.rows, more);
        }
        *stored = Stored::pack(wide, customers.rows.rows + more);
    }
    customers.rows.rows += more;
    for (table, rows) in &mut customers.nested {
        let of_customers = program.tables.get(table.0 as usize).and_then(|table| table.parent);
        if let (Some((CUSTOMERS, _)), Some(groups)) = (of_customers, &mut rows.groups) {
            let last = groups.last().copied().unwrap_or(0);
            *groups = groups.iter().copied().chain(std::iter::repeat_n(last, more)).collect();
        }
    }
}

fn add_ids(column: &mut Column, added: &[Id]) {
    let Values::Text { codes, dictionary } = &mut column.values else { return };
    let first = dictionary.len();
    let mut numbers = Vec::new();
    if let Dictionary::Integers(known) = &**dictionary {
        numbers.extend(known.iter());
        numbers.extend(added.iter().filter_map(|id| if let Id::Integer(number) = id { Some(*number) } else { None }));
    }
    let all = first + added.len();
    let extended = if numbers.len() == all {
        Dictionary::Integers(numbers.into())
    } else {
        let known = (0..first).map(|code| Arc::from(&*dictionary.text(u32::try_from(code).unwrap_or(u32::MAX))));
        Dictionary::Texts(known.chain(added.iter().map(|id| Arc::from(id.text()))).collect::<Vec<_>>().into())
    };
    *dictionary = Arc::new(extended);
    codes.extend((first..all).map(|code| u32::try_from(code).unwrap_or(u32::MAX)));
}

fn add_missing(column: &mut Column, rows: usize, more: usize) {
    let all = rows + more;
    match &mut column.values {
        Values::Boolean(values) => values.resize(all, 0),
        Values::Integer(values) | Values::Money(values) | Values::Instant(values) | Values::Duration(values) => {
            values.resize(all, 0);
        }
        Values::Number(values) => values.resize(all, 0.0),
        Values::Date(values) => values.resize(all, 0),
        Values::Text { codes, .. } => codes.resize(all, 0),
        Values::List { offsets, .. } => {
            let last = offsets.last().copied().unwrap_or(0);
            offsets.resize(all + 1, last);
        }
    }
    if more > 0 {
        let known = (0..all).map(|row| row < rows && column.known.as_ref().is_none_or(|known| known.get(row)));
        column.known = Some(Bits::from_bools(known));
    }
}

/// The customers of a table's rows; `None` for tables that belong to no customer.
fn owners(program: &Program, read: &Read, index: &KeyIndex) -> Option<Owners> {
    /// Rows that are looked up at once.
    const ROWS: usize = 1 << 16;
    fn of_codes<T: Copy + Into<u64> + Sync>(codes: &[T], map: &LookupMap) -> Owners {
        let rows = map.rows();
        let owner = |code: u64| usize::try_from(code).ok().and_then(|code| rows.get(code)).copied().unwrap_or(NO_OWNER);
        let mut owners = Room::<u32>::new(codes.len());
        let pairs = owners.values_mut().par_chunks_mut(ROWS).zip(codes.par_chunks(ROWS));
        let found = pairs.map(|(owners, codes)| {
            let mut greatest = 0;
            for (place, code) in owners.iter_mut().zip(codes) {
                *place = owner((*code).into());
                greatest = greatest.max(*place);
            }
            greatest
        });
        let some_unknown = found.max() == Some(NO_OWNER);
        Owners { of_rows: owners.into(), some_unknown }
    }
    let (codes, dictionary) = owner_ids(program, read)?;
    let map = index.map(dictionary);
    Some(for_cells!(codes, codes => of_codes(codes, &map)))
}

/// Puts the rows of events and records into their order.
fn group_by_customer(
    program: &Program,
    read: &mut Read,
    customers: usize,
    bound: Option<Bound>,
) -> Result<(), DataError> {
    let Some(owners) = read.owners.take() else { return Ok(()) };
    let Some(declared) = program.tables.get(read.table.0 as usize) else { return Ok(()) };
    let name = &read.report.name;
    let fits = |bytes: u64| {
        let what = format!("putting `{name}` in order");
        bound.map_or(Ok(()), |bound| check(bound, &[(&what, bytes)], Vec::new))
    };
    let column = |field: Option<FieldId>| read.rows.columns.get(field?.0 as usize)?.as_ref();
    let key = column(declared.key);
    key.map_or(Ok(()), |key| fits(bytes_of_ranks(key)))?;
    let ranks = key.and_then(key_ranks);
    let is_ordered_by = |at: usize| declared.at.is_some_and(|field| field.0 as usize == at);
    let (mut lanes, mut times, mut inputs) = (Vec::new(), None, !read.nested.is_empty());
    for (at, column) in read.rows.columns.iter().enumerate() {
        let Some(column) = column else { continue };
        if is_ordered_by(at) && column.integers().is_some() {
            times = Some(lanes.len());
        }
        lanes.extend(column.lanes());
        inputs |= column.follows_rows();
    }
    let rows = Rows { owners: &owners.of_rows, count: customers, lanes, times, ranks: ranks.as_deref(), inputs };
    let packed = match group(&rows, fits)? {
        Grouping::Stays(groups) => {
            read.rows.groups = Some(groups.into());
            return Ok(());
        }
        Grouping::Moves(packed) => packed,
    };
    drop(owners);
    // What was dealt out need not be there twice.
    let outlines: Vec<_> =
        std::mem::take(&mut read.rows.columns).into_iter().map(|it| it.map(Stored::outline)).collect();
    let Ordered { groups, rows, lanes, inputs } = packed.ordered();
    let mut lanes = lanes.into_iter();
    let filled = |outline: Option<Outline>| Some(outline?.filled(&mut lanes, rows, &inputs));
    read.rows.columns = outlines.into_iter().map(filled).collect();
    read.rows.groups = Some(groups.into());
    read.rows.rows = rows;
    reorder_nested(program, read.table, &inputs, &mut read.nested);
    Ok(())
}

/// Puts the rows of lists of records into the order of their parents' rows.
fn reorder_nested(program: &Program, parent: TableId, order: &[u32], nested: &mut [(TableId, TableData)]) {
    for at in 0..nested.len() {
        let table = nested[at].0;
        let is_child = program.tables.get(table.0 as usize).and_then(|table| table.parent);
        if is_child.map(|(of, _)| of) != Some(parent) {
            continue;
        }
        let rows = &mut nested[at].1;
        let (groups, inner) = gather_groups(rows.groups.as_deref().unwrap_or(&[0]), order);
        for column in rows.columns.iter_mut().flatten() {
            *column = column.gather(&inner);
        }
        rows.rows = inner.len();
        rows.groups = Some(groups.into());
        reorder_nested(program, table, &inner, nested);
    }
}

/// Tables that were not read are there without rows, with groups for every owner.
pub(crate) fn complete(program: &Program, dataset: &mut Dataset) {
    for at in 0..program.tables.len() {
        let declared = &program.tables[at];
        let owners = match declared.parent {
            Some((parent, _)) => Some(dataset.table(parent).map_or(0, |parent| parent.rows)),
            None if matches!(declared.kind, TableKind::Events | TableKind::Records) => {
                Some(dataset.table(CUSTOMERS).map_or(0, |customers| customers.rows))
            }
            None => None,
        };
        let table = &mut dataset.tables[at];
        table.columns.resize(declared.fields.len(), None);
        if let (Some(owners), None) = (owners, &table.groups) {
            table.groups = Some(vec![0; owners + 1].into());
        }
    }
}

fn newest(program: &Program, table: TableId, rows: &TableData) -> Option<i64> {
    let at = program.tables.get(table.0 as usize)?.at?;
    match rows.columns.get(at.0 as usize)?.as_ref()?.values() {
        StoredValues::Instant(times) => times.last(),
        StoredValues::Date(days) => days.last().map(|day| day * MICROS_PER_DAY),
        _ => None,
    }
}

/// Counts ids that point at no row, of the tables that a report tells about.
pub(crate) fn count_lookup_misses(program: &Program, dataset: &Dataset, report: &mut LoadReport) {
    for missed in lookup_misses(program, dataset, |_| true) {
        if let Some(table) = report.tables.iter_mut().find(|table| table.table == missed.top) {
            table.lookups.extend(missed.told(program));
        }
    }
}

/// Ids of one field that point at no row.
#[derive(Debug, Clone)]
pub(crate) struct LookupMissed {
    /// The declared table that the field is in, or in whose lists of records it is.
    pub(crate) top: TableId,
    pub(crate) field: (TableId, FieldId),
    target: TableId,
    pub(crate) missed: Missed,
}

impl LookupMissed {
    pub(crate) fn told(self, program: &Program) -> Option<LookupMisses> {
        Some(LookupMisses {
            field: self.field,
            name: name_of_field(program, self.field),
            target: program.tables.get(self.target.0 as usize)?.name.clone(),
            misses: self.missed.told(),
        })
    }
}

/// What points nowhere, field by field, in the declared tables that are `asked` about and their lists.
pub(crate) fn lookup_misses(
    program: &Program,
    dataset: &Dataset,
    asked: impl Fn(TableId) -> bool,
) -> Vec<LookupMissed> {
    let mut found = Vec::new();
    for (at, declared) in program.tables.iter().enumerate() {
        let Ok(at) = u32::try_from(at) else { continue };
        let (top, _) = top_table(program, TableId(at));
        for (field, id) in declared.fields.iter().zip(0..).filter(|_| asked(top)) {
            let target = match &field.ty {
                Type::Id(Some(target)) => *target,
                Type::List(of) => match **of {
                    Type::Id(Some(target)) => target,
                    _ => continue,
                },
                _ => continue,
            };
            let by = declared.by == Some(FieldId(id)) && target == CUSTOMERS;
            let Some(column) = dataset.column(TableId(at), FieldId(id)).filter(|_| !by) else { continue };
            let Some(index) = target_index(program, dataset, target) else { continue };
            let missed = column_missed(column, &index);
            if missed.rows > 0 {
                found.push(LookupMissed { top, field: (TableId(at), FieldId(id)), target, missed });
            }
        }
    }
    found
}

fn target_index(program: &Program, dataset: &Dataset, target: TableId) -> Option<KeyIndex> {
    let key = program.tables.get(target.0 as usize)?.key?;
    dataset.column(target, key).map(KeyIndex::of)
}

fn column_missed(column: &Stored, index: &KeyIndex) -> Missed {
    match column.values() {
        StoredValues::Text { codes, dictionary } => {
            let known = codes.codes().enumerate().filter(|(row, _)| column.is_known(*row)).map(|(_, code)| code);
            Missed::of(&codes_not_found(known, dictionary, index), dictionary)
        }
        StoredValues::List { elements, .. } => column_missed(elements, index),
        StoredValues::Flags(flags) => {
            let codes = (0..column.rows()).flat_map(|row| flags.codes(row));
            Missed::of(&codes_not_found(codes, flags.dictionary(), index), flags.dictionary())
        }
        _ => Missed::default(),
    }
}

/// A field's name with the path to it from its table: `items.product`.
pub(crate) fn name_of_field(program: &Program, (table, field): (TableId, FieldId)) -> String {
    let (_, path) = top_table(program, table);
    let fields = program.tables.get(table.0 as usize).map(|table| table.fields.as_slice()).unwrap_or_default();
    fields.get(field.0 as usize).map_or(String::new(), |field| format!("{path}{}", field.name))
}

/// The declared table a list of records belongs to, and the path from there: `items.`.
fn top_table(program: &Program, table: TableId) -> (TableId, String) {
    let (mut table, mut path) = (table, String::new());
    while let Some((parent, field)) = program.tables.get(table.0 as usize).and_then(|table| table.parent) {
        let name = program.tables.get(parent.0 as usize).and_then(|parent| parent.fields.get(field.0 as usize));
        path = format!("{}.{path}", name.map_or("", |field| &field.name));
        table = parent;
    }
    (table, path)
}
