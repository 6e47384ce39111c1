//! Columns as they are written to a file and found there again, see [`crate::data::prepared`].

use super::marks::{Borders, MarkCells};
use super::{Blocks, Buffer, Cells, Flags, Integers, Marks, Memory, Stored, StoredValues};
use crate::data::bits::Bits;
use crate::data::dataset::Dictionary;
use crate::data::numbers::Numbers;
use crate::data::texts::Texts;
use crate::for_cells;
use serde::{Deserialize, Serialize};
use std::io;
use std::ops::Range;
use std::sync::Arc;
use zerocopy::{Immutable, IntoBytes};

/// Where some bytes of a file are, and their sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The first byte; a multiple of 64.
    pub(crate) at: u64,
    /// How many bytes.
    pub(crate) length: u64,
    /// Their sum by which a change is found.
    pub(crate) sum: u64,
}

impl Place {
    /// The bytes, as a range of the file.
    pub(crate) fn range(&self) -> Option<Range<usize>> {
        let at = usize::try_from(self.at).ok()?;
        Some(at..at.checked_add(usize::try_from(self.length).ok()?)?)
    }
}

/// Takes the bytes of columns.
pub(crate) trait Sink {
    /// Writes the bytes, and says where they are.
    fn put(&mut self, bytes: &[u8]) -> io::Result<Place>;
    /// Writes a dictionary, once for all columns that share it.
    fn dictionary(&mut self, dictionary: &Arc<Dictionary>) -> io::Result<SavedDictionary>;
}

/// A column in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SavedColumn {
    rows: usize,
    values: SavedValues,
    known: Option<Place>,
    marks: Option<SavedMarks>,
    /// The least and the greatest cell of each stretch of rows.
    blocks: Option<Place>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum SavedValues {
    Boolean(Place),
    Integer(SavedIntegers),
    Number(Place),
    Money(SavedIntegers),
    Date(SavedIntegers),
    Instant(SavedIntegers),
    Duration(SavedIntegers),
    Text { codes: SavedCells, dictionary: SavedDictionary },
    List { offsets: Place, elements: Box<SavedColumn> },
    Flags { slices: Vec<Place>, starts: Place, dictionary: SavedDictionary },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SavedIntegers {
    base: i64,
    unit: u64,
    greatest: u64,
    cells: SavedCells,
}

/// Cells, with the bytes of each.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SavedCells {
    width: u8,
    cells: Place,
}

