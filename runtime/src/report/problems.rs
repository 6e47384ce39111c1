//! What was left out of a run, and why: arithmetic that failed, values that are missing, rows that point nowhere.
//! Nothing is left out silently (rules 1 and 9).
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::phrase::{count, counted, list, percent, some};
use super::{Gathered, fields};
use crate::data::TableReport;
use crate::outcome::{self, ProblemKind};
use segue_compiler::program::{CUSTOMERS, Table, TableId};
use segue_compiler::project::run_out;
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::TableKind;
use segue_compiler::values::calendar::{Clock, MICROS_PER_DAY, date_text, instant_text, local_time};
use std::cmp::Reverse;

/// One reason why customers or rows were left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Of which kind.
    pub kind: Kind,
    /// Where: a place in the rules, a field, or a table.
    pub place: String,
    /// How many customers, rows or cells, by kind.
    pub count: u64,
    /// A few of them: customers' keys, ids, or values.
    pub examples: Vec<String>,
    /// The problem as a sentence for people.
    pub sentence: String,
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Rows with a cell that could not be converted, left out as `--bad-rows` asked for.
    BadRows,
    /// Events and records of customers that are not in the customers' data.
    UnknownCustomers,
    /// Ids that point at no row of their table.
    LookupWithoutRow,
    /// Values that are not among a field's listed ones.
    OutsideListedValues,
    /// Events at or after `as of`.
    FutureEvents,
    /// The newest event lies long before `as of`.
    OldData,
    /// Clock times that a change of the clocks skipped or repeated.
    ClockChange,
    /// A divisor was zero.
    DivisionByZero,
    /// A result left its range.
    Overflow,
    /// A field that segments ask about is missing.
    MissingValues,
}

impl Kind {
    /// Its word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::BadRows => "bad_rows",
            Kind::UnknownCustomers => "unknown_customers",
            Kind::LookupWithoutRow => "lookup_without_row",
            Kind::OutsideListedValues => "outside_listed_values",
            Kind::FutureEvents => "future_events",
            Kind::OldData => "old_data",
            Kind::ClockChange => "clock_change",
            Kind::DivisionByZero => "division_by_zero",
            Kind::Overflow => "overflow",
            Kind::MissingValues => "missing_values",
        }
    }
}

/// How many days the newest event may lie before `as of` without a word.
const OLD_AFTER_DAYS: i64 = 31;
/// A run counts as looking back once its `as of` lies this long before its start, in microseconds.
const LOOKING_BACK: i64 = 24 * 3_600 * 1_000_000;

/// All problems of a run, by kind.
pub(super) fn gather(run: &Gathered<'_>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = run.load.tables.iter().flat_map(loaded).collect();
    problems.extend(future_events(run));
    problems.extend(old_data(run));
    problems.extend(run.outcome.problems.iter().map(|problem| arithmetic(run, problem, CUSTOMERS)));
    for of in &run.outcome.others {
        problems.extend(of.problems.iter().map(|problem| arithmetic(run, problem, of.table)));
    }
    problems.extend(missing(run));
    problems.sort_by_key(|problem| problem.kind);
    problems
}

/// Sentences that are no problem but must be known.
pub(super) fn notes(run: &Gathered<'_>) -> Vec<String> {
    let mut notes: Vec<String> = run.load.warnings.iter().map(|warning| warning.text.clone()).collect();
    if run.request.as_of < run.started.saturating_sub(LOOKING_BACK) {
        notes.push(
            "as of lies in the past: events are taken as they were then, but customers' fields as they are in the data"
                .into(),
        );
    }
    notes.extend(run_out(run.program, run.request.as_of).map(|(occasion, last)| {
        format!("the days of `{}` are over: the last one written is {}", occasion.name, date_text(last))
    }));
    let date_only = run.program.tables.iter().filter(|table| table.kind == TableKind::Events && only_has_dates(table));
    let names: Vec<String> = date_only.map(|table| format!("`{}`", table.name)).collect();
    if !names.is_empty() && local_time(run.request.as_of, run.program.settings.zone).micros != 0 {
        let verb = if names.len() == 1 { "has" } else { "have" };
        notes.push(format!("{} {verb} dates without a time: an event counts once its day is over", list(&names)));
    }
    notes
}

fn only_has_dates(table: &Table) -> bool {
    let at = table.at.and_then(|at| table.fields.get(at.0 as usize));
    at.is_some_and(|field| field.ty == segue_compiler::program::Type::Date)
}

