//! Kleene's and, or, not, and what looks at missing values. A known-true word and a known-false word say all three.

use super::{Task, Worked};
use crate::engine::EngineError;
use crate::engine::prepare::Aid;
use crate::engine::shape::{Shape, translated};
use crate::engine::vector::{Data, Input, Vector, bits_by_row, bits_by_word};
use segue_compiler::plan::Op;
use std::borrow::Cow;

pub(super) fn evaluate(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let first = task.inputs.first().copied();
    let rows = task.rows;
    Ok(match task.op()? {
        Op::IsKnown(_) => Vector::bits(bits_by_word(rows, |at| first.map_or(0, |input| input.known_word(at)))).into(),
        Op::Certain(_) => Vector::bits(bits_by_word(rows, |at| first.map_or(0, |input| holds(&input, at)))).into(),
        Op::Not(_) => kleene(task, |at| first.map_or((0, 0), |input| (fails(&input, at), holds(&input, at)))),
        Op::And(_) => kleene(task, |at| {
            let all = task.inputs.iter().fold(u64::MAX, |word, input| word & holds(input, at));
            let none = task.inputs.iter().fold(0, |word, input| word | fails(input, at));
            (all, none)
        }),
        Op::Or(_) => kleene(task, |at| {
            let any = task.inputs.iter().fold(0, |word, input| word | holds(input, at));
            let none = task.inputs.iter().fold(u64::MAX, |word, input| word & fails(input, at));
            (any, none)
        }),
        Op::AtLeastOf(count, _) => {
            let wanted = *count as usize;
            let refused = (task.inputs.len() + 1).saturating_sub(wanted);
            kleene(task, |at| {
                let held = at_least(wanted, task.inputs.iter().map(|input| holds(input, at)));
                let failed = at_least(refused, task.inputs.iter().map(|input| fails(input, at)));
                (held, if wanted == 0 { 0 } else { failed })
            })
        }
        _ => return Err(task.broken("it is no logic")),
    })
}

fn holds(input: &Input<'_>, at: usize) -> u64 {
    input.truth_word(at) & input.known_word(at)
}

fn fails(input: &Input<'_>, at: usize) -> u64 {
    !input.truth_word(at) & input.known_word(at)
}

/// A bit where at least `count` of the words have one.
fn at_least(count: usize, words: impl Iterator<Item = u64>) -> u64 {
    if count == 0 {
        return u64::MAX;
    }
    let mut reached = vec![0u64; count];
    for word in words {
        for at in (1..count).rev() {
            let below = reached.get(at - 1).copied().unwrap_or(0);
            if let Some(slot) = reached.get_mut(at) {
                *slot |= below & word;
            }
        }
        if let Some(slot) = reached.first_mut() {
            *slot |= word;
        }
    }
    reached.last().copied().unwrap_or(0)
}

fn kleene(task: &Task<'_, '_>, words: impl Fn(usize) -> (u64, u64)) -> Worked<'static> {
    let bits = bits_by_word(task.rows, |at| words(at).0);
    let may_be_missing = task.inputs.iter().any(|input| input.vector.known.is_some());
    let known = may_be_missing.then(|| {
        bits_by_word(task.rows, |at| {
            let (holds, fails) = words(at);
            holds | fails
        })
    });
    Vector::new(Data::Bits(Cow::Owned(bits)), known).into()
}

/// The first known operand.
pub(super) fn otherwise(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let rows = task.rows;
    let chosen: Vec<Option<(usize, Input<'_>)>> =
        (0..rows).map(|row| task.inputs.iter().copied().enumerate().find(|(_, input)| input.known(row))).collect();
    let at = |row: usize| chosen.get(row).copied().flatten();
    let known = chosen.iter().any(Option::is_none).then(|| bits_by_row(rows, |row| at(row).is_some()));
    let data = match task.shape() {
        Shape::Boolean => {
            Data::Bits(Cow::Owned(bits_by_row(rows, |row| at(row).is_some_and(|(_, input)| input.truth(row)))))
        }
        Shape::Whole => {
            Data::Whole((0..rows).map(|row| at(row).map_or(0, |(_, input)| input.whole().at(row))).collect())
        }
        Shape::Float => {
            Data::Float((0..rows).map(|row| at(row).map_or(0.0, |(_, input)| input.float().at(row))).collect())
        }
        Shape::Text(_) | Shape::Row => {
            let Aid::Choices(translations) = task.aid() else {
                return Err(task.broken("its texts were not brought together"));
            };
            let code = |row: usize| {
                at(row).map_or(0, |(choice, input)| translated(translations.get(choice), input.codes().at(row)))
            };
            Data::Code((0..rows).map(code).collect())
        }
        Shape::List(_) => {
            let Aid::Starts(starts) = task.aid() else {
                return Err(task.broken("its lists were not brought together"));
            };
            let (mut from, mut to) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
            for row in 0..rows {
                let (start, range) = at(row)
                    .map_or((0, 0..0), |(choice, input)| (starts.get(choice).copied().unwrap_or(0), input.list(row)));
                let end = |at: usize| start + u32::try_from(at).unwrap_or(0);
                from.push(end(range.start));
                to.push(end(range.end));
            }
            Data::Lists { from, to }
        }
    };
    Ok(Vector::new(data, known).into())
}