/// A dictionary in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum SavedDictionary {
    Texts { ends: SavedCells, bytes: Place },
    Integers(Place),
    Span { first: i64, count: u32 },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SavedMarks {
    borders: SavedBorders,
    cells: SavedCells,
    heavy: Vec<u16>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum SavedBorders {
    Cells(Vec<u64>),
    /// The bits of each: a decimal form need not give the same number back.
    Floats(Vec<u64>),
    Shift(u32),
}

fn put<T: IntoBytes + Immutable>(values: &[T], sink: &mut dyn Sink) -> io::Result<Place> {
    sink.put(values.as_bytes())
}

impl Stored {
    /// Writes the column.
    ///
    /// # Errors
    /// Those of the sink.
    pub(crate) fn save(&self, sink: &mut dyn Sink) -> io::Result<SavedColumn> {
        let values = match &self.values {
            StoredValues::Boolean(bits) => SavedValues::Boolean(put(bits.words(), sink)?),
            StoredValues::Integer(integers) => SavedValues::Integer(integers.save(sink)?),
            StoredValues::Money(integers) => SavedValues::Money(integers.save(sink)?),
            StoredValues::Date(integers) => SavedValues::Date(integers.save(sink)?),
            StoredValues::Instant(integers) => SavedValues::Instant(integers.save(sink)?),
            StoredValues::Duration(integers) => SavedValues::Duration(integers.save(sink)?),
            StoredValues::Number(numbers) => SavedValues::Number(put::<f64>(numbers, sink)?),
            StoredValues::Text { codes, dictionary } => {
                SavedValues::Text { codes: codes.save(sink)?, dictionary: sink.dictionary(dictionary)? }
            }
            StoredValues::List { offsets, elements } => {
                SavedValues::List { offsets: put::<u32>(offsets, sink)?, elements: Box::new(elements.save(sink)?) }
            }
            StoredValues::Flags(flags) => {
                let slices = (0..flags.dictionary().len()).filter_map(|code| flags.slice(code));
                SavedValues::Flags {
                    slices: slices.map(|slice| put(slice.words(), sink)).collect::<io::Result<_>>()?,
                    starts: put::<u32>(flags.starts(), sink)?,
                    dictionary: sink.dictionary(flags.dictionary())?,
                }
            }
        };
        let known = self.known.as_ref().map(|known| put(known.words(), sink)).transpose()?;
        let marks = self.marks.as_ref().map(|marks| marks.save(sink)).transpose()?;
        let blocks = self.blocks.as_ref().map(|blocks| put::<u64>(blocks.numbers(), sink)).transpose()?;
        Ok(SavedColumn { rows: self.rows, values, known, marks, blocks })
    }

    /// The column that was written, in the memory of the file. `None` where what was written is no column. What machine
    /// code relies on is checked if `thorough`: a file that nobody changed since it was is as it was then.
    pub(crate) fn restore(saved: &SavedColumn, memory: &Arc<Memory>, thorough: bool) -> Option<Stored> {
        let from = Source { memory, thorough };
        let rows = saved.rows;
        let known = match &saved.known {
            Some(known) => Some(from.bits(known, rows)?),
            None => None,
        };
        let values = match &saved.values {
            SavedValues::Boolean(bits) => StoredValues::Boolean(from.bits(bits, rows)?),
            SavedValues::Integer(integers) => StoredValues::Integer(from.integers(integers, rows)?),
            SavedValues::Money(integers) => StoredValues::Money(from.integers(integers, rows)?),
            SavedValues::Date(integers) => StoredValues::Date(from.integers(integers, rows)?),
            SavedValues::Instant(integers) => StoredValues::Instant(from.integers(integers, rows)?),
            SavedValues::Duration(integers) => StoredValues::Duration(from.integers(integers, rows)?),
            SavedValues::Number(numbers) => {
                let numbers = Buffer::<f64>::part(memory, numbers.range()?).filter(|numbers| numbers.len() == rows)?;
                StoredValues::Number(numbers)
            }
            SavedValues::Text { codes, dictionary } => {
                let dictionary = from.dictionary(dictionary)?;
                let codes = from.cells(codes, rows)?;
                // The code 0 of a missing row has no text where there is none at all.
                let texts = (dictionary.len() as u64).max(1);
                (!thorough || for_cells!(&codes, codes => below(codes, texts))).then_some(())?;
                StoredValues::Text { codes, dictionary: Arc::new(dictionary) }
            }
            SavedValues::List { offsets, elements } => {
                let elements = Stored::restore(elements, memory, thorough)?;
                let offsets = Buffer::<u32>::part(memory, offsets.range()?)?;
                let whole = offsets.len() == rows.checked_add(1)?
                    && offsets.first() == Some(&0)
                    && offsets.last().is_some_and(|last| *last as usize == elements.rows);
                (whole && (!thorough || offsets.is_sorted())).then_some(())?;
                StoredValues::List { offsets, elements: Arc::new(elements) }
            }
            SavedValues::Flags { slices, starts, dictionary } => {
                let slices = slices.iter().map(|slice| from.bits(slice, rows)).collect::<Option<Vec<Bits>>>()?;
                let dictionary = Arc::new(from.dictionary(dictionary)?);
                let starts = Buffer::<u32>::part(memory, starts.range()?)?;
                let flags = Flags::restore(slices, starts, rows, dictionary, thorough)?;
                StoredValues::Flags(Arc::new(flags))
            }
        };
        let marks = match &saved.marks {
            Some(marks) => Some(Arc::new(Marks::restore(marks, &from, rows)?)),
            None => None,
        };
        let blocks = match &saved.blocks {
            Some(place) => Some(Arc::new(Blocks::restore(Buffer::<u64>::part(memory, place.range()?)?, rows)?)),
            None => None,
        };
        Some(Stored { values, known, rows, marks, blocks })
    }
}

impl SavedColumn {
    /// All places of the file that the column is in.
    pub(crate) fn places(&self) -> Vec<&Place> {
        let mut places: Vec<&Place> = self.known.iter().chain(&self.blocks).collect();
        places.extend(self.marks.iter().map(|marks| &marks.cells.cells));
        match &self.values {
            SavedValues::Boolean(place) | SavedValues::Number(place) => places.push(place),
            SavedValues::Integer(integers)
            | SavedValues::Money(integers)
            | SavedValues::Date(integers)
            | SavedValues::Instant(integers)
            | SavedValues::Duration(integers) => places.push(&integers.cells.cells),
            SavedValues::Text { codes, dictionary } => {
                places.push(&codes.cells);
                places.extend(dictionary.places());
            }
            SavedValues::List { offsets, elements } => {
                places.push(offsets);
                places.extend(elements.places());
            }
            SavedValues::Flags { slices, starts, dictionary } => {
                places.extend(slices);
                places.push(starts);
                places.extend(dictionary.places());
            }
        }
        places
    }
}

/// The memory of a file, and how much of it is to be checked.
struct Source<'m> {
    memory: &'m Arc<Memory>,
    thorough: bool,
}

