//! Occasions: whether days lie around one, and whether one of its days lies in a stretch.

use super::{Task, Worked, truth_by_row};
use crate::engine::EngineError;
use crate::engine::prepare::Aid;
use segue_compiler::plan::Op;
use segue_compiler::values::calendar::{Occasion, Reach};
use std::cell::Cell;

/// Days kept; one that falls on another's place is asked for anew.
const DAYS: usize = 1024;

/// The answers of an occasion that is the same for everybody, by day.
struct Days<'o> {
    occasion: &'o Occasion,
    reach: Reach,
    /// By day modulo [`DAYS`]: the day, and whether it lies in what is chosen.
    known: Vec<Cell<Option<(i32, bool)>>>,
}

impl Days<'_> {
    fn contains(&self, day: i32) -> bool {
        let place = usize::try_from(day.rem_euclid(DAYS as i32)).ok().and_then(|at| self.known.get(at));
        match place.and_then(Cell::get) {
            Some((known, holds)) if known == day => holds,
            _ => {
                let holds = self.occasion.reaches(None, day, self.reach);
                if let Some(place) = place {
                    place.set(Some((day, holds)));
                }
                holds
            }
        }
    }
}

/// Works out an occasion asked of each row, or of each customer.
///
/// # Errors
/// The plan breaks its promises.
pub(super) fn evaluate(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    match task.op()? {
        Op::Near { occasion, base: None, reach, .. } => {
            let days = task.input(0)?.whole();
            let known = Days { occasion, reach: *reach, known: vec![Cell::new(None); DAYS] };
            Ok(truth_by_row(task, |row| known.contains(day(days.at(row)))))
        }
        Op::Near { occasion, base: Some(_), reach, .. } => {
            let (days, bases) = (task.input(0)?.whole(), task.input(1)?.whole());
            Ok(truth_by_row(task, |row| occasion.reaches(Some(day(bases.at(row))), day(days.at(row)), *reach)))
        }
        Op::Occurs { occasion, base, .. } => {
            let Aid::Time(filter) = task.aid() else { return Err(task.broken("its windows were not prepared")) };
            match base {
                None => {
                    let holds = occasion.touches(None, filter.first, filter.last);
                    Ok(truth_by_row(task, |_| holds))
                }
                Some(_) => {
                    let bases = task.input(0)?.whole();
                    Ok(truth_by_row(task, |row| occasion.touches(Some(day(bases.at(row))), filter.first, filter.last)))
                }
            }
        }
        _ => Err(task.broken("it is no occasion")),
    }
}

/// A whole value that came from a day.
fn day(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(0)
}
