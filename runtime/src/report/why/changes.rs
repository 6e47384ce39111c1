//! The smallest change in words: from the conditions met to the values they ask about, and back.

use super::Alternative;
use super::candidates::Marks;
use super::leaf::Leaf;
use super::logic::{Goal, Logic, only};
use super::one_field;
use super::relations::AskedRows;
use super::search::{Candidates, Found, MOST_CANDIDATES, Restriction, Space, Variable, smallest_change};
use super::subject::{Subject, inputs, shape};
use super::tree::Tree;
use crate::interpret::InterpretError;
use segue_compiler::program::{Expr, ExprKind, Type};
use segue_compiler::values::Value;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// Among more questions about rows than this, what one answer says about another is not looked for.
const MOST_RELATED: usize = 100;

/// So many conditions are looked at, in all ways that values can be, to see whether a change surely helps.
const LOOKED_AT: usize = 100_000;

/// A condition that was met.
#[derive(Debug, Clone)]
pub(super) struct Met<'a> {
    pub(super) words: Leaf,
    pub(super) condition: &'a Expr,
    /// The leaf holds where the condition does not.
    pub(super) inverse: bool,
    pub(super) truth: Option<bool>,
}

/// A value that conditions ask about.
struct Asked<'a> {
    /// The conditions on it, by leaf.
    leaves: Vec<usize>,
    /// `None` where a condition asks about more than one value: then it is itself what changes.
    subjects: Option<Vec<Subject>>,
    inputs: BTreeSet<String>,
    first: &'a Expr,
}

/// What there is to say about another answer.
pub(super) enum Other {
    /// What would give it.
    Change(Alternative),
    /// It is the answer, or no change of the conditions gives it.
    Nothing,
    /// There is too much to try.
    Unsettled,
}

