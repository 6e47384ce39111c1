//! The way out: ranges of customers that fit together into the room there is become data sets, one after the other.

use super::deal::{Chunk, CustomersPart, Dealer, Read, chunk, id_of, locked, read_chunk, width};
use super::places::Places;
use super::{HowRanged, OF_CUSTOMER, OF_ROW, cells};
use crate::data::assemble::{
    Id, Known, LookupMissed, Missed, assemble_others, assemble_range, bytes_of_ids, complete, fields_in_the_way,
    lookup_misses,
};
use crate::data::dataset::Dataset;
use crate::data::error::{DataError, DataErrors};
use crate::data::parts::{AllKeys, Keys, Seen};
use crate::data::read::NEXT_ROWS;
use crate::data::report::{LoadReport, TableReport};
use crate::data::stored::Stored;
use crate::data::table::{Origins, TableBuilder};
use rayon::prelude::*;
use segue_compiler::program::{CUSTOMERS, FieldId, Program, TableId};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Customers that follow one another, with where their rows are, by table.
#[derive(Debug)]
pub(super) struct OfCustomers {
    customers: Range<u32>,
    rows: BTreeMap<u32, Vec<Chunk>>,
}

/// Customers whose rows are at hand at once.
pub(super) struct Run {
    pub(super) customers: Range<u32>,
    ranges: Vec<OfCustomers>,
}

/// What is still to be worked out, and what was counted.
pub(super) struct Work<'w> {
    dealer: &'w Dealer<'w>,
    how: HowRanged<'w>,
    places: Arc<Places>,
    /// Those of the files; customers after them were added.
    of_files: u32,
    customers: Vec<CustomersPart>,
    /// Where each part of the customers begins.
    starts: Vec<u32>,
    /// A part of the customers whose rows were asked for last.
    at_hand: Option<(usize, TableBuilder)>,
    /// The last first.
    rest: Vec<OfCustomers>,
    others: Vec<Known>,
    reports: BTreeMap<u32, TableReport>,
    missed: BTreeMap<(u32, u32), LookupMissed>,
    seen: Seen,
}

