//! Whole arrays at once, where no cell needs a judgement of its own. What comes out is what cell by cell would give.

use super::codes::{IdCodes, TextCodes};
use super::{ColumnBuilder, Listed, Store, scalar};
use crate::data::canonical_integer;
use crate::data::moments::{is_day, is_moment};
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
        texts: Vec<&'a str>,
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
                push_texts(codes, keys, texts, known);
                true
            }
            (Store::Listed { codes, listed }, Kind::Texts { keys, texts }) => {
                push_listed(codes, listed, keys, texts, known)
            }
            (Store::Id(ids), Kind::Texts { keys, texts }) => push_ids(ids, keys, texts, known),
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
            Store::Bits { offsets, codes, listed } if known.is_none() => push_flags(offsets, codes, listed, more),
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
    values.reserve(more.len());
    for (at, value) in more.iter().enumerate() {
        let is_known = known.is_none_or(|known| known.get(at) == Some(&true));
        match if is_known { convert(value) } else { Some(T::default()) } {
            Some(value) => values.push(value),
            None => {
                values.truncate(before);
                return false;
            }
        }
    }
    true
}

/// For each key that is known what `find` gives for its text, asked once a text; `None` where it gives none.
fn by_text<T: Copy + Default>(
    keys: &[usize],
    texts: &[&str],
    known: Option<&[bool]>,
    mut find: impl FnMut(&str) -> Option<T>,
) -> Option<Vec<T>> {
    let mut found: Vec<Option<T>> = vec![None; texts.len()];
    let mut all = Vec::with_capacity(keys.len());
    for (at, key) in keys.iter().enumerate() {
        if known.is_some_and(|known| known.get(at) != Some(&true)) {
            all.push(T::default());
            continue;
        }
        let place = found.get_mut(*key)?;
        all.push(match place {
            Some(found) => *found,
            None => *place.insert(find(texts.get(*key)?)?),
        });
    }
    Some(all)
}

fn push_texts(codes: &mut TextCodes, keys: &[usize], texts: &[&str], known: Option<&[bool]>) {
    let found = by_text(keys, texts, known, |text| Some(codes.intern(text)));
    codes.codes.extend(found.unwrap_or_default());
}

fn push_listed(codes: &mut Vec<u32>, listed: &Listed, keys: &[usize], texts: &[&str], known: Option<&[bool]>) -> bool {
    // A value that is not listed has to be noted.
    let found = by_text(keys, texts, known, |text| listed.codes.get(text).copied());
    codes.extend(found.iter().flatten());
    found.is_some()
}

fn push_ids(ids: &mut IdCodes, keys: &[usize], texts: &[&str], known: Option<&[bool]>) -> bool {
    match ids.integers() {
        Some(integers) => {
            let found = by_text(keys, texts, known, canonical_integer);
            integers.extend(found.iter().flatten());
            found.is_some()
        }
        None => {
            push_texts(ids.texts(), keys, texts, known);
            true
        }
    }
}

/// Whole numbers whose bits say which values are in a list.
fn push_flags(offsets: &mut Vec<u32>, codes: &mut Vec<u32>, listed: &Listed, more: &[i64]) -> bool {
    let values = listed.values.len();
    let beyond = if values >= 63 { 0 } else { u64::MAX << values };
    let entries: u64 = more.iter().map(|flags| u64::from(flags.count_ones())).sum();
    let fits = codes.len() as u64 + entries < u64::from(u32::MAX);
    if !fits || more.iter().any(|flags| *flags < 0 || flags.cast_unsigned() & beyond != 0) {
        return false;
    }
    for flags in more {
        let mut left = *flags;
        while left != 0 {
            codes.push(left.trailing_zeros());
            left &= left - 1;
        }
        offsets.push(u32::try_from(codes.len()).unwrap_or(u32::MAX));
    }
    true
}
