//! Values of one node for the rows of one frame: typed, with a bit a row for what is known.
//!
//! INVARIANT: what stands at a missing row is 0 (in [`Data::Bits`] a clear bit), and bits past the last row are clear, so
//! words can be joined without masks.

use crate::data::{Cells, Stored, StoredValues};
use std::borrow::Cow;
use std::ops::Range;

/// Values in the form the engine computes with.
#[derive(Debug, Clone)]
pub(crate) enum Data<'a> {
    /// yes/no, one bit a row.
    Bits(Cow<'a, [u64]>),
    /// Integers, money, days, instants, durations.
    Whole(Cow<'a, [i64]>),
    /// Numbers and percentages.
    Float(Cow<'a, [f64]>),
    /// Codes of a dictionary, or rows of a table.
    Code(Cow<'a, [u32]>),
    /// Lists: elements `from[i]..to[i]` of the node's elements.
    Lists {
        /// First element.
        from: Vec<u32>,
        /// One past the last.
        to: Vec<u32>,
    },
}

/// One value a row of a frame.
#[derive(Debug, Clone)]
pub(crate) struct Vector<'a> {
    pub(crate) data: Data<'a>,
    /// One bit a row; `None` where all are known.
    pub(crate) known: Option<Cow<'a, [u64]>>,
    /// All rows are known to hold the same; rows of others may, too.
    alike: bool,
}

/// A vector as an operand: of the same rows as the result, or a single value for all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'v> {
    pub(crate) vector: &'v Vector<'v>,
    pub(crate) single: bool,
}

/// Values of an operand by row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Items<'v, T> {
    values: &'v [T],
    single: bool,
}

impl<T: Copy + Default> Items<'_, T> {
    #[inline]
    pub(crate) fn at(&self, row: usize) -> T {
        let row = if self.single { 0 } else { row };
        self.values.get(row).copied().unwrap_or_default()
    }
}

impl<'v> Input<'v> {
    /// Whether the row's value is known.
    #[inline]
    pub(crate) fn known(&self, row: usize) -> bool {
        let row = if self.single { 0 } else { row };
        self.vector.known.as_ref().is_none_or(|known| bit(known, row))
    }

    /// Whole values; empty for another kind.
    pub(crate) fn whole(&self) -> Items<'v, i64> {
        let values = if let Data::Whole(values) = &self.vector.data { values } else { &[][..] };
        Items { values, single: self.single }
    }

    /// Floats; empty for another kind.
    pub(crate) fn float(&self) -> Items<'v, f64> {
        let values = if let Data::Float(values) = &self.vector.data { values } else { &[][..] };
        Items { values, single: self.single }
    }

    /// Codes; empty for another kind.
    pub(crate) fn codes(&self) -> Items<'v, u32> {
        let values = if let Data::Code(values) = &self.vector.data { values } else { &[][..] };
        Items { values, single: self.single }
    }

    /// A list's elements; empty for another kind and where it is missing.
    pub(crate) fn list(&self, row: usize) -> Range<usize> {
        let row = if self.single { 0 } else { row };
        match &self.vector.data {
            Data::Lists { from, to } => match (from.get(row), to.get(row)) {
                (Some(from), Some(to)) => *from as usize..*to as usize,
                _ => 0..0,
            },
            _ => 0..0,
        }
    }

    /// A yes/no value; false where it is missing.
    #[inline]
    pub(crate) fn truth(&self, row: usize) -> bool {
        let row = if self.single { 0 } else { row };
        if let Data::Bits(words) = &self.vector.data { bit(words, row) } else { false }
    }

    /// A word of yes/no values of 64 rows.
    #[inline]
    pub(crate) fn truth_word(&self, at: usize) -> u64 {
        let Data::Bits(words) = &self.vector.data else { return 0 };
        if self.single { spread(bit(words, 0)) } else { words.get(at).copied().unwrap_or(0) }
    }

    /// A word of known bits of 64 rows; bits past the end may be set.
    #[inline]
    pub(crate) fn known_word(&self, at: usize) -> u64 {
        match &self.vector.known {
            None => u64::MAX,
            Some(words) if self.single => spread(bit(words, 0)),
            Some(words) => words.get(at).copied().unwrap_or(0),
        }
    }
}

fn spread(bit: bool) -> u64 {
    if bit { u64::MAX } else { 0 }
}

/// The bit of a row; clear past the end.
#[inline]
pub(crate) fn bit(words: &[u64], row: usize) -> bool {
    words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
}

