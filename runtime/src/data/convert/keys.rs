//! Keys of customers as they are kept when the customers themselves are not.

use super::{ColumnBuilder, Store};
use crate::data::parts::Keys;
use crate::data::stored::pieces::{Piece, PieceValues};

impl ColumnBuilder {
    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        const WIDE: usize = 8;
        let inner = match &self.store {
            Store::Text(texts) | Store::Zone(texts) => texts.bytes(),
            Store::Id(ids) => ids.bytes(),
            Store::List { elements, .. } => elements.bytes(),
            Store::Records { fields, .. } => fields.iter().map(|field| field.builder.bytes()).sum(),
            _ => 0,
        };
        inner + self.store.len() * WIDE + self.pieces.iter().map(Piece::bytes).sum::<usize>()
    }

    /// The keys of a column of ids or texts, all of which are known; `None` for any other.
    pub(crate) fn into_keys(mut self) -> Option<Keys> {
        self.merge();
        let texts = match &mut self.store {
            Store::Id(ids) if ids.are_integers() => {
                return match self.pieces.as_slice() {
                    [Piece { values: PieceValues::Integers(integers), .. }] => {
                        Some(Keys::of_integers(integers.clone()))
                    }
                    _ => None,
                };
            }
            Store::Id(ids) => ids.texts(),
            Store::Text(texts) => texts,
            _ => return None,
        };
        let mut keys = Keys::texts();
        for piece in &self.pieces {
            match &piece.values {
                PieceValues::Codes(codes) => codes.codes().for_each(|code| keys.push(texts.text(code))),
                // Pieces from before the first id that was no integer.
                PieceValues::Integers(integers) => {
                    integers.values(0..piece.rows).iter().for_each(|id| keys.push(&id.to_string()));
                }
                _ => return None,
            }
        }
        Some(keys)
    }
}
