//! Passes of a run: their code, what it is given for a block, and the values that come out.

use super::EngineError;
use super::callbacks::{self, Bits, Kept};
use super::finish::{self, Total};
use super::jit::aggregates::{Entry, Kept as Words};
use super::jit::pass::{DIFFERENT, FREQUENT, PassFunction, define};
use super::jit::reads::{Place, Slot, frame_of};
use super::jit::{Code, Maker};
use super::kernels::Failed;
use super::prepare::{Aid, Prepared, no_bits};
use super::shape::Shape;
use super::store::{Frame, Store, shorter};
use super::tallies::{Desk, Tallies};
use super::truth::Truths;
use super::vector::{Data, Input, Vector, bit, bits_by_row, words_for};
use crate::data::{Cells, Integers, Stored, StoredValues};
use crate::for_cells;
use crate::processor::Instructions;
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::plan::{NodeId, Pass, Scope};
use segue_compiler::program::{CUSTOMERS, TableId};
use segue_compiler::syntax::tree::TableKind;
use std::borrow::Cow;
use std::sync::Arc;

/// Aggregates worked out by one function: more make it slower to compile than it gains.
const AGGREGATES: usize = 48;

/// The code of a pass.
#[derive(Debug)]
pub(crate) struct PassStage<'a> {
    pass: &'a Pass,
    /// Aggregates that need no code.
    tallies: Vec<Tallies<'a>>,
    functions: Vec<PassFunction>,
    /// Yes/no results per text, a byte each.
    states: FxHashMap<NodeId, Vec<u8>>,
}

/// What a thread keeps from block to block.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    stamps: FxHashMap<NodeId, Vec<u32>>,
    stamp: u32,
    ones: Vec<u64>,
    kept: FxHashMap<NodeId, Box<Kept>>,
    desk: Desk,
}

