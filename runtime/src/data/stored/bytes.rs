//! Rows of pieces as bytes, and back: what one process puts out for a while and reads again. The form is nobody else's
//! business, and may change at any time.

use super::pieces::{Piece, PieceValues};
use super::{Cells, Integers, U40};
use crate::data::bits::Bits;
use crate::for_cells;

/// Bytes that are read from the first on; whatever they do not hold is `None`.
#[derive(Debug)]
pub(crate) struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Bytes<'b> {
        Bytes(bytes)
    }

    /// The next so many bytes.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// A number of something.
    pub(crate) fn count(&mut self) -> Option<usize> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)?.try_into().ok()
    }

    pub(crate) fn word(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'b str> {
        let length = self.count()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// A set of rows.
    pub(crate) fn bits(&mut self, rows: usize) -> Option<Bits> {
        let words = self.take(rows.div_ceil(64) * size_of::<u64>())?;
        Some(Bits::from_words(numbers(words, u64::from_le_bytes), rows))
    }

    /// Cells, as [`put_cells`] writes them.
    pub(crate) fn cells(&mut self, rows: usize) -> Option<Cells> {
        let width = usize::from(self.byte()?);
        let bytes = self.take(rows.checked_mul(width)?)?;
        Some(match width {
            1 => Cells::U8(bytes.to_vec().into()),
            2 => Cells::U16(numbers(bytes, u16::from_le_bytes).into()),
            4 => Cells::U32(numbers(bytes, u32::from_le_bytes).into()),
            5 => Cells::U40(numbers(bytes, U40::from_le_bytes).into()),
            8 => Cells::U64(numbers(bytes, u64::from_le_bytes).into()),
            _ => return None,
        })
    }
}

fn numbers<T, const WIDTH: usize>(bytes: &[u8], number: impl Fn([u8; WIDTH]) -> T) -> Vec<T> {
    let (all, _) = bytes.as_chunks::<WIDTH>();
    all.iter().map(|bytes| number(*bytes)).collect()
}

/// Adds a number of something; more than 32 bits hold are not in one table.
pub(crate) fn put_count(count: usize, to: &mut Vec<u8>) {
    to.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

pub(crate) fn put_text(text: &str, to: &mut Vec<u8>) {
    put_count(text.len(), to);
    to.extend(text.as_bytes());
}

pub(crate) fn put_bits(bits: &Bits, to: &mut Vec<u8>) {
    bits.words().iter().for_each(|word| to.extend(word.to_le_bytes()));
}

/// Adds cells with their width, which their greatest decides.
pub(crate) fn put_cells(cells: &[u64], to: &mut Vec<u8>) {
    let cells = Cells::new(greatest(cells), cells.iter().copied());
    to.push(cells.width() as u8);
    for_cells!(&cells, cells => to.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())));
}

const INTEGERS: u8 = 0;
const NUMBERS: u8 = 1;
const CODES: u8 = 2;
const TRUTHS: u8 = 3;
const SLICES: u8 = 4;

impl Piece {
    /// Adds some of its rows; `code` says what a known row's code becomes.
    pub(crate) fn put(&self, rows: &[u32], code: &mut dyn FnMut(u32) -> u32, to: &mut Vec<u8>) {
        let of_rows = |bits: &Bits| Bits::from_bools(rows.iter().map(|row| bits.get(*row as usize)));
        let known = self.known.as_ref().map(of_rows).filter(|known| known.count() < rows.len());
        put_count(rows.len(), to);
        to.push(u8::from(known.is_some()));
        if let Some(known) = &known {
            put_bits(known, to);
        }
        let is_known = |at: usize| known.as_ref().is_none_or(|known| known.get(at));
        match &self.values {
            PieceValues::Integers(integers) => {
                to.push(INTEGERS);
                let mut cells = gathered(integers.cells(), rows);
                // As narrow as these rows alone allow. Missing rows' cells are 0.
                let least = if known.is_none() { cells.iter().min().copied().unwrap_or(0) } else { 0 };
                cells.iter_mut().for_each(|cell| *cell -= least);
                to.extend(integers.value_of(least).to_le_bytes());
                to.extend(integers.unit().to_le_bytes());
                put_cells(&cells, to);
            }
            PieceValues::Numbers(numbers) => {
                to.push(NUMBERS);
                let number = |row: &u32| numbers.get(*row as usize).copied().unwrap_or(0.0);
                to.extend(rows.iter().flat_map(|row| number(row).to_le_bytes()));
            }
            PieceValues::Codes(codes) => {
                to.push(CODES);
                let (cells, places) = codes.parts();
                let mut cells = gathered(cells, rows);
                for (at, cell) in cells.iter_mut().enumerate() {
                    let own = u32::try_from(*cell).unwrap_or(0);
                    let own = places.map_or(own, |places| places.get(own as usize).copied().unwrap_or(0));
                    *cell = if is_known(at) { code(own).into() } else { 0 };
                }
                put_cells(&cells, to);
            }
            PieceValues::Truths(truths) => {
                to.push(TRUTHS);
                put_bits(&of_rows(truths), to);
            }
            PieceValues::Slices(slices) => {
                to.push(SLICES);
                put_count(slices.len(), to);
                slices.iter().for_each(|slice| put_bits(&of_rows(slice), to));
            }
        }
    }

    /// A piece that was put out.
    pub(crate) fn of_bytes(from: &mut Bytes<'_>) -> Option<Piece> {
        let rows = from.count()?;
        let known = if from.byte()? == 1 { Some(from.bits(rows)?) } else { None };
        let values = match from.byte()? {
            INTEGERS => {
                let (base, unit) = (from.word()?.cast_signed(), from.word()?);
                let cells = from.cells(rows)?;
                let greatest = for_cells!(&cells, cells => greatest(cells));
                PieceValues::Integers(Integers::of_parts(base, unit, greatest, cells))
            }
            NUMBERS => {
                let bytes = from.take(rows.checked_mul(size_of::<f64>())?)?;
                PieceValues::Numbers(numbers(bytes, f64::from_le_bytes))
            }
            CODES => PieceValues::Codes(from.cells(rows)?.into()),
            TRUTHS => PieceValues::Truths(from.bits(rows)?),
            SLICES => {
                let slices = (0..from.count()?).map(|_| from.bits(rows));
                PieceValues::Slices(slices.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(Piece { values, known, rows })
    }
}

fn greatest<T: Copy + Ord + Into<u64>>(cells: &[T]) -> u64 {
    cells.iter().max().map_or(0, |cell| (*cell).into())
}

fn gathered(cells: &Cells, rows: &[u32]) -> Vec<u64> {
    fn of<T: Copy + Into<u64>>(cells: &[T], rows: &[u32]) -> Vec<u64> {
        rows.iter().map(|row| cells.get(*row as usize).map_or(0, |cell| (*cell).into())).collect()
    }
    for_cells!(cells, cells => of(cells, rows))
}