/// Sets the bit of a row.
#[inline]
pub(crate) fn set_bit(words: &mut [u64], row: usize) {
    if let Some(word) = words.get_mut(row / 64) {
        *word |= 1 << (row % 64);
    }
}

/// Words for so many rows.
pub(crate) fn words_for(rows: usize) -> usize {
    rows.div_ceil(64)
}

/// The valid bits of word `at` of `rows` rows.
#[inline]
pub(crate) fn tail_mask(rows: usize, at: usize) -> u64 {
    match rows.saturating_sub(at * 64) {
        0 => 0,
        left @ 1..64 => (1 << left) - 1,
        _ => u64::MAX,
    }
}

/// Bits from a test of each row.
pub(crate) fn bits_by_row(rows: usize, mut test: impl FnMut(usize) -> bool) -> Vec<u64> {
    (0..words_for(rows))
        .map(|at| {
            let first = at * 64;
            let count = (rows - first).min(64);
            (0..count).fold(0u64, |word, offset| word | u64::from(test(first + offset)) << offset)
        })
        .collect()
}

/// Bits from a rule for each word; bits past the end are cleared.
pub(crate) fn bits_by_word(rows: usize, mut word: impl FnMut(usize) -> u64) -> Vec<u64> {
    (0..words_for(rows)).map(|at| word(at) & tail_mask(rows, at)).collect()
}

/// The bits of a range of rows, moved to the front.
pub(crate) fn bits_of_range(words: &[u64], range: Range<usize>) -> Cow<'_, [u64]> {
    let rows = range.len();
    let (first, shift) = (range.start / 64, range.start % 64);
    let word = |at: usize| words.get(at).copied().unwrap_or(0);
    let last = words_for(rows).saturating_sub(1);
    if shift == 0 && word(first + last) & !tail_mask(rows, last) == 0 {
        return Cow::Borrowed(words.get(first..first + words_for(rows)).unwrap_or(&[]));
    }
    Cow::Owned(bits_by_word(rows, |at| {
        let low = word(first + at) >> shift;
        if shift == 0 { low } else { low | word(first + at + 1) << (64 - shift) }
    }))
}

impl<'a> Vector<'a> {
    pub(crate) fn new(data: Data<'a>, known: Option<Vec<u64>>) -> Vector<'a> {
        Vector { data, known: known.map(Cow::Owned), alike: false }
    }

    /// The same values, after a look whether all rows hold the same.
    pub(crate) fn looked_over(mut self) -> Vector<'a> {
        fn all<T: PartialEq>(values: &[T]) -> bool {
            values.first().is_none_or(|first| values.iter().all(|value| value == first))
        }
        let known = self.known.as_deref().is_none_or(|known| known.iter().all(|word| *word == 0));
        self.alike = known
            && match &self.data {
                Data::Whole(values) => all(values),
                Data::Float(values) => all(values),
                Data::Code(values) => all(values),
                Data::Bits(_) | Data::Lists { .. } => false,
            };
        self
    }

    /// Whether the first row says what all hold.
    pub(crate) fn is_alike(&self) -> bool {
        self.alike
    }

