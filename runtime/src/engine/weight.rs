//! How much memory it takes to work out a block of customers, for those who may hold little.
//!
//! An estimate from above for what is there at the same time: all vectors of a block until it is done, and what its thread
//! keeps from block to block. What is kept of who is in which segment is counted as it is put by.

use super::EngineError;
use super::blocks::{Shared, Step, rows_of_customers};
use super::prepare::Prepared;
use super::store::Frame;
use rustc_hash::FxHashSet;
use segue_compiler::plan::{NodeId, Op, Scope};
use segue_compiler::program::{CUSTOMERS, TableId};
use std::ops::Range;

/// Bits of a value of a vector, and whether it is known.
const OF_VALUE: u64 = 65;
/// Bits of a row while aggregates are read off its table: its place among those that count, and totals, least, greatest and
/// different values up to it.
const OF_TALLIED: u64 = 8 * 48;
/// Bits of an owner for each of its aggregates: the value, how many rows it is from and where they begin.
const OF_AGGREGATE: u64 = OF_VALUE + 64;

/// Bits that a row of each table takes while its block is worked out.
pub(super) struct Weights(Vec<u64>);

impl Weights {
    /// Those of a run.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(super) fn of(prepared: &Prepared<'_>, shared: &Shared<'_>) -> Result<Weights, EngineError> {
        let mut weights = Weights(vec![0; prepared.program.tables.len()]);
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
                    columns.extend(pass.reads.iter().copied());
                    let owner = if let Scope::Row(table) = pass.rows.owner { table } else { CUSTOMERS };
                    weights.add(owner, OF_AGGREGATE * pass.aggregates.len() as u64);
                    weights.add(owner, 64 * stage.words_of_owner() as u64);
                    weights.add(pass.rows.innermost(), stage.slots().map_or(0, |slots| OF_TALLIED + slots as u64));
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
        Ok(weights)
    }

    fn add(&mut self, table: TableId, bits: u64) {
        if let Some(weight) = self.0.get_mut(table.0 as usize) {
            *weight += bits;
        }
    }

    /// Bytes of the block that takes most.
    pub(super) fn of_largest(&self, prepared: &Prepared<'_>, blocks: &[Range<usize>]) -> u64 {
        let of_block = |block: &Range<usize>| {
            let tables = (0..).map(TableId).zip(&self.0).filter(|(_, bits)| **bits > 0);
            let bits =
                tables.map(|(table, bits)| bits * rows_of_customers(prepared, table, block.clone()).len() as u64);
            bits.sum::<u64>() / 8
        };
        blocks.iter().map(of_block).max().unwrap_or(0)
    }
}
