//! What compiled loops call back for: counting what a table of codes cannot hold.
//!
//! A callback never unwinds into compiled code: a panic is caught and noted, and the pass gives an error.

use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How the bits of values are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bits {
    /// As signed integers.
    Whole,
    /// As finite floats.
    Float,
    /// By the place that is given with them.
    Place,
}

/// What is kept for one aggregate between calls.
#[derive(Debug)]
pub(crate) struct Kept {
    bits: Bits,
    owner: u64,
    seen: FxHashSet<u64>,
    counts: FxHashMap<u64, (u64, u64)>,
    /// For codes, by code: whose count it is, as [`Kept::stamp`], then count and moment.
    dense: Vec<(u32, u32, u64)>,
    /// The number of the owner among those met, from 1.
    stamp: u32,
    best: Option<Candidate>,
    pub(crate) broken: bool,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    count: u64,
    moment: u64,
    place: u64,
    value: u64,
}

impl Kept {
    /// For `texts` different texts, or values that are no codes.
    pub(crate) fn new(bits: Bits, texts: usize) -> Kept {
        Kept {
            bits,
            dense: vec![(0, 0, 0); if bits == Bits::Place { texts } else { 0 }],
            stamp: 0,
            owner: u64::MAX,
            seen: FxHashSet::default(),
            counts: FxHashMap::default(),
            best: None,
            broken: false,
        }
    }

    /// Owners are numbered anew.
    pub(crate) fn begin(&mut self) {
        self.owner = u64::MAX;
    }

    fn enter(&mut self, owner: u64) {
        if self.owner != owner {
            self.owner = owner;
            self.seen.clear();
            self.counts.clear();
            self.best = None;
            self.stamp = match self.stamp.checked_add(1) {
                Some(stamp) => stamp,
                None => {
                    self.dense.fill((0, 0, 0));
                    1
                }
            };
        }
    }

    /// Rule 13: highest count, then seen last, then greater value.
    fn count(&mut self, value: u64, place: u64, moment: u64) -> u64 {
        let dense = usize::try_from(value).ok().and_then(|code| self.dense.get_mut(code));
        let (count, moment) = match dense {
            Some(entry) => {
                *entry = if entry.0 == self.stamp {
                    (self.stamp, entry.1 + 1, entry.2.max(moment))
                } else {
                    (self.stamp, 1, moment)
                };
                (u64::from(entry.1), entry.2)
            }
            None => {
                let entry = self.counts.entry(value).or_insert((0, moment));
                *entry = (entry.0 + 1, entry.1.max(moment));
                *entry
            }
        };
        let new = Candidate { count, moment, place, value };
        // Only this value moved, and only up, so the best is either it or still the one before.
        let best = match self.best {
            Some(best) if best.value != value && self.order(&best, &new).is_gt() => best,
            _ => new,
        };
        self.best = Some(best);
        best.value
    }

    fn order(&self, left: &Candidate, right: &Candidate) -> Ordering {
        let values = || match self.bits {
            Bits::Whole => left.value.cast_signed().cmp(&right.value.cast_signed()),
            Bits::Float => f64::from_bits(left.value).total_cmp(&f64::from_bits(right.value)),
            Bits::Place => left.place.cmp(&right.place),
        };
        left.count.cmp(&right.count).then(left.moment.cmp(&right.moment)).then_with(values)
    }
}

/// 1 where the owner did not have the value before.
///
/// # Safety
/// `kept` is a [`Kept`] that nobody else uses during the call.
pub(crate) unsafe extern "C" fn different(kept: *mut Kept, owner: u64, value: u64) -> u64 {
    // SAFETY: as the caller promises.
    let kept = unsafe { &mut *kept };
    let counted = catch_unwind(AssertUnwindSafe(|| {
        kept.enter(owner);
        u64::from(kept.seen.insert(value))
    }));
    counted.unwrap_or_else(|_| {
        kept.broken = true;
        0
    })
}

/// Counts a value and writes the most frequent one so far, and 1, to the record.
///
/// # Safety
/// `kept` is a [`Kept`] that nobody else uses during the call; `record` points to two words.
pub(crate) unsafe extern "C" fn frequent(
    kept: *mut Kept,
    owner: u64,
    value: u64,
    place: u64,
    moment: u64,
    record: *mut u64,
) {
    // SAFETY: as the caller promises.
    let (kept, record) = unsafe { (&mut *kept, std::slice::from_raw_parts_mut(record, 2)) };
    let best = catch_unwind(AssertUnwindSafe(|| {
        kept.enter(owner);
        kept.count(value, place, moment)
    }));
    match best {
        Ok(best) => record.copy_from_slice(&[best, 1]),
        Err(_) => kept.broken = true,
    }
}
