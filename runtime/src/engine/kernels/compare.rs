//! Comparisons, membership in a written set, and tests on text.
//!
//! Texts are never compared letter by letter here: what two dictionaries have in common, their order, and which of their
//! texts pass a test was settled once, so a row costs a look-up by code.

use super::{Task, Worked, truth_by_row};
use crate::engine::EngineError;
use crate::engine::prepare::Aid;
use crate::engine::shape::Shape;
use crate::engine::vector::{Data, Input, Vector, bit, bits_by_row};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Op};
use segue_compiler::values::text::TextMatcher;
use std::collections::hash_map::Entry;

pub(super) fn evaluate(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    match task.op()? {
        Op::Less(left, _) => less(task, *left),
        Op::Equal { left, .. } => equal(task, *left),
        Op::IsOneOf { values, .. } if values.is_empty() => Ok(Vector::bits(bits_by_row(task.rows, |_| false)).into()),
        Op::IsOneOf { .. } => is_one_of(task),
        Op::Text { .. } => text(task),
        _ => Err(task.broken("it is no comparison")),
    }
}

pub(super) fn in_box(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let Op::InBox(_, area) = task.op()? else { return Err(task.broken("it is no box")) };
    let places = task.input(0)?.whole();
    Ok(truth_by_row(task, |row| area.contains(places.at(row))))
}

fn less(task: &Task<'_, '_>, left: NodeId) -> Result<Worked<'static>, EngineError> {
    let (first, second) = (task.input(0)?, task.input(1)?);
    Ok(match task.prepared.shape(left) {
        Shape::Whole => {
            let (left, right) = (first.whole(), second.whole());
            truth_by_row(task, |row| left.at(row) < right.at(row))
        }
        Shape::Float => {
            let (left, right) = (first.float(), second.float());
            truth_by_row(task, |row| left.at(row) < right.at(row))
        }
        Shape::Boolean => truth_by_row(task, |row| !first.truth(row) & second.truth(row)),
        Shape::Text(_) if let Aid::Codes(passing) = task.aid() => {
            // One side is a single text; the other's texts that pass are known by their codes.
            let right = match task.op()? {
                Op::Less(_, right) => task.prepared.shape(*right).dictionary().map(|texts| texts.len()),
                _ => None,
            };
            let codes = if right == Some(1) { first.codes() } else { second.codes() };
            truth_by_row(task, |row| bit(passing, codes.at(row) as usize))
        }
        Shape::Text(_) => {
            let (left, right) = pairs(task, first, second)?;
            truth_by_row(task, |row| left.at(row) < right.at(row))
        }
        Shape::Row | Shape::List(_) => return Err(task.broken("it has no order")),
    })
}

fn equal(task: &Task<'_, '_>, left: NodeId) -> Result<Worked<'static>, EngineError> {
    let (first, second) = (task.input(0)?, task.input(1)?);
    Ok(match task.prepared.shape(left) {
        Shape::Whole => {
            let (left, right) = (first.whole(), second.whole());
            truth_by_row(task, |row| left.at(row) == right.at(row))
        }
        Shape::Float => {
            let (left, right) = (first.float(), second.float());
            truth_by_row(task, |row| left.at(row) == right.at(row))
        }
        Shape::Boolean => truth_by_row(task, |row| first.truth(row) == second.truth(row)),
        Shape::Text(_) => {
            let (left, right) = pairs(task, first, second)?;
            truth_by_row(task, |row| left.at(row) == right.at(row))
        }
        Shape::Row | Shape::List(_) => return Err(task.broken("it has no equality")),
    })
}

/// Numbers that stand for the texts of an operand.
pub(super) struct Marks<'t> {
    codes: crate::engine::vector::Items<'t, u32>,
    marks: &'t [u32],
}

impl<'t> Marks<'t> {
    pub(super) fn new(input: Input<'t>, marks: &'t [u32]) -> Marks<'t> {
        Marks { codes: input.codes(), marks }
    }

    #[inline]
    pub(super) fn at(&self, row: usize) -> u32 {
        let code = self.codes.at(row);
        self.marks.get(code as usize).copied().unwrap_or(0)
    }
}

/// Both sides as numbers that are equal, or in order, where the texts are.
fn pairs<'t>(task: &Task<'t, '_>, first: Input<'t>, second: Input<'t>) -> Result<(Marks<'t>, Marks<'t>), EngineError> {
    let Aid::Pair(left, right) = task.aid() else { return Err(task.broken("its texts were not brought together")) };
    Ok((Marks::new(first, left), Marks::new(second, right)))
}

fn is_one_of(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let input = task.input(0)?;
    Ok(match task.aid() {
        Aid::Codes(passing) => {
            let codes = input.codes();
            truth_by_row(task, |row| bit(passing, codes.at(row) as usize))
        }
        Aid::Wholes(values) => {
            let whole = input.whole();
            truth_by_row(task, |row| values.contains(&whole.at(row)))
        }
        Aid::Floats(values) => {
            let float = input.float();
            truth_by_row(task, |row| values.contains(&float.at(row).to_bits()))
        }
        Aid::Truths { yes, no } => truth_by_row(task, |row| if input.truth(row) { *yes } else { *no }),
        _ => return Err(task.broken("its values were not prepared")),
    })
}

fn text(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let input = task.input(0)?;
    if let Aid::Codes(passing) = task.aid() {
        let codes = input.codes();
        return Ok(truth_by_row(task, |row| bit(passing, codes.at(row) as usize)));
    }
    let Op::Text { test, subject, pattern, ignoring_case } = task.op()? else {
        return Err(task.broken("it is no test on text"));
    };
    let dictionaries = (task.prepared.shape(*subject).dictionary(), task.prepared.shape(*pattern).dictionary());
    let (Some(subjects), Some(patterns)) = dictionaries else { return Err(task.broken("its operand is no text")) };
    let (subject, pattern) = (input.codes(), task.input(1)?.codes());
    let known = task.all_known();
    let mut matchers: FxHashMap<u32, TextMatcher> = FxHashMap::default();
    let mut broken = false;
    let bits = bits_by_row(task.rows, |row| {
        if known.as_ref().is_some_and(|known| !bit(known, row)) {
            return false;
        }
        let code = pattern.at(row);
        let matcher = match matchers.entry(code) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(place) => match TextMatcher::new(*test, &patterns.text(code), *ignoring_case) {
                Ok(matcher) => place.insert(matcher),
                Err(_) => {
                    broken = true;
                    return false;
                }
            },
        };
        matcher.holds(&subjects.text(subject.at(row)))
    });
    if broken {
        return Err(task.broken("a pattern cannot be read"));
    }
    Ok(Vector::new(Data::Bits(bits.into()), known).into())
}
