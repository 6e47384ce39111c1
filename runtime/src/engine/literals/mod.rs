//! Literals of a block: for which of its customers, or of a table's rows, each atom certainly holds, or certainly does not,
//! one bit each.
//!
//! Literals that test one stored column are read from its cells, all of a column one after the other while its cells are at
//! hand. The others are taken from vectors that kernels worked out.

mod bind;
mod scanned;

use super::EngineError;
use super::kernels::scan::{self, Masks};
use super::store::{Frame, Store, shorter};
use super::tallies::View;
use super::vector::{Data, Input, Vector, bits_of_range, tail_mask, words_for};
use crate::data::{Settled, Stored};
use crate::for_cells;
use crate::processor::{Instructions, compiled_for_each};
pub(crate) use bind::bind;
use bind::{Compared, Test, To, compared_values};
use rustc_hash::FxHashMap;
pub(crate) use scanned::in_ranges;
use scanned::scanned;
use segue_compiler::plan::{NodeId, Scope, Truth};
use segue_compiler::program::{CUSTOMERS, TableId};
use std::ops::Range;

/// The literals of a run, each with its place among them.
#[derive(Debug)]
pub(crate) struct Literals<'a> {
    columns: Vec<Column<'a>>,
    /// Comparisons of values that were worked out, whether they are to hold, and their places.
    compared: Vec<(Compared, bool, usize)>,
    /// Atoms that kernels work out, whether they are to hold, and their places.
    worked: Vec<(NodeId, bool, usize)>,
    path: Instructions,
    table: TableId,
}

/// All literals of one column.
#[derive(Debug)]
struct Column<'a> {
    stored: &'a Stored,
    tests: Vec<Shared>,
    /// Sets of cells, looked up together: for each the places of its sets.
    tables: Vec<(Masks, Vec<Vec<Place>>)>,
}

/// A test, and the literals that are the rows that pass it, or the others: most conditions are written both ways round,
/// `age >= 30` and `age < 30`.
#[derive(Debug, Clone)]
struct Shared {
    test: Test,
    places: Vec<Place>,
}

/// Where a literal's bits go.
#[derive(Debug, Clone, Copy)]
struct Place {
    slot: usize,
    /// The rows that pass the test are in, and not the others.
    inside: bool,
    /// Rows where the column is missing are in.
    missing: bool,
}

/// Bits of literals and sets for the customers or rows of a block: a stretch of words each.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    words: Vec<u64>,
    stride: usize,
}

impl Slots {
    /// Makes room for so many slots of so many words; what is in them means nothing.
    pub(crate) fn resize(&mut self, slots: usize, stride: usize) {
        self.words.resize(slots * stride, 0);
        self.stride = stride;
    }

    /// The words of a slot.
    pub(crate) fn get(&self, slot: usize) -> &[u64] {
        self.words.get(slot * self.stride..(slot + 1) * self.stride).unwrap_or(&[])
    }

    /// The words of a slot.
    pub(crate) fn get_mut(&mut self, slot: usize) -> &mut [u64] {
        self.words.get_mut(slot * self.stride..(slot + 1) * self.stride).unwrap_or(&mut [])
    }

    /// The words of a slot, and those of another to be changed; nothing where both are the same.
    fn pair(&mut self, from: usize, to: usize) -> (&[u64], &mut [u64]) {
        let (first, second) = (from.min(to) * self.stride, from.max(to) * self.stride);
        let Some((before, after)) = self.words.split_at_mut_checked(second).filter(|_| from != to) else {
            return (&[], &mut []);
        };
        let (Some(first), Some(second)) = (before.get_mut(first..first + self.stride), after.get_mut(..self.stride))
        else {
            return (&[], &mut []);
        };
        if from < to { (first, second) } else { (second, first) }
    }

    /// All words, slot by slot.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
}

