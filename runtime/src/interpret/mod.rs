//! The interpreter: one customer at a time, straight over the checked program. It defines what is right; every other
//! engine is held against it, so it is kept short and obvious.
//!
//! What it fixes where the rules leave room, and every engine follows:
//! - All expressions that the request needs are evaluated, all of each: the parts of a partition after the one that holds,
//!   the choices of `otherwise` after the known one, the filter of rows outside the windows. So problems are the same
//!   whatever is evaluated first.
//! - An operation with a missing operand is missing, and no problem, whatever the other operands are.
//! - `is one of` nothing is false, also of a missing value. `includes` with a missing value is unknown, also for an empty
//!   list; each value is a comparison of its own, joined by Kleene's and / or.
//! - `first`, `latest` and "seen last" go by the event's time, then the event's key where one is declared, then the value;
//!   the elements of an event's list share its moment. Records have no time, so "seen last" goes by their key.
#![expect(
    clippy::indexing_slicing,
    reason = "ids of a checked program are places in its lists, and what was worked out has an entry for each"
)]

mod aggregate;
mod base;
mod column;
mod evaluate;
mod lookup;
mod occasion;
mod order;
mod others;
mod problems;
mod score;
mod sequence;
mod totals;

pub use aggregate::{Counted, CountedRow};
pub(crate) use column::from_values as column_of_values;
pub use evaluate::Scope;
pub(crate) use evaluate::{and, at_least, equal, or};
pub(crate) use order::Distinct;
pub use order::compare_values;
#[cfg(test)]
pub(crate) use others::ByWords;
pub use sequence::Seen;
pub(crate) use totals::{average, sum, whole_average, whole_sum};

use crate::data::{Bits, Dataset};
use crate::outcome::Members;
use crate::outcome::{NO_PART, Outcome, Request};
use evaluate::Evaluator;
use problems::Problems;
use segue_compiler::program::{Aggregate, Answers, CUSTOMERS, Expr, FieldSource, Item, Program, TableId};
use segue_compiler::source::Span;
use segue_compiler::values::Value;
use segue_compiler::values::calendar::Clock;

/// A row of a table.
pub type RowId = (TableId, usize);

/// The program or the data break what the checker and the loader promise: a mistake of ours, not of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InterpretError {
    /// Values that do not go together reached an operation.
    #[error("the checked program is broken at {0:?}: values that do not go together")]
    Unsuited(Span),
}

/// Works out a request, customer by customer.
///
/// # Errors
/// The program or the data break their invariants.
pub fn run(program: &Program, data: &Dataset, request: &Request) -> Result<Outcome, InterpretError> {
    let filled = crate::others::filled(program, data, request, (&others::ByWords, &|_| Ok(())), run)?;
    let data = filled.as_ref().map_or(data, |filled| &filled.data);
    let interpreter = Interpreter::new(program, data, request)?;
    let customers = interpreter.customers();
    let mut segments = vec![Bits::zeros(customers); request.segments.len()];
    let mut partitions = vec![Vec::with_capacity(customers); request.partitions.len()];
    let mut traits = vec![Vec::with_capacity(customers); request.traits.len()];
    let mut problems = Problems::default();
    for row in 0..customers {
        let customer = interpreter.customer(row)?;
        for (bits, segment) in segments.iter_mut().zip(&request.segments) {
            if customer.segments[segment.0 as usize] {
                bits.set(row);
            }
        }
        for (parts, partition) in partitions.iter_mut().zip(&request.partitions) {
            parts.push(customer.parts[partition.0 as usize]);
        }
        for (values, wanted) in traits.iter_mut().zip(&request.traits) {
            values.push(customer.traits[wanted.0 as usize].clone());
        }
        problems.add_customer(row, interpreter.evaluator.take_failures());
    }
    let types = request.traits.iter().map(|wanted| &program.traits[wanted.0 as usize].value.ty);
    let traits = types.zip(traits).map(|(ty, values)| column::from_values(ty, values)).collect();
    let counts = segments.iter().map(Bits::count).collect();
    let segments = Members::from_bits(&segments);
    let (problems, answers) = (problems.finish(), Answers::default());
    let mut outcome =
        Outcome { customers, counts, segments, partitions, traits, problems, answers, others: Vec::new() };
    if let Some(filled) = filled {
        filled.add_to(&mut outcome);
    }
    Ok(outcome)
}

/// All that a customer's declarations came to. What the request does not need is missing, false, or in no part.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The customer's row.
    pub row: usize,
    /// By trait.
    pub traits: Vec<Option<Value>>,
    /// By segment.
    pub segments: Vec<bool>,
    /// By partition: the part, or [`NO_PART`].
    pub parts: Vec<u32>,
}

/// A program bound to data and an `as of`.
pub struct Interpreter<'a> {
    program: &'a Program,
    needed: Vec<Item>,
    /// Worked out for every customer, so that what fails in them is counted whether or not a row asks for them.
    computed: Vec<&'a Expr>,
    evaluator: Evaluator<'a>,
}

