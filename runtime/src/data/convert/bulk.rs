//! Whole arrays at once, where no cell needs a judgement of its own. What comes out is what cell by cell would give.

use super::codes::{IdCodes, TextCodes};
use super::{ColumnBuilder, Listed, Store, scalar};
use crate::data::canonical_integer;
use crate::data::moments::{is_day, is_moment};
use arrow_array::{Array, StringArray};
use std::borrow::Cow;

/// Cells of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Bulk<'a> {
    pub(crate) cells: Kind<'a>,
    /// By cell whether it is known; `None` where all are.
    pub(crate) known: Option<Vec<bool>>,
}

/// What the cells hold; what stands at a missing one means nothing.
#[derive(Debug, Clone)]
pub(crate) enum Kind<'a> {
    Booleans(Vec<bool>),
    Integers(Cow<'a, [i64]>),
    Floats(&'a [f64]),
    /// Days since 1970-01-01.
    Days(&'a [i32]),
    /// Times of `micros` microseconds each, or less than one where it is 0: nanoseconds. With a zone they are instants.
    Times {
        ticks: &'a [i64],
        micros: i64,
        zone: bool,
    },
    /// Texts by their places in a list of different ones.
    Texts {
        keys: &'a [usize],
        texts: &'a StringArray,
    },
}

impl<'a> From<Kind<'a>> for Bulk<'a> {
    fn from(cells: Kind<'a>) -> Bulk<'a> {
        Bulk { cells, known: None }
    }
}

impl Bulk<'_> {
    fn len(&self) -> usize {
        match &self.cells {
            Kind::Booleans(values) => values.len(),
            Kind::Integers(values) => values.len(),
            Kind::Days(values) => values.len(),
            Kind::Floats(values) => values.len(),
            Kind::Times { ticks, .. } => ticks.len(),
            Kind::Texts { keys, .. } => keys.len(),
        }
    }
}

impl ColumnBuilder {
    /// Adds the cells as rows, or gives false and adds none where they have to be judged one by one.
    pub(crate) fn push_bulk(&mut self, bulk: &Bulk<'_>) -> bool {
        let known = bulk.known.as_deref();
        if known.is_some() && self.required || !self.store.push_bulk(&bulk.cells, known) {
            return false;
        }
        match known {
            None if self.all_known => {}
            None => self.known.resize(self.known.len() + bulk.len(), true),
            Some(known) => {
                if self.all_known {
                    self.all_known = false;
                    self.known = vec![true; self.store.len() - known.len()];
                }
                self.known.extend_from_slice(known);
            }
        }
        true
    }
}

impl Store {
    fn push_bulk(&mut self, cells: &Kind<'_>, known: Option<&[bool]>) -> bool {
        match (self, cells) {
            (store, Kind::Integers(integers)) => store.push_integers(integers, known),
            (Store::Boolean(values), Kind::Booleans(more)) => {
                extend_all(values, more, known, |value| Some(u8::from(*value)))
            }
            (Store::Number(values), Kind::Floats(more)) => {
                // -0.0 becomes 0.0.
                extend_all(values, more, known, |value| value.is_finite().then_some(value + 0.0))
            }
            (Store::Money(values), Kind::Floats(more)) => {
                extend_all(values, more, known, |value| scalar::money_from_float(*value))
            }
            (Store::Date(values), Kind::Days(more)) => {
                extend_all(values, more, known, |day| is_day(i64::from(*day)).then_some(*day))
            }
            (Store::Instant { values, clock }, Kind::Times { ticks, micros, zone }) => {
                extend_all(values, ticks, known, |tick| {
                    let time = if *micros == 0 { tick.div_euclid(1_000) } else { tick.checked_mul(*micros)? };
                    match is_moment(time) {
                        false => None,
                        true if *zone => Some(time),
                        // Times that a change of the clocks touches are counted.
                        true => match clock.instant(time) {
                            (instant, None) => Some(instant),
                            _ => None,
                        },
                    }
                })
            }
            (Store::Text(codes), Kind::Texts { keys, texts }) => {
                codes.push_all(keys, texts, known);
                true
            }
            (Store::Listed { codes, listed, found }, Kind::Texts { keys, texts }) => {
                // A value that is not listed has to be noted.
                found.extend(codes, (keys, texts), known, |text| listed.codes.get(text).copied())
            }
            (Store::Id(ids), Kind::Texts { keys, texts }) => ids.push_all(keys, texts, known),
            _ => false,
        }
    }

    fn push_integers(&mut self, more: &[i64], known: Option<&[bool]>) -> bool {
        match self {
            Store::Integer(values) => extend_all(values, more, known, |value| Some(*value)),
            Store::Id(ids) => match ids.integers() {
                Some(integers) => extend_all(integers, more, known, |value| Some(*value)),
                None => false,
            },
            Store::Bits { sets, entries, listed } if known.is_none() => push_sets(sets, entries, listed, more),
            _ => false,
        }
    }
}

/// Adds all values, or none where one that is known is none.
fn extend_all<T: Copy + Default, U>(
    values: &mut Vec<T>,
    more: &[U],
    known: Option<&[bool]>,
    mut convert: impl FnMut(&U) -> Option<T>,
) -> bool {
    let before = values.len();
    let mut all = true;
    let mut convert = |value: &U| match convert(value) {
        Some(value) => value,
        None => {
            all = false;
            T::default()
        }
    };
    match known {
        None => values.extend(more.iter().map(convert)),
        Some(known) => {
            let pairs = more.iter().zip(known);
            values.extend(pairs.map(|(value, known)| if *known { convert(value) } else { T::default() }));
        }
    }
    if !all || values.len() - before != more.len() {
        values.truncate(before);
        return false;
    }
    true
}

/// What was found for the texts of a list, kept from batch to batch: those of one row group mostly share their list.
#[derive(Debug, Clone, Default)]
pub(super) struct Found<T> {
    /// Kept alive, so that no other list can stand in its place in memory.
    list: Option<StringArray>,
    /// By place in the list; `None` for texts that were not asked about yet.
    pub(super) found: Vec<Option<T>>,
}

impl<T: Copy + Default> Found<T> {
    /// What was found belongs to this list from now on.
    pub(super) fn of_list(&mut self, texts: &StringArray) {
        let same = |list: &StringArray| {
            list.len() == texts.len()
                && std::ptr::eq(list.value_data(), texts.value_data())
                && std::ptr::eq(list.value_offsets(), texts.value_offsets())
        };
        if !self.list.as_ref().is_some_and(same) {
            self.found.clear();
            self.found.resize(texts.len(), None);
            self.list = Some(texts.clone());
        }
    }

    /// Adds what is found for each key's text, and nothing that means anything for those that are not known; `find` is
    /// asked once a text. False, and none added, where it gives none.
    fn extend(
        &mut self,
        all: &mut Vec<T>,
        (keys, texts): (&[usize], &StringArray),
        known: Option<&[bool]>,
        mut find: impl FnMut(&str) -> Option<T>,
    ) -> bool {
        self.of_list(texts);
        let before = all.len();
        all.reserve(keys.len());
        for (at, key) in keys.iter().enumerate() {
            if known.is_some_and(|known| known.get(at) != Some(&true)) {
                all.push(T::default());
                continue;
            }
            let found = match self.found.get_mut(*key) {
                Some(Some(found)) => Some(*found),
                Some(place) => find(texts.value(*key)).inspect(|found| *place = Some(*found)),
                None => None,
            };
            let Some(found) = found else {
                all.truncate(before);
                return false;
            };
            all.push(found);
        }
        true
    }
}

impl IdCodes {
    fn push_all(&mut self, keys: &[usize], texts: &StringArray, known: Option<&[bool]>) -> bool {
        let mut found = std::mem::take(&mut self.found);
        let added = match self.integers() {
            Some(integers) => found.extend(integers, (keys, texts), known, canonical_integer),
            None => {
                self.texts().push_all(keys, texts, known);
                true
            }
        };
        self.found = found;
        added
    }
}

impl TextCodes {
    fn push_all(&mut self, keys: &[usize], texts: &StringArray, known: Option<&[bool]>) {
        let mut found = std::mem::take(&mut self.found);
        let mut codes = std::mem::take(&mut self.codes);
        found.extend(&mut codes, (keys, texts), known, |text| Some(self.intern(text)));
        (self.codes, self.found) = (codes, found);
    }
}

/// Whole numbers whose bits say which values are in a list.
fn push_sets(sets: &mut Vec<u64>, entries: &mut u64, listed: &Listed, more: &[i64]) -> bool {
    let values = listed.values.len();
    let beyond = if values >= 63 { 0 } else { u64::MAX << values };
    let count: u64 = more.iter().map(|set| u64::from(set.count_ones())).sum();
    let fits = *entries + count < u64::from(u32::MAX);
    if !fits || more.iter().any(|set| *set < 0 || set.cast_unsigned() & beyond != 0) {
        return false;
    }
    sets.extend(more.iter().map(|set| set.cast_unsigned()));
    *entries += count;
    true
}
