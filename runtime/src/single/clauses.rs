//! Sets of a plan as clauses: a set is the customers (or rows) for whom every clause holds, a clause holds where one of its
//! literals does. A literal depends on one value, so its bit in every clause can be read off a table by that value.
//!
//! Sets that would take too many clauses are joined bit by bit from such that do not.

use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Truth, TruthId};
use std::collections::BTreeSet;

/// More clauses than this, or more literals in one, are not worth it.
const CLAUSES: usize = 12;
const LITERALS: usize = 48;

/// An atom that certainly holds, or certainly does not, or the opposite of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Literal {
    pub(super) atom: NodeId,
    pub(super) holds: bool,
    pub(super) opposite: bool,
}

/// One of its literals holds; of none, none does.
pub(super) type Clause = BTreeSet<Literal>;

/// How bits are joined to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// At least so many.
    AtLeast(usize),
    /// The opposite of the one.
    Not,
}

/// A bit that is made from others.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) join: Join,
    pub(super) operands: Vec<usize>,
    pub(super) out: usize,
}

/// Sets as bits: clauses for each, and operations for those that have none.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    /// By bit; the roots first. A bit that an operation makes has one clause that never holds.
    pub(super) bits: Vec<BTreeSet<Clause>>,
    pub(super) operations: Vec<Operation>,
}

impl Clauses {
    /// Of sets that are each in all of some others; `None` is nobody.
    pub(super) fn new(truths: &[Truth], roots: &[Option<Vec<TruthId>>]) -> Clauses {
        let known = all(truths);
        let mut made = Made { truths, known: &known, clauses: Clauses::default(), bits: FxHashMap::default() };
        let never = || BTreeSet::from([Clause::new()]);
        made.clauses.bits = vec![never(); roots.len()];
        for (bit, root) in roots.iter().enumerate() {
            let Some(sets) = root else { continue };
            let joined = sets.iter().try_fold(BTreeSet::new(), |mut joined, set| {
                joined.extend(known.get(set.index())?.first()?.as_ref()?.iter().cloned());
                (joined.len() <= CLAUSES).then_some(joined)
            });
            match joined {
                Some(clauses) => {
                    if let Some(slot) = made.clauses.bits.get_mut(bit) {
                        *slot = clauses;
                    }
                }
                None => {
                    let operands: Vec<usize> = sets.iter().map(|set| made.bit(*set)).collect();
                    let join = Join::AtLeast(operands.len());
                    made.clauses.operations.push(Operation { join, operands, out: bit });
                }
            }
        }
        made.clauses
    }
}

/// The clauses of a set and of its opposite, where they are few.
type Both = [Option<BTreeSet<Clause>>; 2];

struct Made<'a> {
    truths: &'a [Truth],
    known: &'a [Both],
    clauses: Clauses,
    bits: FxHashMap<TruthId, usize>,
}

impl Made<'_> {
    /// The bit of a set, made after those it needs, without recursing over them.
    fn bit(&mut self, set: TruthId) -> usize {
        let mut stack = vec![set];
        while let Some(top) = stack.last().copied() {
            if self.bits.contains_key(&top) {
                stack.pop();
                continue;
            }
            let bit = self.clauses.bits.len();
            if let Some([Some(clauses), _]) = self.known.get(top.index()) {
                self.clauses.bits.push(clauses.clone());
                self.bits.insert(top, bit);
                stack.pop();
                continue;
            }
            let Some(truth) = self.truths.get(top.index()) else { break };
            let open: Vec<TruthId> =
                truth.operands().iter().filter(|operand| !self.bits.contains_key(operand)).copied().collect();
            if !open.is_empty() {
                stack.extend(open);
                continue;
            }
            let operands: Vec<usize> =
                truth.operands().iter().filter_map(|operand| self.bits.get(operand).copied()).collect();
            let join = match truth {
                Truth::And(_) => Join::AtLeast(operands.len()),
                Truth::AtLeast(count, _) => Join::AtLeast(*count as usize),
                Truth::Complement(_) => Join::Not,
                Truth::Or(_) | Truth::Constant(_) | Truth::Literal { .. } => Join::AtLeast(1),
            };
            self.clauses.bits.push(BTreeSet::from([Clause::new()]));
            self.clauses.operations.push(Operation { join, operands, out: bit });
            self.bits.insert(top, bit);
            stack.pop();
        }
        self.bits.get(&set).copied().unwrap_or(0)
    }
}

fn all(truths: &[Truth]) -> Vec<Both> {
    let mut known: Vec<Both> = Vec::with_capacity(truths.len());
    for truth in truths {
        let both = [false, true].map(|opposite| {
            let of = |set: &TruthId, opposite: bool| known.get(set.index())?.get(usize::from(opposite))?.as_ref();
            match truth {
                Truth::Constant(value) if *value != opposite => Some(BTreeSet::new()),
                Truth::Constant(_) => Some(BTreeSet::from([Clause::new()])),
                Truth::Literal { atom, holds } => {
                    Some(BTreeSet::from([Clause::from([Literal { atom: *atom, holds: *holds, opposite }])]))
                }
                Truth::Complement(set) => of(set, !opposite).cloned(),
                Truth::And(sets) | Truth::Or(sets) => {
                    let mut parts = sets.iter().map(|set| of(set, opposite));
                    match matches!(truth, Truth::And(_)) != opposite {
                        true => parts.try_fold(BTreeSet::new(), |mut joined, part| {
                            joined.extend(part?.iter().cloned());
                            (joined.len() <= CLAUSES).then_some(joined)
                        }),
                        false => parts.try_fold(BTreeSet::from([Clause::new()]), |joined, part| either(&joined, part?)),
                    }
                }
                Truth::AtLeast(..) => None,
            }
        });
        known.push(both);
    }
    known
}

/// One or the other, each of clauses that all hold.
fn either(one: &BTreeSet<Clause>, other: &BTreeSet<Clause>) -> Option<BTreeSet<Clause>> {
    if one.len() * other.len() > 4 * CLAUSES {
        return None;
    }
    let mut all: Vec<Clause> = Vec::new();
    for one in one {
        for other in other {
            all.push(one.union(other).copied().collect());
        }
    }
    // A clause says nothing where another one says more.
    let kept: BTreeSet<Clause> = all
        .iter()
        .filter(|clause| !all.iter().any(|less| less.len() < clause.len() && less.is_subset(clause)))
        .cloned()
        .collect();
    (kept.len() <= CLAUSES && kept.iter().all(|clause| clause.len() <= LITERALS)).then_some(kept)
}