impl Source<'_> {
    fn bits(&self, place: &Place, rows: usize) -> Option<Bits> {
        let range = place.range()?;
        let words = rows.div_ceil(64);
        if range.start % size_of::<u64>() != 0 || range.len() != words * size_of::<u64>() {
            return None;
        }
        let from = range.start / size_of::<u64>();
        let last = match words.checked_sub(1) {
            Some(last) => *self.memory.words().get(from + last)?,
            None => 0,
        };
        let past = rows % 64;
        (past == 0 || last >> past == 0).then(|| Bits::part(self.memory, from..from + words, rows))
    }

    fn cells(&self, saved: &SavedCells, rows: usize) -> Option<Cells> {
        let range = saved.cells.range()?;
        let cells = match saved.width {
            1 => Cells::U8(Buffer::part(self.memory, range)?),
            2 => Cells::U16(Buffer::part(self.memory, range)?),
            4 => Cells::U32(Buffer::part(self.memory, range)?),
            5 => Cells::U40(Buffer::part(self.memory, range)?),
            8 => Cells::U64(Buffer::part(self.memory, range)?),
            _ => return None,
        };
        (cells.len() == rows).then_some(cells)
    }

    fn integers(&self, saved: &SavedIntegers, rows: usize) -> Option<Integers> {
        let cells = self.cells(&saved.cells, rows)?;
        let most = saved.greatest.checked_add(1);
        let sound = !self.thorough || most.is_none_or(|most| for_cells!(&cells, cells => below(cells, most)));
        (sound && saved.unit > 0).then(|| Integers::of_parts(saved.base, saved.unit, saved.greatest, cells))
    }

    fn dictionary(&self, saved: &SavedDictionary) -> Option<Dictionary> {
        Some(match saved {
            SavedDictionary::Span { first, count } => Dictionary::Integers(Numbers::span(*first, *count)),
            SavedDictionary::Integers(place) => {
                Dictionary::Integers(Numbers::listed(Buffer::part(self.memory, place.range()?)?))
            }
            SavedDictionary::Texts { ends, bytes } => {
                let bytes = Buffer::<u8>::part(self.memory, bytes.range()?)?;
                let count = usize::try_from(ends.cells.length / u64::from(ends.width.max(1))).ok()?;
                let ends = self.cells(ends, count)?;
                let ascend = || for_cells!(&ends, ends => ends.is_sorted());
                let sound = !self.thorough || ascend() && std::str::from_utf8(&bytes).is_ok();
                Dictionary::Texts(sound.then(|| Texts::packed(ends, bytes))??)
            }
        })
    }
}

