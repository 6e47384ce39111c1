//! Blocks of customers and the threads that work on them.
//!
//! What is worked out does not depend on the blocks or the threads: every customer is worked out alone, and the answers are
//! put together in the order of the customers.

use super::EngineError;
use super::answers::{BlockAnswers, owned, parts};
use super::events::{PassStage, Scratch};
use super::jit::Code;
use super::literals::Slots;
use super::prepare::{Prepared, is_global};
use super::problems::{self, LookedUp};
use super::store::{Frame, Store, rows_of};
use super::truth::TruthStage;
use crate::members::{Arena, Keeper, ROWS};
use rustc_hash::FxHashSet;
use segue_compiler::plan::{NodeId, Op, Plan, Scope, Truth, Work};
use segue_compiler::program::{CUSTOMERS, TableId};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most customers of a block: their bits and values stay in the caches.
const CUSTOMERS_OF_BLOCK: usize = ROWS;
/// Most rows of a table in a block of more than 64 customers, and fewer where there is little memory. Of the most the sets of
/// bits stay in the second cache. Fewer rows make blocks of so few customers that most of the time goes into going from one
/// thing to the next.
pub(crate) const ROWS_OF_BLOCK: [usize; 3] = [1 << 18, 1 << 16, 1 << 14];
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

/// The steps that are done once, before the blocks.
pub(crate) fn once(prepared: &Prepared<'_>) -> Vec<Step> {
    steps(prepared, |work| matches!(work, Work::Once | Work::PerLookedUpRow | Work::PerText(_)), true, |_| false)
}

/// The steps of every block, but for the nodes that are `spared`.
pub(crate) fn of_block(prepared: &Prepared<'_>, spared: &FxHashSet<NodeId>) -> Vec<Step> {
    steps(prepared, |work| matches!(work, Work::Customers | Work::Rows), false, |id| spared.contains(&id))
}

fn steps(
    prepared: &Prepared<'_>,
    wanted: impl Fn(Work) -> bool,
    once: bool,
    spared: impl Fn(NodeId) -> bool,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let levels = prepared.plan.nodes.iter().map(|node| node.level).max().unwrap_or(0);
    for level in 0..=levels {
        for (at, pass) in prepared.plan.passes.iter().enumerate().filter(|(_, pass)| pass.level == level) {
            if is_global(prepared.program, pass.rows.owner) == once {
                steps.push(Step::Pass(at));
            }
        }
        for (at, node) in prepared.plan.nodes.iter().enumerate().filter(|(_, node)| node.level == level) {
            let live = prepared.live.get(at).copied().unwrap_or(false);
            // Columns are read when they are asked for.
            if !live || matches!(node.op, Op::Column(..) | Op::Aggregate(_)) {
                continue;
            }
            let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
            if wanted(node.work) && !spared(id) {
                steps.push(Step::Work(id));
            }
        }
    }
    steps
}

/// Atoms that the truth stage reads from columns and that nothing else asks for.
pub(crate) fn spared(plan: &Plan, live: &[bool], truth: &TruthStage<'_>) -> FxHashSet<NodeId> {
    let mut spared: FxHashSet<NodeId> = plan
        .truths
        .iter()
        .filter_map(|set| if let Truth::Literal { atom, .. } = set { Some(*atom) } else { None })
        .collect();
    for atom in truth.worked().chain(plan.traits.iter().copied()) {
        spared.remove(&atom);
    }
    for reads in plan.passes.iter().map(|pass| &pass.reads) {
        reads.iter().for_each(|read| _ = spared.remove(read));
    }
    for (node, _) in plan.nodes.iter().zip(live).filter(|(_, live)| **live) {
        node.op.for_each_operand(|operand| _ = spared.remove(&operand));
    }
    spared
}

/// What all blocks share.
#[derive(Debug)]
pub(crate) struct Shared<'a> {
    pub(crate) run: &'a Store<'a>,
    /// `None` where nothing needed any.
    pub(crate) code: Option<&'a Code>,
    pub(crate) steps: &'a [Step],
    /// By position in the plan; `None` for passes that were done once.
    pub(crate) passes: &'a [Option<PassStage<'a>>],
    pub(crate) truth: &'a TruthStage<'a>,
    pub(crate) looked_up: &'a LookedUp,
}

/// The blocks a thread worked out, by their numbers, and where it kept members.
type Done = (Vec<(usize, BlockAnswers)>, Arena);