/// The helpers that code may call, by name.
pub(crate) fn helpers() -> [(&'static str, *const u8); 2] {
    [(DIFFERENT, callbacks::different as *const u8), (FREQUENT, callbacks::frequent as *const u8)]
}

impl<'a> PassStage<'a> {
    /// Makes the code of a pass, for all its aggregates or for those that need it; what is worked out once is known already.
    ///
    /// # Errors
    /// Cranelift refuses the code, or none was to be made.
    pub(crate) fn new(
        prepared: &Prepared<'a>,
        run: &Store<'a>,
        pass: &'a Pass,
        by: Truths,
        path: Instructions,
        maker: &mut Maker<'_>,
    ) -> Result<PassStage<'a>, EngineError> {
        let tallies = match by {
            Truths::Loops | Truths::Static => Tallies::new(prepared, run, pass, path)?,
            Truths::Code => Vec::new(),
        };
        let tallied: FxHashSet<NodeId> = tallies.iter().flat_map(Tallies::nodes).collect();
        let others: Vec<NodeId> = pass.aggregates.iter().copied().filter(|node| !tallied.contains(node)).collect();
        if by == Truths::Static && !others.is_empty() {
            return Err(EngineError::NeedsCode);
        }
        let mut functions = Vec::new();
        for aggregates in others.chunks(AGGREGATES) {
            functions.push(define(maker.builder()?, prepared, run, pass, aggregates)?);
        }
        let mut states = FxHashMap::default();
        for slot in functions.iter().flat_map(|function| &function.slots) {
            if let Slot::Table(id) = slot
                && matches!(prepared.shape(*id), Shape::Boolean)
            {
                let vector = run.vector(*id)?;
                let results = Input { vector: shorter(&vector), single: false };
                let state = |row: usize| match (results.known(row), results.truth(row)) {
                    (false, _) => 0,
                    (true, true) => 1,
                    (true, false) => 2,
                };
                states.insert(*id, (0..vector.rows()).map(state).collect());
            }
        }
        Ok(PassStage { pass, tallies, functions, states })
    }

    /// How many sets of a block's rows there are at once; `None` where none are made.
    pub(super) fn slots(&self) -> Option<usize> {
        self.tallies.iter().map(Tallies::slots).max()
    }

    /// Whether code is made for any of its aggregates.
    pub(super) fn has_code(&self) -> bool {
        !self.functions.is_empty()
    }

    /// Bytes that a thread keeps for the texts that code counts.
    pub(super) fn bytes_by_text(&self, prepared: &Prepared<'_>) -> u64 {
        let of_slot = |slot: &Slot| match slot {
            Slot::Kept(id) | Slot::Stamps(id) => {
                (value_texts(prepared, *id).unwrap_or(0) * size_of::<(u32, u32, u64)>()) as u64
            }
            _ => 0,
        };
        self.functions.iter().flat_map(|function| &function.slots).map(of_slot).sum()
    }

    /// Words that code keeps for an owner, of the function that keeps most.
    pub(super) fn words_of_owner(&self) -> usize {
        self.functions.iter().map(|function| function.stride).max().unwrap_or(0)
    }

    /// Works the aggregates out for the owners in the store and keeps them there.
    ///
    /// # Errors
    /// The plan or the data break their promises.
    pub(crate) fn run(
        &self,
        code: Option<&Code>,
        store: &mut Store<'a>,
        scratch: &mut Scratch,
    ) -> Result<(), EngineError> {
        for tallies in &self.tallies {
            tallies.run(store, &mut scratch.desk)?;
        }
        if self.functions.is_empty() {
            return Ok(());
        }
        let code = code.ok_or(EngineError::Broken(0, "no code was made"))?;
        let prepared = store.prepared;
        let owners = store.range_of(self.pass.rows.owner);
        let innermost = self.pass.rows.innermost();
        let rows = store.range(innermost);
        let (starts, ends) = row_ranges(store, self.pass)?;
        let longest = owners.len().max(rows.len()) + 64;
        if scratch.ones.len() * 64 < longest {
            scratch.ones.resize(longest.div_ceil(64), u64::MAX);
        }
        for function in &self.functions {
            let mut records = vec![0u64; owners.len() * function.stride];
            let mut failed: FxHashMap<NodeId, (Vec<u64>, Vec<u64>)> =
                function.failing.iter().map(|id| (*id, (no_bits(rows.len()), no_bits(rows.len())))).collect();
            let mut moments = Vec::new();
            // What the addresses point into, alive until the call is over.
            let mut held: Vec<Arc<Vector<'a>>> = Vec::new();
            let first_stamp = scratch.stamps_for(owners.len());
            let mut given: Vec<u64> = Vec::with_capacity(function.slots.len());
            for slot in &function.slots {
                given.push(match slot {
                    Slot::Starts => address(starts.as_ptr()),
                    Slot::Ends => address(ends.as_ptr()),
                    Slot::Base => rows.start as u64,
                    Slot::Records => address(records.as_mut_ptr()),
                    Slot::Column(id) => column_address(column(prepared, *id)?),
                    Slot::ColumnBase(id) => integers(column(prepared, *id)?, *id)?.base().cast_unsigned(),
                    Slot::ColumnUnit(id) => integers(column(prepared, *id)?, *id)?.unit(),
                    Slot::ColumnKnown(id) => {
                        column(prepared, *id)?.known().map_or(0, |known| address(known.words().as_ptr()))
                    }
                    Slot::Vector(id, place) => data_address(&*self.vector(store, &mut held, *id, *place)?),
                    Slot::VectorKnown(id, place) => match &self.vector(store, &mut held, *id, *place)?.known {
                        Some(known) => address(known.as_ptr()),
                        None => address(scratch.ones.as_ptr()),
                    },
                    Slot::ListFrom(id) => lists(&*self.vector(store, &mut held, *id, Place::Row)?, *id)?.0,
                    Slot::ListTo(id) => lists(&*self.vector(store, &mut held, *id, Place::Row)?, *id)?.1,
                    Slot::Entries(id) => match prepared.shape(*id).elements() {
                        Some(elements) => data_address(elements.values()),
                        None => return Err(EngineError::Broken(id.0, "it is no list")),
                    },
                    Slot::Single(id) => single(&*store.vector(*id)?),
                    Slot::SingleKnown(id) => {
                        u64::from(Input { vector: shorter(&*store.vector(*id)?), single: true }.known(0))
                    }
                    Slot::Table(id) => match self.states.get(id) {
                        Some(states) => address(states.as_ptr()),
                        None => data_address(&*store.vector(*id)?),
                    },
                    Slot::TableKnown(id) => {
                        store.vector(*id)?.known.as_ref().map_or(0, |known| address(known.as_ptr()))
                    }
                    Slot::Texts(id) => prepared.texts(*id) as u64,
                    Slot::First(id) => filter(prepared, *id)?.0.cast_unsigned(),
                    Slot::Last(id) => filter(prepared, *id)?.1.cast_unsigned(),
                    Slot::Division(id) => failed.get_mut(id).map_or(0, |bits| address(bits.0.as_mut_ptr())),
                    Slot::Overflow(id) => failed.get_mut(id).map_or(0, |bits| address(bits.1.as_mut_ptr())),
                    Slot::Moments => {
                        moments = moments_of(store, self.pass)?;
                        address(moments.as_ptr())
                    }
                    Slot::Order(id) => match prepared.aid(*id) {
                        Aid::Order(order) => address(order.as_ptr()),
                        _ => return Err(EngineError::Broken(id.0, "its order was not prepared")),
                    },
                    Slot::Stamps(id) => {
                        let stamps = scratch.stamps.entry(*id).or_default();
                        let texts = value_texts(prepared, *id)?;
                        stamps.resize(texts.max(1), 0);
                        address(stamps.as_mut_ptr())
                    }
                    Slot::Stamp => u64::from(first_stamp),
                    Slot::Kept(id) => {
                        let (bits, texts) = (value_bits(prepared, *id)?, value_texts(prepared, *id)?);
                        let kept = scratch.kept.entry(*id).or_insert_with(|| Box::new(Kept::new(bits, texts)));
                        kept.begin();
                        address(&raw mut **kept)
                    }
                });
            }
            // SAFETY: the function was made for these slots in this order and for records of this size. Starts and ends lie
            // within the block's rows (the data were checked when the run began), so every address it forms lies within
            // a column, a vector of the block's rows or owners, the entries that a list's bounds enclose, a record, or something with an entry for each text: a
            // table of results, the order, the marks. Loads may be made before it is known whether the value is there: a
            // missing text's code is that of some text, or 0 where there are no texts, and the tables of results and the
            // order have one entry more than texts. Everything pointed to is alive (`held`, `moments`, `failed`, the
            // scratch and the stores) and, where it is written to, this thread's alone.
            unsafe { code.function(function.handle)?.with_slots(&given, owners.len() as u64)? };
            drop((moments, held));
            if scratch.kept.values().any(|kept| kept.broken) {
                return Err(EngineError::Broken(0, "a callback panicked"));
            }
            for (id, (division, overflow)) in failed {
                store.put_failed(id, Failed { division, overflow });
            }
            for entry in &function.entries {
                let column = Records { words: &records, stride: function.stride, owners: owners.len() };
                let mut failed = Failed::default();
                let vector = finished(prepared, entry, &column, &mut failed)?;
                store.put(entry.node, vector, failed);
            }
        }
        Ok(())
    }

    fn vector(
        &self,
        store: &mut Store<'a>,
        held: &mut Vec<Arc<Vector<'a>>>,
        id: NodeId,
        place: Place,
    ) -> Result<Arc<Vector<'a>>, EngineError> {
        let (vector, single) = store.operand(id, frame_of(self.pass, place))?;
        if single {
            return Err(EngineError::Broken(id.0, "it is a single value"));
        }
        held.push(Arc::clone(&vector));
        Ok(vector)
    }
}

