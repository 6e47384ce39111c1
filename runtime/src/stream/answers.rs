//! The answers of parts, put together in the order of the customers.

use crate::engine::EngineError;
use crate::outcome::{EXAMPLES, Members, Outcome, Problem, ProblemKind, Request};
use segue_compiler::plan::Plan;
use segue_compiler::source::Span;
use std::collections::BTreeMap;

/// One outcome of those of all parts, each with the number of customers before it.
pub(super) fn joined(
    parts: Vec<(usize, Result<Outcome, EngineError>)>,
    customers: usize,
    plan: &Plan,
    request: &Request,
) -> Result<Outcome, EngineError> {
    let mut all = Outcome {
        customers,
        counts: vec![0; plan.segments.len()],
        segments: Vec::new(),
        partitions: plan.partitions.iter().map(|_| Vec::with_capacity(customers)).collect(),
        traits: Vec::new(),
        problems: Vec::new(),
    };
    let mut members: Vec<Vec<Members>> = Vec::with_capacity(parts.len());
    let mut problems: BTreeMap<(Span, ProblemKind), (u64, Vec<u32>)> = BTreeMap::new();
    for (before, outcome) in parts {
        let outcome = outcome?;
        all.counts.iter_mut().zip(outcome.counts).for_each(|(all, count)| *all += count);
        all.partitions.iter_mut().zip(outcome.partitions).for_each(|(all, part)| all.extend(part));
        for Problem { kind, span, count, examples } in outcome.problems {
            let entry = problems.entry((span, kind)).or_default();
            entry.0 += count;
            let room = EXAMPLES.saturating_sub(entry.1.len());
            let shifted = examples.into_iter().map(|row| u32::try_from(before + row as usize).unwrap_or(u32::MAX));
            entry.1.extend(shifted.take(room));
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
