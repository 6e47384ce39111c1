//! Which sets are needed, in which order they are made, and in which slots they stand.

use super::sets::{Join, Operation};
use segue_compiler::plan::{Truth, TruthId};

/// The sets that some wanted ones are made from.
#[derive(Debug)]
pub(crate) struct Needs<'p> {
    truths: &'p [Truth],
    roots: Vec<TruthId>,
    needed: Vec<bool>,
    /// By set: the slot.
    slots: Vec<Option<usize>>,
    literals: Vec<Truth>,
}

/// The operations that make all sets, in order.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// How many slots are used.
    pub(crate) slots: usize,
    /// The numbers of the roots that are literals.
    pub(crate) ready: Vec<usize>,
    /// With the numbers of the roots that are ready after each.
    pub(crate) operations: Vec<(Operation, Vec<usize>)>,
    /// By operation: whether a later one reads what it makes.
    pub(crate) is_read: Vec<bool>,
}

impl<'p> Needs<'p> {
    /// What the roots need of the sets. Literals have slots already, the first ones.
    pub(crate) fn new(truths: &'p [Truth], roots: &[TruthId]) -> Needs<'p> {
        let mut needed = vec![false; truths.len()];
        for root in roots {
            if let Some(needed) = needed.get_mut(root.index()) {
                *needed = true;
            }
        }
        // Users stand after their operands.
        for (at, set) in truths.iter().enumerate().rev() {
            if needed.get(at) == Some(&true) {
                for operand in set.operands() {
                    if let Some(needed) = needed.get_mut(operand.index()) {
                        *needed = true;
                    }
                }
            }
        }
        let mut needs =
            Needs { truths, roots: roots.to_vec(), needed, slots: vec![None; truths.len()], literals: Vec::new() };
        for (at, set) in truths.iter().enumerate() {
            if let (true, Truth::Literal { .. }) = (needs.needed.get(at) == Some(&true), set) {
                if let Some(slot) = needs.slots.get_mut(at) {
                    *slot = Some(needs.literals.len());
                }
                needs.literals.push(set.clone());
            }
        }
        needs
    }

    /// The sets that are wanted.
    pub(crate) fn roots(&self) -> &[TruthId] {
        &self.roots
    }

    /// The literals, each in the slot of its number.
    pub(crate) fn literals(&self) -> &[Truth] {
        &self.literals
    }

    /// Needed sets that are no literals, in their order.
    pub(crate) fn sets(&self) -> impl Iterator<Item = (TruthId, &'p Truth)> + use<'p> {
        let needed = self.needed.clone();
        self.truths
            .iter()
            .enumerate()
            .filter(move |(at, set)| needed.get(*at) == Some(&true) && !matches!(set, Truth::Literal { .. }))
            .map(|(at, set)| (TruthId(u32::try_from(at).unwrap_or(u32::MAX)), set))
    }

    /// By set: the slot, where it has one.
    pub(crate) fn slots(&self) -> &[Option<usize>] {
        &self.slots
    }

    /// The slot of a set, once it has one.
    pub(crate) fn slot(&self, set: TruthId) -> Option<usize> {
        self.slots.get(set.index()).copied().flatten()
    }

    /// Gives a set its slot.
    pub(crate) fn place(&mut self, set: TruthId, slot: usize) {
        if let Some(place) = self.slots.get_mut(set.index()) {
            *place = Some(slot);
        }
    }

    /// An operation for each set. A slot is used again once nobody needs what is in it; those of the roots only where they
    /// need not be kept until the end.
    pub(crate) fn order(&mut self, keep_roots: bool) -> Order {
        let sets: Vec<(TruthId, &Truth)> = self.sets().collect();
        let mut last_use: Vec<usize> = vec![0; self.truths.len()];
        for (number, (_, set)) in sets.iter().enumerate() {
            for operand in set.operands() {
                if let Some(last) = last_use.get_mut(operand.index()) {
                    *last = number;
                }
            }
        }
        let mut ready_by_set: Vec<Vec<usize>> = vec![Vec::new(); self.truths.len()];
        for (number, root) in self.roots.iter().enumerate() {
            if let Some(ready) = ready_by_set.get_mut(root.index()) {
                ready.push(number);
            }
            if let (true, Some(last)) = (keep_roots, last_use.get_mut(root.index())) {
                *last = usize::MAX;
            }
        }
        let mut take = |set: TruthId| ready_by_set.get_mut(set.index()).map(std::mem::take).unwrap_or_default();
        let literal = |at: usize| self.truths.get(at).is_some_and(|set| matches!(set, Truth::Literal { .. }));
        let ready = (0..self.truths.len())
            .filter(|at| literal(*at))
            .flat_map(|at| take(TruthId(u32::try_from(at).unwrap_or(u32::MAX))))
            .collect();
        let mut slots = self.literals.len();
        let mut free: Vec<usize> = Vec::new();
        let mut operations = Vec::with_capacity(sets.len());
        let mut is_read = Vec::with_capacity(sets.len());
        for (number, (id, set)) in sets.into_iter().enumerate() {
            let to = free.pop().unwrap_or_else(|| {
                slots += 1;
                slots - 1
            });
            if let Some(slot) = self.slots.get_mut(id.index()) {
                *slot = Some(to);
            }
            let join = match set {
                Truth::And(_) => Join::And,
                Truth::Or(_) => Join::Or,
                Truth::AtLeast(count, _) => Join::AtLeast(*count as usize),
                Truth::Complement(_) => Join::Complement,
                Truth::Constant(all) => Join::All(*all),
                Truth::Literal { .. } => continue,
            };
            let slot = |set: &TruthId| self.slots.get(set.index()).copied().flatten();
            let operands = set.operands().iter().filter_map(slot).collect();
            operations.push((Operation { join, operands, to }, take(id)));
            is_read.push(last_use.get(id.index()).is_some_and(|last| *last > number));
            // What was used for the last time leaves its slot; a set that nobody uses, its own.
            let used_last = |operand: &TruthId| last_use.get(operand.index()) == Some(&number);
            let mut leaving: Vec<TruthId> = set.operands().iter().copied().filter(used_last).collect();
            if last_use.get(id.index()) == Some(&0) {
                leaving.push(id);
            }
            leaving.sort_unstable();
            leaving.dedup();
            free.extend(leaving.iter().filter(|set| !literal(set.index())).filter_map(slot));
        }
        Order { slots, ready, operations, is_read }
    }
}
