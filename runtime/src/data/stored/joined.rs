//! Two columns of one field as one: rows that are added to those of a file.

use super::pieces::{Piece, PieceValues, known_of};
use super::{Integers, Stored, StoredValues};
use crate::data::dataset::Dictionary;
use crate::data::group::joined_ends;
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl Stored {
    /// The rows of the column and then those of another; `None` where they are held in forms that do not go together.
    /// Marks are left behind.
    pub(crate) fn followed_by(&self, more: &Stored) -> Option<Stored> {
        use StoredValues as V;
        let pieces = |of: fn(&Stored) -> Option<PieceValues>| Some([self.piece(of)?, more.piece(of)?]);
        let whole: fn(&Stored) -> Option<PieceValues> =
            |column| Some(PieceValues::Integers(column.integers()?.clone()));
        Some(match (&self.values, &more.values) {
            (V::Integer(_), V::Integer(_)) => Stored::of_integers(&pieces(whole)?, V::Integer),
            (V::Money(_), V::Money(_)) => Stored::of_integers(&pieces(whole)?, V::Money),
            (V::Date(_), V::Date(_)) => Stored::of_integers(&pieces(whole)?, V::Date),
            (V::Instant(_), V::Instant(_)) => Stored::of_integers(&pieces(whole)?, V::Instant),
            (V::Duration(_), V::Duration(_)) => Stored::of_integers(&pieces(whole)?, V::Duration),
            (V::Number(_), V::Number(_)) => Stored::of_numbers(&mut pieces(|column| match &column.values {
                V::Number(numbers) => Some(PieceValues::Numbers(numbers.to_vec())),
                _ => None,
            })?),
            (V::Boolean(_), V::Boolean(_)) => Stored::of_truths(&pieces(|column| match &column.values {
                V::Boolean(bits) => Some(PieceValues::Truths(bits.clone())),
                _ => None,
            })?),
            (V::Text { dictionary: one, .. }, V::Text { dictionary: other, .. }) => match (&**one, &**other) {
                (Dictionary::Integers(_), Dictionary::Integers(_)) => {
                    Stored::of_ids(&pieces(|column| Some(PieceValues::Integers(column.ids()?)))?)
                }
                _ => {
                    let (texts, places) = union(one, other);
                    let [first, second] = pieces(|column| Some(PieceValues::Codes(column.text()?.0.clone().into())))?;
                    Stored::of_codes(&[first, second.with_codes(&places.into())], texts)
                }
            },
            (V::Flags(one), V::Flags(other)) => {
                let same = one.dictionary().len() == other.dictionary().len()
                    && (0..)
                        .take(one.dictionary().len())
                        .all(|code| one.dictionary().text(code) == other.dictionary().text(code));
                let slices: fn(&Stored) -> Option<PieceValues> = |column| match &column.values {
                    V::Flags(flags) => {
                        let slices = (0..flags.dictionary().len()).filter_map(|code| flags.slice(code).cloned());
                        Some(PieceValues::Slices(slices.collect()))
                    }
                    _ => None,
                };
                same.then(|| Some(Stored::of_slices(&pieces(slices)?, Arc::clone(one.dictionary()))))??
            }
            (V::List { offsets: one, elements: first }, V::List { offsets: other, elements: second }) => {
                let elements = first.followed_by(second)?;
                u32::try_from(elements.rows()).ok()?;
                let offsets = joined_ends(one, other).collect();
                Stored {
                    values: V::List { offsets, elements: Arc::new(elements) },
                    known: known_of([(self.known.as_ref(), self.rows), (more.known.as_ref(), more.rows)].into_iter()),
                    rows: self.rows + more.rows,
                    marks: None,
                    blocks: None,
                }
            }
            _ => return None,
        })
    }

    fn piece(&self, of: fn(&Stored) -> Option<PieceValues>) -> Option<Piece> {
        Some(Piece { values: of(self)?, known: self.known.clone(), rows: self.rows })
    }

    /// Ids that are whole numbers, as such.
    fn ids(&self) -> Option<Integers> {
        let (codes, dictionary) = self.text()?;
        let Dictionary::Integers(numbers) = &**dictionary else { return None };
        if let Some(first) = numbers.first_of_span() {
            let greatest = (numbers.len() as u64).saturating_sub(1);
            return Some(Integers::of_parts(first, 1, greatest, codes.clone()));
        }
        let ids: Vec<i64> = codes.codes().map(|code| numbers.get(code as usize).unwrap_or(0)).collect();
        Some(Integers::new(&ids, |row| self.is_known(row)))
    }
}

/// The texts of both dictionaries, those of the first in their order, and the place of each text of the second.
pub(crate) fn union(one: &Dictionary, other: &Dictionary) -> (Vec<Arc<str>>, Vec<u32>) {
    let mut texts = one.shared_texts();
    let mut places: FxHashMap<Arc<str>, u32> = texts.iter().cloned().zip(0..).collect();
    let place = |text: Arc<str>| {
        *places.entry(text).or_insert_with_key(|text| {
            texts.push(Arc::clone(text));
            u32::try_from(texts.len() - 1).unwrap_or(u32::MAX)
        })
    };
    let found = other.shared_texts().into_iter().map(place).collect();
    (texts, found)
}
