//! Some rows of builders as bytes, and builders of such bytes: see [`crate::data::ranges`].

use super::{ColumnBuilder, FieldBuilder, Store};
use crate::data::stored::bytes::{Bytes, put_count, put_text};
use crate::data::stored::pieces::Piece;

impl ColumnBuilder {
    /// Makes one piece of all rows, those of lists' elements as well.
    pub(crate) fn ready(&mut self) {
        self.merge();
        match &mut self.store {
            Store::List { elements, .. } => elements.ready(),
            Store::Records { fields, .. } => fields.iter_mut().for_each(|field| field.builder.ready()),
            _ => {}
        }
    }

    /// Adds some rows, ascending, to bytes, and gives how many different texts they have. The builder is
    /// [ready](ColumnBuilder::ready).
    pub(crate) fn put(&self, rows: &[u32], to: &mut Vec<u8>) -> usize {
        let inner = match &self.store {
            Store::List { offsets, .. } | Store::Records { offsets, .. } => self.put_lists(offsets, rows, to),
            _ => return self.put_pieces(rows, to),
        };
        match &self.store {
            Store::List { elements, .. } => elements.put(&inner, to),
            Store::Records { fields, .. } => put_fields(fields, &inner, to),
            _ => 0,
        }
    }

    /// Adds how long the rows' lists are; gives the rows of their elements.
    fn put_lists(&self, offsets: &[u32], rows: &[u32], to: &mut Vec<u8>) -> Vec<u32> {
        put_count(rows.len(), to);
        to.push(u8::from(!self.all_known));
        if !self.all_known {
            to.extend(rows.iter().map(|row| u8::from(self.known.get(*row as usize).copied().unwrap_or(true))));
        }
        let end = |row: usize| offsets.get(row).copied().unwrap_or(0);
        let mut inner = Vec::new();
        for row in rows {
            let (from, past) = (end(*row as usize), end(*row as usize + 1));
            to.extend((past - from).to_le_bytes());
            inner.extend(from..past);
        }
        inner
    }

    fn put_pieces(&self, rows: &[u32], to: &mut Vec<u8>) -> usize {
        let texts = match &self.store {
            Store::Text(texts) | Store::Zone(texts) => Some(texts),
            Store::Id(ids) => ids.as_texts(),
            _ => None,
        };
        to.push(u8::from(texts.is_some()));
        put_count(self.pieces.len(), to);
        // Only the texts that occur go with the rows.
        let mut places: Vec<u32> = vec![u32::MAX; texts.map_or(0, |texts| texts.count())];
        let mut used: Vec<u32> = Vec::new();
        let mut place_of = |code: u32| match places.get_mut(code as usize) {
            Some(place) => {
                if *place == u32::MAX {
                    *place = u32::try_from(used.len()).unwrap_or(u32::MAX);
                    used.push(code);
                }
                *place
            }
            // Of listed values.
            None => code,
        };
        let (mut start, mut rest) = (0, rows);
        for piece in &self.pieces {
            let (own, others) = rest.split_at(rest.partition_point(|row| (*row as usize) < start + piece.rows));
            rest = others;
            match start {
                0 => piece.put(own, &mut place_of, to),
                _ => {
                    let own: Vec<u32> = own.iter().map(|row| row - start as u32).collect();
                    piece.put(&own, &mut place_of, to);
                }
            }
            start += piece.rows;
        }
        if let Some(texts) = texts {
            put_count(used.len(), to);
            used.iter().for_each(|code| put_text(texts.text(*code), to));
        }
        used.len()
    }

    /// Adds rows that were put out to a builder without any.
    pub(crate) fn fill(&mut self, from: &mut Bytes<'_>) -> Option<()> {
        match &mut self.store {
            Store::List { offsets, .. } | Store::Records { offsets, .. } => {
                let rows = from.count()?;
                self.all_known = from.byte()? == 0;
                if !self.all_known {
                    self.known = from.take(rows)?.iter().map(|known| *known == 1).collect();
                }
                let mut end = 0_u32;
                for _ in 0..rows {
                    end = end.checked_add(u32::try_from(from.count()?).ok()?)?;
                    offsets.push(end);
                }
            }
            _ => return self.fill_pieces(from),
        }
        match &mut self.store {
            Store::List { elements, .. } => elements.fill(from),
            Store::Records { fields, .. } => fill_fields(fields, from),
            _ => None,
        }
    }

    fn fill_pieces(&mut self, from: &mut Bytes<'_>) -> Option<()> {
        let with_texts = from.byte()? == 1;
        for _ in 0..from.count()? {
            let piece = Piece::of_bytes(from)?;
            self.packed += piece.rows;
            if piece.rows > 0 {
                self.pieces.push(piece);
            }
        }
        if with_texts {
            let texts = match &mut self.store {
                Store::Text(texts) | Store::Zone(texts) => texts,
                Store::Id(ids) => ids.texts(),
                _ => return None,
            };
            for _ in 0..from.count()? {
                texts.intern(from.text()?);
            }
        }
        Some(())
    }
}

/// Adds some rows of all fields, each field after how many bytes it takes, and gives how many different texts they have.
pub(crate) fn put_fields(fields: &[FieldBuilder], rows: &[u32], to: &mut Vec<u8>) -> usize {
    let mut texts = 0;
    for field in fields {
        let at = to.len();
        to.extend(0_u64.to_le_bytes());
        texts += field.builder.put(rows, to);
        let length = (to.len() - at - size_of::<u64>()) as u64;
        if let Some(place) = to.get_mut(at..at + size_of::<u64>()) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }
    texts
}

/// Fills builders without rows, those of the same fields in the same order.
pub(crate) fn fill_fields(fields: &mut [FieldBuilder], from: &mut Bytes<'_>) -> Option<()> {
    fields.iter_mut().try_for_each(|field| {
        let length = usize::try_from(from.word()?).ok()?;
        field.builder.fill(&mut Bytes::new(from.take(length)?))
    })
}
