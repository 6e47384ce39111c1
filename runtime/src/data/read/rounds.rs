//! Converting batches on several threads: some batches are read, converted side by side, and joined in their order, or
//! handed on and forgotten.

use crate::data::DataError;
use crate::data::error::check;
use crate::data::table::{Counts, TableBuilder};
use crate::memory::Bound;
use rayon::prelude::*;
use segue_compiler::program::TableId;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Where a part of a table's rows stands among all its parts: these are in the order of their places.
pub(crate) type Place = (u64, u64);

/// What is told to take memory where rows are to come.
pub(crate) const NEXT_ROWS: &str = "the next rows";

/// Takes the rows of a table part by part, so that none has to be kept until all are there.
pub(crate) trait Sink: Sync {
    /// Takes the rows of a part, and gives what was counted about them. `alone` says that no other part is being taken
    /// meanwhile, so all threads are free. Called from several threads.
    fn take(&self, place: Place, part: TableBuilder, alone: bool) -> Counts;

    /// Whether it takes the rows of this table; those of others are kept.
    fn takes(&self, table: TableId) -> bool;

    /// From how many rows on a part is handed on.
    fn rows(&self) -> usize;

    /// How many threads may read parts at once.
    fn threads(&self) -> usize;

    /// Whether no further part is wanted.
    fn is_over(&self) -> bool;

    /// Whether so many bytes more of rows that are not handed on yet leave room.
    ///
    /// # Errors
    /// They do not.
    fn check(&self, next_rows: u64) -> Result<(), DataError>;
}

/// What conversions start from, and where their rows go.
pub(crate) struct Rounds<'s> {
    /// A builder without rows.
    pub(crate) empty: TableBuilder,
    /// Where the rows go; `None` where the table keeps them.
    pub(crate) sink: Option<&'s dyn Sink>,
    places: AtomicU64,
    /// How much memory may be held while the table keeps its rows.
    bound: Option<Bound>,
    /// What takes how many bytes of the rows that are joined already, while others are read that are not.
    joined: Mutex<Vec<(String, u64)>>,
    /// Bytes of a row of those, about, and bytes that they have reserved for more.
    of_row: AtomicU64,
    reserved: AtomicU64,
}

impl<'s> Rounds<'s> {
    pub(crate) fn new(empty: TableBuilder, sink: Option<&'s dyn Sink>, bound: Option<Bound>) -> Rounds<'s> {
        let [places, of_row, reserved] = [(); 3].map(|()| AtomicU64::new(0));
        Rounds { empty, sink, places, bound, joined: Mutex::default(), of_row, reserved }
    }

    /// Whether tables that are read side by side, of each of which so many rows may come next, leave room; this is one of
    /// them.
    pub(super) fn check(&self, table: &TableBuilder, rows: usize, tables: usize) -> Result<(), DataError> {
        let coming = || table.growth(rows) * tables as u64;
        if let Some(sink) = self.sink {
            // It looks itself when rows are handed on.
            return if table.rows() > 0 { sink.check(coming()) } else { Ok(()) };
        }
        let Some(bound) = self.bound else { return Ok(()) };
        // As they come, as they are found by their texts, and as they are kept.
        let as_before = 3 * self.of_row.load(Ordering::Relaxed) * (rows * tables) as u64;
        let coming = coming().max(as_before) + self.reserved.load(Ordering::Relaxed);
        check(bound, &[(NEXT_ROWS, coming)], || {
            let mut held = self.joined.lock().unwrap_or_else(PoisonError::into_inner).clone();
            for (what, bytes) in table.held() {
                match held.iter_mut().find(|(of, _)| *of == what) {
                    Some((_, of)) => *of += bytes,
                    None => held.push((what, bytes)),
                }
            }
            held
        })
    }

    /// These rows are joined, and others are read beside them.
    fn beside(&self, joined: Option<&TableBuilder>) {
        if self.bound.is_some() {
            if let Some(table) = joined.filter(|table| table.rows() > 0) {
                self.of_row.store(table.bytes() / table.rows() as u64, Ordering::Relaxed);
            }
            self.reserved.store(joined.map_or(0, TableBuilder::reserved), Ordering::Relaxed);
            let joined = joined.map_or_else(Vec::new, TableBuilder::held);
            *self.joined.lock().unwrap_or_else(PoisonError::into_inner) = joined;
        }
    }

    /// The first of so many places that nobody has taken.
    pub(crate) fn places(&self, count: usize) -> u64 {
        self.places.fetch_add(count as u64, Ordering::Relaxed)
    }

    /// Hands the rows on that the table has, from so many on; what was counted about them stays.
    pub(crate) fn hand_on(&self, table: &mut TableBuilder, from: usize) {
        let Some(sink) = self.sink.filter(|_| table.rows() > 0 && table.rows() >= from) else { return };
        let mut part = std::mem::replace(table, self.empty.clone());
        table.counts = std::mem::take(&mut part.counts);
        // Nothing was counted about it that the table does not know.
        sink.take((self.places(1), 0), part, true);
    }
}

/// Converts the batches that `next` gives until it gives none, and adds their rows to `table` in order.
pub(crate) fn convert_in_rounds<B: Send>(
    rounds: &Rounds<'_>,
    table: &mut TableBuilder,
    mut next: impl FnMut() -> Result<Option<B>, DataError>,
    convert: impl Fn(B, &mut TableBuilder) -> Result<(), DataError> + Sync,
) -> Result<(), DataError> {
    let width = rayon::current_num_threads() * 2;
    let mut ahead = next()?;
    loop {
        let before = table.rows();
        let mut batches = Vec::with_capacity(width);
        while batches.len() < width
            && let Some(batch) = ahead.take()
        {
            batches.push(batch);
            ahead = next()?;
        }
        let over = ahead.is_none();
        if batches.len() == 1 || rayon::current_num_threads() == 1 {
            for batch in batches {
                convert(batch, table)?;
            }
        } else {
            rounds.beside(Some(table));
            let parts: Vec<Result<TableBuilder, DataError>> = batches
                .into_par_iter()
                .map(|batch| {
                    let mut part = rounds.empty.clone();
                    convert(batch, &mut part)?;
                    Ok(part)
                })
                .collect();
            rounds.beside(None);
            for part in parts {
                let part = part?;
                rounds.check(table, part.rows(), 1)?;
                table.append(part);
            }
        }
        let rows = table.rows() - before;
        rounds.hand_on(table, if over { 0 } else { rounds.sink.map_or(0, |sink| sink.rows()) });
        // The next round is as this one was: its rows as they come, and as they are joined where they are kept.
        let next = if over || rounds.sink.is_some() { 0 } else { 2 * rows };
        rounds.check(table, next, 1)?;
        if over || rounds.sink.is_some_and(|sink| sink.is_over()) {
            return Ok(());
        }
    }
}
