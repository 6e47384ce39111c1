//! Columns put together from pieces that were packed as they were read: what is read is wide for one batch only.

use super::integers::{Become, Part};
use super::{Cells, Flags, Integers, Stored, StoredValues, turned};
use crate::data::bits::Bits;
use crate::data::dataset::{Column, Dictionary, Values};
use crate::data::numbers::Numbers;
use std::sync::Arc;

/// Some rows of a column, as narrow as they alone allow.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) values: PieceValues,
    /// Which rows are known; `None` where all are.
    pub(crate) known: Option<Bits>,
    pub(crate) rows: usize,
}

/// The values of a piece; what stands at a missing row means nothing.
#[derive(Debug, Clone)]
pub(crate) enum PieceValues {
    Integers(Integers),
    Numbers(Vec<f64>),
    /// Codes of a dictionary that all pieces share.
    Codes(Codes),
    Truths(Bits),
    /// By listed value: the rows whose list has it.
    Slices(Vec<Bits>),
}

/// Codes, and where each of them stands in the dictionary, if not at its own place: they are changed when they are moved
/// anyway.
#[derive(Debug, Clone)]
pub(crate) struct Codes {
    cells: Cells,
    places: Option<Arc<[u32]>>,
}

impl From<Cells> for Codes {
    fn from(cells: Cells) -> Codes {
        Codes { cells, places: None }
    }
}

impl Codes {
    /// The code of a row.
    fn code(&self, row: usize) -> Option<u32> {
        let code = self.cells.code(row)?;
        Some(self.places.as_ref().map_or(code, |places| placed(places, code)))
    }

    /// The cells of its codes, and where each code stands in the dictionary, if not at its own place.
    pub(crate) fn parts(&self) -> (&Cells, Option<&[u32]>) {
        (&self.cells, self.places.as_deref())
    }

    /// All codes, in the order of the rows.
    pub(crate) fn codes(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.cells.len()).map(|row| self.code(row).unwrap_or(0))
    }

    /// No code is greater than this.
    fn greatest(&self) -> u64 {
        let places = self.places.as_ref().map(|places| places.iter().copied().max().unwrap_or(0).into());
        places.unwrap_or_else(|| self.cells.greatest())
    }

    /// The same at other places in a dictionary.
    fn at(self, places: &Arc<[u32]>) -> Codes {
        let places = match &self.places {
            None => Arc::clone(places),
            Some(before) => before.iter().map(|code| placed(places, *code)).collect(),
        };
        Codes { places: Some(places), ..self }
    }
}

fn placed(places: &[u32], code: u32) -> u32 {
    places.get(code as usize).copied().unwrap_or(0)
}

impl Piece {
    /// One piece of several of one form, which are gone then: many small ones would keep the memory round them from being
    /// used for anything else. Ids that were texts first and numbers later, or the other way round, are left as they are.
    pub(crate) fn merge(pieces: &mut Vec<Piece>) {
        let [first, others @ ..] = pieces.as_slice() else { return };
        let form = |piece: &Piece| std::mem::discriminant(&piece.values);
        if others.is_empty() || others.iter().any(|other| form(other) != form(first)) {
            return;
        }
        let values = match &first.values {
            PieceValues::Integers(_) => PieceValues::Integers(integers(pieces)),
            PieceValues::Numbers(_) => PieceValues::Numbers(numbers(pieces)),
            PieceValues::Codes(_) => {
                let greatest = codes(pieces).map(|(codes, _)| codes.greatest()).max().unwrap_or(0);
                let parts = codes(pieces).map(|(codes, _)| Part {
                    cells: &codes.cells,
                    known: None,
                    made: codes.places.as_deref().map_or(Become::AtMost(greatest), Become::Listed),
                });
                PieceValues::Codes(Cells::joined(greatest, &parts.collect::<Vec<_>>()).into())
            }
            PieceValues::Truths(_) => PieceValues::Truths(truths(pieces)),
            PieceValues::Slices(slices) => PieceValues::Slices(self::slices(pieces, slices.len())),
        };
        let merged = Piece { values, known: known(pieces), rows: rows(pieces) };
        *pieces = vec![merged];
    }