/// Whether each cell is below a number.
fn below<T: Copy + Into<u64> + Ord>(cells: &[T], most: u64) -> bool {
    cells.iter().max().is_none_or(|greatest| Into::<u64>::into(*greatest) < most)
}

impl Integers {
    fn save(&self, sink: &mut dyn Sink) -> io::Result<SavedIntegers> {
        let (base, unit, greatest) = (self.base(), self.unit(), self.greatest());
        Ok(SavedIntegers { base, unit, greatest, cells: self.cells().save(sink)? })
    }
}

impl Cells {
    fn save(&self, sink: &mut dyn Sink) -> io::Result<SavedCells> {
        let cells = for_cells!(self, cells => put(cells, sink))?;
        Ok(SavedCells { width: self.width() as u8, cells })
    }
}

impl SavedDictionary {
    /// Writes a dictionary.
    pub(crate) fn of(dictionary: &Dictionary, sink: &mut dyn Sink) -> io::Result<SavedDictionary> {
        match dictionary {
            Dictionary::Integers(numbers) => match (numbers.first_of_span(), u32::try_from(numbers.len())) {
                (Some(first), Ok(count)) => Ok(SavedDictionary::Span { first, count }),
                _ => Ok(SavedDictionary::Integers(put(&numbers.iter().collect::<Vec<i64>>(), sink)?)),
            },
            Dictionary::Texts(texts) => {
                let mut bytes = Vec::new();
                let mut ends = Vec::with_capacity(texts.len());
                for text in texts.iter() {
                    bytes.extend_from_slice(text.as_bytes());
                    ends.push(bytes.len() as u64);
                }
                let ends = Cells::new(bytes.len() as u64, ends.into_iter()).save(sink)?;
                Ok(SavedDictionary::Texts { ends, bytes: sink.put(&bytes)? })
            }
        }
    }

    fn places(&self) -> Vec<&Place> {
        match self {
            SavedDictionary::Texts { ends, bytes } => vec![&ends.cells, bytes],
            SavedDictionary::Integers(place) => vec![place],
            SavedDictionary::Span { .. } => Vec::new(),
        }
    }
}

impl Marks {
    fn save(&self, sink: &mut dyn Sink) -> io::Result<SavedMarks> {
        let (borders, cells, heavy) = self.parts();
        let borders = match borders {
            Borders::Cells(borders) => SavedBorders::Cells(borders.clone()),
            Borders::Floats(borders) => SavedBorders::Floats(borders.iter().map(|border| border.to_bits()).collect()),
            Borders::Shift(shift) => SavedBorders::Shift(*shift),
        };
        let cells = match cells {
            MarkCells::U8(cells) => SavedCells { width: 1, cells: put::<u8>(cells, sink)? },
            MarkCells::U16(cells) => SavedCells { width: 2, cells: put::<u16>(cells, sink)? },
        };
        Ok(SavedMarks { borders, cells, heavy: heavy.to_vec() })
    }

    fn restore(saved: &SavedMarks, from: &Source<'_>, rows: usize) -> Option<Marks> {
        let borders = match &saved.borders {
            SavedBorders::Cells(borders) => Borders::Cells(borders.clone()),
            SavedBorders::Floats(bits) => Borders::Floats(bits.iter().map(|bits| f64::from_bits(*bits)).collect()),
            SavedBorders::Shift(shift) => Borders::Shift((*shift < u64::BITS).then_some(*shift)?),
        };
        let cells = match from.cells(&saved.cells, rows)? {
            Cells::U8(cells) => MarkCells::U8(cells),
            Cells::U16(cells) => MarkCells::U16(cells),
            _ => return None,
        };
        Some(Marks::of_parts(borders, cells, saved.heavy.clone()))
    }
}
