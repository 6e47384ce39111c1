//! From files to answers in one go.
//!
//! Where a request reads nothing but the customers' own fields, nobody is kept: a part of the customers is read, packed,
//! run through the engine and forgotten, on all threads at once. Otherwise all that is needed is loaded, and then run; where
//! that does not fit into memory, customers are worked out range by range with their events and records, by way of a
//! temporary file. The answers, their order and what is told are the same either way.

mod answers;
#[cfg(test)]
mod ranges_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod told;

use crate::base::{self, Surveyed};
use crate::data::{
    CustomerKeys, DataError, DataErrors, Dataset, HowParted, HowRanged, LoadOptions, LoadReport, Loaded, Origin, Seen,
    Sources, Stored, StoredValues, Unused, Whole, can_be_parted, can_be_ranged, check, is_keyed, load_files,
    load_within, loaded_size, of_prepared, over_memory, read_parts, read_ranges, reading_size,
};
use crate::engine::{EngineError, Manner, Planned, Room, run_with};
use crate::interpret::InterpretError;
use crate::memory::{self, Bound};
use crate::others;
use crate::outcome::{Members, Outcome, Request};
use segue_compiler::plan::{Op, Plan};
use segue_compiler::program::{CUSTOMERS, Program, TableId};
use segue_compiler::values::calendar::Clock;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a run gave, and what is known of its data.
#[derive(Debug)]
pub struct Ran {
    /// The answers.
    pub outcome: Outcome,
    /// What was counted while reading.
    pub report: LoadReport,
    /// The files that are named as data, needed or not, by their canonical paths: nothing may be written over them.
    pub files: Vec<PathBuf>,
    /// The data, or what is still known of them.
    pub data: Known,
    /// Where the data came from.
    pub origin: Origin,
    /// Where the data did not fit into memory: how they were worked out.
    pub ranged: Option<InRanges>,
}

/// How customers were worked out range by range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InRanges {
    /// How many ranges there were.
    pub ranges: usize,
    /// Bytes of the temporary file.
    pub temporary: u64,
}

/// Data that are held, or what is known of those that were read part by part.
#[derive(Debug)]
pub enum Known {
    /// All that was needed.
    Held(Dataset),
    /// Customers who were forgotten as soon as they were worked out.
    Seen(Seen),
}

impl Known {
    /// The keys of all customers.
    pub fn keys(&self, program: &Program) -> Option<CustomerKeys<'_>> {
        match self {
            Known::Held(_) => self.keys_of(program, CUSTOMERS),
            Known::Seen(seen) => Some(CustomerKeys::of_seen(seen)),
        }
    }

    /// The keys of the rows of another table, where they are held.
    pub fn keys_of(&self, program: &Program, table: TableId) -> Option<CustomerKeys<'_>> {
        match self {
            Known::Held(dataset) => {
                dataset.column(table, program.tables.get(table.0 as usize)?.key?).map(CustomerKeys::of_column)
            }
            Known::Seen(_) => None,
        }
    }
}

/// Why a run gave no answers.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data stand in the way.
    #[error(transparent)]
    Data(#[from] DataErrors),
    /// The engine does.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The interpreter does.
    #[error(transparent)]
    Interpreter(#[from] InterpretError),
}

/// Rows of a part, few enough to stay in the caches.
const ROWS_OF_PART: usize = 1 << 16;
/// For each so many nodes of a plan parts are larger by as much, so that what is done once for each part does not count.
const NODES_A_PART: usize = 64;
/// How many times larger they become.
const LARGEST: usize = 8;

/// Memory for each thread that reads parts, with a share of what the program itself takes: with less, fewer read at once.
const OF_THREAD: u64 = 48 << 20;

const WORK: &str = "customers while they are worked out";
const WORKING: &str = "working out the segments";
const WRITING: &str = "writing them";
const ANSWERS: &str = "who is in which segment and part";

/// Memory for what threads need besides: their stacks, what they have freed, small things.
const OF_WORK: u64 = 28 << 20;
/// Memory for each row that the interpreter counts of a customer, and as it makes room for more.
const OF_COUNTED: u64 = 96;
/// Memory for writing who is in which segment.
const OF_WRITING: u64 = 16 << 20;
/// The least that the rows at hand are given.
const LEAST_ROOM: u64 = 4 << 20;

/// How a run is carried out. Answers do not depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct How<'h> {
    /// How the engine works.
    pub manner: Manner,
    /// How much memory the process may hold. Where there is no bound, data that need more than the system has free are
    /// worked out as if that were the bound.
    pub memory: Option<Bound>,
    /// The folder of the temporary file that data go to which do not fit into memory; the system's if `None`.
    pub temporary: Option<&'h Path>,
    /// Customers are worked out in ranges of at most so many, whether the data fit into memory or not.
    pub customers: Option<usize>,
}