impl<'a> Literals<'a> {
    /// Binds literals of a table's rows to columns, those of a view where it is one of the table; what is worked out once is
    /// known already. Their places are those in the list.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn new(
        run: &Store<'a>,
        view: Option<View<'a>>,
        table: TableId,
        literals: &[Truth],
        path: Instructions,
    ) -> Result<Literals<'a>, EngineError> {
        let scope = if table == CUSTOMERS { Scope::Customer } else { Scope::Row(table) };
        let mut places: FxHashMap<NodeId, usize> = FxHashMap::default();
        let mut tests: FxHashMap<(usize, Vec<u64>), usize> = FxHashMap::default();
        let mut all = Literals { columns: Vec::new(), compared: Vec::new(), worked: Vec::new(), path, table };
        for (slot, literal) in literals.iter().enumerate() {
            let Truth::Literal { atom, holds } = literal else { continue };
            let bound = bind(run, scope, *atom, *holds)?;
            let column = |node: NodeId| match view {
                Some(view) => view.column(run.prepared, node),
                None => run.prepared.column(node),
            };
            let stored = bound.as_ref().and_then(|bound| column(bound.column));
            let Some((bound, stored)) = bound.zip(stored) else {
                match compared_values(run, scope, *atom)? {
                    Some(compared) => all.compared.push((compared, *holds, slot)),
                    None => all.worked.push((*atom, *holds, slot)),
                }
                continue;
            };
            let at = *places.entry(bound.column).or_insert_with(|| {
                all.columns.push(Column { stored, tests: Vec::new(), tables: Vec::new() });
                all.columns.len() - 1
            });
            let Some(column) = all.columns.get_mut(at) else { continue };
            let place = Place { slot, inside: bound.inside, missing: bound.missing };
            let number = *tests.entry((at, bound.test.key())).or_insert(column.tests.len());
            match column.tests.get_mut(number) {
                Some(shared) => shared.places.push(place),
                None => column.tests.push(Shared { test: bound.test, places: vec![place] }),
            }
        }
        for column in &mut all.columns {
            column.use_marks();
            column.use_tables();
        }
        Ok(all)
    }

    /// The atoms that kernels have to work out.
    pub(crate) fn worked(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.worked.iter().map(|(atom, ..)| *atom)
    }

    /// Works the literals of some rows out, which are the block's where any have to be worked out by kernels; the bits past the
    /// last row mean nothing.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn run(&self, store: &mut Store<'_>, rows: Range<usize>, slots: &mut Slots) -> Result<(), EngineError> {
        for column in &self.columns {
            column.run(self.path, rows.clone(), slots);
        }
        let words = words_for(rows.len());
        for (compared, holds, slot) in &self.compared {
            let (vector, _) = store.operand(compared.value, Frame::Rows(self.table))?;
            let out = slots.get_mut(*slot);
            // Where all rows hold the same, the first speaks for them.
            match (&vector.data, compared.to) {
                (Data::Whole(values), To::Range { low, span }) => {
                    scan::in_range_of_signed(self.path, first_or_all(&vector, values), low, span, out);
                }
                (Data::Float(values), To::Number(order, number)) => {
                    scan::ordered(self.path, first_or_all(&vector, values), order, number, out);
                }
                _ => return Err(EngineError::Broken(compared.value.0, "its values are of another form")),
            }
            if vector.is_alike() {
                let all = if out.first().is_some_and(|word| word & 1 == 1) { u64::MAX } else { 0 };
                out.fill(all);
            }
            finish(self.path, out, vector.known.as_deref(), Place { slot: *slot, inside: *holds, missing: false });
        }
        for (atom, holds, slot) in &self.worked {
            let (vector, single) = store.operand(*atom, Frame::Rows(self.table))?;
            let values = Input { vector: shorter(&vector), single };
            for (at, word) in slots.get_mut(*slot).iter_mut().enumerate().take(words) {
                let truth = values.truth_word(at);
                *word = if *holds { truth } else { !truth } & values.known_word(at) & tail_mask(rows.len(), at);
            }
        }
        Ok(())
    }
}