impl<'w> Work<'w> {
    /// Of tables that were read, each but those that are kept put out.
    ///
    /// # Errors
    /// Keys that are not the only ones, and what else stands in the way.
    pub(super) fn new(
        dealer: &'w Dealer<'w>,
        tables: Vec<(TableBuilder, Vec<String>)>,
        how: HowRanged<'w>,
    ) -> Result<Work<'w>, DataErrors> {
        let program = dealer.program;
        // Even where there is nobody.
        dealer.places();
        let mut customers = std::mem::take(&mut *locked(&dealer.customers));
        customers.sort_unstable_by_key(|part| part.place);
        let (dealt, kept): (Vec<_>, Vec<_>) =
            tables.into_iter().partition(|(table, _)| dealer.empty.contains_key(&table.table.0));
        let mut errors: Vec<(u32, DataError)> = Vec::new();
        let mut others = Vec::new();
        let ids: Vec<u32> = kept.iter().map(|(table, _)| table.table.0).collect();
        for (table, found) in ids.into_iter().zip(assemble_others(program, kept)) {
            match found {
                Ok(known) => others.push(known),
                Err(error) => errors.push((table, error)),
            }
        }
        let mut reports = BTreeMap::new();
        for (table, files) in dealt {
            let id = table.table;
            errors.extend(
                repeated_keys(dealer, &table, &customers).map_err(DataErrors::from)?.map(|error| (id.0, error)),
            );
            reports.insert(id.0, table.counts.report(id, table.name, files, 0));
        }
        errors.sort_by_key(|(table, _)| *table);
        let mut errors: Vec<DataError> = errors.into_iter().map(|(_, error)| error).collect();
        if dealer.adding {
            errors.extend(fields_in_the_way(program));
        }
        DataErrors::none_or(errors)?;
        if !dealer.has_customers {
            let name = program.tables.first().map(|customers| customers.name.clone()).unwrap_or_default();
            let counts = crate::data::table::Counts::default();
            reports.insert(CUSTOMERS.0, counts.report(CUSTOMERS, name, Vec::new(), 0));
        }
        let mut work = Work {
            dealer,
            how,
            places: dealer.places().clone(),
            of_files: count(dealer.places().keys().count()),
            starts: starts(&customers),
            customers,
            at_hand: None,
            rest: Vec::new(),
            others,
            reports,
            missed: BTreeMap::new(),
            seen: Seen::default(),
        };
        work.begin().map_err(DataErrors::from)?;
        Ok(work)
    }

    fn program(&self) -> &'w Program {
        self.dealer.program
    }

    /// How many customers there are.
    pub(super) fn customers(&self) -> u32 {
        count(self.places.keys().count())
    }

    /// Adds customers that only events name, and says where the rows of each range are.
    fn begin(&mut self) -> Result<(), DataError> {
        let has_customers = self.dealer.has_customers;
        if self.dealer.adding {
            self.check_added()?;
        }
        let mut added: Vec<Id> = Vec::new();
        let mut rows: BTreeMap<u32, Vec<Chunk>> = BTreeMap::new();
        for (table, of_table) in &self.dealer.rows {
            let mut of_table = locked(of_table);
            let ids: Vec<Id> = std::mem::take(&mut of_table.unknown_ids).into_iter().collect();
            if self.dealer.adding {
                added.extend(ids.iter().cloned());
            }
            if let Some(report) = self.reports.get_mut(table).filter(|_| has_customers) {
                report.unknown_customers = Missed { rows: of_table.unknown, ids }.told();
                report.unknown_added = self.dealer.adding;
            }
            let mut chunks = std::mem::take(&mut of_table.chunks);
            chunks.sort_unstable_by_key(|chunk| (chunk.range, chunk.place));
            rows.insert(*table, chunks);
        }
        // Of tables that belong to no customer as well.
        self.others.iter_mut().for_each(|known| known.report.unknown_added = has_customers && self.dealer.adding);
        if !added.is_empty() {
            added.par_sort_unstable();
            added.dedup();
            let mut keys = AllKeys::clone(self.places.keys());
            keys.push(Keys::of_ids(&added));
            self.places = Arc::new(Places::new(keys));
        }
        let all = self.places.keys().count();
        if all >= u32::MAX as usize {
            let table = self.program().tables.first().map_or(String::new(), |customers| customers.name.to_string());
            return Err(DataError::TooManyRows { table, rows: all as u64 });
        }
        let all = OfCustomers { customers: 0..count(all), rows };
        let width = self.width(&all.customers, self.dealer.ranges);
        // Where customers are added, nobody knew the ranges when rows were put out.
        self.rest = if self.dealer.adding { self.finer(all, width)? } else { split(all, self.dealer.width()) };
        self.rest.reverse();
        let mut others = Dataset::of_tables(self.program().tables.len(), tables(self.others.iter().cloned()));
        complete(self.program(), &mut others);
        self.misses(&others, false);
        for known in &self.others {
            self.seen.add_table(known.table, &known.rows, 0);
            known.nested.iter().for_each(|(table, rows)| self.seen.add_table(*table, rows, 0));
        }
        Ok(())
    }

    /// Whether the bound leaves room for customers that only events name.
    fn check_added(&self) -> Result<(), DataError> {
        let (mut added, mut ids) = (0, 0);
        for of_table in self.dealer.rows.values() {
            let of_table = locked(of_table);
            added += of_table.unknown_ids.len();
            ids += bytes_of_ids(of_table.unknown_ids.iter());
        }
        let index = Places::most_bytes(self.places.keys().count() + added);
        // Put in order, and packed.
        let coming = [("customers that only events name", ids * 2), ("finding customers by their keys", index)];
        if added > 0 { self.dealer.check(&coming, Vec::new) } else { Ok(()) }
    }

    fn width(&self, customers: &Range<u32>, ranges: u32) -> u32 {
        let most = self.how.customers.map_or(u32::MAX, count).max(1);
        width((customers.end - customers.start) as usize, ranges).min(most)
    }

    /// The customers in ranges of so many.
    fn finer(&self, of: OfCustomers, width: u32) -> Result<Vec<OfCustomers>, DataError> {
        let mut rows = BTreeMap::new();
        for (table, chunks) in of.rows {
            let mut dealt = self.dealer.deal_again(TableId(table), &chunks, (&of.customers, width), &self.places)?;
            dealt.sort_unstable_by_key(|chunk| (chunk.range, chunk.place));
            rows.insert(table, dealt);
        }
        Ok(split(OfCustomers { customers: of.customers, rows }, width))
    }

    /// About how many bytes it takes to work out some customers.
    fn cost(&self, of: &OfCustomers) -> u64 {
        let chunks = of.rows.values().flatten();
        let rows: u64 = chunks.map(|chunk| u64::from(chunk.rows) * OF_ROW + cells(chunk.texts, chunk.at)).sum();
        let all: u64 = self.customers.iter().map(|part| cells(part.texts, part.at)).sum();
        let customers = u64::from(of.customers.end - of.customers.start);
        rows + customers * (OF_CUSTOMER + all / u64::from(self.of_files.max(1)))
    }

    /// The next customers that fit into the room.
    pub(super) fn next(&mut self) -> Result<Option<Run>, DataError> {
        let most = self.how.customers.map_or(u32::MAX, count).max(1);
        let (mut ranges, mut cost, mut customers) = (Vec::new(), 0, 0);
        while let Some(range) = self.rest.pop() {
            let own = range.customers.end - range.customers.start;
            let of_range = self.cost(&range);
            if own > 1 && (of_range > self.how.room || own > most) {
                let width = self.width(&range.customers, FINER);
                let mut finer = self.finer(range, width)?;
                finer.reverse();
                self.rest.extend(finer);
                continue;
            }
            if !ranges.is_empty() && (cost + of_range > self.how.room || customers + own > most) {
                self.rest.push(range);
                break;
            }
            (cost, customers) = (cost + of_range, customers + own);
            ranges.push(range);
        }
        let ends = ranges.first().zip(ranges.last());
        let customers = ends.map(|(first, last)| first.customers.start..last.customers.end);
        Ok(customers.map(|customers| Run { customers, ranges }))
    }

    /// The data set of some customers. What is known of it is counted.
    pub(super) fn dataset(&mut self, run: &Run, ahead: &dyn Fn(&Stored) -> usize) -> Result<Dataset, DataError> {
        let customers = self.customers_of(&run.customers)?;
        let from = run.customers.start.max(self.of_files);
        let added =
            (from..run.customers.end).filter_map(|row| self.places.keys().get(row as usize).map(id_of)).collect();
        let mut events = Vec::new();
        for table in self.dealer.rows.keys() {
            let of_ranges = run.ranges.par_iter().map(|range| self.rows_of(TableId(*table), range, run));
            let mut all: Option<TableBuilder> = None;
            for part in of_ranges.collect::<Result<Vec<_>, DataError>>()?.into_iter().flatten() {
                match &mut all {
                    Some(all) => all.append(part),
                    None => all = Some(part),
                }
            }
            events.extend(all);
        }
        let own = assemble_range(self.program(), (customers, added), events, self.dealer.bound)?;
        for known in &own {
            let at = self.program().tables.get(known.table.0 as usize).and_then(|table| table.at);
            let times = at.and_then(|at| known.rows.columns.get(at.0 as usize)?.as_ref());
            self.seen.add_table(known.table, &known.rows, times.map_or(0, ahead));
            known.nested.iter().for_each(|(table, rows)| self.seen.add_table(*table, rows, 0));
            if let Some(report) = self.reports.get_mut(&known.table.0) {
                report.rows += known.rows.rows as u64;
                report.newest = report.newest.max(known.report.newest);
            }
        }
        let all = tables(own.into_iter().chain(self.others.iter().cloned()));
        let mut dataset = Dataset::of_tables(self.program().tables.len(), all);
        complete(self.program(), &mut dataset);
        self.misses(&dataset, true);
        Ok(dataset)
    }

    /// The customers of the files among some.
    fn customers_of(&mut self, customers: &Range<u32>) -> Result<TableBuilder, DataError> {
        let empty = self.dealer.empty.get(&CUSTOMERS.0).cloned().ok_or_else(|| self.dealer.file.torn())?;
        let mut all = empty.clone();
        let to = customers.end.min(self.of_files);
        let mut at = self.starts.partition_point(|start| *start <= customers.start).saturating_sub(1);
        while let Some((start, part)) =
            self.starts.get(at).zip(self.customers.get(at)).filter(|(start, _)| **start < to)
        {
            let (start, count) = (*start, part.rows);
            let rows = customers.start.max(start) - start..(to - start).min(count);
            let read = |bytes: &[u8]| {
                read_chunk(bytes, empty.clone()).map(|read| read.builder).ok_or_else(|| self.dealer.file.torn())
            };
            if rows == (0..count) {
                all.append(read(&self.dealer.file.bytes(part.at)?)?);
            } else if !rows.is_empty() {
                let part = match self.at_hand.take().filter(|(of, _)| *of == at) {
                    Some((_, part)) => part,
                    None => {
                        let mut part = read(&self.dealer.file.bytes(part.at)?)?;
                        part.ready();
                        part
                    }
                };
                let rows: Vec<u32> = rows.collect();
                all.append(read(&chunk(&part, &rows, None).0)?);
                self.at_hand = Some((at, part));
            }
            at += 1;
        }
        Ok(all)
    }

    /// The rows of a range's customers in a table, in the order of the files for each of them.
    fn rows_of(&self, table: TableId, range: &OfCustomers, run: &Run) -> Result<Option<TableBuilder>, DataError> {
        let mut all = self.dealer.empty.get(&table.0).cloned();
        let mut unchecked = 0;
        for chunk in range.rows.get(&table.0).into_iter().flatten() {
            // Asking the system costs more than reading a few rows.
            unchecked += chunk.at.length;
            if unchecked > CHECKED {
                unchecked = 0;
                self.dealer.check(&[(NEXT_ROWS, cells(chunk.texts, chunk.at))], || self.told_of(run))?;
            }
            if let (Some(all), Some(Read { builder, .. })) = (&mut all, self.dealer.read(table, chunk)?) {
                all.append(builder);
            }
        }
        let merging = all.as_ref().map_or(0, TableBuilder::merging);
        self.dealer.check(&[("putting columns together", merging)], || self.told_of(run))?;
        if let Some(all) = &mut all {
            all.merge();
        }
        Ok(all)
    }

    /// What takes how much of the memory while some customers are worked out.
    fn told_of(&self, run: &Run) -> Vec<(String, u64)> {
        let who = match (run.customers.end - run.customers.start, self.places.keys().text(run.customers.start as usize))
        {
            (1, Some(key)) => format!("the events and records of customer {key}, who are worked out at once"),
            (many, _) => format!("the events and records of {many} customers, who are worked out at once"),
        };
        vec![(who, run.ranges.iter().map(|range| self.cost(range)).sum()), self.missed_told()]
    }

    /// How much ids take that point nowhere: how many there are is only known of all of them.
    pub(super) fn missed_told(&self) -> (String, u64) {
        let missed = self.missed.values().map(|found| found.missed.bytes()).sum();
        ("ids that point at no row".to_owned(), missed)
    }

    /// Adds ids that point nowhere, of the tables that are put out or of those that are kept.
    fn misses(&mut self, dataset: &Dataset, put_out: bool) {
        let of_these = |table: TableId| self.dealer.empty.contains_key(&table.0) == put_out;
        for found in lookup_misses(self.program(), dataset, of_these) {
            let (TableId(table), FieldId(field)) = found.field;
            match self.missed.get_mut(&(table, field)) {
                Some(all) => all.missed.add(found.missed),
                None => _ = self.missed.insert((table, field), found),
            }
        }
    }

    /// What was counted, and what is known of the data.
    pub(super) fn told(self) -> (LoadReport, Seen) {
        let mut report = LoadReport::default();
        report.tables.extend(self.reports.into_values());
        report.tables.extend(self.others.into_iter().map(|known| known.report));
        report.tables.sort_by_key(|table| table.table);
        for missed in self.missed.into_values() {
            if let Some(table) = report.tables.iter_mut().find(|table| table.table == missed.top) {
                table.lookups.extend(missed.told(self.dealer.program));
            }
        }
        let mut seen = self.seen;
        seen.set_keys(Arc::clone(self.places.keys()));
        (report, seen)
    }
}