fn loaded(table: &TableReport) -> Vec<Problem> {
    let name = &table.name;
    let mut problems = Vec::new();
    if table.bad_rows > 0 {
        let examples: Vec<String> = table.bad_cells.iter().take(3).map(ToString::to_string).collect();
        problems.push(Problem {
            kind: Kind::BadRows,
            place: name.to_string(),
            count: table.bad_rows,
            sentence: format!(
                "{} of `{name}` could not be read and {} left out:\n{}",
                counted(table.bad_rows, "row", "rows"),
                if table.bad_rows == 1 { "is" } else { "are" },
                examples.join("\n"),
            ),
            examples,
        });
    }
    let unknown = &table.unknown_customers;
    if unknown.rows > 0 {
        problems.push(Problem {
            kind: Kind::UnknownCustomers,
            place: name.to_string(),
            count: unknown.rows,
            examples: unknown.examples.clone(),
            sentence: format!(
                "{} of `{name}` {} of {} that the customers' data do not have (such as {}); {}",
                counted(unknown.rows, "row", "rows"),
                if unknown.rows == 1 { "is" } else { "are" },
                counted(unknown.distinct, "customer", "customers"),
                list(&unknown.examples),
                match (table.unknown_added, unknown.rows) {
                    (true, _) => "the customers were added, with nothing else known of them",
                    (false, 1) => "it was left out",
                    (false, _) => "they were left out",
                },
            ),
        });
    }
    for lookup in &table.lookups {
        problems.push(Problem {
            kind: Kind::LookupWithoutRow,
            place: format!("{name}.{}", lookup.name),
            count: lookup.misses.rows,
            examples: lookup.misses.examples.clone(),
            sentence: format!(
                "`{name}.{}` points at {} that `{}` does not have, in {} (such as {}); what is asked of {} is missing",
                lookup.name,
                counted(lookup.misses.distinct, "id", "ids"),
                lookup.target,
                counted(lookup.misses.rows, "row", "rows"),
                list(&lookup.misses.examples),
                if lookup.misses.distinct == 1 { "it" } else { "them" },
            ),
        });
    }
    for outside in &table.outside {
        let values: Vec<String> =
            outside.values.iter().map(|(value, times)| format!("\"{value}\" ({})", count(*times))).collect();
        problems.push(Problem {
            kind: Kind::OutsideListedValues,
            place: format!("{name}.{}", outside.column),
            count: outside.count,
            examples: outside.values.iter().map(|(value, _)| value.clone()).collect(),
            sentence: format!(
                "{} of \"{}\" in `{name}` {} not among the listed ones and so missing: {}",
                counted(outside.count, "value", "values"),
                outside.column,
                if outside.count == 1 { "is" } else { "are" },
                list(&values),
            ),
        });
    }
    problems.extend(clock_changes(table));
    problems
}

fn clock_changes(table: &TableReport) -> Option<Problem> {
    let total = table.gap_times + table.overlap_times;
    let kinds = [
        (table.gap_times, "did not exist when the clocks went forward, and moved on by an hour"),
        (table.overlap_times, "occurred twice when the clocks went back; the earlier was taken"),
    ];
    let parts: Vec<String> = kinds
        .iter()
        .filter(|(times, _)| *times > 0)
        .map(|(times, what)| format!("{} {what}", counted(*times, "time", "times")))
        .collect();
    (total > 0).then(|| Problem {
        kind: Kind::ClockChange,
        place: table.name.to_string(),
        count: total,
        examples: Vec::new(),
        sentence: format!("of the times in `{}`, {}", table.name, list(&parts)),
    })
}

/// Events that do not exist for this run yet (rule 1).
fn future_events(run: &Gathered<'_>) -> Vec<Problem> {
    let clock = clock(run);
    let mut problems = Vec::new();
    for (at, table) in run.program.tables.iter().enumerate() {
        let Some(time) = table.at else { continue };
        let id = TableId(at as u32);
        let ahead = run.dataset.ahead(id, time, &clock) as u64;
        if ahead > 0 {
            let rows = run.dataset.rows(id) as u64;
            problems.push(Problem {
                kind: Kind::FutureEvents,
                place: table.name.to_string(),
                count: ahead,
                examples: Vec::new(),
                sentence: format!(
                    "{} of the {} rows of `{}` lie at or after as of and were not looked at",
                    count(ahead),
                    count(rows),
                    table.name
                ),
            });
        }
    }
    problems
}

