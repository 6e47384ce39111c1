//! The logic of an answer with its conditions as leaves.
//!
//! Kleene's and, or and not are all "at least so many of them" and its negation, so a goal for the whole becomes goals
//! for "at least m of these parts", down to the leaves; leaves that occur in several places have one truth.

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

/// Truths as a set of bits.
pub(super) type Truths = u8;
pub(super) const TRUE: Truths = 1;
pub(super) const FALSE: Truths = 2;
pub(super) const UNKNOWN: Truths = 4;

/// The set that holds one truth.
pub(super) fn only(truth: Option<bool>) -> Truths {
    match truth {
        Some(true) => TRUE,
        Some(false) => FALSE,
        None => UNKNOWN,
    }
}

/// The opposites of truths.
fn negated(truths: Truths) -> Truths {
    let moved = |from: Truths, to: Truths| if truths & from == 0 { 0 } else { to };
    moved(TRUE, FALSE) | moved(FALSE, TRUE) | truths & UNKNOWN
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
    pub(super) fn truth(&self, leaves: &dyn Fn(usize) -> Option<bool>) -> Option<bool> {
        match self.possible(&|leaf| only(leaves(leaf))) {
            TRUE => Some(true),
            FALSE => Some(false),
            _ => None,
        }
    }

    /// The truths that the whole can have where each leaf can have any of some: exact where each has one, and else never
    /// too few.
    pub(super) fn possible(&self, leaves: &dyn Fn(usize) -> Truths) -> Truths {
        match self {
            Logic::Leaf(leaf) => leaves(*leaf),
            Logic::Fixed(truth) => only(*truth),
            Logic::Not(part) => negated(part.possible(leaves)),
            Logic::Certain(part) => {
                let part = part.possible(leaves);
                part & TRUE | if part & (FALSE | UNKNOWN) == 0 { 0 } else { FALSE }
            }
            Logic::AtLeast(count, parts) => {
                let parts: Vec<Truths> = parts.iter().map(|part| part.possible(leaves)).collect();
                let many = |fits: &dyn Fn(Truths) -> bool| parts.iter().filter(|part| fits(**part)).count();
                let (may_hold, must_hold) = (many(&|part| part & TRUE != 0), many(&|part| part == TRUE));
                let (may_not_fail, must_not_fail) = (many(&|part| part & !FALSE != 0), many(&|part| part & FALSE == 0));
                let may_be_unknown = many(&|part| part & UNKNOWN != 0) > 0;
                let truth = |is: bool, truth: Truths| if is { truth } else { 0 };
                truth(may_hold >= *count, TRUE)
                    | truth(must_not_fail < *count, FALSE)
                    | truth(may_be_unknown && must_hold < *count && may_not_fail >= *count, UNKNOWN)
            }
        }
    }

    /// Calls `visit` with the number of each leaf, as often as it occurs.
    pub(super) fn for_each_leaf(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Logic::Leaf(leaf) => visit(*leaf),
            Logic::Fixed(_) => {}
            Logic::Not(part) | Logic::Certain(part) => part.for_each_leaf(visit),
            Logic::AtLeast(_, parts) => parts.iter().for_each(|part| part.for_each_leaf(visit)),
        }
    }
}

/// What a part has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Goal {
    /// The whole is to be certainly true, or not to be.
    pub(super) fn of_whole(holds: bool) -> Goal {
        if holds { Goal::True } else { Goal::NotTrue }
    }

    pub(super) fn of_negated(self) -> Goal {
        match self {
            Goal::True => Goal::False,
            Goal::False => Goal::True,
            Goal::NotTrue => Goal::NotFalse,
            Goal::NotFalse => Goal::NotTrue,
        }
    }

    /// The goal for the part of a [`Logic::Certain`], which is never unknown.
    pub(super) fn of_certain(self) -> Goal {
        if matches!(self, Goal::True | Goal::NotFalse) { Goal::True } else { Goal::NotTrue }
    }

    /// Of how many parts the goal must be reached where the whole is "at least `count` of `parts`": it is not true, or
    /// false, where so many are not true, or false, that the rest is too few.
    pub(super) fn needed(self, count: usize, parts: usize) -> usize {
        match self {
            Goal::True | Goal::NotFalse => count,
            Goal::False | Goal::NotTrue => (parts + 1).saturating_sub(count),
        }
    }

    pub(super) fn allows(self) -> Truths {
        match self {
            Goal::True => TRUE,
            Goal::False => FALSE,
            Goal::NotTrue => FALSE | UNKNOWN,
            Goal::NotFalse => TRUE | UNKNOWN,
        }
    }
}
