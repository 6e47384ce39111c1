//! Whole arrays at once, where no cell needs a judgement of its own. What comes out is what cell by cell would give.

use super::{ColumnBuilder, Store, scalar};
use crate::data::moments::{is_day, is_moment};

/// Cells that are all known and of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bulk<'a> {
    Integers32(&'a [i32]),
    Integers64(&'a [i64]),
    Floats(&'a [f64]),
    /// Days since 1970-01-01.
    Days(&'a [i32]),
    /// Times of `micros` microseconds each, or less than one where it is 0: nanoseconds. With a zone they are instants.
    Times {
        ticks: &'a [i64],
        micros: i64,
        zone: bool,
    },
}

impl Bulk<'_> {
    fn len(&self) -> usize {
        match self {
            Bulk::Integers32(values) | Bulk::Days(values) => values.len(),
            Bulk::Integers64(values) => values.len(),
            Bulk::Floats(values) => values.len(),
            Bulk::Times { ticks, .. } => ticks.len(),
        }
    }
}

impl ColumnBuilder {
    /// Adds the cells as rows, or gives false and adds none where they have to be judged one by one.
    pub(crate) fn push_bulk(&mut self, bulk: Bulk<'_>) -> bool {
        let added = self.store.push_bulk(bulk);
        if added && !self.all_known {
            self.known.resize(self.known.len() + bulk.len(), true);
        }
        added
    }
}

impl Store {
    fn push_bulk(&mut self, bulk: Bulk<'_>) -> bool {
        match (self, bulk) {
            (Store::Integer(values), Bulk::Integers64(more)) => values.extend_from_slice(more),
            (Store::Integer(values), Bulk::Integers32(more)) => {
                values.extend(more.iter().map(|value| i64::from(*value)))
            }
            (Store::Id(ids), bulk) => {
                let Some(integers) = ids.integers() else { return false };
                match bulk {
                    Bulk::Integers64(more) => integers.extend_from_slice(more),
                    Bulk::Integers32(more) => integers.extend(more.iter().map(|value| i64::from(*value))),
                    _ => return false,
                }
            }
            (Store::Number(values), Bulk::Floats(more)) if more.iter().all(|value| value.is_finite()) => {
                // -0.0 becomes 0.0.
                values.extend(more.iter().map(|value| value + 0.0));
            }
            (Store::Money(values), Bulk::Floats(more)) => {
                return extend_all(values, more.iter().map(|value| scalar::money_from_float(*value)));
            }
            (Store::Date(values), Bulk::Days(more)) if more.iter().all(|day| is_day(i64::from(*day))) => {
                values.extend_from_slice(more);
            }
            (Store::Instant { values, clock }, Bulk::Times { ticks, micros, zone }) => {
                let instant = |tick: &i64| {
                    let time = if micros == 0 { tick.div_euclid(1_000) } else { tick.checked_mul(micros)? };
                    match is_moment(time) {
                        false => None,
                        true if zone => Some(time),
                        // Times that a change of the clocks touches are counted.
                        true => match clock.instant(time) {
                            (instant, None) => Some(instant),
                            _ => None,
                        },
                    }
                };
                return extend_all(values, ticks.iter().map(instant));
            }
            _ => return false,
        }
        true
    }
}

/// Adds all values, or none where one is none.
fn extend_all<T>(values: &mut Vec<T>, more: impl Iterator<Item = Option<T>>) -> bool {
    let before = values.len();
    values.reserve(more.size_hint().0);
    for value in more {
        match value {
            Some(value) => values.push(value),
            None => {
                values.truncate(before);
                return false;
            }
        }
    }
    true
}