    /// Bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        let of_bits = |bits: &Bits| bits.len().div_ceil(8);
        let known = self.known.as_ref().map_or(0, of_bits);
        known
            + match &self.values {
                PieceValues::Integers(integers) => integers.len() * integers.cells().width(),
                PieceValues::Numbers(numbers) => size_of_val(numbers.as_slice()),
                PieceValues::Codes(codes) => codes.cells.len() * codes.cells.width(),
                PieceValues::Truths(bits) => of_bits(bits),
                PieceValues::Slices(slices) => slices.iter().map(of_bits).sum(),
            }
    }

    /// Drops the rows for which `keep` is false.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let rows: Vec<usize> = (0..self.rows).filter(|row| keep.get(*row).copied().unwrap_or(true)).collect();
        let bits = |bits: &Bits| Bits::from_bools(rows.iter().map(|row| bits.get(*row)));
        let known = self.known.as_ref().map(bits).filter(|known| known.count() < rows.len());
        self.values = match &self.values {
            PieceValues::Integers(integers) => {
                let values: Vec<i64> = rows.iter().map(|row| integers.get(*row).unwrap_or(0)).collect();
                PieceValues::integers(&values, known.as_ref())
            }
            PieceValues::Numbers(numbers) => {
                PieceValues::Numbers(rows.iter().filter_map(|row| numbers.get(*row)).copied().collect())
            }
            PieceValues::Codes(codes) => {
                PieceValues::codes(&rows.iter().map(|row| codes.code(*row).unwrap_or(0)).collect::<Vec<u32>>())
            }
            PieceValues::Truths(truths) => PieceValues::Truths(bits(truths)),
            PieceValues::Slices(slices) => PieceValues::Slices(slices.iter().map(bits).collect()),
        };
        (self.rows, self.known) = (rows.len(), known);
    }

    /// Codes changed to those that stand in their places.
    pub(crate) fn with_codes(self, places: &Arc<[u32]>) -> Piece {
        let Piece { values, known, rows } = self;
        let values = match values {
            PieceValues::Codes(codes) => PieceValues::Codes(codes.at(places)),
            other => other,
        };
        Piece { values, known, rows }
    }

    /// Whole numbers as codes.
    pub(crate) fn integers_to_codes(&mut self, mut code: impl FnMut(i64) -> u32) {
        if let PieceValues::Integers(integers) = &self.values {
            let is_known = |row: usize| self.known.as_ref().is_none_or(|known| known.get(row));
            let values = integers.values(0..self.rows).into_iter().enumerate();
            let codes = values.map(|(row, value)| if is_known(row) { code(value) } else { 0 });
            self.values = PieceValues::codes(&codes.collect::<Vec<u32>>());
        }
    }
}

impl PieceValues {
    /// Whole numbers.
    pub(crate) fn integers(values: &[i64], known: Option<&Bits>) -> PieceValues {
        // Asked row by row, even whether there is anything to ask costs.
        PieceValues::Integers(match known {
            None => Integers::new(values, |_| true),
            Some(known) => Integers::new(values, |row| known.get(row)),
        })
    }

    /// Codes.
    pub(crate) fn codes(codes: &[u32]) -> PieceValues {
        let greatest = codes.iter().max().copied().unwrap_or(0);
        PieceValues::Codes(Cells::new(greatest.into(), codes.iter().map(|code| u64::from(*code))).into())
    }

    /// Sets of at most 64 listed values, a bit for each.
    pub(crate) fn slices(sets: &[u64], values: usize) -> PieceValues {
        let mut words = vec![Vec::with_capacity(sets.len().div_ceil(64)); values];
        for rows in sets.chunks(64) {
            let mut square = [0; 64];
            square.iter_mut().zip(rows).for_each(|(row, set)| *row = *set);
            turned(&mut square);
            words.iter_mut().zip(square).for_each(|(words, word)| words.push(word));
        }
        PieceValues::Slices(words.into_iter().map(|words| Bits::from_words(words, sets.len())).collect())
    }
}

