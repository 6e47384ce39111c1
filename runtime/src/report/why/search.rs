//! The smallest change for another answer: the fewest values of the customer that would have to be others.
//!
//! Several conditions can ask about one value, so what is searched through are values, each with the few candidates that
//! the conditions can tell apart. Values of the same events restrict one another: no purchases at all leave none for the
//! last 30 days. The search goes through the choices of conditions with a growing number of allowed changes, so the
//! first find is a smallest one.

use super::logic::{FALSE, Goal, Logic, TRUE, Truths, UNKNOWN, only};
use std::cell::Cell;

/// A set of candidates, bit by bit.
pub(super) type Candidates = u128;
/// How many candidates a value can have.
pub(super) const MOST_CANDIDATES: usize = Candidates::BITS as usize;

/// A value that conditions ask about: the truths of these conditions for each candidate, the first being the value as
/// it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) candidates: Vec<Vec<Option<bool>>>,
}

impl Variable {
    /// All of its candidates.
    pub(super) fn every(&self) -> Candidates {
        Candidates::MAX.checked_shr((MOST_CANDIDATES - self.candidates.len().min(MOST_CANDIDATES)) as u32).unwrap_or(0)
    }

    /// The candidates for which a condition has one of some truths.
    pub(super) fn with(&self, slot: usize, truths: Truths) -> Candidates {
        let fits = |candidate: &&Vec<Option<bool>>| candidate.get(slot).is_some_and(|truth| only(*truth) & truths != 0);
        let found = self.candidates.iter().zip(0..).filter(|(candidate, _)| fits(candidate));
        found.fold(0, |set, (_, at): (_, u32)| set | 1_u128.checked_shl(at).unwrap_or(0))
    }

    /// The truths that a condition can have with these candidates.
    pub(super) fn truths(&self, slot: usize, among: Candidates) -> Truths {
        let truths = self.candidates.iter().enumerate().filter(|(at, _)| among >> at & 1 == 1);
        truths.fold(0, |set, (_, candidate)| set | candidate.get(slot).map_or(0, |truth| only(*truth)))
    }
}

/// Two values that do not go together in every way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Restriction {
    pub(super) variables: [usize; 2],
    /// By candidate of the first: those of the second that go with it.
    pub(super) together: Vec<Candidates>,
}

impl Restriction {
    /// What is left of one of the two where these are left of the other.
    fn left_of(&self, second: bool, others: Candidates) -> Candidates {
        let firsts = self.together.iter().enumerate();
        if second {
            firsts.filter(|(at, _)| others >> at & 1 == 1).fold(0, |left, (_, together)| left | together)
        } else {
            firsts.filter(|(_, together)| **together & others != 0).fold(0, |left, (at, _)| left | 1 << at)
        }
    }
}

/// All values that conditions ask about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Space {
    pub(super) variables: Vec<Variable>,
    /// By leaf: its value, and its place among the conditions on it.
    pub(super) leaves: Vec<(usize, usize)>,
    pub(super) restrictions: Vec<Restriction>,
}

impl Space {
    /// The truth of a leaf as it is.
    pub(super) fn now(&self, leaf: usize) -> Option<bool> {
        let (variable, slot) = *self.leaves.get(leaf)?;
        *self.variables.get(variable)?.candidates.first()?.get(slot)?
    }

    /// The truths that the logic can have with these candidates.
    pub(super) fn possible(&self, logic: &Logic, left: &[Candidates]) -> Truths {
        logic.possible(&|leaf| {
            let Some((variable, slot)) = self.leaves.get(leaf) else { return only(None) };
            let left = left.get(*variable).copied().unwrap_or(0);
            self.variables.get(*variable).map_or(0, |variable| variable.truths(*slot, left))
        })
    }

    /// Narrows one value and what that leaves of the others it restricts; false where nothing is left of one. Only
    /// restrictions between values that `counts` are heeded.
    pub(super) fn narrow(
        &self,
        left: &mut [Candidates],
        variable: usize,
        to: Candidates,
        counts: &dyn Fn(usize) -> bool,
    ) -> bool {
        let Some(own) = left.get_mut(variable) else { return false };
        let narrowed = *own & to;
        if narrowed == *own {
            return narrowed != 0;
        }
        *own = narrowed;
        narrowed != 0
            && self.restrictions.iter().all(|restriction| {
                let [first, second] = restriction.variables;
                let other = match variable {
                    variable if variable == first => second,
                    variable if variable == second => first,
                    _ => return true,
                };
                !counts(other) || self.narrow(left, other, restriction.left_of(other == second, narrowed), counts)
            })
    }
}

/// Values that would have to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Each with the candidate it would become, ascending.
    pub(super) values: Vec<(usize, usize)>,
    /// Whether no smaller set does; false only where the search was given up for its length.
    pub(super) smallest: bool,
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Change(Change),
    /// No change of these candidates makes it so.
    Nothing,
    /// There was more to try than is worth the time.
    GivenUp,
}

