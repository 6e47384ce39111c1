//! Keys of events and records that occur twice, found in what was put out.

use super::deal::{Chunk, Dealer, Part, Rows, id_of, locked};
use crate::data::assemble::Id;
use crate::data::error::DataError;
use crate::data::parts::{Key, Keys, Met, SPAN, spanned};
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::program::{FieldId, TableId};

/// A key that occurs twice, where it does first and next, and how many rows repeat one.
pub(super) type Twice = (String, String, String, u64);

/// So many bits to each byte of the room: half of it.
const OF_BIT: u64 = 4;
/// Bytes of a hash while it is sorted.
const OF_HASH: u64 = 16;

/// The first row whose key occurred before; `None` where all differ.
pub(super) fn repeated(dealer: &Dealer<'_>, table: TableId) -> Result<Option<Twice>, DataError> {
    let key = dealer.program.tables.get(table.0 as usize).and_then(|table| table.key);
    let (Some(key), Some(rows)) = (key, dealer.rows.get(&table.0)) else { return Ok(None) };
    let mut rows = locked(rows);
    rows.parts.sort_unstable_by_key(|part| part.place);
    let Rows { parts, chunks, nobodys, .. } = &*rows;
    if in_turn(parts) {
        return Ok(None);
    }
    let keys = Put { dealer, table, key, parts, chunks: [chunks, nobodys] };
    if keys.differ()? { Ok(None) } else { keys.repeated() }
}

/// Whether each key is greater than the one before.
fn in_turn(parts: &[Part]) -> bool {
    let keys = || parts.iter().map(|part| part.keys.as_ref());
    // Keys of a form that is not compared are none.
    keys().all(|keys| keys.is_none_or(|keys| keys.ascend))
        && keys().flatten().zip(keys().flatten().skip(1)).all(|(one, next)| one.last < next.first)
}

/// The keys of a table as they were put out.
struct Put<'d> {
    dealer: &'d Dealer<'d>,
    table: TableId,
    key: FieldId,
    parts: &'d [Part],
    chunks: [&'d [Chunk]; 2],
}

impl Put<'_> {
    fn rows(&self) -> u64 {
        self.parts.iter().filter_map(|part| part.keys.as_ref()).map(|keys| keys.rows as u64).sum()
    }

    /// Calls `each` with the keys of each chunk and where their rows stand among all.
    fn each(&self, mut each: impl FnMut(&Keys, &dyn Fn(usize) -> u64) -> bool) -> Result<(), DataError> {
        let mut starts = Vec::with_capacity(self.parts.len());
        let mut next = 0;
        for part in self.parts {
            starts.push(next);
            next += part.keys.as_ref().map_or(0, |keys| keys.rows as u64);
        }
        for chunk in self.chunks.into_iter().flatten() {
            let Some((numbers, keys)) = self.dealer.read_field(self.table, chunk, self.key)? else { continue };
            let part = self.parts.partition_point(|part| part.place < chunk.place);
            let start = starts.get(part).copied().unwrap_or(0);
            let row = |at: usize| start + numbers.get(at).map_or(0, |number| u64::from(*number));
            if !each(&keys, &row) {
                break;
            }
        }
        Ok(())
    }

    /// Whether all are whole numbers, close together, and each occurs once.
    fn differ(&self) -> Result<bool, DataError> {
        let parts = || self.parts.iter().filter_map(|part| part.keys.as_ref());
        let Some(ends) = spanned(parts().map(|keys| keys.ends)) else { return Ok(parts().next().is_none()) };
        let most = (self.rows() * SPAN).min(self.dealer.room.saturating_mul(OF_BIT));
        let Some(mut met) = Met::within(ends, most) else { return Ok(false) };
        let mut differ = true;
        self.each(|keys, _| {
            differ = met.are_new(keys);
            differ
        })?;
        Ok(differ)
    }

    /// In as many passes as memory asks for: hashes that occur twice first, and then the keys that have them.
    fn repeated(&self) -> Result<Option<Twice>, DataError> {
        let passes = (self.rows() * OF_HASH).div_ceil(self.dealer.room.max(1)).max(1);
        let mut first_found: Option<(Id, u64, u64)> = None;
        let mut count = 0;
        for pass in 0..passes {
            let mut hashes: Vec<u64> = Vec::new();
            let of_pass = |key: Key<'_>| Some(key.hashed()).filter(|hash| (hash >> 32) % passes == pass);
            self.each(|keys, _| {
                hashes.extend((0..keys.len()).filter_map(|row| of_pass(keys.get(row)?)));
                true
            })?;
            hashes.sort_unstable();
            let twice = hashes.chunk_by(|one, other| one == other).filter(|same| same.len() > 1);
            let twice: FxHashSet<u64> = twice.filter_map(|same| same.first().copied()).collect();
            drop(hashes);
            if twice.is_empty() {
                continue;
            }
            // By key: its first two rows, and how many there are.
            let mut met: FxHashMap<Id, (u64, u64, u64)> = FxHashMap::default();
            self.each(|keys, row_of| {
                for row in 0..keys.len() {
                    let Some(key) = keys.get(row).filter(|key| twice.contains(&key.hashed())) else { continue };
                    let row = row_of(row);
                    let (first, second, rows) = met.entry(id_of(key)).or_insert((u64::MAX, u64::MAX, 0));
                    *rows += 1;
                    if row < *first {
                        (*first, *second) = (row, *first);
                    } else if row < *second {
                        *second = row;
                    }
                }
                true
            })?;
            for (id, (first, second, rows)) in met.into_iter().filter(|(_, (.., rows))| *rows > 1) {
                count += rows - 1;
                if first_found.as_ref().is_none_or(|(.., found)| second < *found) {
                    first_found = Some((id, first, second));
                }
            }
        }
        Ok(first_found.map(|(id, first, second)| (id.text(), self.shown(first), self.shown(second), count)))
    }

    /// File and row of a row.
    fn shown(&self, row: u64) -> String {
        let mut start = 0;
        for part in self.parts {
            let rows = part.keys.as_ref().map_or(0, |keys| keys.rows as u64);
            if row < start + rows {
                return part.origins.shown(usize::try_from(row - start).unwrap_or(usize::MAX));
            }
            start += rows;
        }
        String::new()
    }
}
