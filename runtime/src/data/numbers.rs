//! Different whole numbers, each with its place: the ids of a dictionary.

use super::stored::Buffer;

/// Numbers in any order, each once.
#[derive(Debug, Clone)]
pub struct Numbers(Form);

#[derive(Debug, Clone)]
enum Form {
    Listed(Buffer<i64>),
    /// So many numbers that follow one another; nothing is stored.
    Span {
        first: i64,
        count: u32,
    },
}

impl Numbers {
    /// The numbers from `first` on, so many of them. Those beyond 64 bits are never asked for.
    pub(crate) fn span(first: i64, count: u32) -> Numbers {
        Numbers(Form::Span { first, count })
    }

    /// The numbers in memory that others share.
    pub(crate) fn listed(numbers: Buffer<i64>) -> Numbers {
        Numbers(Form::Listed(numbers))
    }

    /// The first of numbers that follow one another.
    pub(crate) fn first_of_span(&self) -> Option<i64> {
        match &self.0 {
            Form::Listed(_) => None,
            Form::Span { first, .. } => Some(*first),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Listed(numbers) => numbers.len(),
            Form::Span { count, .. } => *count as usize,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at a place.
    pub fn get(&self, at: usize) -> Option<i64> {
        match &self.0 {
            Form::Listed(numbers) => numbers.get(at).copied(),
            Form::Span { first, count } => {
                u32::try_from(at).ok().filter(|at| at < count).map(|at| first.wrapping_add(at.into()))
            }
        }
    }

    /// All of them, place by place.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = i64> + Clone + '_ {
        (0..self.len()).map(|at| self.get(at).unwrap_or(0))
    }

    /// Whether each is greater than the one before.
    pub(crate) fn ascend(&self) -> bool {
        match &self.0 {
            Form::Listed(numbers) => numbers.is_sorted(),
            Form::Span { .. } => true,
        }
    }
}

impl From<Vec<i64>> for Numbers {
    fn from(numbers: Vec<i64>) -> Numbers {
        Numbers(Form::Listed(numbers.into()))
    }
}
