//! Literals of a block: for which of its customers each atom certainly holds, or certainly does not, one bit each.
//!
//! Literals that test one stored column are read from its cells, all of a column one after the other while its cells are at
//! hand. The others are taken from vectors that kernels worked out.

mod bind;

use super::EngineError;
use super::kernels::scan::{self, Cell, Instructions, Masks};
use super::store::{Frame, Store, shorter};
use super::vector::{Input, bits_of_range, tail_mask, words_for};
use crate::data::{Cells, Flags, Stored, StoredValues};
use crate::for_cells;
use bind::{Test, bind};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Truth};
use segue_compiler::program::CUSTOMERS;
use std::ops::Range;

/// The literals of a run, each with its place among them.
#[derive(Debug)]
pub(crate) struct Literals<'a> {
    columns: Vec<Column<'a>>,
    /// Atoms that kernels work out, whether they are to hold, and their places.
    worked: Vec<(NodeId, bool, usize)>,
    path: Instructions,
}

/// All literals of one column.
#[derive(Debug)]
struct Column<'a> {
    stored: &'a Stored,
    tests: Vec<(Test, Place)>,
    /// Sets of cells, looked up together: for each the places of its sets.
    tables: Vec<(Masks, Vec<Place>)>,
}

/// Where a literal's bits go.
#[derive(Debug, Clone, Copy)]
struct Place {
    slot: usize,
    /// Rows where the column is missing are in.
    missing: bool,
}

/// Bits of literals and sets for the customers of a block: a stretch of words each.
#[derive(Debug)]
pub(crate) struct Slots {
    words: Vec<u64>,
    stride: usize,
}

impl Slots {
    /// All clear.
    pub(crate) fn new(slots: usize, stride: usize) -> Slots {
        Slots { words: vec![0; slots * stride], stride }
    }

    /// The words of a slot.
    pub(crate) fn get(&self, slot: usize) -> &[u64] {
        self.words.get(slot * self.stride..(slot + 1) * self.stride).unwrap_or(&[])
    }

    /// The words of a slot.
    pub(crate) fn get_mut(&mut self, slot: usize) -> &mut [u64] {
        self.words.get_mut(slot * self.stride..(slot + 1) * self.stride).unwrap_or(&mut [])
    }

    /// All words, slot by slot.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
}

impl<'a> Literals<'a> {
    /// Binds literals to columns; what is worked out once is known already. Their places are those in the list.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn new(run: &Store<'a>, literals: &[Truth], path: Instructions) -> Result<Literals<'a>, EngineError> {
        let mut places: FxHashMap<NodeId, usize> = FxHashMap::default();
        let mut all = Literals { columns: Vec::new(), worked: Vec::new(), path };
        let mut sets: Vec<Vec<(Vec<bool>, Place)>> = Vec::new();
        for (slot, literal) in literals.iter().enumerate() {
            let Truth::Literal { atom, holds } = literal else { continue };
            let bound = bind(run, *atom, *holds)?;
            let Some((bound, stored)) = bound
                .and_then(|bound| Some((run.prepared.column(bound.column)?, bound)))
                .map(|(stored, bound)| (bound, stored))
            else {
                all.worked.push((*atom, *holds, slot));
                continue;
            };
            let at = *places.entry(bound.column).or_insert_with(|| {
                all.columns.push(Column { stored, tests: Vec::new(), tables: Vec::new() });
                sets.push(Vec::new());
                all.columns.len() - 1
            });
            let place = Place { slot, missing: bound.missing };
            match (bound.test, all.columns.get_mut(at), sets.get_mut(at)) {
                (Test::Cells(cells), _, Some(sets)) => sets.push((cells, place)),
                (test, Some(column), _) => column.tests.push((test, place)),
                _ => {}
            }
        }
        for (column, sets) in all.columns.iter_mut().zip(sets) {
            column.tables = sets.chunks(scan::SETS).map(table).collect();
        }
        Ok(all)
    }

    /// The atoms that kernels have to work out.
    pub(crate) fn worked(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.worked.iter().map(|(atom, ..)| *atom)
    }

    /// Works the literals of a block out; the bits past its last customer mean nothing.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn run(&self, store: &mut Store<'_>, slots: &mut Slots) -> Result<(), EngineError> {
        let customers = store.range(CUSTOMERS);
        for column in &self.columns {
            column.run(self.path, customers.clone(), slots);
        }
        let words = words_for(customers.len());
        for (atom, holds, slot) in &self.worked {
            let (vector, single) = store.operand(*atom, Frame::Rows(CUSTOMERS))?;
            let values = Input { vector: shorter(&vector), single };
            for (at, word) in slots.get_mut(*slot).iter_mut().enumerate().take(words) {
                let truth = values.truth_word(at);
                *word = if *holds { truth } else { !truth } & values.known_word(at) & tail_mask(customers.len(), at);
            }
        }
        Ok(())
    }
}

