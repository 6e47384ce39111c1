//! The keys of all customers, packed part by part.

use crate::data::assemble::Id;
use crate::data::bits::Bits;
use crate::data::dataset::canonical_integer;
use crate::data::keys::Repeated;
use crate::data::stored::Integers;
use crate::for_cells;
use crate::memory::{Bound, held};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// The keys of some customers, in their order.
#[derive(Debug, Clone)]
pub(crate) enum Keys {
    /// Whole numbers that follow one another.
    Run {
        first: i64,
        count: usize,
    },
    Integers(Integers),
    Texts {
        bytes: String,
        ends: Vec<usize>,
    },
}

/// One key. Texts that write a whole number in its only form are that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key<'k> {
    Integer(i64),
    Text(&'k str),
}

impl Key<'_> {
    /// A hash: the same for the same key, and mostly another for another.
    pub(crate) fn hashed(&self) -> u64 {
        let mut hasher = FxHasher::default();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// Whether they are the numbers from 0 on.
fn follow<T: Copy + Into<u64>>(cells: &[T]) -> bool {
    cells.iter().zip(0..).all(|(cell, row)| (*cell).into() == row)
}

impl Keys {
    pub(crate) fn of_integers(integers: Integers) -> Keys {
        let rows = integers.len();
        let follow = integers.unit() == 1
            && integers.greatest() + 1 == rows as u64
            && for_cells!(integers.cells(), cells => follow(cells));
        if follow { Keys::Run { first: integers.base(), count: rows } } else { Keys::Integers(integers) }
    }

    /// Of ids in any order.
    pub(crate) fn of_ids(ids: &[Id]) -> Keys {
        let number = |id: &Id| if let Id::Integer(number) = id { Some(*number) } else { None };
        match ids.iter().map(number).collect::<Option<Vec<i64>>>() {
            Some(numbers) => Keys::of_integers(Integers::new(&numbers, |_| true)),
            None => {
                let mut keys = Keys::texts();
                ids.iter().for_each(|id| keys.push(&id.text()));
                keys
            }
        }
    }

    pub(crate) fn texts() -> Keys {
        Keys::Texts { bytes: String::new(), ends: Vec::new() }
    }

    /// Adds a text to texts.
    pub(crate) fn push(&mut self, text: &str) {
        if let Keys::Texts { bytes, ends } = self {
            bytes.push_str(text);
            ends.push(bytes.len());
        }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Keys::Run { count, .. } => *count,
            Keys::Integers(integers) => integers.len(),
            Keys::Texts { ends, .. } => ends.len(),
        }
    }

    /// Bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Keys::Run { .. } => 0,
            Keys::Integers(integers) => integers.len() * integers.cells().width(),
            Keys::Texts { bytes, ends } => bytes.capacity() + ends.capacity() * size_of::<usize>(),
        }
    }

    fn is_numeric(&self) -> bool {
        !matches!(self, Keys::Texts { .. })
    }

    pub(crate) fn get(&self, row: usize) -> Option<Key<'_>> {
        match self {
            Keys::Run { first, count } => {
                let more = i64::try_from(row).ok().filter(|_| row < *count)?;
                Some(Key::Integer(first.wrapping_add(more)))
            }
            Keys::Integers(integers) => integers.get(row).map(Key::Integer),
            Keys::Texts { bytes, ends } => {
                let from = row.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied())?;
                let text = bytes.get(from..*ends.get(row)?)?;
                Some(canonical_integer(text).map_or(Key::Text(text), Key::Integer))
            }
        }
    }

    /// The least and the greatest of whole numbers; `None` of texts, or where there are none.
    pub(crate) fn ends(&self) -> Option<(i64, i64)> {
        match self {
            Keys::Run { count: 0, .. } | Keys::Texts { .. } => None,
            Keys::Run { first, count } => Some((*first, first.wrapping_add(*count as i64 - 1))),
            Keys::Integers(integers) => Some((integers.base(), integers.last()?)),
        }
    }

    /// Whether each is greater than the one before, whole numbers before all texts.
    pub(crate) fn ascend(&self) -> bool {
        match self {
            Keys::Run { .. } => true,
            Keys::Integers(integers) => {
                for_cells!(integers.cells(), cells => cells.is_sorted_by(|one, next| one < next))
            }
            Keys::Texts { .. } => (0..self.len()).map(|row| self.get(row)).is_sorted_by(|one, next| one < next),
        }
    }
}