impl Scratch {
    /// The mark of the first of so many owners; no earlier owner had one of theirs.
    fn stamps_for(&mut self, owners: usize) -> u32 {
        let owners = u32::try_from(owners).unwrap_or(u32::MAX);
        let first = self.stamp.max(1);
        match first.checked_add(owners) {
            Some(next) => {
                self.stamp = next;
                first
            }
            None => {
                self.stamps.values_mut().for_each(|stamps| stamps.fill(0));
                self.stamp = owners.saturating_add(1);
                1
            }
        }
    }
}

fn address<T>(pointer: *const T) -> u64 {
    pointer as usize as u64
}

fn column<'a>(prepared: &Prepared<'a>, id: NodeId) -> Result<&'a Stored, EngineError> {
    prepared.column(id).ok_or(EngineError::Broken(id.0, "its column is gone"))
}

fn column_address(column: &Stored) -> u64 {
    match column.values() {
        StoredValues::Boolean(bits) => address(bits.words().as_ptr()),
        StoredValues::Integer(integers)
        | StoredValues::Money(integers)
        | StoredValues::Instant(integers)
        | StoredValues::Duration(integers)
        | StoredValues::Date(integers) => cells_address(integers.cells()),
        StoredValues::Number(values) => address(values.as_ptr()),
        StoredValues::Text { codes, .. } => cells_address(codes),
        StoredValues::List { offsets, .. } => address(offsets.as_ptr()),
        // Loops read lists from vectors.
        StoredValues::Flags(_) => 0,
    }
}