/// Figures about "the last 30 days" mean little where the newest event is older than that.
fn old_data(run: &Gathered<'_>) -> Option<Problem> {
    let newest = run.load.tables.iter().filter_map(|table| table.newest.map(|newest| (newest, table)));
    let (newest, table) = newest.max_by_key(|(newest, _)| *newest)?;
    let days = run.request.as_of.saturating_sub(newest) / MICROS_PER_DAY;
    let zone = run.program.settings.zone;
    let newest_day = local_time(newest, zone).day;
    let (day, next) = (date_text(newest_day), date_text(newest_day.saturating_add(1)));
    (days > OLD_AFTER_DAYS).then(|| Problem {
        kind: Kind::OldData,
        place: table.name.to_string(),
        count: u64::try_from(days).unwrap_or(0),
        examples: vec![day.clone()],
        sentence: format!(
            "the newest event in the data is of {day}, {} before as of ({}): windows such as \"in the last 30 days\" \
             may be empty; --as-of {next} looks from there",
            counted(u64::try_from(days).unwrap_or(0), "day", "days"),
            instant_text(run.request.as_of, zone),
        ),
    })
}

fn arithmetic(run: &Gathered<'_>, problem: &outcome::Problem, of: TableId) -> Problem {
    let (kind, what) = match problem.kind {
        ProblemKind::DivisionByZero => (Kind::DivisionByZero, "divides by zero"),
        ProblemKind::Overflow => (Kind::Overflow, "leaves the range of its numbers"),
    };
    let key = |row: &u32| match of {
        CUSTOMERS => run.dataset.key(run.program, *row as usize),
        table => run.dataset.key_of(run.program, table, *row as usize),
    };
    let examples: Vec<String> = problem.examples.iter().filter_map(key).collect();
    let whose = match (of, examples.len()) {
        (CUSTOMERS, 1) => "customer".to_owned(),
        (CUSTOMERS, _) => "customers".to_owned(),
        (table, _) => run.program.tables[table.0 as usize].name.to_string(),
    };
    let written = run.sources.slice(problem.span).split_whitespace().collect::<Vec<_>>().join(" ");
    let such = match examples.len() {
        0 => String::new(),
        _ => format!(", such as of {whose} {}", list(&examples)),
    };
    let place = place(run, problem.span);
    Problem {
        kind,
        count: problem.count,
        sentence: format!(
            "`{written}` ({place}) {what} in {}{such}, and is missing there",
            counted(problem.count, "case", "cases"),
        ),
        place,
        examples,
    }
}

/// `traits.segue:12:25`
fn place(run: &Gathered<'_>, span: Span) -> String {
    let Some(file) = run.sources.get(span.file) else { return String::new() };
    let (line, column) = file.line_column(span.start);
    format!("{}:{line}:{column}", file.name)
}

/// Fields that are missing for some and that the run asked about, those missing most first.
fn missing(run: &Gathered<'_>) -> Vec<Problem> {
    let mut askers = fields::askers(run.program, &run.request.segments, &run.request.partitions);
    for (table, segment) in &run.request.others {
        fields::add_askers_of_other(run.program, *table, *segment, &mut askers);
    }
    let mut found = Vec::new();
    for (place, askers) in askers {
        let Some(unknown) = run.dataset.missing(place.0, place.1) else { continue };
        let rows = run.dataset.rows(place.0);
        if unknown == 0 {
            continue;
        }
        let share = unknown as f64 / rows as f64;
        let table = &run.program.tables[place.0.0 as usize];
        let name = fields::name(run.program, place);
        let of = match table.kind {
            TableKind::Customers => counted(rows as u64, "customer", "customers"),
            _ => format!("{} of `{}`", counted(rows as u64, "row", "rows"), table.name),
        };
        let sentence = format!(
            "{name} is missing for {} of {of} ({}); asked about by {}",
            count(unknown as u64),
            percent(share),
            some(&askers, 4),
        );
        let place = name.trim_matches('`').to_owned();
        let problem = Problem { kind: Kind::MissingValues, place, count: unknown as u64, examples: askers, sentence };
        found.push((table.kind != TableKind::Customers, share, problem));
    }
    found.sort_by(|(other, share, _), (another, second, _)| {
        other.cmp(another).then(Reverse(share.to_bits()).cmp(&Reverse(second.to_bits())))
    });
    found.into_iter().map(|(_, _, problem)| problem).collect()
}

fn clock(run: &Gathered<'_>) -> Clock {
    Clock { as_of: run.request.as_of, zone: run.program.settings.zone, week_start: run.program.settings.week_start }
}