/// The smallest set of values that would have to change for the whole to be certainly true (`holds`), or not to be;
/// empty where it is so already.
pub(super) fn smallest_change(logic: &Logic, space: &Space, holds: bool) -> Found {
    let goal = Goal::of_whole(holds);
    let mut occurrences = vec![0_u32; space.variables.len()];
    logic.for_each_leaf(&mut |leaf| {
        if let Some((variable, _)) = space.leaves.get(leaf)
            && let Some(count) = occurrences.get_mut(*variable)
        {
            *count += 1;
        }
    });
    let mut restricted: Vec<usize> = space.restrictions.iter().flat_map(|restriction| restriction.variables).collect();
    restricted.sort_unstable();
    restricted.dedup();
    restricted.retain(|variable| occurrences.get(*variable).is_some_and(|count| *count > 0));
    let of_leaf = |(variable, slot): &(usize, usize)| {
        [TRUE, FALSE, UNKNOWN]
            .map(|truth| space.variables.get(*variable).map_or(0, |variable| variable.with(*slot, truth)))
    };
    let fitting: Vec<[Candidates; 3]> = space.leaves.iter().map(of_leaf).collect();
    let start = Search {
        space,
        fitting: &fitting,
        left: space.variables.iter().map(Variable::every).collect(),
        used: occurrences.iter().map(|count| *count > 0).collect(),
        weights: occurrences.into_iter().map(|count| 1.0 / f64::from(count.max(1))).collect(),
        restricted: &restricted,
        budget: Cell::new(BUDGET),
    };
    let least = start.estimate(logic, goal);
    if least.is_infinite() {
        return Found::Nothing;
    }
    start.budget.set(BUDGET);
    for limit in start.changes_for(least)..=space.variables.len() {
        let mut search = start.clone();
        if search.reach(vec![Task::Reach(logic, goal)], limit) {
            return Found::Change(Change { values: search.changes(), smallest: true });
        }
        if search.is_spent() {
            let mut greedy = start.clone();
            greedy.budget.set(GREEDY_BUDGET);
            return if greedy.reach(vec![Task::Reach(logic, goal)], space.variables.len()) {
                Found::Change(Change { values: greedy.changes(), smallest: false })
            } else if greedy.is_spent() {
                Found::GivenUp
            } else {
                Found::Nothing
            };
        }
        start.budget.set(search.budget.get());
    }
    Found::Nothing
}

/// Conditions looked at and values copied after which the search for a smallest change is given up: under a second.
const BUDGET: usize = 4_000_000;
/// The same for the search for any change.
const GREEDY_BUDGET: usize = 20_000_000;

/// What is left to do.
#[derive(Debug, Clone)]
enum Task<'l> {
    Reach(&'l Logic, Goal),
    /// At least so many of the parts, which stand with the most promising last.
    Pick(usize, Vec<&'l Logic>, Goal),
}

#[derive(Debug, Clone)]
struct Search<'s> {
    space: &'s Space,
    /// The candidates that each value may still be.
    left: Vec<Candidates>,
    /// Whether the logic asks about a value: others neither change nor restrict.
    used: Vec<bool>,
    /// By leaf: the candidates for which it is true, false, unknown.
    fitting: &'s [[Candidates; 3]],
    /// By value: one by how often it is asked about.
    weights: Vec<f64>,
    /// Values that are used and restrict one another.
    restricted: &'s [usize],
    /// What may still be spent.
    budget: Cell<usize>,
}

impl<'l> Search<'_> {
    /// Whether all tasks can be done with at most so many changes; then `left` says how.
    fn reach(&mut self, mut tasks: Vec<Task<'l>>, limit: usize) -> bool {
        while let Some(task) = tasks.pop() {
            self.spend(1);
            if self.is_spent() {
                return false;
            }
            match task {
                Task::Reach(Logic::Leaf(leaf), goal) => {
                    let Some((variable, _)) = self.space.leaves.get(*leaf).copied() else { return false };
                    if !self.narrow(variable, self.fitting(*leaf, goal)) || self.changed() > limit {
                        return false;
                    }
                }
                Task::Reach(Logic::Fixed(truth), goal) => {
                    if goal.allows() & only(*truth) == 0 {
                        return false;
                    }
                }
                Task::Reach(Logic::Not(part), goal) => tasks.push(Task::Reach(part, goal.of_negated())),
                Task::Reach(Logic::Certain(part), goal) => {
                    tasks.push(Task::Reach(part, goal.of_certain()));
                }
                Task::Reach(Logic::AtLeast(count, parts), goal) => {
                    let count = goal.needed(*count, parts.len());
                    let mut ordered: Vec<(f64, &Logic)> =
                        parts.iter().map(|part| (self.estimate(part, goal), part)).collect();
                    ordered.sort_by(|(left, _), (right, _)| right.total_cmp(left));
                    tasks.push(Task::Pick(count, ordered.into_iter().map(|(_, part)| part).collect(), goal));
                    let least: f64 = tasks.iter().map(|task| self.least(task)).sum();
                    if self.changes_for(least) > limit {
                        return false;
                    }
                }
                Task::Pick(0, ..) => {}
                Task::Pick(count, parts, _) if parts.len() < count => return false,
                Task::Pick(count, parts, goal) if parts.len() == count => {
                    tasks.extend(parts.into_iter().map(|part| Task::Reach(part, goal)));
                }
                Task::Pick(count, mut parts, goal) => {
                    let Some(part) = parts.pop() else { return false };
                    self.spend(self.left.len() + tasks.len() + parts.len());
                    let left = self.left.clone();
                    let mut with = tasks.clone();
                    with.push(Task::Pick(count - 1, parts.clone(), goal));
                    with.push(Task::Reach(part, goal));
                    if self.reach(with, limit) {
                        return true;
                    }
                    self.left = left;
                    tasks.push(Task::Pick(count, parts, goal));
                }
            }
        }
        self.settle(0, limit)
    }