fn integers(column: &Stored, id: NodeId) -> Result<&Integers, EngineError> {
    column.integers().ok_or(EngineError::Broken(id.0, "its column holds no whole numbers"))
}

fn cells_address(cells: &Cells) -> u64 {
    for_cells!(cells, values => address(values.as_ptr()))
}

fn data_address(vector: &Vector<'_>) -> u64 {
    match &vector.data {
        Data::Bits(values) => address(values.as_ptr()),
        Data::Whole(values) => address(values.as_ptr()),
        Data::Float(values) => address(values.as_ptr()),
        Data::Code(values) => address(values.as_ptr()),
        Data::Lists { from, .. } => address(from.as_ptr()),
    }
}

/// Where the first entries of lists are written, and those past the last.
fn lists(vector: &Vector<'_>, id: NodeId) -> Result<(u64, u64), EngineError> {
    match &vector.data {
        Data::Lists { from, to } => Ok((address(from.as_ptr()), address(to.as_ptr()))),
        _ => Err(EngineError::Broken(id.0, "it is no list")),
    }
}

/// A single value's bits.
fn single(vector: &Vector<'_>) -> u64 {
    let input = Input { vector: shorter(vector), single: true };
    match &vector.data {
        Data::Bits(_) => u64::from(input.truth(0)),
        Data::Whole(_) => input.whole().at(0).cast_unsigned(),
        Data::Float(_) => input.float().at(0).to_bits(),
        Data::Code(_) => u64::from(input.codes().at(0)),
        Data::Lists { .. } => 0,
    }
}

fn filter(prepared: &Prepared<'_>, id: NodeId) -> Result<(i64, i64), EngineError> {
    match prepared.aid(id) {
        Aid::Time(filter) => Ok((filter.first, filter.last)),
        _ => Err(EngineError::Broken(id.0, "its windows were not prepared")),
    }
}

fn value_of(prepared: &Prepared<'_>, aggregate: NodeId) -> Result<NodeId, EngineError> {
    match &prepared.node(aggregate)?.op {
        segue_compiler::plan::Op::Aggregate(found) => {
            found.value.ok_or(EngineError::Broken(aggregate.0, "it has no value"))
        }
        _ => Err(EngineError::Broken(aggregate.0, "it is no aggregate")),
    }
}

fn value_texts(prepared: &Prepared<'_>, aggregate: NodeId) -> Result<usize, EngineError> {
    let shape = prepared.asked_shape(value_of(prepared, aggregate)?);
    Ok(shape.dictionary().map_or(0, |dictionary| dictionary.len()))
}

fn value_bits(prepared: &Prepared<'_>, aggregate: NodeId) -> Result<Bits, EngineError> {
    Ok(match prepared.asked_shape(value_of(prepared, aggregate)?) {
        Shape::Float => Bits::Float,
        Shape::Text(_) => Bits::Place,
        _ => Bits::Whole,
    })
}

