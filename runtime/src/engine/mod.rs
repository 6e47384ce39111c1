//! The engine: a plan run over blocks of customers, with loops for each processor and machine code where those do not do.
//!
//! The interpreter defines what is right; this gives the same answers, floats to the bit, and the same problems. There is
//! no other way behind it: what it cannot run is an error.
//!
//! A run: the plan is bound to the data (`prepare`); what depends on no customer is worked out once, among it everything
//! that depends on a single text, once for each different text; code is made where it is needed (`jit`); then threads take
//! blocks of customers (`blocks`): kernels work out vectors of values (`kernels`), tallies and passes the aggregates
//! (`tallies`, `events`), the truth stage the members (`truth`).

mod answers;
mod blocks;
mod callbacks;
mod clocks;
mod events;
mod finish;
mod jit;
mod kernels;
mod literals;
mod prepare;
mod problems;
mod shape;
mod soundness;
mod store;
mod tallies;
mod truth;
mod twin;
mod vector;

#[cfg(test)]
mod tests;

use crate::data::{Bits, Dataset, Memory};
use crate::outcome::{Outcome, Request};
pub use crate::processor::Instructions;
use blocks::{Shared, Step};
use events::{PassStage, Scratch, helpers};
pub use jit::CodeCache;
use jit::Maker;
use prepare::{Prepared, is_global};
use segue_compiler::plan::{Plan, Selection};
use segue_compiler::program::{CUSTOMERS, Program};
use segue_compiler::values::calendar::Clock;
use std::fmt::Display;
use std::sync::Arc;
use store::Store;
pub use truth::Truths;
use truth::{Kept, TruthStage};
pub(crate) use twin::with_customers_as_a_table;
use vector::words_for;

/// The engine cannot give an answer. All but [`EngineError::Processor`] and
/// [`EngineError::NeedsCode`] are mistakes of ours or of a loader, never of a
/// rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The plan breaks its promises at a node.
    #[error("the plan is broken at %{0}: {1}")]
    Broken(u32, &'static str),
    /// The data break the invariants of [`Dataset`].
    #[error("the data are not sound: {0}")]
    Unsound(&'static str),
    /// Cranelift has no code generator for this processor.
    #[error("there is no code generator for this processor: {0}")]
    Processor(&'static str),
    /// Cranelift or the system refuses the code.
    #[error("no machine code could be made: {0}")]
    Code(String),
    /// Something needs machine code, which was not to be made.
    #[error("without machine code this cannot be worked out")]
    NeedsCode,
    /// A thread panicked.
    #[error("a thread of the engine panicked")]
    Panicked,
}

impl EngineError {
    fn code(error: impl Display) -> EngineError {
        EngineError::Code(error.to_string())
    }
}

/// How a run is carried out. Answers do not depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// What joins the conditions of segments, and goes over events and records.
    pub truths: Truths,
    /// With what columns are read; the best that the processor has where it is `None`.
    pub instructions: Option<Instructions>,
    /// Where machine code is kept from run to run; it is made anew each time where this is `None`.
    pub code_cache: Option<CodeCache>,
}

/// Works out a request.
///
/// # Errors
/// See [`EngineError`].
pub fn run(program: &Program, data: &Dataset, request: &Request) -> Result<Outcome, EngineError> {
    run_in(program, data, request, Manner::default())
}

/// Works out a request in a certain manner.
///
/// # Errors
/// See [`EngineError`]; [`EngineError::Processor`] where the processor lacks the instructions asked for.
pub fn run_in(program: &Program, data: &Dataset, request: &Request, manner: Manner) -> Result<Outcome, EngineError> {
    match with_customers_as_a_table(program, data) {
        Some((program, data)) => Planned::new(&program, request, manner)?.run(&data, request.threads),
        None => Planned::new(program, request, manner)?.run(data, request.threads),
    }
}

/// A request whose plan is made, to be worked out for one set of customers after the other.
#[derive(Debug)]
pub(crate) struct Planned<'p> {
    program: &'p Program,
    plan: Plan,
    request: &'p Request,
    truths: Truths,
    instructions: Instructions,
    code_cache: Option<CodeCache>,
}

