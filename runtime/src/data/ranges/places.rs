//! Which customer an id is of, in as little memory as the ids allow.

use crate::data::keys::IntegerRows;
use crate::data::parts::{AllKeys, Key, Keys};
use crate::for_cells;
use std::sync::Arc;

/// No customer has this number.
pub(super) const NOBODY: u32 = u32::MAX;

/// The customers' numbers by key. Where a key occurs twice it is the first's.
#[derive(Debug)]
pub(super) struct Places {
    keys: Arc<AllKeys>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// The keys follow one another: nothing is kept.
    Follow { first: i64 },
    /// Whole numbers close together.
    Close(IntegerRows),
    /// By hash: a customer's number, or [`NOBODY`]; a power of two of them, at least half of which are free.
    Hashed(Vec<u32>),
}

/// Slots to find so many customers by hash.
fn slots(customers: usize) -> usize {
    (customers * 2).next_power_of_two()
}

impl Places {
    pub(super) fn new(keys: AllKeys) -> Places {
        let keys = Arc::new(keys);
        if let Some(first) = keys.follow() {
            return Places { keys, form: Form::Follow { first } };
        }
        let count = keys.count();
        if let Some((least, greatest)) = keys.ends() {
            let span = i128::from(greatest) - i128::from(least) + 1;
            if span <= (count as i128 * 2).max(1 << 12) {
                let all = (0..).map_while(|row| keys.get(row as usize).map(|key| (key, row)));
                let numbers = all.filter_map(|(key, row)| match key {
                    Key::Integer(number) => Some((number, row)),
                    Key::Text(_) => None,
                });
                let close = IntegerRows::close((least, greatest), numbers);
                return Places { form: Form::Close(close), keys };
            }
        }
        let mut slots = vec![NOBODY; slots(count)];
        let mask = slots.len() - 1;
        for row in 0..count {
            let Some(key) = keys.get(row) else { continue };
            let mut at = key.hashed() as usize & mask;
            while let Some(slot) = slots.get_mut(at) {
                if *slot == NOBODY {
                    *slot = row as u32;
                    break;
                }
                if keys.get(*slot as usize) == Some(key) {
                    break;
                }
                at = (at + 1) & mask;
            }
        }
        Places { keys, form: Form::Hashed(slots) }
    }

    /// Bytes that as many customers may take, the keys aside.
    pub(super) fn most_bytes(customers: usize) -> u64 {
        (slots(customers) * size_of::<u32>()) as u64
    }

    /// The keys of all customers.
    pub(super) fn keys(&self) -> &Arc<AllKeys> {
        &self.keys
    }

    /// Bytes it takes, the keys aside.
    pub(super) fn bytes(&self) -> usize {
        match &self.form {
            Form::Follow { .. } => 0,
            Form::Close(rows) => rows.bytes(),
            Form::Hashed(slots) => size_of_val(slots.as_slice()),
        }
    }

    /// The customer's number, [`NOBODY`] where there is none.
    pub(super) fn of(&self, key: Key<'_>) -> u32 {
        match (&self.form, key) {
            (Form::Follow { first }, Key::Integer(number)) => {
                // What flows over is no place: the last key is within 64 bits.
                let place = number.wrapping_sub(*first).cast_unsigned();
                if place < self.keys.count() as u64 { place as u32 } else { NOBODY }
            }
            (Form::Close(rows), Key::Integer(number)) => rows.get(number).unwrap_or(NOBODY),
            (Form::Follow { .. } | Form::Close(_), Key::Text(_)) => NOBODY,
            (Form::Hashed(slots), key) => {
                let mask = slots.len() - 1;
                let mut at = key.hashed() as usize & mask;
                loop {
                    match slots.get(at) {
                        None | Some(&NOBODY) => return NOBODY,
                        Some(row) if self.keys.get(*row as usize) == Some(key) => return *row,
                        Some(_) => at = (at + 1) & mask,
                    }
                }
            }
        }
    }

    /// The customers' numbers of many ids.
    pub(super) fn of_all(&self, ids: &Keys) -> Vec<u32> {
        fn of_cells<T: Copy + Into<u64>>(cells: &[T], of: impl Fn(u64) -> u32) -> Vec<u32> {
            cells.iter().map(|cell| of((*cell).into())).collect()
        }
        if let Keys::Integers(integers) = ids {
            let of = |cell: u64| self.of(Key::Integer(integers.value_of(cell)));
            return for_cells!(integers.cells(), cells => of_cells(cells, of));
        }
        (0..ids.len()).map(|row| ids.get(row).map_or(NOBODY, |key| self.of(key))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::stored::Integers;
    use proptest::prelude::*;

    fn keys(numbers: &[i64]) -> Keys {
        Keys::of_integers(Integers::new(numbers, |_| true))
    }

    proptest! {
        #[test]
        fn each_customer_is_found_and_nobody_else(
            parts in prop::collection::vec(
                prop::collection::vec(prop_oneof![9 => -20..40_i64, 1 => any::<i64>()], 1..6), 0..6),
            follow in any::<bool>(),
            text in any::<bool>(),
        ) {
            let mut all = AllKeys::default();
            let mut listed: Vec<String> = Vec::new();
            let mut next = -3;
            for part in parts {
                let part = if follow { (0..part.len() as i64).map(|at| next + at).collect() } else { part };
                next += part.len() as i64;
                listed.extend(part.iter().map(ToString::to_string));
                all.push(keys(&part));
            }
            if text {
                let mut texts = Keys::texts();
                for id in ["b", "007", "12", "b"] {
                    texts.push(id);
                    listed.push(id.to_owned());
                }
                all.push(texts);
            }
            let places = Places::new(all);
            let mut asked = Keys::texts();
            let wanted = listed.iter().cloned().chain((-30..50).map(|id| id.to_string())).chain(["a".into(), "7".into()]);
            let wanted: Vec<String> = wanted.collect();
            wanted.iter().for_each(|id| asked.push(id));
            let expected: Vec<u32> = wanted.iter()
                .map(|id| listed.iter().position(|other| other == id).map_or(NOBODY, |at| at as u32)).collect();
            prop_assert_eq!(places.of_all(&asked), expected);
            let numbers: Vec<i64> = (-30..50).collect();
            let expected: Vec<u32> = numbers.iter()
                .map(|id| listed.iter().position(|other| *other == id.to_string()).map_or(NOBODY, |at| at as u32)).collect();
            let split: Vec<i64> = numbers.iter().rev().copied().collect();
            prop_assert_eq!(places.of_all(&keys(&numbers)), expected.clone());
            prop_assert_eq!(places.of_all(&keys(&split)), expected.into_iter().rev().collect::<Vec<_>>());
        }
    }
}
