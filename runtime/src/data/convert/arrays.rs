//! Pieces straight from arrays, where no cell needs a judgement of its own: nothing is made wide first.

use super::bulk::Found;
use super::{ColumnBuilder, ROWS_OF_PIECE, Store};
use crate::data::bits::Bits;
use crate::data::moments::{ZoneClock, is_day, is_moment};
use crate::data::stored::narrow::{self, Native};
use crate::data::stored::pieces::{Piece, PieceValues};
use crate::data::stored::{Cells, Integers};
use crate::processor::Instructions;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampSecondType,
};
use arrow_array::{Array, BooleanArray, StringArray};
use arrow_schema::{DataType, TimeUnit};
use std::borrow::Cow;

impl ColumnBuilder {
    /// Adds the rows of an array as a piece, or gives false and adds none where they have to be looked at one by one, or
    /// are too few for a piece.
    pub(crate) fn push_array(&mut self, array: &dyn Array) -> bool {
        let rows = array.len();
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        if rows < ROWS_OF_PIECE || nulls.is_some() && self.required {
            return false;
        }
        let known = nulls.map(|nulls| Bits::from_words(nulls.inner().bit_chunks().iter_padded().collect(), rows));
        let Some(values) = self.store.piece_of(array, known.as_ref()) else { return false };
        self.pack();
        self.pieces.push(Piece { values, known, rows });
        self.packed += rows;
        true
    }
}

impl Store {
    fn piece_of(&mut self, array: &dyn Array, known: Option<&Bits>) -> Option<PieceValues> {
        let path = Instructions::best();
        match (self, array.data_type()) {
            (Store::Boolean(_), DataType::Boolean) => Some(PieceValues::Truths(truths(array.as_boolean(), known))),
            (Store::Integer(_), _) => integers(array, known).map(PieceValues::Integers),
            (Store::Id(ids), _) if ids.are_integers() => integers(array, known).map(PieceValues::Integers),
            (Store::Number(_), DataType::Float64) => {
                let values = with_zeros(array.as_primitive::<Float64Type>().values(), known);
                let mut finite = vec![0.0; values.len()];
                narrow::finite(path, &values, &mut finite).then_some(PieceValues::Numbers(finite))
            }
            (Store::Money(_), DataType::Float64) => {
                let values = with_zeros(array.as_primitive::<Float64Type>().values(), known);
                let mut units = vec![0; values.len()];
                let clear = narrow::money(path, &values, &mut units);
                clear.then(|| PieceValues::Integers(Integers::of_array(path, &units, known)))
            }
            (Store::Date(_), DataType::Date32) => {
                let days = Integers::of_array(path, array.as_primitive::<Date32Type>().values(), known);
                within(&days, is_day).then_some(PieceValues::Integers(days))
            }
            (Store::Instant { clock, .. }, DataType::Timestamp(unit, zone)) => {
                instants(array, *unit, zone.is_some(), clock, known).map(PieceValues::Integers)
            }
            (Store::Text(texts) | Store::Zone(texts), DataType::Dictionary(..)) => {
                let (keys, list) = dictionary(array)?;
                let mut found = std::mem::take(&mut texts.found);
                let codes = found.codes(keys, list, known, |text| Some(texts.intern(text)));
                texts.found = found;
                codes.map(|codes| PieceValues::Codes(codes.into()))
            }
            (Store::Listed { listed, found, .. }, DataType::Dictionary(..)) => {
                let (keys, list) = dictionary(array)?;
                // A value that is not listed has to be noted.
                found
                    .codes(keys, list, known, |text| listed.codes.get(text).copied())
                    .map(|codes| PieceValues::Codes(codes.into()))
            }
            (Store::Bits { entries, listed, .. }, DataType::Int64) if known.is_none() => {
                let sets = array.as_primitive::<Int64Type>().values();
                let values = listed.values.len();
                let beyond = if values >= 63 { 1 << 63 } else { u64::MAX << values };
                if sets.iter().fold(0, |any, set| any | set.cast_unsigned()) & beyond != 0 {
                    return None;
                }
                let sets: Vec<u64> = sets.iter().map(|set| set.cast_unsigned()).collect();
                let slices = PieceValues::slices(&sets, values.min(64));
                let PieceValues::Slices(of_values) = &slices else { return None };
                let count: u64 = of_values.iter().map(|slice| slice.count() as u64).sum();
                let fits = *entries + count < u64::from(u32::MAX);
                if fits {
                    *entries += count;
                }
                fits.then_some(slices)
            }
            _ => None,
        }
    }
}

