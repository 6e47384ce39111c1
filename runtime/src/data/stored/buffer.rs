//! Values that several may hold and nobody changes.

use std::ops::Deref;
use std::sync::Arc;

/// A sequence of values; a copy shares them.
#[derive(Debug, Clone)]
pub struct Buffer<T>(Arc<Vec<T>>);

impl<T> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(mut values: Vec<T>) -> Buffer<T> {
        values.shrink_to_fit();
        Buffer(Arc::new(values))
    }
}

impl<T> FromIterator<T> for Buffer<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Buffer<T> {
        values.into_iter().collect::<Vec<T>>().into()
    }
}
