//! Values that several may hold and nobody changes.

use super::memory::Memory;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// A number of a fixed width that memory may hold in any state.
pub trait Plain: FromBytes + Immutable + Copy {}

impl<T: FromBytes + Immutable + Copy> Plain for T {}

/// A sequence of values; a copy shares them.
#[derive(Clone)]
pub struct Buffer<T>(Form<T>);

#[derive(Clone)]
enum Form<T> {
    Own(Arc<Vec<T>>),
    /// So many bytes of memory that others share, as values.
    Part(Arc<Memory>, Range<usize>, PhantomData<T>),
    /// Worked out when somebody goes over them.
    Late(Arc<Late<T>>),
}

struct Late<T> {
    length: usize,
    value: fn(usize) -> T,
    all: OnceLock<Vec<T>>,
}

impl<T: Plain> Buffer<T> {
    /// The values in some bytes of memory; `None` where there are no such bytes, or they do not hold whole values in
    /// their places.
    pub(crate) fn part(memory: &Arc<Memory>, bytes: Range<usize>) -> Option<Buffer<T>> {
        <[T]>::ref_from_bytes(memory.bytes().get(bytes.clone())?).ok()?;
        Some(Buffer(Form::Part(Arc::clone(memory), bytes, PhantomData)))
    }

    /// Copies of values, in pages as large as the system has.
    pub(crate) fn in_large_pages(values: impl ExactSizeIterator<Item = T>) -> Buffer<T>
    where
        T: IntoBytes,
    {
        let mut room = Room::new(values.len());
        room.values_mut().iter_mut().zip(values).for_each(|(place, value)| *place = value);
        room.into()
    }

    /// So many values, each known by its place. They take no room until somebody goes over them.
    pub(crate) fn late(length: usize, value: fn(usize) -> T) -> Buffer<T> {
        Buffer(Form::Late(Arc::new(Late { length, value, all: OnceLock::new() })))
    }

    /// Whether they take no room yet.
    #[cfg(test)]
    pub(crate) fn is_late(&self) -> bool {
        matches!(&self.0, Form::Late(late) if late.all.get().is_none())
    }

    /// How many.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Late(late) => late.length,
            _ => self.deref().len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A single value.
    pub(crate) fn one(&self, at: usize) -> Option<T> {
        match &self.0 {
            Form::Late(late) => (at < late.length).then(|| (late.value)(at)),
            _ => self.get(at).copied(),
        }
    }
}

impl<T: Plain> Deref for Buffer<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.0 {
            Form::Own(values) => values,
            Form::Part(memory, bytes, _) => {
                let values = memory.bytes().get(bytes.clone()).and_then(|bytes| <[T]>::ref_from_bytes(bytes).ok());
                values.unwrap_or(&[])
            }
            Form::Late(late) => late.all.get_or_init(|| (0..late.length).map(late.value).collect()),
        }
    }
}

impl<T: Plain + fmt::Debug> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(mut values: Vec<T>) -> Buffer<T> {
        values.shrink_to_fit();
        Buffer(Form::Own(Arc::new(values)))
    }
}

impl<T> FromIterator<T> for Buffer<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Buffer<T> {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

/// Room for values that are written before anybody shares them; 0 at first.
#[derive(Debug)]
pub(crate) struct Room<T> {
    memory: Memory,
    bytes: usize,
    values: PhantomData<T>,
}

impl<T: Plain + IntoBytes> Room<T> {
    /// For so many values.
    pub(crate) fn new(values: usize) -> Room<T> {
        let bytes = values.saturating_mul(size_of::<T>());
        Room { memory: Memory::zeros(bytes.div_ceil(size_of::<u64>())), bytes, values: PhantomData }
    }

    /// The values.
    pub(crate) fn values_mut(&mut self) -> &mut [T] {
        let bytes = self.memory.words_mut().as_mut_bytes().get_mut(..self.bytes);
        bytes.and_then(|bytes| <[T]>::mut_from_bytes(bytes).ok()).unwrap_or(&mut [])
    }
}

impl<T: Plain + IntoBytes> From<Room<T>> for Buffer<T> {
    fn from(room: Room<T>) -> Buffer<T> {
        Buffer::part(&Arc::new(room.memory), 0..room.bytes).unwrap_or_else(|| Vec::new().into())
    }
}

/// Slices of so many values each, one after the other.
pub(crate) fn split<T>(values: &mut [T], lengths: impl Iterator<Item = usize>) -> impl Iterator<Item = &mut [T]> {
    let mut rest = values;
    lengths.map(move |length| {
        let (own, others) = std::mem::take(&mut rest).split_at_mut_checked(length).unwrap_or_default();
        rest = others;
        own
    })
}
