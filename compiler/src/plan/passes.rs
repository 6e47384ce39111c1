//! Passes over rows: which aggregates one loop over the same rows works out together, and what it reads.

use super::node::{Node, NodeId, Op, Rows, Scope, Work};
use super::truth::{Truth, TruthId, Truths};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// One loop over rows, owner by owner, that works out aggregates of one level.
#[derive(Debug, Clone)]
pub struct Pass {
    /// The rows.
    pub rows: Rows,
    /// The level of its aggregates, from 1: passes of lower levels are over when it starts.
    pub level: u32,
    /// The aggregates, ascending.
    pub aggregates: Vec<NodeId>,
    /// Values of the row worked out inside the loop, operands first.
    pub values: Vec<NodeId>,
    /// Worked out before: columns, results per text, customers' values, kernels' results. Ascending.
    pub reads: Vec<NodeId>,
    /// Sets of rows, operands before users: what filters and windows say, as the truth stage has it for customers.
    pub truths: Vec<Truth>,
    /// By aggregate: the rows it asks about.
    pub asked: Vec<Asked>,
}

/// The rows an aggregate asks about, as sets among [`Pass::truths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Those in its windows; `None` where it has none.
    pub within: Option<TruthId>,
    /// Those for which its filter is certainly true; `None` where it has none.
    pub filter: Option<TruthId>,
}

/// All passes, in an order in which they can run.
pub(crate) fn passes(nodes: &[Node]) -> Vec<Pass> {
    let mut groups: BTreeMap<(u32, &Rows), Vec<NodeId>> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        if let Op::Aggregate(aggregate) = &node.op {
            let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
            groups.entry((node.level, &aggregate.rows)).or_default().push(id);
        }
    }
    groups
        .into_iter()
        .map(|((level, rows), aggregates)| {
            let (values, reads) = contents(nodes, rows, &aggregates);
            let mut truths = Truths::default();
            let asked = aggregates.iter().map(|id| asked(nodes, *id, &mut truths)).collect();
            Pass { rows: rows.clone(), level, aggregates, values, reads, truths: truths.sets, asked }
        })
        .collect()
}

fn asked(nodes: &[Node], aggregate: NodeId, truths: &mut Truths) -> Asked {
    let Some(Op::Aggregate(aggregate)) = nodes.get(aggregate.index()).map(|node| &node.op) else {
        return Asked { within: None, filter: None };
    };
    let mut set = |node: Option<NodeId>| node.map(|node| truths.lower(nodes, node, true));
    Asked { within: set(aggregate.within), filter: set(aggregate.filter) }
}

fn contents(nodes: &[Node], rows: &Rows, aggregates: &[NodeId]) -> (Vec<NodeId>, Vec<NodeId>) {
    let scope = Scope::Row(rows.innermost());
    let mut values = BTreeSet::new();
    let mut reads = BTreeSet::new();
    let mut pending = Vec::new();
    for aggregate in aggregates.iter().filter_map(|id| nodes.get(id.index())) {
        aggregate.op.for_each_operand(|operand| pending.push(operand));
    }
    while let Some(id) = pending.pop() {
        let Some(node) = nodes.get(id.index()) else { continue };
        if works_inside(node, scope) {
            if values.insert(id) {
                node.op.for_each_operand(|operand| pending.push(operand));
            }
        } else {
            reads.insert(id);
        }
    }
    (values.into_iter().collect(), reads.into_iter().collect())
}

/// Whether a pass over rows of this scope works the node out in its loop.
pub(crate) fn works_inside(node: &Node, scope: Scope) -> bool {
    node.scope == scope && node.work == Work::Pass && !matches!(node.op, Op::Column(..) | Op::Aggregate(_))
}
