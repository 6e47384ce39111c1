//! Customers with their events and records range by range, for data that do not fit into memory: the files are read once,
//! and what is needed of them put out to a temporary file, each row where the rows of its range of customers are. A range is
//! read again, becomes a small data set of its own, and is forgotten (a partition of both sides of a join, after Kitsuregawa,
//! Tanaka and Moto-oka, "Application of hash to data base machine and its architecture", New Generation Computing 1983,
//! here by ranges of the customers' order, so that answers come in that order).
//!
//! Customers themselves are put out in the order of the files. What says which range a row belongs to is the place of its
//! customer in that order.

mod deal;
mod places;
mod size;
mod store;
mod unique;
mod work;

use size::OF_CELL_READ;
pub(crate) use size::{loaded_size, reading_size};

use super::UnknownCustomers;
use super::dataset::Dataset;
use super::error::DataErrors;
use super::parts::{Seen, is_keyed, points_at_customers};
use super::read::{LoadOptions, Read, Sources, needed_of, read};
use super::report::LoadReport;
use super::stored::Stored;
use super::table::TableBuilder;
use crate::memory::Bound;
use deal::Dealer;
use segue_compiler::program::{CUSTOMERS, FieldId, Program, TableId};
use segue_compiler::syntax::tree::TableKind;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use store::{Stretch, Temporary};
use work::Work;

/// How customers are worked out range by range.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HowRanged<'h> {
    /// Where the temporary file is; in the system's folder for these where it is `None`.
    pub(crate) folder: Option<&'h Path>,
    /// How much memory the process may hold.
    pub(crate) bound: Option<Bound>,
    /// How many bytes the rows at hand may take, with what the engine makes of them.
    pub(crate) room: u64,
    /// At most so many customers are at hand.
    pub(crate) customers: Option<usize>,
    /// About how many bytes all of it would take.
    pub(crate) expected: u64,
    /// Parts of files that are read at once.
    pub(crate) threads: usize,
}

/// What became of the ranges.
#[derive(Debug)]
pub(crate) struct Ranges<R> {
    /// Of each range, in the order of the customers, with the number of customers before it.
    pub(crate) parts: Vec<(usize, R)>,
    pub(crate) seen: Seen,
    pub(crate) report: LoadReport,
    /// See [`super::Loaded::files`].
    pub(crate) files: Vec<PathBuf>,
    /// Bytes of the temporary file.
    pub(crate) put_out: u64,
}

/// What a row of events costs while its range is made ready and worked out, besides its cells: its customer, its place in
/// the order and its time, and the bits and totals of the engine.
const OF_ROW: u64 = 64;
/// How many times a range's cells are there at once: read, put together, put in order.
const COPIES: u64 = 3;
/// What a different text costs besides its letters: its counts and place, what finds it by its letters, made anew as it grows,
/// and its place in the order of keys.
const OF_TEXT: u64 = 120;

/// What rows that were put out cost once they are read again, with so many different texts.
fn cells(texts: u32, at: Stretch) -> u64 {
    u64::from(texts) * OF_TEXT + at.length * COPIES
}

/// What a customer costs, besides cells.
const OF_CUSTOMER: u64 = 48;
/// So many times more ranges than are expected, since some have more rows than others.
const FINER: u64 = 4;
/// Most ranges rows are dealt out to at once, and least rows of a part for each.
const MOST_RANGES: u64 = 512;
const ROWS_OF_CHUNK: usize = 2048;
const ROWS_OF_PART: Range<usize> = 1 << 16..1 << 18;

/// Whether the data that are needed can be worked out range by range: no customer is looked up.
pub(crate) fn can_be_ranged(program: &Program, sources: &Sources, options: &LoadOptions<'_>) -> bool {
    let keyed = program.tables.first().is_some_and(is_keyed);
    keyed && !points_at_customers(program, &needed_of(program, sources, options))
}

