//! Keys of customers as they are kept when the customers themselves are not.

use super::codes::TextCodes;
use super::{ColumnBuilder, Store};
use crate::data::parts::Keys;
use crate::data::stored::pieces::{Piece, PieceValues};

/// Bytes of a value before it is packed.
const WIDE: usize = 8;

impl ColumnBuilder {
    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        let inner = match &self.store {
            Store::Text(texts) | Store::Zone(texts) => texts.bytes(),
            Store::Id(ids) => ids.bytes(),
            Store::List { elements, .. } => elements.bytes(),
            Store::Records { fields, .. } => fields.iter().map(|field| field.builder.bytes()).sum(),
            _ => 0,
        };
        inner + self.store.len() * WIDE + self.pieces.iter().map(Piece::bytes).sum::<usize>()
    }

    /// About how many bytes more it takes while a column is made of it.
    pub(crate) fn finishing(&self) -> usize {
        // The list of texts, made and then shared; and numbers as wide as they are, which are given codes.
        const OF_TEXT: usize = 32;
        const OF_ID: usize = 8;
        let rows = || self.pieces.iter().map(|piece| piece.rows).sum::<usize>();
        let inner = match &self.store {
            Store::Text(texts) | Store::Zone(texts) => texts.count() * OF_TEXT,
            Store::Id(ids) => ids.as_texts().map_or_else(|| rows() * OF_ID, |texts| texts.count() * OF_TEXT),
            Store::List { elements, .. } => elements.finishing(),
            Store::Records { fields, .. } => fields.iter().map(|field| field.builder.finishing()).sum(),
            _ => 0,
        };
        inner + self.store.len() * WIDE + self.pieces.iter().map(Piece::bytes).sum::<usize>()
    }

    /// Bytes that are set aside for more texts.
    pub(crate) fn reserved(&self) -> usize {
        match &self.store {
            Store::Text(texts) | Store::Zone(texts) => texts.reserved(),
            Store::Id(ids) => ids.as_texts().map_or(0, TextCodes::reserved),
            Store::List { elements, .. } => elements.reserved(),
            Store::Records { fields, .. } => fields.iter().map(|field| field.builder.reserved()).sum(),
            _ => 0,
        }
    }

    /// Bytes that one more row may take.
    pub(crate) fn growth(&self) -> usize {
        match &self.store {
            Store::Text(texts) | Store::Zone(texts) => texts.growth(),
            Store::Id(ids) => ids.as_texts().map_or(0, TextCodes::growth),
            Store::List { elements, .. } => elements.growth(),
            Store::Records { fields, .. } => fields.iter().map(|field| field.builder.growth()).max().unwrap_or(0),
            _ => 0,
        }
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
