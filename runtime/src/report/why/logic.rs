//! The logic of an answer with its conditions as leaves, and the smallest set of leaves that would have to change for
//! another answer.
//!
//! Kleene's and, or and not are all "at least so many of them" and its negation, so a goal for the whole becomes goals
//! for "at least m of these parts", down to the leaves; leaves that occur in several places have one truth. The search
//! goes through the choices of parts with a growing number of allowed changes, so the first find is a smallest one.

/// A condition over leaves.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Logic {
    /// A leaf by its number.
    Leaf(usize),
    /// A truth that nothing changes.
    Fixed(Option<bool>),
    /// Kleene's not.
    Not(Box<Logic>),
    /// Yes where the part is certainly true, else no: a reference to a segment or a partition's part (rule 6).
    Certain(Box<Logic>),
    /// At least so many of the parts: all of them is `and`, one of them is `or`.
    AtLeast(usize, Vec<Logic>),
}

impl Logic {
    /// Kleene's and.
    pub(super) fn all(parts: Vec<Logic>) -> Logic {
        Logic::AtLeast(parts.len(), parts)
    }

    /// Kleene's or.
    pub(super) fn any(parts: Vec<Logic>) -> Logic {
        Logic::AtLeast(1, parts)
    }

    /// The truth for truths of the leaves.
    pub(super) fn truth(&self, leaves: &[Option<bool>]) -> Option<bool> {
        match self {
            Logic::Leaf(leaf) => leaves[*leaf],
            Logic::Fixed(truth) => *truth,
            Logic::Not(part) => part.truth(leaves).map(|truth| !truth),
            Logic::Certain(part) => Some(part.truth(leaves) == Some(true)),
            Logic::AtLeast(count, parts) => {
                let truths: Vec<_> = parts.iter().map(|part| part.truth(leaves)).collect();
                let held = truths.iter().filter(|truth| **truth == Some(true)).count();
                let possible = truths.iter().filter(|truth| **truth != Some(false)).count();
                if held >= *count {
                    Some(true)
                } else if possible < *count {
                    Some(false)
                } else {
                    None
                }
            }
        }
    }
}

/// Leaves that would have to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Each with the truth it would have to have, ascending.
    pub(super) leaves: Vec<(usize, bool)>,
    /// Whether no smaller set does; false only where the search was given up for its length.
    pub(super) smallest: bool,
}

/// The smallest set of leaves whose truths would have to change for the whole to be certainly true (`holds`), or not to
/// be; empty where it is so already, `None` where no change makes it so.
pub(super) fn smallest_change(logic: &Logic, leaves: &[Option<bool>], holds: bool) -> Option<Change> {
    let goal = if holds { Goal::True } else { Goal::NotTrue };
    let mut occurrences = vec![0; leaves.len()];
    count_leaves(logic, &mut occurrences);
    let weights = occurrences.into_iter().map(|count: u32| 1.0 / f64::from(count.max(1))).collect();
    let start = Search { leaves, weights, allowed: vec![EVERY; leaves.len()], changed: 0, steps: STEPS };
    let least = start.estimate(logic, goal);
    if least.is_infinite() {
        return None;
    }
    for limit in start.changes_for(least)..=leaves.len() {
        let mut search = start.clone();
        if search.reach(vec![Task::Reach(logic, goal)], limit) {
            return Some(Change { leaves: search.changes(), smallest: true });
        }
        if search.steps == 0 {
            let mut greedy = start.clone();
            let found = greedy.reach(vec![Task::Reach(logic, goal)], leaves.len());
            return found.then(|| Change { leaves: greedy.changes(), smallest: false });
        }
    }
    None
}

/// How often each leaf occurs.
fn count_leaves(logic: &Logic, occurrences: &mut [u32]) {
    match logic {
        Logic::Leaf(leaf) => occurrences[*leaf] += 1,
        Logic::Fixed(_) => {}
        Logic::Not(part) | Logic::Certain(part) => count_leaves(part, occurrences),
        Logic::AtLeast(_, parts) => parts.iter().for_each(|part| count_leaves(part, occurrences)),
    }
}

/// Steps after which a search is given up: well under a second.
const STEPS: usize = 200_000;

/// What a part has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Goal {
    fn of_negated(self) -> Goal {
        match self {
            Goal::True => Goal::False,
            Goal::False => Goal::True,
            Goal::NotTrue => Goal::NotFalse,
            Goal::NotFalse => Goal::NotTrue,
        }
    }

    /// The goal for the part of a [`Logic::Certain`], which is never unknown.
    fn of_certain(self) -> Goal {
        if matches!(self, Goal::True | Goal::NotFalse) { Goal::True } else { Goal::NotTrue }
    }

    /// Of how many parts the goal must be reached where the whole is "at least `count` of `parts`": it is not true, or
    /// false, where so many are not true, or false, that the rest is too few.
    fn needed(self, count: usize, parts: usize) -> usize {
        match self {
            Goal::True | Goal::NotFalse => count,
            Goal::False | Goal::NotTrue => (parts + 1).saturating_sub(count),
        }
    }

    fn allows(self) -> u8 {
        match self {
            Goal::True => TRUE,
            Goal::False => FALSE,
            Goal::NotTrue => FALSE | UNKNOWN,
            Goal::NotFalse => TRUE | UNKNOWN,
        }
    }
}

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const UNKNOWN: u8 = 4;
const EVERY: u8 = TRUE | FALSE | UNKNOWN;