/// The rows of each owner that exist, as rows of the innermost table.
fn row_ranges(store: &Store<'_>, pass: &Pass) -> Result<(Vec<u32>, Vec<u32>), EngineError> {
    let prepared = store.prepared;
    let owners = store.range_of(pass.rows.owner);
    let mut chain = pass.rows.chain.iter();
    let first = *chain.next().ok_or(EngineError::Broken(0, "a pass has no rows"))?;
    let groups = |table: TableId| prepared.data.table(table).and_then(|data| data.groups.as_deref()).unwrap_or(&[]);
    let at = |groups: &[u32], row: u32| groups.get(row as usize).copied().unwrap_or(0);
    let of_first = groups(first);
    let mut starts: Vec<u32> = owners.clone().map(|owner| of_first.get(owner).copied().unwrap_or(0)).collect();
    let mut ends: Vec<u32> = owners.map(|owner| of_first.get(owner + 1).copied().unwrap_or(0)).collect();
    if of_first.is_empty() {
        return Ok((vec![0; starts.len()], vec![0; ends.len()]));
    }
    for (start, end) in starts.iter().zip(&mut ends) {
        *end = existing_end(prepared, first, *start, *end);
    }
    for table in chain {
        let groups = groups(*table);
        starts.iter_mut().chain(&mut ends).for_each(|row| *row = at(groups, *row));
    }
    Ok((starts, ends))
}

/// The end of the rows that exist for the run among those of one customer: events before `as of` (rule 1).
pub(crate) fn existing_end(prepared: &Prepared<'_>, table: TableId, start: u32, end: u32) -> u32 {
    let declared = prepared.program.tables.get(table.0 as usize);
    let Some(at) = declared.filter(|found| found.kind == TableKind::Events && found.parent.is_none()) else {
        return end;
    };
    let Some(column) = at.at.and_then(|at| prepared.data.column(table, at)) else { return start };
    let (times, limit) = match column.values() {
        StoredValues::Instant(times) => (times, prepared.clock.as_of),
        StoredValues::Date(days) => (days, i64::from(prepared.clock.today())),
        _ => return start,
    };
    let end = times.first_not_below(limit, start as usize..end as usize);
    u32::try_from(end).unwrap_or(start)
}

/// The number of each row's moment, from 1: rows of one moment have one number (rule 13).
fn moments_of(store: &mut Store<'_>, pass: &Pass) -> Result<Vec<i64>, EngineError> {
    let prepared = store.prepared;
    let innermost = pass.rows.innermost();
    let count = store.range(innermost).len();
    let first = pass.rows.chain.first().copied().unwrap_or(innermost);
    let Some(declared) = prepared.program.tables.get(first.0 as usize) else { return Ok(vec![1; count]) };
    if pass.rows.owner != Scope::Customer || declared.parent.is_some() {
        // The elements of a row's list share its moment.
        return Ok(vec![1; count]);
    }
    let columns: Vec<&Stored> = [declared.at, declared.key]
        .into_iter()
        .flatten()
        .filter_map(|field| prepared.data.column(first, field))
        .collect();
    let mut moment = 1;
    let range = store.range(first);
    let mut moments = Vec::with_capacity(range.len());
    for row in range.clone() {
        if row > range.start && columns.iter().any(|column| differ(column, row - 1, row)) {
            moment += 1;
        }
        moments.push(moment);
    }
    if first == innermost {
        return Ok(moments);
    }
    let owners = store.owners(first, innermost)?;
    Ok(owners.iter().map(|owner| moments.get(*owner as usize).copied().unwrap_or(1)).collect())
}

/// Whether two known values of a column differ.
pub(super) fn differ(column: &Stored, left: usize, right: usize) -> bool {
    if !column.is_known(left) || !column.is_known(right) {
        return false;
    }
    match column.values() {
        StoredValues::Instant(integers)
        | StoredValues::Integer(integers)
        | StoredValues::Money(integers)
        | StoredValues::Duration(integers)
        | StoredValues::Date(integers) => integers.cells().get(left) != integers.cells().get(right),
        StoredValues::Text { codes, .. } => codes.get(left) != codes.get(right),
        _ => column.value(left) != column.value(right),
    }
}

/// The records of all owners.
struct Records<'r> {
    words: &'r [u64],
    stride: usize,
    owners: usize,
}

