//! How much memory it takes to work out a block of customers, for those who may hold little.
//!
//! An estimate from above for what is there at the same time: all vectors of a block until it is done, and what its thread
//! keeps from block to block. What is kept of who is in which segment is counted as it is put by.

use super::EngineError;
use super::blocks::{Shared, Step, rows_of_customers};
use super::prepare::Prepared;
use super::store::{Frame, Store};
use crate::data::{Dataset, Stored};
use rustc_hash::FxHashSet;
use segue_compiler::plan::{NodeId, Op, Plan, Scope, is_text};
use segue_compiler::program::{CUSTOMERS, TableId};
use std::ops::Range;

/// Bits of a value of a vector, and whether it is known.
const OF_VALUE: u64 = 65;
/// Bits of a row while aggregates are read off its table: its place among those that count, and totals, least, greatest and
/// different values up to it.
const OF_TALLIED: u64 = 8 * 48;
/// Bits of an owner for each of its aggregates: the value, how many rows it is from and where they begin.
const OF_AGGREGATE: u64 = OF_VALUE + 64;

/// Bits of a row while code goes over its table: the moment of its event, its owner, and what fails of it.
const OF_CODE: u64 = 64 + 32 + 2;

/// What a thread takes while it works a block out.
pub(super) struct Weights {
    /// Bits by table, for each of its rows in the block.
    of_row: Vec<u64>,
    /// Bytes whatever the block.
    fixed: u64,
}

/// Bytes of what is worked out once: for each different text, and each row that is looked up.
///
/// # Errors
/// The plan breaks its promises.
pub(super) fn of_once(run: &Store<'_>, steps: &[Step]) -> Result<u64, EngineError> {
    let mut bits = 0;
    for step in steps {
        if let Step::Work(node) = step {
            bits += run.rows(run.frame(*node)?) as u64 * OF_VALUE;
        }
    }
    Ok(bits / 8)
}

/// Bytes of a text while texts are put in order, and of its place in that order.
const OF_SORTED: u64 = 40;
const OF_PLACE: u64 = 4;

/// Bytes of what is known of texts before anything is worked out: the order of those that are asked for the greatest, the
/// latest and the like, or compared.
pub(super) fn of_orders(plan: &Plan, data: &Dataset) -> u64 {
    let node = |id: NodeId| plan.nodes.get(id.index());
    let texts = |id: NodeId| {
        let (mut waiting, mut seen, mut texts) = (vec![id], FxHashSet::default(), 0);
        while let Some(id) = waiting.pop() {
            let Some(found) = node(id).filter(|_| seen.insert(id)) else { continue };
            if let Op::Column(table, field) = found.op {
                let dictionary = data.column(table, field).and_then(Stored::text);
                texts += dictionary.map_or(0, |(_, dictionary)| dictionary.len() as u64);
            }
            found.op.for_each_operand(|operand| waiting.push(operand));
        }
        texts
    };
    let (mut most, mut kept) = (0, 0);
    for found in &plan.nodes {
        let asked = match &found.op {
            Op::Aggregate(aggregate) if is_text(&found.ty) => [aggregate.value, None],
            Op::Elements(_, list) if is_text(&found.ty) => [Some(*list), None],
            Op::Less(left, right) | Op::Equal { left, right, .. } => {
                [left, right].map(|side| node(*side).is_some_and(|side| is_text(&side.ty)).then_some(*side))
            }
            _ => continue,
        };
        // One that is held against a written text is not put in order.
        let is_written = |id: &NodeId| node(*id).is_some_and(|side| matches!(side.op, Op::Constant(_)));
        let sorts = !asked.iter().flatten().any(is_written);
        let texts: u64 = asked.into_iter().flatten().map(texts).sum();
        match sorts {
            true => {
                most = most.max(texts * OF_SORTED);
                kept += texts * OF_PLACE;
            }
            false => kept += texts / 8,
        }
    }
    most + kept
}

impl Weights {
    /// Those of a run.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(super) fn of(prepared: &Prepared<'_>, shared: &Shared<'_>) -> Result<Weights, EngineError> {
        let mut weights = Weights { of_row: vec![0; prepared.program.tables.len()], fixed: 0 };
        // A thread has one place for what tallies are read off, whatever they are of.
        let mut tallied = vec![0; prepared.program.tables.len()];
        let mut columns: FxHashSet<NodeId> = prepared.plan.traits.iter().copied().collect();
        for step in shared.steps {
            match step {
                Step::Work(node) => {
                    if let Frame::Rows(table) = shared.run.frame(*node)? {
                        weights.add(table, OF_VALUE);
                    }
                    prepared.node(*node)?.op.for_each_operand(|operand| _ = columns.insert(operand));
                }
                Step::Pass(at) => {
                    let Some((Some(stage), pass)) = shared.passes.get(*at).zip(prepared.plan.passes.get(*at)) else {
                        continue;
                    };
                    let owner = if let Scope::Row(table) = pass.rows.owner { table } else { CUSTOMERS };
                    weights.add(owner, OF_AGGREGATE * pass.aggregates.len() as u64);
                    weights.add(owner, 64 * stage.words_of_owner() as u64);
                    let innermost = pass.rows.innermost();
                    if let (Some(slots), Some(most)) = (stage.slots(), tallied.get_mut(innermost.0 as usize)) {
                        *most = OF_TALLIED.max(*most) + slots as u64;
                    }
                    if stage.has_code() {
                        columns.extend(pass.reads.iter().copied());
                        weights.add(innermost, OF_CODE);
                        weights.fixed += stage.bytes_by_text(prepared);
                    }
                }
            }
        }
        // Each is made a vector once, where any is.
        for column in columns {
            if let Op::Column(table, _) = prepared.node(column)?.op {
                weights.add(table, OF_VALUE);
            }
        }
        weights.add(CUSTOMERS, shared.truth.slots() as u64);
        (0..).map(TableId).zip(tallied).for_each(|(table, bits)| weights.add(table, bits));
        Ok(weights)
    }

    fn add(&mut self, table: TableId, bits: u64) {
        if let Some(weight) = self.of_row.get_mut(table.0 as usize) {
            *weight += bits;
        }
    }

    /// Bytes of the blocks that take most, one for each thread.
    pub(super) fn of_largest(&self, prepared: &Prepared<'_>, blocks: &[Range<usize>], threads: usize) -> u64 {
        let of_block = |block: &Range<usize>| {
            let tables = (0..).map(TableId).zip(&self.of_row).filter(|(_, bits)| **bits > 0);
            let bits =
                tables.map(|(table, bits)| bits * rows_of_customers(prepared, table, block.clone()).len() as u64);
            bits.sum::<u64>() / 8
        };
        let mut sizes: Vec<u64> = blocks.iter().map(of_block).collect();
        sizes.sort_unstable_by_key(|size| std::cmp::Reverse(*size));
        sizes.iter().take(threads).map(|size| self.fixed + size).sum()
    }
}
