//! How the engine sees data from another table: by codes, and with the sorting that loading uses.

use crate::data::{KeyIndex, NO_OWNER, Stored, key_ranks, sorted_by_owner};
use crate::others::{Arranged, Way};

/// The engine's way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByCodes;

impl Way for ByCodes {
    fn owners(&self, ids: &Stored, keys: &Stored) -> Vec<u32> {
        let Some((codes, dictionary)) = ids.text() else { return vec![NO_OWNER; ids.rows()] };
        let rows = KeyIndex::of(keys).map(dictionary);
        let owner = |(row, code): (usize, u32)| match ids.is_known(row) {
            true => rows.row(code).unwrap_or(NO_OWNER),
            false => NO_OWNER,
        };
        codes.codes().enumerate().map(owner).collect()
    }

    fn arranged(&self, owners: &[u32], count: usize, times: Option<&Stored>, keys: Option<&Stored>) -> Arranged {
        let ranks = keys.and_then(key_ranks);
        let (groups, rows) = sorted_by_owner(owners, count, times.and_then(Stored::integers), ranks.as_deref());
        Arranged { groups, rows }
    }
}