fn belong_to_customers(program: &Program, table: TableId) -> bool {
    let declared = program.tables.get(table.0 as usize);
    declared.is_some_and(|table| table.parent.is_none() && matches!(table.kind, TableKind::Events | TableKind::Records))
}

/// Reads the data, and gives what `each` makes of each range's data set; `weigh` says how many bytes that takes, and `ahead`
/// how many of some times are not looked at.
///
/// # Errors
/// As [`super::load`]; [`super::DataError::OverMemory`] where the bound does not do, and those of the temporary file.
pub(crate) fn read_ranges<R>(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    how: HowRanged<'_>,
    mut each: impl FnMut(&Dataset) -> R,
    (weigh, ahead): (impl Fn(&R) -> u64, &dyn Fn(&Stored) -> usize),
) -> Result<Ranges<R>, DataErrors> {
    let dealer = dealer(program, sources, options, how)?;
    let was_read = read(program, sources, options, (Some(&dealer), how.bound));
    if let Some(error) = dealer.over.get() {
        return Err(error.clone().into());
    }
    let Read { tables, warnings, files } = was_read?;
    let mut work = Work::new(&dealer, tables, how)?;
    options.progress.start("working out the segments", Some(work.customers().into()));
    let (mut parts, mut kept) = (Vec::new(), 0);
    while let Some(run) = work.next()? {
        let dataset = work.dataset(&run, ahead)?;
        let made = each(&dataset);
        drop(dataset);
        kept += weigh(&made);
        parts.push((run.customers.start as usize, made));
        dealer.check(&[], || vec![("what was worked out".to_owned(), kept), work.missed_told()])?;
        options.progress.advance((run.customers.end - run.customers.start).into());
    }
    options.progress.finish();
    let (report, seen) = work.told();
    Ok(Ranges { parts, seen, report: LoadReport { warnings, ..report }, files, put_out: dealer.file.size() })
}

fn dealer<'p>(
    program: &'p Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    how: HowRanged<'_>,
) -> Result<Dealer<'p>, DataErrors> {
    let has_customers = program.tables.first().is_some_and(|customers| sources.has(&customers.name));
    let needed = needed_of(program, sources, options);
    // As if all were loaded: customers who are only named by events have all their fields, and none known.
    let wanted = |table: TableId, field: FieldId| needed.field(table, field) || table == CUSTOMERS && !has_customers;
    let tables = program.tables.iter().zip(0..).map(|(_, table)| TableId(table));
    let is_dealt =
        |table: &TableId| *table == CUSTOMERS || needed.table(*table) && belong_to_customers(program, *table);
    let empty: BTreeMap<u32, TableBuilder> =
        tables.filter(is_dealt).map(|table| (table.0, TableBuilder::new(program, table, &wanted, 0))).collect();
    let rows = empty.keys().filter(|table| **table != CUSTOMERS.0).map(|table| (*table, Mutex::default())).collect();
    let ranges = (how.expected.div_ceil(how.room.max(1)) * FINER).clamp(1, MOST_RANGES);
    let ranges = u32::try_from(ranges).unwrap_or(1);
    // Each has enough rows to be worth a place of its own, as far as a part of so many leaves room.
    let columns = empty.values().map(|table| table.fields.len()).max().unwrap_or(0).max(1);
    let fit = usize::try_from(how.room / 2).unwrap_or(usize::MAX) / (columns * OF_CELL_READ as usize);
    let rows_of_part = (ranges as usize * ROWS_OF_CHUNK).min(fit).clamp(ROWS_OF_PART.start, ROWS_OF_PART.end);
    Ok(Dealer {
        program,
        empty,
        file: Temporary::new(how.folder, how.expected / COPIES)?,
        customers: Mutex::default(),
        rows,
        customers_known: OnceLock::new(),
        has_customers,
        adding: !has_customers || options.unknown_customers == UnknownCustomers::Add,
        ranges,
        rows_of_part,
        threads: how.threads,
        bound: how.bound,
        room: how.room,
        over: OnceLock::new(),
    })
}
