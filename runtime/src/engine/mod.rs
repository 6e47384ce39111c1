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
mod others;
mod prepare;
mod problems;
mod shape;
mod soundness;
mod store;
mod tallies;
mod truth;
mod twin;
mod vector;
mod weight;

#[cfg(test)]
mod tests;

use crate::base::{self, Surveyed};
use crate::data::Dataset;
pub use crate::members::Room;
use crate::members::{Full, Keeper, Members, Part};
use crate::memory;
use crate::others::{Filled, Way};
use crate::outcome::{Outcome, Request};
pub use crate::processor::Instructions;
use blocks::{Shared, Step};
use events::{PassStage, Scratch, helpers};
pub use jit::CodeCache;
use jit::Maker;
#[cfg(test)]
pub(crate) use others::ByCodes;
use prepare::{Prepared, is_global};
use segue_compiler::plan::Plan;
use segue_compiler::program::{CUSTOMERS, Program};
use segue_compiler::values::Value;
use segue_compiler::values::calendar::Clock;
use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;
use store::Store;
use truth::TruthStage;
pub use truth::Truths;
pub(crate) use twin::with_customers_as_a_table;
use weight::Weights;

/// The engine cannot give an answer. All but [`EngineError::Processor`], [`EngineError::Full`] and [`EngineError::NeedsCode`]
/// are mistakes of ours or of a loader, never of a rule file.
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
    /// Who is in which segment takes more memory than there may be.
    #[error("there is not enough memory to work customers out, or for who is in which segment")]
    Full {
        /// What the process would hold, in bytes.
        needed: u64,
        /// What members take of it.
        members: u64,
        /// What customers take while they are worked out.
        work: u64,
    },
    /// Something needs machine code, which was not to be made.
    #[error("without machine code this cannot be worked out")]
    NeedsCode,
    /// A question about the whole base was not answered before.
    #[error("a question about all customers was not answered before")]
    Unanswered,
    /// A thread panicked.
    #[error("a thread of the engine panicked")]
    Panicked,
}

impl From<Full> for EngineError {
    fn from(Full { needed, members }: Full) -> EngineError {
        EngineError::Full { needed, members, work: 0 }
    }
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
    run_with(program, data, request, manner, &Room::new())
}

/// The same, with members kept in memory that later runs use again.
///
/// # Errors
/// As [`run_in`].
pub fn run_with(
    program: &Program,
    data: &Dataset,
    request: &Request,
    manner: Manner,
    room: &Room,
) -> Result<Outcome, EngineError> {
    let filled = filled_with(program, data, request, &manner, room)?;
    let data = filled.as_ref().map_or(data, |filled| &filled.data);
    let mut outcome = match answered(program, data, request, &manner, room)? {
        Some(program) => {
            let outcome = run_answered(&program, data, request, manner, room)?;
            Outcome { answers: program.answers, ..outcome }
        }
        None => run_answered(program, data, request, manner, room)?,
    };
    if let Some(filled) = filled {
        filled.add_to(&mut outcome);
    }
    Ok(outcome)
}

/// The data with what a request asks about segments of other tables' rows; `None` where it asks about none that they lack.
///
/// # Errors
/// See [`EngineError`].
pub(crate) fn filled(program: &Program, data: &Dataset, request: &Request) -> Result<Option<Filled>, EngineError> {
    filled_with(program, data, request, &Manner::default(), &Room::new())
}

/// How it sees data from another table.
pub(crate) fn way() -> &'static dyn Way {
    &others::ByCodes
}

fn filled_with(
    program: &Program,
    data: &Dataset,
    request: &Request,
    manner: &Manner,
    room: &Room,
) -> Result<Option<Filled>, EngineError> {
    let fits = |bytes: u64| fits(room, bytes);
    crate::others::filled(program, data, request, (way(), &fits), |program, data, request| {
        run_with(program, data, request, manner.clone(), room)
    })
}

/// The program with answers to the questions about the whole base that a request reaches, so that single customers can be
/// worked out by it; `None` where it has none left to answer.
///
/// # Errors
/// See [`EngineError`].
pub fn answered(
    program: &Program,
    data: &Dataset,
    request: &Request,
    manner: &Manner,
    room: &Room,
) -> Result<Option<Program>, EngineError> {
    base::answered(program, request, room.bound(), |program, request| {
        let customers = data.table(CUSTOMERS).map_or(0, |table| table.rows);
        fits(room, base::weight(request, customers))?;
        let outcome = run_answered(program, data, request, manner.clone(), room)?;
        Ok(Surveyed { outcome, keys: keys(program, data) })
    })
}

/// The keys of the customers by row.
fn keys<'d>(program: &Program, data: &'d Dataset) -> Box<dyn Fn(usize) -> Arc<str> + Sync + 'd> {
    let key = program.tables.first().and_then(|customers| customers.key);
    let column = key.and_then(|key| data.column(CUSTOMERS, key));
    Box::new(move |row| match column.and_then(|column| column.value(row)) {
        Some(Value::Text(key)) => key,
        _ => Arc::from(""),
    })
}