/// The values that have to be looked at: the first where all rows hold the same.
fn first_or_all<'v, T>(vector: &Vector<'_>, values: &'v [T]) -> &'v [T] {
    if vector.is_alike() { values.get(..1).unwrap_or(values) } else { values }
}

/// Ranges that cost as much as looking up 64 rows in a table and turning the square of bits.
const RANGES_OF_TABLE: usize = 96;
/// Sets of bytes that cost as much as that.
const SETS_OF_TABLE: usize = 32;
/// Fewer ranges than this are never looked up.
const FEW_RANGES: usize = 3;
/// Ranges that cost as much as looking up the bit of each row's code, one by one.
const RANGES_OF_SET: usize = 48;

impl Column<'_> {
    /// Tests that marks settle need not look at the values.
    fn use_marks(&mut self) {
        let Some(marks) = self.stored.marks() else { return };
        let greatest = self.stored.integers().map_or(u64::MAX, |integers| integers.greatest());
        for Shared { test, .. } in &mut self.tests {
            let settled: Option<Vec<Settled>> = match &*test {
                Test::Ranges { ranges } => {
                    ranges.iter().map(|(low, high)| marks.of_cells(*low, *high, greatest)).collect()
                }
                Test::Float { order, number } => {
                    marks.of_floats(*number, order.ordering()).map(|settled| vec![settled])
                }
                _ => None,
            };
            if let Some(settled) = settled {
                *test = Test::Marks { settled, test: Box::new(test.clone()) };
            }
        }
    }

    /// Puts tests of many ranges into tables, up to 64 each, where that is less work.
    fn use_tables(&mut self) {
        let Some((_, dictionary)) = self.stored.text() else { return };
        let ranges = |shared: &Shared| if let Test::Ranges { ranges } = &shared.test { ranges.len() } else { 0 };
        let (mut many, few): (Vec<_>, Vec<_>) = self.tests.drain(..).partition(|shared| ranges(shared) >= FEW_RANGES);
        self.tests = few;
        // Those with the most ranges first, so that what is left over is cheap.
        many.sort_by_key(|shared| std::cmp::Reverse(ranges(shared)));
        let are_bytes = self.stored.text().is_some_and(|(cells, _)| cells.width() == 1);
        for some in many.chunks(scan::SETS) {
            let size: usize = some.iter().map(ranges).sum();
            if are_bytes && some.len() < SETS_OF_TABLE {
                let bytes = |shared: &Shared| Shared { test: bytes(&shared.test), places: shared.places.clone() };
                self.tests.extend(some.iter().map(bytes));
            } else if size >= RANGES_OF_TABLE && dictionary.len() <= MOST_CODES {
                self.tables.push(table(some, dictionary.len()));
            } else {
                let codes = |shared: &Shared| match ranges(shared) > RANGES_OF_SET {
                    true => Shared { test: codes(&shared.test, dictionary.len()), places: shared.places.clone() },
                    false => shared.clone(),
                };
                self.tests.extend(some.iter().map(codes));
            }
        }
    }
}

/// A test of ranges of cells of 8 bits as a set of them.
fn bytes(test: &Test) -> Test {
    let Test::Ranges { ranges } = test else { return test.clone() };
    let mut set = [0; 32];
    for cell in 0..=u8::MAX {
        if ranges.iter().any(|(low, high)| (*low..=*high).contains(&u64::from(cell)))
            && let Some(byte) = set.get_mut(usize::from(cell / 8))
        {
            *byte |= 1 << (cell % 8);
        }
    }
    Test::Bytes { set }
}

/// A test of many ranges of codes as a set of them: of many different texts, which are in no order, those that begin with
/// some letters are here and there.
fn codes(test: &Test, codes: usize) -> Test {
    let Test::Ranges { ranges } = test else { return test.clone() };
    let mut set = vec![0_u64; codes.div_ceil(64)];
    for code in ranges.iter().flat_map(|(low, high)| *low..=*high) {
        if let Some(word) = usize::try_from(code / 64).ok().and_then(|at| set.get_mut(at)) {
            *word |= 1 << (code % 64);
        }
    }
    Test::Codes { set }
}