fn integers(array: &dyn Array, known: Option<&Bits>) -> Option<Integers> {
    fn of<T: Native>(values: &[T], known: Option<&Bits>) -> Option<Integers> {
        Some(Integers::of_array(Instructions::best(), values, known))
    }
    match array.data_type() {
        DataType::Int8 => of(array.as_primitive::<Int8Type>().values(), known),
        DataType::Int16 => of(array.as_primitive::<Int16Type>().values(), known),
        DataType::Int32 => of(array.as_primitive::<Int32Type>().values(), known),
        DataType::Int64 => of(array.as_primitive::<Int64Type>().values(), known),
        _ => None,
    }
}

/// Whether all values pass a test that a range passes whose ends do.
fn within(integers: &Integers, test: impl Fn(i64) -> bool) -> bool {
    test(integers.base()) && integers.last().is_none_or(test)
}

fn instants(
    array: &dyn Array,
    unit: TimeUnit,
    zone: bool,
    clock: &mut ZoneClock,
    known: Option<&Bits>,
) -> Option<Integers> {
    let (ticks, micros) = match unit {
        TimeUnit::Second => (&**array.as_primitive::<TimestampSecondType>().values(), 1_000_000),
        TimeUnit::Millisecond => (&**array.as_primitive::<TimestampMillisecondType>().values(), 1_000),
        TimeUnit::Microsecond => (&**array.as_primitive::<TimestampMicrosecondType>().values(), 1),
        TimeUnit::Nanosecond => return None,
    };
    let path = Instructions::best();
    if zone || clock.is_utc() {
        return Integers::of_array(path, ticks, known).times(micros).filter(|times| within(times, is_moment));
    }
    let mut times = Vec::with_capacity(ticks.len());
    for (row, tick) in ticks.iter().enumerate() {
        if known.is_some_and(|known| !known.get(row)) {
            times.push(0);
            continue;
        }
        let time = tick.checked_mul(micros).filter(|time| is_moment(*time))?;
        // Times that a change of the clocks touches are counted.
        let (instant, None) = clock.instant(time) else { return None };
        times.push(instant);
    }
    Some(Integers::of_array(path, &times, known))
}

fn truths(values: &BooleanArray, known: Option<&Bits>) -> Bits {
    let words = values.values().bit_chunks().iter_padded();
    let words: Vec<u64> = match known {
        None => words.collect(),
        Some(known) => words.zip(known.words()).map(|(word, known)| word & known).collect(),
    };
    Bits::from_words(words, values.len())
}

/// The values with 0 at the rows that are not known.
fn with_zeros<'a>(values: &'a [f64], known: Option<&Bits>) -> Cow<'a, [f64]> {
    match known {
        None => Cow::Borrowed(values),
        Some(known) => Cow::Owned(narrow::with_zeros(Instructions::best(), values, known.words())),
    }
}

/// Places in a list of texts, and the list.
fn dictionary(array: &dyn Array) -> Option<(&[i32], &StringArray)> {
    let dictionary = array.as_dictionary_opt::<Int32Type>()?;
    let texts = dictionary.values().as_string_opt::<i32>()?;
    (texts.null_count() == 0).then(|| (&**dictionary.keys().values(), texts))
}

impl Found<u32> {
    /// What is found for each key's text, and 0 for those that are not known; `find` is asked once a text. `None` where it
    /// gives none.
    fn codes(
        &mut self,
        keys: &[i32],
        texts: &StringArray,
        known: Option<&Bits>,
        mut find: impl FnMut(&str) -> Option<u32>,
    ) -> Option<Cells> {
        self.of_list(texts);
        let is_known = |row: usize| known.is_none_or(|known| known.get(row));
        let mut settle = |row: usize, key: i32| -> Option<()> {
            let key = usize::try_from(key).ok()?;
            if let place @ None = self.found.get_mut(key)?
                && is_known(row)
            {
                *place = Some(find(texts.value(key))?);
            }
            Some(())
        };
        for (row, key) in keys.iter().enumerate() {
            settle(row, *key).or_else(|| (!is_known(row)).then_some(()))?;
        }
        // Those found before count too.
        let greatest = self.found.iter().flatten().copied().max().unwrap_or(0);
        let code = |key: &i32| {
            let found = usize::try_from(*key).ok().and_then(|key| self.found.get(key));
            u64::from(found.copied().flatten().unwrap_or(0))
        };
        let Some(known) = known else { return Some(Cells::new(greatest.into(), keys.iter().map(code))) };
        let codes = keys.iter().enumerate().map(|(row, key)| if known.get(row) { code(key) } else { 0 });
        Some(Cells::new(greatest.into(), codes))
    }
}
