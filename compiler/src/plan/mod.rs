//! The plan: a checked program lowered for a selection, shared over all segments, in stages.
//!
//! Stages, in the order they run and [`Plan::print`] shows them:
//! 1. *columns*: what each table must supply;
//! 2. *once*, *looked-up rows*, *texts*: what does not depend on a customer;
//! 3. *rows* and *passes*: values of events and records, and one loop a table that works out all aggregates; an aggregate
//!    whose `where` needs a customer's value that comes from another aggregate is in a pass of a higher level;
//! 4. *customers*: arithmetic, dates, text, look-ups;
//! 5. *atoms*: each different comparison once, however many segments use it;
//! 6. *truth*: segments and parts over atoms.
//!
//! INVARIANTS ([`Plan::verify`]): operands stand before users; scopes nest; a pass reads only what lower levels give. The
//! plan knows neither data nor `as of`: it is the same for every run of the program.

mod base;
mod lower;
mod node;
mod passes;
mod print;
mod scores;
mod sequences;
mod truth;
mod verify;
mod walk;
mod work;

pub use node::{Aggregate, Constant, Followed, Node, NodeId, Op, Place, Rows, Scope, Work, is_text};
pub use passes::{Asked, Pass};
pub use truth::{Truth, TruthId};
pub use verify::Flaw;

use crate::program::{Item, PartitionId, Program, SegmentId, TableId, TraitId};

/// What is wanted of a program.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Traits whose values are wanted.
    pub traits: Vec<TraitId>,
    /// Segments.
    pub segments: Vec<SegmentId>,
    /// Partitions.
    pub partitions: Vec<PartitionId>,
    /// Segments of other tables' rows, each with its table: they are worked out before the plan, and are no part of it.
    pub others: Vec<(TableId, SegmentId)>,
}

impl Selection {
    /// The declarations it names.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let segments = self.segments.iter().map(|id| Item::Segment(*id));
        let partitions = self.partitions.iter().map(|id| Item::Partition(*id));
        segments.chain(partitions).chain(self.traits.iter().map(|id| Item::Trait(*id)))
    }

    /// The declarations that are named, each in the order given.
    pub fn of(items: impl IntoIterator<Item = Item>) -> Selection {
        let mut selection = Selection::default();
        for item in items {
            match item {
                Item::Trait(id) => selection.traits.push(id),
                Item::Segment(id) => selection.segments.push(id),
                Item::Partition(id) => selection.partitions.push(id),
            }
        }
        selection
    }

    /// Everything the program declares.
    pub fn everything(program: &Program) -> Selection {
        let numbers = |count: usize| 0..u32::try_from(count).unwrap_or(u32::MAX);
        Selection {
            traits: numbers(program.traits.len()).map(TraitId).collect(),
            segments: numbers(program.segments.len()).map(SegmentId).collect(),
            partitions: numbers(program.partitions.len()).map(PartitionId).collect(),
            others: program.other_segments().collect(),
        }
    }
}

/// A lowered program.
#[derive(Debug, Clone)]
pub struct Plan {
    /// All nodes, operands before users.
    pub nodes: Vec<Node>,
    /// All passes, in the order they can run.
    pub passes: Vec<Pass>,
    /// The sets of the truth stage, operands before users.
    pub truths: Vec<Truth>,
    /// The value of each trait of the selection.
    pub traits: Vec<NodeId>,
    /// The members of each segment of the selection.
    pub segments: Vec<TruthId>,
    /// The members of each part of each partition of the selection.
    pub partitions: Vec<Vec<TruthId>>,
    /// Values that are worked out, so that what fails in them is counted, whether or not anything reads them.
    pub worked: Vec<NodeId>,
}

impl Plan {
    /// Lowers what the selection needs.
    pub fn new(program: &Program, selection: &Selection) -> Plan {
        let mut lowered = lower::lower(program, selection);
        work::settle(program, &mut lowered.nodes);
        let mut truths = truth::Truths::default();
        let segments = lowered.segments.iter().map(|node| truths.lower(&lowered.nodes, *node, true)).collect();
        let partitions = lowered
            .partitions
            .iter()
            .map(|parts| parts.iter().map(|node| truths.lower(&lowered.nodes, *node, true)).collect())
            .collect();
        Plan {
            passes: passes::passes(&lowered.nodes),
            nodes: lowered.nodes,
            truths: truths.sets,
            traits: lowered.traits,
            worked: lowered.worked,
            segments,
            partitions,
        }
    }

    /// The node, where the plan has it.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// Nodes whose values are needed: all but those that only join conditions for the truth stage.
    pub fn live(&self) -> Vec<bool> {
        let joins = |op: &Op| {
            matches!(op, Op::And(_) | Op::Or(_) | Op::Not(_) | Op::AtLeastOf(..) | Op::Certain(_) | Op::Constant(_))
        };
        let mut live: Vec<bool> = self.nodes.iter().map(|node| !joins(&node.op)).collect();
        for wanted in self.traits.iter().chain(&self.worked) {
            if let Some(slot) = live.get_mut(wanted.index()) {
                *slot = true;
            }
        }
        for (at, node) in self.nodes.iter().enumerate().rev() {
            if live.get(at).copied().unwrap_or(false) {
                node.op.for_each_operand(|operand| {
                    if let Some(slot) = live.get_mut(operand.index()) {
                        *slot = true;
                    }
                });
            }
        }
        live
    }

    /// Whether the rows of the table belong to no customer.
    pub fn is_looked_up(program: &Program, table: TableId) -> bool {
        work::is_looked_up(program, table)
    }
}
