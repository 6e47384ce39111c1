//! Literals of a block: for which of its customers, or of a table's rows, each atom certainly holds, or certainly does not,
//! one bit each.
//!
//! Literals that test one stored column are read from its cells, all of a column one after the other while its cells are at
//! hand. The others are taken from vectors that kernels worked out.

mod bind;

use super::EngineError;
use super::kernels::scan::{self, Cell, Masks};
use super::store::{Frame, Store, shorter};
use super::tallies::View;
use super::vector::{Data, Input, bits_of_range, tail_mask, words_for};
use crate::data::{Cells, Flags, MarkCells, Marks, Settled, Stored, StoredValues};
use crate::for_cells;
use crate::processor::{Instructions, compiled_for_each};
pub(crate) use bind::bind;
use bind::{Compared, Test, To, compared_values};
use rustc_hash::FxHashMap;
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
            if let Some(column) = all.columns.get_mut(at) {
                column.tests.push((bound.test, Place { slot, missing: bound.missing }));
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
            match (&vector.data, compared.to) {
                (Data::Whole(values), To::Range { low, span }) => {
                    scan::in_range_of_signed(self.path, values, low, span, out);
                }
                (Data::Float(values), To::Number(order, number)) => {
                    scan::ordered(self.path, values, order, number, out);
                }
                _ => return Err(EngineError::Broken(compared.value.0, "its values are of another form")),
            }
            finish(self.path, out, vector.known.as_deref(), *holds, false);
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

/// Ranges that cost as much as looking up 64 rows in a table and turning the square of bits.
const RANGES_OF_TABLE: usize = 96;
/// Sets of bytes that cost as much as that.
const SETS_OF_TABLE: usize = 32;
/// Fewer ranges than this are never looked up.
const FEW_RANGES: usize = 3;

impl Column<'_> {
    /// Tests that marks settle need not look at the values.
    fn use_marks(&mut self) {
        let Some(marks) = self.stored.marks() else { return };
        let greatest = self.stored.integers().map_or(u64::MAX, |integers| integers.cells().greatest());
        for (test, _) in &mut self.tests {
            let settled: Option<Vec<Settled>> = match &*test {
                Test::Ranges { ranges, .. } => {
                    ranges.iter().map(|(low, high)| marks.of_cells(*low, *high, greatest)).collect()
                }
                Test::Float { order, number, .. } => {
                    marks.of_floats(*number, order.ordering()).map(|settled| vec![settled])
                }
                _ => None,
            };
            if let (Some(settled), Test::Ranges { inside, .. } | Test::Float { inside, .. }) = (settled, &*test) {
                *test = Test::Marks { settled, inside: *inside, test: Box::new(test.clone()) };
            }
        }
    }

    /// Puts tests of many ranges into tables, up to 64 each, where that is less work.
    fn use_tables(&mut self) {
        let Some((_, dictionary)) = self.stored.text() else { return };
        let ranges = |test: &Test| if let Test::Ranges { ranges, .. } = test { ranges.len() } else { 0 };
        let (mut many, few): (Vec<_>, Vec<_>) = self.tests.drain(..).partition(|(test, _)| ranges(test) >= FEW_RANGES);
        self.tests = few;
        // Those with the most ranges first, so that what is left over is cheap.
        many.sort_by_key(|(test, _)| std::cmp::Reverse(ranges(test)));
        let are_bytes = self.stored.text().is_some_and(|(cells, _)| cells.width() == 1);
        for some in many.chunks(scan::SETS) {
            let size: usize = some.iter().map(|(test, _)| ranges(test)).sum();
            if are_bytes && some.len() < SETS_OF_TABLE {
                self.tests.extend(some.iter().map(|(test, place)| (bytes(test), *place)));
            } else if size >= RANGES_OF_TABLE && dictionary.len() <= MOST_CODES {
                self.tables.push(table(some, dictionary.len()));
            } else {
                self.tests.extend_from_slice(some);
            }
        }
    }
}

/// A test of ranges of cells of 8 bits as a set of them.
fn bytes(test: &Test) -> Test {
    let Test::Ranges { ranges, inside } = test else { return test.clone() };
    let mut set = [0; 32];
    for cell in 0..=u8::MAX {
        if ranges.iter().any(|(low, high)| (*low..=*high).contains(&u64::from(cell)))
            && let Some(byte) = set.get_mut(usize::from(cell / 8))
        {
            *byte |= 1 << (cell % 8);
        }
    }
    Test::Bytes { set, inside: *inside }
}

/// Most codes of a table: more do not stay in the second cache.
const MOST_CODES: usize = 1 << 17;

fn table(tests: &[(Test, Place)], codes: usize) -> (Masks, Vec<Place>) {
    let mut masks = Masks::new(codes);
    for (set, (test, _)) in tests.iter().enumerate() {
        let Test::Ranges { ranges, inside } = test else { continue };
        let within = |code: usize| ranges.iter().any(|(low, high)| (*low..=*high).contains(&(code as u64)));
        if *inside {
            let all = ranges.iter().flat_map(|(low, high)| *low..=*high);
            all.filter_map(|code| usize::try_from(code).ok()).for_each(|code| masks.insert(code, set));
        } else {
            (0..codes).filter(|code| !within(*code)).for_each(|code| masks.insert(code, set));
        }
    }
    (masks, tests.iter().map(|(_, place)| *place).collect())
}