    /// Yes/no values, all known.
    pub(crate) fn bits(words: Vec<u64>) -> Vector<'a> {
        Vector::new(Data::Bits(Cow::Owned(words)), None)
    }

    pub(crate) fn input(&'a self) -> Input<'a> {
        Input { vector: self, single: false }
    }

    /// How many rows; for yes/no values a multiple of 64.
    pub(crate) fn rows(&self) -> usize {
        match &self.data {
            Data::Bits(words) => words.len() * 64,
            Data::Whole(values) => values.len(),
            Data::Float(values) => values.len(),
            Data::Code(values) => values.len(),
            Data::Lists { from, .. } => from.len(),
        }
    }

    /// A range of a column's rows, borrowed where its form allows.
    pub(crate) fn of_column(column: &'a Stored, range: Range<usize>) -> Vector<'a> {
        let known = column.known().map(|known| bits_of_range(known.words(), range.clone()));
        let data = match column.values() {
            StoredValues::Boolean(bits) => Data::Bits(bits_of_range(bits.words(), range)),
            StoredValues::Integer(integers)
            | StoredValues::Money(integers)
            | StoredValues::Instant(integers)
            | StoredValues::Duration(integers)
            | StoredValues::Date(integers) => {
                let values = Data::Whole(Cow::Owned(integers.values(range)));
                return Vector { data: values, known, alike: false }.cleared();
            }
            StoredValues::Number(values) => Data::Float(Cow::Borrowed(values.get(range).unwrap_or(&[]))),
            StoredValues::Text { codes, .. } => Data::Code(codes_of(codes, range)),
            StoredValues::List { offsets, .. } => {
                let is_known = |row: usize| known.as_ref().is_none_or(|known| bit(known, row));
                let (mut from, mut to) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
                for (row, at) in range.enumerate() {
                    let ends = offsets.get(at).zip(offsets.get(at + 1)).filter(|_| is_known(row));
                    let (start, end) = ends.map_or((0, 0), |(start, end)| (*start, *end));
                    from.push(start);
                    to.push(end);
                }
                Data::Lists { from, to }
            }
            StoredValues::Flags(flags) => {
                let start = |row: usize| u32::try_from(flags.start(row)).unwrap_or(u32::MAX);
                Data::Lists { from: range.clone().map(start).collect(), to: range.map(|row| start(row + 1)).collect() }
            }
        };
        Vector { data, known, alike: false }
    }

    /// The values of the rows that `pick` names for each row of another frame; missing where it names none.
    pub(crate) fn picked(&self, rows: usize, pick: impl Fn(usize) -> Option<usize>) -> Vector<'static> {
        /// Stands for no row; no table has so many.
        const NONE: u32 = u32::MAX;
        let picks: Vec<u32> =
            (0..rows).map(|row| pick(row).and_then(|from| u32::try_from(from).ok()).unwrap_or(NONE)).collect();
        let at = |row: usize| picks.get(row).copied().filter(|from| *from != NONE).map(|from| from as usize);
        let input = Input { vector: self, single: false };
        let known = (self.known.is_some() || picks.contains(&NONE))
            .then(|| bits_by_row(rows, |row| at(row).is_some_and(|from| input.known(from))));
        // A missing value's place holds a zero already.
        fn all<T: Copy + Default>(values: &[T], picks: &[u32]) -> Cow<'static, [T]> {
            Cow::Owned(picks.iter().map(|from| values.get(*from as usize).copied().unwrap_or_default()).collect())
        }
        let data = match &self.data {
            Data::Bits(words) => {
                Data::Bits(Cow::Owned(bits_by_row(rows, |row| at(row).is_some_and(|from| bit(words, from)))))
            }
            Data::Whole(values) => Data::Whole(all(values, &picks)),
            Data::Float(values) => Data::Float(all(values, &picks)),
            Data::Code(values) => Data::Code(all(values, &picks)),
            Data::Lists { from, to } => {
                Data::Lists { from: all(from, &picks).into_owned(), to: all(to, &picks).into_owned() }
            }
        };
        Vector::new(data, known)
    }

    /// Forgets what stands at rows that are not known.
    pub(crate) fn cleared(mut self) -> Vector<'a> {
        fn zero<T: Copy + Default>(values: &mut Cow<'_, [T]>, known: &[u64]) {
            for (row, value) in values.to_mut().iter_mut().enumerate() {
                if !bit(known, row) {
                    *value = T::default();
                }
            }
        }
        let Some(known) = &self.known else { return self };
        match &mut self.data {
            Data::Bits(words) => {
                words.to_mut().iter_mut().zip(known.iter()).for_each(|(word, known)| *word &= known);
            }
            Data::Whole(values) => zero(values, known),
            Data::Float(values) => zero(values, known),
            Data::Code(values) => zero(values, known),
            Data::Lists { from, to } => {
                for (row, (from, to)) in from.iter_mut().zip(to.iter_mut()).enumerate() {
                    if !bit(known, row) {
                        (*from, *to) = (0, 0);
                    }
                }
            }
        }
        self
    }
}

/// The codes of a range of rows.
fn codes_of(codes: &Cells, range: Range<usize>) -> Cow<'_, [u32]> {
    match codes {
        Cells::U8(cells) => cells.get(range).unwrap_or(&[]).iter().map(|code| u32::from(*code)).collect(),
        Cells::U16(cells) => cells.get(range).unwrap_or(&[]).iter().map(|code| u32::from(*code)).collect(),
        Cells::U32(cells) => Cow::Borrowed(cells.get(range).unwrap_or(&[])),
        // There are never so many texts.
        Cells::U40(_) | Cells::U64(_) => range.map(|row| codes.code(row).unwrap_or(0)).collect(),
    }
}