/// Most codes of a table: more do not stay in the second cache.
const MOST_CODES: usize = 1 << 17;

fn table(tests: &[Shared], codes: usize) -> (Masks, Vec<Vec<Place>>) {
    let mut masks = Masks::new(codes);
    for (set, shared) in tests.iter().enumerate() {
        let Test::Ranges { ranges } = &shared.test else { continue };
        let all = ranges.iter().flat_map(|(low, high)| *low..=*high);
        all.filter_map(|code| usize::try_from(code).ok()).for_each(|code| masks.insert(code, set));
    }
    (masks, tests.iter().map(|shared| shared.places.clone()).collect())
}

impl Column<'_> {
    fn run(&self, path: Instructions, rows: Range<usize>, slots: &mut Slots) {
        let known = self.stored.known().map(|known| bits_of_range(known.words(), rows.clone()));
        let known = known.as_deref();
        for Shared { test, places } in &self.tests {
            let Some(first) = places.first() else { continue };
            let out = slots.get_mut(first.slot);
            match self.stored.blocks().and_then(|blocks| test.settled(blocks.ends(&rows))) {
                Some(all) => out.fill(if all { u64::MAX } else { 0 }),
                None => scanned(path, test, self.stored, &rows, out),
            }
            finish_all(path, places, known, slots);
        }
        let Some(cells) = self.stored.text().map(|(cells, _)| cells) else { return };
        for (masks, sets) in &self.tables {
            for_cells!(cells, cells => {
                masks.scan(path, cells.get(rows.clone()).unwrap_or(&[]), sets.len(), |at, set, words| {
                    let slot = sets.get(set).and_then(|places| places.first()).map(|first| slots.get_mut(first.slot));
                    if let Some(slot) = slot.and_then(|slot| slot.get_mut(at..at + words.len())) {
                        slot.copy_from_slice(words);
                    }
                });
            });
            sets.iter().for_each(|places| finish_all(path, places, known, slots));
        }
    }
}

/// From the rows of a test, in the slot of the first of its literals, to all of them.
fn finish_all(path: Instructions, places: &[Place], known: Option<&[u64]>, slots: &mut Slots) {
    let [first, others @ ..] = places else { return };
    for place in others {
        let (from, to) = slots.pair(first.slot, place.slot);
        finish_from(path, from, to, known, *place);
    }
    finish(path, slots.get_mut(first.slot), known, *first);
}

compiled_for_each! {
    /// From the rows of a test to those of a literal: turned round where those outside are meant, without those where the
    /// column is missing, or with them.
    fn finish(words: &mut [u64], known: Option<&[u64]>, place: Place) = finish_words
}

compiled_for_each! {
    /// The same, from one slot to another.
    fn finish_from(from: &[u64], to: &mut [u64], known: Option<&[u64]>, place: Place) = finish_words_from
}

#[inline(always)]
fn finish_words(words: &mut [u64], known: Option<&[u64]>, place: Place) {
    let turn = if place.inside { 0 } else { u64::MAX };
    let Some(known) = known else {
        if !place.inside {
            for word in words {
                *word = !*word;
            }
        }
        return;
    };
    let add = if place.missing { u64::MAX } else { 0 };
    for (word, known) in words.iter_mut().zip(known) {
        *word = (*word ^ turn) & known | !known & add;
    }
}

#[inline(always)]
fn finish_words_from(from: &[u64], to: &mut [u64], known: Option<&[u64]>, place: Place) {
    let turn = if place.inside { 0 } else { u64::MAX };
    let Some(known) = known else {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from ^ turn;
        }
        return;
    };
    let add = if place.missing { u64::MAX } else { 0 };
    for ((to, from), known) in to.iter_mut().zip(from).zip(known) {
        *to = (from ^ turn) & known | !known & add;
    }
}
