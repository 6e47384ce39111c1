//! Segments of other tables' rows (`segment no_chief of companies { ... }`), worked out before whatever asks about them: see
//! docs/other-tables.md.
//!
//! What such segments say is a program of its own ([`Other`]), over the same data seen from that table (`rebase`). Whether a
//! row is in one becomes a column of its table, so that behind this stage there are only fields. What they ask of customers in
//! turn, traits and segments among it, is worked out before them, by the program itself.

mod rebase;
#[cfg(test)]
mod tests;

use crate::data::{Column, Dataset, Dictionary, Stored, Values, needed_fields};
use crate::outcome::{Members, NO_PART, OfOther, Outcome, Problem, Request};
pub(crate) use rebase::{Arranged, Way};
use rebase::{Seen, rebased};
use rustc_hash::FxHashMap;
use segue_compiler::plan::Selection;
use segue_compiler::program::{Answered, FieldId, FieldSource, Item, Other, Program, RowsOf, SegmentId, TableId};
use std::sync::Arc;

/// Whether a request asks about segments of other tables' rows that the data have no answer to.
pub(crate) fn asks(program: &Program, request: &Request) -> bool {
    !request.others.is_empty() || !elsewhere(program, request, |_| false).is_empty()
}

/// What has to be worked out as fields for a request, each behind what it needs, but what is known.
fn elsewhere(program: &Program, request: &Request, is_known: impl Fn(Answered) -> bool) -> Vec<Answered> {
    program.asked_elsewhere(crate::base::wanted(request), &request.others, is_known)
}

/// What was worked out of other tables' rows.
#[derive(Debug)]
pub(crate) struct Filled {
    /// The data with a column for each segment of a table that the request asks about.
    pub(crate) data: Dataset,
    /// By table: its segments.
    of_tables: Vec<OfOther>,
    /// What was worked out of customers for them, for its problems, and as columns.
    of_customers: Vec<Outcome>,
    known: FxHashMap<Item, Stored>,
}

impl Filled {
    /// Adds what was found to the outcome of the request.
    pub(crate) fn add_to(self, outcome: &mut Outcome) {
        // What the request works out itself it counts itself.
        add_new(&mut outcome.problems, self.of_customers.into_iter().flat_map(|outcome| outcome.problems));
        outcome.problems.sort_by_key(|problem| (problem.span, problem.kind));
        outcome.others = self.of_tables;
        outcome.others.sort_by_key(|of| of.table);
        outcome.others.iter_mut().for_each(OfOther::put_in_order);
    }
}

/// Works out, with `run`, the segments of other tables' rows that a request asks about; `None` where it asks about none that
/// the data have no column of.
///
/// # Errors
/// Those of the runs, and those of `fits`, which is told how many bytes the data take as a table's segments see them.
pub(crate) fn filled<E>(
    program: &Program,
    data: &Dataset,
    request: &Request,
    (way, fits): (&dyn Way, &dyn Fn(u64) -> Result<(), E>),
    mut run: impl FnMut(&Program, &Dataset, &Request) -> Result<Outcome, E>,
) -> Result<Option<Filled>, E> {
    if program.others.is_empty() {
        return Ok(None);
    }
    let is_wanted = |answered: Answered| match (answered.of, answered.item) {
        (Some(table), Item::Segment(segment)) => request.others.contains(&(table, segment)),
        _ => false,
    };
    let is_known = |answered: Answered| !is_wanted(answered) && has_column(program, data, answered);
    let open = elsewhere(program, request, is_known);
    if open.is_empty() {
        return Ok(None);
    }
    let (of_tables, of_customers) = (Vec::new(), Vec::new());
    let mut filled = Filled { data: data.clone(), of_tables, of_customers, known: FxHashMap::default() };
    for (of, items) in in_stages(program, open) {
        let Some(table) = of else {
            let asked = asked_of(items.iter().copied(), request);
            let outcome = run(program, &filled.data, &asked)?;
            keep(program, &asked, &outcome, &mut filled.known);
            filled.of_customers.push(outcome);
            continue;
        };
        let Some(other) = program.other(table) else { continue };
        let asked = asked_of(items.iter().copied(), request);
        let seen = seen(program, other, &filled.data, &filled.known, &asked.segments);
        fits(rebase::bytes(&seen))?;
        let rows = rebased(&seen, way);
        let outcome = run(&other.program, &rows, &asked)?;
        filled.take(program, other, (&asked, outcome), request);
    }
    Ok(Some(filled))
}

