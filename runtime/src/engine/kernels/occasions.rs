//! Occasions: whether days lie around one, and whether one of its days lies in a stretch.

use super::calendar::day;
use super::{Task, Worked, truth_by_row};
use crate::engine::EngineError;
use crate::engine::prepare::Aid;
use segue_compiler::plan::Op;
use segue_compiler::values::calendar::{Occasion, Reach};

/// How many days a table of days may span.
const MOST_DAYS: i64 = 1 << 20;

/// The days of a column that an occasion chooses, which is the same for everybody.
struct Days<'o> {
    occasion: &'o Occasion,
    reach: Reach,
    /// The first day of the column, and from it on whether a day is chosen; empty where the days lie too far apart.
    from: i64,
    chosen: Vec<bool>,
}

impl<'o> Days<'o> {
    fn of(occasion: &'o Occasion, reach: Reach, days: impl Iterator<Item = i64> + Clone) -> Days<'o> {
        let (from, to) = (days.clone().min().unwrap_or(0), days.max().unwrap_or(0));
        let span = to.saturating_sub(from).saturating_add(1);
        let mut chosen = Vec::new();
        if let (true, Some(stretches), Ok(count)) =
            (span <= MOST_DAYS, occasion.chosen(reach, from, to), usize::try_from(span))
        {
            chosen.resize(count, false);
            for (first, last) in stretches {
                let places = usize::try_from((first - from).max(0)).ok().zip(usize::try_from(last.min(to) - from).ok());
                if let Some(days) = places.and_then(|(first, last)| chosen.get_mut(first..=last)) {
                    days.fill(true);
                }
            }
        }
        Days { occasion, reach, from, chosen }
    }

    fn contains(&self, day: i64) -> bool {
        let place = usize::try_from(day - self.from).ok().and_then(|at| self.chosen.get(at));
        match place {
            Some(chosen) => *chosen,
            None => self.occasion.reaches(None, super::calendar::day(day), self.reach),
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
            let known = task.input(0)?;
            let all = (0..task.rows).filter(|row| known.known(*row)).map(|row| days.at(row));
            let chosen = Days::of(occasion, *reach, all);
            Ok(truth_by_row(task, |row| known.known(row) && chosen.contains(days.at(row))))
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