impl Records<'_> {
    fn word(&self, owner: usize, word: usize) -> u64 {
        self.words.get(owner * self.stride + word).copied().unwrap_or(0)
    }
}

fn finished(
    prepared: &Prepared<'_>,
    entry: &Entry,
    records: &Records<'_>,
    failed: &mut Failed,
) -> Result<Vector<'static>, EngineError> {
    let owners = records.owners;
    let word = |owner: usize| records.word(owner, entry.word);
    let second = |owner: usize| records.word(owner, entry.word + 1);
    Ok(match entry.kept {
        Words::Any => Vector::bits(bits_by_row(owners, |owner| word(owner) != 0)),
        Words::Every => Vector::bits(bits_by_row(owners, |owner| word(owner) == 1)),
        Words::Count | Words::Different => {
            Vector::new(Data::Whole((0..owners).map(|owner| word(owner).cast_signed()).collect()), None)
        }
        Words::Total | Words::FloatTotal => {
            let value = value_of(prepared, entry.node)?;
            let totals: Vec<Total> = (0..owners)
                .map(|owner| match entry.kept {
                    Words::Total => Total {
                        whole: i128::from(second(owner).cast_signed()) << 64 | i128::from(word(owner)),
                        float: 0.0,
                        count: records.word(owner, entry.word + 2).cast_signed(),
                    },
                    _ => Total { whole: 0, float: f64::from_bits(word(owner)), count: second(owner).cast_signed() },
                })
                .collect();
            let ty = &prepared.node(entry.node)?.ty;
            finish::totals(entry.operator, ty, prepared.asked_shape(value), &totals, failed)
                .ok_or(EngineError::Broken(entry.node.0, "it cannot be added"))?
        }
        Words::Extreme | Words::AtMoment | Words::Frequent => {
            let known = bits_by_row(owners, |owner| second(owner) != 0);
            let all = (0..owners).all(|owner| bit(&known, owner));
            let data = match prepared.shape(entry.node) {
                Shape::Boolean => Data::Bits(Cow::Owned(bits_by_row(owners, |owner| word(owner) != 0))),
                Shape::Float => Data::Float((0..owners).map(|owner| f64::from_bits(word(owner))).collect()),
                // The code stands below the place.
                Shape::Text(_) => Data::Code((0..owners).map(|owner| low_half(word(owner))).collect()),
                _ => Data::Whole((0..owners).map(|owner| word(owner).cast_signed()).collect()),
            };
            Vector::new(data, (!all).then_some(known))
        }
    })
}

fn low_half(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(0)
}

/// Bits of the rows of a scope in a block that exist.
pub(crate) fn existing(store: &mut Store<'_>, scope: Scope) -> Result<Vec<u64>, EngineError> {
    let prepared = store.prepared;
    let rows = store.range_of(scope).len();
    let Scope::Row(table) = scope else { return Ok(bits_by_row(rows, |_| true)) };
    // The table that has the time, and its rows' existence.
    let mut root = table;
    while prepared.owner_of(root) != CUSTOMERS {
        root = prepared.owner_of(root);
    }
    let range = store.range(root);
    let mut exists = no_bits(range.len());
    for customer in store.range(CUSTOMERS) {
        let own = super::store::rows_of(prepared, root, customer..customer + 1);
        let start = u32::try_from(own.start).unwrap_or(u32::MAX);
        let end = existing_end(prepared, root, start, u32::try_from(own.end).unwrap_or(u32::MAX));
        for row in own.start..end as usize {
            super::vector::set_bit(&mut exists, row - range.start);
        }
    }
    if root == table {
        return Ok(exists);
    }
    let owners = store.owners(root, table)?;
    debug_assert_eq!(owners.len().div_ceil(64), words_for(rows));
    Ok(bits_by_row(rows, |row| owners.get(row).is_some_and(|owner| bit(&exists, *owner as usize))))
}

/// The frame of a scope's rows.
pub(crate) fn frame_of_scope(scope: Scope) -> Frame {
    match scope {
        Scope::Constant => Frame::Once,
        Scope::Customer => Frame::Rows(CUSTOMERS),
        Scope::Row(table) => Frame::Rows(table),
    }
}