    /// Chooses candidates for the values that restrict one another, so that they go together.
    fn settle(&mut self, from: usize, limit: usize) -> bool {
        let Some(variable) = self.restricted.get(from).copied() else { return self.changed() <= limit };
        let choices = self.left.get(variable).copied().unwrap_or(0);
        for candidate in (0..MOST_CANDIDATES).filter(|candidate| choices >> candidate & 1 == 1) {
            self.spend(self.left.len());
            if self.is_spent() {
                return false;
            }
            let left = self.left.clone();
            if self.narrow(variable, 1 << candidate) && self.changed() <= limit && self.settle(from + 1, limit) {
                return true;
            }
            self.left = left;
        }
        false
    }

    fn spend(&self, amount: usize) {
        self.budget.set(self.budget.get().saturating_sub(amount));
    }

    fn is_spent(&self) -> bool {
        self.budget.get() == 0
    }

    fn narrow(&mut self, variable: usize, to: Candidates) -> bool {
        let used = &self.used;
        self.space.narrow(&mut self.left, variable, to, &|other| used.get(other).copied().unwrap_or(false))
    }

    /// The candidates of its value for which a leaf reaches a goal.
    fn fitting(&self, leaf: usize, goal: Goal) -> Candidates {
        let Some(fitting) = self.fitting.get(leaf) else { return 0 };
        let allowed = [TRUE, FALSE, UNKNOWN].into_iter().zip(fitting).filter(|(truth, _)| goal.allows() & truth != 0);
        allowed.fold(0, |all, (_, candidates)| all | candidates)
    }

    /// How many values cannot stay as they are.
    fn changed(&self) -> usize {
        // A look at a value is far quicker than one at a condition.
        self.spend(self.left.len() / 16);
        self.left.iter().filter(|left| **left & 1 == 0).count()
    }

    /// How many changes there will be, where those to come weigh at least so much.
    fn changes_for(&self, least: f64) -> usize {
        // Sums of a few hundred fractions are off by far less than this.
        self.changed().saturating_add((least - 1e-6).ceil().max(0.0) as usize)
    }

    /// What a task weighs at least.
    fn least(&self, task: &Task<'_>) -> f64 {
        match task {
            Task::Reach(logic, goal) => self.estimate(logic, *goal),
            Task::Pick(count, parts, goal) => self.cheapest(*count, parts.iter().copied(), *goal),
        }
    }

    fn cheapest<'p>(&self, count: usize, parts: impl Iterator<Item = &'p Logic>, goal: Goal) -> f64 {
        let mut costs: Vec<f64> = parts.map(|part| self.estimate(part, goal)).collect();
        costs.sort_unstable_by(f64::total_cmp);
        if costs.len() < count { f64::INFINITY } else { costs.iter().take(count).sum() }
    }

    /// What the changes that a part needs weigh at least; infinite where nothing helps.
    fn estimate(&self, logic: &Logic, goal: Goal) -> f64 {
        self.spend(1);
        match logic {
            Logic::Leaf(leaf) => {
                let Some((variable, _)) = self.space.leaves.get(*leaf) else { return f64::INFINITY };
                let (Some(before), Some(weight)) = (self.left.get(*variable), self.weights.get(*variable)) else {
                    return f64::INFINITY;
                };
                match before & self.fitting(*leaf, goal) {
                    0 => f64::INFINITY,
                    after if after & 1 == 1 || before & 1 == 0 => 0.0,
                    _ => *weight,
                }
            }
            Logic::Fixed(truth) if goal.allows() & only(*truth) == 0 => f64::INFINITY,
            Logic::Fixed(_) => 0.0,
            Logic::Not(part) => self.estimate(part, goal.of_negated()),
            Logic::Certain(part) => self.estimate(part, goal.of_certain()),
            Logic::AtLeast(count, parts) => self.cheapest(goal.needed(*count, parts.len()), parts.iter(), goal),
        }
    }

    fn changes(&self) -> Vec<(usize, usize)> {
        let changed = self.left.iter().enumerate().filter(|(_, left)| **left & 1 == 0);
        changed.map(|(variable, left)| (variable, left.trailing_zeros() as usize)).collect()
    }
}