/// A range that is too large is dealt out to so many.
const FINER: u32 = 8;
/// After so many bytes that come back the bound is looked at.
const CHECKED: u64 = 1 << 20;

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn starts(customers: &[CustomersPart]) -> Vec<u32> {
    let mut next = 0;
    let start = |part: &CustomersPart| {
        let start = next;
        next += part.rows;
        start
    };
    customers.iter().map(start).collect()
}

fn tables(known: impl Iterator<Item = Known>) -> impl Iterator<Item = (TableId, crate::data::TableData)> {
    known.flat_map(|known| std::iter::once((known.table, known.rows)).chain(known.nested))
}

/// The customers in ranges of so many, to which their rows were dealt out.
fn split(of: OfCustomers, width: u32) -> Vec<OfCustomers> {
    let OfCustomers { customers, rows } = of;
    let mut rows: BTreeMap<u32, _> =
        rows.into_iter().map(|(table, chunks)| (table, chunks.into_iter().peekable())).collect();
    let mut ranges = Vec::new();
    let mut from = customers.start;
    for at in 0.. {
        // Nobody is a range too: there are answers about nobody.
        if from >= customers.end && at > 0 {
            break;
        }
        let to = from.saturating_add(width).min(customers.end);
        let own = rows.iter_mut().map(|(table, chunks)| {
            (*table, std::iter::from_fn(|| chunks.next_if(|chunk| chunk.range == at)).collect())
        });
        ranges.push(OfCustomers { customers: from..to, rows: own.collect() });
        from = to;
    }
    ranges
}

/// A key of a table that occurs twice.
fn repeated_keys(
    dealer: &Dealer<'_>,
    table: &TableBuilder,
    customers: &[CustomersPart],
) -> Result<Option<DataError>, DataError> {
    let found = match table.table {
        CUSTOMERS => dealer.places().keys().repeated(dealer.bound).map(|repeated| {
            let mut origins = Origins::default();
            customers.iter().for_each(|part| origins.append(part.origins.clone()));
            let key = dealer.places().keys().text(repeated.first as usize).unwrap_or_default();
            let shown = |row: u32| origins.shown(row as usize);
            (key, shown(repeated.first), shown(repeated.second), repeated.count)
        }),
        id => super::unique::repeated(dealer, id)?,
    };
    Ok(found.map(|(key, first, second, count)| DataError::DuplicateKey {
        table: table.name.to_string(),
        key,
        first,
        second,
        more: count - 1,
    }))
}
