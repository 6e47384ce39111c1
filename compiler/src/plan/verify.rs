//! Checks of a plan's own invariants; a flaw is a mistake of ours, never of a rule file.

use super::node::{Node, NodeId, Op, Scope, Work};
use super::{Plan, Truth};
use crate::program::{CUSTOMERS, Program, TableId, Type};
use thiserror::Error;

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("node %{node}: {what}")]
pub struct Flaw {
    /// The node, or the number of the set or pass.
    pub node: u32,
    /// What it breaks.
    pub what: &'static str,
}

impl Plan {
    /// The first flaw of each node, pass and set; empty for a sound plan.
    pub fn verify(&self, program: &Program) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |node: usize, what| flaws.push(Flaw { node: u32::try_from(node).unwrap_or(u32::MAX), what });
        for (at, node) in self.nodes.iter().enumerate() {
            if let Err(what) = self.verify_node(program, at, node) {
                flaw(at, what);
            }
        }
        let mut level = 0;
        for (at, pass) in self.passes.iter().enumerate() {
            if pass.level < level {
                flaw(at, "passes stand in the wrong order");
            }
            level = pass.level;
            let needs = pass.reads.iter().chain(&pass.values).filter_map(|id| self.node(*id));
            if needs.map(|node| node.level).max().unwrap_or(0) >= pass.level {
                flaw(at, "a pass reads what it gives itself");
            }
            let rows = Scope::Row(pass.rows.innermost());
            let fits = |atom: NodeId| {
                self.node(atom).is_some_and(|node| node.ty == Type::Boolean && fits(program, node.scope, rows))
            };
            if let Some((_, what)) = flaws_of_sets(&pass.truths, fits).next() {
                flaw(at, what);
            }
        }
        let fits =
            |atom: NodeId| self.node(atom).is_some_and(|node| node.ty == Type::Boolean && is_of_customers(node.scope));
        for (at, what) in flaws_of_sets(&self.truths, fits) {
            flaw(at, what);
        }
        for node in &self.traits {
            if !self.node(*node).is_some_and(|found| is_of_customers(found.scope)) {
                flaw(node.index(), "a trait is not a value of customers");
            }
        }
        flaws
    }

    fn verify_node(&self, program: &Program, at: usize, node: &Node) -> Result<(), &'static str> {
        let mut ordered = true;
        node.op.for_each_operand(|operand| ordered &= operand.index() < at);
        if !ordered {
            return Err("it stands before an operand");
        }
        let scope = |id: NodeId| self.node(id).map_or(Scope::Constant, |found| found.scope);
        match &node.op {
            Op::Aggregate(aggregate) => {
                let inner = Scope::Row(aggregate.rows.innermost());
                let fits = |id: &NodeId| fits(program, scope(*id), inner);
                if ![aggregate.within, aggregate.filter, aggregate.value].iter().flatten().all(fits) {
                    return Err("an aggregate uses values of other rows");
                }
                let conditions = [aggregate.within, aggregate.filter];
                if conditions.iter().flatten().any(|id| self.node(*id).is_none_or(|found| found.ty != Type::Boolean)) {
                    return Err("an aggregate's condition is not a yes/no value");
                }
                if aggregate.rows.chain.is_empty() {
                    return Err("an aggregate has no rows");
                }
            }
            Op::Followed(step) => {
                let later = Scope::Row(step.rows);
                let place = |is_later: bool| if is_later { later } else { node.scope };
                if !step.operands().all(|(id, is_later)| fits(program, scope(id), place(is_later))) {
                    return Err("a step uses values of other rows");
                }
                if self.node(step.passes).is_none_or(|found| found.ty != Type::Boolean) {
                    return Err("a step's condition is not a yes/no value");
                }
            }
            Op::Gather { row, value } => {
                let Some(Op::LookupRow { table, .. }) = self.node(*row).map(|found| &found.op) else {
                    return Err("a look-up's row is not one");
                };
                if !fits(program, scope(*value), Scope::Row(*table)) {
                    return Err("a look-up's value is of another table");
                }
            }
            op => {
                let mut nested = true;
                op.for_each_operand(|operand| nested &= fits(program, scope(operand), node.scope));
                if !nested {
                    return Err("an operand is of another row");
                }
            }
        }
        if let Op::Not(operand) | Op::Certain(operand) = &node.op
            && self.node(*operand).is_none_or(|found| found.ty != Type::Boolean)
        {
            return Err("its operand is not a yes/no value");
        }
        if node.places.iter().any(|place| place.context < node.scope) {
            return Err("it stands for a place that is asked less often than it");
        }
        if let Work::PerText(text) = node.work
            && (text.index() >= at || !self.node(text).is_some_and(|found| super::is_text(&found.ty)))
        {
            return Err("it is worked out per text of what is no text");
        }
        Ok(())
    }
}

/// What is wrong with sets whose atoms must fit, by their numbers.
fn flaws_of_sets(sets: &[Truth], fits: impl Fn(NodeId) -> bool) -> impl Iterator<Item = (usize, &'static str)> {
    sets.iter().enumerate().filter_map(move |(at, set)| {
        let what = match set {
            _ if set.operands().iter().any(|operand| operand.index() >= at) => {
                "a set stands before what it is made from"
            }
            Truth::Literal { atom, .. } if !fits(*atom) => "an atom is not a yes/no value of the set's rows",
            _ => return None,
        };
        Some((at, what))
    })
}

fn is_of_customers(scope: Scope) -> bool {
    matches!(scope, Scope::Constant | Scope::Customer)
}

/// Whether a value of scope `inner` has one value for each of `outer`.
fn fits(program: &Program, inner: Scope, outer: Scope) -> bool {
    match (inner, outer) {
        (Scope::Constant, _) => true,
        (Scope::Customer, Scope::Customer) => true,
        (Scope::Customer, Scope::Row(table)) => !super::work::is_looked_up(program, table),
        (Scope::Row(table), Scope::Row(below)) => is_at_or_above(program, table, below),
        _ => false,
    }
}

fn is_at_or_above(program: &Program, above: TableId, below: TableId) -> bool {
    let mut at = below;
    loop {
        if at == above {
            return true;
        }
        match program.tables.get(at.0 as usize).and_then(|found| found.parent) {
            Some((parent, _)) if parent != CUSTOMERS => at = parent,
            _ => return false,
        }
    }
}