/// Works out a request that asks nothing about the whole base which the program has no answer to.
fn run_answered(
    program: &Program,
    data: &Dataset,
    request: &Request,
    manner: Manner,
    room: &Room,
) -> Result<Outcome, EngineError> {
    match with_customers_as_a_table(program, data) {
        Some((program, data)) => Planned::new(&program, request, manner)?.run(&data, request.threads, room),
        None => Planned::new(program, request, manner)?.run(data, request.threads, room),
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
        if base::asks(program, request) {
            return Err(EngineError::Unanswered);
        }
        let plan = Plan::new(program, &request.selection());
        if let (true, Some(flaw)) = (cfg!(debug_assertions), plan.verify(program).first()) {
            return Err(EngineError::Broken(flaw.node, flaw.what));
        }
        Ok(Planned { program, plan, request, truths: manner.truths, instructions, code_cache: manner.code_cache })
    }

    /// What is worked out.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Works the request out for the customers of a data set; members are kept in the room.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub(crate) fn run(&self, data: &Dataset, threads: usize, room: &Room) -> Result<Outcome, EngineError> {
        run_plan(self, data, threads, room)
    }
}

fn run_plan(planned: &Planned<'_>, data: &Dataset, threads: usize, room: &Room) -> Result<Outcome, EngineError> {
    let Planned { program, plan, request, truths, instructions, code_cache } = planned;
    let (program, request, truths, instructions) = (*program, *request, *truths, *instructions);
    let (threads, cache) = (threads.max(1), code_cache.as_ref());
    soundness::check(program, plan, data)?;
    let settings = &program.settings;
    let clock = Clock { as_of: request.as_of, zone: settings.zone, week_start: settings.week_start };
    if room.bound().is_some() {
        match weight::of_orders(plan, data) {
            0 => {}
            orders => fits(room, orders)?,
        }
    }
    let prepared = Prepared::new(program, plan, data, clock)?;
    let helpers = helpers();

    let mut run = Store::of_run(&prepared);
    let once = blocks::once(&prepared);
    fits(room, weight::of_once(&run, &once)?)?;
    for step in &once {
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
    let kept_segments = if request.members { plan.segments.len() } else { 0 };
    let shared =
        Shared { run: &run, code: code.as_ref(), steps: &steps, passes: &passes, truth: &truth, looked_up: &looked_up };
    let split = split(&prepared, &shared, threads, room)?;
    let each = customers.div_ceil(threads);
    let keeper = || Keeper::new(room, kept_segments, each, instructions);
    let (mut answers, arenas) = blocks::work(&shared, &split, threads, keeper)?;
    let blocks = answers.iter_mut().map(|block| std::mem::take(&mut block.members)).collect();
    let ends = split.iter().map(|block| block.end).collect();
    let members = Members::of_part(Part::new(ends, blocks, arenas), kept_segments);
    let traits = plan
        .traits
        .iter()
        .zip(&request.traits)
        .map(|(node, id)| {
            let ty = program.traits.get(id.0 as usize).map(|found| &found.value.ty);
            ty.map(|ty| (ty, prepared.shape(*node))).ok_or(EngineError::Broken(node.0, "there is no such trait"))
        })
        .collect::<Result<Vec<_>, EngineError>>()?;
    answers::outcome(answers, customers, (plan.segments.len(), members), plan.partitions.len(), &traits)
}

/// Whether the bound leaves room for so many bytes of work.
///
/// # Errors
/// It does not.
fn fits(room: &Room, work: u64) -> Result<(), EngineError> {
    let Some(bound) = room.bound() else { return Ok(()) };
    let kept = bound.keeps(|| memory::held().unwrap_or(0).saturating_add(work));
    kept.map_err(|needed| EngineError::Full { needed, members: 0, work })
}

/// The customers dealt out to blocks, smaller ones where the bound on memory leaves no room for larger ones.
///
/// # Errors
/// It leaves none for the smallest either, or the plan breaks its promises.
fn split(
    prepared: &Prepared<'_>,
    shared: &Shared<'_>,
    threads: usize,
    room: &Room,
) -> Result<Vec<Range<usize>>, EngineError> {
    let [most, smaller @ ..] = blocks::ROWS_OF_BLOCK;
    let mut blocks = blocks::split(prepared, threads, most);
    if room.bound().is_none() {
        return Ok(blocks);
    }
    let weights = Weights::of(prepared, shared)?;
    let work = |blocks: &[Range<usize>]| weights.of_largest(prepared, blocks, threads);
    for most in smaller {
        if fits(room, work(&blocks)).is_ok() {
            return Ok(blocks);
        }
        blocks = blocks::split(prepared, threads, most);
    }
    fits(room, work(&blocks)).map(|()| blocks)
}