impl<'p> Planned<'p> {
    /// Plans a request; no customer is looked up in the program, or only in a table of their own.
    ///
    /// # Errors
    /// The processor lacks the instructions asked for, or the plan breaks its promises.
    pub(crate) fn new(program: &'p Program, request: &'p Request, manner: Manner) -> Result<Planned<'p>, EngineError> {
        let instructions = manner.instructions.unwrap_or_else(Instructions::best);
        if !Instructions::available().contains(&instructions) {
            return Err(EngineError::Processor("it lacks the instructions asked for"));
        }
        let selection = Selection {
            traits: request.traits.clone(),
            segments: request.segments.clone(),
            partitions: request.partitions.clone(),
        };
        let plan = Plan::new(program, &selection);
        if let (true, Some(flaw)) = (cfg!(debug_assertions), plan.verify(program).first()) {
            return Err(EngineError::Broken(flaw.node, flaw.what));
        }
        Ok(Planned { program, plan, request, truths: manner.truths, instructions, code_cache: manner.code_cache })
    }

    /// What is worked out.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Works the request out for the customers of a data set.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub(crate) fn run(&self, data: &Dataset, threads: usize) -> Result<Outcome, EngineError> {
        run_plan(self, data, threads)
    }
}

fn run_plan(planned: &Planned<'_>, data: &Dataset, threads: usize) -> Result<Outcome, EngineError> {
    let Planned { program, plan, request, truths, instructions, code_cache } = planned;
    let (program, request, truths, instructions) = (*program, *request, *truths, *instructions);
    let (threads, cache) = (threads.max(1), code_cache.as_ref());
    soundness::check(program, plan, data)?;
    let settings = &program.settings;
    let clock = Clock { as_of: request.as_of, zone: settings.zone, week_start: settings.week_start };
    let prepared = Prepared::new(program, plan, data, clock)?;
    let helpers = helpers();

    let mut run = Store::of_run(&prepared);
    for step in &blocks::once(&prepared) {
        match step {
            Step::Work(node) => run.work(*node)?,
            Step::Pass(at) => {
                let pass = plan.passes.get(*at).ok_or(EngineError::Broken(0, "there is no such pass"))?;
                let mut maker = Maker::new(&helpers);
                let stage = PassStage::new(&prepared, &run, pass, truths, instructions, &mut maker)?;
                stage.run(maker.finish(threads, cache)?.as_ref(), &mut run, &mut Scratch::default())?;
            }
        }
    }
    let looked_up = problems::looked_up(&mut run)?;

    let mut maker = Maker::new(&helpers);
    let mut passes = Vec::with_capacity(plan.passes.len());
    for pass in &plan.passes {
        let once = is_global(program, pass.rows.owner);
        passes.push(match once {
            true => None,
            false => Some(PassStage::new(&prepared, &run, pass, truths, instructions, &mut maker)?),
        });
    }
    let truth = TruthStage::new(plan, &run, request.members, truths, instructions, &mut maker)?;
    // Declared after what it is made from, so the code is gone first; nothing calls it afterwards.
    let code = maker.finish(threads, cache)?;

    let steps = blocks::of_block(&prepared, &blocks::spared(plan, &prepared.live, &truth));
    let customers = data.table(CUSTOMERS).map_or(0, |table| table.rows);
    let split = blocks::split(&prepared, threads);
    let kept_segments = if request.members { plan.segments.len() } else { 0 };
    let words = words_for(customers);
    // Zeros that nobody has looked at take no memory yet, and are made there by whoever first does.
    let mut members = Memory::zeros(kept_segments * words);
    let size = split.first().map_or(0, ExactSizeIterator::len);
    let kept = Kept::new(members.words_mut(), words, split.len(), size);
    let shared = Shared {
        run: &run,
        code: code.as_ref(),
        steps: &steps,
        passes: &passes,
        truth: &truth,
        kept: &kept,
        looked_up: &looked_up,
    };
    let answers = blocks::work(&shared, &split, threads)?;
    let traits = plan
        .traits
        .iter()
        .zip(&request.traits)
        .map(|(node, id)| {
            let ty = program.traits.get(id.0 as usize).map(|found| &found.value.ty);
            ty.map(|ty| (ty, prepared.shape(*node))).ok_or(EngineError::Broken(node.0, "there is no such trait"))
        })
        .collect::<Result<Vec<_>, EngineError>>()?;
    let members = Arc::new(members);
    let part = |segment: usize| Bits::part(&members, segment * words..(segment + 1) * words, customers);
    let members = (0..kept_segments).map(part).collect();
    answers::outcome(answers, customers, (plan.segments.len(), members), plan.partitions.len(), &traits)
}