impl Filled {
    /// Makes columns of a table of what its segments came to.
    fn take(&mut self, program: &Program, other: &Other, (asked, outcome): (&Request, Outcome), request: &Request) {
        let Outcome { customers: rows, counts, segments, problems, .. } = outcome;
        let place = self.of_tables.iter().position(|of| of.table == other.table).unwrap_or_else(|| {
            self.of_tables.push(OfOther::of(other.table, rows));
            self.of_tables.len() - 1
        });
        let Some(told) = self.of_tables.get_mut(place) else { return };
        // A segment that others of the table use is worked out with each of them.
        add_new(&mut told.problems, problems);
        for ((segment, count), members) in asked.segments.iter().zip(counts).zip(segments) {
            let answered = Answered { of: Some(other.table), item: Item::Segment(*segment) };
            if let Some(field) = field_of(program, other.table, answered)
                && let Some(table) = self.data.tables.get_mut(other.table.0 as usize)
            {
                table.columns.resize(table.columns.len().max(field.0 as usize + 1), None);
                if let Some(column) = table.columns.get_mut(field.0 as usize) {
                    *column = Some(yes_or_no(&members, rows));
                }
            }
            if request.others.contains(&(other.table, *segment)) {
                told.segments.push(*segment);
                told.counts.push(count);
                if request.members {
                    told.members.push(members);
                }
            }
        }
    }
}

/// Adds problems of places that are not told yet.
fn add_new(told: &mut Vec<Problem>, more: impl IntoIterator<Item = Problem>) {
    for problem in more {
        if !told.iter().any(|known| (known.kind, known.span) == (problem.kind, problem.span)) {
            told.push(problem);
        }
    }
}

/// Who is in a segment, as a column.
fn yes_or_no(members: &Members, rows: usize) -> Stored {
    let bits = members.to_bits();
    let values = Values::Boolean((0..rows).map(|row| u8::from(bits.get(row))).collect());
    Stored::pack(Column { values, known: None }, rows)
}

/// The field of a table that a declaration answers.
fn field_of(program: &Program, table: TableId, answered: Answered) -> Option<FieldId> {
    let fields = &program.tables.get(table.0 as usize)?.fields;
    let is_it = |source: &FieldSource| matches!(source, FieldSource::Answered(by) if *by == answered);
    (0..).zip(fields).find(|(_, field)| is_it(&field.source)).map(|(at, _)| FieldId(at))
}

/// Whether the data have a column of what a declaration says of the rows of a table.
fn has_column(program: &Program, data: &Dataset, answered: Answered) -> bool {
    let field = answered.of.and_then(|table| Some((table, field_of(program, table, answered)?)));
    field.is_some_and(|(table, field)| data.column(table, field).is_some())
}

/// Declarations by run: those of one program that need nothing of one another's are worked out together.
fn in_stages(program: &Program, order: Vec<Answered>) -> Vec<(Option<TableId>, Vec<Item>)> {
    let mut heights: FxHashMap<Answered, usize> = FxHashMap::default();
    let mut stages: Vec<(usize, Option<TableId>, Vec<Item>)> = Vec::new();
    for answered in order {
        let asked = program.asks_elsewhere(answered);
        let height = asked.iter().filter_map(|(asked, _)| heights.get(asked)).max().map_or(0, |height| height + 1);
        heights.insert(answered, height);
        match stages.iter_mut().find(|(at, of, _)| (*at, *of) == (height, answered.of)) {
            Some((_, _, items)) => items.push(answered.item),
            None => stages.push((height, answered.of, vec![answered.item])),
        }
    }
    stages.sort_by_key(|(height, ..)| *height);
    stages.into_iter().map(|(_, of, items)| (of, items)).collect()
}

/// A request for some declarations.
fn asked_of(items: impl Iterator<Item = Item>, request: &Request) -> Request {
    Request::of(Selection::of(items), request.as_of).on(request.threads)
}