impl Stored {
    /// Of pieces of whole numbers; `of` says what they are.
    pub(crate) fn of_integers(pieces: &[Piece], of: impl Fn(Integers) -> StoredValues) -> Stored {
        Stored::of(of(integers(pieces)), pieces)
    }

    /// Of pieces of floats, which are gone then.
    pub(crate) fn of_numbers(pieces: &mut [Piece]) -> Stored {
        let numbers = match &mut *pieces {
            [Piece { values: PieceValues::Numbers(numbers), .. }] => std::mem::take(numbers),
            pieces => numbers(pieces),
        };
        Stored::of(StoredValues::Number(numbers.into()), pieces)
    }

    /// Of pieces of yes/no values.
    pub(crate) fn of_truths(pieces: &[Piece]) -> Stored {
        Stored::of(StoredValues::Boolean(truths(pieces)), pieces)
    }

    /// Of pieces of codes of texts.
    pub(crate) fn of_codes(pieces: &[Piece], texts: Vec<Arc<str>>) -> Stored {
        let (places, dictionary) = super::pack::in_order(Arc::new(Dictionary::Texts(texts.into())));
        let places: Option<Arc<[u32]>> = places.map(Arc::from);
        let last = (dictionary.len() as u64).saturating_sub(1);
        // Where its codes end up, for each piece whose codes are not those of the dictionary.
        let list = |(codes, _): (&Codes, _)| match (&codes.places, &places) {
            (None, None) => None,
            (Some(one), None) => Some(Arc::clone(one)),
            (None, Some(places)) => Some(Arc::clone(places)),
            (Some(one), Some(places)) => Some(one.iter().map(|code| placed(places, *code)).collect()),
        };
        let lists: Vec<Option<Arc<[u32]>>> = codes(pieces).map(list).collect();
        let parts = codes(pieces).zip(&lists).map(|((codes, known), list)| Part {
            cells: &codes.cells,
            known,
            made: list.as_deref().map_or(Become::AtMost(last), Become::Listed),
        });
        let all = Cells::joined(last, &parts.collect::<Vec<_>>());
        Stored::of(StoredValues::Text { codes: all, dictionary }, pieces)
    }

    /// Of pieces of whole numbers that are ids.
    pub(crate) fn of_ids(pieces: &[Piece]) -> Stored {
        let integers = integers(pieces);
        let span = u128::from(integers.unit()) * u128::from(integers.greatest()) + 1;
        let known = known(pieces);
        let all = rows(pieces);
        let some = known.as_ref().map_or(all, Bits::count) > 0;
        let (codes, numbers) = match u32::try_from(span) {
            // Nearly all numbers of the span are there, so a code is how far one is from the first.
            Ok(span) if some && span as usize <= all + all / 4 => {
                let numbers = Numbers::span(integers.base(), span);
                if integers.unit() == 1 {
                    (integers.cells().clone(), numbers)
                } else {
                    let made = Become::Scaled { factor: integers.unit(), more: 0 };
                    let part = Part { cells: integers.cells(), known: None, made };
                    (Cells::joined(u64::from(span) - 1, &[part]), numbers)
                }
            }
            _ => {
                let (codes, numbers) = super::pack::encode_integers(&integers.values(0..all), known.as_ref());
                let greatest = (numbers.len() as u64).saturating_sub(1);
                (Cells::new(greatest, codes.into_iter().map(u64::from)), Numbers::from(numbers))
            }
        };
        Stored::of(StoredValues::Text { codes, dictionary: Arc::new(Dictionary::Integers(numbers)) }, pieces)
    }