/// The customers dealt out to blocks. Where customers have rows, a block has fewer of those who have many: what is worked
/// out for its rows is to stay in the caches as what is worked out for its customers does. Every block but the last has a
/// multiple of 64 customers, and none goes over a multiple of the most there are in one.
pub(crate) fn split(prepared: &Prepared<'_>, threads: usize, most_rows: usize) -> Vec<Range<usize>> {
    let customers = prepared.data.table(CUSTOMERS).map_or(0, |table| table.rows);
    let by_threads = customers.div_ceil(threads.max(1) * BLOCKS_OF_THREAD);
    let most = CUSTOMERS_OF_BLOCK.min(by_threads).next_multiple_of(64).max(64);
    let tables = (0..prepared.program.tables.len()).filter_map(|at| u32::try_from(at).ok()).map(TableId);
    let tables: Vec<TableId> = tables.filter(|table| !is_global(prepared.program, Scope::Row(*table))).collect();
    let fits = |block: &Range<usize>| {
        tables.iter().all(|table| rows_of_customers(prepared, *table, block.clone()).len() <= most_rows)
    };
    let mut blocks = Vec::with_capacity(customers.div_ceil(most));
    let mut start = 0;
    while start < customers {
        // Halved until it fits; a block of 64 is not made smaller.
        let mut size = most - start % most;
        let block = loop {
            let block = start..(start + size).min(customers);
            if size <= 64 || fits(&block) {
                break block;
            }
            size = (size / 2).next_multiple_of(64);
        };
        start = block.end;
        blocks.push(block);
    }
    blocks
}

/// The rows of a table that some customers have, by way of the tables that hold it.
pub(crate) fn rows_of_customers(prepared: &Prepared<'_>, table: TableId, customers: Range<usize>) -> Range<usize> {
    if table == CUSTOMERS {
        return customers;
    }
    rows_of(prepared, table, rows_of_customers(prepared, prepared.owner_of(table), customers))
}

/// Works all blocks out, in their order; each thread keeps members with a keeper of its own, whose arena is given.
///
/// # Errors
/// The plan or the data break their promises, or members take more memory than there may be.
pub(crate) fn work(
    shared: &Shared<'_>,
    blocks: &[Range<usize>],
    threads: usize,
    keeper: impl Fn() -> Keeper + Sync,
) -> Result<(Vec<BlockAnswers>, Vec<Arena>), EngineError> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let (mut scratch, mut slots) = (Scratch::default(), Slots::default());
        let (mut keeper, mut done) = (keeper(), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(block) = blocks.get(at) else { return Ok((done, keeper.finish())) };
            done.push((at, answers(shared, block.clone(), &mut scratch, &mut slots, &mut keeper)?));
        }
    };
    let results: Vec<Result<Done, EngineError>> = match threads.min(blocks.len()) {
        0 | 1 => vec![worker()],
        threads => std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or(Err(EngineError::Panicked))).collect()
        }),
    };
    let (mut all, mut arenas) = (Vec::with_capacity(blocks.len()), Vec::with_capacity(results.len()));
    for result in results {
        let (mut done, arena) = result?;
        done.iter_mut().for_each(|(_, answers)| answers.members.arena = arenas.len());
        all.extend(done);
        arenas.push(arena);
    }
    all.sort_unstable_by_key(|(at, _)| *at);
    Ok((all.into_iter().map(|(_, answers)| answers).collect(), arenas))
}

fn answers(
    shared: &Shared<'_>,
    customers: Range<usize>,
    scratch: &mut Scratch,
    slots: &mut Slots,
    keeper: &mut Keeper,
) -> Result<BlockAnswers, EngineError> {
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
    let found = shared.truth.run(shared.code, &mut store, slots, keeper)?;
    let members = keeper.block()?;
    let mut rest = found.parts.into_iter();
    let partitions = plan.partitions.iter().map(|of_parts| {
        let members: Vec<Vec<u64>> = rest.by_ref().take(of_parts.len()).collect();
        parts(&members, count)
    });
    let partitions = partitions.collect();
    let mut traits = Vec::with_capacity(plan.traits.len());
    for node in &plan.traits {
        let (vector, single) = store.operand(*node, Frame::Rows(CUSTOMERS))?;
        traits.push((Arc::new(owned(&vector)), single));
    }
    let problems = problems::count(&mut store, shared.run, shared.looked_up)?;
    Ok(BlockAnswers { customers: count, counts: found.counts, members, partitions, traits, problems })
}