impl<'a> Interpreter<'a> {
    /// Binds a program to its data; only what the request needs is worked out for a customer. Questions about the whole base
    /// that the program has no answer to are asked of all customers first.
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub fn new(program: &'a Program, data: &'a Dataset, request: &Request) -> Result<Interpreter<'a>, InterpretError> {
        let settings = &program.settings;
        let clock = Clock { as_of: request.as_of, zone: settings.zone, week_start: settings.week_start };
        let wanted: Vec<Item> = crate::base::wanted(request).collect();
        let needed = reached(program, wanted.clone());
        let fields = &program.tables[CUSTOMERS.0 as usize].fields;
        let computed = program.computed_customer_fields(&needed).into_iter().filter_map(|field| {
            match &fields[field.0 as usize].source {
                FieldSource::Computed(expr) => Some(&**expr),
                FieldSource::Column { .. } | FieldSource::Answered(_) => None,
            }
        });
        let computed = computed.collect();
        let mut interpreter =
            Interpreter { program, computed, needed, evaluator: Evaluator::new(program, data, clock) };
        interpreter.survey(&wanted)?;
        Ok(interpreter)
    }

    /// How many customers there are.
    pub fn customers(&self) -> usize {
        self.evaluator.data.table(CUSTOMERS).map_or(0, |table| table.rows)
    }

    /// The calendar of the run.
    pub fn clock(&self) -> Clock {
        self.evaluator.clock
    }

    /// Works out one customer.
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub fn customer(&self, row: usize) -> Result<Customer, InterpretError> {
        self.work_out(row, &self.needed)
    }

    /// Works these declarations out for one customer.
    fn work_out(&self, row: usize, needed: &[Item]) -> Result<Customer, InterpretError> {
        let mut customer = Customer {
            row,
            traits: vec![None; self.program.traits.len()],
            segments: vec![false; self.program.segments.len()],
            parts: vec![NO_PART; self.program.partitions.len()],
        };
        self.evaluator.forget();
        for field in &self.computed {
            self.evaluator.of_customer(&customer, field);
        }
        for item in needed {
            match *item {
                Item::Trait(id) => {
                    let value = self.evaluator.of_customer(&customer, &self.program.traits[id.0 as usize].value);
                    customer.traits[id.0 as usize] = value;
                }
                Item::Segment(id) => {
                    let lines = &self.program.segments[id.0 as usize].lines;
                    let held = lines.iter().filter(|line| self.evaluator.holds(&customer, line)).count();
                    customer.segments[id.0 as usize] = held == lines.len();
                }
                Item::Partition(id) => {
                    let parts = self.program.partitions[id.0 as usize].parts.iter();
                    let held: Vec<bool> = parts
                        .map(|part| part.condition.as_ref().is_none_or(|line| self.evaluator.holds(&customer, line)))
                        .collect();
                    let first = held.iter().position(|held| *held);
                    customer.parts[id.0 as usize] = first.map_or(NO_PART, |part| part as u32);
                }
            }
        }
        self.evaluator.check()?;
        Ok(customer)
    }

    /// The value of an expression for a customer that was worked out, in the customer's scope.
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub fn evaluate(&self, customer: &Customer, expr: &Expr) -> Result<Option<Value>, InterpretError> {
        let value = self.evaluator.of_customer(customer, expr);
        self.evaluator.check()?;
        Ok(value)
    }

    /// The value of an expression in the scope of a row that counted.
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub fn evaluate_row(
        &self,
        customer: &Customer,
        row: &CountedRow,
        expr: &Expr,
    ) -> Result<Option<Value>, InterpretError> {
        let scope = Scope::of_customer(customer).of_row(row.table, row.row, row.event);
        let value = self.evaluator.value(expr, &scope);
        self.evaluator.check()?;
        Ok(value)
    }

    /// What came of the steps of a question for one of its rows: see [`Seen`].
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub fn steps_seen(
        &self,
        customer: &Customer,
        row: &CountedRow,
        filter: &Expr,
    ) -> Result<Vec<Seen>, InterpretError> {
        let scope = Scope::of_customer(customer).of_row(row.table, row.row, row.event);
        let seen = self.evaluator.steps_seen(filter, &scope);
        self.evaluator.check()?;
        Ok(seen)
    }

    /// The time of an event, a date or an instant; `None` for rows without one.
    pub fn time(&self, event: RowId) -> Option<Value> {
        self.evaluator.time(event)
    }

    /// The rows that counted for an aggregate in the customer's scope: those in its windows for which the filter is true.
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub fn counted(&self, customer: &Customer, aggregate: &Aggregate) -> Result<Counted, InterpretError> {
        let counted = self.evaluator.counted(aggregate, &Scope::of_customer(customer));
        self.evaluator.check()?;
        Ok(counted)
    }

    /// The same in the scope of a row that counted: the rows of its own lists.
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub fn counted_within(
        &self,
        customer: &Customer,
        row: &CountedRow,
        aggregate: &Aggregate,
    ) -> Result<Counted, InterpretError> {
        let scope = Scope::of_customer(customer).of_row(row.table, row.row, row.event);
        let counted = self.evaluator.counted(aggregate, &scope);
        self.evaluator.check()?;
        Ok(counted)
    }
}

/// Declarations and all that they use, in the program's order.
fn reached(program: &Program, mut wanted: Vec<Item>) -> Vec<Item> {
    let mut reached = rustc_hash::FxHashSet::default();
    while let Some(item) = wanted.pop() {
        if reached.insert(item) {
            wanted.extend(program.uses(item));
        }
    }
    program.order.iter().copied().filter(|item| reached.contains(item)).collect()
}