impl Column<'_> {
    fn run(&self, path: Instructions, rows: Range<usize>, slots: &mut Slots) {
        let known = self.stored.known().map(|known| bits_of_range(known.words(), rows.clone()));
        let known = known.as_deref();
        for (test, place) in &self.tests {
            let out = slots.get_mut(place.slot);
            let inside = scanned(path, test, self.stored, &rows, out);
            finish(path, out, known, inside, place.missing);
        }
        let Some(cells) = self.stored.text().map(|(cells, _)| cells) else { return };
        for (masks, places) in &self.tables {
            for_cells!(cells, cells => {
                masks.scan(path, cells.get(rows.clone()).unwrap_or(&[]), |at, words| {
                    for (word, place) in words.iter().zip(places) {
                        if let Some(slot) = slots.get_mut(place.slot).get_mut(at) {
                            *slot = *word;
                        }
                    }
                });
            });
            for place in places {
                finish(path, slots.get_mut(place.slot), known, true, place.missing);
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
        (Test::Marks { settled, test, inside }, _) => {
            let holds = |row: usize| test.holds(stored, rows.start + row);
            match stored.marks().map(Marks::cells) {
                Some(MarkCells::U8(marks)) => in_marks(path, settled, marks.get(rows.clone()), out, holds),
                Some(MarkCells::U16(marks)) => in_marks(path, settled, marks.get(rows.clone()), out, holds),
                None => out.fill(0),
            }
            *inside
        }
        (Test::Bytes { set, inside }, StoredValues::Text { codes: Cells::U8(cells), .. }) => {
            scan::in_bytes(path, cells.get(rows.clone()).unwrap_or(&[]), set, out);
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

/// The rows that marks settle to be in, and those that are left open and pass a test.
fn in_marks<T: Cell + TryFrom<u16>>(
    path: Instructions,
    settled: &[Settled],
    marks: Option<&[T]>,
    out: &mut [u64],
    passes: impl Fn(usize) -> bool,
) {
    let marks = marks.unwrap_or(&[]);
    let range = |first: u16, last: u16| Some((T::try_from(first).ok()?, T::try_from(last.checked_sub(first)?).ok()?));
    let ranges: Vec<(T, T)> = settled.iter().filter_map(|settled| range(settled.marks.0, settled.marks.1)).collect();
    scan::in_ranges(path, marks, &ranges, out);
    let mut open: Vec<u16> =
        settled.iter().filter_map(|settled| settled.open).flat_map(|(one, other)| [one, other]).collect();
    open.sort_unstable();
    open.dedup();
    let open: Vec<(T, T)> = open.into_iter().filter_map(|mark| range(mark, mark)).collect();
    if open.is_empty() {
        return;
    }
    let mut bits = vec![0; words_for(marks.len())];
    scan::in_ranges(path, marks, &open, &mut bits);
    for (at, (word, open)) in out.iter_mut().zip(&bits).enumerate() {
        let mut left = *open;
        while left != 0 {
            let row = left.trailing_zeros();
            if !passes(at * 64 + row as usize) {
                *word &= !(1 << row);
            }
            left &= left - 1;
        }
    }
}

impl Test {
    /// Whether a row of a column is in the ranges, or in the order; whatever is meant, those inside or the others.
    fn holds(&self, stored: &Stored, row: usize) -> bool {
        match (self, stored.values()) {
            (Test::Ranges { ranges, .. }, values) => {
                let cell = match values {
                    StoredValues::Text { codes, .. } => codes.get(row),
                    _ => stored.integers().and_then(|integers| integers.cells().get(row)),
                };
                cell.is_some_and(|cell| ranges.iter().any(|(low, high)| (*low..=*high).contains(&cell)))
            }
            (Test::Float { order, number, .. }, StoredValues::Number(values)) => {
                values.get(row).and_then(|value| value.partial_cmp(number)) == Some(order.ordering())
            }
            _ => false,
        }
    }
}

/// The rows whose cell is in one of the ranges, ends included.
pub(crate) fn in_ranges(
    path: Instructions,
    ranges: &[(u64, u64)],
    cells: Option<&Cells>,
    rows: &Range<usize>,
    out: &mut [u64],
) {
    fn all<T: Cell>(path: Instructions, ranges: &[(u64, u64)], cells: &[T], out: &mut [u64]) {
        let narrow = |cell: u64| T::try_from(cell).ok();
        let ranges = ranges.iter().filter_map(|(low, high)| Some((narrow(*low)?, narrow(high - low)?)));
        scan::in_ranges(path, cells, &ranges.collect::<Vec<(T, T)>>(), out);
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

compiled_for_each! {
    /// From the rows of a test to those of a literal: turned round where those outside are meant, without those where the
    /// column is missing, or with them.
    fn finish(words: &mut [u64], known: Option<&[u64]>, inside: bool, missing: bool) = finish_words
}

#[inline(always)]
fn finish_words(words: &mut [u64], known: Option<&[u64]>, inside: bool, missing: bool) {
    let turn = if inside { 0 } else { u64::MAX };
    let Some(known) = known else {
        if !inside {
            for word in words {
                *word = !*word;
            }
        }
        return;
    };
    let add = if missing { u64::MAX } else { 0 };
    for (word, known) in words.iter_mut().zip(known) {
        *word = (*word ^ turn) & known | !known & add;
    }
}