    /// Of pieces of lists of listed values.
    pub(crate) fn of_slices(pieces: &[Piece], dictionary: Arc<Dictionary>) -> Stored {
        let slices = slices(pieces, dictionary.len().min(super::flags::MOST));
        let (known, rows) = (known(pieces), rows(pieces));
        if known.is_none() && dictionary.len() <= super::flags::MOST {
            let flags = Flags::of_slices(slices, rows, &dictionary);
            return Stored { values: StoredValues::Flags(Arc::new(flags)), known, rows, marks: None, blocks: None };
        }
        let (mut offsets, mut codes) = (vec![0], Vec::new());
        for row in 0..rows {
            codes.extend((0u32..).zip(&slices).filter(|(_, slice)| slice.get(row)).map(|(code, _)| code));
            offsets.push(u32::try_from(codes.len()).unwrap_or(u32::MAX));
        }
        let elements = Column { values: Values::Text { codes, dictionary }, known: None };
        Stored::pack(Column { values: Values::List { offsets, elements: Box::new(elements) }, known }, rows)
    }

    /// Of lists that end in these places of their elements.
    pub(crate) fn of_lists(offsets: Vec<u32>, elements: &Stored, known: Option<Bits>) -> Stored {
        let rows = offsets.len().saturating_sub(1);
        Stored::pack(Column { values: Values::List { offsets, elements: Box::new(elements.unpack()) }, known }, rows)
    }

    /// Codes, each of which has a text, all known.
    #[cfg(test)]
    pub(crate) fn of_texts(codes: Cells, dictionary: Arc<Dictionary>) -> Stored {
        let rows = codes.len();
        Stored { values: StoredValues::Text { codes, dictionary }, known: None, rows, marks: None, blocks: None }
    }

    fn of(values: StoredValues, pieces: &[Piece]) -> Stored {
        Stored { values, known: known(pieces), rows: rows(pieces), marks: None, blocks: None }
    }
}

fn rows(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.rows).sum()
}

/// Which rows of all pieces are known; `None` where all are.
fn known(pieces: &[Piece]) -> Option<Bits> {
    known_of(pieces.iter().map(|piece| (piece.known.as_ref(), piece.rows)))
}

/// The same for several times so many rows.
pub(super) fn known_of<'b>(parts: impl Iterator<Item = (Option<&'b Bits>, usize)> + Clone) -> Option<Bits> {
    if parts.clone().all(|(known, _)| known.is_none()) {
        return None;
    }
    let mut all = Bits::default();
    for (known, rows) in parts {
        match known {
            Some(known) => all.append(known),
            None => all.append(&Bits::ones_of(rows)),
        }
    }
    Some(all).filter(|all| all.count() < all.len())
}

/// The whole numbers of all pieces. Missing rows' cells are 0.
fn integers(pieces: &[Piece]) -> Integers {
    if let [Piece { values: PieceValues::Integers(integers), .. }] = pieces {
        return integers.clone();
    }
    let values = || {
        pieces.iter().filter_map(|piece| match &piece.values {
            PieceValues::Integers(integers) => Some((integers, piece.known.as_ref())),
            _ => None,
        })
    };
    Integers::join(values())
}

/// The codes of all pieces, and which rows of each are known.
fn codes(pieces: &[Piece]) -> impl Iterator<Item = (&Codes, Option<&Bits>)> {
    pieces.iter().filter_map(|piece| match &piece.values {
        PieceValues::Codes(codes) => Some((codes, piece.known.as_ref())),
        _ => None,
    })
}

/// The numbers of all pieces.
fn numbers(pieces: &[Piece]) -> Vec<f64> {
    let mut all = Vec::with_capacity(rows(pieces));
    for piece in pieces {
        if let PieceValues::Numbers(numbers) = &piece.values {
            all.extend_from_slice(numbers);
        }
    }
    all
}

/// The yes/no values of all pieces.
fn truths(pieces: &[Piece]) -> Bits {
    let mut all = Bits::default();
    for piece in pieces {
        if let PieceValues::Truths(bits) = &piece.values {
            all.append(bits);
        }
    }
    all
}

/// By listed value, so many of them: the rows of all pieces whose list has it.
fn slices(pieces: &[Piece], values: usize) -> Vec<Bits> {
    let mut all = vec![Bits::default(); values];
    for piece in pieces {
        if let PieceValues::Slices(more) = &piece.values {
            all.iter_mut().zip(more).for_each(|(all, slice)| all.append(slice));
        }
    }
    all
}
