//! Where groups and rankings are cut, found without putting all values in order.

use crate::data::{Bits, Column, Values, compare_ids, length};
use segue_compiler::program::{Cut, End, Type};
use segue_compiler::values::Value;
use std::sync::Arc;

use super::figure::Known;

/// A value as an integer in the same order.
type Rank = u64;

/// Known values of the customers who are looked at.
#[derive(Debug)]
pub(super) struct Ranked {
    ranks: Vec<Rank>,
    /// Whether they are floats.
    floats: bool,
}

/// By whole numbers.
fn of_whole(value: i64) -> Rank {
    value as u64 ^ 1 << 63
}

/// By finite floats; there is no -0.0 among them.
fn of_float(value: f64) -> Rank {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn whole_of(rank: Rank) -> i64 {
    (rank ^ 1 << 63) as i64
}

fn float_of(rank: Rank) -> f64 {
    f64::from_bits(if rank >> 63 == 1 { rank ^ 1 << 63 } else { !rank })
}

/// The value of a rank.
fn value_of(rank: Rank, ty: &Type) -> Value {
    match ty {
        Type::Number | Type::Percent => Value::Number(float_of(rank)),
        Type::Money(_) => Value::Money(whole_of(rank)),
        Type::Datetime => Value::Instant(whole_of(rank)),
        Type::Duration => Value::Duration(whole_of(rank)),
        Type::Date => Value::Date(i32::try_from(whole_of(rank)).unwrap_or(0)),
        _ => Value::Integer(whole_of(rank)),
    }
}

/// The values of some customers: those in `among`, or all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'c> {
    pub(super) column: &'c Column,
    pub(super) among: Option<&'c Bits>,
}

impl Asked<'_> {
    /// Calls `each` with the row and rank of each customer whose value is known and who is looked at.
    fn for_each(self, mut each: impl FnMut(usize, Rank)) {
        let (known, among) = (self.column.known.as_ref(), self.among);
        let is_looked_at =
            |row: usize| known.is_none_or(|known| known.get(row)) && among.is_none_or(|bits| bits.get(row));
        let mut looked = |row: usize, rank: Rank| {
            if is_looked_at(row) {
                each(row, rank);
            }
        };
        match &self.column.values {
            Values::Integer(values) | Values::Money(values) | Values::Instant(values) | Values::Duration(values) => {
                values.iter().enumerate().for_each(|(row, value)| looked(row, of_whole(*value)));
            }
            Values::Date(values) => {
                values.iter().enumerate().for_each(|(row, value)| looked(row, of_whole(i64::from(*value))));
            }
            Values::Number(values) => {
                values.iter().enumerate().for_each(|(row, value)| looked(row, of_float(*value)));
            }
            // What has no order is not ranked.
            Values::Boolean(_) | Values::Text { .. } | Values::List { .. } => {}
        }
    }
}

impl Ranked {
    pub(super) fn new(asked: Asked<'_>) -> Ranked {
        let mut ranks = Vec::with_capacity(asked.among.map_or(length(asked.column), Bits::count));
        asked.for_each(|_, rank| ranks.push(rank));
        Ranked { ranks, floats: matches!(asked.column.values, Values::Number(_)) }
    }

    /// How many.
    pub(super) fn count(&self) -> u64 {
        self.ranks.len() as u64
    }

    /// They themselves, in the order of the customers where they were not cut yet.
    pub(super) fn known(&self) -> Known {
        match self.floats {
            true => Known::Float(self.ranks.iter().map(|rank| float_of(*rank)).collect()),
            false => Known::Whole(self.ranks.iter().map(|rank| whole_of(*rank)).collect()),
        }
    }

    /// The smallest value of each group from the second on. A group g starts with the smallest value that so many others
    /// are smaller than that groups x smaller / n >= g - 1.
    pub(super) fn groups(&mut self, groups: u32, ty: &Type) -> Vec<Value> {
        let n = self.ranks.len();
        let places: Vec<usize> = (1..u64::from(groups))
            .map(|group| usize::try_from((group * n as u64).div_ceil(u64::from(groups))).unwrap_or(usize::MAX))
            .filter(|place| *place < n)
            .collect();
        // Where there are more groups than values, several begin at one place.
        let mut different = places.clone();
        different.dedup();
        let mut found = vec![0; different.len()];
        let mut smaller: Vec<Option<Rank>> = vec![None; different.len()];
        select(&mut self.ranks, 0, &different, &mut found, &mut smaller);
        let begins: Vec<Option<Rank>> = different
            .iter()
            .zip(found)
            .zip(smaller)
            .map(|((place, rank), before)| match before {
                // Equals that began before this place stay in the group below: the next greater value begins this one.
                Some(before) if before == rank => self.next_greater(*place, rank),
                _ => Some(rank),
            })
            .collect();
        let at = |place: &usize| different.binary_search(place).ok().and_then(|at| *begins.get(at)?);
        places.iter().filter_map(at).map(|rank| value_of(rank, ty)).collect()
    }

    /// The smallest value greater than this one, which stands at the place.
    fn next_greater(&self, place: usize, rank: Rank) -> Option<Rank> {
        self.ranks.iter().skip(place).copied().filter(|other| *other > rank).min()
    }