/// Keeps what is said of each customer as columns.
fn keep(program: &Program, asked: &Request, outcome: &Outcome, columns: &mut FxHashMap<Item, Stored>) {
    let rows = outcome.customers;
    for (id, column) in asked.traits.iter().zip(&outcome.traits) {
        columns.insert(Item::Trait(*id), Stored::pack(column.clone(), rows));
    }
    for (id, members) in asked.segments.iter().zip(&outcome.segments) {
        columns.insert(Item::Segment(*id), yes_or_no(members, rows));
    }
    for (id, part_of) in asked.partitions.iter().zip(&outcome.partitions) {
        let Some(partition) = program.partitions.get(id.0 as usize) else { continue };
        let names: Vec<Arc<str>> = partition.parts.iter().map(|part| Arc::clone(&part.name)).collect();
        let known = part_of.iter().map(|part| *part != NO_PART);
        let known = part_of.contains(&NO_PART).then(|| crate::data::Bits::from_bools(known));
        let codes = part_of.iter().map(|part| if *part == NO_PART { 0 } else { *part }).collect();
        let values = Values::Text { codes, dictionary: Arc::new(Dictionary::Texts(names.into())) };
        columns.insert(Item::Partition(*id), Stored::pack(Column { values, known }, rows));
    }
}

/// The data with what a request asks about segments of other tables' rows, worked out by the engine, for whoever goes on to ask
/// about single customers; `None` where the request asks about none.
///
/// # Errors
/// Those of the engine.
pub fn complete(
    program: &Program,
    data: &Dataset,
    request: &Request,
) -> Result<Option<Dataset>, crate::engine::EngineError> {
    let filled = crate::engine::filled(program, data, request)?;
    Ok(filled.map(|filled| filled.data))
}

/// The data as the segments of another table see them, with all that one of them asks about.
///
/// # Errors
/// Those of the engine.
pub(crate) fn seen_from(
    program: &Program,
    other: &Other,
    data: &Dataset,
    (segment, as_of): (SegmentId, i64),
) -> Result<Dataset, crate::engine::EngineError> {
    let selection = Selection { others: vec![(other.table, segment)], ..Selection::default() };
    let request = Request::of(selection, as_of).on(rayon::current_num_threads()).counting();
    let filled = crate::engine::filled(program, data, &request)?;
    let none = FxHashMap::default();
    let (data, known) = filled.as_ref().map_or((data, &none), |filled| (&filled.data, &filled.known));
    Ok(rebased(&seen(program, other, data, known, &[segment]), crate::engine::way()))
}

/// The columns of the data by the tables of the program of another table's segments, their rows as they stand.
pub(crate) fn columns(other: &Other, data: &Dataset) -> Dataset {
    let of_table = |rows: &RowsOf| match rows {
        RowsOf::Whole(from) | RowsOf::Tied(from, _) | RowsOf::Elements(from) => data.table(*from).cloned(),
        RowsOf::Nothing => None,
    };
    Dataset { tables: other.rows.iter().map(|rows| of_table(rows).unwrap_or_default()).collect() }
}

/// What some segments of another table ask about.
fn seen<'a>(
    program: &'a Program,
    other: &'a Other,
    data: &'a Dataset,
    known: &'a FxHashMap<Item, Stored>,
    segments: &[SegmentId],
) -> Seen<'a> {
    let selection = Selection { segments: segments.to_vec(), ..Selection::default() };
    Seen { program, other, data, known, needed: needed_fields(&other.program, &selection) }
}

/// The first segment of another table's rows that declarations ask about and of which the data have no column.
pub(crate) fn unanswered(program: &Program, data: &Dataset, items: impl Iterator<Item = Item>) -> Option<Arc<str>> {
    let open = program.asked_elsewhere(items, &[], |answered| has_column(program, data, answered));
    let (table, answered) = open.into_iter().find_map(|answered| Some((answered.of?, answered)))?;
    let field = field_of(program, table, answered)?;
    let declared = program.tables.get(table.0 as usize)?;
    Some(format!("{}.{}", declared.name, declared.fields.get(field.0 as usize)?.name).into())
}