/// Reads what a request needs and works it out. Uses the threads of the rayon pool it is called in.
///
/// # Errors
/// See [`RunError`].
pub fn run(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    how: How<'_>,
) -> Result<Ran, RunError> {
    run_by(program, sources, options, request, (how, None))
}

/// The same with parts of so many rows.
fn run_by(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    (how, rows): (How<'_>, Option<usize>),
) -> Result<Ran, RunError> {
    let (memory, in_ranges) = (how.memory, how.customers.is_some());
    if memory.is_some() {
        memory::keep_little();
    }
    let origin = match of_prepared(program, sources, options, memory) {
        Ok(loaded) if !in_ranges => {
            let ran = run_held(program, loaded, options, request, how.clone());
            let Some((needed, bound)) = ran.as_ref().err().and_then(over) else { return ran };
            // What reads files need not hold all of them.
            memory::give_back();
            Origin::SourcesInstead(Unused::TooLarge { needed: memory::shown(needed), bound: bound.to_string() })
        }
        Ok(_) => Origin::Sources,
        Err(origin) => origin,
    };
    match run_files(program, sources, options, request, (how, rows)) {
        Ok(ran) => Ok(Ran { origin, ..ran }),
        Err(RunError::Data(errors)) => Err(errors.of(origin).into()),
        Err(error) => Err(error),
    }
}

/// The same from the files themselves.
fn run_files(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    (how, rows): (How<'_>, Option<usize>),
) -> Result<Ran, RunError> {
    let How { manner, memory, customers, .. } = how.clone();
    let in_ranges = customers.is_some();
    if others::asks(program, request) {
        let held = held_at_once(program, sources, options, request, how);
        return held.map_err(|error| match error {
            RunError::Data(errors) => errors.because(Whole::OtherTables).into(),
            error => error,
        });
    }
    if base::asks(program, request) {
        return run_levels(program, sources, options, request, (how, rows));
    }
    if !in_ranges && can_be_parted(program, sources, options) && request.traits.is_empty() {
        let planned = Planned::new(program, request, manner.clone())?;
        if judges_customers_alone(program, planned.plan()) {
            return run_parts(program, sources, options, request, (&planned, memory, rows));
        }
    }
    if can_be_ranged(program, sources, options) {
        let planned = Planned::new(program, request, manner)?;
        if looks_up_no_customers(planned.plan()) {
            let size = loaded_size(program, sources, options);
            if !in_ranges && bound_for(size, memory).is_none() {
                // Without a bound nothing is refused, but what the system has free says which way to go.
                let loaded = load_files(program, sources, options, memory.or_else(free)).map_err(RunError::from);
                let ran = loaded.and_then(|loaded| run_held(program, loaded, options, request, how.clone()));
                // Files do not tell all.
                if ran.as_ref().err().and_then(over).is_none() {
                    return ran;
                }
                memory::give_back();
            }
            return run_ranges(program, sources, options, request, (&planned, how, size));
        }
    }
    held_at_once(program, sources, options, request, how)
}

/// The same where something asks about the whole base. Data that are held answer that themselves; otherwise the files are read
/// once more for each level.
fn run_levels(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    (how, rows): (How<'_>, Option<usize>),
) -> Result<Ran, RunError> {
    let in_ranges = how.customers.is_some();
    if can_be_ranged(program, sources, options) {
        if !in_ranges && bound_for(loaded_size(program, sources, options), how.memory).is_none() {
            let loaded = load_files(program, sources, options, how.memory.or_else(free)).map_err(RunError::from);
            let ran = loaded.and_then(|loaded| run_held(program, loaded, options, request, how.clone()));
            if ran.as_ref().err().and_then(over).is_none() {
                return ran;
            }
            memory::give_back();
        }
        let bound = bound_for(loaded_size(program, sources, options), how.memory).or(how.memory);
        let answered = base::answered(program, request, bound, |program, request| {
            let ran = run_files(program, sources, options, request, (how.clone(), rows))?;
            let (outcome, data, program) = (ran.outcome, ran.data, program.clone());
            let key = move |row| Arc::from(data.keys(&program).map(|keys| keys.text(row)).unwrap_or_default());
            Ok::<_, RunError>(Surveyed { outcome, keys: Box::new(key) })
        })?;
        let program = answered.as_ref().unwrap_or(program);
        let mut ran = run_files(program, sources, options, request, (how, rows))?;
        ran.outcome.answers = program.answers.clone();
        return Ok(ran);
    }
    held_at_once(program, sources, options, request, how)
}

/// Holds all data, and works them out.
fn held_at_once(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    how: How<'_>,
) -> Result<Ran, RunError> {
    let loaded = load_files(program, sources, options, how.memory);
    // Customers whom their keys tell apart are only in each other's way.
    let looked_up = program.tables.first().is_some_and(is_keyed);
    let loaded = loaded.map_err(|errors| if looked_up { errors.because(Whole::CustomersLookedUp) } else { errors })?;
    run_held(program, loaded, options, request, how)
}

/// The bound that data of so many bytes do not keep to: the one given, or what the system has free.
fn bound_for(size: u64, given: Option<Bound>) -> Option<Bound> {
    let bound = given.or_else(free)?;
    (size.saturating_add(memory::held().unwrap_or(0)) > bound.0).then_some(bound)
}

/// What the process may hold if it takes all that the system has free.
fn free() -> Option<Bound> {
    let held = memory::held().unwrap_or(0);
    memory::available().map(|free| Bound(held.saturating_add(free)))
}

/// What was needed, and the bound, where nothing but that stood in the way.
fn over(error: &RunError) -> Option<(u64, Bound)> {
    let RunError::Data(errors) = error else { return None };
    let over = |error: &DataError| match error {
        DataError::OverMemory { needed, bound, .. } => Some((*needed, *bound)),
        _ => None,
    };
    errors.errors.iter().map(over).collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// Works a request out over data that are held.
fn run_held(
    program: &Program,
    loaded: Loaded,
    options: &LoadOptions<'_>,
    request: &Request,
    How { manner, memory, .. }: How<'_>,
) -> Result<Ran, RunError> {
    if let Some(bound) = memory {
        let answers = of_answers(request, customers_of(&loaded));
        let writing = if request.members { OF_WRITING } else { 0 };
        let coming = [(ANSWERS, answers), (WRITING, writing)];
        check(bound, &coming, Vec::new).map_err(DataErrors::from)?;
    }
    options.progress.start(WORKING, None);
    // How much members take is known as they are worked out.
    let outcome = run_with(program, &loaded.dataset, request, manner, &Room::bounded(memory));
    let outcome = outcome.map_err(|error| full(error, memory))?;
    options.progress.finish();
    if let Some(bound) = memory.filter(|_| request.members) {
        check(bound, &[(WRITING, OF_WRITING)], Vec::new).map_err(DataErrors::from)?;
    }
    let Loaded { dataset, report, files, origin } = loaded;
    Ok(Ran { outcome, report, files, data: Known::Held(dataset), origin, ranged: None })
}

/// What the engine lacks memory for is told as what loading lacks it for.
fn full(error: EngineError, memory: Option<Bound>) -> RunError {
    let EngineError::Full { needed, members, work } = error else { return error.into() };
    let bound = memory.unwrap_or(Bound(u64::MAX));
    let parts = vec![(ANSWERS.to_owned(), members), (WORK.to_owned(), work)];
    DataErrors::from(over_memory(bound, needed, parts)).into()
}

/// Loads what a request needs, and has the interpreter work it out, customer by customer.
///
/// # Errors
/// See [`RunError`].
pub fn interpret(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    memory: Option<Bound>,
) -> Result<Ran, RunError> {
    if memory.is_some() {
        memory::keep_little();
    }
    let loaded = load_within(program, sources, options, memory);
    let loaded = loaded.map_err(|errors| errors.because(Whole::Interpreter))?;
    options.progress.start(WORKING, None);
    if let Some(bound) = memory {
        let answers = of_answers(request, customers_of(&loaded));
        let coming = [(ANSWERS, answers), (WORK, most_rows(&loaded.dataset) * OF_COUNTED)];
        let fits = check(bound, &coming, Vec::new).map_err(DataErrors::from);
        fits.map_err(|errors| errors.because(Whole::Interpreter))?;
    }
    let outcome = crate::interpret::run(program, &loaded.dataset, request)?;
    options.progress.finish();
    let Loaded { dataset, report, files, origin } = loaded;
    Ok(Ran { outcome, report, files, data: Known::Held(dataset), origin, ranged: None })
}

/// Whether the plan reads nothing but each customer's own fields and lists.
fn judges_customers_alone(program: &Program, plan: &Plan) -> bool {
    let own = |mut table: TableId| {
        while let Some((parent, _)) = program.tables.get(table.0 as usize).and_then(|found| found.parent) {
            table = parent;
        }
        table == CUSTOMERS
    };
    plan.nodes.iter().all(|node| match &node.op {
        Op::LookupRow { .. } | Op::Gather { .. } => false,
        Op::Column(table, _) => own(*table),
        _ => true,
    }) && plan.passes.iter().all(|pass| own(pass.rows.innermost()))
}

fn run_parts(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    (planned, bound, rows): (&Planned<'_>, Option<Bound>, Option<usize>),
) -> Result<Ran, RunError> {
    let key = program.tables.first().and_then(|customers| customers.key);
    let reads_key = |op: &Op| matches!(op, Op::Column(CUSTOMERS, field) if Some(*field) == key);
    let with_keys = planned.plan().nodes.iter().any(|node| reads_key(&node.op));
    let room = Room::bounded(bound);
    let each = |dataset: &Dataset, alone: bool| planned.run(dataset, if alone { request.threads } else { 1 }, &room);
    let many = ROWS_OF_PART * (planned.plan().nodes.len() / NODES_A_PART).clamp(1, LARGEST);
    // Whoever says how many rows are at hand has looked after that.
    let (threads, _) = reading(program, sources, options, (bound, bound.filter(|_| rows.is_none())))?;
    let many = if threads < rayon::current_num_threads() { ROWS_OF_PART } else { many };
    let rows = rows.unwrap_or(many);
    let how = HowParted { rows, threads, with_keys, bound };
    let weigh = |made: &Result<Outcome, EngineError>| made.as_ref().map(weight).unwrap_or_default();
    let parts = read_parts(program, sources, options, how, each, weigh)?;
    let customers = parts.seen.rows(CUSTOMERS);
    let outcome = joined(parts.parts, customers, planned.plan(), request, bound)?;
    let data = Known::Seen(parts.seen);
    Ok(Ran { outcome, report: parts.report, files: parts.files, data, origin: Origin::Sources, ranged: None })
}

/// The answers of all parts as one, and room left to write them.
fn joined(
    parts: Vec<(usize, Result<Outcome, EngineError>)>,
    customers: usize,
    plan: &Plan,
    request: &Request,
    bound: Option<Bound>,
) -> Result<Outcome, RunError> {
    let within = |coming: (&str, u64)| {
        let Some(bound) = bound else { return Ok(()) };
        // What worked them out is gone.
        memory::give_back();
        check(bound, &[coming], Vec::new).map_err(DataErrors::from)
    };
    within((ANSWERS, of_answers(request, customers)))?;
    let outcome =
        answers::joined(parts, customers, plan, request, bound.is_some()).map_err(|error| full(error, bound))?;
    within((WRITING, if request.members { OF_WRITING } else { 0 }))?;
    Ok(outcome)
}

/// How many threads may read files at once, and how many bytes that takes them; with a bound that is given there must be room
/// for one.
///
/// # Errors
/// There is not.
fn reading(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    (bound, given): (Option<Bound>, Option<Bound>),
) -> Result<(usize, u64), DataErrors> {
    let Some(bound) = bound else { return Ok((usize::MAX, 0)) };
    let of_one = reading_size(program, sources, options);
    let threads = usize::try_from(bound.0 / OF_THREAD.max(2 * of_one)).unwrap_or(1);
    let threads = threads.clamp(1, rayon::current_num_threads());
    let of_all = of_one * threads as u64 + OF_WORK;
    given.map_or(Ok(()), |bound| check(bound, &[("reading the files", of_all)], Vec::new))?;
    Ok((threads, of_all))
}

/// The most rows that one row has of a table below it.
fn most_rows(data: &Dataset) -> u64 {
    let groups = data.tables.iter().filter_map(|table| table.groups.as_deref());
    let of_table = |groups: &[u32]| {
        groups.windows(2).map(|ends| ends.last().zip(ends.first()).map_or(0, |(to, from)| to - from)).max()
    };
    groups.filter_map(of_table).max().unwrap_or(0).into()
}

fn customers_of(loaded: &Loaded) -> usize {
    loaded.dataset.table(CUSTOMERS).map_or(0, |table| table.rows)
}

/// Bytes of who is in which part, and of values; what members take is known as they are worked out.
fn of_answers(request: &Request, customers: usize) -> u64 {
    let parts = (request.partitions.len() * customers * size_of::<u32>()) as u64;
    match request.traits.is_empty() {
        true => parts,
        false => parts + base::weight(request, customers),
    }
}

/// Whether a customer's answers do not depend on other customers.
fn looks_up_no_customers(plan: &Plan) -> bool {
    !plan.nodes.iter().any(|node| matches!(&node.op, Op::LookupRow { table, .. } if *table == CUSTOMERS))
}

/// Works a request out range by range of customers; all of the data would take `size` bytes.
fn run_ranges(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    (planned, how, size): (&Planned<'_>, How<'_>, u64),
) -> Result<Ran, RunError> {
    // As much as the bound leaves, with a part of it for what is not known beforehand.
    let held = memory::held().unwrap_or(0);
    let bound = how.memory.or_else(|| bound_for(size, None));
    if bound.is_some() {
        memory::keep_little();
    }
    let given = how.memory.filter(|_| how.customers.is_none());
    let (threads, of_reading) = reading(program, sources, options, (bound, given))?;
    let room = bound.map_or(u64::MAX, |bound| bound.0.saturating_sub(held + of_reading) / 4 * 3).max(LEAST_ROOM);
    let ranged =
        HowRanged { folder: how.temporary, bound: how.memory, room, customers: how.customers, expected: size, threads };
    let settings = &program.settings;
    let clock = Clock { as_of: request.as_of, zone: settings.zone, week_start: settings.week_start };
    let ahead = |times: &Stored| ahead(times, &clock);
    let members = Room::bounded(how.memory);
    let each = |dataset: &Dataset| planned.run(dataset, request.threads, &members);
    let weigh =
        |made: &Result<Outcome, EngineError>| made.iter().flat_map(weight).map(|(_, bytes)| bytes as u64).sum::<u64>();
    let ranges = read_ranges(program, sources, options, ranged, each, (weigh, &ahead))?;
    let customers = ranges.seen.rows(CUSTOMERS);
    let in_ranges = InRanges { ranges: ranges.parts.len(), temporary: ranges.put_out };
    let outcome = joined(ranges.parts, customers, planned.plan(), request, how.memory)?;
    Ok(Ran {
        outcome,
        report: ranges.report,
        files: ranges.files,
        data: Known::Seen(ranges.seen),
        origin: Origin::Sources,
        ranged: Some(in_ranges),
    })
}

/// How many of some times lie at or after the moment of a run; events that have only a date exist once their day is over.
pub(crate) fn ahead(times: &Stored, clock: &Clock) -> usize {
    match times.values() {
        StoredValues::Instant(times) => times.count_not_below(clock.as_of),
        StoredValues::Date(days) => days.count_not_below(i64::from(clock.today())),
        _ => 0,
    }
}

/// Bytes of what is kept of a part.
fn weight(outcome: &Outcome) -> Vec<(&'static str, usize)> {
    let members = outcome.segments.first().map_or(0, Members::bytes_of_run);
    let parts: usize = outcome.partitions.iter().map(|part_of| size_of_val(part_of.as_slice())).sum();
    // A value and whether it is known.
    let values = outcome.traits.len() * outcome.customers * (size_of::<i64>() + 1);
    vec![(ANSWERS, members + parts + values)]
}
