//! From files to answers in one go.
//!
//! Where a request reads nothing but the customers' own fields, nobody is kept: a part of the customers is read, packed,
//! run through the engine and forgotten, on all threads at once. Otherwise all that is needed is loaded, and then run. The
//! answers, their order and what is told are the same either way.

mod answers;
#[cfg(test)]
mod tests;

use crate::data::{DataErrors, Dataset, LoadOptions, LoadReport, Seen, Sources, Stored, can_be_parted, load, read_parts};
use crate::engine::{EngineError, Manner, Planned, run_in};
use crate::outcome::{Outcome, Request};
use segue_compiler::plan::{Op, Plan};
use segue_compiler::program::{CUSTOMERS, Program, TableId};
use std::path::PathBuf;

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
    pub fn keys(&self, program: &Program) -> Option<Stored> {
        match self {
            Known::Held(dataset) => dataset.column(CUSTOMERS, program.tables.first()?.key?).cloned(),
            Known::Seen(seen) => Some(seen.keys()),
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
}

/// Rows of a part: enough that what is done once for each part does not count, few enough to stay in the caches.
const ROWS_OF_PART: usize = 1 << 16;

/// Reads what a request needs and works it out. Uses the threads of the rayon pool it is called in.
///
/// # Errors
/// See [`RunError`].
pub fn run(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
    manner: Manner,
) -> Result<Ran, RunError> {
    if can_be_parted(program, sources, options) && request.traits.is_empty() {
        let planned = Planned::new(program, request, manner)?;
        if judges_customers_alone(program, planned.plan()) {
            return run_parts(program, sources, options, request, &planned);
        }
    }
    let loaded = load(program, sources, options)?;
    options.progress.start("working out the segments", None);
    let outcome = run_in(program, &loaded.dataset, request, manner)?;
    options.progress.finish();
    Ok(Ran { outcome, report: loaded.report, files: loaded.files, data: Known::Held(loaded.dataset) })
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
    planned: &Planned<'_>,
) -> Result<Ran, RunError> {
    let key = program.tables.first().and_then(|customers| customers.key);
    let reads_key = |op: &Op| matches!(op, Op::Column(CUSTOMERS, field) if Some(*field) == key);
    let with_keys = planned.plan().nodes.iter().any(|node| reads_key(&node.op));
    let each = |dataset: &Dataset, alone: bool| planned.run(dataset, if alone { request.threads } else { 1 });
    let parts = read_parts(program, sources, options, (ROWS_OF_PART, with_keys), each)?;
    let customers = parts.seen.rows(CUSTOMERS);
    let outcome = answers::joined(parts.parts, customers, planned.plan(), request)?;
    Ok(Ran { outcome, report: parts.report, files: parts.files, data: Known::Seen(parts.seen) })
}
