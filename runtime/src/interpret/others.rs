//! How the interpreter sees data from another table: by the words of the rules, row by row.

use super::order::{Distinct, compare_values};
use crate::data::{NO_OWNER, Stored};
use crate::others::{Arranged, Way};
use rustc_hash::FxHashMap;
use segue_compiler::program::Type;
use std::cmp::Ordering;

/// The interpreter's way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByWords;

impl Way for ByWords {
    fn owners(&self, ids: &Stored, keys: &Stored) -> Vec<u32> {
        let row_of: FxHashMap<Distinct, u32> =
            (0..).zip(0..keys.rows()).filter_map(|(row, at)| Some((Distinct(keys.value(at)?), row))).collect();
        let owner = |row: usize| ids.value(row).and_then(|id| row_of.get(&Distinct(id)).copied());
        (0..ids.rows()).map(|row| owner(row).unwrap_or(NO_OWNER)).collect()
    }

    fn arranged(&self, owners: &[u32], count: usize, times: Option<&Stored>, keys: Option<&Stored>) -> Arranged {
        let by = |column: Option<&Stored>, ty: &Type, one: u32, other: u32| {
            let value = |row: u32| column.and_then(|column| column.value(row as usize));
            match (value(one), value(other)) {
                (Some(one), Some(other)) => compare_values(&one, &other, ty),
                (one, other) => one.is_some().cmp(&other.is_some()),
            }
        };
        let (mut groups, mut rows) = (vec![0], Vec::new());
        let mut of_owner: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (row, owner) in (0..).zip(owners) {
            if let Some(rows) = of_owner.get_mut(*owner as usize) {
                rows.push(row);
            }
        }
        for mut of_one in of_owner {
            of_one.sort_by(|one, other| {
                let time: Ordering = by(times, &Type::Datetime, *one, *other);
                time.then_with(|| by(keys, &Type::Id(None), *one, *other))
            });
            rows.extend(of_one);
            groups.push(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        }
        Arranged { groups, rows }
    }
}