/// The least and the greatest of all, where all are whole numbers.
pub(crate) fn spanned(ends: impl Iterator<Item = Option<(i64, i64)>>) -> Option<(i64, i64)> {
    let joined = |(low, high): (i64, i64), (least, greatest): (i64, i64)| (low.min(least), high.max(greatest));
    // One that is none makes all none.
    ends.reduce(|all, next| Some(joined(all?, next?)))?
}

/// Keys may be so many times as far apart as there are, to be met bit by bit.
pub(crate) const SPAN: u64 = 8;

/// Whole numbers that were met, a bit for each that may be.
pub(crate) struct Met {
    least: i64,
    bits: Bits,
}

impl Met {
    /// None of those between two; `None` where there are more than `most`, and some.
    pub(crate) fn within((least, greatest): (i64, i64), most: u64) -> Option<Met> {
        let span = i128::from(greatest) - i128::from(least) + 1;
        let span = usize::try_from(span).ok().filter(|span| *span as u64 <= most.max(1 << 12))?;
        Some(Met { least, bits: Bits::zeros(span) })
    }

    /// Meets keys, and says whether all are whole numbers that were not met before.
    pub(crate) fn are_new(&mut self, keys: &Keys) -> bool {
        (0..keys.len()).all(|row| {
            let Some(Key::Integer(number)) = keys.get(row) else { return false };
            let Ok(place) = usize::try_from(i128::from(number) - i128::from(self.least)) else { return false };
            let is_new = !self.bits.get(place);
            self.bits.set(place);
            is_new
        })
    }
}

/// The keys of all customers.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllKeys {
    parts: Vec<Keys>,
    /// Where each part begins.
    starts: Vec<usize>,
    rows: usize,
}

/// Rows whose keys are sorted together when repeated ones are looked for.
const ROWS_A_PASS: usize = 1 << 22;
/// Fewer are not, however little room there is.
const LEAST_A_PASS: usize = 1 << 16;

impl AllKeys {
    /// Adds the keys of later customers.
    pub(crate) fn push(&mut self, keys: Keys) {
        self.starts.push(self.rows);
        self.rows += keys.len();
        self.parts.push(keys);
    }