    /// Where a ranking is cut off of which the first `wanted` are in. `key` is the key of a customer by row.
    pub(super) fn cut(
        &mut self,
        (end, wanted): (End, u64),
        ty: &Type,
        asked: Asked<'_>,
        key: &dyn Fn(usize) -> Arc<str>,
    ) -> Cut {
        let n = self.ranks.len();
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        if wanted == 0 || n == 0 {
            return Cut::Nobody;
        }
        if wanted >= n {
            return Cut::Everybody;
        }
        let place = if end == End::Top { n - wanted } else { wanted - 1 };
        let (below, rank, above) = self.ranks.select_nth_unstable(place);
        let rank = *rank;
        let (before, behind) = if end == End::Top { (&*above, &*below) } else { (&*below, &*above) };
        let in_front = before.iter().filter(|other| **other != rank).count();
        let value = value_of(rank, ty);
        if behind.iter().all(|other| *other != rank) {
            return Cut::At { value, key: None };
        }
        let mut tied: Vec<Arc<str>> = Vec::new();
        asked.for_each(|row, other| {
            if other == rank {
                tied.push(key(row));
            }
        });
        let last = (wanted - in_front).saturating_sub(1);
        if last >= tied.len() {
            return Cut::At { value, key: None };
        }
        let (_, last, _) = tied.select_nth_unstable_by(last, |one, other| compare_ids(one, other));
        Cut::At { value, key: Some(Value::Text(Arc::clone(last))) }
    }
}

/// Brings what stands at ascending places of an order to these places, the smaller before and the greater behind each: a
/// few passes instead of a whole sorting. Of each place it gives what stands there, and what stands right before it.
fn select(ranks: &mut [Rank], offset: usize, places: &[usize], found: &mut [Rank], smaller: &mut [Option<Rank>]) {
    let middle = places.len() / 2;
    let Some(place) = places.get(middle) else { return };
    let (below, at, above) = ranks.select_nth_unstable(place - offset);
    if let (Some(slot), Some(before)) = (found.get_mut(middle), smaller.get_mut(middle)) {
        *slot = *at;
        *before = below.iter().copied().max();
    }
    let (lower, upper) = places.split_at(middle);
    let upper = upper.get(1..).unwrap_or(&[]);
    let (lower_found, upper_found) = found.split_at_mut(middle);
    let (lower_smaller, upper_smaller) = smaller.split_at_mut(middle);
    select(below, offset, lower, lower_found, lower_smaller);
    let (upper_found, upper_smaller) =
        (upper_found.get_mut(1..).unwrap_or_default(), upper_smaller.get_mut(1..).unwrap_or_default());
    select(above, place + 1, upper, upper_found, upper_smaller);
    // What stands right before the first of a stretch is in the stretch below.
    if let (Some(first), Some(slot)) = (upper.first(), upper_smaller.first_mut())
        && *first == place + 1
    {
        *slot = found.get(middle).copied();
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Ranked, float_of, of_float, of_whole, whole_of};
    use crate::data::{Column, Values};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use segue_compiler::program::{Cut, End, Type};
    use segue_compiler::values::Value;

    fn column(values: &[i64]) -> Column {
        Column { values: Values::Integer(values.to_vec()), known: None }
    }

    fn cut(values: &[i64], end: End, wanted: u64) -> Cut {
        let column = column(values);
        let key = |row: usize| (values.len() - row).to_string().into();
        let asked = Asked { column: &column, among: None };
        Ranked::new(asked).cut((end, wanted), &Type::Integer, asked, &key)
    }

    #[test]
    fn ties_are_cut_by_key() {
        let at = |value: i64, key: Option<&str>| Cut::At {
            value: Value::Integer(value),
            key: key.map(|key| Value::Text(key.into())),
        };
        // Keys are 5, 4, 3, 2, 1.
        let values = [9, 7, 7, 7, 1];
        assert_eq!(cut(&values, End::Top, 0), Cut::Nobody);
        assert_eq!(cut(&values, End::Top, 1), at(9, None));
        assert_eq!(cut(&values, End::Top, 2), at(7, Some("2")));
        assert_eq!(cut(&values, End::Top, 3), at(7, Some("3")));
        assert_eq!(cut(&values, End::Top, 4), at(7, None));
        assert_eq!(cut(&values, End::Top, 5), Cut::Everybody);
        assert_eq!(cut(&values, End::Bottom, 1), at(1, None));
        assert_eq!(cut(&values, End::Bottom, 3), at(7, Some("3")));
    }

    proptest! {
        /// Against rule 13 as it is written, with many ties.
        #[test]
        fn groups_are_those_of_the_rule(values in vec(-6_i64..6, 0..60), groups in 2_u32..12) {
            let cuts = Ranked::new(Asked { column: &column(&values), among: None }).groups(groups, &Type::Integer);
            for value in &values {
                let rank = 1 + values.iter().filter(|other| *other < value).count() as u64;
                let expected = 1 + u64::from(groups) * (rank - 1) / values.len() as u64;
                let found = 1 + cuts.iter().filter(|cut| matches!(cut, Value::Integer(cut) if cut <= value)).count();
                prop_assert_eq!(found as u64, expected, "{:?} of {:?}", value, cuts);
            }
        }

        #[test]
        fn ranks_keep_values_and_their_order(one in any::<i64>(), other in any::<i64>(), a: f64, b: f64) {
            prop_assert_eq!(whole_of(of_whole(one)), one);
            prop_assert_eq!(one.cmp(&other), of_whole(one).cmp(&of_whole(other)));
            prop_assert_eq!(float_of(of_float(a)).to_bits(), a.to_bits());
            prop_assert_eq!(a.total_cmp(&b), of_float(a).cmp(&of_float(b)));
        }
    }
}
