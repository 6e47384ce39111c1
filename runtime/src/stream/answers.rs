//! The answers of parts, put together in the order of the customers.

use crate::data::{Bits, Column, Dictionary, Values, joined_ends, length, union};
use crate::engine::EngineError;
use crate::memory::give_back;
use crate::outcome::{EXAMPLES, Members, Outcome, Problem, ProblemKind, Request};
use segue_compiler::plan::Plan;
use segue_compiler::program::Answers;
use segue_compiler::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// After so many bytes that were joined the system gets them back.
const GIVEN_BACK: usize = 16 << 20;

/// One outcome of those of all parts, each with the number of customers before it; `spared` memory is given back on the way.
pub(super) fn joined(
    parts: Vec<(usize, Result<Outcome, EngineError>)>,
    customers: usize,
    plan: &Plan,
    request: &Request,
    spared: bool,
) -> Result<Outcome, EngineError> {
    let mut all = Outcome {
        customers,
        counts: vec![0; plan.segments.len()],
        segments: Vec::new(),
        partitions: plan.partitions.iter().map(|_| Vec::with_capacity(customers)).collect(),
        traits: Vec::new(),
        problems: Vec::new(),
        answers: Answers::default(),
        others: Vec::new(),
    };
    let mut members: Vec<Vec<Members>> = Vec::with_capacity(parts.len());
    let mut problems: BTreeMap<(Span, ProblemKind), (u64, Vec<u32>)> = BTreeMap::new();
    let mut gone = 0;
    for (before, outcome) in parts {
        let outcome = outcome?;
        // The allocator would keep what is joined and gone.
        gone += outcome.partitions.iter().map(|part_of| size_of_val(part_of.as_slice())).sum::<usize>();
        if spared && gone > GIVEN_BACK {
            gone = 0;
            give_back();
        }
        all.counts.iter_mut().zip(outcome.counts).for_each(|(all, count)| *all += count);
        all.partitions.iter_mut().zip(outcome.partitions).for_each(|(all, part)| all.extend(part));
        for Problem { kind, span, count, examples } in outcome.problems {
            let entry = problems.entry((span, kind)).or_default();
            entry.0 += count;
            let room = EXAMPLES.saturating_sub(entry.1.len());
            let shifted = examples.into_iter().map(|row| u32::try_from(before + row as usize).unwrap_or(u32::MAX));
            entry.1.extend(shifted.take(room));
        }
        let of_part = outcome.traits;
        match all.traits.is_empty() {
            true => all.traits = of_part,
            false => all.traits.iter_mut().zip(of_part).for_each(|(all, more)| append(all, more)),
        }
        members.push(outcome.segments);
    }
    let problem = |((span, kind), (count, examples))| Problem { kind, span, count, examples };
    all.problems = problems.into_iter().map(problem).collect();
    if request.members {
        all.segments = Members::joined(&members, plan.segments.len());
    }
    Ok(all)
}

/// Adds the values of later customers.
fn append(all: &mut Column, more: Column) {
    let (rows, added) = (length(all), length(&more));
    if all.known.is_some() || more.known.is_some() {
        let mut known = all.known.take().unwrap_or_else(|| Bits::ones_of(rows));
        known.append(&more.known.unwrap_or_else(|| Bits::ones_of(added)));
        all.known = Some(known);
    }
    match (&mut all.values, more.values) {
        (Values::Boolean(all), Values::Boolean(more)) => all.extend(more),
        (Values::Integer(all), Values::Integer(more))
        | (Values::Money(all), Values::Money(more))
        | (Values::Instant(all), Values::Instant(more))
        | (Values::Duration(all), Values::Duration(more)) => all.extend(more),
        (Values::Number(all), Values::Number(more)) => all.extend(more),
        (Values::Date(all), Values::Date(more)) => all.extend(more),
        (Values::Text { codes: all, dictionary }, Values::Text { codes, dictionary: other }) => {
            if Arc::ptr_eq(dictionary, &other) {
                all.extend(codes);
                return;
            }
            let (texts, places) = union(dictionary, &other);
            *dictionary = Arc::new(Dictionary::Texts(texts.into()));
            all.extend(codes.iter().map(|code| places.get(*code as usize).copied().unwrap_or(0)));
        }
        (Values::List { offsets, elements }, Values::List { offsets: ends, elements: others }) => {
            *offsets = joined_ends(offsets, &ends).collect();
            append(elements, *others);
        }
        // Values of one trait are of one form.
        _ => {}
    }
}