fn bit(truth: Option<bool>) -> u8 {
    match truth {
        Some(true) => TRUE,
        Some(false) => FALSE,
        None => UNKNOWN,
    }
}

/// What is left to do.
#[derive(Debug, Clone)]
enum Task<'l> {
    Reach(&'l Logic, Goal),
    /// At least so many of the parts, which stand with the most promising last.
    Pick(usize, Vec<&'l Logic>, Goal),
}

#[derive(Debug, Clone)]
struct Search<'l> {
    /// The truths that are.
    leaves: &'l [Option<bool>],
    /// One by how often the leaf occurs.
    weights: Vec<f64>,
    /// The truths that each leaf may still have.
    allowed: Vec<u8>,
    /// How many leaves may not stay as they are.
    changed: usize,
    steps: usize,
}

impl<'l> Search<'l> {
    /// Whether all tasks can be done with at most so many changes; then `allowed` says how.
    fn reach(&mut self, mut tasks: Vec<Task<'l>>, limit: usize) -> bool {
        while let Some(task) = tasks.pop() {
            if self.steps == 0 {
                return false;
            }
            self.steps -= 1;
            match task {
                Task::Reach(Logic::Leaf(leaf), goal) => {
                    if !self.allow(*leaf, goal.allows()) || self.changed > limit {
                        return false;
                    }
                }
                Task::Reach(Logic::Fixed(truth), goal) => {
                    if goal.allows() & bit(*truth) == 0 {
                        return false;
                    }
                }
                Task::Reach(Logic::Not(part), goal) => tasks.push(Task::Reach(part, goal.of_negated())),
                Task::Reach(Logic::Certain(part), goal) => {
                    tasks.push(Task::Reach(part, goal.of_certain()));
                }
                Task::Reach(Logic::AtLeast(count, parts), goal) => {
                    let count = goal.needed(*count, parts.len());
                    let mut ordered: Vec<&Logic> = parts.iter().collect();
                    ordered.sort_by(|left, right| self.estimate(right, goal).total_cmp(&self.estimate(left, goal)));
                    tasks.push(Task::Pick(count, ordered, goal));
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
                    let (allowed, changed) = (self.allowed.clone(), self.changed);
                    let mut with = tasks.clone();
                    with.push(Task::Pick(count - 1, parts.clone(), goal));
                    with.push(Task::Reach(part, goal));
                    if self.reach(with, limit) {
                        return true;
                    }
                    (self.allowed, self.changed) = (allowed, changed);
                    tasks.push(Task::Pick(count, parts, goal));
                }
            }
        }
        true
    }

    /// Narrows what a leaf may be; false where nothing is left. A leaf can be made true or false, not unknown.
    fn allow(&mut self, leaf: usize, wanted: u8) -> bool {
        let current = bit(self.leaves[leaf]);
        let (before, after) = (self.allowed[leaf], self.allowed[leaf] & wanted);
        self.changed += usize::from(before & current != 0 && after & current == 0);
        self.allowed[leaf] = after;
        after & (current | TRUE | FALSE) != 0
    }

    /// How many changes there will be, where those to come weigh at least so much.
    fn changes_for(&self, least: f64) -> usize {
        // Sums of a few hundred fractions are off by far less than this.
        self.changed.saturating_add((least - 1e-6).ceil().max(0.0) as usize)
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
        match logic {
            Logic::Leaf(leaf) => {
                let (before, after) = (self.allowed[*leaf], self.allowed[*leaf] & goal.allows());
                match bit(self.leaves[*leaf]) {
                    current if after & current != 0 => 0.0,
                    _ if after & (TRUE | FALSE) == 0 => f64::INFINITY,
                    current if before & current == 0 => 0.0,
                    _ => self.weights[*leaf],
                }
            }
            Logic::Fixed(truth) if goal.allows() & bit(*truth) == 0 => f64::INFINITY,
            Logic::Fixed(_) => 0.0,
            Logic::Not(part) => self.estimate(part, goal.of_negated()),
            Logic::Certain(part) => self.estimate(part, goal.of_certain()),
            Logic::AtLeast(count, parts) => self.cheapest(goal.needed(*count, parts.len()), parts.iter(), goal),
        }
    }

    fn changes(&self) -> Vec<(usize, bool)> {
        let leaves = self.leaves.iter().zip(&self.allowed).enumerate();
        leaves
            .filter(|(_, (current, allowed))| **allowed & bit(**current) == 0)
            .map(|(leaf, (_, allowed))| (leaf, allowed & TRUE != 0))
            .collect()
    }
}
