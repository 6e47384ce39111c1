//! Different texts, each with its place: those of a dictionary.

use super::stored::{Buffer, Cells};
use std::sync::Arc;

/// Texts in any order, each once; a copy shares them.
#[derive(Debug, Clone)]
pub struct Texts(Form);

#[derive(Debug, Clone)]
enum Form {
    Listed(Arc<[Arc<str>]>),
    /// One after the other; by text where it ends.
    Packed {
        ends: Cells,
        bytes: Buffer<u8>,
    },
}

impl Texts {
    /// The texts that stand one after the other in `bytes` and end at these places. `None` where the places do not ascend
    /// up to the end; bytes that are no text count as an empty one.
    pub(crate) fn packed(ends: Cells, bytes: Buffer<u8>) -> Option<Texts> {
        let last = ends.len().checked_sub(1).map_or(Some(0), |last| ends.get(last))?;
        (usize::try_from(last).ok()? == bytes.len()).then_some(Texts(Form::Packed { ends, bytes }))
    }

    /// How many.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Listed(texts) => texts.len(),
            Form::Packed { ends, .. } => ends.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text at a place.
    pub fn get(&self, at: usize) -> Option<&str> {
        match &self.0 {
            Form::Listed(texts) => texts.get(at).map(|text| &**text),
            Form::Packed { ends, bytes } => {
                let place = |at: usize| ends.get(at).and_then(|end| usize::try_from(end).ok());
                let from = at.checked_sub(1).map_or(Some(0), place)?;
                let text = bytes.get(from..place(at)?)?;
                Some(std::str::from_utf8(text).unwrap_or_default())
            }
        }
    }

    /// The text at a place, to be kept.
    pub fn shared(&self, at: usize) -> Option<Arc<str>> {
        match &self.0 {
            Form::Listed(texts) => texts.get(at).cloned(),
            Form::Packed { .. } => self.get(at).map(Arc::from),
        }
    }

    /// All of them, place by place.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|at| self.get(at).unwrap_or_default())
    }

    /// All of them, to be kept.
    pub(crate) fn all_shared(&self) -> impl ExactSizeIterator<Item = Arc<str>> + '_ {
        (0..self.len()).map(|at| self.shared(at).unwrap_or_default())
    }
}

impl From<Vec<Arc<str>>> for Texts {
    fn from(texts: Vec<Arc<str>>) -> Texts {
        Texts(Form::Listed(texts.into()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn packed_texts_are_the_listed_ones() {
        let listed: Vec<Arc<str>> = ["", "Köln", "a", "", "日本"].map(Arc::from).to_vec();
        let bytes: Vec<u8> = listed.iter().flat_map(|text| text.bytes()).collect();
        let ends: Vec<u64> = listed.iter().scan(0, |end, text| Some((*end += text.len() as u64, *end).1)).collect();
        let cells = Cells::new(bytes.len() as u64, ends.into_iter());
        let packed = Texts::packed(cells.clone(), bytes.clone().into()).unwrap();
        let listed = Texts::from(listed);
        assert_eq!(packed.iter().collect::<Vec<_>>(), listed.iter().collect::<Vec<_>>());
        assert_eq!(packed.all_shared().collect::<Vec<_>>(), listed.all_shared().collect::<Vec<_>>());
        assert_eq!(packed.get(5), None);
        assert!(Texts::packed(cells, Buffer::from(bytes[1..].to_vec())).is_none());
    }
}
