//! How long before an event another one of its customer was.

use super::{Task, Worked};
use crate::engine::EngineError;
use crate::engine::vector::{Data, Vector, set_bit, words_for};
use segue_compiler::values::calendar::MICROS_PER_DAY;
use std::borrow::Cow;
use std::ops::Range;

/// Works the gaps of a block out; `customers` are the rows of each customer, counted from the block's first.
///
/// # Errors
/// The plan breaks its promises.
pub(crate) fn evaluate(
    task: &Task<'_, '_>,
    days: bool,
    customers: impl Iterator<Item = Range<usize>>,
) -> Result<Worked<'static>, EngineError> {
    let (moment, passes) = (task.input(0)?, task.input(1)?);
    let moments = moment.whole();
    let mut gaps = vec![0i64; task.rows];
    let mut known = vec![0u64; words_for(task.rows)];
    let mut found: Vec<(i64, usize)> = Vec::new();
    for rows in customers {
        found.clear();
        found.extend(
            rows.filter(|row| passes.truth(*row) && passes.known(*row) && moment.known(*row))
                .map(|row| (moments.at(row), row)),
        );
        if !found.is_sorted() {
            found.sort_unstable();
        }
        for (before, after) in found.iter().zip(found.iter().skip(1)) {
            let unit = if days { MICROS_PER_DAY } else { 1 };
            let between = after.0.checked_sub(before.0).and_then(|between| between.checked_mul(unit));
            if let Some(between) = between.filter(|between| *between > 0)
                && let Some(gap) = gaps.get_mut(after.1)
            {
                *gap = between;
                set_bit(&mut known, after.1);
            }
        }
    }
    Ok(Vector::new(Data::Whole(Cow::Owned(gaps)), Some(known)).into())
}