    /// A customer's key.
    pub(crate) fn get(&self, row: usize) -> Option<Key<'_>> {
        let at = self.starts.partition_point(|start| *start <= row).checked_sub(1)?;
        self.parts.get(at)?.get(row - self.starts.get(at)?)
    }

    /// How many.
    pub(crate) fn count(&self) -> usize {
        self.rows
    }

    /// Bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        self.parts.iter().map(Keys::bytes).sum()
    }

    /// The first, where each is the number after the one before.
    pub(crate) fn follow(&self) -> Option<i64> {
        let Key::Integer(start) = self.get(0)? else { return None };
        let mut next = i128::from(start);
        for keys in &self.parts {
            match keys {
                Keys::Run { first, count } if i128::from(*first) == next => next += *count as i128,
                keys if keys.len() == 0 => {}
                _ => return None,
            }
        }
        Some(start)
    }

    /// The least and the greatest, where all are whole numbers.
    pub(crate) fn ends(&self) -> Option<(i64, i64)> {
        spanned(self.parts.iter().filter(|keys| keys.len() > 0).map(Keys::ends))
    }

    /// A customer's key as text.
    pub(crate) fn text(&self, row: usize) -> Option<String> {
        self.get(row).map(|key| match key {
            Key::Integer(number) => number.to_string(),
            Key::Text(text) => text.to_owned(),
        })
    }

    /// Keys that occur twice, as [`crate::data::keys::repeated`] finds them, in more passes where a bound leaves little room.
    pub(crate) fn repeated(&self, bound: Option<Bound>) -> Option<Repeated> {
        let ends =
            self.parts.iter().map(|keys| (keys.get(0), keys.len().checked_sub(1).and_then(|last| keys.get(last))));
        let ends: Vec<_> = ends.filter_map(|(first, last)| first.zip(last)).collect();
        let in_turn = ends.iter().zip(ends.iter().skip(1)).all(|((_, last), (first, _))| last < first);
        if in_turn && self.parts.par_iter().all(Keys::ascend) || self.differ() {
            return None;
        }
        let left = bound.map_or(u64::MAX, |bound| bound.0.saturating_sub(held().unwrap_or(0)));
        // Half of what is left is for what else the process does.
        let fit = usize::try_from(left / 2).unwrap_or(usize::MAX) / size_of::<(u64, u32)>();
        let passes = self.rows.div_ceil(fit.clamp(LEAST_A_PASS, ROWS_A_PASS)).max(1) as u64;
        let mut found: Option<Repeated> = None;
        for pass in 0..passes {
            for (first, second, count) in self.repeated_in(pass, passes) {
                match &mut found {
                    Some(found) => {
                        found.count += count;
                        if second < found.second {
                            (found.first, found.second) = (first, second);
                        }
                    }
                    None => found = Some(Repeated { first, second, count }),
                }
            }
        }
        found
    }

    /// For each key of a pass that occurs twice its first two rows, and how many rows repeat it.
    fn repeated_in(&self, pass: u64, passes: u64) -> Vec<(u32, u32, u64)> {
        // They are dealt out evenly, but for some.
        let share = self.rows / usize::try_from(passes).unwrap_or(1);
        let mut rows: Vec<(u64, u32)> = Vec::with_capacity(if passes == 1 { share } else { share + share / 16 });
        for (row, key) in (0..self.rows).filter_map(|row| self.get(row).map(|key| (row, key))) {
            let hash = key.hashed();
            if (hash >> 32) % passes == pass {
                rows.push((hash, u32::try_from(row).unwrap_or(u32::MAX)));
            }
        }
        rows.par_sort_unstable();
        let mut found = Vec::new();
        for same in rows.chunk_by(|(one, _), (other, _)| one == other).filter(|same| same.len() > 1) {
            // Different keys may have one hash.
            let mut of_key: FxHashMap<Key<'_>, Vec<u32>> = FxHashMap::default();
            for (_, row) in same {
                if let Some(key) = self.get(*row as usize) {
                    of_key.entry(key).or_default().push(*row);
                }
            }
            for rows in of_key.values() {
                if let [first, second, ..] = rows.as_slice() {
                    found.push((*first, *second, rows.len() as u64 - 1));
                }
            }
        }
        found
    }

    /// Whether all are whole numbers, close together, and each occurs once.
    fn differ(&self) -> bool {
        if self.rows == 0 {
            return true;
        }
        let Some(ends) = self.ends() else { return false };
        let Some(mut met) = Met::within(ends, self.rows as u64 * SPAN) else { return false };
        self.parts.iter().all(|keys| met.are_new(keys))
    }

    /// Whether all are held as whole numbers.
    pub(crate) fn are_numeric(&self) -> bool {
        self.parts.iter().all(Keys::is_numeric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::dataset::Dictionary;
    use crate::data::keys::repeated;
    use crate::data::stored::{Cells, Stored};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Ids, some of which are texts.
    fn ids() -> impl Strategy<Value = Vec<Vec<String>>> {
        let id = prop_oneof![
            8 => (0_i64..60).prop_map(|id| id.to_string()),
            1 => any::<i64>().prop_map(|id| id.to_string()),
            1 => "[a-c0]{1,2}",
        ];
        prop_oneof![
            prop::collection::vec(prop::collection::vec(id, 0..20), 0..6),
            Just(vec![vec!["4".into(), "5".into()], vec!["6".into()], vec!["9".into(), "10".into()]]),
        ]
    }

    fn keys(ids: &[String]) -> Keys {
        let numbers: Option<Vec<i64>> = ids.iter().map(|id| canonical_integer(id)).collect();
        match numbers {
            Some(numbers) => Keys::of_integers(Integers::new(&numbers, |_| true)),
            None => {
                let mut keys = Keys::texts();
                ids.iter().for_each(|id| keys.push(id));
                keys
            }
        }
    }

    proptest! {
        #[test]
        fn repeated_keys_are_found_as_in_a_whole_column(parts in ids()) {
            let mut all = AllKeys::default();
            parts.iter().for_each(|part| all.push(keys(part)));
            let ids: Vec<&String> = parts.iter().flatten().collect();
            for (row, id) in ids.iter().enumerate() {
                prop_assert_eq!(all.text(row).unwrap_or_default(), id.as_str());
            }
            let mut texts: Vec<Arc<str>> = Vec::new();
            let codes: Vec<u64> = ids.iter().map(|id| {
                let at = texts.iter().position(|text| **text == ***id);
                at.unwrap_or_else(|| { texts.push(id.as_str().into()); texts.len() - 1 }) as u64
            }).collect();
            let whole = Stored::of_texts(Cells::new(300, codes.into_iter()), Arc::new(Dictionary::Texts(texts.into())));
            prop_assert_eq!(all.repeated(None), repeated(&whole));
        }
    }
}
