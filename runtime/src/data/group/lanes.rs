//! Columns as lanes: a value of a fixed width a row, which is what can be dealt out.

use crate::data::bits::Bits;
use crate::data::stored::{Buffer, Cells, Room, U40, split};

/// The values of the rows, one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lane<'l> {
    U8(&'l [u8]),
    U16(&'l [u16]),
    U32(&'l [u32]),
    U40(&'l [U40]),
    U64(&'l [u64]),
    Numbers(&'l [f64]),
    Bits(&'l Bits),
}

/// A lane, and how many bits its values need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide<'l> {
    pub(crate) lane: Lane<'l>,
    pub(crate) bits: u32,
}

impl<'l> Wide<'l> {
    /// Cells, none of which is greater than this.
    pub(crate) fn cells(cells: &'l Cells, greatest: u64) -> Wide<'l> {
        let lane = match cells {
            Cells::U8(cells) => Lane::U8(cells),
            Cells::U16(cells) => Lane::U16(cells),
            Cells::U32(cells) => Lane::U32(cells),
            Cells::U40(cells) => Lane::U40(cells),
            Cells::U64(cells) => Lane::U64(cells),
        };
        Wide { lane, bits: bits_of(greatest) }
    }

    /// Floats.
    pub(crate) fn numbers(numbers: &'l [f64]) -> Wide<'l> {
        Wide { lane: Lane::Numbers(numbers), bits: u64::BITS }
    }

    /// A set of rows.
    pub(crate) fn bits(bits: &'l Bits) -> Wide<'l> {
        Wide { lane: Lane::Bits(bits), bits: 1 }
    }
}

/// How many bits numbers up to this one need.
pub(super) fn bits_of(greatest: u64) -> u32 {
    u64::BITS - greatest.leading_zeros()
}

/// The values of a lane in another order.
#[derive(Debug)]
pub(crate) enum Dealt {
    Cells(Cells),
    Numbers(Buffer<f64>),
    Bits(Bits),
}

/// What the values of a lane are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    U8,
    U16,
    U32,
    U64,
    Numbers,
    Bits,
}

impl Lane<'_> {
    pub(super) fn form(&self) -> Form {
        match self {
            Lane::U8(_) => Form::U8,
            Lane::U16(_) => Form::U16,
            Lane::U32(_) => Form::U32,
            // Where they are dealt to they are wide again.
            Lane::U40(_) | Lane::U64(_) => Form::U64,
            Lane::Numbers(_) => Form::Numbers,
            Lane::Bits(_) => Form::Bits,
        }
    }

    /// Puts the bits of some rows' values into a word each, from `shift` on; they are clear there.
    #[inline(always)]
    pub(super) fn pack(&self, from: usize, shift: u32, words: &mut [u64]) {
        match self {
            Lane::U8(cells) => pack(cells, from, shift, words),
            Lane::U16(cells) => pack(cells, from, shift, words),
            Lane::U32(cells) => pack(cells, from, shift, words),
            Lane::U40(cells) => pack(cells, from, shift, words),
            Lane::U64(cells) => pack(cells, from, shift, words),
            Lane::Numbers(numbers) => {
                for (word, number) in words.iter_mut().zip(numbers.get(from..).unwrap_or(&[])) {
                    *word |= number.to_bits();
                }
            }
            Lane::Bits(bits) => {
                for (word, row) in words.iter_mut().zip(from..) {
                    *word |= u64::from(bits.get(row)) << shift;
                }
            }
        }
    }
}

#[inline(always)]
pub(super) fn pack<T: Copy + Into<u64>>(cells: &[T], from: usize, shift: u32, words: &mut [u64]) {
    for (word, cell) in words.iter_mut().zip(cells.get(from..).unwrap_or(&[])) {
        *word |= Into::<u64>::into(*cell) << shift;
    }
}

/// Room for a lane's values in another order.
pub(super) enum Space {
    U8(Room<u8>),
    U16(Room<u16>),
    U32(Room<u32>),
    U64(Room<u64>),
    Numbers(Room<f64>),
    /// Sets of rows do not end where words do, so each part is made by itself.
    Bits,
}

/// A part of such room.
pub(super) enum Part<'s> {
    U8(&'s mut [u8]),
    U16(&'s mut [u16]),
    U32(&'s mut [u32]),
    U64(&'s mut [u64]),
    Numbers(&'s mut [f64]),
    Bits(Bits),
}

impl Space {
    pub(super) fn new(form: Form, rows: usize) -> Space {
        match form {
            Form::U8 => Space::U8(Room::new(rows)),
            Form::U16 => Space::U16(Room::new(rows)),
            Form::U32 => Space::U32(Room::new(rows)),
            Form::U64 => Space::U64(Room::new(rows)),
            Form::Numbers => Space::Numbers(Room::new(rows)),
            Form::Bits => Space::Bits,
        }
    }

    /// Parts of so many rows each, one after the other.
    pub(super) fn parts(&mut self, rows: impl Iterator<Item = usize>) -> Vec<Part<'_>> {
        match self {
            Space::U8(room) => split(room.values_mut(), rows).map(Part::U8).collect(),
            Space::U16(room) => split(room.values_mut(), rows).map(Part::U16).collect(),
            Space::U32(room) => split(room.values_mut(), rows).map(Part::U32).collect(),
            Space::U64(room) => split(room.values_mut(), rows).map(Part::U64).collect(),
            Space::Numbers(room) => split(room.values_mut(), rows).map(Part::Numbers).collect(),
            Space::Bits => rows.map(|_| Part::Bits(Bits::default())).collect(),
        }
    }

    /// All values, with the sets of rows of the parts where it is those.
    pub(super) fn finish(self, sets: Vec<Bits>) -> Dealt {
        match self {
            Space::U8(room) => Dealt::Cells(Cells::U8(room.into())),
            Space::U16(room) => Dealt::Cells(Cells::U16(room.into())),
            Space::U32(room) => Dealt::Cells(Cells::U32(room.into())),
            Space::U64(room) => Dealt::Cells(Cells::U64(room.into())),
            Space::Numbers(room) => Dealt::Numbers(room.into()),
            Space::Bits => {
                let mut all = Bits::with_room(sets.iter().map(Bits::len).sum());
                sets.iter().for_each(|set| all.append(set));
                Dealt::Bits(all)
            }
        }
    }
}

impl Part<'_> {
    /// Takes the values out of the words again: `mask` bits from `shift` on of one word each.
    pub(super) fn unpack(&mut self, words: impl Iterator<Item = u64>, shift: u32, mask: u64) {
        let cells = words.map(|word| word >> shift & mask);
        match self {
            Part::U8(part) => part.iter_mut().zip(cells).for_each(|(cell, word)| *cell = word as u8),
            Part::U16(part) => part.iter_mut().zip(cells).for_each(|(cell, word)| *cell = word as u16),
            Part::U32(part) => part.iter_mut().zip(cells).for_each(|(cell, word)| *cell = word as u32),
            Part::U64(part) => part.iter_mut().zip(cells).for_each(|(cell, word)| *cell = word),
            Part::Numbers(part) => part.iter_mut().zip(cells).for_each(|(cell, word)| *cell = f64::from_bits(word)),
            Part::Bits(bits) => *bits = Bits::from_bools(cells.map(|word| word == 1)),
        }
    }
}
