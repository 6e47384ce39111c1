//! The truth stage: segments and parts as and / or over literals, in negation normal form.
//!
//! A literal is the set of customers for whom an atom certainly holds, or certainly does not: two sets of their own, so a
//! missing value is in neither, and Kleene's third value needs no second word. Only what is never unknown (a segment used
//! by another, a part) is negated by taking the other customers.

use super::node::{Node, NodeId, Op};
use crate::values::Value;
use rustc_hash::FxHashMap;

/// Number of a set in `Truths::sets`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TruthId(pub u32);

impl TruthId {
    /// As a position.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of customers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Truth {
    /// Everybody or nobody.
    Constant(bool),
    /// For whom the atom is certainly so.
    Literal {
        /// A yes/no node in the scope of a customer.
        atom: NodeId,
        /// True: for whom it certainly holds; false: for whom it certainly does not.
        holds: bool,
    },
    /// In all of two or more sets, ascending.
    And(Box<[TruthId]>),
    /// In any of two or more sets, ascending.
    Or(Box<[TruthId]>),
    /// In at least so many of the sets.
    AtLeast(u32, Box<[TruthId]>),
    /// All others.
    Complement(TruthId),
}

impl Truth {
    /// The sets it is made from.
    pub fn operands(&self) -> &[TruthId] {
        match self {
            Truth::Constant(_) | Truth::Literal { .. } => &[],
            Truth::And(operands) | Truth::Or(operands) | Truth::AtLeast(_, operands) => operands,
            Truth::Complement(operand) => std::slice::from_ref(operand),
        }
    }
}

/// Sets of more than so many operands are not opened inside of others: a chain of segments, each of the one before and a line
/// more, would grow with the square of its length.
pub(crate) const OPENED: usize = 8;

/// The sets, each once, operands before users.
#[derive(Debug, Clone, Default)]
pub(crate) struct Truths {
    /// By [`TruthId`].
    pub(crate) sets: Vec<Truth>,
    known: FxHashMap<Truth, TruthId>,
    lowered: FxHashMap<(NodeId, bool), TruthId>,
}

impl Truths {
    /// The set of customers for whom the node certainly `holds`, or certainly does not.
    pub(crate) fn lower(&mut self, nodes: &[Node], node: NodeId, holds: bool) -> TruthId {
        let mut stack = vec![(node, holds)];
        while let Some((node, holds)) = stack.last().copied() {
            if self.lowered.contains_key(&(node, holds)) {
                stack.pop();
                continue;
            }
            let mut open = Vec::new();
            let built = self.build(nodes, node, holds, &mut open);
            if open.is_empty() {
                let id = self.intern(built);
                self.lowered.insert((node, holds), id);
                stack.pop();
            } else {
                stack.append(&mut open);
            }
        }
        self.lowered.get(&(node, holds)).copied().unwrap_or(TruthId(0))
    }

    fn build(&self, nodes: &[Node], node: NodeId, holds: bool, open: &mut Vec<(NodeId, bool)>) -> Truth {
        let mut set = |operand: NodeId, holds: bool| {
            self.lowered.get(&(operand, holds)).copied().unwrap_or_else(|| {
                open.push((operand, holds));
                TruthId(0)
            })
        };
        match nodes.get(node.index()).map(|found| &found.op) {
            Some(Op::Constant(constant)) => Truth::Constant(constant.0 == Value::Boolean(holds)),
            Some(Op::Not(inner)) => self.same(set(*inner, !holds)),
            Some(Op::And(inner)) => {
                let sets = inner.iter().map(|one| set(*one, holds)).collect();
                if holds { Truth::And(sets) } else { Truth::Or(sets) }
            }
            Some(Op::Or(inner)) => {
                let sets = inner.iter().map(|one| set(*one, holds)).collect();
                if holds { Truth::Or(sets) } else { Truth::And(sets) }
            }
            Some(Op::AtLeastOf(count, inner)) => {
                let sets: Box<[TruthId]> = inner.iter().map(|one| set(*one, holds)).collect();
                if holds {
                    Truth::AtLeast(*count, sets)
                } else {
                    // So many certainly fail that too few are left: n - count + 1 of them.
                    let all = u32::try_from(sets.len()).unwrap_or(u32::MAX);
                    match (all + 1).checked_sub(*count) {
                        Some(0) | None => Truth::Constant(true),
                        Some(failing) => Truth::AtLeast(failing, sets),
                    }
                }
            }
            Some(Op::Certain(inner)) => {
                let certain = set(*inner, true);
                if holds { self.same(certain) } else { Truth::Complement(certain) }
            }
            _ => Truth::Literal { atom: node, holds },
        }
    }

    /// The same set again, to be interned under another node.
    fn same(&self, set: TruthId) -> Truth {
        self.sets.get(set.index()).cloned().unwrap_or(Truth::Constant(false))
    }

    fn intern(&mut self, truth: Truth) -> TruthId {
        let truth = self.simplified(truth);
        if let Some(id) = self.known.get(&truth) {
            return *id;
        }
        let id = TruthId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.known.insert(truth.clone(), id);
        self.sets.push(truth);
        id
    }

    fn simplified(&self, truth: Truth) -> Truth {
        match truth {
            Truth::And(sets) => self.joined(&sets, true),
            Truth::Or(sets) => self.joined(&sets, false),
            Truth::AtLeast(0, _) => Truth::Constant(true),
            Truth::AtLeast(count, sets) if count as usize > sets.len() => Truth::Constant(false),
            Truth::Complement(set) => match self.sets.get(set.index()) {
                Some(Truth::Constant(value)) => Truth::Constant(!value),
                Some(Truth::Complement(inner)) => self.same(*inner),
                _ => Truth::Complement(set),
            },
            other => other,
        }
    }

    /// And (`all`) or or of the sets: nested ones opened where they are small, neutral ones dropped.
    fn joined(&self, sets: &[TruthId], all: bool) -> Truth {
        let mut flat: Vec<TruthId> = Vec::with_capacity(sets.len());
        for set in sets {
            match self.sets.get(set.index()) {
                Some(Truth::And(inner)) if all && inner.len() <= OPENED => flat.extend_from_slice(inner),
                Some(Truth::Or(inner)) if !all && inner.len() <= OPENED => flat.extend_from_slice(inner),
                Some(Truth::Constant(value)) if *value == all => {}
                Some(Truth::Constant(value)) => return Truth::Constant(*value),
                _ => flat.push(*set),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match flat.as_slice() {
            [] => Truth::Constant(all),
            [one] => self.same(*one),
            _ if all => Truth::And(flat.into()),
            _ => Truth::Or(flat.into()),
        }
    }
}