/// The smallest change after which `logic` is, or is not, certainly true.
pub(super) fn alternative(
    tree: &Tree<'_>,
    met: &[Met<'_>],
    answer: &str,
    logic: &Logic,
    holds: bool,
) -> Result<Other, InterpretError> {
    if (logic.truth(&|leaf| met.get(leaf).and_then(|met| met.truth)) == Some(true)) == holds {
        return Ok(Other::Nothing);
    }
    let mut used = BTreeSet::new();
    let mut leaves = 0;
    logic.for_each_leaf(&mut |leaf| {
        used.insert(leaf);
        leaves += 1;
    });
    let asked = asked_values(tree, met, &used);
    let (space, all) = space(tree, met, &asked)?;
    let change = match smallest_change(logic, &space, holds) {
        Found::Change(change) => change,
        Found::Nothing if all => return Ok(Other::Nothing),
        Found::Nothing | Found::GivenUp => return Ok(Other::Unsettled),
    };
    let described = Described { tree, met, asked: &asked, space: &space, logic, goal: Goal::of_whole(holds), leaves };
    let (changes, unchanged, compatible) = described.change(&change.values);
    // Not even one change is needed, or else it would be the answer: one is the fewest.
    let smallest = change.values.len() == 1 || change.smallest && all;
    Ok(Other::Change(Alternative { answer: answer.to_owned(), changes, unchanged, smallest, compatible }))
}

/// The values that the conditions ask about, each once.
fn asked_values<'a>(tree: &Tree<'_>, met: &[Met<'a>], used: &BTreeSet<usize>) -> Vec<Asked<'a>> {
    let program = tree.setting.program;
    let mut asked: Vec<Asked<'a>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut one_field: HashMap<usize, Subject> = met
        .iter()
        .enumerate()
        .filter(|(leaf, _)| used.contains(leaf))
        .filter_map(|(leaf, met)| Some((leaf, one_field::subject(program, met.condition)?)))
        .collect();
    // By field: the values that conditions make of it. Where these are one, that is what people know.
    let mut made: HashMap<String, BTreeSet<Option<String>>> = HashMap::new();
    for (leaf, subject) in &one_field {
        let value = met.get(*leaf).and_then(|met| Subject::of(program, met.condition));
        made.entry(shape(&subject.value)).or_default().insert(value.map(|value| shape(&value.value)));
    }
    one_field.retain(|_, subject| {
        made.get(&shape(&subject.value)).is_some_and(|made| made.len() > 1 || made.contains(&None))
    });
    for (leaf, met) in met.iter().enumerate().filter(|(leaf, _)| used.contains(leaf)) {
        let subject = one_field.remove(&leaf).or_else(|| Subject::of(program, met.condition));
        let place = subject.as_ref().and_then(|subject| known.get(&shape(&subject.value)).copied());
        if let Some(same) = place.and_then(|place| asked.get_mut(place)) {
            same.leaves.push(leaf);
            same.subjects.get_or_insert_default().extend(subject);
            continue;
        }
        if let Some(subject) = &subject {
            known.insert(shape(&subject.value), asked.len());
        }
        let subjects = subject.map(|subject| vec![subject]);
        asked.push(Asked {
            leaves: vec![leaf],
            subjects,
            inputs: inputs(program, met.condition),
            first: met.condition,
        });
    }
    asked
}

/// The values with their candidates; and whether these are all that the conditions can tell apart.
fn space(tree: &Tree<'_>, met: &[Met<'_>], asked: &[Asked<'_>]) -> Result<(Space, bool), InterpretError> {
    let mut space = Space { leaves: vec![(usize::MAX, 0); met.len()], ..Space::default() };
    for (variable, value) in asked.iter().enumerate() {
        for (slot, leaf) in value.leaves.iter().enumerate() {
            if let Some(place) = space.leaves.get_mut(*leaf) {
                *place = (variable, slot);
            }
        }
    }
    let value_of = |asked: &Asked<'_>| asked.subjects.as_ref().and_then(|all| all.first().map(|one| one.value.clone()));
    let values: Vec<Option<Expr>> = asked.iter().map(value_of).collect();
    let mut rows: Vec<Option<AskedRows<'_>>> =
        values.iter().map(|value| value.as_ref().and_then(|value| AskedRows::of(tree, value))).collect();
    if rows.iter().flatten().count() > MOST_RELATED {
        // Each would be held against each other one: then only what must stay as it is is said.
        rows.fill(None);
    }
    let mut marks: Vec<Marks> = Vec::new();
    for asked in asked {
        let mut own = Marks::default();
        for subject in asked.subjects.iter().flatten() {
            own.add(tree, subject)?;
        }
        marks.push(own);
    }
    let own_marks = marks.clone();
    let mut related = vec![false; asked.len()];
    for (at, (rows_of, marks)) in rows.iter().zip(&mut marks).enumerate() {
        let Some(rows_of) = rows_of else { continue };
        let others = rows.iter().zip(&own_marks).enumerate().filter(|(other, _)| *other != at);
        for (theirs, their_marks) in others.filter_map(|(_, (theirs, marks))| Some((theirs.as_ref()?, marks))) {
            rows_of.marks_from(tree, theirs, their_marks, marks);
            if let Some(related) = related.get_mut(at) {
                *related |= rows_of.same_rows(theirs);
            }
        }
    }
    let mut all = true;
    let mut candidates_of: Vec<Vec<Option<Value>>> = Vec::new();
    for (((asked, value), marks), related) in asked.iter().zip(&values).zip(&marks).zip(&related) {
        let (variable, candidates, complete) = variable(tree, met, asked, value.as_ref(), marks, *related)?;
        space.variables.push(variable);
        candidates_of.push(candidates);
        all &= complete;
    }
    let with_rows = |(at, rows): (usize, &Option<AskedRows<'_>>)| rows.is_some().then_some(at);
    let asking: Vec<usize> = rows.iter().enumerate().filter_map(with_rows).collect();
    for (place, first) in asking.iter().enumerate() {
        for second in asking.iter().skip(place + 1) {
            space.restrictions.extend(restriction(&rows, &candidates_of, *first, *second));
        }
    }
    Ok((space, all))
}

/// What two values of the same rows say about one another; none where they go together in every way.
fn restriction(
    rows: &[Option<AskedRows<'_>>],
    candidates: &[Vec<Option<Value>>],
    first: usize,
    second: usize,
) -> Option<Restriction> {
    let (first_rows, second_rows) = (rows.get(first)?.as_ref()?, rows.get(second)?.as_ref()?);
    let (firsts, seconds) = (candidates.get(first)?, candidates.get(second)?);
    let mut free = true;
    let mut together = Vec::new();
    for (at, own) in firsts.iter().enumerate() {
        let mut fitting: Candidates = 0;
        for (other, theirs) in seconds.iter().enumerate() {
            // As they are they do go together, whatever is known about rows.
            let fits = at == 0 && other == 0 || first_rows.together(own.as_ref(), second_rows, theirs.as_ref());
            free &= fits;
            fitting |= Candidates::from(fits) << other;
        }
        together.push(fitting);
    }
    (!free).then_some(Restriction { variables: [first, second], together })
}

/// The truths of the conditions on a value for each of its candidates, the candidates themselves, and whether there are no
/// more.
fn variable(
    tree: &Tree<'_>,
    met: &[Met<'_>],
    asked: &Asked<'_>,
    value: Option<&Expr>,
    marks: &Marks,
    related: bool,
) -> Result<(Variable, Vec<Option<Value>>, bool), InterpretError> {
    let now: Vec<Option<bool>> = asked.leaves.iter().map(|leaf| met.get(*leaf).and_then(|met| met.truth)).collect();
    let (Some(subjects), Some(value)) = (&asked.subjects, value) else {
        // Nothing is known but that it can hold or not.
        let mut candidates = vec![now.clone()];
        candidates.extend([Some(true), Some(false)].map(|truth| vec![truth]).into_iter().filter(|one| *one != now));
        return Ok((Variable { candidates }, Vec::new(), true));
    };
    let truths = |of: Option<&Value>| -> Result<Vec<Option<bool>>, InterpretError> {
        let each = subjects.iter().zip(&asked.leaves);
        each.map(|(subject, leaf)| {
            let inverse = met.get(*leaf).is_some_and(|met| met.inverse);
            Ok(tree.truth(&subject.with(of))?.map(|truth| truth != inverse))
        })
        .collect()
    };
    let mut candidates = vec![now];
    let mut values = vec![tree.value(value)?];
    let missing = value.may_be_missing && !matches!(value.ty, Type::List(_));
    let (tried, mut complete) = if subjects.iter().any(|subject| subject.everywhere) {
        one_field::values(tree, subjects, value, &mut |of| truths(of))?
    } else {
        (marks.values(tree, value), true)
    };
    let tried = tried.into_iter().map(Some).chain(missing.then_some(None));
    for tried in tried {
        let truths = truths(tried.as_ref())?;
        // Values that no condition tells apart are one, unless they mean different rows.
        if candidates.contains(&truths) && (!related || values.contains(&tried)) {
            continue;
        }
        if candidates.len() == MOST_CANDIDATES {
            complete = false;
            break;
        }
        candidates.push(truths);
        values.push(tried);
    }
    if !related {
        out_of_the_ordinary(subjects, &mut candidates);
        values.resize(candidates.len(), None);
    }
    Ok((Variable { candidates }, values, complete))
}

/// A text can match a pattern, or not, though none of the texts tried does: then one that does is added, and is nothing
/// else that is asked for.
fn out_of_the_ordinary(subjects: &[Subject], candidates: &mut Vec<Vec<Option<bool>>>) {
    for (slot, subject) in subjects.iter().enumerate() {
        if !matches!(subject.condition.kind, ExprKind::Text { .. }) {
            continue;
        }
        for wanted in [Some(true), Some(false)] {
            let met = candidates.iter().any(|truths| truths.get(slot).copied() == Some(wanted));
            // The first one tried that is known: the others are asked for by name.
            let known = candidates.iter().find(|truths| truths.get(slot).is_some_and(Option::is_some)).cloned();
            if let (false, Some(mut truths)) = (met || candidates.len() == MOST_CANDIDATES, known) {
                if let Some(truth) = truths.get_mut(slot) {
                    *truth = wanted;
                }
                candidates.push(truths);
            }
        }
    }
}

/// Of some places, from the first on, those that `still_so` needs: a place is dropped where the rest does without it.
/// Dropping more never makes it so again, so whole stretches are tried first.
fn needed_places(count: usize, still_so: &mut dyn FnMut(&[bool]) -> bool) -> Vec<bool> {
    fn drop_from(places: Range<usize>, kept: &mut Vec<bool>, still_so: &mut dyn FnMut(&[bool]) -> bool) {
        let set = |kept: &mut Vec<bool>, to: bool| {
            kept.get_mut(places.clone()).into_iter().for_each(|places| places.fill(to));
        };
        set(kept, false);
        if places.is_empty() || still_so(kept) {
            return;
        }
        set(kept, true);
        if places.len() > 1 {
            let middle = places.start.midpoint(places.end);
            drop_from(places.start..middle, kept, still_so);
            drop_from(middle..places.end, kept, still_so);
        }
    }
    let mut kept = vec![true; count];
    drop_from(0..count, &mut kept, still_so);
    kept
}

/// What a condition would have to be.
type Literal = (usize, Option<bool>);

/// What is needed of each value, without what is not kept.
fn among(needed: &[(usize, Vec<Literal>)], all: &[(usize, Literal)], kept: &[bool]) -> Vec<(usize, Vec<Literal>)> {
    let dropped: BTreeSet<(usize, usize)> =
        all.iter().zip(kept).filter(|(_, kept)| !**kept).map(|((variable, (leaf, _)), _)| (*variable, *leaf)).collect();
    let of = |(variable, literals): &(usize, Vec<Literal>)| {
        let left = literals.iter().filter(|(leaf, _)| !dropped.contains(&(*variable, *leaf)));
        (*variable, left.copied().collect())
    };
    needed.iter().map(of).collect()
}

struct Described<'d> {
    tree: &'d Tree<'d>,
    met: &'d [Met<'d>],
    asked: &'d [Asked<'d>],
    space: &'d Space,
    logic: &'d Logic,
    goal: Goal,
    /// How many conditions the logic is made of.
    leaves: usize,
}

impl Described<'_> {
    /// A change in words, the conditions on the same data that must stay as they are for it to help, and whether all of
    /// these surely can be so at once.
    fn change(&self, values: &[(usize, usize)]) -> (Vec<String>, Vec<String>, bool) {
        let mut needed: Vec<(usize, Vec<Literal>)> = Vec::new();
        for (variable, candidate) in values {
            let truths = self.space.variables.get(*variable).and_then(|variable| variable.candidates.get(*candidate));
            let leaves = self.asked.get(*variable).map(|asked| &asked.leaves);
            let literals = leaves.into_iter().flatten().copied().zip(truths.into_iter().flatten().copied());
            needed.push((*variable, literals.collect()));
        }
        // Those that are as they were are the first that may not be worth a word.
        let mut all: Vec<(usize, Literal)> = needed
            .iter()
            .flat_map(|(variable, literals)| literals.iter().map(|literal| (*variable, *literal)))
            .collect();
        all.sort_by_key(|(_, (leaf, truth))| self.space.now(*leaf) != *truth);
        let kept = needed_places(all.len(), &mut |kept| self.reaches(&self.left(&among(&needed, &all, kept), None)));
        let needed = among(&needed, &all, &kept);
        let changes = needed.iter().filter_map(|(variable, literals)| self.words(*variable, literals)).collect();
        let (unchanged, kept) = self.unchanged(&needed);
        let said: Vec<usize> = needed.iter().map(|(variable, _)| *variable).collect();
        let compatible = said.iter().enumerate().all(|(at, variable)| {
            // What events would do is left open by what must stay as it is.
            said.iter().skip(at + 1).all(|other| self.are_compatible(*variable, *other))
                && kept.iter().all(|other| self.share_rows(*variable, *other) || self.are_compatible(*variable, *other))
        });
        (changes, unchanged, compatible)
    }

    /// The candidates left of each value where these must be so and all others stay as they are, but for one which may be
    /// anything.
    fn left(&self, needed: &[(usize, Vec<Literal>)], loose: Option<usize>) -> Vec<Candidates> {
        let changing = |variable: usize| loose == Some(variable) || needed.iter().any(|(other, _)| *other == variable);
        let variables = self.space.variables.iter().enumerate();
        let mut left: Vec<Candidates> =
            variables.map(|(at, variable)| if changing(at) { variable.every() } else { 1 }).collect();
        for (variable, literals) in needed {
            for (leaf, truth) in literals {
                let slot = self.space.leaves.get(*leaf).map_or(0, |(_, slot)| *slot);
                let fitting = self.space.variables.get(*variable).map_or(0, |asked| asked.with(slot, only(*truth)));
                self.space.narrow(&mut left, *variable, fitting, &changing);
            }
        }
        left
    }

    /// Whether the goal is reached whatever of these candidates the values are.
    fn reaches(&self, left: &[Candidates]) -> bool {
        if self.space.possible(self.logic, left) & !self.goal.allows() == 0 {
            return true;
        }
        // Where several conditions ask about one value, not all of their truths go together: then each candidate is
        // looked at by itself, as far as these are few.
        let open = |(_, left): &(usize, &Candidates)| left.count_ones() > 1;
        let open: Vec<usize> = left.iter().enumerate().filter(open).map(|(variable, _)| variable).collect();
        let ways = open.iter().filter_map(|variable| left.get(*variable)).map(|left| left.count_ones() as usize);
        let ways = ways.fold(1_usize, usize::saturating_mul);
        ways.saturating_mul(self.leaves) <= LOOKED_AT && self.reaches_each(left, &open, &open)
    }

    fn reaches_each(&self, left: &[Candidates], open: &[usize], all: &[usize]) -> bool {
        let Some((variable, rest)) = open.split_first() else {
            return self.space.possible(self.logic, left) & !self.goal.allows() == 0;
        };
        let choices = left.get(*variable).copied().unwrap_or(0);
        (0..MOST_CANDIDATES).filter(|candidate| choices >> candidate & 1 == 1).all(|candidate| {
            let mut left = left.to_vec();
            // What does not go together cannot be.
            !self.space.narrow(&mut left, *variable, 1 << candidate, &|other| all.contains(&other))
                || self.reaches_each(&left, rest, all)
        })
    }

    /// Conditions that the change itself could undo, as they are about the same data.
    fn unchanged(&self, needed: &[(usize, Vec<Literal>)]) -> (Vec<String>, Vec<usize>) {
        let (mut unchanged, mut kept) = (Vec::new(), Vec::new());
        for (variable, asked) in self.asked.iter().enumerate() {
            let changes = |other: &usize| needed.iter().any(|(changed, _)| changed == other);
            let shares =
                |other: usize| self.asked.get(other).is_some_and(|other| !other.inputs.is_disjoint(&asked.inputs));
            if changes(&variable) || !needed.iter().any(|(other, literals)| !literals.is_empty() && shares(*other)) {
                continue;
            }
            let literals: Vec<Literal> = asked.leaves.iter().map(|leaf| (*leaf, self.space.now(*leaf))).collect();
            let some = |kept: &[bool]| -> Vec<Literal> {
                literals.iter().zip(kept).filter(|(_, kept)| **kept).map(|(literal, _)| *literal).collect()
            };
            let needs = needed_places(literals.len(), &mut |kept| {
                let with = [needed, &[(variable, some(kept))]].concat();
                self.reaches(&self.left(&with, Some(variable)))
            });
            let literals = some(&needs);
            let words = self.words(variable, &literals);
            kept.extend(words.as_ref().map(|_| variable));
            unchanged.extend(words);
        }
        (unchanged, kept)
    }

    fn share_rows(&self, first: usize, second: usize) -> bool {
        let inputs = |variable: usize| self.asked.get(variable).map(|asked| &asked.inputs);
        let (Some(first), Some(second)) = (inputs(first), inputs(second)) else { return false };
        first.intersection(second).all(|input| input.starts_with("rows "))
    }

    /// Whether what two values have to do with one another is known: nothing, or what their questions about rows say.
    fn are_compatible(&self, first: usize, second: usize) -> bool {
        let (Some(first), Some(second)) = (self.asked.get(first), self.asked.get(second)) else { return true };
        let is_question = |asked: &Asked<'_>| {
            let mut subjects = asked.subjects.iter().flatten();
            subjects.any(|subject| matches!(subject.value.kind, ExprKind::Aggregate(_)))
        };
        first.inputs.is_disjoint(&second.inputs) || is_question(first) && is_question(second)
    }

    /// What would be so of one value, as the rest of a sentence; `None` where there is nothing to say.
    fn words(&self, variable: usize, literals: &[Literal]) -> Option<String> {
        let asked = self.asked.get(variable)?;
        let mut said: Vec<String> = Vec::new();
        for (leaf, truth) in literals {
            let met = self.met.get(*leaf)?;
            said.push(match truth {
                Some(truth) => {
                    let would = met.words.would(*truth);
                    match (self.space.now(*leaf), would.split_once(" were not ")) {
                        // A missing value is not said to be anything.
                        (None, Some((name, rest))) => format!("{name} were known and not {rest}"),
                        _ => would,
                    }
                }
                None => format!("{} were missing", self.tree.subject_name(asked.first)),
            });
        }
        said.dedup();
        // `age were at least 30, and age were less than 60` is one thing to say about age.
        let mut words = said.first()?.clone();
        for more in said.iter().skip(1) {
            let name = words.split_once(" were ").map(|(name, _)| format!("{name} were "));
            let rest = name.and_then(|name| more.strip_prefix(&name)).unwrap_or(more);
            words = format!("{words} and {rest}");
        }
        Some(words)
    }
}
