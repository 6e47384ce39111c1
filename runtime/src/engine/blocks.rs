//! Blocks of customers and the threads that work on them.
//!
//! What is worked out does not depend on the blocks or the threads: every customer is worked out alone, and the answers are
//! put together in the order of the customers.

use super::EngineError;
use super::answers::{BlockAnswers, owned, parts};
use super::events::{PassStage, Scratch};
use super::jit::Code;
use super::prepare::{Prepared, is_global};
use super::problems::{self, LookedUp};
use super::store::{Frame, Store};
use super::truth::TruthStage;
use segue_compiler::plan::{NodeId, Op, Work};
use segue_compiler::program::CUSTOMERS;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most customers of a block: their bits and values stay in the caches.
const CUSTOMERS_OF_BLOCK: usize = 8192;
/// Most rows of the largest table in a block, where customers have many.
const ROWS_OF_BLOCK: usize = 1 << 17;
/// Blocks for each thread, so that none waits long for the last one.
const BLOCKS_OF_THREAD: usize = 4;

/// One thing to do, in an order in which it can be done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// A node by its kernel.
    Work(NodeId),
    /// A pass, by its position in the plan.
    Pass(usize),
}

/// The steps that are done once, and those of every block.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    pub(crate) once: Vec<Step>,
    pub(crate) block: Vec<Step>,
}

impl Steps {
    pub(crate) fn new(prepared: &Prepared<'_>) -> Steps {
        let mut steps = Steps::default();
        let levels = prepared.plan.nodes.iter().map(|node| node.level).max().unwrap_or(0);
        for level in 0..=levels {
            for (at, pass) in prepared.plan.passes.iter().enumerate().filter(|(_, pass)| pass.level == level) {
                let once = is_global(prepared.program, pass.rows.owner);
                if once { &mut steps.once } else { &mut steps.block }.push(Step::Pass(at));
            }
            for (at, node) in prepared.plan.nodes.iter().enumerate().filter(|(_, node)| node.level == level) {
                let live = prepared.live.get(at).copied().unwrap_or(false);
                // Columns are read when they are asked for.
                if !live || matches!(node.op, Op::Column(..) | Op::Aggregate(_)) {
                    continue;
                }
                let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
                match node.work {
                    Work::Once | Work::PerLookedUpRow | Work::PerText(_) => steps.once.push(Step::Work(id)),
                    Work::Customers | Work::Rows => steps.block.push(Step::Work(id)),
                    Work::Pass => {}
                }
            }
        }
        steps
    }
}

/// What all blocks share.
#[derive(Debug)]
pub(crate) struct Shared<'a> {
    pub(crate) run: &'a Store<'a>,
    pub(crate) code: &'a Code,
    pub(crate) steps: &'a [Step],
    /// By position in the plan; `None` for passes that were done once.
    pub(crate) passes: &'a [Option<PassStage<'a>>],
    pub(crate) truth: &'a TruthStage,
    pub(crate) looked_up: &'a LookedUp,
}

/// The blocks of so many customers.
pub(crate) fn split(prepared: &Prepared<'_>, threads: usize) -> Vec<Range<usize>> {
    let customers = prepared.data.table(CUSTOMERS).map_or(0, |table| table.rows);
    let most_rows = prepared.data.tables.iter().map(|table| table.groups.as_ref().map_or(0, |_| table.rows)).max();
    let by_rows = match most_rows.unwrap_or(0).div_ceil(ROWS_OF_BLOCK) {
        0 | 1 => CUSTOMERS_OF_BLOCK,
        blocks => customers.div_ceil(blocks),
    };
    let by_threads = customers.div_ceil(threads.max(1) * BLOCKS_OF_THREAD);
    let size = CUSTOMERS_OF_BLOCK.min(by_rows).min(by_threads).next_multiple_of(64).max(64);
    (0..customers).step_by(size).map(|start| start..(start + size).min(customers)).collect()
}

/// Works all blocks out, in their order.
///
/// # Errors
/// The plan or the data break their promises.
pub(crate) fn work(
    shared: &Shared<'_>,
    blocks: &[Range<usize>],
    threads: usize,
) -> Result<Vec<BlockAnswers>, EngineError> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut scratch = Scratch::default();
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(block) = blocks.get(at) else { return Ok(done) };
            done.push((at, answers(shared, block.clone(), &mut scratch)?));
        }
    };
    let results: Vec<Result<Vec<(usize, BlockAnswers)>, EngineError>> = match threads.min(blocks.len()) {
        0 | 1 => vec![worker()],
        threads => std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or(Err(EngineError::Panicked))).collect()
        }),
    };
    let mut done = Vec::with_capacity(blocks.len());
    for result in results {
        done.extend(result?);
    }
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, answers)| answers).collect())
}

fn answers(shared: &Shared<'_>, customers: Range<usize>, scratch: &mut Scratch) -> Result<BlockAnswers, EngineError> {
    let plan = shared.run.prepared.plan;
    let count = customers.len();
    let mut store = Store::of_block(shared.run, customers);
    for step in shared.steps {
        match step {
            Step::Work(node) => store.work(*node)?,
            Step::Pass(at) => match shared.passes.get(*at) {
                Some(Some(pass)) => pass.run(shared.code, &mut store, scratch)?,
                _ => return Err(EngineError::Broken(0, "a pass has no code")),
            },
        }
    }
    let members = shared.truth.run(shared.code, &mut store)?;
    let segments = plan.segments.iter().map(|root| shared.truth.members(&members, *root)).collect();
    let partitions = plan
        .partitions
        .iter()
        .map(|roots| {
            let members: Vec<Vec<u64>> = roots.iter().map(|root| shared.truth.members(&members, *root)).collect();
            parts(&members, count)
        })
        .collect();
    let mut traits = Vec::with_capacity(plan.traits.len());
    for node in &plan.traits {
        let (vector, single) = store.operand(*node, Frame::Rows(CUSTOMERS))?;
        traits.push((Arc::new(owned(&vector)), single));
    }
    let problems = problems::count(&mut store, shared.run, shared.looked_up)?;
    Ok(BlockAnswers { customers: count, segments, partitions, traits, problems })
}
