//! Counting what failed: once a customer or once a row for each place in the text.

use super::RowId;
use crate::outcome::{EXAMPLES, Problem, ProblemKind};
use rustc_hash::FxHashSet;
use segue_compiler::source::Span;
use segue_compiler::values::arithmetic::Failure;
use std::collections::BTreeMap;

/// What failed for one customer: each place once for each row that it is counted for.
#[derive(Debug, Default)]
pub(super) struct Failures(FxHashSet<(Span, ProblemKind, RowId)>);

impl Failures {
    pub(super) fn add(&mut self, failure: Failure, span: Span, row: RowId) {
        let kind = match failure {
            Failure::DivisionByZero => ProblemKind::DivisionByZero,
            Failure::Overflow | Failure::Unsuited => ProblemKind::Overflow,
        };
        self.0.insert((span, kind, row));
    }
}

/// The failures of all customers, by place, then kind: how many rows, and the first customers.
#[derive(Debug, Default)]
pub(super) struct Problems(BTreeMap<(Span, ProblemKind), (u64, Vec<u32>)>);

impl Problems {
    /// Adds those of a customer; customers come in ascending order.
    pub(super) fn add_customer(&mut self, customer: usize, failures: Failures) {
        for (span, kind, _) in failures.0 {
            let (count, examples) = self.0.entry((span, kind)).or_default();
            *count += 1;
            if examples.len() < EXAMPLES && examples.last() != Some(&(customer as u32)) {
                examples.push(customer as u32);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Problem> {
        let problem = |((span, kind), (count, examples))| Problem { kind, span, count, examples };
        self.0.into_iter().map(problem).collect()
    }
}