fn table(sets: &[(Vec<bool>, Place)]) -> (Masks, Vec<Place>) {
    let codes = sets.iter().map(|(cells, _)| cells.len()).max().unwrap_or(0);
    let mut masks = Masks::new(codes);
    for (set, (cells, _)) in sets.iter().enumerate() {
        for (code, _) in cells.iter().enumerate().filter(|(_, passes)| **passes) {
            masks.insert(code, set);
        }
    }
    (masks, sets.iter().map(|(_, place)| *place).collect())
}

impl Column<'_> {
    fn run(&self, path: Instructions, rows: Range<usize>, slots: &mut Slots) {
        let known = self.stored.known().map(|known| bits_of_range(known.words(), rows.clone()));
        let known = known.as_deref();
        for (test, place) in &self.tests {
            let out = slots.get_mut(place.slot);
            let inside = scanned(path, test, self.stored, &rows, out);
            finish(out, known, inside, place.missing);
        }
        let Some(cells) = self.stored.text().map(|(cells, _)| cells) else { return };
        for (masks, places) in &self.tables {
            for_cells!(cells, cells => {
                masks.scan(cells.get(rows.clone()).unwrap_or(&[]), |at, words| {
                    for (word, place) in words.iter().zip(places) {
                        if let Some(slot) = slots.get_mut(place.slot).get_mut(at) {
                            *slot = *word;
                        }
                    }
                });
            });
            for place in places {
                finish(slots.get_mut(place.slot), known, true, place.missing);
            }
        }
    }
}

/// Sets the bits of the rows that pass, or fail, a test; says which.
fn scanned(path: Instructions, test: &Test, stored: &Stored, rows: &Range<usize>, out: &mut [u64]) -> bool {
    match (test, stored.values()) {
        (Test::All(all), _) => {
            out.fill(u64::MAX);
            *all
        }
        (Test::Truth(yes), StoredValues::Boolean(bits)) => {
            copy(&bits_of_range(bits.words(), rows.clone()), out);
            *yes
        }
        (Test::Float { order, number, inside }, StoredValues::Number(values)) => {
            scan::ordered(path, values.get(rows.clone()).unwrap_or(&[]), *order, *number, out);
            *inside
        }
        (Test::Lists { all_of, inside }, StoredValues::Flags(flags)) => {
            lists(all_of, flags, rows, out);
            *inside
        }
        (Test::Ranges { ranges, inside }, values) => {
            let cells = match values {
                StoredValues::Text { codes, .. } => Some(codes),
                _ => stored.integers().map(|integers| integers.cells()),
            };
            in_ranges(path, ranges, cells, rows, out);
            *inside
        }
        // Tests are made for the column they are with.
        _ => {
            out.fill(0);
            true
        }
    }
}

fn in_ranges(path: Instructions, ranges: &[(u64, u64)], cells: Option<&Cells>, rows: &Range<usize>, out: &mut [u64]) {
    fn all<T: Cell>(path: Instructions, ranges: &[(u64, u64)], cells: &[T], out: &mut [u64]) {
        let narrow = |cell: u64| T::try_from(cell).ok();
        let mut ranges = ranges.iter().filter_map(|(low, high)| Some((narrow(*low)?, narrow(high - low)?)));
        match ranges.next() {
            Some((low, span)) => scan::in_range(path, cells, low, span, out),
            None => out.fill(0),
        }
        let mut more: Vec<u64> = Vec::new();
        for (low, span) in ranges {
            more.resize(out.len(), 0);
            scan::in_range(path, cells, low, span, &mut more);
            out.iter_mut().zip(&more).for_each(|(word, more)| *word |= more);
        }
    }
    match cells {
        Some(cells) => for_cells!(cells, cells => all(path, ranges, cells.get(rows.clone()).unwrap_or(&[]), out)),
        None => out.fill(0),
    }
}

/// The rows whose list has a value of each of the sets.
fn lists(all_of: &[Vec<usize>], flags: &Flags, rows: &Range<usize>, out: &mut [u64]) {
    out.fill(u64::MAX);
    for any_of in all_of {
        let slices = any_of.iter().filter_map(|code| flags.slice(*code));
        let slices: Vec<_> = slices.map(|slice| bits_of_range(slice.words(), rows.clone())).collect();
        for (at, word) in out.iter_mut().enumerate() {
            *word &= slices.iter().fold(0, |any, slice| any | slice.get(at).copied().unwrap_or(0));
        }
    }
}

fn copy(from: &[u64], to: &mut [u64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// From the rows of a test to those of a literal: turned round where those outside are meant, without those where the
/// column is missing, or with them.
fn finish(words: &mut [u64], known: Option<&[u64]>, inside: bool, missing: bool) {
    let turn = if inside { 0 } else { u64::MAX };
    let Some(known) = known else {
        if !inside {
            words.iter_mut().for_each(|word| *word = !*word);
        }
        return;
    };
    let add = if missing { u64::MAX } else { 0 };
    for (word, known) in words.iter_mut().zip(known) {
        *word = (*word ^ turn) & known | !known & add;
    }
}
