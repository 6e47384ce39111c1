//! What a run is asked for and what it gives, the same for every engine.

use crate::data::Column;
pub use crate::members::Members;
use segue_compiler::plan::Selection;
use segue_compiler::program::{Answers, PartitionId, SegmentId, TableId, TraitId};
use segue_compiler::source::Span;

/// What to work out.
#[derive(Debug, Clone)]
pub struct Request {
    /// The instant of the run, microseconds UTC (rule 1).
    pub as_of: i64,
    /// The segments wanted; what they use is worked out as well.
    pub segments: Vec<SegmentId>,
    /// The partitions wanted.
    pub partitions: Vec<PartitionId>,
    /// The traits whose values are wanted.
    pub traits: Vec<TraitId>,
    /// The segments of other tables' rows that are wanted, each with its table; those that something else asks about are
    /// worked out in any case.
    pub others: Vec<(TableId, SegmentId)>,
    /// Who is in each segment; if not, only how many.
    pub members: bool,
    /// Threads to use, at least 1; the interpreter uses one.
    pub threads: usize,
}

impl Request {
    /// Asks, on one thread, for all that is selected and who is in it.
    pub fn of(selection: Selection, as_of: i64) -> Request {
        let Selection { segments, partitions, traits, others } = selection;
        Request { as_of, segments, partitions, traits, others, members: true, threads: 1 }
    }

    /// The same on so many threads.
    #[must_use]
    pub fn on(self, threads: usize) -> Request {
        Request { threads, ..self }
    }

    /// The same for how many are in each segment, not who.
    #[must_use]
    pub fn counting(self) -> Request {
        Request { members: false, ..self }
    }

    /// What it asks for.
    pub fn selection(&self) -> Selection {
        Selection {
            traits: self.traits.clone(),
            segments: self.segments.clone(),
            partitions: self.partitions.clone(),
            others: self.others.clone(),
        }
    }
}

/// The answers, in the order of the request.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How many customers there are.
    pub customers: usize,
    /// How many customers each segment has.
    pub counts: Vec<usize>,
    /// Who is in each segment; empty where only the counts were asked for.
    pub segments: Vec<Members>,
    /// The part of each customer, [`NO_PART`] for none.
    pub partitions: Vec<Vec<u32>>,
    /// Values of the traits asked for; text columns may use any dictionary.
    pub traits: Vec<Column>,
    /// What went wrong while evaluating, by place, then kind.
    pub problems: Vec<Problem>,
    /// What questions about the whole base came to, where the engine answered any.
    pub answers: Answers,
    /// What segments of other tables' rows came to, by table.
    pub others: Vec<OfOther>,
}

/// What the segments of another table's rows came to.
#[derive(Debug, Clone)]
pub struct OfOther {
    /// The table.
    pub table: TableId,
    /// How many rows it has.
    pub rows: usize,
    /// Those of its segments that were asked for, in the program of the table.
    pub segments: Vec<SegmentId>,
    /// How many rows are in each.
    pub counts: Vec<usize>,
    /// Which rows are in each; empty where only the counts were asked for.
    pub members: Vec<Members>,
    /// What went wrong while evaluating them; examples are rows of the table.
    pub problems: Vec<Problem>,
}

impl OfOther {
    /// Of a table with so many rows, before its segments are known.
    pub(crate) fn of(table: TableId, rows: usize) -> OfOther {
        let (segments, counts) = (Vec::new(), Vec::new());
        OfOther { table, rows, segments, counts, members: Vec::new(), problems: Vec::new() }
    }

    /// Puts the segments into the order in which they are written.
    pub(crate) fn put_in_order(&mut self) {
        let mut places: Vec<usize> = (0..self.segments.len()).collect();
        places.sort_by_key(|place| self.segments.get(*place));
        let moved = |at: &usize| self.segments.get(*at).copied();
        let segments = places.iter().filter_map(moved).collect();
        let counts = places.iter().filter_map(|at| self.counts.get(*at).copied()).collect();
        let members = places.iter().filter_map(|at| self.members.get(*at).cloned()).collect();
        (self.segments, self.counts, self.members) = (segments, counts, members);
        self.problems.sort_by_key(|problem| (problem.span, problem.kind));
    }
}

/// The customer is in no part of the partition.
pub const NO_PART: u32 = u32::MAX;

/// How many customers a problem shows.
pub(crate) const EXAMPLES: usize = 3;

/// Values that came out missing because arithmetic failed (rule 9).
///
/// What is counted: an operation written outside of `where`s and computed fields counts once a customer; one written
/// inside counts once for each row it is asked about that exists (also where it only uses the customer's values, or none).
/// Several uses of one place by one row count once. One in a computed field of the customers that the answers ask of the
/// customer at hand, wherever they do, counts once for every customer. Whatever happens inside a looked-up row (its computed fields, also
/// through further lookups and own lists) counts for the customer or row that looked it up, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What failed.
    pub kind: ProblemKind,
    /// The operation in the text: the whole sum, product or aggregate.
    pub span: Span,
    /// For how many customers (customer-level) or rows (row-level) it failed.
    pub count: u64,
    /// The first customers it concerns, by their row, at most three, ascending, each once.
    pub examples: Vec<u32>,
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A divisor was zero.
    DivisionByZero,
    /// A result left its range.
    Overflow,
}
